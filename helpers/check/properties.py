"""Property checks: what holds of a function or a table whatever its numbers.

`assert_causal`, `assert_rows_sum_to_one` and `assert_permutation_equivariant` raise
AssertionError in English; `causal`, `rows_sum_to_one` and `permutation` print the same
finding in the reader's language.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.check.answers import CLOSE, as_tensor, describe, is_empty, shape_of
from helpers.check.calls import Raised, outcome, same, wrong_outcome
from helpers.check.code import is_unwritten
from helpers.check.draws import draw as draw_numbers
from helpers.check.verdicts import Verdict, say
from helpers.examples import inputs


def assert_causal(f: Callable, x: Tensor, draws: int = 3) -> None:
    """Assert that no output row depends on a later token.

    f: module or function; takes x (T, D) or (B, T, D), float; returns (..., T, anything),
    or a tuple that begins with it. Each token is replaced in turn, `draws` times.
    A module is put in eval mode meanwhile.

    Raises:
        AssertionError: a row changed; the message names the token and the row, counted from 1.
    """
    _require(_causal_fault(f, x, draws))


def assert_rows_sum_to_one(weights: Tensor) -> None:
    """Assert that the weights (..., T, S), or (S,), sum to 1 over the last axis.

    Raises:
        AssertionError: a row does not; the message names it, counted from 1, and its sum.
    """
    _require(_rows_fault(weights))


def assert_permutation_equivariant(f: Callable, x: Tensor, draws: int = 3) -> None:
    """Assert that reordering the tokens reorders the output rows and changes nothing else.

    f and x as in `assert_causal`. Each pair of neighbours is swapped, then `draws` random orders.

    Raises:
        AssertionError: a row changed; the message names the order and the row, counted from 1.
    """
    _require(_permutation_fault(f, x, draws))


def causal(f: Callable | None = None, x: Tensor | None = None, draws: int = 3) -> None:
    """Print whether f on tokens x (T, D) or (B, T, D) leaks from later tokens to earlier rows."""
    _tell("causal", f, lambda: _causal_fault(f, inputs if x is None else x, draws))


def rows_sum_to_one(weights: Tensor | None = None) -> None:
    """Print whether every row of the weights (..., T, S) sums to 1."""
    _tell("rows_sum_to_one", weights, lambda: _rows_fault(weights))


def permutation(f: Callable | None = None, x: Tensor | None = None, draws: int = 3) -> None:
    """Print whether f on tokens x (T, D) or (B, T, D) is blind to their order."""
    _tell("permutation", f, lambda: _permutation_fault(f, inputs if x is None else x, draws))


def _require(fault: Verdict | None) -> None:
    if fault:
        raise AssertionError(fault.said("en"))


def _tell(name: str, answer: object, find_fault: Callable) -> None:
    fault = Verdict("any.empty") if is_empty(answer) else find_fault()
    say(fault or Verdict(f"{name}.right"), "check.any.holds", "check.any.fails")


@contextlib.contextmanager
def _evaluating(f: Callable) -> Iterator[None]:
    """Put a module and its parts in eval mode, and each back as it was."""
    modules = list(f.modules()) if isinstance(f, nn.Module) else []
    before = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, training in zip(modules, before, strict=True):
            module.training = training


class _Trial(NamedTuple):
    """A changed input, the rows of the first output that must come again, and the words for it."""

    x: Tensor
    rows: Tensor
    words: dict


def _causal_fault(f: Callable, x: Tensor, draws: int) -> Verdict | None:
    x, length = _tokens(x)
    trials = []
    for draw, token in itertools.product(range(draws), range(1, length)):
        changed = x.clone()
        changed[..., token, :] = draw_numbers(*x[..., token, :].shape, seed=draw)
        trials.append(_Trial(changed, torch.arange(token), {"token": token + 1}))
    return _first_fault("causal.leak", f, x, trials)


def _permutation_fault(f: Callable, x: Tensor, draws: int) -> Verdict | None:
    x, length = _tokens(x)
    orders = [torch.arange(length) for _ in range(length - 1)]
    for first, order in enumerate(orders):
        order[[first, first + 1]] = order[[first + 1, first]]
    orders += [draw_numbers(length, seed=draw).argsort() for draw in range(draws)]
    trials = [_Trial(x[..., o, :], o, {"order": (o + 1).tolist()}) for o in orders]
    return _first_fault("permutation.moved", f, x, trials)


def _tokens(x: Tensor) -> tuple[Tensor, int]:
    """Return the tokens free of any gradient, and how many there are."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        raise TypeError(f"expected tokens x as a float tensor; got {describe(x)}")
    if x.dim() < 2 or x.shape[-2] < 2:
        raise ValueError(f"expected x (T, D) or (B, T, D) with T at least 2; got {shape_of(x)}")
    return x.detach(), x.shape[-2]


def _first_fault(key: str, f: Callable, x: Tensor, trials: list[_Trial]) -> Verdict | None:
    """Return what is wrong with f: no usable output, no fixed output, or a trial that fails."""
    case = Verdict("any.case", {"input": f"x {shape_of(x)}"})
    if not callable(f):
        return Verdict("any.not_callable", {"actual": describe(f)})
    with _evaluating(f):
        before = _output(f, x)
        if (before is None or isinstance(before, Raised)) and is_unwritten(f):
            return Verdict("any.empty")
        if not isinstance(before, Tensor) or not before.isfinite().all():
            found = wrong_outcome(before, x)
            return Verdict(found.key, found.values, case)
        if before.dim() < 2 or before.shape[-2] != x.shape[-2]:
            return Verdict("any.rows", {"expected": x.shape[-2], "actual": shape_of(before)})
        if not same(_output(f, x, random_numbers_before=1), before):
            return Verdict("any.random")
        if _mixes_sentences(f, x, before):
            return Verdict("any.mixed")
        for trial in trials:
            after = _output(f, trial.x)
            if not isinstance(after, Tensor) or after.shape != before.shape:
                found = wrong_outcome(after, before)
                return Verdict(found.key, found.values, case)
            expected = before[..., trial.rows, :]
            after = after[..., : len(trial.rows), :]
            moved = ~torch.isclose(after, expected, **CLOSE).all(dim=-1)  # (..., rows)
            if moved.any():
                row = moved.reshape(-1, len(trial.rows)).any(dim=0).nonzero()[0].item() + 1
                size = f"{(after - expected).abs().max().item():.2g}"
                return Verdict(key, {"row": row, "size": size, **trial.words})
    return None


def _mixes_sentences(f: Callable, x: Tensor, before: Tensor) -> bool:
    """Tell whether the rows of a sentence (T, D) of the batch change with the other sentences.

    They do where f reads the first axis as tokens; a later token is then no later row.
    """
    if x.dim() < 3 or before.dim() != x.dim():
        return False
    batch = torch.cat([x, x]) if len(x) == 1 else x
    for kept in (0, -1):
        changed = draw_numbers(*batch.shape).to(x)
        changed[kept] = batch[kept]
        after = _output(f, changed)
        fits = isinstance(after, Tensor) and after.shape[1:] == before.shape[1:]
        if fits and not torch.allclose(after[kept], before[kept], **CLOSE):
            return True
    return False


def _output(f: Callable, x: Tensor, random_numbers_before: int = 0) -> object:
    """Return the output rows f(x), or what came instead of them."""

    def call(tokens: Tensor) -> object:
        torch.rand(random_numbers_before)
        result = f(tokens)
        return result[0] if isinstance(result, tuple) and result else result  # (output, weights)

    return outcome(call, x)


def _rows_fault(weights: Tensor) -> Verdict | None:
    rows = as_tensor(weights)
    if rows is None or rows.dim() == 0:
        key = "any.call_it" if callable(weights) else "any.not_numbers"
        return Verdict(key, {"actual": describe(weights)})
    if rows.is_floating_point() and not rows.isfinite().all():
        return Verdict("any.not_finite")
    sums = rows.double().sum(dim=-1)
    bad = ~torch.isclose(sums, torch.ones_like(sums), **CLOSE)
    if not bad.any():
        return None
    first = bad.nonzero()[0]
    row = ", ".join(str(index + 1) for index in first.tolist()) or "1"
    columns = rows.double().sum(dim=-2) if rows.dim() > 1 else sums
    key = "columns" if torch.allclose(columns, torch.ones_like(columns), **CLOSE) else "sum"
    return Verdict(f"rows_sum_to_one.{key}", {"row": row, "sum": f"{sums[tuple(first)]:.4f}"})

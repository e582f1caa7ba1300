"""Exercise checks: `check.<exercise>(answer)` prints a verdict in the reader's language.

A verdict is one of: right, with what it shows; not yet, with the misconception
behind this very answer; or, for an empty answer, a request to fill it in.

To add an exercise, declare it below and give its words in exercises/chNN.toml:

    @exercise
    def sum_of_two():                       # the chapter calls check.sum_of_two(answer)
        "Add 2 and 3."                      # what the exercise asks
        return Value(right=5, wrong={"product": 6})

with `[check.sum_of_two.right]` and `[check.sum_of_two.product]`. `Value`, `Choice`
and `Function` say how an answer is compared. A misconception is declared by the
answer that it leads to (a tuple holds several), so it is recognised when the reader's
answer equals it: for functions, when it does the same on every case.
The tests find a missing message and a misconception that is not recognised.

The property checks (`assert_causal`, `assert_rows_sum_to_one`,
`assert_permutation_equivariant`) raise AssertionError in English; `causal`,
`rows_sum_to_one` and `permutation` print the same finding in the reader's language.
"""

import contextlib
import copy
import functools
import inspect
import io
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.examples import inputs
from helpers.language import text

EXERCISES: dict[str, Callable] = {}  # name -> function that returns its Value, Choice or Function

# float32: results of another order of summation differ by less than this.
_CLOSE = {"rtol": 1e-4, "atol": 1e-5}
# A number copied from an output has four decimals.
_PRINTED = {"rtol": 0.0, "atol": 6e-5}


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer: the key of a message below `check.`, and its values."""

    key: str
    values: dict = field(default_factory=dict)


def exercise(declare: Callable) -> Callable:
    """Register an exercise; the name then takes the reader's answer and prints the verdict."""
    EXERCISES[declare.__name__] = functools.cache(declare)

    def check(answer=None) -> None:
        _say(verdict(declare.__name__, answer))

    check.__name__ = check.__qualname__ = declare.__name__
    check.__doc__ = declare.__doc__
    return check


def verdict(name: str, answer: object) -> Verdict:
    """Return the verdict on an answer to exercise `name`; `any.` marks what is not its own."""
    found = EXERCISES[name]().verdict(answer)
    return found if "." in found.key else Verdict(f"{name}.{found.key}", found.values)


def _say(found: Verdict, yes: str = "check.any.yes", no: str = "check.any.no") -> None:
    said = text(f"check.{found.key}", **found.values)
    if found.key != "any.empty":
        said = text(yes if found.key.endswith(".right") else no, said=said)
    print(said)


# ---------------------------------------------------------------- reading answers


def _empty(answer: object) -> bool:
    if isinstance(answer, (list, tuple)):
        return len(answer) == 0 or any(_empty(part) for part in answer)
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def _tensor(answer: object) -> Tensor | None:
    """Return the answer's numbers as a tensor, None where it holds no numbers in equal rows."""
    try:
        if isinstance(answer, (list, tuple)):
            parts = [_tensor(part) for part in answer]
            return None if any(part is None for part in parts) else torch.stack(parts)
        if isinstance(answer, float):  # a Python float has more digits than float32
            return torch.tensor(answer, dtype=torch.float64)
        return None if isinstance(answer, str) else torch.as_tensor(answer).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        return None


def _shape(values: Tensor) -> str:
    return str(tuple(values.shape))


def _describe(answer: object) -> str:
    """Say in one short line what something is: its type, and its shape or value."""
    if isinstance(answer, Tensor):
        return f"Tensor {_shape(answer)}"
    shown = "" if callable(answer) else " " + " ".join(repr(answer).split())
    return type(answer).__name__ + (shown if len(shown) <= 60 else shown[:57] + "...")


def _equal(given: Tensor, right: Tensor, tolerance: dict) -> bool:
    return given.shape == right.shape and torch.allclose(
        given.double(), right.double(), equal_nan=True, **tolerance
    )


def _difference(given: Tensor, right: Tensor) -> Verdict:
    """Say how numbers that are not the right ones differ, in no exercise's own terms."""
    if given.is_floating_point() and not given.isfinite().all():
        return Verdict("any.not_finite")
    if given.shape != right.shape:
        return Verdict("any.shape", {"expected": _shape(right), "actual": _shape(given)})
    return Verdict("any.numbers")


def _variants(wrong: object) -> tuple:
    return wrong if isinstance(wrong, tuple) else (wrong,)


# ---------------------------------------------------------------- kinds of exercises


@dataclass(frozen=True)
class Value:
    """The answer is a number, a list or a tensor; four correct decimals are enough."""

    right: object
    wrong: dict[str, object]

    def verdict(self, answer: object) -> Verdict:
        if _empty(answer):
            return Verdict("any.empty")
        given, right = _tensor(answer), _tensor(self.right)
        if given is None:
            key = "any.call_it" if callable(answer) else "any.not_numbers"
            return Verdict(key, {"actual": _describe(answer)})
        for key, wrong in {"right": self.right, **self.wrong}.items():
            if any(_equal(given, _tensor(variant), _PRINTED) for variant in _variants(wrong)):
                return Verdict(key)
        return _difference(given, right)


@dataclass(frozen=True)
class Choice:
    """The answer is one of a few words (or a list of them), the same in every language."""

    right: str | list[str]
    wrong: dict[str, object]

    def choices(self) -> list[str]:
        """Return the words to choose from, in an order that tells nothing."""
        answers = [self.right, *(v for wrong in self.wrong.values() for v in _variants(wrong))]
        return sorted({word for one in answers for word in ([one] if type(one) is str else one)})

    def verdict(self, answer: object) -> Verdict:
        if _empty(answer):
            return Verdict("any.empty")
        several = not isinstance(self.right, str)
        given = _words(list(answer) if isinstance(answer, tuple) else answer)
        for key, wrong in {"right": self.right, **self.wrong}.items():
            if any(given == _words(variant) for variant in _variants(wrong)):
                return Verdict(key)
        allowed = ", ".join(f'"{word}"' for word in self.choices())
        key = "any.choices" if several else "any.choice"
        return Verdict(key, {"choices": allowed, "actual": _describe(answer)})


def _words(answer: object) -> object:
    if isinstance(answer, list):
        return [_words(word) for word in answer]
    return answer.strip().lower() if isinstance(answer, str) else answer


@dataclass(frozen=True)
class Function:
    """The answer is a function (or a class), tried on several cases beside a reference.

    `right` and `wrong` hold implementations; a case is a tuple of arguments, the first one
    the example that the chapter shows. `use(answer, *case)` gets the result out of an answer.
    Where the reference raises, the answer must raise an error of the same type.
    """

    right: Callable
    wrong: dict[str, object]
    cases: list[tuple]
    use: Callable = lambda answer, *case: answer(*case)

    def verdict(self, answer: object) -> Verdict:
        if _empty(answer):
            return Verdict("any.empty")
        if not callable(answer):
            return Verdict("any.not_callable", {"actual": _describe(answer)})
        given, right = self._outcomes(answer), self._outcomes(self.right)
        if given[0] is None or given[0] is ... or isinstance(given[0], NotImplementedError):
            return Verdict("any.empty")
        agree = [_same(*pair) for pair in zip(given, right, strict=True)]
        if all(agree):
            return _right_type(given, right)
        key = self._misconception(given, right, agree)
        if key:
            return Verdict(key, {"error": _error(given)})
        first = agree.index(False)
        where = _where(self.right, self.cases[first])
        if isinstance(right[first], Exception):
            expected = type(right[first]).__name__
            return Verdict("any.should_raise", {"expected": expected, "input": where})
        if agree[0]:
            values = {"example": _where(self.right, self.cases[0]), "input": where}
            if isinstance(given[first], Exception):
                return Verdict("any.only_example_runs", values | {"error": _error(given)})
            return Verdict("any.only_example", values)
        return _wrong_outcome(given[first], right[first], where)

    def _misconception(self, given: list, right: list, agree: list[bool]) -> str | None:
        """Return the misconception that does as the answer on every case; failing that, one that
        leaves the example right, as the answer does, and fails as the answer on its other cases.
        """
        partly = None
        for key, wrong in self.wrong.items():
            for outcomes in map(self._outcomes, _variants(wrong)):
                alike = [_same(*pair) for pair in zip(given, outcomes, strict=True)]
                if all(alike):
                    return key
                fails = [not _same(*pair) for pair in zip(outcomes, right, strict=True)]
                if agree[0] and all(a for a, fail in zip(alike, fails, strict=True) if fail):
                    partly = partly or key
        return partly

    def _outcomes(self, answer: Callable) -> list:
        return [_outcome(functools.partial(self.use, answer), *case) for case in self.cases]


def _outcome(call: Callable, *arguments: object) -> object:
    """Return what a call gives: a tensor if it holds numbers, the exception if it raises."""
    try:
        with _quietly():
            result = call(*copy.deepcopy(arguments))
    except Exception as error:  # the reader's code may raise anything
        return error
    numbers = None if _empty(result) else _tensor(result)
    return result if numbers is None else numbers


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep the reader's random numbers as they are, and the output free of repeated prints."""
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(io.StringIO()):
        yield


def _same(given: object, right: object) -> bool:
    if isinstance(given, Tensor) and isinstance(right, Tensor):
        return _equal(given, right, _CLOSE)
    if isinstance(given, list) and isinstance(right, list):
        return given == right == []
    return isinstance(given, Exception) and type(given) is type(right)


def _right_type(given: list, right: list) -> Verdict:
    """Ask for True and False where 1 and 0 came: as a mask they mean something else."""
    for one, other in zip(given, right, strict=True):
        if isinstance(other, Tensor) and other.dtype is torch.bool is not one.dtype:
            return Verdict("any.boolean", {"actual": str(one.dtype)})
    return Verdict("right")


def _wrong_outcome(given: object, right: Tensor, where: str) -> Verdict:
    if isinstance(given, Exception):
        return Verdict("any.raised", {"error": _one_line(given), "input": where})
    if not isinstance(given, Tensor):
        return Verdict("any.returned", {"actual": _describe(given)})
    return _difference(given, right)


def _one_line(error: Exception) -> str:
    said = " ".join(str(error).split())
    said = said if len(said) <= 120 else said[:117] + "..."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _error(outcomes: list) -> str:
    return next((_one_line(one) for one in outcomes if isinstance(one, Exception)), "")


def _where(function: Callable, case: tuple) -> str:
    """Name the arguments of a case by shape or value, as in `x (6, 3), num_heads 2`."""
    names = inspect.signature(function).parameters
    return ", ".join(
        f"{name} {_shape(one) if isinstance(one, Tensor) else repr(one)}"
        for name, one in zip(names, case, strict=False)
    )


# ---------------------------------------------------------------- property checks


def assert_causal(f: Callable, x: Tensor, draws: int = 3) -> None:
    """Assert that no output row depends on a later token.

    f: module or function; takes x (T, D) or (B, T, D), float; returns (..., T, anything),
    or a tuple that begins with it. Each token is replaced in turn, `draws` times.
    A module is put in eval mode meanwhile.

    Raises:
        AssertionError: a row moved; the message names the token and the row, counted from 1.
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
        raise AssertionError(text(f"check.{fault.key}", "en", **fault.values))


def _tell(name: str, answer: object, find_fault: Callable) -> None:
    fault = Verdict("any.empty") if _empty(answer) else find_fault()
    _say(fault or Verdict(f"{name}.right"), "check.any.holds", "check.any.fails")


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
    length = _count_tokens(x)
    trials = []
    for draw, token in itertools.product(range(draws), range(1, length)):
        changed = x.clone()
        changed[..., token, :] = _draw(*x[..., token, :].shape, seed=draw)
        trials.append(_Trial(changed, torch.arange(token), {"token": token + 1}))
    return _first_fault("causal.leak", f, x, trials)


def _permutation_fault(f: Callable, x: Tensor, draws: int) -> Verdict | None:
    length = _count_tokens(x)
    orders = [torch.arange(length) for _ in range(length - 1)]
    for first, order in enumerate(orders):
        order[[first, first + 1]] = order[[first + 1, first]]
    orders += [_draw(length, seed=draw).argsort() for draw in range(draws)]
    trials = [_Trial(x[..., o, :], o, {"order": (o + 1).tolist()}) for o in orders]
    return _first_fault("permutation.moved", f, x, trials)


def _count_tokens(x: Tensor) -> int:
    if not isinstance(x, Tensor) or not x.is_floating_point():
        raise TypeError(f"expected tokens x as a float tensor; got {_describe(x)}")
    if x.dim() < 2 or x.shape[-2] < 2:
        raise ValueError(f"expected x (T, D) or (B, T, D) with T at least 2; got {_shape(x)}")
    return x.shape[-2]


def _first_fault(key: str, f: Callable, x: Tensor, trials: list[_Trial]) -> Verdict | None:
    """Return what is wrong with f: no usable output, no fixed output, or a trial that fails."""
    with _evaluating(f):
        before = _output(f, x)
        if before is None or isinstance(before, NotImplementedError):
            return Verdict("any.empty")
        if not isinstance(before, Tensor) or not before.isfinite().all():
            return _wrong_outcome(before, x, f"x {_shape(x)}")
        if before.dim() < 2 or before.shape[-2] != x.shape[-2]:
            return Verdict("any.rows", {"expected": x.shape[-2], "actual": _shape(before)})
        if not _same(_output(f, x, random_numbers_before=1), before):
            return Verdict("any.random")
        for trial in trials:
            after = _output(f, trial.x)
            if not isinstance(after, Tensor) or after.shape != before.shape:
                return _wrong_outcome(after, before, f"x {_shape(x)}")
            expected = before[..., trial.rows, :]
            after = after[..., : len(trial.rows), :]
            moved = ~torch.isclose(after, expected, **_CLOSE).all(dim=-1)  # (..., rows)
            if moved.any():
                row = moved.reshape(-1, len(trial.rows)).any(dim=0).nonzero()[0].item() + 1
                size = f"{(after - expected).abs().max().item():.2g}"
                return Verdict(key, {"row": row, "size": size, **trial.words})
    return None


def _output(f: Callable, x: Tensor, random_numbers_before: int = 0) -> object:
    """Return the output rows f(x), or what came instead of them."""

    def call(tokens: Tensor) -> object:
        torch.rand(random_numbers_before)
        result = f(tokens)
        return result[0] if isinstance(result, tuple) and result else result  # (output, weights)

    return _outcome(call, x)


def _rows_fault(weights: Tensor) -> Verdict | None:
    rows = _tensor(weights)
    if rows is None or rows.dim() == 0:
        key = "any.call_it" if callable(weights) else "any.not_numbers"
        return Verdict(key, {"actual": _describe(weights)})
    if rows.is_floating_point() and not rows.isfinite().all():
        return Verdict("any.not_finite")
    sums = rows.double().sum(dim=-1)
    bad = ~torch.isclose(sums, torch.ones_like(sums), **_CLOSE)
    if not bad.any():
        return None
    first = bad.nonzero()[0]
    row = ", ".join(str(index + 1) for index in first.tolist()) or "1"
    columns = rows.double().sum(dim=-2) if rows.dim() > 1 else sums
    key = "columns" if torch.allclose(columns, torch.ones_like(columns), **_CLOSE) else "sum"
    return Verdict(f"rows_sum_to_one.{key}", {"row": row, "sum": f"{sums[tuple(first)]:.4f}"})


# ---------------------------------------------------------------- shared by the exercises


def _draw(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers of a generator of their own, the same at every call."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _attention(x: Tensor) -> Tensor:
    """Return simple self-attention's context vectors (T, d) of the tokens x (T, d)."""
    return torch.softmax(x @ x.T, dim=-1) @ x


# ---------------------------------------------------------------- 01 dot products


@exercise
def dot_by_hand():
    """Compute by hand the dot product of `inputs[0]` (Your) and `inputs[2]` (starts)."""
    x, y = inputs[0], inputs[2]
    return Value(
        right=x @ y,
        wrong={
            "products": x * y,
            "partial": (x[:2] @ y[:2], x[0] * y[0]),
            "sum": (x + y, (x + y).sum()),
            "cosine": torch.cosine_similarity(x, y, dim=0),
            "other_token": (x @ inputs[1], x @ inputs[3], inputs[1] @ inputs[3]),
        },
    )


@exercise
def best_match_of_one():
    """Predict: with which of the six tokens does `one` have its largest score?

    The token as a word: `check.best_match_of_one("...")`.
    """
    return Choice(
        right="starts",
        wrong={"self": "one", "longest": "journey", "other": ("Your", "with", "step")},
    )


@exercise
def all_pairs():
    """Write `all_pairs(x)`: the dot products of all pairs of rows of x (T, d), as (T, T)."""
    return Function(
        right=lambda x: x @ x.T,
        wrong={
            "features": lambda x: x.T @ x,
            "mean": lambda x: (x[:, None] * x[None, :]).mean(dim=-1),
            "cosine": lambda x: torch.cosine_similarity(x[:, None], x[None, :], dim=-1),
            "diagonal": lambda x: (x * x).sum(dim=-1),
            "not_summed": lambda x: x[:, None] * x[None, :],
            "upper_half": lambda x: (x @ x.T).triu(),
        },
        cases=[(inputs,), (_draw(4, 2),), (_draw(1, 3),), (_draw(5, 8),), (_draw(3, 3),)],
    )


# ---------------------------------------------------------------- 02 softmax


@exercise
def stable_softmax():
    """Write `softmax(scores)`: exp and division over the last axis, for any shape and any size.

    Scores of 1000 and of -1000 must not give NaN. `torch.softmax` is not allowed this once.
    """

    def shares(powers: Tensor) -> Tensor:
        return powers / powers.sum(dim=-1, keepdim=True)

    return Function(
        right=lambda scores: torch.softmax(scores, dim=-1),
        wrong={
            "overflow": lambda s: shares(s.exp()),
            "one_maximum": lambda s: shares((s - s.max()).exp()),
            "axis": lambda s: torch.softmax(s, dim=0),
            "everything": (
                lambda s: torch.softmax(s.flatten(), 0).view(s.shape),
                lambda s: s.exp() / s.exp().sum(),
            ),
            "divided_by_sum": shares,
            "not_divided": lambda s: (s - s.amax(-1, keepdim=True)).exp(),
            "keepdim": (
                lambda s: s.exp() / s.exp().sum(dim=-1),
                lambda s: (e := (s - s.amax(-1, keepdim=True)).exp()) / e.sum(dim=-1),
                lambda s: (e := (s - s.max()).exp()) / e.sum(dim=-1),
            ),
        },
        cases=[
            (inputs @ inputs[1],),
            (_draw(3, 5),),
            (_draw(4, 4),),
            (_draw(2, 3, 4),),
            (torch.tensor([1000.0, 1001.0, 1002.0]),),
            (torch.tensor([[0.0, 1.0], [-1000.0, -1001.0]]),),
        ],
    )


@exercise
def softmax_with_temperature():
    """Write `soften(scores, temperature)`: softmax over the last axis, flatter as it rises."""
    return Function(
        right=lambda scores, temperature: torch.softmax(scores / temperature, dim=-1),
        wrong={
            "multiplied": lambda s, t: torch.softmax(s * t, dim=-1),
            "after": lambda s, t: torch.softmax(s, dim=-1) / t,
            "no_effect": (
                lambda s, t: torch.softmax(s, dim=-1),
                lambda s, t: torch.softmax(s - t, dim=-1),
            ),
            "axis": lambda s, t: torch.softmax(s / t, dim=0),
        },
        cases=[(inputs @ inputs[1], 2.0), (_draw(3, 5), 0.1), (_draw(4, 4), 1.0), (_draw(7), 10.0)],
    )


@exercise
def shifted_scores():
    """Predict: 100 is added to every score. What do the softmax weights do?

    One of "flatter", "same", "sharper".
    """
    return Choice(right="same", wrong={"sharper": "sharper", "flatter": "flatter"})


@exercise
def high_temperature():
    """Predict: the scores are divided by a temperature of 10. What do the weights become?

    One of "flatter", "same", "sharper".
    """
    return Choice(right="flatter", wrong={"reversed": "sharper", "same": "same"})


# ---------------------------------------------------------------- 03 simple self-attention


@exercise
def predict_largest():
    """Predict: for each of the six tokens, which token gets its largest attention weight?

    Six numbers, counted from 1: `check.predict_largest([?, ?, ?, ?, ?, ?])`, where ? is `...`.
    """
    weights = torch.softmax(inputs @ inputs.T, dim=-1)
    return Value(
        right=weights.argmax(dim=1) + 1,
        wrong={
            "self": [1, 2, 3, 4, 5, 6],
            "from_zero": weights.argmax(dim=1),
            "columns": weights.argmax(dim=0) + 1,
        },
    )


@exercise
def token3_context():
    """Compute the context vector of token 3, `starts`, from `inputs`. Its shape is (3,)."""
    scores = inputs @ inputs.T
    context = _attention(inputs)
    return Value(
        right=context[2],
        wrong={
            "scores": scores[2],
            "weights": torch.softmax(scores[2], dim=0),
            "no_softmax": scores[2] @ inputs,
            "divided_by_sum": scores[2] / scores[2].sum() @ inputs,
            "neighbour": (context[1], context[3]),
            "axis": torch.softmax(scores, dim=0)[2] @ inputs,
            "all_tokens": context,
            "embedding": inputs[2],
        },
    )


@exercise
def attention_function():
    """Write `self_attention(x)`: the context vectors of any tokens x (T, d); it returns (T, d).

    Pass the function itself: `check.attention_function(self_attention)`.
    """
    return Function(
        right=lambda x: _attention(x),
        wrong={
            "axis": lambda x: torch.softmax(x @ x.T, dim=0) @ x,  # also weights.T @ x
            "no_softmax": lambda x: x @ x.T @ x,
            "divided_by_sum": lambda x: (x @ x.T) / (x @ x.T).sum(-1, keepdim=True) @ x,
            "weights": lambda x: torch.softmax(x @ x.T, dim=-1),
            "scores": lambda x: x @ x.T,
            "features": lambda x: x @ torch.softmax(x.T @ x, dim=-1),
        },
        cases=[(inputs,), (_draw(4, 2),), (_draw(1, 3),), (_draw(9, 5),), (_draw(6, 3),)],
    )


@exercise
def fixed_axis():
    """Find what is wrong: this function passes every shape check. Mend it, for batches too.

    def attention_weights(scores):  # (..., T, T) -> (..., T, T), every row sums to 1
        return torch.softmax(scores, dim=0)
    """
    return Function(
        right=lambda scores: torch.softmax(scores, dim=-1),
        wrong={
            "still_columns": lambda scores: torch.softmax(scores, dim=0),
            "columns": lambda scores: torch.softmax(scores, dim=-2),
            "one": lambda scores: torch.softmax(scores, dim=1),
            "transposed": (
                lambda scores: torch.softmax(scores, dim=0).mT,
                lambda scores: torch.softmax(scores, dim=-2).mT,
            ),
            "everything": lambda scores: torch.softmax(scores.flatten(), 0).view(scores.shape),
        },
        cases=[(inputs @ inputs.T,), (_draw(5, 5),), (_draw(1, 1),), (_draw(2, 4, 4),)],
    )


@exercise
def permutation_guess():
    """Predict: tokens 1 and 6 change places. What happens to the context vector of `journey`?

    One of "changes", "stays".
    """
    return Choice(right="stays", wrong={"order_matters": "changes"})


# ---------------------------------------------------------------- 04 pure Python


@exercise
def context_lists():
    """Write `context(tokens)` with lists and `math` only: the context vectors of any tokens.

    tokens: n lists of d floats, any n and d; so is the result. Large scores must not overflow;
    no tokens, or tokens of unequal length, raise ValueError.
    """

    def refuse(tokens: list) -> None:
        lengths = {len(token) for token in tokens}
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError(f"expected tokens of one length, 1 or more; got {sorted(lengths)}")

    def dot(x: list, y: list) -> float:
        return sum(a * b for a, b in zip(x, y, strict=False))

    def context(tokens: list, to_weights: Callable, check: Callable = refuse) -> list:
        check(tokens)
        rows = [to_weights([dot(x, y) for y in tokens]) for x in tokens]
        columns = list(zip(*tokens, strict=False))
        return [[dot(row, column) for column in columns] for row in rows]

    def share(row: list) -> list:
        return [number / sum(row) for number in row]

    def naive(row: list) -> list:
        return share([math.exp(score) for score in row])

    def stable(row: list) -> list:
        return naive([score - max(row) for score in row])

    return Function(
        right=lambda tokens: context(tokens, stable),
        wrong={
            "overflow": lambda tokens: context(tokens, naive),
            "unequal": lambda tokens: context(tokens, stable, lambda t: t or refuse(t)),
            "nothing_refused": lambda tokens: context(tokens, stable, len),
            "no_softmax": lambda tokens: context(tokens, list),
            "divided_by_sum": lambda tokens: context(tokens, share),
        },
        cases=[
            (inputs.tolist(),),
            (_draw(4, 2).tolist(),),
            (_draw(1, 5).tolist(),),
            ([[40.0, 0.0], [0.0, 40.0], [30.0, 30.0]],),
            ([[1.0, 2.0], [3.0]],),
            ([],),
        ],
    )


@exercise
def predict_overflow():
    """Predict: the inputs times 10, 20, 30 or 500. From which factor on does softmax overflow?"""
    return Value(right=30, wrong={"float32": 10, "close": 20, "linear": 500})


@exercise
def refusing_dot():
    """Mend `inner_product(x, y)`: lists of unequal length must raise ValueError.

    Pass the function itself: `check.refusing_dot(inner_product)`.
    """

    def product(x, y, error=ValueError):
        if len(x) != len(y):
            raise error(f"expected equal lengths; got {len(x)} and {len(y)}")
        return math.fsum(a * b for a, b in zip(x, y, strict=True))

    return Function(
        right=lambda x, y: product(x, y),
        wrong={
            "cuts": lambda x, y: math.fsum(a * b for a, b in zip(x, y, strict=False)),
            "index": lambda x, y: math.fsum(x[i] * y[i] for i in range(len(x))),
            "other_error": (
                lambda x, y: product(x, y, AssertionError),
                lambda x, y: product(x, y, TypeError),
                lambda x, y: product(x, y, Exception),
            ),
            "zero": lambda x, y: product(x, y) if len(x) == len(y) else 0.0,
        },
        cases=[([1, 2, 3], [4, 5, 6]), ([0.5], [2.0]), ([1, 2], [3]), ([1], [2, 3])],
    )


@exercise
def predict_products():
    """Predict: 6 tokens of 3 numbers need 108 multiplications for their scores. And how many
    do 12 tokens of 3 numbers need, and 6 tokens of 6 numbers? Two numbers, in this order.
    """
    return Value(
        right=[432, 216],
        wrong={
            "linear": [216, 216],
            "swapped": [216, 432],
            "both_square": [432, 432],
            "contexts_too": [864, 432],
        },
    )


# ---------------------------------------------------------------- 05 queries, keys, values


@exercise
def token3_projected():
    """Compute the context vector of token 3, `starts`, with the chapter's matrices (randn, 123).

    Its shape is (2,).
    """
    generator = torch.Generator().manual_seed(123)
    W_q, W_k, W_v = (torch.randn(3, 2, generator=generator) for _ in range(3))
    queries, keys, values = inputs @ W_q, inputs @ W_k, inputs @ W_v
    scaled = queries @ keys.T / 2**0.5
    weights = torch.softmax(scaled, dim=-1)
    context = weights @ values
    return Value(
        right=context[2],
        wrong={
            "no_scale": torch.softmax(queries[2] @ keys.T, dim=-1) @ values,
            "input_width": torch.softmax(queries[2] @ keys.T / 3**0.5, dim=-1) @ values,
            "weights": weights[2],
            "raw_values": weights[2] @ inputs,
            "no_softmax": scaled[2] @ values,
            "swapped": torch.softmax(scaled.T[2], dim=-1) @ values,
            "simple": _attention(inputs)[2],
            "neighbour": (context[1], context[3]),
            "all_tokens": context,
        },
    )


@exercise
def scaled_attention():
    """Write `attention(x, W_q, W_k, W_v)`: scaled dot-product attention, any sizes.

    x: (T, d_in); W_q, W_k: (d_in, d_k); W_v: (d_in, d_v); it returns (T, d_v).
    """

    def scaled(width: Callable, dim: int = -1, raw: bool = False, swapped: bool = False):
        def attention(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> Tensor:
            scores = (x @ W_q) @ (x @ W_k).T
            scores = scores.T if swapped else scores
            weights = torch.softmax(scores / width(x, W_q, W_v) ** 0.5, dim=dim)
            return weights @ (x if raw else x @ W_v)

        return attention

    def d_k(x: Tensor, W_q: Tensor, W_v: Tensor) -> int:
        return W_q.shape[1]

    return Function(
        right=scaled(d_k),
        wrong={
            "no_scale": scaled(lambda x, W_q, W_v: 1),
            "multiplied": scaled(lambda x, W_q, W_v: 1 / W_q.shape[1]),
            "no_root": scaled(lambda x, W_q, W_v: W_q.shape[1] ** 2),
            "input_width": scaled(lambda x, W_q, W_v: W_q.shape[0]),
            "tokens": scaled(lambda x, W_q, W_v: len(x)),
            "value_width": scaled(lambda x, W_q, W_v: W_v.shape[1]),
            "raw_values": scaled(d_k, raw=True),
            "axis": scaled(d_k, dim=0),
            "swapped": scaled(d_k, swapped=True),
            "no_softmax": lambda x, W_q, W_k, W_v: (
                (x @ W_q) @ (x @ W_k).T / W_q.shape[1] ** 0.5 @ (x @ W_v)
            ),
        },
        cases=[
            (inputs, _draw(3, 2), _draw(3, 2, seed=1), _draw(3, 2, seed=2)),
            (_draw(4, 5, seed=3), _draw(5, 8), _draw(5, 8, seed=1), _draw(5, 3, seed=2)),
            (_draw(7, 3, seed=3), _draw(3, 4), _draw(3, 4, seed=1), _draw(3, 4, seed=2)),
        ],
    )


@exercise
def score_variance():
    """Predict: q and k hold 64 standard normal numbers each. What is the variance of q . k?"""
    return Value(right=64, wrong={"one": 1, "deviation": 8, "squared": 4096})


# ---------------------------------------------------------------- 06 self-attention classes

_WIDTH = 2  # the global that the wrong class below reads, as a notebook has its d_k


class _SelfAttention(nn.Module):
    """Self-attention that divides its scores by the square root of `width(x)`."""

    def __init__(self, d_in: int, d_out: int):
        super().__init__()
        self.d_in, self.d_out = d_in, d_out
        for name in ("W_query", "W_key", "W_value"):
            self.register_parameter(name, nn.Parameter(torch.zeros(d_in, d_out)))

    def width(self, x: Tensor) -> int:
        return self.d_out

    def forward(self, x: Tensor) -> Tensor:
        scores = x @ self.W_query @ (x @ self.W_key).T
        return torch.softmax(scores / self.width(x) ** 0.5, dim=-1) @ x @ self.W_value


def _scaled_by(width: Callable) -> type:
    return type("SelfAttention", (_SelfAttention,), {"width": width})


def _without_globals(answer: type) -> type:
    """Return the class with methods that see no number and no tensor of their notebook."""

    def alone(method: FunctionType) -> FunctionType:
        seen = {
            name: value
            for name, value in method.__globals__.items()
            if callable(value) or isinstance(value, ModuleType) or name.startswith("__")
        }
        copied = FunctionType(
            method.__code__, seen, method.__name__, method.__defaults__, method.__closure__
        )
        copied.__kwdefaults__ = method.__kwdefaults__
        return copied

    methods = {n: alone(m) for n, m in vars(answer).items() if isinstance(m, FunctionType)}
    return type(answer.__name__, (answer,), methods)


def _run_class(answer: type, d_in: int, d_out: int, x: Tensor) -> Tensor:
    module = _without_globals(answer)(d_in, d_out)
    for seed, name in enumerate(("W_query", "W_key", "W_value")):
        weight = getattr(module, name)
        with torch.no_grad():
            if isinstance(weight, nn.Linear):
                weight.weight.copy_(_draw(d_in, d_out, seed=seed).T)
                if weight.bias is not None:
                    weight.bias.zero_()
            else:
                weight.copy_(_draw(d_in, d_out, seed=seed))
    return module(x)


@exercise
def no_global():
    """Find what is wrong: this class gives no error, and is wrong for every d_out but one.

    d_k = 2

    class SelfAttention(nn.Module):
        def __init__(self, d_in, d_out): ...  # W_query, W_key, W_value
        def forward(self, x):  # (T, d_in) -> (T, d_out)
            ...
            weights = torch.softmax(scores / d_k**0.5, dim=-1)

    Mend it and pass the class itself: `check.no_global(SelfAttention)`.
    """
    return Function(
        right=_SelfAttention,
        wrong={
            "reads_global": _scaled_by(lambda self, x: _WIDTH),
            "fixed_width": _scaled_by(lambda self, x: 2),
            "input_width": _scaled_by(lambda self, x: self.d_in),
            "tokens": _scaled_by(lambda self, x: len(x)),
            "no_scale": _scaled_by(lambda self, x: 1),
        },
        cases=[
            (3, 2, inputs),
            (3, 4, inputs),
            (5, 8, _draw(4, 5, seed=3)),
            (4, 1, _draw(7, 4, seed=3)),
        ],
        use=_run_class,
    )


@exercise
def linear_as_matrix():
    """Write `as_matrix(linear)`: the matrix W for which `x @ W` equals `linear(x)`, without bias.

    It carries the weights of SelfAttentionV2 (nn.Linear) over to SelfAttentionV1 (nn.Parameter).
    """

    def linear(d_in: int, d_out: int) -> nn.Linear:
        empty = nn.utils.skip_init(nn.Linear, d_in, d_out, bias=False)
        empty.load_state_dict({"weight": _draw(d_out, d_in)})
        return empty

    return Function(
        right=lambda linear: linear.weight.T,
        wrong={
            "not_transposed": lambda linear: linear.weight,
            "reshaped": lambda linear: linear.weight.reshape(linear.weight.shape[::-1]),
        },
        cases=[(linear(3, 2),), (linear(4, 4),), (linear(2, 5),)],
    )


@exercise
def parameter_count():
    """Count: how many trainable numbers has `SelfAttentionV2(d_in=3, d_out=2, qkv_bias=True)`?"""
    return Value(
        right=24,
        wrong={"no_bias": 18, "one_matrix": (6, 8), "one_bias": 20, "bias_per_input": 27},
    )


# ---------------------------------------------------------------- 07 attention maps


@exercise
def upright_map():
    """Write `upright(weights)`: some maps (T, T) came transposed; return each with query rows.

    Tell them apart by their sums.
    """

    def upright(weights: Tensor) -> Tensor:
        sums = weights.sum(dim=-1)
        return weights if torch.allclose(sums, torch.ones_like(sums), atol=1e-4) else weights.T

    maps = [torch.softmax(2 * _draw(size, size, seed=size), dim=-1) for size in (3, 6, 5)]
    return Function(
        right=upright,
        wrong={
            "never": lambda w: w,
            "always": lambda w: w.T,
            "reversed": lambda w: upright(w).T,
            "renormalised": (
                lambda w: w / w.sum(dim=-1, keepdim=True),
                lambda w: torch.softmax(w, dim=-1),
            ),
        },
        cases=[(maps[0].T,), (maps[0],), (maps[1],), (maps[1].T,), (maps[2].T,)],
    )


def _three_tokens() -> Tensor:
    """Return the attention weights (3, 3) of Tokyo, is, beautiful under seed 42."""
    x = torch.tensor([[1.0, 0.5, 0.3, 0.2], [0.2, 0.1, 0.9, 0.7], [0.8, 0.3, 0.2, 0.4]])
    w_query, w_key = _draw(4, 4, 4, seed=42)[:2]
    return torch.softmax(x @ w_query @ (x @ w_key).T / 2, dim=-1)


@exercise
def map_largest():
    """Read the map of `Tokyo`, `is`, `beautiful`: which key has the largest weight in each row?

    Three column numbers, counted from 1.
    """
    weights = _three_tokens()
    return Value(
        right=weights.argmax(dim=1) + 1,
        wrong={
            "story": [1, 1, 2],
            "self": [1, 2, 3],
            "columns": weights.argmax(dim=0) + 1,
            "from_zero": weights.argmax(dim=1),
            "smallest": weights.argmin(dim=1) + 1,
        },
    )


@exercise
def predict_seeds():
    """Predict: in how many of 2000 untrained maps does `Tokyo` give itself the largest weight?

    One of "few", "third", "most".
    """
    return Choice(right="third", wrong={"never": "few", "always": "most"})


@exercise
def most_received():
    """Write `most_received(weights)`: the index of the key that gets most of all queries together.

    weights: (T, T), each row sums to 1. Pass the function itself.
    """
    second = torch.tensor([[0.52, 0.08, 0.4], [0.1, 0.5, 0.4], [0.45, 0.15, 0.4]])
    draws = [torch.softmax(3 * _draw(n, n, seed=n), dim=-1) for n in (2, 5, 8)]
    return Function(
        right=lambda weights: weights.sum(dim=0).argmax(),
        wrong={
            "largest_cell": lambda weights: weights.max(dim=0).values.argmax(),
            "query": lambda weights: weights.max(dim=1).values.argmax(),
            "total": lambda weights: weights.sum(dim=0).max(),
            "sums": lambda weights: weights.sum(dim=0),
            "per_row": lambda weights: weights.argmax(dim=1),
            "votes": lambda weights: weights.argmax(dim=1).mode().values,
        },
        cases=[(weights,) for weights in (_three_tokens(), second, *draws)],
    )


# ---------------------------------------------------------------- 08 causal attention


@exercise
def causal_mask():
    """Write `mask(T)`: a boolean (T, T) tensor, True where a token must be hidden from a query."""
    return Function(
        right=lambda T: torch.ones(T, T).triu(diagonal=1).bool(),
        wrong={
            "inverted": lambda T: torch.ones(T, T).tril().bool(),
            "diagonal": lambda T: torch.ones(T, T).triu().bool(),
            "past": lambda T: torch.ones(T, T).tril(diagonal=-1).bool(),
            "infinite": lambda T: torch.full((T, T), -torch.inf).triu(diagonal=1),
        },
        cases=[(6,), (1,), (4,), (9,)],
    )


@exercise
def masked_weights():
    """Find what is wrong: this function gives no error, and its weights still see the future.

    def causal_weights(scores):  # (..., T, T) -> (..., T, T)
        mask = torch.ones(scores.shape[-2:]).triu(diagonal=1).bool()
        scores.masked_fill(mask, -torch.inf)
        return torch.softmax(scores, dim=-1)
    """

    def future(scores: Tensor, diagonal: int = 1) -> Tensor:
        return torch.ones(scores.shape[-2:]).triu(diagonal).bool()

    def masked(scores: Tensor, mask: Tensor, fill: float = -torch.inf) -> Tensor:
        return torch.softmax(scores.masked_fill(mask, fill), dim=-1)

    return Function(
        right=lambda scores: masked(scores, future(scores)),
        wrong={
            "still_leaks": lambda s: torch.softmax(s, dim=-1),
            "inverted": lambda s: masked(s, ~future(s)),
            "zero_scores": lambda s: masked(s, future(s), fill=0.0),
            "not_renormalised": lambda s: torch.softmax(s, dim=-1).tril(),
            "diagonal": lambda s: masked(s, future(s, diagonal=0)),
        },
        cases=[(inputs @ inputs.T,), (_draw(4, 4),), (_draw(1, 1),), (_draw(2, 5, 5),)],
    )


@exercise
def dropout_by_hand():
    """Write `drop(weights, keep, p)`: dropout with a given mask, as in training.

    keep: True where a weight survives, of the shape of weights; p: the probability of dropping.
    """
    return Function(
        right=lambda weights, keep, p: weights * keep / (1 - p),
        wrong={
            "no_rescale": lambda w, keep, p: w * keep,
            "scaled_by_p": lambda w, keep, p: w * keep / p,
            "multiplied": lambda w, keep, p: w * keep * (1 - p),
            "inverted": (
                lambda w, keep, p: w * ~keep / (1 - p),
                lambda w, keep, p: w * ~keep,
            ),
            "row_sums": lambda w, keep, p: w * keep / (w * keep).sum(dim=-1, keepdim=True),
        },
        cases=[
            (torch.softmax(_draw(*shape), dim=-1), _draw(*shape, seed=1) > -1, p)
            for shape, p in [((6, 6), 0.5), ((4, 4), 0.2), ((2, 3, 3), 0.1), ((5, 5), 0.9)]
        ],
    )


@exercise
def first_row_guess():
    """Predict: in the first row of any causal map of six tokens, how large is the first weight?"""
    return Value(right=1.0, wrong={"equal": 1 / 6, "hidden": 0.0})


# ---------------------------------------------------------------- 09 multi-head attention


@exercise
def split_heads():
    """Write `split(x, num_heads)`: (B, T, d_out) -> (B, H, T, d_head), d_head = d_out / H.

    Head h holds the components from h * d_head on.
    """

    return Function(
        right=lambda x, num_heads: x.reshape(*x.shape[:2], num_heads, -1).transpose(1, 2),
        wrong={
            "view_only": lambda x, heads: x.reshape(len(x), heads, x.shape[1], -1),
            "no_transpose": lambda x, heads: x.reshape(*x.shape[:2], heads, -1),
            "interleaved": lambda x, heads: x.reshape(*x.shape[:2], -1, heads).permute(0, 3, 1, 2),
        },
        cases=[
            (_draw(2, 6, 4), 2),
            (_draw(1, 3, 12), 3),
            (_draw(2, 4, 8), 4),
            (_draw(3, 5, 8), 1),
        ],
    )


@exercise
def head_weights():
    """Find what is wrong: the shapes are right, the scale is not.

    def head_weights(queries, keys):  # each (B, H, T, d_head) -> (B, H, T, T)
        scores = queries @ keys.mT
        d_out = queries.shape[1] * queries.shape[3]
        return torch.softmax(scores / d_out**0.5, dim=-1)
    """

    def scaled(queries: Tensor, keys: Tensor, width: float, dim: int = -1) -> Tensor:
        return torch.softmax(queries @ keys.mT / width**0.5, dim=dim)

    return Function(
        right=lambda queries, keys: scaled(queries, keys, queries.shape[3]),
        wrong={
            "model_width": lambda q, k: scaled(q, k, q.shape[1] * q.shape[3]),
            "heads": lambda q, k: scaled(q, k, q.shape[1]),
            "tokens": lambda q, k: scaled(q, k, q.shape[2]),
            "no_scale": lambda q, k: scaled(q, k, 1),
            "axis": lambda q, k: scaled(q, k, q.shape[3], dim=-2),
        },
        cases=[
            (_draw(2, 2, 6, 3), _draw(2, 2, 6, 3, seed=1)),
            (_draw(1, 4, 3, 8), _draw(1, 4, 3, 8, seed=1)),
            (_draw(1, 1, 5, 2), _draw(1, 1, 5, 2, seed=1)),
        ],
    )


@exercise
def gpt2_parameter_count():
    """Count: how many trainable numbers has MultiHeadAttention at GPT-2's smallest size?

    d_in = d_out = 768, 12 heads, context length 1024, qkv_bias=False; out_proj has its bias.
    """
    matrix, bias, mask = 768 * 768, 768, 1024 * 1024
    return Value(
        right=4 * matrix + bias,
        wrong={
            "all_biases": 4 * matrix + 4 * bias,
            "no_out_proj": 3 * matrix,
            "no_bias": 4 * matrix,
            "mask": 4 * matrix + bias + mask,
            "times_heads": 12 * (4 * matrix + bias),
        },
    )


@exercise
def mask_polarity():
    """Say what True means in a boolean attn_mask, first for F.scaled_dot_product_attention,
    then for nn.MultiheadAttention.

    A list of two words, each "hide" or "keep": `check.mask_polarity(["...", "..."])`.
    """
    return Choice(
        right=["keep", "hide"],
        wrong={"swapped": ["hide", "keep"], "alike": (["hide", "hide"], ["keep", "keep"])},
    )

"""Exercise checks: `check.<exercise>(answer)` prints a verdict in the reader's language.

A verdict is one of: right, with what it shows; not yet, with the misconception
behind this very answer; or, for an empty answer, a request to fill it in.

To add an exercise, declare it below and give its words in messages.toml:

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    """What is said about an answer: a key of messages.toml below `check.`, and its values."""

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


def _say(found: Verdict) -> None:
    said = text(f"check.{found.key}", **found.values)
    if found.key != "any.empty":
        said = text("check.any.yes" if found.key.endswith(".right") else "check.any.no", said=said)
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
    if given.is_floating_point() and given.isnan().any():
        return Verdict("any.nan")
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
        words = list(answer) if several and isinstance(answer, (list, tuple)) else [answer]
        given = [word.strip().lower() if isinstance(word, str) else word for word in words]
        for key, wrong in {"right": self.right, **self.wrong}.items():
            for variant in _variants(wrong):
                if given == (variant if several else [variant]):
                    return Verdict(key)
        allowed = ", ".join(f'"{word}"' for word in self.choices())
        key = "any.choices" if several else "any.choice"
        return Verdict(key, {"choices": allowed, "actual": _describe(answer)})


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
        agree = [_same(one, other) for one, other in zip(given, right, strict=True)]
        if all(agree):
            return _right_type(given, right)
        for key, wrong in self.wrong.items():
            for outcomes in map(self._outcomes, _variants(wrong)):
                if all(_same(one, other) for one, other in zip(given, outcomes, strict=True)):
                    return Verdict(key, {"error": _error(given)})
        first = agree.index(False)
        where = _where(self.right, self.cases[first])
        if isinstance(right[first], Exception):
            expected = type(right[first]).__name__
            return Verdict("any.should_raise", {"expected": expected, "input": where})
        if agree[0]:
            example = _where(self.right, self.cases[0])
            return Verdict("any.only_example", {"example": example, "input": where})
        return _wrong_outcome(given[first], right[first], where)

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


# ---------------------------------------------------------------- shared by the exercises


def _draw(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers of a generator of their own, the same at every call."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _attention(x: Tensor) -> Tensor:
    """Return simple self-attention's context vectors (T, d) of the tokens x (T, d)."""
    return torch.softmax(x @ x.T, dim=-1) @ x


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
    _say(fault or Verdict(f"{name}.right"))


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
        if not isinstance(before, Tensor) or before.isnan().any():
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
    if rows.isnan().any():
        return Verdict("any.nan")
    sums = rows.double().sum(dim=-1)
    bad = ~torch.isclose(sums, torch.ones_like(sums), **_CLOSE)
    if not bad.any():
        return None
    first = bad.nonzero()[0]
    row = ", ".join(str(index + 1) for index in first.tolist()) or "1"
    columns = rows.double().sum(dim=-2) if rows.dim() > 1 else sums
    key = "columns" if torch.allclose(columns, torch.ones_like(columns), **_CLOSE) else "sum"
    return Verdict(f"rows_sum_to_one.{key}", {"row": row, "sum": f"{sums[tuple(first)]:.4f}"})

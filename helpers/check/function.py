"""Exercises whose answer is a function or a class."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.check.answers import describe, is_empty, variants
from helpers.check.calls import describe_case, one_line, outcome, same, wrong_outcome
from helpers.check.verdicts import Verdict


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
        if is_empty(answer):
            return Verdict("any.empty")
        if not callable(answer):
            return Verdict("any.not_callable", {"actual": describe(answer)})
        given, right = self._outcomes(answer), self._outcomes(self.right)
        if given[0] is None or given[0] is ... or isinstance(given[0], NotImplementedError):
            return Verdict("any.empty")
        agree = [same(*pair) for pair in zip(given, right, strict=True)]
        if all(agree):
            return _right_type(given, right)
        key = self._misconception(given, right, agree)
        if key:
            return Verdict(key, {"error": _error(given)})
        first = agree.index(False)
        where = describe_case(self.right, self.cases[first])
        if isinstance(right[first], Exception):
            expected = type(right[first]).__name__
            return Verdict("any.should_raise", {"expected": expected, "input": where})
        if agree[0]:
            values = {"example": describe_case(self.right, self.cases[0]), "input": where}
            if isinstance(given[first], Exception):
                return Verdict("any.only_example_runs", values | {"error": _error(given)})
            return Verdict("any.only_example", values)
        return wrong_outcome(given[first], right[first], where)

    def _misconception(self, given: list, right: list, agree: list[bool]) -> str | None:
        """Return the misconception that does as the answer on every case; failing that, one that
        leaves the example right, as the answer does, and fails as the answer on its other cases.
        """
        partly = None
        for key, wrong in self.wrong.items():
            for outcomes in map(self._outcomes, variants(wrong)):
                alike = [same(*pair) for pair in zip(given, outcomes, strict=True)]
                if all(alike):
                    return key
                fails = [not same(*pair) for pair in zip(outcomes, right, strict=True)]
                if agree[0] and all(a for a, fail in zip(alike, fails, strict=True) if fail):
                    partly = partly or key
        return partly

    def _outcomes(self, answer: Callable) -> list:
        return [outcome(functools.partial(self.use, answer), *case) for case in self.cases]


def _right_type(given: list, right: list) -> Verdict:
    """Ask for True and False where 1 and 0 came: as a mask they mean something else."""
    for one, other in zip(given, right, strict=True):
        if isinstance(other, Tensor) and other.dtype is torch.bool is not one.dtype:
            return Verdict("any.boolean", {"actual": str(one.dtype)})
    return Verdict("right")


def _error(outcomes: list) -> str:
    return next((one_line(one) for one in outcomes if isinstance(one, Exception)), "")

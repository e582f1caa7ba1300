"""Exercises whose answer is a function or a class."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.check.answers import describe, is_empty, variants
from helpers.check.calls import (
    Raised,
    Unusable,
    describe_case,
    one_line,
    outcome,
    same,
    wrong_outcome,
)
from helpers.check.code import example_name, example_size, forbidden_name, is_unwritten
from helpers.check.verdicts import Verdict


@dataclass(frozen=True)
class Function:
    """The answer is a function (or a class), tried on several cases beside a reference.

    `right` and `wrong` hold implementations; a case is a tuple of arguments, the first one
    the example that the chapter shows, others made by `drawn`. `use(answer, *case)` gets the
    result out of an answer. Where the reference raises, the answer must raise an error of that
    type. `without` names what the answer must not use: modules, functions or methods.
    """

    right: Callable
    wrong: dict[str, object]
    cases: list[tuple]
    use: Callable = lambda answer, *case: answer(*case)
    without: tuple[str, ...] = ()

    def verdict(self, answer: object) -> Verdict:
        """Return the verdict on a function or class; what the engine says begins with `any.`."""
        if is_empty(answer):
            return Verdict("any.empty")
        if not callable(answer) or (isinstance(self.right, type) and not isinstance(answer, type)):
            return Verdict("any.not_callable", {"actual": describe(answer)})
        given, right = self._outcomes(answer), self._known["right"][0]
        if _is_template(answer, given[0]):
            return Verdict("any.empty")
        agree = [same(*pair) for pair in zip(given, right, strict=True)]
        if all(agree):
            return self._right(answer, given, right)
        for key, known in self._known.items():
            if any(all(map(same, given, outcomes)) for outcomes in known):
                return Verdict(key, {"error": _error(given)})
        return self._unknown(answer, given, right, agree)

    def _right(self, answer: Callable, given: list, right: list) -> Verdict:
        """Say right, unless the way is forbidden, or 1 and 0 came for True and False."""
        if name := forbidden_name(answer, self.without):
            return Verdict("any.forbidden", {"name": name})
        for one, other in zip(given, right, strict=True):
            if isinstance(other, Tensor) and other.dtype is torch.bool is not one.dtype:
                return Verdict("any.boolean", {"actual": str(one.dtype)})
        return Verdict("right")

    def _unknown(self, answer: Callable, given: list, right: list, agree: list[bool]) -> Verdict:
        """Say what is true of the first case that fails."""
        first = agree.index(False)
        one, example, case = given[first], self.cases[0], self.cases[first]
        if isinstance(one, Raised) and isinstance(one.error, Unusable):
            return one.error.verdict
        within = {"input": describe_case(self.right, case)}
        if not agree[0] or isinstance(right[first], Raised):
            found = wrong_outcome(one, right[first])
            return Verdict(found.key, found.values, Verdict("any.case", within))
        within["example"] = describe_case(self.right, example, in_full=False)
        if name := example_name(answer, example):
            found = Verdict("any.only_example_name", {"name": name})
        elif number := example_size(answer, example, case):
            found = Verdict("any.only_example_size", {"number": number})
        else:
            found = wrong_outcome(one, right[first])
        return Verdict(found.key, found.values, Verdict("any.only_example", within))

    @functools.cached_property
    def _known(self) -> dict[str, list[list]]:
        """Return what comes of the reference and of each misconception: key -> outcomes."""
        return {
            key: [self._outcomes(one) for one in variants(answers)]
            for key, answers in {"right": self.right, **self.wrong}.items()
        }

    def _outcomes(self, answer: Callable) -> list:
        return [outcome(functools.partial(self.use, answer), *case) for case in self.cases]


def _is_template(answer: Callable, first: object) -> bool:
    """Tell whether nothing was filled in yet, by what comes of it and by its code."""
    if first is ...:
        return True
    nothing = first is None or isinstance(first, Raised)
    return nothing and is_unwritten(answer)


def _error(outcomes: list) -> str:
    return next((one_line(one.error) for one in outcomes if isinstance(one, Raised)), "")

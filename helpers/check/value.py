"""Exercises whose answer is a number, a list or a tensor."""

import ast
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import torch

from helpers.check.answers import (
    PRINTED,
    QUOTES,
    as_tensor,
    describe,
    equal,
    fit,
    is_empty,
    plain,
    typed,
    variants,
    words,
)
from helpers.check.differences import difference
from helpers.check.verdicts import Verdict


@dataclass(frozen=True)
class Value:
    """The answer is a number, a list or a tensor; four correct decimals are enough.

    `tolerance`: how far off a number may be, for measured or rounded answers. `accept`: other
    answers that are right as well. `names`: word -> the number that it stands for, where an
    answer may be given in words, as `{"Your": 1, "journey": 2}`.
    """

    right: object
    wrong: dict[str, object]
    tolerance: float | None = None
    accept: Sequence[object] = ()
    names: dict[str, float] = field(default_factory=dict)

    def verdict(self, answer: object) -> Verdict:
        """Return the verdict on numbers in any form; what the engine says begins with `any.`."""
        if is_empty(answer):
            return Verdict("any.empty")
        given, right = as_tensor(self._numbers(answer)), as_tensor(self.right)
        if given is None or (given.dtype is torch.bool is not right.dtype):
            return self._no_numbers(answer)
        near = PRINTED if self.tolerance is None else {"rtol": 0.0, "atol": self.tolerance}
        for one in (self.right, *self.accept):
            if equal(fit(given, as_tensor(one)), as_tensor(one), near):
                return Verdict("right")
        for key, wrong in self.wrong.items():
            for one in map(as_tensor, variants(wrong)):
                if equal(fit(given, one), one, PRINTED):
                    return Verdict(key)
        return difference(fit(given, right), right)

    def _no_numbers(self, answer: object) -> Verdict:
        if callable(answer):
            return Verdict("any.call_it", {"actual": describe(answer)})
        if self.names:
            choices = ", ".join(f'"{word}"' for word in self.names)
            return Verdict("any.choices", {"choices": choices, "actual": describe(answer)})
        return Verdict("any.not_numbers", {"actual": describe(answer)})

    def _numbers(self, answer: object) -> object:
        """Return the answer with its words turned into the numbers that they stand for."""
        answer = plain(answer)
        if isinstance(answer, list):
            with contextlib.suppress(RecursionError):  # a list that holds itself
                return [self._numbers(part) for part in answer]
        if not isinstance(answer, str):
            return answer
        named = {words(word): number for word, number in self.names.items()}
        return named[words(answer)] if words(answer) in named else _number_in(answer)


def _number_in(said: str) -> object:
    """Return the number, or the list of numbers, that a string holds: "24", "1/6", "[1, 2]"."""
    said = typed(said).strip(QUOTES)
    try:
        return float(Fraction(re.sub(r"\s*/\s*", "/", said)))  # Python 3.11 takes no spaces there
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    try:
        found = ast.literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        parts = said.strip("[]()").split(",")  # "1/5, 4/5"
        found = [_number_in(part) for part in parts] if len(parts) > 1 else [said]
        return found if all(isinstance(one, float) for one in found) else said
    groups = said.split(",")  # 2,362,368 is one number, written in groups
    if len(groups) > 1 and all(len(one) == 3 and one.isdigit() for one in groups[1:]):
        return float("".join(groups)) if groups[0].isdigit() else found
    return found

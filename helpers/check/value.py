"""Exercises whose answer is a number, a list or a tensor."""

from dataclasses import dataclass

from helpers.check.answers import (
    PRINTED,
    as_tensor,
    describe,
    difference,
    equal,
    is_empty,
    variants,
)
from helpers.check.verdicts import Verdict


@dataclass(frozen=True)
class Value:
    """The answer is a number, a list or a tensor; four correct decimals are enough."""

    right: object
    wrong: dict[str, object]

    def verdict(self, answer: object) -> Verdict:
        if is_empty(answer):
            return Verdict("any.empty")
        given, right = as_tensor(answer), as_tensor(self.right)
        if given is None:
            key = "any.call_it" if callable(answer) else "any.not_numbers"
            return Verdict(key, {"actual": describe(answer)})
        for key, wrong in {"right": self.right, **self.wrong}.items():
            if any(equal(given, as_tensor(variant), PRINTED) for variant in variants(wrong)):
                return Verdict(key)
        return difference(given, right)

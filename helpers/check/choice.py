"""Exercises whose answer is one of a few words."""

from dataclasses import dataclass

from helpers.check.answers import describe, is_empty, variants, words
from helpers.check.verdicts import Verdict


@dataclass(frozen=True)
class Choice:
    """The answer is one of a few words (or a list of them), the same in every language."""

    right: str | list[str]
    wrong: dict[str, object]

    def choices(self) -> list[str]:
        """Return the words to choose from, in an order that tells nothing."""
        answers = [self.right, *(v for wrong in self.wrong.values() for v in variants(wrong))]
        return sorted({word for one in answers for word in ([one] if type(one) is str else one)})

    def verdict(self, answer: object) -> Verdict:
        if is_empty(answer):
            return Verdict("any.empty")
        several = not isinstance(self.right, str)
        given = words(list(answer) if isinstance(answer, tuple) else answer)
        for key, wrong in {"right": self.right, **self.wrong}.items():
            if any(given == words(variant) for variant in variants(wrong)):
                return Verdict(key)
        allowed = ", ".join(f'"{word}"' for word in self.choices())
        key = "any.choices" if several else "any.choice"
        return Verdict(key, {"choices": allowed, "actual": describe(answer)})

"""Exercises whose answer is one of a few words."""

from dataclasses import dataclass

from helpers.check.answers import describe, is_empty, plain, typed, variants, words
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
        """Return the verdict on a word or a list; what the engine says begins with `any.`."""
        if is_empty(answer):
            return Verdict("any.empty")
        several = not isinstance(self.right, str)
        given = self._words(answer, several)
        if isinstance(given, (str, list)):
            for key, wrong in {"right": self.right, **self.wrong}.items():
                if any(given == words(variant) for variant in variants(wrong)):
                    return Verdict(key)
        allowed = ", ".join(f'"{word}"' for word in self.choices())
        key = "any.choices" if several else "any.choice"
        return Verdict(key, {"choices": allowed, "actual": describe(answer)})

    def _words(self, answer: object, several: bool) -> object:
        """Return one word where one is asked, though it stand in a list; a list for "a, b"."""
        answer = plain(answer)
        if several and isinstance(answer, str):
            answer = typed(answer).strip("[]()").split(",")
        if not several and isinstance(answer, list) and len(answer) == 1:
            answer = answer[0]
        return words(answer)

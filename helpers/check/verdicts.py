"""Verdicts: what is said about an answer, and saying it in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpers.language import text


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer: the key of a message below `check.`, and its values.

    `within` is a message with the value {said}, which says of what input this one speaks.
    """

    key: str
    values: dict = field(default_factory=dict)
    within: Verdict | None = None

    def said(self, language: str | None = None) -> str:
        """Return the words, in the reader's language by default."""
        words = text(f"check.{self.key}", language, **self.values)
        if self.within:
            key, values = self.within.key, self.within.values
            words = text(f"check.{key}", language, said=words, **values)
        return words


def say(found: Verdict, yes: str = "check.any.yes", no: str = "check.any.no") -> None:
    said = found.said()
    if found.key != "any.empty":
        said = text(yes if found.key.endswith(".right") else no, said=said)
    print(said)

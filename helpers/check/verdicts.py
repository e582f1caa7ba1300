"""Verdicts: what is said about an answer, and saying it in the reader's language."""

from dataclasses import dataclass, field

from helpers.language import text


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer: the key of a message below `check.`, and its values."""

    key: str
    values: dict = field(default_factory=dict)


def say(found: Verdict, yes: str = "check.any.yes", no: str = "check.any.no") -> None:
    said = text(f"check.{found.key}", **found.values)
    if found.key != "any.empty":
        said = text(yes if found.key.endswith(".right") else no, said=said)
    print(said)

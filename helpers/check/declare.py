"""Declaring an exercise, and the verdict on an answer to it."""

import functools
import inspect
from collections.abc import Callable

from helpers.check.calls import book_defaults
from helpers.check.verdicts import Verdict, say

EXERCISES: dict[str, Callable] = {}  # name -> function that returns its Value, Choice or Function


def exercise(declare: Callable) -> Callable:
    """Register an exercise; the name then takes the reader's answer and prints the verdict.

    Raises:
        ValueError: the name is taken.
    """
    name, place = declare.__name__, _place(declare)
    if name in EXERCISES and (earlier := _place(EXERCISES[name])) != place:
        raise ValueError(
            f"the exercise {name} of {place} is declared in {earlier} already: "
            "rename one of the two, with its words and in its notebook"
        )
    EXERCISES[name] = functools.cache(book_defaults()(declare))

    def check(answer=None) -> None:
        say(verdict(name, answer))

    check.__name__ = check.__qualname__ = name
    check.__doc__, check.__module__ = declare.__doc__, declare.__module__
    return check


def _place(declare: Callable) -> str:
    """Return where an exercise is declared, as in `helpers/exercises/ch03.py, line 12`."""
    line = inspect.unwrap(declare).__code__.co_firstlineno
    return f"{declare.__module__.replace('.', '/')}.py, line {line}"


def verdict(name: str, answer: object) -> Verdict:
    """Return the verdict on an answer to exercise `name`; `any.` marks what is not its own."""
    with book_defaults():
        found = EXERCISES[name]().verdict(answer)
    return found if "." in found.key else Verdict(f"{name}.{found.key}", found.values)

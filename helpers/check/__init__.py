"""Exercise checks: `check.<exercise>(answer)` prints a verdict in the reader's language.

A verdict is one of: right, with what it shows; not yet, with the misconception
behind this very answer; or, for an empty answer, a request to fill it in.

The exercises stand in helpers/exercises, a file a chapter; here is what they are made of.
To add one, declare it in chNN.py and give its words in chNN.toml beside it:

    @exercise
    def sum_of_two():                       # the chapter calls check.sum_of_two(answer)
        "Add 2 and 3."                      # what the exercise asks
        return Value(right=5, wrong={"product": 6})

with `[sum_of_two.right]` and `[sum_of_two.product]`. `Value`, `Choice` and `Function` say
how an answer is compared. A misconception is declared by the answer that it leads to
(a tuple holds several), so it is recognised when the reader's answer equals it: for
functions, when it does the same on every case. The tests find a missing message and a
misconception that is not recognised.

The property checks (`assert_causal`, `assert_rows_sum_to_one`,
`assert_permutation_equivariant`) raise AssertionError in English; `causal`,
`rows_sum_to_one` and `permutation` print the same finding in the reader's language.
"""

from helpers.check.calls import part
from helpers.check.choice import Choice
from helpers.check.declare import exercise, verdict
from helpers.check.draws import Draws, draw, drawn
from helpers.check.function import Function
from helpers.check.properties import (
    assert_causal,
    assert_permutation_equivariant,
    assert_rows_sum_to_one,
    causal,
    permutation,
    rows_sum_to_one,
)
from helpers.check.value import Value
from helpers.check.verdicts import Verdict

__all__ = [
    "Choice",
    "Draws",
    "Function",
    "Value",
    "Verdict",
    "assert_causal",
    "assert_permutation_equivariant",
    "assert_rows_sum_to_one",
    "causal",
    "draw",
    "drawn",
    "exercise",
    "part",
    "permutation",
    "rows_sum_to_one",
    "verdict",
]


def __getattr__(name: str) -> object:
    """Return the exercise `name` of whichever chapter declares it."""
    if not name.startswith("_"):
        from helpers.exercises import find  # the chapters import this package, so not above

        if found := find(name):
            return found
    raise AttributeError(f"helpers.check has no exercise and no property check {name!r}")


def __dir__() -> list[str]:
    from helpers.exercises import EXERCISES

    return sorted({*__all__, *EXERCISES})

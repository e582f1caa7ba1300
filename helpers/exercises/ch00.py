"""The exercises of chapter 00: what attention is for."""

from helpers.check import Choice, Value, exercise


@exercise
def deciding_word():
    """Which word of *the bank where the herons wait* says what kind of bank is meant?

    The word as text: `check.deciding_word("...")`.
    """
    return Choice(
        right="herons",
        wrong={"itself": "bank", "small": ("the", "where"), "wait": "wait"},
    )


@exercise
def pull_to_river():
    """Which weights of bank (0.5, 0.5) and river (1, 0) make the mixture (0.9, 0.1)?

    Two numbers that sum to 1: `check.pull_to_river([bank, river])`.
    """
    return Value(
        right=[0.2, 0.8],
        wrong={
            "swapped": [0.8, 0.2],
            "the_goal": [0.9, 0.1],
            "water_only": [0.1, 0.9],
            "half": [0.5, 0.5],
            "all_river": [0, 1],
            "all_bank": [1, 0],
            "not_shares": ([0, 0.9], [1, 0.4], [0.5, 0.65], [0.4, 0.7], [0.2, 0.9], [0.2, 0.7]),
            "too_little": ([0.25, 0.75], [0.3, 0.7], [1 / 3, 2 / 3], [0.4, 0.6], [0.45, 0.55]),
            "percent": [20, 80],
        },
    )

"""Answers to the exercises of chapter 00."""


def deciding_word():
    yield "herons", "right"
    yield "Herons ", "right"
    yield "bank", "itself"
    yield "where", "small"
    yield "wait", "wait"
    yield "water", "any.choice"


def pull_to_river():
    yield [0.2, 0.8], "right"
    yield (0.2, 0.8), "right"
    yield ["1/5", "4/5"], "right"
    yield [0.8, 0.2], "swapped"
    yield [0.9, 0.1], "the_goal"
    yield [20, 80], "percent"
    yield [0.5, 0.5], "half"
    yield [0.3, 0.7], "too_little"
    yield [0.22, 0.78], "any.numbers"
    yield 0.8, "any.count"
    yield [0, 1], "all_river"
    yield [1, 0], "all_bank"
    yield [0.1, 0.9], "water_only"
    yield [1, 0.4], "not_shares"
    yield [0.2, 0.7], "not_shares"
    yield [-0.2, 1.2], "any.numbers"

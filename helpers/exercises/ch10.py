"""The exercises of chapter 10: pure Python."""

import math
from collections.abc import Callable

from helpers.check import Function, Value, draw, exercise
from helpers.examples import inputs


@exercise
def context_lists():
    """Write `context(tokens)` with lists and `math` only: the context vectors of any tokens.

    tokens: n lists of d floats, any n and d; so is the result. Large scores must not overflow;
    no tokens, or tokens of unequal length, raise ValueError.
    """

    def refuse(tokens: list) -> None:
        lengths = {len(token) for token in tokens}
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError(f"expected tokens of one length, 1 or more; got {sorted(lengths)}")

    def dot(x: list, y: list) -> float:
        return sum(a * b for a, b in zip(x, y, strict=False))

    def context(tokens: list, to_weights: Callable, check: Callable = refuse) -> list:
        check(tokens)
        rows = [to_weights([dot(x, y) for y in tokens]) for x in tokens]
        columns = list(zip(*tokens, strict=False))
        return [[dot(row, column) for column in columns] for row in rows]

    def share(row: list) -> list:
        return [number / sum(row) for number in row]

    def naive(row: list) -> list:
        return share([math.exp(score) for score in row])

    def stable(row: list) -> list:
        return naive([score - max(row) for score in row])

    return Function(
        right=lambda tokens: context(tokens, stable),
        wrong={
            "overflow": lambda tokens: context(tokens, naive),
            "unequal": lambda tokens: context(tokens, stable, lambda t: t or refuse(t)),
            "nothing_refused": lambda tokens: context(tokens, stable, len),
            "no_softmax": lambda tokens: context(tokens, list),
            "divided_by_sum": lambda tokens: context(tokens, share),
        },
        cases=[
            (inputs.tolist(),),
            (draw(4, 2).tolist(),),
            (draw(1, 5).tolist(),),
            ([[40.0, 0.0], [0.0, 40.0], [30.0, 30.0]],),
            ([[1.0, 2.0], [3.0]],),
            ([],),
        ],
    )


@exercise
def predict_overflow():
    """Predict: the inputs times 10, 20, 30 or 500. From which factor on does softmax overflow?"""
    return Value(right=30, wrong={"float32": 10, "close": 20, "linear": 500})


@exercise
def refusing_dot():
    """Mend `inner_product(x, y)`: lists of unequal length must raise ValueError.

    Pass the function itself: `check.refusing_dot(inner_product)`.
    """

    def product(x, y, error=ValueError):
        if len(x) != len(y):
            raise error(f"expected equal lengths; got {len(x)} and {len(y)}")
        return math.fsum(a * b for a, b in zip(x, y, strict=True))

    return Function(
        right=lambda x, y: product(x, y),
        wrong={
            "cuts": lambda x, y: math.fsum(a * b for a, b in zip(x, y, strict=False)),
            "index": lambda x, y: math.fsum(x[i] * y[i] for i in range(len(x))),
            "other_error": (
                lambda x, y: product(x, y, AssertionError),
                lambda x, y: product(x, y, TypeError),
                lambda x, y: product(x, y, Exception),
            ),
            "zero": lambda x, y: product(x, y) if len(x) == len(y) else 0.0,
        },
        cases=[([1, 2, 3], [4, 5, 6]), ([0.5], [2.0]), ([1, 2], [3]), ([1], [2, 3])],
    )


@exercise
def predict_products():
    """Predict: 6 tokens of 3 numbers need 108 multiplications for their scores. And how many
    do 12 tokens of 3 numbers need, and 6 tokens of 6 numbers? Two numbers, in this order.
    """
    return Value(
        right=[432, 216],
        wrong={
            "linear": [216, 216],
            "swapped": [216, 432],
            "both_square": [432, 432],
            "contexts_too": [864, 432],
        },
    )

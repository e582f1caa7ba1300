"""The exercises of chapter 10: pure Python."""

import math
from collections.abc import Callable

from helpers.check import Function, Value, draw, drawn, exercise
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
            ([[50.0, 0.0], [0.0, 50.0], [0.0, 1.0], [0.0, 2.0]],),
            ([[-40.0], [40.0]],),
            *drawn(5, lambda d: (d.numbers(d.size(), d.size(), spread=d.one_of(1, 9)).tolist(),)),
            ([[1.0, 2.0], [3.0]],),
            ([[3.0], [1.0, 2.0]],),
            ([[1.0, 2.0], [3.0], [4.0, 5.0]],),
            ([],),
        ],
        without=("torch", "numpy"),
    )


@exercise
def hide_future():
    """Write `hide_future(weights)` with lists: the weights of a causal head, from those without
    a mask.

    weights: n rows of n shares, each row summing to 1; so is the result, zero above the diagonal.
    """

    def rows(weights: list, share: Callable) -> list:
        return [share(row, i) + [0.0] * (len(row) - i - 1) for i, row in enumerate(weights)]

    def of_one(visible: list) -> list:
        return [weight / sum(visible) for weight in visible]

    def by_columns(weights: list) -> list:
        cut = rows(weights, lambda row, i: row[: i + 1])
        totals = [sum(column) for column in zip(*cut, strict=True)]
        return [[w / t for w, t in zip(row, totals, strict=True)] for row in cut]

    def uncut(n: int, seed: int) -> list:
        return (3 * draw(n, n, seed=seed)).softmax(dim=-1).tolist()

    return Function(
        right=lambda weights: rows(weights, lambda row, i: of_one(row[: i + 1])),
        wrong={
            "only_zeros": lambda weights: rows(weights, lambda row, i: row[: i + 1]),
            "softmax_twice": lambda weights: rows(
                weights, lambda row, i: of_one([math.exp(weight) for weight in row[: i + 1]])
            ),
            "hides_itself": lambda weights: rows(
                weights, lambda row, i: [*(of_one(row[:i]) if i else []), 0.0]
            ),
            "past": lambda weights: [[0.0] * i + of_one(row[i:]) for i, row in enumerate(weights)],
            "equal": lambda weights: rows(weights, lambda row, i: [1 / (i + 1)] * (i + 1)),
            "columns": by_columns,
            "unchanged": lambda weights: weights,
        },
        cases=[
            *[(uncut(6, 0),), (uncut(3, 1),), (uncut(1, 2),), (uncut(5, 3),)],
            *drawn(5, lambda d: (d.weights(n := d.size(2), n, spread=4).tolist(),)),
        ],
        without=("torch", "numpy"),
    )


@exercise
def equal_parts():
    """For which number of tokens n are 4 n d^2 and 2 n^2 d equally large, with d = 768?"""
    return Value(
        right=1536,
        wrong={
            "width": 768,
            "scores_alone": 3072,
            "three_matrices": 1152,
            "one_matrix": 384,
        },
    )

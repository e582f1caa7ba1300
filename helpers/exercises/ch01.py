"""The exercises of chapter 01: dot products."""

import torch

from helpers.check import Choice, Function, Value, draw, drawn, exercise
from helpers.examples import inputs


@exercise
def dot_by_hand():
    """Compute by hand the dot product of `inputs[0]` (Your) and `inputs[2]` (starts)."""
    x, y = inputs[0], inputs[2]
    pairs = torch.ones(6, 6).triu().bool()  # each pair once, and each token with itself
    pairs[0, 2] = False
    return Value(
        right=x @ y,
        wrong={
            "products": x * y,
            "partial": (x[:2] @ y[:2], x[0] * y[0]),
            "sum": (x + y, (x + y).sum()),
            "cosine": torch.cosine_similarity(x, y, dim=0),
            "other_token": tuple((inputs @ inputs.T)[pairs]),
        },
    )


@exercise
def best_match_of_one():
    """Predict: with which of the six tokens does `one` have its largest score?

    The token as a word: `check.best_match_of_one("...")`.
    """
    return Choice(
        right="starts",
        wrong={"self": "one", "longest": "journey", "other": ("Your", "with", "step")},
    )


@exercise
def all_pairs():
    """Write `all_pairs(x)`: the dot products of all pairs of rows of x (T, d), as (T, T)."""
    return Function(
        right=lambda x: x @ x.T,
        wrong={
            "features": lambda x: x.T @ x,
            "mean": lambda x: (x[:, None] * x[None, :]).mean(dim=-1),
            "cosine": lambda x: torch.cosine_similarity(x[:, None], x[None, :], dim=-1),
            "diagonal": lambda x: (x * x).sum(dim=-1),
            "not_summed": lambda x: x[:, None] * x[None, :],
            "upper_half": lambda x: (x @ x.T).triu(),
        },
        cases=[
            (inputs,),
            (draw(4, 2),),
            (draw(1, 3),),
            (draw(5, 8),),
            (draw(3, 3),),
            *drawn(6, lambda d: (d.numbers(d.size(), d.size(), spread=d.one_of(0.1, 1, 30)),)),
        ],
    )

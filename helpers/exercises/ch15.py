"""The exercises of chapter 15: a real model."""

import torch
from torch import Tensor

from helpers.check import Choice, Function, draw, drawn, exercise


@exercise
def weight_on_previous():
    """Write `weight_on_previous(weights)`: the mean weight that tokens give to the one before.

    weights: (T, T), each row sums to 1. The first token has none before it and does not count.
    """

    def of_all(weights: Tensor) -> Tensor:
        return weights.diagonal(-1).sum() / len(weights)

    maps = [torch.softmax(2 * draw(size, size, seed=size), dim=-1) for size in (8, 2, 5, 11)]
    return Function(
        right=lambda weights: weights.diagonal(-1).mean(),
        wrong={
            "next": lambda weights: weights.diagonal(1).mean(),
            "itself": lambda weights: weights.diagonal().mean(),
            "of_all": of_all,
            "total": lambda weights: weights.diagonal(-1).sum(),
            "list": lambda weights: weights.diagonal(-1),
            "all_before": lambda weights: weights.tril(-1).sum(dim=-1)[1:].mean(),
        },
        cases=[
            *[(weights,) for weights in maps],
            *drawn(4, lambda d: (d.weights(n := d.size(2, 12), n),)),
        ],
    )


@exercise
def hide_from_bank():
    """Predict: which token, hidden from `bank` in every head, moves the vector of `bank` most?

    One of "[CLS]", "river", "she".
    """
    return Choice(right="[CLS]", wrong={"river": "river", "she": "she"})


@exercise
def weight_claim():
    """Say which of three sentences follows from a weight of 0.71: "a", "b" or "c"."""
    return Choice(right="a", wrong={"meaning": "b", "effect": "c"})

"""The exercises of chapter 07: attention maps."""

import torch
from torch import Tensor

from helpers.check import Choice, Function, Value, draw, exercise


@exercise
def upright_map():
    """Write `upright(weights)`: some maps (T, T) came transposed; return each with query rows.

    Tell them apart by their sums.
    """

    def upright(weights: Tensor) -> Tensor:
        sums = weights.sum(dim=-1)
        return weights if torch.allclose(sums, torch.ones_like(sums), atol=1e-4) else weights.T

    maps = [torch.softmax(2 * draw(size, size, seed=size), dim=-1) for size in (3, 6, 5)]
    return Function(
        right=upright,
        wrong={
            "never": lambda w: w,
            "always": lambda w: w.T,
            "reversed": lambda w: upright(w).T,
            "renormalised": (
                lambda w: w / w.sum(dim=-1, keepdim=True),
                lambda w: torch.softmax(w, dim=-1),
            ),
        },
        cases=[(maps[0].T,), (maps[0],), (maps[1],), (maps[1].T,), (maps[2].T,)],
    )


def _three_tokens() -> Tensor:
    """Return the attention weights (3, 3) of Tokyo, is, beautiful under seed 42."""
    x = torch.tensor([[1.0, 0.5, 0.3, 0.2], [0.2, 0.1, 0.9, 0.7], [0.8, 0.3, 0.2, 0.4]])
    w_query, w_key = draw(4, 4, 4, seed=42)[:2]
    return torch.softmax(x @ w_query @ (x @ w_key).T / 2, dim=-1)


@exercise
def map_largest():
    """Read the map of `Tokyo`, `is`, `beautiful`: which key has the largest weight in each row?

    Three column numbers, counted from 1.
    """
    weights = _three_tokens()
    return Value(
        right=weights.argmax(dim=1) + 1,
        wrong={
            "story": [1, 1, 2],
            "self": [1, 2, 3],
            "columns": weights.argmax(dim=0) + 1,
            "from_zero": weights.argmax(dim=1),
            "smallest": weights.argmin(dim=1) + 1,
        },
    )


@exercise
def predict_seeds():
    """Predict: in how many of 2000 untrained maps does `Tokyo` give itself the largest weight?

    One of "few", "third", "most".
    """
    return Choice(right="third", wrong={"never": "few", "always": "most"})


@exercise
def most_received():
    """Write `most_received(weights)`: the index of the key that gets most of all queries together.

    weights: (T, T), each row sums to 1. Pass the function itself.
    """
    second = torch.tensor([[0.52, 0.08, 0.4], [0.1, 0.5, 0.4], [0.45, 0.15, 0.4]])
    draws = [torch.softmax(3 * draw(n, n, seed=n), dim=-1) for n in (2, 5, 8)]
    return Function(
        right=lambda weights: weights.sum(dim=0).argmax(),
        wrong={
            "largest_cell": lambda weights: weights.max(dim=0).values.argmax(),
            "query": lambda weights: weights.max(dim=1).values.argmax(),
            "total": lambda weights: weights.sum(dim=0).max(),
            "sums": lambda weights: weights.sum(dim=0),
            "per_row": lambda weights: weights.argmax(dim=1),
            "votes": lambda weights: weights.argmax(dim=1).mode().values,
        },
        cases=[(weights,) for weights in (_three_tokens(), second, *draws)],
    )

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


@exercise
def predict_seeds():
    """Predict: in how many of 2000 untrained maps does `Tokyo` give itself the largest weight?

    One of "few", "third", "most".
    """
    return Choice(right="third", wrong={"never": "few", "always": "most"})


@exercise
def shuffled_map():
    """Predict: a trained head mixes with its neighbour's weights. How many answers are right?

    One of "none", "quarter", "all".
    """
    return Choice(right="quarter", wrong={"never": "none", "unused": "all"})

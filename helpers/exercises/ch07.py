"""The exercises of chapter 07: attention maps."""

from collections.abc import Callable

import torch
from torch import Tensor

from helpers.check import Choice, Function, draw, exercise


@exercise
def upright_map():
    """Write `upright(weights)`: some maps (T, T) came transposed; return each with query rows.

    Tell them apart by their sums.
    """

    def upright(weights: Tensor) -> Tensor:
        sums = weights.sum(dim=-1)
        return weights if torch.allclose(sums, torch.ones_like(sums), atol=1e-4) else weights.T

    def within(tolerance: float) -> Callable:
        def judge(weights: Tensor) -> Tensor:
            off = (weights.sum(dim=-1) - 1).abs().max()
            return weights if off <= tolerance else weights.T

        return judge

    maps = [torch.softmax(2 * draw(size, size, seed=size), dim=-1) for size in (3, 6, 5)]
    one_even_key = torch.tensor([[0.25, 0.6, 0.1, 0.05], [0.25, 0.05, 0.3, 0.4]] * 2)
    even = [torch.softmax(spread * draw(5, 5), dim=-1) for spread in (0.2, 0.02, 0.004)]
    large = torch.softmax(draw(50, 50), dim=-1)  # some of its sums miss 1 by a last bit
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
            "one_row": (
                lambda w: w if abs(w[0].sum() - 1) < 1e-4 else w.T,
                lambda w: w if abs(w[-1].sum() - 1) < 1e-4 else w.T,
                lambda w: w if torch.isclose(w.sum(dim=-1), torch.ones(len(w))).any() else w.T,
            ),
            "exact": lambda w: w if (w.sum(dim=-1) == 1).all() else w.T,
            "loose": (within(0.1), within(0.05), within(0.005)),
        },
        cases=[
            (maps[0].T,),
            (maps[0],),
            (maps[1],),
            (maps[1].T,),
            (maps[2].T,),
            (one_even_key.T,),
            (one_even_key.flip(-1).T,),
            *((one.T,) for one in even),
            (large,),
            (large.T,),
        ],
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

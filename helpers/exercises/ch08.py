"""The exercises of chapter 08: causal attention."""

import torch
from torch import Tensor

from helpers.check import Draws, Function, Value, draw, drawn, exercise
from helpers.examples import inputs


@exercise
def masked_weights():
    """Find what is wrong: this function gives no error, and its weights still see the future.

    def causal_weights(scores):  # (..., T, T) -> (..., T, T)
        mask = torch.ones(scores.shape[-2:]).triu(diagonal=1).bool()
        scores.masked_fill(mask, -torch.inf)
        return torch.softmax(scores, dim=-1)
    """

    def future(scores: Tensor, diagonal: int = 1) -> Tensor:
        return torch.ones(scores.shape[-2:]).triu(diagonal).bool()

    def masked(scores: Tensor, mask: Tensor, fill: float = -torch.inf) -> Tensor:
        return torch.softmax(scores.masked_fill(mask, fill), dim=-1)

    return Function(
        right=lambda scores: masked(scores, future(scores)),
        wrong={
            "still_leaks": lambda s: torch.softmax(s, dim=-1),
            "inverted": lambda s: masked(s, ~future(s)),
            "zero_scores": lambda s: masked(s, future(s), fill=0.0),
            "not_renormalised": lambda s: torch.softmax(s, dim=-1).tril(),
            "diagonal": lambda s: masked(s, future(s, diagonal=0)),
            "only_itself": lambda s: torch.eye(s.shape[-1]).expand(s.shape),
            "columns": lambda s: torch.softmax(s.masked_fill(future(s), -torch.inf), dim=-2),
        },
        cases=[
            (inputs @ inputs.T,),
            (draw(4, 4),),
            (draw(1, 1),),
            (draw(2, 5, 5),),
            (torch.tensor([[0.0, 200.0], [-200.0, 0.0]]),),
            *drawn(5, lambda d: (d.numbers(2, n := d.size(2), n, spread=d.one_of(0.3, 1, 20)),)),
        ],
    )


@exercise
def both_masks():
    """Write `hidden(padding)`: what a causal layer hides from each query of a padded batch.

    padding: (B, T) boolean, True where a token is padding; the result: (B, T, T), True = hide.
    """

    def future(padding: Tensor) -> Tensor:
        return torch.ones(padding.shape[1], padding.shape[1]).triu(diagonal=1).bool()

    def case(d: Draws) -> tuple[Tensor]:
        return (d.numbers(d.size(2), d.size(2)) > 0,)

    return Function(
        right=lambda padding: future(padding) | padding[:, None, :],
        wrong={
            "and_not_or": lambda p: future(p) & p[:, None, :],
            "queries": lambda p: future(p) | p[:, :, None],
            "only_padding": lambda p: p[:, None, :].expand(-1, p.shape[1], -1),
            "only_future": lambda p: future(p).expand(len(p), -1, -1),
            "inverted": (
                lambda p: ~(future(p) | p[:, None, :]),
                lambda p: ~future(p) & ~p[:, None, :],
            ),
            "padding_inverted": lambda p: future(p) | ~p[:, None, :],
            "diagonal": lambda p: future(p) | p[:, None, :] | torch.eye(p.shape[1]).bool(),
        },
        cases=[
            (torch.tensor([[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1]]).bool(),),
            (torch.tensor([[1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]).bool(),),
            (torch.zeros(1, 3).bool(),),
            *drawn(5, case),
        ],
    )


@exercise
def first_row_guess():
    """Predict: in the first row of any causal map of six tokens, how large is the first weight?"""
    return Value(right=1.0, wrong={"equal": 1 / 6, "hidden": 0.0})

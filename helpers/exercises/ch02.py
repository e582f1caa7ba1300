"""The exercises of chapter 02: softmax."""

import torch
from torch import Tensor

from helpers.check import Choice, Function, draw, drawn, exercise
from helpers.examples import inputs


@exercise
def stable_softmax():
    """Write `softmax(scores)`: exp and division along the rows, for any matrix of scores.

    Scores of 1000 and of -1000 must not give NaN. `torch.softmax` is not allowed this once.
    """

    def shares(powers: Tensor) -> Tensor:
        return powers / powers.sum(dim=-1, keepdim=True)

    return Function(
        right=lambda scores: shares((scores - scores.amax(dim=-1, keepdim=True)).exp()),
        wrong={
            "overflow": lambda s: shares(s.exp()),
            "one_maximum": lambda s: shares((s - s.max()).exp()),
            "not_the_largest": (
                lambda s: shares((s - s.amin(dim=-1, keepdim=True)).exp()),
                lambda s: shares((s - s.mean(dim=-1, keepdim=True)).exp()),
                lambda s: shares((s - s[..., :1]).exp()),
                lambda s: shares((s - s[..., -1:]).exp()),
                lambda s: shares((s - s.median(dim=-1, keepdim=True).values).exp()),
            ),
            "axis": lambda s: torch.softmax(s, dim=0),
            "everything": (
                lambda s: torch.softmax(s.flatten(), 0).view(s.shape),
                lambda s: s.exp() / s.exp().sum(),
            ),
            "divided_by_sum": shares,
            "not_divided": lambda s: (s - s.amax(-1, keepdim=True)).exp(),
            "keepdim": (
                lambda s: s.exp() / s.exp().sum(dim=-1),
                lambda s: (e := (s - s.amax(-1, keepdim=True)).exp()) / e.sum(dim=-1),
                lambda s: (e := (s - s.max()).exp()) / e.sum(dim=-1),
            ),
        },
        cases=[
            (inputs @ inputs.T,),
            (draw(3, 5),),
            (draw(4, 4),),
            (torch.tensor([[1000.0, 1001.0, 1002.0]]),),
            (torch.tensor([[0.0, 1.0], [-1000.0, -1001.0]]),),
            (torch.tensor([[0.0, 1000.0], [1000.0, 0.0]]),),
            (torch.tensor([[200.0, 0.0, 0.0], [0.0, 0.0, 200.0]]),),
            (torch.tensor([[500.0, 0.0, 0.0, 0.0, 0.0, 500.0]]),),
            (torch.tensor([[-100000.0]]),),
            *drawn(9, lambda d: (d.numbers(d.size(), d.size(2), spread=d.one_of(1, 30, 300)),)),
        ],
        without=("softmax", "log_softmax", "softmin", "Softmax", "softmax_naive"),
    )


@exercise
def softmax_with_temperature():
    """Write `soften(scores, temperature)`: softmax over the last axis, flatter as it rises."""
    return Function(
        right=lambda scores, temperature: torch.softmax(scores / temperature, dim=-1),
        wrong={
            "multiplied": lambda s, t: torch.softmax(s * t, dim=-1),
            "after": lambda s, t: torch.softmax(s, dim=-1) / t,
            "no_effect": (
                lambda s, t: torch.softmax(s, dim=-1),
                lambda s, t: torch.softmax(s - t, dim=-1),
            ),
            "axis": lambda s, t: torch.softmax(s / t, dim=0),
        },
        cases=[
            (inputs @ inputs[1], 2.0),
            (draw(3, 5), 0.1),
            (draw(4, 4), 1.0),
            (draw(7), 10.0),
            (draw(2, 3, 4), 0.5),
            *drawn(6, lambda d: (d.numbers(d.size(), d.size()), d.one_of(0.2, 0.7, 1.5, 30))),
        ],
    )


@exercise
def shifted_scores():
    """Predict: 100 is added to every score. What do the softmax weights do?

    One of "flatter", "same", "sharper".
    """
    return Choice(right="same", wrong={"sharper": "sharper", "flatter": "flatter"})

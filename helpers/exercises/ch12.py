"""The exercises of chapter 12: positions."""

import torch
from torch import Tensor

from helpers.check import Choice, Function, drawn, exercise
from helpers.positions import rotate


@exercise
def without_positions():
    """Predict: how many of twelve questions for the first word are right without positions?

    One of "eighth", "half", "all".
    """
    return Choice(right="half", wrong={"no_set": "eighth", "order": "all"})


@exercise
def shifted_positions():
    """Predict: which scores change if all rotary positions grow by 100?

    One of "all", "distant", "none".
    """
    return Choice(right="none", wrong={"all": "all", "distant": "distant"})


@exercise
def rotate_halves():
    """Write `rotate_halves(x)`: turn number i with number i + d / 2 of x (T, d), base 10000."""

    def halves(x: Tensor, sign: int = 1, first: int = 0, step: int = 2) -> Tensor:
        T, d = x.shape
        speeds = 10000.0 ** (-step * torch.arange(d // 2) / d)
        angles = sign * torch.arange(first, first + T)[:, None] * speeds
        a, b = x[:, : d // 2], x[:, d // 2 :]
        cos, sin = angles.cos(), angles.sin()
        return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)

    def woven(x: Tensor) -> Tensor:
        a, b = halves(x).chunk(2, dim=-1)
        return torch.stack([a, b], dim=-1).flatten(1)

    def one_speed(x: Tensor) -> Tensor:
        a, b = x.chunk(2, dim=-1)
        angles = torch.arange(len(x))[:, None]
        return torch.cat(
            [a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()], dim=-1
        )

    return Function(
        right=halves,
        wrong={
            "neighbours": rotate,
            "backwards": lambda x: halves(x, sign=-1),
            "from_one": lambda x: halves(x, first=1),
            "speeds": lambda x: halves(x, step=1),
            "one_speed": one_speed,
            "woven": woven,
        },
        cases=drawn(
            8, lambda d: (d.numbers(d.size(2, 9), 2 * d.size(2, 6), spread=d.one_of(0.1, 1, 30)),)
        ),
    )

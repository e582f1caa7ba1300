"""Drawn numbers and drawn cases, the same at every call and on every machine."""

from collections.abc import Callable

import torch
from torch import Tensor


def draw(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers of a generator of their own, the same at every call."""
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float32, device="cpu")


def drawn(count: int, make: Callable[["Draws"], tuple]) -> list[tuple]:
    """Return `count` cases, each `make(d)` of a `Draws` of its own.

    cases=[(inputs,), *drawn(8, lambda d: (d.numbers(d.size(), d.size()),))]
    """
    return [make(Draws(seed)) for seed in range(1, count + 1)]


class Draws:
    """Numbers, sizes and choices for one case, drawn one after the other from one seed."""

    def __init__(self, seed: int):
        self._generator = torch.Generator("cpu").manual_seed(seed)

    def size(self, low: int = 1, high: int = 7) -> int:
        """Return a whole number from low to high, both included."""
        drawn = torch.randint(low, high + 1, (), generator=self._generator, device="cpu")
        return int(drawn)

    def one_of(self, *things: object) -> object:
        return things[self.size(0, len(things) - 1)]

    def numbers(self, *shape: int, spread: float = 1.0) -> Tensor:
        """Return normal numbers (float32) of mean 0 and the given standard deviation."""
        kind = {"dtype": torch.float32, "device": "cpu"}
        return torch.randn(shape, generator=self._generator, **kind) * spread

    def weights(self, *shape: int, spread: float = 1.5) -> Tensor:
        """Return attention weights: positive, every row sums to 1."""
        return torch.softmax(self.numbers(*shape, spread=spread), dim=-1)

    def mask(self, *shape: int, share: float = 0.5) -> Tensor:
        """Return True for about `share` of the places."""
        kind = {"dtype": torch.float32, "device": "cpu"}
        return torch.rand(shape, generator=self._generator, **kind) < share

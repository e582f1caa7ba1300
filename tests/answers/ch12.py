"""Answers to the exercises of chapter 12."""

import torch

from helpers import rotate


def without_positions():
    yield "half", "right"
    yield "eighth", "no_set"
    yield "all", "order"
    yield 6, "any.choice"


def shifted_positions():
    yield "none", "right"
    yield "all", "all"
    yield "distant", "distant"


def rotate_halves():
    def by_order(x):
        d = x.shape[1]
        order = torch.arange(d).view(2, d // 2).T.flatten()
        result = torch.empty_like(x)
        result[:, order] = rotate(x[:, order])
        return result

    def as_llama(x):
        T, d = x.shape
        angles = torch.arange(T)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
        angles = torch.cat([angles, angles], dim=-1)
        half = torch.cat([-x[:, d // 2 :], x[:, : d // 2]], dim=-1)
        return x * angles.cos() + half * angles.sin()

    def backwards(x):
        T, d = x.shape
        angles = torch.arange(T)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
        a, b = x[:, : d // 2], x[:, d // 2 :]
        cos, sin = angles.cos(), angles.sin()
        return torch.cat([a * cos + b * sin, b * cos - a * sin], dim=-1)

    yield by_order, "right"
    yield as_llama, "right"
    yield rotate, "neighbours"
    yield backwards, "backwards"
    yield lambda x: as_llama(torch.cat([x[:1], x]))[1:], "from_one"
    yield lambda x: as_llama(x).T, "any.transposed"
    yield lambda x: x, "any.place"

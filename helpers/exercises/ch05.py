"""The exercises of chapter 05: queries, keys, values."""

from collections.abc import Callable

import torch
from torch import Tensor

from helpers.check import Function, Value, draw, drawn, exercise
from helpers.check.draws import Draws
from helpers.examples import inputs


@exercise
def scaled_attention():
    """Write `attention(x, W_q, W_k, W_v)`: scaled dot-product attention, any sizes.

    x: (T, d_in); W_q, W_k: (d_in, d_k); W_v: (d_in, d_v); it returns (T, d_v).
    """

    def scaled(width: Callable, dim: int = -1, swapped=False, mixed="values", one_side=None):
        def attention(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> Tensor:
            made = {"inputs": x, "queries": x @ W_q, "keys": x @ W_k, "values": x @ W_v}
            scores = made[one_side or "queries"] @ made[one_side or "keys"].T
            scores = scores.T if swapped else scores
            weights = torch.softmax(scores / width(x, W_q, W_v) ** 0.5, dim=dim)
            return weights @ made[mixed]

        return attention

    def sizes(d: Draws) -> tuple:
        tokens, d_in, width, d_v = d.size(2), d.size(2), d.size(2), d.size()
        matrices = (d.numbers(d_in, one) for one in (width, width, d_v))
        return d.numbers(tokens, d_in), *matrices

    def d_k(x: Tensor, W_q: Tensor, W_v: Tensor) -> int:
        return W_q.shape[1]

    return Function(
        right=scaled(d_k),
        wrong={
            "no_scale": scaled(lambda x, W_q, W_v: 1),
            "multiplied": scaled(lambda x, W_q, W_v: 1 / W_q.shape[1]),
            "no_root": scaled(lambda x, W_q, W_v: W_q.shape[1] ** 2),
            "input_width": scaled(lambda x, W_q, W_v: W_q.shape[0]),
            "tokens": scaled(lambda x, W_q, W_v: len(x)),
            "value_width": scaled(lambda x, W_q, W_v: W_v.shape[1]),
            "raw_values": scaled(d_k, mixed="inputs"),
            "keys_mixed": (scaled(d_k, mixed="keys"), scaled(d_k, mixed="queries")),
            "one_side": (scaled(d_k, one_side="queries"), scaled(d_k, one_side="keys")),
            "softmax_first": lambda x, W_q, W_k, W_v: (
                torch.softmax((x @ W_q) @ (x @ W_k).T, dim=-1) / W_q.shape[1] ** 0.5 @ (x @ W_v)
            ),
            "axis": scaled(d_k, dim=0),
            "swapped": scaled(d_k, swapped=True),
            "no_softmax": lambda x, W_q, W_k, W_v: (
                (x @ W_q) @ (x @ W_k).T / W_q.shape[1] ** 0.5 @ (x @ W_v)
            ),
            "divided_by_sum": lambda x, W_q, W_k, W_v: (
                (s := (x @ W_q) @ (x @ W_k).T) / s.sum(dim=-1, keepdim=True) @ (x @ W_v)
            ),
            "half": scaled(lambda x, W_q, W_v: (W_q.shape[1] / 2) ** 2),
        },
        cases=[
            (inputs, draw(3, 2), draw(3, 2, seed=1), draw(3, 2, seed=2)),
            (draw(4, 5, seed=3), draw(5, 8), draw(5, 8, seed=1), draw(5, 3, seed=2)),
            (draw(7, 3, seed=3), draw(3, 4), draw(3, 4, seed=1), draw(3, 4, seed=2)),
            *drawn(4, sizes),
        ],
    )


@exercise
def score_variance():
    """Predict: q and k hold 64 standard normal numbers each. What is the variance of q . k?"""
    return Value(
        right=64,
        wrong={"one": 1, "deviation": 8, "squared": 4096, "mean": 0, "both": 128},
        tolerance=4,  # a measured variance is welcome
    )

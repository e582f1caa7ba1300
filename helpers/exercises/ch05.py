"""The exercises of chapter 05: queries, keys, values."""

from collections.abc import Callable

import torch
from torch import Tensor

from helpers.check import Function, Value, draw, exercise
from helpers.examples import inputs


@exercise
def token3_projected():
    """Compute the context vector of token 3, `starts`, with the chapter's matrices (randn, 123).

    Its shape is (2,).
    """
    generator = torch.Generator().manual_seed(123)
    W_q, W_k, W_v = (torch.randn(3, 2, generator=generator) for _ in range(3))
    queries, keys, values = inputs @ W_q, inputs @ W_k, inputs @ W_v
    scaled = queries @ keys.T / 2**0.5
    weights = torch.softmax(scaled, dim=-1)
    context = weights @ values
    return Value(
        right=context[2],
        wrong={
            "no_scale": torch.softmax(queries[2] @ keys.T, dim=-1) @ values,
            "input_width": torch.softmax(queries[2] @ keys.T / 3**0.5, dim=-1) @ values,
            "weights": weights[2],
            "raw_values": weights[2] @ inputs,
            "no_softmax": scaled[2] @ values,
            "swapped": torch.softmax(scaled.T[2], dim=-1) @ values,
            "simple": torch.softmax(inputs[2] @ inputs.T, dim=-1) @ inputs,
            "neighbour": (context[1], context[3]),
            "all_tokens": context,
        },
    )


@exercise
def scaled_attention():
    """Write `attention(x, W_q, W_k, W_v)`: scaled dot-product attention, any sizes.

    x: (T, d_in); W_q, W_k: (d_in, d_k); W_v: (d_in, d_v); it returns (T, d_v).
    """

    def scaled(width: Callable, dim: int = -1, raw: bool = False, swapped: bool = False):
        def attention(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> Tensor:
            scores = (x @ W_q) @ (x @ W_k).T
            scores = scores.T if swapped else scores
            weights = torch.softmax(scores / width(x, W_q, W_v) ** 0.5, dim=dim)
            return weights @ (x if raw else x @ W_v)

        return attention

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
            "raw_values": scaled(d_k, raw=True),
            "axis": scaled(d_k, dim=0),
            "swapped": scaled(d_k, swapped=True),
            "no_softmax": lambda x, W_q, W_k, W_v: (
                (x @ W_q) @ (x @ W_k).T / W_q.shape[1] ** 0.5 @ (x @ W_v)
            ),
        },
        cases=[
            (inputs, draw(3, 2), draw(3, 2, seed=1), draw(3, 2, seed=2)),
            (draw(4, 5, seed=3), draw(5, 8), draw(5, 8, seed=1), draw(5, 3, seed=2)),
            (draw(7, 3, seed=3), draw(3, 4), draw(3, 4, seed=1), draw(3, 4, seed=2)),
        ],
    )


@exercise
def score_variance():
    """Predict: q and k hold 64 standard normal numbers each. What is the variance of q . k?"""
    return Value(right=64, wrong={"one": 1, "deviation": 8, "squared": 4096})

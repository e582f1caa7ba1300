"""The exercises of chapter 05: queries, keys, values."""

from collections.abc import Callable

import torch
from torch import Tensor

from helpers.check import Function, Value, draw, drawn, exercise
from helpers.check.draws import Draws
from helpers.examples import inputs


@exercise
def token3_projected():
    """Compute the context vector of token 3, `starts`, with the chapter's matrices (randn, 123).

    Its shape is (2,).
    """
    generator = torch.Generator().manual_seed(123)
    W_q, W_k, W_v = (torch.randn(3, 2, generator=generator) for _ in range(3))
    queries, keys, values = inputs @ W_q, inputs @ W_k, inputs @ W_v
    scores = queries @ keys.T
    scaled = scores / 2**0.5
    weights = torch.softmax(scaled, dim=-1)
    context = weights @ values

    def divided_by(divisor: float) -> Tensor:
        return torch.softmax(scores[2] / divisor, dim=-1) @ values

    generator.manual_seed(123)
    R_q, R_k, R_v = (torch.rand(3, 2, generator=generator) for _ in range(3))
    uniform = torch.softmax(inputs @ R_q @ (inputs @ R_k).T / 2**0.5, dim=-1) @ inputs @ R_v
    return Value(
        right=context[2],
        wrong={
            "no_scale": divided_by(1),
            "input_width": divided_by(3**0.5),
            "no_root": divided_by(2),
            "multiplied": divided_by(2**-0.5),
            "tokens": divided_by(6**0.5),
            "softmax_first": torch.softmax(scores[2], dim=-1) / 2**0.5 @ values,
            "rand": uniform[2],
            "query": queries[2],
            "scores": (scores[2], scaled[2]),
            "weights": weights[2],
            "raw_values": weights[2] @ inputs,
            "keys_mixed": (weights[2] @ keys, weights[2] @ queries),
            "value_alone": values[2],
            "no_softmax": (scaled[2] @ values, scores[2] @ values),
            "divided_by_sum": scores[2] / scores[2].sum() @ values,
            "swapped": torch.softmax(scaled.T[2], dim=-1) @ values,
            "axis": (torch.softmax(scaled, dim=0)[2] @ values, weights.T[2] @ values),
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

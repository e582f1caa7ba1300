"""The exercises of chapter 14: the transformer block."""

import math

import torch

from helpers.check import Function, Value, draw, exercise


@exercise
def lowest_loss():
    """Compute the lowest mean loss of 10 guesses: one free among 4, one among 8, equally likely."""
    two = math.log(4) + math.log(8)
    return Value(
        right=two / 10,
        wrong={
            "given": two / 11,
            "sum": two,
            "bits": (2 + 3) / 10,
            "one_choice": math.log(4 + 8) / 10,
            "only_two": two / 2,
            "probability": (1 / 4 + 1 / 8) / 10,
        },
    )


@exercise
def split_fused():
    """Write `split_fused(c_attn)`: (D, 3 * D) as GPT-2 stores it -> (3, D, D) as nn.Linear does.

    Queries, keys and values in this order.
    """
    return Function(
        right=lambda c_attn: torch.stack(c_attn.T.chunk(3)),
        wrong={
            "not_transposed": lambda c_attn: torch.stack(c_attn.chunk(3, dim=1)),
            "view": (
                lambda c_attn: c_attn.reshape(3, len(c_attn), len(c_attn)),
                lambda c_attn: c_attn.reshape(3, len(c_attn), len(c_attn)).mT,
            ),
            "interleaved": lambda c_attn: torch.stack([c_attn.T[i::3] for i in range(3)]),
            "side_by_side": lambda c_attn: c_attn.T,
        },
        cases=[(draw(4, 12),), (draw(2, 6, seed=1),), (draw(5, 15, seed=2),)],
    )

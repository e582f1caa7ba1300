"""Answers to the exercises of chapter 05."""

import numpy as np
import torch

from helpers.examples import inputs

generator = torch.Generator().manual_seed(123)
_, _, W_v = (torch.randn(3, 2, generator=generator) for _ in range(3))
values = inputs @ W_v


def scaled_attention():
    def correct(x, W_q, W_k, W_v):
        q, k, v = x @ W_q, x @ W_k, x @ W_v
        return torch.softmax(q @ k.T / k.shape[-1] ** 0.5, dim=-1) @ v

    def kernel(x, W_q, W_k, W_v):
        return torch.nn.functional.scaled_dot_product_attention(x @ W_q, x @ W_k, x @ W_v)

    def with_width(width):
        def attention(x, W_q, W_k, W_v):
            q, k, v = x @ W_q, x @ W_k, x @ W_v
            return torch.softmax(q @ k.T / width(x, W_q, W_v), dim=-1) @ v

        return attention

    def without_return(x, W_q, W_k, W_v):
        correct(x, W_q, W_k, W_v)

    def own_matrices(x, W_q, W_k, W_v):
        return torch.softmax(x @ W_q @ (x @ W_k).T / W_q.shape[1] ** 0.5, dim=-1) @ values

    yield correct, "right"
    yield kernel, "right"
    yield with_width(lambda x, W_q, W_v: W_q.size(1) ** 0.5), "right"
    yield with_width(lambda x, W_q, W_v: 1), "no_scale"
    yield with_width(lambda x, W_q, W_v: W_q.shape[1]), "no_root"
    yield with_width(lambda x, W_q, W_v: W_q.shape[0] ** 0.5), "input_width"
    yield with_width(lambda x, W_q, W_v: len(x) ** 0.5), "tokens"
    yield with_width(lambda x, W_q, W_v: W_v.shape[1] ** 0.5), "value_width"
    yield with_width(lambda x, W_q, W_v: W_q.shape[1] ** -0.5), "multiplied"
    yield lambda x, W_q, W_k, W_v: correct(x, W_k, W_q, W_v), "swapped"
    yield lambda x, W_q, W_k, W_v: correct(x, W_q, W_k, W_k), "keys_mixed"
    yield lambda x, W_q, W_k, W_v: correct(x, W_q, W_k, torch.eye(x.shape[1])), "raw_values"
    yield without_return, "any.none"
    yield lambda x, W_q, W_k, W_v: correct(x, W_q, W_k, W_v).T, "any.transposed"

    def fixed(x, W_q, W_k, W_v):
        return torch.softmax(x @ W_q @ (x @ W_k).T / 2**0.5, dim=-1) @ (x @ W_v)

    d_k = 2

    def outside(x, W_q, W_k, W_v):
        return torch.softmax(x @ W_q @ (x @ W_k).T / d_k**0.5, dim=-1) @ (x @ W_v)

    yield fixed, "any.only_example_size"
    yield outside, "any.only_example_name"


def score_variance():
    yield 64, "right"
    yield "64", "right"
    yield 63.9, "right"
    yield torch.tensor(64.3), "right"
    yield np.float64(65.4), "right"
    yield [64], "right"
    yield 1, "one"
    yield 8, "deviation"
    yield 4096, "squared"
    yield 32, "any.too_small"
    yield 100, "any.too_large"

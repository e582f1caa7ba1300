"""Answers to the exercises of chapter 01."""

import numpy as np
import torch

from helpers.examples import inputs

x, y = inputs[0], inputs[2]


def dot_by_hand():
    yield 0.9422, "right"
    yield x @ y, "right"
    yield [0.9422], "right"
    yield torch.tensor([[0.9422]]), "right"
    yield np.float32(0.9422), "right"
    yield "0.9422", "right"
    yield 0.43 * 0.57 + 0.15 * 0.85 + 0.89 * 0.64, "right"
    yield 0.942, "any.rounded"
    yield 0.94, "any.rounded"
    yield 0.9432, "any.close"
    yield 0.9, "any.too_small"
    yield -0.9422, "any.too_small"
    yield 2.0, "any.too_large"
    yield x * y, "products"
    yield [0.2451, 0.1275, 0.5696], "products"
    yield 0.3726, "partial"
    yield 0.2451, "partial"
    yield (x + y).sum(), "sum"
    yield x @ inputs[1], "other_token"
    yield y @ inputs[1], "other_token"
    yield x @ x, "other_token"
    yield torch.cosine_similarity(x, y, dim=0), "cosine"
    yield complex(0, 1), "any.not_numbers"
    yield True, "any.not_numbers"
    yield "about one", "any.not_numbers"


def best_match_of_one():
    yield "starts", "right"
    yield '"Starts"', "right"
    yield ["starts"], "right"
    yield np.array(["starts"]), "right"
    yield np.str_("starts"), "right"
    yield "one", "self"
    yield "journey", "longest"
    yield "step", "other"
    yield 3, "any.choice"
    yield ["starts", "journey"], "any.choice"


def all_pairs():
    yield lambda x: x @ x.T, "right"
    yield lambda x: x @ x.mT, "right"
    yield lambda x: [[float(a @ b) for b in x] for a in x], "right"
    yield lambda x: torch.einsum("id,jd->ij", x, x), "right"
    yield lambda x: (x @ x.T).numpy(), "right"
    yield lambda x: x.T @ x, "features"
    yield lambda x: x @ x, "any.raised"
    yield lambda x: x * x, "any.shape"
    yield lambda x: (x * x).sum(dim=-1), "diagonal"
    yield lambda x: inputs @ inputs.T, "any.only_example_name"
    yield lambda x: torch.stack([x @ x[i] for i in range(6)]), "any.only_example_size"
    yield lambda x: print(x @ x.T), "any.none"
    yield lambda x: (x @ x.T).triu(), "upper_half"
    yield lambda x: x @ x.T / x.norm(), "any.factor"
    yield lambda x: 2 * (x @ x.T), "any.factor"
    yield lambda x: torch.softmax(x @ x.T, dim=-1), "any.place"

    def by_hand(x):
        T = len(x)
        scores = torch.zeros(6, 6)
        for i in range(T):
            for j in range(T):
                scores[i, j] = x[i] @ x[j]
        return scores

    yield by_hand, "any.only_example_size"

    def no_return(x):
        scores = x @ x.T
        print(scores)

    yield no_return, "any.none"

    def gap(x):
        scores = ...
        return scores.T

    yield gap, "any.empty"

"""Answers to the exercises of chapter 14."""

import math

import numpy as np
import torch


def lowest_loss():
    yield (math.log(4) + math.log(8)) / 10, "right"
    yield 0.3466, "right"
    yield "0.3466", "right"
    yield torch.tensor(0.34657), "right"
    yield math.log(32) / 10, "right"
    yield (math.log(4) + math.log(8)) / 11, "given"
    yield 3.4657, "sum"
    yield 0.5, "bits"
    yield math.log(12) / 10, "one_choice"
    yield (math.log(4) + math.log(8)) / 2, "only_two"
    yield (1 / 4 + 1 / 8) / 10, "probability"
    yield -(math.log(4) + math.log(8)) / 10, "any.too_small"
    yield 0.35, "any.rounded"
    yield [math.log(4), math.log(8)], "any.count"


def split_fused():
    yield lambda c: torch.stack(c.T.chunk(3)), "right"
    yield lambda c: torch.stack([m.T for m in c.chunk(3, dim=1)]), "right"
    yield lambda c: c.T.reshape(3, c.shape[0], c.shape[0]), "right"
    yield lambda c: torch.stack(torch.split(c, c.shape[0], dim=1)).transpose(1, 2), "right"
    yield lambda c: c.reshape(len(c), 3, len(c)).permute(1, 2, 0), "right"
    yield lambda c: torch.stack(c.chunk(3, dim=1)), "not_transposed"
    yield lambda c: c.reshape(3, len(c), len(c)), "view"
    yield lambda c: c.view(3, len(c), -1), "view"
    yield lambda c: c.T, "side_by_side"
    yield lambda c: c.chunk(3, dim=1), "not_transposed"
    yield lambda c: [m.T for m in c.chunk(3, dim=1)], "right"
    yield lambda c: np.stack(np.split(c.T.numpy(), 3)), "right"
    yield lambda c: torch.stack([c.T[i::3] for i in range(3)]), "interleaved"
    yield lambda c: torch.stack(c.T.chunk(3)[::-1]), "any.reordered"
    yield lambda c: torch.stack(c.T.chunk(3)).reshape(-1, c.shape[0]), "side_by_side"
    yield lambda c: c.T.reshape(3, 4, 4), "any.only_example_size"
    yield lambda c: print(torch.stack(c.T.chunk(3))), "any.none"

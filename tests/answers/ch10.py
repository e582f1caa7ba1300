"""Answers to the exercises of chapter 10."""

import math

import numpy as np
import torch


def dot(x, y):
    return math.fsum(a * b for a, b in zip(x, y, strict=True))


def context_lists():
    def check(tokens):
        if not tokens or any(len(token) != len(tokens[0]) for token in tokens):
            raise ValueError("tokens of one length, please")

    def context(tokens, shift=max, check=check):
        check(tokens)
        rows = []
        for query in tokens:
            scores = [dot(query, key) for key in tokens]
            powers = [math.exp(score - shift(scores)) for score in scores]
            weights = [power / sum(powers) for power in powers]
            rows.append([dot(weights, column) for column in zip(*tokens, strict=True)])
        return rows

    def returns_error(tokens):
        try:
            return context(tokens)
        except ValueError as error:
            return error

    def ends_alone(tokens):
        if not tokens or len(tokens[0]) != len(tokens[-1]):
            raise ValueError("unequal")

    class OwnError(ValueError):
        pass

    def own_error(tokens):
        try:
            check(tokens)
        except ValueError:
            raise OwnError("unequal") from None

    def type_error(tokens):
        try:
            check(tokens)
        except ValueError:
            raise TypeError("unequal") from None

    def with_torch(tokens):
        check(tokens)
        x = torch.tensor(tokens, dtype=torch.float64)
        return (torch.softmax(x @ x.T, dim=-1) @ x).tolist()

    def with_numpy(tokens):
        check(tokens)
        x = np.array(tokens)
        powers = np.exp(x @ x.T - (x @ x.T).max(axis=1, keepdims=True))
        return (powers / powers.sum(axis=1, keepdims=True) @ x).tolist()

    yield context, "right"
    yield lambda tokens: context(tokens, check=own_error), "right"
    yield lambda tokens: [tuple(row) for row in context(tokens)], "right"
    yield returns_error, "any.returned_error"
    yield lambda tokens: context(tokens, shift=lambda s: 0), "overflow"
    yield lambda tokens: context(tokens, shift=lambda s: sum(s) / len(s)), "any.raised"
    yield lambda tokens: context(tokens, shift=min), "overflow"
    yield lambda tokens: context(tokens, check=ends_alone), "right"  # zip(strict=True) refuses
    yield lambda tokens: context(tokens, check=type_error), "any.other_error"
    yield lambda tokens: context(tokens)[:1], "any.shape"
    yield with_torch, "any.forbidden"
    yield with_numpy, "any.forbidden"
    yield lambda tokens: tokens, "any.place"
    yield lambda tokens: print(context(tokens)), "any.none"


def hide_future():
    def hidden(weights):
        return [
            [w / sum(row[: i + 1]) if j <= i else 0.0 for j, w in enumerate(row)]
            for i, row in enumerate(weights)
        ]

    yield hidden, "right"
    yield lambda weights: [tuple(row) for row in hidden(weights)], "right"
    yield lambda weights: weights, "unchanged"
    yield lambda weights: [row[: i + 1] for i, row in enumerate(weights)], "any.returned"
    yield lambda weights: (torch.tensor(weights).tril()).tolist(), "only_zeros"
    yield (
        lambda weights: [
            [w / row[i] if j <= i else 0 for j, w in enumerate(row)]
            for i, row in enumerate(weights)
        ],
        "any.row_factors",
    )
    yield lambda weights: print(hidden(weights)), "any.none"


def equal_parts():
    yield 1536, "right"
    yield "1,536", "right"
    yield 2 * 768, "right"
    yield 768, "width"
    yield 3072, "scores_alone"
    yield 2000, "any.too_large"

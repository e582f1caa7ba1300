"""The exercises of chapter 04: asking and answering."""

import torch

from helpers.check import Choice, Function, Value, drawn, exercise
from helpers.check.draws import Draws


@exercise
def put_asks():
    """Predict: which token gets the largest weight of *put* in *she put money in the bank*?

    The token as a word: `check.put_asks("...")`.
    """
    return Choice(
        right="she",
        wrong={"topic": "money", "itself": "put", "unclear": "bank", "small": ("in", "the")},
    )


@exercise
def own_question():
    """Write a `W_query` (5, 2) with which river and money ask "who?" with 4, and nobody else asks.

    Its rows belong to unclear, water, money, person, action.
    """
    nothing = [0, 0]
    return Value(
        right=[[0, -4], [0, 4], [0, 4], nothing, nothing],
        wrong={
            "bank_asks": [nothing, [0, 4], [0, 4], nothing, nothing],
            "bank_asks_more": [[0, 4], [0, 4], [0, 4], nothing, nothing],
            "first_question": (
                [[-4, 0], [4, 0], [4, 0], nothing, nothing],
                [nothing, [4, 0], [4, 0], nothing, nothing],
            ),
            "old_questions": (
                [[4, 0], nothing, nothing, nothing, [0, 4]],  # as it was
                [[4, 0], [0, 4], [0, 4], nothing, [0, 4]],
                [[4, -4], [0, 4], [0, 4], nothing, [0, 4]],
                [[0, -4], [0, 4], [0, 4], nothing, [0, 4]],
                [[4, -4], [0, 4], [0, 4], nothing, nothing],
                [[4, 0], [0, 4], [0, 4], nothing, nothing],
            ),
            "strength": (
                [[0, -1], [0, 1], [0, 1], nothing, nothing],
                [[0, -2], [0, 2], [0, 2], nothing, nothing],
                [nothing, [0, 1], [0, 1], nothing, nothing],
            ),
            "cancels_half": (
                [[0, -2], [0, 4], [0, 4], nothing, nothing],
                [[0, -1], [0, 4], [0, 4], nothing, nothing],
                [[0, -8], [0, 4], [0, 4], nothing, nothing],
            ),
            "key": [[-1, 0], [1, 0], [1, 0], [0, 1], nothing],
        },
    )


def _head(x, W_query, W_key, W_value):
    """Return the context vectors (T, d_v) of one head without scale."""
    return torch.softmax((x @ W_query) @ (x @ W_key).T, dim=-1) @ (x @ W_value)


def _example():
    """Return the chapter's first sentence (8, 5) and its three matrices."""
    unclear, water, _, person, action = torch.eye(5)
    bank, none = unclear + torch.tensor([0.0, 0.5, 0.5, 0.0, 0.0]), torch.zeros(5)
    W_query = torch.tensor([[4.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 4.0]])
    W_key = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    x = torch.stack([person, action, none, none, bank, none, none, water])
    return x, W_query, W_key, torch.eye(5)[:, 1:4]


def _case(d: Draws) -> tuple:
    """Draw tokens (T, d_in) and three matrices that fit, with small and with large scores."""
    T, d_in, d_k = d.size(), d.size(2), d.size()
    spread = d.one_of(0.3, 1.0, 2.0)
    return (
        d.numbers(T, d_in),
        d.numbers(d_in, d_k, spread=spread),
        d.numbers(d_in, d_k, spread=spread),
        d.numbers(d_in, d.one_of(d_k, d.size())),
    )


@exercise
def one_head():
    """Write `one_head(x, W_query, W_key, W_value)`: the context vectors (T, d_v) of one head.

    x (T, d_in), W_query and W_key (d_in, d_k), W_value (d_in, d_v); the scores are not divided.
    """

    def scores(x, q, k):
        return (x @ q) @ (x @ k).T

    def weights(x, q, k):
        return torch.softmax(scores(x, q, k), dim=-1)

    return Function(
        right=_head,
        wrong={
            "scaled": (
                lambda x, q, k, v: torch.softmax(scores(x, q, k) / q.shape[1] ** 0.5, -1) @ (x @ v),
                lambda x, q, k, v: torch.softmax(scores(x, q, k) / 2**0.5, dim=-1) @ (x @ v),
            ),
            "swapped": lambda x, q, k, v: weights(x, k, q) @ (x @ v),
            "one_matrix": (
                lambda x, q, k, v: weights(x, q, q) @ (x @ v),
                lambda x, q, k, v: weights(x, k, k) @ (x @ v),
            ),
            "no_questions": (
                lambda x, q, k, v: torch.softmax(x @ x.T, dim=-1) @ (x @ v),
                lambda x, q, k, v: torch.softmax(x @ x.T, dim=-1) @ x,
            ),
            "keys_mixed": lambda x, q, k, v: weights(x, q, k) @ (x @ k),
            "queries_mixed": lambda x, q, k, v: weights(x, q, k) @ (x @ q),
            "embeddings_mixed": lambda x, q, k, v: weights(x, q, k) @ x,
            "axis": (
                lambda x, q, k, v: torch.softmax(scores(x, q, k), dim=0) @ (x @ v),
                lambda x, q, k, v: weights(x, q, k).T @ (x @ v),
            ),
            "no_softmax": lambda x, q, k, v: scores(x, q, k) @ (x @ v),
            "divided_by_sum": lambda x, q, k, v: (
                scores(x, q, k) / scores(x, q, k).sum(dim=-1, keepdim=True) @ (x @ v)
            ),
            "weights": lambda x, q, k, v: weights(x, q, k),
            "scores": lambda x, q, k, v: scores(x, q, k),
            "values": lambda x, q, k, v: x @ v,
        },
        cases=[_example(), *drawn(10, _case)],
    )

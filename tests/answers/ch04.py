"""Answers to the exercises of chapter 04."""

import torch


def put_asks():
    yield "she", "right"
    yield "money", "topic"
    yield "put", "itself"
    yield "the", "small"


def own_question():
    yield [[0, -4], [0, 4], [0, 4], [0, 0], [0, 0]], "right"
    yield torch.tensor([[0, -4], [0, 4], [0, 4], [0, 0], [0, 0]]), "right"
    yield [[0, 0], [0, 4], [0, 4], [0, 0], [0, 0]], "bank_asks"
    yield torch.tensor([[0, -4], [0, 4], [0, 4], [0, 0], [0, 0]]).T, "any.transposed"
    yield [0, -4, 4, 4], "any.shape"


def one_head():
    def attend(x, W_query, W_key, W_value, width=1.0):
        weights = torch.softmax(x @ W_query @ (x @ W_key).T / width, dim=-1)
        return weights @ (x @ W_value)

    yield attend, "right"
    yield lambda x, q, k, v: attend(x, q, k, v, q.shape[1] ** 0.5), "scaled"
    yield lambda x, q, k, v: attend(x, k, q, v), "swapped"
    yield lambda x, q, k, v: attend(x, q, k, k), "keys_mixed"
    yield lambda x, q, k, v: print(attend(x, q, k, v)), "any.none"

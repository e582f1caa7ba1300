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
    yield [[0, 4], [0, 4], [0, 4], [0, 0], [0, 0]], "bank_asks_more"
    yield [[-4, 0], [4, 0], [4, 0], [0, 0], [0, 0]], "first_question"
    yield [[4, 0], [0, 4], [0, 4], [0, 0], [0, 4]], "old_questions"
    yield [[4, 0], [0, 0], [0, 0], [0, 0], [0, 4]], "old_questions"
    yield [[0, -1], [0, 1], [0, 1], [0, 0], [0, 0]], "strength"
    yield [[0, -2], [0, 4], [0, 4], [0, 0], [0, 0]], "cancels_half"
    yield [[-1, 0], [1, 0], [1, 0], [0, 1], [0, 0]], "key"
    yield [[0, -4], [0, 4], [0, 4], [0, 0], [0, -4]], "any.numbers"


def one_head():
    def attend(x, W_query, W_key, W_value, width=1.0):
        weights = torch.softmax(x @ W_query @ (x @ W_key).T / width, dim=-1)
        return weights @ (x @ W_value)

    yield attend, "right"
    yield lambda x, q, k, v: attend(x, q, k, v, q.shape[1] ** 0.5), "scaled"
    yield lambda x, q, k, v: attend(x, k, q, v), "swapped"
    yield lambda x, q, k, v: attend(x, q, k, k), "keys_mixed"
    yield lambda x, q, k, v: print(attend(x, q, k, v)), "any.none"
    yield lambda x, q, k, v: attend(x, q, k, v, 2**0.5), "scaled"
    yield lambda x, q, k, v: attend(x, q, q, v), "one_matrix"
    yield lambda x, q, k, v: torch.softmax(x @ q @ (x @ k).T, dim=0) @ (x @ v), "axis"
    yield lambda x, q, k, v: torch.softmax(x @ q @ (x @ k).T, dim=-1) @ x @ v, "right"
    yield lambda x, q, k, v: torch.softmax(x @ q @ (x @ k).T, dim=-1) @ x, "embeddings_mixed"
    yield lambda x, q, k, v: x @ q @ (x @ k).T @ (x @ v), "no_softmax"
    yield lambda x, q, k, v: torch.softmax((x @ q @ (x @ k).T).tril(), -1) @ (x @ v), "any.place"

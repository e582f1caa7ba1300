"""Answers to the exercises of chapter 03."""

import numpy as np
import torch

from helpers.examples import inputs

scores = inputs @ inputs.T
context = torch.softmax(scores, dim=-1) @ inputs


def token3_context():
    yield context[2], "right"
    yield context[2:3], "right"
    yield context[2].reshape(3, 1), "right"
    yield context[2].tolist(), "right"
    yield context[2].double().numpy(), "right"
    yield context[2].clone().requires_grad_(), "right"
    yield context[2].to_sparse(), "right"
    yield context[2] + 0j, "right"
    yield [str(round(number, 4)) for number in context[2].tolist()], "right"
    yield [0.443, 0.650, 0.567], "any.rounded"
    yield [0.44, 0.65, 0.57], "any.rounded"
    yield context[2].bfloat16(), "any.close"
    yield context[2] * 2, "any.factor"
    yield context[2].flip(0), "any.reordered"
    yield context[2][:2], "any.count"
    yield context[1], "neighbour"
    yield context[5], "neighbour"
    yield context, "all_tokens"
    yield context.mean(dim=0), "any.numbers"
    yield inputs.mean(dim=0), "mean"
    yield torch.softmax(scores[2] / 3**0.5, dim=0) @ inputs, "scaled"
    yield scores[2] @ inputs, "no_softmax"
    yield scores[2] / scores[2].sum() @ inputs, "divided_by_sum"
    yield torch.softmax(scores[2], dim=0), "weights"
    yield torch.softmax(scores, dim=0)[2] @ inputs, "axis"
    yield inputs[2], "embedding"
    yield context[2] * 1j, "any.not_numbers"
    yield np.array(["a", "b", "c"]), "any.not_numbers"
    yield lambda: context[2], "any.call_it"


def attention_function():
    def by_rows(x):
        return torch.stack([torch.softmax(x @ query, dim=0) @ x for query in x])

    def returned_tuple(x):
        weights = torch.softmax(x @ x.T, dim=-1)
        return weights @ x, weights

    d, T = 3, 6

    def global_size(x):
        context = torch.zeros(T, d)
        for i, query in enumerate(x):
            context[i] = torch.softmax(x @ query, dim=0) @ x
        return context

    yield lambda x: torch.softmax(x @ x.T, dim=-1) @ x, "right"
    yield by_rows, "right"
    yield lambda x: by_rows(x).tolist(), "right"
    yield lambda x: torch.nn.functional.scaled_dot_product_attention(x, x, x, scale=1.0), "right"
    yield lambda x: torch.softmax(x @ x.T, dim=0) @ x, "axis"
    yield lambda x: torch.softmax(x @ x.T, dim=-1).T @ x, "axis"
    yield lambda x: x @ x.T @ x, "no_softmax"
    yield lambda x: torch.softmax(x @ x.T, dim=-1), "weights"
    yield lambda x: torch.softmax(x @ x.T / x.shape[1] ** 0.5, dim=-1) @ x, "scaled"
    yield lambda x: x.mean(dim=0, keepdim=True) + 0 * x, "mean"
    yield lambda x: (torch.softmax(x @ x.T, dim=-1) @ x).T, "any.transposed"
    yield lambda x: (torch.softmax(x @ x.T, dim=-1) @ x)[0], "any.shape"
    yield lambda x: torch.softmax(inputs @ inputs.T, dim=-1) @ inputs, "any.only_example_name"
    yield lambda x: torch.softmax(x @ inputs.T, dim=-1) @ inputs, "any.only_example_name"
    yield global_size, "any.only_example_name"
    yield returned_tuple, "any.returned"
    yield lambda x: print(x), "any.none"
    yield lambda x: ValueError("not yet"), "any.returned_error"
    yield lambda x: undefined, "any.raised"  # noqa: F821
    yield lambda x: None, "any.empty"


def permutation_guess():
    yield "stays", "right"
    yield "changes", "order_matters"
    yield "moves", "any.choice"

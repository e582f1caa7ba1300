"""Answers to the exercises of chapter 11."""

import torch


def nudged_score():
    yield ["falls", "rises", "falls"], "right"
    yield ("Falls", " rises", "falls"), "right"
    yield ["stays", "rises", "stays"], "own_alone"
    yield ["rises", "rises", "rises"], "sum_broken"
    yield ["falls", "rises", "stays"], "one_pays"
    yield ["stays", "rises", "falls"], "one_pays"
    yield ["rises", "rises", "falls"], "shifted_rank"
    yield ["rises", "falls", "rises"], "wrong_way"
    yield ["up", "down", "down"], "any.choices"


def softmax_gradient():
    yield [0.75, -0.625, -0.125], "right"
    yield (3 / 4, -5 / 8, -1 / 8), "right"
    yield ["3/4", "-5/8", "-1/8"], "right"
    yield torch.tensor([0.75, -0.625, -0.125], requires_grad=True), "right"
    weights = torch.tensor([0.5, 0.25, 0.25], requires_grad=True)
    yield (torch.diag(weights) - torch.outer(weights, weights)) @ torch.tensor([4.0, 0, 2]), "right"
    yield [2, 0, 0.5], "no_mean"
    yield [1, 0, 0.375], "diagonal"
    yield [1, -0.5, 0], "plain_mean"
    yield [1.5, -2.5, -0.5], "no_weight"
    yield [-0.75, 0.625, 0.125], "sign"
    yield 2.5, "mean_alone"

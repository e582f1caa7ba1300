"""Answers to the exercises of chapter 06."""

import torch
from torch import nn

d_k = 2


class Repaired(nn.Module):
    """Self-attention as the exercise wants it; the classes below change one thing each."""

    def __init__(self, d_in, d_out):
        super().__init__()
        self.W_query = nn.Parameter(torch.randn(d_in, d_out))
        self.W_key = nn.Parameter(torch.randn(d_in, d_out))
        self.W_value = nn.Parameter(torch.randn(d_in, d_out))

    def forward(self, x):
        q, k, v = x @ self.W_query, x @ self.W_key, x @ self.W_value
        return torch.softmax(q @ k.transpose(-2, -1) / k.shape[-1] ** 0.5, dim=-1) @ v


class Linear(nn.Module):
    def __init__(self, d_in, d_out, qkv_bias=True):
        super().__init__()
        self.d_k = d_out
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)

    def forward(self, x):
        q, k, v = self.W_query(x), self.W_key(x), self.W_value(x)
        return torch.softmax(q @ k.mT / self.d_k**0.5, dim=-1) @ v


class ReadsGlobal(Repaired):
    def forward(self, x):
        q, k, v = x @ self.W_query, x @ self.W_key, x @ self.W_value
        return torch.softmax(q @ k.mT / d_k**0.5, dim=-1) @ v


class FromTheFront(Repaired):
    def forward(self, x):
        q, k, v = x @ self.W_query, x @ self.W_key, x @ self.W_value
        return torch.softmax(q @ k.mT / k.shape[1] ** 0.5, dim=-1) @ v


class FixedWidth(Repaired):
    def forward(self, x):
        q, k, v = x @ self.W_query, x @ self.W_key, x @ self.W_value
        return torch.softmax(q @ k.mT / 2**0.5, dim=-1) @ v


class ShortNames(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.W_q = nn.Linear(d_in, d_out, bias=False)

    def forward(self, x):
        return self.W_q(x)


class NoReturn(Repaired):
    def forward(self, x):
        print(x @ self.W_query)


class Unwritten(Repaired):
    def forward(self, x):
        raise NotImplementedError


class WithoutForward(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.W_query = self.W_key = self.W_value = nn.Linear(d_in, d_out, bias=False)


def no_global():
    yield Repaired, "right"
    yield Linear, "right"
    yield ReadsGlobal, "reads_global"
    yield FixedWidth, "fixed_width"
    yield FromTheFront, "from_the_front"
    yield ShortNames, "any.missing_part"
    yield NoReturn, "any.none"
    yield Unwritten, "any.empty"
    yield WithoutForward, "any.empty"
    yield Repaired(3, 2), "any.not_callable"
    yield lambda x: x, "any.not_callable"


def linear_as_matrix():
    yield lambda linear: linear.weight.T, "right"
    yield lambda linear: linear.weight.detach().clone().t(), "right"
    yield lambda linear: linear(torch.eye(linear.in_features)), "right"
    yield lambda linear: linear.weight.detach().numpy().T, "right"
    yield lambda linear: linear.weight.T.tolist(), "right"
    yield lambda linear: linear.weight, "not_transposed"
    yield lambda linear: linear.weight.reshape(linear.in_features, -1), "reshaped"
    yield lambda linear: linear.weights.T, "any.raised"
    yield lambda linear: linear, "any.returned"
    yield lambda linear: linear.weight.T.tolist()[0], "any.shape"
    yield lambda linear: -linear.weight.T, "any.factor"


def parameter_count():
    yield 24, "right"
    yield "24", "right"
    yield torch.tensor(24), "right"
    yield 24.0, "right"
    yield 18, "no_bias"
    yield 6, "one_matrix"
    yield 20, "one_bias"
    yield 27, "bias_per_input"
    yield 12, "any.too_small"
    yield 36, "any.too_large"
    yield [6, 6, 6, 2, 2, 2], "any.count"

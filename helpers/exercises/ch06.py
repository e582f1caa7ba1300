"""The exercises of chapter 06: self-attention classes."""

from collections.abc import Callable
from types import FunctionType, ModuleType

import torch
from torch import Tensor, nn

from helpers.check import Function, Value, draw, exercise, part
from helpers.examples import inputs

_WIDTH = 2  # the global that the wrong class below reads, as a notebook has its d_k


class _SelfAttention(nn.Module):
    """Self-attention that divides its scores by the square root of `width(x)`."""

    dim = -1  # the axis of the softmax

    def __init__(self, d_in: int, d_out: int):
        super().__init__()
        self.d_in, self.d_out = d_in, d_out
        for name in ("W_query", "W_key", "W_value"):
            self.register_parameter(name, nn.Parameter(torch.zeros(d_in, d_out)))

    def width(self, x: Tensor) -> int:
        return self.d_out

    def forward(self, x: Tensor) -> Tensor:
        scores = x @ self.W_query @ (x @ self.W_key).mT
        weights = torch.softmax(scores / self.width(x) ** 0.5, dim=self.dim)
        return weights @ x @ self.W_value


def _scaled_by(width: Callable, dim: int = -1) -> type:
    return type("SelfAttention", (_SelfAttention,), {"width": width, "dim": dim})


class _TransposeOfAllAxes(_SelfAttention):
    """Right for one sentence; for a batch, `.T` exchanges the sentences with the components."""

    def forward(self, x: Tensor) -> Tensor:
        turned = (x @ self.W_key).permute(*reversed(range(x.dim())))
        weights = torch.softmax(x @ self.W_query @ turned / self.width(x) ** 0.5, dim=-1)
        return weights @ x @ self.W_value


def _without_globals(answer: type) -> type:
    """Return the class with methods that see no number and no tensor of their notebook."""

    def alone(method: FunctionType) -> FunctionType:
        seen = {
            name: value
            for name, value in method.__globals__.items()
            if callable(value) or isinstance(value, ModuleType) or name.startswith("__")
        }
        copied = FunctionType(
            method.__code__, seen, method.__name__, method.__defaults__, method.__closure__
        )
        copied.__kwdefaults__ = method.__kwdefaults__
        return copied

    methods = {n: alone(m) for n, m in vars(answer).items() if isinstance(m, FunctionType)}
    return type(answer.__name__, (answer,), methods)


def _run_class(answer: type, d_in: int, d_out: int, x: Tensor) -> Tensor:
    module = _without_globals(answer)(d_in, d_out)
    for seed, name in enumerate(("W_query", "W_key", "W_value")):
        weight = part(module, name)
        with torch.no_grad():
            if isinstance(weight, nn.Linear):
                weight.weight.copy_(draw(d_in, d_out, seed=seed).T)
                if weight.bias is not None:
                    weight.bias.zero_()
            else:
                weight.copy_(draw(d_in, d_out, seed=seed))
    return module(x)


@exercise
def no_global():
    """Find what is wrong: this class gives no error, and is wrong for every d_out but one.

    d_k = 2

    class SelfAttention(nn.Module):
        def __init__(self, d_in, d_out): ...  # W_query, W_key, W_value
        def forward(self, x):  # (..., T, d_in) -> (..., T, d_out)
            ...
            weights = torch.softmax(scores / d_k**0.5, dim=-1)

    Mend it and pass the class itself: `check.no_global(SelfAttention)`.
    """
    return Function(
        right=_SelfAttention,
        wrong={
            "reads_global": _scaled_by(lambda self, x: _WIDTH),
            "fixed_width": _scaled_by(lambda self, x: 2),
            "input_width": _scaled_by(lambda self, x: self.d_in),
            "tokens": (
                _scaled_by(lambda self, x: len(x)),
                _scaled_by(lambda self, x: x.shape[-2]),
            ),
            "no_scale": _scaled_by(lambda self, x: 1),
            "multiplied": _scaled_by(lambda self, x: 1 / self.d_out),
            "no_root": _scaled_by(lambda self, x: self.d_out**2),
            "from_the_front": (
                _scaled_by(lambda self, x: self.d_out if x.dim() == 2 else x.shape[1]),
                _scaled_by(lambda self, x: self.d_out, dim=1),
            ),
            "all_axes_turned": _TransposeOfAllAxes,
            "columns": (
                _scaled_by(lambda self, x: self.d_out, dim=0),
                _scaled_by(lambda self, x: self.d_out, dim=-2),
            ),
        },
        cases=[
            (3, 2, inputs),
            (3, 4, inputs),
            (5, 8, draw(4, 5, seed=3)),
            (4, 1, draw(7, 4, seed=3)),
            (4, 3, draw(2, 5, 4, seed=3)),
        ],
        use=_run_class,
    )


@exercise
def linear_as_matrix():
    """Write `as_matrix(linear)`: the matrix W for which `x @ W` equals `linear(x)`, without bias.

    It carries the weights of SelfAttentionV2 (nn.Linear) over to SelfAttentionV1 (nn.Parameter).
    """

    def linear(d_in: int, d_out: int) -> nn.Linear:
        empty = nn.utils.skip_init(nn.Linear, d_in, d_out, bias=False)
        empty.load_state_dict({"weight": draw(d_out, d_in)})
        return empty

    return Function(
        right=lambda linear: linear.weight.T,
        wrong={
            "not_transposed": lambda linear: linear.weight,
            "reshaped": lambda linear: linear.weight.reshape(linear.weight.shape[::-1]),
        },
        cases=[(linear(3, 2),), (linear(4, 4),), (linear(2, 5),)],
    )


@exercise
def parameter_count():
    """Count: how many trainable numbers has `SelfAttentionV2(d_in=3, d_out=2, qkv_bias=True)`?"""
    return Value(
        right=24,
        wrong={"no_bias": 18, "one_matrix": (6, 8), "one_bias": 20, "bias_per_input": 27},
    )

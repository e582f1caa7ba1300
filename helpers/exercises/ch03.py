"""The exercises of chapter 03: simple self-attention."""

import torch
from torch import Tensor

from helpers.check import Choice, Function, Value, draw, drawn, exercise
from helpers.examples import inputs


def _attention(x: Tensor) -> Tensor:
    """Return simple self-attention's context vectors (T, d) of the tokens x (T, d)."""
    return torch.softmax(x @ x.T, dim=-1) @ x


@exercise
def token3_context():
    """Compute the context vector of token 3, `starts`, from `inputs`. Its shape is (3,)."""
    scores = inputs @ inputs.T
    context = _attention(inputs)
    return Value(
        right=context[2],
        wrong={
            "scores": scores[2],
            "weights": torch.softmax(scores[2], dim=0),
            "no_softmax": scores[2] @ inputs,
            "divided_by_sum": scores[2] / scores[2].sum() @ inputs,
            "neighbour": tuple(row for token, row in enumerate(context) if token != 2),
            "axis": torch.softmax(scores, dim=0)[2] @ inputs,
            "all_tokens": context,
            "embedding": inputs[2],
            "mean": inputs.mean(dim=0),
            "scaled": torch.softmax(scores[2] / 3**0.5, dim=-1) @ inputs,
        },
    )


@exercise
def attention_function():
    """Write `self_attention(x)`: the context vectors of any tokens x (T, d); it returns (T, d).

    Pass the function itself: `check.attention_function(self_attention)`.
    """
    return Function(
        right=lambda x: _attention(x),
        wrong={
            "axis": lambda x: torch.softmax(x @ x.T, dim=0) @ x,  # also weights.T @ x
            "no_softmax": lambda x: x @ x.T @ x,
            "divided_by_sum": lambda x: (x @ x.T) / (x @ x.T).sum(-1, keepdim=True) @ x,
            "weights": lambda x: torch.softmax(x @ x.T, dim=-1),
            "scores": lambda x: x @ x.T,
            "features": lambda x: x @ torch.softmax(x.T @ x, dim=-1),
            "mean": lambda x: x.mean(dim=0).expand(x.shape),
            "scaled": lambda x: torch.softmax(x @ x.T / x.shape[1] ** 0.5, dim=-1) @ x,
        },
        cases=[
            (inputs,),
            (draw(4, 2),),
            (draw(1, 3),),
            (draw(9, 5),),
            (draw(6, 3),),
            *drawn(6, lambda d: (d.numbers(d.size(), d.size(), spread=d.one_of(0.3, 1, 3)),)),
        ],
    )


@exercise
def permutation_guess():
    """Predict: tokens 1 and 6 change places. What happens to the context vector of `journey`?

    One of "changes", "stays".
    """
    return Choice(right="stays", wrong={"order_matters": "changes"})

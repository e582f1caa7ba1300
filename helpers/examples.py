"""The running examples of the book: tokens and their embeddings, and the word *bank*.

Each import hands out a copy: whatever a reader does to `inputs`, the checks, the figures and
the next import keep their own.

The six-token sentence and its numbers are those of Sebastian Raschka,
Build a Large Language Model (From Scratch), Manning 2024, chapter 3.

The attention of *bank* is real: layer 1, heads 1 and 5, of the published model
sentence-transformers/all-MiniLM-L6-v2, rounded to two decimals (so that a row may sum to
0.99 or 1.01). Chapter 15 computes it, and tests/test_minilm.py compares the two.
"""

import copy

import torch

__all__ = ["bank_attention", "bank_tokens", "inputs", "tokens"]

tokens = ["Your", "journey", "starts", "with", "one", "step"]

inputs = torch.tensor(
    [
        [0.43, 0.15, 0.89],  # Your
        [0.55, 0.87, 0.66],  # journey
        [0.57, 0.85, 0.64],  # starts
        [0.22, 0.58, 0.33],  # with
        [0.77, 0.25, 0.10],  # one
        [0.05, 0.80, 0.55],  # step
    ],
    dtype=torch.float32,
    device="cpu",
)  # (6, 3)

bank_tokens = {  # as that model reads the two sentences
    "river": ["[CLS]", "she", "sat", "on", "the", "bank", "of", "the", "river", "[SEP]"],
    "money": ["[CLS]", "she", "put", "money", "in", "the", "bank", "[SEP]"],
}
bank_attention = {  # how much *bank* takes from each token: row 0 in head 1, row 1 in head 5
    "river": torch.tensor(
        [
            [0.21, 0.04, 0.17, 0.06, 0.07, 0.10, 0.05, 0.06, 0.12, 0.12],
            [0.07, 0.00, 0.00, 0.02, 0.04, 0.01, 0.06, 0.04, 0.71, 0.04],
        ],
        dtype=torch.float32,
        device="cpu",
    ),  # (2, 10)
    "money": torch.tensor(
        [
            [0.21, 0.04, 0.06, 0.36, 0.04, 0.07, 0.10, 0.12],
            [0.28, 0.01, 0.01, 0.07, 0.12, 0.18, 0.04, 0.30],
        ],
        dtype=torch.float32,
        device="cpu",
    ),  # (2, 8)
}

_EXAMPLES = {name: globals().pop(name) for name in __all__}


def __getattr__(name: str) -> object:
    """Return a copy of the example `name` (PEP 562).

    Raises:
        AttributeError: there is no such example.
    """
    if name not in _EXAMPLES:
        raise AttributeError(f"helpers.examples has no {name!r}, only {', '.join(__all__)}")
    return copy.deepcopy(_EXAMPLES[name])


def __dir__() -> list[str]:
    return sorted(__all__)

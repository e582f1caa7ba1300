"""Attention and its gradients with lists and the `math` module alone: no other library.

A vector is a list of numbers; a matrix is a list of rows of one length; `tokens` is a matrix
with a row for each token. Results are new lists of Python floats (float64). n counts the
tokens, d_in, d_k, d_v and d_out the numbers in a row. A matrix of parameters has d_in rows of
d_out numbers, as in `tokens @ W`: an `nn.Linear` holds the transposed.

Each function is the one that chapter 10 (forward.py) or chapter 11 (backward.py) derives; the
package adds docstrings and the calls to the `_check_...` functions, which refuse bad input.
"""

from helpers.pure.backward import (
    add,
    attend_backward,
    matmul_backward,
    multi_head_attention_backward,
    projections_backward,
    self_attention_backward,
    softmax_backward,
)
from helpers.pure.forward import (
    attend,
    attention_scores,
    attention_weights,
    context_vectors,
    dot,
    join_heads,
    matmul,
    multi_head_attention,
    self_attention,
    softmax,
    split_heads,
    transpose,
)

__all__ = [
    "add",
    "attend",
    "attend_backward",
    "attention_scores",
    "attention_weights",
    "context_vectors",
    "dot",
    "join_heads",
    "matmul",
    "matmul_backward",
    "multi_head_attention",
    "multi_head_attention_backward",
    "projections_backward",
    "self_attention",
    "self_attention_backward",
    "softmax",
    "softmax_backward",
    "split_heads",
    "transpose",
]

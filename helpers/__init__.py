"""The package that the chapters of *Attention, Step by Step* import."""

from helpers.attention import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
    softmax_naive,
)
from helpers.explorer import explore
from helpers.language import set_language

__version__ = "0.1.0"
__all__ = [
    "CausalAttention",
    "MultiHeadAttention",
    "MultiHeadAttentionWrapper",
    "SelfAttentionV1",
    "SelfAttentionV2",
    "explore",
    "set_language",
    "simple_self_attention",
    "softmax_naive",
]

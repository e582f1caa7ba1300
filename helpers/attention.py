"""The attention of the chapters, from a naive softmax to multi-head attention.

Each function and class is the one that its chapter derives. The package adds only
docstrings and the calls to the `_check_...` functions below, which refuse bad input.

Shapes: B batch, H heads, T queries, S keys, D width; Q, K, V as in the papers.
"""

import torch
import torch.nn.functional as F
from torch import nn


def _check_sizes(**sizes):
    """Refuse sizes that are not positive whole numbers."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"expected {name} to be an int; got {size!r}")
        if size < 1:
            raise ValueError(f"expected {name} to be at least 1; got {size}")


def _check_dropout(dropout):
    """Refuse a dropout that is not a probability below 1."""
    if isinstance(dropout, bool) or not isinstance(dropout, int | float):
        raise TypeError(f"expected dropout to be a number; got {dropout!r}")
    if not 0 <= dropout < 1:
        raise ValueError(f"expected dropout to be at least 0 and below 1; got {dropout}")


def _check_heads(d_out, num_heads):
    """Refuse a width that does not split evenly over the heads."""
    if d_out % num_heads:
        raise ValueError(
            f"expected num_heads to divide d_out; got d_out={d_out} and num_heads={num_heads}"
        )


def _check_dense(x):
    """Refuse a tensor that does not hold all its numbers in one grid."""
    if x.layout is not torch.strided or x.is_nested:
        kind = "a nested tensor" if x.is_nested else str(x.layout)
        raise TypeError(f"expected a dense tensor (torch.strided); got {kind}")


def _check_real(x):
    """Refuse what is not a tensor of real (floating-point) numbers."""
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"expected a torch.Tensor; got {type(x).__name__}")
    _check_dense(x)
    if not x.is_floating_point():
        raise TypeError(
            f"expected a tensor of real numbers such as torch.float32; "
            f"got {x.dtype} of shape {tuple(x.shape)}"
        )


def _seen(test):
    """Return what a test of values says, or None where there are none to look at.

    That is so while torch traces (compile, export), under vmap and on the meta device.
    """
    if torch.compiler.is_compiling():
        return None
    try:
        return bool(test())
    except RuntimeError:
        return None


def _check_scores(scores, dim):
    """Refuse scores that softmax cannot turn into weights."""
    _check_real(scores)
    if scores.numel() == 0 or scores.dim() == 0:
        raise ValueError(f"expected at least one row of scores; got shape {tuple(scores.shape)}")
    if not -scores.dim() <= dim < scores.dim():
        raise ValueError(f"expected dim to be an axis of {tuple(scores.shape)}; got {dim}")
    if _seen(lambda: scores.isnan().any()):
        raise ValueError(f"expected scores without NaN; got NaN in shape {tuple(scores.shape)}")


def _all_finite(x):
    """Say whether all numbers are finite; yes where there are no values to look at."""
    # The sum shows it at the cost of one pass; only a sum that overflows needs a second look.
    return (
        _seen(lambda: x.detach().sum().isfinite()) or _seen(lambda: x.isfinite().all()) is not False
    )


def _check_tokens(x, layer=None, context_length=None, shapes=("(T, d_in)", "(B, T, d_in)")):
    """Refuse token vectors whose shape, dtype or numbers attention cannot use.

    layer: the first one that x meets, an nn.Linear, nn.LayerNorm or an nn.Parameter (d_in, d_out);
    one that somebody has put in its place may tell neither its width nor its dtype.
    """
    _check_real(x)
    if isinstance(layer, nn.Parameter):
        d_in, dtype = layer.shape[0], layer.dtype
    else:
        (d_in,) = getattr(layer, "normalized_shape", [getattr(layer, "in_features", None)])
        dtype = getattr(getattr(layer, "weight", None), "dtype", x.dtype)
    expected = " or ".join(shapes) + (f" with d_in={d_in}" if d_in else "")
    got = f"got shape {tuple(x.shape)}"
    if x.dim() not in [shape.count(",") + 1 for shape in shapes]:
        raise ValueError(f"expected shape {expected}; {got}")
    if d_in and x.shape[-1] != d_in:
        raise ValueError(f"expected shape {expected}; {got}, whose last dimension differs")
    if x.numel() == 0:
        raise ValueError(f"expected at least one token; {got}")
    if context_length and x.shape[-2] > context_length:
        raise ValueError(
            f"expected at most context_length={context_length} tokens; {got}, {x.shape[-2]} tokens"
        )
    if (
        dtype.is_floating_point
        and x.dtype != dtype
        and not torch.is_autocast_enabled(x.device.type)
    ):
        raise TypeError(f"expected {dtype}, as the parameters have it; got {x.dtype}")
    # One NaN or infinity would turn every row it touches into NaN.
    if not _all_finite(x):
        raise ValueError(f"expected finite numbers; {got} with NaN or infinity in it")


def _check_overflow(*results):
    """Refuse to go on with numbers that grew beyond their dtype: they would end as NaN."""
    for x in results:
        if not _all_finite(x):
            raise ValueError(
                f"the numbers became too large for {x.dtype} on the way: "
                "make the input or the parameters smaller, or use a wider dtype"
            )


def softmax_naive(scores, dim=-1):
    """Turn scores into positive weights that sum to one, by the formula as it stands.

    Overflows to NaN where a score exceeds about 88 in float32; `torch.softmax` does not.

    Args:
        scores: (..., S), floating point, no unit.
        dim: the axis along which the weights sum to one.

    Returns:
        weights: shape and dtype of `scores`; shares of one.

    Raises:
        TypeError: `scores` is not a tensor of real numbers.
        ValueError: `scores` is empty or holds NaN, or has no axis `dim`.

    Source: Bridle 1990, Training Stochastic Model Recognition Algorithms as Networks,
        section 2 (the normalised exponential).
    """
    _check_scores(scores, dim)
    exponentials = torch.exp(scores)  # (..., S)
    return exponentials / exponentials.sum(dim=dim, keepdim=True)  # (..., S)


def simple_self_attention(x):
    """Return one context vector per token, by dot products alone: no trained weights.

    Args:
        x: (T, D) or (B, T, D), floating point: one embedding per token, no unit.

    Returns:
        context vectors: shape and dtype of `x`; each a weighted mean of the tokens.

    Raises:
        TypeError: `x` is not a tensor of real numbers.
        ValueError: `x` has another number of dimensions, is empty, or holds NaN or infinity.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1, with Q = K = V = x and
        without the scale; Luong et al. 2015, Effective Approaches to Attention-based Neural
        Machine Translation, eq. 7 and 8 (dot score).
    """
    _check_tokens(x)
    scores = x @ x.transpose(-2, -1)  # (T, T)
    weights = torch.softmax(scores, dim=-1)  # (T, T)
    _check_overflow(weights)
    return weights @ x  # (T, D)


class SelfAttentionV1(nn.Module):
    """Self-attention with three trainable matrices, held as plain parameters.

    Args:
        d_in: width of a token embedding.
        d_out: width of a query, key and value.
        init: draws the numbers of a matrix of the given sizes; readers of other material
            will know the draws of `torch.randn` and of `torch.rand`.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1.
    """

    def __init__(self, d_in, d_out, init=torch.randn):
        _check_sizes(d_in=d_in, d_out=d_out)
        super().__init__()
        self.W_query = nn.Parameter(init(d_in, d_out))  # (d_in, d_out)
        self.W_key = nn.Parameter(init(d_in, d_out))  # (d_in, d_out)
        self.W_value = nn.Parameter(init(d_in, d_out))  # (d_in, d_out)

    def forward(self, x):
        """Return one context vector per token.

        Args:
            x: (T, d_in) or (B, T, d_in), dtype of the parameters, no unit.

        Returns:
            context vectors: (T, d_out) or (B, T, d_out), same dtype.

        Raises:
            TypeError: `x` is not a tensor of real numbers, or of another dtype.
            ValueError: `x` has another shape, is empty, or holds NaN or infinity,
                or its numbers outgrow their dtype on the way.
        """
        _check_tokens(x, self.W_query)
        queries = x @ self.W_query  # (T, d_out)
        keys = x @ self.W_key  # (T, d_out)
        values = x @ self.W_value  # (T, d_out)
        scores = queries @ keys.transpose(-2, -1)  # (T, T)
        weights = torch.softmax(scores / keys.shape[-1] ** 0.5, dim=-1)  # (T, T)
        _check_overflow(weights, values)
        return weights @ values  # (T, d_out)


class SelfAttentionV2(nn.Module):
    """Self-attention with three `nn.Linear` maps, which hold their matrices transposed.

    Args:
        d_in: width of a token embedding.
        d_out: width of a query, key and value.
        qkv_bias: whether the three maps add a bias.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1.
    """

    def __init__(self, d_in, d_out, qkv_bias=False):
        _check_sizes(d_in=d_in, d_out=d_out)
        super().__init__()
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)

    def forward(self, x):
        """Return one context vector per token.

        Args:
            x: (T, d_in) or (B, T, d_in), dtype of the parameters, no unit.

        Returns:
            context vectors: (T, d_out) or (B, T, d_out), same dtype.

        Raises:
            TypeError: `x` is not a tensor of real numbers, or of another dtype.
            ValueError: `x` has another shape, is empty, or holds NaN or infinity,
                or its numbers outgrow their dtype on the way.
        """
        _check_tokens(x, self.W_query)
        queries = self.W_query(x)  # (T, d_out)
        keys = self.W_key(x)  # (T, d_out)
        values = self.W_value(x)  # (T, d_out)
        scores = queries @ keys.transpose(-2, -1)  # (T, T)
        weights = torch.softmax(scores / keys.shape[-1] ** 0.5, dim=-1)  # (T, T)
        _check_overflow(weights, values)
        return weights @ values  # (T, d_out)


class CausalAttention(nn.Module):
    """Self-attention in which no token sees a later one.

    Args:
        d_in: width of a token embedding.
        d_out: width of a query, key and value.
        context_length: the largest number of tokens.
        dropout: the share of weights set to zero in training, at least 0 and below 1.
        qkv_bias: whether the three maps add a bias.

    Raises:
        TypeError: a size is not an int, or `dropout` is not a number.
        ValueError: a size is not positive, or `dropout` lies outside its range.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1 and section 3.2.3 (masking).
    """

    def __init__(self, d_in, d_out, context_length, dropout, qkv_bias=False):
        _check_sizes(d_in=d_in, d_out=d_out, context_length=context_length)
        _check_dropout(dropout)
        super().__init__()
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.dropout = nn.Dropout(dropout)
        future = torch.ones(context_length, context_length, dtype=torch.bool).triu(diagonal=1)
        self.register_buffer("mask", future)  # True = hide

    def forward(self, x):
        """Return one context vector per token, each from its own and earlier tokens.

        Args:
            x: (T, d_in) or (B, T, d_in), dtype of the parameters, no unit.

        Returns:
            context vectors: (T, d_out) or (B, T, d_out), same dtype.

        Raises:
            TypeError: `x` is not a tensor of real numbers, or of another dtype.
            ValueError: `x` has another shape or more than `context_length` tokens, is empty,
                holds NaN or infinity, or its numbers outgrow their dtype on the way.
        """
        _check_tokens(x, self.W_query, len(self.mask))
        T = x.shape[-2]
        queries = self.W_query(x)  # (B, T, d_out)
        keys = self.W_key(x)  # (B, T, d_out)
        values = self.W_value(x)  # (B, T, d_out)
        scores = queries @ keys.transpose(-2, -1)  # (B, T, T)
        scores = scores.masked_fill(self.mask[:T, :T], -torch.inf)  # (B, T, T)
        weights = torch.softmax(scores / keys.shape[-1] ** 0.5, dim=-1)  # (B, T, T)
        _check_overflow(weights, values)
        return self.dropout(weights) @ values  # (B, T, d_out)


class MultiHeadAttentionWrapper(nn.Module):
    """Several causal heads side by side, their context vectors joined end to end.

    Args:
        d_in: width of a token embedding.
        d_out: width of one head; the output is `num_heads * d_out` wide.
        context_length: the largest number of tokens.
        dropout: the share of weights set to zero in training, at least 0 and below 1.
        num_heads: number of heads.
        qkv_bias: whether the maps of each head add a bias.

    Raises:
        TypeError: a size is not an int, or `dropout` is not a number.
        ValueError: a size is not positive, or `dropout` lies outside its range.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2, without W^O.
    """

    def __init__(self, d_in, d_out, context_length, dropout, num_heads, qkv_bias=False):
        _check_sizes(num_heads=num_heads)
        super().__init__()
        self.heads = nn.ModuleList(
            CausalAttention(d_in, d_out, context_length, dropout, qkv_bias)
            for _ in range(num_heads)
        )

    def forward(self, x):
        """Return one context vector per token, the heads' vectors end to end.

        Args:
            x: (T, d_in) or (B, T, d_in), dtype of the parameters, no unit.

        Returns:
            context vectors: (T, num_heads * d_out) or (B, T, num_heads * d_out), same dtype.

        Raises:
            TypeError, ValueError: as `CausalAttention.forward`.
        """
        return torch.cat([head(x) for head in self.heads], dim=-1)  # (B, T, H * d_out)


class MultiHeadAttention(nn.Module):
    """Multi-head attention: one set of matrices, split over the heads.

    Args:
        d_in: width of a token embedding.
        d_out: width of the output; each head has `d_out // num_heads` of it.
        context_length: the largest number of tokens.
        dropout: the share of weights set to zero in training, at least 0 and below 1.
        num_heads: number of heads; it must divide `d_out`.
        qkv_bias: whether the maps to queries, keys and values add a bias.
        causal: whether later tokens are hidden. If not, there is no buffer `mask`.

    Raises:
        TypeError: a size is not an int, or `dropout` is not a number.
        ValueError: a size is not positive, `num_heads` does not divide `d_out`, or `dropout`
            lies outside its range.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1 and section 3.2.2.
    """

    def __init__(
        self, d_in, d_out, context_length, dropout, num_heads, qkv_bias=False, causal=True
    ):
        _check_sizes(d_in=d_in, d_out=d_out, context_length=context_length, num_heads=num_heads)
        _check_heads(d_out, num_heads)
        _check_dropout(dropout)
        super().__init__()
        self.context_length = context_length
        self.num_heads = num_heads
        self.d_head = d_out // num_heads
        self.causal = causal
        self.W_query = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_key = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.W_value = nn.Linear(d_in, d_out, bias=qkv_bias)
        self.out_proj = nn.Linear(d_out, d_out)
        self.dropout = nn.Dropout(dropout)
        future = torch.ones(context_length, context_length, dtype=torch.bool).triu(diagonal=1)
        self.register_buffer("mask", future if causal else None)  # True = hide

    def split(self, x):
        """Give each head its share of the width: (B, T, d_out) -> (B, H, T, d_head)."""
        B, T, _ = x.shape
        return x.view(B, T, self.num_heads, self.d_head).transpose(1, 2)  # (B, H, T, d_head)

    def attend(self, queries, keys, values):
        """Return the heads' context vectors and their weights, step by step.

        Args:
            queries, keys, values: (B, H, T, d_head), same dtype.

        Returns:
            context vectors: (B, H, T, d_head).
            weights: (B, H, T, S), before dropout, each row summing to one.
        """
        T = queries.shape[-2]
        scores = queries / self.d_head**0.5 @ keys.transpose(-2, -1)  # (B, H, T, S)
        if self.causal:
            scores = scores.masked_fill(self.mask[:T, :T], -torch.inf)  # (B, H, T, S)
        weights = torch.softmax(scores, dim=-1)  # (B, H, T, S)
        return self.dropout(weights) @ values, weights  # (B, H, T, d_head), (B, H, T, S)

    def forward(self, x, return_weights=False):
        """Return one output vector per token and, if asked, the weights of every head.

        Without weights the fused kernel of torch computes the same output, faster; second
        derivatives, which that kernel may lack, come with the weights.

        Args:
            x: (B, T, d_in), dtype of the parameters, no unit.
            return_weights: whether to compute step by step and return the weights too.

        Returns:
            output: (B, T, d_out), same dtype.
            weights: (B, H, T, S), before dropout; only if `return_weights`.

        Raises:
            TypeError: `x` is not a tensor of real numbers, or of another dtype.
            ValueError: `x` has another shape or more than `context_length` tokens, is empty,
                holds NaN or infinity, or its numbers outgrow their dtype on the way.
        """
        _check_tokens(x, self.W_query, self.context_length, ["(B, T, d_in)"])
        queries = self.split(self.W_query(x))  # (B, H, T, d_head)
        keys = self.split(self.W_key(x))  # (B, H, S, d_head)
        values = self.split(self.W_value(x))  # (B, H, S, d_head)
        if return_weights:
            heads, weights = self.attend(queries, keys, values)
        else:
            dropout = self.dropout.p if self.training else 0.0
            heads = F.scaled_dot_product_attention(
                queries, keys, values, is_causal=self.causal, dropout_p=dropout
            )  # (B, H, T, d_head)
        output = self.out_proj(heads.transpose(1, 2).flatten(2))  # (B, T, d_out)
        _check_overflow(output)
        return (output, weights) if return_weights else output

"""From the dot product to multi-head attention, as chapter 10 derives them."""

import math

from helpers.pure.checks import (
    _check_finite,
    _check_heads,
    _check_joinable,
    _check_matrix,
    _check_out,
    _check_pair,
    _check_product,
    _check_projections,
    _check_qkv,
    _check_tokens,
    _check_vector,
)


def dot(x, y):
    """Return the dot product of two vectors.

    Args:
        x, y: d numbers each, no unit.

    Returns:
        A float, no unit.

    Raises:
        TypeError: `x` or `y` is not a list of numbers.
        ValueError: their lengths differ, one is empty or holds NaN or infinity, or the result
            is larger than a float can be.

    Source: the dot-product score of Luong et al. 2015, Effective Approaches to
        Attention-based Neural Machine Translation, eq. 8.
    """
    _check_pair(x, y)
    total = 0.0
    for a, b in zip(x, y, strict=True):
        total += a * b
    _check_finite(total, "the dot product")
    return total


def softmax(scores):
    """Turn scores of any size into weights that sum to one.

    Args:
        scores: n numbers, no unit.

    Returns:
        n floats of at least 0, shares of one.

    Raises:
        TypeError: `scores` is not a list of numbers.
        ValueError: `scores` is empty or holds NaN or infinity.

    Source: Bridle 1990, Training Stochastic Model Recognition Algorithms as Networks,
        section 2 (the normalised exponential).
    """
    _check_vector(scores, "scores")
    largest = max(scores)
    exponentials = [math.exp(score - largest) for score in scores]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]


def attention_scores(tokens):
    """Return the dot product of every token with every token.

    Args:
        tokens: n vectors of d numbers, no unit.

    Returns:
        n rows (queries) of n floats (keys), no unit.

    Raises:
        TypeError: `tokens` is not a list of lists of numbers.
        ValueError: `tokens` is empty or ragged, or holds NaN or infinity, or a score is larger
            than a float can be.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1: Q K^T with Q = K = tokens.
    """
    _check_tokens(tokens)
    return [[dot(query, key) for key in tokens] for query in tokens]


def attention_weights(tokens):
    """Return the share that every token takes of every token.

    Args:
        tokens: n vectors of d numbers, no unit.

    Returns:
        n rows (queries) of n floats (keys); each row sums to one.

    Raises:
        TypeError, ValueError: as `attention_scores`.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1: softmax(Q K^T), no scale.
    """
    return [softmax(scores) for scores in attention_scores(tokens)]


def transpose(matrix):
    """Return the matrix whose rows are the columns of `matrix`.

    Args:
        matrix: n rows of d numbers.

    Returns:
        d rows of n numbers.

    Raises:
        TypeError: `matrix` is not a list of lists of numbers.
        ValueError: `matrix` is empty or ragged, or holds NaN or infinity.
    """
    _check_matrix(matrix, "matrix")
    return [list(column) for column in zip(*matrix, strict=True)]


def matmul(a, b):
    """Return the matrix product of `a` and `b`.

    Args:
        a: n rows of m numbers.
        b: m rows of d numbers.

    Returns:
        n rows of d floats.

    Raises:
        TypeError: `a` or `b` is not a list of lists of numbers.
        ValueError: the shapes do not fit, one is empty or ragged, or holds NaN or infinity, or
            a result is larger than a float can be.
    """
    _check_product(a, b)
    columns = transpose(b)
    return [[dot(row, column) for column in columns] for row in a]


def context_vectors(tokens):
    """Return one context vector per token: the weighted sum of all tokens.

    Args:
        tokens: n vectors of d numbers, no unit.

    Returns:
        n vectors of d floats, in the unit of `tokens`.

    Raises:
        TypeError, ValueError: as `attention_scores`.

    Source: Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and
        Translate, eq. 5 (the context vector); Vaswani et al. 2017, eq. 1, with Q = K = V.
    """
    return matmul(attention_weights(tokens), tokens)


def attend(queries, keys, values, causal=False):
    """Return the context vectors of one head, and its weights.

    Args:
        queries: n vectors of d_k numbers, no unit.
        keys: m vectors of d_k numbers, no unit.
        values: m vectors of d_v numbers.
        causal: whether a query sees no key that comes after it; then m = n.

    Returns:
        context vectors: n rows of d_v floats, in the unit of `values`.
        weights: n rows (queries) of m floats (keys); each row sums to one.

    Raises:
        TypeError: one is not a list of lists of numbers.
        ValueError: the shapes do not fit, one is empty or ragged or holds NaN or infinity, or
            a score is larger than a float can be.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1 and section 3.2.3 (masking).
    """
    _check_qkv(queries, keys, values, causal)
    scale = math.sqrt(len(keys[0]))
    weights = []
    for i, query in enumerate(queries):
        visible = keys[: i + 1] if causal else keys
        scores = [dot(query, key) / scale for key in visible]
        hidden = [0.0] * (len(keys) - len(visible))
        weights.append(softmax(scores) + hidden)
    return matmul(weights, values), weights


def self_attention(tokens, W_query, W_key, W_value, causal=False):
    """Return one context vector per token, by one head with trainable matrices.

    Args:
        tokens: n vectors of d_in numbers, no unit.
        W_query, W_key: d_in rows of d_k numbers.
        W_value: d_in rows of d_v numbers.
        causal: whether a token sees no later one.

    Returns:
        n vectors of d_v floats, no unit.

    Raises:
        TypeError: an argument is not a list of lists of numbers.
        ValueError: the shapes do not fit, an argument is empty or ragged or holds NaN or
            infinity, or a result is larger than a float can be.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1.
    """
    _check_projections(tokens, W_query=W_query, W_key=W_key, W_value=W_value)
    matrices = (W_query, W_key, W_value)
    queries, keys, values = [matmul(tokens, W) for W in matrices]
    contexts, _weights = attend(queries, keys, values, causal)
    return contexts


def split_heads(vectors, num_heads):
    """Cut every vector into equal pieces, one for each head.

    Args:
        vectors: n vectors of d numbers.
        num_heads: number of heads; it must divide d.

    Returns:
        num_heads matrices of n rows with d / num_heads numbers.

    Raises:
        TypeError: `vectors` is not a list of lists of numbers, or `num_heads` not an int.
        ValueError: `num_heads` does not divide d; `vectors` is empty or ragged, or holds NaN
            or infinity.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2.
    """
    _check_heads(vectors, num_heads)
    width = len(vectors[0]) // num_heads
    starts = range(0, num_heads * width, width)
    return [[vector[s : s + width] for vector in vectors] for s in starts]


def join_heads(heads):
    """Put the vectors of all heads end to end: undo `split_heads`.

    Args:
        heads: matrices of n rows each.

    Returns:
        n vectors, as wide as all heads together.

    Raises:
        TypeError: `heads` is not a list of matrices.
        ValueError: it is empty, or the matrices differ in their number of rows, are empty or
            ragged, or hold NaN or infinity.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2 (Concat).
    """
    _check_joinable(heads)
    rows = zip(*heads, strict=True)
    return [[number for part in row for number in part] for row in rows]


def multi_head_attention(tokens, W_query, W_key, W_value, W_out, num_heads, causal=False):
    """Return one output vector per token, by several heads that share the width.

    Args:
        tokens: n vectors of d_in numbers, no unit.
        W_query, W_key: d_in rows of H * d_k numbers, a block of d_k columns for each head.
        W_value: d_in rows of H * d_v numbers.
        W_out: H * d_v rows of d_out numbers.
        num_heads: number of heads, H.
        causal: whether a token sees no later one.

    Returns:
        n vectors of d_out floats, no unit.

    Raises:
        TypeError: an argument is not a list of lists of numbers, or `num_heads` not an int.
        ValueError: the shapes do not fit, `num_heads` does not divide a width, an argument is
            empty or ragged or holds NaN or infinity, or a result is larger than a float can be.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2.
    """
    _check_projections(tokens, W_query=W_query, W_key=W_key, W_value=W_value)
    _check_heads(W_query, num_heads, "W_query")
    _check_heads(W_value, num_heads, "W_value")
    _check_out(W_out, W_value)
    matrices = (W_query, W_key, W_value)
    qkv = [split_heads(matmul(tokens, W), num_heads) for W in matrices]
    heads = [attend(*head, causal)[0] for head in zip(*qkv, strict=True)]
    return matmul(join_heads(heads), W_out)

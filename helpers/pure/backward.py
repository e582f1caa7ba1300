"""The gradients of softmax and of attention, as chapter 11 derives them.

`gradient` is always the gradient of one number, the loss, with respect to a result: a number
for each number of the result, saying how much the loss rises when that number rises by a
little. What comes back says the same for the arguments.
"""

import math

from helpers.pure.checks import (
    _check_attended,
    _check_gradient,
    _check_heads,
    _check_named,
    _check_out,
    _check_product,
    _check_projections,
    _check_sum,
    _check_weights_and_gradient,
)
from helpers.pure.forward import attend, dot, join_heads, matmul, split_heads, transpose


def softmax_backward(weights, gradient):
    """Return the gradient of a row of scores, given that of the weights made from it.

    Args:
        weights: n shares of one, a result of `softmax`.
        gradient: n numbers, the gradient of the loss with respect to the weights.

    Returns:
        n floats, the gradient with respect to the scores; they sum to zero.

    Raises:
        TypeError: an argument is not a list of numbers.
        ValueError: the lengths differ, the weights are no shares of one, or a number is not
            finite.

    Source: Goodfellow, Bengio and Courville 2016, Deep Learning, section 6.5 (backpropagation);
        Bridle 1990, section 2 (the derivative of the normalised exponential).
    """
    _check_weights_and_gradient(weights, gradient)
    mean = dot(weights, gradient)
    pairs = zip(weights, gradient, strict=True)
    return [w * (g - mean) for w, g in pairs]


def matmul_backward(a, b, gradient):
    """Return the gradients of the two factors of a matrix product.

    Args:
        a: n rows of m numbers.
        b: m rows of d numbers.
        gradient: n rows of d numbers, the gradient with respect to the product.

    Returns:
        The gradient with respect to `a`, n rows of m floats, and to `b`, m rows of d floats.

    Raises:
        TypeError: an argument is not a list of lists of numbers.
        ValueError: the shapes do not fit, or a number is not finite.

    Source: Goodfellow, Bengio and Courville 2016, Deep Learning, section 6.5.6.
    """
    _check_product(a, b)
    _check_gradient(gradient, len(a), len(b[0]))
    grad_a = matmul(gradient, transpose(b))
    grad_b = matmul(transpose(a), gradient)
    return grad_a, grad_b


def attend_backward(queries, keys, values, weights, gradient):
    """Return the gradients of the queries, keys and values of one head.

    A hidden key has the weight 0, and a weight of 0 passes nothing on: so the mask needs no
    step of its own here.

    Args:
        queries: n vectors of d_k numbers.
        keys: m vectors of d_k numbers.
        values: m vectors of d_v numbers.
        weights: n rows of m numbers, the weights that `attend` returned for them.
        gradient: n rows of d_v numbers, the gradient with respect to the context vectors.

    Returns:
        Three matrices in the shapes of `queries`, `keys` and `values`.

    Raises:
        TypeError: an argument is not a list of lists of numbers.
        ValueError: the shapes do not fit, a row of weights is no shares of one, or a number is
            not finite.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1, differentiated.
    """
    _check_attended(queries, keys, values, weights)
    scale = math.sqrt(len(keys[0]))
    grad_weights, grad_values = matmul_backward(weights, values, gradient)
    grad_scores = []
    for row in zip(weights, grad_weights, strict=True):
        grad_scores.append([g / scale for g in softmax_backward(*row)])
    factors = queries, transpose(keys)
    grad_queries, grad_columns = matmul_backward(*factors, grad_scores)
    return grad_queries, transpose(grad_columns), grad_values


def add(a, b):
    """Return the sum of two matrices of one shape, number by number.

    Raises:
        TypeError: `a` or `b` is not a list of lists of numbers.
        ValueError: the shapes differ, one is empty or ragged or holds NaN or infinity, or a sum
            is larger than a float can be.
    """
    _check_sum(a, b)
    rows = zip(a, b, strict=True)
    return [[x + y for x, y in zip(*row, strict=True)] for row in rows]


def projections_backward(tokens, matrices, gradients):
    """Return the gradients of several matrices, and of the tokens that all of them project.

    Args:
        tokens: n vectors of d_in numbers.
        matrices: name -> d_in rows of numbers.
        gradients: the same names -> the gradient with respect to `tokens @ matrix`.

    Returns:
        A dict: the gradient of each matrix by its name, and "tokens", in which the paths
        through all the matrices are added up.

    Raises:
        TypeError: `matrices` or `gradients` is not a dict, or holds other things than matrices.
        ValueError: names or shapes do not fit, or a number is not finite.
    """
    _check_named(tokens, matrices, gradients)
    found = {"tokens": [[0.0] * len(token) for token in tokens]}
    for name, W in matrices.items():
        path, found[name] = matmul_backward(tokens, W, gradients[name])
        found["tokens"] = add(found["tokens"], path)
    return found


def self_attention_backward(tokens, W_query, W_key, W_value, gradient, causal=False):
    """Return the gradients of everything that goes into `self_attention`.

    Args:
        tokens, W_query, W_key, W_value, causal: as `self_attention` takes them.
        gradient: n rows of d_v numbers, the gradient with respect to its result.

    Returns:
        A dict with "tokens", "W_query", "W_key" and "W_value", each in the shape of that
        argument.

    Raises:
        TypeError, ValueError: as `self_attention`, or `gradient` has not the result's shape.

    Source: Vaswani et al. 2017, Attention Is All You Need, eq. 1, differentiated.
    """
    _check_projections(tokens, W_query=W_query, W_key=W_key, W_value=W_value)
    matrices = {"W_query": W_query, "W_key": W_key, "W_value": W_value}
    qkv = [matmul(tokens, W) for W in matrices.values()]
    _contexts, weights = attend(*qkv, causal)
    grad_qkv = attend_backward(*qkv, weights, gradient)
    gradients = dict(zip(matrices, grad_qkv, strict=True))
    return projections_backward(tokens, matrices, gradients)


def multi_head_attention_backward(
    tokens, W_query, W_key, W_value, W_out, num_heads, gradient, causal=False
):
    """Return the gradients of everything that goes into `multi_head_attention`.

    Args:
        tokens, W_query, W_key, W_value, W_out, num_heads, causal: as `multi_head_attention`
            takes them.
        gradient: n rows of d_out numbers, the gradient with respect to its result.

    Returns:
        A dict with "tokens", "W_query", "W_key", "W_value" and "W_out", each in the shape of
        that argument.

    Raises:
        TypeError, ValueError: as `multi_head_attention`, or `gradient` has not the result's
            shape.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.2, differentiated.
    """
    _check_projections(tokens, W_query=W_query, W_key=W_key, W_value=W_value)
    _check_heads(W_query, num_heads, "W_query")
    _check_heads(W_value, num_heads, "W_value")
    _check_out(W_out, W_value)
    matrices = {"W_query": W_query, "W_key": W_key, "W_value": W_value}
    wide = [matmul(tokens, W) for W in matrices.values()]
    qkv = [split_heads(vectors, num_heads) for vectors in wide]
    attended = [attend(*head, causal) for head in zip(*qkv, strict=True)]
    heads, weights = zip(*attended, strict=True)
    joined = join_heads(heads)
    grad_joined, grad_out = matmul_backward(joined, W_out, gradient)
    pieces = split_heads(grad_joined, num_heads)
    each = zip(*qkv, weights, pieces, strict=True)
    grad_heads = [attend_backward(*head) for head in each]
    grad_qkv = zip(*grad_heads, strict=True)
    grad_wide = map(join_heads, grad_qkv)
    gradients = dict(zip(matrices, grad_wide, strict=True))
    found = projections_backward(tokens, matrices, gradients)
    return found | {"W_out": grad_out}

"""What the functions of this package refuse, and how they say so."""

import math

_LARGEST = math.nextafter(math.inf, 0)  # the largest float
_LARGEST_INT = 10**150  # the product of two ints is one that a float can hold


def _check_vector(vector, name):
    """Refuse what is not a non-empty list of finite numbers."""
    if not isinstance(vector, list | tuple):
        raise TypeError(f"expected {name} to be a list of numbers; got {type(vector).__name__}")
    if not vector:
        raise ValueError(f"expected {name} to hold at least one number; got an empty list")
    for position, number in enumerate(vector):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise TypeError(f"expected numbers in {name}; got {number!r} at position {position}")
        if not abs(number) <= _LARGEST:  # NaN fails every comparison
            raise ValueError(
                f"expected finite numbers in {name}; got {number} at position {position}"
            )
        if isinstance(number, int) and abs(number) > _LARGEST_INT:
            raise ValueError(
                f"expected ints of at most 150 digits in {name}; got more at position {position}"
            )


def _check_rows(rows, name, row):
    """Refuse what is not a non-empty list of vectors of one length; `row` names them."""
    kind = row.partition(" ")[0]
    if not isinstance(rows, list | tuple):
        raise TypeError(f"expected {name} to be a list of lists; got {type(rows).__name__}")
    if not rows:
        raise ValueError(f"expected {name} to hold at least one {kind}; got an empty list")
    for position, vector in enumerate(rows):
        _check_vector(vector, row.format(position))
        if len(vector) != len(rows[0]):
            raise ValueError(
                f"expected {kind}s of equal length; got {len(rows[0])} numbers in "
                f"{row.format(0)} and {len(vector)} in {row.format(position)}"
            )


def _check_matrix(matrix, name):
    """Refuse what is not a non-empty list of rows of one length."""
    _check_rows(matrix, name, f"row {{}} of {name}")


def _check_tokens(tokens):
    """Refuse what is not a non-empty list of token vectors of one length."""
    _check_rows(tokens, "tokens", "token {}")


def _check_pair(x, y):
    """Refuse two vectors that have no dot product."""
    _check_vector(x, "x")
    _check_vector(y, "y")
    if len(x) != len(y):
        raise ValueError(f"expected vectors of equal length; got lengths {len(x)} and {len(y)}")


def _check_finite(number, name):
    """Refuse a result that has left the range of a float."""
    if not abs(number) <= _LARGEST:
        raise ValueError(f"expected {name} within the range of a float; got {number}")


def _check_product(a, b):
    """Refuse two matrices that have no product."""
    _check_matrix(a, "a")
    _check_matrix(b, "b")
    if len(a[0]) != len(b):
        raise ValueError(
            f"expected a row of a to be as long as a column of b; got {_shape(a)} and {_shape(b)}"
        )


def _check_sum(a, b):
    """Refuse two matrices that have no sum, or none that floats can hold."""
    _check_matrix(a, "a")
    _check_matrix(b, "b")
    if _shape(a) != _shape(b):
        raise ValueError(f"expected matrices of one shape; got {_shape(a)} and {_shape(b)}")
    for rows in zip(a, b, strict=True):
        for x, y in zip(*rows, strict=True):
            _check_finite(x + y, "the sum")


def _check_qkv(queries, keys, values, causal):
    """Refuse queries, keys and values that do not belong together."""
    _check_matrix(queries, "queries")
    _check_matrix(keys, "keys")
    _check_matrix(values, "values")
    if len(queries[0]) != len(keys[0]):
        raise ValueError(
            f"expected queries and keys of one width; got {len(queries[0])} and {len(keys[0])}"
        )
    if len(keys) != len(values):
        raise ValueError(f"expected a value for each key; got {len(values)} and {len(keys)}")
    if causal and len(queries) != len(keys):
        raise ValueError(
            "expected as many queries as keys where later tokens are hidden; "
            f"got {len(queries)} and {len(keys)}"
        )


def _check_projections(tokens, **matrices):
    """Refuse tokens and matrices that `tokens @ W` cannot multiply."""
    _check_tokens(tokens)
    for name, matrix in matrices.items():
        _check_matrix(matrix, name)
        if len(matrix) != len(tokens[0]):
            raise ValueError(
                f"expected {len(tokens[0])} rows in {name}, one for each number of a token; "
                f"got {_shape(matrix)}"
            )
    query, key = matrices["W_query"], matrices["W_key"]
    if len(query[0]) != len(key[0]):
        raise ValueError(
            f"expected W_query and W_key of one shape; got {_shape(query)} and {_shape(key)}"
        )


def _check_heads(vectors, num_heads, name="vectors"):
    """Refuse a number of heads that does not divide the width of the vectors."""
    _check_matrix(vectors, name)
    if isinstance(num_heads, bool) or not isinstance(num_heads, int):
        raise TypeError(f"expected num_heads to be an int; got {num_heads!r}")
    if num_heads < 1 or len(vectors[0]) % num_heads:
        raise ValueError(
            f"expected num_heads to divide the width of {name}; "
            f"got num_heads={num_heads} and width {len(vectors[0])}"
        )


def _check_joinable(heads):
    """Refuse what is not a non-empty list of matrices with equally many rows."""
    if not isinstance(heads, list | tuple):
        raise TypeError(f"expected heads to be a list of matrices; got {type(heads).__name__}")
    if not heads:
        raise ValueError("expected at least one head; got an empty list")
    for position, head in enumerate(heads):
        _check_matrix(head, f"head {position}")
        if len(head) != len(heads[0]):
            raise ValueError(
                f"expected heads with equally many rows; got {len(heads[0])} in head 0 "
                f"and {len(head)} in head {position}"
            )


def _check_out(matrix, W_value):
    """Refuse an output matrix that does not take what the heads give."""
    _check_matrix(matrix, "W_out")
    if len(matrix) != len(W_value[0]):
        raise ValueError(
            f"expected {len(W_value[0])} rows in W_out, one for each column of W_value; "
            f"got {_shape(matrix)}"
        )


def _check_gradient(gradient, rows, columns):
    """Refuse a gradient that has not the shape of what it is the gradient of."""
    _check_matrix(gradient, "gradient")
    if _shape(gradient) != (rows, columns):
        raise ValueError(
            f"expected gradient in the shape of the output, {(rows, columns)}; "
            f"got {_shape(gradient)}"
        )


def _check_weights(weights):
    """Refuse what no softmax returns. Shares rounded to a few decimals are welcome."""
    _check_vector(weights, "weights")
    total = sum(weights)
    if min(weights) < 0 or abs(total - 1) > 1e-3:
        raise ValueError(
            f"expected weights of at least 0 that sum to 1; got the smallest {min(weights)} "
            f"and the sum {total}"
        )


def _check_weights_and_gradient(weights, gradient):
    """Refuse weights and a gradient that do not belong together."""
    _check_weights(weights)
    _check_vector(gradient, "gradient")
    if len(weights) != len(gradient):
        raise ValueError(
            "expected one number of gradient for each weight; "
            f"got {len(gradient)} and {len(weights)}"
        )
    _check_finite(max(gradient) - min(gradient), "the differences in gradient")


def _check_attended(queries, keys, values, weights):
    """Refuse weights that do not belong to these queries, keys and values."""
    _check_qkv(queries, keys, values, causal=False)
    _check_matrix(weights, "weights")
    if _shape(weights) != (len(queries), len(keys)):
        raise ValueError(
            f"expected weights of shape {(len(queries), len(keys))}, queries by keys; "
            f"got {_shape(weights)}"
        )


def _check_named(tokens, matrices, gradients):
    """Refuse projections whose gradients have other names."""
    if not isinstance(matrices, dict) or not isinstance(gradients, dict):
        raise TypeError(
            "expected matrices and gradients as dicts; "
            f"got {type(matrices).__name__} and {type(gradients).__name__}"
        )
    if set(matrices) != set(gradients) or not matrices:
        raise ValueError(
            f"expected a gradient for each matrix; got {sorted(gradients)} for {sorted(matrices)}"
        )
    _check_tokens(tokens)
    for name, matrix in matrices.items():
        _check_matrix(matrix, name)


def _shape(matrix):
    return len(matrix), len(matrix[0])

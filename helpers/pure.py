"""Self-attention with lists and the `math` module alone: no other library.

A vector is a list of numbers; `tokens` is a list of vectors of one length. n counts the
tokens, d their numbers. Results are Python floats (float64).

Each function is the one that chapter 04 derives; the package adds docstrings and the calls
to the `_check_...` functions, which refuse bad input.
"""

import math

_LARGEST = math.nextafter(math.inf, 0)  # the largest float


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


def _check_pair(x, y):
    """Refuse two vectors that have no dot product."""
    _check_vector(x, "x")
    _check_vector(y, "y")
    if len(x) != len(y):
        raise ValueError(f"expected vectors of equal length; got lengths {len(x)} and {len(y)}")


def _check_tokens(tokens):
    """Refuse what is not a non-empty list of vectors of one length."""
    if not isinstance(tokens, list | tuple):
        raise TypeError(f"expected tokens to be a list of lists; got {type(tokens).__name__}")
    if not tokens:
        raise ValueError("expected at least one token; got an empty list")
    for position, token in enumerate(tokens):
        _check_vector(token, f"token {position}")
        if len(token) != len(tokens[0]):
            raise ValueError(
                f"expected tokens of equal length; got {len(tokens[0])} numbers in token 0 "
                f"and {len(token)} in token {position}"
            )


def dot(x, y):
    """Return the dot product of two vectors.

    Args:
        x, y: d numbers each, no unit.

    Returns:
        A float, no unit.

    Raises:
        TypeError: `x` or `y` is not a list of numbers.
        ValueError: their lengths differ, or one is empty or holds NaN or infinity.

    Source: the dot-product score of Luong et al. 2015, Effective Approaches to
        Attention-based Neural Machine Translation, eq. 8.
    """
    _check_pair(x, y)
    total = 0.0
    for a, b in zip(x, y, strict=True):
        total += a * b
    return total


def softmax(scores):
    """Turn scores of any size into positive weights that sum to one.

    Args:
        scores: n numbers, no unit.

    Returns:
        n floats, shares of one.

    Raises:
        TypeError: `scores` is not a list of numbers.
        ValueError: `scores` is empty or holds NaN or infinity.

    Source: Bridle 1990, Training Stochastic Model Recognition Algorithms as Networks,
        section 2 (the normalised exponential).
    """
    _check_vector(scores, "scores")
    peak = max(scores)
    shift = peak if abs(peak) > 500 else 0.0  # math.exp overflows above 709
    exponentials = [math.exp(score - shift) for score in scores]
    total = 0.0  # not sum(), which rounds differently from Python 3.12 on
    for exponential in exponentials:
        total += exponential
    return [exponential / total for exponential in exponentials]


def attention_scores(tokens):
    """Return the dot product of every token with every token.

    Args:
        tokens: n vectors of d numbers, no unit.

    Returns:
        n rows (queries) of n floats (keys), no unit.

    Raises:
        TypeError: `tokens` is not a list of lists of numbers.
        ValueError: `tokens` is empty or ragged, or holds NaN or infinity.

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
    _check_tokens(tokens)
    columns = list(zip(*tokens, strict=True))
    return [[dot(weights, column) for column in columns] for weights in attention_weights(tokens)]

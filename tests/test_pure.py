"""pure.py against torch, the published digits, and bad input."""

import ast
import inspect
import math
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import pure
from helpers.examples import inputs

few = settings(deadline=None, max_examples=50, derandomize=True)
numbers = st.floats(-1e3, 1e3)
vectors = st.lists(numbers, min_size=1, max_size=8)
sequences = st.integers(1, 6).flatmap(
    lambda d: st.lists(st.lists(numbers, min_size=d, max_size=d), min_size=1, max_size=6)
)
sentence = [[round(number, 2) for number in row] for row in inputs.tolist()]


def close(actual, expected):
    torch.testing.assert_close(
        torch.tensor(actual, dtype=torch.float64), expected, rtol=1e-9, atol=1e-9
    )


def real(values):
    return torch.tensor(values, dtype=torch.float64)


def test_it_imports_math_only():
    tree = ast.parse(inspect.getsource(pure))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import math"]


@few
@given(
    st.integers(1, 8).flatmap(lambda d: st.tuples(*[st.lists(numbers, min_size=d, max_size=d)] * 2))
)
def test_dot_is_torchs(pair):
    x, y = pair
    close(pure.dot(x, y), torch.dot(real(x), real(y)))
    assert pure.dot(x, y) == pure.dot(y, x)


@few
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=8))
def test_softmax_is_torchs_for_scores_of_any_size(scores):
    weights = pure.softmax(scores)
    close(weights, F.softmax(real(scores), dim=0))
    assert math.isclose(math.fsum(weights), 1.0)


@pytest.mark.parametrize("level", [-1e5, -800, -740, -501, -499, 0, 499, 501, 740, 800, 1e5])
def test_softmax_is_stable_on_both_sides_of_its_shift(level):
    close(pure.softmax([level, level - 1, level - 2]), F.softmax(real([2.0, 1.0, 0.0]), dim=0))


def test_softmax_of_many_large_scores():
    assert pure.softmax([500.0] * 4) == [0.25] * 4
    assert pure.softmax([-2000.0, 2000.0]) == [0.0, 1.0]
    assert pure.softmax([7]) == [1.0]


@few
@given(sequences)
def test_every_step_is_torchs(tokens):
    x = real(tokens)
    scores = x @ x.T
    torch.testing.assert_close(real(pure.attention_scores(tokens)), scores)
    weights = F.softmax(real(pure.attention_scores(tokens)), dim=-1)
    close(pure.attention_weights(tokens), weights)
    contexts = pure.context_vectors(tokens)
    torch.testing.assert_close(real(contexts), weights @ x, rtol=1e-9, atol=1e-6)
    assert isinstance(contexts, list)
    assert isinstance(contexts[0], list)
    assert isinstance(contexts[0][0], float)


@few
@given(n=st.integers(1, 12), d=st.integers(1, 12), seed=st.integers(0, 2**31))
def test_context_vectors_are_sdpa_on_random_shapes(n, d, seed):
    torch.manual_seed(seed)
    x = torch.randn(1, n, d, dtype=torch.float64)
    expected = F.scaled_dot_product_attention(x, x, x, scale=1.0)[0]
    close(pure.context_vectors(x[0].tolist()), expected)


def test_the_published_digits_do_not_hang_on_sum():
    """From Python 3.12 on, sum() of floats rounds otherwise than adding one by one."""
    called = {
        node.func.id
        for node in ast.walk(ast.parse(inspect.getsource(pure)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "sum" not in called


def test_whole_numbers_and_tuples_are_welcome():
    assert pure.dot((1, 2), [3, 4]) == 11.0
    assert pure.attention_scores([(1, 0), (0, 2)]) == [[1.0, 0.0], [0.0, 4.0]]


def test_the_tokens_are_left_alone():
    tokens = [list(row) for row in sentence]
    pure.context_vectors(tokens)
    assert tokens == sentence


@pytest.mark.parametrize("call", [pure.softmax, lambda x: pure.dot(x, [1.0, 2.0])])
@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([], ValueError, "at least one number; got an empty list"),
        ([1.0, math.nan], ValueError, "finite numbers in .*; got nan at position 1"),
        ([math.inf, 1.0], ValueError, "finite numbers in .*; got inf at position 0"),
        ([10**400, 1.0], ValueError, "finite numbers in .* at position 0"),
        ([1.0, "2"], TypeError, "expected numbers in .*; got '2' at position 1"),
        ([None, 1.0], TypeError, "got None at position 0"),
        ([True, 1.0], TypeError, "got True at position 0"),
        ([1.0, 2j], TypeError, "got 2j at position 1"),
        ([Fraction(1, 2), 1.0], TypeError, "at position 0"),
        ([[1.0], 1.0], TypeError, r"got \[1\.0\] at position 0"),
        ("12", TypeError, "a list of numbers; got str"),
        (3.0, TypeError, "a list of numbers; got float"),
        (torch.ones(2), TypeError, "a list of numbers; got Tensor"),
    ],
)
def test_bad_vectors_are_refused(call, bad, error, words):
    with pytest.raises(error, match=words):
        call(bad)


def test_vectors_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="equal length; got lengths 2 and 3"):
        pure.dot([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "call", [pure.attention_scores, pure.attention_weights, pure.context_vectors]
)
@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([], ValueError, "at least one token; got an empty list"),
        ([[]], ValueError, "token 0 to hold at least one number"),
        ([[1.0], []], ValueError, "token 1 to hold at least one number"),
        ([[1.0, 2.0], [1.0]], ValueError, "2 numbers in token 0 and 1 in token 1"),
        ([[1.0], [1.0, 2.0]], ValueError, "1 numbers in token 0 and 2 in token 1"),
        ([[1.0], [math.nan]], ValueError, "finite numbers in token 1; got nan at position 0"),
        ([[1.0], ["a"]], TypeError, "numbers in token 1; got 'a' at position 0"),
        ([1.0, 2.0], TypeError, "token 0 to be a list of numbers; got float"),
        (torch.ones(2, 2), TypeError, "a list of lists; got Tensor"),
        (None, TypeError, "a list of lists; got NoneType"),
    ],
)
def test_bad_tokens_are_refused(call, bad, error, words):
    with pytest.raises(error, match=words):
        call(bad)


@pytest.mark.parametrize("call", [pure.attention_weights, pure.context_vectors])
def test_products_too_large_for_a_float_are_refused(call):
    with pytest.raises(ValueError, match="finite numbers in scores; got inf"):
        call([[1e200], [1.0]])

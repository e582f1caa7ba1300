"""helpers.pure, backward: against autograd and finite differences, and bad input."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import CausalAttention, MultiHeadAttention, SelfAttentionV2, pure

few = settings(deadline=None, max_examples=50, derandomize=True)
shapes = {
    "n": st.integers(1, 7),
    "d_in": st.integers(1, 6),
    "d_k": st.integers(1, 4),
    "d_v": st.integers(1, 4),
    "causal": st.booleans(),
    "seed": st.integers(0, 2**31),
}
QKV = ("W_query", "W_key", "W_value")


def real(values):
    return torch.tensor(values, dtype=torch.float64)


def drawn(*shape):
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def lists(parts):
    return [part.detach().tolist() for part in parts]


def close(actual, expected):
    torch.testing.assert_close(real(actual), expected.detach(), rtol=1e-9, atol=1e-9)


def by_differences(loss, matrices, step=1e-5):
    """How much the loss rises per unit of each number, by moving each number both ways."""
    found = []
    for matrix in matrices:
        slopes = [[0.0] * len(row) for row in matrix]
        for i, row in enumerate(matrix):
            for j, number in enumerate(row):
                row[j] = number + step
                above = loss()
                row[j] = number - step
                slopes[i][j] = (above - loss()) / (2 * step)
                row[j] = number
        found.append(slopes)
    return found


def weighed(output, gradient):
    """One number whose gradient with respect to `output` is `gradient`."""
    return sum(pure.dot(*rows) for rows in zip(output, gradient, strict=True))


@few
@given(n=st.integers(1, 9), seed=st.integers(0, 2**31), size=st.sampled_from([0.1, 1.0, 30.0]))
def test_softmax_backward_is_autograd(n, seed, size):
    torch.manual_seed(seed)
    scores, gradient = drawn(n), drawn(n)
    weights = F.softmax(size * scores, dim=0)
    expected = torch.autograd.grad(weights, scores, gradient.detach())[0]
    result = pure.softmax_backward(*lists((weights, gradient)))
    close([size * number for number in result], expected)
    assert math.isclose(sum(result), 0.0, abs_tol=1e-12)


def test_softmax_backward_is_the_full_jacobian():
    weights, gradient = pure.softmax([0.3, -1.0, 2.0, 0.0]), [1.0, -2.0, 0.5, 4.0]
    jacobian = torch.diag(real(weights)) - torch.outer(real(weights), real(weights))
    close(pure.softmax_backward(weights, gradient), jacobian @ real(gradient))


def test_shares_rounded_to_a_few_decimals_are_welcome():
    for weights in ([0.3333] * 3, [0.5, 0.4991], [0.5, 0.5009]):
        assert len(pure.softmax_backward(weights, [1.0] * len(weights))) == len(weights)
    with pytest.raises(ValueError, match=r"the sum 1\.0011"):
        pure.softmax_backward([0.5, 0.5011], [1.0, 1.0])


def test_a_gradient_that_is_the_same_everywhere_moves_no_score():
    assert pure.softmax_backward([0.25] * 4, [3.0] * 4) == [0.0] * 4
    assert pure.softmax_backward([1.0, 0.0], [5.0, -5.0]) == [0.0, 0.0]


@few
@given(n=st.integers(1, 5), m=st.integers(1, 5), d=st.integers(1, 5), seed=st.integers(0, 2**31))
def test_matmul_backward_is_autograd(n, m, d, seed):
    torch.manual_seed(seed)
    a, b, gradient = drawn(n, m), drawn(m, d), drawn(n, d)
    expected = torch.autograd.grad(a @ b, (a, b), gradient.detach())
    for actual, one in zip(pure.matmul_backward(*lists((a, b, gradient))), expected, strict=True):
        close(actual, one)


@few
@given(**shapes, m=st.integers(1, 7))
def test_attend_backward_is_autograd(n, d_in, d_k, d_v, causal, seed, m):
    torch.manual_seed(seed)
    m = n if causal else m
    q, k, v, gradient = drawn(n, d_k), drawn(m, d_k), drawn(m, d_v), drawn(n, d_v)
    contexts = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    expected = torch.autograd.grad(contexts, (q, k, v), gradient.detach())
    qkv = lists((q, k, v))
    _, weights = pure.attend(*qkv, causal)
    actual = pure.attend_backward(*qkv, weights, gradient.detach().tolist())
    for mine, one in zip(actual, expected, strict=True):
        close(mine, one)


@few
@given(**shapes)
def test_self_attention_backward_is_autograd(n, d_in, d_k, d_v, causal, seed):
    torch.manual_seed(seed)
    parts = [drawn(n, d_in), drawn(d_in, d_k), drawn(d_in, d_k), drawn(d_in, d_v)]
    x, q, k, v = parts
    contexts = F.scaled_dot_product_attention(x @ q, x @ k, x @ v, is_causal=causal)
    gradient = drawn(n, d_v).detach()
    expected = torch.autograd.grad(contexts, parts, gradient)
    actual = pure.self_attention_backward(*lists(parts), gradient.tolist(), causal)
    assert list(actual) == ["tokens", *QKV]
    for mine, one in zip(actual.values(), expected, strict=True):
        close(mine, one)
    if not causal:
        assert pure.self_attention_backward(*lists(parts), gradient.tolist()) == actual


@few
@given(**shapes, heads=st.integers(1, 3), d_out=st.integers(1, 5))
def test_multi_head_attention_backward_is_autograd(n, d_in, d_k, d_v, causal, seed, heads, d_out):
    torch.manual_seed(seed)
    widths = [(d_in, heads * d_k), (d_in, heads * d_k), (d_in, heads * d_v), (heads * d_v, d_out)]
    parts = [drawn(n, d_in), *(drawn(*shape) for shape in widths)]
    x, *qkv, out = parts
    q, k, v = ((x @ W).view(n, heads, -1).transpose(0, 1) for W in qkv)
    attended = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    output = attended.transpose(0, 1).flatten(1) @ out
    gradient = drawn(n, d_out).detach()
    expected = torch.autograd.grad(output, parts, gradient)
    actual = pure.multi_head_attention_backward(
        *lists(parts), heads, gradient.tolist(), causal=causal
    )
    assert list(actual) == ["tokens", *QKV, "W_out"]
    for mine, one in zip(actual.values(), expected, strict=True):
        close(mine, one)
    if not causal:
        again = pure.multi_head_attention_backward(*lists(parts), heads, gradient.tolist())
        assert again == actual


@pytest.mark.parametrize("causal", [False, True])
def test_self_attention_backward_is_finite_differences(causal):
    torch.manual_seed(3)
    parts = lists([drawn(4, 3), drawn(3, 2), drawn(3, 2), drawn(3, 3)])
    gradient = drawn(4, 3).detach().tolist()
    slopes = by_differences(lambda: weighed(pure.self_attention(*parts, causal), gradient), parts)
    actual = pure.self_attention_backward(*parts, gradient, causal)
    for mine, other in zip(actual.values(), slopes, strict=True):
        torch.testing.assert_close(real(mine), real(other), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_backward_is_finite_differences(causal):
    torch.manual_seed(4)
    parts = lists([drawn(4, 3), drawn(3, 4), drawn(3, 4), drawn(3, 6), drawn(6, 2)])
    gradient = drawn(4, 2).detach().tolist()
    slopes = by_differences(
        lambda: weighed(pure.multi_head_attention(*parts, 2, causal), gradient), parts
    )
    actual = pure.multi_head_attention_backward(*parts, 2, gradient, causal)
    for mine, other in zip(actual.values(), slopes, strict=True):
        torch.testing.assert_close(real(mine), real(other), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("causal", [False, True])
def test_the_gradients_of_the_classes(causal):
    """A gradient is stored beside its parameter, transposed like the parameter itself."""
    torch.manual_seed(5)
    x, gradient = drawn(5, 3), drawn(5, 4).detach()
    module = MultiHeadAttention(3, 4, 5, 0.0, 2, causal=causal).double()
    torch.nn.init.zeros_(module.out_proj.bias)
    module(x[None])[0].backward(gradient)
    names = (*QKV, "out_proj")
    matrices = [getattr(module, name).weight.T.tolist() for name in names]
    mine = pure.multi_head_attention_backward(
        x.tolist(), *matrices, 2, gradient.tolist(), causal=causal
    )
    for name, key in zip(names, (*QKV, "W_out"), strict=True):
        close(mine[key], getattr(module, name).weight.grad.T)
    close(mine["tokens"], x.grad)

    one = (CausalAttention(3, 4, 5, 0.0) if causal else SelfAttentionV2(3, 4)).double()
    one(x).backward(gradient)
    matrices = [getattr(one, name).weight.T.tolist() for name in QKV]
    mine = pure.self_attention_backward(x.tolist(), *matrices, gradient.tolist(), causal)
    for name in QKV:
        close(mine[name], getattr(one, name).weight.grad.T)


def test_paths_add_up():
    found = pure.projections_backward(
        [[1.0, 2.0]], {"a": [[3.0], [4.0]], "b": [[5.0], [6.0]]}, {"a": [[1.0]], "b": [[10.0]]}
    )
    assert found == {"tokens": [[53.0, 64.0]], "a": [[1.0], [2.0]], "b": [[10.0], [20.0]]}
    assert pure.add([[1, 2.5]], [[3, -1]]) == [[4, 1.5]]


def test_nothing_given_is_changed():
    given = lists([drawn(4, 3), drawn(3, 4), drawn(3, 4), drawn(3, 4), drawn(4, 2), drawn(4, 2)])
    copy = [[list(row) for row in part] for part in given]
    *parts, gradient = given
    pure.multi_head_attention_backward(*parts, 2, gradient)
    assert given == copy


ONE = [[1.0, 0.0]]
TWO = [[1.0, 0.0], [0.0, 1.0]]
THREE = [[1.0], [2.0], [3.0]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pure.softmax_backward([], []), ValueError, "weights to hold at least one"),
        (lambda: pure.softmax_backward([1.0], [1.0, 2.0]), ValueError, "weight; got 2 and 1"),
        (lambda: pure.softmax_backward([0.5, 0.5], [1.0]), ValueError, "weight; got 1 and 2"),
        (lambda: pure.softmax_backward([1.0, 2.0], [1.0, 2.0]), ValueError, "the sum 3.0"),
        (lambda: pure.softmax_backward([1.5, -0.5], [1, 2]), ValueError, "the smallest -0.5"),
        (lambda: pure.softmax_backward([0.5, 0.498], [1, 2]), ValueError, "the sum 0.998"),
        (lambda: pure.softmax_backward([1.0], [math.nan]), ValueError, "in gradient; got nan"),
        (lambda: pure.softmax_backward([1.0], 2.0), TypeError, "gradient to be a list"),
        (lambda: pure.softmax_backward(1.0, [2.0]), TypeError, "weights to be a list"),
        (
            lambda: pure.softmax_backward([0.01, 0.99], [1.7e308, -1.7e308]),
            ValueError,
            "differences in gradient within the range of a float; got inf",
        ),
        (lambda: pure.matmul_backward(TWO, ONE, TWO), ValueError, r"\(2, 2\) and \(1, 2\)"),
        (lambda: pure.matmul_backward(TWO, TWO, ONE), ValueError, r"\(2, 2\); got \(1, 2\)"),
        (lambda: pure.matmul_backward(ONE, TWO, TWO), ValueError, r"\(1, 2\); got \(2, 2\)"),
        (lambda: pure.matmul_backward(TWO, TWO, 1), TypeError, "gradient to be a list of lists"),
        (lambda: pure.add(ONE, TWO), ValueError, r"one shape; got \(1, 2\) and \(2, 2\)"),
        (lambda: pure.add([[1]], ONE), ValueError, r"one shape; got \(1, 1\) and \(1, 2\)"),
        (lambda: pure.add([[1e308]], [[1e308]]), ValueError, "the sum within the range"),
        (lambda: pure.add([["1"]], [[1]]), TypeError, "row 0 of a; got '1'"),
        (lambda: pure.add([[1]], [["1"]]), TypeError, "row 0 of b; got '1'"),
        (
            lambda: pure.attend_backward(TWO, THREE, TWO, TWO, TWO),
            ValueError,
            "one width; got 2 and 1",
        ),
        (
            lambda: pure.attend_backward(TWO, TWO, THREE, TWO, TWO),
            ValueError,
            "value for each key; got 3 and 2",
        ),
        (
            lambda: pure.attend_backward(TWO, TWO, TWO, ONE, TWO),
            ValueError,
            r"weights of shape \(2, 2\), queries by keys; got \(1, 2\)",
        ),
        (
            lambda: pure.attend_backward(TWO, TWO, TWO, 3, TWO),
            TypeError,
            "weights to be a list of lists; got int",
        ),
        (
            lambda: pure.attend_backward(TWO, TWO, TWO, [[2, 3], [1, 0]], TWO),
            ValueError,
            "weights of at least 0 that sum to 1",
        ),
        (
            lambda: pure.attend_backward(TWO, TWO, TWO, TWO, ONE),
            ValueError,
            r"\(2, 2\); got \(1, 2\)",
        ),
        (
            lambda: pure.projections_backward(TWO, {"a": TWO}, {"b": TWO}),
            ValueError,
            r"got \['b'\] for \['a'\]",
        ),
        (lambda: pure.projections_backward(TWO, {}, {}), ValueError, r"got \[\] for \[\]"),
        (lambda: pure.projections_backward(TWO, [], {}), TypeError, "got list and dict"),
        (lambda: pure.projections_backward(TWO, {}, []), TypeError, "got dict and list"),
        (
            lambda: pure.projections_backward([], {"a": TWO}, {"a": TWO}),
            ValueError,
            "tokens to hold at least one token",
        ),
        (
            lambda: pure.projections_backward(TWO, {"a": 1}, {"a": TWO}),
            TypeError,
            "a to be a list of lists; got int",
        ),
        (
            lambda: pure.projections_backward(TWO, {"a": TWO}, {"a": ONE}),
            ValueError,
            r"\(2, 2\); got \(1, 2\)",
        ),
        (
            lambda: pure.self_attention_backward(TWO, ONE, TWO, TWO, TWO),
            ValueError,
            "2 rows in W_query",
        ),
        (
            lambda: pure.self_attention_backward(TWO, TWO, ONE, TWO, TWO),
            ValueError,
            "2 rows in W_key",
        ),
        (
            lambda: pure.self_attention_backward(TWO, TWO, TWO, ONE, TWO),
            ValueError,
            "2 rows in W_value",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, TWO, ONE, TWO, 2, TWO),
            ValueError,
            "2 rows in W_value",
        ),
        (
            lambda: pure.self_attention_backward(TWO, TWO, TWO, TWO, [[1], [2]]),
            ValueError,
            r"\(2, 2\); got \(2, 1\)",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, ONE, TWO, TWO, 2, TWO),
            ValueError,
            "2 rows in W_key",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, TWO, TWO, TWO, 3, TWO),
            ValueError,
            "width of W_query; got num_heads=3",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, TWO, [[1], [1]], ONE, 2, TWO),
            ValueError,
            "width of W_value; got num_heads=2",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, TWO, TWO, THREE, 2, TWO),
            ValueError,
            r"2 rows in W_out, .* got \(3, 1\)",
        ),
        (
            lambda: pure.multi_head_attention_backward(TWO, TWO, TWO, TWO, TWO, 2, ONE),
            ValueError,
            r"\(2, 2\); got \(1, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()

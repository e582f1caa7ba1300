"""helpers.pure, forward: against torch and its classes, the published digits, and bad input."""

import ast
import inspect
import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    pure,
)
from helpers.examples import inputs
from helpers.pure import backward, forward

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
    found = set()
    for path in Path(pure.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module)
    assert {name for name in found if not name.startswith("helpers.pure.")} == {"math"}


def test_every_public_name_is_exported():
    public = {
        name
        for module in (backward, forward)
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and not name.startswith("_")
    }
    assert sorted(public) == pure.__all__


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


@pytest.mark.parametrize("level", [-1e5, -800, -740, 0, 740, 800, 1e5])
def test_softmax_does_not_hang_on_the_level_of_the_scores(level):
    close(pure.softmax([level, level - 1, level - 2]), F.softmax(real([2.0, 1.0, 0.0]), dim=0))
    assert pure.softmax([level + 1, level]) == pure.softmax([1.0, 0.0])


@pytest.mark.parametrize("scores", [[0, 1000], [1000, 0], [-1000, 0, 1000], [-1e308, 1e308]])
def test_softmax_of_scores_far_apart(scores):
    close(pure.softmax(scores), F.softmax(real(scores), dim=0))


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


def test_the_published_digits_to_what_float64_guarantees():
    table = json.loads(Path(__file__).with_name("reference-values.json").read_text("utf-8"))
    entry = next(e for e in table["values"] if e["id"] == "pure_python_context")
    contexts = pure.context_vectors(sentence)
    torch.testing.assert_close(real(contexts), real(entry["expected"]), rtol=1e-14, atol=0)


def test_the_largest_float_is_welcome():
    largest = math.nextafter(math.inf, 0)
    assert pure.softmax([largest, 0.0]) == [1.0, 0.0]
    assert pure.dot([largest], [-1.0]) == -largest


def test_whole_numbers_and_tuples_are_welcome():
    assert pure.dot((1, 2), [3, 4]) == 11.0
    assert pure.attention_scores([(1, 0), (0, 2)]) == [[1.0, 0.0], [0.0, 4.0]]


def test_the_tokens_are_left_alone():
    tokens = [list(row) for row in sentence]
    pure.context_vectors(tokens)
    assert tokens == sentence


@pytest.mark.parametrize(
    "call", [pure.softmax, lambda x: pure.dot(x, [1.0, 2.0]), lambda x: pure.dot([1.0, 2.0], x)]
)
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


@pytest.mark.parametrize("bad", [[], [math.nan], ["2"], 3.0])
def test_the_vector_that_is_bad_is_named(bad):
    calls = {"x": lambda: pure.dot(bad, [1]), "y": lambda: pure.dot([1], bad)}
    calls["scores"] = lambda: pure.softmax(bad)
    for name, call in calls.items():
        with pytest.raises((TypeError, ValueError), match=rf"^expected .*\b{name}\b.*; got "):
            call()


def test_vectors_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="equal length; got lengths 2 and 3"):
        pure.dot([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "call", [pure.attention_scores, pure.attention_weights, pure.context_vectors]
)
@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([], ValueError, "tokens to hold at least one token; got an empty list"),
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


@pytest.mark.parametrize(
    "call", [pure.attention_scores, pure.attention_weights, pure.context_vectors]
)
def test_products_too_large_for_a_float_are_refused(call):
    with pytest.raises(ValueError, match="dot product within the range of a float; got inf"):
        call([[1e200], [1.0]])
    with pytest.raises(ValueError, match="within the range of a float; got nan"):
        pure.dot([1e200, 1e200], [1e200, -1e200])


# Trainable matrices, several heads, the mask


def drawn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


shapes = {
    "n": st.integers(1, 7),
    "d_in": st.integers(1, 6),
    "d_k": st.integers(1, 4),
    "d_v": st.integers(1, 4),
    "causal": st.booleans(),
    "seed": st.integers(0, 2**31),
}


def test_matmul_and_transpose_are_torchs():
    torch.manual_seed(0)
    a, b = drawn(4, 3), drawn(3, 5)
    close(pure.matmul(a.tolist(), b.tolist()), a @ b)
    assert pure.transpose(a.tolist()) == a.T.tolist()
    assert pure.transpose([(1, 2)]) == [[1], [2]]


@few
@given(**shapes, m=st.integers(1, 7))
def test_attend_is_torchs(n, d_in, d_k, d_v, causal, seed, m):
    torch.manual_seed(seed)
    m = n if causal else m
    q, k, v = drawn(n, d_k), drawn(m, d_k), drawn(m, d_v)
    contexts, weights = pure.attend(q.tolist(), k.tolist(), v.tolist(), causal)
    close(contexts, F.scaled_dot_product_attention(q, k, v, is_causal=causal))
    close(pure.matmul(weights, v.tolist()), real(contexts))
    if not causal:
        assert pure.attend(q.tolist(), k.tolist(), v.tolist()) == (contexts, weights)
    assert all(math.isclose(sum(row), 1.0) for row in weights)
    hidden = [w for i, row in enumerate(weights) for w in row[i + 1 :] if causal]
    assert set(hidden) <= {0.0}


@few
@given(**shapes)
def test_self_attention_is_torchs(n, d_in, d_k, d_v, causal, seed):
    torch.manual_seed(seed)
    x, q, k, v = drawn(n, d_in), drawn(d_in, d_k), drawn(d_in, d_k), drawn(d_in, d_v)
    expected = F.scaled_dot_product_attention(x @ q, x @ k, x @ v, is_causal=causal)
    lists = [part.tolist() for part in (x, q, k, v)]
    close(pure.self_attention(*lists, causal), expected)
    close(pure.self_attention(*lists, causal=causal), expected)
    if not causal:
        close(pure.self_attention(*lists), expected)


def matrices(module, *names):
    """The matrices of a module as `x @ W` has them."""
    parts = [getattr(module, name) for name in names]
    return [(p.weight.T if hasattr(p, "weight") else p).tolist() for p in parts]


QKV = ("W_query", "W_key", "W_value")


@few
@given(**shapes)
def test_self_attention_is_that_of_the_classes(n, d_in, d_k, d_v, causal, seed):
    torch.manual_seed(seed)
    x = drawn(n, d_in)
    classes = [CausalAttention(d_in, d_k, n, 0.0)] if causal else []
    classes += [] if causal else [SelfAttentionV1(d_in, d_k), SelfAttentionV2(d_in, d_k)]
    for module in classes:
        module = module.double()
        close(pure.self_attention(x.tolist(), *matrices(module, *QKV), causal), module(x).detach())


@few
@given(**shapes, heads=st.integers(1, 4))
def test_multi_head_attention_is_that_of_the_class(n, d_in, d_k, d_v, causal, seed, heads):
    torch.manual_seed(seed)
    x = drawn(n, d_in)
    module = MultiHeadAttention(d_in, d_k * heads, n, 0.0, heads, causal=causal).double()
    torch.nn.init.zeros_(module.out_proj.bias)
    lists = matrices(module, *QKV, "out_proj")
    close(
        pure.multi_head_attention(x.tolist(), *lists, heads, causal=causal),
        module(x[None])[0].detach(),
    )


@few
@given(**shapes, heads=st.integers(1, 4))
def test_heads_without_out_proj_are_the_wrapper(n, d_in, d_k, d_v, causal, seed, heads):
    torch.manual_seed(seed)
    x = drawn(n, d_in)
    module = MultiHeadAttentionWrapper(d_in, d_k, n, 0.0, heads).double()
    stacked = [
        torch.cat([getattr(head, name).weight for head in module.heads]).T.tolist() for name in QKV
    ]
    identity = torch.eye(d_k * heads).tolist()
    result = pure.multi_head_attention(x.tolist(), *stacked, identity, heads, causal=True)
    close(result, module(x).detach())


def test_heads_may_differ_in_width_from_values_and_outputs():
    torch.manual_seed(0)
    x, q, k, v, out = drawn(5, 3), drawn(3, 4), drawn(3, 4), drawn(3, 6), drawn(6, 7)
    heads = [
        F.scaled_dot_product_attention(
            x @ q[:, 2 * h : 2 * h + 2], x @ k[:, 2 * h : 2 * h + 2], x @ v[:, 3 * h : 3 * h + 3]
        )
        for h in range(2)
    ]
    lists = [part.tolist() for part in (x, q, k, v, out)]
    close(pure.multi_head_attention(*lists, 2), torch.cat(heads, dim=-1) @ out)


def test_one_head_and_an_identity_is_self_attention():
    W = [[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]]
    identity = [[1.0, 0.0], [0.0, 1.0]]
    for causal in (False, True):
        one = pure.multi_head_attention(sentence, W, W, W, identity, 1, causal)
        assert one == pure.self_attention(sentence, W, W, W, causal)


def test_split_and_join_undo_each_other():
    rows = [[11, 12, 13, 14], [21, 22, 23, 24], [31, 32, 33, 34]]
    assert pure.split_heads(rows, 2) == [
        [[11, 12], [21, 22], [31, 32]],
        [[13, 14], [23, 24], [33, 34]],
    ]
    for heads in (1, 2, 4):
        assert pure.join_heads(pure.split_heads(rows, heads)) == rows


ONE = [[1.0, 0.0]]
TWO = [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pure.matmul(TWO, ONE), ValueError, r"got \(2, 2\) and \(1, 2\)"),
        (lambda: pure.matmul(1, ONE), TypeError, "a to be a list of lists; got int"),
        (lambda: pure.matmul(ONE, None), TypeError, "b to be a list of lists; got NoneType"),
        (
            lambda: pure.matmul([[1, 2], [3]], TWO),
            ValueError,
            "rows of equal length; got 2 numbers in row 0 of a",
        ),
        (
            lambda: pure.matmul(TWO, [[1, 2], [3]]),
            ValueError,
            "rows of equal length; got 2 numbers in row 0 of b",
        ),
        (lambda: pure.matmul([[1e200]], [[1e200]]), ValueError, "range of a float; got inf"),
        (lambda: pure.transpose([]), ValueError, "matrix to hold at least one row"),
        (lambda: pure.transpose([[math.nan]]), ValueError, "row 0 of matrix; got nan"),
        (lambda: pure.attend(TWO, [[1.0]], TWO), ValueError, "one width; got 2 and 1"),
        (lambda: pure.attend(TWO, TWO, ONE), ValueError, "value for each key; got 1 and 2"),
        (lambda: pure.attend([], TWO, TWO), ValueError, "queries to hold at least one row"),
        (lambda: pure.attend(TWO, [], TWO), ValueError, "keys to hold at least one row"),
        (lambda: pure.attend(TWO, TWO, []), ValueError, "values to hold at least one row"),
        (lambda: pure.attend(ONE, TWO, TWO, True), ValueError, "later tokens .* got 1 and 2"),
        (lambda: pure.self_attention([], TWO, TWO, TWO), ValueError, "at least one token;"),
        (lambda: pure.self_attention(TWO, ONE, TWO, TWO), ValueError, "2 rows in W_query"),
        (lambda: pure.self_attention(TWO, TWO, ONE, TWO), ValueError, "2 rows in W_key"),
        (lambda: pure.self_attention(TWO, TWO, TWO, ONE), ValueError, r"W_value, .* \(1, 2\)"),
        (lambda: pure.self_attention(TWO, TWO, [[1], [1]], TWO), ValueError, "of one shape; got"),
        (lambda: pure.self_attention(TWO, "x", TWO, TWO), TypeError, "W_query to be a list of"),
        (lambda: pure.self_attention(TWO, TWO, [["a", 1]], TWO), TypeError, "row 0 of W_key"),
        (lambda: pure.split_heads([], 1), ValueError, "vectors to hold at least one row"),
        (lambda: pure.split_heads([[1, 2], [3]], 1), ValueError, "2 numbers in row 0 of vectors"),
        (lambda: pure.split_heads(TWO, 3), ValueError, "num_heads=3 and width 2"),
        (lambda: pure.split_heads(TWO, 0), ValueError, "num_heads=0 and width 2"),
        (lambda: pure.split_heads(TWO, -1), ValueError, "num_heads=-1 and width 2"),
        (lambda: pure.split_heads(TWO, 2.0), TypeError, "num_heads to be an int; got 2.0"),
        (lambda: pure.split_heads(TWO, True), TypeError, "num_heads to be an int; got True"),
        (lambda: pure.join_heads([]), ValueError, "at least one head; got an empty list"),
        (lambda: pure.join_heads([TWO, ONE]), ValueError, "2 in head 0 and 1 in head 1"),
        (lambda: pure.join_heads([TWO, 3]), TypeError, "head 1 to be a list of lists; got int"),
        (lambda: pure.join_heads(3), TypeError, "heads to be a list of matrices; got int"),
        (
            lambda: pure.multi_head_attention(TWO, TWO, TWO, TWO, TWO, 3),
            ValueError,
            "width of W_query; got num_heads=3 and width 2",
        ),
        (
            lambda: pure.multi_head_attention(TWO, TWO, TWO, [[1], [1]], TWO, 2),
            ValueError,
            "width of W_value; got num_heads=2 and width 1",
        ),
        (
            lambda: pure.multi_head_attention(TWO, TWO, TWO, TWO, ONE, 2),
            ValueError,
            r"2 rows in W_out, one for each column of W_value; got \(1, 2\)",
        ),
        (
            lambda: pure.multi_head_attention(TWO, TWO, TWO, TWO, 7, 2),
            TypeError,
            "W_out to be a list of lists; got int",
        ),
        (
            lambda: pure.multi_head_attention(TWO, TWO, ONE, TWO, TWO, 2),
            ValueError,
            "2 rows in W_key",
        ),
        (
            lambda: pure.multi_head_attention(TWO, TWO, TWO, ONE, TWO, 2),
            ValueError,
            "2 rows in W_value",
        ),
        (
            lambda: pure.multi_head_attention(TWO, ONE, TWO, TWO, TWO, 2),
            ValueError,
            "2 rows in W_query",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_nothing_given_is_changed():
    given = [[list(row) for row in part] for part in (sentence, TWO, ONE)]
    pure.matmul(given[0][:2], [*given[1], [0.0, 1.0]])
    pure.self_attention(given[1], given[1], given[1], given[1], causal=True)
    pure.multi_head_attention(given[1], given[1], given[1], given[1], given[1], 2)
    assert given == [sentence, TWO, ONE]


@pytest.mark.parametrize("call", [pure.softmax, lambda x: pure.dot(x, x)])
def test_ints_whose_products_no_float_holds_are_refused(call):
    call([10**150, 1])
    with pytest.raises(ValueError, match=r"ints of at most 150 digits in .* at position 1"):
        call([1, -(10**160)])

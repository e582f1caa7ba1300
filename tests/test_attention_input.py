"""attention.py: bad input is refused, in words."""

import pytest
import torch

from helpers import attention
from helpers.attention import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
    softmax_naive,
)
from helpers.examples import inputs

x3 = torch.randn(2, 6, 3)
FORMS = {
    "V1": lambda: SelfAttentionV1(3, 2),
    "V2": lambda: SelfAttentionV2(3, 2),
    "causal": lambda: CausalAttention(3, 2, 6, 0.0),
    "wrapper": lambda: MultiHeadAttentionWrapper(3, 2, 6, 0.0, 2),
    "split": lambda: MultiHeadAttention(3, 2, 6, 0.0, 2),
    "split, both ways": lambda: MultiHeadAttention(3, 2, 6, 0.0, 2, causal=False),
}


@pytest.mark.parametrize("name", FORMS)
def test_bad_input_is_refused(name):
    form = FORMS[name]()
    with pytest.raises(TypeError, match=r"expected a torch\.Tensor; got list"):
        form([[1.0, 2.0, 3.0]])
    with pytest.raises(TypeError, match=r"real numbers.*got torch\.int64 of shape \(2, 6, 3\)"):
        form(x3.long())
    with pytest.raises(ValueError, match=r"d_in=3; got shape \(2, 6, 4\)"):
        form(torch.randn(2, 6, 4))
    for shape in [(3,), (1, 2, 6, 3)]:
        with pytest.raises(ValueError, match=r"expected shape .*\(B, T, d_in\) with d_in=3; got"):
            form(torch.randn(shape))
    for shape in [(2, 0, 3), (0, 6, 3)]:
        with pytest.raises(ValueError, match=r"at least one token; got shape \("):
            form(torch.randn(shape))
    for bad in (torch.nan, torch.inf, -torch.inf):
        spoilt = x3.clone()
        spoilt[1, 2, 0] = bad
        with pytest.raises(ValueError, match=r"finite numbers; got shape \(2, 6, 3\)"):
            form(spoilt)


@pytest.mark.parametrize("name", ["causal", "wrapper", "split", "split, both ways"])
def test_a_sentence_too_long_is_refused(name):
    with pytest.raises(ValueError, match=r"context_length=6 tokens; got shape \(1, 7, 3\), 7"):
        FORMS[name]()(torch.randn(1, 7, 3))


def test_opposite_infinities_are_refused():
    spoilt = x3.clone()
    spoilt[0, 0, 0], spoilt[0, 1, 0] = torch.inf, -torch.inf
    with pytest.raises(ValueError, match="finite numbers"):
        SelfAttentionV2(3, 2)(spoilt)


def test_finite_numbers_whose_sum_overflows_are_accepted():
    large = torch.full((1, 2, 3), 3e38)
    assert large.sum().isinf()
    attention._check_tokens(large, 3)


def test_split_needs_a_batch():
    with pytest.raises(ValueError, match=r"expected shape \(B, T, d_in\).*got shape \(6, 3\)"):
        FORMS["split"]()(inputs)


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([[1.0]], TypeError, r"torch\.Tensor; got list"),
        (torch.ones(2, 3, dtype=torch.int64), TypeError, r"int64 of shape \(2, 3\)"),
        (torch.ones(3), ValueError, r"\(T, d_in\) or \(B, T, d_in\); got shape \(3,\)"),
        (torch.ones(1, 1, 2, 3), ValueError, r"got shape \(1, 1, 2, 3\)"),
        (torch.ones(0, 3), ValueError, r"at least one token; got shape \(0, 3\)"),
        (torch.full((2, 3), torch.nan), ValueError, r"finite numbers; got shape \(2, 3\)"),
    ],
)
def test_simple_self_attention_refuses(bad, error, words):
    with pytest.raises(error, match=words):
        simple_self_attention(bad)


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ([1.0, 2.0], TypeError, r"torch\.Tensor; got list"),
        (torch.tensor([1, 2]), TypeError, r"int64 of shape \(2,\)"),
        (torch.tensor([]), ValueError, r"one row of scores; got shape \(0,\)"),
        (torch.tensor(1.0), ValueError, r"one row of scores; got shape \(\)"),
        (torch.tensor([0.0, torch.nan]), ValueError, r"NaN in shape \(2,\)"),
    ],
)
def test_softmax_naive_refuses(bad, error, words):
    with pytest.raises(error, match=words):
        softmax_naive(bad)


def test_softmax_naive_refuses_an_axis_that_is_not_there():
    with pytest.raises(ValueError, match=r"an axis of \(2, 3\); got 2"):
        softmax_naive(torch.ones(2, 3), dim=2)


CONSTRUCTORS = {
    SelfAttentionV1: dict(d_in=3, d_out=2),
    SelfAttentionV2: dict(d_in=3, d_out=2),
    CausalAttention: dict(d_in=3, d_out=2, context_length=6, dropout=0.0),
    MultiHeadAttentionWrapper: dict(d_in=3, d_out=2, context_length=6, dropout=0.0, num_heads=2),
    MultiHeadAttention: dict(d_in=3, d_out=2, context_length=6, dropout=0.0, num_heads=2),
}


@pytest.mark.parametrize("form", CONSTRUCTORS)
def test_bad_sizes_are_refused(form):
    good = CONSTRUCTORS[form]
    form(**good)
    for name in good:
        if name == "dropout":
            for bad in (-0.1, 1.0, 1.5, float("nan")):
                with pytest.raises(ValueError, match=f"dropout to be .*; got {bad}"):
                    form(**{**good, name: bad})
            for bad in ("0.1", None, True):
                with pytest.raises(TypeError, match=f"dropout to be a number; got {bad!r}"):
                    form(**{**good, name: bad})
        else:
            for bad in (0, -1):
                with pytest.raises(ValueError, match=f"{name} to be at least 1; got {bad}"):
                    form(**{**good, name: bad})
            for bad in (2.0, "2", None, True):
                with pytest.raises(TypeError, match=f"{name} to be an int; got {bad!r}"):
                    form(**{**good, name: bad})


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match="num_heads to divide d_out; got d_out=4 and num_heads=3"):
        MultiHeadAttention(3, 4, 6, 0.0, 3)

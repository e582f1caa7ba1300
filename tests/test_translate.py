"""Cross-attention and the translator of chapter 13."""

import pytest
import torch
from torch import nn

from helpers import CrossAttention, Translator


@pytest.mark.parametrize(("width", "heads", "targets", "sources"), [(8, 2, 3, 5), (12, 4, 6, 1)])
def test_equals_torch(width, heads, targets, sources):
    torch.manual_seed(width)
    ours = CrossAttention(width, width, 9, 0.0, heads, causal=False)
    theirs = nn.MultiheadAttention(width, heads, batch_first=True)
    with torch.no_grad():
        parts = [ours.W_query.weight, ours.W_key.weight, ours.W_value.weight]
        theirs.in_proj_weight.copy_(torch.cat(parts))
        theirs.in_proj_bias.zero_()
        theirs.out_proj.weight.copy_(ours.out_proj.weight)
        theirs.out_proj.bias.copy_(ours.out_proj.bias)
    target, source = torch.randn(2, targets, width), torch.randn(2, sources, width)
    output, weights = ours(target, source)
    expected, expected_weights = theirs(target, source, source, average_attn_weights=False)
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(weights, expected_weights)


def test_order_of_the_source_counts_only_with_positions():
    torch.manual_seed(0)
    source, target = torch.randint(9, (3, 5)), torch.randint(9, (3, 4))
    for ordered in (True, False):
        model = Translator(9, num_heads=2, ordered=ordered)
        logits, weights = model(source, target)
        assert logits.shape == (3, 4, 9)
        assert weights.shape == (3, 2, 4, 5)
        turned, _ = model(source.flip(1), target)
        assert torch.allclose(logits, turned, atol=1e-5) is not ordered


def test_twelve_small_ids_are_welcome():
    torch.manual_seed(0)
    model, ids = Translator(5), torch.randint(5, (2, 12))
    logits, weights = model(ids.int(), ids)
    assert torch.equal(logits, model(ids, ids)[0])
    assert weights.shape == (2, 1, 12, 12)


def test_places_are_added_to_the_words_of_both_sides():
    torch.manual_seed(0)
    model, shift = Translator(5), torch.randn(32)
    source, target = torch.randint(5, (2, 4)), torch.randint(5, (2, 3))
    before = model(source, target)
    with torch.no_grad():
        model.embed.weight += shift
        model.places.weight -= shift
    for one, other in zip(model(source, target), before, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(model(source.flip(1), target)[0], before[0])  # ordered, unless told


def test_positions_are_those_of_the_places():
    """With one token to look at, the context is the same everywhere; the place is not."""
    torch.manual_seed(0)
    model = Translator(5)
    same = torch.ones(1, 3, dtype=torch.int64)
    logits, _ = model(same[:, :1], same)
    assert not torch.allclose(logits[:, 0], logits[:, 1])
    shorter, _ = model(same[:, :1], same[:, :2])
    torch.testing.assert_close(shorter, logits[:, :2])


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda m: m(torch.ones(2, 3).long(), torch.ones(1, 3).long()), ValueError, "got 1 and 2"),
        (lambda m: m(torch.ones(1, 13).long(), torch.ones(1, 3).long()), ValueError, "1 to 12"),
        (lambda m: m(torch.ones(1, 3), torch.ones(1, 3).long()), TypeError, "token ids.*float32"),
        (lambda m: m(torch.ones(1, 3).long(), [[1]]), TypeError, "token ids.*got list"),
        (lambda m: m(torch.ones(1, 3).long(), torch.ones(1, 0).long()), ValueError, r"\(1, 0\)"),
        (lambda m: m(torch.ones(3).long(), torch.ones(1, 3).long()), ValueError, r"got \(3,\)"),
        (lambda m: m.cross(torch.ones(1, 13, 32), torch.ones(1, 2, 32)), ValueError, "=12 tokens"),
        (lambda m: m.cross(torch.ones(1, 2, 32), torch.ones(1, 13, 32)), ValueError, "=12 tokens"),
        (lambda m: m.cross(torch.ones(2, 32), torch.ones(1, 2, 32)), ValueError, r"\(B, T, d_in\)"),
        (lambda m: m.cross(torch.ones(1, 2, 32), torch.ones(2, 32)), ValueError, r"\(B, S, d_in\)"),
        (lambda m: m.cross(torch.ones(1, 2, 8), torch.ones(1, 2, 32)), ValueError, "d_in=32"),
        (lambda m: m.cross(torch.ones(1, 2, 32), torch.ones(1, 2, 8)), ValueError, "d_in=32"),
        (lambda m: Translator(0), ValueError, "size to be at least 1"),
        (lambda m: Translator(5, num_heads=5), ValueError, "divide"),
    ],
)
def test_bad_input_is_refused(call, error, said):
    with pytest.raises(error, match=said):
        call(Translator(5))

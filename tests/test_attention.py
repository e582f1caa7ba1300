"""attention.py against torch, the chain of equalities, leaks, gradients and dropout."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

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

close = torch.testing.assert_close
few = settings(deadline=None, max_examples=25, derandomize=True)
whole = st.integers
seeds = st.integers(0, 2**31)


# Against torch


@few
@given(shape=st.lists(whole(1, 5), min_size=1, max_size=4), scale=st.floats(0.01, 20), seed=seeds)
def test_softmax_naive_is_softmax(shape, scale, seed):
    torch.manual_seed(seed)
    scores = torch.randn(shape).clamp(-4, 4) * scale
    for dim in range(-len(shape), len(shape)):
        close(softmax_naive(scores, dim=dim), F.softmax(scores, dim=dim))
    close(softmax_naive(scores), F.softmax(scores, dim=-1))


def test_softmax_naive_overflows_where_the_chapter_says():
    scores = inputs @ inputs[1]
    close(softmax_naive(50 * scores), torch.softmax(50 * scores, dim=0))
    assert softmax_naive(100 * scores).isnan().any()
    assert not softmax_naive(torch.tensor([88.7, 0.0])).isnan().any()
    assert softmax_naive(torch.tensor([88.8, 0.0])).isnan().any()


def test_softmax_naive_gives_a_hidden_score_no_weight():
    close(softmax_naive(torch.tensor([0.0, -torch.inf])), torch.tensor([1.0, 0.0]))


@few
@given(B=whole(1, 3), T=whole(1, 7), D=whole(1, 8), seed=seeds)
def test_simple_self_attention_is_sdpa_without_scale(B, T, D, seed):
    torch.manual_seed(seed)
    x = torch.randn(B, T, D)
    expected = F.scaled_dot_product_attention(x, x, x, scale=1.0)
    close(simple_self_attention(x), expected)
    close(simple_self_attention(x[0]), expected[0])


@few
@given(B=whole(1, 3), T=whole(1, 7), d_in=whole(1, 8), d_out=whole(1, 8), bias=st.booleans())
def test_single_heads_are_sdpa(B, T, d_in, d_out, bias):
    torch.manual_seed(B + 10 * T + 100 * d_in)
    x = torch.randn(B, T, d_in)
    v1 = SelfAttentionV1(d_in, d_out)
    expected = F.scaled_dot_product_attention(x @ v1.W_query, x @ v1.W_key, x @ v1.W_value)
    close(v1(x), expected)
    close(v1(x[0]), expected[0])

    v2 = SelfAttentionV2(d_in, d_out, qkv_bias=bias)
    expected = F.scaled_dot_product_attention(v2.W_query(x), v2.W_key(x), v2.W_value(x))
    close(v2(x), expected)
    close(v2(x[0]), expected[0])

    causal = CausalAttention(d_in, d_out, T + 2, 0.0, qkv_bias=bias)
    expected = F.scaled_dot_product_attention(
        causal.W_query(x), causal.W_key(x), causal.W_value(x), is_causal=True
    )
    close(causal(x), expected)
    close(causal(x[0]), expected[0])


def torch_twin(ours):
    """Return an nn.MultiheadAttention that holds the weights of `ours`."""
    width, bias = ours.out_proj.in_features, ours.W_query.bias is not None
    twin = nn.MultiheadAttention(width, ours.num_heads, batch_first=True)
    maps = (ours.W_query, ours.W_key, ours.W_value)
    with torch.no_grad():
        twin.in_proj_weight.copy_(torch.cat([W.weight for W in maps]))
        if bias:
            twin.in_proj_bias.copy_(torch.cat([W.bias for W in maps]))
        else:
            twin.in_proj_bias.zero_()
    twin.out_proj.load_state_dict(ours.out_proj.state_dict())
    return twin


@few
@given(
    B=whole(1, 3),
    T=whole(1, 7),
    H=whole(1, 4),
    d_head=whole(1, 5),
    bias=st.booleans(),
    causal=st.booleans(),
)
def test_multi_head_attention_is_torchs(B, T, H, d_head, bias, causal):
    torch.manual_seed(B + 10 * T + 100 * H + 1000 * d_head)
    width = H * d_head
    ours = MultiHeadAttention(width, width, T + 1, 0.0, H, qkv_bias=bias, causal=causal)
    x = torch.randn(B, T, width)
    hide = torch.ones(T, T, dtype=torch.bool).triu(1) if causal else None
    expected, expected_weights = torch_twin(ours)(
        x, x, x, attn_mask=hide, average_attn_weights=False
    )
    output, weights = ours(x, return_weights=True)
    close(ours(x), expected)
    close(output, expected)
    close(weights, expected_weights)
    assert weights.shape == (B, H, T, T)
    close(weights.sum(-1), torch.ones(B, H, T))
    assert not causal or (weights.triu(1) == 0).all()


@few
@given(B=whole(1, 3), T=whole(1, 6), d_in=whole(1, 7), H=whole(1, 4), d_head=whole(1, 4))
def test_multi_head_attention_may_change_the_width(B, T, d_in, H, d_head):
    torch.manual_seed(T)
    ours = MultiHeadAttention(d_in, H * d_head, T, 0.0, H)
    x = torch.randn(B, T, d_in)
    output, _ = ours(x, return_weights=True)
    assert output.shape == (B, T, H * d_head)
    close(ours(x), output)


@few
@given(size=st.sampled_from([1e-20, 1e-3, 1.0, 1e3, 1e8]), seed=seeds)
def test_outputs_stay_finite_for_very_small_and_large_numbers(size, seed):
    torch.manual_seed(seed)
    x = size * torch.randn(2, 5, 6)
    ours = MultiHeadAttention(6, 6, 5, 0.0, 2)
    assert ours(x).isfinite().all()
    output, weights = ours(x, return_weights=True)
    assert output.isfinite().all()
    close(weights.sum(-1), torch.ones(2, 2, 5))


# The chain of equalities


def test_loop_is_matmul():
    x = inputs
    scores = torch.empty(6, 6)
    for i, query in enumerate(x):
        for j, key in enumerate(x):
            scores[i, j] = torch.dot(query, key)
    rows = [sum(w * v for w, v in zip(torch.softmax(s, 0), x, strict=True)) for s in scores]
    close(torch.stack(rows), simple_self_attention(x))


def test_simple_is_v1_with_identity_maps_once_the_scale_is_undone():
    v1 = SelfAttentionV1(3, 3, init=torch.eye)
    with torch.no_grad():
        v1.W_query.mul_(3**0.5)
    close(v1(inputs), simple_self_attention(inputs))


def test_v1_is_v2_after_transfer():
    v1, v2 = SelfAttentionV1(3, 2), SelfAttentionV2(3, 2)
    assert not torch.allclose(v1(inputs), v2(inputs))
    with torch.no_grad():
        for name in ("W_query", "W_key", "W_value"):
            getattr(v1, name).copy_(getattr(v2, name).weight.T)
    close(v1(inputs), v2(inputs))


def test_multiply_and_renormalise_is_the_mask_of_causal_attention():
    causal, v2 = CausalAttention(3, 2, 6, 0.0), SelfAttentionV2(3, 2)
    v2.load_state_dict(causal.state_dict(), strict=False)
    queries, keys, values = v2.W_query(inputs), v2.W_key(inputs), v2.W_value(inputs)
    kept = torch.softmax(queries @ keys.T / 2**0.5, dim=-1).tril()
    close(kept / kept.sum(-1, keepdim=True) @ values, causal(inputs))
    close(causal(inputs)[-1], v2(inputs)[-1])  # the last token sees everything


def test_wrapper_is_split_after_stacking():
    batch = torch.stack([inputs, inputs.flip(0)])
    wrapper = MultiHeadAttentionWrapper(3, 2, 6, 0.0, num_heads=3)
    split = MultiHeadAttention(3, 6, 6, 0.0, num_heads=3)
    with torch.no_grad():
        for name in ("W_query", "W_key", "W_value"):
            stacked = torch.cat([getattr(head, name).weight for head in wrapper.heads])
            getattr(split, name).weight.copy_(stacked)
        split.out_proj.weight.copy_(torch.eye(6))
        split.out_proj.bias.zero_()
    close(wrapper(batch), split(batch))
    close(wrapper(batch), split(batch, return_weights=True)[0])
    close(wrapper(inputs), wrapper(batch)[0])


def test_one_head_is_causal_attention():
    causal, split = CausalAttention(3, 4, 6, 0.0), MultiHeadAttention(3, 4, 6, 0.0, 1)
    split.load_state_dict(causal.state_dict(), strict=False)
    with torch.no_grad():
        split.out_proj.weight.copy_(torch.eye(4))
        split.out_proj.bias.zero_()
    close(split(inputs[None])[0], causal(inputs))


# Leaks


def explicit(module):
    return lambda x: module(x, return_weights=True)[0]


CAUSAL = {
    "CausalAttention": lambda: CausalAttention(4, 6, 8, 0.0),
    "CausalAttention with bias": lambda: CausalAttention(4, 6, 8, 0.0, qkv_bias=True),
    "MultiHeadAttentionWrapper": lambda: MultiHeadAttentionWrapper(4, 3, 8, 0.0, 2),
    "MultiHeadAttention fused": lambda: MultiHeadAttention(4, 6, 8, 0.0, 2),
    "MultiHeadAttention with weights": lambda: explicit(MultiHeadAttention(4, 6, 8, 0.0, 2)),
}
NOT_CAUSAL = {
    "simple_self_attention": lambda: simple_self_attention,
    "SelfAttentionV1": lambda: SelfAttentionV1(4, 6),
    "SelfAttentionV2": lambda: SelfAttentionV2(4, 6),
    "causal=False, fused": lambda: MultiHeadAttention(4, 6, 8, 0.0, 2, causal=False),
    "causal=False, with weights": lambda: explicit(
        MultiHeadAttention(4, 6, 8, 0.0, 2, causal=False)
    ),
}


def leak(form, T=8):
    """Return how far earlier rows move when a later token changes, and how far its own does."""
    torch.manual_seed(5)
    x = torch.randn(2, T, 4)
    before, earlier, own = form(x), 0.0, torch.inf
    for t in range(1, T):
        changed = x.clone()
        changed[:, t] += 3.0
        moved = (form(changed) - before).abs().amax(dim=(0, 2))  # (T,)
        earlier, own = max(earlier, moved[:t].max().item()), min(own, moved[t].item())
    return earlier, own


@pytest.mark.parametrize("name", CAUSAL)
def test_causal_forms_do_not_leak(name):
    torch.manual_seed(1)
    earlier, own = leak(CAUSAL[name]())
    assert earlier < 1e-6
    assert own > 1e-3


@pytest.mark.parametrize("name", NOT_CAUSAL)
def test_the_leak_test_sees_a_leak(name):
    torch.manual_seed(1)
    earlier, _ = leak(NOT_CAUSAL[name]())
    assert earlier > 1e-3


@pytest.mark.parametrize("name", CAUSAL)
def test_no_gradient_reaches_a_later_token(name):
    torch.manual_seed(2)
    form = CAUSAL[name]()
    for t in range(8):
        x = torch.randn(1, 8, 4, requires_grad=True)
        form(x)[0, t].sum().backward()
        assert (x.grad[0, t + 1 :] == 0).all()
        assert (x.grad[0, : t + 1] != 0).any(dim=-1).all()


@pytest.mark.parametrize("name", CAUSAL)
def test_a_shorter_sentence_gives_the_same_first_rows(name):
    torch.manual_seed(3)
    form, x = CAUSAL[name](), torch.randn(2, 8, 4)
    for T in range(1, 8):
        close(form(x[:, :T]), form(x)[:, :T])


@pytest.mark.parametrize("name", NOT_CAUSAL)
def test_without_a_mask_word_order_does_not_count(name):
    torch.manual_seed(4)
    form, x = NOT_CAUSAL[name](), torch.randn(2, 6, 4)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    close(form(x[:, order]), form(x)[:, order])


@pytest.mark.parametrize("name", CAUSAL)
def test_with_a_mask_word_order_counts(name):
    torch.manual_seed(4)
    form, x = CAUSAL[name](), torch.randn(2, 6, 4)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    assert not torch.allclose(form(x[:, order]), form(x)[:, order])


# Gradients


MODULES = {
    "SelfAttentionV1": lambda: SelfAttentionV1(4, 6),
    "SelfAttentionV2": lambda: SelfAttentionV2(4, 6, qkv_bias=True),
    "CausalAttention": lambda: CausalAttention(4, 6, 8, 0.0, qkv_bias=True),
    "MultiHeadAttentionWrapper": lambda: MultiHeadAttentionWrapper(4, 3, 8, 0.0, 2),
    "MultiHeadAttention": lambda: MultiHeadAttention(4, 6, 8, 0.0, 2),
    "MultiHeadAttention, causal=False": lambda: MultiHeadAttention(4, 6, 8, 0.0, 2, causal=False),
}


@pytest.mark.parametrize("name", MODULES)
def test_gradients_reach_every_parameter_and_are_right(name):
    torch.manual_seed(6)
    module = MODULES[name]().double()
    x = torch.randn(2, 5, 4, dtype=torch.float64, requires_grad=True)
    module(x).square().sum().backward()
    for key, parameter in module.named_parameters():
        assert parameter.grad.isfinite().all(), key
        # A bias of the keys moves every score of a row alike, so softmax undoes it.
        assert parameter.grad.abs().max() > 1e-6 or key.endswith("W_key.bias"), key
    assert torch.autograd.gradcheck(module, (x,))


@pytest.mark.parametrize("causal", [True, False])
def test_both_paths_have_the_same_gradients(causal):
    torch.manual_seed(7)
    module = MultiHeadAttention(4, 6, 8, 0.0, 2, causal=causal)
    x = torch.randn(2, 5, 4, requires_grad=True)
    leaves = [x, *module.parameters()]
    fused = torch.autograd.grad(module(x).square().sum(), leaves)
    step_by_step = torch.autograd.grad(explicit(module)(x).square().sum(), leaves)
    for one, other in zip(fused, step_by_step, strict=True):
        close(one, other)


# Dropout


def dropping(share):
    module = MultiHeadAttention(4, 4, 6, share, 2)
    return {"fused": module, "with weights": explicit(module)}, module


@pytest.mark.parametrize("path", ["fused", "with weights"])
def test_dropout_acts_in_training_and_keeps_the_mean(path):
    torch.manual_seed(8)
    paths, module = dropping(0.5)
    x = torch.randn(1, 6, 4).expand(20_000, 6, 4)
    still = module.eval()(x[:1])[0]
    module.train()
    drawn = paths[path](x)
    # The first token has one weight, dropped or doubled: half of the draws each way.
    bias = module.out_proj.bias
    dropped = (drawn[:, 0] - bias).abs().amax(-1) < 1e-6
    per_head = 0.5**module.num_heads
    assert abs(dropped.double().mean().item() - per_head) < 0.02
    error = (drawn.mean(0) - still).abs() / (drawn.std(0) / 20_000**0.5)
    assert error.max() < 6  # standard errors


@pytest.mark.parametrize("path", ["fused", "with weights"])
def test_dropout_rests_in_evaluation(path):
    torch.manual_seed(9)
    paths, module = dropping(0.5)
    x = torch.randn(2, 6, 4)
    trained = paths[path](x)
    module.eval()
    close(paths[path](x), paths[path](x), rtol=0, atol=0)
    assert not torch.allclose(trained, paths[path](x))
    close(module(x), explicit(module)(x))


def test_dropout_of_single_heads():
    torch.manual_seed(10)
    for module in (CausalAttention(4, 4, 6, 0.5), MultiHeadAttentionWrapper(4, 2, 6, 0.5, 2)):
        x = torch.randn(2, 6, 4)
        assert not torch.allclose(module(x), module(x))
        module.eval()
        close(module(x), module(x), rtol=0, atol=0)


def test_returned_weights_are_those_before_dropout():
    module = MultiHeadAttention(4, 4, 6, 0.5, 2)
    _, weights = module(torch.randn(2, 6, 4), return_weights=True)
    close(weights.sum(-1), torch.ones(2, 2, 6))

"""attention.py: state dicts, buffers, dtypes and the order of draws."""

import pytest
import torch

from helpers.attention import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
)
from tests.test_attention import MODULES, explicit, leak

close = torch.testing.assert_close


def floating_mask(length):
    return torch.triu(torch.ones(length, length), diagonal=1)  # 1 = hide


def test_state_dicts_with_the_same_names_load():
    """Other classes of these names hold the mask as float32, 1 above the diagonal."""
    torch.manual_seed(11)
    W = {f"W_{name}.weight": torch.randn(4, 4) for name in ("query", "key", "value")}
    out_proj = {"out_proj.weight": torch.randn(4, 4), "out_proj.bias": torch.randn(4)}
    causal = {"mask": floating_mask(6), **W}

    v1, v2 = SelfAttentionV1(4, 4), SelfAttentionV2(4, 4)
    v1.load_state_dict({key.removesuffix(".weight"): value.T for key, value in W.items()})
    v2.load_state_dict(W)
    x = torch.randn(2, 6, 4)
    close(v1(x), v2(x))

    one = CausalAttention(4, 4, 6, 0.0)
    one.load_state_dict(causal)
    wrapper = MultiHeadAttentionWrapper(4, 4, 6, 0.0, 2)
    wrapper.load_state_dict(
        {f"heads.{head}.{key}": value for head in (0, 1) for key, value in causal.items()}
    )
    close(wrapper(x), torch.cat([one(x), one(x)], dim=-1))

    many = MultiHeadAttention(4, 4, 6, 0.0, 2)
    many.load_state_dict({**causal, **out_proj})
    close(many.W_key.weight, W["W_key.weight"], rtol=0, atol=0)
    close(many(x), explicit(many)(x))
    assert leak(many, T=6)[0] < 1e-6
    assert leak(explicit(many), T=6)[0] < 1e-6


def test_state_dict_names():
    maps = ["W_query.weight", "W_key.weight", "W_value.weight"]
    assert list(SelfAttentionV1(3, 2).state_dict()) == ["W_query", "W_key", "W_value"]
    assert list(SelfAttentionV2(3, 2).state_dict()) == maps
    assert list(CausalAttention(3, 2, 6, 0.0).state_dict()) == ["mask", *maps]
    out_proj = ["out_proj.weight", "out_proj.bias"]
    assert list(MultiHeadAttention(3, 2, 6, 0.0, 2).state_dict()) == ["mask", *maps, *out_proj]
    both_ways = MultiHeadAttention(3, 2, 6, 0.0, 2, causal=False)
    assert list(both_ways.state_dict()) == [*maps, *out_proj]


def test_qkv_bias_adds_a_bias_to_each_map():
    biased = {"W_query.bias", "W_key.bias", "W_value.bias"}
    for make, sizes in (
        (SelfAttentionV2, (3, 2)),
        (CausalAttention, (3, 2, 6, 0.0)),
        (MultiHeadAttention, (3, 2, 6, 0.0, 2)),
    ):
        assert biased <= set(make(*sizes, qkv_bias=True).state_dict())
        assert not biased & set(make(*sizes).state_dict())
    wrapper = MultiHeadAttentionWrapper(3, 2, 6, 0.0, 2, qkv_bias=True)
    assert {f"heads.1.{name}" for name in biased} <= set(wrapper.state_dict())


def test_the_mask_moves_with_the_module_but_is_not_trained():
    module = MultiHeadAttention(4, 4, 6, 0.0, 2)
    assert "mask" not in dict(module.named_parameters())
    assert module.to("meta").mask.device.type == "meta"


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_real_dtypes(dtype):
    torch.manual_seed(12)
    x = torch.randn(2, 5, 4, dtype=dtype)
    for make in MODULES.values():
        assert make().to(dtype)(x).dtype == dtype
    assert simple_self_attention(x).dtype == dtype


@pytest.mark.parametrize("name", MODULES)
def test_the_input_is_left_alone_and_need_not_be_contiguous(name):
    torch.manual_seed(13)
    module, x = MODULES[name](), torch.randn(4, 5, 2).transpose(0, 2)  # (2, 5, 4)
    copy = x.clone()
    close(module(x), module(x.contiguous()))
    close(x, copy, rtol=0, atol=0)


def test_parameters_are_drawn_in_the_order_query_key_value():
    torch.manual_seed(14)
    draws = [torch.rand(3, 2) for _ in range(3)]
    torch.manual_seed(14)
    v1 = SelfAttentionV1(3, 2, init=torch.rand)
    for draw, parameter in zip(draws, (v1.W_query, v1.W_key, v1.W_value), strict=True):
        close(parameter.detach(), draw, rtol=0, atol=0)

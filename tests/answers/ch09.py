"""Answers to the exercises of chapter 09."""

import torch


def split_heads():
    def split(x, num_heads):
        B, T, d_out = x.shape
        return x.view(B, T, num_heads, d_out // num_heads).transpose(1, 2)

    yield split, "right"
    yield lambda x, h: torch.stack(x.chunk(h, dim=-1), dim=1), "right"
    yield lambda x, h: split(x, h).contiguous().numpy(), "right"
    yield lambda x, h: x.reshape(*x.shape[:2], h, -1), "no_transpose"
    yield lambda x, h: x.reshape(len(x), h, x.shape[1], -1), "view_only"
    yield lambda x, h: x.reshape(*x.shape[:2], -1, h).permute(0, 3, 1, 2), "interleaved"
    yield lambda x, h: x.split(h, dim=-1), "any.reordered"
    yield lambda x, h: x.view(2, 6, 2, 2).transpose(1, 2), "any.only_example_size"
    yield lambda x, h: torch.stack(x.chunk(h, dim=-1)), "any.reordered"
    yield lambda x, h: split(x, h).flip(1), "any.reordered"
    yield lambda x, h: print(split(x, h).shape), "any.none"


def gpt2_parameter_count():
    yield 2362368, "right"
    yield "2362368", "right"
    yield "2,362,368", "right"
    yield 4 * (768 * 768 + 768), "right"
    yield torch.tensor(2362368), "right"
    yield 2360064, "no_qkv_bias"
    yield 2361600, "no_out_bias"
    yield 2359296, "no_bias"
    yield 1771776, "no_out_proj"
    yield 1769472, "no_out_proj"
    yield 2362368 + 1024**2, "mask"
    yield 12 * 2362368, "times_heads"
    yield 590592, "one_head"
    yield 4 * 768, "any.too_small"
    yield None, "any.empty"


def mask_polarity():
    yield ["keep", "hide"], "right"
    yield ("Keep", "Hide"), "right"
    yield "keep, hide", "right"
    yield ["hide", "keep"], "swapped"
    yield ["hide", "hide"], "alike"
    yield "keep", "any.choices"
    yield [True, False], "any.choices"
    yield [None, None], "any.empty"

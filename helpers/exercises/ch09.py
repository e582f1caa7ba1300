"""The exercises of chapter 09: multi-head attention."""

from helpers.check import Choice, Function, Value, draw, drawn, exercise


@exercise
def split_heads():
    """Write `split(x, num_heads)`: (B, T, d_out) -> (B, H, T, d_head), d_head = d_out / H.

    Head h holds the components from h * d_head on.
    """

    return Function(
        right=lambda x, num_heads: x.reshape(*x.shape[:2], num_heads, -1).transpose(1, 2),
        wrong={
            "view_only": lambda x, heads: x.reshape(len(x), heads, x.shape[1], -1),
            "no_transpose": lambda x, heads: x.reshape(*x.shape[:2], heads, -1),
            "interleaved": lambda x, heads: x.reshape(*x.shape[:2], -1, heads).permute(0, 3, 1, 2),
        },
        cases=[
            (draw(2, 6, 4), 2),
            (draw(1, 3, 12), 3),
            (draw(2, 4, 8), 4),
            (draw(3, 5, 8), 1),
            (draw(4, 4, 4), 4),
            *drawn(5, lambda d: (d.numbers(d.size(), d.size(), 2 * (h := d.size()) * 3), h)),
        ],
    )


@exercise
def gpt2_parameter_count():
    """Count: how many trainable numbers has MultiHeadAttention at GPT-2's smallest size?

    d_in = d_out = 768, 12 heads, context length 1024, qkv_bias=True; out_proj has its bias too.
    """
    matrix, bias, mask = 768 * 768, 768, 1024 * 1024
    layer = 4 * (matrix + bias)
    return Value(
        right=layer,
        wrong={
            "no_qkv_bias": 4 * matrix + bias,
            "no_out_proj": (3 * (matrix + bias), 3 * matrix),
            "no_bias": 4 * matrix,
            "no_out_bias": 4 * matrix + 3 * bias,
            "mask": (layer + mask, 4 * matrix + bias + mask, 4 * matrix + mask),
            "times_heads": (12 * layer, 12 * 4 * matrix),
            "one_head": (matrix + bias, matrix),
        },
    )


@exercise
def mask_polarity():
    """Say what True means in a boolean attn_mask, first for F.scaled_dot_product_attention,
    then for nn.MultiheadAttention.

    A list of two words, each "hide" or "keep": `check.mask_polarity(["...", "..."])`.
    """
    return Choice(
        right=["keep", "hide"],
        wrong={"swapped": ["hide", "keep"], "alike": (["hide", "hide"], ["keep", "keep"])},
    )

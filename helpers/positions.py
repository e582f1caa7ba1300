"""How attention is told where its tokens stand: added vectors, turned pairs, added scores.

Each function is the one that chapter 12 derives; the package adds docstrings and checks.

Shapes: T tokens, D width, H heads.
"""

import math

import torch

from helpers.attention import _all_finite, _check_overflow, _check_real, _check_sizes


def _check_even(**sizes):
    """Refuse a width that does not split into pairs."""
    for name, size in sizes.items():
        if size % 2:
            raise ValueError(f"expected an even {name}, numbers in pairs; got {size}")


def _check_turned(x, positions, base):
    """Refuse vectors, positions or a base with which `rotate` cannot turn pairs."""
    _check_real(x)
    if x.dim() < 2 or x.numel() == 0:
        raise ValueError(f"expected shape (..., T, d_head), not empty; got {tuple(x.shape)}")
    if not _all_finite(x):
        raise ValueError(f"expected finite numbers; got NaN or infinity in {tuple(x.shape)}")
    _check_even(d_head=x.shape[-1])
    if positions is not None:
        if not isinstance(positions, torch.Tensor):
            raise TypeError(f"expected positions as a tensor; got {type(positions).__name__}")
        if tuple(positions.shape) != (x.shape[-2],):
            raise ValueError(
                f"expected one position for each of {x.shape[-2]} tokens; "
                f"got shape {tuple(positions.shape)}"
            )
        if positions.is_complex() or not _all_finite(positions):
            raise ValueError(f"expected real and finite positions; got {positions.tolist()}")
    if isinstance(base, bool) or not isinstance(base, int | float):
        raise TypeError(f"expected base to be a number; got {base!r}")
    if not 0 < base < math.inf:
        raise ValueError(f"expected a base above 0 and finite; got {base}")


def sinusoids(length, d_model):
    """Return a vector for each position: sines and cosines, from quick to slow.

    Args:
        length: number of positions, T.
        d_model: width of a vector, even.

    Returns:
        vectors: (T, D), torch's default dtype; at position t, numbers 2i and 2i + 1 are the
            sine and cosine of t / 10000^(2i / D) radians.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive, or `d_model` is odd.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.5.
    """
    _check_sizes(length=length, d_model=d_model)
    _check_even(d_model=d_model)
    speeds = 10000.0 ** (-torch.arange(0, d_model, 2) / d_model)  # (D / 2,)
    angles = torch.arange(length)[:, None] * speeds  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)  # (T, D)


def rotate(x, positions=None, base=10000.0):
    """Turn each pair of numbers of a query or key by an angle that grows with its position.

    The pairs are neighbours, numbers 2i and 2i + 1, as in the paper. Published Llama-type
    code for torch pairs number i with number i + d_head / 2 instead; that is the same up to
    the order of the numbers, which their weights take into account.

    Args:
        x: (..., T, d_head), floating point, d_head even: queries or keys, no unit.
        positions: (T,), a whole number for each token; 0 to T - 1 if left out.
        base: pair i turns by base^(-2i / d_head) radians for each position.

    Returns:
        turned: shape and dtype of `x`, each vector as long as before.

    Raises:
        TypeError: `x` is not a tensor of real numbers, `positions` not a tensor, or `base`
            not a number.
        ValueError: `x` has fewer than two axes, is empty or has an odd last one, or holds NaN
            or infinity; `positions` does not fit it, or `base` is not positive and finite; or
            the numbers outgrow their dtype.

    Source: Su et al. 2021, RoFormer: Enhanced Transformer with Rotary Position Embedding,
        section 3.2.2, eq. 15 and 34.
    """
    _check_turned(x, positions, base)
    T, d_head = x.shape[-2:]
    if positions is None:
        positions = torch.arange(T, device=x.device)  # (T,)
    pairs = torch.arange(0, d_head, 2, device=x.device).double()  # (d_head / 2,)
    angles = positions[:, None] * base ** (-pairs / d_head)  # (T, d_head / 2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]  # (..., T, d_head / 2)
    turned = torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1)
    _check_overflow(turned)
    return turned.flatten(-2)  # (..., T, d_head)


def distance_bias(length, slopes):
    """Return what is added to the scores: the farther apart two tokens, the less.

    Args:
        length: number of tokens, T.
        slopes: (H,), real: how much a head subtracts for each step of distance.

    Returns:
        bias: (H, T, T), dtype of `slopes`, to be added to scores after they are scaled.

    Raises:
        TypeError: `length` is not an int, or `slopes` not a tensor of real numbers.
        ValueError: `length` is not positive, or `slopes` has not one axis, or holds numbers so
            large that the bias outgrows their dtype.

    Source: Press, Smith and Lewis 2022, Train Short, Test Long: Attention with Linear Biases
        Enables Input Length Extrapolation, section 3. There a mask hides later tokens; here
        the distance counts in both directions.
    """
    _check_sizes(length=length)
    _check_real(slopes)
    _check_slopes(slopes, length)
    places = torch.arange(length, device=slopes.device)  # (T,)
    distance = (places[:, None] - places).abs()  # (T, T)
    return -slopes[:, None, None] * distance  # (H, T, T)


def _check_slopes(slopes, length):
    """Refuse slopes that are not one finite number a head, also times the largest distance."""
    if slopes.dim() != 1 or slopes.numel() == 0:
        raise ValueError(f"expected slopes of shape (H,); got {tuple(slopes.shape)}")
    if not _all_finite(slopes):
        raise ValueError(f"expected finite slopes; got {slopes.tolist()}")
    _check_overflow(slopes * (length - 1))

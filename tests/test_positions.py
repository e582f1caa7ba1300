"""Positions: equal to independent implementations, and what the chapter proves of them."""

import cmath
import math

import pytest
import torch

from helpers import distance_bias, rotate, sinusoids

TWO = torch.float64


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=TWO)


@pytest.mark.parametrize(("length", "width"), [(1, 2), (7, 6), (50, 16), (3, 64)])
def test_sinusoids_are_those_of_the_paper(length, width):
    expected = [
        [(math.cos if k % 2 else math.sin)(t / 10000 ** (k // 2 * 2 / width)) for k in range(width)]
        for t in range(length)
    ]
    torch.testing.assert_close(
        sinusoids(length, width).double(), torch.tensor(expected, dtype=TWO), atol=1e-5, rtol=0
    )


def test_sinusoids_follow_the_default_dtype():
    assert sinusoids(3, 4).dtype == torch.float32
    torch.set_default_dtype(TWO)
    try:
        assert sinusoids(3, 4).dtype == TWO
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("shape", [(5, 8), (2, 3, 7, 4), (1, 2)])
@pytest.mark.parametrize("base", [10000.0, 500000.0])
def test_rotate_is_a_product_of_complex_numbers(shape, base):
    x = random(*shape)
    turned = rotate(x, base=base)
    assert turned.shape == x.shape
    width = shape[-1]
    for t in range(shape[-2]):
        for i in range(width // 2):
            turn = cmath.exp(1j * t * base ** (-2 * i / width))
            for given, came in zip(
                x[..., t, 2 * i : 2 * i + 2].reshape(-1, 2).tolist(),
                turned[..., t, 2 * i : 2 * i + 2].reshape(-1, 2).tolist(),
                strict=True,
            ):
                assert complex(*came) == pytest.approx(complex(*given) * turn, abs=1e-12)


def test_the_other_layout_is_a_permutation():
    """As Llama-type code writes it: x * cos + rotate_half(x) * sin, halves as pairs."""
    x = random(6, 8)
    angles = torch.arange(6)[:, None] * 10000.0 ** (-torch.arange(0, 8, 2, dtype=TWO) / 8)
    angles = torch.cat([angles, angles], dim=-1)
    half = torch.cat([-x[:, 4:], x[:, :4]], dim=-1)
    halves = x * angles.cos() + half * angles.sin()
    order = torch.tensor([0, 4, 1, 5, 2, 6, 3, 7])
    torch.testing.assert_close(rotate(x[:, order]), halves[:, order])


def test_scores_depend_on_the_distance_only():
    q, k = random(9, 16, seed=1)[:1], random(9, 16, seed=2)[:1]
    for distance in (-300, -1, 0, 4, 77):
        scores = [
            rotate(q, torch.tensor([m])) @ rotate(k, torch.tensor([m + distance])).T
            for m in (300, 301, 5000)
        ]
        torch.testing.assert_close(scores[1], scores[0])
        torch.testing.assert_close(scores[2], scores[0])


def test_lengths_are_kept_and_the_first_position_stays():
    x = random(2, 40, 6)
    torch.testing.assert_close(rotate(x).norm(dim=-1), x.norm(dim=-1))
    assert torch.equal(rotate(x)[:, 0], x[:, 0])
    assert rotate(x.float()).dtype == torch.float32
    torch.testing.assert_close(
        rotate(x, torch.arange(3, 43))[:, :5], rotate(x[:, :5], 3 + torch.arange(5))
    )


def test_gradients_pass():
    x = random(3, 4).requires_grad_()
    assert torch.autograd.gradcheck(rotate, (x,))


def test_distance_bias():
    slopes = torch.tensor([0.5, 2.0])
    bias = distance_bias(4, slopes)
    assert bias.shape == (2, 4, 4)
    for h in range(2):
        for i in range(4):
            for j in range(4):
                assert bias[h, i, j] == -slopes[h] * abs(i - j)


def test_one_number_is_enough():
    assert rotate(torch.ones(1, 2), base=0.5).shape == (1, 2)
    assert distance_bias(2, torch.ones(1)).shape == (1, 2, 2)


def test_everything_is_made_on_the_device_of_the_input():
    elsewhere = torch.ones(3, 4, device="meta")
    assert rotate(elsewhere).device.type == "meta"
    assert rotate(elsewhere, torch.arange(3, device="meta")).device.type == "meta"
    assert distance_bias(3, torch.ones(2, device="meta")).device.type == "meta"


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: sinusoids(3, 5), ValueError, "even d_model.*got 5"),
        (lambda: sinusoids(0, 4), ValueError, "length to be at least 1; got 0"),
        (lambda: sinusoids(3.0, 4), TypeError, "length to be an int; got 3.0"),
        (lambda: rotate(torch.ones(2, 3)), ValueError, "even d_head.*got 3"),
        (lambda: rotate(torch.ones(4)), ValueError, r"\(..., T, d_head\).*got \(4,\)"),
        (lambda: rotate(torch.ones(2, 4).long()), TypeError, "real numbers.*int64"),
        (lambda: rotate([[1.0, 2.0]]), TypeError, "torch.Tensor; got list"),
        (lambda: rotate(torch.ones(2, 4), torch.arange(3)), ValueError, r"2 tokens; got .*\(3,\)"),
        (lambda: rotate(torch.ones(2, 4), [0, 1]), TypeError, "tensor; got list"),
        (lambda: rotate(torch.ones(2, 4), base=0), ValueError, "above 0 and finite; got 0"),
        (lambda: rotate(torch.ones(2, 4), base="e"), TypeError, "a number; got 'e'"),
        (lambda: rotate(torch.ones(2, 4), base=math.inf), ValueError, "finite; got inf"),
        (lambda: rotate(torch.ones(0, 4)), ValueError, r"got \(0, 4\)"),
        (lambda: sinusoids(3, 4.0), TypeError, "d_model to be an int; got 4.0"),
        (lambda: distance_bias(3, torch.ones(0)), ValueError, r"\(H,\); got \(0,\)"),
        (lambda: distance_bias(3, torch.ones(2, 2)), ValueError, r"\(H,\); got \(2, 2\)"),
        (lambda: distance_bias(3, [1.0]), TypeError, "torch.Tensor; got list"),
        (lambda: distance_bias(0, torch.ones(1)), ValueError, "length.*got 0"),
    ],
)
def test_bad_input_is_refused(call, error, said):
    with pytest.raises(error, match=said):
        call()

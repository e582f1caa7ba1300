"""What is given to a widget is read, checked and rounded."""

import numpy as np
import pytest
import torch

from helpers.widgets.data import read, read_digits, read_temperature, read_tokens, stored


def test_what_somebody_wrote_comes_back():
    for given in (torch.tensor([0.43, -0.0]), np.array([0.43, -0.0]), [0.43, -0.0]):
        found = stored(given)
        assert found.dtype == torch.float64
        assert str(found.tolist()) == "[0.43, 0.0]"
    assert stored(torch.tensor([0.43]).tolist()).tolist() == [0.43]
    assert stored(torch.tensor([0.43]).half()).tolist() == [0.429932]
    assert stored([0.123456789, 1 / 3]).tolist() == [0.123456789, 0.333333333]


def test_no_last_bit_is_stored():
    exact = torch.randn(1000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for step in (-1, 1):
        assert stored(exact * (1 + step * 2.0**-50)).equal(stored(exact))
    assert (stored(exact) - exact).abs().max() < 1e-9


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ([[1.0], [2.0, 3.0]], "expected x as a tensor, array or even lists"),
        ("words", "expected x as a tensor, array or even lists"),
        ([1.0], r"expected x of 2 or 3 dimensions, none of them 0; got shape \(1,\)"),
        ([[]], r"got shape \(1, 0\)"),
        ([[float("inf")]], "expected finite numbers in x; got NaN or infinity"),
    ],
)
def test_bad_numbers_are_refused(numbers, says):
    with pytest.raises(ValueError, match=says):
        read("x", numbers, (2, 3))


def test_bad_tokens_and_options_are_refused():
    with pytest.raises(TypeError, match="got the string 'ab'"):
        read_tokens("tokens", "ab", 2, "keys")
    with pytest.raises(TypeError, match="expected strings in tokens; got 1"):
        read_tokens("tokens", [1], 1, "keys")
    with pytest.raises(ValueError, match="expected 2 tokens, one for each of the keys; got 1"):
        read_tokens("tokens", ["a"], 2, "keys")
    assert read_tokens("tokens", ["\n"], 1, "keys") == ["\\n"]


def test_nothing_stays_nothing_and_a_matrix_is_what_is_asked_for():
    assert read("x", None) is None
    assert read("x", [[1, 2]]).tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match=r"expected x of 2 dimensions, .*; got shape \(1, 1, 1\)"):
        read("x", [[[1.0]]])


def test_the_ends_of_digits_and_temperature():
    assert [read_digits(1), read_digits(7)] == [1, 7]
    for bad in (0, 8, 2.0, "3", None):
        with pytest.raises(ValueError, match=f"expected digits from 1 to 7; got {bad!r}"):
            read_digits(bad)
    assert str(read_temperature(2)) == "2.0" and read_temperature(0.01) == 0.01
    for bad in (0, -0.5, float("nan"), float("inf"), "1", None):
        with pytest.raises(ValueError, match=f"expected a temperature above 0; got {bad!r}"):
            read_temperature(bad)

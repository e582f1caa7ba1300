"""Widgets under a reader's settings, and of numbers that are none."""

import numpy as np
import pytest
import torch

from helpers import explore, plane, product, steps, width
from helpers.widgets.data import read


@pytest.mark.parametrize("numbers", [torch.eye(2) * 1j, [[10**400]], [[1j]]])
def test_numbers_that_are_not_real_are_refused(numbers):
    with pytest.raises(ValueError, match="expected x as a tensor, array or even lists"):
        read("x", numbers)


SQUARE = [[0.5, 0.5], [0.25, 0.75]]


@pytest.mark.parametrize(
    "show",
    [
        lambda: explore(["a", "b"], SQUARE, causal=True),
        lambda: plane(SQUARE, [1, 2]),
        lambda: product(SQUARE, SQUARE),
        lambda: width((2, 4), draws=10),
    ],
)
def test_another_default_device_changes_nothing(show):
    expected = show().html
    with torch.device("meta"):
        assert show().html == expected


@pytest.mark.parametrize("hide", [{"a": 1}, "ab", [[1], [1, 2]], torch.ones(2, 2, device="meta")])
def test_a_mask_that_is_no_table_is_refused(hide):
    with pytest.raises(ValueError, match=r"hide as bool of shape \(2, 2\)"):
        explore(["a", "b"], SQUARE, hide=hide)


def test_names_may_stand_in_an_array():
    names = np.array(["x", "y"])
    expected = product(SQUARE, SQUARE, rows=["x", "y"], columns=["x", "y"]).html
    assert product(SQUARE, SQUARE, rows=names, columns=names).html == expected
    plain = product(SQUARE, SQUARE).html
    assert product(SQUARE, SQUARE, rows=[], inner=np.array([])).html == plain


@pytest.mark.parametrize(("maps", "losses"), [(None, [1.0]), ([SQUARE], None)])
def test_a_seed_without_its_map_or_loss_is_refused(maps, losses):
    with pytest.raises(ValueError, match="got None"):
        steps({0: maps}, {0: losses}, ["a", "b"])

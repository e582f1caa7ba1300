"""Figures of odd names and numbers: a well-formed picture, or what was expected and what came."""

import array
import io
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch

from helpers import figures
from helpers.figures.checked import matrix, names_of
from helpers.figures.svg import FigureCanvas
from helpers.figures.words import number


@pytest.mark.parametrize(
    "names", [["\x00\x1b", "\n"], ["\ud83d", "a\udc00"], ["\uffff", "\u202eb"]]
)
def test_characters_that_no_page_may_hold_are_spelled_out(names):
    figure = figures.heatmap([[0.5, 0.5], [0.2, 0.8]], names, names)
    texts = [one.text for one in ET.fromstring(figure.svg.encode()).iter() if one.text]
    spelled = [name.encode("unicode_escape").decode() for name in names]
    assert all(texts.count(name) == 2 for name in spelled)
    assert spelled[1] in figure.alt
    figure.alt.encode()


def test_so_are_those_of_a_plain_figure():
    from matplotlib.figure import Figure

    drawing, out = Figure(), io.BytesIO()
    FigureCanvas(drawing)
    drawing.suptitle("a\x00\ud83d")
    drawing.savefig(out, format="svg", metadata={"Title": "b\x00"})
    root = ET.fromstring(out.getvalue())
    assert root.get("aria-label") == "b\\x00"
    assert "a\\x00\\ud83d" in [one.text for one in root.iter()]


class Table:
    """As pandas has it: to walk through it gives its names, `to_numpy` its numbers."""

    def __iter__(self):
        return iter("ab")

    def to_numpy(self):
        return np.eye(2)


def test_numbers_in_tables_and_arrays_are_read():
    assert matrix(Table(), "values") == [[1.0, 0.0], [0.0, 1.0]]
    assert matrix([array.array("d", [1, 2])], "values") == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "values", [torch.eye(2).to_sparse(), torch.eye(2, device="meta"), [[10**400, 1.0]]]
)
def test_numbers_that_cannot_be_read_are_refused(values):
    with pytest.raises(ValueError, match=r"expected .*values"):
        matrix(values, "values")


def test_names_that_are_no_finite_numbers():
    assert names_of([math.nan, math.inf, -math.inf, 2], "rows") == ["NaN", "∞", "−∞", "2"]
    assert number(math.inf) == "∞"


@pytest.mark.parametrize("left_out", [math.nan, -math.inf])
def test_a_table_of_which_nothing_is_left_is_drawn(left_out):
    figure = figures.heatmap([[left_out] * 2] * 2, ["a", "b"], ["c", "d"])
    ET.fromstring(figure.svg)
    assert "4" in figure.alt

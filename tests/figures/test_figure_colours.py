"""Colours: legible, ordered, told apart, on a light page and on a dark one."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
import torch
from cases import INF, NAN, SVG, words_of

from helpers import figures


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


# (ground, ink) of the site in its two themes, and of a figure alone
THEMES = [("#ffffff", "#1c2230"), ("#12161d", "#e4e8ef"), ("#ffffff", "#1f2328")]
LIGHT, DARK, ALONE = THEMES


def over(colour, opacity, ground):
    """Lay a colour over a ground."""
    parts = [
        round(opacity * int(colour[i : i + 2], 16) + (1 - opacity) * int(ground[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def cells_with_text(figure, theme=LIGHT):
    """Yield (colour of the cell, colour of its number) as a page in this theme shows them."""
    root = ElementTree.fromstring(figure.svg)
    ground, page_ink = theme
    boxes = [
        (
            [float(r.get(k)) for k in ("x", "y", "width", "height")],
            over(r.get("fill"), float(r.get("fill-opacity", 1)), ground),
        )
        for r in root.iter(f"{SVG}rect")
    ]
    for element in root.iter(f"{SVG}text"):
        x, y, ink = float(element.get("x")), float(element.get("y")), element.get("fill")
        for (left, top, width, height), fill in boxes:
            if left < x < left + width and top < y < top + height:
                yield fill, ink or page_ink


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["weights", "scores", "vectors"])
@pytest.mark.parametrize("low", [0.0, -1.0])
def test_every_number_is_legible_on_its_cell(kind, low, theme):
    shades = torch.linspace(low, 1, 144).reshape(12, 12)
    pairs = list(cells_with_text(figures.heatmap(shades, 12, 12, kind=kind), theme))
    assert len(pairs) == 144
    assert min(contrast(*pair) for pair in pairs) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["weights", "scores", "vectors"])
def test_the_stronger_the_colour_the_larger_the_value_on_either_ground(kind, theme):
    figure = figures.heatmap([[0, 0.25, 0.5, 0.75, 1]], ["a"], 5, kind=kind)
    cells = [contrast(c, theme[0]) for c, _ in cells_with_text(figure, theme)]
    assert all(a < b for a, b in pairwise(cells))
    assert cells[0] < 1.2 and cells[-1] >= 3
    figure = figures.heatmap([[0, -0.25, -0.5, -0.75, -1]], ["a"], 5, kind=kind)
    cells = [contrast(c, theme[0]) for c, _ in cells_with_text(figure, theme)]
    assert all(a < b for a, b in pairwise(cells))


@pytest.mark.parametrize("theme", THEMES)
def test_negative_differs_from_positive(theme):
    (minus, _), (zero, _), (plus, _) = cells_with_text(
        figures.heatmap([[-1.0, 0.0, 1.0]], ["a"], 3, kind="scores"), theme
    )
    red, blue = (lambda c: int(c[1:3], 16)), (lambda c: int(c[5:7], 16))
    assert red(minus) > blue(minus) and red(plus) < blue(plus)
    assert contrast(zero, theme[0]) < 1.2


def test_equal_weights_do_not_look_strong():
    even = [c for c, _ in cells_with_text(figures.heatmap([[0.25] * 4], ["a"], 4))]
    sure = [c for c, _ in cells_with_text(figures.heatmap([[0, 0, 0, 1.0]], ["a"], 4))]
    assert luminance(even[0]) > 2 * luminance(sure[-1])


def test_the_last_bits_of_a_float_change_no_colour():
    exact = [[0.0, 0.125, 0.25, 1 / 3, 0.5, 0.625, 2 / 3, 0.75, 1.0]]
    for kind in ("weights", "scores"):
        for sign in (-1, 1):
            noisy = [[v + sign * 1e-7 * (v + 0.1) for v in exact[0]]]
            one, other = (
                figures.heatmap(v, ["a"], 9, kind=kind, digits=4).svg for v in (exact, noisy)
            )
            assert one == other
    for kind in ("scores", "vectors"):
        both = [[-1.0, -0.5, 0.0, 0.5, 1.0]]
        noisy = [[v + 1e-7 for v in both[0]]]
        one, other = (figures.heatmap(v, ["a"], 5, kind=kind).svg for v in (both, noisy))
        assert one == other


def test_several_heatmaps_share_one_scale():
    figure = figures.heatmaps({"head=1": [[0.5, 0.1]], "head=2": [[1.0, 0.5]]}, ["a"], ["b", "c"])
    cells = [colour for colour, _ in cells_with_text(figure)]
    assert cells[0] == cells[3] and luminance(cells[2]) < luminance(cells[0])
    assert {"Head 1", "Head 2"} <= set(words_of(figure))
    assert "Head 1." in figure.alt and "Head 2." in figure.alt


def test_series_are_told_apart_on_white_on_dark_and_without_colour():
    for colour in figures.COLOURS:
        assert contrast(colour, "#ffffff") >= 3 and contrast(colour, "#14181e") >= 3, colour
    assert len(set(figures.MARKS)) == len(set(figures.DASHES)) == len(figures.COLOURS)
    svg = figures.bars(["a"], {"scores": [1], "weights": [2], "sum": [3]}, y_label="value").svg
    assert 'fill-opacity="0.3"' in svg and 'fill="none" stroke="#029e73"' in svg


def test_masked_cells_are_marked_and_have_no_colour():
    figure = figures.heatmap([[0.5, NAN], [-INF, 0.5]], 2, 2, kind="scores")
    root = ElementTree.fromstring(figure.svg)
    assert len(list(root.iter(f"{SVG}rect"))) == 2
    assert words_of(figure).count("−∞") == 1
    assert 'stroke="currentColor" stroke-opacity="0.35"' in figure.svg

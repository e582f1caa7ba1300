"""Where the parts of a heatmap stand: each number in its cell, each name at its row or column."""

import re
from xml.etree import ElementTree

import pytest
from cases import INF, NAN, SVG

from helpers import figures

HIGH = 30  # of a cell
VALUES = [[1, 2], [3, -INF], [NAN, 4]]


def parts(figure) -> tuple[dict, list, list[list[tuple[float, float]]]]:
    """Return where words stand, the cells that have a colour, and the corners of each line."""
    root = ElementTree.fromstring(figure.svg)
    words = {
        "".join(one.itertext()): (float(one.get("x")), float(one.get("y")), one.get("text-anchor"))
        for one in root.iter(f"{SVG}text")
    }
    cells = [
        tuple(float(one.get(name)) for name in ("x", "y", "width", "height"))
        for one in root.iter(f"{SVG}rect")
    ]
    lines = [
        [tuple(map(float, corner.split())) for corner in re.findall(r"[\d.]+ [\d.]+", line)]
        for path in root.iter(f"{SVG}path")
        for line in path.get("d").split("M")[1:]
    ]
    return words, cells, lines


def test_numbers_names_and_frames_stand_as_in_a_table():
    figure = figures.heatmap(VALUES, ["a", "b", "c"], ["p", "q"], kind="scores", title="scores")
    words, cells, lines = parts(figure)
    left, top, wide, high = cells[0]
    assert high == HIGH and wide >= 36
    places = {(i, j): (left + j * wide, top + i * HIGH) for i in range(3) for j in range(2)}
    full = [(0, 0), (0, 1), (1, 0), (2, 1)]
    assert cells == [(*places[at], wide, HIGH) for at in full]
    shown = {at: f"{VALUES[at[0]][at[1]]:.2f}" for at in full} | {(1, 1): "−∞"}
    for at, number in shown.items():
        x, y, anchor = words[number]
        middle = places[at][0] + wide / 2, places[at][1] + HIGH / 2
        assert (x, anchor) == (middle[0], "middle") and 3 < y - middle[1] < 6  # the base line
    for j, name in enumerate("pq"):
        assert words[name] == (left + (j + 0.5) * wide, words["p"][1], "middle")
    for i, name in enumerate("abc"):
        assert words[name][0] == left - 6 and words[name][2] == "end"
        assert words[name][1] == pytest.approx(words["a"][1] + i * HIGH)
        assert 3 < words[name][1] - (top + (i + 0.5) * HIGH) < 6
    # The names of the axes: of the rows at their head, of the columns above their names.
    assert words["Queries ↓"][0] < left and words["Queries ↓"][1:] == (words["p"][1], "end")
    assert words["Keys →"][0] == words["Scores"][0] == left
    assert words["Scores"][1] < words["Keys →"][1] < words["p"][1] < top

    def frame(at):
        x, y = places[at]
        right, bottom = x + wide - 2, y + HIGH - 2
        return [(x + 2, y + 2), (right, y + 2), (right, bottom), (x + 2, bottom), (x + 2, y + 2)]

    masked, left_out, *hatching = lines
    assert (masked, left_out) == (frame((1, 1)), frame((2, 0)))
    (x0, y0), _, (x1, y1) = left_out[:3]
    assert len(hatching) == 7
    for (ax, ay), (bx, by) in hatching:  # lines that rise at 45 degrees from edge to edge
        assert bx - ax == pytest.approx(ay - by, abs=0.2) and bx > ax
        assert ax == x0 or ay == y1
        assert bx == x1 or by == y0


def test_names_that_are_too_long_for_a_column_are_slanted():
    def turns(length, count):
        names = ["n" * length] * count
        figure = figures.heatmap([[0.0] * count], ["a"], names)
        return figure.svg.count('transform="rotate(-45 '), parts(figure)[1][0][2]

    assert turns(3, 2) == (0, 36)
    assert turns(8, 2) == (0, 66)  # the cells are widened for them
    assert turns(9, 2) == (2, 36)
    assert turns(6, 8) == (8, 36)  # not where the figure would grow too wide
    assert turns(1, 9)[1] < 36  # many columns are narrow


def test_panels_stand_side_by_side_as_far_as_a_phone_shows_them():
    def corners(count, columns):
        panels = {f"head={n}": [[0.5] * columns] for n in range(count)}
        names = {"row_label": "$n$", "column_label": "$d_k$"}
        cells = parts(figures.heatmaps(panels, ["a"], columns, **names))[1]
        starts = cells[::columns]
        return len({x for x, *_ in starts}), len({y for _, y, *_ in starts})

    assert corners(2, 4) == (2, 1) and corners(2, 5) == (1, 2)
    assert corners(4, 1) == (4, 1) and corners(3, 2) == (3, 1) and corners(3, 3) == (2, 2)
    # None is left alone in its row where three would fit.
    assert corners(5, 1) == (3, 2) and corners(4, 2) == (2, 2)

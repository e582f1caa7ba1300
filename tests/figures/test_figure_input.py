"""Bad input is refused."""

import pytest
import torch
from cases import INF, NAN

from helpers import figures


def heat(values, rows=2, columns=2, **options):
    return lambda: figures.heatmap(values, rows, columns, **options)


def line(x, series, **options):
    return lambda: figures.lines(x, series, **{"x_label": "step", "y_label": "loss", **options})


SQUARE = [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (heat([[1, 2], [3]]), r"equal length in values; got lengths 2, 1"),
        (heat([]), r"shape \(rows, columns\); got \(0,\)"),
        (heat([[], []]), r"shape \(rows, columns\); got \(2, 0\)"),
        (heat([1.0, 2.0]), r"shape \(rows, columns\); got \(2,\)"),
        (heat(torch.zeros(2, 2, 2)), r"shape \(rows, columns\); got \(2, 2, 2\)"),
        (heat(3.0), r"a tensor or list; got float"),
        (heat("ab"), r"a tensor or list; got str"),
        (heat(SQUARE, ["a"], 2), r"shape \(1, 2\), one row and one column .*got \(2, 2\)"),
        (heat(SQUARE, 2, ["a", "b", "c"]), r"shape \(2, 3\).*got \(2, 2\)"),
        (heat(SQUARE, "ab", 2), r"rows as a tensor or list; got str"),
        (heat(SQUARE, 0, 2), r"at least one name in rows; got 0"),
        (heat([["1", 2], [3, 4]]), r"real numbers in values; got str"),
        (heat(torch.ones(2, 2, dtype=torch.complex64)), r"real numbers in values; got complex"),
        (heat([[INF, 1], [1, 1]]), r"finite numbers in values; got inf"),
        (heat(SQUARE, kind="weight"), r"weights, scores, vectors; got 'weight'"),
        (heat(SQUARE, digits=-1), r"digits .*; got -1"),
        (heat(SQUARE, title="colour"), r"unknown label key 'colour': add \[label.colour\]"),
        (heat(SQUARE, title="$\\frac{1}{2}$"), r"short mathematics; got '\\\\frac'"),
        (heat(SQUARE, row_label=["a"]), r"a label key \(str\); got list"),
        (line([1, 2], {"loss": [1]}), r"2 values \(as many as x\) in series 'loss'; got 1"),
        (line([], {"loss": []}), r"x with one dimension, not empty; got \(0,\)"),
        (line([1], {}), r"dict key -> values, not empty; got \{\}"),
        (line([1], [[1]]), r"dict key -> values"),
        (line([1], {"los": [1]}), r"unknown label key 'los'.*label.toml"),
        (line([1], {"loss": [1]}, y_label="los"), r"unknown label key 'los'"),
        (line([1], {"loss": [NAN]}), r"finite numbers in series 'loss'; got nan"),
        (line([0, 1], {"loss": [1, 2]}, log_x=True), r"> 0 for a logarithmic axis; got x"),
        (line([1, 2], {"loss": [-1, 2]}, log_y=True), r"> 0 for a logarithmic axis; got series"),
        (line([1], {f"head={i}": [1] for i in range(7)}), r"at most 6 series in one figure; got 7"),
        (lambda: figures.bars(["a"], {"loss": [1, 2]}, y_label="loss"), r"1 values .*got 2"),
        (lambda: figures.bars([], {"loss": []}, y_label="loss"), r"names in categories; got"),
        (lambda: figures.arrows([[1, 2, 3]], ["a"]), r"shape \(n, 2\); got \(1, 3\)"),
        (lambda: figures.arrows(SQUARE, ["a"]), r"2 labels for vectors; got 1"),
        (lambda: figures.arrows([[1, 0]], ["a"], shadow=True), r"expected two vectors"),
        (lambda: figures.arrows([[0, 0]], ["a"]), r"longer than 0; got one of length 0"),
        (
            lambda: figures.attention_steps([[1.0]], SQUARE, SQUARE, SQUARE, ["a", "b"]),
            r"inputs of shape \(2, 1\).*got \(1, 1\)",
        ),
        (
            lambda: figures.attention_steps(SQUARE, SQUARE, [[1.0]], SQUARE, ["a", "b"]),
            r"weights of shape \(2, 2\).*got \(1, 1\)",
        ),
    ],
)
def test_bad_input_is_refused_with_what_was_expected_and_what_came(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()

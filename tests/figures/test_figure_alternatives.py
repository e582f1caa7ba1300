"""The words that stand for a figure, whole and in English: each number beside its names."""

import pytest
from cases import INF, NAN

from helpers import figures

AXES = {"x_label": "step", "y_label": "loss"}
LINE_CHART = "Line chart. Horizontal axis: step, from 1 to 3. Vertical axis: loss."


@pytest.mark.parametrize(
    ("values", "rows", "columns", "options", "said"),
    [
        (
            [[0.1, 0.9], [0.5, 0.5], [NAN, 1.0]],
            ["a", "b", "c"],
            ["p", "q"],
            {"title": "weights"},
            "Weights. Heatmap of weights, 3 rows (queries) by 2 columns (keys). Largest in each "
            "row: a → q 0.90; b: all 0.50; c → q 1.00. Hatched cells hold no value: 1.",
        ),
        # Equal is what is printed alike; of many columns the first three are named.
        (
            [[0.246, 0.2496, 0.25, 0.2544], [0.3, 0.3, 0.1, 0.3], [0.2, 0.4, 0.4, 0], [NAN] * 4],
            4,
            4,
            {"row_label": "tokens", "column_label": "$d_k$"},
            "Heatmap of weights, 4 rows (tokens) by 4 columns (d_k). Largest in each row: x_1: all "
            "0.25; x_2 → x_1, x_2, x_4 0.30; x_3 → x_2, x_3 0.40. Hatched cells hold no value: 4.",
        ),
        (
            [[-INF, 2.0], [-1.5, -INF], [-INF, -INF]],
            ["$a$", "b", "c"],
            2,
            {"kind": "scores", "digits": 3},
            "Heatmap of scores, 3 rows (queries) by 2 columns (keys). Largest in each row: "
            "a → x_2 2.000; b → x_1 −1.500. Framed cells with −∞ are masked: 4.",
        ),
        (
            [[1.0, -2.5], [NAN, 2.0]],
            ["a", "b"],
            2,
            {"kind": "vectors", "digits": 1, "title": "inputs"},
            "Inputs. Heatmap of vectors, 2 rows (tokens) by 2 columns (dimensions). Values from "
            "−2.5 (a, x_2) to 2.0 (b, x_2). Hatched cells hold no value: 1.",
        ),
        (
            [[NAN]],
            1,
            1,
            {"kind": "vectors"},
            "Heatmap of vectors, 1 rows (tokens) by 1 columns (dimensions). Hatched cells hold no "
            "value: 1.",
        ),
        (
            [[-INF]],
            1,
            1,
            {},
            "Heatmap of weights, 1 rows (queries) by 1 columns (keys). Framed cells with −∞ are "
            "masked: 1.",
        ),
        (
            [[1.0]] * 12,
            12,
            1,
            {},
            "Heatmap of weights, 12 rows (queries) by 1 columns (keys). Largest in each row: "
            + "; ".join(f"x_{i} → x_1 1.00" for i in range(1, 13))
            + ".",
        ),
        (
            [[1.0], [0.5]] + [[1.0]] * 11,
            13,
            1,
            {},
            "Heatmap of weights, 13 rows (queries) by 1 columns (keys). Values from 0.50 "
            "(x_2, x_1) to 1.00 (x_13, x_1).",
        ),
    ],
)
def test_of_a_heatmap(values, rows, columns, options, said):
    assert figures.heatmap(values, rows, columns, **options).alt == said


def test_of_several_panels():
    heads = {"head=1": [[1, 0]], "head=2": [[0.2, 0.8]]}
    assert figures.heatmaps(heads, ["a"], ["b", "c"], digits=1).alt == (
        "Head 1. Heatmap of weights, 1 rows (queries) by 2 columns (keys). Largest in each row: "
        "a → b 1.0. Head 2. Heatmap of weights, 1 rows (queries) by 2 columns (keys). Largest in "
        "each row: a → c 0.8."
    )
    assert figures.attention_steps([[1, 2]], [[5]], [[1]], [[3, 4]], ["a"], digits=1).alt == (
        "Self-attention in four panels. 1 Inputs. Heatmap of vectors, 1 rows (tokens) by 2 columns "
        "(dimensions). Values from 1.0 (a, x_1) to 2.0 (a, x_2). 2 Raw scores. Heatmap of scores, "
        "1 rows (queries) by 1 columns (keys). Largest in each row: a → a 5.0. 3 Weights. Heatmap "
        "of weights, 1 rows (queries) by 1 columns (keys). Largest in each row: a → a 1.0. "
        "4 Outputs (context vectors). Heatmap of vectors, 1 rows (tokens) by 2 columns "
        "(dimensions). Values from 3.0 (a, x_1) to 4.0 (a, x_2)."
    )


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([1, 3, 2], "loss: 1 at 1, 2 at 3. Highest: 3 at 2."),
        ([1, 0.5, 2], "loss: 1 at 1, 2 at 3. Lowest: 0.5 at 2."),
        ([3, 2, 1], "loss: 3 at 1, 1 at 3."),
        ([2, 2, 2], "loss: 2 at 1, 2 at 3."),
        ([1, 1, 2], "loss: 1 at 1, 2 at 3."),
    ],
)
def test_of_a_line(losses, said):
    assert figures.lines([1, 2, 3], {"loss": losses}, **AXES).alt == f"{LINE_CHART} {said}"


def test_of_lines_with_all_there_is_to_say():
    series = {"loss": [1, 5, 0.5, 2], "$d_k$": [1, 2, 3, 4]}
    figure = figures.lines([4, 3, 2, 1], series, **AXES, log_x=True, log_y=True, title="loss")
    assert figure.alt == (
        "Loss. Line chart. Horizontal axis: step (logarithmic), from 1 to 4. Vertical axis: loss "
        "(logarithmic). loss: 1 at 4, 2 at 1. Highest: 5 at 3. Lowest: 0.5 at 2. "
        "d_k: 1 at 4, 4 at 1."
    )
    assert figures.lines([3], {"loss": [2.5]}, **AXES).alt == (
        "Line chart. Horizontal axis: step, from 3 to 3. Vertical axis: loss. loss: 2.5 at 3."
    )


def test_of_bars():
    series = {"scores": [1.5, -0.25], "$d_k$": [1, 0]}
    options = {"x_label": "tokens", "y_label": "value", "title": "weights", "digits": 1}
    assert figures.bars(["a", "b"], series, **options).alt == (
        "Weights. Bar chart. Horizontal axis: tokens, 2 categories. Vertical axis: value. "
        "scores: a 1.5; b −0.3. d_k: a 1.0; b 0.0."
    )
    assert figures.bars(12, {"count": range(12)}, y_label="count").alt == (
        "Bar chart of count, 12 categories. count: "
        + "; ".join(f"x_{i + 1} {i}" for i in range(12))
        + "."
    )
    assert figures.bars(13, {"count": [*range(12), 3]}, y_label="count").alt == (
        "Bar chart of count, 13 categories. count: largest x_12 11."
    )


@pytest.mark.parametrize(
    ("vectors", "options", "said"),
    [
        ([[3, 4]], {}, ""),
        (
            [[3, 4], [-5, 12], [0, -1]],
            {"title": "dot_product"},
            " b: (−5.00, 12.00), length 13.00. c: (0.00, −1.00), length 1.00. "
            "a and b: angle 59.5°, dot product 33.00.",
        ),
        (
            [[3, 4], [-5, 12]],
            {"difference": True, "angle": False},
            " b: (−5.00, 12.00), length 13.00. a − b: length 11.31.",
        ),
        (
            [[3, 4], [0, -1]],
            {"shadow": True},
            " b: (0.00, −1.00), length 1.00. shadow of b on a: −0.80. "
            "a and b: angle 143.1°, dot product −4.00.",
        ),
    ],
)
def test_of_arrows(vectors, options, said):
    figure = figures.arrows(vectors, ["a", "b", "c"][: len(vectors)], **options)
    title = "Dot product. " if "title" in options else ""
    assert figure.alt == (
        f"{title}Vectors drawn as arrows from the origin: {len(vectors)}. "
        f"a: (3.00, 4.00), length 5.00.{said}"
    )

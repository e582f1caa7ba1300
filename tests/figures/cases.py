"""One figure of each kind and edge, and how tests look into it."""

import math
from xml.etree import ElementTree

import torch

from helpers import examples, figures

SVG = "{http://www.w3.org/2000/svg}"
INF, NAN = math.inf, math.nan
# Names of tokens in every script: data is shown as it is, whatever the reader's language.
MIXED = ["私は", "猫が", "고양이를", "좋아합니다", "喜欢词元", "WWMM"]


def every():
    """Draw one figure of each kind and edge: name -> figure."""
    x, tokens = examples.inputs, examples.tokens
    scores = x @ x.T
    weights = scores.softmax(-1)
    future = torch.ones(6, 6).triu(1).bool()
    few = torch.tensor([[0.34, 0.13, 0.23, -1.23], [-1.12, -0.19, 2.21, -0.64], [0.5, 0, 1, 0.8]])
    raw = few @ few.T
    long = "internationalization"
    twelve = ["The", "quick", "fox", "jumps", "over", "the", "lazy", long, "dog", "again", ".", "I"]
    twelve_weights = torch.eye(12).softmax(-1)
    n = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    steps = list(range(200))
    curve = [k / 10 - 5 for k in range(101)]
    return {
        "weights": figures.heatmap(weights, tokens, tokens, title="attention_weights"),
        "mixed": figures.heatmap(weights, MIXED, MIXED, title="head=1"),
        "scores": figures.heatmap(
            (scores - 0.9).masked_fill(future, -INF), tokens, tokens, kind="scores"
        ),
        "hatched": figures.heatmap(weights.masked_fill(future, NAN), tokens, tokens),
        "vectors": figures.heatmap(x, tokens, 3, kind="vectors", title="inputs"),
        "twelve": figures.heatmap(twelve_weights, twelve, twelve),
        "one": figures.heatmap([[1]], ["a"], ["b"], title="context_vectors"),
        "labelled": figures.heatmap(
            [[12345.678, -0.001]],
            [figures.label("gradient")],
            [figures.label("query"), "b"],
            row_label="output_dimensions",
            column_label="$d_k$",
        ),
        "zeros": figures.heatmap([[0.0, -0.0], [NAN, -INF]], 2, 2, kind="scores", digits=4),
        "several": figures.heatmaps(
            {"head=1": weights[:3, :3], "head=2": torch.eye(3), "head=3": weights[3:, 3:]},
            MIXED[:3],
            3,
        ),
        "several-wide": figures.heatmaps({"head=1": weights, "head=2": weights.T}, MIXED, tokens),
        "steps": figures.attention_steps(
            few, raw, raw.softmax(-1), raw.softmax(-1) @ few, ["The", "cat", "sat"]
        ),
        "steps-wide": figures.attention_steps(
            torch.eye(6, 8), scores, weights, torch.eye(6, 8), MIXED
        ),
        "variance": figures.lines(
            n,
            {"unscaled": [1.01 * v for v in n], "scaled": [1.02] * len(n)},
            x_label="key_width",
            y_label="variance_of_scores",
            log_x=True,
            log_y=True,
            title="variance_of_scores",
        ),
        "softmax": figures.lines(
            curve,
            {
                f"temperature={t}": [1 / (1 + math.exp(-v / t)) for v in curve]
                for t in (0.25, 0.5, 1, 2, 4, 8)
            },
            x_label="score",
            y_label="weight",
        ),
        "loss": figures.lines(
            steps,
            {"training_loss": [math.exp(-k / 40) for k in steps]},
            x_label="training_step",
            y_label="loss",
            markers=False,
        ),
        "operations": figures.lines(
            list(range(1, 11)),
            {"multiplications": [64000 * k * k for k in range(1, 11)], "$n^2$": [1.0] * 10},
            x_label="number_of_tokens",
            y_label="operations",
        ),
        "gradients": figures.lines(
            n,
            {f"d_k={k}": [10.0 ** (-v / 100) / k for v in n] for k in (1, 2)},
            x_label="$d_k$",
            y_label="gradient_norm",
            log_y=True,
        ),
        "point": figures.lines([3], {"loss": [2.5]}, x_label="step", y_label="loss"),
        "bars": figures.bars(
            tokens,
            {"scores": scores[1], "weights": weights[1]},
            x_label="tokens",
            y_label="value",
        ),
        "bars-three": figures.bars(
            MIXED,
            {
                "divided_by_sum": [-0.5, 0.2, 0.7, 0.1, 0.3, 0.2],
                "softmax": weights[1],
                1: x[:, 0],
            },
            y_label="share",
            title="weights",
        ),
        "bars-many": figures.bars(twelve, {"count": list(range(12))}, y_label="count"),
        "bars-negative": figures.bars([1, 2], {"difference": [-1, -2.0]}, y_label="difference"),
        "arrows": figures.arrows(x[[1, 4, 2], :2], ["journey", "one", "starts"]),
        "arrows-left": figures.arrows(
            [[1.0, 2.0], [-2.0, -0.5]], ["$a$", "ベクトル"], title="dot_product"
        ),
        "arrows-triangle": figures.arrows(
            [[3, 1], [1, 2]], ["a", "b"], angle=False, difference=True
        ),
        "arrows-shadow": figures.arrows([[3, 1], [-2, 1]], ["a", "f"], shadow=True),
        "arrows-alone": figures.arrows([[-1.0, 0.0]], ["a"], angle=False),
    }


def words_of(figure) -> list[str]:
    root = ElementTree.fromstring(figure.svg)
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]

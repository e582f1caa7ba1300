"""The static figures: words, numbers, layout in a browser, determinism, errors."""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
import torch

from helpers import examples, figures, set_language
from helpers.language import LANGUAGES, messages, text

SVG = "{http://www.w3.org/2000/svg}"
INF, NAN = math.inf, math.nan
# Names of tokens in every script: data is shown as it is, whatever the reader's language.
MIXED = ["私は", "猫が", "고양이를", "좋아합니다", "喜欢词元", "WWMM"]


@pytest.fixture(autouse=True)
def english_again():
    yield
    set_language("en")


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
        "arrows-alone": figures.arrows([[-1.0, 0.0]], ["a"], angle=False),
    }


@pytest.fixture(scope="module")
def drawn():
    """Every figure in every language: language -> name -> figure."""
    found = {}
    for code in LANGUAGES:
        set_language(code)
        found[code] = every()
    set_language("en")
    return found


def words_of(figure) -> list[str]:
    root = ElementTree.fromstring(figure.svg)
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


# What a figure is


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_figure_is_an_accessible_svg_without_anything_from_elsewhere(drawn, code):
    for name, figure in drawn[code].items():
        root = ElementTree.fromstring(figure.svg)
        assert figure._repr_mimebundle_() == {
            "image/svg+xml": figure.svg,
            "text/plain": figure.alt,
        }
        assert repr(figure) == figure.alt
        assert root.get("role") == "img" and root.get("aria-label") == figure.alt, name
        assert root.find(f"{SVG}title").text == figure.alt
        assert root.get("lang") == LANGUAGES[code].html
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
        assert "max-width:100%" in root.get("style") and "color:#1f2328" in root.get("style")
        assert not re.search(r"url\(|href|<!|<\?|metadata|matplotlib|\bid=|#010203", figure.svg)


def test_figures_are_small(drawn):
    sizes = {name: len(figure.svg.encode()) for name, figure in drawn["en"].items()}
    assert sizes["weights"] < 10_000
    assert max(sizes.values()) < 40_000, sizes


@pytest.mark.parametrize("code", LANGUAGES)
def test_text_is_text_in_the_readers_language(drawn, code):
    def label(key):
        words = text(f"label.{key}", code)
        return words[:1].upper() + words[1:]

    heat = words_of(drawn[code]["weights"])
    assert label("attention_weights") in heat
    assert f"{label('queries')} ↓" in heat and f"{label('keys')} →" in heat
    assert heat.count("0.24") == 2 and heat.count("journey") == 2
    vectors = words_of(drawn[code]["vectors"])
    assert f"{label('dimensions')} →" in vectors and "x3" in vectors
    steps = words_of(drawn[code]["steps"])
    for number, key in enumerate(("inputs", "raw_scores", "weights", "outputs"), 1):
        assert f"{number} {label(key)}" in steps
    loss = words_of(drawn[code]["loss"])
    assert {label("training_step"), label("loss")} <= set(loss)
    bars = words_of(drawn[code]["bars"])
    assert {text("label.scores", code), text("label.weights", code), "1.50", "0.24"} <= set(bars)
    assert any(text("label.temperature", code) in w for w in words_of(drawn[code]["softmax"]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_alt_says_size_axes_and_the_telling_numbers(drawn, code):
    alt = {name: figure.alt for name, figure in drawn[code].items()}
    for key in ("attention_weights", "queries", "keys"):
        assert text(f"label.{key}", code).lower() in alt["weights"].lower()
    assert "journey → journey 0.24" in alt["weights"] and "6" in alt["weights"]
    assert "one → journey, starts 0.20" in alt["weights"]
    for name, key in (("scores", "masked"), ("hatched", "left-out")):
        assert text(f"figures.{key}", code, count=15) in alt[name]
    assert "0.05" in alt["vectors"] and "0.89" in alt["vectors"]
    assert text("figures.steps", code) in alt["steps"]
    assert "1034" in alt["variance"] and text("figures.log", code) in alt["variance"]
    assert "journey 1.50" in alt["bars"]
    assert "39.7" in alt["arrows"] and "0.64" in alt["arrows"] and "1.03" in alt["arrows"]
    for name, words in alt.items():
        assert not re.search(r"[{}$\\]|figures\.|label\.|  ", words), name
        # Full-width punctuation; the token "." is data.
        if code in ("ja", "zh") and name not in ("twelve", "bars-many"):
            assert not re.search(r"[.:;](?: |$)", words), (name, words)


def test_numbers_are_the_same_in_the_four_languages(drawn):
    decimal = re.compile(r"(?<![\w.])[-−]?\d+\.\d+(?!\w|\.\d)", re.ASCII)
    for name, figure in drawn["en"].items():
        for code in LANGUAGES:
            other = drawn[code][name]
            assert Counter(decimal.findall(other.alt)) == Counter(decimal.findall(figure.alt))
            here, there = (Counter(decimal.findall(" ".join(words_of(f)))) for f in (other, figure))
            assert here == there, (name, code)


def test_printed_numbers_are_those_of_the_tensor():
    values = torch.tensor([[0.125, -0.001], [2.0, -1.5]])
    figure = figures.heatmap(values, ["a", "b"], ["c", "d"], kind="scores", digits=3)
    assert {"0.125", "−0.001", "2.000", "−1.500"} <= set(words_of(figure))
    assert "0.00" in words_of(figures.heatmap([[-0.001]], ["a"], ["b"]))


def test_counts_are_printed_without_decimals():
    assert {"3", "−1"} <= set(
        words_of(figures.bars(["a", "b"], {"count": [3, -1]}, y_label="count"))
    )
    assert "3.00" in words_of(figures.bars(["a", "b"], {"count": [3, 0.5]}, y_label="count"))


def test_a_token_is_shown_as_it_is_even_if_a_label_has_its_name():
    set_language("ja")
    assert "label.step" in messages()
    assert "step" in words_of(figures.heatmap([[1.0]], ["step"], ["weights"]))
    assert "ステップ" not in figures.bars(["step"], {"scores": [1]}, y_label="value").svg
    assert figures.label("step") == "ステップ"


def test_tensors_arrays_lists_and_tensors_with_gradient_draw_alike():
    values = torch.tensor([[0.25, 0.75]])
    one = figures.heatmap(values, ["a"], 2).svg
    for same in (values.numpy(), values.tolist(), list(values), values.clone().requires_grad_()):
        assert figures.heatmap(same, ["a"], 2).svg == one


def test_markup_in_tokens_is_shown_and_not_obeyed():
    figure = figures.heatmap([[1.0]], ['<s> & "'], ["$5 {x}"], title="weights")
    assert '<s> & "' in words_of(figure) and "$5 {x}" in words_of(figure)
    assert '<s> & "' in figure.alt


def test_mathematics_is_text_too():
    figure = figures.lines([1, 2], {"$n^2$": [1, 4]}, x_label="$d_k$", y_label="$\\sqrt{d_k}$")
    words = " ".join(words_of(figure))
    assert "dk" in words and "√dk" in words
    assert "d_k" in figure.alt and "√d_k" in figure.alt
    assert "$" not in figure.svg


# Colour


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def cells_with_text(figure):
    """Yield (colour of the cell, colour of its number)."""
    root = ElementTree.fromstring(figure.svg)
    boxes = [
        ([float(r.get(k)) for k in ("x", "y", "width", "height")], r.get("fill"))
        for r in root.iter(f"{SVG}rect")
    ]
    for element in root.iter(f"{SVG}text"):
        x, y, ink = float(element.get("x")), float(element.get("y")), element.get("fill")
        for (left, top, width, height), fill in boxes:
            if left < x < left + width and top < y < top + height:
                yield fill, {"#000": "#000000", "#fff": "#ffffff"}[ink]


@pytest.mark.parametrize("kind", ["weights", "scores", "vectors"])
@pytest.mark.parametrize("low", [0.0, -1.0])
def test_every_number_is_legible_on_its_cell(kind, low):
    shades = torch.linspace(low, 1, 144).reshape(12, 12)
    pairs = list(cells_with_text(figures.heatmap(shades, 12, 12, kind=kind)))
    assert len(pairs) == 144
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def test_colour_grows_with_the_value_and_negative_differs_from_positive():
    cells = [c for c, _ in cells_with_text(figures.heatmap([[0, 0.25, 0.5, 0.75, 1]], ["a"], 5))]
    assert all(luminance(a) > luminance(b) for a, b in pairwise(cells))
    (minus, _), (zero, _), (plus, _) = cells_with_text(
        figures.heatmap([[-1.0, 0.0, 1.0]], ["a"], 3, kind="scores")
    )
    red, blue = (lambda c: int(c[1:3], 16)), (lambda c: int(c[5:7], 16))
    assert red(minus) > blue(minus) and red(plus) < blue(plus)
    assert luminance(zero) > 0.85


def test_equal_weights_do_not_look_strong():
    even = [c for c, _ in cells_with_text(figures.heatmap([[0.25] * 4], ["a"], 4))]
    sure = [c for c, _ in cells_with_text(figures.heatmap([[0, 0, 0, 1.0]], ["a"], 4))]
    assert luminance(even[0]) > 2 * luminance(sure[-1])


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
    assert 'stroke="currentColor" stroke-opacity=".35"' in figure.svg


# Nothing left behind, nothing changing

PROGRAM = """
import sys, warnings
warnings.simplefilter("error")
sys.path.insert(0, "tests")
import helpers.figures
assert not {"matplotlib", "seaborn", "numpy.ma"} & set(sys.modules) - {"numpy.ma"}, "too early"
import matplotlib
before = dict(matplotlib.rcParams)
from test_figures import every
from helpers import set_language
import hashlib
words = hashlib.sha256()
for code in ("en", "ja", "ko", "zh"):
    set_language(code)
    for name, figure in every().items():
        words.update(figure.svg.encode() + figure.alt.encode())
assert dict(matplotlib.rcParams) == before, "rcParams changed"
import matplotlib.pyplot
assert not matplotlib.pyplot.get_fignums(), "a pyplot figure is left"
print(words.hexdigest())
"""


def test_fresh_processes_draw_the_same_without_a_warning_or_a_trace():
    printed = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1


def test_the_readers_own_matplotlib_settings_change_nothing():
    import matplotlib

    one = figures.heatmap(examples.inputs, examples.tokens, 3).svg
    line = figures.lines([1, 2], {"loss": [1, 2]}, x_label="step", y_label="loss").svg
    theirs = {"font.size": 30, "lines.linewidth": 9, "savefig.bbox": "tight", "axes.xmargin": 0.4}
    with matplotlib.rc_context(theirs):
        assert figures.heatmap(examples.inputs, examples.tokens, 3).svg == one
        again = figures.lines([1, 2], {"loss": [1, 2]}, x_label="step", y_label="loss").svg
        assert again == line
        assert matplotlib.rcParams["font.size"] == 30


# Words that the code shows


def test_every_label_and_message_is_there_in_four_languages():
    for key, words in messages().items():
        if key.startswith(("label.", "figures.")):
            assert set(words) == set(LANGUAGES), key
            assert all(words.values()) or key == "figures.between-sentences", key


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_label_can_be_drawn(code):
    set_language(code)
    keys = [key.removeprefix("label.") for key in messages() if key.startswith("label.")]
    assert len(keys) > 50
    for key in keys:
        figure = figures.lines([1, 2], {key: [1, 2], 1: [0, 1]}, x_label="step", y_label="loss")
        assert not re.search(r"[${}\\]", " ".join(words_of(figure)) + figure.alt), key


def test_a_key_may_carry_a_value():
    set_language("ja")
    assert figures.label("temperature=0.5") == "温度0.5"
    assert figures.label("head=2") == "ヘッド2"
    set_language("en")
    assert figures.label("head=2") == "head 2"
    assert figures.label("d_k=64") == "$d_k$ = 64"


# Bad input


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


# In a browser

CORNERS = """svg => {
  const outside = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].map(t => {
    const b = t.getBBox(), m = t.getScreenCTM(), trim = 0.2 * b.height;
    const at = (x, y) => [m.a*x + m.c*y + m.e - outside.x, m.b*x + m.d*y + m.f - outside.y];
    const top = b.y + trim, bottom = b.y + b.height - trim, right = b.x + b.width;
    return {text: t.textContent, width: outside.width, height: outside.height,
      corners: [at(b.x, top), at(right, top), at(right, bottom), at(b.x, bottom)]};
  });
}"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    yield page
    page.close()


def apart(a, b) -> bool:
    """Whether a line separates two rectangles given by their corners."""
    for corners in (a, b):
        for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]]):
            nx, ny = y1 - y0, x0 - x1
            of_a, of_b = ([nx * x + ny * y for x, y in c] for c in (a, b))
            if max(of_a) <= min(of_b) or max(of_b) <= min(of_a):
                return True
    return False


def crowded(page, svg) -> list[str]:
    """Name the labels that leave the picture or meet another."""
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    labels = page.eval_on_selector("svg", CORNERS)
    assert labels
    found = [
        f"{one['text']} leaves the picture"
        for one in labels
        for x, y in one["corners"]
        if not (-0.5 <= x <= one["width"] + 0.5 and -0.5 <= y <= one["height"] + 0.5)
    ]
    for one, two in combinations(labels, 2):
        if not apart(one["corners"], two["corners"]):
            found.append(f"{one['text']} meets {two['text']}")
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_label_is_cut_or_meets_another(page, drawn, code):
    found = {name: crowded(page, figure.svg) for name, figure in drawn[code].items()}
    assert not {name: what for name, what in found.items() if what}


def test_a_cut_or_crowded_label_would_be_seen(page):
    svg = '<svg width="99" height="99" viewBox="0 0 99 99" xmlns="http://www.w3.org/2000/svg">'
    assert crowded(page, svg + '<text x="90" y="50">outside</text></svg>')
    assert crowded(page, svg + '<text x="0" y="50">one</text><text x="5" y="52">two</text></svg>')


def test_a_figure_shrinks_with_a_phone_and_takes_the_pages_ink(page, drawn):
    page.set_viewport_size({"width": 360, "height": 640})
    page.set_content(f"<body style='margin:0'>{drawn['ja']['steps'].svg}</body>")
    width, height, natural = page.eval_on_selector(
        "svg", "s => [s.clientWidth, s.clientHeight, s.viewBox.baseVal.width]"
    )
    assert natural > 360 and width == 360 and height < 640
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.add_style_tag(content=".figure { color: rgb(1, 200, 3) !important }")
    ink = page.eval_on_selector("svg text:not([fill])", "t => getComputedStyle(t).fill")
    assert ink == "rgb(1, 200, 3)"
    page.set_viewport_size({"width": 1200, "height": 900})

"""What every figure is and says: SVG with text, in the reader's language, with an alternative."""

import re
from collections import Counter
from xml.etree import ElementTree

import pytest
import torch
from cases import SVG, words_of

from helpers import figures, set_language
from helpers.language import LANGUAGES, messages, text

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
    assert "2.24" in alt["arrows-triangle"] and "−1.58" in alt["arrows-shadow"]
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


def test_a_printed_half_does_not_hang_on_the_last_bit():
    a = torch.tensor(0.945)
    for value in (a.nextafter(torch.tensor(0.0)), a, a.nextafter(torch.tensor(1.0))):
        figure = figures.heatmap(value.reshape(1, 1), ["a"], ["b"], kind="scores")
        assert ">0.95<" in figure.svg
        figure = figures.heatmap(-value.reshape(1, 1), ["a"], ["b"], kind="scores")
        assert ">−0.95<" in figure.svg

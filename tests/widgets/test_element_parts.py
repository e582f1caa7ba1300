"""The parts that every widget is made of: words, tables of plain text, numbers, scripts."""

import pytest

from helpers import set_language
from helpers.language import text
from helpers.widgets import Widget, scripts
from helpers.widgets.element import (
    _shortened,
    caption,
    columns,
    escaped,
    few,
    number,
    page_words,
    places,
    plain_table,
    quoted,
    signed,
    style,
    wording,
)


def test_the_element_around_a_body():
    set_language("zh")
    shown = Widget("where", "<p>body</p>", "words", {"it's": [1.5, "<é>"]})
    before, element, body, end = shown.html.replace(style("where"), "").split("\n")
    assert before == "<style></style>"
    assert element == (
        '<attention-where class="attention-widget" lang="zh-CN" '
        """data-given='{"it&#39;s":[1.5,"&lt;é>"]}' data-words='{}'>"""
    )
    assert (body, end) == ("<p>body</p>", "</attention-where>")  # it has no script
    assert repr(shown) == "words"
    assert "data-given='{}'" in Widget("where", "", "").html


def test_a_script_is_the_last_thing_in_an_output():
    html = Widget("steps", "", "").html
    assert html.endswith(f"</attention-steps>\n<script>{scripts()['steps']}</script>")
    assert 'data-words=\'{"now":' in html
    assert "element" not in scripts() and list(scripts()) == sorted(scripts())


def test_the_words_of_a_page_are_those_of_the_readers_language():
    set_language("ja")
    assert page_words("turn") == {
        name: text(f"widgets.turn.page.{name}", m="{m}", n="{n}", distance="{distance}",
                   score="{score}")
        for name in ("now", "query", "key")
    }  # fmt: skip


def test_letters_that_mean_something_to_a_page():
    assert escaped("a < b & \"c\" > 'd'\n") == "a &lt; b &amp; \"c\" &gt; 'd'\\n"
    assert quoted("{\"a\": 'b' & '<'}\x1b") == '{"a": &#39;b&#39; &amp; &#39;&lt;&#39;}\\x1b'
    assert wording("√d_k < 8") == "√d<sub>k</sub> &lt; 8"


def test_a_caption_is_that_of_widgets_else_a_label():
    assert caption("simple") == text("label.caption.simple")
    assert caption("step") == text("label.step")
    with pytest.raises(ValueError, match=r"among default, simple, .*; got 'nothing': add \[label"):
        caption("nothing")


def test_plain_text_stands_in_columns_whatever_the_letters():
    for word, wide in {
        "ab": 2,
        "猫": 2,
        "ａ": 2,
        "e\u0301": 1,
        "한": 2,
        "": 0,
        "あe\u0301": 3,
    }.items():
        assert columns(word) == wide, word
    rows = [["", "猫", "e\u0301"], ["long", "1", "-22"]]
    assert plain_table(rows) == ["      猫    e\u0301", "long   1  -22"]


@pytest.mark.parametrize(
    ("x", "digits", "shown"),
    [
        (0.03125, 4, "0.0312"),  # a tie goes to the even digit, as torch has it,
        (0.03125 + 1e-14, 4, "0.0312"),  # and also what the last bits have moved
        (0.09375 - 1e-14, 4, "0.0938"),
        (0.03125 + 1e-11, 4, "0.0313"),
        (-0.00001, 4, "-0.0000"),
        (-1e-13, 2, "0.00"),
        (9999999.5, 1, "9999999.5"),
        (1e7, 4, "1.0000e+07"),
        (-2.5e9, 2, "-2.50e+09"),
    ],
)
def test_a_number(x, digits, shown):
    assert number(x, digits) == shown


def test_as_many_decimals_as_the_numbers_have():
    assert places([1.0, -2.0], 4) == places([], 4) == 1
    assert places([0.5, 0.25], 4) == 2
    assert places([0.5, 1 / 3], 4) == 4
    assert places([0.125], 2) == 2


def test_terms_of_a_sum():
    assert [signed(x) for x in ("1.0", "-1.0", "0.0")] == ["1.0", "(-1.0)", "0.0"]
    eight, nine = (list("abcdefghi")[:n] for n in (8, 9))
    assert few(eight) == "a + b + c + d + e + f + g + h"
    assert few(nine) == "a + b + c + d + …"
    assert few(nine, ", ") == "a, b, c, d, …"


def test_a_script_loses_comments_and_spaces_but_nothing_in_its_strings():
    source = '// all\n  const a = "x  + y" + `b = {c}`; // why\n\n  f(a , -1) && "http://w" [2];\n'
    assert _shortened(source) == 'const a="x  + y"+`b = {c}`;\nf(a,-1)&&"http://w"[2];'


def test_a_style_loses_comments_and_indents():
    for kind in ("steps", "where", "explore"):
        lines = style(kind).splitlines()
        assert "/*" not in style(kind) and "*/" not in style(kind)
        assert all(line and line == line.strip() for line in lines)
        assert style(kind).startswith(style("no kind of widget"))  # what all share comes first
        assert len(style(kind)) > len(style("no kind of widget"))

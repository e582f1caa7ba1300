"""What all widgets share, shown by the explorer."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
import torch
from showing import TWO, W, cell, draw, violations

from helpers import explore, set_language
from helpers.examples import inputs, tokens
from helpers.language import LANGUAGES, messages
from helpers.widgets import Widget, element, scripts
from helpers.widgets.element import number, visible

FOLDER = Path(element.__file__).parent


def test_mime_bundle_has_html_and_text():
    explorer = explore(tokens, inputs)
    bundle = explorer._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/html": explorer.html, "text/plain": repr(explorer)}


def test_output_is_deterministic_and_free_of_ids_handlers_and_style_attributes():
    def call():
        return explore(tokens, inputs, controls=("temperature", "scale", "causal")).html

    assert call() == call()
    markup = re.sub(r"<(style|script)>.*?</\1>", "", call(), flags=re.DOTALL)
    assert not re.search(r"\s(id|style|on\w+)=", markup)
    assert "://" not in call().replace("http://www.w3.org/2000/svg", "")  # a name, no request


def test_script_and_style_are_the_same_in_every_output_and_language():
    seen = set()
    for language in LANGUAGES:
        set_language(language)
        for explorer in (explore(tokens, inputs), explore(["a"], weights=[[1.0]])):
            seen.add(tuple(re.findall(r"<(?:style|script)>.*?</", explorer.html, re.DOTALL)))
    assert len(seen) == 1
    style, script = (block.encode() for block in seen.pop())
    assert len(script) < 13_000
    assert len(style) < 5_000


def test_every_message_in_every_language():
    ours = {key: entry for key, entry in messages().items() if key.startswith("widgets.")}
    assert ours
    for key, entry in ours.items():
        assert set(entry) == set(LANGUAGES), key
        assert all(words.strip() for words in entry.values()), key
    assert {f"label.caption.{x}" for x in ("default", "simple", "causal")} <= set(messages())


@pytest.mark.parametrize("kind", scripts())
def test_every_word_of_a_script_has_a_message_and_every_message_is_used(kind):
    used = set(re.findall(r"\bwords\.(\w+)", (FOLDER / f"{kind}.js").read_text("utf-8")))
    prefix = f"widgets.{kind}.page."
    assert used == {key.removeprefix(prefix) for key in messages() if key.startswith(prefix)}


@pytest.mark.parametrize("kind", scripts())
def test_a_script_is_what_an_output_embeds(kind):
    embedded = re.search(r"<script>(.*?)</script>", Widget(kind, "", "").html, re.DOTALL)
    assert embedded[1] == scripts()[kind]
    assert "</" not in embedded[1]
    assert len(embedded[1]) < 16_000


def test_words_that_no_page_may_hold_are_spelled_out():
    assert visible("a\nb\x1b\x85\ud800\uffff\u202e") == r"a\nb\x1b\x85\ud800\uffff\u202e"
    plain = "注意 あ 뜻 👩‍🔬 é \u3000"
    assert visible(plain) == plain
    explorer = explore(["\ud83d", "\x00</b>"], W)
    explorer.html.encode("utf-8")
    assert r"\ud83d</th>" in explorer.html and r"\x00&lt;/b&gt;" in explorer.html
    repr(explorer).encode("utf-8")


NUMBERS = [0.03125, 0.09375, -0.00001, 0.49995, 1 / 3, 2**-13, 12345.6789, 1e7, -2.5e9, 3e12, 0.0]


def test_numbers_are_printed_as_torch_prints_them(open_page):
    noisy = [x * (1 + step * 2.0**-52) for x in NUMBERS for step in (-1, 0, 1)]
    drawn = (draw(2000) * 10 ** draw(2000, seed=1)).double().tolist()
    every = [*NUMBERS, *noisy, *drawn]
    body = scripts()["explore"]
    body = body[body.index("const number") : body.index("const places")]
    page = open_page("")
    for digits in (1, 4, 7):
        shown = [number(x, digits) for x in every]
        call = f"xs => {{{body}; return xs.map(x => number(x, {digits}));}}"
        assert page.evaluate(call, every) == shown
    assert [number(x, 4) for x in noisy[:3]] == ["0.0312"] * 3
    for x in (0.03125, 1 / 3, 12.3456789):
        assert f"[{number(x, 4)}]" in str(torch.tensor([x], dtype=torch.float64))
    assert f"[{number(-2.5e9, 4)}]" in str(torch.tensor([-2.5e9 + 0.5], dtype=torch.float64))


def test_language_and_tokens_are_escaped():
    set_language("zh")
    nasty = ["<u>", "it's", '"&']
    html = explore(nasty, draw(3, 2)).html
    assert '<attention-explore class="attention-widget" lang="zh-CN"' in html
    assert "<u>" not in html and "&lt;u&gt;" in html


def test_an_axe_violation_would_be_found(open_page):
    page = open_page('<input type="text">')
    assert any(line.startswith("label:") for line in violations(page))


@pytest.mark.parametrize("dark", [False, True])
def test_themes_of_the_frontends(open_page, dark):
    other = "light" if dark else "dark"
    for attributes, body in (
        (f'data-theme="{"dark" if dark else "light"}"', ""),
        (f'theme="{"dark" if dark else "light"}"', ""),
        ("", f'document.body.dataset.jpThemeLight = "{"false" if dark else "true"}"'),
    ):
        page = open_page(explore(TWO, W), html_attributes=attributes, color_scheme=other)
        if body:
            page.evaluate(body)
        paper = page.locator("attention-explore").evaluate("x => getComputedStyle(x).background")
        assert ("rgb(20, 24, 30)" in paper) == dark, attributes
    page = open_page(explore(TWO, W), html_attributes="", color_scheme="dark" if dark else "light")
    paper = page.locator("attention-explore").evaluate("x => getComputedStyle(x).background")
    assert ("rgb(20, 24, 30)" in paper) == dark


def test_under_a_strict_content_security_policy(open_page):
    explorer = explore(tokens, inputs, controls=("temperature",))

    def allowed(tag):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", explorer.html, re.DOTALL)[1]
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    policy = (
        f"default-src 'none'; script-src 'sha256-{allowed('script')}'; "
        f"style-src 'sha256-{allowed('style')}'"
    )
    page = open_page(explorer, explorer, policy=policy)
    cell(page, 1, 1).click()
    assert "0.2379" in page.locator(".trace").first.inner_text()
    assert page.locator(".controls").count() == 2


def test_in_a_sandboxed_frame_as_colab_shows_outputs(open_page):
    frame = explore(tokens, inputs, controls=("causal",)).html
    frame = frame.replace("&", "&amp;").replace('"', "&quot;")
    page = open_page(
        f'<iframe sandbox="allow-scripts" title="output" width="800" height="700" '
        f'srcdoc="{frame}"></iframe>'
    )
    inside = page.frame_locator("iframe")
    inside.locator("tbody tr:nth-child(2) td").nth(1).click()
    assert "4.4593 / 18.7453 = 0.2379" in inside.locator(".trace").inner_text()
    # A frame grows with its calculation, a window does not.
    assert "low" not in inside.locator(".trace").get_attribute("class")
    assert "low" in open_page(explore(TWO, W)).locator(".trace").get_attribute("class")
    inside.get_by_role("checkbox", name="Causal mask").check()
    assert inside.locator("tbody td").nth(1).inner_text() == "0.0000"


def test_script_that_runs_after_the_markup_is_inserted(open_page):
    html = explore(tokens, inputs).html
    page = open_page("<div></div>")
    page.evaluate(
        """html => {
          const box = document.querySelector("div");
          box.innerHTML = html;
          const script = document.createElement("script");
          script.textContent = box.querySelector("script").textContent;
          box.querySelector("script").remove();
          document.head.append(script);
        }""",
        html,
    )
    cell(page, 1, 1).click()
    assert "0.2379" in page.locator(".trace").inner_text()


def test_an_element_that_is_moved_is_not_built_twice(open_page):
    page = open_page(explore(tokens, inputs, controls=("causal",)), "<section></section>")
    page.get_by_role("checkbox").check()
    page.evaluate(
        "document.querySelector('section').append(document.querySelector('attention-explore'))"
    )
    assert page.locator("section .controls").count() == 1
    assert page.locator("section .how").count() == 1
    assert page.get_by_role("checkbox").is_checked()


def test_an_element_without_its_data_stays_as_it_is(open_page):
    page = open_page(explore(tokens, inputs), "<attention-explore>words</attention-explore>")
    assert page.get_by_text("words", exact=True).is_visible()
    assert page.locator(".controls").count() == 0  # none was asked for


def test_jupyterlab_is_told_to_leave_the_keys_to_us(open_page):
    page = open_page(explore(tokens, inputs))
    element = page.locator("attention-explore")
    assert element.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_the_last_element_of_a_page_waits_for_its_inside(open_page):
    explorer = explore(tokens, inputs, controls=("causal",))
    script = re.search("<script>.*</script>", explorer.html, re.DOTALL)[0]
    page = open_page(script, explorer.html.replace(script, "").strip())
    cell(page, 1, 1).click()
    assert "0.2379" in page.locator(".trace").inner_text()
    assert page.locator(".controls").count() == 1

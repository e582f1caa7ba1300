"""The explorer as a reader uses it, in a real browser."""

import re

import pytest
from showing import TWO, cell, draw, rows_of, violations

from helpers import explore, set_language
from helpers.examples import inputs, tokens
from helpers.language import LANGUAGES, messages


def test_keyboard_alone(open_page):
    page = open_page("<button>before</button>", explore(tokens, inputs), "<button>after</button>")
    trace = page.locator(".trace")
    assert trace.get_attribute("aria-live") == "polite"
    assert "Choose a cell" in trace.inner_text()

    def press(key):
        page.keyboard.press(key)
        return page.evaluate(
            "[document.activeElement.closest('tr').rowIndex - 1,"
            " document.activeElement.cellIndex - 1]"
        )

    page.get_by_text("before").focus()
    assert press("Tab") == [0, 0]
    assert trace.locator("b").inner_text() == "Query: Your, key: Your"
    assert press("ArrowDown") == [1, 0]
    assert press("ArrowRight") == [1, 1]
    assert "4.4593 / 18.7453 = 0.2379" in trace.inner_text()
    assert press("End") == [1, 5]
    assert press("ArrowRight") == [1, 5]
    assert press("Home") == [1, -1]
    assert "= (0.4419, 0.6515, 0.5683)" in trace.inner_text()
    assert press("ArrowUp") == [0, -1]
    assert press("Control+End") == [5, 5]
    assert press("Control+Home") == [0, -1]
    press("Escape")
    assert "Choose a cell" in trace.inner_text()
    press("Enter")
    assert "context vector" in trace.inner_text()
    press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "after"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "journey"


def test_controls_by_keyboard(open_page):
    page = open_page(
        explore(tokens, inputs, controls=("causal", "temperature", "scale")),
        explore(TWO, queries=draw(2, 2, 3), keys=draw(2, 2, 3, seed=1)),
    )
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Temperature")
    assert slider.evaluate("x => x === document.activeElement")
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1.12"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox", name="Divide by √d").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox", name="Causal mask").is_checked()
    assert rows_of(page.locator("table").first)[0][1:] == ["0.0000"] * 5
    assert cell(page, 0, 1).get_attribute("class") == "masked"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.get_by_role("combobox", name="Head").evaluate("x => x === document.activeElement")
    assert page.locator("caption span").inner_text() == "Head 1 of 2."
    page.keyboard.press("ArrowDown")
    assert page.locator("caption span").inner_text() == "Head 2 of 2."


def test_hover_traces_and_gives_back_what_was_chosen(open_page):
    page = open_page(explore(tokens, inputs))
    title = page.locator(".trace b")
    cell(page, 1, 2).click()
    cell(page, 3, 4).hover()
    assert title.inner_text() == "Query: with, key: one"
    page.locator("h1").hover()
    assert title.inner_text() == "Query: journey, key: starts"


def test_touch(open_page):
    page = open_page(
        explore(tokens, inputs),
        has_touch=True,
        is_mobile=True,
        viewport={"width": 360, "height": 700},
    )
    cell(page, 1, 1).tap()
    assert page.locator(".trace b").inner_text() == "Query: journey, key: journey"
    cell(page, 1, -1).tap()
    assert page.locator(".trace b").inner_text() == "Query: journey, context vector"
    scroll = page.locator(".scroll")
    assert scroll.evaluate("x => x.scrollWidth > x.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    scroll.evaluate("x => x.scrollLeft = 1000")
    left = page.locator("attention-explore").bounding_box()["x"]
    assert cell(page, 1, -1).bounding_box()["x"] - left < 20  # the row's name stays in view


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_no_axe_violation(open_page, theme, width):
    explorers = [
        explore(tokens, inputs, controls=("temperature", "scale", "causal"), caption="simple"),
        explore(tokens, inputs, controls=("temperature", "scale", "causal"), caption="simple"),
        explore(tokens, queries=draw(2, 6, 4), keys=draw(2, 6, 4), causal=True, caption="heads"),
    ]
    ground = "#fff" if theme == "light" else "#14181e"
    page = open_page(
        *explorers,
        html_attributes=f'data-theme="{theme}" style="background:{ground}"',
        head=f"<style>h1{{color:{'#000' if theme == 'light' else '#fff'}}}</style>",
        viewport={"width": width, "height": 900},
    )
    assert violations(page) == []
    cell(page, 1, 1).click()
    cell(page, 2, -1, nth=2).click()
    assert violations(page) == []


def test_two_explorers_on_one_page_do_not_meet(open_page):
    set_language("ja")
    first = explore(tokens, inputs, controls=("scale",))
    set_language("ko")
    page = open_page(first, explore(tokens, inputs, controls=("scale",)))
    box = page.get_by_role("checkbox")
    box.nth(0).check()
    assert not box.nth(1).is_checked()
    tables = page.locator("table")
    assert rows_of(tables.nth(0)) != rows_of(tables.nth(1))
    cell(page, 1, 1).click()
    trace = page.locator(".trace")
    said = {
        key: messages()[f"widgets.explore.page.{key}"] for key in ("query", "comma", "key", "hint")
    }
    query = f"{said['query']['ja']}journey{said['comma']['ja']}{said['key']['ja']}journey"
    assert query in trace.nth(0).inner_text()
    assert said["hint"]["ko"] in trace.nth(1).inner_text()


def test_without_script_it_is_a_captioned_table(open_page):
    page = open_page(explore(tokens, inputs, caption="simple"), java_script_enabled=False)
    tree = page.locator("main").aria_snapshot()
    assert "Simple self-attention" in page.locator("caption").inner_text()
    assert page.locator("th[scope=col]").count() == 7
    assert page.locator("th[scope=row]").count() == 6
    assert page.locator("td").nth(7).inner_text() == "0.2379"
    assert 'rowheader "journey"' in tree
    assert "table" in tree
    assert page.locator(".controls, .trace").count() == 0
    assert page.locator(".scroll").get_attribute("tabindex") == "0"


def test_every_language_speaks(open_page):
    said = {}
    for language in LANGUAGES:
        set_language(language)
        page = open_page(
            explore(
                tokens,
                queries=inputs * 5,
                keys=inputs,
                values=inputs,
                causal=True,
                controls=("temperature", "scale", "causal"),
            )
        )
        cell(page, 1, 0).click()
        said[language] = page.locator("attention-explore").inner_text()
    for language in ("ja", "ko", "zh"):
        words = set(re.findall(r"[A-Za-z]{2,}", said[language]))
        assert words <= {*tokens, "exp", "dk"}, language

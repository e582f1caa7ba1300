"""The explorer as a reader uses it, in a real browser."""

import re

import pytest
from showing import PRESS, TWO, cell, draw, lines, rows_of, violations

from helpers import explore, set_language
from helpers.examples import inputs, tokens
from helpers.language import LANGUAGES, messages

START = "Query: journey, key: journey"  # the running example's


def test_keyboard_alone(open_page):
    page = open_page("<button>before</button>", explore(tokens, inputs), "<button>after</button>")
    trace, title = page.locator(".trace"), page.locator(".trace b")
    assert title.inner_text() == START
    assert "Choose a number, a row or a column" in page.locator("caption").inner_text()

    def press(key):
        page.keyboard.press(key)
        return page.evaluate(
            "[document.activeElement.closest('tr').rowIndex - 1,"
            " document.activeElement.cellIndex - 1]"
        )

    page.get_by_text("before").focus()
    assert press("Tab") == [1, 1]
    assert title.inner_text() == START
    assert press("ArrowLeft") == [1, 0]
    assert press("ArrowUp") == [0, 0]
    assert title.inner_text() == "Query: Your, key: Your"
    assert press("ArrowDown") == [1, 0]
    assert press("ArrowRight") == [1, 1]
    assert "4.4593 / 18.7453 = 0.2379" in trace.inner_text()
    assert press("End") == [1, 5]
    assert press("ArrowRight") == [1, 5]
    assert press("Home") == [1, -1]
    assert press("ArrowLeft") == [1, -1]
    assert "= (0.4419, 0.6515, 0.5683)" in trace.inner_text()
    assert press("ArrowUp") == [0, -1]
    # Nothing stands in the corner: the first column's name is next to it.
    assert press("ArrowUp") == [-1, 0]
    assert title.inner_text() == "Key: Your"
    assert press("ArrowLeft") == [-1, 0]
    assert press("ArrowUp") == [-1, 0]
    assert press("ArrowRight") == [-1, 1]
    assert press("End") == [-1, 5]
    assert press("Home") == [-1, 0]
    assert press("Control+End") == [5, 5]
    assert press("ArrowDown") == [5, 5]
    assert press("Control+Home") == [-1, 0]
    assert press("Escape") == [1, 1]
    assert title.inner_text() == START
    press("Home")
    for key in ("Enter", " "):
        page.locator("h1").hover()
        cell(page, 4, 4).hover()
        assert title.inner_text() == "Query: one, key: one"
        assert press(key) == [1, -1]
        assert title.inner_text() == "Query: journey, context vector"
    press("Alt+ArrowDown")
    assert title.inner_text() == "Query: journey, context vector"
    press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "after"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "starts"


USED = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "Enter", " ", "Escape"]


def test_the_page_hears_only_the_keys_that_the_table_has_no_use_for(open_page):
    page = open_page(explore(tokens, inputs))
    for key in USED:
        assert cell(page, 2, 2).evaluate(PRESS, [key, "shiftKey"]) == [True, False], key
        for held in ("altKey", "metaKey"):
            assert cell(page, 2, 2).evaluate(PRESS, [key, held]) == [False, True], key
    for key in ("a", "Tab", "PageDown"):
        assert cell(page, 2, 2).evaluate(PRESS, [key, "shiftKey"]) == [False, True], key


def test_one_cell_is_the_tab_stop(open_page):
    page = open_page(explore(tokens, inputs))
    stops = page.locator(".scroll [tabindex='0']")
    assert page.locator("[tabindex='0']").count() == 1  # what scrolls is reached by its cells
    assert stops.inner_text() == "0.2379"
    assert page.locator("td, th[tabindex]").evaluate_all("x => x.every(y => y.tabIndex >= -1)")
    for i, j in ((4, 3), (-1, 2), (3, -1)):
        cell(page, i, j).click()
        assert stops.inner_text() == cell(page, i, j).inner_text()
        assert cell(page, i, j).evaluate("x => x === document.activeElement")
    assert page.get_by_role("grid").count() == 1
    group = page.get_by_role("group", name="Calculation")
    assert group.locator("b").inner_text() == "Query: with, context vector"


def test_it_starts_and_escape_ends_at_the_largest_weight_of_the_second_query(open_page):
    page = open_page(explore(["a", "b", "c"], weights=[[0.5, 0.25, 0.25], [0, 0, 1], [0, 1, 0]]))
    assert page.locator("[tabindex='0']").inner_text() == "1.0000"
    for place in ((0, 0), (2, 1)):
        cell(page, *place).press("Escape")
        assert cell(page, 1, 2).evaluate("x => x === document.activeElement")
        assert page.locator(".trace b").inner_text() == "Query: b, key: c"


def test_a_click_brings_back_what_the_mouse_left(open_page):
    page = open_page(explore(tokens, inputs))
    title = page.locator(".trace b")
    cell(page, 3, 4).click()
    cell(page, 1, 1).hover()
    assert title.inner_text() == START
    cell(page, 3, 4).evaluate("x => x.click()")  # it has the focus already
    assert title.inner_text() == "Query: with, key: one"


def test_only_a_mouse_looks(open_page):
    page = open_page(explore(tokens, inputs))
    title = page.locator(".trace b")
    enter = "(x, [kind, pointerType]) => x.dispatchEvent(new PointerEvent(kind, {pointerType}))"
    for pointer in ("touch", "pen"):
        cell(page, 3, 4).evaluate(enter, ["pointerenter", pointer])
        assert title.inner_text() == START
    cell(page, 3, 4).evaluate(enter, ["pointerenter", "mouse"])
    assert title.inner_text() == "Query: with, key: one"
    cell(page, 3, 4).evaluate(enter, ["pointerleave", "touch"])
    assert title.inner_text() == "Query: with, key: one"
    cell(page, 3, 4).evaluate(enter, ["pointerleave", "mouse"])
    assert title.inner_text() == START


def test_a_column_tells_what_each_query_gives(open_page):
    page = open_page(explore(tokens, inputs))
    page.get_by_role("columnheader", name="starts").click()
    weights = [row[2] for row in rows_of(page.locator("table"))]
    shown = lines(page)
    assert shown[0] == ", ".join(f"{t} {x}" for t, x in zip(tokens, weights, strict=True))
    end = " = 1.2788 (only a row has to sum to 1)"
    assert shown[1] == " + ".join(weights) + end
    lit = page.locator("td.on").all_inner_texts()
    assert lit == weights


def test_a_brief_sentence_is_spoken_when_something_is_chosen(open_page):
    page = open_page(explore(tokens, inputs))
    live = page.locator("[aria-live]")
    assert live.count() == 1
    assert live.inner_text() == ""
    assert page.locator("[aria-selected=true]").inner_text() == "0.2379"
    cell(page, 3, 4).hover()
    assert live.inner_text() == ""
    cell(page, 1, 2).click()
    assert live.inner_text() == "Query: journey, key: starts = 0.2333"
    assert cell(page, 1, 2).get_attribute("aria-selected") == "true"
    assert page.locator("[aria-selected=true]").count() == 1
    cell(page, 1, -1).click()
    assert live.inner_text() == "Query: journey, context vector"
    assert page.locator("[aria-selected=true]").inner_text() == "journey"
    row = [cell(page, 1, j).inner_text() for j in range(-1, 6)]
    assert page.locator("tbody .on").all_inner_texts() == row
    assert page.locator("thead .on").count() == 0
    for i, j in ((0, 2), (-1, 3), (0, -1), (2, 0)):
        cell(page, i, j).click()
        ends = f" = {cell(page, i, j).inner_text()}"
        assert live.inner_text().endswith(ends) == (i >= 0 and j >= 0)
        assert cell(page, i, j).get_attribute("aria-selected") == "true"
        assert page.locator("[aria-selected=true]").count() == 1


def test_nothing_is_said_twice_or_before_something_was_chosen(open_page):
    page = open_page(explore(tokens, inputs, controls=("causal", "temperature")))
    page.evaluate(
        """() => {
          window.said = [];
          const spoken = document.querySelector("[aria-live]");
          new MutationObserver(() => window.said.push(spoken.textContent))
            .observe(spoken, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.get_by_role("checkbox").check()
    page.get_by_role("slider").fill("5")
    cell(page, 1, 1).click()  # where it starts: nothing new
    cell(page, 4, 1).click()
    page.keyboard.press("Enter")
    cell(page, 4, 2).hover()
    page.locator("h1").hover()
    cell(page, -1, 2).click()
    assert page.evaluate("window.said") == [
        f"Query: one, key: journey = {cell(page, 4, 1).inner_text()}",
        "Key: starts",
    ]


SMALL = [(360, 640), (812, 375), (360, 225)]  # a phone, the same one turned, 400 % zoom


@pytest.mark.parametrize("end", ["start", "end"])
@pytest.mark.parametrize(("width", "height"), SMALL)
def test_the_calculation_is_seen_where_a_cell_is_tapped(open_page, width, height, end):
    page = open_page(
        '<p style="height:30rem">before</p>',
        explore(tokens, inputs, controls=("temperature",)),
        '<p style="height:60rem">after</p>',
        has_touch=True,
        viewport={"width": width, "height": height},
    )
    after = page.get_by_text("after")
    there = after.evaluate("x => x.getBoundingClientRect().top + scrollY")
    cell(page, 0, 1).evaluate("(x, block) => x.scrollIntoView({block})", end)
    cell(page, 0, 1).tap()
    trace = page.locator(".trace")
    tapped, shown = cell(page, 0, 1).bounding_box(), trace.bounding_box()
    assert page.locator(".trace b").inner_text() == "Query: Your, key: journey"
    assert tapped["y"] > -1 and tapped["y"] + tapped["height"] <= shown["y"]
    title = page.locator(".trace b").bounding_box()
    assert title["y"] + title["height"] <= height
    assert shown["y"] + shown["height"] <= height + 1
    assert after.evaluate("x => x.getBoundingClientRect().top + scrollY") == there


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_below_moves(open_page, width):
    page = open_page(
        explore(tokens, inputs), "<p>after</p>", viewport={"width": width, "height": 1000}
    )
    after = page.get_by_text("after")
    there = after.bounding_box()["y"]
    for i in range(-1, 6):
        for j in range(0 if i < 0 else -1, 6):
            cell(page, i, j).hover()
            assert after.bounding_box()["y"] == there, (i, j)
    cell(page, 2, -1).click()
    assert after.bounding_box()["y"] == there


def test_nothing_below_moves_when_the_window_was_made_narrower(open_page):
    page = open_page(
        explore(tokens, inputs), "<p>after</p>", viewport={"width": 1280, "height": 1000}
    )
    room = "x => getComputedStyle(x).getPropertyValue('--room')"
    wide = page.locator("attention-explore").evaluate(room)
    page.set_viewport_size({"width": 600, "height": 1000})
    page.wait_for_timeout(200)
    assert page.locator("attention-explore").evaluate(room) > wide
    assert page.locator(".trace b").inner_text() == START
    there = page.get_by_text("after").bounding_box()["y"]
    for i, j in ((0, 5), (3, -1), (-1, 3), (4, 4)):
        cell(page, i, j).hover()
        assert page.get_by_text("after").bounding_box()["y"] == there, (i, j)
    cell(page, 3, 4).click()
    page.set_viewport_size({"width": 500, "height": 1000})
    page.wait_for_timeout(200)
    assert page.locator(".trace b").inner_text() == "Query: with, key: one"


def test_a_calculation_that_scrolls_is_reached_by_keys_and_begins_at_its_top(open_page):
    page = open_page(
        explore(tokens, inputs), "<p style='height:60rem'>after</p>",
        viewport={"width": 360, "height": 500},
    )  # fmt: skip
    trace = page.locator(".trace")
    assert trace.evaluate("x => x.scrollHeight > x.clientHeight")
    assert trace.get_attribute("tabindex") == "0"  # not every browser gives it one by itself
    cell(page, 1, 1).click()
    page.keyboard.press("Tab")
    assert trace.evaluate("x => x === document.activeElement")
    trace.evaluate("x => x.scrollTop = 100")
    cell(page, 1, 2).evaluate("x => x.focus()")
    assert trace.evaluate("x => x.scrollTop") == 0
    page.set_viewport_size({"width": 1000, "height": 900})
    page.wait_for_timeout(200)
    assert not trace.evaluate("x => x.hasAttribute('tabindex')")
    assert trace.evaluate("x => x.scrollHeight <= x.clientHeight")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_larger_weight_has_a_stronger_colour(open_page, theme):
    weights = [[0.0, 0.1, 0.9], [0.2, 0.3, 0.5], [0.4, 0.4, 0.2]]
    page = open_page(
        explore(["a", "b", "c"], weights=weights), html_attributes=f'data-theme="{theme}"'
    )
    found = page.locator("td").evaluate_all(
        """cells => cells.map(cell => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = getComputedStyle(cell).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
          return [+cell.textContent, Math.max(r, g, b) - Math.min(r, g, b)];
        })"""
    )
    colourful = {}
    for weight, colour in found:
        assert colourful.setdefault(weight, colour) == colour
    assert [colourful[x] for x in sorted(colourful)] == sorted(colourful.values())
    assert colourful[0.9] > colourful[0.0] + 60
    # Nothing is shaded where the weight is 0: the cell has the ground of the widget.
    ground = "rgb(255, 255, 255)" if theme == "light" else "rgb(20, 24, 30)"
    paper = page.locator("attention-explore").evaluate("x => getComputedStyle(x).backgroundColor")
    assert paper == ground
    assert page.locator("td").first.get_attribute("class") == "w0"
    assert page.locator("td.w10").count() == 1


def test_forced_colours_keep_borders(open_page):
    page = open_page(explore(tokens, inputs), forced_colors="active")
    border, around = cell(page, 1, 2).evaluate(
        "x => [getComputedStyle(x).borderTopWidth, getComputedStyle(x).borderTopColor]"
    )
    assert border == "1px" and around != "rgba(0, 0, 0, 0)"
    cell(page, 1, 2).click()
    assert cell(page, 1, 2).evaluate("x => getComputedStyle(x).outlineStyle") != "none"


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
    assert page.locator("caption .head").inner_text() == "Head 1 of 2."
    assert page.locator("option").all_inner_texts() == ["1", "2"]
    page.keyboard.press("ArrowDown")
    assert page.locator("caption .head").inner_text() == "Head 2 of 2."


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
        key: messages()[f"widgets.explore.page.{key}"] for key in ("query", "comma", "key", "how")
    }
    query = f"{said['query']['ja']}journey{said['comma']['ja']}{said['key']['ja']}journey"
    assert query in trace.nth(0).inner_text()
    query = f"{said['query']['ko']}journey{said['comma']['ko']}{said['key']['ko']}journey"
    assert query in trace.nth(1).inner_text()
    assert said["how"]["ko"] in page.locator("caption").nth(1).inner_text()


def test_without_script_it_is_a_captioned_table(open_page):
    page = open_page(explore(tokens, inputs, caption="simple"), java_script_enabled=False)
    tree = page.locator("main").aria_snapshot()
    assert "Simple self-attention" in page.locator("caption").inner_text()
    assert page.locator("th[scope=col]").count() == 7
    assert page.locator("th[scope=row]").count() == 6
    assert page.locator("td").nth(7).inner_text() == "0.2379"
    assert 'rowheader "journey"' in tree
    assert "table" in tree
    # The calculation of one cell is there, and nothing that asks to be used.
    assert "4.4593 / 18.7453 = 0.2379" in page.locator(".trace").inner_text()
    assert page.locator("td.on").inner_text() == "0.2379"
    assert page.locator(".controls, .how").count() == 0
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

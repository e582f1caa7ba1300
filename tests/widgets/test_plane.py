"""Attention in the plane: what is computed, what is drawn, what moves."""

import re

import pytest
import torch
from bs4 import BeautifulSoup
from showing import PLACES, PRESS, draw, places, violations

from helpers import plane

KEYS = [[1.0, 0.2], [0.3, 1.1], [-0.8, 0.4]]
QUERY = [0.9, 0.8]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("own", [False, True])
def test_the_numbers_are_those_of_torch(seed, scale, own):
    keys, query = draw(4, 2, seed=seed).double(), draw(2, seed=seed + 9).double()
    values = draw(4, 2, seed=seed + 5).double() if own else None
    shown = plane(keys, query, values=values, scale=scale, temperature=0.5, digits=3)
    html = BeautifulSoup(shown.html, "html.parser")
    scores = keys @ query
    weights = torch.softmax(scores / (2**0.5 if scale else 1) / 0.5, 0)
    context = weights @ (keys if values is None else values)
    cells = [[td.text.strip() for td in row.select("td")] for row in html.select("tbody tr")]
    numbers = zip(scores.tolist(), weights.tolist(), strict=True)
    assert cells == [[f"{s:.3f}", f"{w:.3f}"] for s, w in numbers]
    vector = "({:.3f}, {:.3f})".format(*context.tolist())
    assert vector in html.select_one(".sum").text and vector in repr(shown)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[1.0, 2.0, 3.0]], QUERY), {}, r"got keys \(1, 3\), query \(2,\)"),
        ((KEYS, [1.0]), {}, r"query \(1,\)"),
        ((KEYS, QUERY), {"values": [[1.0, 2.0]]}, r"values \(1, 2\)"),
        ((KEYS * 3, QUERY), {}, "T up to 8"),
        ((KEYS, QUERY), {"labels": ["a"]}, "expected 3 labels"),
        ((KEYS, QUERY), {"controls": "head"}, "temperature, scale; got 'head'"),
        ((KEYS, QUERY), {"temperature": 0}, "temperature above 0; got 0"),
        ((KEYS, [float("nan"), 1.0]), {}, "expected finite numbers in query"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        plane(*arguments, **options)


def weights(page) -> list[float]:
    return [float(x) for x in page.locator("tbody td:nth-child(3)").all_inner_texts()]


def test_the_query_is_dragged(open_page):
    page = open_page(plane(KEYS, QUERY, labels=["a", "b", "c"]))
    before = weights(page)
    handle = page.get_by_role("button", name="query").bounding_box()
    page.mouse.move(handle["x"] + 13, handle["y"] + 13)
    page.mouse.down()
    box = page.locator("svg").first.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.up()
    after = weights(page)
    assert before[2] == min(before) and after[2] == max(after)
    assert violations(page) == []


def test_keys_and_values_follow_the_arrow_keys(open_page):
    page = open_page(plane(KEYS, QUERY, values=[[1.0, 1.0], [-1.0, 0.5], [0.2, -0.5]]))
    start = page.locator(".sum").inner_text()
    page.get_by_role("button", name="value of k1").focus()
    page.keyboard.press("ArrowUp")
    moved = page.locator(".sum").inner_text()
    assert moved != start
    page.keyboard.press("ArrowDown")
    assert page.locator(".sum").inner_text() == start
    before = weights(page)
    page.get_by_role("button", name=re.compile("^k3")).focus()
    page.keyboard.press("Shift+ArrowRight")
    assert weights(page)[2] > before[2]
    before = weights(page)
    page.keyboard.press("Shift+ArrowLeft")
    assert weights(page)[2] < before[2]


def test_a_low_temperature_leaves_one_key(open_page):
    page = open_page(plane(KEYS, QUERY, temperature=1.0))
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    low = weights(page)
    page.keyboard.press("End")
    assert max(low) > max(weights(page))


def test_the_ring_stays_among_the_values(open_page):
    page = open_page(plane(KEYS, QUERY))
    inside = """() => {
      const svg = document.querySelector("svg"), ring = svg.querySelector(".context");
      const point = svg.createSVGPoint();
      point.x = +ring.getAttribute("cx"); point.y = +ring.getAttribute("cy");
      return svg.querySelector(".hull").isPointInFill(point);
    }"""
    assert page.evaluate(inside)
    page.get_by_role("button", name="query").focus()
    for _ in range(6):
        page.keyboard.press("Shift+ArrowLeft")
        assert page.evaluate(inside)


# Two scenes that share the square of the plane: the corners below keep it, from -1 to 1.5.
CORNERS = [[1.5, -1.0], [-1.0, 1.5]]
STEP = 2.5 * 1.4 / 50  # what an arrow key moves
# Corners of the values' hull, one above the other too, points on its edges, and one inside.
MORE = [[1.0, 0.5], [1.0, 0.0], [-0.4, 0.9], [0.7, -0.2], [-0.4, 0.6]]


def scene(query, key, value, more=(), **options):
    values = [[0.0, 0.0], [1.0, 1.0], value, *more]
    return plane([*CORNERS, key, *more], query, values=values, **options)


def whole(page) -> list:
    """Return all that is shown: the table, the words, where words end, how long the bars are."""
    names, bars = page.locator("svg").first.locator("text"), page.locator("rect")
    return [
        page.locator("tbody tr").all_inner_texts(),
        page.locator(".sum").inner_text(),
        names.evaluate_all("x => x.map(y => getComputedStyle(y).textAnchor)"),
        bars.evaluate_all("x => x.map(y => y.width.baseVal.value)"),
    ]


@pytest.mark.parametrize("options", [{}, {"scale": True}, {"temperature": 0.4, "scale": True}])
def test_what_is_moved_is_drawn_as_python_draws_it(open_page, options):
    moved = ([1.2 + STEP, 0.2], [-0.4, 0.6 + 10 * STEP], [0.5 - 10 * STEP, -0.6 - STEP])
    page = open_page(scene([1.2, 0.2], [-0.4, 0.6], [0.5, -0.6], MORE, **options))
    for name, keys in (
        ("query", ["ArrowRight"]),
        ("k3", ["Shift+ArrowUp"]),
        ("value of k3", ["Shift+ArrowLeft", "ArrowDown"]),
    ):
        page.get_by_role("button", name=re.compile(rf"^{name} \(")).focus()
        for key in keys:
            page.keyboard.press(key)
    still = open_page(scene(*moved, MORE, **options), java_script_enabled=False)
    *shown, bars = whole(page)
    *expected, long = whole(still)
    assert shown == expected and bars == pytest.approx(long, abs=0.1)
    assert page.locator("svg").first.evaluate(PLACES) == places(still.locator("svg").first)


def test_every_tip_and_value_has_its_handle(open_page):
    page = open_page(scene([-0.4, 0.6], [-0.4, 0.6], [0.5, -0.6]))
    handles = page.get_by_role("button")
    names = [handle.get_attribute("aria-label") for handle in handles.all()]
    assert names == [
        "query (-0.40, 0.60)", "k1 (1.50, -1.00)", "k2 (-1.00, 1.50)", "k3 (-0.40, 0.60)",
        "value of k1 (0.00, 0.00)", "value of k2 (1.00, 1.00)", "value of k3 (0.50, -0.60)",
    ]  # fmt: skip
    tips = page.locator(".value, .key circle, .query circle").evaluate_all(
        "x => x.map(y => [+y.getAttribute('cx'), +y.getAttribute('cy')])"
    )
    places = handles.evaluate_all("x => x.map(y => [+y.cx.baseVal.value, +y.cy.baseVal.value])")
    assert sorted(places) == [pytest.approx(tip, abs=0.1) for tip in sorted(tips)]
    assert handles.evaluate_all("x => x.every(y => y.r.baseVal.value === 13 && y.tabIndex === 0)")
    assert page.locator("[aria-live]").inner_text() == ""
    page.get_by_role("slider").press("Tab")
    assert handles.first.evaluate("x => x === document.activeElement")
    # Where the query lies on a key, it is the query that is dragged.
    box = handles.first.bounding_box()
    page.mouse.move(box["x"] + 13, box["y"] + 13)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 13)
    page.mouse.up()
    assert handles.first.get_attribute("aria-label") != names[0]
    assert [handle.get_attribute("aria-label") for handle in handles.all()[1:]] == names[1:]


@pytest.mark.parametrize(("x", "y"), [(0.25, 0.75), (0.9, 0.1), (-0.2, 1.3), (1.2, -0.4)])
def test_what_is_dragged_stands_under_the_pointer_and_never_outside(open_page, x, y):
    page = open_page(plane(KEYS, QUERY))
    handle, box = page.get_by_role("button", name="query"), page.locator("svg").first.bounding_box()
    from_ = handle.bounding_box()
    page.mouse.move(from_["x"] + 13, from_["y"] + 13)
    page.mouse.down()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.mouse.up()
    now = handle.bounding_box()
    for side, place in (("x", x), ("y", y)):
        length = box["width" if side == "x" else "height"]
        middle = now[side] + now["width" if side == "x" else "height"] / 2 - box[side]
        assert middle == pytest.approx(max(0, min(1, place)) * length, abs=1)
    live = page.locator("[aria-live]").inner_text()
    assert live == f"{handle.get_attribute('aria-label')}. {page.locator('.sum').inner_text()}"
    page.mouse.move(box["x"] + 50, box["y"] + 50)  # let go: it stays
    assert handle.bounding_box() == now


def test_the_page_hears_only_the_keys_that_a_handle_has_no_use_for(open_page):
    handle = open_page(plane(KEYS, QUERY)).get_by_role("button", name="query")
    for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
        assert handle.evaluate(PRESS, [key, "shiftKey"]) == [True, False], key
        for held in ("altKey", "metaKey", "ctrlKey"):
            assert handle.evaluate(PRESS, [key, held]) == [False, True], key
    for key in ("Home", " ", "a"):
        assert handle.evaluate(PRESS, [key, "shiftKey"]) == [False, True], key


def test_what_is_dragged_has_the_focus_and_no_finger_scrolls_the_page(open_page):
    page = open_page(plane(KEYS, QUERY))
    handle = page.get_by_role("button", name=re.compile("^k2"))
    assert handle.evaluate("x => getComputedStyle(x).touchAction") == "none"
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 13, box["y"] + 13)
    page.mouse.down()
    assert handle.evaluate("x => x === document.activeElement")
    page.mouse.up()
    assert page.evaluate("getSelection().toString()") == ""
    press = "x => x.dispatchEvent(new MouseEvent('pointerdown', {bubbles: true, cancelable: true}))"
    page.evaluate("SVGElement.prototype.setPointerCapture = () => {}")
    assert handle.evaluate(press) is False  # nothing is selected or dragged along


@pytest.mark.parametrize("key", ["Alt+ArrowUp", "Control+ArrowUp", "Meta+ArrowUp", "a", "Home"])
def test_other_keys_move_nothing(open_page, key):
    page = open_page(plane(KEYS, QUERY))
    handle = page.get_by_role("button", name="query")
    handle.press(key)
    assert handle.get_attribute("aria-label") == "query (0.90, 0.80)"


def test_the_controls_of_the_plane(open_page):
    page = open_page(plane(KEYS, QUERY, temperature=0.2, controls=("scale", "temperature")))
    slider, scale = page.get_by_role("slider", name="temperature"), page.get_by_role("checkbox")
    assert [slider.get_attribute(name) for name in ("min", "max")] == ["-20", "20"]
    assert slider.input_value() == "-14" and slider.get_attribute("aria-valuetext") == "0.2"
    assert not scale.is_checked()
    for value, temperature in (("-20", 0.1), ("7", 2.24), ("20", 10)):
        slider.fill(value)
        assert slider.get_attribute("aria-valuetext") == str(temperature)
        for scaled in (True, False):
            scale.set_checked(scaled)
            html = plane(KEYS, QUERY, temperature=temperature, scale=scaled).html
            expected = BeautifulSoup(html, "html.parser").select("tbody td:nth-child(3)")
            assert weights(page) == [float(x.text) for x in expected]


def test_no_line_is_drawn_through_the_name_of_a_key():
    html = BeautifulSoup(plane(KEYS, QUERY, labels=["a", "b", "c"]).html, "html.parser")
    kinds = [group["class"][0] for group in html.select("svg > g")]
    assert kinds == ["query", "key", "key", "key"]

"""Attention in the plane: what is computed, what is drawn, what moves."""

import re

import pytest
import torch
from bs4 import BeautifulSoup
from showing import draw, violations

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

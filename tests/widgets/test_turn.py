"""The turned pair: its score depends on the distance only."""

import cmath

import pytest
from bs4 import BeautifulSoup
from showing import PLACES, places, violations

from helpers import turn


def test_the_scores_are_those_of_complex_numbers():
    shown = turn([1.0, 0.5], [0.2, -1.0], angle=0.7, digits=4)
    html = BeautifulSoup(shown.html, "html.parser")
    cells = [td.text for td in html.select("td")]
    query, key = complex(1.0, 0.5), complex(0.2, -1.0)
    expected = [(query * cmath.exp(0.7j * n) * key.conjugate()).real for n in range(13)]
    assert cells == [f"{x:.4f}" for x in expected]
    assert html.select_one(".now").text.endswith(f"distance 3, score {cells[3]}")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1.0], [1.0, 2.0]), {}, "expected query as two numbers, not both 0"),
        (([1.0, 0.0], [0.0, 0.0]), {}, "expected key as two numbers, not both 0"),
        (([1.0, 0.0], [1.0, 0.0]), {"positions": (0, 13)}, "two positions from 0 to 12"),
        (
            ([1.0, 0.0], [1.0, 0.0]),
            {"angle": float("nan")},
            "angle in radians; got nan",
        ),
    ],
)
def test_what_does_not_fit_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        turn(*arguments, **options)


def test_moving_both_leaves_the_score(open_page):
    page = open_page(turn([1.0, 0.5], [0.2, -1.0]))

    def score() -> str:
        return page.locator(".now").inner_text().rpartition(" ")[2]

    start = score()
    first, second = page.get_by_role("slider").all()
    first.focus()
    page.keyboard.press("ArrowRight")
    assert score() != start
    second.focus()
    page.keyboard.press("ArrowRight")
    assert score() == start
    assert page.locator("td.on").all_inner_texts() == [start]
    assert violations(page) == []


def test_the_arrows_go_where_the_sliders_turn_them(open_page):
    pair = [1.0, 0.5], [0.2, -1.5]
    still = open_page(turn(*pair, positions=(4, 1)), java_script_enabled=False)
    page = open_page(turn(*pair, positions=(0, 0)))
    now = page.locator(".now")
    assert now.get_attribute("aria-live") == "polite"
    assert page.locator("td.on").count() == 1
    for name, position in (("query", 4), ("key", 1)):
        slider = page.get_by_role("slider", name=name)
        assert slider.get_attribute("aria-valuetext") == "0"
        slider.focus()
        page.keyboard.press("End")
        assert slider.get_attribute("aria-valuetext") == "12"
        slider.fill(str(position))
        assert slider.get_attribute("aria-valuetext") == str(position)
    assert now.inner_text() == still.locator(".now").inner_text()
    assert page.locator("svg").evaluate(PLACES) == places(still.locator("svg"))
    page.get_by_role("slider", name="query").fill("0")
    assert page.locator("td.on").count() == 0  # the table has no distance below 0

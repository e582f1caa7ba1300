"""A training run under a slider: its last map without a script, every moment with it."""

import pytest
import torch
from bs4 import BeautifulSoup
from showing import draw, violations

from helpers import steps

MAPS = {seed: torch.softmax(3 * draw(4, 2, 3, seed=seed).double(), -1) for seed in (0, 7)}
LOSSES = {0: [1.5, 1.0, 0.5, 0.25], 7: [2.0, 1.0, 0.125, 0.0]}
PHONE = {"width": 320, "height": 700}
TOKENS = {"tokens": ["ask", "tell"], "key_tokens": ["a", "b", "c"]}


def test_the_static_form_is_the_last_map_of_the_first_seed():
    shown = steps(MAPS, LOSSES, **TOKENS, at=[0, 10, 20, 40])
    html = BeautifulSoup(shown.html, "html.parser")
    cells = [[td.text for td in row.select("td")] for row in html.select("tbody tr")]
    assert cells == [[f"{x:.2f}" for x in row] for row in MAPS[0][-1].tolist()]
    assert html.select_one(".now").text == "Seed 0, after 40 training steps: loss 0.250"
    assert "Seed 0, after 40" in repr(shown) and cells[1][2] in repr(shown)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"maps": [1]}, TypeError, "as dicts of seeds; got list and dict"),
        ({"losses": {0: [1.0] * 4}}, ValueError, r"same seeds; got \[0, 7\] and \[0\]"),
        ({"losses": {0: [1.0], 7: [1.0]}}, ValueError, r"for seed 0; got \(4, 2, 3\) and \(1,\)"),
        (
            {"maps": {s: 2 * m for s, m in MAPS.items()}},
            ValueError,
            "those of seed 0 do not",
        ),
        ({"tokens": ["ask"]}, ValueError, "expected 2 tokens"),
        ({"key_tokens": None}, ValueError, "expected 3 key_tokens"),
        ({"at": [0, 1]}, ValueError, "expected 4 whole numbers in at"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, message):
    with pytest.raises(error, match=message):
        steps(**({"maps": MAPS, "losses": LOSSES, **TOKENS} | change))


def test_the_slider_and_the_seed_choose_a_map(open_page):
    page = open_page(steps(MAPS, LOSSES, **TOKENS, at=[0, 10, 20, 40]))

    def shown():
        return [[float(x) for x in row.locator("td").all_inner_texts()]
                for row in page.locator("tbody tr").all()]  # fmt: skip

    slider = page.get_by_role("slider")
    slider.focus()
    for key, moment in (("Home", 0), ("ArrowRight", 1), ("End", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        assert shown() == MAPS[0][moment].round(decimals=2).tolist()
    page.get_by_role("combobox").select_option("7")
    assert shown() == MAPS[7][2].round(decimals=2).tolist()
    assert page.locator(".now").inner_text() == "Seed 7, after 20 training steps: loss 0.125"
    assert violations(page) == []


def test_the_curve_is_the_loss_and_the_dot_the_moment(open_page):
    page = open_page(steps(MAPS, LOSSES, **TOKENS, at=[0, 10, 20, 40]))
    curve = page.get_by_role("img", name="The loss over the training steps")
    assert curve.get_attribute("viewBox") == "0 0 240 90"
    assert curve.get_attribute("role") == "img"  # not every reader takes a drawing for one image
    points = {  # the highest loss of all, 2, is at the top
        seed: [(5 + 230 * n / 3, 85 - 80 * loss / 2) for n, loss in enumerate(losses)]
        for seed, losses in LOSSES.items()
    }
    assert curve.locator("polyline").evaluate_all(
        "lines => lines.map(x => [...x.points].map(({x, y}) => [x, y]))"
    ) == [[pytest.approx(point) for point in line] for line in points.values()]

    def dot():
        return [float(curve.locator("circle").get_attribute(name)) for name in ("cx", "cy")]

    slider = page.get_by_role("slider", name="training step")
    assert slider.get_attribute("aria-valuetext") == "40"
    assert dot() == pytest.approx(points[0][3])
    slider.fill("1")
    assert slider.get_attribute("aria-valuetext") == "10"
    assert dot() == pytest.approx(points[0][1])
    page.get_by_role("combobox", name="seed").select_option("7")
    assert dot() == pytest.approx(points[7][1])
    chosen = curve.locator("polyline").evaluate_all("x => x.map(y => y.classList.contains('on'))")
    assert chosen == [False, True]
    assert page.locator(".now").get_attribute("aria-live") == "polite"
    weights = MAPS[7][1].flatten().tolist()
    shades = [f"w{round(10 * round(x, 2))}" for x in weights]
    assert page.locator("tbody td").evaluate_all("x => x.map(y => y.className)") == shades


def test_one_moment_without_loss_and_two(open_page):
    one = steps({0: MAPS[0][:1]}, {0: [0.0]}, **TOKENS)
    page = open_page(one, steps({0: MAPS[0][:2]}, {0: [1.0, 0.5]}, **TOKENS))
    dot = page.locator(".curve circle").first
    assert [dot.get_attribute(name) for name in ("cx", "cy", "r")] == ["5", "85", "5"]
    assert page.locator(".curve polyline").last.get_attribute("points") == "5,5 235,45"
    assert page.get_by_role("combobox").count() == 0  # there is one seed


def test_on_a_phone_the_name_of_the_slider_is_one_line(open_page):
    page = open_page(steps(MAPS, LOSSES, **TOKENS, at=[0, 10, 20, 40]), viewport=PHONE)
    frame, slider = page.locator(".controls").bounding_box(), page.get_by_role("slider")
    line = page.locator(".controls select").bounding_box()["height"]
    name = page.locator(".controls label").first.bounding_box()
    assert name["height"] < 1.5 * line and slider.bounding_box()["width"] > 80
    assert name["x"] + name["width"] <= frame["x"] + frame["width"]
    assert slider.bounding_box()["height"] >= 24 and line >= 24

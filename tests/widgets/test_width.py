"""The slider over d_k: shares that fall with the scale, and the weights of one query."""

import json
import re

import pytest
import torch
from bs4 import BeautifulSoup
from showing import PLACES, violations

from helpers import width
from helpers.widgets.element import word


def shares(shown) -> list[list[float]]:
    rows = BeautifulSoup(shown.html, "html.parser").select("tbody tr")
    return [[float(td.text.removesuffix(" %")) for td in row.select("td")] for row in rows]


def test_only_the_undivided_share_grows():
    found = shares(width())
    without, divided = zip(*found, strict=True)
    assert without[0] < 5 < 60 < without[-1] and list(without) == sorted(without)
    assert max(divided) < 5


def test_the_share_is_that_of_an_own_count():
    generator = torch.Generator().manual_seed(16)
    options = {"generator": generator, "dtype": torch.float64}
    query, keys = torch.randn(50, 1, 16, **options), torch.randn(50, 3, 16, **options)
    weights = torch.softmax((query @ keys.mT)[:, 0], -1)
    expected = 100 * (weights.max(-1).values >= 0.99).double().mean().item()
    assert shares(width((16,), keys=3, draws=50))[0][0] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"widths": [4, 2]}, r"rising whole numbers from 1 to 4096 in widths; got \[4, 2\]"),
        ({"widths": []}, "rising"),
        ({"keys": 1}, "keys from 2 to 12; got 1"),
        ({"draws": 0}, "draws from 1 to 10000; got 0"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        width(**options)


def test_the_slider_and_the_scale(open_page):
    page = open_page(width())
    tops = page.locator(".bars text")
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    wide = [float(x) for x in tops.all_text_contents()]
    page.get_by_role("checkbox").check()
    scaled = [float(x) for x in tops.all_text_contents()]
    assert max(wide) > max(scaled) and sum(scaled) == pytest.approx(1, abs=0.03)
    assert page.locator("td.on").count() == 1
    assert page.locator(".now").inner_text().startswith("dk = 256: the largest weight")
    assert violations(page) == []


def test_the_bars_are_the_weights(open_page):
    shown = width((1, 4, 64), keys=5, draws=20)
    weights = json.loads(re.search("data-given='(.*?)'", shown.html)[1])["weights"]
    page = open_page(shown)
    slider, scale = page.get_by_role("slider", name="dk"), page.get_by_role("checkbox")
    assert page.locator(".now").get_attribute("aria-live") == "polite"
    assert not scale.is_checked() and slider.get_attribute("aria-valuetext") == "1"
    tops = page.locator(".bars text")
    assert slider.input_value() == "0"
    assert tops.all_text_contents() == [f"{w:.2f}" for w in weights[0][0]]
    assert page.locator(".bars").get_attribute("role") == "img"
    middle = "x => x.every(y => getComputedStyle(y).textAnchor === 'middle')"
    assert tops.evaluate_all(middle)
    for n, d_k in enumerate((1, 4, 64)):
        slider.fill(str(n))
        assert slider.get_attribute("aria-valuetext") == str(d_k)
        for scaled in (False, True):
            scale.set_checked(scaled)
            row = weights[n][scaled]
            tall = [{"x": 40 * i + 2, "y": 114 - 100 * w, "width": 36, "height": 100 * w}
                    for i, w in enumerate(row)]  # fmt: skip
            boxes = page.locator("rect").evaluate_all(
                "x => x.map(y => { const {x, y: top, width, height} = y.getBBox();"
                " return {x, y: top, width, height}; })"
            )
            assert boxes == [pytest.approx(box, abs=1e-3) for box in tall]
            above = [pytest.approx([40 * i + 20, 111 - 100 * w]) for i, w in enumerate(row)]
            assert page.locator(".bars").evaluate(PLACES) == above
            assert tops.all_text_contents() == [f"{w:.2f}" for w in row]
            lit = page.locator("tbody tr").nth(n).locator("td").nth(int(scaled))
            assert lit.get_attribute("class") == "on" and page.locator("td.on").count() == 1
            said = page.locator(".now").inner_text().replace("dk", "d_k")  # a k that went down
            told = {"d_k": d_k, "most": f"{max(row):.2f}", "share": lit.inner_text()}
            assert said == word("width", "page.now", **told)
            assert page.get_by_role("img", name=said).count() == 1

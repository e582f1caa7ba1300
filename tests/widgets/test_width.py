"""The slider over d_k: shares that fall with the scale, and the weights of one query."""

import pytest
import torch
from bs4 import BeautifulSoup
from showing import violations

from helpers import width


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
    assert page.locator(".now").inner_text().startswith("d_k = 256: the largest weight")
    assert violations(page) == []

"""Heads by shape: every number stands where torch puts it."""

import pytest
import torch
from bs4 import BeautifulSoup
from showing import violations

from helpers import heads

TOKENS = ["Your", "journey", "starts"]


@pytest.mark.parametrize(("d_out", "num_heads"), [(4, 2), (6, 3), (3, 1), (4, 4)])
def test_numbers_stand_where_torch_puts_them(d_out, num_heads):
    html = BeautifulSoup(heads(TOKENS, d_out, num_heads).html, "html.parser")
    x = torch.tensor([[10 * t + c for c in range(1, d_out + 1)] for t in (1, 2, 3)])
    split = x.view(3, num_heads, -1)
    stages = [x[None], split, split.transpose(0, 1), x.view(num_heads, 3, -1)]
    found = [
        [[[int(td.text) for td in tr.select("td")] for tr in table.select("tr")]
         for table in stage.select("table")]
        for stage in html.select(".stage")
    ]  # fmt: skip
    assert found == [stage.tolist() for stage in stages]
    colours = {td.text: td["class"] for td in html.select("td")}
    assert colours["11"] == ["h0"] and colours[f"3{d_out}"] == [f"h{num_heads - 1}"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"], 4, 2), "expected 2 to 9 tokens"),
        ((TOKENS, 4, 3), "num_heads to divide d_out; got 3 and 4"),
        ((TOKENS, 10, 2), "got 3, 10, 2"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        heads(*arguments)


def test_a_number_is_followed_through_the_stages(open_page):
    page = open_page(heads(TOKENS))
    page.locator(".stage").nth(0).get_by_text("23", exact=True).click()
    assert page.locator("td.on").all_inner_texts() == ["23"] * 4
    assert page.locator(".now").inner_text().startswith("23 is component 3 of the token journey.")
    page.keyboard.press("ArrowLeft")
    assert page.locator("td.on").first.inner_text() == "22"
    page.get_by_role("combobox").select_option("view alone")
    assert page.locator(".stage:visible").count() == 1
    assert (
        page.locator(".stage:visible figcaption").inner_text().startswith("view alone: (2, 3, 2)")
    )
    assert violations(page) == []
    page.get_by_role("combobox").select_option("all")
    assert page.locator(".stage:visible").count() == 4


def test_the_mouse_lights_a_number_and_leaves_it_lit(open_page):
    page = open_page(heads(TOKENS))
    lit, now = page.locator("td.on"), page.locator(".now")
    assert lit.all_inner_texts() == ["11"] * 4
    assert now.get_attribute("aria-live") == "polite" and now.inner_text().startswith("11 is")
    page.locator(".stage").nth(2).get_by_text("32", exact=True).hover()
    assert lit.all_inner_texts() == ["32"] * 4
    page.locator("h1").hover()
    assert lit.all_inner_texts() == ["32"] * 4
    assert now.inner_text().startswith("32 is component 2 of the token starts.")


def test_every_table_is_a_grid_that_one_tab_reaches(open_page):
    page = open_page(heads(TOKENS, 4, 2))
    assert page.get_by_role("grid").count() == page.locator("table").count() == 1 + 3 + 2 + 2
    assert page.get_by_role("gridcell").count() == page.locator("td").count() == 4 * 12
    page.get_by_role("combobox").focus()
    for stage in page.locator(".stage").all():
        page.keyboard.press("Tab")  # what scrolls
        page.keyboard.press("Tab")
        assert stage.locator("td:focus").inner_text() == "11"
        page.keyboard.press("Control+End")  # in the last table of the stage
        assert stage.locator("td:focus").inner_text() == "34"

"""The matrix product: its numbers, its static form, and what a choice lights up."""

import pytest
import torch
from bs4 import BeautifulSoup
from showing import violations

from helpers import product
from helpers.examples import inputs

LEFT = [[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]]
RIGHT = torch.tensor([[2.0, 0.0], [1.0, -1.0], [4.0, 8.0]])


def test_the_static_form_says_all():
    html = BeautifulSoup(product(LEFT, RIGHT, rows=["a", "b"]).html, "html.parser")
    tables = {kind: html.select_one(f".{kind} tbody") for kind in ("left", "right", "result")}
    found = [[td.text for td in row.select("td")] for row in tables["result"].select("tr")]
    exact = torch.tensor(LEFT, dtype=torch.float64) @ RIGHT.double()
    assert found == [[f"{x:.4f}" for x in row] for row in exact.tolist()]
    assert [cap.text for cap in html.select("figcaption")] == ["B (3, 2)", "A (2, 3)", "A B (2, 2)"]
    assert html.select_one(".sum").text == "1.00 × 2.00 + (-2.00) × 1.00 + 0.50 × 4.00 = 2.0000"
    assert len(html.select(".on")) == 3 + 3 + 1


def test_plain_text_has_the_three_matrices():
    text = repr(product(LEFT, RIGHT, names=("x", "W", "x W")))
    assert all(
        word in text for word in ("x (2, 3)", "W (3, 2)", "x W (2, 2)", "-11.0000", "= 2.0000")
    )


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((LEFT, LEFT), {}, r"left \(N, K\) and right \(K, M\); got \(2, 3\) and \(2, 3\)"),
        ((LEFT, [1.0]), {}, "expected right of 2 dimensions"),
        ((LEFT, None), {}, r"got \(2, 3\) and None"),
        ((LEFT, RIGHT), {"rows": ["a"]}, "expected 2 rows"),
        ((LEFT, RIGHT), {"digits": 0}, "expected digits from 1 to 7; got 0"),
        ((LEFT, RIGHT), {"title": "nothing"}, "expected a caption among"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        product(*arguments, **options)


def test_a_choice_lights_row_column_and_terms(open_page):
    page = open_page(product(inputs, inputs.T, columns=list("abcdef")))
    cells = page.locator(".result tbody td")
    cells.nth(7 + 1).click()  # row 2, column 3
    assert page.locator(".sum").inner_text() == "0.55 × 0.57 + 0.87 × 0.85 + 0.66 × 0.64 = 1.4754"
    assert page.locator(".left .on").all_inner_texts() == ["0.55", "0.87", "0.66"]
    assert page.locator(".right .on").all_inner_texts() == ["0.57", "0.85", "0.64"]
    steps = {
        "ArrowLeft": "1.4950",
        "ArrowDown": "1.4754",
        "ArrowUp": "1.4950",
        "ArrowRight": "1.4754",
    }
    for key, total in {**steps, "Home": "0.9544", "End": "1.0865"}.items():
        page.keyboard.press(key)
        assert page.locator(".sum").inner_text().endswith(f"= {total}")
        assert page.locator(".result .on").all_inner_texts() == [total]
    page.keyboard.press("Escape")
    assert page.locator(".result .on").all_inner_texts() == ["0.9995"]
    assert violations(page) == []


def test_what_the_mouse_lights_gives_way_to_what_was_chosen(open_page):
    page = open_page(product(LEFT, RIGHT))
    lit, cells = page.locator(".result .on"), page.locator(".result td")
    assert lit.all_inner_texts() == ["2.0000"]
    cells.nth(3).hover()
    assert lit.all_inner_texts() == ["-11.0000"]
    page.locator("h1").hover()
    assert lit.all_inner_texts() == ["2.0000"]  # nothing was chosen yet: where it starts
    cells.nth(2).click()
    cells.nth(3).hover()
    page.locator("h1").hover()
    assert lit.all_inner_texts() == ["-0.5000"]
    page.keyboard.press("Escape")
    cells.nth(3).hover()
    page.locator("h1").hover()
    assert lit.all_inner_texts() == ["2.0000"]


def test_the_chosen_number_is_heard_and_no_other_is_selected(open_page):
    page = open_page(product(LEFT, RIGHT))
    spoken = page.locator(".spoken")
    assert spoken.get_attribute("aria-live") == "polite" and spoken.inner_text() == ""
    assert page.get_by_role("grid").count() == 1  # the other two are not walked
    assert page.get_by_role("gridcell").count() == 4
    assert page.locator("[aria-selected=true]").all_inner_texts() == ["2.0000"]
    page.locator(".result td").nth(3).hover()
    assert spoken.inner_text() == ""
    page.locator("h1").click()
    page.keyboard.press("Tab")  # what scrolls
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "2.0000"
    for key, at, total in (("End", 1, "6.0000"), ("ArrowDown", 3, "-11.0000")):
        page.keyboard.press(key)
        assert spoken.inner_text() == page.locator(".sum").inner_text()
        assert spoken.inner_text().endswith(f"= {total}")
        selected = page.get_by_role("gridcell").evaluate_all("x => x.map(y => y.ariaSelected)")
        assert selected == ["true" if n == at else "false" for n in range(4)]


def test_on_a_phone_a_caption_is_no_wider_than_its_table(open_page):
    shown = product(LEFT, RIGHT, names=("inputs", "W_query_of_a_head", "queries"))
    page = open_page(shown, viewport={"width": 340, "height": 700})
    widest = "tables => Math.max(...tables.map(table => table.offsetWidth))"
    for column in ("figure.left", ":is(figure.right, figure.result)"):
        table = page.locator(f"{column} table").evaluate_all(widest)
        assert page.locator(f"{column} figcaption").first.bounding_box()["width"] <= table + 1

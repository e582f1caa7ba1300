"""What the tests of the widgets share: data, and ways to read a page."""

import re

import pytest
import torch

from helpers.widgets import Widget

SITE = "http://book.test/"
TWO = ["a", "b"]
W = [[0.5, 0.5], [1.0, 0.0]]


def draw(*shape: int, seed: int = 0, size: float = 1.0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * size


def names(count: int) -> list[str]:
    return [f"t{n}" for n in range(count)]


def rows_of(table) -> list[list[str]]:
    return table.evaluate(
        "t => [...t.tBodies[0].rows].map(r => [...r.cells].slice(1).map(c => c.textContent))"
    )


def cell(page, i: int, j: int, nth: int = 0):
    """Return the cell of query i and key j; -1 stands for the names of rows and columns."""
    row = page.locator("attention-explore").nth(nth).locator("tr").nth(i + 1)
    return row.locator("th,td").nth(j + 1)


def lines(page, what: str = "dd > div") -> list[str]:
    return [line.replace("\xa0", " ") for line in page.locator(what).all_inner_texts()]


def printed(matrix: torch.Tensor, digits: int = 4) -> list[list[str]]:
    return [[f"{x:.{digits}f}" for x in row] for row in matrix.tolist()]


# Presses a key with another one held: whether the page is kept from it, whether it hears it.
PRESS = """(cell, [key, held]) => {
  const heard = [];
  document.addEventListener("keydown", (event) => heard.push(event.key), { once: true });
  const kind = { key, [held]: true, bubbles: true, cancelable: true };
  const event = new KeyboardEvent("keydown", kind);
  return [!cell.dispatchEvent(event), heard.length > 0];
}"""
# Where each part of a drawing stands.
PLACES = """svg => [...svg.querySelectorAll("line, circle, text, polygon")]
  .filter((one) => !one.matches(".handle"))
  .map((one) => ["x", "y", "x2", "y2", "cx", "cy", "points"]
    .flatMap((name) => (one.getAttribute(name) ?? "").split(/[ ,]/).filter(Boolean).map(Number)))"""


def places(drawing) -> list:
    """Return where each part of a drawing stands: its numbers, to half a unit."""
    return [pytest.approx(place, abs=0.5) for place in drawing.evaluate(PLACES)]


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def page_of(*shown: Widget | str, head: str = "", html_attributes: str = "") -> str:
    body = "\n".join(x.html if isinstance(x, Widget) else x for x in shown)
    return (
        f'<!doctype html><html lang="en" {html_attributes}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Widgets</title>'
        f"{head}</head><body><main><h1>Widgets</h1>{body}</main></body></html>"
    )


def without_assets(html: str) -> str:
    return re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)

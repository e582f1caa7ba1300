"""Nothing hides: on every page, in four languages, on a phone, a tablet and a desk."""

from pathlib import Path

import pytest
from browsing import page_names

WIDTHS = (360, 820, 1440)
HIDDEN = Path(__file__).with_name("hidden.js").read_text("utf-8")
BLOWN_UP = """() => [...document.querySelectorAll(".drawing > svg")]
  .map((svg) => [svg.getBoundingClientRect().width, svg.viewBox.baseVal.width])
  .filter(([shown, drawn]) => shown > drawn + 1)
  .map(([shown, drawn]) => `a figure of ${drawn} px is ${shown} px wide`)"""


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_hides(browser, site, address, width):
    touch = width < 1000
    context = browser.new_context(
        viewport={"width": width, "height": 800}, has_touch=touch, is_mobile=touch
    )
    tab = context.new_page()
    hidden = []
    for name in page_names(site):
        tab.goto(address + name)
        hidden += [f"{name}: {line}" for line in tab.evaluate(HIDDEN)]
        hidden += [f"{name}: {line}" for line in tab.evaluate(BLOWN_UP)]
    context.close()
    assert not hidden, "\n".join(hidden[:40])

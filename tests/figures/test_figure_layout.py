"""Figures in a browser: nothing cut, nothing crowded, legible on a phone."""

from itertools import combinations, pairwise

import pytest

from helpers.language import LANGUAGES

CORNERS = """svg => {
  const outside = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].map(t => {
    const b = t.getBBox(), m = t.getScreenCTM(), trim = 0.2 * b.height;
    const at = (x, y) => [m.a*x + m.c*y + m.e - outside.x, m.b*x + m.d*y + m.f - outside.y];
    const top = b.y + trim, bottom = b.y + b.height - trim, right = b.x + b.width;
    return {text: t.textContent, width: outside.width, height: outside.height,
      corners: [at(b.x, top), at(right, top), at(right, bottom), at(b.x, bottom)]};
  });
}"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    yield page
    page.close()


def apart(a, b) -> bool:
    """Whether a line separates two rectangles given by their corners."""
    for corners in (a, b):
        for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]]):
            nx, ny = y1 - y0, x0 - x1
            of_a, of_b = ([nx * x + ny * y for x, y in c] for c in (a, b))
            if max(of_a) <= min(of_b) or max(of_b) <= min(of_a):
                return True
    return False


def crowded(page, svg) -> list[str]:
    """Name the labels that leave the picture or meet another."""
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    labels = page.eval_on_selector("svg", CORNERS)
    assert labels
    found = [
        f"{one['text']} leaves the picture"
        for one in labels
        for x, y in one["corners"]
        if not (-0.5 <= x <= one["width"] + 0.5 and -0.5 <= y <= one["height"] + 0.5)
    ]
    for one, two in combinations(labels, 2):
        if not apart(one["corners"], two["corners"]):
            found.append(f"{one['text']} meets {two['text']}")
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_label_is_cut_or_meets_another(page, drawn, code):
    found = {name: crowded(page, figure.svg) for name, figure in drawn[code].items()}
    assert not {name: what for name, what in found.items() if what}


def test_a_cut_or_crowded_label_would_be_seen(page):
    svg = '<svg width="99" height="99" viewBox="0 0 99 99" xmlns="http://www.w3.org/2000/svg">'
    assert crowded(page, svg + '<text x="90" y="50">outside</text></svg>')
    assert crowded(page, svg + '<text x="0" y="50">one</text><text x="5" y="52">two</text></svg>')


# A phone of 360 px shows figures this wide: the site's margins taken off.
PHONE = 328
SMALLEST = """svg => Math.min(...[...svg.querySelectorAll('text')].map(t =>
  parseFloat(getComputedStyle(t).fontSize) * svg.clientWidth / svg.viewBox.baseVal.width))"""


def test_letters_are_legible_on_a_phone(page, drawn):
    small = {}
    page.set_viewport_size({"width": PHONE, "height": 640})
    for code, figures in drawn.items():
        for name, figure in figures.items():
            if name != "twelve":  # twelve columns of numbers are too many for a phone
                page.set_content(f"<body style='margin:0'>{figure.svg}</body>")
                if (size := page.eval_on_selector("svg", SMALLEST)) < 8.95:
                    small[code, name] = size
    page.set_viewport_size({"width": 1200, "height": 900})
    assert not small


def test_a_figure_shrinks_with_a_phone_and_takes_the_pages_ink(page, drawn):
    page.set_viewport_size({"width": 300, "height": 640})
    page.set_content(f"<body style='margin:0'>{drawn['ja']['bars'].svg}</body>")
    width, height, natural = page.eval_on_selector(
        "svg", "s => [s.clientWidth, s.clientHeight, s.viewBox.baseVal.width]"
    )
    assert natural > 300 and width == 300 and height < 400
    assert page.evaluate("document.documentElement.scrollWidth") == 300
    page.add_style_tag(content=".figure { color: rgb(1, 200, 3) !important }")
    ink = page.eval_on_selector("svg text:not([fill])", "t => getComputedStyle(t).fill")
    assert ink == "rgb(1, 200, 3)"
    line = page.eval_on_selector(
        "svg [stroke=currentColor]", "line => getComputedStyle(line).stroke"
    )
    assert line == "rgb(1, 200, 3)"
    page.set_viewport_size({"width": 1200, "height": 900})

"""How the page is set: where lines end, how printed text looks, which rules reach widgets."""

import re
from pathlib import Path

import pytest
from browsing import page_names

from helpers.language import LANGUAGES
from tools.site.cells import line_kinds

DIVIDED = Path(__file__).with_name("setting.js").read_text("utf-8")
REACHED = """() => {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .flatMap((rule) => (rule.selectorText ? [rule] : [...(rule.cssRules ?? [])]))
    .map((rule) => rule.selectorText ?? "");
  const found = new Set();
  for (const element of document.querySelectorAll(".attention-widget *")) {
    for (const name of element.classList) {
      if (name === "spoken") continue;  // means the same on the page and in a widget
      for (const rule of rules.filter((rule) => rule.includes(`.${name}`))) {
        if (!rule.includes("attention-") && element.matches(rule)) found.add(rule);
      }
    }
  }
  return [...found];
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("code", LANGUAGES)
def test_what_belongs_together_is_on_one_line(browser, site, address, code, width):
    tab = browser.new_page(viewport={"width": width, "height": 800})
    divided = []
    for name in page_names(site):
        if name.startswith(f"{code}/"):
            tab.goto(address + name)
            divided += [f"{name}: {pair}" for pair in tab.evaluate(DIVIDED)]
    tab.close()
    assert not divided, "\n".join(divided[:40])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_chapter_and_its_number_are_whole_and_a_minus_is_no_hyphen(site, code):
    pages = "".join(path.read_text("utf-8") for path in sorted(site.glob(f"{code}/*.html")))
    prose = "".join(re.findall(r"<p>(.*?)</p>", pages, re.DOTALL))
    prose = re.sub(r'<span class="math.*?</annotation>|<code.*?</code>', "", prose, flags=re.DOTALL)
    prose = re.sub(r'<span class="whole">[^<]*</span>', "", prose)
    words = re.sub(r"<[^>]+>", "", prose)
    assert not re.findall(r"第 ?\d+ ?章|[Cc]hapter \d+", words)
    assert not re.findall(r"(?<![\w−-])-\d[\d.]*", words)


def test_no_rule_of_the_page_reaches_into_a_widget(page, address):
    for name in ("00-what-attention-is-for", "07-attention-maps", "12-positions"):
        page.goto(f"{address}en/{name}.html")
        assert page.evaluate(REACHED) == [], name


def test_a_weights_bar_is_as_long_as_the_weight(page, address):
    page.goto(f"{address}en/00-what-attention-is-for.html")
    for row in page.locator("attention-plane tbody tr").all():
        weight = float(row.locator("td").last.inner_text())
        length = row.locator("rect").bounding_box()["width"]
        assert abs(length / 60 - weight) < 0.02


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("tensor([nan, nan, nan, 0., 0., nan])\n", "loose"),
        ("['mask', 'W_query.weight', 'W_key.weight']\n", "loose"),
        ("torch.Size([2, 6, 2]) torch.Size([2, 2, 6, 6])\n", "loose"),
        ("✓ Right.\n", "said"),
        ("True she sat on the bank of the river\n", "said"),
    ],
)
def test_a_printed_value_is_not_set_as_prose(line, kind):
    assert line_kinds(line) == [(kind, line)]

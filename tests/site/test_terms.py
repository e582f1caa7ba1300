"""Terms: what they mean is shown where they stand, and the glossary leads back to the chapters."""

import re

import pytest
from browsing import until

from helpers.language import LANGUAGES, text
from tools.notebooks import glossary

OPEN = "document.querySelector('.definition').matches(':popover-open')"


def seen_whole(tab):
    """Tell whether the definition is inside the window."""
    box = tab.locator(".definition").bounding_box()
    size = tab.viewport_size
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_word_with_another_sense_leads_nowhere(site, code):
    places = [
        (term, place)
        for term, words in glossary().items()
        for place in words.get("other_sense", [])
    ]
    assert places
    for term, place in places:
        chapter, _, section = place.partition("#")
        body = (site / f"{code}/{chapter}.html").read_text("utf-8")
        if section:
            (body,) = re.findall(
                rf'<section[^>]*>\s*<h\d[^>]* id="{section}">.*?</section>', body, re.DOTALL
            )
        assert f'#{term}"' not in body, place


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_term_says_what_it_means_under_the_pointer(page, address, code):
    requests = []
    page.goto(f"{address}{code}/03-simple-self-attention.html", wait_until="networkidle")
    page.on("request", lambda r: "favicon" in r.url or requests.append(r.url))
    term = page.locator("#term-softmax")
    assert "softmax" in term.get_attribute("href")
    term.hover()
    box = page.get_by_role("tooltip")
    box.wait_for()
    assert glossary()["softmax"][code]["definition"] in box.inner_text()
    assert seen_whole(page)
    assert term.get_attribute("aria-describedby") == box.get_attribute("id")
    box.hover()  # the pointer may go there without losing it
    page.wait_for_timeout(400)
    assert box.is_visible()
    page.keyboard.press("Escape")
    assert not box.is_visible()
    term.hover()
    box.wait_for()
    page.mouse.move(2, 2)
    until(page, f"!{OPEN}")
    assert not requests


def test_a_term_says_what_it_means_in_focus_and_enter_follows_it(page, address):
    page.goto(f"{address}en/03-simple-self-attention.html")
    page.keyboard.press("Tab")
    page.locator("#term-softmax").focus()
    box = page.get_by_role("tooltip")
    box.wait_for()
    page.keyboard.press("Escape")
    assert not box.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    box.wait_for()
    page.keyboard.press("Tab")
    until(page, f"!{OPEN} || document.activeElement.matches('a.term')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/glossary.html#softmax")


def test_a_tap_shows_and_a_second_tap_leads_to_the_glossary(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    tab = context.new_page()
    tab.goto(f"{address}ja/03-simple-self-attention.html")
    tab.evaluate(STAY)
    for term in tab.locator("a.term").all()[:6]:
        term.tap()
        assert tab.get_by_role("tooltip").is_visible()
        assert seen_whole(tab)
        assert term.get_attribute("data-definition") in tab.get_by_role("tooltip").inner_text()
        tab.locator("h1").dispatch_event("pointerdown", {"bubbles": True})
        assert not tab.get_by_role("tooltip").is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.evaluate("followed") == []
    href = term.evaluate("x => x.href")
    assert "/ja/glossary.html#" in href
    term.press("Enter")  # a key follows it, also after a finger
    assert tab.evaluate("followed") == [href]
    term.tap()
    term.tap()
    assert tab.evaluate("followed") == [href, href]
    context.close()


def test_nothing_is_broken_while_a_definition_is_open(page, address):
    from axe_playwright_python.sync_playwright import Axe

    page.goto(f"{address}ko/03-simple-self-attention.html")
    page.locator("#term-softmax").hover()
    page.get_by_role("tooltip").wait_for()
    page.evaluate("document.querySelectorAll('pre').forEach((pre) => pre.remove())")
    violations = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in violations] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_glossary_leads_back_to_the_chapters(site, code):
    page = (site / code / "glossary.html").read_text("utf-8")
    entries = re.findall(r'<h2 [^>]*id="([\w-]+)"(.*?)</section>', page, re.DOTALL)
    assert {name for name, _ in entries} == set(glossary())
    led_back = 0
    for name, entry in entries:
        for href in re.findall(r'<p class="used".*?</p>', entry):
            for slug, place in re.findall(r'href="([^"#]+)#([^"]+)"', href):
                assert place == f"term-{name}"
                assert f'id="{place}"' in (site / code / slug).read_text("utf-8")
                led_back += 1
        words = re.sub(r"<[^>]+>", "", entry)
        assert "None" not in words
        for alias in glossary()[name][code].get("aliases", []):
            assert alias in words
    assert led_back >= len(entries)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_name_in_the_glossary_is_one_entrys_alone(code):
    names = [
        name.lower()
        for words in glossary().values()
        for name in (words[code]["term"], *words[code].get("aliases", []))
    ]
    assert len(set(names)) == len(names)
    assert text("site.glossary_aliases", code, names="x")


CHAPTER = "en/03-simple-self-attention.html"


# Collects the links that are followed, and follows none.
STAY = """() => {
  window.followed = [];
  addEventListener("click", (event) => {
    if (!event.defaultPrevented) followed.push(event.target.closest("a").href);
    event.preventDefault();
  });
}"""


def shown(tab):
    return tab.evaluate(OPEN)


def test_a_definition_comes_and_goes_in_its_time(page, address):
    page.goto(address + CHAPTER)
    term, box = page.locator("#term-softmax"), page.locator(".definition")
    term.hover()
    assert not shown(page)  # not for a pointer that passes by
    page.mouse.move(2, 2)
    page.wait_for_timeout(300)
    assert not shown(page)
    term.hover()
    until(page, OPEN)
    assert box.locator("strong").inner_text() == term.get_attribute("data-term")
    box.hover()
    page.mouse.move(2, 2)
    assert shown(page)  # for a hand that shakes
    page.wait_for_timeout(400)
    assert not shown(page)
    assert term.get_attribute("aria-describedby") is None
    term.hover()
    until(page, OPEN)
    page.mouse.move(2, 2)
    term.hover()
    page.wait_for_timeout(400)
    assert shown(page)  # it came back in time
    page.keyboard.press("ArrowRight")
    assert shown(page)
    page.set_viewport_size({"width": 1200, "height": 800})
    until(page, f"!{OPEN}")


def test_a_definition_in_focus_stays_until_the_focus_leaves(page, address):
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    term = page.locator("#term-softmax")
    term.focus()
    assert shown(page)
    term.hover()
    page.mouse.move(2, 2)
    page.wait_for_timeout(400)
    assert shown(page)
    term.evaluate("x => x.blur()")
    term.hover()
    until(page, OPEN)
    page.mouse.move(2, 2)
    term.focus()  # soon after the pointer has left
    page.wait_for_timeout(400)
    assert shown(page)
    term.evaluate("x => x.blur()")
    assert not shown(page) and term.get_attribute("aria-describedby") is None


def test_another_term_takes_the_place_of_the_first(page, address):
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    first, second = page.locator("a.term").nth(0), page.locator("a.term").nth(1)
    first.hover()
    until(page, OPEN)
    second.focus()
    described = page.locator("[aria-describedby=definition]")
    assert described.count() == 1
    assert described.get_attribute("id") == second.get_attribute("id")
    assert second.get_attribute("data-definition") in page.locator(".definition").inner_text()


def test_a_press_beside_it_closes_and_one_on_it_does_not(page, address):
    page.goto(address + CHAPTER)
    page.locator("#term-softmax").hover()
    until(page, OPEN)
    press = "x => x.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))"
    for inside in (".definition strong", "#term-softmax"):
        page.locator(inside).evaluate(press)
        assert shown(page)
    page.locator("h1").evaluate(press)
    assert not shown(page)
    # What the reader has opened stays open beside it.
    page.evaluate("document.querySelector('.sheet').showPopover()")
    page.keyboard.press("Tab")
    page.locator("#term-softmax").focus()
    assert shown(page) and page.locator(".sheet:popover-open").count() == 1


@pytest.mark.parametrize("pointer", ["touch", "pen"])
def test_a_finger_that_rests_shows_nothing_by_itself(page, address, pointer):
    page.goto(address + CHAPTER)
    term = page.locator("#term-softmax")
    enter = "(x, [kind, pointerType]) => x.dispatchEvent(new PointerEvent(kind, {pointerType}))"
    term.evaluate(enter, ["pointerenter", pointer])
    page.wait_for_timeout(300)
    assert not shown(page)
    term.hover()
    until(page, OPEN)
    term.evaluate(enter, ["pointerleave", pointer])
    page.wait_for_timeout(400)
    assert shown(page)


def test_a_click_of_the_mouse_follows_the_link(page, address):
    page.goto(address + CHAPTER)
    page.locator("#term-softmax").click()
    page.wait_for_url("**/en/glossary.html#softmax")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_definition_keeps_off_the_edges_and_its_term(page, address, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    sides = set()
    for term in page.locator("article a.term").all()[:8]:
        for block in ("start", "end"):
            term.evaluate("(x, block) => x.scrollIntoView({block, behavior: 'instant'})", block)
            page.wait_for_timeout(50)
            term.evaluate("x => { x.blur(); x.focus({preventScroll: true}); }")
            line, box, wide = page.evaluate(
                """() => [document.activeElement.getClientRects()[0],
                  document.querySelector('.definition').getBoundingClientRect(),
                  document.documentElement.clientWidth]"""
            )
            below = box["top"] >= line["bottom"]
            gap = box["top"] - line["bottom"] if below else line["top"] - box["bottom"]
            assert gap == pytest.approx(4, abs=0.6)
            assert box["top"] >= 0 and box["bottom"] <= 700 - 2 * below
            assert box["left"] == pytest.approx(
                max(8, min(line["left"], wide - box["width"] - 8)), abs=0.6
            )
            sides.add((block, below))
    # Where there is room for it and two units more, it stands below; one unit less, above.
    move = """less => {
      const term = document.activeElement, line = term.getClientRects()[0];
      const height = document.querySelector(".definition").getBoundingClientRect().height;
      const over = Math.floor(line.bottom + 6 + height - innerHeight) + 1;
      scrollBy({ top: over - less, behavior: "instant" });
      term.blur();
      term.focus({ preventScroll: true });
      const box = document.querySelector(".definition").getBoundingClientRect();
      return box.top > term.getClientRects()[0].top;
    }"""
    assert page.evaluate(move, 0) is True and page.evaluate(move, 1) is False
    assert ("start", True) in sides and ("end", False) in sides

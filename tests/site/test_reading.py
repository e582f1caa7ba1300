"""What a reader does on the pages, but for the search."""

import re

import pytest
from browsing import THEMES, until

from helpers.language import LANGUAGES, text


def test_the_language_menu_keeps_page_and_place(page, address):
    page.goto(f"{address}en/03-simple-self-attention.html")
    page.locator("#all-scores").evaluate("heading => heading.scrollIntoView({behavior: 'instant'})")
    until(page, "document.querySelector('#languages a[lang=ja]').hash === '#all-scores'")
    for name in ("Language", "日本語"):  # a mouse, as Playwright's click scrolls what is sticky
        box = page.locator("header button, nav a").get_by_text(name, exact=True).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/ja/03-simple-self-attention.html#all-scores")
    until(page, "scrollY > 500")
    top = page.locator("#all-scores").bounding_box()["y"]
    assert 0 < top < 300


def test_the_theme_is_kept(page, address):
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}ko/index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.locator("[data-theme-button]")
    button.click()
    assert page.evaluate(ground) == light  # light, chosen
    button.click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{address}zh/index.html")
    assert page.evaluate(ground) == dark
    page.locator("[data-theme-button]").click()
    assert page.evaluate(ground) == light  # as the device again


def test_the_page_is_whole_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport=THEMES["light"])
    tab = context.new_page()
    tab.goto(f"{address}ja/03-simple-self-attention.html")
    assert tab.get_by_role("navigation", name=text("site.chapters", "ja")).is_visible()
    assert tab.locator("article table").first.is_visible()
    assert tab.locator("article pre").count() > 20
    assert not tab.locator("[data-search]").is_visible()  # no button that does nothing
    assert not tab.locator("[data-theme-button]").is_visible()
    tab.locator("[popovertarget=languages]").click()
    tab.locator("#languages a[lang=ko]").click()
    assert tab.url.endswith("/ko/03-simple-self-attention.html")
    context.close()


def test_a_reader_who_returns_finds_the_place(page, address):
    chapter = f"{address}en/03-simple-self-attention.html"
    page.goto(chapter)
    page.locator("#all-scores").evaluate("heading => heading.scrollIntoView({behavior: 'instant'})")
    until(page, "localStorage.getItem('reading')?.includes('all-scores')")
    page.goto(f"{address}en/index.html")
    assert page.locator("#chapters li[data-slug^='03'] .progress").inner_text() == "begun"
    page.get_by_role("link", name=re.compile("Continue reading")).click()
    page.wait_for_url("**/en/03-simple-self-attention.html#all-scores")
    page.goto(chapter)
    page.get_by_role("link", name=re.compile("Continue where you left off")).click()
    until(page, "scrollY > 500")
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    until(page, "JSON.parse(localStorage.reading)['03-simple-self-attention'].done")
    page.goto(f"{address}ko/index.html")
    word = page.locator("#chapters li[data-slug^='03'] .progress").inner_text()
    assert word == text("site.read", "ko")


def test_the_chooser_offers_and_never_forces(browser, address):
    for tag, code in (("ko-KR", "ko"), ("zh-TW", "zh"), ("fr", None)):
        context = browser.new_context(locale=tag)
        tab = context.new_page()
        tab.goto(address)
        assert tab.url == address
        assert tab.locator(".choice [data-language]").count() == 4
        preferred = tab.locator(".preferred [data-language]")
        if code:
            assert preferred.get_attribute("data-language") == code
        context.close()


def test_a_missing_address_gets_the_404_page(page, address):
    answer = page.goto(f"{address}ja/there-is-no-such-page.html")
    assert answer.status == 404
    for code in LANGUAGES:
        assert page.get_by_text(text("site.not_found", code)).is_visible()
    page.locator("[data-language=ja]").click()
    page.wait_for_url(f"{address}ja/")
    assert page.locator("h1").is_visible()


def test_code_is_copied_without_its_output(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{address}zh/03-simple-self-attention.html")
    cell = tab.locator(".cell_input", has_text="torch.softmax(scores_2").first
    cell.hover()
    cell.get_by_role("button", name=text("site.copy", "zh")).click()
    cell.get_by_text(text("site.copied", "zh")).wait_for()
    assert text("site.copied", "zh") in tab.get_by_role("status").all_text_contents()
    assert tab.evaluate("navigator.clipboard.readText()").startswith("weights_2 = torch.softmax")
    context.close()


def test_print_leaves_the_chapter_alone(page, address):
    page.goto(f"{address}en/03-simple-self-attention.html")
    page.emulate_media(media="print")
    for selector in (".bar", "#chapters", "#contents", ".run", ".turn"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator("h1").is_visible()


# Of everything that paints: how light its letters are, and its ground where it has one.
PAINTED = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return alpha < 20 ? null : (0.3 * r + 0.6 * g + 0.1 * b) / 255;
  };
  return [...document.querySelectorAll("body, article *")].filter((e) => e.checkVisibility())
    .map((e) => [e, getComputedStyle(e)])
    .map(([e, style]) => [`${e.tagName}.${e.className}`,
      e.textContent.trim() ? light(e.closest("svg") ? style.fill : style.color) : null,
      light(style.backgroundColor)]);
}"""


def test_print_is_dark_on_light_whatever_the_theme(page, address):
    page.goto(f"{address}ko/03-simple-self-attention.html")
    page.locator("[data-theme-button]").click()
    page.locator("[data-theme-button]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.emulate_media(media="print", color_scheme="dark")
    painted = page.evaluate(PAINTED)
    grounds = [name for name, _, ground in painted if ground is not None and ground < 0.6]
    letters = [name for name, ink, _ in painted if ink is not None and ink > 0.6]
    assert len(painted) > 500 and not grounds and not letters


def test_print_opens_solutions_and_writes_addresses_out(page, address):
    page.goto(f"{address}ja/05-queries-keys-values.html")
    page.emulate_media(media="print")
    closed = page.locator(".cell details:not([open]) pre").first
    assert closed.bounding_box()["height"] > 20
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # for browsers that need it opened
    assert page.locator("article details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("article details[open]").count() == 0
    page.goto(f"{address}en/index.html")
    after = page.evaluate(
        """() => { const link = document.createElement("a");
        link.href = "https://example.org/paper";
        document.querySelector("article").append(link);
        return getComputedStyle(link, "::after").content; }"""
    )
    assert "https://example.org/paper" in after


def test_code_and_output_are_told_apart(page, address):
    page.goto(f"{address}zh/03-simple-self-attention.html")
    names = page.evaluate(
        """() => [...document.querySelectorAll(".cell_input, .cell_output")].map(
        (group) => [group.classList[0], group.getAttribute("aria-label")])"""
    )
    assert len({name for _, name in names}) == len(names) > 30
    for kind, name in names:
        key = "code" if kind == "cell_input" else "output"
        number = re.search(r"\d+", name)[0]
        assert name == text(f"site.{key}", "zh", number=number)
    named = page.locator(".copy").evaluate_all("all => all.map((b) => b.ariaLabel)")
    assert len(set(named)) == len(named)
    summaries = page.locator("article summary .expanded").all_text_contents()
    assert len(summaries) >= 3 and len(set(summaries)) == len(summaries)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_page_is_begun_without_scrolling(page, address, code):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}{code}/index.html")
    begin = page.get_by_role("link", name=text("site.begin", code, number=0))
    assert begin.bounding_box()["y"] < 300
    shares = page.locator("attention-plane td:visible")
    before = shares.all_inner_texts()
    assert shares.last.bounding_box()["y"] < 800
    page.locator("attention-plane [tabindex]").first.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    after = shares.all_inner_texts()
    assert len(after) == len(before) == 3 and after != before  # shares, and no word of the trade
    assert not page.locator("attention-plane :is(thead, .sum)").first.is_visible()
    begin.click()
    page.wait_for_url("**/00-what-attention-is-for.html")


def test_the_chooser_says_what_one_will_be_able_to_do(page, address):
    page.goto(address)
    for code in LANGUAGES:
        assert text("site.able", code) in page.locator(f"[data-language={code}]").inner_text()


CHAPTER = "en/03-simple-self-attention.html"


def at(page, section):
    """Go to a section, and wait until the page knows where it is."""
    page.evaluate(
        "id => document.getElementById(id).scrollIntoView({behavior: 'instant'})", section
    )
    until(page, f"document.querySelector('#contents [aria-current]')?.hash === '#{section}'")


def test_one_section_is_the_current_one_and_the_top_is_none(page, address):
    page.set_viewport_size({"width": 1280, "height": 300})  # the first heading is far enough down
    page.goto(address + CHAPTER)
    sections = [x.get_attribute("id") for x in page.locator("article h2[id]").all()]
    links = page.locator("#languages a")
    plain = [link.get_attribute("href") for link in links.all()]
    for section in (sections[0], sections[2], sections[1]):
        at(page, section)
        current = page.locator("#contents [aria-current]")
        assert current.count() == 1 and current.get_attribute("aria-current") == "true"
        assert [x.get_attribute("href") for x in links.all()] == [f"{x}#{section}" for x in plain]
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    until(page, "!document.querySelector('#contents [aria-current]')")
    assert [link.get_attribute("href") for link in links.all()] == plain


def reading(page):
    return page.evaluate("JSON.parse(localStorage.reading ?? '{}')")


def test_what_was_read_stays_read(page, address):
    page.goto(address + CHAPTER)
    page.wait_for_timeout(200)
    assert reading(page) == {}  # opened is not begun
    at(page, "all-scores")
    found = reading(page)["03-simple-self-attention"]
    assert found["at"] == "all-scores" and not found["done"]
    assert abs(found["time"] - page.evaluate("Date.now()")) < 60_000
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    until(page, "JSON.parse(localStorage.reading)['03-simple-self-attention'].done")
    at(page, "all-scores")
    found = reading(page)["03-simple-self-attention"]
    assert found["at"] == "all-scores" and found["done"]
    page.goto("about:blank")
    page.goto(address + CHAPTER)
    page.wait_for_timeout(200)
    assert page.locator(".resume").count() == 0  # nothing is left to go on with


def remember(page, address, **chapters):
    page.goto(address + "404.html")
    page.evaluate("x => localStorage.setItem('reading', JSON.stringify(x))", chapters)


def test_the_chapter_begun_last_is_offered(page, address):
    one, two, three = "01-dot-products", "02-softmax", "03-simple-self-attention"
    state = {"at": "all-scores", "done": False, "time": 5}
    remember(page, address, **{
        one: {**state, "time": 3, "at": ""}, three: {**state, "time": 4}, "index": state,
        two: {**state, "time": 9, "done": True},
    })  # fmt: skip
    page.goto(f"{address}en/index.html")
    words = page.locator("#chapters .progress").all_inner_texts()
    assert sorted(words) == [text("site.begun", "en")] * 2 + [text("site.read", "en")]
    assert page.locator(f"#chapters [data-slug='{two}'] a .progress").inner_text() == "read"
    offer = page.locator("main > .resume:first-child a")
    assert offer.get_attribute("href") == f"{three}.html#all-scores"
    chapter = page.locator(f"#chapters [data-slug='{three}'] a span:nth-child(2)").inner_text()
    assert offer.inner_text() == text("site.continue_chapter", "en", chapter=chapter)
    remember(page, address, **{"no-such-chapter": state})
    page.goto(f"{address}en/index.html")
    assert page.locator(".resume").count() == 0


def test_the_place_is_offered_to_who_comes_anew(page, address):
    state = {"at": "all-scores", "done": False, "time": 5}
    remember(page, address, **{"03-simple-self-attention": state})
    page.goto(address + CHAPTER)
    offer = page.locator(".resume a")
    section = page.locator("#contents a[href='#all-scores']").inner_text()
    assert offer.inner_text() == text("site.continue_here", "en", section=section)
    offer.click()
    until(page, "!document.querySelector('.resume')")  # it has done its work
    assert page.url.endswith("#all-scores")
    page.goto("about:blank")
    for way in (f"{CHAPTER}#all-scores", "en/02-softmax.html"):
        page.goto(address + way)
        page.wait_for_timeout(200)
        assert page.locator(".resume").count() == 0
    page.goto(address + CHAPTER)
    assert page.locator(".resume").count() == 1
    page.reload()  # the browser keeps the place by itself
    page.wait_for_timeout(200)
    assert page.locator(".resume").count() == 0
    remember(page, address, **{"03-simple-self-attention": {**state, "at": "gone"}})
    page.goto(address + CHAPTER)
    page.wait_for_timeout(200)
    assert page.locator(".resume").count() == 0


def test_a_browser_that_keeps_nothing_shows_everything(page, address):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(
        "for (const way of ['getItem', 'setItem'])"
        " Storage.prototype[way] = () => { throw new Error('private') }"
    )
    page.goto(address + CHAPTER)
    at(page, "all-scores")
    page.locator("[data-theme-button]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.locator(".copy").count() == page.locator(".cell_input").count() > 10
    assert errors == []


def test_the_button_says_the_theme_and_the_browser_keeps_it(page, address):
    page.goto(f"{address}ja/index.html")
    assert page.evaluate("localStorage.language") == "ja"
    state = page.locator("[data-theme-button] .state")
    for theme in ("auto", "light", "dark", "auto"):
        assert state.text_content() == text(f"site.theme_{theme}", "ja")
        kept = page.evaluate("localStorage.theme ?? ''")
        assert kept == theme.replace("auto", "")
        page.locator("[data-theme-button]").click()


def test_a_sheet_closes_when_a_link_in_it_is_followed(page, address):
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(address + CHAPTER)
    sheet = page.locator("#contents")
    page.locator("[popovertarget=contents]").first.click()
    sheet.evaluate("x => x.dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert sheet.evaluate("x => x.matches(':popover-open')")
    page.locator("#contents a").nth(3).click()
    assert not sheet.evaluate("x => x.matches(':popover-open')")


SCROLLS = """() => [...document.querySelectorAll("pre, .wide, .drawing, .katex-display")]
  .map((x) => [x.scrollWidth > x.clientWidth, x.getAttribute("tabindex")])"""


def test_what_scrolls_sideways_is_reached_by_keys_at_every_width(page, address):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}en/08-causal-attention.html", wait_until="load")
    kinds = []
    for width in (1280, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        found = page.evaluate(SCROLLS)
        assert all((stop == "0") == scrolls for scrolls, stop in found)
        assert {stop for scrolls, stop in found if not scrolls} <= {None}
        kinds.append(sum(scrolls for scrolls, _ in found))
    assert kinds[0] == kinds[2] < kinds[1]


def test_the_copy_button_can_be_used_again(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(address + CHAPTER)
    cell = tab.locator(".cell_input:visible").first
    button = cell.locator(".copy")
    copy, copied = text("site.copy", "en"), text("site.copied", "en")
    name = cell.get_attribute("aria-label")
    assert button.get_attribute("aria-label") == f"{copy}: {name}"
    assert button.get_attribute("type") == "button"
    cell.hover()
    button.click()
    button.get_by_text(copied).wait_for()
    tab.wait_for_timeout(1000)
    assert tab.locator("main > .spoken[role=status]").text_content() == copied
    tab.wait_for_timeout(1500)
    assert button.text_content() == copy
    assert tab.locator("main > .spoken[role=status]").text_content() == ""
    context.close()


def test_after_printing_what_the_reader_opened_is_open(page, address):
    page.goto(f"{address}ja/05-queries-keys-values.html")
    page.evaluate("document.querySelector('article details').open = true")
    for _ in range(2):
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("article details:not([open])").count() == 0
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("article details[open]").count() == 1
        assert page.locator("[data-closed]").count() == 0


def test_the_search_opens_for_its_keys_and_no_others(page, address):
    page.goto(f"{address}en/02-softmax.html")
    dialog, field = page.locator("dialog"), page.locator("[data-answer] input").first

    def opens(key):
        page.keyboard.press(key)
        page.wait_for_timeout(50)
        is_open = dialog.evaluate("x => x.open")
        if is_open:
            assert page.evaluate("document.activeElement.id") == "query"
            page.keyboard.press("Escape")
        return is_open

    assert [opens(key) for key in ("/", "Control+k", "Meta+k", "k", "a")] == [True] * 3 + [
        False
    ] * 2
    field.focus()
    assert not opens("/") and field.input_value() == "/"
    assert opens("Control+k")
    page.locator("[data-search]").first.click()
    page.keyboard.type("mask")
    page.keyboard.press("Control+k")  # it is open: nothing is chosen or lost
    page.keyboard.type("ed")
    assert page.locator("#query").input_value() == "masked"
    page.keyboard.press("Escape")
    page.locator("[data-search]").first.click()
    page.keyboard.type("new")  # what was typed before is chosen: it gives way
    assert page.locator("#query").input_value() == "new"


def test_a_search_that_cannot_be_loaded_says_so(page, address):
    page.route(re.compile(r"/search\.js"), lambda route: route.abort())
    page.goto(f"{address}en/02-softmax.html")
    page.keyboard.press("/")
    page.locator("dialog [role=status]").get_by_text(text("site.search_failed", "en")).wait_for()

"""What a reader does on the pages, but for the search."""

import re

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
        assert tab.locator(".choice a").count() == 4
        preferred = tab.locator(".preferred a")
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
    assert tab.evaluate("navigator.clipboard.readText()").startswith("weights_2 = torch.softmax")
    context.close()


def test_print_leaves_the_chapter_alone(page, address):
    page.goto(f"{address}en/03-simple-self-attention.html")
    page.emulate_media(media="print")
    for selector in (".bar", "#chapters", "#contents", ".run", ".turn"):
        assert not page.locator(selector).is_visible(), selector
    assert page.locator("h1").is_visible()

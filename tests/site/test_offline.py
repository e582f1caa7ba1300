"""Without a network: visited pages are there, a new version is said, it can be switched off."""

import json
from functools import partial
from threading import Thread

import pytest
from browsing import until
from PIL import Image

from helpers.language import LANGUAGES, text
from tools.site import offline
from tools.site.offline import write_worker
from tools.site.serve import SiteHandler, SiteServer

CHAPTER = "en/03-simple-self-attention.html"
KEPT = "async (part) => (await caches.match(part, {ignoreSearch: true})) !== undefined"


@pytest.fixture
def below(site, tmp_path):
    """The site served under a sub-path, as a fork's Pages are; its folder, and its address."""
    (tmp_path / "book").mkdir()
    for path in site.iterdir():
        if path.name != "service-worker.js":
            (tmp_path / "book" / path.name).symlink_to(path)
    write_worker(tmp_path / "book", "one")
    running = SiteServer(("127.0.0.1", 0), partial(SiteHandler, directory=str(tmp_path)))
    Thread(target=running.serve_forever, daemon=True).start()
    yield tmp_path / "book", f"http://127.0.0.1:{running.server_port}/book/"
    running.shutdown()


@pytest.fixture
def tab(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def visited(tab, address):
    """Open a page and wait until it is kept."""
    tab.goto(address)
    for _ in range(200):
        if tab.evaluate(KEPT, address):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never kept: {address}")


def test_a_visited_page_is_read_offline(tab, below):
    _, address = below
    refused = []
    tab.on("console", lambda message: refused.append(message.text))
    visited(tab, address + CHAPTER)
    until(tab, "navigator.serviceWorker.controller !== null")
    tab.wait_for_timeout(500)
    assert not refused
    tab.context.set_offline(True)
    tab.reload()
    assert tab.locator("h1").inner_text().startswith("Simple self-attention")
    assert tab.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "sticky"
    tab.goto(address + "en/01-dot-products.html")  # never opened
    assert text("site.not_kept", "ko") in tab.locator("body").inner_text()
    tab.context.set_offline(False)
    tab.goto(address + "en/01-dot-products.html")
    assert tab.locator("article h1").is_visible()


def test_a_new_version_is_announced_and_keeps_what_was_kept(tab, below):
    folder, address = below
    visited(tab, address + CHAPTER)
    until(tab, "navigator.serviceWorker.controller !== null")
    write_worker(folder, "two")
    tab.goto(address + "en/glossary.html")
    with tab.expect_navigation():  # it reloads the page
        tab.get_by_role("link", name=text("site.renew", "en")).click()
    for _ in range(200):
        names = tab.evaluate("caches.keys()")
        if len(names) == 1 and names[0].endswith("two"):
            break
        tab.wait_for_timeout(50)
    assert names == [f"book {address} two"]
    assert tab.evaluate(KEPT, address + CHAPTER)


def test_it_can_be_switched_off_and_on(tab, below):
    _, address = below
    visited(tab, address + CHAPTER)
    button = tab.get_by_role("button", name=text("site.offline", "en"))
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    until(tab, "document.querySelector('[data-offline]').ariaPressed === 'false'")
    tab.wait_for_timeout(300)
    assert tab.evaluate("caches.keys()") == []
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    tab.reload()
    tab.wait_for_timeout(1500)
    assert tab.evaluate("caches.keys()") == []
    button.click()
    until(tab, "document.querySelector('[data-offline]').ariaPressed === 'true'")
    visited(tab, address + CHAPTER)


def test_the_owner_can_take_it_back(tab, below, monkeypatch):
    folder, address = below
    visited(tab, address + CHAPTER)
    monkeypatch.setattr(offline, "configuration", lambda: {"offline": False})
    write_worker(folder, "three")
    tab.goto(address + "en/glossary.html")
    for _ in range(200):
        if not tab.evaluate("caches.keys()"):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(tab.evaluate("caches.keys()"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_site_can_be_installed(site, code):
    path = site / code / "book.webmanifest"
    manifest = json.loads(path.read_text("utf-8"))
    assert manifest["name"] == text("site.title", code)
    assert (path.parent / manifest["start_url"]).exists()
    for icon in manifest["icons"]:
        assert (path.parent / icon["src"]).exists()
        if icon["type"] == "image/png":
            size = Image.open(path.parent / icon["src"]).size
            assert f"{size[0]}x{size[1]}" == icon["sizes"]
    assert 'rel="manifest" href="book.webmanifest"' in (path.parent / "index.html").read_text()

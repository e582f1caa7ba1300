"""The site as a reader meets it: in a real browser, in four languages, in both themes."""

import datetime
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from threading import Thread

import pytest
import yaml

from helpers.examples import tokens
from helpers.language import LANGUAGES, text
from tools import site as builder
from tools.notebooks import CHAPTERS, ROOT, chapters, read, source_hash
from tools.site import SiteError, broken_links, build, server
from tools.sync import colab_link, repository, site_address

THEMES = {"light": {"width": 1280, "height": 900}, "dark": {"width": 360, "height": 740}}
# Thousands of coloured code tokens take axe most of its time; one of each colour says as much.
ONE_TOKEN_OF_EACH_KIND = """() => {
  const seen = new Set();
  for (const token of document.querySelectorAll(".highlight span")) {
    const kind = token.className + Boolean(token.closest(".cell_output"));
    if (seen.has(kind)) token.replaceWith(...token.childNodes);
    seen.add(kind);
  }
}"""
# Everything a reader may see or hear, without code, formulas, tokens and titles in emphasis.
WORDS = """() => {
  const found = [document.title];
  const skip = `code, pre, script, style, em, i, cite, .katex, [lang=en], svg text,
    attention-explorer td, attention-explorer th`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(skip)) found.push(walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "alt", "title", "placeholder"]) {
      if (element.getAttribute(name)) found.push(element.getAttribute(name));
    }
  }
  found.push(...Object.values(document.body.dataset));
  const description = document.querySelector("meta[name=description]");
  return [...found, description.content];
}"""
MOST_BYTES, MOST_REQUESTS = 400_000, 25


# --- What the tests look at ---------------------------------------------------------------


@pytest.fixture(scope="session")
def site():
    """The finished site; built now unless it is up to date."""
    return build(ROOT)


@pytest.fixture(scope="session")
def address(site):
    running = server(site)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/"
    running.shutdown()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def until(tab, expression):
    """Wait for an expression to be true (wait_for_function would need the policy to allow eval)."""
    for _ in range(200):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never became true: {expression}")


def page_names(site):
    """Every page a reader can open, as a path below the site's address."""
    below = [path for code in LANGUAGES for path in sorted(site.glob(f"{code}/*.html"))]
    return ["index.html", "404.html", *(path.relative_to(site).as_posix() for path in below)]


@pytest.fixture(scope="session")
def visits(site, address, browser):
    """Each page opened once in each theme: what it asked for, said, weighed and broke."""
    from axe_playwright_python.sync_playwright import Axe

    seen = []
    visit = {}
    for theme, viewport in THEMES.items():
        context = browser.new_context(viewport=viewport, color_scheme=theme)
        tab = context.new_page()
        network = context.new_cdp_session(tab)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on(
            "Network.requestWillBeSent", lambda e: visit["requests"].append(e["request"]["url"])
        )
        network.on(
            "Network.loadingFinished",
            lambda e: visit.update(bytes=visit["bytes"] + e["encodedDataLength"]),
        )
        tab.on("console", lambda m: visit["console"].append(m.text))
        tab.on("pageerror", lambda e: visit["console"].append(str(e)))
        for name in page_names(site):
            visit.update(page=name, theme=theme, requests=[], console=[], bytes=0)
            tab.goto(address + name, wait_until="load")
            tab.wait_for_timeout(100)  # what a script asks for late
            visit["sideways"] = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            visit["lang"] = tab.evaluate("document.documentElement.lang")
            visit["ground"] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            visit["words"] = tab.evaluate(WORDS) if theme == "light" else []
            tab.evaluate(ONE_TOKEN_OF_EACH_KIND)
            visit["axe"] = [
                f"{name} ({theme}): {violation['id']} at {node['target']}"
                for violation in Axe().run(tab).response["violations"]
                for node in violation["nodes"][:3]
            ]
            seen.append(dict(visit))
        context.close()
    return seen


# --- Every page, both themes --------------------------------------------------------------


def test_no_request_to_another_host(visits, address):
    foreign = {
        (visit["page"], url)
        for visit in visits
        for url in visit["requests"]
        if not url.startswith((address, "data:"))
    }
    assert not foreign


def test_nothing_is_refused_or_broken_in_the_console(visits):
    # The page that is not there may say so; nothing else says anything.
    assert not [(v["page"], v["theme"], v["console"]) for v in visits if v["console"]]


def test_weight_of_the_first_view(visits):
    heavy = [
        (v["page"], v["bytes"], len(v["requests"]))
        for v in visits
        if v["bytes"] > MOST_BYTES or len(v["requests"]) > MOST_REQUESTS
    ]
    assert not heavy
    assert min(v["bytes"] for v in visits) > 1000  # bytes were counted


def test_no_axe_violation(visits):
    assert not [line for visit in visits for line in visit["axe"]]


def test_no_page_moves_sideways(visits):
    assert not [(v["page"], v["theme"], v["sideways"]) for v in visits if v["sideways"] > 0]


def test_language_and_ground_of_every_page(visits):
    for visit in visits:
        code = visit["page"].split("/")[0]
        expected = LANGUAGES[code].html if code in LANGUAGES else "en"
        assert visit["lang"] == expected, visit["page"]
    grounds = {theme: {v["ground"] for v in visits if v["theme"] == theme} for theme in THEMES}
    assert grounds["light"] == {"rgb(255, 255, 255)"}
    assert len(grounds["dark"]) == 1 and grounds["dark"] != grounds["light"]


ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*){2,}")


def english_left(words):
    """Return runs of three English words or more: no names, no tokens, nothing in brackets."""
    found = []
    for said in words:
        for run in ENGLISH.findall(re.sub(r"[(（][^()（）]*[)）]", "", said)):
            plain = [word for word in re.findall(r"[A-Za-z'’-]+", run) if word not in tokens]
            if sum(word[0].islower() and len(word) > 2 for word in plain) >= 2:
                found.append(run)
    return found


def test_no_english_is_left_in_a_translation(visits):
    pages = [v for v in visits if v["page"].split("/")[0] in ("ja", "ko", "zh") and v["words"]]
    assert pages
    left = [(v["page"], run) for v in pages for run in english_left(v["words"])]
    assert not left


def test_english_left_in_a_translation_is_found():
    assert english_left(["これは We add the two numbers です", "Your, journey, starts"]) == [
        "We add the two numbers"
    ]
    assert not english_left(
        ["NaN（not a number）", "Ian Goodfellow, Yoshua Bengio, Aaron Courville"]
    )


# --- The pages as text --------------------------------------------------------------------


def test_every_language_has_every_page(site):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    slugs = {Path(entry["file"]).name for entry in toc["chapters"]} | {"index"}
    for code in LANGUAGES:
        assert {path.stem for path in site.glob(f"{code}/*.html")} == slugs


def test_no_link_leads_nowhere(site):
    base = site_address()
    assert broken_links(site, base) == []


def test_broken_links_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#here">x</a><h1 id="here"></h1>')
    (tmp_path / "b.html").write_text(
        '<a href="a.html#here">x</a><a href="c.html">y</a><img src="no.svg">'
        '<a href="https://book.test/en/">z</a><a href="https://example.org/">w</a>'
    )
    assert broken_links(tmp_path, "https://book.test/") == [
        "a.html: b.html#here names no place on that page",
        "b.html: c.html leads to no file",
        "b.html: no.svg leads to no file",
        "b.html: https://book.test/en/ leads to no file",
    ]


def test_external_links_are_listed_with_the_day_they_were_opened(site):
    listed = tomllib.loads((CHAPTERS / "links.toml").read_text("utf-8"))
    assert all(isinstance(day, datetime.date) for day in listed.values())
    base = site_address()
    ours = (base, repository(), "https://colab.research.google.com/github/")
    for path in site.glob("*/*.html"):
        for target in re.findall(r'<a [^>]*href="(https?:[^"]+)"', path.read_text("utf-8")):
            assert target.startswith(ours) or target in listed, (path.name, target)


@pytest.mark.parametrize("code", LANGUAGES)
def test_notebook_links_lead_to_the_notebook_of_that_language(site, code):
    assert chapters(code)
    for notebook in chapters(code):
        html = (site / code / f"{notebook.stem}.html").read_text("utf-8")
        assert f'href="{colab_link(repository(), f"{code}/{notebook.name}")}"' in html
        download = re.search(r'href="([^"]+)" download="([^"]+)"', html)
        assert (site / code / download[1]).read_bytes() == notebook.read_bytes()
        assert download[2] == f"{notebook.stem}.{code}.ipynb"


@pytest.mark.parametrize("code", LANGUAGES)
def test_head_of_every_page(site, code):
    titles, descriptions = set(), set()
    pages = sorted(site.glob(f"{code}/*.html"))
    for path in pages:
        head = path.read_text("utf-8").split("</head>")[0]
        titles.add(re.search(r"<title>(.+?)</title>", head)[1])
        description = re.search(r'<meta name="description" content="([^"]+)"', head)[1]
        assert 15 <= len(description) <= 160, (path.name, description)
        descriptions.add(description)
        place = "" if path.stem == "index" else path.name
        canonical = re.search(r'<link rel="canonical" href="([^"]+)"', head)[1]
        assert canonical.endswith(f"/{code}/{place}")
        alternates = dict(re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', head))
        assert set(alternates) == {other.html for other in LANGUAGES.values()} | {"x-default"}
        assert alternates[LANGUAGES[code].html] == canonical
        data = json.loads(re.search(r'<script type="application/ld\+json">(.+?)</script>', head)[1])
        assert data["inLanguage"] == LANGUAGES[code].html and data["url"] == canonical
        preview = re.search(r'property="og:image" content="[^"]+/(_static/[^"]+)"', head)[1]
        assert (site / preview).read_bytes().startswith(b"\x89PNG")
    assert len(titles) == len(descriptions) == len(pages)


def test_sitemap_names_every_page_and_nothing_else(site):
    base = site_address()
    sitemap = (site / "sitemap.xml").read_text("utf-8")
    named = {url.removeprefix(base) for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)}
    there = {name.replace("index.html", "") for name in page_names(site)} - {"404.html"}
    assert named == there
    assert f"Sitemap: {base}sitemap.xml" in (site / "robots.txt").read_text("utf-8")


def test_sections_have_their_cells_ids_in_every_language(site):
    for notebook in chapters("en"):
        headings = [c["id"] for c in read(notebook)["cells"] if re.match("##? ", c["source"])]
        for code in LANGUAGES:
            html = (site / code / f"{notebook.stem}.html").read_text("utf-8")
            assert re.findall(r'<h[12][^>]* id="([^"]+)"', html) == headings, (code, notebook.name)
            sheet = html[html.index('<nav id="contents"') :]
            listed = re.findall(r'<li><a href="#([^"]+)"', sheet)
            assert listed == [name for name in headings if name != "title"], (code, notebook.name)


# --- What the reader does -----------------------------------------------------------------


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


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_from_the_keyboard(page, address, code):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}{code}/03-simple-self-attention.html", wait_until="networkidle")
    assert not [url for url in requests if "pagefind" in url]  # loaded when it is wanted
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name=text("site.search_prompt", code))
    dialog.wait_for()
    page.keyboard.type("softmax")
    first = dialog.locator("ol > li > a").first
    first.wait_for()
    assert f"/{code}/" in first.get_attribute("href")
    assert dialog.locator("mark").first.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("☃☃☃")
    page.get_by_role("status").get_by_text("☃☃☃").wait_for()
    assert page.get_by_role("status").inner_text() == text("site.search_none", code, query="☃☃☃")
    assert not [url for url in requests if not url.startswith((address, "data:"))]


# Terms (their words stand in chapters/glossary.toml) and the chapters that are about them: a
# right first hit is one of these, or the glossary.
TERMS = {
    "dot-product": (1,),
    "softmax": (2,),
    "temperature": (2,),
    "self-attention": (3, 4, 6),
    "context-vector": (3,),
    "query": (5, 7),
    "projection": (5, 6, 9),
    "variance": (5,),
    "saturation": (5,),
    "parameter": (6,),
    "seed": (6, 7),
    "attention-map": (7,),
    "heatmap": (3, 7),
    "causal-attention": (8,),
    "mask": (8,),
    "dropout": (8,),
    "buffer": (8,),
    "leak-test": (8,),
    "multi-head-attention": (9,),
    "head": (9,),
}
# Words that stand in these languages inside longer ones, or with particles attached.
INSIDE = {
    "ja": ["ヘッド", "マップ", "コンテキスト", "ベクトル", "テスト"],
    "ko": ["헤드", "행렬", "점수", "토큰", "벡터"],
}
FIRST_HIT = """async (query) => {
  const pages = await findPages(query);
  return pages.length ? (await pages[0].data()).url : "";
}"""


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_finds_the_right_page_first(page, address, site, code):
    glossary = tomllib.loads((CHAPTERS / "glossary.toml").read_text("utf-8"))
    page.goto(f"{address}{code}/index.html")
    wrong = []
    for name, numbers in TERMS.items():
        slug = Path(page.evaluate(FIRST_HIT, glossary[name][code]["term"])).stem
        if slug != "glossary" and not slug.startswith(tuple(f"{n:02}-" for n in numbers)):
            wrong.append((glossary[name][code]["term"], slug))
    for term in INSIDE.get(code, []):
        slug = Path(page.evaluate(FIRST_HIT, term)).stem
        if not slug or term not in (site / code / f"{slug}.html").read_text("utf-8"):
            wrong.append((term, slug))
    assert len(wrong) <= 1, wrong  # 19 of 20


# --- The build ----------------------------------------------------------------------------


def cell(name, source, **metadata):
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def write_notebook(path, *cells):
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two pages in four languages, built once."""
    book = tmp_path_factory.mktemp("small")
    (book / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/en/index\nchapters:\n  - file: chapters/en/01-one\n"
    )
    prose = "## Two\n\nWe add $x^2$."
    for code in LANGUAGES:
        folder = book / "chapters" / code
        folder.mkdir(parents=True)
        mark = "" if code == "en" else f"---\nsource_hash: {source_hash(INDEX)}\n---\n"
        (folder / "index.md").write_text(mark + INDEX, "utf-8")
        known = {} if code == "en" else {"source_hash": source_hash(prose)}
        title = {} if code == "en" else {"source_hash": source_hash("# One")}
        write_notebook(
            folder / "01-one.ipynb", cell("title", "# One", **title), cell("two", prose, **known)
        )
    build(book)
    return book


INDEX = "# Small\n\nA page.\n\n## Run\n\n<!-- #run -->\n\n[there](01-one.ipynb#two)\n"


def whole(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def fault(small):
    """Runs a build that must fail, and demands that the previous site is as it was."""
    originals = whole(small / "chapters")

    def fails() -> str:
        before = whole(small / "_build/site")
        with pytest.raises(SiteError) as error:
            build(small)
        assert whole(small / "_build/site") == before
        return str(error.value)

    yield fails
    for path, content in originals.items():
        path.write_bytes(content)


def test_a_second_build_with_nothing_changed_does_nothing(small, capsys):
    before = {path: path.stat().st_mtime_ns for path in (small / "_build/site").rglob("*")}
    build(small)
    assert "Nothing has changed" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in (small / "_build/site").rglob("*")} == before


def test_a_changed_cell_rewrites_its_page_and_marks_the_translations(small, fault, capsys):
    build(small)
    capsys.readouterr()
    prose = "## Two\n\nWe subtract."
    write_notebook(small / "chapters/en/01-one.ipynb", cell("title", "# One"), cell("two", prose))
    write_notebook(
        small / "chapters/zh/01-one.ipynb",
        cell("title", "# One", untranslated="x"),
        cell("two", prose, untranslated="x"),
    )
    build(small)
    said = capsys.readouterr().out
    assert re.search(r"en  1 pages read, [12] written", said)
    pages = {
        code: (small / f"_build/site/{code}/01-one.html").read_text("utf-8") for code in LANGUAGES
    }
    assert 'class="lag"' not in pages["en"]
    assert pages["ja"].count(text("site.stale", "ja")) == 1
    assert pages["ko"].count(text("site.stale", "ko")) == 1
    assert pages["zh"].count(text("site.untranslated_page", "zh")) == 1
    assert text("site.untranslated", "zh") not in pages["zh"].replace(
        text("site.untranslated_page", "zh"), ""
    )


def test_a_missing_chapter_is_named(small, fault):
    (small / "chapters/ja/01-one.ipynb").unlink()
    assert "chapters/ja/01-one is missing" in fault()


def test_a_chapter_outside_the_contents_is_named(small, fault):
    stray = small / "chapters/en/02-two.ipynb"
    write_notebook(stray, cell("title", "# Two"))
    try:
        assert "chapters/en/02-two is not in _toc.yml" in fault()
    finally:
        stray.unlink()


def test_a_broken_link_is_named_with_its_cell(small, fault):
    write_notebook(
        small / "chapters/ko/01-one.ipynb",
        cell("title", "# One"),
        cell("two", "## Two\n\n[nowhere](07-no-such-page.ipynb)"),
    )
    message = fault()
    assert "한국어" in message and "chapters/ko/01-one.ipynb#two" in message
    assert "07-no-such-page.ipynb" in message


def test_a_link_to_a_section_that_is_gone_is_named(small, fault):
    for code in LANGUAGES:
        write_notebook(
            small / f"chapters/{code}/01-one.ipynb", cell("title", "# One"), cell("new", "## Two")
        )
    assert "two" in fault()


def test_a_wrong_formula_is_named(small, fault):
    write_notebook(
        small / "chapters/zh/01-one.ipynb",
        cell("title", "# One"),
        cell("two", "## Two\n\n$\\frac{1}{$"),
    )
    message = fault()
    assert "简体中文" in message and "frac" in message


def test_an_interrupted_build_leaves_the_site(small, fault, monkeypatch):
    before = whole(small / "_build/site")
    page = small / "chapters/en/index.md"
    page.write_text(INDEX + "\nMore.\n")

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(builder, "index_for_search", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(small)
    assert whole(small / "_build/site") == before
    assert (small / "_build/staging").exists()
    build(small)
    assert "More." in (small / "_build/site/en/index.html").read_text("utf-8")
    assert not (small / "_build/staging").exists()


def test_a_new_title_reaches_every_page(small, fault):
    write_notebook(
        small / "chapters/en/01-one.ipynb",
        cell("title", "# Another name"),
        cell("two", "## Two\n\ntext"),
    )
    build(small)
    assert "Another name" in (small / "_build/site/en/index.html").read_text("utf-8")


def test_plain_jupyter_book_builds_the_english_book_without_a_warning(tmp_path):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(ROOT)]
    run = subprocess.run(
        [*command, "--path-output", str(tmp_path), "--warningiserror", "--keep-going"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr
    pages = sorted((tmp_path / "_build/html/chapters/en").glob("*.html"))
    assert [p.stem for p in pages if p.stem != "index"] == [
        path.stem for path in [*chapters("en"), *CHAPTERS.glob("en/glossary.md")]
    ]
    html = pages[0].read_text("utf-8")
    assert 'id="languages"' not in html
    targets = re.findall(r'(?:href|src)="(?![a-z]+:)([^"#?]+)', html)
    assert targets
    assert not [target for target in targets if not (pages[0].parent / target).exists()]

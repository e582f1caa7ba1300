"""The finished pages as text: which there are, what their heads say, what their sections are."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from browsing import page_names

from helpers.language import LANGUAGES
from helpers.widgets import scripts
from tools.addresses import site_address
from tools.notebooks import ROOT, chapters, read
from tools.site import SiteError
from tools.site.contents import caption
from tools.site.policy import EARLY_SCRIPT, script_policy


def test_every_language_has_every_page(site):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    slugs = {Path(e["file"]).name for part in toc["parts"] for e in part["chapters"]} | {"index"}
    for code in LANGUAGES:
        assert {path.stem for path in site.glob(f"{code}/*.html")} == slugs


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
    # Translations have the English headings (tests/test_translations.py), but for what lags.
    for code in LANGUAGES:
        for notebook in chapters(code):
            headings = [c["id"] for c in read(notebook)["cells"] if re.match("##? ", c["source"])]
            html = (site / code / f"{notebook.stem}.html").read_text("utf-8")
            assert re.findall(r'<h[12][^>]* id="([^"]+)"', html) == headings, (code, notebook.name)
            sheet = html[html.index('<nav id="contents"') :]
            listed = re.findall(r'<li><a href="#([^"]+)"', sheet)
            assert listed == [name for name in headings if name != "title"], (code, notebook.name)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_parts_of_the_book_are_named_in_every_language(site, code):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    html = (site / code / "index.html").read_text("utf-8")
    sidebar = html[html.index('<nav id="chapters"') : html.index('<main id="text"')]
    named = re.findall(r"<p>(.+?)</p>", sidebar)
    assert named == [caption(part["caption"], code) for part in toc["parts"]]


def test_a_part_without_words_is_named():
    with pytest.raises(SiteError, match=r"'Nowhere'.*\[part"):
        caption("Nowhere", "ja")


def test_a_page_may_run_the_sites_scripts_and_the_widgets_alone(site):
    known = script_policy(EARLY_SCRIPT, *scripts().values())
    allowed = set(re.findall(r"'sha256-[^']+'", known))
    for code in LANGUAGES:
        for path in site.glob(f"{code}/*.html"):
            policy = re.search(r'Security-Policy" content="([^"]+)"', path.read_text("utf-8"))[1]
            assert set(re.findall(r"'sha256-[^']+'", policy)) <= allowed, path


HASHES = r"( 'sha256-[\w+/]{43}=')*"
POLICY = (
    rf"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{HASHES}; "
    r"style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    r"base-uri 'none'; form-action 'none'"
)
LOADED = {"src", "srcset", "poster", "data", "action", "formaction", "background"}


class Page(HTMLParser):
    """What a page loads, runs or says of itself that the book's pages do not."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.policies, self.found = language, 0, []

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        loads = LOADED if given.get("rel") in ("canonical", "alternate") else {*LOADED, "href"}
        for name, value in given.items():
            away = re.match(r"\s*(?:https?:)?//", value) and tag != "a" and name in loads
            if name.startswith("on") or away or value.strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value[:40]!r}>: the policy refuses it")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>: no page of the book has one")
        if tag == "html" and given.get("lang") != self.language:
            self.found.append(f"<html lang={given.get('lang')!r}>: it is in {self.language}")
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.policies += 1
            if not re.fullmatch(POLICY, given["content"]):
                self.found.append(f"{given['content']}: whoever widens it changes POLICY too")


def page_faults(html: str, language: str) -> list[str]:
    page = Page(language)
    page.feed(html)
    return page.found + ([] if page.policies == 1 else [f"has {page.policies} policies, not one"])


def test_no_page_loads_or_runs_what_is_not_the_books(site):
    """Whoever widens the policy has to say so here as well."""
    for name in page_names(site):
        code = name.partition("/")[0]
        language = LANGUAGES[code].html if code in LANGUAGES else "en"
        assert page_faults((site / name).read_text("utf-8"), language) == [], name


GOOD = (
    f'<html lang="ja"><meta http-equiv="Content-Security-Policy" content="{script_policy("")}">'
    '<link rel="canonical" href="https://book.test/"><a href="https://paper.test/">x</a>'
)
PLANTED = {
    "any directive": ("form-action 'none'", "form-action 'none'; connect-src *"),
    "any host": ("img-src 'self' data:", "img-src *"),
    "scripts of any page": ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
    "no policy": ("Content-Security-Policy", "refresh"),
    "another language": ('lang="ja"', 'lang="zh-CN"'),
    "no language": (' lang="ja"', ""),
    "a handler": ("<a ", "<a onclick='x()' "),
    "a script in a link": ("https://paper.test/", "javascript:x()"),
    "a style from elsewhere": ('rel="canonical"', 'rel="stylesheet"'),
    "a picture from elsewhere": ("<a ", "<img src='//pixel.test/1.gif'><a "),
    "a frame": ("<a ", "<iframe src='x.html'></iframe><a "),
}


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_not_the_books_is_found(fault):
    was, now = PLANTED[fault]
    assert was in GOOD and page_faults(GOOD, "ja") == []
    assert page_faults(GOOD.replace(was, now, 1), "ja")

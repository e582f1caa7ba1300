"""What the search reads beside Pagefind's index: every section's heading and words, per language.

Ours: Pagefind forgives no letter, and knows no part of a Chinese or Japanese compound.
"""

import json
from html.parser import HTMLParser
from pathlib import Path

from helpers.language import LANGUAGES
from tools.site.known import Known

VOID = {"br", "hr", "img", "input", "wbr", "source", "track", "col", "meta", "link"}
BLOCK = {"p", "li", "pre", "div", "td", "th", "figure", "summary", "dt", "dd", "h1", "h2", "h3"}


class PageText(HTMLParser):
    """The sections of a page's article as [id, heading, text], what the index ignores left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[list[str]] = []
        self.open: list[bool] = []  # of each open element: is it ignored?
        self.heading: str | None = None
        self.inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "article":
            self.inside, self.open = True, []
        if not self.inside or tag in VOID:
            return
        ignored = tag in ("script", "style") or "data-pagefind-ignore" in given
        self.open.append(ignored or bool(self.open and self.open[-1]))
        if tag in ("h1", "h2", "h3") and given.get("id") and not self.open[-1]:
            self.sections.append([given["id"], "", ""])
            self.heading = tag

    def handle_endtag(self, tag: str) -> None:
        if not self.inside or tag in VOID:
            return
        if tag == "article":
            self.inside = False
        elif self.open:
            self.open.pop()
        if tag == self.heading:
            self.heading = None
        elif tag in BLOCK and self.sections:
            self.sections[-1][2] += " "

    def handle_data(self, data: str) -> None:
        if self.inside and self.sections and not (self.open and self.open[-1]):
            self.sections[-1][1 if self.heading else 2] += data


def page_sections(page: str) -> list[list[str]]:
    """Return the sections of a finished page as [id, heading, text]."""
    parser = PageText()
    parser.feed(page)
    return [[name, *(" ".join(said.split()) for said in texts)] for name, *texts in parser.sections]


def write_texts(staging: Path, slugs: list[str], known: Known) -> None:
    """Write search/<language>.json: a list of {slug, title, sections}."""
    folder = staging / "search"
    folder.mkdir()
    for language in LANGUAGES:
        pages = []
        for slug in slugs:
            page = (staging / language / f"{slug}.html").read_bytes()
            sections = known.of("sections", page, page_sections)
            title = sections[0][1] if sections else slug
            pages.append({"slug": slug, "title": title, "sections": sections})
        said = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{language}.json").write_text(said, "utf-8")

"""Every link of the finished site leads to a page, a file or a place that is there.

Ours: Sphinx's linkcheck asks the network, and knows one language and nothing above it.
"""

import os
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.site.known import Known


class PageLinks(HTMLParser):
    """The anchors of a page, and every address it links to or loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id"):
            self.anchors.add(given["id"])
        address = given.get("href") if tag in ("a", "link") else given.get("src")
        if address:
            self.targets.append(address)


def page_links(page: str) -> tuple[list[str], list[str]]:
    """Return the anchors of a page, and what it links to or loads."""
    parser = PageLinks()
    parser.feed(page)
    return sorted(parser.anchors), parser.targets


def broken_links(site: Path, base: str, known: Known | None = None) -> list[str]:
    """Return every internal link of a finished site that leads nowhere, as one line each."""
    pages, known = {}, known or Known()
    for path in sorted(site.rglob("*.html")):
        if "pagefind" not in path.relative_to(site).parts:
            anchors, targets = known.of("links", path.read_bytes(), page_links)
            pages[path] = set(anchors), targets
    broken = []
    there = {path for path in site.rglob("*") if path.is_file()}
    for path, (_, targets) in pages.items():
        for target in targets:
            if target.startswith(base):
                whole, place = urlsplit(target.removeprefix(base)), site
            else:
                whole, place = urlsplit(target), path.parent
            if whole.scheme or whole.netloc:
                continue
            aim = os.path.normpath(place / unquote(whole.path))
            found = Path(aim) if whole.path or place == site else path
            if found not in there:
                found = found / "index.html"
            if found not in there:
                broken.append(f"{path.relative_to(site)}: {target} leads to no file")
            elif whole.fragment and found.suffix == ".html":
                anchors = pages[found][0] if found in pages else set()
                if unquote(whole.fragment) not in anchors:
                    broken.append(f"{path.relative_to(site)}: {target} names no place on that page")
    return broken

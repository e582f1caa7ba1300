"""Every link of the finished site leads to a page, a file or a place that is there.

Ours: Sphinx's linkcheck asks the network, and knows one language and nothing above it.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


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


def broken_links(site: Path, base: str) -> list[str]:
    """Return every internal link of a finished site that leads nowhere, as one line each."""
    pages = {}
    for path in sorted(site.rglob("*.html")):
        if "pagefind" not in path.relative_to(site).parts:
            pages[path] = PageLinks()
            pages[path].feed(path.read_text("utf-8"))
    broken = []
    for path, page in pages.items():
        for target in page.targets:
            if target.startswith(base):
                whole, place = urlsplit(target.removeprefix(base)), site
            else:
                whole, place = urlsplit(target), path.parent
            if whole.scheme or whole.netloc:
                continue
            found = (place / unquote(whole.path)).resolve() if whole.path or place == site else path
            if found.is_dir():
                found = found / "index.html"
            if not found.is_file():
                broken.append(f"{path.relative_to(site)}: {target} leads to no file")
            elif whole.fragment and found.suffix == ".html":
                anchors = pages[found].anchors if found in pages else set()
                if unquote(whole.fragment) not in anchors:
                    broken.append(f"{path.relative_to(site)}: {target} names no place on that page")
    return broken

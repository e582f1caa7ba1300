"""Where things stand on the net: every address of the book follows from _config.yml."""

from functools import cache
from pathlib import Path

import yaml

import helpers
from tools.notebooks import ROOT


@cache
def configuration(root: Path = ROOT) -> dict:
    """Return _config.yml, read once."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))


def repository(root: Path = ROOT) -> str:
    """Return the repository's address, from the one place where it stands."""
    return configuration(root)["repository"]["url"].rstrip("/")


def site_address(root: Path = ROOT) -> str:
    """Return where the site is published: html.baseurl if given, else the repository's Pages."""
    if given := configuration(root).get("html", {}).get("baseurl"):
        return given.rstrip("/") + "/"
    owner, name = repository(root).removeprefix("https://github.com/").split("/")
    pages = f"https://{owner.lower()}.github.io/"
    return pages if name.lower() == f"{owner.lower()}.github.io" else f"{pages}{name}/"


def page_address(base: str, language: str, slug: str) -> str:
    """Return the published address of a page."""
    return f"{base}{language}/" + ("" if slug == "index" else f"{slug}.html")


def reference(root: Path = ROOT) -> str:
    """Return what holds this version of the book: its tag, or the branch until it is released."""
    unreleased = "dev" in helpers.__version__
    return configuration(root)["repository"]["branch"] if unreleased else f"v{helpers.__version__}"


def runner_links(url: str, path: str, root: Path = ROOT, cell: str = "") -> dict[str, str]:
    """Return where `chapters/<path>` can be run, at this version of the book: name -> address.

    cell: the id of the cell to open at, where the runner can; without one, the notebook's head.
    """
    places = {
        "repository": url.removeprefix("https://github.com/"),
        "tag": reference(root),
        "path": f"chapters/{path}",
        "cell": cell,
    }
    patterns = configuration(root)["runners"].items()
    return {
        name: (pattern if cell else pattern.partition("#")[0]).format(**places)
        for name, pattern in patterns
    }


def source_link(url: str, language: str, file: str, root: Path = ROOT) -> str:
    """Return where the source of a page is changed; the glossary pages have one for all."""
    path = "glossary.toml" if file == "glossary.md" else f"{language}/{file}"
    return f"{url}/edit/{configuration(root)['repository']['branch']}/chapters/{path}"

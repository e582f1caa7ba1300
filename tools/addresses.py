"""Where things stand on the net: every address of the book follows from _config.yml."""

from pathlib import Path

import yaml

import helpers
from tools.notebooks import ROOT

COLAB = "https://colab.research.google.com/github/{repository}/blob/{tag}/chapters/{path}"


def configuration(root: Path = ROOT) -> dict:
    """Return _config.yml."""
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


def colab_link(url: str, path: str) -> str:
    """Return the address that opens `chapters/<path>` in Colab, at this version of the book."""
    return COLAB.format(
        repository=url.removeprefix("https://github.com/"),
        tag=f"v{helpers.__version__}",
        path=path,
    )

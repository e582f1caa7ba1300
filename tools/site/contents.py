"""The table of contents, _toc.yml: its parts, its pages, and whether every language has them."""

from pathlib import Path

import yaml

from helpers.language import LANGUAGES, messages
from tools.notebooks import SOURCE
from tools.site import SiteError

PREFIX = f"chapters/{SOURCE}/"


def contents(book: Path) -> dict:
    """Return the table of contents as one language's build sees it: chapters/en/ taken off."""
    toc = yaml.safe_load((book / "_toc.yml").read_text("utf-8"))
    toc["root"] = toc["root"].removeprefix(PREFIX)
    for part in parts(toc):
        for chapter in part["chapters"]:
            chapter["file"] = chapter["file"].removeprefix(PREFIX)
    return toc


def parts(toc: dict) -> list[dict]:
    """Return the parts of a table of contents; one without parts is one part without a caption."""
    return toc.get("parts", [toc])


def slugs(toc: dict) -> list[str]:
    """Return every page in reading order, the first page first."""
    return [toc["root"], *(page["file"] for part in parts(toc) for page in part["chapters"])]


def caption(english: str, language: str) -> str:
    """Return a part's caption in a language, from helpers/words/site.toml.

    Raises:
        SiteError: no message `[part.*]` there has this English.
    """
    for key, said in messages().items():
        if key.startswith("site.part.") and said[SOURCE] == english:
            return said[language]
    raise SiteError(
        f"_toc.yml has a part {english!r}, but no [part.*] in helpers/words/site.toml says so"
    )


def check_chapters(folder: Path, toc: dict) -> None:
    """Demand that every language has exactly the pages of the table of contents.

    Raises:
        SiteError: a page is missing in a language, or stands in no table of contents.
    """
    wanted = set(slugs(toc))
    problems = []
    for language in LANGUAGES:
        pages = [*(folder / language).glob("*.ipynb"), *(folder / language).glob("*.md")]
        there = {page.stem for page in pages if not page.name.startswith(".")}
        problems += [f"chapters/{language}/{name} is missing" for name in sorted(wanted - there)]
        problems += [
            f"chapters/{language}/{name} is not in _toc.yml" for name in sorted(there - wanted)
        ]
    if problems:
        raise SiteError("\n".join(problems))

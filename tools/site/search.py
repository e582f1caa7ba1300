"""Pagefind's index of the finished site: one part per language, made anew where a page changed."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.language import LANGUAGES
from tools.site import SiteError

ENTRY = "pagefind-entry.json"
# Not searched: an edit of the English, which puts it on three more pages, indexes one language.
LAG = re.compile(rb'<p class="lag" data-pagefind-ignore>.*?</p>\n?')


def index_for_search(staging: Path, work: Path) -> None:
    """Make Pagefind's index of the finished pages; `work` keeps each language's for the next time.

    Raises:
        SiteError: Pagefind failed; the message is its own.
    """
    running = {}
    for language in LANGUAGES:
        own, made_from = work / language / "pagefind", pages_digest(staging / language)
        stamp = own / "made-from"
        if not stamp.exists() or stamp.read_text() != made_from:
            shutil.rmtree(own, ignore_errors=True)
            running[language] = (index(staging, language, own), stamp, made_from)
    for process, stamp, made_from in running.values():
        said, _ = process.communicate()
        if process.returncode:
            raise SiteError(f"Pagefind could not index the pages:\n{said}")
        stamp.write_text(made_from)
    join([work / language / "pagefind" for language in LANGUAGES], staging / "pagefind")


def pages_digest(folder: Path) -> str:
    """Return a digest of a language's pages, but for what they say about lagging."""
    whole = hashlib.sha256()
    for page in sorted(folder.glob("*.html")):
        content = LAG.sub(b"", page.read_bytes())
        whole.update(f"{page.name}\0".encode() + hashlib.sha256(content).digest())
    return whole.hexdigest()


def index(staging: Path, language: str, to: Path) -> subprocess.Popen:
    """Start Pagefind on one language's pages."""
    command = [sys.executable, "-m", "pagefind", "--site", str(staging)]
    return subprocess.Popen(
        [*command, "--glob", f"{language}/*.html", "--output-path", str(to)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def join(indexes: list[Path], to: Path) -> None:
    """Put the indexes of the languages side by side, without interfaces that no page uses."""
    languages = {}
    for one in indexes:
        shutil.copytree(one, to, ignore=shutil.ignore_patterns("made-from"), dirs_exist_ok=True)
        entry = json.loads((one / ENTRY).read_text("utf-8"))
        languages |= entry["languages"]
    for path in to.glob("pagefind-*"):
        if path.suffix in (".js", ".css") and path.name != "pagefind-worker.js":
            path.unlink()
    (to / ENTRY).write_text(json.dumps(entry | {"languages": languages}), "utf-8")

"""Build the site of a book, if anything changed; the old one stays until the new one is whole."""

import hashlib
import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import __version__
from helpers.language import LANGUAGES, messages
from tools.addresses import site_address
from tools.notebooks import ROOT
from tools.site import SiteError
from tools.site.above import root_pages
from tools.site.contents import check_chapters, contents, slugs
from tools.site.exchange import recover, room, swap
from tools.site.known import Known, digest
from tools.site.languages import build_languages
from tools.site.links import broken_links
from tools.site.offline import write_manifests, write_worker
from tools.site.pdf import offer, stamps
from tools.site.previews import previews
from tools.site.search import index_for_search
from tools.site.texts import write_texts

MACHINERY = ("_config.yml", "requirements.txt", "_templates", "_static", "tools/site",
             "tools/addresses.py", "tools/notebooks.py", "helpers/check",
             "helpers/exercises")  # fmt: skip


def machinery() -> str:
    """Return one digest of all that shapes every page: when it changes, all is built anew."""
    words = {
        key: said for key, said in messages().items() if key.startswith(("site.", "check.any."))
    }
    said = json.dumps([words, __version__], sort_keys=True)
    return digest([ROOT / name for name in MACHINERY]) + hashlib.sha256(said.encode()).hexdigest()


def build(book: Path = ROOT) -> Path:
    """Build the whole site of `book` (_toc.yml and chapters/) if anything changed; return it.

    Raises:
        SiteError: it could not be built. The previous site is as it was.
    """
    with room(book / "_build"):
        (book / "_build").mkdir(exist_ok=True)
        lock = FileLock(book / "_build/lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            print("Another build is at work; waiting for it.", flush=True)
            lock.acquire()
        try:
            return build_if_changed(book)
        finally:
            lock.release()


def build_if_changed(book: Path) -> Path:
    """Do what `build` promises, while no other process builds the same book."""
    folder, build_folder = book / "chapters", book / "_build"
    site, staging = build_folder / "site", build_folder / "staging"
    recover(staging, site)
    made_by = machinery()
    made_from = made_by + digest([book / "_toc.yml", *(folder / code for code in LANGUAGES)], book)
    made_from += json.dumps(stamps(build_folder / "pdf"))
    stamp = site / ".made-from"
    if stamp.exists() and stamp.read_text() == made_from:
        print("Nothing has changed since the site was built.", flush=True)
        return site
    began = time.monotonic()
    base = site_address()
    toc = contents(book)
    check_chapters(folder, toc)
    print(f"Building {len(LANGUAGES)} languages side by side.", flush=True)
    build_languages(folder, build_folder / "work", toc, made_by)
    print("  joining them, indexing for the search, following every link", flush=True)
    assemble(folder, build_folder / "work", staging, toc, base, made_by)
    write_worker(staging, hashlib.sha256(made_from.encode()).hexdigest()[:12])
    (staging / ".made-from").write_text(made_from)
    swap(staging, site)
    print(f"The site is built, {time.monotonic() - began:.1f} s.", flush=True)
    return site


def assemble(folder: Path, work: Path, staging: Path, toc: dict, base: str, made_by: str) -> None:
    """Put the four builds and what they share into one folder, and check it.

    Raises:
        SiteError: a link on a page leads nowhere.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    left_out = shutil.ignore_patterns("_static", "objects.inv", ".buildinfo*", "*.md")
    for language in LANGUAGES:
        shutil.copytree(work / language / "html", staging / language, ignore=left_out)
    shutil.copytree(ROOT / "_static", staging / "_static", ignore=shutil.ignore_patterns(".*"))
    pages = slugs(toc)
    previews(folder, pages, staging / "_static/preview", work / "preview")
    root_pages(staging, base, pages)
    offer(staging, pages, work.parent / "pdf")
    known = Known(work / "known.json", made_by)
    write_texts(staging, pages, known)
    write_manifests(staging)
    with ThreadPoolExecutor(max_workers=1) as pool:
        indexed = pool.submit(
            index_for_search, staging, work
        )  # a process of its own: meanwhile, here
        broken = broken_links(staging, base, known)
        indexed.result()
    known.keep()
    if broken:
        raise SiteError("Links that lead nowhere:\n" + "\n".join(broken))

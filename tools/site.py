"""Build the four-language site, or build and serve it.

    python -m tools.site build    -> _build/site/, untouched unless all four languages succeed
    python -m tools.site serve    -> the same, then http://localhost:8000/

Each language is one Sphinx build of chapters/<language> from the one _config.yml and _toc.yml,
in a process of its own. Their work folders stay in _build/work, so that the next build reads
and writes only what has changed.
"""

import argparse
import gzip
import hashlib
import html
import io
import json
import multiprocessing
import os
import queue
import re
import shutil
import subprocess
import sys
import textwrap
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from filelock import FileLock, Timeout

from helpers import __version__
from helpers.language import LANGUAGES, messages, text
from tools.notebooks import ROOT, SOURCE, read
from tools.sync import repository, site_address

PREFIX = f"chapters/{SOURCE}/"
MACHINERY = ("_config.yml", "requirements.txt", "_templates", "_static", "tools/site.py",
             "tools/extension.py", "tools/notebooks.py")  # fmt: skip
COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".ipynb")


class SiteError(Exception):
    """Something a person has to mend; the message says what and where."""


def digest(paths: list[Path], root: Path = ROOT) -> str:
    """Return one digest of the names and contents of files and folders."""
    whole = hashlib.sha256(sys.version.encode())
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))}
    for file in sorted(files):
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
            whole.update(f"{file.relative_to(root)}\0".encode())
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def machinery() -> str:
    """Return one digest of all that shapes every page: when it changes, all is built anew."""
    words = {key: said for key, said in messages().items() if key.startswith("site.")}
    said = json.dumps([words, __version__], sort_keys=True)
    return digest([ROOT / name for name in MACHINERY]) + hashlib.sha256(said.encode()).hexdigest()


def contents(book: Path) -> dict:
    """Return the table of contents as one language's build sees it: chapters/en/ taken off."""
    toc = yaml.safe_load((book / "_toc.yml").read_text("utf-8"))
    toc["root"] = toc["root"].removeprefix(PREFIX)
    for chapter in toc["chapters"]:
        chapter["file"] = chapter["file"].removeprefix(PREFIX)
    return toc


def check_chapters(folder: Path, toc: dict) -> None:
    """Demand that every language has exactly the pages of the table of contents.

    Raises:
        SiteError: a page is missing in a language, or stands in no table of contents.
    """
    wanted = {toc["root"], *(chapter["file"] for chapter in toc["chapters"])}
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


def readable(problems: str, folder: Path) -> str:
    """Return Sphinx's warnings with notebook lines as cells, and paths as one would type them."""

    def place(found: re.Match) -> str:
        path, number = Path(found[1]), int(found[2])  # myst-nb: 10000 times the cell, plus the line
        cells = [c["id"] for c in read(path)["cells"] if c["id"] != "badge"]
        index = number // 10000 - 1
        return f"{path}#{cells[index]}" if 0 <= index < len(cells) else str(path)

    problems = re.sub(r"\x1b\[[0-9;]*m", "", problems).strip()
    problems = re.sub(r"(/[^:\n]*\.ipynb):(\d+)", place, problems)
    return problems.replace(f"{folder.parent}{os.sep}", "")


def build_language(language: str, folder: Path, work: Path, said) -> None:
    """Build one language into work/html; report to the queue `said`. Runs in its own process."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    began = time.monotonic()
    said_by_sphinx = io.StringIO()
    # sphinx_external_toc looks at every object there is, at torch's deprecated ones too.
    warnings.filterwarnings("ignore", category=FutureWarning, module="sphinx_external_toc")
    try:
        config, _ = get_final_config(
            user_yaml=ROOT / "_config.yml",
            cli_config={"latex_individualpages": False},
            sourcedir=ROOT,
        )
        config |= {
            "language": LANGUAGES[language].sphinx,
            "book_language": language,
            "book_site": True,
            "external_toc_path": str(work / "_toc.yml"),
            "html_static_path": [str(ROOT / "_static")],
            "templates_path": [str(ROOT / "_templates")],
        }
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                srcdir=folder / language,
                confdir=None,
                outdir=work / "html",
                doctreedir=work / "doctrees",
                buildername="html",
                confoverrides=config,
                status=None,
                warning=said_by_sphinx,
                warningiserror=True,
                keep_going=True,
            )
            counts = {"read": 0, "written": 0}

            def count(what: str, *_: object) -> None:
                counts[what] += 1

            app.connect("source-read", partial(count, "read"))
            app.connect("html-page-context", partial(count, "written"))
            app.build()
        problems = readable(said_by_sphinx.getvalue(), folder) if app.statuscode else ""
        said.put((language, problems, counts, time.monotonic() - began))
    except KeyboardInterrupt:
        pass
    except Exception as error:  # whatever it was, the reader of the message wants its words
        message = readable(f"{said_by_sphinx.getvalue()}\n{type(error).__name__}: {error}", folder)
        said.put((language, message, {}, time.monotonic() - began))


def build_languages(folder: Path, work: Path, toc: dict) -> None:
    """Build every language side by side, each in a work folder that is kept for the next time.

    Raises:
        SiteError: a build failed; its work folder is gone, so that nothing half-made is reused.
    """
    made_from = machinery() + json.dumps(toc)
    for language in LANGUAGES:
        own = work / language
        stamp = own / "made-from"
        if not stamp.exists() or stamp.read_text() != made_from:
            shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)  # until the build has succeeded
        (own / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), "utf-8")
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    said = context.Queue()
    processes = {
        language: context.Process(
            target=build_language, args=(language, folder, work / language, said)
        )
        for language in LANGUAGES
    }
    failures = []
    try:
        for process in processes.values():
            process.start()
        waiting = set(processes)
        while waiting:
            try:
                language, problem, counts, seconds = said.get(timeout=1)
            except queue.Empty:
                for language in sorted(waiting):
                    if processes[language].exitcode not in (None, 0):
                        raise SiteError(f"{language}: the build process died") from None
                continue
            waiting.discard(language)
            if problem:
                failures.append(f"{LANGUAGES[language].name}:\n{problem}")
                shutil.rmtree(work / language, ignore_errors=True)
                print(f"  {language}  failed", flush=True)
            else:
                (work / language / "made-from").write_text(made_from)
                did = f"{counts['read']} pages read, {counts['written']} written"
                print(f"  {language}  {did}, {seconds:.1f} s", flush=True)
    finally:
        for process in processes.values():
            if process.is_alive():
                process.terminate()
            process.join()
    if failures:
        raise SiteError("\n\n".join(failures))


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


def root_pages(staging: Path, base: str, slugs: list[str]) -> None:
    """Write what stands above the languages: chooser, 404 page, sitemap, robots.txt."""
    import jinja2

    from tools.extension import file_version, page_address, script_policy

    loader = jinja2.FileSystemLoader(ROOT / "_templates")
    templates = jinja2.Environment(loader=loader, autoescape=True, keep_trailing_newline=True)
    templates.globals |= {
        "base": base,
        "languages": LANGUAGES,
        "text": text,
        "policy": script_policy,
        "version_of": file_version,
        "repository": repository(),
        "css": (ROOT / "_static/site.css").read_text("utf-8"),
    }
    for template, name in (("chooser.html", "index.html"), ("404.html", "404.html")):
        (staging / name).write_text(templates.get_template(template).render(), "utf-8")
    entries = [f"<url><loc>{html.escape(base)}</loc></url>"]
    for slug in slugs:
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{other.html}" '
            f'href="{html.escape(page_address(base, code, slug))}"/>'
            for code, other in LANGUAGES.items()
        )
        entries += [
            f"<url><loc>{html.escape(page_address(base, code, slug))}</loc>{alternates}</url>"
            for code in LANGUAGES
        ]
    sitemap = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "\n".join(entries) + "\n</urlset>\n"
    )
    (staging / "sitemap.xml").write_text(sitemap, "utf-8")
    (staging / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n")
    (staging / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _


def previews(folder: Path, slugs: list[str], to: Path) -> None:
    """Draw the picture that a shared link shows: a page's English title and the book's first map.

    Titles in English alone, because only matplotlib's own (Latin) font is sure to be there.
    """
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    from helpers import pure
    from helpers.examples import inputs

    font = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans-Bold.ttf"
    rows = pure.attention_weights(inputs.tolist())
    to.mkdir(parents=True)
    for slug in slugs:
        picture = Image.new("RGB", (1200, 630), "#12294a")
        draw = ImageDraw.Draw(picture)
        for i, row in enumerate(rows):
            for j, weight in enumerate(row):
                light = min(1.0, weight * 4)
                x, y = 700 + 72 * j, 100 + 72 * i
                colour = tuple(
                    int(a + (b - a) * light) for a, b in ((18, 143), (41, 188), (74, 255))
                )
                draw.rounded_rectangle((x, y, x + 66, y + 66), 8, fill=colour)
        title = text("site.title", SOURCE)
        draw.text((70, 90), title, fill="#a9c8f5", font=ImageFont.truetype(font, 30))
        name = page_title(folder, slug)
        if name != title:
            size = ImageFont.truetype(font, 56)
            lines = textwrap.fill(name, 17)
            draw.multiline_text((70, 190), lines, fill="white", font=size, spacing=18)
        picture.save(to / f"{slug}.png", optimize=True)


def page_title(folder: Path, slug: str) -> str:
    """Return the English title of a page."""
    notebook = folder / SOURCE / f"{slug}.ipynb"
    if notebook.exists():
        source = "\n".join(cell["source"] for cell in read(notebook)["cells"])
    else:
        source = (folder / SOURCE / f"{slug}.md").read_text("utf-8")
    return re.search(r"^# (.+)$", source, re.MULTILINE)[1].replace("`", "")


def index_for_search(staging: Path) -> None:
    """Make Pagefind's index of the finished pages, one part per language.

    Raises:
        SiteError: Pagefind failed; the message is its own.
    """
    run = subprocess.run(
        [sys.executable, "-m", "pagefind", "--site", str(staging), "--glob", "*/*.html"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode:
        raise SiteError(f"Pagefind could not index the pages:\n{run.stdout}{run.stderr}")
    for path in (staging / "pagefind").glob("pagefind-*"):  # interfaces that no page uses
        if path.suffix in (".js", ".css") and path.name != "pagefind-worker.js":
            path.unlink()


def assemble(folder: Path, work: Path, staging: Path, toc: dict, base: str) -> None:
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
    slugs = [toc["root"], *(chapter["file"] for chapter in toc["chapters"])]
    previews(folder, slugs, staging / "_static/preview")
    root_pages(staging, base, slugs)
    with ThreadPoolExecutor(max_workers=1) as pool:
        indexed = pool.submit(index_for_search, staging)  # a process of its own: meanwhile, here
        broken = broken_links(staging, base)
        indexed.result()
    if broken:
        raise SiteError("Links that lead nowhere:\n" + "\n".join(broken))


def swap(staging: Path, site: Path) -> None:
    """Put the new site in the place of the old one; only the old or the new is ever there."""
    old = site.with_name(f"{site.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        os.replace(site, old)
    os.replace(staging, site)
    shutil.rmtree(old, ignore_errors=True)


def build(book: Path = ROOT) -> Path:
    """Build the whole site of `book` (_toc.yml and chapters/) if anything changed; return it.

    Raises:
        SiteError: it could not be built. The previous site is as it was.
    """
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
    old = build_folder / "site.old"
    if old.exists() and not site.exists():  # interrupted between two renames
        os.replace(old, site)
    made_from = machinery()
    made_from += digest([book / "_toc.yml", *(folder / code for code in LANGUAGES)], book)
    stamp = site / ".made-from"
    if stamp.exists() and stamp.read_text() == made_from:
        print("Nothing has changed since the site was built.", flush=True)
        return site
    began = time.monotonic()
    base = site_address()
    toc = contents(book)
    check_chapters(folder, toc)
    print(f"Building {len(LANGUAGES)} languages side by side.", flush=True)
    build_languages(folder, build_folder / "work", toc)
    print("  joining them, indexing for the search, following every link", flush=True)
    assemble(folder, build_folder / "work", staging, toc, base)
    (staging / ".made-from").write_text(made_from)
    swap(staging, site)
    print(f"The site is built, {time.monotonic() - began:.1f} s.", flush=True)
    return site


@cache
def compressed(path: Path, modified: int) -> bytes:
    """Return a file's contents, gzipped; `modified` makes a changed file another one."""
    return gzip.compress(path.read_bytes(), 6)


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves a finished site as a real host would: compressed, with its own 404 page."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".woff2": "font/woff2",
        ".wasm": "application/wasm",
    }

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path = path / "index.html"
        if path.is_dir():
            super().do_GET()  # sends the address with the slash
            return
        status = 200
        if not path.is_file():
            status, path = 404, Path(self.directory) / "404.html"
        body = path.read_bytes()
        self.send_response(status)
        kind = self.guess_type(str(path))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Cache-Control", "no-cache")
        if path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = compressed(path, path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent: a reader's page is no news."""


def server(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a finished site on localhost; port 0 takes any free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(SiteHandler, directory=str(site)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=("build", "serve"))
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        site = build()
    except SiteError as error:
        print(f"\n{error}\n\nThe site was not built. The previous one, if any, is as it was.",
              file=sys.stderr)  # fmt: skip
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The previous site, if any, is as it was.", file=sys.stderr)
        return 130
    if options.command == "build":
        place = site.relative_to(ROOT)
        print(f"Open {place}/index.html in a browser, or `make serve` for the search as well.")
        return 0
    with server(site, options.port) as running:
        print(f"Open http://localhost:{running.server_port}/ (Ctrl+C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())

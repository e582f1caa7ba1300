"""The build: what it does anew, what it refuses, and that the previous site outlives it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from helpers.language import LANGUAGES, text
from tools.notebooks import CHAPTERS, ROOT, chapters, source_hash
from tools.site import SiteError
from tools.site import build as building
from tools.site import previews as previewing
from tools.site.build import build


def cell(name, source, **metadata):
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def write_notebook(path, *cells):
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two pages in four languages, built once."""
    book = tmp_path_factory.mktemp("small")
    (book / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/en/index\nchapters:\n  - file: chapters/en/01-one\n"
    )
    prose = "## Two\n\nWe add $x^2$."
    for code in LANGUAGES:
        folder = book / "chapters" / code
        folder.mkdir(parents=True)
        mark = "" if code == "en" else f"---\nsource_hash: {source_hash(INDEX)}\n---\n"
        (folder / "index.md").write_text(mark + INDEX, "utf-8")
        known = {} if code == "en" else {"source_hash": source_hash(prose)}
        title = {} if code == "en" else {"source_hash": source_hash("# One")}
        write_notebook(
            folder / "01-one.ipynb", cell("title", "# One", **title), cell("two", prose, **known)
        )
    build(book)
    return book


INDEX = "# Small\n\nA page.\n\n## Run\n\n<!-- #run -->\n\n[there](01-one.ipynb#two)\n"


def whole(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def fault(small):
    """Runs a build that must fail, and demands that the previous site is as it was."""
    originals = whole(small / "chapters")

    def fails() -> str:
        before = whole(small / "_build/site")
        with pytest.raises(SiteError) as error:
            build(small)
        assert whole(small / "_build/site") == before
        return str(error.value)

    yield fails
    for path, content in originals.items():
        path.write_bytes(content)


def test_a_second_build_with_nothing_changed_does_nothing(small, capsys):
    before = {path: path.stat().st_mtime_ns for path in (small / "_build/site").rglob("*")}
    build(small)
    assert "Nothing has changed" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in (small / "_build/site").rglob("*")} == before


def test_a_changed_cell_rewrites_its_page_and_marks_the_translations(small, fault, capsys):
    build(small)
    capsys.readouterr()
    indexed = {code: small / f"_build/work/{code}/pagefind/made-from" for code in LANGUAGES}
    times = {code: stamp.stat().st_mtime_ns for code, stamp in indexed.items()}
    prose = "## Two\n\nWe subtract."
    write_notebook(small / "chapters/en/01-one.ipynb", cell("title", "# One"), cell("two", prose))
    write_notebook(
        small / "chapters/zh/01-one.ipynb",
        cell("title", "# One", untranslated="x"),
        cell("two", prose, untranslated="x"),
    )
    build(small)
    said = capsys.readouterr().out
    assert re.search(r"en  1 pages read, [12] written", said)
    again = {code for code in LANGUAGES if indexed[code].stat().st_mtime_ns != times[code]}
    assert again == {"en", "zh"}  # the search does not read what says that a passage lags
    pages = {
        code: (small / f"_build/site/{code}/01-one.html").read_text("utf-8") for code in LANGUAGES
    }
    assert 'class="lag"' not in pages["en"]
    assert pages["ja"].count(text("site.stale", "ja")) == 1
    assert pages["ko"].count(text("site.stale", "ko")) == 1
    assert pages["zh"].count(text("site.untranslated_page", "zh")) == 1
    assert text("site.untranslated", "zh") not in pages["zh"].replace(
        text("site.untranslated_page", "zh"), ""
    )


def test_a_missing_chapter_is_named(small, fault):
    (small / "chapters/ja/01-one.ipynb").unlink()
    assert "chapters/ja/01-one is missing" in fault()


def test_a_chapter_outside_the_contents_is_named(small, fault):
    stray = small / "chapters/en/02-two.ipynb"
    write_notebook(stray, cell("title", "# Two"))
    try:
        assert "chapters/en/02-two is not in _toc.yml" in fault()
    finally:
        stray.unlink()


def test_a_broken_link_is_named_with_its_cell(small, fault):
    write_notebook(
        small / "chapters/ko/01-one.ipynb",
        cell("title", "# One"),
        cell("two", "## Two\n\n[nowhere](07-no-such-page.ipynb)"),
    )
    message = fault()
    assert "한국어" in message and "chapters/ko/01-one.ipynb#two" in message
    assert "07-no-such-page.ipynb" in message


def test_a_link_to_a_section_that_is_gone_is_named(small, fault):
    for code in LANGUAGES:
        write_notebook(
            small / f"chapters/{code}/01-one.ipynb", cell("title", "# One"), cell("new", "## Two")
        )
    assert "two" in fault()


def test_a_wrong_formula_is_named(small, fault):
    write_notebook(
        small / "chapters/zh/01-one.ipynb",
        cell("title", "# One"),
        cell("two", "## Two\n\n$\\frac{1}{$"),
    )
    message = fault()
    assert "简体中文" in message and "frac" in message


@pytest.mark.parametrize("script", ["<script>fetch('/')</script>", "<script src='x.js'></script>"])
def test_a_script_in_prose_is_refused(small, fault, script):
    write_notebook(
        small / "chapters/ja/01-one.ipynb",
        cell("title", "# One"),
        cell("two", f"## Two\n\n{script}"),
    )
    message = fault()
    assert "日本語" in message and "chapters/ja/01-one.ipynb has a script" in message


def test_an_interrupted_build_leaves_the_site(small, fault, monkeypatch):
    before = whole(small / "_build/site")
    page = small / "chapters/en/index.md"
    page.write_text(INDEX + "\nMore.\n")

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(building, "index_for_search", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(small)
    assert whole(small / "_build/site") == before
    assert (small / "_build/staging").exists()
    build(small)
    assert "More." in (small / "_build/site/en/index.html").read_text("utf-8")
    assert not (small / "_build/staging").exists()


@pytest.mark.parametrize("name", ["known.json", ".png"])
def test_killed_while_it_keeps_something_for_the_next_time(name, small, fault, monkeypatch):
    class Killed(BaseException):
        pass

    def half(write):
        def cut(path, content, *rest, **options):
            if name in path.name:
                write(path, content[: len(content) // 2], *rest, **options)
                raise Killed
            return write(path, content, *rest, **options)

        return cut

    def half_drawn(_, to):
        to.write_bytes(b"half a picture")
        raise Killed

    (small / "chapters/en/index.md").write_text(INDEX.replace("Small", f"Small {name}"), "utf-8")
    with monkeypatch.context() as patch:
        for writes in ("write_text", "write_bytes"):
            patch.setattr(Path, writes, half(getattr(Path, writes)))
        if name == ".png":
            patch.setattr(previewing, "draw", half_drawn)
        patch.setattr(building, "machinery", lambda: f"other than before {name}")
        with pytest.raises(Killed):
            build(small)
    site = build(small)
    assert f"Small {name}" in (site / "en/index.html").read_text("utf-8")
    for picture in (site / "_static/preview").iterdir():
        Image.open(picture).verify()


def test_a_new_title_reaches_every_page(small, fault):
    write_notebook(
        small / "chapters/en/01-one.ipynb",
        cell("title", "# Another name"),
        cell("two", "## Two\n\ntext"),
    )
    build(small)
    assert "Another name" in (small / "_build/site/en/index.html").read_text("utf-8")


def test_plain_jupyter_book_builds_the_english_book_without_a_warning(tmp_path):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(ROOT)]
    run = subprocess.run(
        [*command, "--path-output", str(tmp_path), "--warningiserror", "--keep-going"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr
    pages = sorted((tmp_path / "_build/html/chapters/en").glob("*.html"))
    assert [p.stem for p in pages if p.stem != "index"] == [
        path.stem for path in [*chapters("en"), *CHAPTERS.glob("en/glossary.md")]
    ]
    html = pages[0].read_text("utf-8")
    assert 'id="languages"' not in html
    targets = re.findall(r'(?:href|src)="(?![a-z]+:)([^"#?]+)', html)
    assert targets
    assert not [target for target in targets if not (pages[0].parent / target).exists()]

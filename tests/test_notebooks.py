"""Every stored notebook: run from top to bottom, in canonical form, one code in all languages.

Each check returns the faults it finds, each naming its notebook and cell; each is also
given a planted fault, which it has to find.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbval.plugin import comment_markers, metadata_tags

from helpers.language import LANGUAGES
from tests.notebook_checks import (
    DECIMAL,
    badly_hidden,
    badly_made,
    each,
    missing_chapters,
    not_canonical,
    not_run,
    other_code,
    other_numbers,
    other_package_code,
    prose,
    shown_otherwise,
    unlike_english,
    unprinted,
    unreadable,
)
from tools.addresses import repository
from tools.notebooks import CHAPTERS, ROOT, canonical
from tools.sync import glossary_page, readme

CHECKS = [
    unreadable,
    shown_otherwise,
    missing_chapters,
    unlike_english,
    other_code,
    other_numbers,
    not_run,
    not_canonical,
    badly_hidden,
    badly_made,
    unprinted,
    other_package_code,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_chapters(check, verified):
    assert any(True for _ in each(CHAPTERS)), "there are no chapters"
    found = check(CHAPTERS)
    assert not found, "\n".join(found)
    if check is unprinted:
        cells = [c for _, notebook in each(CHAPTERS) for c in notebook["cells"]]
        shown = [prose(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        verified("decimal numbers in prose", sum(len(DECIMAL.findall(text)) for text in shown))


# Planted faults: (check, what is done to ja/03, what the finding has to name).


def change(folder: Path, cell_id: str, edit, language: str = "ja") -> None:
    path = folder / language / "03-simple-self-attention.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == cell_id)
    edit(cell, notebook["cells"])
    path.write_text(
        json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )


def flip_digit(cell, _):
    lines = cell["outputs"][0]["data"]["text/plain"]
    lines[0] = lines[0].replace("1.4950", "1.4951")


def as_shown(cell, _):
    cell["outputs"][0].update(output_type="display_data")
    del cell["outputs"][0]["execution_count"]


PLANTED = {
    unlike_english: ("scores", lambda cell, cells: cells.remove(cell), "scores"),
    other_code: ("scores-loop", lambda cell, _: cell["source"].append("\n"), "scores-loop"),
    other_numbers: ("scores-loop", flip_digit, "1.4951"),
    not_run: ("scores-loop", lambda cell, _: cell.update(execution_count=None), "scores-loop"),
    not_canonical: ("badge", lambda cell, _: cell.update(source=["[Colab](elsewhere)"]), "badge"),
    badly_made: ("scores", lambda cell, _: cell.update(id="3f2a-"), "3f2a-"),
    shown_otherwise: ("scores-loop", as_shown, "scores-loop"),
    badly_hidden: ("scores-loop", lambda c, _: c["metadata"].update(tags=["x"]), "scores-loop"),
    unprinted: ("read-scores", lambda cell, _: cell["source"].append(" 1.4951"), "read-scores"),
}


@pytest.mark.planted
def test_other_package_code_is_found(book):
    change(
        book, "simple-self-attention", lambda cell, _: cell["source"].insert(1, "    x = x\n"), "en"
    )
    name = "en/03-simple-self-attention.ipynb#simple-self-attention: simple_self_attention differs"
    assert any(line.startswith(name) for line in other_package_code(book))


@pytest.mark.planted
@pytest.mark.parametrize("check", PLANTED, ids=lambda check: check.__name__)
def test_planted_fault_is_found(check, book):
    cell_id, edit, named = PLANTED[check]
    change(book, cell_id, edit)
    findings = check(book)
    assert any("ja/03-simple-self-attention" in line and named in line for line in findings)


# What nbval takes for the same, or never sees, in every language at once.
UNSEEN = {
    "a solution in sight": (
        badly_hidden, "exercise-token3-solution", lambda c: c["metadata"].clear(), "the tags []"),
    "an output that the site removes": (
        badly_hidden, "scores-loop", lambda c: c["metadata"].update(tags=["remove-output"]), "the"),
    "code folded in JupyterLab": (
        badly_hidden, "scores-loop",
        lambda c: c["metadata"].update(jupyter={"source_hidden": True}), "hidden by its metadata"),
    "a picture of pixels": (
        shown_otherwise, "scores-loop",
        lambda c: c["outputs"][0]["data"].update({"image/png": "iVBORw0KGgo="}), "image/png"),
    "a widget's state": (
        shown_otherwise, "scores-loop",
        lambda c: c["outputs"][0]["data"].update({"application/vnd.jupyter.widget-view+json": {}}),
        "widget-view"),
    "the result before what is printed": (
        shown_otherwise, "exercise-own-answer", lambda c: c["outputs"].insert(0, RESULT), "before"),
    "the result of another run": (
        not_run, "scores-loop", lambda c: c["outputs"][0].update(execution_count=99), "other run"),
    "a space of no width": (
        badly_made, "read-scores", lambda c: c["source"].append("\u200b"), "ZERO WIDTH SPACE"),
    "a paragraph that stands twice": (
        badly_made, "read-context",
        lambda c: c["source"].extend(["\n\n", "The same. " * 9] * 2), "again"),
    "an empty cell": (badly_made, "read-context", lambda c: c.update(source=[]), "empty"),
    **{
        f"{mark.strip()} in prose": (
            badly_made, "read-scores", lambda c, mark=mark: c["source"].append(mark), "plain")
        for mark in ("<i>x</i>", "<!-- a -->", "![](x.png)", "[^1]", "\n<<<<<<< HEAD", " TODO")
    },
    "a letter that looks like another": (
        badly_made, "scores-loop", lambda c: c["source"].append("\nа"), "CYRILLIC SMALL LETTER A"),
}  # fmt: skip
RESULT = {
    "output_type": "execute_result", "execution_count": 1, "metadata": {},
    "data": {"text/plain": ["1"]},
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("fault", UNSEEN)
def test_what_is_the_same_in_every_language_is_found(fault, book):
    check, cell_id, edit, said = UNSEEN[fault]
    for path in book.glob("*/*.ipynb"):
        if not path.name.startswith("03"):
            path.unlink()
    for language in LANGUAGES:
        change(book, cell_id, lambda cell, _: edit(cell), language)
    found = [line for line in check(book) if f"#{cell_id}" in line and said in line]
    assert len(found) == len(LANGUAGES)


@pytest.mark.planted
def test_missing_chapter_is_found(book):
    (book / "ko" / "03-simple-self-attention.ipynb").unlink()
    assert "ko/03-simple-self-attention.ipynb is missing" in missing_chapters(book)


def nbval(path: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbval", str(path)]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True)


@pytest.mark.planted
def test_nbval_catches_a_flipped_digit(book, tmp_path):
    path = shutil.copy(book / "en" / "03-simple-self-attention.ipynb", tmp_path / "whole.ipynb")
    change(book, "scores-loop", flip_digit, "en")
    flipped = shutil.copy(
        book / "en" / "03-simple-self-attention.ipynb", tmp_path / "flipped.ipynb"
    )
    assert nbval(Path(path)).returncode == 0
    failed = nbval(Path(flipped))
    assert failed.returncode == 1
    assert "1.4951" in failed.stdout and "1 failed" in failed.stdout


LOOK_AWAY = [
    *({"tags": [tag]} for tag in metadata_tags),
    *({"source": f"# {mark}"} for mark in comment_markers),
    *({"source": f"#{mark.lower().replace('_', '-')}"} for mark in comment_markers),
]


@pytest.mark.planted
@pytest.mark.parametrize("way", LOOK_AWAY, ids=str)
def test_every_way_to_look_away_is_found(way, book):
    def edit(cell, _):
        cell["metadata"].update({"tags": way["tags"]} if "tags" in way else {})
        cell["source"] = (
            [f"{way['source']}\n", *cell["source"]] if "source" in way else cell["source"]
        )

    change(book, "scores-loop", edit, "en")
    place = "en/03-simple-self-attention.ipynb#scores-loop tells nbval to look away"
    assert any(line.startswith(place) for line in not_run(book))


@pytest.mark.planted
@pytest.mark.parametrize("inside", [False, True], ids=["the file", "a cell"])
def test_line_ends_of_windows_are_found(inside, book):
    path = book / "ko" / "03-simple-self-attention.ipynb"
    if inside:
        change(book, "scores", lambda c, _: c.update(source=["a\r\n", "b"]), "ko")
    else:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert any(line.startswith("ko/03-simple-self-attention") for line in not_canonical(book))


BROKEN = {
    "no JSON": lambda text: text[:500],
    "a bad byte": lambda text: text.replace("self", "\udcff", 1),
    "no ids": lambda text: re.sub(r'\n *"id": "[^"]*",', "", text),
    "not valid": lambda text: text.replace('"output_type": "stream"', '"output_type": "river"'),
    "no cells": lambda text: '{"cells": {}}',
}


@pytest.mark.planted
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_notebook_is_named_and_the_others_are_checked(how, language, book):
    for path in book.glob("*/*.ipynb"):
        if path.name[:2] not in ("02", "03"):
            path.unlink()
    path = book / language / "03-simple-self-attention.ipynb"
    path.write_bytes(BROKEN[how](path.read_text("utf-8")).encode("utf-8", "surrogateescape"))
    (fault,) = unreadable(book)
    assert f"{language}/03-simple-self-attention.ipynb" in fault and len(fault) < 400
    fresh = book / "ko" / "02-softmax.ipynb"
    fresh.write_text(fresh.read_text("utf-8").replace('"id": "title"', '"id": "3f2a-"'), "utf-8")
    for check in CHECKS:
        check(book)
    assert any("ko/02-softmax.ipynb#3f2a-" in line for line in badly_made(book))


@pytest.mark.planted
def test_a_broken_notebook_stops_no_other(tmp_path):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "print(1)", "outputs": [],
            "execution_count": 1}  # fmt: skip
    for name, text in (("a", "{"), ("b", canonical({"cells": [cell]}))):
        (tmp_path / f"{name}.ipynb").write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-c", ROOT / "pyproject.toml"]
    done = subprocess.run([*command, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "1 failed, 1 error" in done.stdout and "a.ipynb" in done.stdout


def test_stream_pieces_are_joined():
    pieces = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("a", ["b\n"])]
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1}
    stored = json.loads(canonical({"cells": [{**cell, "outputs": pieces}]}))
    assert [output["text"] for output in stored["cells"][0]["outputs"]] == [["ab\n"]]


def test_generated_pages_are_current():
    assert (ROOT / "README.md").read_text("utf-8") == readme(repository()), "run make sync"
    for language in LANGUAGES:
        page = (CHAPTERS / language / "glossary.md").read_text("utf-8")
        assert page == glossary_page(language), f"glossary in {language}: run make sync"

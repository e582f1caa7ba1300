"""sync.py: never writes over what a person wrote, and names what it cannot run."""

import json
import re
import shutil
import time

import pytest

from tools.notebooks import CHAPTERS, ROOT, TRANSLATIONS, canonical, front_matter, read, source_hash
from tools.running import RunError, run
from tools.sync import SyncError, drops, mark_translated, sync, sync_chapter, unkept
from tools.written import give_ids

NAME = "03-simple-self-attention.ipynb"


def edit(path, change) -> bytes:
    """Change a notebook as some editor would; return what it then holds."""
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")
    return path.read_bytes()


def cell(notebook, name):
    return next(one for one in notebook["cells"] if one["id"] == name)


def new_ids(notebook):
    for number, one in enumerate(notebook["cells"]):
        one["id"] = f"{number:08x}"


def no_ids(notebook):
    notebook["nbformat_minor"] = 4
    for one in notebook["cells"]:
        del one["id"]


def paste(notebook):
    cell(notebook, "scores")["attachments"] = {"image.png": {"image/png": "iVBORw0KGgo="}}


def extra(kind, source):
    def add(notebook):
        one = {"cell_type": kind, "id": "mine", "metadata": {}, "source": [source]}
        if kind == "code":
            one |= {"execution_count": None, "outputs": []}
        notebook["cells"].insert(5, one)

    return add


def add_to(name, source):
    return lambda notebook: cell(notebook, name)["source"].append(source)


# What somebody did -> (in which language, how, the cell that has to be named, what is said).
WRITTEN = {
    "new ids in English": ("en", new_ids, "ja/03", "Take back the old: --ids"),
    "new ids in a translation": ("ja", new_ids, "#00000000", "English has no such cell"),
    "no ids in English": ("en", no_ids, "en/03", "--ids en/03"),
    "no ids in a translation": ("ko", no_ids, "ko/03", "--ids ko/03"),
    "an id twice": ("zh", lambda n: cell(n, "scores").update(id="title"), "zh/03", "its own"),
    "a pasted image in English": ("en", paste, "en/03.*#scores", "image.png"),
    "a pasted image in a translation": ("zh", paste, "zh/03.*#scores", "image.png"),
    "prose in one language": ("ko", extra("markdown", "여기만"), "ko/03.*#mine", "no such cell"),
    "code in one language": ("ja", extra("code", "x = 1"), "ja/03.*#mine", "no such cell"),
    "a raw cell": ("en", extra("raw", "\\newpage"), "en/03.*#mine", "a raw cell"),
    "code in one language's way": ("zh", add_to("scores-loop", "\nx = 1"), "#scores-loop", "code"),
    "more in the setup cell": ("en", add_to("setup", "\nx = 1"), "en/03.*#setup", "x = 1"),
    "a package of one's own": (
        "en", add_to("setup", "\n%pip install mine"), "en/03.*#setup", "%pip install mine",
    ),
    "a part of a cell that no cell has": (
        "ja", lambda n: cell(n, "scores").update(comment="mine"), "#scores", "comment",
    ),
    "a part of a file that none has": ("ko", lambda n: n.update(notes="mine"), "ko/03", "notes"),
    "more in a badge": ("ja", add_to("badge", " 私の"), "ja/03.*#badge", "私の"),
    "metadata of a cell": (
        "en", lambda n: cell(n, "scores")["metadata"].update(slideshow={}), "#scores", "slideshow",
    ),
    "metadata of a notebook": (
        "ja", lambda n: n["metadata"].update(authors=["me"]), "ja/03", "authors",
    ),
    "a tag in one language": (
        "ko", lambda n: cell(n, "scores")["metadata"].update(tags=["mine"]), "#scores", "mine",
    ),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("what", WRITTEN)
def test_what_a_person_wrote_stops_it(what, book):
    language, change, place, said = WRITTEN[what]
    held = edit(book / language / NAME, change)
    with pytest.raises((SyncError, ValueError)) as stopped:
        sync_chapter(book / "en" / NAME, book, "https://github.com/a/b")
    assert re.search(place, str(stopped.value)) and said in str(stopped.value)
    assert (book / language / NAME).read_bytes() == held
    for other in {"en", *TRANSLATIONS} - {language}:
        assert (book / other / NAME).read_bytes() == (CHAPTERS / other / NAME).read_bytes()


CELL = b'{"metadata": {}, "cells": [{"id": "a", "source": [], "execution_count": 1, %s}]}'
NO_NOTEBOOK = [
    b"\xff\xfe{}", b'{"cells": [', b"[]", b"", b'{"cells": 3}', b"[" * 100_000,
    CELL % b'"cell_type": "code", "metadata": {}, "outputs": null',
    CELL % b'"cell_type": "markdown", "metadata": {"tags": [{}]}',
    CELL % b'"cell_type": "markdown", \n<<<<<<< HEAD\n"metadata": {}',
]  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("content", NO_NOTEBOOK)
def test_what_is_no_notebook_is_named(content, book):
    (book / "ja" / NAME).write_bytes(content)
    with pytest.raises(ValueError, match=r"ja/03-simple-self-attention\.ipynb.*last version"):
        unkept(book / "en" / NAME, book)


def test_the_book_holds_nothing_that_sync_would_write_over():
    assert [one for path in CHAPTERS.glob("en/*.ipynb") for one in unkept(path, CHAPTERS)] == []


def test_what_editors_note_for_themselves_stops_nothing(book):
    def noted(notebook):
        notebook["metadata"] |= {"vscode": {}, "toc-showcode": True}
        cell(notebook, "scores")["metadata"]["jp-MarkdownHeadingCollapsed"] = True
        cell(notebook, "scores")["metadata"].update(collapsed=True, id="x1")

    edit(book / "ja" / NAME, noted)
    assert unkept(book / "en" / NAME, book) == []


def test_what_english_dropped_goes_if_it_was_english_too(book):
    edit(book / "en" / NAME, lambda n: n["cells"].remove(cell(n, "scores-loop")))  # code
    assert unkept(book / "en" / NAME, book) == []
    edit(book / "en" / NAME, lambda n: n["cells"].remove(cell(n, "read-scores")))  # prose
    places = [f"{language}/{NAME}#read-scores" for language in TRANSLATIONS]
    assert [one.place for one in unkept(book / "en" / NAME, book)] == places
    for language in TRANSLATIONS[1:]:

        def still_english(notebook):
            one = cell(notebook, "read-scores")
            one["metadata"] = {"untranslated": source_hash("As it was.")}
            one["source"] = ["As it was."]

        edit(book / language / NAME, still_english)
    assert [one.place for one in unkept(book / "en" / NAME, book)] == places[:1]
    paths = [book / "en" / NAME]
    assert drops([places[0]], paths, book) == drops([f"ja/{NAME}"], paths, book) == {places[0]}
    with pytest.raises(SyncError, match="nothing stands there"):
        drops([f"ja/{NAME}#scores"], paths, book)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("change", [new_ids, no_ids])
def test_ids_can_be_taken_back(change, language, book):
    path = book / language / NAME
    edit(path, change)
    assert "has the ids of" in give_ids(f"{language}/{NAME}", book)
    assert canonical(read(path)) == (CHAPTERS / language / NAME).read_text("utf-8")


@pytest.mark.planted
@pytest.mark.parametrize("pair", [("scores-loop", "weights-by-softmax"), ("scores", "read-scores")])
def test_ids_are_not_given_to_cells_in_another_order(pair, book):
    def moved(notebook):
        one, other = (notebook["cells"].index(cell(notebook, name)) for name in pair)
        cells = notebook["cells"]
        cells[one], cells[other] = cells[other], cells[one]
        new_ids(notebook)

    held = edit(book / "ja" / NAME, moved)
    with pytest.raises(ValueError, match=r"03-simple-self-attention: cell \d+ is not the one"):
        give_ids("ja/03-simple-self-attention", book)
    assert (book / "ja" / NAME).read_bytes() == held


@pytest.mark.parametrize(
    "address",
    [
        "../../ja/03-simple-self-attention#scores",
        "ja/../ja/03-simple-self-attention#scores",
        "/ja/03-simple-self-attention#scores",
        "en/03-simple-self-attention#scores",
        "ja/03-simple-self-attention#nowhere",
        "ja/03-simple-self-attention#badge",
        "ja/03-simple-self-attention#scores-loop",
        "ja/no-such-chapter#scores",
        "../../README",
        "ja/../../../README",
        "ja/no-such-page",
        "ja",
        "",
    ],
)
def test_translated_takes_only_what_it_says(address, book):
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    with pytest.raises(SyncError, match=re.escape(f"--translated {address}")):
        mark_translated(address, book)
    assert before == {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}


def test_translated(book):
    edit(book / "en" / NAME, add_to("read-scores", " A new sentence."))
    mark_translated("ja/03-simple-self-attention#read-scores", book)
    english = cell(read(book / "en" / NAME), "read-scores")["source"]
    own = cell(read(book / "ja" / NAME), "read-scores")
    assert own["metadata"]["source_hash"] == source_hash(english)
    edit(book / "ja" / NAME, lambda n: cell(n, "read-scores").update(source=[english]))
    with pytest.raises(SyncError, match="still in English"):
        mark_translated("ja/03-simple-self-attention#read-scores", book)


def test_translated_page_keeps_its_own_lines(book):
    page = book / "ja" / "index.md"
    body = front_matter(page.read_text("utf-8"))[1]
    page.write_text(f"---\n# mine\nsource_hash: old\n---\n{body}", "utf-8")
    mark_translated("ja/index", book)
    current = source_hash(front_matter((book / "en" / "index.md").read_text("utf-8"))[1])
    assert page.read_text("utf-8") == f"---\n# mine\nsource_hash: {current}\n---\n{body}"


def code_cell(name, source):
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source,
            "execution_count": None, "outputs": []}  # fmt: skip


BAD = {
    "still running after 9 s": "while True: pass",
    "its kernel died": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "printed more than 5 MB": "print('x' * 100_000_000)",
    "ZeroDivisionError": "1 / 0",
    "wrote to stderr": "import sys\nprint('mind', file=sys.stderr)",
}


@pytest.mark.planted
@pytest.mark.parametrize("said", BAD)
def test_a_run_that_goes_wrong_is_named_in_bounded_time(said, tmp_path):
    (tmp_path / "en").mkdir()
    cells = [code_cell("good", "x = 1"), code_cell("bad", BAD[said])]
    began = time.monotonic()
    with pytest.raises(RunError, match=rf"en/01-one\.ipynb#bad.* {said}|#bad: {said}"):
        run({"cells": cells, "metadata": {}}, tmp_path / "en" / "01-one.ipynb", seconds=9)
    assert time.monotonic() - began < 60


def test_the_other_chapters_go_on(tmp_path, capsys):
    folder = tmp_path / "chapters"
    (folder / "en").mkdir(parents=True)
    shutil.copy(CHAPTERS / "glossary.toml", folder)
    shutil.copy(ROOT / "README.md", tmp_path)
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# One"]}
    for number, source in enumerate(["print(1)", "import time; time.sleep(99)", "print(3)"], 1):
        cells = [title, code_cell("one", source)]
        path = folder / "en" / f"0{number}-one.ipynb"
        path.write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
    held = (folder / "en" / "02-one.ipynb").read_bytes()
    (folder / "en" / "04-one.ipynb").write_bytes(b"\xff")
    failed = sync([], folder, seconds=9)
    assert len(failed) == 3  # 02, 04, and with them the README's table of chapters
    assert "02-one is as it was: en/02-one.ipynb#one was still running after 9 s" in failed[0]
    assert "04-one" in failed[1] and "04-one" in failed[2]
    assert (folder / "en" / "02-one.ipynb").read_bytes() == held
    for number in (1, 3):
        for language in ("en", *TRANSLATIONS):
            stored = read(folder / language / f"0{number}-one.ipynb")
            assert cell(stored, "one")["outputs"][0]["text"] == [f"{number}\n"]

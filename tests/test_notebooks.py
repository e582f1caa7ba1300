"""Every stored notebook: run from top to bottom, in canonical form, one code in all languages.

Each check returns the faults it finds, each naming its notebook and cell; each is also
given a planted fault, which it has to find.
"""

import ast
import inspect
import itertools
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import comment_markers, metadata_tags

from helpers import attention, block, positions, pure, translate
from helpers.language import LANGUAGES
from tests.test_chapter_code import code_difference
from tools.addresses import repository
from tools.notebooks import (
    CHAPTERS,
    ROOT,
    SOURCE,
    TRANSLATIONS,
    canonical,
    chapters,
    lagging,
    read,
)
from tools.sync import glossary_page, readme, with_generated

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w]|\.\d)", re.ASCII)
DECIMAL = re.compile(r"(?<![\w.])[-−]?\d+\.\d+(?:e[-+]?\d+)?(?![\w]|\.\d)", re.ASCII)


def fault_of(path: Path) -> str:
    """Say why a file is no notebook that the book can read; nothing if it is one."""
    return _fault_of(path, path.stat().st_mtime_ns, path.stat().st_size)


@cache
def _fault_of(path: Path, *_version: int) -> str:
    try:
        notebook = read(path)
        nbformat.validate({**notebook, "nbformat": 4, "nbformat_minor": 5})
    except (ValueError, nbformat.ValidationError) as error:
        name = f"{path.parent.name}/{path.name}"
        said = str(error).splitlines()[0]
        said = said if len(said) < 300 else f"{said[:100]} … {said[-100:]}"
        return said if name in said else f"{name} is not a valid notebook: {said}; mend it"
    return ""


def sound(language: str, folder: Path) -> list[Path]:
    """Return the chapters of a language that can be read; `unreadable` names the others."""
    return [
        path
        for path in chapters(language, folder)
        if not fault_of(path)
        and not ((english := folder / SOURCE / path.name).exists() and fault_of(english))
    ]


def unreadable(folder: Path) -> list[str]:
    """Files that are no valid notebooks. The other checks leave them out."""
    paths = [path for language in LANGUAGES for path in chapters(language, folder)]
    return [fault for path in paths if (fault := fault_of(path))]


def each(folder: Path):
    """Yield (name, notebook) of every chapter in every language."""
    for language in LANGUAGES:
        for path in sound(language, folder):
            yield f"{language}/{path.name}", read(path)


def pairs(folder: Path):
    """Yield (name, English notebook, translated notebook)."""
    for language in TRANSLATIONS:
        for path in sound(language, folder):
            english = folder / SOURCE / path.name
            if english.exists():
                yield f"{language}/{path.name}", read(english), read(path)


def missing_chapters(folder: Path) -> list[str]:
    """Chapters that stand in some languages and not in all."""
    names = {code: {path.name for path in chapters(code, folder)} for code in LANGUAGES}
    every = sorted(set().union(*names.values()))
    return [
        f"{code}/{name} is missing" for name in every for code in names if name not in names[code]
    ]


def unlike_english(folder: Path) -> list[str]:
    """Cells whose ids, order, types or tags differ from the English notebook."""
    found = []
    for name, english, own in pairs(folder):
        shape = [
            (cell["id"], cell["cell_type"], cell["metadata"].get("tags"))
            for cell in english["cells"]
        ]
        have = [
            (cell["id"], cell["cell_type"], cell["metadata"].get("tags")) for cell in own["cells"]
        ]
        for a, b in itertools.zip_longest(shape, have):
            if a != b:
                found.append(f"{name}: English has cell {a}, here stands {b}")
                break
    return found


def other_code(folder: Path) -> list[str]:
    """Code cells that differ from the English ones by more than the language code."""
    found = []
    for name, english, own in pairs(folder):
        code = name.split("/")[0]
        sources = {
            cell["id"]: cell["source"] for cell in english["cells"] if cell["cell_type"] == "code"
        }
        for cell in own["cells"]:
            if cell["cell_type"] != "code":
                continue
            expected = sources.get(cell["id"], "")
            if cell["id"] == "setup":
                expected = expected.replace('set_language("en")', f'set_language("{code}")')
            if cell["source"] != expected:
                found.append(f"{name}#{cell['id']}: the code differs from English")
    return found


def text_of(output: dict) -> str:
    """Return all the text that an output shows."""
    if output["output_type"] == "stream":
        return "".join(output["text"])
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    parts = [
        "".join(value) for mime, value in output["data"].items() if mime.startswith("text/plain")
    ]
    for mime in ("text/html", "image/svg+xml"):
        markup = "".join(output["data"].get(mime, ""))
        markup = re.sub(r"<(script|style|defs)\b.*?</\1>", " ", markup, flags=re.DOTALL)
        parts.append(re.sub(r"<[^>]*>", " ", markup))
    return "\n".join(parts)


def numbers(cell: dict) -> Counter:
    """Return the numbers that the outputs of a cell show.

    Where words stand beside them (pictures, feedback) only decimals count: a small whole
    number may be a word in one language and a figure in another.
    """
    found = Counter()
    for output in cell["outputs"]:
        words = "check." in cell["source"] or set(output.get("data", {})) - {"text/plain"}
        found.update((DECIMAL if words else NUMBER).findall(text_of(output)))
    return found


def other_numbers(folder: Path) -> list[str]:
    """Code cells whose outputs show other numbers than the English ones."""
    found = []
    for name, english, own in pairs(folder):
        expected = {cell["id"]: cell for cell in english["cells"] if cell["cell_type"] == "code"}
        for cell in own["cells"]:
            if cell["cell_type"] != "code" or cell["id"] not in expected:
                continue
            here, there = numbers(cell), numbers(expected[cell["id"]])
            if here != there:
                what = ", ".join(sorted((here - there) | (there - here)))
                found.append(f"{name}#{cell['id']}: numbers differ from English: {what}")
    return found


def looks_away(cell: dict) -> bool:
    """Say whether a code cell tells nbval not to run or compare it, in any of its ways."""
    markers = {mark.lower().replace("_", "-") for mark in comment_markers} | {"raises-exception"}
    tags = {tag.lower().replace("_", "-") for tag in cell["metadata"].get("tags", [])}
    comments = re.findall(r"#\s*([\w-]+)", cell["source"].lower().replace("_", "-"))
    return bool(markers & {*tags, *comments}) or any("nbval" in one for one in {*tags, *comments})


def shown_otherwise(folder: Path) -> list[str]:
    """Outputs of another kind than the code makes, which nbval takes for the same."""
    found = []
    for name, notebook in each(folder):
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            place = f"{name}#{cell['id']}"
            kinds = Counter(output["output_type"] for output in cell["outputs"])
            asked = re.search(r"\bdisplay\(|\bshow\(", cell["source"])
            if kinds["display_data"] and not asked:
                found.append(f"{place} stores display_data, and nothing displays: run make sync")
            if kinds["execute_result"] and not ends_in_a_value(cell["source"]):
                found.append(f"{place} stores a result, and its last line has none: run make sync")
            if kinds["execute_result"] > 1:
                found.append(f"{place} stores two results of one cell: run make sync")
    for name, english, own in pairs(folder):
        expected = {cell["id"]: kinds_of(cell) for cell in english["cells"]}
        for cell in own["cells"]:
            if kinds_of(cell) != expected.get(cell["id"], kinds_of(cell)):
                found.append(
                    f"{name}#{cell['id']}: kinds of outputs differ from English: make sync"
                )
    return found


def kinds_of(cell: dict) -> list[tuple]:
    """Return the kinds of a cell's outputs, with their media types."""
    return [(one["output_type"], *sorted(one.get("data", {}))) for one in cell.get("outputs", [])]


def ends_in_a_value(source: str) -> bool:
    """Say whether the last statement of a cell is an expression, whose value IPython shows."""
    plain = "\n".join(
        "pass" if line.startswith(("%", "!")) else line for line in source.split("\n")
    )
    try:
        return isinstance(ast.parse(plain).body[-1], ast.Expr)
    except (SyntaxError, IndexError):
        return True  # IPython's own syntax


def not_run(folder: Path) -> list[str]:
    """Cells that nbval would not compare, or whose outputs no reader should see."""
    found = []
    for name, notebook in each(folder):
        counts = []
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            place = f"{name}#{cell['id']}"
            counts.append(cell["execution_count"])
            if cell["execution_count"] is None:
                found.append(f"{place} was never run: nbval would compare nothing")
            for output in cell["outputs"]:
                if output["output_type"] == "error" or output.get("name") == "stderr":
                    found.append(f"{place} stores an error or stderr")
            if looks_away(cell):
                found.append(f"{place} tells nbval to look away: take the tag or comment out")
        if None not in counts and counts != list(range(1, len(counts) + 1)):
            found.append(f"{name} was not run from top to bottom")
    return found


def not_canonical(folder: Path) -> list[str]:
    """Notebooks that `make sync` would write differently without running them."""
    url = repository()
    found = []
    for language in LANGUAGES:
        for path in sound(language, folder):
            notebook = read(path)
            if canonical(notebook) != path.read_bytes().decode("utf-8"):
                found.append(f"{language}/{path.name} is not in canonical form: run make sync")
            for cell in notebook["cells"]:
                if "\r" in cell["source"]:
                    place = f"{language}/{path.name}#{cell['id']}"
                    found.append(f"{place} has line ends of Windows (CR LF): take them out")
            for old, new in zip(
                notebook["cells"],
                with_generated(notebook, language, path.name, url)["cells"],
                strict=False,
            ):
                if (old["id"], old["source"]) != (new["id"], new["source"]):
                    found.append(
                        f"{language}/{path.name}#{new['id']} is out of date: run make sync"
                    )
                    break
    return found


def derives(cell: dict, file: str) -> set[str]:
    """Return the functions and classes of the package that a code cell of a chapter defines."""
    defined = set(re.findall(r"^(?:def|class) (\w+)", cell["source"], flags=re.MULTILINE))
    return defined & set(package_code(file))


def badly_made(folder: Path) -> list[str]:
    """Cells without a readable id, headings not at the top of their cell, cells too long.

    A class of the package stands in one cell, however long it is.
    """
    found = []
    for name, notebook in each(folder):
        for cell in notebook["cells"]:
            place = f"{name}#{cell['id']}"
            if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell["id"]):
                found.append(f"{place}: the id is not made of words")
            if cell["cell_type"] == "markdown":
                outside = re.sub(r"```.*?```", "", cell["source"], flags=re.DOTALL)
                heads = [m.start() for m in re.finditer(r"^#{1,6} ", outside, flags=re.MULTILINE)]
                if any(heads) or len(heads) > 1:
                    found.append(f"{place}: a heading stands alone at the top of its cell")
            elif cell["source"].count("\n") > 24 and not derives(cell, Path(name).name):
                found.append(f"{place}: more than 25 lines of code")
    return found


def prose(source: str) -> str:
    """Return a markdown cell without its code and the targets of its links."""
    source = re.sub(r"```.*?```|`[^`]*`", " ", source, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|<[^>]*>|https?://\S+", " ", source)


def value(number: str) -> float:
    return float(number.replace("−", "-"))


def unprinted(folder: Path) -> list[str]:
    """Decimal numbers in prose that no cell of the notebook prints; sources count sections.

    A translated cell that lags behind its English keeps the numbers of then.
    """
    found = []
    for name, notebook in each(folder):
        behind = lagging(folder / name)
        shown = " ".join(
            text_of(output) for cell in notebook["cells"] for output in cell.get("outputs", [])
        )
        printed = {value(n) for n in re.findall(r"[-−]?\d+\.\d*(?:e[-+]?\d+)?", shown)}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown" and cell["id"] not in {"sources", *behind}:
                for number in DECIMAL.findall(prose(cell["source"])):
                    if value(number) not in printed:
                        found.append(f"{name}#{cell['id']}: no cell prints {number}")
    return found


# module -> how the chapters that derive it begin
DERIVED_IN = {
    attention: "0",
    block: "1",
    pure.forward: "10",
    pure.backward: "11",
    positions: "12",
    translate: "13",
}


def package_code(file: str = "") -> dict[str, object]:
    """Return the public functions and classes that a chapter derives, by name; of all chapters
    where no file name is given."""
    return {
        name: thing
        for module, chapter in DERIVED_IN.items()
        if not file or file.startswith(chapter)
        for name, thing in vars(module).items()
        if inspect.getmodule(thing) is module and callable(thing) and not name.startswith("_")
    }


def other_package_code(folder: Path) -> list[str]:
    """Definitions that a chapter derives and the package has otherwise, or no chapter derives."""
    found, derived = [], set()
    for path in sound(SOURCE, folder):
        code = package_code(path.name)
        for cell in read(path)["cells"]:
            if cell["cell_type"] != "code" or cell["id"].startswith("exercise-"):
                continue
            for name in derives(cell, path.name):
                derived.add(name)
                if difference := code_difference(cell["source"], code[name]):
                    found.append(f"en/{path.name}#{cell['id']}: {name} differs:\n{difference}")
    return found + [f"no chapter derives {name}" for name in sorted(set(package_code()) - derived)]


CHECKS = [
    unreadable,
    shown_otherwise,
    missing_chapters,
    unlike_english,
    other_code,
    other_numbers,
    not_run,
    not_canonical,
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

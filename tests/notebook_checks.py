"""What can be wrong with the stored notebooks: each check returns the faults it finds, by cell."""

import ast
import inspect
import itertools
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat
from nbval.plugin import comment_markers

from helpers import attention, block, positions, pure, translate
from helpers.language import LANGUAGES
from tests.test_chapter_code import code_difference
from tools.addresses import repository
from tools.notebooks import (
    SOURCE,
    TRANSLATIONS,
    canonical,
    chapters,
    lagging,
    read,
)
from tools.sync import with_generated

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w]|\.\d)", re.ASCII)
# What nobody sees, or takes for another letter: control characters, spaces of no width or other
# widths, full-width and Cyrillic letters. (Full-width punctuation is meant.)
ODD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    "\u0400-\u052f\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\ufff9-\ufffd]"
)
# HTML, pictures, footnotes, and what somebody wanted to come back to.
NOT_PLAIN = re.compile(r"<[A-Za-z/!][^>]*>|!\[|\[\^|<{7}|>{7}|\b(?:TODO|FIXME)\b")
COMPARED = {"text/plain", "text/html", "image/svg+xml"}  # nbval passes over pictures of pixels
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
            for mime in sorted({m for o in cell["outputs"] for m in o.get("data", {})} - COMPARED):
                found.append(f"{place} stores {mime}, which no run compares: take it out")
            if kinds["execute_result"] and cell["outputs"][-1]["output_type"] != "execute_result":
                found.append(f"{place} stores its result before what it shows: run make sync")
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
                if output.get("execution_count", counts[-1]) != counts[-1]:
                    found.append(f"{place} stores the result of another run: run make sync")
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


def badly_hidden(folder: Path) -> list[str]:
    """Cells hidden from readers, but for the set-up and the solutions, and solutions in sight."""
    found = []
    for name, notebook in each(folder):
        for cell in notebook["cells"]:
            hidden = cell["cell_type"] == "code" and re.fullmatch("setup|.*-solution", cell["id"])
            tags, place = cell["metadata"].get("tags", []), f"{name}#{cell['id']}"
            if tags != (["hide-cell"] if hidden else []):
                rule = "set-up and solutions have the tag hide-cell, and no cell has another"
                found.append(f"{place} has the tags {tags}: {rule}")
            if not hidden and {"jupyter", "cellView"} & set(cell["metadata"]):
                found.append(f"{place} is hidden by its metadata (jupyter, cellView): take it out")
    return found


def badly_made(folder: Path) -> list[str]:
    """Cells without a readable id, headings not at the top of their cell, cells too long, said
    twice, or with letters that nobody sees or that look like others.

    A class of the package stands in one cell, however long it is.
    """
    found = []
    for name, notebook in each(folder):
        said = {}  # a long paragraph -> where it stands
        for cell in notebook["cells"]:
            place = f"{name}#{cell['id']}"
            if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell["id"]):
                found.append(f"{place}: the id is not made of words")
            for letter in sorted(set(ODD.findall(cell["source"]))):
                found.append(f"{place}: has {unicodedata.name(letter, 'a control character')} "
                             f"(U+{ord(letter):04X}): type that place anew")  # fmt: skip
            if not cell["source"].strip():
                found.append(f"{place}: is empty, take the cell out")
            if cell["cell_type"] == "markdown":
                plain = re.sub(r"```.*?```|`[^`]*`|\$[^$]*\$", " ", cell["source"], flags=re.DOTALL)
                if mark := NOT_PLAIN.search(plain):
                    found.append(f"{place}: prose is plain Markdown, take {mark[0]!r} out")
                for part in cell["source"].split("\n\n"):
                    if len(part) > 60 and part in said:
                        found.append(f"{place}: says again what {said[part]} says: take one out")
                    said[part] = place
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

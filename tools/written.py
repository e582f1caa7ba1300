"""What a person wrote into a notebook and `make sync` would not keep: it stops there instead.

Sync writes outputs, badge and setup cells, and the code of translations. All else is somebody's
own, and what is not understood is treated as such.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from helpers.language import LANGUAGES
from tools.notebooks import (
    CELL_METADATA,
    CHAPTERS,
    GENERATED,
    SOURCE,
    read,
    source_hash,
    write,
)

# What Jupyter, Colab and VS Code note for themselves: nobody wrote it.
EDITORS_CELL = {"collapsed", "scrolled", "editable", "deletable", "trusted", "execution", "id",
                "ExecuteTime", "colab", "colab_type", "outputId", "vscode", "executionInfo",
                "jp-MarkdownHeadingCollapsed", "heading_collapsed", "pycharm"}  # fmt: skip
EDITORS_NOTEBOOK = {"kernelspec", "language_info", "colab", "accelerator", "gpuClass", "vscode",
                    "orig_nbformat", "celltoolbar", "widgets", "kernel_info", "anaconda-cloud",
                    "toc-autonumbering", "toc-showcode", "toc-showmarkdowntxt",
                    "toc-showtags"}  # fmt: skip
KINDS = {"markdown", "code"}
NOTEBOOK = {"cells", "metadata", "nbformat", "nbformat_minor"}
CELL = {"cell_type", "id", "metadata", "source", "outputs", "execution_count", "attachments"}


class Unkept(NamedTuple):
    """What sync would not keep: where (ja/03-slug#cell), what, and what to do about it."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def not_understood(name: str, notebook: dict) -> list[Unkept]:
    """Return what a notebook holds that the book has no place for."""
    found = [
        Unkept(name, f"the notebook has metadata {key!r}, which sync does not know; remove it")
        for key in sorted(set(notebook["metadata"]) - EDITORS_NOTEBOOK)
    ]
    for key in sorted(set(notebook) - NOTEBOOK):
        found.append(Unkept(name, f"the file has {key!r}, which no notebook has; remove it"))
    for cell in notebook["cells"]:
        place = f"{name}#{cell['id']}"
        for key in sorted(set(cell) - CELL):
            found.append(Unkept(place, f"{key!r}, which no cell has; remove it"))
        if cell["cell_type"] not in KINDS:
            what = f"a {cell['cell_type']} cell; make it Markdown or code, or remove it"
            found.append(Unkept(place, what))
        if cell.get("attachments"):
            pictures = ", ".join(sorted(cell["attachments"]))
            what = f"a pasted image ({pictures}) has no source and no words in other languages; "
            found.append(Unkept(place, what + "draw it in a code cell with helpers, or remove it"))
        for key in sorted(set(cell["metadata"]) - {*CELL_METADATA, *EDITORS_CELL}):
            what = f"metadata {key!r}, which sync does not know; remove it"
            found.append(Unkept(place, what))
    return found


def only_here(name: str, notebooks: dict[str, dict], template: str) -> list[Unkept]:
    """Return what stands in one language alone and sync would write over.

    What was once carried from English stands in the other translations as well. `name` is the
    chapter's, `notebooks` are those of the languages that have it, English among them.
    """
    found = []
    english = {cell["id"]: cell for cell in notebooks[SOURCE]["cells"]}
    for language, notebook in notebooks.items():
        others = [one for code, one in notebooks.items() if code not in (language, SOURCE)]
        twins: dict[str, list[dict]] = {}
        for cell in (cell for other in others for cell in other["cells"]):
            twins.setdefault(cell["id"], []).append(cell)
        for cell in notebook["cells"]:
            place = f"{language}/{name}#{cell['id']}"
            if cell["id"] in GENERATED:
                known = [one for other in notebooks.values() if other is not notebook
                         for one in other["cells"] if one["id"] == cell["id"]]  # fmt: skip
                if own := own_words(cell["source"], [template, *(one["source"] for one in known)]):
                    what = f"sync writes this cell; put {own!r} into a cell of its own"
                    found.append(Unkept(place, what))
            elif language != SOURCE and (
                what := own_cell(cell, english.get(cell["id"]), twins.get(cell["id"], []))
            ):
                found.append(Unkept(place, what))
    return found


def own_words(source: str, known: list[str]) -> str:
    """Return the first thing in a badge or setup cell that neither sync nor a language knows."""
    rest = re.sub(r"\[[^]]*\]\([^)]*\)", "", source)  # a link of a badge
    mechanics = (
        r'%pip install -q --no-deps git\+.*|tag = !git .*|book = ".*|except ModuleNotFoundError.*'
    )
    mechanics += r'|helpers\.set_language\("\w*"\)'
    lines = {line.strip() for text in known for line in text.splitlines()}
    for line in map(str.strip, rest.splitlines()):
        if line.strip("· ") and line not in lines and not re.fullmatch(mechanics, line):
            return line
    return ""


def own_cell(cell: dict, english: dict | None, twins: list[dict]) -> str:
    """Say what a cell of a translation has of its own that the English would replace, if any."""
    source = cell["source"].strip("\n")
    carried = {twin["source"].strip("\n") for twin in twins}
    if english is None:
        if not source or cell["metadata"].get("untranslated") == source_hash(source):
            return ""
        if cell["cell_type"] == "code" and source in carried:
            return ""
        what = "English has no such cell; give it the id of its English cell"
        return f"{what}, put it into the one that it belongs to, or drop it"
    if cell["cell_type"] != english["cell_type"]:
        what = f"{cell['cell_type']} here, {english['cell_type']} in English"
        return f"{what}; give it another id, or drop it" if source not in carried else ""
    if cell["cell_type"] == "code" and source not in {*carried, english["source"].strip("\n")}:
        return (
            "code that is neither English's nor another language's; change the English, or drop it"
        )
    known = [one["metadata"].get("tags", []) for one in (english, *twins)]
    own = set(cell["metadata"].get("tags", [])) - {tag for tags in known for tag in tags}
    return (
        f"tags {sorted(own)} of its own; give them to the English cell, or drop them" if own else ""
    )


def misplaced(cells: list[dict], models: list[dict]) -> int:
    """Return the number of the first cell that is another one than its model, as far as one sees.

    That is: code of another cell, or a heading of another level. Cells count from 1; 0: none.
    """
    code = {model["source"].strip() for model in models if model["cell_type"] == "code"}
    for number, (cell, model) in enumerate(zip(cells, models, strict=True), 1):
        own, its = "".join(cell["source"]).strip(), model["source"].strip()
        if cell["cell_type"] == "code":
            other = own != its and own in code
        else:
            other = re.match("#*", own)[0] != re.match("#*", its)[0]
        if other:
            return number
    return 0


def give_ids(address: str, folder: Path = CHAPTERS) -> str:
    """Give the cells of a notebook the ids of the same chapter in another language.

    Raises:
        ValueError: there is no such notebook, or none with the same kinds of cells in order.
    """
    place = re.fullmatch(rf"({'|'.join(LANGUAGES)})/([\w-]+)(?:\.ipynb)?", address, re.ASCII)
    path = folder / place[1] / f"{place[2]}.ipynb" if place else None
    if path is None or not path.exists():
        raise ValueError(f"there is no chapter {address}; expected something like ja/03-slug")
    notebook = json.loads(path.read_text("utf-8"))
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    for language in dict.fromkeys([SOURCE, *LANGUAGES]):
        other = folder / language / path.name
        if other == path or not other.exists():
            continue
        cells = read(other)["cells"]
        if [cell["cell_type"] for cell in cells] == kinds:
            if number := misplaced(notebook["cells"], cells):
                raise ValueError(
                    f"{address}: cell {number} is not the one that stands there in {language}, so "
                    "ids would go astray; put it back in its place for now, or write ids by hand"
                )
            for cell, model in zip(notebook["cells"], cells, strict=True):
                cell["id"] = model["id"]
            notebook["nbformat_minor"] = max(5, notebook.get("nbformat_minor", 5))
            write(path, json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
            return f"{address} has the ids of {language}: look at it, then make sync"
    count = ", ".join(f"{number} {kind}" for kind, number in Counter(kinds).items())
    raise ValueError(
        f"{address} has {count} cells, and no other language the same in that order: "
        'add or remove cells until it has, or write the ids by hand ("id", beside "cell_type")'
    )

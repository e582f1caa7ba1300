"""Before Sphinx reads a page: notebook cells and Markdown as their page shows them.

SVG figures go into the page itself, so that they follow its colours; passages that lag behind
the English say so; a Markdown page shows the stored output of a notebook where it asks for it.
"""

import html
import json
import math
import re
from pathlib import Path

from sphinx.application import Sphinx

from helpers.language import text
from tools.notebooks import SOURCE, lagging
from tools.site.answers import exercise_name, field, is_unanswered

OUTPUT = re.compile(r"<!-- output: ([\w-]+)#([\w-]+) -->")
SETUP_CELL = "setup"
LEAST_LETTER = 9  # pixels


def note(key: str, language: str) -> str:
    """Return a short remark about the translation, as a block of HTML in Markdown."""
    return f'<p class="lag" data-pagefind-ignore>{html.escape(text(f"site.{key}", language))}</p>\n'


def after_heading(source: str, addition: str) -> str:
    """Insert a block after the heading with which a Markdown text begins, or before the text."""
    first, _, rest = source.partition("\n")
    if first.startswith("#"):
        return f"{first}\n\n{addition}\n{rest}"
    return f"{addition}\n{source}"


def inline_figure(svg: str, prefix: str) -> str:
    """Return an SVG for the page itself: page colours, and ids that no other figure has."""
    svg = svg[svg.index("<svg") :]
    opening, rest = svg.split(">", 1)
    opening = re.sub(r'\sstyle="[^"]*"', "", opening)  # a white ground, for viewers without themes
    svg = f"{opening}>{rest}"
    ids = set(re.findall(r'\sid="([^"]+)"', svg))
    svg = re.sub(
        r'(\s(?:id|aria-labelledby|aria-describedby)=")([^"]+)"', rf'\g<1>{prefix}-\g<2>"', svg
    )
    svg = re.sub(
        r'(url\(#|href="#)([^")]+)',
        lambda m: m[1] + (f"{prefix}-{m[2]}" if m[2] in ids else m[2]),
        svg,
    )
    return f'<figure class="drawing" style="--least:{least_width(svg)}px">{svg.strip()}</figure>'


def least_width(svg: str) -> int:
    """Return the pixels below which a drawing's smallest letters would be unreadable."""
    # An index is set in em, as a part of the letters it belongs to.
    sizes = re.findall(r'font-size(?:="|:\s*)([\d.]+)(?![\d.]|em)', svg)
    letters = [float(size) for size in sizes]
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+)', svg)
    return math.ceil(float(box[1]) * LEAST_LETTER / min(letters)) if box and letters else 0


def page_cell(cell: dict, language: str, lag: str | None, exercise: str = "") -> dict:
    """Return a cell of a notebook as the page shows it; a solution says which exercise's it is."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        if lag:
            source = after_heading(source, note(lag, language))
        if source.startswith("#"):
            source = after_heading(source, f"<!-- #{cell['id']} -->\n")
        return {**cell, "source": source}
    outputs = []
    for number, output in enumerate(cell["outputs"]):
        svg = output.get("data", {}).get("image/svg+xml")
        if svg:
            figure = inline_figure("".join(svg), f"{cell['id']}-{number}")
            output = {**output, "data": {"text/html": figure}}
        outputs.append(output)
    words = {}
    if "hide-cell" in cell["metadata"].get("tags", []):
        key = "show_setup" if cell["id"] == SETUP_CELL else "show_solution"
        shown = html.escape(text(f"site.{key}", language) + (exercise and f" · {exercise}"))
        words = {"mystnb": {"code_prompt_show": shown, "code_prompt_hide": shown}}
    return {**cell, "metadata": {**cell["metadata"], **words}, "outputs": outputs}


def page_notebook(
    notebook: dict, language: str, lags: dict[str, str], repository: str, path: str
) -> dict:
    """Return a notebook, which stands at `chapters/<path>`, as its page shows it."""
    cells = [cell for cell in notebook["cells"] if cell["id"] != "badge"]
    prose = [cell["id"] for cell in cells if cell["cell_type"] == "markdown"]
    behind = [lags.get(name) == "untranslated" for name in prose]
    if behind and all(behind[1:] or behind):  # say it once, though the title is translated
        lags = {prose[0]: "untranslated_page"}
    exercises, shown = exercise_of_solution(cells), []
    for cell in cells:
        exercise = exercise_name(cell)
        if exercise:  # its output asks to run the cell, which a page cannot
            left = [one for one in cell["outputs"] if not is_unanswered(one, language)]
            cell = {**cell, "outputs": left}
        shown.append(page_cell(cell, language, lags.get(cell["id"]), exercises.get(cell["id"], "")))
        if exercise:
            shown.append(field(cell, exercise, language, repository, path))
    speaks = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}  # !git, %pip
    return {**notebook, "cells": shown, "metadata": {**notebook["metadata"], **speaks}}


def exercise_of_solution(cells: list[dict]) -> dict[str, str]:
    """Return the cell ids of solutions -> the heading of their exercise, without its first word.

    `exercise-rows-solution` belongs to the section `exercise-rows`, else to the one it stands in.
    """
    found, headings, last = {}, {}, ""
    for cell in cells:
        first = "".join(cell["source"]).partition("\n")[0]
        if cell["cell_type"] == "markdown" and first.startswith("#"):
            last = re.split(r"[:：]\s*", first.lstrip("# "), maxsplit=1)[-1]
            headings[cell["id"]] = last = re.sub(r"[*`$]", "", last)
        name = cell["id"].removesuffix("-solution")
        if name != cell["id"]:
            found[cell["id"]] = headings.get(name, last)
    return found


def stored_output(path: Path, cell_id: str) -> str:
    """Return the HTML that a cell of a notebook has as its stored output.

    Raises:
        ValueError: the notebook has no such output.
    """
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["id"] == cell_id:
            for output in cell.get("outputs", []):
                if "text/html" in output.get("data", {}):
                    return "".join(output["data"]["text/html"])
    raise ValueError(f"{path.name} has no stored output in HTML at cell {cell_id!r}")


def read_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Rewrite a page's source for the site: notebooks as `page_notebook` says, pages likewise."""
    path = Path(app.env.doc2path(docname))
    language = app.config.book_language
    if language != SOURCE:
        english = path.parent.parent / SOURCE / path.name
        if english.exists():  # what lags is read off the English: a change there concerns this page
            app.env.note_dependency(str(english))
    lags = lagging(path)
    if path.suffix == ".ipynb":
        place = f"{language}/{path.name}"
        notebook = page_notebook(
            json.loads(source[0]), language, lags, app.config.book_repository, place
        )
        source[0] = json.dumps(notebook, ensure_ascii=False)
        return
    if lags:
        text_ = re.sub(r"\A---\n.*?\n---\n", "", source[0], flags=re.DOTALL).lstrip()
        source[0] = after_heading(text_, note(f"{lags['']}_page", language))

    def output(found: re.Match) -> str:
        notebook = path.parent / f"{found[1]}.ipynb"
        app.env.note_dependency(str(notebook))
        # One line, so that no blank line ends the block of HTML.
        return re.sub(r"\n\s*\n", "\n", f"<div>{stored_output(notebook, found[2])}</div>")

    source[0] = OUTPUT.sub(output, source[0]).replace("{repository}", app.config.book_repository)

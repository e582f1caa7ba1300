"""Make the stored notebooks true: `make sync`, or `python -m tools.sync [CHAPTER ...]`.

Runs the English chapters, carries their code to the translations, keeps the translated
prose by cell id, runs the translations, and stores the outputs, all in one canonical
form: a second run changes nothing. Also writes what has one source elsewhere: badge and setup
cells (repository.url and runners in _config.yml), the README's chapter table, the glossary pages.

    python -m tools.sync 03                      only chapters whose name begins with 03
    python -m tools.sync --translated ja/03-simple-self-attention#scores
                                                 say that this cell says again what the English says
"""

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import helpers
from helpers.language import LANGUAGES, text
from tools.addresses import repository, runner_links
from tools.kernels import fork_kernels
from tools.notebooks import (
    CHAPTERS,
    GENERATED,
    ROOT,
    SOURCE,
    TRANSLATIONS,
    canonical,
    chapters,
    front_matter,
    glossary,
    lagging,
    read,
    source_hash,
    write,
)

SETUP = """\
try:
    import helpers
except ModuleNotFoundError:  # Colab
    %pip install -q --no-deps git+{url}@{tag}
    import helpers

helpers.set_language("{language}")"""


class SyncError(Exception):
    """Something a person has to mend; the message says what and where."""


def generated_cell(name: str, language: str, file: str, url: str) -> dict:
    """Return one of the cells that sync writes: the links to where it runs, or the setup cell."""
    if name == "badge":
        source = " · ".join(
            f"[{text('site.open_in', language, runner=runner)}]({address})"
            for runner, address in runner_links(url, f"{language}/{file}").items()
        )
        return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}
    source = SETUP.format(url=url, tag=f"v{helpers.__version__}", language=language)
    metadata = {"tags": ["hide-cell"]}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, "outputs": []}


def with_generated(notebook: dict, language: str, file: str, url: str) -> dict:
    """Return the notebook with its badge and setup cells as they should be today."""
    cells = [cell for cell in notebook["cells"] if cell["id"] != "badge"]
    for index, cell in enumerate(cells):
        if cell["id"] == "setup":
            cells[index] = generated_cell("setup", language, file, url)
            break
    else:
        first = next((i for i, cell in enumerate(cells) if cell["cell_type"] == "code"), len(cells))
        cells.insert(first, generated_cell("setup", language, file, url))
    cells.insert(1, generated_cell("badge", language, file, url))
    return {**notebook, "cells": cells}


def carried(english: dict, translation: dict | None, language: str, file: str, url: str) -> dict:
    """Return the translation with English's cells and code, and its own prose where it has some."""
    own = {cell["id"]: cell for cell in (translation or {"cells": []})["cells"]}
    cells = []
    for cell in english["cells"]:
        if cell["id"] in GENERATED:
            cells.append(generated_cell(cell["id"], language, file, url))
        elif cell["cell_type"] == "code":
            cells.append({**cell, "outputs": []})
        else:
            cells.append(carried_prose(cell, own.get(cell["id"])))
    return {**english, "cells": cells}


def carried_prose(english: dict, own: dict | None) -> dict:
    """Return the prose cell of a translation: its own text, or English marked as such."""
    tags = {"tags": english["metadata"]["tags"]} if english["metadata"].get("tags") else {}
    current = source_hash(english["source"])
    if own is None or own["cell_type"] != "markdown":
        return {**english, "metadata": {**tags, "untranslated": current}}
    metadata = own["metadata"]
    if "source_hash" in metadata:
        return {**own, "metadata": {**tags, "source_hash": metadata["source_hash"]}}
    if metadata.get("untranslated") == source_hash(own["source"]):  # still the English of then
        return {**english, "metadata": {**tags, "untranslated": current}}
    return {**own, "metadata": {**tags, "source_hash": current}}


def run(notebook: dict, path: Path) -> dict:
    """Return the notebook with the outputs of a run from top to bottom.

    Raises:
        SyncError: a cell raised, or wrote to stderr.
    """
    node = nbformat.from_dict({**notebook, "nbformat": 4, "nbformat_minor": 5})
    client = NotebookClient(
        node,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    name = f"{path.parent.name}/{path.name}"
    try:
        client.execute()
    except CellExecutionError as error:
        failed = [
            cell["id"]
            for cell in node.cells
            if any(output.output_type == "error" for output in cell.get("outputs", []))
        ]
        raise SyncError(f"{name}, cell {failed}: {error.ename}: {error.evalue}") from None
    for cell in node.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise SyncError(f"{name}, cell {cell['id']} wrote to stderr:\n{output['text']}")
    return node


def sync_chapter(path: Path, folder: Path, url: str) -> list[str]:
    """Bring one chapter into line in every language; return what was written or is worth saying."""
    english = with_generated(read(path), SOURCE, path.name, url)
    notebooks = {SOURCE: english}
    said = []
    for language in TRANSLATIONS:
        own_path = folder / language / path.name
        own = read(own_path) if own_path.exists() else None
        notebooks[language] = carried(english, own, language, path.name, url)
        kept = {cell["id"] for cell in english["cells"]}
        for cell in own["cells"] if own else []:
            if cell["id"] not in kept:
                said.append(
                    f"dropped {language}/{path.name}#{cell['id']}: English has no such cell"
                )
    with ThreadPoolExecutor(max_workers=2) as pool:
        runs = {
            language: pool.submit(run, notebook, folder / language / path.name)
            for language, notebook in notebooks.items()
        }
        texts = {language: canonical(done.result()) for language, done in runs.items()}
    for language, whole in texts.items():
        if write(folder / language / path.name, whole):
            said.append(f"wrote {language}/{path.name}")
    return said


def glossary_page(language: str, folder: Path = CHAPTERS) -> str:
    """Return the glossary page of a language, made from chapters/glossary.toml."""
    page = [f"# {text('site.glossary', language)}", text("site.glossary_intro", language)]
    for name, words in glossary(folder).items():
        page += [f"## {words[language]['term']}", f"<!-- #{name} -->"]
        if language != SOURCE:
            page.append(f'<span lang="{SOURCE}">{words[SOURCE]["term"]}</span>')
        page.append(words[language]["definition"])
    return (
        "<!-- written by make sync from chapters/glossary.toml -->\n\n" + "\n\n".join(page) + "\n"
    )


def chapter_table(url: str, folder: Path = CHAPTERS) -> str:
    """Return the README's table of chapters, each with links to where it runs, per language."""
    rows = ["| chapter | " + " | ".join(words.name for words in LANGUAGES.values()) + " |"]
    rows.append("|---" * (1 + len(LANGUAGES)) + "|")
    for path in chapters(SOURCE, folder):
        title = read(path)["cells"][0]["source"].removeprefix("# ")
        links = [
            " · ".join(
                f"[{runner}]({address})"
                for runner, address in runner_links(url, f"{language}/{path.name}").items()
            )
            for language in LANGUAGES
        ]
        rows.append(f"| {path.name[:2]} {title} | " + " | ".join(links) + " |")
    return "\n".join(rows)


def readme(url: str, root: Path = ROOT) -> str:
    """Return README.md with its table of chapters as it should be today."""
    begin, end = "<!-- chapters: written by make sync -->\n", "\n<!-- /chapters -->"
    current = (root / "README.md").read_text("utf-8")
    pattern = re.escape(begin) + ".*?" + re.escape(end.strip("\n"))
    table = begin + chapter_table(url, root / "chapters") + end
    return re.sub(pattern, lambda _: table, current, flags=re.DOTALL)


def sync_pages(url: str, root: Path = ROOT) -> list[str]:
    """Write the pages that have their one source elsewhere; return what changed."""
    pages = {root / "README.md": readme(url, root)}
    for language in LANGUAGES:
        path = root / "chapters" / language / "glossary.md"
        pages[path] = glossary_page(language, root / "chapters")
    return [f"wrote {path.relative_to(root)}" for path, page in pages.items() if write(path, page)]


def mark_translated(address: str, folder: Path = CHAPTERS) -> str:
    """Note that the translation at `ja/03-slug#cell` (or `ja/index`) says what the English says.

    Raises:
        SyncError: there is no such page or cell.
    """
    place, _, cell_id = address.partition("#")
    if cell_id:
        path = folder / f"{place.removesuffix('.ipynb')}.ipynb"
        english = folder / SOURCE / path.name
        if not path.exists() or not english.exists():
            raise SyncError(f"there is no chapter {place}; expected something like ja/03-slug#cell")
        sources = {cell["id"]: cell["source"] for cell in read(english)["cells"]}
        notebook = read(path)
        for cell in notebook["cells"]:
            if cell["id"] == cell_id and cell_id in sources:
                cell["metadata"].pop("untranslated", None)
                cell["metadata"]["source_hash"] = source_hash(sources[cell_id])
                write(path, canonical(notebook))
                return f"{address} is up to date"
        raise SyncError(f"{place} has no cell {cell_id}")
    path = folder / f"{place.removesuffix('.md')}.md"
    if not path.exists() or not (folder / SOURCE / path.name).exists():
        raise SyncError(f"there is no page {place}; expected something like ja/index")
    matter, body = front_matter(path.read_text("utf-8"))
    english_body = front_matter((folder / SOURCE / path.name).read_text("utf-8"))[1]
    matter["source_hash"] = source_hash(english_body)
    head = yaml.safe_dump(matter, allow_unicode=True, sort_keys=False, width=1000)
    write(path, f"---\n{head}---\n{body}")
    return f"{address} is up to date"


def sync(names: list[str], folder: Path = CHAPTERS) -> None:
    """Bring the chapters whose names begin with one of `names` (default: all) into line."""
    url = repository()
    paths = [p for p in chapters(SOURCE, folder) if not names or p.name.startswith(tuple(names))]
    if not paths:
        raise SyncError(f"no English chapter begins with {' or '.join(names)}")
    for path in paths:
        print(f"{path.stem} ...", flush=True)
        for line in sync_chapter(path, folder, url):
            print(f"  {line}")
    for line in sync_pages(url, folder.parent):
        print(line)
    for language in TRANSLATIONS:
        for path in chapters(language, folder):
            if not (folder / SOURCE / path.name).exists():
                print(
                    f"  {language}/{path.name} has no English chapter: delete it, or restore that"
                )
            elif behind := lagging(path):
                names = ", ".join(list(behind)[:4]) + (", ..." if len(behind) > 4 else "")
                print(f"  {language}/{path.name} lags in {len(behind)} cells: {names}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", help="beginnings of chapter names; default: all")
    parser.add_argument("--translated", metavar="LANG/PAGE#CELL", action="append", default=[])
    arguments = parser.parse_args()
    try:
        for address in arguments.translated:
            print(mark_translated(address))
        if not arguments.translated:
            fork_kernels()
            sync(arguments.chapters)
    except (SyncError, ValueError) as error:
        sys.exit(f"sync stopped, the chapter is as it was: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

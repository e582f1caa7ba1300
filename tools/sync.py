"""Make the stored notebooks true: `make sync`, or `python -m tools.sync [CHAPTER ...]`.

Runs the English chapters, carries their code to the translations, keeps the translated
prose by cell id, runs the translations, and stores the outputs, all in one canonical
form: a second run changes nothing. Also writes what has one source elsewhere: badge and setup
cells (repository.url and runners in _config.yml), the README's chapter table, the glossary pages.
Where it would write over something that a person wrote, it leaves the chapter as it was and says
which cell and what to do; the other chapters go on.

    python -m tools.sync 03                      only chapters whose name begins with 03
    python -m tools.sync --translated ja/03-simple-self-attention#scores
                                                 say that this cell says again what the English says
    python -m tools.sync --drop ja/03-simple-self-attention#old 03
                                                 what stands there in Japanese alone may go
    python -m tools.sync --ids ja/03-simple-self-attention
                                                 give the cells their ids back
"""

import argparse
import contextlib
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
    still_english,
    write,
    write_all,
)
from tools.running import CELL_SECONDS, run
from tools.written import Unkept, give_ids, not_understood, only_here

SETUP = """\
try:
    import helpers
    import torch
except ModuleNotFoundError as missing:
    if missing.name != "helpers":
        raise
    book = "{url}"  # Colab
    tag = !git ls-remote --tags {{book}} {tag}
    %pip install -q --no-deps git+{{book}}{{"@{tag}" if tag else ""}}
    import helpers

if not hasattr(helpers, "set_language"):
    raise ImportError(f"rename this, it hides the book's: {{helpers}}")
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
    source = setup_source(url, language)
    metadata = {"tags": ["hide-cell"]}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, "outputs": []}


def setup_source(url: str, language: str) -> str:
    """Return the setup cell: fetch the book's package where it is missing, choose the language.

    Where only the branch has been pushed there is no tag of this version, and the branch serves.
    """
    return SETUP.format(url=url, tag=f"v{helpers.__version__}", language=language)


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
    # Written over the English of then.
    return {**own, "metadata": {**tags, "source_hash": metadata.get("untranslated", current)}}


def stored(path: Path, folder: Path) -> dict[str, dict]:
    """Return the notebooks of a chapter that there are, by language."""
    places = {language: folder / language / path.name for language in LANGUAGES}
    return {language: read(place) for language, place in places.items() if place.exists()}


def unkept(path: Path, folder: Path) -> list[Unkept]:
    """Return what a chapter holds, in any language, that `sync_chapter` would write over."""
    own = stored(path, folder)
    found = []
    for language, notebook in own.items():
        found += not_understood(f"{language}/{path.name}", notebook)
    return found + only_here(path.name, own, setup_source(repository(), SOURCE))


def sync_chapter(
    path: Path, folder: Path, url: str, dropped: set[str] = frozenset(), seconds=CELL_SECONDS
) -> list[str]:
    """Bring one chapter into line in every language; return what was written or is worth saying.

    Raises:
        ValueError: it cannot be run, or something a person wrote would be lost and is not in
            `dropped`. The chapter is as it was.
    """
    places = {language: folder / language / path.name for language in LANGUAGES}
    held = {place: place.read_bytes() for place in places.values() if place.exists()}
    found = unkept(path, folder)
    said = [f"dropped {one.place}" for one in found if one.place in dropped]
    if lost := [one for one in found if one.place not in dropped]:
        shown = "\n    ".join(map(str, lost[:8]))
        more = f"\n    and {len(lost) - 8} more" if len(lost) > 8 else ""
        many = f"\n    New ids? Take back the old: --ids {lost[0].place.partition('#')[0]}"
        many = many if sum("no such cell" in one.what for one in lost) > 3 else ""
        raise SyncError(
            f"this would be lost:\n    {shown}{more}{many}\n"
            f"    To drop what may go: python -m tools.sync --drop '{lost[0].place}' {path.stem}"
        )
    english = with_generated(read(path), SOURCE, path.name, url)
    notebooks = {SOURCE: english}
    for language in TRANSLATIONS:
        own_path = places[language]
        own_path.parent.mkdir(parents=True, exist_ok=True)  # a new language
        own = read(own_path) if own_path.exists() else None
        notebooks[language] = carried(english, own, language, path.name, url)
    pool = ThreadPoolExecutor(max_workers=2)
    try:
        runs = {
            language: pool.submit(run, notebook, places[language], seconds)
            for language, notebook in notebooks.items()
        }
        texts = {language: canonical(done.result()) for language, done in runs.items()}
    except BaseException as error:  # who interrupts it does not wait for the cells at work
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    pool.shutdown()
    for place in places.values():
        if held.get(place) != (place.read_bytes() if place.exists() else None):
            name = f"{place.parent.name}/{place.name}"
            raise SyncError(f"{name} was saved while its cells ran; run sync again")
    written = write_all({places[language]: whole for language, whole in texts.items()})
    return said + [f"wrote {place.parent.name}/{place.name}" for place in written]


def glossary_page(language: str, folder: Path = CHAPTERS) -> str:
    """Return the glossary page of a language, made from chapters/glossary.toml."""
    page = [f"# {text('site.glossary', language)}", text("site.glossary_intro", language)]
    for name, words in glossary(folder).items():
        page += [f"## {words[language]['term']}", f"<!-- #{name} -->"]
        if language != SOURCE:
            page.append(f'<span lang="{SOURCE}">{words[SOURCE]["term"]}</span>')
        page.append(words[language]["definition"])
        if aliases := words[language].get("aliases"):
            between = "、" if language in ("ja", "zh") else ", "
            page.append(text("site.glossary_aliases", language, names=between.join(aliases)))
    return (
        "<!-- written by make sync from chapters/glossary.toml -->\n\n" + "\n\n".join(page) + "\n"
    )


def chapter_table(url: str, folder: Path = CHAPTERS) -> str:
    """Return the README's table of chapters, each with links to where it runs, per language."""
    rows = ["| chapter | " + " | ".join(words.name for words in LANGUAGES.values()) + " |"]
    rows.append("|---" * (1 + len(LANGUAGES)) + "|")
    for path in chapters(SOURCE, folder):
        title = read(path)["cells"][0]["source"].removeprefix("# ")
        number = path.name.partition("-")[0]
        links = [
            " · ".join(
                f"[{runner}]({address})"
                for runner, address in runner_links(url, f"{language}/{path.name}").items()
            )
            for language in LANGUAGES
        ]
        numbered = f"{number} {title}" if number.isdigit() else title
        rows.append(f"| {numbered} | " + " | ".join(links) + " |")
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
        SyncError: there is no such page or prose cell, or it is still in English.
    """
    shape = rf"({'|'.join(TRANSLATIONS)})/([\w-]+)(?:(?:\.ipynb)?#([\w-]+)|(?:\.md)?)"
    place = re.fullmatch(shape, address, re.ASCII)
    if not place:
        raise SyncError(
            f"--translated {address}: expected something like ja/03-slug#cell, ja/index"
        )
    language, slug, cell_id = place.groups()
    path = folder / language / f"{slug}{'.ipynb' if cell_id else '.md'}"
    english = folder / SOURCE / path.name
    if not path.exists() or not english.exists():
        what = "chapter" if cell_id else "page"
        raise SyncError(f"--translated {address}: there is no {what} {language}/{path.name}")
    if not cell_id:
        matter, body = front_matter(path.read_text("utf-8"))
        current = source_hash(front_matter(english.read_text("utf-8"))[1])
        if still_english(body, language):
            raise SyncError(f"--translated {address}: the page is still in English")
        head = yaml_line(path.read_text("utf-8"), matter, current)
        write(path, head + body)
        return f"{address} is up to date"
    sources = {cell["id"]: cell["source"] for cell in read(english)["cells"]}
    notebook = read(path)
    if lost := not_understood(f"{language}/{path.name}", notebook):
        raise SyncError("\n".join(map(str, lost)))
    for cell in notebook["cells"]:
        if cell["id"] == cell_id and cell_id in sources:
            if cell["cell_type"] != "markdown" or cell_id in GENERATED:
                raise SyncError(
                    f"--translated {address}: sync writes that cell, nobody translates it"
                )
            if still_english(cell["source"], language):
                raise SyncError(f"--translated {address}: the cell is still in English")
            cell["metadata"].pop("untranslated", None)
            cell["metadata"]["source_hash"] = source_hash(sources[cell_id])
            write(path, canonical(notebook))
            return f"{address} is up to date"
    raise SyncError(f"--translated {address}: {language}/{path.name} has no cell {cell_id}")


def yaml_line(text: str, matter: dict, current: str) -> str:
    """Return a page's front matter with its `source_hash` set, and every other line as it was."""
    body = front_matter(text)[1]
    lines = text[: len(text) - len(body)].splitlines() or ["---", "---"]
    line = f"source_hash: {current}"
    if "source_hash" in matter:
        lines = [line if old.startswith("source_hash:") else old for old in lines]
    else:
        lines.insert(-1, line)
    return "\n".join(lines) + "\n"


def drops(addresses: list[str], paths: list[Path], folder: Path) -> set[str]:
    """Return the cells that `--drop` names: one, or all that sync names in one notebook.

    Raises:
        SyncError: an address names nothing that sync would stop at.
    """
    places = []
    for path in paths if addresses else []:
        with contextlib.suppress(ValueError):
            places += [one.place for one in unkept(path, folder)]
    for address in addresses:
        if not [place for place in places if address in (place, place.partition("#")[0])]:
            raise SyncError(f"--drop {address}: nothing stands there that sync would stop at")
    return {p for p in places if p in addresses or p.partition("#")[0] in addresses}


def sync(
    names: list[str], folder: Path = CHAPTERS, drop: list[str] = (), seconds=CELL_SECONDS
) -> list[str]:
    """Bring the chapters whose names begin with one of `names` (default: all) into line.

    Returns:
        what a person has to mend; those chapters are as they were.
    """
    url = repository()
    paths = [p for p in chapters(SOURCE, folder) if not names or p.name.startswith(tuple(names))]
    if not paths:
        raise SyncError(f"no English chapter begins with {' or '.join(names)}")
    dropped = drops(drop, paths, folder)
    failed = []

    def attempt(name: str, work, *arguments) -> list[str]:
        try:
            return work(*arguments)
        except (ValueError, OSError, SyncError) as error:
            failed.append(f"{name} is as it was: {error}")
            return [f"stopped: {error}"]

    for path in paths:
        print(f"{path.stem} ...", flush=True)
        for line in attempt(path.stem, sync_chapter, path, folder, url, dropped, seconds):
            print(f"  {line}", flush=True)
    for line in attempt("README.md or a glossary", sync_pages, url, folder.parent):
        print(line)
    for language in TRANSLATIONS:
        for path in chapters(language, folder):
            name = f"{language}/{path.name}"
            if not (folder / SOURCE / path.name).exists():
                print(f"  {name} has no English chapter: call it as that is called, or delete it")
                continue
            if names and not path.name.startswith(tuple(names)):
                continue
            with contextlib.suppress(ValueError):  # named above, if it was asked for
                if behind := lagging(path):
                    cells = ", ".join(list(behind)[:4]) + (", ..." if len(behind) > 4 else "")
                    print(f"  {name} lags in {len(behind)} cells: {cells}")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", help="beginnings of chapter names; default: all")
    parser.add_argument("--translated", metavar="LANG/PAGE#CELL", action="append", default=[])
    parser.add_argument("--ids", metavar="LANG/CHAPTER", action="append", default=[])
    parser.add_argument("--drop", metavar="LANG/CHAPTER.ipynb[#CELL]", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=CELL_SECONDS, help="that a cell may take")
    arguments = parser.parse_args()
    try:
        for address in arguments.translated:
            print(mark_translated(address))
        for address in arguments.ids:
            print(give_ids(address))
        if arguments.translated or arguments.ids:
            return 0
        fork_kernels()
        failed = sync(arguments.chapters, drop=arguments.drop, seconds=arguments.seconds)
    except (SyncError, ValueError, OSError) as error:
        sys.exit(f"sync stopped, everything is as it was: {error}")
    except KeyboardInterrupt:
        print("\nInterrupted. The chapter at work is as it was.", file=sys.stderr, flush=True)
        os._exit(130)  # kernels end with this process
    if failed:
        print("\nNot everything is in line:\n" + "\n".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Chapters as the book keeps them: their places, their one canonical form, and which prose lags.

A chapter is `chapters/<language>/NN-slug.ipynb`, or `appendix-slug.ipynb`. English is the source.
Every translated markdown cell remembers a hash of the English cell it was written from
(`source_hash`); one that nobody has translated yet remembers the English it holds (`untranslated`).
Pages in Markdown (index.md) remember the same in their front matter.
"""

import contextlib
import hashlib
import json
import os
import re
import tomllib
from pathlib import Path

import yaml

from helpers.language import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
SOURCE = "en"
TRANSLATIONS = [code for code in LANGUAGES if code != SOURCE]
GENERATED = ("badge", "setup")  # cells that sync writes, in every language
CELL_METADATA = ("tags", "source_hash", "untranslated", "jupyter", "cellView")


def chapters(language: str, folder: Path = CHAPTERS) -> list[Path]:
    """Return the notebooks of a language in reading order, without what an editor hides there."""
    return sorted((folder / language).glob("[!.]*.ipynb"))


def read(path: Path) -> dict:
    """Read a notebook; every source becomes one string.

    Raises:
        ValueError: the file is not a notebook whose cells have ids of their own.
    """
    name = f"{path.parent.name}/{path.name}"
    content = path.read_bytes()
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        json.dumps(notebook, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{name}, line {line}: the byte {content[error.start]:#04x} is not UTF-8; "
            "save the file as UTF-8, or take back its last version"
        ) from None
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise ValueError(
            f"{name}: {half!r} is half a character, near "
            f"{error.object[max(0, error.start - 40) : error.start]!r}; write the whole one"
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{name}, line {error.lineno}: not a notebook, {error.msg} (column {error.colno}); "
            "mend that line, or take back the file's last version"
        ) from None
    except RecursionError:
        raise ValueError(
            f"{name} is not a notebook: brackets in brackets without end; "
            "take back the file's last version"
        ) from None
    seen = set()
    try:
        notebook["metadata"].items()
        for number, cell in enumerate(notebook["cells"], 1):
            place = f"{name}, cell {number} ({''.join(cell['source']).strip()[:40]!r})"
            if not cell.get("id"):
                raise ValueError(
                    f"{place} has no id: an older Jupyter saved this file, and translations hang "
                    f"on ids; `python -m tools.sync --ids {name}` gives the cells theirs again"
                )
            if cell["id"] in seen:
                raise ValueError(
                    f"{place} has the id {cell['id']!r}, as another cell has; give it its own"
                )
            seen.add(cell["id"])
            frozenset(cell["metadata"].get("tags", [])), cell["cell_type"]
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "code":
                iter(cell["outputs"]), cell["execution_count"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{name} is not a notebook: {error!r}; take back the file's last version"
        ) from None
    return notebook


def lines(text: str) -> list[str]:
    """Split as notebooks do: each line keeps its newline."""
    return text.splitlines(keepends=True)


def canonical_output(output: dict) -> dict:
    """Return an output with nothing in it that a second run could change."""
    kind = output["output_type"]
    if kind == "stream":
        return {"name": output["name"], "output_type": kind, "text": lines("".join(output["text"]))}
    if kind == "error":
        return {key: output[key] for key in ("ename", "evalue", "output_type", "traceback")}
    data = {
        mime: lines("".join(value)) if isinstance(value, str | list) else value
        for mime, value in sorted(output["data"].items())
    }
    result = {"data": data, "metadata": {}, "output_type": kind}
    if kind == "execute_result":
        result["execution_count"] = output["execution_count"]
    return result


def merged(outputs: list[dict]) -> list[dict]:
    """Join neighbouring pieces of one stream: where a kernel cuts it is chance."""
    joined: list[dict] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            joined[-1] = {**last, "text": "".join(last["text"]) + "".join(output["text"])}
        else:
            joined.append(output)
    return joined


def canonical(notebook: dict) -> str:
    """Return the one text in which a notebook is stored."""
    cells = []
    for cell in notebook["cells"]:
        metadata = {
            key: cell["metadata"][key] for key in CELL_METADATA if cell["metadata"].get(key)
        }
        if "hide-cell" in metadata.get("tags", []):  # collapsed in JupyterLab and Colab as well
            metadata["jupyter"] = {"source_hidden": True}
            metadata["cellView"] = "form"
        new = {"cell_type": cell["cell_type"], "id": cell["id"], "metadata": metadata}
        if cell["cell_type"] == "code":
            new["execution_count"] = cell.get("execution_count")
            new["outputs"] = [
                canonical_output(output) for output in merged(cell.get("outputs", []))
            ]
        new["source"] = lines("".join(cell["source"]).strip("\n"))
        cells.append(new)
    whole = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(path: Path, text: str) -> bool:
    """Write `text` to `path`, whole or not at all; return whether it changed anything."""
    return bool(write_all({path: text}))


def write_all(texts: dict[Path, str]) -> list[Path]:
    """Write every file, or none where there is no room for one; return those that changed.

    A link stays one: what it leads to is written. What a killed run left behind is removed.
    """
    places = {path: path.resolve() for path in texts}
    drafts = {path: place.with_name(f".{place.name}.draft") for path, place in places.items()}
    changed = []
    try:
        for path, text in texts.items():
            content = text.encode()
            if not (path.exists() and path.read_bytes() == content):
                path.parent.mkdir(parents=True, exist_ok=True)
                drafts[path].write_bytes(content)
                changed.append(path)
        for path in changed:
            os.replace(drafts[path], places[path])
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink()
    return changed


def source_hash(text: str) -> str:
    """Return the short hash by which a translation remembers its English."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


SCRIPTS = {"ja": "\u3040-\u30ff\u4e00-\u9fff", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff"}


def still_english(text: str, language: str) -> bool:
    """Say whether prose that should be in `language` has English words and no letter of its own.

    Code, formulas, links and emphasised examples are the same in every language.
    """
    text = re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"\[[^]]*\]\([^)]*\)|<[^>]*>|https?://\S+|\*[^*]+\*", " ", text)
    words = re.findall(r"[A-Za-z]{2,}", text)
    return len(words) > 2 and not re.search(f"[{SCRIPTS[language]}]", text)


def front_matter(text: str) -> tuple[dict, str]:
    """Split a Markdown page into its YAML front matter and the rest."""
    found = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    return (yaml.safe_load(found[1]) or {}, text[found.end() :]) if found else ({}, text)


def glossary(folder: Path = CHAPTERS) -> dict[str, dict[str, dict]]:
    """Return the table of terms: id -> language -> term, definition and what not to call it."""
    return tomllib.loads((folder / "glossary.toml").read_text("utf-8"))


def lagging(path: Path) -> dict[str, str]:
    """Return what lags behind the English in a translated chapter or page.

    Keys are cell ids ("" for a Markdown page), values "stale" or "untranslated". Cells
    that sync writes do not count; a page with no English beside it has nothing to lag behind.
    """
    english = path.parent.parent / SOURCE / path.name
    if path.parent.name == SOURCE or not english.exists():
        return {}
    if path.name == "glossary.md":  # made from the table, in which no language lags
        return {}
    if path.suffix == ".md":
        remembered = front_matter(path.read_text("utf-8"))[0].get("source_hash")
        current = source_hash(front_matter(english.read_text("utf-8"))[1])
        return {} if remembered == current else {"": "stale" if remembered else "untranslated"}
    sources = {cell["id"]: cell["source"] for cell in read(english)["cells"]}
    found = {}
    for cell in read(path)["cells"]:
        if cell["cell_type"] != "markdown" or cell["id"] in GENERATED:
            continue
        if cell["metadata"].get("source_hash") != source_hash(sources.get(cell["id"], "")):
            known = "source_hash" in cell["metadata"]
            found[cell["id"]] = "stale" if known else "untranslated"
    return found

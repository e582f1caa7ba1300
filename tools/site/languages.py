"""One Sphinx build per language, side by side, each in a process and a work folder of its own."""

import importlib
import io
import json
import multiprocessing
import os
import queue
import re
import shutil
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import yaml

from helpers.language import LANGUAGES
from tools.notebooks import ROOT, SOURCE, read
from tools.processes import end_with_parent
from tools.site import SiteError
from tools.site.answers import exercises
from tools.site.known import Known, digest


def readable(problems: str, folder: Path) -> str:
    """Return Sphinx's warnings with notebook lines as cells, and paths as one would type them."""

    def place(found: re.Match) -> str:
        path, number = Path(found[1]), int(found[2])  # myst-nb: 10000 times the cell, plus the line
        cells = [c["id"] for c in read(path)["cells"] if c["id"] != "badge"]
        index = number // 10000 - 1
        return f"{path}#{cells[index]}" if 0 <= index < len(cells) else str(path)

    problems = re.sub(r"\x1b\[[0-9;]*m", "", problems).strip()
    problems = re.sub(r"(/[^:\n]*\.ipynb):(\d+)", place, problems)
    return problems.replace(f"{folder.parent}{os.sep}", "")


def build_language(language: str, folder: Path, work: Path, said) -> None:
    """Build one language into work/html; report to the queue `said`. Runs in its own process."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if sys.platform == "linux":
        end_with_parent()
    began = time.monotonic()
    said_by_sphinx = io.StringIO()
    # sphinx_external_toc looks at every object there is, at torch's deprecated ones too.
    warnings.filterwarnings("ignore", category=FutureWarning, module="sphinx_external_toc")
    try:
        config, _ = get_final_config(
            user_yaml=ROOT / "_config.yml",
            cli_config={"latex_individualpages": False},
            sourcedir=ROOT,
        )
        config |= {
            "language": LANGUAGES[language].sphinx,
            "book_language": language,
            "book_site": True,
            "external_toc_path": str(work / "_toc.yml"),
            "html_static_path": [str(ROOT / "_static")],
            "templates_path": [str(ROOT / "_templates")],
        }
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                srcdir=folder / language,
                confdir=None,
                outdir=work / "html",
                doctreedir=work / "doctrees",
                buildername="html",
                confoverrides=config,
                status=None,
                warning=said_by_sphinx,
                warningiserror=True,
                keep_going=True,
            )
            counts = {"read": 0, "written": 0}

            def count(what: str, *_: object) -> None:
                counts[what] += 1

            app.connect("source-read", partial(count, "read"))
            app.connect("html-page-context", partial(count, "written"))
            app.build()
        problems = readable(said_by_sphinx.getvalue(), folder) if app.statuscode else ""
        said.put((language, problems, counts, time.monotonic() - began))
    except KeyboardInterrupt:
        pass
    except Exception as error:  # whatever it was, the reader of the message wants its words
        message = readable(f"{said_by_sphinx.getvalue()}\n{type(error).__name__}: {error}", folder)
        said.put((language, message, {}, time.monotonic() - began))


def preload() -> None:
    """Load what every language's process needs, once, before they part."""
    for name in ("jupyter_book.config", "myst_nb.sphinx_ext", "sphinx.application"):
        importlib.import_module(name)
    importlib.import_module("tools.site.extension")


def build_languages(folder: Path, work: Path, toc: dict, machinery: str) -> None:
    """Build every language side by side, each in a work folder that is kept for the next time.

    Raises:
        SiteError: a build failed; its work folder is gone, so that nothing half-made is reused.
    """
    made_from = machinery + json.dumps(toc)
    inputs, changed = {}, []
    for language in LANGUAGES:  # what lags is read off the English, terms off the glossary
        read_from = [folder / language, folder / SOURCE, *folder.glob("*.toml")]
        inputs[language] = made_from + digest(read_from, folder)
        own = work / language
        stamp = own / "made-from"
        known = stamp.read_text() if stamp.exists() else ""
        if known == inputs[language]:
            print(f"  {language}  as it was", flush=True)
            continue
        changed.append(language)
        if not known.startswith(made_from):
            shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)  # until the build has succeeded
        (own / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), "utf-8")
    preload()
    exercises(Known(work / "exercises.json", machinery))
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    said = context.Queue()
    processes = {
        language: context.Process(
            target=build_language, args=(language, folder, work / language, said)
        )
        for language in changed
    }
    failures = []
    try:
        for process in processes.values():
            process.start()
        waiting = set(processes)
        while waiting:
            try:
                language, problem, counts, seconds = said.get(timeout=1)
            except queue.Empty:
                for language in sorted(waiting):
                    if processes[language].exitcode not in (None, 0):
                        raise SiteError(f"{language}: the build process died") from None
                continue
            waiting.discard(language)
            if problem:
                failures.append(f"{LANGUAGES[language].name}:\n{problem}")
                shutil.rmtree(work / language, ignore_errors=True)
                print(f"  {language}  failed", flush=True)
            else:
                (work / language / "made-from").write_text(inputs[language])
                did = f"{counts['read']} pages read, {counts['written']} written"
                print(f"  {language}  {did}, {seconds:.1f} s", flush=True)
    finally:
        for process in processes.values():
            if process.is_alive():
                process.terminate()
            process.join()
    if failures:
        raise SiteError("\n\n".join(failures))

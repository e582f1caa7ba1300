"""One run of a chapter serves its four languages: the code is one, only the words differ.

A kernel of this class runs each cell as every kernel does, and records for the other languages
what the cell showed. Their kernels are sent the same code later: they show what was recorded,
and do not train again what has just been trained. Where a cell asks for the language
(`helpers.language.get_language`), the kernel forks there and then: in each fork the answer is
another language, and the rest of the cell goes on with it, to be recorded as well. Names that a
cell has given to words are kept with the record; a cell that uses one forks at its beginning, and
each fork gives them what they stand for in its language.

Where this cannot be, a kernel runs everything itself: where the code differs from the first run's,
after a cell that raised, and where a cell uses a name whose value cannot be kept.
"""

import base64
import contextlib
import dis
import gc
import hashlib
import json
import os
import pickle
import re
import sys
import threading
from pathlib import Path

from ipykernel.ipkernel import IPythonKernel

from tools.processes import end_with_parent

CHOICE = re.compile(r'(?<=set_language\(")\w+(?="\))')  # stands in a chapter's setup cell
SHOWN = {"stream", "display_data", "update_display_data", "execute_result", "clear_output"}
LARGE = 100_000  # bytes: a value from here on is not kept
DONE = {"status": "ok", "execution_count": 0, "user_expressions": {}, "payload": []}


class OneRunKernel(IPythonKernel):
    """An IPython kernel that shares its run with those of the other languages."""

    records: Path  # a folder: what was shown, one file per cell and language

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self._language = None  # no cell has chosen one yet
        self._alone = False  # runs everything itself from here on
        self._key = str(self.records)  # of all the code so far
        self._owed: list[str] = []  # cells that were shown from a record and not run
        self._words: dict[str, dict] = {}  # names that depend on it: their values, by language
        self._leading = self._asked = self._forked = False

    async def do_execute(self, code, silent, *arguments, **options):
        """Run a cell, or show what it showed in the run that has been."""
        if self._language is None and (choice := CHOICE.search(code)):
            self._language = choice[0]
        self._alone = self._alone or self._language is None or "await" in code
        if not silent and not self._alone:
            self._key = hashlib.sha256((self._key + CHOICE.sub("", code)).encode()).hexdigest()
            if (record := self._record(self._language)).exists():
                self._owed.append(code)
                for kind, content in json.loads(record.read_text("utf-8"))["shown"]:
                    self.send_response(self.iopub_socket, kind, content)
                return DONE
            used = self._words.keys() & _read_names(self.shell.transform_cell(code))
            values = [value for name in used for value in self._words[name].values()]
            self._alone = bool(self._owed) or not all(pickled for _, pickled in values)
        if self._owed:
            self._run_what_is_owed()
        running = super().do_execute(code, silent, *arguments, **options)
        return await (running if silent or self._alone else self._lead(running, bool(used)))

    def _record(self, language: str) -> Path:
        return self.records / f"{self._key}.{language}"

    def _write(self, language: str, shown: list, made: dict) -> None:
        part = self.records / f"{os.getpid()}.part"
        with contextlib.suppress(OSError):  # no room: the others run this themselves
            part.write_text(json.dumps({"shown": shown, "made": made}), "utf-8")
            part.replace(self._record(language))

    def _run_what_is_owed(self) -> None:
        with _Noting(self.session) as noting:
            noting.pass_on = False
            for code in self._owed:
                self.shell.run_cell(code, store_history=False)
        self._owed = []

    async def _lead(self, running, at_once: bool) -> dict:
        """Run a cell, and record what it shows in the other languages."""
        self._before = dict(self.shell.user_ns)
        self._leading, self._asked = True, False
        try:
            with _Noting(self.session) as self._noting:
                if at_once:
                    self._fork_languages()
                reply = await running
            self._leading = False
            made = self._made() if self._asked else {}
            if reply["status"] != "ok" or "helpers.language" not in sys.modules:
                self._alone = True
            elif self._forked:
                self._write(self._language, self._noting.shown, made)
            else:
                self._be_asked()
                if self._asked:
                    self._keep(made)
                else:
                    for name in self._bound() & self._words.keys():
                        del self._words[name]
                    for language in self._others():
                        self._write(language, self._noting.shown, {})
            return reply
        finally:
            if self._forked:
                os._exit(0)

    def _made(self) -> dict[str, list[str]]:
        """Return the values of the names that a cell has bound, and of those that were words."""
        names = self.shell.user_ns
        wanted = (self._bound() | self._words.keys()) & names.keys()
        return {name: _kept(names[name]) for name in wanted}

    def _bound(self) -> set[str]:
        """Return the names that stand for something else than before the cell."""
        names = self.shell.user_ns.items()
        bound = {name for name, value in names if self._before.get(name, names) is not value}
        return {name for name in bound if not name.startswith("_")}

    def _keep(self, made: dict[str, list[str]]) -> None:
        """Know from now on which of these names depend on the language."""
        records = [self._record(language) for language in self._others()]
        theirs = {
            record.suffix[1:]: json.loads(record.read_text("utf-8"))["made"]
            for record in records
            if record.exists()
        }
        for name, value in made.items():
            values = {language: names.get(name, ["", ""]) for language, names in theirs.items()}
            self._words.pop(name, None)
            if any(other[0] != value[0] for other in values.values()):
                self._words[name] = values

    def _restore(self) -> None:
        """Give the names that depend on the language what they stand for in this one."""
        for name in self._words.keys() - self._bound():
            if pickled := self._words[name][self._language][1]:
                self.shell.user_ns[name] = pickle.loads(base64.b64decode(pickled))

    def _others(self) -> list[str]:
        languages = sys.modules["helpers.language"].LANGUAGES
        return [language for language in languages if language != self._language]

    def _be_asked(self) -> None:
        """From now on, in this process, hear of each question for the language."""
        module = sys.modules["helpers.language"]
        if not hasattr(module, "_asking"):
            module._asking = self._fork_languages
            module.get_language.__code__ = _get_language.__code__

    def _fork_languages(self) -> None:
        """At a cell's first question: fork once per other language, and wait for its end."""
        if not self._leading or self._asked or threading.current_thread().name != "MainThread":
            return
        self._asked = True
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # collections would copy all memory that the forks share
        for language in self._others():
            if fork := os.fork():
                os.waitpid(fork, 0)
                continue
            self._forked = True
            end_with_parent()
            gc.disable()
            self._language = sys.modules["helpers.language"]._current = language
            self._restore()
            self._noting.pass_on = False
            for stream in self._noting.streams:
                stream.flush = lambda: None
                stream.write = self._noting.writer(stream.name)
            return


def _get_language() -> str:
    _asking()  # noqa: F821 - this code runs as get_language, in its module
    return _current  # noqa: F821


def _kept(value) -> list[str]:
    """Return what tells a value from others, and the value pickled, if it can be kept."""
    content, pickled = repr(type(value)).encode(), ""
    with contextlib.suppress(Exception):  # what cannot be pickled counts by its type
        content = pickle.dumps(value)
        pickled = base64.b64encode(content).decode() if len(content) < LARGE else ""
    return [hashlib.sha256(content).hexdigest(), pickled]


def _read_names(code: str) -> set[str]:
    """Return the global names that a cell reads before it has bound them itself."""
    read: set[str] = set()
    bound: set[str] = set()

    def look(block) -> None:
        for step in dis.get_instructions(block):
            if step.opname == "STORE_NAME" and block.co_name == "<module>":
                bound.add(step.argval)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                read.update({step.argval} - bound)
            elif hasattr(step.argval, "co_code"):  # a function or a class
                look(step.argval)

    with contextlib.suppress(SyntaxError):  # the cell will tell of it
        look(compile(code, "cell", "exec"))
    return read


class _Noting:
    """Within it, what a session sends for a reader to see is noted."""

    def __init__(self, session) -> None:
        self.pass_on = True
        self.shown: list[tuple[str, dict]] = []
        self.streams = [sys.stdout, sys.stderr]
        self._session, self._send = session, session.send

    def __enter__(self) -> "_Noting":
        self._session.send = self._note
        return self

    def __exit__(self, *_) -> None:
        for stream in self.streams:
            stream.flush()
        del self._session.send

    def _note(self, stream, message, content=None, *rest, **options):
        whole = isinstance(message, dict)
        kind = message["header"]["msg_type"] if whole else message
        if kind in SHOWN:
            self.shown.append((kind, message["content"] if whole else content))
        if self.pass_on:
            return self._send(stream, message, content, *rest, **options)

    def writer(self, name: str):
        """Return the `write` of a standard stream in a fork, where nothing is sent."""

        def write(text: str) -> int:
            self.shown.append(("stream", {"name": name, "text": text}))
            return len(text)

        return write

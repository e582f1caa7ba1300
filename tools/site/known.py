"""What was read off a page that has not changed since, so that an edit costs its own page alone."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tools.notebooks import ROOT, write


class Known:
    """Results by kind and content, kept in a file from one build to the next.

    `made_by` stands for the code that computes them: another one, and nothing is known.
    """

    def __init__(self, file: Path | None = None, made_by: str = "") -> None:
        self.file, self.made_by = file, made_by
        kept = json.loads(file.read_text("utf-8")) if file and file.exists() else {}
        self.old = kept.get("results", {}) if kept.get("made_by") == made_by else {}
        self.results: dict[str, object] = {}

    def of(self, kind: str, content: bytes, compute: Callable[[str], object]) -> object:
        """Return compute(content), from the last build if that had the same content."""
        key = f"{kind} {hashlib.sha256(content).hexdigest()}"
        if key not in self.results:
            known = key in self.old
            self.results[key] = self.old[key] if known else compute(content.decode("utf-8"))
        return self.results[key]

    def keep(self) -> None:
        """Keep what this build has used for the next one."""
        if self.file:
            kept = {"made_by": self.made_by, "results": self.results}
            write(self.file, json.dumps(kept, ensure_ascii=False))


def digest(paths: list[Path], root: Path = ROOT) -> str:
    """Return one digest of the names and contents of files and folders."""
    whole = hashlib.sha256(sys.version.encode())
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))}
    for file in sorted(files):
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
            whole.update(f"{file.relative_to(root)}\0".encode())
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()

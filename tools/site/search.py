"""Pagefind's index of the finished site, one part per language."""

import subprocess
import sys
from pathlib import Path

from tools.site import SiteError


def index_for_search(staging: Path) -> None:
    """Make Pagefind's index of the finished pages, one part per language.

    Raises:
        SiteError: Pagefind failed; the message is its own.
    """
    run = subprocess.run(
        [sys.executable, "-m", "pagefind", "--site", str(staging), "--glob", "*/*.html"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode:
        raise SiteError(f"Pagefind could not index the pages:\n{run.stdout}{run.stderr}")
    for path in (staging / "pagefind").glob("pagefind-*"):  # interfaces that no page uses
        if path.suffix in (".js", ".css") and path.name != "pagefind-worker.js":
            path.unlink()

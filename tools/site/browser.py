"""The browser that prints the pages; tests and audit drive it as well."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tools.site import SiteError

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None; CHROME_PATH, where given, says which."""
    return os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def browser() -> Iterator:
    """Give a running Chromium (playwright's Browser).

    Raises:
        SiteError: there is none on this machine.
    """
    path = chromium()
    if path is None:
        raise SiteError(
            f"This needs Chromium or Chrome, and there is none: looked for {', '.join(CHROMIUM)}. "
            "Install one (Debian, Ubuntu: apt install chromium) or name it in CHROME_PATH"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()

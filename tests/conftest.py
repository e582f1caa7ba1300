"""What several tests share: a copy of the chapters to plant faults in, and one browser."""

import os
import shutil

import pytest

from tools.notebooks import CHAPTERS, TRANSLATIONS, chapters, lagging

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
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


@pytest.fixture
def book(tmp_path):
    """A copy of the chapters to plant faults in."""
    copy = tmp_path / "chapters"
    shutil.copytree(CHAPTERS, copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy


@pytest.fixture(scope="session")
def browser():
    """A real browser. Without one its tests are skipped, but never in CI."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        message = f"no browser on this machine: looked for {', '.join(BROWSERS)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def pytest_addoption(parser):
    parser.addoption(
        "--release", action="store_true", help="demand that no translation lags behind the English"
    )


def pytest_terminal_summary(terminalreporter):
    """List what lags behind the English, a page a line."""
    lines = []
    for language in TRANSLATIONS:
        for path in [*chapters(language), *sorted((CHAPTERS / language).glob("*.md"))]:
            if behind := lagging(path):
                states = list(behind.values())
                counts = ", ".join(
                    f"{states.count(state)} {state}" for state in dict.fromkeys(states)
                )
                lines.append(f"{language}/{path.name}: {counts}")
    if lines:
        terminalreporter.section("lags behind the English (make release demands that nothing does)")
        terminalreporter.write("\n".join(lines) + "\n")

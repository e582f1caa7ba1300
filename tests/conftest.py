"""What several tests share: a copy of the chapters to plant faults in, and one browser."""

import os
import shutil

import pytest

from tests.summary import lag, missing_in_ci, table
from tools.notebooks import CHAPTERS
from tools.site import browser as browsers


@pytest.fixture
def book(tmp_path):
    """A copy of the chapters to plant faults in."""
    copy = tmp_path / "chapters"
    shutil.copytree(CHAPTERS, copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy


@pytest.fixture(scope="session")
def browser():
    """A real browser. Without one its tests are skipped, but never in CI."""
    if browsers.chromium() is None:
        message = f"no browser on this machine: looked for {', '.join(browsers.CHROMIUM)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    with browsers.browser() as running:
        yield running


def pytest_addoption(parser):
    parser.addoption(
        "--release", action="store_true", help="demand that no translation lags behind the English"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "planted: plants a fault and demands that it is caught")


@pytest.fixture
def verified(record_property):
    """Say how many of what a test looks at: the table at the end adds them up if it passes."""
    return lambda what, count: record_property(f"verified {what}", count)


def pytest_sessionfinish(session):
    """In CI a missing browser or model is a failure, whoever skipped for want of it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and missing_in_ci(reporter.stats.get("skipped", [])):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """After a whole run: what was verified. Where translations were tested: what lags."""
    stats = terminalreporter.stats
    ran = {
        report.nodeid.partition("::")[0]
        for kind in ("passed", "failed")
        for report in stats.get(kind, [])
    }
    write = terminalreporter.write_line
    if config.args_source == config.ArgsSource.TESTPATHS:
        terminalreporter.section("what this run says")
        for line in table(stats):
            write(line)
    if "tests/test_translations.py" in ran:
        current, total, late = lag()
        if late:
            write(
                f"\ntranslated cells up to date: {current:,} of {total:,}; make release demands all"
            )
            write("behind the English:")
            for line in late:
                write(line)
    for what in missing_in_ci(stats.get("skipped", [])):
        write(f"FAILED: CI did not verify {what}")

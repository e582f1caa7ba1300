"""summary.py: the table at the end tells the truth, and CI lets nothing pass unverified."""

from types import SimpleNamespace

import pytest

from tests.conftest import pytest_sessionfinish
from tests.summary import missing_in_ci, table

NO_BROWSER = "no browser on this machine: looked for chromium"
NO_MODEL = "The model's files are not on this machine: pip install --no-deps x"


def skip(reason):
    return SimpleNamespace(longrepr=("file", 1, f"Skipped: {reason}"))


def passed(nodeid, *properties, planted=False):
    keywords = {"planted": 1} if planted else {}
    return SimpleNamespace(
        nodeid=nodeid, when="call", keywords=keywords, user_properties=list(properties)
    )


def test_the_table():
    lines = table(
        {
            "passed": [
                passed("chapters/en/02-softmax.ipynb::Cell 0"),
                passed("chapters/en/02-softmax.ipynb::Cell 1"),
                passed("tests/a.py::a", ("verified links on them", 40)),
                passed("tests/a.py::b", ("verified links on them", 2), ("other", "x")),
                passed("tests/a.py::c", planted=True),
            ],
            "skipped": [skip(NO_BROWSER), skip(NO_BROWSER), skip(NO_MODEL), skip("a whim")],
        }
    )
    said = "\n".join(lines)
    assert "     42  links on them" in said and "      1  planted faults caught" in said
    assert "      1  notebooks\n" in said and "      2  cells run again" in said
    assert "numbers in their outputs" in said
    assert "      2  the site and the widgets in a browser: apt-get install chromium" in said
    assert "      1  chapter 15 with the published model: python3 tools/env.py" in said
    assert "a whim: see the test" in said


@pytest.mark.parametrize(
    ("reason", "fails"),
    [(NO_BROWSER, True), (NO_MODEL, True), ("this processor has no AVX512", False)],
)
def test_in_ci_nothing_is_skipped_for_want_of_browser_or_model(reason, fails, monkeypatch):
    stats = {"skipped": [skip(reason)]}
    reporter = SimpleNamespace(stats=stats)
    manager = SimpleNamespace(get_plugin=lambda name: reporter)
    session = SimpleNamespace(config=SimpleNamespace(pluginmanager=manager), exitstatus=0)
    monkeypatch.delenv("CI", raising=False)
    assert missing_in_ci(stats["skipped"]) == []
    monkeypatch.setenv("CI", "true")
    assert bool(missing_in_ci(stats["skipped"])) == fails
    pytest_sessionfinish(session)
    assert session.exitstatus == (1 if fails else 0)

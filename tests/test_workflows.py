"""What CI does: it tests every change, whole, and publishes only the site that passed."""

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.test_repository import exchange
from tools.notebooks import ROOT

TEST = "bash .ci/run"
READ = {"contents": "read"}
# What may start a workflow; pull_request_target would run a stranger's code with our rights.
STARTS = {
    "pages.yml": {"push": {"branches": ["main"]}, "workflow_dispatch": None},
    "test.yml": {"push": {"branches-ignore": ["main"]}, "pull_request": None},
}
DEPLOY = {"pages": "write", "id-token": "write"}
TESTED = "--nbval --nbval-cell-timeout 300 -p tools.kernels -n 2 --dist loadfile"


def weakened(root: Path) -> list[str]:
    """Return what lets an untested change pass, or a workflow do more than it has to."""
    found = []
    for path in sorted((root / ".github/workflows").glob("*.y*ml")):
        flow, name = yaml.safe_load(path.read_text("utf-8")), path.name
        if flow[True] != STARTS.get(name):  # YAML reads `on` as true
            found.append(f"{name}: starts on {flow[True]}; if that is meant, say so in STARTS here")
        if flow.get("permissions") != READ:
            found.append(f"{name}: a workflow may read the contents and no more: {READ}")
        for job, work in flow["jobs"].items():
            place = f"{name}, job {job}"
            if work.get("permissions", READ) not in ([READ, DEPLOY] if job == "deploy" else [READ]):
                found.append(f"{place}: has permissions that it does not need")
            if job == "deploy" and work.get("if") != "github.ref == 'refs/heads/main'":
                found.append(f"{place}: publishes what is not main")
            if job != "deploy" and "if" in work:
                found.append(f"{place}: does not always run: take the `if` out")
            for step in [work, *work.get("steps", [])]:
                action, _, pin = step.get("uses", "").partition("@")
                if action and len(pin) != 40:
                    found.append(f"{place}: {action} is not pinned to a commit (40 digits)")
                if "deploy-pages" in action and (name, job) != ("pages.yml", "deploy"):
                    found.append(f"{place}: only the job deploy of pages.yml publishes")
                if "checkout" in action and step["with"].get("persist-credentials") is not False:
                    found.append(f"{place}: checkout leaves its token: persist-credentials: false")
                if "${{" in step.get("run", ""):
                    found.append(f"{place}: `run` has an expression in it: give it as `env`")
    script = (root / ".ci/run").read_text("utf-8").rstrip().splitlines()
    if script[-1] != "make test" or "set -euo pipefail" not in script:
        found.append(".ci/run: ends with `make test`, under `set -euo pipefail`")
    made = (root / "Makefile").read_text("utf-8").splitlines()
    if f"TEST = $(RUN) python -m pytest {TESTED}" not in made:
        found.append("Makefile: TEST runs every notebook and every test, compared to the letter")
    options = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    if options["ini_options"]["testpaths"] != ["tests", "chapters"]:
        found.append("pyproject.toml: testpaths are tests and chapters")
    if options["ini_options"]["addopts"] != "--continue-on-collection-errors":
        found.append("pyproject.toml: addopts leaves nothing out")
    return found


def test_nothing_is_weakened():
    assert weakened(ROOT) == []


PLANTED = {
    "rights to write": ("test.yml", "contents: read", "contents: write"),
    "no permissions, which means all": ("test.yml", "permissions:\n  contents: read\n", ""),
    "more rights for a job": ("pages.yml", "pages: write", "pages: write\n      contents: write"),
    "a stranger's code with our rights": ("test.yml", "pull_request:", "pull_request_target:"),
    "published from a pull request": ("pages.yml", "  push:", "  pull_request:\n  push:"),
    "changes that are not tested": ("test.yml", "branches-ignore: [main]", "branches: [main]"),
    "published from any branch": ("pages.yml", "if: github.ref == 'refs/heads/main'\n", "\n"),
    "a job that may be left out": ("test.yml", "  test:\n", "  test:\n    if: false\n"),
    "an action by its tag": ("test.yml", "@11bd71901bbe5b1630ceea73d27597364c9af683", "@v4"),
    "a token left behind": ("test.yml", "persist-credentials: false", "fetch-depth: 1"),
    "words of a stranger in a command": (
        "test.yml", "bash .ci/run", "echo ${{ github.head_ref }}; bash .ci/run"),
    "failures that do not count": ("../../.ci/run", "make test", "make test || true"),
    "failures that do not stop": ("../../.ci/run", "set -euo pipefail", "set -u"),
    "outputs that are not compared": ("../../Makefile", "--nbval ", "--nbval-lax "),
    "tests left out": ("../../Makefile", "-n 2 --dist", "-k 'not planted' -n 2 --dist"),
    "notebooks left out": ("../../pyproject.toml", '["tests", "chapters"]', '["tests"]'),
    "outputs that are washed": (
        "../../pyproject.toml", "--continue-on", "--nbval-sanitize-with x --continue-on"),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_a_weakened_check_is_found(fault, tmp_path):
    for name in (".github", ".ci"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    name, was, now = PLANTED[fault]
    exchange(tmp_path / ".github/workflows" / name, was, now)
    (found,) = weakened(tmp_path)
    assert Path(name).name in found


def jobs(name: str) -> dict:
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))["jobs"]


def test_only_the_tested_site_is_published():
    found = jobs("pages.yml")
    steps = [step.get("run") or step["uses"].partition("@")[0] for step in found["test"]["steps"]]
    # What is uploaded is what was tested, with its pages on paper.
    assert steps[steps.index(TEST) :] == [TEST, "make pdf", "actions/upload-pages-artifact"]
    assert found["deploy"]["needs"] == "test"
    for job in found.values():  # nothing goes on after a failure
        assert not [step for step in job["steps"] if "continue-on-error" in step or "if" in step]
        assert "always" not in str(job.get("if", "")) and "continue-on-error" not in job


def test_every_change_is_tested():
    assert TEST in [step.get("run") for step in jobs("test.yml")["test"]["steps"]]

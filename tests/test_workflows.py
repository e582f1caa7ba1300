"""What CI does: it tests every change, and publishes only the site that passed."""

import yaml

from tools.notebooks import ROOT

TEST = "bash .ci/run"


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


def test_actions_are_pinned():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for job in jobs(path.name).values():
            for step in job["steps"]:
                assert "uses" not in step or len(step["uses"].partition("@")[2]) == 40

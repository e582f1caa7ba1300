"""What several tests share."""

import shutil

import pytest

from tools.notebooks import CHAPTERS


@pytest.fixture
def book(tmp_path):
    """A copy of the chapters to plant faults in."""
    copy = tmp_path / "chapters"
    shutil.copytree(CHAPTERS, copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return copy

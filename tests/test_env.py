"""The environment mends itself: interrupted, copied, moved, in a folder with any name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebooks import ROOT


@pytest.fixture
def clone(tmp_path):
    """A checkout whose requirements are empty, in a folder with spaces and Japanese letters."""
    folder = tmp_path / "a clone 日本語"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "env.py", folder / "tools")
    for name in ("requirements.txt", "requirements-model.txt", "pyproject.toml"):
        (folder / name).write_text("# nothing\n", "utf-8")
    return folder


def run(folder: Path, code: str = "import sys; print(sys.prefix)") -> str:
    """Run code in the environment of a checkout; return what it printed last."""
    command = [sys.executable, "tools/env.py", "python", "-c", code]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PIP_NO_INDEX": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def python(folder: Path) -> Path:
    return next(path for path in (folder / ".venv").glob("[Sb]*/python*") if path.stem == "python")


def test_it_is_made_once(clone):
    assert Path(run(clone)) == clone / ".venv"
    made = python(clone).lstat().st_mtime_ns
    assert run(clone, "print('again')") == "again"
    assert python(clone).lstat().st_mtime_ns == made


def no_pip(venv: Path) -> None:
    for pip in venv.rglob("site-packages/pip"):
        shutil.rmtree(pip)


def no_target(venv: Path) -> None:
    path = python(venv.parent)
    path.unlink()
    path.symlink_to("nowhere")


def half_written(venv: Path) -> None:
    (venv / "made-for").unlink()
    (venv / "pyvenv.cfg").unlink()


@pytest.mark.parametrize("harm", [no_pip, no_target, half_written])
def test_an_interrupted_one_is_mended(clone, harm):
    run(clone)
    (clone / ".venv" / "installed-from").unlink()  # pip had not finished
    harm(clone / ".venv")
    assert Path(run(clone, "import sys, pip; print(sys.prefix)")) == clone / ".venv"


def test_a_copied_clone_makes_its_own(clone, tmp_path):
    run(clone)
    copy = tmp_path / "copy"
    shutil.copytree(clone, copy, symlinks=True)
    assert Path(run(copy)) == copy / ".venv"
    pip = next((copy / ".venv").glob("[Sb]*/pip*")).read_bytes()
    assert os.fsencode(copy) in pip and os.fsencode(clone) not in pip


def test_a_folder_that_cannot_be_written_gets_a_sentence(clone):
    (clone / ".venv").write_text("in the way", "utf-8")
    command = [sys.executable, "tools/env.py", "python", "-V"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "could not be written" in done.stderr

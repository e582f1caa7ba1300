"""Change the code of `helpers` one place at a time, and see whether a test notices.

    python -m tools.mutants pure          one room of helpers: a module or a folder
    python -m tools.mutants positions block

Mutmut makes the changes (mutants) and runs for each the tests that reach it; this command gives
it a copy of the tree, the tests of the room (`tests/test_<room>*.py`, `tests/<room>/`), and an
installation of its own below `_build/mutants`. Tests that fail on mutmut's rewritten code before
anything is changed read the code itself; they are named and left out. A room takes minutes to
hours. The exit status is the number of survivors, at most 100: kill each by a test, or say in
the commit why it may live.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

from tools.notebooks import ROOT

MUTMUT = "mutmut==3.8.1"
COPIED = ["helpers", "tests", "tools", "chapters", "_config.yml", "_toc.yml", "pyproject.toml"]
ASIDE = ROOT / "_build" / "mutants"


def tests_of(room: str) -> list[str]:
    """Return the paths of the tests of a room of helpers.

    Raises:
        ValueError: there is no such room, or it has no tests of its own.
    """
    rooms = {
        path.stem
        for path in (ROOT / "helpers").iterdir()
        if path.name.isidentifier() or path.suffix == ".py"
    }
    if room not in rooms:
        raise ValueError(f"helpers has no room {room!r}; it has {', '.join(sorted(rooms))}")
    found = [*(ROOT / "tests").glob(f"test_{room}.py"), *(ROOT / "tests").glob(f"test_{room}_*.py")]
    found += [path for path in [ROOT / "tests" / room] if path.is_dir()]
    if not found:
        raise ValueError(f"no test is named after {room}: tests/test_{room}.py, tests/{room}/")
    return sorted(str(path.relative_to(ROOT)) for path in found)


def prepare(room: str, tests: list[str], unfit: list[str]) -> tuple[str, dict]:
    """Return a folder with a copy of the tree that mutmut can work in, and its environment."""
    installed = ASIDE / "mutmut"
    if not installed.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", installed]
        subprocess.run([*pip, MUTMUT], check=True)
    folder = ASIDE / room
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        place = ROOT / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, folder / name)
    ways = f"helpers/{room}/*" if (ROOT / "helpers" / room).is_dir() else f"helpers/{room}.py"
    arguments = ["-p", "no:cacheprovider", *(f"--deselect={name}" for name in unfit)]
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write(
            "\n[tool.mutmut]\n"
            f'source_paths = ["helpers"]\nonly_mutate = ["{ways}"]\n'
            f"also_copy = {[name for name in COPIED if name != 'pyproject.toml']}\n"
            f"pytest_add_cli_args = {arguments}\n"
            f"pytest_add_cli_args_test_selection = {tests}\n"
            'process_isolation = "forkserver"\n'  # torch has threads
        )
    outside = {**os.environ, "PYTHONPATH": str(installed), "OMP_NUM_THREADS": "1"}
    outside.pop("KERNEL_SERVER", None)
    return str(folder), outside


def mutmut(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "mutmut", *arguments], text=True, **options)


def try_room(room: str) -> list[str]:
    """Print how the mutants of a room fared, and return the names of those that lived."""
    tests = tests_of(room)
    folder, outside = prepare(room, tests, [])
    mutmut("run", "no such mutant", cwd=folder, env=outside, capture_output=True)
    first = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=f"{folder}/mutants",
        env={**outside, "MUTANT_UNDER_TEST": "none"},
        capture_output=True,
        text=True,
    )
    unfit = re.findall(r"^FAILED (\S+)", first.stdout, flags=re.MULTILINE)
    for name in unfit:
        print(f"left out, it reads the code itself: {name}")
    folder, outside = prepare(room, tests, unfit)
    mutmut("run", "--max-children", str(os.cpu_count() or 1), cwd=folder, env=outside)
    said = mutmut("results", cwd=folder, env=outside, capture_output=True).stdout
    lived = re.findall(r"(\S+): (?:survived|no tests)", said)
    for name in lived:
        print(mutmut("show", name, cwd=folder, env=outside, capture_output=True).stdout)
    print(f"{room}: {len(lived)} lived")
    return lived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rooms", nargs="+", metavar="room", help="pure, positions, block, ...")
    try:
        return min(100, sum(len(try_room(room)) for room in parser.parse_args().rooms))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())

"""Change the code of `helpers` one place at a time, and see whether a test notices.

    python -m tools.mutants pure                one room of helpers: a module or a folder
    python -m tools.mutants check/answers       one file of a room
    python -m tools.mutants positions block --children 1
    python -m tools.mutants pure --again        only those that lived, by the tests of today

Mutmut writes the changes (mutants) into a copy of the tree below `_build/mutants`, where it is
installed too; tools/mutants_fork.py tries each by those tests of the room that reach it:
`tests/test_<room>*.py`, `tests/<room>/` and what ELSEWHERE names. Tests that fail on mutmut's
rewritten code before anything is changed read the code itself; they are named and left out. A
room takes minutes to hours; what is killed is said as it goes, what lived is shown at the end.
The exit status is the number of survivors, at most 100: kill each by a test, or say in the
commit why it may live.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.notebooks import ROOT

MUTMUT = "mutmut==3.8.1"
COPIED = ["helpers", "tests", "tools", "chapters", "_config.yml", "_toc.yml", "pyproject.toml"]
ELSEWHERE = {  # room -> other tests that speak of it
    "check": ["answers", "exercises"],
    **{room: ["readers_models"] for room in ("block", "positions", "translate")},
}
ASIDE = ROOT / "_build" / "mutants"


def code_of(part: str) -> str:
    """Return the pattern of the files of a room, or of one file in it.

    Raises:
        ValueError: there is no such room, or no such file in it.
    """
    place = ROOT / "helpers" / part
    if place.is_dir() and place.name.isidentifier():
        return f"helpers/{part}/*"
    if place.with_suffix(".py").is_file():
        return f"helpers/{part}.py"
    here = place.parent if place.parent.is_dir() else ROOT / "helpers"
    known = {path.stem for path in here.iterdir() if path.is_dir() or path.suffix == ".py"}
    names = ", ".join(sorted(name for name in known if not name.startswith("__")))
    raise ValueError(f"{here.relative_to(ROOT)} has no {place.name!r}; it has {names}")


def tests_of(room: str) -> list[str]:
    """Return the paths of the tests of a room of helpers.

    Raises:
        ValueError: it has no tests of its own.
    """
    tests = ROOT / "tests"
    found = [*tests.glob(f"test_{room}.py"), *tests.glob(f"test_{room}_*.py")]
    found += [tests / f"test_{name}.py" for name in ELSEWHERE.get(room, [])]
    found += [path for path in [tests / room] if path.is_dir()]
    if not found:
        raise ValueError(f"no test is named after {room}: tests/test_{room}.py, tests/{room}/")
    return sorted(str(path.relative_to(ROOT)) for path in found)


def copy_tree(folder: Path, names: list[str]) -> None:
    """Make `folder` anew, with what the book has under these names."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in names:
        place = ROOT / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, folder / name)


def prepare(folder: Path, code: str) -> None:
    """Make a copy of the tree for mutmut to write the mutants of `code` into."""
    installed = ASIDE / "mutmut"
    if not installed.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", installed]
        subprocess.run([*pip, MUTMUT], check=True)
    copy_tree(folder, COPIED)
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write(
            "\n[tool.mutmut]\n"
            f'source_paths = ["helpers"]\nonly_mutate = ["{code}"]\n'
            f"also_copy = {[name for name in COPIED if name != 'pyproject.toml']}\n"
            'pytest_add_cli_args_test_selection = ["none"]\n'
        )


def try_part(part: str, children: int, again: bool) -> list[str]:
    """Print how the mutants of a room or file fared, and return the names of those that lived."""
    code, tests = code_of(part), tests_of(part.partition("/")[0])
    folder = ASIDE / part.replace("/", "-")
    copy, tried = folder / "mutants", folder / "mutants" / "tried.json"
    outside = {**os.environ, "PYTHONPATH": str(ASIDE / "mutmut"), "OMP_NUM_THREADS": "1"}
    outside |= {"CHILDREN": str(children), "PYTHONDONTWRITEBYTECODE": "1"}
    outside.pop("KERNEL_SERVER", None)

    def python(*arguments: str, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, env=outside, text=True, **options)

    def survivors() -> list[str]:
        said = json.loads(tried.read_text("utf-8"))
        return [name for name, killer in said.items() if not killer]

    if again and tried.exists():
        mutants = survivors()
        shutil.rmtree(copy / "tests")
        shutil.copytree(ROOT / "tests", copy / "tests")
    else:
        prepare(folder, code)
        python("mutmut", "run", cwd=folder, capture_output=True)  # writes them; there is no test
        said = python("mutmut", "results", cwd=folder, capture_output=True).stdout
        mutants = re.findall(r"(\S+): not checked", said)
    (copy / "mutants.json").write_text(json.dumps(mutants), "utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", "tools.mutants_fork"]
    python("pytest", "-q", *plugins, *tests, cwd=copy, check=True)
    lived = survivors()
    print(f"{part}: {len(mutants)} mutants, {len(lived)} lived")
    return lived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="+", metavar="room", help="pure, positions, check/answers")
    parser.add_argument(
        "--children", type=int, default=os.cpu_count() or 1, help="how many are tried at a time"
    )
    parser.add_argument(
        "--again", action="store_true", help="only those that lived last time, by today's tests"
    )
    given = parser.parse_args()
    try:
        return min(
            100, sum(len(try_part(part, given.children, given.again)) for part in given.parts)
        )
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())

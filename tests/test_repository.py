"""What the book says of itself in several places: versions, pins, names and order agree."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from tools.notebooks import ROOT

FILES = ("README.md", "CITATION.cff", "pyproject.toml", "_config.yml", "_toc.yml",
         "requirements.txt", "requirements-model.txt", ".github/workflows/test.yml",
         ".github/workflows/pages.yml", "helpers/__init__.py")  # fmt: skip


def disagreements(root: Path) -> list[str]:
    """Return what one file says and another says otherwise."""
    said = {name: (root / name).read_text("utf-8") for name in FILES}
    project = tomllib.loads(said["pyproject.toml"])
    cite, config = yaml.safe_load(said["CITATION.cff"]), yaml.safe_load(said["_config.yml"])
    found = []

    ours = Version(re.search(r'__version__ = "(.+?)"', said["helpers/__init__.py"])[1])
    cited = Version(str(cite["version"]))
    if cited > Version(ours.base_version) or (not ours.is_devrelease and cited != ours):
        found.append(f"CITATION.cff has version {cited}, helpers/__init__.py {ours}")
    if (cite["title"], cite["authors"][0]["name"]) != (config["title"], config["author"]):
        found.append("CITATION.cff and _config.yml name title or author otherwise")

    floor = project["project"]["requires-python"].removeprefix(">=")
    for name, pattern in {
        "README.md": r"Python (3\.\d+) or newer",
        "pyproject.toml": r'target-version = "py(3\d+)"',
        ".github/workflows/test.yml": r'python-version: "(.+?)"',
        ".github/workflows/pages.yml": r'python-version: "(.+?)"',
    }.items():
        for other in re.findall(pattern, said[name]) or ["nothing"]:
            if other.replace(".", "") != floor.replace(".", ""):
                found.append(f"{name} says Python {other}, requires-python is {floor}")

    pins = {}
    for name in ("requirements.txt", "requirements-model.txt"):
        for line in said[name].splitlines():
            line = line.partition("#")[0].strip()
            if line in ("", "-e ."):
                continue
            pin = re.fullmatch(r"([\w.-]+)==([\w.]+)", line)
            if not pin:
                found.append(f"{name}: {line} is not pinned exactly (name==version)")
            elif pins.setdefault(pin[1].lower().replace("_", "-"), pin[2]) != pin[2]:
                found.append(f"{name}: {pin[1]} is pinned twice")
    for line in [*project["project"]["dependencies"],
                 *project["project"]["optional-dependencies"]["model"]]:  # fmt: skip
        wanted = Requirement(line)
        if wanted.name not in pins or not wanted.specifier.contains(pins[wanted.name]):
            found.append(f"requirements.txt: pyproject.toml asks for {line}")

    chapters = [
        entry["file"].rpartition("/")[2]
        for part in yaml.safe_load(said["_toc.yml"])["parts"]
        for entry in part["chapters"]
    ]
    numbered = [name for name in chapters if name[:2].isdigit()]
    if chapters != [*sorted(numbered), *(name for name in chapters if name not in numbered)]:
        found.append("_toc.yml: chapters stand in the order of their numbers, each once")
    return found


def test_the_files_agree():
    assert disagreements(ROOT) == []


PLANTED = {
    "a version": ("CITATION.cff", "version: 0.1.0", "version: 0.2.0"),
    "another title": ("CITATION.cff", "title: Attention, Step", "title: Attention Step"),
    "Python in the README": ("README.md", "Python 3.11 or newer", "Python 3.9 or newer"),
    "Python for ruff": ("pyproject.toml", '"py311"', '"py313"'),
    "Python in CI": (".github/workflows/test.yml", '"3.11"', '"3.12"'),
    "a loose pin": ("requirements.txt", "six==", "six>="),
    "two pins of one package": ("requirements.txt", "six==", "Jinja2==3.1.5\nsix=="),
    "a pin that is missing": ("requirements.txt", "seaborn==0.13.2\n", ""),
    "a pin below what is asked for": ("requirements.txt", "matplotlib==3.11", "matplotlib==3.7"),
    "chapters in another order": (
        "_toc.yml",
        "02-softmax\n      - file: chapters/en/03-simple-self-attention",
        "03-simple-self-attention\n      - file: chapters/en/02-softmax",
    ),
}  # fmt: skip


def exchange(path: Path, was: str, now: str) -> None:
    """Put other words into a file, once; the words that go have to stand there."""
    text = path.read_text("utf-8")
    assert was in text
    path.write_text(text.replace(was, now, 1), "utf-8")


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_a_disagreement_is_found(fault, tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    name, was, now = PLANTED[fault]
    exchange(tmp_path / name, was, now)
    (found,) = disagreements(tmp_path)
    assert name.rpartition("/")[2] in found

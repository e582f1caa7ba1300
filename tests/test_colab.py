"""A chapter opened in Colab: no `helpers`, an empty folder, and a setup cell that has to fetch it.

Colab is simulated: the repository's address leads to a local bare clone (git's insteadOf),
`google.colab` is a stub, and the environment has everything that Colab has but `helpers`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import helpers
from helpers.language import LANGUAGES
from tools.addresses import configuration, reference, repository, runner_links
from tools.notebooks import CHAPTERS, ROOT, chapters, read

RUN = """
import sys, nbformat
from nbclient import NotebookClient
for path in sys.argv[1:]:
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=600, kernel_name="colab").execute()
    nbformat.write(notebook, path)
"""


def git(*arguments: str, folder: Path) -> str:
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """Return (folder, environment, python) of a simulated Colab."""
    base = tmp_path_factory.mktemp("colab")
    # The working tree as it is now, committed and tagged in a repository of its own. It may be a
    # downloaded zip, which git knows nothing of.
    ignored = (ROOT / ".gitignore").read_text("utf-8").replace("/\n", "\n").split()
    tree = base / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", *ignored))
    git("init", "-q", folder=tree)
    git("add", "-A", folder=tree)
    git("commit", "-q", "-m", "as it stands", folder=tree)
    git("tag", f"v{helpers.__version__}", folder=tree)
    git("clone", "-q", "--bare", str(tree), str(base / "repo.git"), folder=base)
    # An environment with all but `helpers`: a path line does not run the editable install's hook.
    venv.create(base / "env", with_pip=False)
    python = base / "env" / "bin" / "python"
    site = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    Path(site, "colab.pth").write_text(sysconfig.get_path("purelib") + "\n")
    stub = base / "stub" / "google" / "colab"
    stub.mkdir(parents=True)
    (stub / "__init__.py").touch()
    kernel = base / "jupyter" / "kernels" / "colab"
    kernel.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Colab", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    (base / "content").mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(base / "stub"),
        "JUPYTER_PATH": str(base / "jupyter"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(base / 'repo.git').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": repository(),
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: use the setuptools that is here
        "PIP_NO_INDEX": "1",
    }
    return base / "content", environment, python


def test_helpers_is_missing_there(colab):
    folder, environment, python = colab
    found = subprocess.run([python, "-c", "import helpers"], cwd=folder, env=environment)
    assert found.returncode == 1


def test_chapters_run_there(colab):
    folder, environment, python = colab
    paths = [*chapters("en"), CHAPTERS / "ja" / "03-simple-self-attention.ipynb"]
    book = folder / "chapters.ipynb"  # one after the other in one kernel, which forgets them
    forget = "import torch\ntorch.set_default_dtype(torch.float32)\n%reset -f"
    cells = []
    for path in paths:
        code = [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]
        cells += [{**cell, "id": f"{len(cells) + k}"} for k, cell in enumerate(code)]
        cells.append({**code[0], "id": f"{len(cells)}", "source": forget})
    book.write_text(json.dumps({**read(paths[0]), "cells": cells}), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, book],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where = subprocess.check_output(
        [python, "-c", "import helpers; print(helpers.__file__)"],
        text=True,
        env=environment,
        cwd=folder,
    )
    assert str(folder.parent) in where, "helpers was not installed from the repository"


def set_up(colab, name: str, before: str = "", **environment) -> str:
    """Run the setup cell in a new folder `name` of a Colab; return what it says if it fails."""
    folder, usual, _ = colab
    place = folder / name
    place.mkdir(exist_ok=True)
    notebook = json.loads((CHAPTERS / "ko" / "02-softmax.ipynb").read_text("utf-8"))
    setup = next(cell for cell in notebook["cells"] if cell["id"] == "setup")
    first = {**setup, "id": "before", "source": before}
    copy = place / "set-up.ipynb"
    copy.write_text(json.dumps({**notebook, "cells": [first, setup]}), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, copy],
        cwd=place, env={**usual, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stderr) if done.returncode else ""


def test_without_a_tag_the_branch_is_installed(colab, tmp_path):
    folder, environment, python = colab
    uninstall = [python, "-m", "pip", "uninstall", "-q", "-y", "attention-step-by-step"]
    subprocess.run(uninstall, cwd=folder, env=environment, check=True)
    git("clone", "-q", "--bare", str(folder.parent / "repo.git"), "repo.git", folder=tmp_path)
    git("tag", "-d", f"v{helpers.__version__}", folder=tmp_path / "repo.git")
    pushed = f"url.{(tmp_path / 'repo.git').as_uri()}.insteadOf"
    assert set_up(colab, "branch", GIT_CONFIG_KEY_0=pushed) == ""
    found = subprocess.run([python, "-c", "import helpers"], cwd=folder, env=environment)
    assert found.returncode == 0


def test_another_file_of_that_name_is_named(colab):
    folder = colab[0] / "other"
    folder.mkdir()
    (folder / "helpers.py").write_text("mine = 1\n")
    said = set_up(colab, "other")
    assert "ImportError: rename this, it hides the book's" in said
    assert str(folder / "helpers.py") in said


def test_a_folder_of_that_name_is_no_harm_where_the_package_is(colab):
    (colab[0] / "beside" / "helpers").mkdir(parents=True)
    assert set_up(colab, "beside") == ""


def test_missing_torch_is_named_and_nothing_is_fetched(colab):
    assert set_up(colab, "bare") == ""
    said = set_up(colab, "bare", "import sys; sys.modules['torch'] = None", GIT_CONFIG_COUNT="0")
    last = said.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError") and "torch" in last


OWN_FIGURES = [
    "import matplotlib.pyplot as plt, seaborn as sns\n"
    "plt.plot([1, 2], label='손실'); plt.title('次元数 $d_k$'); plt.legend();",
    "sns.heatmap([[1, 2]], xticklabels=['旅', '词元'], annot=True); plt.show()",
]


def test_a_readers_own_figures_show_letters_there(colab):
    folder, environment, _ = colab
    notebook = json.loads((CHAPTERS / "ja" / "03-simple-self-attention.ipynb").read_text("utf-8"))
    setup = next(cell for cell in notebook["cells"] if cell["id"] == "setup")
    own = [{**setup, "id": f"own-{k}", "source": code} for k, code in enumerate(OWN_FIGURES)]
    copy = folder / "own-figures.ipynb"
    copy.write_text(json.dumps({**notebook, "cells": [setup, *own]}), "utf-8")
    # Jupyter and Colab name a backend of their own where none is named.
    environment = {k: v for k, v in environment.items() if k != "MPLBACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, copy],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    _, first, second = read(copy)["cells"]
    for cell, words in ((first, ["손실", "次元数 "]), (second, ["旅", "词元"])):
        assert all(output.get("name") != "stderr" for output in cell["outputs"])
        shown = [output["data"] for output in cell["outputs"] if "data" in output]
        (svg,) = ["".join(data["image/svg+xml"]) for data in shown if "image/svg+xml" in data]
        assert all(f">{word}<" in svg for word in words)


def test_badges_open_the_same_chapter_at_what_exists():
    branch = configuration()["repository"]["branch"]
    released = "dev" not in helpers.__version__
    assert reference() == (f"v{helpers.__version__}" if released else branch)
    for language in LANGUAGES:
        for path in chapters(language):
            badge = next(cell["source"] for cell in read(path)["cells"] if cell["id"] == "badge")
            links = runner_links(repository(), f"{language}/{path.name}")
            assert "Colab" in links
            assert all(f"({address})" in badge for address in links.values())

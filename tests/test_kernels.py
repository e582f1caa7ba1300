"""Forked kernels: as good as cold ones, each with random numbers of its own, none left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.notebooks import ROOT, canonical

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels fork on Linux only")
# A kernel, its server, a process that the cell starts, and one that leaves the kernel's group.
SAY_WHO = """\
import os, subprocess, time
_ = [subprocess.Popen(["sleep", "600"], start_new_session=apart).pid for apart in (False, True)]
_ = open("pids", "w").write(" ".join(map(str, [os.getpid(), os.getppid(), *_])))"""


def notebook(path: Path, *cells: tuple[str, str]) -> Path:
    """Write a notebook of code cells, each with the text that it is said to have printed."""
    code = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source,
            "execution_count": number,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": text}] if text else [],
        }
        for number, (source, text) in enumerate(cells, 1)
    ]
    path.write_text(canonical({"cells": code}), "utf-8")
    return path


def start(folder: Path, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if name != "KERNEL_SERVER"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*command, *options, str(folder)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(folder: Path, *options: str) -> tuple[int, str]:
    process = start(folder, *options)
    said = process.communicate(timeout=600)[0]
    return process.returncode, said


def verdicts(folder: Path, *options: str) -> dict[tuple[str, int], str]:
    """Return the verdict on each cell of the notebooks in a folder."""
    said = run(folder, "-vv", "--tb=no", *options)[1]
    cells = re.findall(r"([\w/]+)::ipynb::Cell (\d+) (PASSED|FAILED|XFAIL|ERROR)", said)
    return {(page, int(cell)): verdict for page, cell, verdict in cells}


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pids: list[int], seconds: float = 60) -> bool:
    """Wait until none of the processes lives; return whether that came in time."""
    end = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(alive, pids))


PLANTED = {
    "a_digit": [("print(1.4950)", "1.4951\n")],
    "an_error": [("1 / 0", "")],
    "an_output_that_is_missing": [("print(1)\nprint(2)", "1\n")],
    "a_dead_kernel": [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ""), ("2", "")],
    "nothing": [("print(1)", "1\n"), ("x = 1", "")],
}


@pytest.fixture(scope="module")
def stock_and_ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for fault, cells in PLANTED.items():
        notebook(folder / f"{fault}.ipynb", *cells)
    patience = ["--nbval-cell-timeout", "5"]  # a dead kernel is noticed at the time-out
    return verdicts(folder, *patience), verdicts(folder, *patience, "-p", "tools.kernels")


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_the_verdicts_are_those_of_the_stock_plugin(fault, stock_and_ours):
    stock, ours = (
        {cell: verdict for (page, cell), verdict in found.items() if page == fault}
        for found in stock_and_ours
    )
    assert ours == stock
    assert list(stock) == list(range(len(PLANTED[fault])))
    assert (set(stock.values()) == {"PASSED"}) == (fault == "nothing")


@pytest.mark.planted
def test_a_kernel_that_dies_is_named_and_not_waited_for(tmp_path):
    notebook(tmp_path / "one.ipynb", ("import os\nos._exit(3)", ""))
    status, said = run(tmp_path, "-p", "tools.kernels", "--nbval-cell-timeout", "2000")
    assert status == 1 and "The kernel died while it ran this cell" in said


def test_one_server_serves_every_worker_and_ends_with_the_run(tmp_path):
    for name in ("one", "two"):
        source = SAY_WHO.replace("pids", name)
        notebook(tmp_path / f"{name}.ipynb", (source, ""))
    status, said = run(tmp_path, "-p", "tools.kernels", "-n", "2", "--dist", "loadfile")
    assert status == 0, said
    (one, server, *others), (two, other, *more) = (
        map(int, (tmp_path / name).read_text("utf-8").split()) for name in ("one", "two")
    )
    assert one != two and server == other
    assert gone([one, two, server, *others, *more])


def test_unseeded_draws_differ_from_kernel_to_kernel(tmp_path):
    draw = "import random, numpy, torch\n_ = open({!r}, 'w').write(str([random.random(), "
    draw += "numpy.random.rand(), torch.rand(1).item()]))"
    for name in ("one", "two"):
        notebook(tmp_path / f"{name}.ipynb", (draw.format(name), ""))
    assert run(tmp_path, "-p", "tools.kernels")[0] == 0
    one, two = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("one", "two"))
    assert all(a != b for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["serial", "two workers"])
def test_nothing_outlives_the_run(number, workers, tmp_path):
    notebook(tmp_path / "slow.ipynb", (SAY_WHO + "\ntime.sleep(600)", ""))
    process = start(tmp_path, "-p", "tools.kernels", *workers)
    end = time.monotonic() + 300
    while not (pids := tmp_path / "pids").exists() or not pids.read_text("utf-8"):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert gone([*map(int, pids.read_text("utf-8").split())])

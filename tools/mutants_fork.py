"""Pytest collects the tests once; then each mutant is tried in a fork of that process.

    pytest -p tools.mutants_fork tests/test_pure.py          in what `tools.mutants` has prepared

`mutants.json` lists the mutants, `tried.json` then says of each which test killed it, or why
none needed to be asked. The tests that reach a function are those that call it in a first run,
without any change; what fails in that run is left out. They are asked in the order of what they
cost, after those that killed a neighbour.
"""

import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name as function_of

LIMIT = 4 << 30  # bytes that a mutant may fill
CHILDREN = int(os.environ.get("CHILDREN", "1"))
# Hypothesis is to find an example that fails, not the smallest one: that takes minutes.
settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutants")


def pytest_runtestloop(session) -> bool:
    """Try the mutants instead of running the tests."""
    if session.testsfailed:
        raise session.Interrupted("a test file cannot be read")
    items = {item.nodeid: item for item in session.items}
    first = start(lambda: first_run(session.items), None)
    os.waitpid(first, 0)
    costs, reached = said_by(first)
    tried = {}
    for name in sorted(set(items) - set(costs)):
        print(f"left out, it fails before anything is changed: {name}")
    killers, running = Counter(), {}

    def wait_for_one() -> None:
        pid, _ = os.wait()
        mutant = running.pop(pid)
        # a crash, and what takes too long, kills as well
        tried[mutant] = said_by(pid, "no answer")
        if tried[mutant]:
            killers[tried[mutant]] += 1
        fate = f"killed by {tried[mutant]}" if tried[mutant] else "LIVED"
        print(f"{len(tried)} of {len(mutants)}: {mutant} {fate}", flush=True)

    mutants = json.loads(Path("mutants.json").read_text("utf-8"))
    for mutant in mutants:
        names = reached.get(function_of(mutant.replace("__init__.", "")), [])
        names.sort(key=lambda name: (-killers[name], costs[name]))
        chosen = [items[name] for name in names]
        seconds = 5 + 5 * sum(costs[name] for name in names)
        work = lambda mutant=mutant, chosen=chosen: first_failure(mutant, chosen)  # noqa: E731
        running[start(work, seconds)] = mutant
        if len(running) >= CHILDREN:
            wait_for_one()
    while running:
        wait_for_one()
    Path("tried.json").write_text(json.dumps(tried, indent=1), "utf-8")
    os.chdir("..")
    for mutant in mutants:
        if not tried[mutant]:
            print(f"\n# {mutant}\n{get_diff_for_mutant(mutant)}")
    return True


def start(work: Callable, seconds: float | None) -> int:
    """Begin a piece of work in a process of its own, and return its id."""
    if pid := os.fork():
        return pid
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
            resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
        Path(f"said-{os.getpid()}").write_text(json.dumps(work()), "utf-8")
    finally:
        os._exit(0)


def said_by(pid: int, otherwise: object = None) -> object:
    """Return what the work of a process gave, `otherwise` if it did not get so far."""
    path = Path(f"said-{pid}")
    if not path.exists():
        return otherwise
    said = json.loads(path.read_text("utf-8"))
    path.unlink()
    return said


def first_run(items: list) -> tuple[dict, dict]:
    """Return the seconds of each test that passes, and the tests that reach each function."""
    set_mutant_under_test("stats")
    costs, reached = {}, {}
    for item, following in zip(items, [*items, None][1:], strict=True):
        state()._stats.clear()
        begun = time.process_time()
        if not failed(item, following):
            costs[item.nodeid] = time.process_time() - begun
            for function in state()._stats:
                reached.setdefault(function, []).append(item.nodeid)
    return costs, reached


def first_failure(mutant: str, items: list) -> str | None:
    """Return the name of the first test that notices a mutant."""
    set_mutant_under_test(mutant.replace("__init__.", ""))
    for item, following in zip(items, [*items, None][1:], strict=True):
        if failed(item, following):
            return item.nodeid
    return None


def failed(item, following) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))

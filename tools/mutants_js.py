"""Change a script one place at a time, and see whether a browser test notices.

    python -m tools.mutants_js explore          helpers/widgets/explore.js
    python -m tools.mutants_js terms element    _static/terms.js, helpers/widgets/element.js
    python -m tools.mutants_js --again explore  only the changes that lived the last time
    python -m tools.mutants_js --lines 84-170 element only the changes in these lines
    python -m tools.mutants_js -k keyboard explore    only these tests, as pytest's -k

The changes (mutants) are those of Stryker, each number made another one and each statement left
out; tools/mutants_js.mjs lists them. They are tried in a copy of the tree below `_build/mutants`,
each against the tests that fail when the script does nothing but throw; the browser stays open. A
change is killed when a test fails, or does not end. A script takes minutes to an hour or two. A
test that waited in vain is run on the script as it is: if it then waits in vain too, the machine
has other things to do. What was killed in that way, or hung, is listed as killed by time. The exit
status is the number of survivors, at most 100: kill each by a test, or say in the commit why it
may live.
A chromium-headless-shell, named in CHROME_PATH, takes a third of the time.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tools.mutants import ASIDE, COPIED, copy_tree
from tools.notebooks import ROOT
from tools.site import formulas

STRYKER = "@stryker-mutator/instrumenter@10.1.1"
ROOMS = {"helpers/widgets": "tests/widgets", "_static": "tests/site"}
SITE = ["_static", "_templates", "requirements.txt", "_build/site", "_build/work"]
# Programs and whole sites of their own: too slow to be started for every change.
SLOW = [f"tests/{name}.py" for name in
        ("widgets/test_jupyterlab", "site/test_firefox", "site/test_pdf", "site/test_build",
         "site/test_exchange", "site/test_links")]  # fmt: skip
# What `pytest -k` finds the tests by; else by the script's own name.
KEYS = {"element": "", "explore": "explore or element", "answers": "answering", "site": ""}
PATIENCE = 5  # seconds that a test waits in the page for what should be there
HANGS = 90  # seconds after which a test that has not ended counts as failed
WAITED = ["TimeoutError", "never became true"]  # in what a test says that waited in vain


def script_of(name: str) -> str:
    """Return the path of the script `name` in the tree.

    Raises:
        ValueError: there is none.
    """
    found = [(room, path) for room in ROOMS for path in (ROOT / room).glob("*.js")]
    scripts = {path.stem: f"{room}/{path.name}" for room, path in found}
    if name not in scripts:
        raise ValueError(f"there is no script {name!r}; there are {', '.join(sorted(scripts))}")
    return scripts[name]


def changes(script: str) -> list[dict]:
    """Return every change of a script: its line, what was and is now there, the changed text."""
    node, folder = Path(formulas.node()), ASIDE / STRYKER.replace("/", "-")
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = next(node.parent.parent.rglob("npm/bin/npm-cli.js"))
        subprocess.run([node, npm, "install", "--silent", STRYKER], cwd=folder, check=True)
    lister = shutil.copy(ROOT / "tools/mutants_js.mjs", folder)  # it imports what stands beside it
    listed = subprocess.run([node, lister, ROOT / script], check=True, capture_output=True)
    return json.loads(listed.stdout)


def prepare(script: str) -> Path:
    """Return a folder with a copy of the tree."""
    folder = ASIDE / "js" / Path(script).stem
    names = COPIED + (SITE if script.startswith("_static") else [])
    copy_tree(folder, [name for name in names if (ROOT / name).exists()])
    return folder


class Trial:
    """A plugin of pytest that runs its tests once for each change instead of once."""

    def __init__(self, place: Path, original: str, tried: list[dict], said: Path) -> None:
        self.place, self.original, self.tried, self.said = place, original, tried, said
        self.seconds, self.kills, self.waited = {}, {}, False

    def write(self, script: str) -> None:
        from helpers.widgets import element

        self.place.write_text(script, "utf-8")
        element.script.cache_clear()

    def say(self, **line: object) -> None:
        with open(self.said, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def passes(self, test: pytest.Item) -> bool:
        began = time.monotonic()
        # As if another test followed: what belongs to the session, the browser, stays.
        reports = runtestprotocol(test, log=False, nextitem=test.session)
        self.seconds.setdefault(test.nodeid, time.monotonic() - began)
        self.said.touch()
        failed = [report.longreprtext for report in reports if report.failed]
        self.waited = any(word in text for text in failed for word in WAITED)
        return not failed

    def doubtful(self, killer: pytest.Item | None) -> bool:
        """Return whether the test that has just failed would have done so without the change."""
        if not self.waited or killer is None:
            return False
        self.write(self.original)
        self.passes(killer)
        return self.waited

    def fit(self, tests: list[pytest.Item]) -> list[pytest.Item]:
        """Return the tests that pass, and do not pass without the script."""
        self.write(self.original)  # what was ended before may have left a change there
        good = [test for test in tests if self.passes(test)]
        self.write("throw 0;")
        good = [test for test in good if not self.passes(test)]
        return good

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        hurry()
        tests = self.fit(session.items)
        self.say(tests=[test.nodeid for test in tests])
        for number, change in self.tried:
            self.write(change["script"])
            # First what is quick and has found the most.
            tests.sort(key=lambda x: self.seconds[x.nodeid] / (1 + self.kills.get(x.nodeid, 0)))
            killer = next((test for test in tests if not self.passes(test)), None)
            name = killer and killer.nodeid
            self.kills[name] = self.kills.get(name, 0) + 1
            self.say(number=number, killer=name, waited=self.doubtful(killer))
        return True


def hurry() -> None:
    """Let no test wait long for what a change has made impossible."""
    from playwright.sync_api import Browser

    made = Browser.new_context

    def hurried(self, **options):
        context = made(self, **options)
        context.set_default_timeout(1000 * PATIENCE)
        return context

    Browser.new_context = hurried


def within(name: str, tests: str) -> None:
    """Try, in the copy of the tree that is the working directory, what has no verdict yet."""
    script, said = script_of(name), Path(f"../{name}.said")
    room = next(room for room in ROOMS if script.startswith(room))
    place = Path(script)
    if room == "_static":
        from tools.site.build import build

        place = build(ROOT) / script
    judged = verdicts(said)
    listed = enumerate(json.loads(Path(f"../{name}.json").read_text("utf-8")))
    tried = [(number, change) for number, change in listed if number not in judged]
    trial = Trial(place, Path(f"../{name}.js").read_text("utf-8"), tried, said)
    ignored = [f"--ignore={path}" for path in SLOW]
    options = ["-q", "-k", tests or KEYS.get(name, name), "-p", "no:cacheprovider"]
    pytest.main([ROOMS[room], *options, *ignored], plugins=[trial])


def verdicts(said: Path) -> dict[int, dict]:
    """Return which test killed each change, None for those that lived, and whether in doubt."""
    lines = [json.loads(line) for line in said.read_text("utf-8").splitlines()]
    return {line["number"]: line for line in lines if "number" in line}


def run(name: str, tests: str, folder: Path, said: Path, count: int) -> None:
    """Try all changes in processes of their own: one that hangs is ended, and the next goes on.

    Raises:
        RuntimeError: the tests could not be run.
    """
    outside = {**os.environ, "OMP_NUM_THREADS": "1"}
    outside.pop("PYTHONPATH", None)
    log = folder.with_suffix(".log")
    while len(verdicts(said)) < count:
        said.touch()
        with open(log, "w") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "tools.mutants_js", "--within", "-k", tests, name],
                cwd=folder, env=outside, stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        try:
            while child.poll() is None and time.time() - said.stat().st_mtime < HANGS:
                time.sleep(0.5)
            hangs = child.poll() is None
        finally:
            end(child)
        judged = verdicts(said)
        if hangs:
            with open(said, "a", encoding="utf-8") as file:
                number = next(n for n in range(count) if n not in judged)
                line = {"number": number, "killer": "it hangs", "waited": True}
                file.write(json.dumps(line) + "\n")
        elif len(judged) < count:
            raise RuntimeError(f"the tests of {name} could not be run:\n{log.read_text()[-3000:]}")


def end(child: subprocess.Popen) -> None:
    """End a process and what it started; the browser goes with it."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is None:
            os.killpg(child.pid, how)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                continue


def try_script(name: str, tests: str, again: bool, lines: range) -> int:
    """Print the changes of a script that `tests`, or all that run it, miss; return their count."""
    script = script_of(name)
    tried = [change for change in changes(script) if change["line"] in lines]
    listed, said = ASIDE / "js" / f"{name}.json", ASIDE / "js" / f"{name}.said"
    if again and listed.exists():
        old, judged = json.loads(listed.read_text("utf-8")), verdicts(said)
        lived = {old[n]["script"] for n in judged if judged[n]["killer"] is None}
        tried = [change for change in tried if change["script"] in lived] or tried
    folder = prepare(script)
    listed.write_text(json.dumps(tried), "utf-8")
    shutil.copy(ROOT / script, listed.with_suffix(".js"))
    said.write_text("")
    run(name, tests, folder, said, len(tried))
    judged = verdicts(said)
    lived = [n for n in sorted(judged) if judged[n]["killer"] is None]
    waited = [n for n in sorted(judged) if judged[n]["waited"]]
    source = (ROOT / script).read_text("utf-8").splitlines()
    for title, numbers in (("killed by time", waited), ("lived", lived)):
        print(f"{title}:" if numbers else f"{title}: none")
        for n in numbers:
            change, killer = tried[n], judged[n]["killer"]
            print(f"{script}:{change['line']}: {source[change['line'] - 1].strip()}")
            print(f"    {short(change['was'])}  ->  {short(change['now'])}")
            if killer:
                print(f"    waited: {killer}")
    print(
        f"{name}: {len(tried)} changes, {len(tried) - len(lived)} killed "
        f"({len(waited)} by time), {len(lived)} lived"
    )
    return len(lived)


def short(code: str) -> str:
    code = " ".join(code.split())
    return code if len(code) <= 70 else f"{code[:50]} … {code[-15:]}"


def span(words: str) -> range:
    first, last = map(int, words.split("-"))
    return range(first, last + 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scripts", nargs="+", metavar="script", help="explore, element, terms, ...")
    parser.add_argument("--again", action="store_true", help="only what lived the last time")
    parser.add_argument("--lines", type=span, default=range(1, 10_000), help="as 84-170")
    parser.add_argument("-k", dest="tests", default="", help="only these tests, as pytest's -k")
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    try:
        if given.within:
            return within(given.scripts[0], given.tests) or 0
        lived = (try_script(name, given.tests, given.again, given.lines) for name in given.scripts)
        return min(100, sum(lived))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())

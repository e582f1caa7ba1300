"""Firefox, opened on pages of the site: what it says in its console, and what scripts find there.

Ours: playwright drives a Firefox of its own making alone; this one speaks WebDriver BiDi with the
one that is installed.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.language import LANGUAGES

FIREFOX = ("firefox-esr", "firefox")
HOW = "Firefox is not here: apt install firefox-esr"
PREFERENCES = """\
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# What every kind of page must show; true, or what is wrong.
SOUND = """(async () => {
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) return "moves sideways";
  if (!document.querySelector("h1")) return "has no title";
  for (const widget of document.querySelectorAll(".cell_output *")) {
    const name = widget.localName;
    if (name.includes("-") && !name.startsWith("annotation") && !customElements.get(name)
      && widget.querySelector("script")) return `${name} has no script`;
  }
  return true;
})()"""


def firefox() -> str | None:
    """Return the path of an installed Firefox, or None."""
    return next(filter(None, map(shutil.which, FIREFOX)), None)


class Tab:
    """A tab of a running Firefox."""

    def __init__(self, address: str) -> None:
        from websocket import create_connection

        self.socket = create_connection(f"{address}/session", timeout=60, suppress_origin=True)
        self.number = 0
        self.said: list[str] = []
        self.do("session.new", capabilities={})
        self.do("session.subscribe", events=["log.entryAdded"])
        self.context = self.do("browsingContext.getTree")["contexts"][0]["context"]

    def do(self, method: str, **parameters: object) -> dict:
        """Send a command and return its result; keep what the console says meanwhile.

        Raises:
            RuntimeError: Firefox answers with an error.
        """
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(command))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded":
                entry = answer["params"]
                self.said.append(f"{entry['level']}: {entry['text']}")
            elif answer.get("id") == self.number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self.do("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression: str) -> object:
        """Return the plain value of an expression, a promise's when it is fulfilled.

        Raises:
            RuntimeError: the expression throws.
        """
        answer = self.do(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")


@contextmanager
def tab() -> Iterator[Tab]:
    """Give a tab of a new Firefox with a profile of its own.

    Raises:
        RuntimeError: there is none, or it does not listen.
    """
    path = firefox()
    if path is None:
        raise RuntimeError(HOW)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        (Path(profile) / "user.js").write_text(PREFERENCES)
        said = Path(profile) / "said"
        command = [path, "--headless", "--no-remote", "--profile", profile]
        with said.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port=0"], stdout=output, stderr=output
            )
        try:
            address, until = None, time.monotonic() + 60
            while not address:
                address = LISTENS.search(said.read_text("utf-8", "replace"))
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"Firefox does not listen:\n{said.read_text()[-2000:]}")
                time.sleep(0.1)
            yield Tab(address[1])
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def kinds_of_pages(site: Path) -> list[str]:
    """Return the English pages, the others' first page and glossary, and the two pages above."""
    names = ["index.html", "404.html"]
    names += [f"en/{page.name}" for page in sorted(site.glob("en/*.html"))]
    others = [code for code in LANGUAGES if code != "en"]
    return names + [f"{code}/{name}.html" for code in others for name in ("index", "glossary")]


def faults(site: Path, address: str) -> list[str]:
    """Return what is wrong in Firefox with each kind of page, one line each.

    Raises:
        RuntimeError: there is no Firefox, or it does not listen.
    """
    found = []
    with tab() as open_tab:
        for name in kinds_of_pages(site):
            open_tab.said.clear()
            open_tab.open(address + name)
            sound = open_tab.evaluate(SOUND)
            said = [line for line in open_tab.said if not line.startswith("debug")]
            found += [f"{name}: {line}" for line in said]
            found += [] if sound is True else [f"{name}: {sound}"]
    return found

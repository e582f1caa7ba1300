"""Run Lighthouse (mobile) on the finished site, open it in Firefox, print both: `make audit`.

    python -m tools.audit                    the first page and the longest chapter, each language
    python -m tools.audit --runs 5 en/index.html ja/02-softmax.html

Not part of the tests: Lighthouse comes from npm when it is run, and its timings vary.
Performance is the median of the runs; of the rest, which do not vary, the lowest.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

from helpers.language import LANGUAGES
from tools.site import SiteError, firefox
from tools.site.browser import FLAGS, chromium
from tools.site.build import build
from tools.site.formulas import node
from tools.site.serve import server

LIGHTHOUSE = "lighthouse@13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def lighthouse(url: str) -> dict:
    """Return Lighthouse's report on one page.

    Raises:
        SiteError: Lighthouse could not be run.
    """
    binary = Path(node())
    found = [*binary.parent.parent.rglob("npm/bin/npx-cli.js")]
    environment = os.environ | {
        "CHROME_PATH": chromium() or "",
        "PATH": f"{binary.parent}{os.pathsep}{os.environ['PATH']}",
    }
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [binary, found[0], "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"]
        run = subprocess.run(
            [*command, f"--output-path={report}", f"--chrome-flags={' '.join(FLAGS)}"],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if not report.exists():
            raise SiteError(f"Lighthouse gave no report on {url}:\n{run.stderr[-2000:]}")
        return json.loads(report.read_text("utf-8"))


def pages(site: Path) -> list[str]:
    """Return the first page and the longest chapter of each language."""
    names = []
    for code in LANGUAGES:
        chapters = sorted(site.glob(f"{code}/*.html"), key=lambda path: path.stat().st_size)
        names += [f"{code}/index.html", f"{code}/{chapters[-1].name}"]
    return names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="below _build/site")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    short = 0
    try:
        site = build()
        with server(site) as running:
            Thread(target=running.serve_forever, daemon=True).start()
            print(f"{'page':44}" + "".join(f"{name:>16}" for name in CATEGORIES), flush=True)
            for name in options.pages or pages(site):
                url = f"http://127.0.0.1:{running.server_port}/{name}"
                reports = [lighthouse(url) for _ in range(options.runs)]
                scores = {
                    category: [100 * r["categories"][category]["score"] for r in reports]
                    for category in CATEGORIES
                }
                speed = statistics.median(scores.pop("performance"))
                rest = [min(found) for found in scores.values()]
                print(f"{name:44}" + "".join(f"{s:16.0f}" for s in (speed, *rest)), flush=True)
                short += speed < 95 or min(rest) < 100
                for audit in reports[0]["audits"].values():
                    if audit["score"] is not None and audit["score"] < 0.9:
                        print(f"    {audit['id']}: {audit.get('displayValue', audit['title'])}")
            try:
                faults = firefox.faults(site, f"http://127.0.0.1:{running.server_port}/")
                print("Firefox:", *(faults or ["every kind of page is sound"]), sep="\n    ")
                short += len(faults)
            except RuntimeError as error:
                print(error)
            running.shutdown()
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main())

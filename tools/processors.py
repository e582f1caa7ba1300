"""Chapters as another processor runs them, compared with what is stored.

    python -m tools.processors                     every English chapter on every variant
    python -m tools.processors 07 --variant 1      one chapter, the last bits moved with seed 1

A variant is a number (a seed of tools/disturb.py: the last bits moved), an instruction set that
torch can be told to use ("default", "avx2", "avx512", where the processor has it) or "threads=2".
"""

import argparse
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools.kernels import fork_kernels
from tools.notebooks import ROOT, SOURCE, chapters, merged, read

DISTURB = ROOT / "tools" / "disturb.py"
VARIANTS = ("1", "2", "3", "default", "avx2", "avx512", "threads=2")
ADVICE = (
    "What hangs on the last bit of a float may not be printed: round it where it is far from a "
    "tie, compute in float64, or show the thing with numbers made for the purpose."
)


def start(variant: str) -> str:
    """Return the code that makes a new kernel compute as the variant does.

    Raises:
        ValueError: there is no such variant.
    """
    if variant.isdecimal():
        return f"import runpy; runpy.run_path({str(DISTURB)!r})['disturb']({variant})"
    if variant == "threads=2":
        return "import torch; torch.set_num_threads(2)"
    if variant in VARIANTS:  # torch reads it at its first operation
        return f"import os; os.environ['ATEN_CPU_CAPABILITY'] = {variant!r}"
    raise ValueError(f"expected a variant among {', '.join(VARIANTS)}, or a seed; got {variant!r}")


def shown(cell: dict) -> list[str]:
    """Return what a cell shows, output after output."""
    texts = []
    for output in merged(cell.get("outputs", [])):
        data = output.get("data", {"text": output.get("text", output.get("evalue", ""))})
        texts += ["".join(data[mime]) for mime in sorted(data) if mime != "image/png"]
    return texts


def changes(path: Path, variant: str) -> list[str]:
    """Run a stored chapter as a variant; return what it then prints otherwise, a line a cell."""
    stored = read(path)
    notebook = nbformat.from_dict({**stored, "nbformat": 4, "nbformat_minor": 5})
    first = {
        "cell_type": "code",
        "id": "variant",
        "metadata": {},
        "source": start(variant),
        "outputs": [],
    }
    notebook.cells.insert(0, nbformat.from_dict({**first, "execution_count": None}))
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place)
    try:
        client.execute()
    except CellExecutionError as error:
        return [f"{path.parent.name}/{path.name}, variant {variant}: {error.ename}: {error.evalue}"]
    found = []
    for was, now in zip(stored["cells"], notebook.cells[1:], strict=True):
        if was["cell_type"] == "code" and shown(was) != shown(now):
            lines = [
                [line for text in shown(one) for line in text.splitlines()] for one in (was, now)
            ]
            pairs = itertools.zip_longest(*lines, fillvalue="(nothing)")
            here, there = next((a, b) for a, b in pairs if a != b)
            pairs = zip(here, there, strict=False)
            near = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
            cut = slice(max(0, near - 60), near + 60)
            found.append(
                f"{path.parent.name}/{path.name}#{was['id']}, variant {variant}: prints\n"
                f"    {here[cut]}\n  and on another processor\n    {there[cut]}"
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", help="beginnings of chapter names; default: all")
    parser.add_argument("--variant", action="append")
    options = parser.parse_args()
    fork_kernels()
    wanted = tuple(options.chapters) or ("",)
    runs = [
        (path, variant)
        for path in chapters(SOURCE)
        if path.name.startswith(wanted)
        for variant in options.variant or VARIANTS
    ]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = [line for lines in pool.map(lambda run: changes(*run), runs) for line in lines]
    print("\n".join([*found, ADVICE] if found else [f"{len(runs)} runs print what is stored"]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

"""Measure what the book promises about speed, both sides of each ratio in one run.

    python -m tools.bench              every benchmark
    python -m tools.bench attention    the named ones

A benchmark is a function that yields rows (what, ours in ms, theirs in ms, ratio, bound); to
add one, write it and name it in BENCHES. The two sides take turns, and the ratio is the median
of the ratios of the turns, so that a machine that is busy for a while slows both.
Nothing here is a test: a busy machine proves nothing.
"""

import contextlib
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(call):
    """Return how long one call takes, in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(what, ours, theirs, rounds, bound=None, warm_up=2):
    """Return a row: both sides measured in turn, and the median of the ratios.

    Each round runs both sides; the side that goes first changes from round to round.
    """
    for _ in range(warm_up):
        ours(), theirs()
    pairs = []
    for turn in range(rounds):
        if turn % 2:
            theirs_seconds, ours_seconds = seconds(theirs), seconds(ours)
        else:
            ours_seconds, theirs_seconds = seconds(ours), seconds(theirs)
        pairs.append((ours_seconds, theirs_seconds))
    ours_ms, theirs_ms = (1000 * statistics.median(side) for side in zip(*pairs, strict=True))
    return what, ours_ms, theirs_ms, statistics.median(a / b for a, b in pairs), bound


def attention():
    """MultiHeadAttention against nn.MultiheadAttention, and its fused against its explicit path."""
    import torch
    from torch import nn

    from helpers import MultiHeadAttention

    torch.set_num_threads(2)
    torch.manual_seed(0)
    batch, tokens, width, heads = 4, 512, 768, 12
    x = torch.randn(batch, tokens, width, requires_grad=True)  # (B, T, D)
    future = torch.ones(tokens, tokens, dtype=torch.bool).triu(diagonal=1)  # True = hide
    ours = MultiHeadAttention(width, width, tokens, 0.0, heads, qkv_bias=True)
    theirs = nn.MultiheadAttention(width, heads, batch_first=True)

    def call_theirs():
        return theirs(x, x, x, need_weights=False, attn_mask=future, is_causal=True)[0]

    def forward(call):
        def run():
            with torch.no_grad():
                call()

        return run

    def forward_backward(call):
        return lambda: call().sum().backward()

    versus = "MultiHeadAttention / nn.MultiheadAttention"
    for mode, word in ((True, "training"), (False, "evaluation")):
        ours.train(mode), theirs.train(mode)
        what = f"{versus}, forward, {word} mode"
        yield compare(what, forward(lambda: ours(x)), forward(call_theirs), 31, 1.05)
    ours.train(), theirs.train()
    what = f"{versus}, forward + backward"
    yield compare(what, forward_backward(lambda: ours(x)), forward_backward(call_theirs), 21, 1.05)

    def explicit():
        return ours(x, return_weights=True)[0]

    what = "MultiHeadAttention, fused / with weights, forward"
    yield compare(what, forward(lambda: ours(x)), forward(explicit), 15)
    what = "MultiHeadAttention, fused / with weights, forward + backward"
    yield compare(what, forward_backward(lambda: ours(x)), forward_backward(explicit), 9)


def imports():
    """`import helpers` against `import torch`, each in a new process."""

    def run(module):
        return lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    yield compare("import helpers / import torch", run("helpers"), run("torch"), 11, 1.1)


def site():
    """Building: four languages against jupyter-book's default English book; one edited cell."""
    from tools.notebooks import ROOT
    from tools.site.build import build

    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder)
        shutil.copytree(ROOT / "chapters", book / "chapters")
        shutil.copy(ROOT / "_toc.yml", book)
        (book / "_config.yml").write_text(
            'only_build_toc_files: true\nexecute: {execute_notebooks: "off"}\n'
        )
        with contextlib.redirect_stdout(io.StringIO()):
            full = 1000 * seconds(lambda: build(book))
            chapter = book / "chapters/en/03-simple-self-attention.ipynb"
            chapter.write_text(chapter.read_text("utf-8").replace("journey", "travel", 1), "utf-8")
            edited = 1000 * seconds(lambda: build(book))
        command = ["jupyter-book", "build", str(book), "--path-output", str(book / "default")]
        default = 1000 * seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    yield (
        "four languages, all pages / default jupyter-book, English",
        full,
        default,
        full / default,
        None,
    )
    yield "four languages, one cell edited / all pages", edited, full, edited / full, None


def notebooks():
    """Re-running notebooks: forked kernels against stock nbval; then one more notebook."""
    from tools.notebooks import ROOT, SOURCE, chapters

    stock = [sys.executable, "-m", "pytest", "--nbval", "-q", "-n", "2", "--dist", "loadfile"]
    stock += ["-p", "no:cacheprovider"]
    forking = [*stock, "-p", "tools.kernels"]

    def run(command, paths):
        outside = {name: value for name, value in os.environ.items() if name != "KERNEL_SERVER"}
        outside["PYTHONPATH"] = str(ROOT)
        return lambda: subprocess.run(
            [*command, *paths], check=True, capture_output=True, cwd=ROOT, env=outside
        )

    ours, theirs = run(forking, ["chapters"]), run(stock, ["chapters"])
    yield compare("all notebooks, -n 2, ours / stock nbval", ours, theirs, 1, 0.2, warm_up=0)
    with tempfile.TemporaryDirectory() as folder:
        chapter = next(path for path in chapters(SOURCE) if path.name.startswith("03"))
        copies = [shutil.copy(chapter, Path(folder) / f"{i}.ipynb") for i in range(9)]
        for name, command in (("ours", forking), ("stock", stock)):
            few, many = run(command, copies[:1]), run(command, copies)
            pairs = [(seconds(few), seconds(many)) for _ in range(3)]
            cost = 1000 * statistics.median((late - soon) / 8 for soon, late in pairs)
            start = 1000 * statistics.median(soon for soon, _ in pairs)
            yield f"one more notebook / a run of one, {name}", cost, start, cost / start, None


BENCHES = {"attention": attention, "imports": imports, "site": site, "notebooks": notebooks}


def main(names):
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f"expected names among {', '.join(BENCHES)}; got {', '.join(unknown)}")
    for name in names or BENCHES:
        print(f"{name}: {BENCHES[name].__doc__.splitlines()[0]}")
        for what, ours_ms, theirs_ms, ratio, bound in BENCHES[name]():
            limit = f"  (wanted: at most {bound})" if bound else ""
            print(
                f"  {ratio:5.2f}  {what}: {ours_ms:.1f} ms / {theirs_ms:.1f} ms{limit}", flush=True
            )


if __name__ == "__main__":
    main(sys.argv[1:])

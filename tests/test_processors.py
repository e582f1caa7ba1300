"""Every chapter prints the same characters on another processor (tools/processors.py)."""

import contextlib
import io
import json

import pytest
import torch

from tools.kernels import fork_kernels
from tools.notebooks import SOURCE, chapters
from tools.processors import ADVICE, changes, start

SEEDS = ("1", "2", "3")


@pytest.fixture(scope="module", autouse=True)
def kernels():
    fork_kernels()


@pytest.mark.parametrize("path", chapters(SOURCE), ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_last_bits_change_nothing(path, seed):
    found = changes(path, seed)
    assert not found, "\n".join([*found, ADVICE])


@pytest.mark.parametrize(
    "code",
    [
        "torch.randn(9, 9, generator=torch.manual_seed(0)) @ torch.ones(9, 9)",
        "torch.rand(5, 7, generator=torch.manual_seed(0)).sum(-1)",
        "torch.rand(9, generator=torch.manual_seed(0)).mul(3).exp_()",
        "[math.exp(x / 7) for x in range(9)]",
        "[sum([x / 7, 0.1, 0.3]) for x in range(9)]",
    ],
)
def test_a_number_that_hangs_on_the_last_bit_is_named(code, tmp_path):
    folder = tmp_path / "en"
    folder.mkdir()
    source = f"import math, torch\ntorch.set_printoptions(precision=9)\nprint({code})"
    cell = {"cell_type": "code", "id": "too-many-digits", "metadata": {}, "source": source}
    path = folder / "99-planted.ipynb"

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(source, {})
    torch.set_printoptions(profile="default")
    output = {"output_type": "stream", "name": "stdout", "text": printed.getvalue()}
    cells = [{**cell, "outputs": [output], "execution_count": 1}]
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
    assert changes(path, "threads=2") == []
    (line,) = changes(path, "1")
    assert line.startswith("en/99-planted.ipynb#too-many-digits, variant 1: prints")


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match=r"expected a variant among .*; got 'sse'"):
        start("sse")

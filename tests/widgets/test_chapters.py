"""The widgets in the stored chapters show the digits that the chapters' own tensors show."""

import html
import json
import re

import pytest
import torch

from tools.notebooks import ROOT

EXPLORER = re.compile(r"<attention-explore [^>]*data-given='([^']*)'.*?</attention-explore>", re.S)


def explorers():
    for path in sorted((ROOT / "chapters" / "en").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown = "".join(output.get("data", {}).get("text/html", ""))
                if found := EXPLORER.search(shown):
                    yield pytest.param(found, id=f"{path.stem}#{cell['id']}")


@pytest.mark.parametrize("found", list(explorers()))
def test_an_explorer_shows_what_torch_prints_for_float32(found):
    given = json.loads(html.unescape(found[1]))
    if "weights" in given:
        weights = torch.tensor(given["weights"])
    else:
        queries = torch.tensor(given["queries"])
        keys = torch.tensor(given.get("keys", given["queries"]))
        scores = queries @ keys.mT
        if given["scale"]:
            scores = scores / queries.shape[-1] ** 0.5
        scores = scores / given["temperature"]
        hidden = torch.tensor(given.get("hide", [[0]])).bool()
        if given["causal"]:
            hidden = hidden | torch.ones_like(scores[0], dtype=torch.bool).triu(1)
        weights = torch.softmax(scores.masked_fill(hidden, -torch.inf), dim=-1)
    digits = given["digits"]
    expected = [f"{x:.{digits}f}" for x in weights[0].flatten().tolist()]
    cells = re.findall(r"<td [^>]*>([^<]*)</td>", found[0])
    assert cells == expected, (
        "float32 prints other digits: give explore() what is computed in float64, or fewer digits"
    )

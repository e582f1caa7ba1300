"""The house of attention: blocks, in which an MLP follows it, and a model made of them.

Each function and class is the one that its chapter derives: 14 the block that writes, 15 the
block that reads. The package adds docstrings and the calls to the `_check_...` functions.

Shapes: B batch, T tokens, D width, H heads, V vocabulary.
"""

import re
import sys
from collections.abc import Mapping

import torch
from torch import nn

from helpers.attention import (
    MultiHeadAttention,
    _check_dense,
    _check_overflow,
    _check_real,
    _check_sizes,
    _check_tokens,
    _seen,
)


def _check_ids(ids, vocabulary_size, context_length=None):
    """Refuse what are not rows of token ids."""
    if not isinstance(ids, torch.Tensor) or ids.dtype not in (torch.int32, torch.int64):
        got = ids.dtype if isinstance(ids, torch.Tensor) else type(ids).__name__
        raise TypeError(f"expected token ids as a tensor of torch.int64; got {got}")
    _check_dense(ids)
    if ids.dim() != 2 or ids.numel() == 0:
        raise ValueError(f"expected token ids of shape (B, T); got {tuple(ids.shape)}")
    if context_length and ids.shape[1] > context_length:
        raise ValueError(
            f"expected at most context_length={context_length} tokens; got {ids.shape[1]}"
        )
    if _seen(lambda: 0 <= ids.min() <= ids.max() < vocabulary_size) is False:
        raise ValueError(
            f"expected token ids from 0 to {vocabulary_size - 1}; "
            f"got {ids.min().item()} to {ids.max().item()}"
        )


def _check_temperature(temperature):
    """Refuse a temperature that is not a number of at least 0."""
    if isinstance(temperature, bool) or not isinstance(temperature, int | float):
        raise TypeError(f"expected temperature to be a number; got {temperature!r}")
    if not 0 <= temperature <= sys.float_info.max:
        raise ValueError(f"expected temperature to be at least 0; got {temperature}")


def _check_logits(logits):
    """Refuse what is not a row of finite numbers for each text."""
    _check_real(logits)
    if logits.dim() != 2 or logits.numel() == 0:
        raise ValueError(f"expected logits of shape (B, V); got {tuple(logits.shape)}")
    if _seen(lambda: not logits.isnan().any() and logits.amax(dim=-1).isfinite().all()) is False:
        raise ValueError("expected logits without NaN and with a finite largest one in each row")


def _check_gpt2(theirs):
    """Refuse what is no state dict of a GPT-2."""
    if not isinstance(theirs, Mapping):
        raise TypeError(f"expected a state dict; got {type(theirs).__name__}")
    parts = "|".join(map(re.escape, [*GPT2_PARTS, "attn"]))
    for name, x in theirs.items():
        if not re.fullmatch(rf"(transformer\.)?(h\.\d+\.)?({parts})\.\w+", str(name)):
            raise ValueError(f"expected the name of a GPT-2's parameter; got {name!r}")
        if not isinstance(x, torch.Tensor):
            raise TypeError(f"expected tensors in a state dict; got {type(x).__name__} as {name}")


class TransformerBlock(nn.Module):
    """A block of GPT-2: attention, then an MLP; each reads the normalised sum and adds to it.

    Args:
        d_model: width of a token vector.
        context_length: the largest number of tokens.
        num_heads: number of heads; it must divide `d_model`.
        dropout: the share of weights and of sums set to zero in training, at least 0 and below 1.

    Raises:
        TypeError: a size is not an int, or `dropout` is not a number.
        ValueError: a size is not positive, `num_heads` does not divide `d_model`, or `dropout`
            lies outside its range.

    Source: Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section
        2.3; Vaswani et al. 2017, Attention Is All You Need, section 3.1; He et al. 2016, Deep
        Residual Learning (residual); Ba et al. 2016, Layer Normalization.
    """

    def __init__(self, d_model, context_length, num_heads, dropout=0.0):
        super().__init__()
        self.norm_1 = nn.LayerNorm(d_model)
        self.attention = MultiHeadAttention(
            d_model, d_model, context_length, dropout, num_heads, qkv_bias=True
        )
        self.norm_2 = nn.LayerNorm(d_model)
        self.mlp = nn.Sequential(
            nn.Linear(d_model, 4 * d_model),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * d_model, d_model),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        """Return the token vectors after this block.

        Args:
            x: (B, T, D), dtype of the parameters.

        Returns:
            vectors: (B, T, D), same dtype; each from its own and earlier tokens.

        Raises:
            TypeError, ValueError: as `MultiHeadAttention.forward`.
        """
        _check_tokens(x, self.norm_1, shapes=["(B, T, d_in)"])
        x = x + self.dropout(self.attention(self.norm_1(x)))  # (B, T, D)
        return x + self.dropout(self.mlp(self.norm_2(x)))  # (B, T, D)


class TinyLanguageModel(nn.Module):
    """A model that writes: tokens and positions, blocks, and a logit for each token.

    Args:
        vocabulary_size: V, the number of different tokens.
        d_model: width of a token vector.
        context_length: the largest number of tokens that the model sees.
        num_heads: number of heads; it must divide `d_model`.
        num_layers: number of blocks.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive, or `num_heads` does not divide `d_model`.

    Source: Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.
    """

    def __init__(self, vocabulary_size, d_model, context_length, num_heads, num_layers):
        _check_sizes(
            vocabulary_size=vocabulary_size,
            d_model=d_model,
            context_length=context_length,
            num_layers=num_layers,
        )
        super().__init__()
        self.context_length = context_length
        self.tokens = nn.Embedding(vocabulary_size, d_model)
        self.positions = nn.Embedding(context_length, d_model)
        self.blocks = nn.ModuleList(
            TransformerBlock(d_model, context_length, num_heads) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(d_model)
        self.logits = nn.Linear(d_model, vocabulary_size, bias=False)

    def forward(self, ids):
        """Return for each token a logit for every token that may come next.

        Args:
            ids: (B, T) int64, from 0 to V - 1.

        Returns:
            logits: (B, T, V), dtype of the parameters; softmax over V gives probabilities.

        Raises:
            TypeError: `ids` is not a tensor of whole numbers.
            ValueError: `ids` has another shape, more than `context_length` tokens, or holds a
                number that is no token.
        """
        _check_ids(ids, self.tokens.num_embeddings, self.context_length)
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]  # (B, T, D)
        for block in self.blocks:
            x = block(x)  # (B, T, D)
        return self.logits(self.norm(x))  # (B, T, V)

    @torch.no_grad()
    def generate(self, ids, count, temperature=1.0, generator=None):
        """Return the texts with `count` sampled tokens more.

        Args:
            ids: (B, T) int64. Of more than `context_length` tokens the last ones are read.
            count: how many tokens to add, at least 1.
            temperature: divides the logits; 0 takes the largest one.
            generator: of the random numbers; default, torch's own.

        Returns:
            ids: (B, T + count).

        Raises:
            TypeError: `ids` or `count` is not of whole numbers, `temperature` is not a number.
            ValueError: `ids` has another shape or holds a number that is no token, `count` is
                not positive, or `temperature` is negative.
        """
        _check_ids(ids, self.tokens.num_embeddings)
        _check_sizes(count=count)
        _check_temperature(temperature)
        for _ in range(count):
            logits = self(ids[:, -self.context_length :])[:, -1]  # (B, V)
            drawn = sample(logits, temperature, generator)  # (B, 1)
            ids = torch.cat([ids, drawn], dim=1)
        return ids  # (B, T + count)


def sample(logits, temperature=1.0, generator=None):
    """Draw one token for each row of logits.

    Args:
        logits: (B, V).
        temperature: divides the logits; below 1 the likely tokens gain, above 1 the others; 0
            takes the largest one.
        generator: of the random numbers; default, torch's own.

    Returns:
        ids: (B, 1) int64.

    Raises:
        TypeError: `logits` is not a tensor of real numbers, or `temperature` not a number.
        ValueError: `logits` has another shape or holds NaN, or `temperature` is negative or so
            small that the logits outgrow their dtype.

    Source: Ackley, Hinton, Sejnowski 1985, A Learning Algorithm for Boltzmann Machines
        (temperature).
    """
    _check_logits(logits)
    _check_temperature(temperature)
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)  # (B, 1)
    weights = torch.softmax(logits / temperature, dim=-1)  # (B, V)
    _check_overflow(weights)
    ends = weights.cumsum(dim=-1)  # (B, V)
    options = {"dtype": logits.dtype, "device": logits.device}
    points = torch.rand(len(logits), 1, generator=generator, **options)
    return torch.searchsorted(ends, points * ends[:, -1:], right=True)  # (B, 1)


GPT2_PARTS = {  # a part's name in GPT-2 -> its name in TinyLanguageModel
    "wte": "tokens",
    "wpe": "positions",
    "ln_f": "norm",
    "lm_head": "logits",
    "ln_1": "norm_1",
    "ln_2": "norm_2",
    "attn.c_attn": "attention",
    "attn.c_proj": "attention.out_proj",
    "mlp.c_fc": "mlp.0",
    "mlp.c_proj": "mlp.2",
}


def from_gpt2(theirs):
    """Return the parameters of a GPT-2 under the names and in the layout of this module.

    GPT-2 keeps a matrix as (inputs, outputs), `nn.Linear` as (outputs, inputs); and it keeps
    the matrices of queries, keys and values side by side in one, `c_attn`. Its table of tokens
    also makes the logits; where `lm_head.weight` is missing, as in the published file, the table
    is taken.

    Args:
        theirs: the state dict of `transformers.GPT2LMHeadModel`, or a dict of that shape.

    Returns:
        state: for `TinyLanguageModel.load_state_dict`, but for the masks, which are no parameters.

    Raises:
        TypeError: `theirs` is no dict, or holds something else than tensors.
        ValueError: a parameter has a name that no GPT-2 has.
    """
    _check_gpt2(theirs)
    state = {}
    for name, x in theirs.items():
        *place, kind = name.removeprefix("transformer.").split(".")
        block = f"blocks.{place[1]}." if place[0] == "h" else ""
        part = ".".join(place[2:] if block else place)
        if part == "attn":
            continue  # the mask
        if "c_" in part and kind == "weight":
            x = x.T  # (in, out) -> (out, in)
        if part == "attn.c_attn":
            names = ("W_query", "W_key", "W_value")
            for own, third in zip(names, x.chunk(3), strict=True):
                state[f"{block}attention.{own}.{kind}"] = third
        else:
            state[f"{block}{GPT2_PARTS[part]}.{kind}"] = x
    if "tokens.weight" in state:
        state.setdefault("logits.weight", state["tokens.weight"])  # tied
    return state


class EncoderBlock(nn.Module):
    """A block of BERT: attention, then an MLP; each is added to its input and normalised.

    Args:
        d_model: width of a token vector.
        context_length: the largest number of tokens.
        num_heads: number of heads; it must divide `d_model`.
        d_hidden: width inside the MLP.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive, or `num_heads` does not divide `d_model`.

    Source: Devlin et al. 2019, BERT; Vaswani et al. 2017, Attention Is All You Need, 3.1.
    """

    def __init__(self, d_model, context_length, num_heads, d_hidden):
        _check_sizes(d_hidden=d_hidden)
        super().__init__()
        self.attention = MultiHeadAttention(
            d_model, d_model, context_length, 0.0, num_heads, qkv_bias=True, causal=False
        )
        self.norm_1 = nn.LayerNorm(d_model, eps=1e-12)
        self.mlp = nn.Sequential(
            nn.Linear(d_model, d_hidden), nn.GELU(), nn.Linear(d_hidden, d_model)
        )
        self.norm_2 = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, x):
        """Return the token vectors after this block, and the weights of its heads.

        Args:
            x: (B, T, D), dtype of the parameters.

        Returns:
            vectors: (B, T, D), same dtype.
            weights: (B, H, T, T), each row summing to one.

        Raises:
            TypeError, ValueError: as `MultiHeadAttention.forward`.
        """
        attended, weights = self.attention(x, return_weights=True)
        x = self.norm_1(x + attended)  # (B, T, D)
        return self.norm_2(x + self.mlp(x)), weights  # (B, T, D), (B, H, T, T)

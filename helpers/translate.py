"""One sentence attends to another: what chapter 13 derives to carry it into another order.

The package adds docstrings and the calls to the `_check_...` functions.

Shapes: B batch, H heads, T target tokens, S source tokens, V vocabulary.
"""

import torch
from torch import nn

from helpers.attention import MultiHeadAttention, _check_overflow, _check_sizes, _check_tokens
from helpers.block import _check_ids


def _check_batches(target, source):
    """Refuse two batches of different length."""
    targets, sources = target.shape[0], source.shape[0]
    if targets != sources:
        raise ValueError(f"expected as many targets as sources; got {targets} and {sources}")


def _check_lines(ids, vocabulary_size, places):
    """Refuse what are not rows of token ids, or are longer than there are places."""
    _check_ids(ids, vocabulary_size)
    if ids.shape[1] > places:
        raise ValueError(f"expected ids of shape (B, 1 to {places}); got {tuple(ids.shape)}")


class CrossAttention(MultiHeadAttention):
    """Multi-head attention in which one sequence asks and another answers.

    Made as `MultiHeadAttention`, with `causal=False`: the sequence that answers is known in
    full. `d_in` is the width of both.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.3; Bahdanau et al.
        2015, Neural Machine Translation by Jointly Learning to Align and Translate.
    """

    def forward(self, target, source):
        """Return one output vector per target token, and the weights of every head.

        Args:
            target: (B, T, d_in), dtype of the parameters: the queries are made from it.
            source: (B, S, d_in), same dtype: keys and values are made from it.

        Returns:
            output: (B, T, d_out), same dtype.
            weights: (B, H, T, S), before dropout, each row summing to one.

        Raises:
            TypeError: one of the two is not a tensor of real numbers of that dtype.
            ValueError: one has another shape or too many tokens, is empty, or holds NaN or
                infinity; the batches differ; or the numbers outgrow their dtype.
        """
        _check_tokens(target, self.W_query, self.context_length, ["(B, T, d_in)"])
        _check_tokens(source, self.W_key, self.context_length, ["(B, S, d_in)"])
        _check_batches(target, source)
        queries = self.split(self.W_query(target))  # (B, H, T, d_head)
        keys = self.split(self.W_key(source))  # (B, H, S, d_head)
        values = self.split(self.W_value(source))  # (B, H, S, d_head)
        heads, weights = self.attend(queries, keys, values)
        output = self.out_proj(heads.transpose(1, 2).flatten(2))
        _check_overflow(output)
        return output, weights  # (B, T, d_out), (B, H, T, S)


class Translator(nn.Module):
    """The smallest model that writes a sentence word by word while it looks at another.

    It knows the word written last, its place, and the source; at most 12 tokens on each side.

    Args:
        size: number of tokens in the vocabulary, of both languages together.
        num_heads: number of heads; it must divide 32.
        ordered: whether the tokens of the source get positions.

    Raises:
        TypeError: a size is not an int.
        ValueError: a size is not positive, or `num_heads` does not divide 32.

    Source: chapter 13.
    """

    def __init__(self, size, num_heads=1, ordered=True):
        _check_sizes(size=size)
        super().__init__()
        self.embed = nn.Embedding(size, 32)
        self.places = nn.Embedding(12, 32)
        self.cross = CrossAttention(32, 32, 12, 0.0, num_heads, causal=False)
        self.read = nn.Linear(64, size)
        self.ordered = ordered

    def forward(self, source, target):
        """Return the logits of the word after each target token, and the weights.

        Args:
            source: (B, S), ids; target: (B, T), ids of what has been written.

        Returns:
            logits: (B, T, V).
            weights: (B, H, T, S), each row summing to one.

        Raises:
            TypeError: what came are not ids.
            ValueError: one has another shape or more than 12 tokens, or holds a number that is
                no token; or the batches differ.
        """
        _check_lines(source, self.embed.num_embeddings, self.places.num_embeddings)
        _check_lines(target, self.embed.num_embeddings, self.places.num_embeddings)
        x, y = self.embed(source), self.embed(target)
        y = y + self.places.weight[: target.shape[1]]  # (B, T, 32)
        if self.ordered:
            x = x + self.places.weight[: source.shape[1]]  # (B, S, 32)
        context, weights = self.cross(y, x)  # (B, T, 32), (B, H, T, S)
        return self.read(torch.cat([y, context], dim=-1)), weights

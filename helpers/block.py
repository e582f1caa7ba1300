"""The house of attention: blocks, in which an MLP follows it.

Shapes: B batch, T tokens, D width, H heads.
"""

from torch import nn

from helpers.attention import MultiHeadAttention, _check_sizes


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

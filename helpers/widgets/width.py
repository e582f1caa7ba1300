"""What the size of the vectors does to the weights: a slider over d_k, the scale on and off."""

import torch

from helpers.widgets import data
from helpers.widgets.element import Widget, caption, escaped, plain_table, quoted, word, wording

NEARLY = 0.99  # from here on a weight counts as "nearly 1"
BAR = 200


@data.on_cpu()
def width(widths=(2, 4, 8, 16, 32, 64, 128, 256), *, keys=6, draws=1000, title="width") -> Widget:
    """Show the weights of a random query over d_k, with and without the division by sqrt(d_k).

    Query and keys are standard normal numbers of a generator of their own, in float64. For
    each d_k two things are shown: the weights of one such query, and in how many of `draws`
    the largest weight is at least NEARLY.

    Args:
        widths: the values of d_k, rising, each 1 to 4096.
        keys: how many keys a query has, 2 to 12.
        draws: how many queries are drawn for each d_k, 1 to 10000.
        title: the key of the caption's words, `label.<title>`.

    Raises:
        ValueError: a number outside these bounds.
    """
    widths = list(widths)
    inside = all(isinstance(d, int) and 1 <= d <= 4096 for d in widths)
    if not widths or not inside or widths != sorted(set(widths)):
        raise ValueError(f"expected rising whole numbers from 1 to 4096 in widths; got {widths}")
    for name, value, low, high in (("keys", keys, 2, 12), ("draws", draws, 1, 10_000)):
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"expected {name} from {low} to {high}; got {value!r}")
    moments = [_weights(d, keys, draws) for d in widths]
    head = [word("width", name) for name in ("d_k", "without", "with")]
    rows = [
        [str(d), *(f"{100 * share:.1f} %" for share in shares)]
        for d, (_, shares) in zip(widths, moments, strict=True)
    ]
    words = caption(title)
    told = word("width", "counted", draws=f"{draws:,}", nearly=NEARLY)
    columns = "".join(f'<th scope="col">{wording(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{d}</th><td>{a}</td><td>{b}</td></tr>' for d, a, b in rows
    )
    body = (
        f"<p>{escaped(words)}</p>\n"
        f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(words)}\'>'
        f"<table><caption>{escaped(told)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )
    page = {
        "widths": widths,
        "weights": [[one.tolist() for one in weights] for weights, _ in moments],
    }
    return Widget("width", body, "\n".join([words, told, "", *plain_table([head, *rows])]), page)


def _weights(d_k: int, keys: int, draws: int) -> tuple[list[torch.Tensor], list[float]]:
    """Return the weights of the first query, without and with the scale, and the two shares."""
    generator = torch.Generator().manual_seed(d_k)
    options = {"generator": generator, "dtype": torch.float64}
    queries = torch.randn(draws, 1, d_k, **options)
    scores = (queries * torch.randn(draws, keys, d_k, **options)).sum(-1)  # (draws, keys)
    weights = [torch.softmax(s, -1) for s in (scores, scores / d_k**0.5)]
    return (
        [w[0].round(decimals=4) + 0.0 for w in weights],
        [(w.amax(-1) >= NEARLY).double().mean().item() for w in weights],
    )

"""A training run under a slider: the attention map and the loss at each step, for each seed."""

import torch

from helpers.widgets import data
from helpers.widgets.element import Widget, caption, escaped, number, plain_table, quoted, word


def steps(maps, losses, tokens, *, key_tokens=None, at=None, digits=2, title="steps") -> Widget:
    """Show how an attention map forms in training, with the loss beside it.

    What is given is rounded to `digits` decimals where it is stored; train in float64, so
    that no shown number hangs on a processor's last bits.

    Args:
        maps: seed -> (S, T, K), the map after each of S moments; rows sum to 1.
        losses: seed -> (S,), the loss at the same moments, the same seeds.
        tokens: T words, the rows (queries).
        key_tokens: K words, the columns; default `tokens`.
        at: S whole numbers, the training step of each moment; default 0, 1, 2 ...
        digits: decimals to print, 1 to 7.
        title: the key of the caption's words, `label.<title>`.

    Raises:
        TypeError: a token is not a string, maps or losses are not dicts.
        ValueError: shapes, seeds or tokens that do not fit, rows that do not sum to 1.
    """
    digits = data.read_digits(digits)
    if not isinstance(maps, dict) or not isinstance(losses, dict):
        got = f"{type(maps).__name__} and {type(losses).__name__}"
        raise TypeError(f"expected maps and losses as dicts of seeds; got {got}")
    if not maps or list(maps) != list(losses):
        raise ValueError(f"expected the same seeds; got {list(maps)} and {list(losses)}")
    maps = {seed: data.read("maps", x, (3,)) for seed, x in maps.items()}
    losses = {seed: data.read("losses", x, (1,)) for seed, x in losses.items()}
    if any(x is None for x in (*maps.values(), *losses.values())):
        raise ValueError("expected a map and a loss for every moment of a seed; got None")
    moments, height, width = next(iter(maps.values())).shape
    for seed in maps:
        shapes = tuple(maps[seed].shape), tuple(losses[seed].shape)
        if shapes != ((moments, height, width), (moments,)):
            expected = f"{(moments, height, width)} and {(moments,)}"
            raise ValueError(
                f"expected {expected} for seed {seed}; got {shapes[0]} and {shapes[1]}"
            )
        if ((maps[seed].sum(-1) - 1).abs() > 1e-3).any():
            raise ValueError(f"expected maps whose rows sum to 1; those of seed {seed} do not")
    tokens = data.read_tokens("tokens", tokens, height, "rows")
    if key_tokens is None:
        key_tokens = tokens
    key_tokens = data.read_tokens("key_tokens", key_tokens, width, "columns")
    at = list(range(moments)) if at is None else list(at)
    if len(at) != moments or not all(isinstance(step, int) for step in at):
        raise ValueError(f"expected {moments} whole numbers in at; got {at}")
    page = {
        "seeds": [str(seed) for seed in maps],
        "maps": [x.round(decimals=digits).tolist() for x in maps.values()],
        "losses": [x.round(decimals=digits + 1).tolist() for x in losses.values()],
        "at": at,
        "digits": digits,
    }
    first = next(iter(maps))
    table = maps[first][-1].round(decimals=digits)
    loss = number(losses[first][-1].item(), digits + 1)
    said = word("steps", "now", step=at[-1], loss=loss, seed=first)
    words = caption(title)
    head = "".join(f'<th scope="col">{escaped(token)}</th>' for token in key_tokens)
    rows = "".join(
        f'<tr><th scope="row">{escaped(token)}</th>{_cells(row, digits)}</tr>'
        for token, row in zip(tokens, table, strict=True)
    )
    body = (
        f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(words)}\'>'
        f"<table><caption>{escaped(words)}</caption><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>\n"
        f'<p class="now">{escaped(said)}</p>'
    )
    shown = [[number(x, digits) for x in row] for row in table.tolist()]
    lines = [["", *key_tokens], *([t, *row] for t, row in zip(tokens, shown, strict=True))]
    return Widget("steps", body, "\n".join([words, "", *plain_table(lines), "", said]), page)


def _cells(row: torch.Tensor, digits: int) -> str:
    return "".join(f'<td class="w{round(10 * x)}">{number(x, digits)}</td>' for x in row.tolist())

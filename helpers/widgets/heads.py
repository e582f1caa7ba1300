"""Where each number goes when a width is split into heads: view, transpose, and back."""

from helpers.widgets import data
from helpers.widgets.element import Widget, caption, escaped, plain_table, quoted, word

STAGES = ("rows", "view", "transpose", "view_only")


def heads(tokens, d_out=4, num_heads=2, *, title="split_heads") -> Widget:
    """Show the numbers of each token, coloured by head, through view and transpose.

    Number 32 is component 2 of token 3. The last stage leaves the transpose out: `view` alone
    gives the right shape and mixes the tokens up.

    Args:
        tokens: T words, T from 2 to 9.
        d_out: components of a token, 1 to 9.
        num_heads: divides d_out.
        title: the key of the caption's words, `label.caption.<title>`.

    Raises:
        TypeError: a token is not a string.
        ValueError: sizes that do not fit.
    """
    tokens = data.read_tokens("tokens", tokens, len(list(tokens)), "rows")
    count = len(tokens)
    if not 2 <= count <= 9 or d_out not in range(1, 10) or num_heads not in range(1, 10):
        raise ValueError(
            "expected 2 to 9 tokens, d_out and num_heads from 1 to 9; "
            f"got {count}, {d_out!r}, {num_heads!r}"
        )
    if d_out % num_heads:
        raise ValueError(f"expected num_heads to divide d_out; got {num_heads} and {d_out}")
    width = d_out // num_heads
    cells = [f"{t}{c}" for t in range(1, count + 1) for c in range(1, d_out + 1)]
    head_of = {cell: (int(cell[1]) - 1) // width for cell in cells}
    shapes = {
        "rows": (1, count, d_out),
        "view": (count, num_heads, width),
        "transpose": (num_heads, count, width),
        "view_only": (num_heads, count, width),
    }
    by_head = [
        f"{t}{h * width + c}"
        for h in range(num_heads)
        for t in range(1, count + 1)
        for c in range(1, width + 1)
    ]
    orders = {"rows": cells, "view": cells, "transpose": by_head, "view_only": cells}
    words = caption(title)
    parts, text = [f"<p>{escaped(words)}</p>"], [words]
    for stage in STAGES:
        blocks = _blocks(orders[stage], shapes[stage])
        shape = shapes[stage][1:] if stage == "rows" else shapes[stage]
        name = word("heads", stage, shape="(" + ", ".join(map(str, shape)) + ")")
        tables = "".join(
            f"<table>{''.join(_row(row, head_of) for row in block)}</table>" for block in blocks
        )
        kind = "stage wrong" if stage == "view_only" else "stage"
        parts.append(
            f'<figure class="{kind}"><figcaption>{escaped(name)}</figcaption>'
            f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(name)}\'>'
            f"{tables}</div></figure>"
        )
        text += ["", name]
        for block in blocks:
            text += [*plain_table(block), ""]
    page = {"tokens": tokens, "names": [word("heads", f"name_{stage}") for stage in STAGES]}
    return Widget("heads", "\n".join(parts), "\n".join(text).rstrip(), page)


def _blocks(order: list[str], shape: tuple[int, int, int]) -> list[list[list[str]]]:
    """Return the numbers of an array (A, B, C) as A tables of B rows."""
    _, height, width = shape
    rows = [order[i : i + width] for i in range(0, len(order), width)]
    return [rows[i : i + height] for i in range(0, len(rows), height)]


def _row(row: list[str], head_of: dict[str, int]) -> str:
    return f"<tr>{''.join(f'<td class=h{head_of[x]}>{x}</td>' for x in row)}</tr>"

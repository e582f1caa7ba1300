"""The interactive attention explorer: a table of weights whose every number can be traced back.

`explore` returns an object that displays as one self-contained HTML element. Without its
script it is a captioned table with the calculation of one cell; with it, each cell, each
row and each column shows its own.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.widgets import data
from helpers.widgets.element import (
    Widget,
    escaped,
    few,
    number,
    places,
    plain_table,
    quoted,
    signed,
    word,
    wording,
)
from helpers.widgets.element import caption as caption_of

CONTROLS = ("temperature", "scale", "causal", "head")


@data.on_cpu()
def explore(
    tokens,
    inputs=None,
    *,
    queries=None,
    keys=None,
    values=None,
    weights=None,
    key_tokens=None,
    scale=None,
    causal=False,
    hide=None,
    temperature=1.0,
    controls=(),
    digits=4,
    caption=None,
) -> Widget:
    """Show a table of attention weights in which each number can be traced back.

    Call it in one of three ways (tensors, arrays or nested lists):

        explore(tokens, inputs)                                   # queries = keys = values
        explore(tokens, queries=Q, keys=K, values=V)              # values may be left out
        explore(tokens, weights=W, values=V)                      # values may be left out

    Numbers are rounded as `helpers.widgets.data.stored` says, and all that is shown is computed
    from them in float64, term after term, here and on the page, and printed as torch prints.

    Args:
        tokens: T strings, the rows (queries).
        inputs: (T, D).
        queries: (T, D), or (H, T, D) for H heads.
        keys: (S, D), or (H, S, D).
        values: (S, D_v), or (H, S, D_v).
        weights: (T, S), or (H, T, S), finished: not negative, each row sums to 1.
        key_tokens: S strings, the columns; default `tokens`.
        scale: divide scores by sqrt(d_k)? Default: False for `inputs`, True for `queries`.
        causal: hide key j from query i where j > i.
        hide: (T, S) bool, True where the query must not see the key.
        temperature: divides the scores before the softmax.
        controls: the controls to offer, of "temperature", "scale", "causal", "head";
            "head" is there in any case when there are several heads.
        digits: decimals to print, 1 to 7.
        caption: the key of its words, `label.caption.<caption>` or `label.<caption>`.

    Raises:
        TypeError: a token is not a string.
        ValueError: shapes, tokens or options do not fit, a number is NaN or infinite, a row is
            masked whole, or weights are not weights.
    """
    digits, temperature = data.read_digits(digits), data.read_temperature(temperature)
    given = {"inputs": inputs, "queries": queries, "keys": keys, "values": values}
    given = {name: data.read(name, x, (2, 3)) for name, x in (given | {"weights": weights}).items()}
    given = {name: matrix for name, matrix in given.items() if matrix is not None}
    _check_way(given)
    if "weights" in given:
        asked = {"scale": scale, "causal": causal, "hide": hide is not None}
        asked["temperature"] = temperature != 1
        if names := [name for name, wanted in asked.items() if wanted]:
            raise ValueError(f"weights are finished: {', '.join(names)} needs queries and keys")
    plain = given.pop("inputs", None)
    if plain is not None:
        given = {"queries": plain, "keys": plain, "values": plain}
    if scale is None:
        scale = plain is None and "queries" in given
    heads, rows, columns = _check_shapes(given)
    key_name, key_tokens = ("tokens", tokens) if key_tokens is None else ("key_tokens", key_tokens)
    row_tokens = data.read_tokens("tokens", tokens, rows, "queries")
    column_tokens = data.read_tokens(key_name, key_tokens, columns, "keys")
    controls = _check_controls(controls, given, heads)
    hide = None if hide is None else _check_hide(hide, rows, columns)
    _check_masks(hide, causal, "causal" in controls, rows, columns)
    settings = _Settings(bool(scale), bool(causal), hide, temperature)
    stacked = {name: x if x.dim() == 3 else x[None] for name, x in given.items()}
    if "weights" in stacked:
        _check_weights(stacked["weights"])
    page = _Page(stacked, settings, row_tokens, column_tokens, controls, digits, plain is not None)
    title = caption_of(caption or "default")
    return Widget("explore", page.html(title), page.text(title), page.given())


# What may be asked for.


def _check_way(given: dict[str, Tensor]) -> None:
    ways = ({"inputs"}, {"queries", "keys"}, {"queries", "keys", "values"})
    if set(given) not in (*ways, {"weights"}, {"weights", "values"}):
        raise ValueError(
            "expected inputs, or queries and keys (and values), or weights (and values); "
            f"got {', '.join(given) or 'none of them'}"
        )
    if "inputs" in given and given["inputs"].dim() != 2:
        raise ValueError(f"expected inputs of shape (T, D); got {tuple(given['inputs'].shape)}")


def _check_shapes(given: dict[str, Tensor]) -> tuple[int, int, int]:
    """Return the numbers of heads (0: none), queries and keys."""
    shapes = ", ".join(f"{name} {tuple(matrix.shape)}" for name, matrix in given.items())
    if len({matrix.shape[:-2] for matrix in given.values()}) > 1:
        raise ValueError(f"expected the same number of heads everywhere; got {shapes}")
    if "weights" in given:
        *heads, rows, columns = given["weights"].shape
    else:
        *heads, rows, width = given["queries"].shape
        columns = given["keys"].shape[-2]
        if given["keys"].shape[-1] != width:
            raise ValueError(f"expected queries (T, D) and keys (S, D) of one width; got {shapes}")
    if "values" in given and given["values"].shape[-2] != columns:
        raise ValueError(f"expected as many values as keys; got {shapes}")
    return (heads or [0])[0], rows, columns


def _check_controls(controls, given: dict[str, Tensor], heads: int) -> tuple[str, ...]:
    controls = (controls,) if isinstance(controls, str) else tuple(controls)
    if unknown := [name for name in controls if name not in CONTROLS]:
        raise ValueError(f"expected controls among {', '.join(CONTROLS)}; got {unknown[0]!r}")
    if "weights" in given and set(controls) - {"head"}:
        raise ValueError(f"the controls {controls} need queries and keys; only weights are given")
    if "head" in controls and not heads:
        raise ValueError("the control 'head' needs matrices with heads, of shape (H, T, D)")
    # Without the control the other heads could not be reached.
    return tuple(name for name in CONTROLS if name in controls or (name == "head" and heads > 1))


def _check_hide(hide, rows: int, columns: int) -> Tensor:
    try:
        hide = torch.as_tensor(hide).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"expected hide as bool of shape {(rows, columns)}: {error}") from None
    if hide.dtype != torch.bool or hide.shape != (rows, columns):
        raise ValueError(
            f"expected hide as bool of shape {(rows, columns)}, True where a key is hidden; "
            f"got {hide.dtype} of shape {tuple(hide.shape)}"
        )
    return hide


def _check_masks(hide: Tensor | None, causal: bool, offered: bool, rows: int, columns: int) -> None:
    if (causal or offered) and rows != columns:
        raise ValueError(f"causal needs as many keys as queries; got {rows} and {columns}")
    if hide is None:
        return
    hidden = hide | _future(rows, columns) if causal or offered else hide
    if hidden.all(-1).any():
        row = int(hidden.all(-1).int().argmax())
        how = " with causal" if causal or offered else ""
        raise ValueError(f"row {row} is masked whole{how}: a query must see at least one key")


def _check_weights(weights: Tensor) -> None:
    if (weights < 0).any():
        raise ValueError(f"expected weights of at least 0; got {weights.min().item():.4f}")
    sums = weights.sum(-1)
    if ((sums - 1).abs() > 1e-3).any():
        worst = sums.flatten()[(sums - 1).abs().argmax()].item()
        raise ValueError(f"expected weights whose rows each sum to 1; got a sum of {worst:.4f}")


def _future(rows: int, columns: int) -> Tensor:
    return torch.ones(rows, columns, dtype=torch.bool).triu(1)


# What is computed.


@dataclass
class _Settings:
    scale: bool
    causal: bool
    hide: Tensor | None  # (T, S) bool
    temperature: float

    def hidden(self, rows: int, columns: int) -> Tensor:
        """Return (T, S) bool, True where the query must not see the key."""
        hidden = torch.zeros(rows, columns, dtype=torch.bool)
        if self.causal:
            hidden |= _future(rows, columns)
        return hidden if self.hide is None else hidden | self.hide


def _steps(matrices: dict[str, Tensor], settings: _Settings) -> dict[str, Tensor]:
    """Return every step of the calculation, each (H, T, S); context is (H, T, D_v)."""
    if "weights" in matrices:
        steps = {"weight": matrices["weights"]}
    else:
        queries, keys = matrices["queries"], matrices["keys"]
        scores = _product(queries, keys.mT)
        scaled = scores / queries.shape[-1] ** 0.5 if settings.scale else scores
        cooled = scaled / settings.temperature
        if not cooled.float().isfinite().all():
            raise ValueError("the scores are too large for float32: the softmax gives NaN")
        masked = cooled.masked_fill(settings.hidden(*scores.shape[1:]), -torch.inf)
        steps = {"score": scores, "scaled": scaled, "cooled": cooled, "masked": masked}
        steps["weight"] = torch.softmax(masked, dim=-1)
    if "values" in matrices:
        steps["context"] = _product(steps["weight"], matrices["values"])
    return steps


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Return left @ right, (H, T, S), term after term, as the page adds them."""
    total = torch.zeros(*left.shape[:-1], right.shape[-1], dtype=torch.float64)
    for n in range(left.shape[-1]):
        total += left[:, :, n, None] * right[:, None, n, :]
    return total


# What is shown.


@dataclass
class _Page:
    matrices: dict[str, Tensor]  # each (H, T, D)
    settings: _Settings
    row_tokens: list[str]
    column_tokens: list[str]
    controls: tuple[str, ...]
    digits: int
    plain: bool

    def __post_init__(self) -> None:
        self.steps = _steps(self.matrices, self.settings)
        self.weights = self.steps["weight"].tolist()
        self.heads = len(self.weights)
        # What is chosen at first: the second query, as in the book's first example.
        row = min(1, len(self.row_tokens) - 1)
        self.start = (row, self.weights[0][row].index(max(self.weights[0][row])))

    def given(self) -> dict:
        """Return what the script reads; with `plain`, queries are keys and values too."""
        settings = self.settings
        names = ["queries"] if self.plain else list(self.matrices)
        given = {name: self.matrices[name].tolist() for name in names}
        if self.plain:
            given["plain"] = True
        if settings.hide is not None:
            given["hide"] = settings.hide.int().tolist()
        if self.heads > 1:
            given["heads"] = [self.head_of(head) for head in range(self.heads)]
        return given | {
            "scale": settings.scale,
            "causal": settings.causal,
            "temperature": settings.temperature,
            "controls": self.controls,
            "digits": self.digits,
            "start": self.start,
        }

    def on(self, chosen: bool) -> str:
        return ' class="on"' if chosen else ""

    def number(self, x: float) -> str:
        return number(x, self.digits)

    def head_of(self, head: int) -> str:
        return word("explore", "head_of", head=head + 1, heads=self.heads)

    def html(self, caption: str) -> str:
        title = escaped(caption)
        if self.heads > 1:
            space = "" if title.endswith("。") else " "
            title += f'{space}<span class="head">{escaped(self.head_of(0))}</span>'
        columns = "".join(
            f'<th{self.on(j == self.start[1])} scope="col">{escaped(x)}</th>'
            for j, x in enumerate(self.column_tokens)
        )
        axes = (escaped(word("explore", f"{axis}_axis")) for axis in ("key", "query"))
        corner = " ".join(f"<span>{axis}</span>" for axis in axes)
        lines = [
            f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(caption)}\'>',
            f"<table><caption>{title}</caption>",
            f'<thead><tr><th scope="col" class="corner">{corner}</th>{columns}</tr>',
            "</thead><tbody>",
            *(self.row(i) for i in range(len(self.row_tokens))),
            "</tbody></table></div>",
            self.trace(),
        ]
        return "\n".join(lines)

    def row(self, i: int) -> str:
        """Return row `i` of the first head, shaded by the share of the table's largest weight."""
        top = max(map(max, self.weights[0]))
        hidden = self.settings.hidden(len(self.row_tokens), len(self.column_tokens))
        cells = [
            f'<tr><th{self.on(i == self.start[0])} scope="row">{escaped(self.row_tokens[i])}</th>'
        ]
        for j, weight in enumerate(self.weights[0][i]):
            # As in number: a tie must not hang on the last bit.
            shade = f"w{math.floor(round(10 * weight / top, 9) + 0.5)}"
            kind = ("masked" if hidden[i, j] else shade) + " on" * ((i, j) == self.start)
            cells.append(f'<td class="{kind}">{self.number(weight)}</td>')
        return "".join(cells) + "</tr>"

    def trace(self) -> str:
        """Return the calculation of the cell chosen at first, as the script shows it."""
        i, j = self.start
        title = (
            f"{word('explore', 'page.query')}{self.row_tokens[i]}{word('explore', 'page.comma')}"
            f"{word('explore', 'page.key')}{self.column_tokens[j]}"
        )
        steps = "".join(
            f"<div><dt>{wording(word('explore', f'page.{name}'))}</dt><dd>"
            + "".join(f"<div>{escaped(line)}</div>" for line in lines)
            + "</dd></div>"
            for name, *lines in self.calculation(i, j)
        )
        return f'<div class="trace"><p><b>{escaped(title)}</b></p><dl>{steps}</dl></div>'

    def calculation(self, i: int, j: int) -> list[list[str]]:
        """Return the steps that lead to a weight of the first head: a name, then lines."""
        row = self.weights[0][i]
        weight, last = self.number(row[j]), self.part(i, j)
        if "weights" in self.matrices:
            total = few([self.number(x) for x in row]) + f" = {self.number(sum(row))}"
            share = weight + word("explore", "page.share")
            return [["weight", share], ["weight_sum", total], *last]
        query, key = self.matrices["queries"][0, i].tolist(), self.matrices["keys"][0, j].tolist()
        score, scaled, cooled = (
            self.number(self.steps[name][0, i, j].item()) for name in ("score", "scaled", "cooled")
        )
        width = places(
            [x for name in ("queries", "keys") for x in self.matrices[name].flatten().tolist()],
            self.digits,
        )
        factors = [
            "\xa0×\xa0".join(signed(number(x, width)) for x in pair)
            for pair in zip(query, key, strict=True)
        ]
        terms = [signed(self.number(q * k)) for q, k in zip(query, key, strict=True)]
        dot = ["dot", few(factors), "= " + few(terms), "= " + score]
        steps = [dot if len(terms) > 1 else [*dot[:2], dot[3]]]
        if self.settings.scale:
            steps.append(["scale", f"{score} / √{len(query)} = {scaled}"])
        if self.settings.temperature != 1:
            steps.append(["temperature", f"{scaled} / {self.settings.temperature:.12g} = {cooled}"])
        masked = self.steps["masked"][0, i].tolist()
        if -math.inf in masked:  # the cell chosen at first has the largest weight, so it is seen
            steps.append(["mask", word("explore", "page.visible") + cooled])
        # The plain exponential where it prints well, else that of x - max.
        largest = max(masked)
        shift = 0 if -2 < largest < 10 else largest
        powers = [math.exp(x - shift) for x in masked]
        power, total = self.number(powers[j]), self.number(sum(powers))
        inside = f"{cooled} - {signed(self.number(shift))}" if shift else cooled
        steps.append(["exp", f"exp({inside}) = {power}"])
        if shift:
            steps[-1].append(self.number(shift) + word("explore", "page.shifted"))
        steps.append(["sum", few([self.number(x) for x in powers]) + f" = {total}"])
        return [*steps, ["weight", f"{power} / {total} = {weight}"], *last]

    def part(self, i: int, j: int) -> list[list[str]]:
        """Return the step in which the weight is multiplied by its value, if there are values."""
        if "values" not in self.matrices:
            return []
        width = places(self.matrices["values"].flatten().tolist(), self.digits)
        value, weight = self.matrices["values"][0, j].tolist(), self.weights[0][i][j]
        shown = few([number(x, width) for x in value], ", ")
        terms = few([self.number(weight * x) for x in value], ", ")
        return [["part", f"{self.number(weight)} ×\xa0({shown}) =\xa0({terms})"]]

    def text(self, caption: str) -> str:
        """Return the table of each head in plain text, columns aligned."""
        lines = [caption]
        corner = f"{word('explore', 'query_axis')} {word('explore', 'key_axis')}"
        for head, weights in enumerate(self.weights):
            if self.heads > 1:
                lines += ["", self.head_of(head)]
            rows = [[corner, *self.column_tokens]]
            for token, row in zip(self.row_tokens, weights, strict=True):
                rows.append([token, *map(self.number, row)])
            lines += plain_table(rows)
        return "\n".join(lines)

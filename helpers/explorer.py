"""The interactive attention explorer: a table of weights whose every number can be traced back.

`explore` returns an object that displays as one self-contained HTML element. Without its
script it is a captioned table; with it, each cell and each row shows its calculation.
"""

import html
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import torch
from torch import Tensor

from helpers.language import LANGUAGES, get_language, messages, text

CONTROLS = ("temperature", "scale", "causal", "head")


class Explorer:
    """What `explore` returns: `html` for a browser, `text` for everything else."""

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


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
) -> Explorer:
    """Show a table of attention weights in which each number can be traced back.

    Call it in one of three ways (tensors, arrays or nested lists; read as float32):

        explore(tokens, inputs)                                   # queries = keys = values
        explore(tokens, queries=Q, keys=K, values=V)              # values may be left out
        explore(tokens, weights=W, values=V)                      # values may be left out

    Numbers: the page computes in float64, term after term, from the float32 values it is
    given, and prints what torch prints for float64. Until a control is moved it prints what
    torch prints for float32, that is for `softmax(Q @ K.T / d_k**0.5 / temperature)`: where
    the two differ (a value within float32's error of a rounding tie), float32's digits are
    stored beside the data.

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
        caption: which message `explorer.caption.<caption>`; default "default".

    Raises:
        TypeError: a token is not a string.
        ValueError: shapes, tokens or options do not fit, a number is NaN or infinite, a row is
            masked whole, or weights are not weights.
    """
    if not isinstance(digits, int) or not 1 <= digits <= 7:
        raise ValueError(f"expected digits from 1 to 7; got {digits!r}")
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ValueError(f"expected a temperature above 0; got {temperature!r}")
    given = {"inputs": inputs, "queries": queries, "keys": keys, "values": values}
    given = {name: _matrix(name, x) for name, x in (given | {"weights": weights}).items()}
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
    row_tokens = _check_tokens("tokens", tokens, rows, "queries")
    column_tokens = _check_tokens(key_name, key_tokens, columns, "keys")
    controls = _check_controls(controls, given, heads)
    hide = None if hide is None else _check_hide(hide, rows, columns)
    _check_masks(hide, causal, "causal" in controls, rows, columns)
    settings = _Settings(bool(scale), bool(causal), hide, float(temperature))
    stacked = {name: x if x.dim() == 3 else x[None] for name, x in given.items()}
    if "weights" in stacked:
        _check_weights(stacked["weights"])
    page = _Page(stacked, settings, row_tokens, column_tokens, controls, digits, plain is not None)
    return Explorer(page.html(caption or "default"), page.text(caption or "default"))


# What may be asked for.


def _matrix(name: str, numbers) -> Tensor | None:
    """Return `numbers` as a float32 tensor of two or three dimensions, all finite."""
    if numbers is None:
        return None
    try:
        matrix = torch.as_tensor(numbers).detach().to("cpu", torch.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"expected {name} as a tensor, array or even lists: {error}") from None
    if matrix.dim() not in (2, 3) or 0 in matrix.shape:
        raise ValueError(
            f"expected {name} of two dimensions, or three with heads, none of them 0; "
            f"got shape {tuple(matrix.shape)}"
        )
    if not matrix.isfinite().all():
        raise ValueError(f"expected finite numbers in {name}; got NaN or infinity")
    return matrix


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


def _check_tokens(name: str, tokens, count: int, what: str) -> list[str]:
    if isinstance(tokens, str):
        raise TypeError(f"expected {name} as a list of strings; got the string {tokens!r}")
    tokens = list(tokens)
    for token in tokens:
        if not isinstance(token, str):
            raise TypeError(f"expected strings in {name}; got {token!r}")
    if len(tokens) != count:
        raise ValueError(f"expected {count} {name}, one for each of the {what}; got {len(tokens)}")
    return tokens


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
    hide = torch.as_tensor(hide).detach().cpu()
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


def _steps(given: dict[str, Tensor], settings: _Settings, dtype: torch.dtype) -> dict[str, Tensor]:
    """Return every number that torch prints, in `dtype`; each (H, T, S), context (H, T, D_v)."""
    given = {name: matrix.to(dtype) for name, matrix in given.items()}
    if "weights" in given:
        steps = {"weight": given["weights"]}
    else:
        queries, keys = given["queries"], given["keys"]
        scores = _product(queries, keys.mT)
        scaled = scores / queries.shape[-1] ** 0.5 if settings.scale else scores
        cooled = scaled / settings.temperature
        hidden = torch.zeros(scores.shape[1:], dtype=torch.bool)
        if settings.causal:
            hidden |= _future(*hidden.shape)
        if settings.hide is not None:
            hidden |= settings.hide
        weights = torch.softmax(cooled.masked_fill(hidden, -torch.inf), dim=-1)
        steps = {"score": scores, "scaled": scaled, "cooled": cooled, "weight": weights}
        if not weights.isfinite().all():
            raise ValueError("the scores are too large for float32: the softmax gives NaN")
    if "values" in given:
        steps["context"] = _product(steps["weight"], given["values"])
    return steps


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Return left @ right, (H, T, S); in float64 term after term, as the page adds them."""
    if left.dtype == torch.float32:
        # One head is multiplied as two matrices: a batch may be rounded in another way.
        return left @ right if len(left) > 1 else (left[0] @ right[0])[None]
    total = torch.zeros(*left.shape[:-1], right.shape[-1], dtype=torch.float64)
    for n in range(left.shape[-1]):
        total += left[:, :, n, None] * right[:, None, n, :]
    return total


# What is shown.


@dataclass
class _Page:
    given: dict[str, Tensor]
    settings: _Settings
    row_tokens: list[str]
    column_tokens: list[str]
    controls: tuple[str, ...]
    digits: int
    plain: bool

    def __post_init__(self) -> None:
        self.exact = _steps(self.given, self.settings, torch.float64)
        self.torch = _steps(self.given, self.settings, torch.float32)
        self.heads = len(self.exact["weight"])

    def number(self, x: float) -> str:
        return f"{x + 0.0:.{self.digits}f}"

    def differences(self) -> dict[str, str]:
        """Return the digits of float32 where those of float64 are others."""
        found = {}
        for name, exact in self.exact.items():
            for at in (self.torch[name] != exact).nonzero().tolist():
                printed = self.number(self.torch[name][*at].item())
                if printed != self.number(exact[*at].item()):
                    found[",".join(map(str, [name, *at]))] = printed
        return found

    def data(self) -> dict[str, str]:
        """Return the attributes that the script reads; absent means no, or the same."""
        settings = self.settings
        names = ["queries"] if self.plain else list(self.given)
        data = {name: _json(self.given[name]) for name in names}
        data["plain"] = "1" if self.plain else ""
        data["scale"] = "1" if settings.scale else ""
        data["causal"] = "1" if settings.causal else ""
        data["hide"] = "" if settings.hide is None else _json(settings.hide[None].float())
        data["temperature"] = repr(settings.temperature)
        data["digits"] = str(self.digits)
        data["controls"] = " ".join(self.controls)
        different = self.differences()
        data["torch"] = json.dumps(different) if different else ""
        data["words"] = json.dumps(self.words(), ensure_ascii=False, separators=(",", ":"))
        return {name: value for name, value in data.items() if value}

    def words(self) -> dict[str, str | list[str]]:
        """Return the words that the script shows, in the reader's language."""
        prefix = "explorer.trace."
        names = [key.removeprefix(prefix) for key in messages() if key.startswith(prefix)]
        found = {name: text(prefix + name) for name in names}
        if self.heads > 1:
            found["head_of"] = [self.head_of(head) for head in range(self.heads)]
        return found

    def head_of(self, head: int) -> str:
        return text("explorer.head_of", head=head + 1, heads=self.heads)

    def html(self, caption: str) -> str:
        language = LANGUAGES[get_language()].html
        attributes = "".join(f" data-{name}='{_quoted(x)}'" for name, x in self.data().items())
        title = html.escape(_caption(caption), quote=False)
        label = _quoted(_caption(caption))
        if self.heads > 1:
            space = "" if title.endswith("。") else " "
            title += f"{space}<span>{self.head_of(0)}</span>"
        columns = "".join(f'<th scope="col">{html.escape(x)}</th>' for x in self.column_tokens)
        corner = "".join(
            f"<span>{text(f'explorer.{axis}_axis')}</span> " for axis in ("key", "query")
        )
        lines = [
            f"<style>{_asset('explorer.css')}</style>",
            f'<attention-explorer lang="{language}"{attributes}>',
            f'<div class="scroll" role="group" tabindex="0" aria-label=\'{label}\'>',
            f"<table><caption>{title}</caption>",
            f'<thead><tr><th scope="col" class="corner">{corner.strip()}</th>{columns}</tr>',
            "</thead><tbody>",
            *(self.row(i) for i in range(len(self.row_tokens))),
            "</tbody></table></div></attention-explorer>",
            f"<script>{_asset('explorer.js')}</script>",
        ]
        return "\n".join(lines)

    def row(self, i: int) -> str:
        """Return row `i` of the first head: darker is nearer to the table's largest weight."""
        top = self.exact["weight"][0].max().item()
        cells = [f'<tr><th scope="row">{html.escape(self.row_tokens[i])}</th>']
        for j, weight in enumerate(self.exact["weight"][0, i].tolist()):
            shade = "masked" if self.masked(i, j) else f"w{math.floor(10 * weight / top + 0.5)}"
            shown = self.number(self.torch["weight"][0, i, j].item())
            cells.append(f'<td class="{shade}">{shown}</td>')
        return "".join(cells) + "</tr>"

    def masked(self, i: int, j: int) -> bool:
        hide = self.settings.hide
        return (self.settings.causal and j > i) or (hide is not None and bool(hide[i, j]))

    def text(self, caption: str) -> str:
        """Return the table of each head in plain text, columns aligned."""
        lines = [_caption(caption)]
        corner = f"{text('explorer.query_axis')} {text('explorer.key_axis')}"
        for head in range(self.heads):
            if self.heads > 1:
                lines += ["", self.head_of(head)]
            table = [[corner, *self.column_tokens]]
            for token, row in zip(
                self.row_tokens, self.torch["weight"][head].tolist(), strict=True
            ):
                table.append([token, *map(self.number, row)])
            widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
            for first, *rest in table:
                cells = [" " * (widths[0] - _width(first)) + first]
                cells += [" " * (w - _width(x)) + x for w, x in zip(widths[1:], rest, strict=True)]
                lines.append("  ".join(cells))
        return "\n".join(lines)


def _caption(name: str) -> str:
    prefix = "explorer.caption."
    if prefix + name not in messages():
        known = [key.removeprefix(prefix) for key in messages() if key.startswith(prefix)]
        raise ValueError(f"expected a caption among {', '.join(known)}; got {name!r}")
    return text(prefix + name)


@cache
def _asset(name: str) -> str:
    """Return a file of this package without its comments and the spaces that only we need."""
    source = resources.files("helpers").joinpath(name).read_text("utf-8")
    if name.endswith(".css"):
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    else:
        source = re.sub(r"(^|\s)//.*", "", source)
        # Strings and templates stay as they are.
        source = re.sub(
            r"""("[^"\n]*"|`[^`\n]*`)| *([-+*/=<>?:;,{}()&|\[\]]) *""",
            lambda found: found[1] or found[2],
            source,
        )
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


def _json(matrix: Tensor) -> str:
    """Return (H, T, D) float32 as nested lists, each number in its shortest exact form."""
    matrix = matrix[0] if len(matrix) == 1 else matrix

    def shortest(x) -> str:
        if x.ndim:
            return "[" + ",".join(map(shortest, x)) + "]"
        return str(x + 0.0).removesuffix(".0")

    return shortest(matrix.numpy())


def _quoted(value: str) -> str:
    """Escape `value` for an attribute in single quotes: JSON stays readable."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _width(word: str) -> int:
    """Return the columns that `word` takes in a fixed-width font."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in word)
    return len(word) + wide - sum(unicodedata.combining(character) > 0 for character in word)

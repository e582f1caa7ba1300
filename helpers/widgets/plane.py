"""Attention in the plane: a query, its keys, the weights, and the context vector they make."""

import math
from dataclasses import dataclass

import torch

from helpers.widgets import data
from helpers.widgets.element import Widget, caption, escaped, number, plain_table, quoted, word

SIDE = 320  # of the drawing, in its own units
BAR = 60  # the length of a weight of 1


@data.on_cpu()
def plane(
    keys,
    query,
    *,
    values=None,
    labels=None,
    query_label=None,
    temperature=1.0,
    scale=False,
    controls=("temperature",),
    digits=2,
    title="plane",
) -> Widget:
    """Show how a query weighs keys in two dimensions; query, keys and values can be dragged.

    Numbers are rounded as `helpers.widgets.data.stored` says; all that is shown is computed
    from them in float64.

    Args:
        keys: (T, 2), at most eight, drawn as arrows.
        query: (2,), drawn as an arrow.
        values: (T, 2), drawn as points; default: the keys are the values too.
        labels: T words, shown as they are; default k1 ... kT.
        query_label: a word for the query; default the word for "query".
        temperature: divides the scores before the softmax.
        scale: divide scores by sqrt(2), the square root of d_k?
        controls: of "temperature" and "scale", what to offer.
        digits: decimals to print, 1 to 7.
        title: the key of the caption's words, `label.<title>`.

    Raises:
        TypeError: a label is not a string.
        ValueError: shapes that do not fit, an unknown control, NaN or infinity.
    """
    digits, temperature = data.read_digits(digits), data.read_temperature(temperature)
    keys, query = data.read("keys", keys), data.read("query", query, (1,))
    own_values = values is not None
    values = data.read("values", values) if own_values else keys
    given = {"keys": keys, "query": query, "values": values}
    shapes = {name: None if x is None else tuple(x.shape) for name, x in given.items()}
    count = 0 if keys is None else len(keys)
    if not 1 <= count <= 8 or shapes != {"keys": (count, 2), "query": (2,), "values": (count, 2)}:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"expected keys (T, 2), T up to 8, query (2,), values (T, 2); got {told}")
    controls = (controls,) if isinstance(controls, str) else tuple(controls)
    if unknown := set(controls) - {"temperature", "scale"}:
        raise ValueError(f"expected controls among temperature, scale; got {min(unknown)!r}")
    labels = [f"k{n}" for n in range(1, count + 1)] if labels is None else labels
    labels = data.read_tokens("labels", labels, count, "keys")
    (query_label,) = data.read_tokens(
        "query_label", [query_label or word("plane", "query")], 1, "query"
    )
    scene = _Scene(keys, query, values, own_values, labels, query_label, digits, caption(title))
    scene.weigh(temperature, scale)
    page = {
        "keys": keys.tolist(),
        "query": query.tolist(),
        "values": values.tolist() if own_values else None,
        "names": [query_label, *labels],
        "temperature": temperature,
        "scale": bool(scale),
        "controls": controls,
        "digits": digits,
        "box": scene.box,
    }
    return Widget("plane", scene.html(), scene.text(), page)


@dataclass
class _Scene:
    keys: torch.Tensor
    query: torch.Tensor
    values: torch.Tensor
    own_values: bool
    labels: list[str]
    query_label: str
    digits: int
    title: str

    def __post_init__(self) -> None:
        """Choose the square of the plane that is shown: [left, bottom, its side]."""
        points = torch.cat([self.keys, self.query[None], self.values, torch.zeros(1, 2)])
        low, high = points.amin(0), points.amax(0)
        side = max((high - low).max().item(), 1e-6) * 1.4
        left, bottom = ((low + high - side) / 2).tolist()
        self.box = [round(x, 6) for x in (left, bottom, side)]

    def weigh(self, temperature: float, scale: bool) -> None:
        scores = [sum(q * k for q, k in zip(self.query.tolist(), key, strict=True))
                  for key in self.keys.tolist()]  # fmt: skip
        root = math.sqrt(2) if scale else 1
        self.scores = scores
        scaled = torch.tensor([s / root / temperature for s in scores], dtype=torch.float64)
        self.weights = torch.softmax(scaled, 0).tolist()
        columns = zip(*self.values.tolist(), strict=True)
        self.context = [
            sum(w * v for w, v in zip(self.weights, column, strict=True)) for column in columns
        ]

    def at(self, point) -> tuple[str, str]:
        left, bottom, side = self.box
        x, y = (point[0] - left) / side * SIDE, SIDE - (point[1] - bottom) / side * SIDE
        return f"{x:.1f}", f"{y:.1f}"

    def arrow(self, kind: str, point, name: str) -> str:
        (x0, y0), (x1, y1) = self.at((0, 0)), self.at(point)
        return (
            f'<g class="{kind}"><line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"/>'
            f'<circle cx="{x1}" cy="{y1}" r="4"/>{self.name(point, name)}</g>'
        )

    def name(self, point, name: str) -> str:
        x, y = self.at(point)
        end = ' text-anchor="end"' if float(x) > 0.7 * SIDE else ""
        dx = -7 if end else 7
        return f'<text x="{float(x) + dx:.1f}" y="{float(y) - 7:.1f}"{end}>{escaped(name)}</text>'

    def drawing(self) -> str:
        x0, y0 = self.at((0, 0))
        corners = " ".join(",".join(self.at(p)) for p in _hull(self.values.tolist()))
        x, y = self.at(self.context)
        parts = [
            f'<line class="axis" x1="0" y1="{y0}" x2="{SIDE}" y2="{y0}"/>',
            f'<line class="axis" x1="{x0}" y1="0" x2="{x0}" y2="{SIDE}"/>',
            f'<polygon class="hull" points="{corners}"/>',
            self.arrow("query", self.query.tolist(), self.query_label),  # below the keys' names
            *(
                self.arrow("key", p, n)
                for p, n in zip(self.keys.tolist(), self.labels, strict=True)
            ),
        ]
        if self.own_values:
            for point in self.values.tolist():
                cx, cy = self.at(point)
                parts.append(f'<circle class="value" cx="{cx}" cy="{cy}" r="5"/>')
        parts.append(f'<circle class="context" cx="{x}" cy="{y}" r="7"/>')
        return f'<svg viewBox="0 0 {SIDE} {SIDE}" role="group">{"".join(parts)}</svg>'

    def rows(self) -> list[list[str]]:
        numbers = zip(self.scores, self.weights, strict=True)
        return [[label, *(number(x, self.digits) for x in pair)]
                for label, pair in zip(self.labels, numbers, strict=True)]  # fmt: skip

    def sum(self) -> str:
        shown = ", ".join(number(x, self.digits) for x in self.context)
        return word("plane", "context", vector=f"({shown})")

    def html(self) -> str:
        head = "".join(
            f'<th scope="col">{escaped(word("plane", name))}</th>'
            for name in ("key", "score", "weight")
        )
        lines = []
        for (label, score, weight), w in zip(self.rows(), self.weights, strict=True):
            lines.append(
                f'<tr><th scope="row">{escaped(label)}</th><td>{score}</td><td>{weight} '
                f'<svg class="bar" viewBox="0 0 {BAR} 10" aria-hidden="true">'
                f'<rect width="{w * BAR:.1f}" height="10"/></svg></td></tr>'
            )
        hint = word("plane", "hint_values" if self.own_values else "hint")
        label = quoted(self.title)
        drawing = self.drawing().replace("<svg ", f"<svg aria-label='{label}' ", 1)
        return (
            f'<p>{escaped(self.title)}</p><div class="two">{drawing}'
            f"<div><table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
            f'<p class="sum">{escaped(self.sum())}</p></div></div>'
            f'<p class="hint">{escaped(hint)}</p>'
        )

    def text(self) -> str:
        head = [word("plane", name) for name in ("key", "score", "weight")]
        return "\n".join([self.title, "", *plain_table([head, *self.rows()]), "", self.sum()])


def _hull(points: list) -> list:
    """Return the corners of the smallest convex figure around points, in turn."""

    def half(ordered) -> list:
        corners: list = []
        for p in ordered:
            while len(corners) > 1 and _turn(corners[-2], corners[-1], p) <= 0:
                corners.pop()
            corners.append(p)
        return corners[:-1]

    ordered = sorted(points)
    return (half(ordered) + half(ordered[::-1])) or ordered


def _turn(a, b, c) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

"""The static figures of the chapters, as small SVG images in the reader's language.

seaborn and matplotlib draw the shapes; the words are written into the SVG as text
afterwards, so that they are shown with the reader's own fonts and need none here.
Both libraries are loaded when a figure is drawn, never when this module is imported.

Words passed in code (`title`, `x_label`, `y_label`, the names of series) are keys of
words/label.toml: "scores" is shown as "scores", "スコア", "점수" or "得分".
A key may carry a value ("temperature=0.5", "head=1"), and short mathematics is written
between dollars ("$d_k$", "$n^2$"). Data (rows, columns, categories, names of vectors)
is shown as it is; `label("scores")` gives the word for a key where data needs one.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from html import escape
from itertools import pairwise
from xml.etree import ElementTree

from helpers.language import LANGUAGES, get_language, messages, text

# The ground stands in the root's style; the ink is currentColor: a page may set both.
INK = "#010203"
GROUND, INK_ON_GROUND = "#fff", "#1f2328"
# From seaborn's "colorblind" palette, the orange darkened: each at least 3:1 on white and on
# a dark page. Marks, dashes and fills tell series apart where colour does not.
COLOURS = ["#0173b2", "#d55e00", "#029e73", "#c875b8", "#b87700", "#8c8c8c"]
MARKS = ["o", "s", "^", "D", "v", "P"]
DASHES = ["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 1.5))]
# Hues of the heatmaps: positive, negative. Sequential ones go from the middle to the first.
HUES = {"weights": "#0b5fa5", "scores": "#0b5fa5", "vectors": "#6a4ca3"}
NEGATIVE, MIDDLE = "#c8650a", "#f4f5f7"
SIZE, SMALL, TINY = 13, 12, 11  # of text, in px at full width
MARGIN = 8


@dataclass(frozen=True)
class Figure:
    """A drawn figure: its SVG and the words that stand for it (`alt`)."""

    svg: str = field(repr=False)
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "text/plain": self.alt}

    def __repr__(self):
        return self.alt


def _own_style(draw):
    """Draw with matplotlib's defaults, whatever settings the reader's notebook has made."""

    @wraps(draw)
    def drawn(*arguments, **options):
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams["svg.fonttype"] = "none"
            matplotlib.rcParams["svg.hashsalt"] = "figures"
            return draw(*arguments, **options)

    return drawn


@_own_style
def heatmap(
    values,
    rows,
    columns,
    *,
    kind="weights",
    title=None,
    digits=2,
    row_label=None,
    column_label=None,
) -> Figure:
    """Draw a matrix as a heatmap with the value in each cell.

    values: (rows, columns), real; NaN is a cell left out (hatched), -inf a masked score.
    rows, columns: one name each, shown as they are; an int n stands for x_1 ... x_n.
    kind: "weights" or "scores" (rows are queries, columns are keys) or "vectors" (rows are
        tokens, columns are dimensions). Colour starts at 0; negative values get their own hue.
    title, row_label, column_label: keys of `[label.*]`.

    Raises:
        ValueError: a shape that does not fit the names, an unknown key or kind, +inf.
    """
    panel = _panel(values, rows, columns, kind, title, digits, row_label, column_label)
    canvas = _Canvas(panel.width + 2 * MARGIN, panel.height + 2 * MARGIN)
    panel.draw(canvas, MARGIN, MARGIN)
    return canvas.figure(panel.alt())


@_own_style
def attention_steps(inputs, scores, weights, outputs, tokens, *, digits=2) -> Figure:
    """Draw self-attention in four panels: inputs, raw scores, weights, outputs.

    inputs: (T, d_in); scores, weights: (T, T); outputs: (T, d_out), all real; tokens: T names.

    Raises:
        ValueError: shapes that do not belong together.
    """
    tokens = _names(tokens, "tokens")
    width_in, width_out = (len(_matrix(m, n)[0]) for m, n in ((inputs, "inputs"), (outputs, "out")))
    panels = [
        _panel(inputs, tokens, width_in, "vectors", "inputs", digits, name="inputs"),
        _panel(scores, tokens, tokens, "scores", "raw_scores", digits, name="scores"),
        _panel(weights, tokens, tokens, "weights", "weights", digits, name="weights"),
        _panel(outputs, tokens, width_out, "vectors", "outputs", digits, name="outputs"),
    ]
    for number, panel in enumerate(panels, 1):
        panel.name(f"{number} {panel.title}")
    gap = 20
    side_by_side = max(panels[0].width, panels[2].width) + gap
    per_row = 2 if side_by_side + max(panels[1].width, panels[3].width) <= 620 else 1
    lines_of_panels = [panels[i : i + per_row] for i in range(0, 4, per_row)]
    right = max(line[-1].width for line in lines_of_panels) + (side_by_side if per_row > 1 else 0)
    heights = [max(panel.height for panel in line) for line in lines_of_panels]
    canvas = _Canvas(right + 2 * MARGIN, sum(heights) + gap * (len(heights) - 1) + 2 * MARGIN)
    y = MARGIN
    for line, height in zip(lines_of_panels, heights, strict=True):
        for place, panel in enumerate(line):
            panel.draw(canvas, MARGIN + place * side_by_side, y)
        y += height + gap
    return canvas.figure(_sentences([text("figures.steps"), *(panel.alt() for panel in panels)]))


@_own_style
def lines(
    x, series, *, x_label, y_label, log_x=False, log_y=False, title=None, markers=True
) -> Figure:
    """Draw one line for each entry of `series` over `x`.

    x: n real values; series: key of `[label.*]` -> n real values, at most six entries.
    x_label, y_label, title: keys of `[label.*]`. markers: mark the points (a few of many).

    Raises:
        ValueError: unequal lengths, values that are not finite, values <= 0 on a logarithmic
            axis, an unknown key.
    """
    x = _vector(x, "x")
    names, columns = _series(series, len(x), "x")
    for is_log, name, data in ((log_x, "x", [x]), (log_y, "series", columns)):
        if is_log and min(map(min, data)) <= 0:
            raise ValueError(f"expected values > 0 for a logarithmic axis; got {name} with <= 0")
    x_words, y_words = _label(x_label), _label(y_label)
    chart = _Chart(title, names, y_words, x_words, legend=len(names) > 1)
    chart.y_axis(*_limits([v for c in columns for v in c], log_y), log_y)
    chart.x_axis(x, log_x)
    for i, column in enumerate(columns):
        mark = {"marker": MARKS[i], "markersize": 6.5, "markevery": max(1, len(x) // 10)}
        chart.axes.plot(x, column, **_stroke(i), **(mark if markers else {}))
    chart.legend(lambda axes, i, px, py: _line_sample(axes, i, px, py, markers))
    on = text("figures.log")
    alt = text(
        "figures.lines",
        x=_plain(x_words) + (on if log_x else ""),
        y=_plain(y_words) + (on if log_y else ""),
        low=_number(min(x)),
        high=_number(max(x)),
    )
    courses = [_course(n, x, c) for n, c in zip(names, columns, strict=True)]
    return chart.finish(_sentences([_title_alt(title), alt, *courses]))


@_own_style
def bars(categories, series, *, x_label=None, y_label, title=None, digits=2) -> Figure:
    """Draw grouped bars: for each category one bar of each entry of `series`.

    categories: n names or numbers, shown as they are; series: key of `[label.*]` -> n real
    values, at most six entries. x_label, y_label, title: keys of `[label.*]`. The values are
    printed over the bars where there is room: with `digits` decimals, whole numbers with none.

    Raises:
        ValueError: unequal lengths, values that are not finite, an unknown key.
    """
    _check_digits(digits)
    categories = _names(categories, "categories")
    names, columns = _series(series, len(categories), "categories")
    count, n = len(names), len(categories)
    x_words = _label(x_label) if x_label is not None else ""
    y_words = _label(y_label)
    if all(v == int(v) for column in columns for v in column):
        digits = 0
    printed = [[_fixed(v, digits) for v in column] for column in columns]
    widest = max(_width(s, TINY) for column in printed for s in column)
    # Values are printed over the bars where a plot of readable width has room for them.
    room = (widest + 2) * count * n / 0.84
    show = room <= 420
    chart = _Chart(title, names, y_words, x_words, legend=count > 1, width=max(320, room * show))
    low, high = _limits([0.0, *(v for column in columns for v in column)], False)
    if show:
        low, high = low - 0.08 * (high - low) * (low < 0), high + 0.08 * (high - low)
    chart.y_axis(low, high, False)
    chart.categories(categories)
    for i, column in enumerate(columns):
        places = [k + 0.84 * ((i + 0.5) / count - 0.5) for k in range(n)]
        chart.axes.bar(places, column, width=0.78 / count, **_fill(i))
        if show:
            for place, value, words in zip(places, column, printed[i], strict=True):
                px, py = chart.pixel(place, value)
                py += -5 if value >= 0 else 5 + 0.75 * TINY
                chart.canvas.text(px, py, words, TINY, "middle")
    chart.axes.axhline(0, color=INK, linewidth=1, clip_on=False)
    chart.legend(_bar_sample)
    alt = text("figures.bars", y=_plain(y_words), count=n)
    if x_words:
        alt = text("figures.bars-over", y=_plain(y_words), x=_plain(x_words), count=n)
    courses = []
    for name, column, words in zip(names, columns, printed, strict=True):
        items = [f"{_plain(c)} {v}" for c, v in zip(categories, words, strict=True)]
        if n > 12:
            most = items[max(range(n), key=column.__getitem__)]
            courses.append(text("figures.bars-largest", name=_plain(name), items=most))
        else:
            courses.append(text("figures.bars-series", name=_plain(name), items=_list(items)))
    return chart.finish(_sentences([_title_alt(title), alt, *courses]))


@_own_style
def arrows(vectors, labels, *, angle=True, title=None) -> Figure:
    """Draw vectors of the plane from the origin, with their lengths.

    vectors: (n, 2), real, none of length 0, at most six; labels: n names, shown as they are.
    angle: mark the angle between the first two, and say it with their dot product.

    Raises:
        ValueError: vectors that are not 2-D, names that do not fit, a vector of length 0.
    """
    points = _matrix(vectors, "vectors", finite=True)
    labels = _names(labels, "labels")
    if len(points[0]) != 2:
        shape = (len(points), len(points[0]))
        raise ValueError(f"expected vectors of shape (n, 2); got {shape}")
    _same_length(labels, "labels", points, "vectors")
    _at_most_six(labels, "vectors")
    lengths = [math.hypot(*point) for point in points]
    if min(lengths) == 0:
        raise ValueError("expected vectors longer than 0; got one of length 0")
    notes = [
        text("figures.length", name=name, length=_fixed(length, 2))
        for name, length in zip(labels, lengths, strict=True)
    ]
    summary = ""
    if angle and len(points) > 1:
        (a, b), (c, d) = points[:2]
        turn = math.atan2(a * d - b * c, a * c + b * d)
        summary = text(
            "figures.angle",
            a=labels[0],
            b=labels[1],
            angle=_fixed(abs(math.degrees(turn)), 1),
            dot=_fixed(a * c + b * d, 2),
        )
    chart = _Chart(title, notes, "", "", legend=True, stacked=True, note=summary)
    reach = max(lengths)
    spans = []
    for axis in (0, 1):
        values = [0.0, *(point[axis] for point in points)]
        spans.append((min(values) - 0.12 * reach, max(values) + 0.12 * reach))
    chart.plane(*spans)
    if summary:
        start = math.atan2(points[0][1], points[0][0])
        arc = [start + turn * k / 24 for k in range(25)]
        radius = 0.3 * min(lengths[:2])
        chart.axes.plot(
            [radius * math.cos(t) for t in arc],
            [radius * math.sin(t) for t in arc],
            color=INK,
            linewidth=1.2,
            clip_on=False,
        )
    for i, point in enumerate(points):
        _arrow(chart, i, point)
    chart.tip_labels(points, labels)
    chart.legend(lambda axes, i, px, py: _line_sample(axes, i, px, py, False))
    alt = text("figures.arrows", count=len(points))
    end = text("figures.title", title=_plain(summary)) if summary else ""
    where = [
        text(
            "figures.arrow",
            name=_plain(name),
            x=_fixed(point[0], 2),
            y=_fixed(point[1], 2),
            length=_fixed(length, 2),
        )
        for name, point, length in zip(labels, points, lengths, strict=True)
    ]
    return chart.finish(_sentences([_title_alt(title), alt, *where, end]))


def label(key: str) -> str:
    """Return the words of label `key` in the reader's language, for use as data.

    Raises:
        ValueError: `key` is not a label of words/label.toml or exercises/chNN.toml.
    """
    return _label(key)


# Words ------------------------------------------------------------------------------------


def _label(key) -> str:
    """Resolve a key, "key=value", a number or "$mathematics$" to words of the language."""
    if isinstance(key, int | float):
        return _number(key)
    if not isinstance(key, str):
        raise ValueError(f"expected a label key (str); got {type(key).__name__}")
    name, equals, value = key.partition("=")
    if equals and not key.startswith("$"):
        words = _label(name)
        return f"{words} = {value}" if "$" in words else text("figures.named", n=words, v=value)
    if re.fullmatch(r"\$[^$]+\$", key):
        _runs(key)
        return key
    if f"label.{key}" not in messages():
        raise ValueError(
            f"unknown label key {key!r}: add [label.{key}] with {', '.join(LANGUAGES)} "
            "to helpers/words/label.toml or to the chapter's exercises/chNN.toml"
        )
    return text(f"label.{key}")


def _capital(words: str) -> str:
    """Capitalise the first Latin letter, as English axis labels have it."""
    return words[:1].upper() + words[1:]


def _title_alt(title) -> str:
    return text("figures.title", title=_plain(_capital(_label(title)))) if title else ""


def _sentences(parts) -> str:
    return text("figures.between-sentences").join(part for part in parts if part).strip()


def _list(items) -> str:
    return text("figures.between-items").join(items)


def _fixed(value: float, digits: int) -> str:
    """Print a number with `digits` decimals and a true minus sign; never a negative zero."""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    words = f"{value:.{digits}f}"
    return words.lstrip("-") if float(words) == 0 else words.replace("-", "−")


def _number(value: float) -> str:
    """Print a number with about four digits, as the text alternatives say it."""
    size = abs(value)
    if value == int(value) and size < 1e15:
        words = str(int(value))
    elif size >= 1000:
        words = f"{value:.0f}"
    elif size < 1e-3:
        words = re.sub(r"e([+-])0*", r"e\1", f"{value:.1e}")
    else:
        words = f"{value:.4g}"
    return words.replace("-", "−").replace("e+", "e")


def _course(name, x, y) -> str:
    """Say where a line starts and ends, and its extremes if they lie between."""
    point = "figures.point"
    at = [text(point, x=_number(x[k]), y=_number(y[k])) for k in range(len(x))]
    words = text("figures.course", name=_plain(name), first=at[0], last=at[-1])
    if len(x) == 1:
        return text("figures.single", name=_plain(name), first=at[0])
    top, bottom = max(range(len(y)), key=y.__getitem__), min(range(len(y)), key=y.__getitem__)
    ends = (y[0], y[-1])
    extremes = []
    if y[top] > max(ends):
        extremes.append(text("figures.highest", point=at[top]))
    if y[bottom] < min(ends):
        extremes.append(text("figures.lowest", point=at[bottom]))
    return _sentences([words, *extremes])


# Small mathematics: $d_k$, $x_{12}$, $n^2$, $\sqrt{d_k}$, as runs of text --------------------

_COMMANDS = {"sqrt": "√", "cdot": "·", "top": "⊤", "times": "×", "theta": "θ", "tau": "τ"}
_COMMANDS |= {"alpha": "α", "eta": "η", "sigma": "σ", "mu": "μ"}


def _runs(words: str) -> list[tuple[str, str]]:
    """Split words into (text, style) with style "", "i" (variable), "sub" or "sup"."""
    runs = []
    parts = words.split("$") if re.search(r"\$[^$]+\$", words) else [words]
    for place, part in enumerate(parts):
        if place % 2 == 0:
            runs.append((part, ""))
            continue
        for token in re.findall(r"\\[a-zA-Z]+|[_^]\{[^{}]*\}|[_^].|[A-Za-z]+|[^\\]", part):
            if token[0] == "\\" and token[1:] not in _COMMANDS:
                known = ", ".join("\\" + name for name in _COMMANDS)
                raise ValueError(f"expected {known} in short mathematics; got {token!r}")
            if token[0] == "\\":
                runs.append((_COMMANDS[token[1:]], ""))
            elif token[0] in "_^":
                runs.append((token[1:].strip("{}"), "sub" if token[0] == "_" else "sup"))
            elif token not in "{}":
                runs.append((token, "i" if token.isalpha() else ""))
    return [(run, style) for run, style in runs if run]


def _plain(words: str) -> str:
    """Write mathematics as a reader would type it: d_k, n^2."""
    marks = {"sub": "_", "sup": "^"}
    return "".join(marks.get(style, "") + run for run, style in _runs(words))


def _width(words: str, size: float) -> float:
    """Estimate the width of words in px, on the wide side, whatever font draws them."""
    total = 0.0
    for run, style in _runs(words):
        part = 0.0
        for character in run:
            if unicodedata.east_asian_width(character) in "WF" or character in "MW@mw%→↓∞":
                part += 1.0
            elif character in "ijl.,:;|'!I· ()":
                part += 0.4
            elif character in "frst":
                part += 0.52
            else:
                part += 0.78 if character.isupper() or character in "−×" else 0.64
        total += part * (0.72 if style in ("sub", "sup") else 1)
    return total * size


# Checked input ----------------------------------------------------------------------------


def _list_of(values, name: str) -> list:
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, str | Mapping) or not hasattr(values, "__iter__"):
        raise ValueError(f"expected {name} as a tensor or list; got {type(values).__name__}")
    return [_item(v, name) for v in values]


def _item(value, name: str):
    """A number or a name as it is, a 0-d tensor as a number, anything else as a list."""
    if hasattr(value, "tolist") and value.ndim == 0:
        return value.tolist()
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return _list_of(value, name)


def _real(value, name: str, finite: bool) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"expected real numbers in {name}; got {type(value).__name__}")
    value = float(value)
    if value == math.inf or (finite and not math.isfinite(value)):
        raise ValueError(f"expected finite numbers in {name}; got {value}")
    return value


def _vector(values, name: str) -> list[float]:
    values = _list_of(values, name)
    if not values or any(isinstance(v, list) for v in values):
        raise ValueError(f"expected {name} with one dimension, not empty; got {_shape(values)}")
    return [_real(v, name, True) for v in values]


def _matrix(values, name: str, finite: bool = False) -> list[list[float]]:
    values = _list_of(values, name)
    if not values or not all(isinstance(row, list) and row for row in values):
        raise ValueError(f"expected {name} of shape (rows, columns); got {_shape(values)}")
    if len({len(row) for row in values}) > 1:
        found = ", ".join(str(len(row)) for row in values)
        raise ValueError(f"expected rows of equal length in {name}; got lengths {found}")
    if any(isinstance(v, list) for row in values for v in row):
        raise ValueError(f"expected {name} of shape (rows, columns); got {_shape(values)}")
    return [[_real(v, name, finite) for v in row] for row in values]


def _shape(values) -> tuple:
    shape = []
    while isinstance(values, list):
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(shape)


def _names(names, what: str) -> list[str]:
    if isinstance(names, int) and not isinstance(names, bool):
        if names < 1:
            raise ValueError(f"expected at least one name in {what}; got {names}")
        return [f"$x_{{{i}}}$" for i in range(1, names + 1)]
    names = _list_of(names, what)
    if not names or any(isinstance(name, list) for name in names):
        raise ValueError(f"expected a flat list of names in {what}; got {_shape(names)}")
    return [_number(n) if isinstance(n, int | float) else str(n) for n in names]


def _check_digits(digits) -> None:
    if not isinstance(digits, int) or digits < 0:
        raise ValueError(f"expected digits as an int >= 0; got {digits!r}")


def _same_length(names, what: str, values, whose: str) -> None:
    if len(names) != len(values):
        raise ValueError(f"expected {len(values)} {what} for {whose}; got {len(names)}")


def _at_most_six(names, what: str) -> None:
    if len(names) > len(COLOURS):
        raise ValueError(f"expected at most {len(COLOURS)} {what} in one figure; got {len(names)}")


def _series(series, length: int, of: str) -> tuple[list[str], list[list[float]]]:
    if not isinstance(series, Mapping) or not series:
        raise ValueError(f"expected series as a dict key -> values, not empty; got {series!r}")
    _at_most_six(series, "series")
    columns = []
    for key, values in series.items():
        column = _vector(values, f"series {key!r}")
        if len(column) != length:
            raise ValueError(
                f"expected {length} values (as many as {of}) in series {key!r}; got {len(column)}"
            )
        columns.append(column)
    return [_label(key) for key in series], columns


# Heatmaps ---------------------------------------------------------------------------------


def _panel(values, rows, columns, kind, title, digits, row_label=None, column_label=None, name=""):
    """Check one matrix with its names, and lay it out."""
    name = name or "values"
    if kind not in HUES:
        raise ValueError(f"expected kind among {', '.join(HUES)}; got {kind!r}")
    _check_digits(digits)
    matrix = _matrix(values, name)
    rows, columns = _names(rows, "rows"), _names(columns, "columns")
    if (len(rows), len(columns)) != (shape := (len(matrix), len(matrix[0]))):
        raise ValueError(
            f"expected {name} of shape {(len(rows), len(columns))}, one row and one column "
            f"for each name; got {shape}"
        )
    names = ("tokens", "dimensions") if kind == "vectors" else ("queries", "keys")
    return _Panel(
        matrix,
        rows,
        columns,
        kind,
        _capital(_label(title)) if title is not None else "",
        digits,
        _label(row_label or names[0]),
        _label(column_label or names[1]),
    )


class _Panel:
    """One heatmap with its names, laid out in px from its own top left corner."""

    cell_height, gap, slope = 30, 8, math.radians(45)

    def __init__(self, matrix, rows, columns, kind, title, digits, row_label, column_label):
        self.matrix, self.rows, self.columns = matrix, rows, columns
        self.kind = kind
        self.row_label, self.column_label = row_label, column_label
        self.printed = [["" if math.isnan(v) else _fixed(v, digits) for v in row] for row in matrix]
        widest = max(_width(s, SMALL) for row in self.printed for s in row)
        longest = max(_width(name, SMALL) for name in columns)
        self.cell_width = max(widest + 6, 36)
        # Names of columns stand level where the cells can be widened for them, else slanted.
        self.slanted = longest + 6 > max(self.cell_width, min(72, 340 / len(columns)))
        if not self.slanted:
            self.cell_width = max(self.cell_width, longest + 6)
        axes = [_width(f"{row_label} ↓", SMALL), _width(f"{column_label} →", SMALL)]
        self.left = max(_width(name, SIZE) for name in rows) + self.gap
        over = 0.0
        if self.slanted:
            self.left = max(self.left, max(axes) + self.gap)
            header = longest * math.sin(self.slope) + SMALL
            tail = [_width(c, SMALL) * math.cos(self.slope) for c in columns]
            steps = range(len(columns), 0, -1)
            over = max(
                t - (s - 0.5) * self.cell_width + SIZE for t, s in zip(tail, steps, strict=True)
            )
            header = max(header, 2 * SMALL + 12)
        else:
            self.column_label_at = max(self.left, axes[0] + 12)
            header = 2 * SMALL + 14
        self.top = (SIZE + 12 if title else 0) + header
        self.width = self.left + self.cell_width * len(columns) + max(over, 0.0)
        if not self.slanted:
            self.width = max(self.width, self.column_label_at + axes[1])
        self.name(title)
        self.height = self.top + self.cell_height * len(rows)

    def name(self, title):
        """Take a title, and the width that it needs in bold."""
        self.title = title
        self.width = max(self.width, 1.06 * _width(title, SIZE))

    def draw(self, canvas, x, y):
        if self.title:
            canvas.text(x, y + SIZE, self.title, SIZE, weight="600")
        left, top = x + self.left, y + self.top
        width, height = self.cell_width * len(self.columns), self.cell_height * len(self.rows)
        rows, columns = f"{_capital(self.row_label)} ↓", f"{_capital(self.column_label)} →"
        if self.slanted:
            right, head = left - self.gap, top - SMALL - 11
            canvas.text(right, head, columns, SMALL, anchor="end", faint=True)
            canvas.text(right, top - 6, rows, SMALL, anchor="end", faint=True)
        else:
            head = top - SMALL - 14
            canvas.text(x, head, rows, SMALL, faint=True)
            canvas.text(x + self.column_label_at, head, columns, SMALL, faint=True)
        for j, name in enumerate(self.columns):
            middle = left + (j + 0.5) * self.cell_width
            if self.slanted:
                canvas.text(middle, top - 7, name, SMALL, turn=-math.degrees(self.slope))
            else:
                canvas.text(middle, top - 6, name, SMALL, anchor="middle")
        for i, name in enumerate(self.rows):
            middle = top + (i + 0.5) * self.cell_height
            canvas.text(left - self.gap, middle + 0.35 * SIZE, name, SIZE, anchor="end")
        colours = self.colour_cells(canvas.axes(left, top, width, height))
        for i, row in enumerate(self.printed):
            for j, words in enumerate(row):
                cx, cy = left + (j + 0.5) * self.cell_width, top + (i + 0.5) * self.cell_height
                colour = colours[i][j]
                if colour is None:
                    box = cx, cy, self.cell_width, self.cell_height
                    self.mark_masked(canvas, *box, hatched=not words)
                if words:
                    ink = _on(colour) if colour else None
                    canvas.text(cx, cy + 0.35 * SMALL, words, SMALL, "middle", colour=ink)

    def colour_cells(self, axes):
        """Draw the cells with seaborn; return the colour of each, None where there is none."""
        import numpy as np
        import seaborn as sns

        values = np.array(self.matrix)
        values[~np.isfinite(values)] = np.nan
        finite = values[np.isfinite(values)]
        high = float(abs(finite).max()) if finite.size else 0.0
        low = -high if finite.size and finite.min() < 0 else 0.0
        if self.kind == "weights" and low == 0:
            # Equal weights are to look middling, not strong.
            high = max(high, min(1.0, 2 / len(self.columns)))
        high, low = (high, low) if high > 0 else (1.0, 0.0)
        stops = [NEGATIVE, MIDDLE, HUES[self.kind]][0 if low < 0 else 1 :]
        palette = sns.blend_palette(stops, as_cmap=True)
        sns.heatmap(
            values,
            ax=axes,
            vmin=low,
            vmax=high,
            cmap=palette,
            cbar=False,
            xticklabels=False,
            yticklabels=False,
        )
        axes.set_axis_off()
        mesh = axes.collections[0]
        shades = mesh.to_rgba(mesh.get_array())
        shades = np.asarray(shades).reshape(*values.shape, 4)
        return [
            [None if math.isnan(v) else _hex(shades[i, j]) for j, v in enumerate(row)]
            for i, row in enumerate(values)
        ]

    def mark_masked(self, canvas, cx, cy, width, height, hatched):
        """Hatch a cell that was left out; frame one that holds minus infinity."""
        x, y, w, h = cx - width / 2 + 2, cy - height / 2 + 2, width - 4, height - 4
        canvas.masks.append(f"M{_px(x)} {_px(y)}h{_px(w)}v{_px(h)}h{_px(-w)}z")
        if hatched:
            for start in range(-int(h // 7) * 7 + 7, int(w), 7):
                a, b = max(start, 0), min(start + h, w)
                ya, yb = y + h - (a - start), y + h - (b - start)
                canvas.masks.append(f"M{_px(x + a)} {_px(ya)}L{_px(x + b)} {_px(yb)}")

    def alt(self) -> str:
        """Say what the panel shows: its size, the largest of each row or the range, its masks."""
        what = text(f"figures.{self.kind}")
        title = text("figures.title", title=_plain(self.title)) if self.title else ""
        parts = [
            text(
                "figures.heatmap",
                what=what,
                rows=len(self.rows),
                columns=len(self.columns),
                row_label=_plain(self.row_label),
                column_label=_plain(self.column_label),
            )
        ]
        if self.kind == "vectors" or len(self.rows) > 12:
            parts.append(self.range_alt())
        elif items := [s for i in range(len(self.rows)) if (s := self.largest(i))]:
            parts.append(text("figures.largest", items=_list(items)))
        for key, count in (
            ("figures.left-out", sum(math.isnan(v) for row in self.matrix for v in row)),
            ("figures.masked", sum(v == -math.inf for row in self.matrix for v in row)),
        ):
            if count:
                parts.append(text(key, count=count))
        return _sentences([title, *parts])

    def largest(self, i: int) -> str:
        """Name the column (or the few columns) with the largest printed value of row i."""
        row = {j: v for j, v in enumerate(self.matrix[i]) if math.isfinite(v)}
        if not row:
            return ""
        most = self.printed[i][max(row, key=row.get)]
        where = [j for j in row if self.printed[i][j] == most]
        name = _plain(self.rows[i])
        if len(where) == len(row) > 1:
            return text("figures.all-equal", row=name, value=most)
        return f"{name} → {', '.join(_plain(self.columns[j]) for j in where[:3])} {most}"

    def range_alt(self) -> str:
        cells = [
            (v, i, j)
            for i, row in enumerate(self.matrix)
            for j, v in enumerate(row)
            if math.isfinite(v)
        ]
        if not cells:
            return ""
        ends = {}
        for end, (_, i, j) in (("low", min(cells)), ("high", max(cells))):
            ends[end] = self.printed[i][j]
            ends[f"{end}_at"] = f"{_plain(self.rows[i])}, {_plain(self.columns[j])}"
        return text("figures.range", **ends)


def _hex(rgba) -> str:
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in rgba[:3])


def _luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb". Source: WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(k * c for k, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _on(colour: str) -> str:
    """Black or white, whichever reads better on `colour` (always 4.5:1 or more)."""
    return "#000" if _luminance(colour) > 0.1791 else "#fff"


# Charts -----------------------------------------------------------------------------------


def _stroke(i: int) -> dict:
    return {
        "color": COLOURS[i],
        "linestyle": DASHES[i],
        "linewidth": 2,
        "clip_on": False,
        "dash_capstyle": "butt",
        "solid_capstyle": "round",
    }


def _fill(i: int) -> dict:
    """Solid, pale, hollow, in turn: bars are told apart in grey as well."""
    from matplotlib.colors import to_rgba

    face = [1.0, 0.3, 0.0][i % 3]
    return {
        "facecolor": to_rgba(COLOURS[i], face) if face else "none",
        "edgecolor": COLOURS[i],
        "linewidth": 1.6,
        "clip_on": False,
    }


def _line_sample(axes, i, x, y, markers):
    mark = {"marker": MARKS[i], "markersize": 6.5, "markevery": [1]} if markers else {}
    axes.plot([x, x + 13, x + 26], [y, y, y], **_stroke(i), **mark)


def _bar_sample(axes, i, x, y):
    axes.bar([x + 13], [12], bottom=y - 6, width=18, **_fill(i))


def _arrow(chart, i, point):
    """A shaft in the series' dash and a head of constant size in px."""
    x0, y0 = chart.pixel(0, 0)
    x1, y1 = chart.pixel(*point)
    size = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / size, (y1 - y0) / size
    head = min(11, size)
    bx, by = x1 - head * ux, y1 - head * uy
    frame = chart.frame()
    frame.plot([x0, bx], [y0, by], **{**_stroke(i), "linewidth": 2.4})
    wing = 0.42 * head
    frame.fill(
        [x1, bx - wing * uy, bx + wing * uy],
        [y1, by + wing * ux, by - wing * ux],
        color=COLOURS[i],
        linewidth=0,
        clip_on=False,
    )


def _limits(values, is_log) -> tuple[float, float]:
    """Limits of a value axis: 0 included where it is near, a little room at the ends."""
    low, high = min(values), max(values)
    if is_log:
        span = max(math.log10(high / low), 0.5)
        return low / 10 ** (0.05 * span), high * 10 ** (0.05 * span)
    span = (high - low) or abs(high) or 1.0
    if 0 <= low <= 0.5 * high:
        return 0.0, high + 0.05 * span
    if high <= 0 and low < 0 and high >= 0.5 * low:
        return low - 0.05 * span, 0.0
    return low - 0.05 * span, high + 0.05 * span


def _ticks(low, high, is_log, most) -> list[float]:
    """At most `most` round values between low and high."""
    if is_log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        every = max(1, math.ceil((last - first + 1) / most))
        ticks = [10.0**k for k in range(first, last + 1, every)]
        if len(ticks) >= 3:
            return ticks
        decades = range(first - 1, last + 1)
        fine = [m * 10.0**k for k in decades for m in (1, 2, 5) if low <= m * 10.0**k <= high]
        if len(fine) >= 2:
            return fine
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=most - 1, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    return [float(t) for t in found if low - slack <= t <= high + slack]


def _tick_words(ticks) -> list[str]:
    """Print ticks alike: the decimals that the finest needs; powers of ten where they are long."""
    size = max(abs(t) for t in ticks)
    small = min((abs(t) for t in ticks if t), default=1.0)
    if size >= 1e5 or small < 1e-4:
        return [_power(t) for t in ticks]
    if size / small >= 100:
        return [_number(t) for t in ticks]
    digits = next((d for d in range(7) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 6)
    return [_fixed(t, digits) for t in ticks]


def _power(value: float) -> str:
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)) + 1e-9)
    factor = f"{value / 10.0**power:.3g}".replace("-", "−")
    power_words = f"$10^{{{power}}}$".replace("-", "−")
    return power_words if factor == "1" else f"{factor}×{power_words}"


class _Chart:
    """Plot area with title, legend, axis names and grid, laid out in px."""

    def __init__(
        self, title, names, y_words, x_words, *, legend, width=340, stacked=False, note=""
    ):
        self.title = _capital(_label(title)) if title is not None else ""
        self.names = names
        self.y_words, self.x_words = _capital(y_words), _capital(x_words)
        self.has_legend, self.stacked, self.note = legend, stacked, note
        self.width, self.height = width, 230
        self.bottom, self.right = SIZE + 10, 14.0
        self.canvas = None

    def legend_rows(self, width) -> list[list[int]]:
        rows, used = [], math.inf
        for i, name in enumerate(self.names):
            needs = 34 + _width(name, SIZE) + 16
            if used + needs > width or self.stacked:
                rows.append([])
                used = 0.0
            rows[-1].append(i)
            used += needs
        return rows

    def y_axis(self, low, high, is_log):
        self.low, self.high, self.log_y = low, high, is_log
        self.y_ticks = _ticks(low, high, is_log, 6)
        words = _tick_words(self.y_ticks)
        self.left = max(_width(w, SMALL) for w in words) + 8
        self.y_tick_words = words

    def x_axis(self, x, is_log):
        low, high = min(x), max(x)
        if low == high:
            low, high = (low / 2, high * 2) if is_log else (low - 1, high + 1)
        place = (lambda v: math.log(v)) if is_log else (lambda v: v)
        scale = self.width / (place(high) - place(low))

        def fits(ticks):
            words = _tick_words(ticks)
            ends = [(place(t) * scale, _width(w, SMALL)) for t, w in zip(ticks, words, strict=True)]
            pairs = pairwise(ends)
            return all(b - a > (wa + wb) / 2 + 6 for (a, wa), (b, wb) in pairs)

        ticks = sorted(set(x))
        if len(ticks) > 12 or not fits(ticks):
            most = 8
            ticks = _ticks(low, high, is_log, most)
            while most > 3 and not fits(ticks):
                most -= 1
                ticks = _ticks(low, high, is_log, most)
        words = _tick_words(ticks)
        self.right = max(self.right, _width(words[-1], SMALL) / 2 + 4)
        self.left = max(self.left, _width(words[0], SMALL) / 2 + 4)
        self.open((low, high), is_log)
        for tick, word in zip(ticks, words, strict=True):
            px, _ = self.pixel(tick, self.low)
            self.axes.axvline(tick, color=INK, alpha=0.13, linewidth=1, clip_on=False, zorder=0)
            self.canvas.text(px, self.y0 + self.height + SMALL + 6, word, SMALL, "middle")

    def categories(self, names):
        n = len(names)
        longest = max(_width(name, SIZE) for name in names)
        needs = (longest + 6) * n
        slanted = needs > max(self.width, 400)
        slope = math.radians(45)
        if slanted:
            self.bottom = longest * math.sin(slope) + SIZE + 8
            first = _width(names[0], SIZE) * math.cos(slope) - self.width / n / 2
            self.left = max(self.left, first + SIZE)
        else:
            self.width = max(self.width, needs)
        self.open((-0.5, n - 0.5), False)
        for k, name in enumerate(names):
            px, _ = self.pixel(k, self.low)
            y = self.y0 + self.height + SIZE + 6
            if slanted:
                self.canvas.text(px + 4, y - 2, name, SIZE, "end", turn=-math.degrees(slope))
            else:
                self.canvas.text(px, y, name, SIZE, "middle")

    def plane(self, x_span, y_span):
        """Equal scales on both axes, the axes through the origin."""
        wide, high = x_span[1] - x_span[0], y_span[1] - y_span[0]
        scale = min(320 / wide, 300 / high)
        self.width, self.height = wide * scale, high * scale
        (self.low, self.high), self.log_y = y_span, False
        step = max(wide, high)
        self.y_ticks = [t for t in _ticks(*y_span, False, max(3, round(7 * high / step)))]
        x_ticks = _ticks(*x_span, False, max(3, round(7 * wide / step)))
        self.y_tick_words = _tick_words(self.y_ticks)
        self.left = max(_width(w, SMALL) for w in self.y_tick_words) + 8
        self.right = 20.0
        self.open(x_span, False)
        for tick, word in zip(x_ticks, _tick_words(x_ticks), strict=True):
            px, _ = self.pixel(tick, self.low)
            self.axes.axvline(tick, color=INK, alpha=0.13, linewidth=1, clip_on=False)
            self.canvas.text(px, self.y0 + self.height + SMALL + 6, word, SMALL, "middle")
        for draw in (self.axes.axhline, self.axes.axvline):
            draw(0, color=INK, alpha=0.55, linewidth=1, clip_on=False)

    def open(self, x_limits, log_x):
        """Fix the layout: now the sizes of everything are known."""
        longest = max(
            self.left + self.width + self.right,
            1.06 * _width(self.title, SIZE),
            _width(self.y_words, SMALL),
            _width(self.note, SIZE),
        )
        if self.has_legend:
            longest = max(longest, *(34 + _width(name, SIZE) for name in self.names))
        self.rows = self.legend_rows(longest + 16) if self.has_legend else []
        top = MARGIN + (SIZE + 10 if self.title else 0)
        self.legend_top = top
        top += len(self.rows) * (SIZE + 8)
        self.note_top = top
        top += SIZE + 8 if self.note else 0
        self.y_words_at = top + SMALL
        top += SMALL + 12 if self.y_words else 8
        self.x0, self.y0 = MARGIN + self.left, top
        bottom = self.bottom + (SIZE + 8 if self.x_words else 0) + MARGIN
        self.canvas = _Canvas(longest + 2 * MARGIN, top + self.height + bottom)
        self.axes = self.canvas.axes(self.x0, self.y0, self.width, self.height)
        self.axes.set_axis_off()
        self.axes.set_xscale("log" if log_x else "linear")
        self.axes.set_yscale("log" if self.log_y else "linear")
        self.axes.set(xlim=x_limits, ylim=(self.low, self.high))
        self.axes.set_autoscale_on(False)
        for tick, word in zip(self.y_ticks, self.y_tick_words, strict=True):
            _, py = self.pixel(x_limits[0], tick)
            self.axes.axhline(tick, color=INK, alpha=0.13, linewidth=1, clip_on=False, zorder=0)
            self.canvas.text(self.x0 - 8, py + 0.35 * SMALL, word, SMALL, "end")

    def pixel(self, x, y) -> tuple[float, float]:
        px, py = self.axes.transData.transform((x, y))
        return float(px), self.canvas.height - float(py)

    def frame(self):
        """Axes over the whole canvas whose units are px, y downwards."""
        if not hasattr(self, "_frame"):
            self._frame = self.canvas.axes(0, 0, self.canvas.width, self.canvas.height)
            self._frame.set_axis_off()
            self._frame.set(xlim=(0, self.canvas.width), ylim=(self.canvas.height, 0))
            self._frame.set_autoscale_on(False)
        return self._frame

    def legend(self, sample):
        y = self.legend_top
        for row in self.rows:
            x = MARGIN
            for i in row:
                sample(self.frame(), i, x, y + SIZE * 0.62)
                self.canvas.text(x + 34, y + SIZE, self.names[i], SIZE)
                x += 34 + _width(self.names[i], SIZE) + 16
            y += SIZE + 8

    def tip_labels(self, points, labels):
        """Write each name beyond its arrow's tip, moved up or down where names would meet."""
        taken = []
        order = sorted(range(len(points)), key=lambda k: -points[k][1])
        for k in order:
            px, py = self.pixel(*points[k])
            width = _width(labels[k], SIZE)
            x = px + 8 if points[k][0] >= 0 else px - 8 - width
            x = min(max(x, 2), self.canvas.width - width - 2)
            y = py + (-6 if points[k][1] >= 0 else SIZE + 2)
            while any(abs(y - b) < SIZE + 3 and x < a + w and a < x + width for a, b, w in taken):
                y += SIZE + 3
            taken.append((x, y, width))
            self.canvas.text(x, y, labels[k], SIZE, weight="600")

    def finish(self, alt) -> Figure:
        if self.title:
            self.canvas.text(MARGIN, MARGIN + SIZE, self.title, SIZE, weight="600")
        if self.note:
            self.canvas.text(MARGIN, self.note_top + SIZE, self.note, SIZE)
        if self.y_words:
            self.canvas.text(MARGIN, self.y_words_at, self.y_words, SMALL, faint=True)
        if self.x_words:
            x = self.x0 + self.width / 2
            half = _width(self.x_words, SMALL) / 2
            x = min(max(x, half + 2), self.canvas.width - half - 2)
            y = self.y0 + self.height + self.bottom + SMALL + 4
            self.canvas.text(x, y, self.x_words, SMALL, "middle", faint=True)
        return self.canvas.figure(alt)


# The SVG ----------------------------------------------------------------------------------


def _px(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    words = f"{value:.1f}".removesuffix(".0")
    return "0" if words == "-0" else words


class _Canvas:
    """A matplotlib figure without pyplot, 1 px to the unit, and the words written on it."""

    def __init__(self, width, height):
        from matplotlib.figure import Figure as Drawing

        self.width, self.height = math.ceil(width), math.ceil(height)
        self.words, self.masks = [], []
        self.drawing = Drawing(figsize=(self.width / 72, self.height / 72), dpi=72)

    def axes(self, x, y, width, height):
        w, h = self.width, self.height
        return self.drawing.add_axes([x / w, 1 - (y + height) / h, width / w, height / h])

    def text(
        self,
        x,
        y,
        words,
        size,
        anchor="start",
        *,
        colour=None,
        turn=0.0,
        weight=None,
        faint=False,
    ):
        """Write words with their baseline at (x, y), px from the top left corner."""
        attributes = f'x="{_px(x)}" y="{_px(y)}"'
        if size != SIZE:
            attributes += f' font-size="{size}"'
        if anchor != "start":
            attributes += f' text-anchor="{anchor}"'
        if colour:
            attributes += f' fill="{colour}"'
        if weight:
            attributes += f' font-weight="{weight}"'
        if faint:
            attributes += ' fill-opacity=".8"'
        if turn:
            attributes += f' transform="rotate({_px(turn)} {_px(x)} {_px(y)})"'
        self.words.append(f"<text {attributes}>{_spans(words)}</text>")

    def figure(self, alt: str) -> Figure:
        """Draw, and put shapes and words together."""
        style = f"background:{GROUND};color:{INK_ON_GROUND};max-width:100%;height:auto"
        safe = escape(alt)
        masks = ""
        if self.masks:
            masks = (
                '<path fill="none" stroke="currentColor" stroke-opacity=".35" '
                f'd="{"".join(self.masks)}"/>'
            )
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" '
            f'lang="{LANGUAGES[get_language()].html}" aria-label="{safe}" '
            f'width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" style="{style}" fill="currentColor" '
            f'font-family="system-ui, sans-serif" font-size="{SIZE}">',
            f"<title>{safe}</title>",
            *self.shapes(),
            *([masks] if masks else []),
            *self.words,
            "</svg>",
        ]
        return Figure("\n".join(parts), alt)

    def shapes(self) -> list[str]:
        """Let matplotlib draw; keep the shapes alone, without ids, clips and groups."""
        import io

        from matplotlib.backends.backend_svg import FigureCanvasSVG

        self.drawing.patch.set_visible(False)
        FigureCanvasSVG(self.drawing)
        out = io.StringIO()
        self.drawing.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
        root = ElementTree.fromstring(out.getvalue())
        marks = {e.get("id"): e for e in root.iter(_SVG + "path") if e.get("id")}
        return list(_merge(_shapes_below(root, marks)))


_SVG, _HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"


def _shapes_below(node, marks):
    """Yield (attributes, path) for each visible shape below a node of matplotlib's SVG."""
    for child in node:
        tag = child.tag.removeprefix(_SVG)
        if tag in ("defs", "metadata"):
            continue
        if tag == "g":
            yield from _shapes_below(child, marks)
        elif tag in ("path", "use"):
            mark = marks[child.get(_HREF)[1:]] if tag == "use" else child
            move = (float(child.get("x", 0)), float(child.get("y", 0)))
            attributes = _attributes((mark.get("style") or "") + ";" + (child.get("style") or ""))
            if attributes:
                yield attributes, _path(mark.get("d"), *move)
        else:
            raise ValueError(f"expected paths in matplotlib's SVG; got {tag}")


def _attributes(style: str) -> str:
    """Write matplotlib's style as attributes; "" where nothing is painted."""
    found = dict(item.strip().split(": ", 1) for item in style.split(";") if ":" in item)
    kept = {"fill": found.get("fill", INK), "stroke": found.get("stroke", "none")}
    if kept["fill"] == kept["stroke"] == "none":
        return ""
    if "opacity" in found:
        kept["opacity"] = found["opacity"]
    for name in ("fill-opacity", "stroke-opacity"):
        if name in found and kept[name.removesuffix("-opacity")] != "none":
            kept[name] = found[name]
    if kept["stroke"] == "none":
        del kept["stroke"]
    else:
        kept["stroke-width"] = found.get("stroke-width", "1")
        kept["stroke-linejoin"] = "round"
        if "stroke-dasharray" in found:
            kept["stroke-dasharray"] = found["stroke-dasharray"]
        elif found.get("stroke-linecap") == "round":
            kept["stroke-linecap"] = "round"
    return " ".join(
        f'{name}="{value.replace(INK, "currentColor")}"' for name, value in kept.items()
    )


def _path(d: str, dx: float, dy: float) -> str:
    """Move a path of absolute commands, and round it."""
    place = 0
    out = []
    for token in d.split():
        if token.isalpha():
            out.append(token)
            place = 0
        else:
            out.append(_px(float(token) + (dy if place % 2 else dx)))
            place += 1
    return re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(out))


_CELL = re.compile(r"M(\S+) (\S+)L(\S+) \2L\3 (\S+)L\1 \4L\1 \2")


def _merge(shapes):
    """Write shapes; join neighbours that look alike; cells get a little room between them."""
    last, joined = None, ""
    for attributes, d in [*shapes, (None, "")]:
        if cell := _CELL.fullmatch(d):
            x, y, right, bottom = (float(v) for v in cell.groups())
            attributes = (
                f'x="{_px(x + 1)}" y="{_px(y + 1)}" width="{_px(right - x - 2)}" '
                f'height="{_px(bottom - y - 2)}" rx="2" {attributes}'
            )
        if attributes == last and not cell:
            joined += d
            continue
        if last:
            yield f'<path {last} d="{joined}"/>'
        last, joined = attributes, d
        if cell:
            yield f"<rect {attributes}/>"
            last, joined = None, ""


def _spans(words: str) -> str:
    """Write words as SVG text; mathematics as italic, lowered and raised spans."""
    out, shift = [], 0.0
    for run, style in _runs(words):
        goal = {"sub": 0.22, "sup": -0.38}.get(style, 0.0)
        size = 0.72 if style in ("sub", "sup") else 1.0
        attributes = ""
        if goal != shift:
            attributes += f' dy="{round((goal - shift) / size, 3):g}em"'
        if size != 1:
            attributes += f' font-size="{size}em"'
        if style == "i":
            attributes += ' font-style="italic"'
        run = escape(run, quote=False)
        out.append(f"<tspan{attributes}>{run}</tspan>" if attributes else run)
        shift = goal
    return "".join(out)


__all__: Sequence[str] = [
    "Figure",
    "arrows",
    "attention_steps",
    "bars",
    "heatmap",
    "label",
    "lines",
]

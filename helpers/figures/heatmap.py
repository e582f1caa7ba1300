"""Heatmaps: one, or several on one scale."""

import math
from collections.abc import Mapping

from helpers.figures.checked import check_digits, matrix, names_of
from helpers.figures.letters import plain, width
from helpers.figures.ramp import HUES, colours, ink, limits
from helpers.figures.style import MARGIN, WIDEST, finish, measured, own_style, place, points, sheet
from helpers.figures.words import capital, fixed, heading, label, listed, sentences, titled
from helpers.language import text

CELL_HEIGHT, GAP = 30, 22


@own_style
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
):
    """Draw a matrix as a heatmap with the value in each cell; return a `Figure`.

    values: (rows, columns), real; NaN is a cell left out (hatched), -inf a masked score.
    rows, columns: one name each, shown as they are; an int n stands for x_1 ... x_n.
    kind: "weights" or "scores" (rows are queries, columns are keys) or "vectors" (rows are
        tokens, columns are dimensions). Colour starts at 0, the stronger the larger; negative
        values get their own hue.
    title, row_label, column_label: keys of `[label.*]`.

    Raises:
        ValueError: a shape that does not fit the names, an unknown key or kind, +inf.
    """
    panel = Panel(values, rows, columns, kind, heading(title), digits, row_label, column_label)
    return arranged([panel], panel.alt())


@own_style
def heatmaps(values, rows, columns, *, kind="weights", digits=2, row_label=None, column_label=None):
    """Draw several matrices with the same rows and columns, on one scale of colour.

    values: key of `[label.*]`, its title -> (rows, columns). The rest is as in `heatmap`.
    They stand side by side as far as a phone shows them, then below each other.

    Raises:
        ValueError: not a dict, or as for `heatmap`.
    """
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"expected values as a dict key -> matrix, not empty; got {values!r}")
    panels = [
        Panel(v, rows, columns, kind, heading(key), digits, row_label, column_label, repr(key))
        for key, v in values.items()
    ]
    ends = limits([v for panel in panels for v in panel.finite()], panels[0].least())
    return arranged(panels, sentences(*(panel.alt() for panel in panels)), ends)


def arranged(panels, alt: str, ends=None):
    """Draw panels in rows as wide as a phone can show them; return a `Figure`."""
    drawing = sheet(1200, 1200)
    boxes = []
    for panel in panels:
        axes = drawing.add_axes([0, 0, 1, 1])
        place(axes, 400, 400, *panel.size)
        panel.draw(axes, ends or panel.limits())
        left, top, right, bottom = measured(axes)
        boxes.append((axes, 400 - left, 400 - top, right - 400, bottom - 400))
    # Panels in one column of the figure start at the same place.
    most = math.ceil(max(before for _, before, *_ in boxes))
    wide = math.ceil(max(after for *_, after, _ in boxes)) + most + GAP
    in_a_row = max(1, min(len(panels), int((WIDEST - 2 * MARGIN + GAP) // wide)))
    if len(panels) % in_a_row == 1 and in_a_row > 2:
        in_a_row -= 1
    lines = [boxes[k : k + in_a_row] for k in range(0, len(boxes), in_a_row)]
    heights = [[math.ceil(max(box[part] for box in line)) for part in (2, 4)] for line in lines]
    drawing.set_size_inches(
        (wide * in_a_row + 2 * MARGIN) / 96, (sum(map(sum, heights)) + GAP * len(lines)) / 96
    )
    y = 0
    for line, (above, below) in zip(lines, heights, strict=True):
        for k, (axes, *_) in enumerate(line):
            place(axes, k * wide + most + MARGIN, y + above, *panels[boxes.index(line[k])].size)
        y += above + below + GAP
    return finish(drawing, alt)


class Panel:
    """One matrix with its names: checked, sized, drawn, and said."""

    def __init__(
        self,
        values,
        rows,
        columns,
        kind,
        title,
        digits,
        row_label=None,
        column_label=None,
        name="values",
    ):
        if kind not in HUES:
            raise ValueError(f"expected kind among {', '.join(HUES)}; got {kind!r}")
        check_digits(digits)
        self.matrix = matrix(values, name)
        self.rows, self.columns = names_of(rows, "rows"), names_of(columns, "columns")
        shape = (len(self.matrix), len(self.matrix[0]))
        if (len(self.rows), len(self.columns)) != shape:
            raise ValueError(
                f"expected {name} of shape {(len(self.rows), len(self.columns))}, one row and "
                f"one column for each name; got {shape}"
            )
        self.kind, self.title = kind, title
        names = ("tokens", "dimensions") if kind == "vectors" else ("queries", "keys")
        self.row_label = label(row_label or names[0])
        self.column_label = label(column_label or names[1])
        self.printed = [[fixed(v, digits) for v in row] for row in self.matrix]
        few = len(self.columns) <= 8
        needs = max(width(words, 12) for row in self.printed for words in row)
        needs = max(needs + 8, 36) if few else needs + 4
        names = max(width(name, 12) for name in self.columns) + 4
        # Names of columns stand level where the cells can be widened for them, else slanted.
        self.slanted = names > max(needs, min(72, 335 / len(self.columns)))
        cell = math.ceil(needs if self.slanted else max(needs, names))
        self.size = (cell * len(self.columns), CELL_HEIGHT * len(self.rows))

    def finite(self):
        return [v for row in self.matrix for v in row if math.isfinite(v)]

    def least(self) -> float:
        """Equal weights are to look middling, not strong."""
        return min(1.0, 2 / len(self.columns)) if self.kind == "weights" else 0.0

    def limits(self):
        finite = self.finite()
        return limits(finite, self.least() if min(finite, default=0) >= 0 else 0.0)

    def draw(self, axes, ends):
        """Let seaborn draw the cells; write names above and at the left, as a table has them."""
        import numpy as np
        import seaborn as sns

        values = np.array(self.matrix)
        sns.heatmap(
            np.where(np.isfinite(values), values, np.nan),
            ax=axes,
            vmin=ends[0],
            vmax=ends[1],
            cmap=colours(HUES[self.kind], ends[0] < 0),
            annot=np.array(self.printed),
            fmt="",
            annot_kws={"fontsize": points(12)},
            cbar=False,
            xticklabels=self.columns,
            yticklabels=self.rows,
            mask=np.zeros(values.shape, bool),
        )
        axes.grid(False)
        mesh = axes.collections[0]
        shades = mesh.to_rgba(mesh.get_array()).reshape(*values.shape, 4)
        for words in axes.texts:
            column, row = words.get_position()
            words.set_color(ink(shades[int(row), int(column)]))
        self.write_names(axes)
        for i, row in enumerate(self.matrix):
            for j, value in enumerate(row):
                if not math.isfinite(value):
                    self.mark_masked(axes, j, i, hatched=math.isnan(value))

    def write_names(self, axes):
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        turn = (
            {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
            if self.slanted
            else {"rotation": 0}
        )
        axes.tick_params(axis="x", pad=points(4))
        axes.set_xticks(axes.get_xticks(), self.columns, fontsize=points(12), **turn)
        axes.set_yticks(axes.get_yticks(), self.rows, rotation=0, fontsize=points(12.5))
        quiet = {"fontsize": points(12), "alpha": 0.8}
        axes.set_xlabel(f"{capital(self.column_label)} →", loc="left", labelpad=points(4), **quiet)
        axes.annotate(
            f"{capital(self.row_label)} ↓",
            (0, 1),
            (-points(7), points(4)),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="bottom",
            annotation_clip=False,
            **quiet,
        )
        if self.title:
            axes.set_title(self.title, x=0, pad=points(8))

    def mark_masked(self, axes, column, row, hatched):
        """Frame a cell that holds minus infinity, and say so; hatch one that was left out."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        from helpers.figures.svg import INK

        high = CELL_HEIGHT
        wide = self.size[0] // len(self.columns)
        left, top, right, bottom = 2, 2, wide - 2, high - 2  # in px
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        lines = [(corners, [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY])]
        if not hatched:
            middle = (column + 0.5, row + 0.5)
            axes.text(*middle, fixed(-math.inf, 0), ha="center", va="center")
        else:
            tall = bottom - top
            for start in range(7 - tall // 7 * 7, right - left, 7):
                a, b = max(start, 0), min(start + tall, right - left)
                ends = [(left + a, bottom - a + start), (left + b, bottom - b + start)]
                lines.append((ends, [Path.MOVETO, Path.LINETO]))
        vertices = [(column + x / wide, row + y / high) for points_, _ in lines for x, y in points_]
        codes = [code for _, codes in lines for code in codes]
        axes.add_patch(
            PathPatch(Path(vertices, codes), fill=False, edgecolor=INK, alpha=0.35, linewidth=0.75)
        )

    # In words

    def alt(self) -> str:
        """Say what the panel shows: its size, the largest of each row or the range, its masks."""
        parts = [
            text(
                "figures.heatmap",
                what=text(f"figures.{self.kind}"),
                rows=len(self.rows),
                columns=len(self.columns),
                row_label=plain(self.row_label),
                column_label=plain(self.column_label),
            )
        ]
        if self.kind == "vectors" or len(self.rows) > 12:
            parts.append(self.range_alt())
        elif items := [s for i in range(len(self.rows)) if (s := self.largest(i))]:
            parts.append(text("figures.largest", items=listed(items)))
        for key, count in (
            ("figures.left-out", sum(math.isnan(v) for row in self.matrix for v in row)),
            ("figures.masked", sum(v == -math.inf for row in self.matrix for v in row)),
        ):
            if count:
                parts.append(text(key, count=count))
        return sentences(titled(self.title), *parts)

    def largest(self, i: int) -> str:
        """Name the column (or the few columns) with the largest printed value of row i."""
        row = {j: v for j, v in enumerate(self.matrix[i]) if math.isfinite(v)}
        if not row:
            return ""
        most = self.printed[i][max(row, key=row.get)]
        where = [j for j in row if self.printed[i][j] == most]
        name = plain(self.rows[i])
        if len(where) == len(row) > 1:
            return text("figures.all-equal", row=name, value=most)
        return f"{name} → {', '.join(plain(self.columns[j]) for j in where[:3])} {most}"

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
            ends[f"{end}_at"] = f"{plain(self.rows[i])}, {plain(self.columns[j])}"
        return text("figures.range", **ends)

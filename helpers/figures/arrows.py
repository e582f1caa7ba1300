"""Vectors of the plane."""

import math

from helpers.figures.chart import DASHES, chart, line_style, name_axes, set_ticks
from helpers.figures.checked import at_most_six, matrix, names_of, same_length
from helpers.figures.letters import plain, width
from helpers.figures.style import COLOURS, finish, own_style, points
from helpers.figures.words import fixed, heading, sentences, titled
from helpers.language import text


@own_style
def arrows(vectors, labels, *, angle=True, title=None):
    """Draw vectors of the plane from the origin, with their lengths; return a `Figure`.

    vectors: (n, 2), real, none of length 0, at most six; labels: n names, shown as they are.
    angle: mark the angle between the first two, and say it with their dot product.

    Raises:
        ValueError: vectors that are not 2-D, names that do not fit, a vector of length 0.
    """
    tips = matrix(vectors, "vectors", finite=True)
    labels = names_of(labels, "labels")
    if len(tips[0]) != 2:
        raise ValueError(f"expected vectors of shape (n, 2); got {(len(tips), len(tips[0]))}")
    same_length(labels, "labels", tips, "vectors")
    at_most_six(labels, "vectors")
    lengths = [math.hypot(*tip) for tip in tips]
    if min(lengths) == 0:
        raise ValueError("expected vectors longer than 0; got one of length 0")
    notes = [
        text("figures.length", name=name, length=fixed(length, 2))
        for name, length in zip(labels, lengths, strict=True)
    ]
    spans = []
    for axis in (0, 1):
        values = [0.0, *(tip[axis] for tip in tips)]
        room = 0.12 * max(lengths)
        spans.append((min(values) - room, max(values) + room))
    wide, high = (end - start for start, end in spans)
    scale = min(320 / wide, 300 / high)
    drawing, axes = chart((round(wide * scale), round(high * scale)))
    axes.set(xlim=spans[0], ylim=spans[1])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for axis, span in ((axes.xaxis, wide), (axes.yaxis, high)):
        set_ticks(axis, False, max(2, round(7 * span / max(wide, high))))
    ink = axes.xaxis.label.get_color()
    for line in (axes.axhline, axes.axvline):
        line(0, color=ink, alpha=0.55, linewidth=points(1))
    summary = ""
    if angle and len(tips) > 1:
        summary = _mark_angle(axes, tips, lengths, labels, ink)
    for i, tip in enumerate(tips):
        axes.annotate(
            "",
            tip,
            (0, 0),
            arrowprops={
                "arrowstyle": "-|>,head_length=0.5,head_width=0.22",
                "mutation_scale": points(20),
                "shrinkA": 0,
                "shrinkB": 0,
                "color": COLOURS[i],
                "linewidth": points(2.4),
                "linestyle": DASHES[i],
                "joinstyle": "miter",
            },
            annotation_clip=False,
        )
        axes.plot([], [], label=notes[i], **line_style(i))
    _name_tips(axes, tips, labels, scale)
    name_axes(axes, heading(title), "", summary, notes, stacked=True)
    alt = text("figures.arrows", count=len(tips))
    where = [
        text(
            "figures.arrow",
            name=plain(name),
            x=fixed(x, 2),
            y=fixed(y, 2),
            length=fixed(length, 2),
        )
        for name, (x, y), length in zip(labels, tips, lengths, strict=True)
    ]
    return finish(drawing, sentences(titled(heading(title)), alt, *where, titled(summary)))


def _mark_angle(axes, tips, lengths, labels, ink) -> str:
    """Draw the arc between the first two vectors; return what there is to say about it."""
    (a, b), (c, d) = tips[:2]
    turn = math.atan2(a * d - b * c, a * c + b * d)
    start = math.atan2(b, a)
    arc = [start + turn * k / 24 for k in range(25)]
    radius = 0.3 * min(lengths[:2])
    axes.plot(
        [radius * math.cos(t) for t in arc],
        [radius * math.sin(t) for t in arc],
        color=ink,
        linewidth=points(1.2),
    )
    return text(
        "figures.angle",
        a=labels[0],
        b=labels[1],
        angle=fixed(abs(math.degrees(turn)), 1),
        dot=fixed(a * c + b * d, 2),
    )


def _name_tips(axes, tips, labels, scale) -> None:
    """Write each name beyond its arrow's tip, moved down where names would meet."""
    taken = []
    for k in sorted(range(len(tips)), key=lambda k: -tips[k][1]):
        (x, y), wide = tips[k], width(labels[k], 13) * 1.06
        left = x * scale + 8 if x >= 0 else x * scale - 8 - wide
        low = y * scale + (4 if y >= 0 else -17)
        while any(abs(low - b) < 17 and left < a + w and a < left + wide for a, b, w in taken):
            low -= 17
        taken.append((left, low, wide))
        axes.annotate(
            labels[k],
            (0, 0),
            (points(left), points(low)),
            textcoords="offset points",
            fontsize=points(13),
            fontweight=600,
            annotation_clip=False,
        )

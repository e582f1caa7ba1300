"""Vectors of the plane."""

import math

from helpers.figures.chart import DASHES, chart, line_style, name_axes, set_ticks
from helpers.figures.checked import at_most_six, matrix, names_of, same_length
from helpers.figures.letters import plain, width
from helpers.figures.style import COLOURS, finish, own_style, points
from helpers.figures.words import fixed, heading, sentences, titled
from helpers.language import text


@own_style
def arrows(vectors, labels, *, angle=True, difference=False, shadow=False, title=None):
    """Draw vectors of the plane from the origin, with their lengths; return a `Figure`.

    vectors: (n, 2), real, none of length 0, at most six; labels: n names, shown as they are.
    angle: mark the angle between the first two, and say it with their dot product.
    difference: draw the third side of the triangle that the first two make, a - b.
    shadow: draw the shadow (the projection) that the second one casts on the line of the first.

    Raises:
        ValueError: vectors that are not 2-D, names that do not fit, a vector of length 0, a
            difference or a shadow of a single vector.
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
    if (difference or shadow) and len(tips) < 2:
        raise ValueError("expected two vectors for a difference or a shadow; got one")
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
    if difference:
        notes.append(_draw_difference(axes, tips, labels, ink))
    if shadow:
        notes.append(_draw_shadow(axes, tips, lengths, labels, ink))
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
    where += [titled(note) for note in notes[len(tips) :]]
    return finish(drawing, sentences(titled(heading(title)), alt, *where, titled(summary)))


def _draw_difference(axes, tips, labels, ink) -> str:
    """Draw the side from the second tip to the first; return what there is to say about it."""
    (a, b), (c, d) = tips[:2]
    name = f"{labels[0]} − {labels[1]}"
    note = text("figures.length", name=name, length=fixed(math.hypot(a - c, b - d), 2))
    style = {"linewidth": points(1.8), "linestyle": (0, (3, 2)), "clip_on": False}
    axes.plot([c, a], [d, b], color=ink, label=note, **style)
    axes.annotate(
        name,
        ((a + c) / 2, (b + d) / 2),
        (points(8), points(4)),
        textcoords="offset points",
        fontsize=points(13),
        annotation_clip=False,
    )
    return note


def _draw_shadow(axes, tips, lengths, labels, ink) -> str:
    """Draw the second vector's shadow on the line of the first, and the light that casts it."""
    (a, b), (c, d) = tips[:2]
    share = (a * c + b * d) / lengths[0] ** 2
    foot = (share * a, share * b)
    note = text("figures.shadow", a=labels[0], b=labels[1], length=fixed(share * lengths[0], 2))
    light = {"linewidth": points(1.4), "linestyle": (0, (2, 2)), "clip_on": False}
    axes.plot([c, foot[0]], [d, foot[1]], color=ink, **light)
    band = {"linewidth": points(9), "alpha": 0.35, "solid_capstyle": "butt", "clip_on": False}
    axes.plot([0, foot[0]], [0, foot[1]], color=COLOURS[1], label=note, **band)
    return note


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

"""What charts share: the plot's place, its axes' names, ticks and legend, and how series look."""

import math
from itertools import pairwise

from helpers.figures.letters import width
from helpers.figures.style import COLOURS, DASHES, MARKS, place, points, sheet
from helpers.figures.words import capital, fixed, number

WIDTH, HEIGHT = 344, 232  # of the plot, in px


def chart(size=(WIDTH, HEIGHT)):
    """Return an empty sheet and axes of this size in px on it."""
    drawing = sheet(1000, 900)
    axes = drawing.add_axes([0, 0, 1, 1])
    place(axes, 300, 400, *size)
    return drawing, axes


def name_axes(axes, title: str, x_words: str, y_words: str, entries, stacked=False) -> None:
    """Write the names: of the upright axis level above it, then the legend, then the title.

    entries: the names in the legend, or none; stacked: one below the other.
    """
    quiet = {"fontsize": points(12), "alpha": 0.8}
    if x_words:
        axes.set_xlabel(capital(x_words), labelpad=points(5), **quiet)
    above = points(10)
    if y_words:
        axes.annotate(
            y_words,
            (0, 1),
            (0, above),
            xycoords="axes fraction",
            textcoords="offset points",
            annotation_clip=False,
            **quiet,
        )
        above += points(24)
    if not entries:
        if title:
            axes.set_title(title, x=0, pad=above)
        return
    from matplotlib.transforms import ScaledTranslation

    longest = max(width(words, 12) for words in entries) + 12 * (2.4 + 0.8 + 1.4)
    across = axes.get_window_extent().width
    lifted = axes.transAxes + ScaledTranslation(0, above / 72, axes.figure.dpi_scale_trans)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=lifted,
        ncols=1 if stacked else max(1, min(len(entries), int((across + 20) // longest))),
        title=title or None,
        alignment="left",
        title_fontproperties={"size": points(13), "weight": 600},
    )


def line_style(i: int) -> dict:
    return {"color": COLOURS[i], "linestyle": DASHES[i], "clip_on": False}


def mark_style(i: int, count: int) -> dict:
    return {"marker": MARKS[i], "markevery": max(1, count // 10), "markeredgewidth": 0}


def fill_style(i: int) -> dict:
    """Solid, pale, hollow, in turn: bars are told apart in grey as well."""
    from matplotlib.colors import to_rgba

    face = [1.0, 0.3, 0.0][i % 3]
    return {
        "facecolor": to_rgba(COLOURS[i], face) if face else "none",
        "edgecolor": COLOURS[i],
        "linewidth": points(1.6),
        "clip_on": False,
    }


def limits(values, is_log: bool) -> tuple[float, float]:
    """Limits of a value axis: 0 included where it is near, a little room at the ends."""
    low, high = min(values), max(values)
    if is_log:
        span = max(math.log10(high / low), 0.5)
        return low / 10 ** (0.05 * span), high * 10 ** (0.05 * span)
    span = (high - low) or abs(high) or 1.0
    # What lies below 0 by the last bits of a float alone is 0.
    if -1e-6 * span <= low <= 0.5 * high:
        return 0.0, high + 0.05 * span
    if high <= 1e-6 * span and high >= 0.5 * low:
        return low - 0.05 * span, 0.0
    return low - 0.05 * span, high + 0.05 * span


def set_ticks(axis, is_log: bool, most: int, fixed_at=None, whole=False) -> None:
    """Give an axis at most so many round ticks, or ticks at the values themselves."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    if fixed_at is None and is_log:  # LogLocator's choice depends on matplotlib's version
        fixed_at = log_ticks(*sorted(axis.get_view_interval()), most)
    if fixed_at:
        locator = FixedLocator(fixed_at)
    else:
        locator = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=whole)
    axis.set_major_locator(locator)
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(_formatter())


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Powers of ten from low to high, at most so many; 1, 2 and 5 times them where few fit."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / most))
    ticks = [10.0**k for k in range(first, last + 1, every)]
    if len(ticks) >= 3:
        return ticks
    fine = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
    return [t for t in fine if low <= t <= high] or ticks


def values_fit(x, is_log: bool) -> bool:
    """Tell whether the values of the level axis can all be ticks of it."""
    ticks = sorted(set(x))
    if not 1 < len(ticks) <= 12:
        return len(ticks) == 1
    at = (lambda v: math.log(v)) if is_log else (lambda v: v)
    scale = WIDTH / (at(ticks[-1]) - at(ticks[0]))
    ends = [(at(t) * scale, width(w, 12)) for t, w in zip(ticks, tick_words(ticks), strict=True)]
    return all(b - a > (wa + wb) / 2 + 5 for (a, wa), (b, wb) in pairwise(ends))


def _formatter():
    from matplotlib.ticker import Formatter

    class Words(Formatter):
        def __call__(self, value, position=None):
            return tick_words([value])[0]

        def format_ticks(self, values):
            return tick_words([float(v) for v in values])

    return Words()


def tick_words(ticks) -> list[str]:
    """Print ticks alike: the decimals that the finest needs; powers of ten where they are long."""
    size = max((abs(t) for t in ticks), default=0.0)
    small = min((abs(t) for t in ticks if t), default=1.0)
    if size >= 1e5 or small < 1e-4:
        return [_power(t) for t in ticks]
    if size / small >= 100:
        return [number(t) for t in ticks]
    digits = next((d for d in range(7) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 6)
    return [fixed(t, digits) for t in ticks]


def _power(value: float) -> str:
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)) + 1e-9)
    factor = f"{value / 10.0**power:.3g}".replace("-", "−")
    words = f"$10^{{{power}}}$"
    return words if factor == "1" else f"{factor}×{words}"

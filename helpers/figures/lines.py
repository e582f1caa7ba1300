"""Lines over a common axis."""

from helpers.figures.chart import (
    chart,
    limits,
    line_style,
    mark_style,
    name_axes,
    set_ticks,
    values_fit,
)
from helpers.figures.checked import series_of, vector
from helpers.figures.letters import plain
from helpers.figures.style import finish, own_style
from helpers.figures.words import capital, heading, label, number, sentences, titled
from helpers.language import text


@own_style
def lines(x, series, *, x_label, y_label, log_x=False, log_y=False, title=None, markers=True):
    """Draw one line for each entry of `series` over `x`; return a `Figure`.

    x: n real values; series: key of `[label.*]` -> n real values, at most six entries.
    x_label, y_label, title: keys of `[label.*]`. markers: mark the points (a few of many).

    Raises:
        ValueError: unequal lengths, values that are not finite, values <= 0 on a logarithmic
            axis, an unknown key.
    """
    x = vector(x, "x")
    names, columns = series_of(series, len(x), "x")
    for is_log, name, data in ((log_x, "x", [x]), (log_y, "series", columns)):
        if is_log and min(map(min, data)) <= 0:
            raise ValueError(f"expected values > 0 for a logarithmic axis; got {name} with <= 0")
    x_words, y_words, title = label(x_label), label(y_label), heading(title)
    drawing, axes = chart()
    axes.set(
        xscale="log" if log_x else "linear",
        yscale="log" if log_y else "linear",
        xlim=_ends(x, log_x),
        ylim=limits([v for column in columns for v in column], log_y),
    )
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        marks = mark_style(i, len(x)) if markers else {}
        axes.plot(x, column, label=name, **line_style(i), **marks)
    set_ticks(axes.yaxis, log_y, 6)
    set_ticks(axes.xaxis, log_x, 6, sorted(set(x)) if values_fit(x, log_x) else None)
    name_axes(axes, title, x_words, capital(y_words), names if len(names) > 1 else ())
    on = text("figures.log")
    alt = text(
        "figures.lines",
        x=plain(x_words) + (on if log_x else ""),
        y=plain(y_words) + (on if log_y else ""),
        low=number(min(x)),
        high=number(max(x)),
    )
    courses = [_course(name, x, column) for name, column in zip(names, columns, strict=True)]
    return finish(drawing, sentences(titled(title), alt, *courses))


def _ends(x, is_log: bool) -> tuple[float, float]:
    low, high = min(x), max(x)
    if low == high:
        return (low / 2, high * 2) if is_log else (low - 1, high + 1)
    return low, high


def _course(name, x, y) -> str:
    """Say where a line starts and ends, and its extremes if they lie between."""
    at = [text("figures.point", x=number(a), y=number(b)) for a, b in zip(x, y, strict=True)]
    if len(x) == 1:
        return text("figures.single", name=plain(name), first=at[0])
    words = text("figures.course", name=plain(name), first=at[0], last=at[-1])
    top, bottom = max(range(len(y)), key=y.__getitem__), min(range(len(y)), key=y.__getitem__)
    ends = (y[0], y[-1])
    extremes = []
    if y[top] > max(ends):
        extremes.append(text("figures.highest", point=at[top]))
    if y[bottom] < min(ends):
        extremes.append(text("figures.lowest", point=at[bottom]))
    return sentences(words, *extremes)

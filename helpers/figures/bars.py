"""Grouped bars."""

from helpers.figures.chart import WIDTH, chart, fill_style, limits, name_axes, set_ticks
from helpers.figures.checked import check_digits, names_of, series_of
from helpers.figures.letters import plain, width
from helpers.figures.style import finish, own_style, points
from helpers.figures.words import capital, fixed, heading, label, listed, sentences, titled
from helpers.language import text

SHARE = 0.9  # of a category's place that its bars take


@own_style
def bars(categories, series, *, x_label=None, y_label, title=None, digits=2):
    """Draw grouped bars, for each category one bar of each entry of `series`: a `Figure`.

    categories: n names or numbers, shown as they are; series: key of `[label.*]` -> n real
    values, at most six entries. x_label, y_label, title: keys of `[label.*]`. The values are
    printed over the bars where there is room: with `digits` decimals, whole numbers with none.

    Raises:
        ValueError: unequal lengths, values that are not finite, an unknown key.
    """
    check_digits(digits)
    categories = names_of(categories, "categories")
    names, columns = series_of(series, len(categories), "categories")
    x_words = label(x_label) if x_label is not None else ""
    y_words, title = label(y_label), heading(title)
    if all(v == int(v) for column in columns for v in column):
        digits = 0
    printed = [[fixed(v, digits) for v in column] for column in columns]
    count, n = len(names), len(categories)
    room = (max(width(s, 11) for column in printed for s in column) + 1) * count * n / SHARE
    is_printed = room <= 380
    across = max(WIDTH, room if is_printed else 0)
    longest = max(width(name, 12) for name in categories) + 6
    is_slanted = longest * n > max(across, 390)
    if not is_slanted:
        across = max(across, longest * n)
    drawing, axes = chart((round(across), 232))
    low, high = limits([0.0, *(v for column in columns for v in column)], False)
    if is_printed:
        low, high = low - 0.08 * (high - low) * (low < 0), high + 0.08 * (high - low)
    axes.set(xlim=(-0.5, n - 0.5), ylim=(low, high))
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        places = [k + SHARE * ((i + 0.5) / count - 0.5) for k in range(n)]
        drawn = axes.bar(places, column, width=0.84 / count, label=name, **fill_style(i))
        if is_printed:
            axes.bar_label(drawn, printed[i], padding=points(3), fontsize=points(11))
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=axes.spines["left"].get_edgecolor(), linewidth=points(1))
    axes.grid(False, axis="x")
    turn = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if is_slanted else {}
    set_ticks(axes.yaxis, False, 6, whole=digits == 0)
    axes.set_xticks(range(n), categories, **turn)
    name_axes(axes, title, x_words, capital(y_words), names if count > 1 else ())
    alt = text("figures.bars", y=plain(y_words), count=n)
    if x_words:
        alt = text("figures.bars-over", y=plain(y_words), x=plain(x_words), count=n)
    said = [_said(*each, categories) for each in zip(names, columns, printed, strict=True)]
    return finish(drawing, sentences(titled(title), alt, *said))


def _said(name, column, printed, categories) -> str:
    """Say all values of a series, or the largest of many."""
    items = [f"{plain(c)} {v}" for c, v in zip(categories, printed, strict=True)]
    if len(items) > 12:
        most = items[max(range(len(items)), key=column.__getitem__)]
        return text("figures.bars-largest", name=plain(name), items=most)
    return text("figures.bars-series", name=plain(name), items=listed(items))

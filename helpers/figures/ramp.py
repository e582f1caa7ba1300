"""The colours of heatmaps: the stronger, the larger, on a light page and on a dark one.

A cell is a hue laid over the page's ground, the more of it the larger the value, so the
largest value differs most from either ground. Small values are written in the page's ink,
large ones in white. Between the two the ramp leaves out the shades on which neither can be
read: every number has a contrast of 4.5:1 or more on the site's two grounds.
"""

# Positive, by kind; all of a luminance that white and a dark page's ink can be read on.
HUES = {"weights": "#1769b0", "scores": "#1769b0", "vectors": "#7853b5"}
NEGATIVE = "#a84c00"
FAINTEST, INK_TO, WHITE_FROM = 0.05, 0.74, 0.90
LEVELS = 101  # odd: no simple fraction of the largest value lies where two levels meet


def opacity(share: float) -> float:
    """Return how much of the hue a share (0 to 1) of the largest value gets."""
    low, high = INK_TO - FAINTEST, 1 - WHITE_FROM
    turn = low / (low + high)
    if share < turn:
        return FAINTEST + low * share / turn
    return WHITE_FROM + high * (share - turn) / (1 - turn)


def colours(hue: str, diverging: bool):
    """Return a matplotlib colormap from nothing to `hue`, or from NEGATIVE through nothing."""
    from matplotlib.colors import ListedColormap, to_rgb

    levels = []
    for level in range(LEVELS):
        share = level / (LEVELS - 1)
        if diverging:
            share = 2 * share - 1
        levels.append((*to_rgb(hue if share >= 0 else NEGATIVE), opacity(abs(share))))
    return ListedColormap(levels).with_extremes(bad=(0, 0, 0, 0))


def limits(matrix, largest: float) -> tuple[float, float]:
    """Return the values at the ends of the ramp for finite numbers (`largest`: at least)."""
    size = max([largest, *map(abs, matrix)])
    if size == 0:
        return 0.0, 1.0
    # What is negative by the last bit of a float alone is zero.
    return (-size if min(matrix, default=0.0) < -1e-6 * size else 0.0), size


def ink(rgba):
    """Return the colour of a number on a cell of colour `rgba`."""
    from helpers.figures.svg import INK

    return "#ffffff" if rgba[3] > INK_TO + 0.01 else INK

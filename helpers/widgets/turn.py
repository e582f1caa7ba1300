"""A query and a key turned by their positions: the score depends on the distance only."""

import math

from helpers.widgets import data
from helpers.widgets.element import Widget, caption, escaped, number, plain_table, quoted, word

SIDE = 240
LAST = 12  # the highest position on the sliders


def turn(query, key, *, angle=0.4, positions=(4, 1), digits=2, title="turn") -> Widget:
    """Show a pair of query numbers and a pair of key numbers, each turned by position x angle.

    The distance is the position of the query minus that of the key: positive for a key before it.
    Numbers are rounded as `helpers.widgets.data.stored` says and computed in float64.

    Args:
        query, key: (2,), none of length 0.
        angle: how far one position turns, in radians.
        positions: of the query and of the key, whole numbers from 0 to 12.
        digits: decimals to print, 1 to 7.
        title: the key of the caption's words, `label.<title>`.

    Raises:
        ValueError: shapes, positions or an angle that do not fit.
    """
    digits = data.read_digits(digits)
    pair = {"query": data.read("query", query, (1,)), "key": data.read("key", key, (1,))}
    for name, x in pair.items():
        if x is None or tuple(x.shape) != (2,) or not x.any():
            raise ValueError(f"expected {name} as two numbers, not both 0; got {x}")
    if not isinstance(angle, int | float) or not math.isfinite(angle):
        raise ValueError(f"expected an angle in radians; got {angle!r}")
    positions = list(positions)
    if len(positions) != 2 or not all(isinstance(p, int) and 0 <= p <= LAST for p in positions):
        raise ValueError(f"expected two positions from 0 to {LAST}; got {positions}")
    query, key = (x.tolist() for x in pair.values())
    scores = {}
    for distance in range(LAST + 1):
        moved = _turned(query, distance * angle)
        scores[distance] = number(moved[0] * key[0] + moved[1] * key[1], digits)
    m, n = positions
    turned = [_turned(query, m * angle), _turned(key, n * angle)]
    score = sum(a * b for a, b in zip(*turned, strict=True))
    said = word("turn", "now", m=m, n=n, distance=m - n, score=number(score, digits))
    words = caption(title)
    head = "".join(f'<th scope="col">{distance}</th>' for distance in scores)
    cells = "".join(f"<td>{shown}</td>" for shown in scores.values())
    drawing = _drawing(turned, max(math.hypot(*query), math.hypot(*key)))
    body = (
        f'<p>{escaped(words)}</p><div class="two">{drawing}'
        f'<p class="now">{escaped(said)}</p></div>\n'
        f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(words)}\'>'
        f'<table><tr><th scope="row">{escaped(word("turn", "distance"))}</th>{head}</tr>'
        f'<tr><th scope="row">{escaped(word("turn", "score"))}</th>{cells}</tr></table></div>'
    )
    table = plain_table([[str(d) for d in scores], list(scores.values())])
    page = {"query": query, "key": key, "angle": angle, "positions": positions}
    page |= {"digits": digits, "last": LAST}
    return Widget("turn", body, "\n".join([words, said, "", *table]), page)


def _turned(pair: list[float], angle: float) -> list[float]:
    """Return a pair of numbers turned about the origin, against the clock."""
    (x, y), c, s = pair, math.cos(angle), math.sin(angle)
    return [x * c - y * s, x * s + y * c]


def _drawing(turned: list[list[float]], reach: float) -> str:
    half = SIDE / 2
    parts = [f'<circle class="way" cx="{half}" cy="{half}" r="{0.42 * SIDE:.1f}"/>']
    for kind, (x, y) in zip(("query", "key"), turned, strict=True):
        px, py = (half + v / reach * 0.42 * SIDE for v in (x, -y))
        name = escaped(word("turn", kind))
        parts.append(
            f'<g class="{kind}"><line x1="{half}" y1="{half}" x2="{px:.1f}" y2="{py:.1f}"/>'
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="5"/>'
            f'<text x="{px:.1f}" y="{py - 9:.1f}" text-anchor="middle">{name}</text></g>'
        )
    return f'<svg viewBox="0 0 {SIDE} {SIDE}" aria-hidden="true">{"".join(parts)}</svg>'

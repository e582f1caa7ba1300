"""A matrix product in which a chosen result lights up its row and its column."""

from torch import Tensor

from helpers.widgets import data
from helpers.widgets.element import (
    Widget,
    caption,
    escaped,
    few,
    number,
    plain_table,
    quoted,
    signed,
    word,
)


def product(
    left,
    right,
    *,
    rows=None,
    inner=None,
    columns=None,
    names=("A", "B", "A B"),
    digits=2,
    result_digits=4,
    title="product",
) -> Widget:
    """Show `left @ right`; choosing a number of the result shows the terms that it sums.

    Numbers are rounded as `helpers.widgets.data.stored` says; the result is computed from them
    in float64, term after term.

    Args:
        left: (N, K), real.
        right: (K, M), real.
        rows, inner, columns: N, K and M names; left out where they say nothing.
        names: what to call the two matrices and their product.
        digits: decimals of the factors, 1 to 7, or fewer where that shows all of a number.
        result_digits: decimals of the results, 1 to 7.
        title: the key of the caption's words, `label.<title>`.

    Raises:
        TypeError: a name is not a string.
        ValueError: shapes that do not fit, names that are not as many, NaN or infinity.
    """
    digits, result_digits = data.read_digits(digits), data.read_digits(result_digits)
    left, right = data.read("left", left), data.read("right", right)
    if left is None or right is None or left.shape[1] != right.shape[0]:
        shapes = [None if x is None else tuple(x.shape) for x in (left, right)]
        raise ValueError(f"expected left (N, K) and right (K, M); got {shapes[0]} and {shapes[1]}")
    (height, depth), width = left.shape, right.shape[1]
    given = {"rows": (rows, height, "rows of left"), "inner": (inner, depth, "columns of left")}
    given["columns"] = (columns, width, "columns of right")
    rows, inner, columns = (
        data.read_tokens(name, words, count, what) if words is not None and len(words) else None
        for name, (words, count, what) in given.items()
    )
    names = data.read_tokens("names", names, 3, "two matrices and their product")
    result = _product(left, right)
    factors = [*left.flatten().tolist(), *right.flatten().tolist()]
    shown = next((n for n in range(1, digits) if all(round(x, n) == x for x in factors)), digits)
    a, b = (_cells(matrix, shown) for matrix in (left, right))
    c = _cells(result, result_digits)
    shapes = [f"({height}, {depth})", f"({depth}, {width})", f"({height}, {width})"]
    places = [
        ("right", names[1], shapes[1], _table(b, inner, columns, lambda i, j: j == 0)),
        ("left", names[0], shapes[0], _table(a, rows, inner, lambda i, j: i == 0)),
        ("result", names[2], shapes[2], _table(c, None, columns, lambda i, j: i == j == 0)),
    ]
    words = caption(title)
    body = [
        f"<p>{escaped(words)}</p>",
        f'<div class="scroll" role="group" tabindex="0" aria-label=\'{quoted(words)}\'>',
        *(
            f'<figure class="{kind}"><figcaption>{escaped(name)} <span>{shape}</span></figcaption>'
            f"{table}</figure>"
            for kind, name, shape, table in places
        ),
        "</div>",
        f'<p class="sum">{escaped(_sum(a, b, c, 0, 0))}</p>',
        f'<p class="hint">{escaped(word("product", "hint"))}</p>',
    ]
    text = [words]
    for (_, name, shape, _), cells in zip(places, (b, a, c), strict=True):
        text += ["", f"{name} {shape}", *plain_table(cells)]
    return Widget("product", "\n".join(body), "\n".join([*text, "", _sum(a, b, c, 0, 0)]))


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Return left @ right, term after term."""
    total = left.new_zeros(left.shape[0], right.shape[1])
    for k in range(left.shape[1]):
        total += left[:, k, None] * right[None, k, :]
    return total


def _cells(matrix: Tensor, digits: int) -> list[list[str]]:
    return [[number(x, digits) for x in row] for row in matrix.tolist()]


def _table(cells, rows, columns, lit) -> str:
    lines = ["<table>"]
    if columns:
        head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in columns)
        lines.append(f"<thead><tr>{'<td></td>' if rows else ''}{head}</tr></thead>")
    lines.append("<tbody>")
    for i, row in enumerate(cells):
        name = f'<th scope="row">{escaped(rows[i])}</th>' if rows else ""
        numbers = (f"<td{' class=on' if lit(i, j) else ''}>{x}</td>" for j, x in enumerate(row))
        lines.append(f"<tr>{name}{''.join(numbers)}</tr>")
    return "".join([*lines, "</tbody></table>"])


def _sum(a, b, c, i: int, j: int) -> str:
    """Return the calculation of one number of the result; product.js has the same."""
    terms = [f"{signed(a[i][k])} × {signed(b[k][j])}" for k in range(len(b))]
    return f"{few(terms)} = {c[i][j]}"

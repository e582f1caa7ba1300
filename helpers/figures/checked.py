"""What a figure is given, checked: tensors, arrays and lists become plain lists."""

import math
from collections.abc import Mapping

from helpers.figures.words import label, number
from helpers.language import visible

MOST = 6  # series in one figure: as many as there are colours


def list_of(values, name: str) -> list:
    try:
        if hasattr(values, "detach"):
            values = values.detach().cpu()
        for way in ("to_numpy", "tolist"):
            values = getattr(values, way)() if hasattr(values, way) else values
        if not isinstance(values, str | Mapping) and hasattr(values, "__iter__"):
            return [_item(v, name) for v in values]
    except RuntimeError as error:  # sparse, on the device meta, a list that holds itself
        raise ValueError(f"expected {name} as numbers that can be listed; {error}") from None
    raise ValueError(f"expected {name} as a tensor or list; got {type(values).__name__}")


def _item(value, name: str):
    """A number or a name as it is, a 0-d tensor as a number, anything else as a list."""
    if hasattr(value, "tolist") and getattr(value, "ndim", 1) == 0:
        return value.tolist()
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return list_of(value, name)


def _real(value, name: str, finite: bool) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"expected real numbers in {name}; got {type(value).__name__}")
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if value == math.inf or (finite and not math.isfinite(value)):
        raise ValueError(f"expected finite numbers in {name}; got {value}")
    return value


def vector(values, name: str) -> list[float]:
    values = list_of(values, name)
    if not values or any(isinstance(v, list) for v in values):
        raise ValueError(f"expected {name} with one dimension, not empty; got {shape_of(values)}")
    return [_real(v, name, True) for v in values]


def matrix(values, name: str, finite: bool = False) -> list[list[float]]:
    values = list_of(values, name)
    if not values or not all(isinstance(row, list) and row for row in values):
        raise ValueError(f"expected {name} of shape (rows, columns); got {shape_of(values)}")
    if len({len(row) for row in values}) > 1:
        found = ", ".join(str(len(row)) for row in values)
        raise ValueError(f"expected rows of equal length in {name}; got lengths {found}")
    if any(isinstance(v, list) for row in values for v in row):
        raise ValueError(f"expected {name} of shape (rows, columns); got {shape_of(values)}")
    return [[_real(v, name, finite) for v in row] for row in values]


def shape_of(values) -> tuple:
    shape = []
    while isinstance(values, list):
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(shape)


def names_of(names, what: str) -> list[str]:
    if isinstance(names, int) and not isinstance(names, bool):
        if names < 1:
            raise ValueError(f"expected at least one name in {what}; got {names}")
        return [f"$x_{{{i}}}$" for i in range(1, names + 1)]
    names = list_of(names, what)
    if not names or any(isinstance(name, list) for name in names):
        raise ValueError(f"expected a flat list of names in {what}; got {shape_of(names)}")
    return [number(n) if isinstance(n, int | float) else visible(str(n)) for n in names]


def check_digits(digits) -> None:
    if not isinstance(digits, int) or digits < 0:
        raise ValueError(f"expected digits as an int >= 0; got {digits!r}")


def same_length(names, what: str, values, whose: str) -> None:
    if len(names) != len(values):
        raise ValueError(f"expected {len(values)} {what} for {whose}; got {len(names)}")


def at_most_six(names, what: str) -> None:
    if len(names) > MOST:
        raise ValueError(f"expected at most {MOST} {what} in one figure; got {len(names)}")


def series_of(series, length: int, of: str) -> tuple[list[str], list[list[float]]]:
    if not isinstance(series, Mapping) or not series:
        raise ValueError(f"expected series as a dict key -> values, not empty; got {series!r}")
    at_most_six(series, "series")
    columns = []
    for key, values in series.items():
        column = vector(values, f"series {key!r}")
        if len(column) != length:
            raise ValueError(
                f"expected {length} values (as many as {of}) in series {key!r}; got {len(column)}"
            )
        columns.append(column)
    return [label(key) for key in series], columns

"""Reading an answer, whatever its form: a number, a list, an array, a tensor, words."""

import contextlib
import math
import numbers
import re
import unicodedata
from decimal import Decimal

import torch
from torch import Tensor

# float32: results of another order of summation differ by less than this.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
# A number copied from an output has four decimals.
PRINTED = {"rtol": 0.0, "atol": 6e-5}
DEEPEST = 32  # axes; torch itself cannot compare tensors of 64
MOST = 10**6  # numbers of a range that are looked at, and more than any exercise asks for
QUOTES = "\t\r\n\"'`\u2018\u2019\u201c\u201d\u300c\u300d"


def is_empty(answer: object) -> bool:
    """Tell whether an answer, or a place in it, has still to be filled in."""
    if isinstance(answer, (list, tuple)):
        with contextlib.suppress(RecursionError):  # a list that holds itself
            return len(answer) == 0 or any(is_empty(part) for part in answer)
        return False
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def plain(answer: object) -> object:
    """Return arrays and tables (numpy, pandas, ...), tuples and ranges as lists; others as is."""
    if isinstance(answer, tuple) or (isinstance(answer, range) and answer[:MOST] == answer):
        return list(answer)
    if not isinstance(answer, (Tensor, type)):
        with contextlib.suppress(Exception):  # methods of a reader's own may fail
            for way in ("to_numpy", "tolist"):
                if callable(method := getattr(answer, way, None)):
                    answer = method()
    return answer


def as_tensor(answer: object) -> Tensor | None:
    """Return the answer's real numbers as a tensor, None where it has none, or unequal rows."""
    try:
        answer = plain(answer)
        if isinstance(answer, Tensor):
            return _dense(answer)
        if isinstance(answer, list):
            stacked = torch.stack([as_tensor(part) for part in answer])
            return stacked if stacked.dim() <= DEEPEST else None
        if isinstance(answer, bool) or (isinstance(answer, int) and abs(answer) < 2**63):
            return torch.tensor(answer)
        if isinstance(answer, complex):
            return _dense(torch.tensor(answer, dtype=torch.complex128))
        if isinstance(answer, (numbers.Real, Decimal)):
            return torch.tensor(float(answer), dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError, RecursionError):
        pass  # no numbers, or none that a tensor can hold
    return None


def _dense(values: Tensor) -> Tensor | None:
    values = values.detach()
    if values.is_nested:
        return None
    if values.is_quantized:
        values = values.dequantize()
    if values.layout is not torch.strided:
        values = values.to_dense()
    if values.is_complex():
        if values.imag.any():
            return None
        values = values.real
    return values.clone().cpu()


def words(answer: object) -> object:
    """Return words, alone or in lists, without what does not count: case, spaces, quotes."""
    answer = plain(answer)
    if isinstance(answer, list):
        with contextlib.suppress(RecursionError):
            return [words(word) for word in answer]
    return typed(answer).strip(f" {QUOTES}.").casefold() if isinstance(answer, str) else answer


def typed(said: str) -> str:
    """Return what somebody typed, or copied from an output, as Python would have it written.

    Full-width letters, signs and commas become plain ones; `tensor(...)` and `array(...)` go.
    """
    said = unicodedata.normalize("NFKC", said).replace("\u3001", ",").replace("\u2212", "-").strip()
    inside = re.fullmatch(r"(?:tensor|array)\((.*?)(?:,\s*[a-z_]+=[^\])]*)?\)", said, re.DOTALL)
    return inside[1].strip() if inside else said


def variants(wrong: object) -> tuple:
    """Return the answers that lead to one misconception."""
    return wrong if isinstance(wrong, tuple) else (wrong,)


def shape_of(values: Tensor) -> str:
    return "nested" if values.is_nested else str(tuple(values.shape))


def number_words(number: float) -> str:
    """Return a number as a reader writes it: whole, or with four digits after the point."""
    if not math.isfinite(number) or (number == round(number) and abs(number) < 1e15):
        return f"{number:.0f}"
    return f"{number:.4f}" if 1e-3 <= abs(number) < 1e6 else f"{number:.3e}"


def describe(answer: object) -> str:
    """Say in one short line what something is: its type, and its shape or value."""
    if isinstance(answer, Tensor):
        kind = "" if answer.is_floating_point() else str(answer.dtype).replace("torch.", " ")
        place = "" if answer.device.type == "cpu" else f" on {answer.device}"
        return f"Tensor {shape_of(answer)}{kind}{place}"
    try:
        if answer is None or isinstance(answer, BaseException):
            return repr(answer)[:80]
        shown = "" if callable(answer) else " " + " ".join(repr(answer).split())
    except Exception:  # a repr of the reader's own may fail
        shown = ""
    return type(answer).__name__ + (shown if len(shown) <= 60 else shown[:57] + "...")


def equal(given: Tensor, right: Tensor, tolerance: dict) -> bool:
    return given.shape == right.shape and torch.allclose(
        given.double(), right.double(), equal_nan=True, **tolerance
    )


def fit(given: Tensor, right: Tensor) -> Tensor:
    """Return `given` in the shape of `right` where only axes of size 1 differ."""
    sizes = [[size for size in values.shape if size != 1] for values in (given, right)]
    return given.reshape(right.shape) if sizes[0] == sizes[1] else given

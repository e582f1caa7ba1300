"""Reading an answer, whatever its form, and comparing it."""

import torch
from torch import Tensor

from helpers.check.verdicts import Verdict

# float32: results of another order of summation differ by less than this.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
# A number copied from an output has four decimals.
PRINTED = {"rtol": 0.0, "atol": 6e-5}


def is_empty(answer: object) -> bool:
    if isinstance(answer, (list, tuple)):
        return len(answer) == 0 or any(is_empty(part) for part in answer)
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def as_tensor(answer: object) -> Tensor | None:
    """Return the answer's numbers as a tensor, None where it holds no numbers in equal rows."""
    try:
        if isinstance(answer, (list, tuple)):
            parts = [as_tensor(part) for part in answer]
            return None if any(part is None for part in parts) else torch.stack(parts)
        if isinstance(answer, float):  # a Python float has more digits than float32
            return torch.tensor(answer, dtype=torch.float64)
        return None if isinstance(answer, str) else torch.as_tensor(answer).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        return None


def shape_of(values: Tensor) -> str:
    return str(tuple(values.shape))


def describe(answer: object) -> str:
    """Say in one short line what something is: its type, and its shape or value."""
    if isinstance(answer, Tensor):
        return f"Tensor {shape_of(answer)}"
    shown = "" if callable(answer) else " " + " ".join(repr(answer).split())
    return type(answer).__name__ + (shown if len(shown) <= 60 else shown[:57] + "...")


def equal(given: Tensor, right: Tensor, tolerance: dict) -> bool:
    return given.shape == right.shape and torch.allclose(
        given.double(), right.double(), equal_nan=True, **tolerance
    )


def difference(given: Tensor, right: Tensor) -> Verdict:
    """Say how numbers that are not the right ones differ, in no exercise's own terms."""
    if given.is_floating_point() and not given.isfinite().all():
        return Verdict("any.not_finite")
    if given.shape != right.shape:
        return Verdict("any.shape", {"expected": shape_of(right), "actual": shape_of(given)})
    return Verdict("any.numbers")


def variants(wrong: object) -> tuple:
    return wrong if isinstance(wrong, tuple) else (wrong,)


def words(answer: object) -> object:
    if isinstance(answer, list):
        return [words(word) for word in answer]
    return answer.strip().lower() if isinstance(answer, str) else answer

"""How numbers that are not the right ones differ from them, in no exercise's own terms."""

import torch
from torch import Tensor

from helpers.check.answers import equal, number_words, shape_of
from helpers.check.verdicts import Verdict

_EXACT = {"rtol": 1e-3, "atol": 1e-5}  # two numbers count as one: four rounded decimals do


def difference(given: Tensor, right: Tensor, of_function: bool = False) -> Verdict:
    """Return what is true of these numbers: how they relate to the right ones, or where not.

    of_function: the numbers are what a function returned, so the right ones may be told.
    """
    given, right = given.double(), right.double()
    if not given.isfinite().all():
        return Verdict("any.not_finite")
    if given.shape != right.shape:
        return _other_shape(given, right, of_function)
    if not of_function and _rounded(given, right):
        return Verdict("any.rounded")
    off_by = (given - right).abs().max()
    if off_by <= 0.01 * right.abs().max() or equal(given, right, _EXACT):
        return Verdict("any.close")
    return _rearranged(given, right) or _scaled(given, right) or _place(given, right, of_function)


def _other_shape(given: Tensor, right: Tensor, of_function: bool) -> Verdict:
    if given.dim() == 2 and right.dim() == 2 and equal(given.T, right, _EXACT):
        return Verdict("any.transposed")
    if right.dim() < 2 and not of_function:
        return Verdict("any.count", {"expected": right.numel(), "actual": given.numel()})
    return Verdict("any.shape", {"expected": shape_of(right), "actual": shape_of(given)})


def _rounded(given: Tensor, right: Tensor) -> bool:
    """Tell whether `given` is `right` to two or three decimals, and to two digits at least."""
    if equal(right, right.round(), _EXACT):
        return False
    for decimals in (2, 3):
        as_given = equal(given, given.round(decimals=decimals), {"rtol": 0.0, "atol": 1e-6})
        near = (given - right).abs() <= 0.5001 * 10.0**-decimals
        if as_given and near.all() and (right.abs() >= 0.05).all():
            return True
    return False


def _rearranged(given: Tensor, right: Tensor) -> Verdict | None:
    if given.dim() >= 2 and equal(given.mT, right, _EXACT):
        return Verdict("any.transposed")
    in_order = [values.flatten().sort().values for values in (given, right)]
    return Verdict("any.reordered") if equal(*in_order, _EXACT) else None


def _scaled(given: Tensor, right: Tensor) -> Verdict | None:
    """Return the one number that all of `given` are multiplied by, or moved by, if there is one."""
    if given.numel() < 2 or not given.any():
        return None
    factors = (given * right).sum(dim=-1, keepdim=True) / (right * right).sum(dim=-1, keepdim=True)
    factor = (given * right).sum() / (right * right).sum()
    if equal(given, factor * right, _EXACT):
        return Verdict("any.factor", {"factor": number_words(factor.item())})
    shift = (given - right).mean()
    if equal(given, right + shift, _EXACT):
        return Verdict("any.shift", {"shift": number_words(shift.item())})
    if given.dim() >= 2 and given.shape[-1] > 1 and equal(given, factors * right, _EXACT):
        return Verdict("any.row_factors", {"factor": number_words(factors.flatten()[0].item())})
    return None


def _place(given: Tensor, right: Tensor, of_function: bool) -> Verdict:
    differs = ~torch.isclose(given, right, **_EXACT)
    first = differs.nonzero()[0].tolist()
    one, other = given[tuple(first)].item(), right[tuple(first)].item()
    values = {"given": number_words(one), "place": str(first)}
    values |= {"count": (~differs).sum().item(), "total": right.numel()}
    if of_function:
        key = "any.place" if right.dim() else "any.one"
        return Verdict(key, values | {"expected": number_words(other)})
    if right.numel() == 1:
        return Verdict("any.too_large" if one > other else "any.too_small", values)
    return Verdict("any.numbers", values)

"""Calling a reader's function: what comes of it, and whether that is what should come."""

import contextlib
import copy
import inspect
import io
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from helpers.check.answers import CLOSE, as_tensor, describe, difference, equal, is_empty, shape_of
from helpers.check.verdicts import Verdict


def outcome(call: Callable, *arguments: object) -> object:
    """Return what a call gives: a tensor if it holds numbers, the exception if it raises."""
    try:
        with quietly():
            result = call(*copy.deepcopy(arguments))
    except Exception as error:  # the reader's code may raise anything
        return error
    numbers = None if is_empty(result) else as_tensor(result)
    return result if numbers is None else numbers


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the reader's random numbers as they are, and the output free of repeated prints."""
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(io.StringIO()):
        yield


def same(given: object, right: object) -> bool:
    if isinstance(given, Tensor) and isinstance(right, Tensor):
        return equal(given, right, CLOSE)
    if isinstance(given, list) and isinstance(right, list):
        return given == right == []
    return isinstance(given, Exception) and type(given) is type(right)


def wrong_outcome(given: object, right: Tensor, where: str) -> Verdict:
    if isinstance(given, Exception):
        return Verdict("any.raised", {"error": one_line(given), "input": where})
    if not isinstance(given, Tensor):
        return Verdict("any.returned", {"actual": describe(given)})
    return difference(given, right)


def one_line(error: Exception) -> str:
    said = " ".join(str(error).split())
    said = said if len(said) <= 120 else said[:117] + "..."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def describe_case(function: Callable, case: tuple) -> str:
    """Name the arguments of a case by shape or value, as in `x (6, 3), num_heads 2`."""
    names = inspect.signature(function).parameters
    return ", ".join(
        f"{name} {shape_of(one) if isinstance(one, Tensor) else repr(one)}"
        for name, one in zip(names, case, strict=False)
    )

"""Calling a reader's function: what comes of it, and whether that is what should come."""

import contextlib
import copy
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.check.answers import (
    CLOSE,
    as_tensor,
    describe,
    equal,
    number_words,
    shape_of,
)
from helpers.check.differences import difference
from helpers.check.verdicts import Verdict


@dataclass(frozen=True)
class Raised:
    """An exception that a call raised; one that it returned stands for itself."""

    error: BaseException


@dataclass(frozen=True)
class NoNumbers:
    """A tensor whose numbers cannot be read: nested, or on the device meta."""

    tensor: Tensor


class Unusable(Exception):
    """Raised by a `use` that cannot find in an answer what it needs; carries the verdict."""

    def __init__(self, key: str, **values: object):
        super().__init__(key)
        self.verdict = Verdict(key, values)


def part(answer: object, name: str) -> object:
    """Return an attribute that a check needs, as `W_query` of a class; say so if it is missing."""
    if not hasattr(answer, name):
        raise Unusable("any.missing_part", name=name)
    return getattr(answer, name)


def outcome(call: Callable, *arguments: object) -> object:
    """Return what a call gives: a tensor if it holds numbers, `Raised` if it raises.

    A tensor that holds none becomes `NoNumbers`.
    """
    try:
        with quietly():
            result = call(*copy.deepcopy(arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the reader's code may raise anything
        return Raised(error)
    numbers = as_tensor(result)
    if numbers is None and isinstance(result, Tensor):
        return NoNumbers(result)
    return result if numbers is None else numbers


@contextlib.contextmanager
def book_defaults() -> Iterator[None]:
    """Make tensors float32 on the processor meanwhile, as in the book, whatever the reader set."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu"):
            yield
    finally:
        torch.set_default_dtype(default)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the reader's random numbers as they are, and the output free of repeated prints."""
    with (
        book_defaults(),
        torch.random.fork_rng(devices=[]),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(action="ignore"),
    ):
        yield


def same(given: object, right: object) -> bool:
    """Tell whether two outcomes are equal; an error of a subclass is the error asked for."""
    if isinstance(given, Tensor) and isinstance(right, Tensor):
        if right.dim() == 0 and given.numel() == 1:
            given = given.reshape(())
        return equal(given, right, CLOSE)
    if isinstance(given, list) and isinstance(right, list):
        return given == right == []
    if isinstance(given, Raised) and isinstance(right, Raised):
        return isinstance(given.error, type(right.error))
    return given is None and right is None


def wrong_outcome(given: object, right: object) -> Verdict:
    """Return what is true of an outcome that is not the right one."""
    if isinstance(right, Raised):
        expected = type(right.error).__name__
        if isinstance(given, Raised):
            values = {"expected": expected, "error": one_line(given.error)}
            return Verdict("any.other_error", values)
        if not _is_error(given):
            return Verdict("any.should_raise", {"expected": expected, "actual": describe(given)})
    if isinstance(given, Raised):
        return Verdict("any.raised", {"error": one_line(given.error)})
    if given is None:
        return Verdict("any.none")
    if _is_error(given):
        return Verdict("any.returned_error", {"actual": describe(given)})
    if not isinstance(given, Tensor) or not isinstance(right, Tensor):
        returned = given.tensor if isinstance(given, NoNumbers) else given
        return Verdict("any.returned", {"actual": describe(returned)})
    return difference(given, right, of_function=True)


def _is_error(result: object) -> bool:
    kind = result if isinstance(result, type) else type(result)
    return issubclass(kind, BaseException)


def one_line(error: BaseException) -> str:
    try:
        said = " ".join(str(error).split())
    except Exception:  # an error of the reader's own may have no words
        said = ""
    said = said if len(said) <= 120 else said[:117] + "..."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def describe_case(function: Callable, case: tuple, in_full: bool = True) -> str:
    """Name the arguments of a case, as in `x (6, 3), num_heads 2`.

    Few numbers are given in full, so that a reader can try them; of more, the shape.
    """
    names = inspect.signature(function).parameters
    in_full &= sum(one.numel() for one in case if isinstance(one, Tensor)) <= 6
    pairs = zip(names, case, strict=False)
    return ", ".join(f"{name} {_argument(argument, in_full)}" for name, argument in pairs)


def _argument(argument: object, in_full: bool) -> str:
    if isinstance(argument, Tensor):
        return _numbers(argument.tolist()) if in_full else shape_of(argument)
    if not callable(argument) and len(said := repr(argument)) <= 60:
        return said
    numbers = as_tensor(argument)
    return describe(argument) if numbers is None else shape_of(numbers)


def _numbers(nested: list | float) -> str:
    if isinstance(nested, list):
        return f"[{', '.join(map(_numbers, nested))}]"
    return number_words(nested)

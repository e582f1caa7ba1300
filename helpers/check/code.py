"""What can be read from a reader's code: whether it is written, and what is written into it."""

import contextlib
import dis
import functools
import inspect
import itertools
import math
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType

from torch import nn

from helpers.check.answers import as_tensor

# A body of nothing but these does nothing: `pass`, `...`, `return None`, a docstring.
_IDLE = {"RESUME", "NOP", "CACHE", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}
_IDLE |= {"COPY_FREE_VARS", "MAKE_CELL"}
_NAMES = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_COMMON_CONSTANT"}


def functions_of(answer: Callable) -> list[FunctionType]:
    """Return the functions that an answer is made of: itself, or the methods of its class."""
    if isinstance(answer, functools.partial):
        return functions_of(answer.func)
    answer = inspect.unwrap(getattr(answer, "__func__", answer))
    if isinstance(answer, FunctionType):
        return [answer]
    owner = answer if isinstance(answer, type) else type(answer)
    return [member for member in vars(owner).values() if isinstance(member, FunctionType)]


def is_unwritten(answer: Callable) -> bool:
    """Tell whether an answer is still its template: an idle body, or a `name = ...` in it."""
    bodies = [f for f in functions_of(answer) if f.__name__ != "__init__"]
    if not bodies:
        return isinstance(answer, type)
    return all(map(_is_idle, bodies)) or any(map(_has_gap, bodies))


def _is_idle(function: FunctionType) -> bool:
    steps = list(dis.get_instructions(function))
    if any(step.opname in _NAMES and "NotImplementedError" in step.argrepr for step in steps):
        return True
    return all(step.opname in _IDLE for step in steps)


def _has_gap(function: FunctionType) -> bool:
    steps = list(dis.get_instructions(function))
    return any(
        one.argval is ... and other.opname.startswith("STORE_")
        for one, other in itertools.pairwise(steps)
    )


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _reached(answer: Callable) -> list[FunctionType]:
    """Return the answer's functions, and those of the same notebook that they call."""
    found = functions_of(answer)
    for function in found:  # grows meanwhile
        for value in _outside(function).values():
            near = isinstance(value, FunctionType) and value.__globals__ is function.__globals__
            if near and value not in found:
                found.append(value)
    return found


def _outside(function: FunctionType) -> dict[str, object]:
    """Return what a function reads from outside its arguments: name -> value."""
    read = {
        step.argval: function.__globals__[step.argval]
        for code in _codes(function.__code__)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in function.__globals__
    }
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not assigned yet
            read[name] = cell.cell_contents
    return read


def forbidden_name(answer: Callable, names: tuple[str, ...]) -> str | None:
    """Return which of the names an answer uses: a module's, a function's or a method's.

    A function of that name in the reader's own notebook is another one.
    """
    for function in _reached(answer):
        outside = _outside(function)
        for code in _codes(function.__code__):
            for step in dis.get_instructions(code):
                value = outside.get(step.argval) if isinstance(step.argval, str) else None
                own = getattr(value, "__globals__", None) is function.__globals__
                names_it = step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD")
                if isinstance(value, ModuleType) and value.__name__.split(".")[0] in names:
                    return step.argval
                if names_it and step.argval in names and not own:
                    return step.argval
    return None


def example_name(answer: Callable, example: tuple) -> str | None:
    """Return a name that an answer reads from outside although it belongs to the example:
    a module or numbers in a table, or a whole number that is a size of the example.
    """
    for function in _reached(answer):
        for name, value in _outside(function).items():
            if isinstance(value, nn.Module) or (_is_size(value) and value in sizes_of(example)):
                return name
            numbers = as_tensor(value)
            if numbers is not None and numbers.numel() > 1:
                return name
    return None


def example_size(answer: Callable, example: tuple, other: tuple) -> int | None:
    """Return a number in an answer's code that is a size of the example, where the other case
    has another one.
    """
    wanted = {size for _, size in _places(example) - _places(other) if size > 1}
    for function in _reached(answer):
        for code in _codes(function.__code__):
            for step in dis.get_instructions(code):
                constants = step.argval if isinstance(step.argval, tuple) else (step.argval,)
                if step.opname.startswith("LOAD_"):
                    for size in sorted(wanted):
                        if any(_comes_from(constant, size) for constant in constants):
                            return size
    return None


def _comes_from(constant: object, size: int) -> bool:
    """Tell whether a constant is a size, or (the compiler computes `2**0.5`) a root of one."""
    if isinstance(constant, float) and constant > 0:
        return math.isclose(constant**2, size) or math.isclose(constant**-2, size)
    return _is_size(constant) and constant == size


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 1


def sizes_of(case: tuple) -> set[int]:
    """Return the lengths of the axes of a case's arguments, and its whole numbers."""
    return {size for _, size in _places(case)}


def _places(case: tuple) -> set[tuple[tuple[int, int], int]]:
    """Return each size of a case with its place: ((argument, axis), size)."""
    found = set()
    for i, argument in enumerate(case):
        numbers = as_tensor(argument)
        sizes = [argument] if _is_size(argument) else [] if numbers is None else numbers.shape
        found |= {((i, axis), size) for axis, size in enumerate(sizes)}
    return found

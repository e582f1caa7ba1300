"""Python's own arithmetic as another machine might round it.

`+`, `-`, `*`, `/` and `math.sqrt` give the same bits everywhere; the exponential and its kind
come from the system's mathematical library, and `sum` of floats from the version of Python,
so their last bit may differ. `disturb(seed)` moves it: by one unit in the last place up, down
or not at all, always the same way for the same function and result. Results that are whole
numbers are left alone: every library gets exp(0) right.

Call it in a kernel before a chapter runs; what the chapter prints should stay as it is.
It does not reach `x ** y` nor a function taken out of `math` before.
"""

import builtins
import hashlib
import math
from collections.abc import Callable

ROUNDED = ["exp", "expm1", "pow", "log", "log1p", "log2", "log10", "fsum", "hypot", "dist"]
ROUNDED += ["sin", "cos", "tan", "sinh", "cosh", "tanh"]


def moved(value: object, name: str, seed: int) -> object:
    """Return a float with its last bit moved as `seed` says; anything else as it is."""
    if not isinstance(value, float) or not math.isfinite(value) or value.is_integer():
        return value
    key = hashlib.sha256(f"{seed} {name} {value!r}".encode()).digest()
    return (value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf))[key[0] % 3]


def disturb(seed: int) -> Callable[[], None]:
    """Replace the functions that machines round differently; return what puts them back."""
    before = [(math, name, getattr(math, name)) for name in ROUNDED]
    before.append((builtins, "sum", builtins.sum))

    def replacement(name: str, function: Callable) -> Callable:
        return lambda *arguments, **options: moved(function(*arguments, **options), name, seed)

    for module, name, function in before:
        setattr(module, name, replacement(name, function))

    def restore() -> None:
        for module, name, function in before:
            setattr(module, name, function)

    return restore

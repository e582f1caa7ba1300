"""The exercises, a file a chapter: chNN.py declares them, chNN.toml says their words.

Every chNN.py in this folder is found by itself. How to write one: see helpers/check.
"""

import importlib
import pkgutil
from collections.abc import Callable

from helpers.check.declare import EXERCISES

__all__ = ["EXERCISES", "find"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")


def find(name: str) -> Callable | None:
    """Return the check of exercise `name`, None where no chapter declares it."""
    declared = EXERCISES.get(name)
    return declared and getattr(importlib.import_module(declared.__module__), name)

"""The package that the chapters of *Attention, Step by Step* import."""

from helpers.language import set_language

__version__ = "0.1.0"
__all__ = ["set_language"]

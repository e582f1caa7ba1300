"""Tables and drawings that a reader moves: one .py and one .js each, and what they share.

element: the object that a cell shows, words, numbers, scripts; data: what may be given.
"""

from helpers.widgets.element import Widget, scripts

__all__ = ["Widget", "scripts"]

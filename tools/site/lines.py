"""Where a line of prose must not end, in every language; numbers below zero get a minus.

Browsers break a line on either side of a formula, and leave the last character of a Japanese or
Chinese paragraph a line of its own.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

SHORT = 30  # letters of TeX: a longer formula may have to break
LINE = 9  # characters that fit anywhere
CHAPTER = r"第 ?\d+ ?章|[Cc]hapters? \d+"
MINUS = re.compile(r"(?<![\w\u2212-])-(?=\d)")  # a hyphen that begins a number
SPACED = {  # what touches a formula, in languages whose words have spaces between them
    "before": re.compile(r"\S{1,8}$"),
    "after": re.compile(r"\S{1,8}"),
}
UNSPACED = {
    "before": re.compile(r"[（「『“(]+$"),
    "after": re.compile(r"[、。，；：！？）」』”),.;:]+"),
    "last": re.compile(r"(?:\b[A-Za-z]+|\S.\S)[、。，；：！？）」』”]*$"),
}


class Lines(SphinxTransform):
    """Keep whole what one line should hold: see .whole in _static/site.css."""

    default_priority = 850  # when terms are linked

    def apply(self, **kwargs: object) -> None:
        rules = UNSPACED if self.config.book_language in ("ja", "zh") else SPACED
        for block in list(self.document.findall(nodes.paragraph)):
            for formula in list(block.findall(nodes.math)):
                if len(formula.astext()) <= SHORT:
                    keep_marks(formula, rules)
            for words in list(block.findall(nodes.Text)):
                if isinstance(words.parent, nodes.literal | nodes.math | nodes.raw):
                    continue
                ends = "last" in rules and words is block[-1] and len(block.astext()) > LINE
                pattern = f"{CHAPTER}|{rules['last'].pattern}" if ends else CHAPTER
                words.parent.replace(words, pieces(MINUS.sub("\u2212", words), pattern))


def pieces(words: str, pattern: str) -> list[nodes.Node]:
    """Return a text as texts and, among them, what the pattern finds, each whole."""
    parts = re.split(f"({pattern})", words)
    return [whole(part) if odd % 2 else nodes.Text(part) for odd, part in enumerate(parts) if part]


def keep_marks(formula: nodes.math, rules: dict[str, re.Pattern]) -> None:
    """Make a formula one with the bracket before it and the marks after it."""
    parent, place = formula.parent, formula.parent.index(formula)
    before = parent[place - 1] if place else ""
    after = parent[place + 1] if place + 1 < len(parent) else ""
    opening = isinstance(before, nodes.Text) and rules["before"].search(before)
    closing = isinstance(after, nodes.Text) and rules["after"].match(after)
    if not (opening or closing):
        return
    start, stop = place - bool(opening), place + 1 + bool(closing)
    new = [nodes.Text(before[: opening.start()])] if opening else []
    kept = [nodes.Text(opening[0]), formula] if opening else [formula]
    if closing:
        kept.append(nodes.Text(closing[0]))
    new.append(whole(*kept))
    if closing:
        new.append(nodes.Text(after[closing.end() :]))
    parent[start:stop] = [node for node in new if node.astext()]


def whole(*parts: nodes.Node | str) -> nodes.inline:
    """Return nodes or a text as one that no line's end divides."""
    children = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return nodes.inline("", "", *children, classes=["whole"])

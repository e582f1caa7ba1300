"""The first use of a term in a chapter leads to its entry in the glossary.

Ours: Sphinx's own glossary wants every use marked by hand, in notebooks that must read in Jupyter.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from tools.notebooks import glossary

EVERYDAY = {"key", "length", "value"}  # also common words: linked only where they are in bold
KATAKANA = "\u30a1-\u30fa\u30fc"
KANJI = "\u4e00-\u9fff"


class GlossaryLinks(SphinxTransform):
    """Link the first use of each term in a chapter to its entry in the glossary.

    A term of one character (zh \u952e, ko \uac12) is also part of other words, so it is linked
    only where the chapter introduces it, in bold.
    """

    default_priority = 800  # when links and formulas are nodes of their own

    def apply(self, **kwargs: object) -> None:
        if not re.match(r"\d+-|appendix-", self.env.docname.rsplit("/", 1)[-1]):
            return
        language = self.config.book_language
        terms = {words[language]["term"].lower(): name for name, words in glossary().items()}
        pattern = term_pattern(terms, language)
        linked: set[str] = set()
        for node in list(self.document.findall(nodes.Text)):
            if self.prose(node):
                new = self.linked_text(node, pattern, terms, linked)
                if len(new) > 1 or not isinstance(new[0], nodes.Text):
                    node.parent.replace(node, new)

    def prose(self, node: nodes.Text) -> bool:
        """Return whether a text is running prose of the chapter, and no link or title."""
        closed = nodes.title | nodes.reference | nodes.literal | nodes.FixedTextElement
        closed |= nodes.math | nodes.raw | nodes.comment | nodes.target
        while (parent := node.parent) is not None:
            if isinstance(parent, closed):
                return False
            if isinstance(parent, nodes.section) and set(parent["ids"]) & {"sources", "next"}:
                return False
            node = parent
        return True

    def linked_text(self, node, pattern, terms, linked) -> list[nodes.Node]:
        """Return a text in pieces, with a link for each term that has none yet."""
        text_, pieces, end = node.astext(), [], 0
        bold = isinstance(node.parent, nodes.strong)
        for found in pattern.finditer(text_):
            name = terms[found["term"].lower()]
            rare = name not in EVERYDAY and len(found["term"]) > 1
            if name in linked or not (bold or rare):
                continue
            linked.add(name)
            pieces.append(nodes.Text(text_[end : found.start()]))
            address = f"glossary.html#{name}"
            pieces.append(
                nodes.reference("", found[0], internal=True, refuri=address, classes=["term"])
            )
            end = found.end()
        return [piece for piece in [*pieces, nodes.Text(text_[end:])] if piece.astext()] or [node]


def term_pattern(terms: dict[str, str], language: str) -> re.Pattern:
    """Return the pattern that finds terms: the longest first, and no parts of other words."""
    every = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    before, after = {
        "en": (r"\b", r"s?\b"),
        "ja": (rf"(?<![{KATAKANA}{KANJI}A-Za-z])", rf"(?![{KATAKANA}A-Za-z])"),
    }.get(language, ("", ""))
    return re.compile(rf"{before}(?P<term>{every}){after}", re.IGNORECASE)

"""The first use of a term in a chapter carries its definition and leads to the glossary, and back.

_static/terms.js shows the definition where the term stands. Ours: Sphinx's own glossary wants
every use marked by hand, in notebooks that must read in Jupyter.
"""

import html
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from helpers.language import text
from tools.notebooks import SOURCE, glossary

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
        terms = names_of_terms(language)
        pattern = term_pattern(terms, language)
        elsewhere = {name: words.get("other_sense", []) for name, words in glossary().items()}
        linked: dict[
            str, bool
        ] = {}  # term -> whether it stands in bold, as it does where explained
        self.env.metadata[self.env.docname]["terms"] = linked
        for node in list(self.document.findall(nodes.Text)):
            if self.prose(node):
                places = self.places(node)
                wrong = {name for name, other in elsewhere.items() if places & set(other)}
                new = self.linked_text(node, pattern, terms, linked, wrong)
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

    def places(self, node: nodes.Text) -> set[str]:
        """Return the chapter and the sections that a text stands in: `NN-slug`, `NN-slug#id`."""
        chapter, found = self.env.docname.rsplit("/", 1)[-1], set()
        while (node := node.parent) is not None:
            if isinstance(node, nodes.section):
                found |= {f"{chapter}#{name}" for name in node["ids"]}
        return found | {chapter}

    def linked_text(self, node, pattern, terms, linked, wrong) -> list[nodes.Node]:
        """Return a text in pieces, with a link for each term that has none yet.

        `wrong` names the terms whose word means something else here.
        """
        text_, pieces, end = node.astext(), [], 0
        bold = isinstance(node.parent, nodes.strong)
        for found in pattern.finditer(text_):
            name = terms[found["term"].lower()]
            rare = name not in EVERYDAY and len(found["term"]) > 1
            if name in linked or name in wrong or not (bold or rare):
                continue
            linked[name] = bold
            pieces.append(nodes.Text(text_[end : found.start()]))
            address = f"glossary.html#{name}"
            link = nodes.reference("", found[0], internal=True, refuri=address, classes=["term"])
            link["ids"].append(f"term-{name}")
            pieces.append(link)
            end = found.end()
        return [piece for piece in [*pieces, nodes.Text(text_[end:])] if piece.astext()] or [node]


def names_of_terms(language: str) -> dict[str, str]:
    """Return what the glossary's terms are called, in small letters: name or alias -> id.

    An alias of one character (ja \u5024) is part of too many other words to be looked for.
    """
    table = glossary().items()
    found = {
        alias.lower(): name
        for name, words in table
        for alias in words[language].get("aliases", [])
        if len(alias) > 1
    }
    return found | {words[language]["term"].lower(): name for name, words in table}


def with_definitions(body: str, language: str) -> str:
    """Return a page's text with what each linked term means, for _static/terms.js to show."""
    table = glossary()

    def defined(found: re.Match) -> str:
        words = table[found[1]]
        name = words[language]["term"]
        if language != SOURCE and words[SOURCE]["term"].lower() != name.lower():
            name += f" \u00b7 {words[SOURCE]['term']}"
        said = html.escape(words[language]["definition"])
        return f'{found[0]} data-term="{html.escape(name)}" data-definition="{said}"'

    return re.sub(r'<a class="term [^>]*?href="glossary\.html#([\w-]+)"', defined, body)


def with_chapters(body: str, chapters: list[dict], language: str) -> str:
    """Return the glossary page's text with the way back: below each term, where it stands.

    chapters: href, title, number and terms of each chapter, in reading order; the chapter that
    explains the term (where it is in bold), else the first, is named in full.
    """

    def led_back(found: re.Match) -> str:
        name = found[1]
        using = [chapter for chapter in chapters if name in chapter["terms"]]
        if not using:
            return found[0]
        explains = next((one for one in using if one["terms"][name]), using[0])
        links = []
        for one in [explains, *(one for one in using if one is not explains)]:
            title, number, called = one["title"], one["number"], ""
            if number is not None:  # the appendix has a title alone
                called = text("site.glossary_chapter", language, number=number) + " "
            label = f"{number} {title}" if one is explains else str(number)
            label = title if number is None else label
            links.append(
                f'<a href="{html.escape(one["href"])}#term-{name}" '
                f'title="{html.escape(title)}" '
                f'aria-label="{html.escape(called + title)}">'
                f"{html.escape(label)}</a>"
            )
        said = html.escape(text("site.glossary_chapters", language))
        return f'{found[0]}<p class="used" data-pagefind-ignore>{said} {" ".join(links)}</p>\n'

    return re.sub(r'<h2 [^>]*id="([\w-]+)".*?(?=</section>)', led_back, body, flags=re.DOTALL)


def term_pattern(terms: dict[str, str], language: str) -> re.Pattern:
    """Return the pattern that finds terms: the longest first, and no parts of other words."""
    every = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    before, after = {
        "en": (r"\b", r"s?\b"),
        "ja": (rf"(?<![{KATAKANA}{KANJI}A-Za-z])", rf"(?![{KATAKANA}A-Za-z数])"),
    }.get(language, ("", ""))
    return re.compile(rf"{before}(?P<term>{every}){after}", re.IGNORECASE)

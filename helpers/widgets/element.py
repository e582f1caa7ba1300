"""What every widget has in common: the object that a cell shows, and what goes into its page.

A widget of the kind `steps` is `steps.py`, which makes a `Widget`, and `steps.js` (with
`steps.css` where it needs one), which brings its element `<attention-steps>` to life.
`element.js` and `element.css` hold what they share; each output carries both, since Colab
shows every output in a frame of its own.
"""

import html
import json
import re
import unicodedata
from functools import cache
from importlib import resources

from helpers.language import LANGUAGES, get_language, messages, text, visible

SHARED = "element"


class Widget:
    """What a widget's function returns: `html` for a browser, `text` for everything else.

    Args:
        kind: the name of the widget's files; its element is `<attention-KIND>`.
        body: HTML that says all that matters without the script.
        text: the same as plain text.
        given: what the script reads, as JSON makes it of dicts, lists, numbers, words.
            Numbers must have gone through `helpers.widgets.data.stored`.

    The words below `widgets.KIND.page.` reach the script by themselves, as `words.NAME`.
    """

    def __init__(self, kind: str, body: str, text: str, given: dict | None = None) -> None:
        self.html = _output(kind, body, given or {})
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def _output(kind: str, body: str, given: dict) -> str:
    language = LANGUAGES[get_language()].html
    data = f" data-given='{quoted(_json(given))}' data-words='{quoted(_json(page_words(kind)))}'"
    lines = [
        f"<style>{style(kind)}</style>",
        f'<attention-{kind} class="attention-widget" lang="{language}"{data}>',
        body,
        f"</attention-{kind}>",
    ]
    if code := script(kind):
        lines.append(f"<script>{code}</script>")
    return "\n".join(lines)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# Words.


def escaped(word: str) -> str:
    """Return `word` as the text of an HTML element."""
    return html.escape(visible(word), quote=False)


def quoted(value: str) -> str:
    """Return `value` for an attribute in single quotes: JSON stays readable."""
    return visible(value).replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def wording(words: str) -> str:
    """Return `words` as HTML; the k of d_k goes down."""
    return escaped(words).replace("d_k", "d<sub>k</sub>")


def word(kind: str, name: str, **values: object) -> str:
    """Return the message `widgets.KIND.NAME` in the reader's language."""
    return text(f"widgets.{kind}.{name}", **values)


def page_words(kind: str) -> dict[str, str]:
    """Return the messages below `widgets.KIND.page.`, {braces} left for the script to fill in."""
    prefix = f"widgets.{kind}.page."
    return {
        key.removeprefix(prefix): entry[get_language()]
        for key, entry in messages().items()
        if key.startswith(prefix)
    }


def caption(key: str) -> str:
    """Return the words of a caption: `label.caption.KEY`, else `label.KEY`.

    Raises:
        ValueError: there is neither.
    """
    for name in (f"label.caption.{key}", f"label.{key}"):
        if name in messages():
            return text(name)
    prefix = "label.caption."
    known = [name.removeprefix(prefix) for name in messages() if name.startswith(prefix)]
    raise ValueError(
        f"expected a caption among {', '.join(known)}, or the key of a label; got {key!r}: add "
        f"[label.{key}] to the chapter's helpers/exercises/chNN.toml"
    )


def columns(word: str) -> int:
    """Return the columns that `word` takes in a fixed-width font."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in word)
    return len(word) + wide - sum(unicodedata.combining(character) > 0 for character in word)


def plain_table(rows: list[list[str]]) -> list[str]:
    """Return rows of cells as lines of plain text, each column aligned to the right."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(" " * (w - columns(x)) + x for w, x in zip(widths, row, strict=True))
        for row in rows
    ]


# Numbers.


def number(x: float, digits: int) -> str:
    """Return `x` with `digits` decimals, as torch prints it; element.js has the same.

    A result of many operations that should lie on a tie (1/32 with 4 decimals) may miss it
    by a last bit that is the processor's own: 12 decimals are rounded away first.
    """
    x = round(x, 12) + 0.0  # -0.0 becomes 0.0
    return f"{x:.{digits}e}" if abs(x) >= 1e7 else f"{x:.{digits}f}"


def places(numbers: list[float], digits: int) -> int:
    """Return the decimals that show each of these numbers in full, `digits` at most."""
    count = 1
    while count < digits and any(round(x, count) != x for x in numbers):
        count += 1
    return count


def signed(shown: str) -> str:
    """Return a factor or term, in brackets if it is negative."""
    return f"({shown})" if shown.startswith("-") else shown


def few(terms: list[str], mark: str = " + ") -> str:
    """Return terms with `mark` between them; a long list shows its first."""
    return mark.join([*terms[:4], "…"] if len(terms) > 8 else terms)


# Files of this folder.


@cache
def script(kind: str) -> str:
    """Return the script that every output of this kind embeds; "" where it has none."""
    own = _source(f"{kind}.js")
    return _shortened(f"(() => {{\n{_source(f'{SHARED}.js')}\n{own}\n}})();") if own else ""


@cache
def style(kind: str) -> str:
    """Return the style that every output of this kind embeds."""
    source = re.sub(
        r"/\*.*?\*/", "", _source(f"{SHARED}.css") + _source(f"{kind}.css"), flags=re.DOTALL
    )
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


def scripts() -> dict[str, str]:
    """Return the exact text of the script of each kind that has one.

    The site allows inline scripts by their hashes. It takes them from here, and not from what
    stands on a page: a script that somebody wrote into a cell must not run.
    """
    names = (path.name for path in resources.files(__package__).iterdir())
    kinds = sorted(name.removesuffix(".js") for name in names if name.endswith(".js"))
    return {kind: script(kind) for kind in kinds if kind != SHARED}


def _source(name: str) -> str:
    path = resources.files(__package__).joinpath(name)
    return path.read_text("utf-8") if path.is_file() else ""


def _shortened(source: str) -> str:
    """Return a script without comments and the spaces that only people need.

    It must keep its strings in "double quotes" or in `templates` of one line.
    """
    source = re.sub(r"(^|\s)//.*", "", source)
    source = re.sub(
        r"""("[^"\n]*"|`[^`\n]*`)| *([-+*/=<>?:;,{}()&|\[\]]) *""",
        lambda found: found[1] or found[2],
        source,
    )
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())

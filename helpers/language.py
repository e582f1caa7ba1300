"""The words that code shows (figure labels, feedback, widgets), in the reader's language.

The words themselves stand in words/, one table a room, and those of the exercises beside
them, in exercises/chNN.toml: one entry per message, one line per language.
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Language:
    """A language of the book: its own name, its HTML `lang`, and Sphinx's name for it."""

    name: str
    html: str
    sphinx: str


LANGUAGES = {
    "en": Language("English", "en", "en"),
    "ja": Language("日本語", "ja", "ja"),
    "ko": Language("한국어", "ko", "ko"),
    "zh": Language("简体中文", "zh-CN", "zh_CN"),
}

# Characters that would turn the direction of the words around them.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_current = "en"


def set_language(code: str) -> None:
    """Choose the language of everything that `helpers` shows from now on.

    From then on plain matplotlib and seaborn figures show letters of every script as well,
    without a font that has them: in Jupyter and Colab as they are, in a script with
    `figure.savefig("x.svg")` and `plt.show()`; see `helpers.figures.plain`.

    Raises:
        ValueError: `code` is not one of the languages of the book.
    """
    global _current
    if code not in list(LANGUAGES):  # a list has no hash
        raise ValueError(f"expected a language code among {', '.join(LANGUAGES)}; got {code!r}")
    _current = code
    from helpers.figures.plain import serve_plain_figures

    serve_plain_figures()


def get_language() -> str:
    """Return the code of the language chosen last; English before any choice."""
    return _current


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return every message: dotted key -> language code -> words.

    words/<room>.toml holds the keys below `<room>.`; exercises/chNN.toml holds those below
    `check.`, and in its table `label` the chapter's own labels.

    Raises:
        ValueError: a key stands in two files.
    """
    found, home = {}, {}

    def gather(prefix: str, node: dict, file: str) -> None:
        if not all(isinstance(value, str) for value in node.values()):
            for name, child in node.items():
                gather(f"{prefix}.{name}", child, file)
            return
        if prefix in home:
            raise ValueError(f"the message {prefix} stands in {home[prefix]} and in {file}")
        found[prefix], home[prefix] = node, file

    for folder in ("words", "exercises"):
        for path in sorted(resources.files("helpers").joinpath(folder).iterdir(), key=str):
            if path.name.endswith(".toml"):
                table, room = tomllib.loads(path.read_text("utf-8")), path.name[:-5]
                for name, node in table.items():
                    exercise = "label" if name == "label" else f"check.{name}"
                    key = exercise if folder == "exercises" else f"{room}.{name}"
                    gather(key, node, f"helpers/{folder}/{path.name}")
    return found


def text(key: str, language: str | None = None, **values: object) -> str:
    """Return message `key` in `language` (default: the chosen one), `values` filled in.

    Raises:
        KeyError: there is no such message, or it lacks that language.
    """
    code = language or get_language()
    try:
        words = messages()[key][code]
    except KeyError:
        raise KeyError(
            f"no message {key!r} in language {code!r}: helpers/words, helpers/exercises"
        ) from None
    return words.format(**values)


def visible(word: str) -> str:
    """Return `word` with each character that no page may hold, or show, spelled out: \\n, \\x1b.

    These are control characters, lone surrogates, U+FFFE and its like, and marks that turn
    the direction of text.
    """
    return "".join(
        x.encode("unicode_escape").decode()
        if unicodedata.category(x) in ("Cc", "Cs") or ord(x) & 0xFFFE == 0xFFFE or x in TURNING
        else x
        for x in word
    )

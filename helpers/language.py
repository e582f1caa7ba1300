"""The words that code shows (figure labels, feedback, the explorer), in the reader's language.

The words themselves stand in messages.toml: one table, one entry per message,
one line per language.
"""

import tomllib
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

_current = "en"


def set_language(code: str) -> None:
    """Choose the language of everything that `helpers` shows from now on.

    Raises:
        ValueError: `code` is not one of the languages of the book.
    """
    global _current
    if code not in LANGUAGES:
        raise ValueError(f"expected a language code among {', '.join(LANGUAGES)}; got {code!r}")
    _current = code


def get_language() -> str:
    """Return the code of the language chosen last; English before any choice."""
    return _current


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return the whole table: dotted key -> language code -> words."""
    table = tomllib.loads(resources.files("helpers").joinpath("messages.toml").read_text("utf-8"))
    flat = {}

    def flatten(prefix: str, node: dict) -> None:
        if all(isinstance(value, str) for value in node.values()):
            flat[prefix] = node
            return
        for name, child in node.items():
            flatten(f"{prefix}.{name}" if prefix else name, child)

    flatten("", table)
    return flat


def text(key: str, language: str | None = None, **values: object) -> str:
    """Return message `key` in `language` (default: the chosen one), `values` filled in.

    Raises:
        KeyError: there is no such message, or it lacks that language.
    """
    code = language or _current
    try:
        words = messages()[key][code]
    except KeyError:
        raise KeyError(f"no message {key!r} in language {code!r} in messages.toml") from None
    return words.format(**values)

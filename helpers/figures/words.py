"""Words and numbers in figures: labels by key, text alternatives by sentence."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from helpers.figures.letters import plain, runs
from helpers.language import LANGUAGES, messages, text


def label(key: str) -> str:
    """Return the words of label `key` in the reader's language, for use as data.

    key: a key of `[label.*]`, with or without a value ("temperature=0.5"), or "$mathematics$".

    Raises:
        ValueError: `key` is not a label of words/label.toml or exercises/chNN.toml.
    """
    if isinstance(key, int | float):
        return number(key)
    if not isinstance(key, str):
        raise ValueError(f"expected a label key (str); got {type(key).__name__}")
    name, equals, value = key.partition("=")
    if equals and not key.startswith("$"):
        words = label(name)
        return f"{words} = {value}" if "$" in words else text("figures.named", n=words, v=value)
    if re.fullmatch(r"\$[^$]+\$", key):
        runs(key)
        return key
    if f"label.{key}" not in messages():
        raise ValueError(
            f"unknown label key {key!r}: add [label.{key}] with {', '.join(LANGUAGES)} "
            "to helpers/words/label.toml or to the chapter's exercises/chNN.toml"
        )
    return text(f"label.{key}")


def capital(words: str) -> str:
    """Capitalise the first Latin letter, as English axis labels have it."""
    return words[:1].upper() + words[1:]


def heading(key) -> str:
    """Return the words of a label that stands alone; nothing for None."""
    return capital(label(key)) if key is not None else ""


def sentences(*parts) -> str:
    return text("figures.between-sentences").join(part for part in parts if part).strip()


def titled(title: str) -> str:
    return text("figures.title", title=plain(title)) if title else ""


def listed(items) -> str:
    return text("figures.between-items").join(items)


def fixed(value: float, digits: int) -> str:
    """Print a number with `digits` decimals and a true minus sign; never a negative zero.

    A half goes up, by the decimals that follow and not by the last bit: 0.9450 becomes 0.95,
    whether a processor has 0.94499999 or 0.94500005.
    """
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        words = f"{Decimal(f'{value:.{digits + 3}f}'):.{digits}f}"
    return words.lstrip("-") if float(words) == 0 else words.replace("-", "−")


def number(value: float) -> str:
    """Print a number with about four digits, as the text alternatives say it."""
    size = abs(value)
    if not math.isfinite(value):
        return fixed(value, 0) or "NaN"
    if value == int(value):
        words = str(int(value))
    elif size >= 1000:
        words = f"{value:.0f}"
    elif size < 1e-3:
        words = re.sub("e-0*", "e-", f"{value:.1e}")
    else:
        words = f"{float(f'{value:.7g}'):.4g}"  # the last bits decide nothing
    return words.replace("-", "−")

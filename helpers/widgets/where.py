"""The map of the transformer, with the parts lit that a chapter is about."""

from helpers.widgets.element import Widget, escaped, word

# The way of a text through a transformer; what stands in a tuple is one block, repeated.
MODEL = (
    "tokens",
    "embedding",
    "positions",
    ("normalisation", "attention", "residual", "normalisation", "mlp", "residual"),
    "logits",
    "sampling",
)
ATTENTION = ("projections", "scores", "mask", "softmax", "context", "heads")
PARTS = ("tokens", "embedding", "positions", "normalisation", "attention", "residual", "mlp")
PARTS += ("logits", "sampling", *ATTENTION)


def where(*parts: str) -> Widget:
    """Show the map of the transformer with `parts` lit.

    Args:
        parts: any of PARTS. A part of attention ("scores") lights attention as well.

    Raises:
        ValueError: there is no such part.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise ValueError(f"expected parts among {', '.join(PARTS)}; got {unknown[0]!r}")
    lit = {*parts, *(["attention"] if set(parts) & set(ATTENTION) else [])}
    names = {part: word("where", part) for part in PARTS}
    shown = word("where", "between").join(names[part] for part in dict.fromkeys(parts))
    title = word("where", "title", parts=shown) if parts else word("where", "whole")
    blocks = "".join(
        _item(part, names, lit) if isinstance(part, str) else _block(part, names, lit)
        for part in MODEL
    )
    inside = "".join(_item(part, names, lit) for part in ATTENTION)
    body = (
        f"<p>{escaped(title)}</p>\n"
        f"<ol>{blocks}</ol>\n"
        f'<div class="inside"><p>{escaped(word("where", "inside"))}</p><ol>{inside}</ol></div>'
    )
    flow = [part for one in MODEL for part in ([one] if isinstance(one, str) else one)]
    lines = [title, _line(flow, names, lit)]
    lines.append(word("where", "inside") + " " + _line(ATTENTION, names, lit))
    return Widget("where", body, "\n".join(lines))


def _item(part: str, names: dict[str, str], lit: set[str]) -> str:
    kind = ' class="lit"' if part in lit else ""
    name = escaped(names[part])
    return f"<li{kind}>{f'<strong>{name}</strong>' if part in lit else name}</li>"


def _block(parts: tuple[str, ...], names: dict[str, str], lit: set[str]) -> str:
    inner = "".join(_item(part, names, lit) for part in parts)
    return f'<li class="block"><ol>{inner}</ol><span>{escaped(word("where", "times"))}</span></li>'


def _line(parts, names: dict[str, str], lit: set[str]) -> str:
    return " → ".join(f"[{names[part]}]" if part in lit else names[part] for part in parts)

"""Text without a font: the width of letters, and short mathematics as text.

Short mathematics is what raised and lowered letters can say: $d_k$, $x_{12}$, $n^2$,
$\\sqrt{d_k}$, $QK^\\top$.
"""

import re
import unicodedata
from xml.sax.saxutils import escape

from helpers.language import visible

COMMANDS = {"sqrt": "√", "cdot": "·", "top": "⊤", "times": "×", "theta": "θ", "tau": "τ"}
COMMANDS |= {"alpha": "α", "eta": "η", "sigma": "σ", "mu": "μ", "cos": "cos", "sin": "sin"}
COMMANDS |= {"beta": "β", "lambda": "λ", "pi": "π", "omega": "ω", "infty": "∞", "leq": "≤"}
# Commands that only choose a fount; a group after them is upright.
UPRIGHT = ("mathrm", "text", "mathdefault", "operatorname", "mathregular")

_MATHEMATICS = re.compile(r"(?<!\\)\$((?:\\\$|[^$])+)(?<!\\)\$")
_UPRIGHT = re.compile(r"\\(?:" + "|".join(UPRIGHT) + r")\{([^{}]*)\}")
_WHOLE = re.compile(r"^\\mathdefault\{(.*)\}$")
_TOKEN = re.compile(r"\\[a-zA-Z]+|[_^]\{[^{}]*\}|[_^].|\x00[^\x01]*\x01|[A-Za-zΑ-ω]+|[^\\]|\\.")


def _split(words: str) -> list[tuple[str, bool]]:
    """Split words at their mathematics: (part, whether it is mathematics)."""
    found, end = [], 0
    for match in _MATHEMATICS.finditer(words):
        found += [(words[end : match.start()], False), (match[1], True)]
        end = match.end()
    return [(part, maths) for part, maths in [*found, (words[end:], False)] if part]


def runs(words: str) -> list[tuple[str, str]]:
    """Split words into (text, style) with style "", "i" (variable), "sub" or "sup".

    Raises:
        ValueError: mathematics that raised and lowered letters cannot say.
    """
    found = []
    for part, maths in _split(words):
        if not maths:
            found.append((part.replace("\\$", "$"), ""))
            continue
        part = _WHOLE.sub(r"\1", part)  # how matplotlib writes powers of ten on an axis
        part = _UPRIGHT.sub("\x00\\1\x01", part)
        for token in _TOKEN.findall(part):
            if token[0] == "\\" and token[1:] not in COMMANDS:
                known = ", ".join("\\" + name for name in COMMANDS)
                raise ValueError(f"expected {known} in short mathematics; got {token!r}")
            if token[0] == "\\":
                found.append((COMMANDS[token[1:]], ""))
            elif token[0] in "_^":
                inner = token[1:].strip("{}").replace("\x00", "").replace("\x01", "")
                for name, sign in COMMANDS.items():
                    inner = inner.replace("\\" + name, sign)
                if "\\" in inner:
                    raise ValueError(f"expected letters below or above; got {token!r}")
                found.append((inner.replace("-", "−"), "sub" if token[0] == "_" else "sup"))
            elif token[0] == "\x00":
                found.append((token[1:-1], ""))
            elif token not in "{}":
                found.append((token.replace("-", "−"), "i" if token.isalpha() else ""))
    return [(run, style) for run, style in found if run]


def pieces(words: str, maths: bool) -> list[tuple[str, bool]]:
    """Split words into (piece, whether mathtext has to draw it): one where all of it is text."""
    try:
        if maths:
            runs(words)
        return [(words, False)]
    except ValueError:
        pass
    found = []
    for part, is_maths in _split(words):
        piece = f"${part}$" if is_maths else part
        try:
            runs(piece)
            drawn = False
        except ValueError:
            # mathtext has no letters of East Asia: such a formula stays as it was typed.
            drawn = is_maths and not any(_is_wide(letter) for letter in part)
        if not drawn and is_maths:
            piece = _readable(piece)
        if not drawn and found and not found[-1][1]:
            found[-1] = (found[-1][0] + piece, False)
        else:
            found.append((piece, drawn))
    return found


def _readable(piece: str) -> str:
    try:
        runs(piece)
        return piece
    except ValueError:
        return piece.replace("$", "").replace("\\", "")


def plain(words: str) -> str:
    """Write mathematics as one would type it: d_k, n^2."""
    marks = {"sub": "_", "sup": "^"}
    return "".join(marks.get(style, "") + run for run, style in runs(words))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _em(letter: str) -> float:
    """The width of a letter in ems, on the wide side of what sans-serif fonts have."""
    if _is_wide(letter) or letter in "MW@mw%→↓∞":
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    if letter in "ijl.,:;|'!I· ()":
        return 0.4
    if letter in "frst":
        return 0.52
    return 0.78 if letter.isupper() or letter in "−×" else 0.64


def width(words: str, size: float, maths: bool = True) -> float:
    """Estimate the width of words at a size, in that size's unit, whatever font draws them."""
    total = 0.0
    for run, style in runs(words) if maths else [(words, "")]:
        small = 0.72 if style in ("sub", "sup") else 1
        total += small * sum(map(_em, run))
    return total * size


def spans(words: str, maths: bool = True) -> str:
    """Write words as SVG text; mathematics as italic, lowered and raised spans."""
    out, shift = [], 0.0
    for run, style in runs(words) if maths else [(words, "")]:
        goal = {"sub": 0.22, "sup": -0.38}.get(style, 0.0)
        size = 0.72 if style in ("sub", "sup") else 1.0
        attributes = ""
        if goal != shift:
            attributes += f' dy="{round((goal - shift) / size, 3):g}em"'
        if size != 1:
            attributes += f' font-size="{size}em"'
        if style == "i":
            attributes += ' font-style="italic"'
        run = escape(visible(run))
        out.append(f"<tspan{attributes}>{run}</tspan>" if attributes else run)
        shift = goal
    return "".join(out)

"""Code cells on the finished page: what each part is called, and which printed lines may wrap.

Prose that a cell prints wraps like any prose, and so does a single row of numbers; rows that
stand below one another keep their columns, and scroll where the frame is too narrow.
"""

import html
import itertools
import re

from helpers.language import text

PART = re.compile(r'<div class="(cell|cell_input|cell_output)\b')
PRINTED = re.compile(
    r'(<div class="output (?:stream|text_plain)[^>]*><div class="highlight"><pre>)'
    r"(?:<span></span>)?([^<]*)</pre>"
)
WORD = re.compile(r"[^\W\d_]{2,}")
EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
VALUE = re.compile(r"[\[(]|tensor\(|torch\.")  # how a printed list, tensor or size begins
NUMBER = re.compile(r"-?\d+\.?\d*|\b(?:True|False|nan|inf)\b")


def named_parts(body: str, language: str) -> str:
    """Return a page's text with every code cell and output as a group that has a name.

    The search ranks by the words of headings and prose, so it ignores what cells print.
    """
    number = 0

    def named(found: re.Match) -> str:
        nonlocal number
        if found[1] == "cell":
            number += 1
            return found[0]
        ignored = "" if found[1] == "cell_input" else "data-pagefind-ignore "
        key = "code" if found[1] == "cell_input" else "output"
        name = html.escape(text(f"site.{key}", language, number=number))
        return f'<div {ignored}role="group" aria-label="{name}" class="{found[1]}'

    return PART.sub(named, body)


def line_kinds(printed: str) -> list[tuple[str, str]]:
    """Return (kind, lines) of a printed text: "said" for prose, "row" for tables, else "loose"."""
    lines = printed.splitlines(keepends=True)
    many = [len(NUMBER.findall(line)) > 1 for line in lines]

    def kind(index: int) -> str:
        line = lines[index]
        if line.startswith(" ") or re.search(r"\S {2,}\S", line) or line.startswith("tensor([["):
            return "row"
        words = len(WORD.findall(line)) >= 4 or len(EAST_ASIAN.findall(line)) >= 8
        if words and not VALUE.match(line):
            return "said"
        if "✓" in line or "✗" in line or "…" in line:
            return "said"
        neighbours = many[max(index - 1, 0) : index] + many[index + 1 : index + 2]
        return "row" if many[index] and any(neighbours) else "loose"

    kinds = [kind(index) for index in range(len(lines))]
    grouped = itertools.groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
    return [(kind, "".join(line for _, line in pairs)) for kind, pairs in grouped]


def wrapped_lines(body: str) -> str:
    """Return a page's text with the printed lines that may wrap marked as such."""

    def marked(found: re.Match) -> str:
        pieces = [
            html.escape(lines, quote=False)
            if kind == "row"
            else f'<span class="{kind}">{html.escape(lines, quote=False)}</span>'
            for kind, lines in line_kinds(html.unescape(found[2]))
        ]
        return f"{found[1]}{''.join(pieces)}</pre>"

    return PRINTED.sub(marked, body)

"""Answering in the page: a field at each exercise whose answer is a number, a choice or a list.

_static/answers.js judges there with what this file hands it: the right and the wrong answers that
helpers/exercises declares, their tolerance, and the words of `check` in the page's language. A
function is written in a notebook: its exercise gets links that open the notebook at that cell.

The data is written so that nobody reads the right answer off the page's source by accident. That
hides it, and protects nothing: who wants to undo it can, as the solution below can be opened.
"""

import base64
import html
import json
import re

from helpers.language import LANGUAGES, text
from tools.addresses import runner_links
from tools.site.known import Known

CHECK = re.compile(r"^check\.(\w+)\(", re.MULTILINE)
VEIL = b"attention"  # the same in _static/answers.js
# What the engine says of numbers and words that the exercise itself does not know.
ENGINE = (
    "yes", "no", "not_numbers", "choice", "choices", "not_finite", "count", "shape", "rounded",
    "close", "transposed", "reordered", "factor", "row_factors", "shift", "numbers", "too_large",
    "too_small",
)  # fmt: skip
VALUES = (
    "said", "actual", "choices", "count", "expected", "factor", "given", "place", "shift", "total",
)  # fmt: skip
FIELD = 'class="answer" data-answer'  # in a page that needs _static/answers.js


def exercise_name(cell: dict) -> str | None:
    """Return the exercise that a code cell asks its reader to answer, None for other cells."""
    if cell["cell_type"] != "code" or "hide-cell" in cell["metadata"].get("tags", []):
        return None
    found = CHECK.search("".join(cell["source"]))
    if not found:
        return None
    return found[1] if found[1] in exercises() or cell["id"].endswith("-answer") else None


def is_unanswered(output: dict, language: str) -> bool:
    """Tell whether an output only asks to fill the answer in and run the cell."""
    return "".join(output.get("text", "")).strip() == text("check.any.empty", language)


def field(cell: dict, name: str, language: str, repository: str, path: str) -> dict:
    """Return the cell that stands below an exercise's answer cell on the page."""
    places = runner_links(repository, path, cell=cell["id"])
    links = " ".join(
        f'<a href="{html.escape(address)}">'
        f"{html.escape(text('site.open_exercise', language, runner=runner))}</a>"
        for runner, address in places.items()
    )
    given = exercises().get(name, {}).get(language)
    data = f'{FIELD}="{veiled(given)}"' if given else 'class="answer"'
    source = (
        f'<div {data} data-cell="{cell["id"]}" data-pagefind-ignore>'
        f'<p class="elsewhere">{links}</p></div>'
    )
    return {"cell_type": "markdown", "id": f"{cell['id']}-field", "metadata": {}, "source": source}


_EXERCISES: dict[str, dict] = {}


def exercises(known: Known | None = None) -> dict[str, dict]:
    """Return what the page needs to judge the answers of each exercise, in each language.

    To work it out takes torch, which takes longer to import than a page to build: `known` keeps
    it from one build to the next.
    """
    if not _EXERCISES:
        _EXERCISES.update((known or Known()).of("exercises", b"", lambda _: _worked_out()))
        if known:
            known.keep()
    return _EXERCISES


def _worked_out() -> dict[str, dict]:
    from helpers.exercises import EXERCISES

    return {name: {code: exercise_data(name, code) for code in LANGUAGES} for name in EXERCISES}


def exercise_data(name: str, language: str) -> dict | None:
    """Return what the page needs to judge an answer as `check` does, None where it cannot."""
    from helpers.check import Choice, Value
    from helpers.check.answers import PRINTED, variants
    from helpers.check.calls import book_defaults
    from helpers.exercises import EXERCISES

    with book_defaults():
        one = EXERCISES[name]()
    if not isinstance(one, Choice | Value):
        return None
    words = {key: text(f"check.{name}.{key}", language) for key in ("right", *one.wrong)}
    if isinstance(one, Choice):
        wrong = [[key, list(variants(answers))] for key, answers in one.wrong.items()]
        return {"right": one.right, "wrong": wrong, "choices": one.choices(), "words": words}
    wrong = [[key, [array(w) for w in variants(ws)]] for key, ws in one.wrong.items()]
    return {
        "right": [array(right) for right in (one.right, *one.accept)],
        "wrong": wrong,
        "near": PRINTED["atol"] if one.tolerance is None else one.tolerance,
        "names": {word.casefold(): number for word, number in one.names.items()},
        "words": words,
    }


def array(values: object) -> dict:
    """Return numbers as the page has them: their shape, and one list of them."""
    from helpers.check.answers import as_tensor

    tensor = as_tensor(values).double()
    return {"shape": list(tensor.shape), "numbers": tensor.flatten().tolist()}


def veiled(data: dict) -> str:
    """Return data so that nobody reads it by accident; see above."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    mixed = bytes(byte ^ VEIL[i % len(VEIL)] for i, byte in enumerate(plain))
    return base64.b64encode(mixed).decode()


def page_words(language: str) -> str:
    """Return what _static/answers.js says on any page of a language, as JSON."""
    values = {name: f"{{{name}}}" for name in VALUES}
    said = {key: text(f"check.any.{key}", language, **values) for key in ENGINE}
    names = ("label", "judge", "empty", "number", "list", "rows", "one_of", "some_of")
    said |= {f"ask_{name}": text(f"site.answer.{name}", language) for name in names}
    return json.dumps(said, ensure_ascii=False)

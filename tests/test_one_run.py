"""One run for the languages of a chapter: the verdicts are those of a run for each."""

import sys
from pathlib import Path

import pytest

from helpers.language import text
from tests.test_kernels import notebook, verdicts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels fork on Linux only")

SETUP = ('import helpers\nfrom helpers.language import text\nhelpers.set_language("LANGUAGE")', "")
WORD = 'text("label.tokens")'
ASK = f"print({WORD})"
COUNT = 'open(FILE, "a").write("once\\n")'
ASKS = (ASK, "WORD\n")
ONE = ("x = 1", "")
CHAPTERS = {  # cells and what they print; LANGUAGE and WORD, tokens in it, are filled in
    "counted": [SETUP, (f"{COUNT}\nprint(1)", "1\n"), ASKS],
    "asks_amid": [SETUP, (f'x = [1]\nprint("a")\n{ASK}\nprint(x + [2])', "a\nWORD\n[1, 2]\n")],
    "goes_on": [SETUP, (f"x = 1\n{ASK}\nx = x + 1", "WORD\n"), ("print(x)", "2\n")],
    "keeps_a_word": [SETUP, (f"{COUNT}\nx = [{WORD}]", ""), ("print(x[0])", "WORD\n"), ASKS],
    "changes_a_word": [
        SETUP,
        (f"{COUNT}\nx = [{WORD}]", ""),
        (f"x.append({WORD} + '!')", ""),
        ASKS,
        ("y = x[1]", ""),
        ("print(y, len(x))", "WORD! 2\n"),
        ("x = 3", ""),
        ("print(x)\nprint(y)", "3\nWORD!\n"),
    ],
    "keeps_what_cannot_be_kept": [
        SETUP,
        (f"words = iter([{WORD}]) if {WORD} == 'tokens' else (word for word in [{WORD}])", ""),
        ("print(next(words))", "WORD\n"),
    ],
    "raises": [SETUP, ("1 / 0", ""), ASKS],
    "raises_then": [SETUP, (f"{ASK}\n1 / 0", "WORD\n"), ASKS],
    "raises_abroad": [SETUP, ('print(1 / (text("label.tokens") == "tokens"))', "1.0\n"), ASKS],
    "no_language": [("print(1)", "1\n")],
}
ENGLISH = CHAPTERS | {
    "another_output": [SETUP, ("print(1)", "1\n"), ASKS],
    "another_word": [SETUP, ASKS],
    "other_code": [SETUP, ONE, ("print(x)", "1\n"), ASKS],
    "other_code_later": [SETUP, ONE, ASKS, ("print(x)", "1\n")],
}
JAPANESE = CHAPTERS | {
    "another_output": [SETUP, ("print(1)", "2\n"), ASKS],  # a fault
    "another_word": [SETUP, (ASK, "tokens\n")],  # a fault
    "other_code": [SETUP, ("x = 2", ""), ("print(x)", "2\n"), ASKS],
    "other_code_later": [SETUP, ONE, ASKS, ("print(x + 1)", "2\n")],
}
RAISING = {"en/raises", "ja/raises", "en/raises_then", "ja/raises_then", "ja/raises_abroad"}


@pytest.fixture(scope="module")
def stock_and_ours(tmp_path_factory):
    """Return {cell: verdict} and how often a cell ran, of stock kernels and of ours."""
    found = {}
    for name, options in (("stock", []), ("ours", ["-p", "tools.kernels"])):
        folder = tmp_path_factory.mktemp(name)
        counter = folder / "runs"
        for language, chapters in (("en", ENGLISH), ("ja", JAPANESE)):
            (folder / language).mkdir()
            for chapter, cells in chapters.items():
                filled = [
                    [
                        part.replace("LANGUAGE", language)
                        .replace("WORD", text("label.tokens", language))
                        .replace("FILE", repr(str(counter)))
                        for part in cell
                    ]
                    for cell in cells
                ]
                notebook(folder / language / f"{chapter}.ipynb", *filled)
        found[name] = (verdicts(folder, *options), counter)
    return found


def test_the_verdicts_are_those_of_the_stock_plugin(stock_and_ours):
    stock, ours = stock_and_ours["stock"][0], stock_and_ours["ours"][0]
    assert ours == stock
    assert len(ours) == sum(map(len, [*ENGLISH.values(), *JAPANESE.values()]))
    failed = {page for (page, _), verdict in ours.items() if verdict != "PASSED"}
    assert failed == RAISING | {"ja/another_output", "ja/another_word"}


def test_the_languages_share_one_run(stock_and_ours):
    count = {
        name: Path(file).read_text("utf-8").count("once")
        for name, (_, file) in stock_and_ours.items()
    }
    assert count == {"stock": 6, "ours": 3}

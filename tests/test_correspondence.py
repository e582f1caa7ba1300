"""What prose says: numbers where they are printed, the same in every language, in its language.

Each check returns the faults it finds, with what to do, and is given planted ones. What these
checks cannot see for themselves is declared in declared.toml.
"""

import json
import re
import tomllib
from pathlib import Path

import pytest

from helpers.language import messages
from tests.correspondence import exchanged_opposites, other_numbers_said
from tests.notebook_checks import DECIMAL, each, pairs, prose, text_of, value
from tests.test_notebooks import change
from tools import words
from tools.notebooks import CHAPTERS, GENERATED, TRANSLATIONS, lagging, still_english

DECLARED = tomllib.loads(Path(__file__).with_name("declared.toml").read_text("utf-8"))
BEFORE, AFTER = 3, 1  # how many code cells away a number in prose may be printed
HOW = "or declare it in tests/declared.toml"


def far_numbers(folder: Path) -> list[str]:
    """Decimal numbers in prose that none of the code cells near it prints."""
    found = []
    for name, notebook in each(folder):
        behind = lagging(folder / name)
        printed = []  # (place, the numbers of that code cell)
        for place, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] == "code":
                shown = " ".join(map(text_of, cell["outputs"]))
                found_here = re.findall(r"[-−]?\d+\.\d*(?:e[-+]?\d+)?", shown)
                printed.append((place, {value(number) for number in found_here}))
        for place, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] != "markdown" or cell["id"] in {"sources", *behind}:
                continue
            key = f"{name.partition('/')[2].removesuffix('.ipynb')}#{cell['id']}"
            if cell["id"].startswith("exercise-") or "*" in DECLARED["far"].get(key, []):
                continue  # what an exercise gives is its own
            near = [numbers for at, numbers in printed if at < place][-BEFORE:]
            near += [numbers for at, numbers in printed if at > place][:AFTER]
            for number in DECIMAL.findall(prose(cell["source"])):
                if number not in DECLARED["far"].get(key, []) and value(number) not in {
                    one for numbers in near for one in numbers
                }:
                    found.append(
                        f"{name}#{cell['id']}: none of the {BEFORE} code cells before and {AFTER} "
                        f"after prints {number}: correct it, {HOW}"
                    )
    return found


def prose_pairs(folder: Path):
    """Yield (place, language, English, its translation) of the prose that is up to date."""
    for name, english, own in pairs(folder):
        sources = {cell["id"]: cell["source"] for cell in english["cells"]}
        skipped = {*GENERATED, "sources", *lagging(folder / name)}
        for cell in own["cells"]:
            if cell["cell_type"] == "markdown" and cell["id"] not in skipped:
                place = f"{name.removesuffix('.ipynb')}#{cell['id']}"
                yield place, name.partition("/")[0], sources[cell["id"]], cell["source"]


def said_otherwise(folder: Path) -> list[str]:
    """Numbers, comparisons and opposites that a translation says otherwise than the English."""
    return [
        f"{place}: {fault}: correct it, {HOW}"
        for place, language, english, own in prose_pairs(folder)
        for fault in [
            *other_numbers_said(english, own, language),
            *exchanged_opposites(english, own, language),
        ]
        if fault not in DECLARED["otherwise"].get(place, "")
    ]


def left_in_english(folder: Path) -> list[str]:
    """Paragraphs of a translation, marked as translated, that are in English."""
    return [
        f"{place} is marked as translated and has an English paragraph: {part[:60]!r}; translate it"
        for place, language, _, own in prose_pairs(folder)
        for part in own.split("\n\n")
        if still_english(part, language)
    ]


def messages_said_otherwise(said: dict[str, dict[str, str]]) -> list[str]:
    """Messages whose numbers or opposites differ between languages."""
    found = []
    for key, one in said.items():
        for language in TRANSLATIONS:
            texts = [re.sub(r"{[^}]*}", "x", one[code]) for code in ("en", language)]
            faults = other_numbers_said(*texts, language) + exchanged_opposites(*texts, language)
            for fault in faults:
                place = f"{key}.{language}"
                if " two," not in fault and fault not in DECLARED["otherwise"].get(place, ""):
                    found.append(f"{place}: {fault}: correct it, {HOW}")
            if still_english(texts[1], language):
                found.append(f"{place} is in English: translate it")
    return found


@pytest.mark.parametrize(
    "check", [far_numbers, said_otherwise, left_in_english], ids=lambda check: check.__name__
)
def test_prose(check, verified):
    found = check(CHAPTERS)
    assert not found, "\n".join(found)
    if check is said_otherwise:
        verified("translated cells, their numbers compared", len(list(prose_pairs(CHAPTERS))))


def test_messages_say_the_same_in_every_language(verified):
    found = messages_said_otherwise(messages()) + words.in_another_language(messages())
    assert not found, "\n".join(found)
    verified("messages in four languages", len(messages()))


def test_no_words_are_exchanged(request):
    remembered = json.loads(words.REMEMBERED.read_text("utf-8"))
    found = words.exchanged(messages(), remembered)
    assert not found, "\n".join(found)
    if request.config.getoption("--release"):
        assert remembered == words.places(messages()), "read the new words, then: " + words.COMMAND


# Planted faults


def put(was, now):
    def edit(cell, _):
        text = "".join(cell["source"])
        assert was in text
        cell["source"] = [text.replace(was, now, 1)]

    return edit


@pytest.fixture
def translated(book):
    """A cell that is up to date in Japanese, Korean and Chinese, in a copy of the book."""
    texts = {
        "en": "The three rows sum to 1: at most 4 of the 6 weights are smaller than the first.",
        "ja": "3つの行の和は1です。6つの重みのうち、最初のものより小さいのは4つ以下です。",
        "ko": "세 행의 합은 1입니다. 가중치 여섯 개 가운데 첫째보다 작은 것은 4개 이하입니다.",
        "zh": "三行之和都是 1：六个权重里最多有 4 个比第一个小。",
    }
    for language, text in texts.items():

        def write(cell, _, text=text):
            cell["source"] = [text]

        change(book, "read-scores", write, language)
    refresh(book)
    return book


def refresh(book):
    """Mark the cell as translated in every language."""
    from tools.sync import mark_translated

    for language in TRANSLATIONS:
        mark_translated(f"{language}/03-simple-self-attention#read-scores", book)


PLANTED = {
    "an integer in Japanese": ("ja", "6つ", "5つ"),
    "a number word in Korean": ("ko", "여섯 개", "다섯 개"),
    "a number word in Chinese": ("zh", "三行", "四行"),
    "rows and columns in Japanese": ("ja", "つの行の和", "つの列の和"),
    "rows and columns in Korean": ("ko", "세 행의", "세 열의"),
    "rows and columns in Chinese": ("zh", "三行之和", "三列之和"),
    "at most and at least in Japanese": ("ja", "以下", "以上"),
    "at most and at least in Korean": ("ko", "이하", "이상"),
    "at most and at least in Chinese": ("zh", "最多", "至少"),
    "a comparison sign": ("zh", "：六个", " < 六个"),
}


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_prose_that_says_otherwise_is_found(fault, translated):
    language, was, now = PLANTED[fault]
    place = f"{language}/03-simple-self-attention#read-scores"
    assert not [line for line in said_otherwise(translated) if line.startswith(place)]
    change(translated, "read-scores", put(was, now), language)
    assert [line for line in said_otherwise(translated) if line.startswith(place)]


@pytest.mark.planted
def test_a_decimal_from_elsewhere_is_found(book):
    notebook = dict(each(book))["en/03-simple-self-attention.ipynb"]
    cells = notebook["cells"]
    last = [text_of(o) for cell in cells[-12:] for o in cell.get("outputs", [])]
    first = " ".join(text_of(o) for cell in cells[:20] for o in cell.get("outputs", []))
    number = next(n for n in DECIMAL.findall(first) if n not in " ".join(last) and len(n) > 4)
    change(book, "summary", lambda cell, _: cell["source"].append(f" {number}"), "en")
    place = "en/03-simple-self-attention.ipynb#summary"
    assert [line for line in far_numbers(book) if line.startswith(place) and number in line]


@pytest.mark.planted
@pytest.mark.parametrize("whole", [True, False])
def test_english_left_in_a_translation_is_found(whole, translated):
    english = "A sentence that nobody has translated."
    edit = (lambda cell, _: cell.update(source=[english])) if whole else (
        lambda cell, _: cell["source"].append(f"\n\n{english}")
    )  # fmt: skip
    change(translated, "read-scores", edit, "ko")
    place = "ko/03-simple-self-attention#read-scores"
    assert [line for line in left_in_english(translated) if line.startswith(place)]


SAID = {
    "check.a.rows": {"en": "The rows.", "ja": "行です。", "ko": "행입니다.", "zh": "这是行。"},
    "check.a.mean": {"en": "A mean.", "ja": "平均です。", "ko": "평균입니다.", "zh": "这是平均。"},
    "label.matrix": {"en": "matrix", "ja": "行列", "ko": "행렬", "zh": "矩阵"},
}


@pytest.mark.planted
def test_exchanged_misconceptions_are_found():
    remembered = words.places(SAID)
    assert words.exchanged(SAID, remembered) == []
    for language in ("en", "zh"):
        said = {key: dict(one) for key, one in SAID.items()}
        a, b = said["check.a.rows"], said["check.a.mean"]
        a[language], b[language] = b[language], a[language]
        found = words.exchanged(said, remembered)
        assert len(found) == 2 and f"check.a.mean.{language} says what check.a.rows" in found[0]
    moved = {"check.a.columns": SAID["check.a.rows"], "check.a.mean": SAID["check.a.mean"]}
    assert words.exchanged(moved, remembered) == []  # another name for a key is no exchange


@pytest.mark.planted
@pytest.mark.parametrize("pair", ["ja zh", "ja ko", "ko zh", "en ja", "en ko", "en zh"])
def test_exchanged_languages_are_found(pair):
    one, other = pair.split()
    said = {"label.matrix": dict(SAID["label.matrix"])}
    label = said["label.matrix"]
    label[one], label[other] = label[other], label[one]
    assert any(line.startswith("label.matrix.") for line in words.in_another_language(said))


@pytest.mark.planted
def test_messages_that_say_otherwise_are_found():
    one = {"en": "Three rows.", "ja": "3行です。", "ko": "세 행입니다.", "zh": "三行。"}
    assert messages_said_otherwise({"check.a.b": one}) == []
    for language, text in (
        ("ja", "4行です。"),
        ("ko", "세 열입니다."),
        ("zh", "Three rows, I say."),
    ):
        found = messages_said_otherwise({"check.a.b": {**one, language: text}})
        assert found and all(line.startswith(f"check.a.b.{language}") for line in found)

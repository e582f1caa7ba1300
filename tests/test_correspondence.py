"""What prose says: numbers where they are printed, the same in every language, in its language.

Each check returns the faults it finds, with what to do, and is given planted ones. What these
checks cannot see for themselves is declared in declared.toml.
"""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.correspondence import (
    exchanged_opposites,
    faults_beside,
    other_numbers_said,
    other_order,
)
from tests.notebook_checks import DECIMAL, each, pairs, prose, text_of, value
from tests.test_notebooks import change
from tools import words
from tools.notebooks import (
    CHAPTERS,
    GENERATED,
    SOURCE,
    TRANSLATIONS,
    front_matter,
    lagging,
    still_english,
)

DECLARED = tomllib.loads(Path(__file__).with_name("declared.toml").read_text("utf-8"))
BEFORE, AFTER = 3, 1  # how many code cells away a number in prose may be printed


def undeclared(section: str, place: str, faults: list[str], said: str = "") -> list[str]:
    """Return the faults of a place that nobody declared, and what is declared and is no fault.

    said: what to say before a fault, if it does not speak for itself.
    """
    key = place.partition("/")[2].replace(".ipynb", "") if section == "far" else place
    declared = DECLARED[section].get(key, [])
    how = f"correct it, or, if it is right, declare it in tests/declared.toml [{section}]"
    found = [f"{place}: {said}{one}: {how}" for one in dict.fromkeys(faults) if one not in declared]
    return found + [
        f"{place}: tests/declared.toml declares what is not so: {said}{one}; take it out there"
        for one in declared
        if one not in faults
    ]


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
            if cell["id"].startswith("exercise-"):
                continue  # what an exercise gives is its own
            near = [numbers for at, numbers in printed if at < place][-BEFORE:]
            near += [numbers for at, numbers in printed if at > place][:AFTER]
            faults = [
                number.replace("−", "-")
                for number in DECIMAL.findall(prose(cell["source"]))
                if not any(value(number) in numbers for numbers in near)
            ]
            said = f"none of the {BEFORE} code cells before and {AFTER} after prints "
            found += undeclared("far", f"{name}#{cell['id']}", faults, said)
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
    for language in TRANSLATIONS:
        path = folder / language / "index.md"
        if not lagging(path):
            texts = [folder / code / "index.md" for code in (SOURCE, language)]
            english, own = (front_matter(text.read_text("utf-8"))[1] for text in texts)
            yield f"{language}/index", language, english, own


def said_otherwise(folder: Path) -> list[str]:
    """What a translation says otherwise than the English, as far as a machine can see it."""
    return [
        line
        for place, language, english, own in prose_pairs(folder)
        for line in undeclared("otherwise", place, faults_beside(english, own, language))
    ]


SENTENCES = re.compile(r"[。！？：]|(?<=[.!?]) |\n")
QUOTED = re.compile(r"```.*?```|[「『“][^」』”]*[」』”]|<span lang=.*?</span>", re.DOTALL)


def left_in_english(folder: Path) -> list[str]:
    """Sentences of a translation, marked as translated, that are in English."""
    return [
        f"{place} is marked as translated and has an English sentence: {part[:60]!r}; translate it"
        for place, language, _, own in prose_pairs(folder)
        for part in SENTENCES.split(QUOTED.sub(" ", own))
        if still_english(part, language)
    ]


def messages_said_otherwise(said: dict[str, dict[str, str]]) -> list[str]:
    """Messages whose numbers or opposites differ between languages."""
    found = []
    for key, one in said.items():
        for language in TRANSLATIONS:
            texts = [re.sub(r"{[^}]*}", "x", one[code]) for code in ("en", language)]
            numbers = [f for f in other_numbers_said(*texts, language) if " two," not in f]
            faults = numbers + exchanged_opposites(*texts, language) + other_order(*texts, language)
            found += undeclared("otherwise", f"{key}.{language}", faults)
            if still_english(texts[1], language):
                found.append(f"{key}.{language} is in English: translate it")
            if bool(texts[0].strip()) != bool(texts[1].strip()):
                found.append(f"{key}: only one of en and {language} is empty: write the other")
    return found


def test_what_is_declared_stands_somewhere():
    cells = {
        f"{name.removesuffix('.ipynb')}#{cell['id']}"
        for name, notebook in each(CHAPTERS)
        for cell in notebook["cells"]
    }
    said = {f"{key}.{language}" for key in words.said() for language in TRANSLATIONS}
    pages = {f"{language}/index" for language in TRANSLATIONS}
    known = {
        "otherwise": cells | said | pages,
        "far": {place.partition("/")[2] for place in cells},
    }
    for section, declared in DECLARED.items():
        for place, faults in declared.items():
            assert place in known[section], f"tests/declared.toml: there is no {place}, take it out"
            assert isinstance(faults, list), f"tests/declared.toml: {place} needs a list, [...]"


@pytest.mark.parametrize(
    "check", [far_numbers, said_otherwise, left_in_english], ids=lambda check: check.__name__
)
def test_prose(check, verified):
    found = check(CHAPTERS)
    assert not found, "\n".join(found)
    if check is said_otherwise:
        verified("translated cells, their numbers compared", len(list(prose_pairs(CHAPTERS))))


def test_messages_say_the_same_in_every_language(verified):
    found = messages_said_otherwise(words.said()) + words.in_another_language(words.said())
    assert not found, "\n".join(found)
    verified("messages in four languages", len(words.said()))


def test_no_words_are_exchanged(request):
    remembered = json.loads(words.REMEMBERED.read_text("utf-8"))
    found = words.exchanged(words.said(), remembered)
    assert not found, "\n".join(found)
    if request.config.getoption("--release"):
        now = words.places(words.said())
        assert remembered == now, "read the new words, then: " + words.COMMAND


# Planted faults


def put(was, now):
    def edit(cell, _):
        text = "".join(cell["source"])
        assert was in text
        cell["source"] = [text.replace(was, now, 1)]

    return edit


@pytest.fixture
def translated(book, monkeypatch):
    """A cell that is up to date in Japanese, Korean and Chinese, in a copy of its chapter."""
    for path in book.glob("*/*.ipynb"):
        if not path.name.startswith("03"):
            path.unlink()
    monkeypatch.setitem(DECLARED, "otherwise", {})
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


ENGLISH = """\
The query scores 1.25 with *journey*, -0.50 with *starts*, so that the first weight is larger.
`softmax` divides what `exp` makes by its sum ([1](01-dot-products.ipynb), [2](02-softmax.ipynb)).

- (2, 3) times (3, 4) gives (2, 4).
- The smallest number grows: $a + b$ is positive."""
ITEMS = "- (2, 3)と(3, 4)の積は(2, 4)です。", "- 最小の数は増えて、$a + b$は正の数になります。"
JAPANESE = "\n".join([
    "クエリと*journey*とのスコアは1.25、*starts*とのスコアは-0.50なので、最初の重みのほうが大きくなります。"
    "`softmax`は、`exp`の結果をその和で割ります（[1](01-dot-products.ipynb)、[2](02-softmax.ipynb)）。",
    "", *ITEMS,
])  # fmt: skip
BESIDE = {
    "decimals exchanged": ("1.25、*starts*とのスコアは-0.50", "-0.50、*starts*とのスコアは1.25"),
    "a sign": ("-0.50", "0.50"),
    "a digit": ("1.25", "1.52"),
    "a shape": ("(2, 3)", "(3, 2)"),
    "links exchanged": ("(01-dot-products.ipynb)、[2](02-softmax.ipynb)",
                        "(02-softmax.ipynb)、[2](01-dot-products.ipynb)"),
    "code exchanged": ("`softmax`は、`exp`", "`exp`は、`softmax`"),
    "a formula": ("$a + b$", "$a - b$"),
    "an example": ("*starts*", "*step*"),
    "terms exchanged": ("クエリ", "キー"),
    "first and last": ("最初の", "最後の"),
    "larger and smaller": ("大きく", "小さく"),
    "smallest and largest": ("最小", "最大"),
    "grows and shrinks": ("増えて", "減って"),
    "positive and negative": ("正の", "負の"),
    "a letter of Chinese": ("重み", "权重"),
    "a list item that is missing": (ITEMS[0], ""),
    "list items exchanged": ("\n".join(ITEMS), "\n".join(ITEMS[::-1])),
    "half a paragraph": ("*starts*とのスコアは-0.50なので、最初の重みのほうが大きくなります。", ""),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("fault", BESIDE)
def test_a_translation_that_says_otherwise_is_found(fault):
    was, now = BESIDE[fault]
    assert was in JAPANESE and faults_beside(ENGLISH, JAPANESE, "ja") == []
    assert faults_beside(ENGLISH, JAPANESE.replace(was, now, 1), "ja")


def test_a_paragraph_that_lost_a_sentence_is_found():
    there = "The weights are shares of one whole. They say how much of each value is taken over. "
    own = "重みは、全体を1とする割合です。"
    assert faults_beside(there, own + "各バリューからどれだけ取り込むかです。", "ja") == []
    (found,) = faults_beside(there * 2, own, "ja")
    assert "far shorter" in found


@pytest.mark.planted
def test_what_is_declared_and_is_not_so_is_found(translated, monkeypatch):
    place = "ja/03-simple-self-attention#read-scores"
    fault = "English says 6, here it is missing"
    monkeypatch.setitem(DECLARED["otherwise"], place, [fault])
    (found,) = [line for line in said_otherwise(translated) if line.startswith(place)]
    assert found.startswith(f"{place}: tests/declared.toml declares what is not so: {fault}")


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
        lambda cell, _: cell["source"].append(f" {english}")
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
def test_exchanged_definitions_are_found():
    said = {key: dict(one) for key, one in words.said().items()}
    remembered = words.places(said)
    a, b = said["glossary.query.definition"], said["glossary.key.definition"]
    a["zh"], b["zh"] = b["zh"], a["zh"]
    assert len(words.exchanged(said, remembered)) == 2


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
        ("zh", ""),
    ):
        found = messages_said_otherwise({"check.a.b": {**one, language: text}})
        assert found and all(line.startswith("check.a.b") and language in line for line in found)

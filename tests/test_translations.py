"""Every translation: up to date, the same mathematics and links, and typeset as its language asks.

As in test_notebooks.py, each check returns the faults it finds and is given planted ones.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from helpers.language import LANGUAGES, messages
from tests.notebook_checks import pairs, sound
from tests.test_notebooks import change
from tools.notebooks import (
    CHAPTERS,
    GENERATED,
    SOURCE,
    TRANSLATIONS,
    canonical,
    chapters,
    front_matter,
    glossary,
    lagging,
    read,
    source_hash,
)

HAN_KANA = r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
HANGUL = r"\uac00-\ud7af"
MARKDOWN = MarkdownIt("commonmark").enable("table")


def pages(folder: Path):
    """Yield (name, language, cell id, text) of all prose that a person wrote."""
    for language in LANGUAGES:
        for path in sound(language, folder):
            for cell in read(path)["cells"]:
                ours = cell["cell_type"] == "markdown" and cell["id"] not in GENERATED
                if ours and "untranslated" not in cell["metadata"]:
                    yield f"{language}/{path.name}", language, cell["id"], cell["source"]
        for path in sorted((folder / language).glob("*.md")):
            yield f"{language}/{path.name}", language, "", front_matter(path.read_text("utf-8"))[1]


def behind(folder: Path) -> list[str]:
    """Prose that says what the English said once, or is still English."""
    found = []
    for language in TRANSLATIONS:
        for path in [*sound(language, folder), *sorted((folder / language).glob("*.md"))]:
            for cell_id, state in lagging(path).items():
                found.append(f"{language}/{path.name}#{cell_id} is {state}")
    return found


def marks(text: str) -> dict[str, Counter]:
    """Return what a translation has to keep: formulas, code spans, link targets, heading levels."""
    blocks = re.findall(r"```.*?```", text, flags=re.DOTALL)
    rest = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    spans = re.findall(r"`[^`]+`", rest)
    rest = re.sub(r"`[^`]+`", " ", rest)
    return {
        "code": Counter(blocks + spans),
        "mathematics": Counter(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", rest, flags=re.DOTALL)),
        "links": Counter(re.findall(r"\]\(([^)\s]+)", rest)),
        "heading": Counter(re.findall(r"^#+(?= )", rest, flags=re.MULTILINE)),
    }


def other_marks(folder: Path) -> list[str]:
    """Prose cells whose formulas, code, links or heading level differ from the English ones."""
    found = []
    for name, english, own in pairs(folder):
        sources = {cell["id"]: cell["source"] for cell in english["cells"]}
        behind = lagging(folder / name)
        for cell in own["cells"]:
            if cell["cell_type"] != "markdown" or cell["id"] in {*GENERATED, *behind}:
                continue
            here, there = marks(cell["source"]), marks(sources.get(cell["id"], ""))
            for kind in here:
                if here[kind] != there[kind]:
                    what = sorted((here[kind] - there[kind]) | (there[kind] - here[kind]))
                    found.append(f"{name}#{cell['id']}: {kind} differ from English: {what}")
    return found


def visible(text: str) -> str:
    """Return prose as a reader sees it: no markup, code and formulas as a Latin letter."""
    text = re.sub(r"\$\$.+?\$\$|\$[^$]+\$", "x", text, flags=re.DOTALL)
    out = []
    for block in MARKDOWN.parse(text):
        for token in block.children or []:
            if token.type == "code_inline":
                out.append("x")
            elif token.type == "softbreak":
                out.append("\n")
            elif token.type == "text":
                out.append(token.content)
        if block.type == "inline":
            out.append("\n\n")
    return "".join(out)


def forbidden_terms(folder: Path) -> list[str]:
    """Variants that the glossary forbids, in prose, in messages, or in the glossary itself."""
    texts = [
        (f"{name}#{cell_id}", language, text) for name, language, cell_id, text in pages(folder)
    ]
    for key, words in messages().items():
        texts += [(f"message {key}", language, text) for language, text in words.items()]
    found, table, given = [], glossary(folder), set()
    for place, language, text in texts:
        for words in table.values():
            aliases = " ".join(words.get(language, {}).get("aliases", [])).lower()
            for variant in words.get(language, {}).get("never", []):
                if variant.lower() in text.lower():
                    once = (place.partition("#")[0], variant)
                    if variant.lower() in aliases and once not in given:
                        given.add(once)  # a name met elsewhere may be given once in a chapter
                        continue
                    found.append(
                        f"{place}: {variant} (the glossary says {words[language]['term']})"
                    )
    return found


EVERYDAY = {"value"}  # in English also a common word, which has no one translation


def wavering_terms(folder: Path) -> list[str]:
    """Terms of the glossary that an English chapter uses and its translation never calls so."""
    found, table = [], glossary(folder)
    for name, english, own in pairs(folder):
        language = name.split("/")[0]
        texts = []
        for notebook in (english, own):
            cells = [c for c in notebook["cells"] if c["cell_type"] == "markdown"]
            if lagging(folder / name):
                break
            texts.append(" ".join(visible(c["source"]) for c in cells if c["id"] != "sources"))
        if len(texts) < 2:
            continue
        for term, words in table.items():
            if term in EVERYDAY:
                continue
            used = re.search(rf"\b{words[SOURCE]['term']}s?\b", texts[0], flags=re.IGNORECASE)
            if used and words[language]["term"].lower() not in texts[1].lower():
                found.append(f"{name}: never says {words[language]['term']} for {used[0]} ({term})")
    return found


def other_titles(folder: Path) -> list[str]:
    """Links of a first page that call a chapter by another name than it has."""
    found = []
    for language in LANGUAGES:
        if lagging(folder / language / "index.md"):
            continue
        titles = {
            path.name: read(path)["cells"][0]["source"].removeprefix("# ")
            for path in sound(language, folder)
        }
        page = (folder / language / "index.md").read_text("utf-8")
        for words, name in re.findall(
            r"^(?:\d+\.|-) \[([^]]+)\]\(([^)]+\.ipynb)\)", page, flags=re.MULTILINE
        ):
            if titles.pop(name, None) != words:
                found.append(f"{language}/index.md calls {name} {words}")
        found += [f"{language}/index.md does not list {name}" for name in titles]
    return found


def misnumbered_links(folder: Path) -> list[str]:
    """Links that name a chapter by another number than it has."""
    return [
        f"{name}#{cell_id}: [{words}] leads to {target}: correct the number, or the link"
        for name, _, cell_id, text in pages(folder)
        for words, target, number in re.findall(r"\[([^]]*\d[^]]*)\]\(((\d\d)-[^)\s]+)\)", text)
        if str(int(number)) not in re.findall(r"\d+", words)
    ]


# language -> (what is wrong, pattern over the visible text)
TYPOGRAPHY = {
    "every": [("asterisks that did not become emphasis", r"\*+\S|\S\*+")],
    "cjk": [("a line break inside a paragraph", r"[^\n]\n(?=[^\n])")],
    "ja": [
        ("half-width punctuation in Japanese", rf"[{HAN_KANA}][,.;:!?()]|[,;:!?()][{HAN_KANA}]"),
        (
            "a space between Japanese and Latin",
            rf"[{HAN_KANA}。、（）「」] +\w|\w +[{HAN_KANA}（「]",
        ),
    ],
    "ko": [("full-width punctuation in Korean", r"[，。、（）：；！？]")],
    "zh": [
        ("half-width punctuation in Chinese", rf"[{HAN_KANA}][,.;:!?()]|[,;:!?()][{HAN_KANA}]"),
        ("no space between Chinese and Latin", rf"[{HAN_KANA}][A-Za-z0-9]|[A-Za-z0-9][{HAN_KANA}]"),
    ],
}


SIZE = r"[−-]?[\w.]+(?: [·*+−-] [\w.]+)*"
SHAPE = re.compile(rf"\({SIZE}(?:, {SIZE})+\)|\(\d+,\)", re.ASCII)


def misset(language: str, text: str) -> list[str]:
    """Return what is wrong with the typography of a text; a shape, (6, 3), is set as in code."""
    rules = TYPOGRAPHY["every"] + TYPOGRAPHY.get(language, [])
    if language != SOURCE:
        rules = rules + TYPOGRAPHY["cjk"]
    seen = SHAPE.sub("x", visible(text))
    found = []
    for what, pattern in rules:
        for match in re.finditer(pattern, seen):
            around = seen[max(0, match.start() - 8) : match.end() + 8].replace("\n", "⏎")
            found.append(f"{what}: …{around}…")
    return found


def misset_prose(folder: Path) -> list[str]:
    """Prose cells whose typography is wrong for their language."""
    return [
        f"{name}#{cell_id}: {fault}"
        for name, language, cell_id, text in pages(folder)
        for fault in misset(language, text)
    ]


@pytest.mark.parametrize(
    "check",
    [other_marks, misset_prose, forbidden_terms, wavering_terms, other_titles, misnumbered_links],
    ids=lambda check: check.__name__,
)
def test_translations(check):
    found = check(CHAPTERS)
    assert not found, "\n".join(found)


def test_nothing_lags_in_a_release(request):
    """Between releases a translation may lag: the table at the end of the run says where."""
    found = behind(CHAPTERS)
    assert not (request.config.getoption("--release") and found), "\n".join(found)


def test_messages_are_whole_and_well_set():
    faults = []
    for key, words in messages().items():
        if set(words) != set(LANGUAGES):
            faults.append(f"{key}: lacks {sorted(set(LANGUAGES) - set(words))}")
        names = {language: set(re.findall(r"{(\w*)", text)) for language, text in words.items()}
        if len(set(map(frozenset, names.values()))) > 1:
            faults.append(f"{key}: values differ: {names}")
        for language, text in words.items():
            shown = SHAPE.sub("x", re.sub(r"{[^}]*}|[a-z_]+\([ -~]*?\)", "x", text))  # formulas
            rules = TYPOGRAPHY.get(language, [])
            faults += [f"{key}.{language}: {what}" for what, p in rules if re.search(p, shown)]
    assert not faults, "\n".join(faults)


def test_glossary_is_whole():
    faults = [
        f"glossary.toml [{term}]: {code} lacks {key}"
        for term, words in glossary().items()
        for code in LANGUAGES
        for key in ("term", "definition")
        if not words.get(code, {}).get(key)
    ]
    sections = {
        f"{path.stem}#{cell['id']}" for path in chapters(SOURCE) for cell in read(path)["cells"]
    }
    sections |= {path.stem for path in chapters(SOURCE)}
    faults += [
        f"glossary.toml [{term}]: other_sense names {place}, which is no chapter and no section"
        for term, words in glossary().items()
        for place in words.get("other_sense", [])
        if place not in sections
    ]
    assert not faults, "\n".join(faults)


# Planted faults


@pytest.mark.planted
def test_changed_english_makes_three_translations_stale(book):
    change(book, "read-scores", lambda cell, _: cell["source"].append(" A new sentence."), "en")
    for language in TRANSLATIONS:
        assert f"{language}/03-simple-self-attention.ipynb#read-scores is stale" in behind(book)


@pytest.mark.planted
def test_other_title_is_found(book):
    path = book / "en" / "index.md"
    path.write_text(path.read_text("utf-8").replace("[Softmax](", "[Soft maximum]("), "utf-8")
    assert any("Soft maximum" in line for line in other_titles(book))


@pytest.mark.planted
def test_a_link_with_another_number_is_found(book):
    link = "[第 9 章](05-queries-keys-values.ipynb#why)"
    change(book, "scores", lambda cell, _: cell["source"].append(link), "zh")
    (found,) = misnumbered_links(book)
    assert found.startswith("zh/03-simple-self-attention.ipynb#scores: [第 9 章] leads to 05-")


@pytest.mark.planted
def test_untranslated_cell_is_found(book):
    def forget(cell, _):
        cell["metadata"]["untranslated"] = cell["metadata"].pop("source_hash")

    change(book, "scores", forget, "ko")
    assert "ko/03-simple-self-attention.ipynb#scores is untranslated" in behind(book)


@pytest.mark.planted
def test_forbidden_term_is_found(book):
    change(book, "scores", lambda cell, _: cell["source"].append("注目度"), "ja")
    assert [line for line in forbidden_terms(book) if "ja/03" in line and "注目度" in line]


@pytest.mark.planted
def test_term_used_in_two_ways_is_found(book):
    path = book / "zh" / "03-simple-self-attention.ipynb"
    sources = {cell["id"]: cell["source"] for cell in read(book / "en" / path.name)["cells"]}
    own = read(path)
    for cell in own["cells"]:  # as when nothing lags
        if cell["cell_type"] == "markdown" and cell["id"] not in GENERATED:
            cell["metadata"] = {"source_hash": source_hash(sources[cell["id"]])}
            cell["source"] = cell["source"].replace("上下文向量", "语境的向量")
    path.write_text(canonical(own), "utf-8")
    found = [line for line in wavering_terms(book) if line.startswith("zh/03")]
    assert any("上下文向量" in line for line in found)


@pytest.mark.planted
@pytest.mark.parametrize("extra", [" `y`", " $y$", " [y](y.md)"])
def test_other_marks_are_found(book, extra):
    change(book, "scores", lambda cell, _: cell["source"].append(extra), "zh")
    places = [line.split(":")[0] for line in other_marks(book)]
    assert "zh/03-simple-self-attention.ipynb#scores" in places


@pytest.mark.planted
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "これは**「重要」**です。"),
        ("ja", "**損失（loss）**は小さくなります。"),
        ("ko", "**마크다운(Markdown)**을 씁니다."),
        ("zh", "**重要。**次"),
        ("ja", "改行が\n空白になります。"),
        ("zh", "权重\n之和"),
        ("ja", "重み,スコア"),
        ("ja", "クエリ query です。"),
        ("zh", "权重(weight)"),
        ("zh", "形状是(6, 3)。"),
        ("ja", "形状は (6, 3)です。"),
        ("zh", "第2个"),
        ("zh", "词元*token*"),
        ("ko", "가중치，점수"),
    ],
)
def test_typographic_faults_are_found(language, text):
    assert misset(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "スコア1.4950は*journey*自身との内積です（`inputs[1]`）。"),
        ("ko", "가장 큰 점수 1.4950은 *journey*가 자기 자신과 이루는 내적입니다(`x`)."),
        ("zh", "最大的得分 1.4950 来自 *journey* 与自身的点积（`x`）。"),
        ("ja", "形状は(6, 3)です。(2, −1)のキーと(D, 3 · D)の行列です。"),
        ("zh", "形状是 (6, 3)，键是 (2, -1)。"),
        ("zh", "长度 $d_k$，即 2。\n\n- 一项\n- 两项"),
    ],
)
def test_good_typography_passes(language, text):
    assert misset(language, text) == []

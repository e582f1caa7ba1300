"""What prose and its translation must have in common: paragraphs, numbers, code, opposites, terms.

Numbers may be digits in one language and words in another, so both are looked for. Each language
has other ways to say "one", "both" or "half", and these are left to the reader. What stands in the
same form in every language (decimals, shapes, code, links, formulas) also stands in the same order,
unless tests/declared.toml says that somebody has read it.
"""

import re
from functools import cache

from tests.notebook_checks import DECIMAL, NUMBER, prose, value
from tools.notebooks import SOURCE, glossary
from tools.words import in_another_language

# number -> the words for it that no other word contains, and what else may stand for it
WORDS = {
    "en": {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
           10: "ten", 11: "eleven", 12: "twelve", 20: "twenty", 30: "thirty"},
    "ja": {2: "二|両|ふた|双|対|ペア|倍", 3: "三|みっ", 4: "四|よっ", 5: "五|いつつ", 6: "六",
           7: "七", 8: "八", 9: "九", 10: "十", 11: "十一", 12: "十二", 20: "二十", 30: "三十"},
    "ko": {2: "두|둘|양|쌍|이중|배", 3: "세|셋|석|삼", 4: "네|넷|넉|사", 5: "다섯|오", 6: "여섯|육",
           7: "일곱|칠", 8: "여덟|팔", 9: "아홉|구", 10: "열|십", 11: "열한", 12: "열두|십이",
           20: "스물|스무|이십", 30: "서른|삼십"},
    "zh": {2: "二|两|双|对|倍", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九",
           10: "十", 11: "十一", 12: "十二", 20: "二十", 30: "三十"},
}  # fmt: skip
# Native number words that cannot be anything else: with what they count.
COUNTED = {
    "ja": (r"({})(?:つ[のをがはに、。]|個の|種類|通り|人の|行の|列の|次元)",
           dict(zip("二三四五六七八九", range(2, 10), strict=True))),
    "ko": (r"(?<![가-힣])({}) (?:개|가지|번|단어|토큰|행|열|벡터|숫자|수|줄|칸|명|차원|헤드)"
           r"(?![가-힣]{{3}})",
           {"두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}),
    "zh": (r"(?<![十第一])({})(?:个|种|行|列|次|步|条|组|句|张|项|层|遍)",
           dict(zip("两三四五六七八九", range(2, 10), strict=True))),
}  # fmt: skip
LOOSE = {2: "two|both|twice|pair|second|double|half|halves|couple|other|either|2",
         3: "three|third|3", 4: "four|quarter|4", 5: "fi(?:ve|f)|5", 6: "six|6", 7: "seven|7",
         8: "eight|8", 9: "nin|9"}  # fmt: skip
USUAL = {"ja": 0.54, "ko": 0.6, "zh": 0.39}  # characters for one of English
MANY = "teen|ty\\b|hundred|thousand|million|billion|ten"
SYMBOL = re.compile(r"\$\\?\w+(?:_\{?\w+\}?)?\$")  # a letter, which languages place freely
SIZES = re.compile(r"\((?:\d+|[A-Za-z])(?:, (?:\d+|[A-Za-z]))+\)", re.ASCII)
COMPARISONS = re.compile(r"[<>≤≥≠≈]")
# What may not be exchanged: in English, and in each language what can mean nothing else ~ and what
# else it may be called there.
OPPOSITES = [
    ({"en": r"\brows?\b",
      "ja": r"行(?![列うっいわえ動])(?<![実並進先移]行)",
      "ko": r"(?<![가-힣])행(?!렬|동|하)|(?<=각 )행",
      "zh": r"(?<![运执进实并])行(?![列为走])|行(?=和列)"},
     {"en": r"\bcolumns?\b",
      "ja": r"(?<![行系配並数])列",
      "ko": r"(?<![가-힣])열(?!두|한|어|다섯|여|리|쇠|심)",
      "zh": r"(?<![行系序排数并下])列(?![出举])"}),
    ({"en": r"\bat most\b",
      "ja": "以下|まで|多くても|最大",
      "ko": "이하|많아야|기껏|최대|까지|넘지",
      "zh": "最多|至多|不超过|以内|以下"},
     {"en": r"\bat least\b",
      "ja": "以上|少なくとも|最低",
      "ko": "이상|적어도|최소",
      "zh": "至少|不少于|以上|起码"}),
    ({"en": r"\bfirst\b",
      "ja": "最初|先頭|冒頭 ~ 初|はじ|第[1一](?!章)|[1一]つ目|1番|まず|前者",
      "ko": "첫|처음|맨 앞 ~ 먼저|앞|1번",
      "zh": "第[一1]|最初|开头|最前 ~ 首|先|起初|头|前者"},
     {"en": r"\blast\b",
      "ja": "最後|末尾 ~ 最終|前|直近|後者",
      "ko": "마지막|맨 뒤|끝 ~ 앞|지난",
      "zh": "最后|末尾|结尾 ~ 前|上一|末"}),
    ({"en": r"\b(?:larg|great|bigg?)(?:er?|est)?\b",
      "ja": "大き|最大 ~ 大|高|広|以上|上回|超|強|多|伸|増",
      "ko": "큰|크[고게다며지]|최대 ~ 커|컸|많|높|넘|세|넓|강|키",
      "zh": "最大|更大|较大|变大|很大 ~ 大|高|多|超|强|宽|长|远"},
     {"en": r"\b(?:small(?:er|est)?|tiny)\b",
      "ja": "小さ|最小 ~ 小|わずか|少|微|低|細",
      "ko": "작[은고게다아으]|최소 ~ 작|조금|적|낮|짧|좁",
      "zh": "最小|更小|较小|变小|很小 ~ 小|低|少|微|短"}),
    ({"en": r"\bhigh(?:er|est)?\b",
      "ja": "高[いくめ]|最高 ~ 高|大|上", "ko": "높 ~ 크|큰|위", "zh": "最高|更高|较高 ~ 高|大|上"},
     {"en": r"\blow(?:er|est)?\b",
      "ja": "低[いくめ]|最低 ~ 低|小|下", "ko": "낮 ~ 작|아래|하",
      "zh": "最低|更低|较低 ~ 低|小|下"}),
    ({"en": r"\bleft\b", "ja": "左 ~ 残", "ko": "왼 ~ 남|떠", "zh": "左 ~ 留|剩"},
     {"en": r"\bright\b", "ja": "右 ~ ", "ko": "오른 ~ 맞|옳", "zh": "右 ~ 对|正"}),
    ({"en": r"\bpositive\b", "ja": "正[のだで]|プラス", "ko": "양수|양의", "zh": "正[的数]|为正"},
     {"en": r"\bnegative\b", "ja": "負[のだで]|マイナス", "ko": "음수|음의", "zh": "负"}),
    ({"en": r"\b(?:grows?|gr[eo]wn?|rises?|rose|risen|increas\w+)\b",
      "ja": "増|大きくな ~ 大|伸|上|成長|広|積|膨|育|高",
      "ko": "늘어|늘었|커지|증가 ~ 커|오르|올라|크|큰|컸|자라|높|불어|많|늘",
      "zh": "增|变大|变长|上升 ~ 大|长|升|扩|高|涨|多"},
     {"en": r"\b(?:shrinks?|shrank|f[ae]lls?|fallen|decreas\w+|drops?)\b",
      "ja": "減|縮|小さくな ~ 下|落|低|小",
      "ko": "줄어|줄었|작아지|감소 ~ 줄|작|떨어|내려|낮",
      "zh": "减少|变小|缩|下降 ~ 减|降|落|小|低|少"}),
]  # fmt: skip
# Words of the glossary that prose also uses, or leaves out, as everyday words.
EVERYDAY = {"value", "length", "dimension", "training"}


@cache
def plain(text: str) -> str:
    """Return prose without code, links' targets, formulas, and names in emphasis."""
    text = re.sub(r"\$\$.+?\$\$|\$[^$]+\$", " ", prose(text), flags=re.DOTALL)
    return re.sub(r"\*[^*\n]+\*(?!\*)", " ", text)


def blocks(text: str) -> list[str]:
    """Return the paragraphs, list items and rows of tables of a text."""
    joined = re.sub(r"```.*?```", lambda code: code[0].replace("\n", "\v"), text, flags=re.DOTALL)
    parts = re.split(r"\n\n|\n(?=\s*(?:[-*+]|\d+\.) |\|)", joined)
    return [part.replace("\v", "\n") for part in parts if part.strip()]


def side_by_side(english: str, own: str) -> list[tuple[str, str]]:
    """Return each paragraph with its translation; the whole where they are not as many."""
    pair = blocks(english), blocks(own)
    return list(zip(*pair, strict=True)) if len(pair[0]) == len(pair[1]) else [(english, own)]


def other_blocks(english: str, own: str, language: str) -> list[str]:
    """Say whether a text has another number of paragraphs and list items, or too short ones."""
    there, here = len(blocks(english)), len(blocks(own))
    if there != here:
        return [f"English has {there} paragraphs and list items, here are {here}"]
    return [
        f"{y.strip()[:20]}… is far shorter than in English: is something missing?"
        for x, y in side_by_side(english, own)
        if len(plain(x)) > 100 and len(plain(y)) < 0.6 * USUAL[language] * len(plain(x))
    ]


def digits(text: str) -> set[float]:
    return {abs(value(number)) for number in NUMBER.findall(plain(text).replace(",", ""))}


def says(number: float, language: str, text: str) -> bool:
    """Say whether a text has a number, in digits or in a word of its language."""
    if number in digits(text):
        return True
    words = WORDS[language].get(int(number)) if number == int(number) else None
    pattern = rf"\b(?:{words})" if language == "en" else words
    return bool(words and re.search(pattern, plain(text), re.IGNORECASE))


def other_numbers_said(english: str, own: str, language: str) -> list[str]:
    """Return the numbers that one of two texts says and the other does not."""
    found = []
    for number in sorted(digits(english)):
        if number > 1 and not says(number, language, own):
            found.append(f"English says {number:g}, here it is missing")
    for number, word in WORDS["en"].items():
        said = re.search(rf"\b{word}\b", plain(english), re.IGNORECASE)
        if said and not says(number, language, own):
            found.append(f"English says {word}, here it is missing")
    for number in sorted(digits(own)):
        loose = LOOSE.get(int(number), MANY)
        said = says(number, "en", english) or re.search(loose, plain(english), re.IGNORECASE)
        if number > 3 and not said:  # "two" and "three" come by themselves
            found.append(f"here stands {number:g}, in English it is missing")
    pattern, numbers = COUNTED[language]
    for word in set(re.findall(pattern.format("|".join(numbers)), plain(own))):
        if numbers[word] > 2 and not re.search(LOOSE[numbers[word]], plain(english), re.IGNORECASE):
            found.append(f"here stands {word} ({numbers[word]}), in English it is missing")
    return found


def exchanged_opposites(english: str, own: str, language: str) -> list[str]:
    """Return words of one kind that the other text replaces by their opposites."""
    english, own, found = plain(english), plain(own), []
    for pair in OPPOSITES:
        said = [re.search(words["en"], english, re.IGNORECASE) for words in pair]
        if bool(said[0]) == bool(said[1]):
            continue
        meant, opposite = pair if said[0] else pair[::-1]
        word = re.search(opposite[language].partition(" ~ ")[0], own)
        if word and not re.search(meant[language].replace(" ~ ", "|").strip("|"), own):
            found.append(f"English says {(said[0] or said[1])[0]}, here stands {word[0]}")
    if sorted(COMPARISONS.findall(english)) != sorted(COMPARISONS.findall(own)):
        found.append("the comparison signs differ from English")
    return found


@cache
def _terms(language: str) -> tuple[re.Pattern, dict[str, str]]:
    names = {words[language]["term"].lower(): term for term, words in glossary().items()}
    longest_first = map(re.escape, sorted(names, key=len, reverse=True))
    shape = {"en": r"\b({})(?:e?s)?\b", "ko": "(?<![가-힣])({})"}.get(language, "({})")
    return re.compile(shape.format("|".join(longest_first)), re.IGNORECASE), names


def terms(text: str, language: str) -> set[str]:
    """Return the terms of the glossary that a text uses."""
    pattern, names = _terms(language)
    return {names[name.lower()] for name in pattern.findall(plain(text))} - EVERYDAY


def exchanged_terms(english: str, own: str, language: str) -> list[str]:
    """Return the terms that stand in one text only, where the other has another in their place."""
    there, here = terms(english, SOURCE), terms(own, language)
    if not there - here or not here - there:
        return []
    missing, instead = (", ".join(sorted(some)) for some in (there - here, here - there))
    return [f"English says {missing}, here stands {instead}"]


def kept(text: str) -> dict[str, list]:
    """Return what stands in the same form, and in order, in every language."""
    spans = re.findall(r"```.*?```|`[^`]+`", text, flags=re.DOTALL)
    rest = re.sub(r"```.*?```|`[^`]+`", " ", text, flags=re.DOTALL)
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", rest, flags=re.DOTALL)
    return {
        "code": spans,
        "formulas": [one for one in formulas if not SYMBOL.fullmatch(one)],
        "links": re.findall(r"\]\(([^)\s]+)", rest),
        "shapes": SIZES.findall(plain(text)),
        "decimals": [number.replace("−", "-") for number in DECIMAL.findall(prose(text))],
    }


def other_order(english: str, own: str, language: str) -> list[str]:
    """Return the kinds that stand in another order than in English, or are others."""
    there, here = kept(english), kept(own.replace(f"chapters/{language}", f"chapters/{SOURCE}"))
    return [
        f"English has the {kind} {', '.join(there[kind])}; here stand {', '.join(here[kind])}"
        for kind in there
        if there[kind] != here[kind]
    ]


def other_letters(english: str, own: str, language: str) -> list[str]:
    """Return the letters of one text that its language does not write and the other has not."""
    found = []
    for code, text, beside in ((language, own, english), (SOURCE, english, own)):
        letters = "".join(letter for letter in plain(text) if letter not in beside)
        found += in_another_language({"": {code: letters}})
    return [fault.removeprefix(".") for fault in found]


def other_examples(english: str, own: str, _language: str) -> list[str]:
    """Return the emphasised English words of a translation that the English text has not."""
    rest = re.sub(r"```.*?```|`[^`]*`|\$[^$]*\$", " ", own, flags=re.DOTALL)
    words = dict.fromkeys(re.findall(r"(?<!\*)\*([A-Za-z][A-Za-z -]*)\*(?!\*)", rest))
    return [f"here stands *{w}*, in English it is missing" for w in words
            if w.lower() not in english.lower()]  # fmt: skip


WHOLE = (other_blocks, other_letters, other_examples)
EACH = (other_numbers_said, exchanged_opposites, exchanged_terms, other_order)


def faults_beside(english: str, own: str, language: str) -> list[str]:
    """Return everything that a text says otherwise than the English it is translated from."""
    found = [fault for check in WHOLE for fault in check(english, own, language)]
    for x, y in side_by_side(english, own):
        found += [fault for check in EACH for fault in check(x, y, language)]
    return found

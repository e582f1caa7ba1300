"""What a sentence and its translation must have in common: numbers, comparisons, opposites.

Numbers may be digits in one language and words in another, so both are looked for. Each language
has other ways to say "one", "both" or "half", and these are left to the reader.
"""

import re

from tests.notebook_checks import NUMBER, prose, value

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
MANY = "teen|ty\\b|hundred|thousand|million|billion|ten"
COMPARISONS = re.compile(r"[<>≤≥≠≈]")
# what may not be exchanged: (in English, and in each language)
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
]  # fmt: skip


def plain(text: str) -> str:
    """Return prose without code, links' targets, formulas, and names in emphasis."""
    text = re.sub(r"\$\$.+?\$\$|\$[^$]+\$", " ", prose(text), flags=re.DOTALL)
    return re.sub(r"\*[^*\n]+\*(?!\*)", " ", text)


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
    for one, other in OPPOSITES:
        there = [len(re.findall(words["en"], english, re.IGNORECASE)) for words in (one, other)]
        here = [len(re.findall(words[language], own)) for words in (one, other)]
        for k in (0, 1):
            if there[k] and not there[1 - k] and here[1 - k] and not here[k]:
                word = re.search((one, other)[1 - k][language], own)[0]
                said = re.search((one, other)[k]["en"], english, re.IGNORECASE)[0]
                found.append(f"English says {said}, here stands {word}")
    if sorted(COMPARISONS.findall(english)) != sorted(COMPARISONS.findall(own)):
        found.append("the comparison signs differ from English")
    return found

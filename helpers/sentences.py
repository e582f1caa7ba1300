"""Simple sentences in the four languages of the book, for chapter 13.

Somebody does something to somebody: English and Chinese put the verb in the middle, Japanese
and Korean at the end, where particles say who does it. An adjective may stand before each
noun. A sentence is a list of tokens; each token has a role, which says what it corresponds
to in another language.
"""

import itertools

LANGUAGES = ("en", "ja", "ko", "zh")

NOUNS = {
    "cat": {"en": "cat", "ja": "猫", "ko": "고양이", "zh": "猫"},
    "dog": {"en": "dog", "ja": "犬", "ko": "개", "zh": "狗"},
    "bird": {"en": "bird", "ja": "鳥", "ko": "새", "zh": "鸟"},
    "child": {"en": "child", "ja": "子ども", "ko": "아이", "zh": "孩子"},
    "teacher": {"en": "teacher", "ja": "先生", "ko": "선생님", "zh": "老师"},
    "student": {"en": "student", "ja": "学生", "ko": "학생", "zh": "学生"},
}
VERBS = {
    "sees": {"en": "sees", "ja": "見ます", "ko": "봅니다", "zh": "看见"},
    "finds": {"en": "finds", "ja": "見つけます", "ko": "발견합니다", "zh": "发现"},
    "chases": {"en": "chases", "ja": "追いかけます", "ko": "쫓아갑니다", "zh": "追赶"},
    "helps": {"en": "helps", "ja": "助けます", "ko": "돕습니다", "zh": "帮助"},
    "praises": {"en": "praises", "ja": "褒めます", "ko": "칭찬합니다", "zh": "表扬"},
}
ADJECTIVES = {
    "kind": {"en": "kind", "ja": "優しい", "ko": "다정한", "zh": "善良的"},
    "lively": {"en": "lively", "ja": "元気な", "ko": "활발한", "zh": "活泼的"},
}


def _known(name, table, kind):
    """Return the words for `name`, or say which names there are."""
    if name not in table:
        raise ValueError(f"expected {kind} among {', '.join(table)}; got {name!r}")
    return table[name]


def _particle(noun, after_consonant, after_vowel):
    """Return the form of a Korean particle: it depends on how the last syllable ends."""
    ends_in_consonant = (ord(noun[-1]) - ord("가")) % 28 > 0  # Unicode counts 28 endings
    return after_consonant if ends_in_consonant else after_vowel


def sentence(language, subject, verb, object, subject_adjective=None, object_adjective=None):
    """Return a sentence as its tokens and their roles.

    Args:
        language: one of LANGUAGES.
        subject, object: names in NOUNS.
        verb: a name in VERBS.
        subject_adjective, object_adjective: names in ADJECTIVES, or None.

    Returns:
        tokens: the words and particles in the order of that language.
        roles: as many, each "subject", "verb", "object", "subject_adjective" or
            "object_adjective", or, for what has no counterpart everywhere, "article",
            "subject_particle" or "object_particle".

    Raises:
        ValueError: there is no such language or word.
    """
    if language not in LANGUAGES:
        raise ValueError(f"expected language among {', '.join(LANGUAGES)}; got {language!r}")
    names = {"subject": (subject, subject_adjective), "object": (object, object_adjective)}
    phrases = {}
    for role, (noun, adjective) in names.items():
        word = _known(noun, NOUNS, role)[language]
        phrase = [("the", "article")] if language == "en" else []
        if adjective is not None:
            kind = f"{role}_adjective"
            phrase.append((_known(adjective, ADJECTIVES, kind)[language], kind))
        phrase.append((word, role))
        if language == "ja":
            phrase.append(({"subject": "が", "object": "を"}[role], f"{role}_particle"))
        if language == "ko":
            forms = {"subject": ("이", "가"), "object": ("을", "를")}[role]
            phrase.append((_particle(word, *forms), f"{role}_particle"))
        phrases[role] = phrase
    verbs = [(_known(verb, VERBS, "verb")[language], "verb")]
    last = language in ("ja", "ko")
    rest = phrases["object"] + verbs if last else verbs + phrases["object"]
    words = phrases["subject"] + rest
    return [word for word, _ in words], [role for _, role in words]


def meanings():
    """Return all that can be said: (subject, verb, object, its adjectives), 1350 tuples.

    Each is the arguments of `sentence` after the language; subject and object differ.
    """
    adjectives = [None, *ADJECTIVES]
    return [
        (subject, verb, object, *pair)
        for subject, object in itertools.permutations(NOUNS, 2)
        for verb in VERBS
        for pair in itertools.product(adjectives, adjectives)
    ]

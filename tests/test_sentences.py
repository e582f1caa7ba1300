"""The sentences of chapter 13: right in each language, roles that fit."""

import pytest

from helpers.sentences import ADJECTIVES, LANGUAGES, NOUNS, VERBS, meanings, sentence


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        (
            ("cat", "sees", "dog"),
            ["the cat sees the dog", "猫 が 犬 を 見ます", "고양이 가 개 를 봅니다", "猫 看见 狗"],
        ),
        (
            ("student", "helps", "teacher", "kind", None),
            [
                "the kind student helps the teacher",
                "優しい 学生 が 先生 を 助けます",
                "다정한 학생 이 선생님 을 돕습니다",
                "善良的 学生 帮助 老师",
            ],
        ),
        (
            ("bird", "finds", "child", None, "lively"),
            [
                "the bird finds the lively child",
                "鳥 が 元気な 子ども を 見つけます",
                "새 가 활발한 아이 를 발견합니다",
                "鸟 发现 活泼的 孩子",
            ],
        ),
    ],
)
def test_sentences_are_right(meaning, expected):
    assert [" ".join(sentence(one, *meaning)[0]) for one in LANGUAGES] == expected


def test_every_meaning_once():
    found = meanings()
    pairs = len(NOUNS) * (len(NOUNS) - 1)
    assert len(found) == len(set(found)) == pairs * len(VERBS) * (len(ADJECTIVES) + 1) ** 2
    for language in LANGUAGES:
        assert len({tuple(sentence(language, *one)[0]) for one in found}) == len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_role_once_and_the_verb_in_its_place(language):
    for meaning in meanings():
        tokens, roles = sentence(language, *meaning)
        assert len(tokens) == len(roles)
        assert all(roles.count(role) == 1 for role in ("subject", "verb", "object"))
        assert roles.index("subject") < roles.index("object")
        last = roles.index("verb") == len(roles) - 1
        assert last == (language in ("ja", "ko"))
        assert ("subject_adjective" in roles) == (meaning[3] is not None)


def test_the_roles_of_a_sentence():
    roles = {
        "en": "article subject_adjective subject verb article object",
        "ja": "subject_adjective subject subject_particle object object_particle verb",
        "ko": "subject_adjective subject subject_particle object object_particle verb",
        "zh": "subject_adjective subject verb object",
    }
    meaning = ("student", "helps", "teacher", "kind", None)
    assert {one: " ".join(sentence(one, *meaning)[1]) for one in LANGUAGES} == roles


def test_a_particle_follows_the_sound_before_it(monkeypatch):
    for noun, particles in {"책": ["이", "을"], "빛": ["이", "을"], "배": ["가", "를"]}.items():
        monkeypatch.setitem(NOUNS, "thing", {"ko": noun})
        said = sentence("ko", "thing", "sees", "thing")[0]
        assert said == [noun, particles[0], noun, particles[1], "봅니다"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fr", "cat", "sees", "dog"), "language among en, ja, ko, zh; got 'fr'"),
        (("en", "cow", "sees", "dog"), "subject among cat, .*; got 'cow'"),
        (("en", "cat", "eats", "dog"), "verb among sees, .*; got 'eats'"),
        (("en", "cat", "sees", "dog", "red"), "subject_adjective among kind, lively; got 'red'"),
    ],
)
def test_unknown_words_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        sentence(*arguments)

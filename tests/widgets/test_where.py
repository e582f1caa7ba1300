"""The map of the transformer: every part can be lit, in every language, and nothing else is."""

import re

import pytest

from helpers import set_language, where
from helpers.language import LANGUAGES, text
from helpers.widgets.where import ATTENTION, PARTS


@pytest.fixture(autouse=True)
def english():
    yield
    set_language("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_lit(part, language):
    set_language(language)
    shown = where(part)
    lit = set(re.findall(r'<li class="lit"><strong>([^<]+)</strong></li>', shown.html))
    also = ["attention"] if part in ATTENTION else []
    expected = {text(f"widgets.where.{name}") for name in [part, *also]}
    assert lit == expected
    assert text(f"widgets.where.{part}") in repr(shown).splitlines()[0]
    assert set(re.findall(r"\[([^]]+)\]", repr(shown))) == expected


def test_without_parts_nothing_is_lit():
    assert 'class="lit"' not in where().html and "[" not in repr(where())


def test_it_has_no_script():
    assert "<script" not in where("attention").html


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match=r"expected parts among tokens, .*; got 'atention'"):
        where("scores", "atention")

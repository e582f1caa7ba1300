"""The words that code shows: chosen, found by their key, filled in."""

import matplotlib.pyplot as plt
import pytest

from helpers import language, set_language
from helpers.language import LANGUAGES, get_language, messages, text


@pytest.fixture(autouse=True)
def english():
    yield
    set_language("en")


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """A package with words of its own: write(file, text) adds a table."""
    for folder in ("words", "exercises"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(language.resources, "files", lambda package: tmp_path)
    messages.cache_clear()
    yield lambda file, said: (tmp_path / file).write_text(said, "utf-8")
    messages.cache_clear()


def test_the_language_chosen_last_is_spoken():
    assert get_language() == "en"
    for code in LANGUAGES:
        set_language(code)
        assert get_language() == code
        assert text("check.any.none") == messages()["check.any.none"][code]
        assert text("check.any.none", "ko") == messages()["check.any.none"]["ko"]


def test_an_unknown_language_is_refused_and_changes_nothing():
    set_language("ko")
    with pytest.raises(ValueError, match="among en, ja, ko, zh; got 'fr'"):
        set_language("fr")
    assert get_language() == "ko"


def test_plain_figures_show_every_script_once_a_language_is_chosen(tmp_path):
    set_language("ja")
    figure = plt.figure()
    figure.suptitle("注意")
    figure.savefig(tmp_path / "x.svg")
    plt.close(figure)
    assert "注意" in (tmp_path / "x.svg").read_text("utf-8")


def test_messages_are_found_by_file_and_key(tables):
    tables("words/room.toml", '[a.b]\nen = "{n} 個"\n[c]\nen = "three"\n')
    tables("exercises/ch01.toml", '[turn.right]\nen = "yes"\n[label.axis]\nen = "axis"\n')
    tables("words/notes.txt", "no table")
    assert messages() == {
        "room.a.b": {"en": "{n} 個"},
        "room.c": {"en": "three"},
        "check.turn.right": {"en": "yes"},
        "label.axis": {"en": "axis"},
    }
    assert text("room.a.b", n=2) == "2 個"


def test_a_key_in_two_files_is_refused_with_both(tables):
    tables("words/label.toml", '[axis]\nen = "one"\n')
    tables("exercises/ch02.toml", '[label.axis]\nen = "two"\n')
    said = "label.axis stands in helpers/words/label.toml and in helpers/exercises/ch02.toml"
    with pytest.raises(ValueError, match=said):
        messages()


def test_a_message_that_is_missing_is_named(tables):
    tables("words/room.toml", '[a]\nen = "one"\n')
    with pytest.raises(KeyError, match=r"no message 'room\.b' in language 'en'"):
        text("room.b")
    with pytest.raises(KeyError, match=r"no message 'room\.a' in language 'ja'"):
        text("room.a", "ja")


def test_a_code_that_is_no_string_is_refused_in_words():
    with pytest.raises(ValueError, match=r"language code among .*; got \['en'\]"):
        set_language(["en"])

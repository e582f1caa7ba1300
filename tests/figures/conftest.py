"""Every figure in every language, drawn once; the reader's language put back after each test."""

import pytest
from cases import every

from helpers import set_language
from helpers.language import LANGUAGES


@pytest.fixture(autouse=True)
def english_again():
    yield
    set_language("en")


@pytest.fixture(scope="session")
def drawn():
    """Every figure in every language: language -> name -> figure."""
    found = {}
    for code in LANGUAGES:
        set_language(code)
        found[code] = every()
    set_language("en")
    return found

"""For `pytest --nbval`: chapter 15 is run for real where the published model is at hand.

Elsewhere it is skipped, but never in CI, where its outputs have to be compared.
"""

import functools
import os

import pytest

MODEL_CHAPTER = "15-a-real-model.ipynb"


def pytest_runtest_setup(item):
    """Skip a cell of the chapter that needs the model if the model is not here."""
    if item.path.name == MODEL_CHAPTER and not os.environ.get("CI") and (why := missing_model()):
        pytest.skip(why)


@functools.cache
def missing_model() -> str:
    """Return what to do for the model, or nothing if it is at hand."""
    from helpers import minilm

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")  # a test downloads nothing
        try:
            for name in minilm.RELEASE.sha256:
                minilm.RELEASE.read(name)
        except OSError as missing:
            return str(missing)
    return ""

"""For `pytest --nbval`: chapter 15 is run for real where the published model is at hand.

Elsewhere it is skipped, but never in CI, where its outputs have to be compared.
"""

import os

import pytest

MODEL_CHAPTER = "15-a-real-model.ipynb"


def pytest_collection_modifyitems(items):
    """Skip the cells of the chapter that needs the model if the model is not here."""
    found = [item for item in items if item.path.name == MODEL_CHAPTER]
    if found and not os.environ.get("CI"):
        from helpers import minilm

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HF_HUB_OFFLINE", "1")  # a test downloads nothing
            try:
                for name in minilm.RELEASE.sha256:
                    minilm.RELEASE.read(name)
            except OSError as missing:
                for item in found:
                    item.add_marker(pytest.mark.skip(reason=str(missing)))

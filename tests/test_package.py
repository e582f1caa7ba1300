"""`import helpers`: cheap, and without torch as long as no name needs it."""

import subprocess
import sys
from pathlib import Path

import pytest

import helpers

ROOT = Path(__file__).parents[1]
WITHOUT_TORCH = "import sys; sys.modules['torch'] = None\n"  # Python's own way to hide a module


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def test_importing_helpers_loads_no_library():
    done = run(
        "import sys, helpers, helpers.pure; helpers.set_language('ko')\n"
        "print(sorted({'torch', 'numpy', 'matplotlib', 'seaborn'} & set(sys.modules)))"
    )
    assert done.stdout == "[]\n", done.stderr


def test_pure_python_needs_no_torch():
    done = run(WITHOUT_TORCH + "import helpers.pure; print(helpers.pure.dot([1, 2], [3, 4]))")
    assert done.stdout == "11.0\n", done.stderr


@pytest.mark.parametrize(
    "code", ["import helpers; helpers.MultiHeadAttention", "from helpers import softmax_naive"]
)
def test_a_name_that_needs_torch_says_so(code):
    done = run(WITHOUT_TORCH + code)
    said = done.stderr.splitlines()[-1]
    assert said.startswith("ModuleNotFoundError: helpers.")
    assert said.endswith(" needs torch, which is not installed here: pip install torch")


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_loads(name):
    assert getattr(helpers, name).__module__.startswith("helpers")
    assert name in dir(helpers)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'helpers' has no attribute 'Attention'"):
        helpers.Attention  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Attention'"):
        from helpers import Attention  # noqa: F401


def test_modules_come_as_before():
    done = run("from helpers import MultiHeadAttention, check, explore, figures, pure; print(1)")
    assert done.stdout == "1\n", done.stderr

"""The code of a chapter is the code of the package: how that is told, and that it is told."""

import ast
import difflib
import inspect

import pytest

from helpers import attention
from helpers.attention import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
)


class _Bare(ast.NodeTransformer):
    """Removes what the package adds to a chapter's code: docstrings and `_check_...` calls."""

    def visit_Expr(self, node):
        docstring = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        check = (
            isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id.startswith("_check_")
        )
        return None if docstring or check else node


def bare_code(source, name):
    """Return the last definition of `name` in `source`, without docstrings, checks, comments."""
    found = [node for node in ast.parse(source).body if getattr(node, "name", None) == name]
    return ast.unparse(_Bare().visit(found[-1])) if found else ""


def code_difference(chapter_source, package_object):
    """Return how a chapter's definition differs from the package's: a diff, empty if it does not.

    `chapter_source` is the text of a code cell (or several) that defines a function or class of
    the name of `package_object`. Docstrings, comments, layout and calls to `_check_...`
    functions do not count.
    """
    name = package_object.__name__
    package = bare_code(inspect.getsource(package_object), name).splitlines()
    chapter = bare_code(chapter_source, name).splitlines()
    return "\n".join(difflib.unified_diff(chapter, package, "chapter", "package", lineterm=""))


def same_code(chapter_source, package_object):
    """Return whether a chapter's code defines `package_object` as the package does."""
    return not code_difference(chapter_source, package_object)


CHAPTER_SIMPLE = """
from helpers.examples import inputs

def simple_self_attention(x):
    scores = x @ x.transpose(-2, -1)   # (T, T)
    weights = torch.softmax(
        scores, dim=-1)
    return weights @ x

simple_self_attention(inputs)
"""


def test_same_code_ignores_docstrings_checks_comments_and_layout():
    assert same_code(CHAPTER_SIMPLE, simple_self_attention)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("dim=-1", "dim=1"),
        ("    return weights @ x\n", "    return x\n"),
        ("(-2, -1)", "(-1, -2)"),
        ("def simple_self_attention(x)", "def simple_self_attention(x, y=None)"),
        ("def simple_self_attention", "def simple_attention"),
        ("    scores = x @", "    print(x)\n    scores = x @"),
    ],
)
def test_same_code_sees_a_planted_difference(was, becomes):
    planted = CHAPTER_SIMPLE.replace(was, becomes)
    assert planted != CHAPTER_SIMPLE
    assert not same_code(planted, simple_self_attention)
    assert "package" in code_difference(planted, simple_self_attention)


@pytest.mark.parametrize(
    "package_object",
    [
        SelfAttentionV1,
        SelfAttentionV2,
        CausalAttention,
        MultiHeadAttentionWrapper,
        MultiHeadAttention,
    ],
)
def test_same_code_holds_a_class_to_every_line(package_object):
    name = package_object.__name__
    chapter = bare_code(inspect.getsource(attention), name)
    assert '"""' not in chapter
    assert "_check_" not in chapter
    assert same_code(chapter, package_object)
    lines = chapter.splitlines()
    for number, line in enumerate(lines):
        if line.strip().startswith("self."):
            planted = "\n".join([*lines[:number], line.replace("self.", "self.x", 1)])
            planted = "\n".join([planted, *lines[number + 1 :]])
            assert not same_code(planted, package_object), line


def test_same_code_takes_the_last_definition():
    earlier = CHAPTER_SIMPLE.replace("dim=-1", "dim=0")
    assert same_code(earlier + CHAPTER_SIMPLE, simple_self_attention)
    assert not same_code(CHAPTER_SIMPLE + earlier, simple_self_attention)

"""Answers that fail when they are looked at: a sentence, never an error of the check."""

import importlib

import pytest
import torch

from helpers import check, examples
from helpers.check import Choice, Value
from helpers.check.answers import describe
from tests.test_check_functions import of

pytestmark = [
    pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors"),
    pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor"),
]
NUMBERS = Value(right=[0.25, 0.5, 1.0], wrong={"double": [0.5, 1.0, 2.0]})


class Hostile:
    """Every look at it fails."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("no words")


class Wordless(Exception):
    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


class Broken(list):
    def tolist(self):
        raise ValueError("broken")


def nested():
    return torch.nested.as_nested_tensor([torch.ones(2), torch.ones(3)])


def deep(levels):
    return [deep(levels - 1)] if levels else 1.0


@pytest.mark.parametrize(
    "make",
    [Hostile, Wordless, nested, lambda: deep(40), lambda: deep(80), lambda: range(10**12)],
    ids=["hostile", "wordless", "nested", "deep", "deeper", "range"],
)
def test_what_cannot_be_read_is_no_answer_and_no_error(make):
    found = NUMBERS.verdict(make())
    assert found.key == "any.not_numbers"
    assert found.said()
    for task, key in ((["x"], "any.choices"), ("x", "any.choice")):
        found = Choice(right=task, wrong={}).verdict(make())
        assert found.key == key and found.said()


def test_other_ways_to_hold_numbers():
    ones = Value(right=[1.0, 2.0, 3.0], wrong={})
    assert ones.verdict(range(1, 4)).key == "right"
    assert ones.verdict(Broken([1.0, 2.0, 3.0])).key == "right"
    rounded = torch.quantize_per_tensor(torch.tensor([1.0, 2.0, 3.0]), 1.0, 0, torch.qint8)
    assert ones.verdict(rounded).key == "right"
    assert ones.verdict(torch.eye(3)[None, :, 0]).key != "right"


def test_a_tensor_without_numbers_is_described_as_it_is():
    assert describe(torch.ones(2, 3, device="meta")) == "Tensor (2, 3) on meta"
    assert describe(nested()) == "Tensor nested"


class OwnEnd(BaseException):
    def __str__(self):
        raise RuntimeError("no words")


def stops(error):
    raise error


@pytest.mark.parametrize(("error", "told"), [(OwnEnd, "OwnEnd"), (GeneratorExit, "GeneratorExit")])
def test_whatever_is_raised_is_told(error, told):
    found = of(1.0)[1].verdict(lambda n: stops(error))
    assert (found.key, found.values) == ("any.raised", {"error": told})


def test_the_keyboard_still_interrupts():
    with pytest.raises(KeyboardInterrupt):
        of(1.0)[1].verdict(lambda n: stops(KeyboardInterrupt))


@pytest.mark.parametrize("case", [0, 1])
def test_a_tensor_without_numbers_is_no_result(case):
    _, task = of(1.0, 2.0)
    without = {
        "Tensor (2,) on meta": torch.ones(2, device="meta"),
        "Tensor nested": torch.nested.as_nested_tensor([torch.ones(2), torch.ones(3)]),
    }
    for actual, result in without.items():
        found = task.verdict(lambda n, result=result: result if n == case else n + 1.0)
        assert (found.key, found.values) == ("any.returned", {"actual": actual})
    with pytest.raises(AssertionError, match=r"should return numbers.* on meta"):
        check.assert_causal(lambda x: x.to("meta"), examples.inputs)


def test_the_examples_are_on_the_processor_whatever_the_default_is():
    try:
        with torch.device("meta"):
            importlib.reload(examples)
        assert examples.inputs.device.type == "cpu"
        assert examples.bank_attention["river"].device.type == "cpu"
    finally:
        importlib.reload(examples)

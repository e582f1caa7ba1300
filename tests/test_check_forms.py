"""Answers in any form: right, or a sentence that is true."""

from collections import UserList
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn

from helpers.check import Choice, Value
from helpers.check.answers import describe, number_words

NUMBERS = Value(right=[0.25, 0.5, 1.0], wrong={"double": [0.5, 1.0, 2.0]})


class Series(UserList):
    """As pandas has it: `to_numpy` gives the values."""

    def to_numpy(self):
        return np.array(self.data)


@pytest.mark.parametrize(
    "answer",
    [
        (0.25, 0.5, 1),
        [Fraction(1, 4), Decimal("0.5"), True + 0.0],
        ["0.25", "1/2", " 1 "],
        "[0.25, 0.5, 1.0]",
        "tensor([0.2500, 0.5000, 1.0000])",
        "tensor([[0.25],\n        [0.5],\n        [1.0]], grad_fn=<MulBackward0>)",
        "array([0.25, 0.5 , 1.  ], dtype=float32)",
        "0.25\u30010.5\u30011",  # as a Japanese or Chinese keyboard writes commas
        "\uff3b\uff10.\uff12\uff15\uff0c 1/2\uff0c 1\uff3d",
        np.array([0.25, 0.5, 1.0]),
        np.array([[0.25], [0.5], [1.0]], dtype=np.float16),
        Series([0.25, 0.5, 1.0]),
        [np.float32(0.25), torch.tensor(0.5), torch.tensor([1.0]).squeeze()],
        torch.tensor([0.25, 0.5, 1.0], dtype=torch.bfloat16),
        torch.tensor([0.25, 0.5, 1.0], requires_grad=True) * 1,
        torch.tensor([0.25, 0.5, 1.0]).to_sparse(),
        torch.tensor([0.25, 0.5, 1.0], dtype=torch.complex64),
        nn.Parameter(torch.tensor([0.25, 0.5, 1.0])),
        nn.Embedding.from_pretrained(torch.tensor([[0.25, 0.5, 1.0]]), freeze=False)(
            torch.tensor([0])
        ),
    ],
    ids=str,
)
def test_the_right_numbers_are_right_in_any_form(answer):
    assert NUMBERS.verdict(answer).key == "right"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ((1, 2, 3j), "any.not_numbers"),
        ({0.25, 0.5}, "any.not_numbers"),
        (nn.Embedding(3, 1), "any.call_it"),
        (torch.tensor([0.25, 0.5, 1.0], device="meta"), "any.not_numbers"),
        (np.array([[0.5, 1.0, 2.0]]), "double"),
        ([10**400, 1, 1], "any.not_numbers"),
        ([0.25, float("nan"), 1], "any.not_finite"),
        ([True, False, True], "any.not_numbers"),
        ([0.25, 0.5, 1.5], "any.numbers"),
        ([0.25, 0.5, None], "any.empty"),
        ([[0.25, 0.5], [1.0, 0.0]], "any.count"),
        (np.array([]), "any.not_numbers"),
    ],
    ids=str,
)
def test_other_answers_meet_a_sentence(answer, key):
    assert NUMBERS.verdict(answer).key == key


@pytest.mark.parametrize("number", [2**24 + 1, 2**63, 5 * 2**62])
def test_large_whole_numbers_are_compared_to_the_last_digit(number):
    count = Value(right=number, wrong={})
    for answer in (number, float(number), complex(number), Fraction(number), str(number)):
        assert count.verdict(answer).key == "right"
    assert Value(right=2**24 + 1, wrong={}).verdict(2**24).key == "any.close"


def test_a_minus_sign_is_a_minus():
    minus = Value(right=-2, wrong={"plus": 2})
    for answer in ("-2", "\u22122", "\uff0d2"):
        assert minus.verdict(answer).key == "right"
    assert minus.verdict("2").key == "plus"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (35.0, "35"),
        (-0.5, "-0.5000"),
        (0.001, "0.0010"),
        (0.00099, "9.900e-04"),
        (999999.5, "999999.5000"),
        (1000000.5, "1.000e+06"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1.000e+15"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_is_said_as_a_reader_writes_it(number, said):
    assert number_words(number) == said


class Unspeakable:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "None"),
        (ValueError("no"), "ValueError('no')"),
        (ValueError("x" * 100), "ValueError('" + "x" * 68),
        (torch.ones(2, 3), "Tensor (2, 3)"),
        (torch.ones(2).int(), "Tensor (2,) int32"),
        (len, "builtin_function_or_method"),
        ("a  b", "str 'a b'"),
        ("x" * 57, "str '" + "x" * 57 + "'"),
        ("x" * 58, "str '" + "x" * 55 + "..."),
        (Unspeakable(), "Unspeakable"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_is_described_in_one_short_line(answer, said):
    assert describe(answer) == said


def test_a_list_that_holds_itself_is_no_answer():
    endless = []
    endless.append(endless)
    assert NUMBERS.verdict(endless).key == "any.not_numbers"
    assert Choice(right=["x"], wrong={}).verdict(endless).key == "any.choices"


def test_words_may_stand_for_numbers_where_the_exercise_says_so():
    largest = Value(right=[1, 2], wrong={"swapped": [2, 1]}, names={"Your": 1, "journey": 2})
    for answer in (["Your", "journey"], np.array(["your", "Journey"]), ["Your", 2], [1, 2]):
        assert largest.verdict(answer).key == "right"
    assert largest.verdict(["journey", "Your"]).key == "swapped"
    found = largest.verdict(["Your", "starts"])
    values = {"choices": '"Your", "journey"', "actual": "list ['Your', 'starts']"}
    assert (found.key, found.values) == ("any.choices", values)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ('"24"', 24),
        ("\u300c24\u300d", 24),
        ("2,362,368", 2362368),
        ("1,234", 1234),
        ("1/5, 4/5", [0.2, 0.8]),
        ("(1/5, 4/5)", [0.2, 0.8]),
        ("[1/5, 4/5]", [0.2, 0.8]),
        ("1,25", [1, 25]),
        ("12,3", [12, 3]),
        ("0.5,100", [0.5, 100]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
    ],
)
def test_a_number_that_was_typed_is_read(said, number):
    assert Value(right=number, wrong={}).verdict(said).key == "right"


@pytest.mark.parametrize("said", ["1/5, x", "one", "'a' 'b'", "b'1'", "{1: 2}", "1/0", "XX1, 2XX"])
def test_words_are_no_numbers(said):
    assert Value(right=[1, 2], wrong={}).verdict(said).key == "any.not_numbers"


def test_measured_and_other_right_answers_are_welcome_where_the_exercise_says_so():
    count = Value(right=100, wrong={"half": 50}, tolerance=5, accept=(200,))
    found = {answer: count.verdict(answer).key for answer in (95, 104.9, 200, 50, 106)}
    assert found == {95: "right", 104.9: "right", 200: "right", 50: "half", 106: "any.too_large"}


def test_a_word_is_read_in_any_form():
    one = Choice(right="same", wrong={"other": "sharper"})
    for answer in ("same", '"Same"', ["same"], ("same",), np.str_("SAME"), Series(["same"])):
        assert one.verdict(answer).key == "right"
    for answer in (torch.tensor(1.0), np.arange(3), len, {"same": 1}, b"same", float("nan")):
        assert one.verdict(answer).key == "any.choice"
    assert one.verdict("blunter").values == {
        "choices": '"same", "sharper"',
        "actual": "str 'blunter'",
    }


def test_a_list_of_words_is_read_in_any_form():
    two = Choice(right=["x", "y"], wrong={"swapped": ["y", "x"], "one": (["x"], ["y"])})
    for answer in (["x", "y"], ("X", "Y"), "x, y", "[X, Y]", '("x", "y")', np.array(["x", "y"])):
        assert two.verdict(answer).key == "right"
    assert two.verdict("Y, X").key == "swapped"
    assert two.verdict("y").key == "one"
    for answer in ("z", ["x", "z"], 3, torch.ones(2), ["x", torch.ones(2)]):
        found = two.verdict(answer)
        assert (found.key, found.values["choices"]) == ("any.choices", '"x", "y"')

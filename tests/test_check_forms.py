"""Answers in any form, and readers' sessions of any kind: right, or a sentence that is true."""

import functools
from collections import UserList
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn

from helpers import check, examples
from helpers.check import Choice, Function, Value, Verdict, draw, drawn, verdict
from helpers.check.answers import describe, number_words
from helpers.check.calls import describe_case
from helpers.exercises import EXERCISES

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


def test_differences_are_told_without_the_right_number():
    right = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
    table = Value(right=right, wrong={})
    place = {"given": "35", "place": "[1, 1]", "count": 3, "total": 4}
    cases = {
        "any.transposed": (right.T, {}),
        "any.factor": (right * -3, {"factor": "-3"}),
        "any.shift": (right + 1, {"shift": "1"}),
        "any.row_factors": (right * torch.tensor([[2.0], [3.0]]), {"factor": "2"}),
        "any.reordered": (right.flip(0), {}),
        "any.close": (right * torch.tensor([1.001, 1.0]), {}),
        "any.numbers": (right * torch.tensor([[1.0005, 1.0], [1.0, 7.0]]), place),
        "any.shape": (torch.ones(3, 3), {"expected": "(2, 2)", "actual": "(3, 3)"}),
    }
    for key, (answer, values) in cases.items():
        found = table.verdict(answer)
        assert (found.key, found.values) == (key, values)


def test_two_numbers_show_a_factor_and_a_shift_but_one_number_a_row_none():
    two = Value(right=[1.0, 2.0], wrong={})
    assert two.verdict([3.0, 6.0]).key == "any.factor"
    assert two.verdict([1.5, 2.5]).key == "any.shift"
    column = Value(right=[[[1.0], [2.0]], [[3.0], [4.0]]], wrong={})
    assert column.verdict([[[3.0], [4.0]], [[9.0], [9.5]]]).key == "any.numbers"


def test_how_near_is_near_enough():
    quarters = Value(right=[0.25, 1.0], wrong={"small": [0.5, 0.75]})
    near = {
        (0.25005, 1.0): "right",  # as four decimals are
        (0.25007, 1.0): "any.close",
        (0.259, 1.0): "any.close",  # a hundredth of the largest
        (0.261, 1.0): "any.numbers",
        (0.5, 0.75005): "small",
        (0.5, 0.7502): "any.numbers",
    }
    assert {answer: quarters.verdict(answer).key for answer in near} == near
    product = Value(right=0.9422, wrong={})
    decimals = {
        0.94: "any.rounded",
        0.942: "any.rounded",
        0.943: "any.close",
        0.93: "any.too_small",
    }
    assert {answer: product.verdict(answer).key for answer in decimals} == decimals
    assert Value(right=0.0312, wrong={}).verdict(0.03).key == "any.too_small"  # one digit
    _, hundred = of(100.0)
    sums = {100.009: "right", 100.02: "any.close", 101.5: "any.one"}  # another order of summation
    assert {answer: hundred.verdict(of(answer)[0]).key for answer in sums} == sums
    _, zero = of(0.0)
    sums = {9e-6: "right", 2e-5: "any.one"}
    assert {answer: zero.verdict(of(answer)[0]).key for answer in sums} == sums


def of(*outcomes):
    """Return a function exercise on the numbers 0, 1, 2, ... and a function with these outcomes."""

    def answer(n):
        found = outcomes[n]
        if isinstance(found, Exception):
            raise found
        return found

    return answer, Function(right=answer, wrong={}, cases=[(n,) for n in range(len(outcomes))])


def test_a_small_case_is_given_in_full_and_the_example_by_its_shape():
    cases = [
        (torch.tensor([1.0, 2.0]), 2),
        (torch.tensor([[0.5], [3.0]]), None),
        (torch.ones(7), 1),
    ]
    task = Function(right=lambda x, n=1: x + 1, wrong={}, cases=cases)
    found = task.verdict(lambda x, n: x + 1 + (x.dim() - 1) * x * x)
    assert found.values == {
        "given": "1.7500",
        "place": "[0, 0]",
        "count": 0,
        "total": 2,
        "expected": "1.5000",
    }
    case = {"input": "x [[0.5000], [3]], n None", "example": "x (2,), n 2"}
    assert found.within == Verdict("any.only_example", case)
    found = task.verdict(lambda x, n: x + 1 if len(x) < 7 else x)
    assert found.within.values["input"] == "x (7,), n 1"


def test_a_case_of_anything_is_named_in_one_line():
    def said(*case):
        return describe_case(lambda x, n=None, other=None: x, case)

    assert said(torch.ones(2, 3), len) == ("x [[1, 1, 1], [1, 1, 1]], n builtin_function_or_method")
    assert said(torch.ones(2, 3), torch.ones(1)) == "x (2, 3), n (1,)"
    assert said([1] * 20, "x" * 58) == f"x {[1] * 20}, n '{'x' * 58}'"
    assert said([1] * 21, "x" * 59) == f"x (21,), n str '{'x' * 55}..."


def test_an_error_is_said_in_one_line():
    _, task = of(1.0)
    for said, told in {
        "": "",
        "a\n b": ": a b",
        "x" * 120: ": " + "x" * 120,
        "x" * 121: ": " + "x" * 117 + "...",
    }.items():
        found = task.verdict(of(ValueError(said))[0])
        assert (found.key, found.values) == ("any.raised", {"error": f"ValueError{told}"})


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_is_right_where_the_reference_gives_nothing(nothing):
    _, task = of(1.0, nothing)
    assert task.verdict(of(1.0, nothing)[0]).key == "right"
    for other in (2.0, [2.0], "", [] if nothing is None else None):
        assert task.verdict(of(1.0, other)[0]).key != "right"


class Own(ValueError):
    pass


def test_an_error_is_raised_and_not_returned():
    _, task = of(1.0, ValueError("no"))
    assert task.verdict(of(1.0, Own("mine"))[0]).key == "right"
    for returned in (lambda n: 1.0 if n == 0 else ValueError("no"), [ValueError][0]):
        found = task.verdict(returned)
        assert found.key in ("any.returned_error", "any.should_raise")
    assert task.verdict(lambda n: 1.0 if n == 0 else ValueError).key == "any.returned_error"
    assert task.verdict(of(1.0, TypeError("no"))[0]).key == "any.other_error"
    assert task.verdict(lambda n: 1.0).key == "any.should_raise"


def test_one_number_may_come_in_brackets():
    _, task = of(1.0)
    for result in (1, [1.0], [[1]], torch.ones(1, 1, 1), np.float64(1)):
        assert task.verdict(lambda n, result=result: result).key == "right"
    assert task.verdict(lambda n: [1.0, 1.0]).key == "any.shape"


def test_a_function_that_ends_the_session_only_fails():
    _, task = of(1.0)
    assert task.verdict(lambda n: exit()).key == "any.raised"


def test_what_is_not_filled_in_yet_is_told_from_what_returns_nothing():
    def docstring(x):
        """Return the weights of x."""

    def gap(x):
        weights = ...
        return weights @ x

    def refuses(x):
        """Return the weights of x."""
        raise NotImplementedError("to do")

    def shows(x):
        print(x)

    def forgets(x):
        x @ x.T

    class Methods:
        def idle(self, x):
            pass

    def of_two(n, x):
        pass

    @functools.wraps(docstring)
    def wrapped(*given):
        return docstring(*given)

    empty = (docstring, gap, refuses, lambda x: None, lambda x: ...)
    for f in (*empty, Methods().idle, functools.partial(of_two, 1), wrapped):
        assert verdict("all_pairs", f).key == "any.empty"
    for f in (shows, forgets, print):
        assert verdict("all_pairs", f).key == "any.none"


def test_names_and_sizes_are_blamed_only_where_they_are_read():
    T, epsilon = 6, 1e-3

    def scores_of(x):
        return x @ examples_of_the_notebook.T

    examples_of_the_notebook = examples.inputs

    def through_another(x):
        return scores_of(x)

    def with_constant(x):
        return x @ x.T if len(x) == T else x @ x.T + 0.5

    def with_epsilon(x):
        return x @ x.T + (epsilon if len(x) % 2 else 0)

    found = verdict("all_pairs", through_another)
    assert (found.key, found.values) == (
        "any.only_example_name",
        {"name": "examples_of_the_notebook"},
    )
    assert verdict("all_pairs", with_constant).values == {"name": "T"}
    assert not verdict("all_pairs", with_epsilon).key.startswith("any.only")


@pytest.fixture
def float64_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_another_default_type_changes_no_verdict(float64_by_default):
    for declare in EXERCISES.values():
        declare.cache_clear()
    for name, declare in EXERCISES.items():
        assert verdict(name, declare().right).key == f"{name}.right"
    assert verdict("attention_function", lambda x: torch.zeros(x.shape)).key == "any.place"
    assert torch.get_default_dtype() is torch.float64
    check.causal(lambda x: x.cumsum(0))


def test_what_a_reader_does_to_an_example_changes_nothing():
    from helpers.examples import inputs, tokens

    inputs *= 10
    tokens.clear()
    assert examples.inputs.max() < 1
    assert examples.tokens[0] == "Your"
    assert verdict("dot_by_hand", 0.9422).key == "dot_by_hand.right"
    assert verdict("attention_function", lambda x: torch.softmax(x @ x.T, -1) @ x).key.endswith(
        ".right"
    )
    assert not set(examples.__all__) & set(vars(examples)), "an example that hands out no copy"


def test_drawn_cases_are_the_same_at_every_call():
    def make(d):
        return d.numbers(d.size(), d.size(2, 3)), d.weights(2, 2), d.mask(3), d.one_of("a", "b")

    one, other = drawn(5, make), drawn(5, make)
    for first, second in zip(one, other, strict=True):
        assert all(map(torch.equal, first[:3], second[:3])) and first[3] == second[3]
    assert len({tuple(case[0].shape) for case in one}) > 2


def test_cases_are_drawn_over_the_range_that_they_are_asked_for():
    many = drawn(200, lambda d: (d.size(), d.size(2, 3), d.one_of("a", "b"), d.mask()))
    assert len(many) == 200
    sizes, pairs, words, masks = zip(*many, strict=True)
    assert set(sizes) == set(range(1, 8)) and set(pairs) == {2, 3} and set(words) == {"a", "b"}
    assert 60 < sum(masks) < 140
    ((numbers, large, weights, even, mask),) = drawn(
        1,
        lambda d: (
            d.numbers(50, 40),
            d.numbers(50, 40, spread=30),
            d.weights(50, 40),
            d.weights(50, 40, spread=0.01),
            d.mask(50, 40, share=0.1),
        ),
    )
    assert abs(numbers.mean()) < 0.1 and 0.9 < numbers.std() < 1.1
    assert 27 < large.std() < 33
    assert torch.allclose(weights.sum(dim=-1), torch.ones(50)) and weights.min() > 0
    assert weights.max() > 0.1 and even.max() < 0.03
    assert mask.dtype is torch.bool and 100 < mask.sum() < 300


def test_drawn_numbers_do_not_hang_on_what_the_reader_set(float64_by_default):
    def make(d):
        return d.size(), d.numbers(2), d.mask(2)

    plainly = [*drawn(1, make)[0], draw(2)]
    with torch.device("meta"):
        found = [*drawn(1, make)[0], draw(2)]
    for tensor, other in zip(found[1:], plainly[1:], strict=True):
        assert tensor.device.type == "cpu" and torch.equal(tensor, other)
    assert found[0] == plainly[0]
    assert found[1].dtype is found[3].dtype is torch.float32
    assert torch.equal(draw(2), draw(2, seed=0))

"""What is said of numbers that differ and of functions, in sessions of any kind; drawn cases."""

import functools

import numpy as np
import pytest
import torch

from helpers import check, examples
from helpers.check import Function, Value, Verdict, draw, drawn, verdict
from helpers.check.calls import describe_case
from helpers.exercises import EXERCISES


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

        __call__ = idle

    def of_two(n, x):
        pass

    @functools.wraps(docstring)
    def wrapped(*given):
        return docstring(*given)

    empty = (docstring, gap, refuses, lambda x: None, lambda x: ...)
    for f in (*empty, Methods().idle, Methods(), functools.partial(of_two, 1), wrapped):
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

    def before_its_name(x):
        return x @ x.T + (0 if len(x) > 5 else later)

    found = verdict("all_pairs", before_its_name)
    assert (found.key, found.within.key) == ("any.raised", "any.only_example")
    later = 0.5
    found = verdict("all_pairs", through_another)
    assert (found.key, found.values) == (
        "any.only_example_name",
        {"name": "examples_of_the_notebook"},
    )
    assert verdict("all_pairs", with_constant).values == {"name": "T"}
    assert not verdict("all_pairs", with_epsilon).key.startswith("any.only")


def notebook(code):
    """Return the function `f` of a reader's cell."""
    exec(code, scope := {"__name__": "__main__"})
    return scope["f"]


ROOTS = Function(
    right=lambda x: x * len(x) ** 0.5, wrong={}, cases=[(torch.ones(6, 3),), (torch.ones(4, 2),)]
)
ONES = Function(right=lambda x: x + 1, wrong={}, cases=[(torch.ones(1, 3),), (torch.ones(4, 2),)])


PAIRS = Function(
    right=lambda x: x * len(x), wrong={}, cases=[(torch.ones(2, 3),), (torch.ones(4, 3),)]
)
TIMES = Function(
    right=lambda x, n, name: x * n,
    wrong={},
    cases=[(torch.ones(6, 3), 4, "a"), (torch.ones(5, 2), 7, "b")],
)


@pytest.mark.parametrize(
    ("task", "code", "values"),
    [
        (TIMES, "def f(x, n, name): return x * 4", {"number": 4}),
        (TIMES, "def f(x, n, name): return x * n + (6 - len(x))", {"number": 6}),
        (TIMES, "m = 4\ndef f(x, n, name): return x * m", {"name": "m"}),
        (PAIRS, "def f(x): return x * 2", {"number": 2}),
        (ROOTS, "def f(x): return x * 6**0.5", {"number": 6}),
        (ROOTS, "def f(x): return x / 6**-0.5", {"number": 6}),
        (
            ROOTS,
            "def f(x):\n  y = x.new_zeros((6, 3))\n  return y + x * len(x)**0.5",
            {"number": 3},
        ),
        (ROOTS, "n = 6\ndef f(x): return x * n**0.5", {"name": "n"}),
        (ROOTS, "def g(x): return [6 for _ in x]\ndef f(x): return x * g(x)[0]**.5", {"number": 6}),
        (
            ROOTS,
            "t = [1, 2]\ndef f(x): return x * len(x)**0.5 * t[len(x) < 5]",
            {"name": "t"},
        ),
        (ONES, "def f(x): return x + 1.0 * (len(x) < 2) + 0.0", None),
        (ONES, "one, yes = 1, True\ndef f(x): return x + one * yes * (len(x) < 2)", None),
        (ONES, "five, s = 5, 'ab'\ndef f(x): return x + (len(x) < five - len(s))", None),
        (ONES, "import torch\nt = torch.ones(1)\ndef f(x): return x + t * (len(x) < 2)", None),
        (
            ONES,
            "import torch\nt = torch.ones(2)\ndef f(x): return x + t[0] * (len(x) < 2)",
            {"name": "t"},
        ),
    ],
)
def test_only_what_belongs_to_the_example_is_blamed(task, code, values):
    found = task.verdict(notebook(code))
    blamed = found.key in ("any.only_example_name", "any.only_example_size")
    assert (found.values if blamed else None) == values
    assert found.key != "right"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import numpy as np\ndef f(x): return np.asarray(x) + 1", "np"),
        ("import numpy.linalg as la\ndef f(x): return x + la.norm([1])", "la"),
        ("def f(x): return x + x.softmax(0).sum(0)", "softmax"),
        ("from torch import softmax\ndef f(x): return x + softmax(x, 0).sum(0)", "softmax"),
        ("import torch\ndef f(x): return x + torch.softmax(x, 0).sum(0)", "softmax"),
        ("def g(x): return x.softmax(0).sum(0)\ndef f(x): return x + g(x)", "softmax"),
        ("def softmax(x): return 1\ndef f(x): return x + softmax(x)", None),
        ("def f(x): return x + {'softmax': 1}['softmax']", None),
        ("import math\ndef f(x): return x + math.exp(0)", None),
    ],
)
def test_what_must_not_be_used_is_found_by_its_name(code, name):
    task = Function(ONES.right, {}, ONES.cases, without=("numpy", "softmax"))
    found = task.verdict(notebook(code))
    expected = ("any.forbidden", {"name": name}) if name else ("right", {})
    assert (found.key, found.values) == expected


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
            d.weights(50, 2, 20),
            d.weights(50, 40, spread=0.01),
            d.mask(50, 40, share=0.1),
        ),
    )
    assert abs(numbers.mean()) < 0.1 and 0.9 < numbers.std() < 1.1
    assert 27 < large.std() < 33
    assert torch.allclose(weights.sum(dim=-1), torch.ones(50, 2)) and weights.min() > 0
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

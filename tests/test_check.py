"""The engine of the exercises: reading answers, calling functions, saying the verdict."""

import math
import random

import pytest
import torch

from helpers import check, set_language
from helpers.check import Verdict, verdict
from helpers.examples import inputs
from helpers.exercises import EXERCISES
from helpers.language import LANGUAGES, messages


@pytest.fixture(autouse=True)
def english():
    yield
    set_language("en")


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small tensors are slowed down a lot by threads that wait for a busy processor."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_the_verdict_is_printed_in_the_readers_language(capsys):
    for language in LANGUAGES:
        set_language(language)
        assert check.permutation_guess(" Stays ") is None
        right, shows = capsys.readouterr().out.splitlines()
        assert right == messages()["check.any.yes"][language].splitlines()[0]
        assert shows == messages()["check.permutation_guess.right"][language]
        check.permutation_guess("changes")
        wrong, hint = capsys.readouterr().out.splitlines()
        assert wrong == messages()["check.any.no"][language].splitlines()[0]
        assert hint == messages()["check.permutation_guess.order_matters"][language]


def test_a_verdict_is_said_in_the_language_asked_for():
    found = Verdict("any.none", {}, Verdict("any.case", {"input": "x (6, 3)"}))
    for language in LANGUAGES:
        inner = messages()["check.any.none"][language]
        said = messages()["check.any.case"][language].format(input="x (6, 3)", said=inner)
        assert found.said(language) == said
    assert found.said() == found.said("en")


def test_an_exercise_is_declared_by_its_name_and_asks_nothing_before_it_is_needed(
    capsys, monkeypatch
):
    monkeypatch.setattr("helpers.check.declare.EXERCISES", {})
    calls = []

    @check.exercise
    def sum_of_two():
        """Add 2 and 3."""
        calls.append(torch.get_default_dtype())
        return check.Value(right=5, wrong={"product": 6})

    assert (sum_of_two.__name__, sum_of_two.__doc__) == ("sum_of_two", "Add 2 and 3.")
    assert sum_of_two.__module__ == __name__
    assert not calls
    torch.set_default_dtype(torch.float64)
    sum_of_two(4)
    sum_of_two(...)
    torch.set_default_dtype(torch.float32)
    assert calls == [torch.float32]
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["✗ Not yet.", "4 is too small."]
    assert said[2].startswith("… Fill in")
    assert verdict("sum_of_two", 5).key == "sum_of_two.right"


def test_numbers_come_as_tensor_list_or_rounded_to_four_decimals():
    right = EXERCISES["token3_context"]().right
    rounded = [round(number, 4) for number in right.tolist()]
    for answer in [right, right.double(), right.tolist(), right.numpy(), list(right), rounded]:
        assert verdict("token3_context", answer).key == "token3_context.right"
    assert verdict("token3_context", right.requires_grad_()).key == "token3_context.right"
    assert verdict("token3_context", right + 2e-4).key == "any.close"
    assert verdict("token3_context", right + 0.2).key == "any.shift"


def test_shape_nan_and_strange_values_have_their_own_words():
    right = EXERCISES["token3_context"]().right.detach()
    found = verdict("token3_context", torch.zeros(2, 3))
    assert (found.key, found.values) == ("any.count", {"expected": 3, "actual": 6})
    assert verdict("token3_context", right * float("nan")).key == "any.not_finite"
    assert verdict("token3_context", [[1.0, 2.0], [3.0]]).key == "any.not_numbers"
    assert verdict("token3_context", check).key == "any.not_numbers"


def test_a_function_tied_to_the_example_is_found_out():
    def six_tokens(x):
        rows = [torch.softmax(torch.stack([x[i] @ x[j] for j in range(6)]), 0) for i in range(6)]
        return torch.stack(rows) @ x

    def global_inputs(x):
        return torch.softmax(inputs @ inputs.T, dim=-1) @ inputs

    def sized_output(x):
        out = torch.zeros(6, 3)
        for i in range(len(x)):
            out[i] = torch.softmax(x @ x[i], 0) @ x
        return out

    within = Verdict("any.only_example", {"example": "x (6, 3)", "input": "x (4, 2)"})
    for f in [six_tokens, global_inputs, sized_output]:
        found = verdict("attention_function", f)
        assert found.key.startswith("any.only_example")
        assert found.within == within
    found = verdict("attention_function", global_inputs)
    assert (found.key, found.values) == ("any.only_example_name", {"name": "inputs"})
    found = verdict("attention_function", six_tokens)
    assert (found.key, found.values) == ("any.only_example_size", {"number": 6})


def test_a_misconception_is_named_only_when_it_explains_every_case():
    def overflows_and_cuts(tokens):
        scores = [[sum(a * b for a, b in zip(x, y, strict=False)) for y in tokens] for x in tokens]
        powers = [[math.exp(score) for score in row] for row in scores]
        return [
            [
                sum(p * x for p, x in zip(row, column, strict=False)) / sum(row)
                for column in zip(*tokens, strict=False)
            ]
            for row in powers
        ]

    def clamped(scores):
        powers = scores.clamp(max=80).exp()
        return powers / powers.sum(dim=-1, keepdim=True)

    found = verdict("context_lists", overflows_and_cuts)
    assert found.key == "any.raised"
    assert found.values["error"] == "OverflowError: math range error"
    assert found.within.key == "any.only_example"
    assert not verdict("stable_softmax", clamped).key.startswith("stable_softmax")


def test_what_must_be_refused_is_named():
    def never_refuses(tokens):
        try:
            return EXERCISES["context_lists"]().right(tokens)
        except ValueError:
            return [[0.0]]

    found = verdict("context_lists", never_refuses)
    assert found.key == "any.should_raise"
    assert found.values == {"expected": "ValueError", "actual": "Tensor (1, 1)"}
    assert found.within == Verdict("any.case", {"input": "tokens [[1.0, 2.0], [3.0]]"})


def test_a_mask_of_ones_and_zeros_is_not_a_mask():
    def in_numbers(padding):
        later = torch.ones(padding.shape[1], padding.shape[1]).triu(1).bool()
        return (later | padding[:, None, :]).float()

    found = verdict("both_masks", in_numbers)
    assert (found.key, found.values) == ("any.boolean", {"actual": "torch.float32"})
    found = verdict("both_masks", lambda padding: in_numbers(padding).int().tolist())
    assert (found.key, found.values) == ("any.boolean", {"actual": "torch.int64"})


NOTEBOOK = """
import torch
from torch import nn

d_k = 2

class Attention(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.d_out = d_out
        self.W_query = nn.Linear(d_in, d_out, bias=False)
        self.W_key = nn.Linear(d_in, d_out, bias=False)
        self.W_value = nn.Linear(d_in, d_out, bias=False)

    def forward(self, x):
        queries, keys = self.W_query(x), self.W_key(x)
        weights = torch.softmax(queries @ keys.mT / WIDTH**0.5, dim=-1)
        return weights @ self.W_value(x)
"""


@pytest.mark.parametrize(
    ("width", "key"),
    [
        ("self.d_out", "right"),
        ("keys.shape[-1]", "right"),
        ("d_k", "reads_global"),
        ("2", "fixed_width"),
        ("x.shape[-1]", "input_width"),
        ("keys.shape[-2]", "tokens"),
        ("1", "no_scale"),
    ],
)
def test_a_class_of_a_notebook(width, key):
    notebook = {"__name__": "__main__"}
    exec(NOTEBOOK.replace("WIDTH", width), notebook)
    state = torch.get_rng_state()
    found = verdict("no_global", notebook["Attention"])
    assert found.key == f"no_global.{key}"
    if key == "reads_global":
        assert found.values["error"] == "NameError: name 'd_k' is not defined"
    assert torch.equal(torch.get_rng_state(), state)


def test_errors_of_the_readers_function_are_told_in_one_line(capsys):
    check.attention_function(lambda x: x @ x)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "✗ Not yet."
    assert said[1].startswith("For x (6, 3): your code stopped with an error: RuntimeError: mat1")
    check.attention_function(lambda x: 1 / 0)
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().out
    assert verdict("attention_function", lambda x: "no").key == "any.returned"
    assert verdict("attention_function", lambda x: {"x": x}).key == "any.returned"
    assert verdict("attention_function", lambda x: x[:2]).key == "any.shape"
    assert verdict("attention_function", lambda x: x * 2).key == "any.place"
    assert verdict("attention_function", lambda x: x / 0 * 0).key == "any.not_finite"


def test_a_check_leaves_random_numbers_and_arguments_alone(capsys):
    def noisy(x):
        print("inside")
        torch.manual_seed(torch.randint(100, ()).item())
        x += 1
        return x

    before = inputs.clone()
    torch.manual_seed(123)
    expected = torch.rand(3)
    torch.manual_seed(123)
    random.seed(1)
    state = random.getstate()
    check.attention_function(noisy)
    check.causal(noisy, inputs)
    assert torch.equal(torch.rand(3), expected)
    assert random.getstate() == state
    assert torch.equal(inputs, before)
    assert "inside" not in capsys.readouterr().out

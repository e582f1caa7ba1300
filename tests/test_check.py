"""The exercise checks: every declared misconception is recognised, every word is there."""

import math
import random
import re
import string
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers import check, set_language
from helpers.check import EXERCISES, Choice, Function, Value, verdict
from helpers.examples import inputs
from helpers.language import LANGUAGES, messages

GENERIC = {"empty", "not_numbers", "call_it", "not_callable", "choice", "choices"}
GENERIC |= {"shape", "not_finite", "numbers", "boolean", "raised", "returned", "should_raise"}
GENERIC |= {"only_example", "only_example_runs", "random", "rows"}
HEADS = {"yes", "no", "holds", "fails"}
PROPERTIES = {
    "causal": {"right", "leak"},
    "rows_sum_to_one": {"right", "sum", "columns"},
    "permutation": {"right", "moved"},
}
WRONG = [
    (name, key, variant)
    for name, declare in EXERCISES.items()
    for key, wrong in declare().wrong.items()
    for variant in (wrong if isinstance(wrong, tuple) else (wrong,))
]


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


def hints():
    return [
        (name, key, f"check.{name}.{key}") for name, e in EXERCISES.items() for key in e().wrong
    ]


# ---------------------------------------------------------------- every exercise


@pytest.mark.parametrize("name", EXERCISES)
def test_the_right_answer_is_right(name):
    assert verdict(name, EXERCISES[name]().right).key == f"{name}.right"


@pytest.mark.parametrize(
    ("name", "key", "answer"), WRONG, ids=[f"{name}-{key}" for name, key, _ in WRONG]
)
def test_a_typical_wrong_answer_shows_its_misconception(name, key, answer):
    assert verdict(name, answer).key == f"{name}.{key}"


@pytest.mark.parametrize("name", EXERCISES)
def test_an_empty_answer_is_met_kindly(name, capsys):
    def unwritten(*arguments):
        raise NotImplementedError

    spec = EXERCISES[name]()
    empty = [None, ..., "", [], [None, ...]]
    bodies = [lambda *arguments: None, lambda *arguments: ..., unwritten]
    if isinstance(spec, Function):
        is_class = isinstance(spec.right, type)
        empty += [type("C", (spec.right,), {"forward": b}) if is_class else b for b in bodies]
    for answer in empty:
        assert verdict(name, answer).key == "any.empty"
    assert getattr(check, name)(None) is None
    assert capsys.readouterr().out == "… Fill in your answer, then run this cell again.\n"


@pytest.mark.parametrize("name", EXERCISES)
def test_answers_of_a_wrong_type_are_told_so(name):
    kind = type(EXERCISES[name]())
    expected = {
        Value: {"any.not_numbers", "any.call_it"},
        Choice: {"any.choice", "any.choices"},
        Function: {"any.not_callable"},
    }[kind]
    wrong = ["seven", {"a": 1}] + ([3.5] if kind is not Value else [len])
    assert {verdict(name, answer).key for answer in wrong} <= expected


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_says_what_it_asks(name):
    assert len(getattr(check, name).__doc__) > 30


# ---------------------------------------------------------------- the words


def test_each_message_is_used_and_each_used_message_is_there():
    used = {f"check.any.{key}" for key in GENERIC | HEADS}
    used |= {f"check.{name}.{key}" for name, keys in PROPERTIES.items() for key in keys}
    used |= {f"check.{name}.right" for name in EXERCISES} | {key for _, _, key in hints()}
    assert used == {key for key in messages() if key.startswith("check.")}


def test_generic_messages_are_used_by_the_code():
    code = Path(check.__file__).read_text("utf-8")
    assert {key for key in GENERIC if f'"any.{key}"' not in code} == set()
    assert {key for key in HEADS if f'"check.any.{key}"' not in code} == set()


def test_messages_stand_in_every_language_with_the_same_values():
    for key, words in messages().items():
        if key.startswith("check."):
            assert set(words) == set(LANGUAGES), key
            fields = {
                language: {name for _, name, _, _ in string.Formatter().parse(said) if name}
                for language, said in words.items()
            }
            assert all(words.values()), key
            assert len(set(map(frozenset, fields.values()))) == 1, f"{key}: {fields}"


def test_messages_of_a_language_differ_within_an_exercise():
    for name, declare in EXERCISES.items():
        for language in LANGUAGES:
            said = [messages()[f"check.{name}.{key}"][language] for key in declare().wrong]
            assert len(set(said)) == len(said), f"{name} in {language}"


def test_no_hint_holds_the_solution():
    for name, key, message in hints():
        right = EXERCISES[name]().right
        for language, said in messages()[message].items():
            where = f"{name}.{key} in {language}"
            if isinstance(right, (str, list)) and isinstance(EXERCISES[name](), Choice):
                for word in [right] if isinstance(right, str) else right:
                    assert not re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", said), where
            elif not callable(right):
                numbers = torch.as_tensor(right).flatten().tolist()
                given = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", said)
                given = [float(number.replace(",", "")) for number in given]
                solved = [round(number, 4) in given for number in numbers]
                assert not all(solved), where


# ---------------------------------------------------------------- the mechanism


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


def test_numbers_come_as_tensor_list_or_rounded_to_four_decimals():
    right = EXERCISES["token3_context"]().right
    rounded = [round(number, 4) for number in right.tolist()]
    for answer in [right, right.double(), right.tolist(), right.numpy(), list(right), rounded]:
        assert verdict("token3_context", answer).key == "token3_context.right"
    assert verdict("token3_context", right.requires_grad_()).key == "token3_context.right"
    assert verdict("token3_context", right + 2e-4).key == "any.numbers"


def test_shape_nan_and_strange_values_have_their_own_words():
    right = EXERCISES["token3_context"]().right.detach()
    found = verdict("token3_context", right.reshape(1, 3))
    assert (found.key, found.values) == (
        "any.shape",
        {"expected": "(3,)", "actual": "(1, 3)"},
    )
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

    for f in [six_tokens, global_inputs, sized_output]:
        found = verdict("attention_function", f)
        assert found.key.startswith("any.only_example")
        assert (found.values["example"], found.values["input"]) == ("x (6, 3)", "x (4, 2)")
    assert verdict("attention_function", global_inputs).key == "any.only_example"
    found = verdict("attention_function", six_tokens)
    assert found.key == "any.only_example_runs"
    assert found.values["error"].startswith("IndexError: index 4")


def test_two_misconceptions_at_once_are_told_one_after_the_other():
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

    assert verdict("context_lists", overflows_and_cuts).key == "context_lists.overflow"


def test_what_must_be_refused_is_named():
    def never_refuses(tokens):
        try:
            return EXERCISES["context_lists"]().right(tokens)
        except ValueError:
            return [[0.0]]

    found = verdict("context_lists", never_refuses)
    assert found.key == "any.should_raise"
    assert found.values == {"expected": "ValueError", "input": "tokens [[1.0, 2.0], [3.0]]"}


def test_a_mask_of_ones_and_zeros_is_not_a_mask():
    found = verdict("causal_mask", lambda T: torch.ones(T, T).triu(1))
    assert (found.key, found.values) == ("any.boolean", {"actual": "torch.float32"})


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
        weights = torch.softmax(queries @ keys.T / WIDTH**0.5, dim=-1)
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
        ("keys.shape[0]", "tokens"),
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
    assert said[1].startswith("For x (6, 3) your code stopped with an error: RuntimeError: mat1")
    check.attention_function(lambda x: 1 / 0)
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().out
    assert verdict("attention_function", lambda x: "no").key == "any.returned"
    assert verdict("attention_function", lambda x: {"x": x}).key == "any.returned"
    assert verdict("attention_function", lambda x: x[:2]).key == "any.shape"
    assert verdict("attention_function", lambda x: x * 2).key == "any.numbers"
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


# ---------------------------------------------------------------- property checks


def running_mean(x):
    return x.cumsum(-2) / torch.arange(1, x.shape[-2] + 1).unsqueeze(-1)


def attention(x):
    return torch.softmax(x @ x.mT, dim=-1) @ x


def leaking(x):
    """Return the running mean, but row 3 peeks at token 6."""
    y = running_mean(x)
    y[..., 2, :] += 0.01 * x[..., 5, :]
    return y


class Dropping(nn.Module):
    def __init__(self):
        super().__init__()
        self.frozen = nn.Dropout(0.5).eval()
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return self.dropout(self.frozen(running_mean(x))), "weights"


@pytest.mark.parametrize("shape", [(6, 3), (2, 6, 4)])
def test_causal(shape):
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    check.assert_causal(running_mean, x)
    with pytest.raises(AssertionError, match=r"^Changing token 6 moved row 3 \(by up to 0\.0"):
        check.assert_causal(leaking, x)
    with pytest.raises(AssertionError, match="Changing token 2 moved row 1 "):
        check.assert_causal(attention, x)


def test_causal_puts_a_module_in_eval_mode_and_back():
    module = Dropping()
    check.assert_causal(module, inputs)
    assert (module.training, module.dropout.training, module.frozen.training) == (True, True, False)


def test_causal_refuses_what_cannot_be_judged():
    cases = {
        "Two calls": lambda x: torch.rand(x.shape),
        "NaN": lambda x: x * float("nan"),
        "one output row for each of the 6 tokens": lambda x: x[:4],
        "stopped with an error: ZeroDivisionError": lambda x: 1 / 0,
        "should return numbers": lambda x: "rows",
    }
    for said, f in cases.items():
        with pytest.raises(AssertionError, match=said):
            check.assert_causal(f, inputs)
    with pytest.raises(ValueError, match=r"T at least 2; got \(1, 3\)"):
        check.assert_causal(running_mean, inputs[:1])
    with pytest.raises(TypeError, match="float tensor"):
        check.assert_causal(running_mean, inputs.long())


@pytest.mark.parametrize("shape", [(6, 3), (2, 6, 4)])
def test_permutation(shape):
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    check.assert_permutation_equivariant(attention, x)
    with pytest.raises(AssertionError, match=r"in the order \[2, 1, 3, 4, 5, 6\], row 1 changed"):
        check.assert_permutation_equivariant(running_mean, x)


def test_rows_sum_to_one():
    scores = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    check.assert_rows_sum_to_one(torch.softmax(scores, dim=-1))
    check.assert_rows_sum_to_one([0.25, 0.75])
    with pytest.raises(AssertionError, match=r"^Row 1, 1, 1 sums to .* every column sums to 1"):
        check.assert_rows_sum_to_one(torch.softmax(scores, dim=-2))
    with pytest.raises(AssertionError, match=r"^Row 2 sums to 0\.9000, not to 1\.$"):
        check.assert_rows_sum_to_one([[0.5, 0.5], [0.3, 0.6]])
    with pytest.raises(AssertionError, match="NaN"):
        check.assert_rows_sum_to_one([0.5, float("nan")])
    with pytest.raises(AssertionError, match="Given: function"):
        check.assert_rows_sum_to_one(attention)


def test_properties_are_told_in_the_readers_language(capsys):
    set_language("ja")
    check.causal(leaking, inputs)
    assert capsys.readouterr().out.startswith("✗ トークン6を変えると、行3が動きました")
    check.causal(running_mean)
    check.permutation(attention)
    check.rows_sum_to_one(torch.eye(3))
    said = capsys.readouterr().out
    for name in PROPERTIES:
        assert f"✓ {messages()[f'check.{name}.right']['ja']}\n" in said
    check.causal(None)
    check.permutation(lambda x: None)
    check.rows_sum_to_one()
    assert capsys.readouterr().out == (messages()["check.any.empty"]["ja"] + "\n") * 3

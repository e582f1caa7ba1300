"""The property checks: what leaks, what is blind to order, which rows sum to 1."""

import pytest
import torch
from torch import nn

from helpers import check, set_language
from helpers.examples import inputs
from helpers.language import messages

PROPERTIES = ("causal", "rows_sum_to_one", "permutation")


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
    with pytest.raises(AssertionError, match=r"^Changing token 6 changed row 3 \(by up to 0\.0"):
        check.assert_causal(leaking, x)
    with pytest.raises(AssertionError, match="Changing token 2 changed row 1 "):
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


def test_each_token_is_replaced_and_each_order_drawn_as_often_as_asked():
    def tried(prove, **given):
        seen = []
        prove(lambda x: seen.append(x.clone()) or running_mean(x), inputs, **given)
        return [x for x in seen if not torch.equal(x, inputs)]

    for prove in (check.assert_causal, check.causal):
        for given, draws in (({}, 3), ({"draws": 1}, 1)):
            found = tried(prove, **given)
            moved = [(x != inputs).any(dim=1).nonzero().flatten().tolist() for x in found]
            assert sorted(moved) == sorted([[token] for token in range(1, 6)] * draws)
            assert len({tuple(x.flatten().tolist()) for x in found}) == 5 * draws
    for prove in (check.assert_permutation_equivariant, check.permutation):
        for given, draws in (({}, 3), ({"draws": 1}, 1)):
            seen = []
            prove(lambda x: seen.append(x.flatten().tolist()) or x, inputs, **given)  # noqa: B023
            assert len(seen) == 2 + 5 + draws  # twice as it is, five pairs of neighbours
            assert len(set(map(tuple, seen))) == 1 + 5 + draws


def test_two_tokens_are_enough():
    check.assert_causal(running_mean, inputs[:2])
    with pytest.raises(AssertionError, match="Changing token 2 changed row 1"):
        check.assert_causal(attention, inputs[:2])
    for x in (inputs[:1], inputs[0]):
        with pytest.raises(ValueError, match=r"T at least 2; got \((1, )?3,?\)"):
            check.assert_causal(attention, x)
    with pytest.raises(TypeError, match="float tensor; got list"):
        check.assert_causal(attention, inputs.tolist())


@pytest.mark.parametrize("shape", [(6, 3), (2, 6, 3)])
def test_a_leak_counts_from_the_size_that_another_order_of_summation_has(shape):
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1))

    def leaking_by(size):
        return lambda x: running_mean(x) + size * x[..., 5:, :].tanh()

    check.assert_causal(leaking_by(3e-6), x)
    with pytest.raises(AssertionError, match="Changing token 6 changed row"):
        check.assert_causal(leaking_by(3e-4), x)
    check.assert_rows_sum_to_one([[0.5, 0.50009], [0.4, 0.6]])
    with pytest.raises(AssertionError, match=r"^Row 1 sums to 1\.0002, not to 1\.$"):
        check.assert_rows_sum_to_one([[0.5, 0.5002], [0.4, 0.6]])
    with pytest.raises(AssertionError, match="every column sums to 1"):
        check.assert_rows_sum_to_one([[0.5, 0.1], [0.50009, 0.9]])


@pytest.mark.parametrize("at", [0, -1])
def test_one_sentence_that_hangs_on_another_is_noticed(at):
    def mixing(x, size=1.0):
        y = running_mean(x)
        y[at] += size * x[-1 - at].tanh()
        return y

    x = torch.rand(3, 4, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    check.assert_causal(running_mean, x)
    check.assert_causal(lambda x: mixing(x, 3e-6), x)
    with pytest.raises(AssertionError, match="the sentences are mixed"):
        check.assert_causal(mixing, x)


@pytest.mark.parametrize("shape", [(6, 3), (2, 6, 3)])
def test_what_fails_on_a_changed_input_is_told_with_it(shape):
    x = torch.rand(shape, generator=torch.Generator().manual_seed(1))

    def of_changed(then):
        return lambda given: running_mean(given) if torch.equal(given, x) else then(given)

    case = rf"^For x \({str(shape)[1:-1]}\): "
    for prove in (check.assert_causal, check.assert_permutation_equivariant):
        with pytest.raises(AssertionError, match=case + "your code stopped .* by zero"):
            prove(lambda given: 1 / 0, x)
        with pytest.raises(AssertionError, match=case + "your code stopped .* by zero"):
            prove(of_changed(lambda given: 1 / 0), x)
        with pytest.raises(AssertionError, match=case + r"Expected: shape .* has shape \(.*, 7\)"):
            prove(of_changed(lambda given: torch.zeros(*shape[:-1], 7)), x)
        with pytest.raises(AssertionError, match=case + "The answer holds NaN"):
            prove(lambda given: given / 0, x)
        with pytest.raises(AssertionError, match=r"function or class itself.* Given: float 2\.5"):
            prove(2.5, x)


def test_a_single_row_of_weights_is_row_1():
    with pytest.raises(AssertionError, match=r"^Row 1 sums to 0\.9000, not to 1\.$"):
        check.assert_rows_sum_to_one([0.5, 0.4])
    with pytest.raises(AssertionError, match="Call it, and pass what it returns"):
        check.assert_rows_sum_to_one(attention)


def test_the_readers_own_tokens_are_the_ones_that_are_tried(capsys):
    x = torch.rand(8, 3, generator=torch.Generator().manual_seed(1))
    pairs = {check.causal: (running_mean, attention), check.permutation: (attention, running_mean)}
    for prove, (good, bad) in pairs.items():
        f = lambda x, good=good, bad=bad: (good if len(x) == len(inputs) else bad)(x)  # noqa: E731
        prove(f, x)
        prove(f)
    said = [line[0] for line in capsys.readouterr().out.splitlines()]
    assert said == ["✗", "✓", "✗", "✓"]


def test_a_failed_assertion_speaks_english_whatever_the_language(capsys):
    set_language("ja")
    with pytest.raises(AssertionError, match=r"^Row 1 sums to 2\.0000, not to 1\.$"):
        check.assert_rows_sum_to_one([[2, 0], [1, 0]])
    check.rows_sum_to_one([[2, 0], [1, 0]])
    assert capsys.readouterr().out.startswith("✗ 行1")


def test_properties_are_told_in_the_readers_language(capsys):
    set_language("ja")
    check.causal(leaking, inputs)
    assert capsys.readouterr().out.startswith("✗ トークン6を変えると、行3が変わりました")
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


def multi_head(batch_first):
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, 2, batch_first=batch_first)
    return lambda x: layer(x, x, x)


@pytest.mark.parametrize("sentences", [1, 2, 5])
def test_tokens_on_the_first_axis_are_not_taken_for_a_hidden_future(sentences):
    x = torch.rand(sentences, 5, 4, generator=torch.Generator().manual_seed(1))
    with pytest.raises(AssertionError, match="the sentences are mixed"):
        check.assert_causal(multi_head(batch_first=False), x)
    with pytest.raises(AssertionError, match="the sentences are mixed"):
        check.assert_permutation_equivariant(multi_head(batch_first=False), x)
    with pytest.raises(AssertionError, match="Changing token 2 changed row 1"):
        check.assert_causal(multi_head(batch_first=True), x)
    check.assert_permutation_equivariant(multi_head(batch_first=True), x)
    check.assert_causal(running_mean, x)


def test_tokens_with_a_gradient_or_of_another_type_are_judged_too():
    embedding = nn.Embedding(9, 4)
    check.assert_causal(running_mean, embedding(torch.tensor([1, 5, 2])))
    check.assert_causal(running_mean, torch.rand(4, 3, dtype=torch.float64))
    check.assert_rows_sum_to_one(torch.eye(3, requires_grad=True).to_sparse())
    check.assert_rows_sum_to_one(torch.eye(3).bfloat16())
    with pytest.raises(AssertionError, match=r"real|numbers|list or a tensor"):
        check.assert_rows_sum_to_one(torch.eye(3) * 1j)


def test_what_is_no_function_of_tokens_meets_a_sentence(capsys):
    check.causal(inputs)
    check.permutation(3)
    check.causal(print)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("✗ Expected: the function or class itself")
    assert said[1].startswith("✗ Expected: the function or class itself")
    assert "returned None" in said[2]

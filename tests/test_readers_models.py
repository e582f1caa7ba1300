"""Models and positions as readers use them: torch's tools, odd tensors, numbers at the ends."""

import numpy as np
import pytest
import torch

from helpers import CrossAttention, MultiHeadAttention, Translator
from helpers.block import TinyLanguageModel, TransformerBlock, from_gpt2, sample
from helpers.positions import distance_bias, rotate

IDS = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 10]])


def both(model):
    """Return the model as a function of one batch of ids."""
    return model if isinstance(model, TinyLanguageModel) else lambda ids: model(ids, ids)[0]


@pytest.fixture(params=["writes", "translates"])
def model(request):
    torch.manual_seed(0)
    made = TinyLanguageModel(11, 8, 6, 2, 2) if request.param == "writes" else Translator(11)
    return made.eval()


def arguments(model):
    return (IDS,) if isinstance(model, TinyLanguageModel) else (IDS, IDS)


def logits(output):
    return output[0] if isinstance(output, tuple) else output


def test_a_model_is_compiled_whole(model):
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    assert torch.allclose(logits(compiled(*arguments(model))), both(model)(IDS), atol=1e-6)


@pytest.mark.parametrize("strict", [False, True])
def test_a_model_is_exported_for_any_batch(model, strict):
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", min=2, max=6)
    given = arguments(model)
    shapes = tuple({0: batch, 1: length} for _ in given)
    program = torch.export.export(model, given, dynamic_shapes=shapes, strict=strict).module()
    shorter = [ids[:1, :3] for ids in given]
    assert torch.allclose(logits(program(*shorter)), both(model)(IDS[:1, :3]), atol=1e-6)


def test_a_model_is_mapped(model):
    mapped = torch.func.vmap(both(model))(IDS[:, None])
    assert torch.allclose(mapped[:, 0], both(model)(IDS), atol=1e-6)


def test_a_model_without_values(model):
    output = both(model.to("meta"))(IDS.to("meta"))
    assert output.is_meta and output.shape == (2, 4, 11)


def test_a_token_is_drawn_where_the_logits_are():
    scores = torch.tensor([[0.0, 5.0], [5.0, 0.0]])
    assert torch.func.vmap(lambda x: sample(x, 0))(scores[:, None]).flatten().tolist() == [1, 0]
    with torch.device("meta"):
        assert sample(scores).device.type == "cpu"
    assert sample(scores.to("meta")).is_meta


@pytest.mark.parametrize(
    ("scores", "temperature"),
    [(torch.tensor([[1.0, 2.0]]), 1e-45), (torch.tensor([[9.0, 2.0]]).half(), 1e-5)],
)
def test_a_temperature_too_small_for_the_logits_draws_no_token_that_is_not_there(
    scores, temperature
):
    with pytest.raises(ValueError, match="too large for torch"):
        sample(scores, temperature)


def test_a_temperature_that_no_float_holds_is_refused():
    with pytest.raises(ValueError, match="temperature to be at least 0"):
        sample(torch.ones(1, 2), 10**400)


X = torch.ones(2, 3, 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: MultiHeadAttention(4, 4, 6, 0.0, 2)(x),
        lambda x: CrossAttention(4, 4, 6, 0.0, 2, causal=False)(X, x),
        lambda x: TransformerBlock(4, 6, 2)(x),
        rotate,
        sample,
    ],
)
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_tensor_that_is_no_grid_is_refused(call):
    with pytest.raises(TypeError, match=r"dense tensor .*; got torch\.sparse_coo"):
        call(X.to_sparse())
    with pytest.raises(TypeError, match=r"dense tensor .*; got a nested tensor"):
        call(torch.nested.nested_tensor([X[0], X[0, :2]]))


def test_ids_that_are_no_grid_or_no_token_are_refused(model):
    with pytest.raises(TypeError, match="dense tensor"):
        both(model)(IDS.to_sparse())
    for bad in (IDS - 1, IDS + 1):
        with pytest.raises(ValueError, match="expected token ids from 0 to 10; got"):
            both(model)(bad)


@pytest.mark.parametrize(
    ("x", "error", "says"),
    [
        ([[1.0]], TypeError, "a torch.Tensor; got list"),
        (X.long(), TypeError, r"real numbers.*int64 of shape \(2, 3, 4\)"),
        (X.double(), TypeError, "float32, as the parameters have it; got torch.float64"),
        (X[0], ValueError, r"\(B, T, d_in\) with d_in=4; got shape \(3, 4\)"),
        (X[..., :3], ValueError, r"d_in=4; got shape \(2, 3, 3\)"),
        (X / 0, ValueError, "finite numbers"),
    ],
)
def test_a_block_refuses_in_our_words(x, error, says):
    with pytest.raises(error, match=says):
        TransformerBlock(4, 6, 2)(x)


@pytest.mark.parametrize("with_weights", [False, True])
def test_an_output_map_whose_numbers_outgrow_their_dtype_is_noticed(with_weights):
    attention = MultiHeadAttention(4, 4, 6, 0.0, 2)
    torch.nn.init.constant_(attention.out_proj.weight, 3e38)
    torch.nn.init.ones_(attention.W_value.weight)
    with pytest.raises(ValueError, match=r"too large for torch\.float32"):
        attention(X, return_weights=with_weights)


def test_second_derivatives_come_with_the_weights():
    attention = MultiHeadAttention(4, 4, 6, 0.0, 2)
    second = torch.func.hessian(lambda x: attention(x, return_weights=True)[0].sum())(X[:1])
    assert second.isfinite().all() and second.any()


@pytest.mark.parametrize("value", [torch.nan, torch.inf, 6e4])
def test_positions_do_not_give_what_is_not_finite(value):
    x = torch.full((3, 2), value).half()
    for call in (rotate, lambda x: distance_bias(3, x[0])):
        with pytest.raises(ValueError, match=r"finite|too large"):
            call(x)


@pytest.mark.parametrize(
    "positions", [torch.tensor([0, torch.nan]), torch.tensor([0, torch.inf]), torch.arange(2) * 1j]
)
def test_positions_are_real_numbers(positions):
    with pytest.raises(ValueError, match="real and finite positions"):
        rotate(torch.ones(2, 4), positions)


@pytest.mark.parametrize(
    ("theirs", "error", "says"),
    [
        ({"h": X}, ValueError, "GPT-2's parameter; got 'h'"),
        ({"": X}, ValueError, "got ''"),
        ({"transformer.h.0": X}, ValueError, "got 'transformer.h.0'"),
        ({1: X}, ValueError, "got 1"),
        ([X], TypeError, "state dict; got list"),
        ({"wte.weight": np.ones((2, 2))}, TypeError, "got ndarray as wte.weight"),
    ],
)
def test_what_is_no_gpt2_is_named(theirs, error, says):
    with pytest.raises(error, match=says):
        from_gpt2(theirs)

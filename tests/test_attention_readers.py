"""The classes as readers use them: small dtypes, large numbers, torch's tools, replaced layers."""

import pytest
import torch
from torch import nn

from helpers import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
    softmax_naive,
)

MAKE = {
    "V1": lambda: SelfAttentionV1(8, 4),
    "V2": lambda: SelfAttentionV2(8, 4, qkv_bias=True),
    "causal": lambda: CausalAttention(8, 4, 6, 0.0),
    "wrapper": lambda: MultiHeadAttentionWrapper(8, 4, 6, 0.0, 2),
    "heads": lambda: MultiHeadAttention(8, 4, 6, 0.0, 2),
    "both ways": lambda: MultiHeadAttention(8, 4, 6, 0.0, 2, causal=False),
}


@pytest.fixture(params=MAKE)
def module(request):
    torch.manual_seed(0)
    return MAKE[request.param]().eval()


def tokens(*shape, scale=1.0, dtype=torch.float32):
    x = torch.randn(*shape, 8, generator=torch.Generator().manual_seed(1))
    return (scale * x).to(dtype)


def calls(module):
    yield module
    if isinstance(module, MultiHeadAttention):
        yield lambda x: module(x, return_weights=True)[0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("scale", [1.0, 200.0, 2e4, 1e20, 1e37])
def test_finite_input_gives_finite_output_or_a_clear_error(module, dtype, scale):
    x = tokens(2, 6, scale=scale, dtype=torch.float64).to(dtype)
    if not x.isfinite().all():
        pytest.skip("not finite in this dtype")
    for call in calls(module.to(dtype)):
        try:
            output = call(x)
        except ValueError as error:
            assert "too large for torch" in str(error) and scale > 1
        else:
            assert output.isfinite().all() and output.dtype is dtype


def test_values_too_large_are_refused_though_the_weights_are_fine(module):
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.fill_(1e30 if "W_value" in name else 0.0)
    for call in calls(module):
        assert call(tokens(2, 6)).isfinite().all()
        with pytest.raises(ValueError, match=r"too large for torch\.float32"):
            call(tokens(2, 6, scale=1e20))


def test_weights_of_half_precision_agree_with_the_fused_kernel():
    torch.manual_seed(0)
    module = MultiHeadAttention(64, 64, 8, 0.0, 4).half().eval()
    x = (200 * torch.randn(1, 8, 64, generator=torch.Generator().manual_seed(1))).half()
    explicit, weights = module(x, return_weights=True)
    assert explicit.isfinite().all() and weights.isfinite().all()
    assert torch.allclose(explicit, module(x), rtol=0.05, atol=2.0)


def test_compiled_whole(module):
    x = tokens(2, 6)
    compiled = torch.compile(module, fullgraph=True, backend="eager")
    assert torch.allclose(compiled(x), module(x), atol=1e-6)


def test_exported(module):
    x = tokens(2, 6)
    for strict in (False, True):
        program = torch.export.export(module, (x,), strict=strict)
        assert torch.allclose(program.module()(x), module(x), atol=1e-6)


def test_mapped(module):
    x = tokens(3, 2, 6)
    one_by_one = torch.stack([module(each) for each in x])
    assert torch.allclose(torch.func.vmap(module)(x), one_by_one, atol=1e-6)


def test_without_values(module):
    output = module.to("meta")(tokens(2, 6).to("meta"))
    assert output.shape[:2] == (2, 6) and output.is_meta


@pytest.mark.parametrize("function", [simple_self_attention, softmax_naive])
def test_functions_too(function):
    x = tokens(3, 6)
    expected = torch.stack([function(each) for each in x])
    assert torch.allclose(torch.func.vmap(function)(x), expected, atol=1e-6)
    compiled = torch.compile(function, fullgraph=True, backend="eager")
    assert torch.allclose(compiled(x), function(x), atol=1e-6)
    assert function(x.to("meta")).shape == x.shape


class Adapted(nn.Module):
    """A layer with a low-rank addition, as fine-tuning puts it in place of the first one."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.down = nn.Linear(8, 2, bias=False)
        self.up = nn.Linear(2, layer.weight.shape[0], bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.layer(x) + self.up(self.down(x))


@pytest.mark.parametrize("name", ["V2", "causal", "heads"])
def test_a_replaced_layer_works(name):
    module = MAKE[name]()
    x = tokens(2, 6)
    before = module(x)
    module.W_query = Adapted(module.W_query)
    assert torch.allclose(module(x), before, atol=1e-6)


def test_another_dtype_gets_our_message(module):
    with pytest.raises(
        TypeError, match=r"expected torch.float32, as the parameters have it; got torch.float64"
    ):
        module(tokens(2, 6, dtype=torch.float64))


def test_autocast_may_mix_dtypes():
    module = MAKE["heads"]()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert module(tokens(2, 6)).isfinite().all()
        assert module(tokens(2, 6).bfloat16()).isfinite().all()

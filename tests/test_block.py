"""block.py against formulas without modules, GPT-2's own layout, and bad input."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F

from helpers import check, stories
from helpers.block import EncoderBlock, TinyLanguageModel, TransformerBlock, from_gpt2, sample

close = torch.testing.assert_close


def drawn(module, seed=0):
    """Fill every parameter, norms and biases too, with numbers that matter; in float64."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(0.4 * torch.randn(parameter.shape, generator=generator))
    return module.double().eval()


def norm(x, p, name, eps=1e-5):
    spread = (x.var(-1, unbiased=False, keepdim=True) + eps).sqrt()
    return (x - x.mean(-1, keepdim=True)) / spread * p[name + ".weight"] + p[name + ".bias"]


def attention(x, p, name, num_heads, causal):
    """One sentence (T, D), one head after the other, one query after the other."""
    q, k, v = (
        x @ p[f"{name}.W_{part}.weight"].T + p[f"{name}.W_{part}.bias"]
        for part in ("query", "key", "value")
    )
    width = x.shape[1] // num_heads
    heads = torch.zeros_like(x)
    for h in range(num_heads):
        part = slice(h * width, (h + 1) * width)
        for i in range(len(x)):
            seen = i + 1 if causal else len(x)
            scores = torch.stack([q[i, part] @ k[j, part] for j in range(seen)]) / width**0.5
            weights = (scores - scores.max()).exp()
            heads[i, part] = weights / weights.sum() @ v[:seen, part]
    return heads @ p[f"{name}.out_proj.weight"].T + p[f"{name}.out_proj.bias"]


def mlp(x, p, curve):
    hidden = curve(x @ p["mlp.0.weight"].T + p["mlp.0.bias"])
    return hidden @ p["mlp.2.weight"].T + p["mlp.2.bias"]


def gelu_tanh(x):
    return x / 2 * (1 + torch.tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)))


def gelu(x):
    return x * (1 + torch.erf(x / 2**0.5)) / 2


@pytest.mark.parametrize("T, D, H", [(5, 8, 2), (1, 6, 3), (7, 12, 1)])
def test_the_block_that_writes(T, D, H):
    block = drawn(TransformerBlock(D, 7, H), seed=T)
    p, x = block.state_dict(), torch.randn(2, T, D, dtype=torch.float64)
    for found, one in zip(block(x), x, strict=True):
        one = one + attention(norm(one, p, "norm_1"), p, "attention", H, causal=True)
        close(found, one + mlp(norm(one, p, "norm_2"), p, gelu_tanh))
    check.assert_causal(block, x) if T > 1 else None


@pytest.mark.parametrize("T, D, H", [(5, 8, 2), (3, 6, 3)])
def test_the_block_that_reads(T, D, H):
    block = drawn(EncoderBlock(D, 7, H, 10), seed=T)
    p, x = block.state_dict(), torch.randn(2, T, D, dtype=torch.float64)
    vectors, weights = block(x)
    assert weights.shape == (2, H, T, T)
    for found, one in zip(vectors, x, strict=True):
        one = norm(one + attention(one, p, "attention", H, causal=False), p, "norm_1", 1e-12)
        close(found, norm(one + mlp(one, p, gelu), p, "norm_2", 1e-12))
    check.assert_permutation_equivariant(lambda x: block(x)[0], x)


def gpt2_logits(ids, p, num_heads):
    """GPT-2 in its own layout: x @ W + b, queries, keys and values cut out of one product."""
    x = p["transformer.wte.weight"][ids] + p["transformer.wpe.weight"][: ids.shape[1]]
    B, T, D = x.shape
    layer = 0
    while f"transformer.h.{layer}.ln_1.weight" in p:
        at = f"transformer.h.{layer}."
        own = {name.removeprefix(at): value for name, value in p.items() if name.startswith(at)}
        y = norm(x, own, "ln_1") @ own["attn.c_attn.weight"] + own["attn.c_attn.bias"]
        q, k, v = (part.view(B, T, num_heads, -1).transpose(1, 2) for part in y.split(D, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + y @ own["attn.c_proj.weight"] + own["attn.c_proj.bias"]
        y = gelu_tanh(norm(x, own, "ln_2") @ own["mlp.c_fc.weight"] + own["mlp.c_fc.bias"])
        x = x + y @ own["mlp.c_proj.weight"] + own["mlp.c_proj.bias"]
        layer += 1
    return norm(x, p, "transformer.ln_f") @ p["lm_head.weight"].T


def gpt2_state(V, D, context_length, layers):
    sizes = {"transformer.wte.weight": (V, D), "transformer.wpe.weight": (context_length, D)}
    for layer in range(layers):
        at = f"transformer.h.{layer}."
        for name in ("ln_1", "ln_2"):
            sizes |= {f"{at}{name}.weight": (D,), f"{at}{name}.bias": (D,)}
        for name, size in {
            "attn.c_attn": (D, 3 * D),
            "attn.c_proj": (D, D),
            "mlp.c_fc": (D, 4 * D),
            "mlp.c_proj": (4 * D, D),
        }.items():
            sizes |= {f"{at}{name}.weight": size, f"{at}{name}.bias": size[1:]}
    sizes |= {"transformer.ln_f.weight": (D,), "transformer.ln_f.bias": (D,)}
    sizes |= {"lm_head.weight": (V, D)}
    generator = torch.Generator().manual_seed(1)
    return {
        name: 0.4 * torch.randn(size, generator=generator, dtype=torch.float64)
        for name, size in sizes.items()
    }


@pytest.mark.parametrize("prefix", ["transformer.", ""])
def test_a_gpt2_loads_and_gives_its_logits(prefix):
    """The same was tried with transformers 5.24.0: GPT2LMHeadModel, equal to 1e-6 in float32."""
    theirs = gpt2_state(V=11, D=12, context_length=9, layers=3)
    model = TinyLanguageModel(11, 12, 9, num_heads=3, num_layers=3).double()
    named = {name.replace("transformer.", prefix): x for name, x in theirs.items()}
    mask = torch.ones(1, 1, 9, 9).tril()
    named = {f"{prefix}h.0.attn.bias": mask, **named}  # older files hold it
    missing, unexpected = model.load_state_dict(from_gpt2(named), strict=False)
    assert missing == [f"blocks.{i}.attention.mask" for i in range(3)] and unexpected == []
    ids = torch.randint(11, (2, 8), generator=torch.Generator().manual_seed(2))
    close(model(ids), gpt2_logits(ids, theirs, 3))
    del named["lm_head.weight"]  # as published: the table of tokens makes the logits
    model.load_state_dict(from_gpt2(named), strict=False)
    tied = theirs | {"lm_head.weight": theirs["transformer.wte.weight"]}
    close(model(ids), gpt2_logits(ids, tied, 3))
    with pytest.raises(ValueError, match=r"got 'h\.0\.attn\.rotary\.weight'"):
        from_gpt2({"h.0.attn.rotary.weight": torch.ones(2)})


def test_no_token_sees_a_later_one():
    model = drawn(TinyLanguageModel(10, 8, 6, 2, 2))
    ids = torch.randint(10, (3, 6))
    changed = ids.clone()
    changed[:, 4] = (changed[:, 4] + 1) % 10
    close(model(ids)[:, :4], model(changed)[:, :4], rtol=0, atol=0)
    assert not torch.allclose(model(ids)[:, 4:], model(changed)[:, 4:])


def test_generating_is_asking_again_and_again():
    model = drawn(TinyLanguageModel(10, 8, 6, 2, 2))
    start = torch.tensor([[1, 2], [3, 4]])
    found = model.generate(start, 9, temperature=0)
    assert found.shape == (2, 11) and torch.equal(found[:, :2], start)
    for i in range(2, 11):
        assert torch.equal(found[:, i], model(found[:, max(0, i - 6) : i])[:, -1].argmax(-1))
    drawings = [
        model.generate(start, 9, 2.0, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    ]
    assert torch.equal(*drawings[:2]) and not torch.equal(*drawings[1:])
    assert not model.generate(start, 1).requires_grad


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_tokens_come_as_often_as_their_probability_says(temperature):
    logits = torch.tensor([2.0, -torch.inf, 0.0, 1.0, -1.0, -torch.inf])
    generator = torch.Generator().manual_seed(0)
    found = sample(logits.expand(40_000, 6), temperature, generator)
    assert found.shape == (40_000, 1) and found.dtype == torch.int64
    shares = found.flatten().bincount(minlength=6) / 40_000
    expected = torch.softmax(logits / temperature, dim=0)
    assert (shares - expected).abs().max() < 0.01 and shares[1] == shares[5] == 0


def test_the_ends_of_the_random_numbers_draw_tokens_that_may_come(monkeypatch):
    logits = torch.tensor([[-torch.inf, 0.0, 0.0, -torch.inf]])
    for point, token in ((0.0, 1), (1 - 2**-24, 2)):
        monkeypatch.setattr(torch, "rand", lambda *_, point=point, **__: torch.tensor([[point]]))
        assert sample(logits).item() == token
    for size in range(1, 100):  # the sum of the weights is not 1 to the last bit
        assert 0 <= sample(torch.zeros(1, size)).item() < size


def test_the_default_dtype_changes_no_drawing():
    logits = torch.randn(500, 9, generator=torch.Generator().manual_seed(1))
    plain = sample(logits, generator=torch.Generator().manual_seed(0))
    torch.set_default_dtype(torch.float64)
    other = sample(logits, generator=torch.Generator().manual_seed(0))
    torch.set_default_dtype(torch.float32)
    assert torch.equal(plain, other)


def test_dropout_only_while_training():
    block = TransformerBlock(8, 4, 2, dropout=0.5)
    x = torch.randn(1, 4, 8)
    assert not torch.equal(block(x), block(x))
    block.eval()
    assert torch.equal(block(x), block(x))


def test_the_stories():
    texts = [tuple(words) for words in stories.stories]
    assert len(texts) == len(set(texts)) == 900
    assert {len(words) for words in texts} == {19} and len(stories.vocabulary) == 33
    first = "ana has a black ball . at dawn ana eats bread . the ball of ana is black ."
    assert stories.stories[0] == first.split()


model = TinyLanguageModel(10, 8, 6, 2, 1)


def test_small_ids_and_whole_temperatures_are_welcome():
    ids = torch.tensor([[0, 9]])
    assert torch.equal(model(ids.int()), model(ids))
    logits = torch.tensor([[0.0, 2.0, -torch.inf]]).expand(500, 3)
    drawings = [sample(logits, t, torch.Generator().manual_seed(0)) for t in (2, 2.0)]
    assert torch.equal(*drawings)


def test_the_temperature_is_1_if_nobody_says_so():
    logits = torch.tensor([[0.0, 2.0, 1.0]]).expand(500, 3)
    start = torch.zeros(20, 1, dtype=torch.int64)
    for call in (partial(sample, logits), partial(model.generate, start, 9)):
        plain = call(generator=torch.Generator().manual_seed(0))
        assert torch.equal(plain, call(1.0, torch.Generator().manual_seed(0)))


@pytest.mark.parametrize(
    "call, error, said",
    [
        (lambda: TransformerBlock(8, 4, 3), ValueError, "num_heads to divide"),
        (lambda: TransformerBlock(8, 4, 2, dropout=1.0), ValueError, "below 1; got 1.0"),
        (lambda: TransformerBlock(8, 4, 2)(torch.ones(1, 5, 8)), ValueError, "context_length=4"),
        (lambda: TinyLanguageModel(10, 8, 6, 2, 0), ValueError, "num_layers to be at least 1"),
        (lambda: TinyLanguageModel(10.0, 8, 6, 2, 1), TypeError, "vocabulary_size to be an int"),
        (lambda: TinyLanguageModel(10, "8", 6, 2, 1), TypeError, "d_model to be an int"),
        (lambda: TinyLanguageModel(10, 8, 0, 2, 1), ValueError, "context_length to be at least 1"),
        (lambda: EncoderBlock(8, 4, 2, 0), ValueError, "d_hidden to be at least 1"),
        (lambda: model([[1, 2]]), TypeError, "got list"),
        (lambda: model(torch.ones(1, 2)), TypeError, "got torch.float32"),
        (lambda: model(torch.tensor([1, 2])), ValueError, r"shape \(B, T\); got \(2,\)"),
        (lambda: model(torch.tensor([[1, 10]])), ValueError, "from 0 to 9; got 1 to 10"),
        (lambda: model(torch.ones(1, 7, dtype=torch.int64)), ValueError, "at most context_length"),
        (lambda: model.generate(torch.ones(1, 0, dtype=torch.int64), 1), ValueError, r"\(1, 0\)"),
        (lambda: model.generate(torch.tensor([[1]]), 0), ValueError, "count to be at least 1"),
        (lambda: model.generate(torch.tensor([[1]]), 1, -1.0), ValueError, "at least 0; got -1.0"),
        (lambda: model.generate(torch.tensor([[1]]), 1, "hot"), TypeError, "got 'hot'"),
        (lambda: sample(torch.ones(3)), ValueError, r"shape \(B, V\); got \(3,\)"),
        (lambda: sample(torch.tensor([[1.0, torch.nan]])), ValueError, "without NaN"),
        (lambda: sample(torch.ones(1, 3, dtype=torch.int64)), TypeError, "got torch.int64"),
        (lambda: sample([[1.0]]), TypeError, "got list"),
        (lambda: sample(torch.ones(1, 0)), ValueError, r"shape \(B, V\); got \(1, 0\)"),
        (lambda: sample(torch.tensor([[torch.inf, 0.0]])), ValueError, "finite largest one"),
        (lambda: sample(torch.tensor([[0.0], [-torch.inf]])), ValueError, "finite largest one"),
        (lambda: sample(torch.ones(1, 3), True), TypeError, "number; got True"),
        (lambda: sample(torch.ones(1, 3), float("inf")), ValueError, "at least 0; got inf"),
        (lambda: sample(torch.ones(1, 3), float("nan")), ValueError, "at least 0; got nan"),
        (lambda: model(torch.tensor([[-1, 2]])), ValueError, "from 0 to 9; got -1 to 2"),
    ],
)
def test_bad_input(call, error, said):
    with pytest.raises(error, match=said):
        call()

"""The package against every published value in reference-values.json, as printed.

Run as a script it prints the text of all of them; a test compares that text across
the instruction sets of the processor.
"""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from helpers import pure
from helpers.attention import (
    CausalAttention,
    MultiHeadAttention,
    MultiHeadAttentionWrapper,
    SelfAttentionV1,
    SelfAttentionV2,
    simple_self_attention,
    softmax_naive,
)
from helpers.examples import inputs
from tests.notebook_checks import text_of
from tools.notebooks import SOURCE, chapters, read

ROOT = Path(__file__).parents[1]
TABLE = json.loads(Path(__file__).with_name("reference-values.json").read_text("utf-8"))["values"]
ENTRIES = {entry["id"]: entry for entry in TABLE}

batch = torch.stack([inputs, inputs])  # (2, 6, 3)
three_tokens = torch.tensor([[1.0, 0.5, 0.3, 0.2], [0.2, 0.1, 0.9, 0.7], [0.8, 0.3, 0.2, 0.4]])
four_dimensions = torch.tensor(
    [
        [
            [0.2745, 0.6584, 0.2775, 0.8573],
            [0.8993, 0.039, 0.9268, 0.7388],
            [0.7179, 0.7058, 0.9156, 0.434],
        ],
        [
            [0.0772, 0.3565, 0.1479, 0.5331],
            [0.4066, 0.2318, 0.4545, 0.9737],
            [0.4606, 0.5159, 0.422, 0.5786],
        ],
    ]
)[None]  # (1, 2, 3, 4)


def seeded(seed, make, *arguments, **options):
    torch.manual_seed(seed)
    return make(*arguments, **options)


def simple():
    """The values without trained weights."""
    scores = inputs @ inputs.T
    products = inputs[1] * inputs[1]
    by_sum = scores[1] / scores[1].sum()
    weights = softmax_naive(scores)
    return {
        "inputs": inputs,
        "dot_x1_q2": torch.dot(inputs[0], inputs[1]),
        "dot_partial_x2_q2": [products[: n + 1].sum() for n in range(3)],
        "attn_scores_2": torch.stack([torch.dot(x, inputs[1]) for x in inputs]),
        "attn_weights_2_tmp": by_sum,
        "softmax_naive_2": softmax_naive(scores[1]),
        "attn_weights_2": torch.softmax(scores[1], dim=0),
        "sum_repr_tmp_vs_softmax": [repr(by_sum.sum()), repr(torch.softmax(scores[1], 0).sum())],
        "context_vec_2": simple_self_attention(inputs)[1],
        "attn_scores": scores,
        "attn_weights": weights,
        "row_sums": weights.sum(-1),
        "all_context_vecs": simple_self_attention(inputs),
        "derived_softmax_overflow": softmax_naive(100 * scores[1]),
        "derived_self_not_max": weights.argmax(-1),
    }


def trained():
    """The values of one head with drawn weights, token 2 first."""
    values = {}
    for prefix, init in (("002", torch.randn), ("rasbt", torch.rand)):
        v1 = seeded(123, SelfAttentionV1, 3, 2, init=init)
        query, keys = inputs[1] @ v1.W_query, inputs @ v1.W_key
        scores = keys @ query
        weights = torch.softmax(scores / math.sqrt(2), dim=-1)
        values |= {
            f"{prefix}_W_q": v1.W_query,
            f"{prefix}_W_k": v1.W_key,
            f"{prefix}_W_v": v1.W_value,
            f"{prefix}_query_2": query,
            f"{prefix}_keys": keys,
            f"{prefix}_score_22": scores[1],
            f"{prefix}_attn_score_22": scores[1],
            f"{prefix}_attn_scores_2": scores,
            f"{prefix}_attn_weights_2": weights,
            f"{prefix}_context_vec_2": weights @ (inputs @ v1.W_value),
            f"{prefix}_SelfAttention_V1": v1(inputs),
            f"{prefix}_sa_v1": v1(inputs),
        }
    scores = values["002_attn_scores_2"]
    return values | {
        "002_SelfAttention_V2": seeded(123, SelfAttentionV2, 3, 2)(inputs),
        "rasbt_sa_v2": seeded(789, SelfAttentionV2, 3, 2)(inputs),
        "derived_neg_sum_norm": scores / scores.sum(),
    }


def masked():
    """The values that lead to causal attention."""
    v2 = seeded(789, SelfAttentionV2, 3, 2)
    scores = v2.W_query(inputs) @ v2.W_key(inputs).T
    weights = torch.softmax(scores / math.sqrt(2), dim=-1)
    hidden = scores.masked_fill(CausalAttention(3, 2, 6, 0.0).mask, -torch.inf)
    causal = torch.softmax(hidden / math.sqrt(2), dim=-1)
    return {
        "rasbt_attn_weights_unmasked": weights,
        "rasbt_masked_simple": weights.tril(),
        "rasbt_masked_simple_norm": weights.tril() / weights.tril().sum(-1, keepdim=True),
        "rasbt_masked_scores_inf": hidden,
        "rasbt_causal_weights": causal,
        "rasbt_causal_batch": seeded(123, CausalAttention, 3, 2, 6, 0.0)(batch),
    }


def many_heads():
    """The values of several heads."""
    split = seeded(123, MultiHeadAttention, 3, 2, 6, 0.0, 2)
    unmasked = seeded(123, MultiHeadAttention, 3, 2, 6, 0.0, 2, causal=False)
    large = MultiHeadAttention(768, 768, 1024, 0.0, 12)
    return {
        "rasbt_mha_wrapper": seeded(123, MultiHeadAttentionWrapper, 3, 2, 6, 0.0, 2)(batch),
        "rasbt_mha": split(batch),
        "rasbt_batched_matmul": four_dimensions @ four_dimensions.transpose(2, 3),
        "rasbt_ex3_2": seeded(123, MultiHeadAttentionWrapper, 3, 1, 6, 0.0, 2)(batch),
        "rasbt_ex3_3_params": sum(parameter.numel() for parameter in large.parameters()),
        "derived_SY256_mask_bug": unmasked(inputs[None])[0],
        "derived_wrapper_eq_mha": wrapper_is_split(),
    }


def wrapper_is_split():
    wrapper = seeded(123, MultiHeadAttentionWrapper, 3, 2, 6, 0.0, 2)
    split = MultiHeadAttention(3, 4, 6, 0.0, 2)
    with torch.no_grad():
        for name in ("W_query", "W_key", "W_value"):
            stacked = torch.cat([getattr(head, name).weight for head in wrapper.heads])
            getattr(split, name).weight.copy_(stacked)
        split.out_proj.weight.copy_(torch.eye(4))
        split.out_proj.bias.zero_()
    return torch.allclose(wrapper(batch), split(batch), atol=1e-6)


def drawn():
    """The values of the three-token example."""
    v1 = seeded(42, SelfAttentionV1, 4, 4)
    scores = (three_tokens @ v1.W_query) @ (three_tokens @ v1.W_key).T / math.sqrt(4)
    return {
        "004_scores": scores,
        "004_weights": torch.softmax(scores, dim=-1),
        "004_output": v1(three_tokens),
    }


def library_free():
    """The values of helpers.pure; given the decimals, not the float32 numbers nearest to them."""
    return {"pure_python_context": pure.context_vectors(ENTRIES["inputs"]["expected"])}


def computed():
    groups = (simple, trained, masked, many_heads, drawn, library_free)
    with torch.no_grad():
        return {name: value for group in groups for name, value in group().items()}


def printed(value):
    """Return `value` with every real number as it is printed, at four decimals."""
    if isinstance(value, torch.Tensor):
        value = value.tolist()
    if isinstance(value, list):
        return [printed(part) for part in value]
    if isinstance(value, float):
        return f"{value:.4f}"
    return value if isinstance(value, bool | str) else f"{value}"


def same_form(expected, actual):
    """Return the table's value as `printed` writes it: its zeros may be ints, its -inf words."""
    if isinstance(expected, list):
        pairs = zip(expected, actual, strict=True)
        return [same_form(one, other) for one, other in pairs]
    decimal = isinstance(actual, str) and ("." in actual or actual in ("inf", "-inf", "nan"))
    if decimal and not str(expected).startswith("tensor"):
        return f"{float(expected):.4f}"
    return expected if isinstance(expected, bool | str) else f"{expected}"


@pytest.fixture(scope="module")
def values():
    return computed()


COMPARED = [name for name, entry in ENTRIES.items() if "not_compared" not in entry]


@pytest.mark.parametrize("name", COMPARED)
def test_value_is_as_published(name, values):
    actual = printed(values[name])
    assert actual == same_form(ENTRIES[name]["expected"], actual)


def test_what_is_not_compared_has_a_reason():
    reasons = {name: e["not_compared"] for name, e in ENTRIES.items() if "not_compared" in e}
    assert set(reasons) == {
        "rasbt_dropout_ones",
        "rasbt_dropout_weights",
        "004_block1_example_matrix",
    }
    assert all(reasons.values())


def test_a_wrong_digit_is_seen(values):
    actual = printed(values["context_vec_2"])
    assert actual == same_form([0.4419, 0.6515, 0.5683], actual)
    assert actual != same_form([0.4419, 0.6515, 0.5684], actual)
    assert actual != same_form([0.4419, 0.6514, 0.5683], actual)


def test_pure_python_digits_are_equal_as_far_as_float64_guarantees_them(values):
    """The last digit hangs on the order of the operations and on the system's exponential."""
    expected = torch.tensor(ENTRIES["pure_python_context"]["expected"], dtype=torch.float64)
    actual = torch.tensor(values["pure_python_context"], dtype=torch.float64)
    torch.testing.assert_close(actual, expected, rtol=1e-14, atol=0)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(actual * (1 + 3e-14), expected, rtol=1e-14, atol=0)


def test_the_published_dropout_is_the_causal_weights_times_its_mask(values):
    """The mask cannot be drawn again everywhere; what it does to the weights can be checked."""
    mask = torch.tensor(ENTRIES["rasbt_dropout_ones"]["expected"])
    actual = printed(values["rasbt_causal_weights"] * mask)
    assert actual == same_form(ENTRIES["rasbt_dropout_weights"]["expected"], actual)


def test_the_published_exercise_3_2_comes_from_the_wrong_axis(values):
    wrapper = seeded(123, MultiHeadAttentionWrapper, 3, 1, 6, 0.0, 2)
    wrong = []
    for head in wrapper.heads:
        scores = head.W_query(batch) @ head.W_key(batch).transpose(1, 2)
        scores = scores.masked_fill(head.mask, -torch.inf)
        wrong.append(torch.softmax(scores, dim=1) @ head.W_value(batch))  # over the queries
    actual = printed(torch.cat(wrong, dim=-1).detach())
    stale = same_form(ENTRIES["rasbt_ex3_2"]["published"], actual)
    assert actual == stale
    assert printed(values["rasbt_ex3_2"]) != stale


def test_the_last_token_of_causal_attention_sees_as_much_as_without_a_mask(values):
    torch.testing.assert_close(
        values["rasbt_causal_batch"][0, -1], values["002_SelfAttention_V2"][-1]
    )


SHOWN = re.compile(r"-?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf)|nan")


def shown(text):
    """Return the numbers in a text, at four decimals."""
    words = SHOWN.findall(text.replace("\N{MINUS SIGN}", "-"))
    return [word if word in ("nan", "inf", "-inf") else f"{float(word):.4f}" for word in words]


def flat(value):
    return [one for part in value for one in flat(part)] if isinstance(value, list) else [value]


def stands_in(wanted, found):
    """Return whether the wanted numbers are among the found ones, in their order."""
    rest = iter(found)
    return all(number in rest for number in wanted)


@pytest.fixture(scope="module")
def cells():
    """The numbers that each cell of the English book shows."""
    return {
        f"{path.name}#{cell['id']}": shown("\n".join(map(text_of, cell["outputs"])))
        for path in chapters(SOURCE)
        for cell in read(path)["cells"]
        if cell["cell_type"] == "code"
    }


PRINTED_NOWHERE = {
    "004_block1_example_matrix": "numbers invented for an illustration",
    "derived_wrapper_eq_mha": "an equality: chapter 09 asserts it",
}


@pytest.mark.parametrize("name", [name for name in ENTRIES if name not in PRINTED_NOWHERE])
def test_value_is_printed_in_the_book(name, cells):
    entry = ENTRIES[name]
    for key in ("expected", "published"):
        wanted = [shown(str(number))[0] for number in flat(entry.get(key, []))]
        if key == "published":  # printed for one sentence of two equal ones
            wanted = wanted[: len(wanted) // 2]
        assert any(stands_in(wanted, found) for found in cells.values()), f"{name}, {key}: nowhere"


def test_a_value_that_no_chapter_prints_is_seen(cells):
    wanted = [shown(str(number))[0] for number in ENTRIES["rasbt_query_2"]["expected"]]
    assert any(stands_in(wanted, found) for found in cells.values())
    assert not any(stands_in([*wanted, "0.1234"], found) for found in cells.values())
    assert not any(stands_in(wanted[::-1], found) for found in cells.values())


KINDS = ["default", "avx2", "avx512"]
HERE = torch.backends.cpu.get_cpu_capability().lower()


def text_under(kind):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("ATEN_CPU_CAPABILITY", None)
    if kind:
        environment["ATEN_CPU_CAPABILITY"] = kind
    run = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


@pytest.mark.parametrize("kind", KINDS)
def test_printed_text_does_not_depend_on_the_processor(kind):
    if kind not in KINDS[: KINDS.index(HERE) + 1 if HERE in KINDS else 1]:
        pytest.skip(f"this processor has no {kind}")  # torch would stop at an illegal instruction
    first, *text = text_under(kind)
    assert first == kind
    assert text == text_under(None)[1:]
    assert len(text) > 200


if __name__ == "__main__":
    print(torch.backends.cpu.get_cpu_capability().lower())
    for name, value in computed().items():
        print(name, value, sep="\n")

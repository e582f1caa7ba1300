"""The explorer without a browser: what it shows, and what it refuses."""

import re

import pytest
import torch
from showing import TWO, W, draw, names

from helpers import explore, set_language
from helpers.examples import inputs, tokens


def test_the_published_weights_of_the_running_example():
    explorer = explore(tokens, inputs)
    assert '<th class="on" scope="row">journey</th>' in explorer.html
    row = re.search(r'row">journey</th>(.*)</tr>', explorer.html)[1]
    assert " ".join(re.findall(r">(0\.\d+)<", row)) == ("0.1385 0.2379 0.2333 0.1240 0.1082 0.1581")


def test_plain_text_is_an_aligned_table():
    set_language("ja")
    lines = repr(explore(["猫", "dog"], weights=[[0.25, 0.75], [0.5, 0.5]])).splitlines()
    assert lines[1:] == [
        "クエリ ↓ キー →      猫     dog",
        "             猫  0.2500  0.7500",
        "            dog  0.5000  0.5000",
    ]


def test_tensors_arrays_and_lists_are_read_alike():
    one = explore(tokens, inputs).html
    assert explore(tokens, inputs.numpy()).html == one
    assert explore(tokens, inputs.tolist()).html == one
    assert explore(tokens, inputs.double().requires_grad_()).html == one


def test_defaults_of_scale():
    assert '"scale":false' in explore(tokens, inputs).html
    assert '"scale":true' in explore(tokens, queries=inputs, keys=inputs).html
    assert '"scale":true' in explore(tokens, inputs, scale=True).html


def test_several_heads_bring_their_control():
    assert '"controls":["head"]' in explore(names(3), weights=torch.full((2, 3, 3), 1 / 3)).html


HIDE = torch.tensor([[True, True], [False, False]])
BAD = [
    ((TWO,), {}, "none of them"),
    ((TWO, draw(2, 3)), {"weights": W}, "got inputs, weights"),
    ((TWO,), {"queries": draw(2, 3)}, "got queries"),
    ((TWO, draw(2)), {}, r"shape \(2,\)"),
    ((TWO, draw(2, 2, 2)), {}, r"inputs of shape \(T, D\); got \(2, 2, 2\)"),
    ((TWO, [[1.0], [2.0, 3.0]]), {}, "even lists"),
    ((TWO, draw(2, 0)), {}, r"shape \(2, 0\)"),
    ((TWO, draw(3, 2)), {}, "expected 3 tokens, one for each of the queries; got 2"),
    ((TWO,), {"queries": draw(2, 3), "keys": draw(2, 4)}, r"queries \(2, 3\), keys \(2, 4\)"),
    ((TWO,), {"queries": draw(2, 3), "keys": draw(4, 3)}, "expected 4 tokens, .* keys; got 2"),
    (
        (TWO,),
        {"queries": draw(2, 3), "keys": draw(2, 3), "values": draw(3, 3)},
        r"as many values as keys; .*values \(3, 3\)",
    ),
    ((TWO,), {"queries": draw(2, 2, 3), "keys": draw(2, 3)}, "same number of heads"),
    ((TWO, [[1.0, float("nan")], [0.0, 1.0]]), {}, "NaN"),
    ((TWO, draw(2, 3, size=1e25)), {}, "too large"),
    ((TWO,), {"weights": [[0.5, 0.6], [1.0, 0.0]]}, "sum to 1; got a sum of 1.1000"),
    ((TWO,), {"weights": [[1.5, -0.5], [1.0, 0.0]]}, "at least 0; got -0.5000"),
    ((TWO,), {"weights": W, "causal": True}, "causal needs queries and keys"),
    ((TWO,), {"weights": W, "controls": ("temperature",)}, "need queries and keys"),
    ((TWO, draw(2, 3)), {"controls": ("colour",)}, "got 'colour'"),
    ((TWO, draw(2, 3)), {"controls": ("head",)}, r"\(H, T, D\)"),
    ((TWO, draw(2, 3)), {"temperature": 0}, "above 0; got 0"),
    ((TWO, draw(2, 3)), {"temperature": -1.0}, "above 0; got -1.0"),
    ((TWO, draw(2, 3)), {"hide": HIDE}, "row 0 is masked whole"),
    ((TWO, draw(2, 3)), {"hide": ~HIDE, "causal": True}, "row 1 is masked whole with causal"),
    ((TWO, draw(2, 3)), {"hide": HIDE.float()}, "expected hide as bool"),
    (
        (TWO,),
        {"queries": draw(2, 3), "keys": draw(1, 3), "key_tokens": ["c"], "causal": True},
        "as many keys as queries; got 2 and 1",
    ),
    ((TWO, draw(2, 3)), {"digits": 0}, "digits from 1 to 7"),
    ((TWO, draw(2, 3)), {"caption": "nothing"}, "expected a caption among default, .*'nothing'"),
]


@pytest.mark.parametrize(("arguments", "options", "message"), BAD, ids=[x[2] for x in BAD])
def test_bad_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        explore(*arguments, **options)


@pytest.mark.parametrize("bad", ["ab", [1, 2]])
def test_tokens_that_are_no_strings_are_refused(bad):
    with pytest.raises(TypeError, match="strings"):
        explore(bad, draw(2, 3))

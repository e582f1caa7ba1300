"""The explorer, in Python and in a real browser."""

import base64
import hashlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from helpers import explore, set_language
from helpers.examples import inputs, tokens
from helpers.explorer import Explorer
from helpers.language import LANGUAGES, messages

SITE = "http://book.test/"


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def open_page(browser):
    """Give a function that shows explorers on a page; no request and no error may follow."""
    contexts, requests, errors = [], [], []

    def show(*shown, head="", policy=None, html_attributes='data-theme="light"', **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else 0)
        body = "\n".join(x.html if isinstance(x, Explorer) else x for x in shown)
        content = (
            f'<!doctype html><html lang="en" {html_attributes}><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Explorer</title>'
            f"{head}</head><body><main><h1>Explorer</h1>{body}</main></body></html>"
        )

        def answer(route):
            if route.request.url != SITE:
                requests.append(route.request.url)
                return route.abort()
            headers = {"Content-Security-Policy": policy} if policy else {}
            return route.fulfill(body=content, content_type="text/html", headers=headers)

        page.route("**/*", answer)
        page.goto(SITE)
        return page

    yield show
    for context in contexts:
        context.close()
    assert requests == []
    assert errors == []


def draw(*shape: int, seed: int = 0, size: float = 1.0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * size


def names(count: int) -> list[str]:
    return [f"t{n}" for n in range(count)]


def rows_of(table) -> list[list[str]]:
    return table.evaluate(
        "t => [...t.tBodies[0].rows].map(r => [...r.cells].slice(1).map(c => c.textContent))"
    )


def cell(page, i: int, j: int, nth: int = 0):
    row = page.locator("attention-explorer").nth(nth).locator("tbody tr").nth(i)
    return row.locator("th,td").nth(j + 1)


def lines(page, what: str = "dd > div") -> list[str]:
    return [line.replace("\xa0", " ") for line in page.locator(what).all_inner_texts()]


def printed(matrix: torch.Tensor, digits: int = 4) -> list[list[str]]:
    return [[f"{x:.{digits}f}" for x in row] for row in matrix.tolist()]


# Without a browser.


def test_the_published_weights_of_the_running_example():
    explorer = explore(tokens, inputs)
    assert '<th scope="row">journey</th>' in explorer.html
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


def test_mime_bundle_has_html_and_text():
    explorer = explore(tokens, inputs)
    bundle = explorer._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/html": explorer.html, "text/plain": repr(explorer)}


def test_tensors_arrays_and_lists_are_read_alike():
    one = explore(tokens, inputs).html
    assert explore(tokens, inputs.numpy()).html == one
    assert explore(tokens, inputs.tolist()).html == one
    assert explore(tokens, inputs.double().requires_grad_()).html == one


def test_output_is_deterministic_and_free_of_ids_handlers_and_style_attributes():
    def call():
        return explore(tokens, inputs, controls=("temperature", "scale", "causal")).html

    assert call() == call()
    markup = re.sub(r"<(style|script)>.*?</\1>", "", call(), flags=re.DOTALL)
    assert not re.search(r"\s(id|style|on\w+)=", markup)
    assert "://" not in call()


def test_script_and_style_are_the_same_in_every_output_and_language():
    seen = set()
    for language in LANGUAGES:
        set_language(language)
        for explorer in (explore(tokens, inputs), explore(["a"], weights=[[1.0]])):
            seen.add(tuple(re.findall(r"<(?:style|script)>.*?</", explorer.html, re.DOTALL)))
    assert len(seen) == 1
    style, script = (block.encode() for block in seen.pop())
    assert len(script) < 10_000
    assert len(style) < 4_000


def test_every_message_in_every_language():
    ours = {key: entry for key, entry in messages().items() if key.startswith("explorer.")}
    assert {f"explorer.caption.{name}" for name in ("default", "simple", "causal")} <= set(ours)
    for key, entry in ours.items():
        assert set(entry) == set(LANGUAGES), key
        assert all(words.strip() for words in entry.values()), key


def test_every_word_of_the_script_has_a_message_and_every_message_is_used():
    script = Path(sys.modules["helpers.explorer"].__file__).with_suffix(".js").read_text("utf-8")
    used = set(re.findall(r"words\.(\w+)", script)) - {"split", "head_of"}
    used |= {"scale_control", "causal_control"}
    prefix = "explorer.trace."
    assert used == {key.removeprefix(prefix) for key in messages() if key.startswith(prefix)}


def test_language_and_tokens_are_escaped():
    set_language("zh")
    nasty = ["<b>", "it's", '"&']
    html = explore(nasty, draw(3, 2)).html
    assert '<attention-explorer lang="zh-CN"' in html
    assert "<b>" not in html and "&lt;b&gt;" in html


def test_defaults_of_scale():
    assert "data-scale" not in explore(tokens, inputs).html
    assert "data-scale='1'" in explore(tokens, queries=inputs, keys=inputs).html
    assert "data-scale='1'" in explore(tokens, inputs, scale=True).html


def test_several_heads_bring_their_control():
    assert "data-controls='head'" in explore(names(3), weights=torch.full((2, 3, 3), 1 / 3)).html


W = [[0.5, 0.5], [1.0, 0.0]]
TWO = ["a", "b"]
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


# Numbers, in the browser, against torch.


def reference(case, *, scale, causal, temperature, dtype):
    """Attention written with torch alone: scores, weights, context."""
    queries, keys, values = (case[x].to(dtype) for x in ("queries", "keys", "values"))
    scores = queries @ keys.mT
    cooled = scores / queries.shape[-1] ** 0.5 if scale else scores
    cooled = cooled / temperature
    hidden = case["hide"]
    if causal:
        hidden = hidden | torch.ones_like(hidden).triu(1)
    weights = torch.softmax(cooled.masked_fill(hidden, -torch.inf), dim=-1)
    return scores, weights, weights @ values


def random_case(seed: int) -> dict:
    random = np.random.default_rng(seed)
    heads, rows, width = (int(random.integers(1, top)) for top in (4, 9, 70))
    columns = rows if seed % 3 else int(random.integers(1, 9))
    size = float(random.choice([0.1, 1, 3, 30]))
    hide = torch.from_numpy(random.random((rows, columns)) < 0.2)
    hide[:, 0] = False
    lead = (heads,) if heads > 1 else ()
    return {
        "queries": draw(*lead, rows, width, seed=seed, size=size),
        "keys": draw(*lead, columns, width, seed=seed + 10_000),
        "values": draw(*lead, columns, 1 + width // 2, seed=seed + 20_000),
        "hide": hide,
        "scale": bool(random.integers(2)),
        "causal": rows == columns and bool(random.integers(2)),
        "temperature": float(random.choice([1.0, 0.3, 2.5])),
        "digits": int(random.choice([2, 4, 6])),
    }


def shown_case(case) -> Explorer:
    rows, columns = case["hide"].shape
    square = rows == columns
    return explore(
        names(rows),
        **case,
        key_tokens=names(columns),
        controls=("temperature", "scale", "causal") if square else ("temperature", "scale"),
    )


# Puts each table in the page and reads it: as it came, once live, and after each change.
READ = """cases => cases.map(({html, head, slider}) => {
  const texts = root => [...root.querySelectorAll("tbody tr")]
    .map(row => [...row.cells].slice(1).map(cell => cell.textContent));
  const plain = new DOMParser().parseFromString(html, "text/html");
  const box = document.createElement("div");
  document.body.append(box);
  box.innerHTML = html;
  const found = {plain: texts(plain)};
  const set = (input, property, value, event) => {
    input[property] = value;
    input.dispatchEvent(new Event(event));
  };
  const list = box.querySelector("select");
  if (list) set(list, "value", head, "change");
  found.live = texts(box);
  box.querySelectorAll("tbody tr").forEach((row, i) => {
    row.cells[0].click();
    if (i === 0) found.row = box.querySelector("dl div:last-child dd").textContent;
  });
  const last = box.querySelector("tbody tr:last-child td");
  last.click();
  found.cell = [...box.querySelectorAll("dd > div")].map(line => line.textContent);
  const [scale, causal] = box.querySelectorAll("[type=checkbox]");
  const range = box.querySelector("[type=range]");
  set(range, "value", slider, "input");
  found.temperature = +range.getAttribute("aria-valuetext");
  found.cooled = texts(box);
  set(scale, "checked", !scale.checked, "change");
  found.scaled = texts(box);
  if (causal) set(causal, "checked", !causal.checked, "change");
  found.causal = texts(box);
  box.remove();
  return found;
})"""


def test_numbers_equal_torch(open_page):
    page = open_page(explore(tokens, inputs))
    cases = [random_case(seed) for seed in range(100)]
    asked, explorers = [], [shown_case(case) for case in cases]
    for seed, (case, explorer) in enumerate(zip(cases, explorers, strict=True)):
        heads = case["queries"].shape[0] if case["queries"].dim() == 3 else 1
        html = re.sub(r"<(style|script)>.*?</\1>", "", explorer.html, flags=re.DOTALL)
        slider = (seed * 7) % 41 - 20
        if 10 ** (slider / 20) == case["temperature"]:
            slider += 1
        asked.append({"html": html, "head": seed % heads, "slider": slider})
    answers = page.evaluate(READ, asked)

    stored = 0
    for seed, (case, ask, found) in enumerate(zip(cases, asked, answers, strict=True)):
        settings = {name: case[name] for name in ("scale", "causal", "temperature")}
        square = case["hide"].shape[0] == case["hide"].shape[1]
        many = case["queries"].dim() == 3

        def one(x, many=many, head=ask["head"]):
            return x[head] if many else x

        def expected(step, dtype=torch.float64, case=case, one=one, **change):
            all_steps = reference(case, **change, dtype=dtype)
            return one(all_steps[step]) + 0.0

        digits = case["digits"]
        first = reference(case, **settings, dtype=torch.float32)[1]
        assert found["plain"] == printed(first[0] if many else first, digits), seed
        live = expected(1, torch.float32, **settings)
        assert found["live"] == printed(live, digits), seed
        stored += found["live"] != printed(expected(1, **settings), digits)

        context = expected(2, torch.float32, **settings)[0].tolist()
        terms = [f"{x:.{digits}f}" for x in context]
        terms = [*terms[:4], "…"] if len(terms) > 8 else terms
        assert found["row"] == f"= ({', '.join(terms)})", seed
        score = expected(0, torch.float32, **settings)[-1, 0].item()
        assert f"= {score:.{digits}f}" in found["cell"], seed
        ends = f" = {live[-1, 0].item():.{digits}f}"
        assert any(line.endswith(ends) for line in found["cell"]), seed

        settings["temperature"] = found["temperature"]
        assert found["cooled"] == printed(expected(1, **settings), digits), seed
        settings["scale"] = not settings["scale"]
        assert found["scaled"] == printed(expected(1, **settings), digits), seed
        settings["causal"] = square and not settings["causal"]
        assert found["causal"] == printed(expected(1, **settings), digits), seed
    # The cases are hard enough that float32 and float64 print differently in some.
    assert stored > 0


def test_ties_are_rounded_as_python_rounds_them(open_page):
    equal = explore(names(32), torch.ones(32, 3))
    exact = explore(TWO, weights=[[0.03125, 0.96875], [0.09375, 0.90625]])
    page = open_page(equal, exact)
    assert rows_of(page.locator("table").nth(0)) == [["0.0312"] * 32] * 32
    assert rows_of(page.locator("table").nth(1)) == [["0.0312", "0.9688"], ["0.0938", "0.9062"]]


def test_one_token(open_page):
    page = open_page(explore(["alone"], [[2.0, -1.0]]))
    cell(page, 0, 0).click()
    assert lines(page) == [
        "2.0 × 2.0 + (-1.0) × (-1.0)",
        "= 4.0000 + 1.0000",
        "= 5.0000",
        "exp(5.0000) = 148.4132",
        "148.4132 = 148.4132",
        "148.4132 / 148.4132 = 1.0000",
        "1.0000 × (2.0, -1.0) = (2.0000, -1.0000)",
    ]


def test_very_large_scores_subtract_the_maximum_and_say_so(open_page):
    page = open_page(explore(TWO, [[128.0], [127.9921875]]))
    cell(page, 0, 1).click()
    reason = "16384.0000 is the row's largest score; subtracting it keeps"
    assert lines(page)[1:3] == ["= 16383.0000", "exp(16383.0000 - 16384.0000) = 0.3679"]
    assert lines(page)[3].startswith(reason)
    assert lines(page)[4:6] == ["1.0000 + 0.3679 = 1.3679", "0.3679 / 1.3679 = 0.2689"]


def test_the_trace_of_a_masked_scaled_cell(open_page):
    page = open_page(
        explore(TWO, queries=[[1.0, 2, 3, 4]] * 2, keys=[[1.0, 0, 0, 0]] * 2, causal=True)
    )
    cell(page, 0, 1).click()
    assert lines(page, "dt") == [
        "Dot product q · k",
        "Divided by √dk",
        "Mask",
        "Exponential",
        "Row sum",
        "Weight",
    ]
    assert lines(page) == [
        "1.0 × 1.0 + 2.0 × 0.0 + 3.0 × 0.0 + 4.0 × 0.0",
        "= 1.0000 + 0.0000 + 0.0000 + 0.0000",
        "= 1.0000",
        "1.0000 / √4 = 0.5000",
        "hidden from this query: -∞",
        "exp(-∞) = 0.0000",
        "1.6487 + 0.0000 = 1.6487",
        "0.0000 / 1.6487 = 0.0000",
    ]
    cell(page, 0, 0).click()
    assert "visible, unchanged: 0.5000" in lines(page)


def test_wide_vectors_show_their_first_terms_and_the_whole_sum(open_page):
    page = open_page(explore(TWO, torch.ones(2, 64)))
    cell(page, 0, 0).click()
    assert lines(page)[:3] == [
        "1.0 × 1.0 + 1.0 × 1.0 + 1.0 × 1.0 + 1.0 × 1.0 + …",
        "= 1.0000 + 1.0000 + 1.0000 + 1.0000 + …",
        "= 64.0000",
    ]


def test_finished_weights(open_page):
    page = open_page(
        explore(TWO, weights=W), explore(TWO, weights=W, values=[[1.0, 2.0], [3.0, 4.0]])
    )
    cell(page, 0, 1).click()
    assert page.locator("dd").all_inner_texts() == [
        "0.5000: the share that this key has in what the query takes in",
        "0.5000 + 0.5000 = 1.0000",
    ]
    cell(page, 0, -1, nth=1).click()
    trace = page.locator(".trace").nth(1)
    assert trace.locator("dt").all_inner_texts() == ["a", "b", "context vector"]
    assert trace.locator("dd").last.inner_text() == "= (2.0000, 3.0000)"


# What a reader does.


def test_keyboard_alone(open_page):
    page = open_page("<button>before</button>", explore(tokens, inputs), "<button>after</button>")
    trace = page.locator(".trace")
    assert trace.get_attribute("aria-live") == "polite"
    assert "Choose a cell" in trace.inner_text()

    def press(key):
        page.keyboard.press(key)
        return page.evaluate(
            "[document.activeElement.closest('tr').rowIndex - 1,"
            " document.activeElement.cellIndex - 1]"
        )

    page.get_by_text("before").focus()
    assert press("Tab") == [0, 0]
    assert trace.locator("b").inner_text() == "Query: Your, key: Your"
    assert press("ArrowDown") == [1, 0]
    assert press("ArrowRight") == [1, 1]
    assert "4.4593 / 18.7453 = 0.2379" in trace.inner_text()
    assert press("End") == [1, 5]
    assert press("ArrowRight") == [1, 5]
    assert press("Home") == [1, -1]
    assert "= (0.4419, 0.6515, 0.5683)" in trace.inner_text()
    assert press("ArrowUp") == [0, -1]
    assert press("Control+End") == [5, 5]
    assert press("Control+Home") == [0, -1]
    press("Escape")
    assert "Choose a cell" in trace.inner_text()
    press("Enter")
    assert "context vector" in trace.inner_text()
    press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "after"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "journey"


def test_controls_by_keyboard(open_page):
    page = open_page(
        explore(tokens, inputs, controls=("causal", "temperature", "scale")),
        explore(TWO, queries=draw(2, 2, 3), keys=draw(2, 2, 3, seed=1)),
    )
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Temperature")
    assert slider.evaluate("x => x === document.activeElement")
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1.12"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox", name="Divide by √d").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox", name="Causal mask").is_checked()
    assert rows_of(page.locator("table").first)[0][1:] == ["0.0000"] * 5
    assert cell(page, 0, 1).get_attribute("class") == "masked"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.get_by_role("combobox", name="Head").evaluate("x => x === document.activeElement")
    assert page.locator("caption span").inner_text() == "Head 1 of 2."
    page.keyboard.press("ArrowDown")
    assert page.locator("caption span").inner_text() == "Head 2 of 2."


def test_hover_traces_and_gives_back_what_was_chosen(open_page):
    page = open_page(explore(tokens, inputs))
    title = page.locator(".trace b")
    cell(page, 1, 2).click()
    cell(page, 3, 4).hover()
    assert title.inner_text() == "Query: with, key: one"
    page.locator("h1").hover()
    assert title.inner_text() == "Query: journey, key: starts"


def test_touch(open_page):
    page = open_page(
        explore(tokens, inputs),
        has_touch=True,
        is_mobile=True,
        viewport={"width": 360, "height": 700},
    )
    cell(page, 1, 1).tap()
    assert page.locator(".trace b").inner_text() == "Query: journey, key: journey"
    cell(page, 1, -1).tap()
    assert page.locator(".trace b").inner_text() == "Query: journey, context vector"
    scroll = page.locator(".scroll")
    assert scroll.evaluate("x => x.scrollWidth > x.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    scroll.evaluate("x => x.scrollLeft = 1000")
    left = page.locator("attention-explorer").bounding_box()["x"]
    assert cell(page, 1, -1).bounding_box()["x"] - left < 20  # the row's name stays in view


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_no_axe_violation(open_page, theme, width):
    explorers = [
        explore(tokens, inputs, controls=("temperature", "scale", "causal"), caption="simple"),
        explore(tokens, inputs, controls=("temperature", "scale", "causal"), caption="simple"),
        explore(tokens, queries=draw(2, 6, 4), keys=draw(2, 6, 4), causal=True, caption="heads"),
    ]
    ground = "#fff" if theme == "light" else "#14181e"
    page = open_page(
        *explorers,
        html_attributes=f'data-theme="{theme}" style="background:{ground}"',
        head=f"<style>h1{{color:{'#000' if theme == 'light' else '#fff'}}}</style>",
        viewport={"width": width, "height": 900},
    )
    assert violations(page) == []
    cell(page, 1, 1).click()
    cell(page, 2, -1, nth=2).click()
    assert violations(page) == []


def test_an_axe_violation_would_be_found(open_page):
    page = open_page('<input type="text">')
    assert any(line.startswith("label:") for line in violations(page))


@pytest.mark.parametrize("dark", [False, True])
def test_themes_of_the_frontends(open_page, dark):
    other = "light" if dark else "dark"
    for attributes, body in (
        (f'data-theme="{"dark" if dark else "light"}"', ""),
        (f'theme="{"dark" if dark else "light"}"', ""),
        ("", f'document.body.dataset.jpThemeLight = "{"false" if dark else "true"}"'),
    ):
        page = open_page(explore(TWO, W), html_attributes=attributes, color_scheme=other)
        if body:
            page.evaluate(body)
        paper = page.locator("attention-explorer").evaluate("x => getComputedStyle(x).background")
        assert ("rgb(20, 24, 30)" in paper) == dark, attributes
    page = open_page(explore(TWO, W), html_attributes="", color_scheme="dark" if dark else "light")
    paper = page.locator("attention-explorer").evaluate("x => getComputedStyle(x).background")
    assert ("rgb(20, 24, 30)" in paper) == dark


def test_two_explorers_on_one_page_do_not_meet(open_page):
    set_language("ja")
    first = explore(tokens, inputs, controls=("scale",))
    set_language("ko")
    page = open_page(first, explore(tokens, inputs, controls=("scale",)))
    box = page.get_by_role("checkbox")
    box.nth(0).check()
    assert not box.nth(1).is_checked()
    tables = page.locator("table")
    assert rows_of(tables.nth(0)) != rows_of(tables.nth(1))
    cell(page, 1, 1).click()
    trace = page.locator(".trace")
    said = {key: messages()[f"explorer.trace.{key}"] for key in ("query", "comma", "key", "hint")}
    query = f"{said['query']['ja']}journey{said['comma']['ja']}{said['key']['ja']}journey"
    assert query in trace.nth(0).inner_text()
    assert said["hint"]["ko"] in trace.nth(1).inner_text()


def test_under_a_strict_content_security_policy(open_page):
    explorer = explore(tokens, inputs, controls=("temperature",))

    def allowed(tag):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", explorer.html, re.DOTALL)[1]
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    policy = (
        f"default-src 'none'; script-src 'sha256-{allowed('script')}'; "
        f"style-src 'sha256-{allowed('style')}'"
    )
    page = open_page(explorer, explorer, policy=policy)
    cell(page, 1, 1).click()
    assert "0.2379" in page.locator(".trace").first.inner_text()
    assert page.locator(".controls").count() == 2


def test_in_a_sandboxed_frame_as_colab_shows_outputs(open_page):
    frame = explore(tokens, inputs, controls=("causal",)).html
    frame = frame.replace("&", "&amp;").replace('"', "&quot;")
    page = open_page(
        f'<iframe sandbox="allow-scripts" title="output" width="800" height="700" '
        f'srcdoc="{frame}"></iframe>'
    )
    inside = page.frame_locator("iframe")
    inside.locator("tbody tr:nth-child(2) td").nth(1).click()
    assert "4.4593 / 18.7453 = 0.2379" in inside.locator(".trace").inner_text()
    inside.get_by_role("checkbox", name="Causal mask").check()
    assert inside.locator("tbody td").nth(1).inner_text() == "0.0000"


def test_script_that_runs_after_the_markup_is_inserted(open_page):
    html = explore(tokens, inputs).html
    page = open_page("<div></div>")
    page.evaluate(
        """html => {
          const box = document.querySelector("div");
          box.innerHTML = html;
          const script = document.createElement("script");
          script.textContent = box.querySelector("script").textContent;
          box.querySelector("script").remove();
          document.head.append(script);
        }""",
        html,
    )
    cell(page, 1, 1).click()
    assert "0.2379" in page.locator(".trace").inner_text()


def test_without_script_it_is_a_captioned_table(open_page):
    page = open_page(explore(tokens, inputs, caption="simple"), java_script_enabled=False)
    tree = page.locator("main").aria_snapshot()
    assert "Simple self-attention" in page.locator("caption").inner_text()
    assert page.locator("th[scope=col]").count() == 7
    assert page.locator("th[scope=row]").count() == 6
    assert page.locator("td").nth(7).inner_text() == "0.2379"
    assert 'rowheader "journey"' in tree
    assert "table" in tree
    assert page.locator(".controls, .trace").count() == 0
    assert page.locator(".scroll").get_attribute("tabindex") == "0"


def test_every_language_speaks(open_page):
    said = {}
    for language in LANGUAGES:
        set_language(language)
        page = open_page(
            explore(
                tokens,
                queries=inputs * 5,
                keys=inputs,
                values=inputs,
                causal=True,
                controls=("temperature", "scale", "causal"),
            )
        )
        cell(page, 1, 0).click()
        said[language] = page.locator("attention-explorer").inner_text()
    for language in ("ja", "ko", "zh"):
        words = set(re.findall(r"[A-Za-z]{2,}", said[language]))
        assert words <= {*tokens, "exp", "dk"}, language


# JupyterLab itself.


def test_jupyterlab_trusted_and_untrusted(browser, tmp_path):
    explorer = explore(tokens, inputs, controls=("causal",))
    output = nbformat.v4.new_output(
        "execute_result", data=explorer._repr_mimebundle_(), execution_count=1
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name in ("trusted", "untrusted"):
        # Trust goes by content: the two must not be the same.
        code = nbformat.v4.new_code_cell(name, outputs=[output], execution_count=1)
        book = nbformat.v4.new_notebook(cells=[code], metadata={"kernelspec": kernel})
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    environment = {name: x for name, x in os.environ.items() if not name.startswith("JUPYTER")}
    for place in ("CONFIG", "DATA", "RUNTIME"):
        environment[f"JUPYTER_{place}_DIR"] = str(tmp_path / place)
    jupyter = [sys.executable, "-m", "jupyter"]
    subprocess.run(
        [*jupyter, "trust", "trusted.ipynb"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token="]
    options += [f"--port={port}", "--LabApp.news_url=", f"--ServerApp.root_dir={tmp_path}"]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(
            [*jupyter, "lab", *options], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}/lab"
    context = browser.new_context()
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server, tmp_path / "log")
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/tree/trusted.ipynb")
        page.locator(".jp-OutputArea td").nth(7).click()
        assert "4.4593 / 18.7453 = 0.2379" in page.locator(".trace").inner_text()
        page.keyboard.press("ArrowRight")
        assert "= 0.2333" in page.locator(".trace").inner_text()
        page.get_by_role("checkbox", name="Causal mask").check()
        assert page.locator(".jp-OutputArea td").nth(1).inner_text() == "0.0000"

        page.goto(f"{address}/workspaces/other/tree/untrusted.ipynb")
        page.locator(".jp-OutputArea caption").wait_for()
        assert page.locator(".jp-OutputArea td").nth(7).inner_text() == "0.2379"
        assert page.locator(".jp-OutputArea th").nth(1).get_attribute("scope") == "col"
        assert "Attention weights" in page.locator(".jp-OutputArea caption").inner_text()
        assert page.locator(".trace, .controls").count() == 0
    finally:
        context.close()
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab does not answer: {log.read_text()}")

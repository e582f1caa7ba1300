"""The numbers of the explorer, in the browser, against torch."""

import numpy as np
import pytest
import torch
from showing import TWO, W, cell, draw, lines, names, printed, rows_of, without_assets

from helpers import explore
from helpers.examples import inputs, tokens
from helpers.widgets import Widget
from helpers.widgets.data import stored


def reference(case, *, scale, causal, temperature):
    """Attention written with torch alone: scores, weights, context."""
    queries, keys, values = (stored(case[x]) for x in ("queries", "keys", "values"))
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


def shown_case(case) -> Widget:
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
  const calculation = root => [...root.querySelectorAll(".trace :is(p, dt, dd > div)")]
    .map(line => line.textContent);
  found.begins = [calculation(plain), calculation(box)];
  found.on = [plain, box].map(root => root.querySelectorAll(".on").length);
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
        html = without_assets(explorer.html)
        slider = (seed * 7) % 41 - 20
        if 10 ** (slider / 20) == case["temperature"]:
            slider += 1
        asked.append({"html": html, "head": seed % heads, "slider": slider})
    answers = page.evaluate(READ, asked)

    for seed, (case, ask, found) in enumerate(zip(cases, asked, answers, strict=True)):
        settings = {name: case[name] for name in ("scale", "causal", "temperature")}
        square = case["hide"].shape[0] == case["hide"].shape[1]
        many = case["queries"].dim() == 3

        def one(x, many=many, head=ask["head"]):
            return x[head] if many else x

        def expected(step, case=case, one=one, **change):
            all_steps = reference(case, **change)
            return one(all_steps[step]) + 0.0

        plain, live = found["begins"]
        assert plain == live and len(plain) > 5, seed
        assert found["on"] == [3, 3], seed
        digits = case["digits"]
        first = reference(case, **settings)[1]
        assert found["plain"] == printed(first[0] if many else first, digits), seed
        live = expected(1, **settings)
        assert found["live"] == printed(live, digits), seed

        context = expected(2, **settings)[0].tolist()
        terms = [f"{x:.{digits}f}" for x in context]
        terms = [*terms[:4], "…"] if len(terms) > 8 else terms
        assert found["row"] == f"= ({', '.join(terms)})", seed
        score = expected(0, **settings)[-1, 0].item()
        assert f"= {score:.{digits}f}" in found["cell"], seed
        ends = f" = {live[-1, 0].item():.{digits}f}"
        assert any(line.endswith(ends) for line in found["cell"]), seed

        settings["temperature"] = found["temperature"]
        assert found["cooled"] == printed(expected(1, **settings), digits), seed
        settings["scale"] = not settings["scale"]
        assert found["scaled"] == printed(expected(1, **settings), digits), seed
        settings["causal"] = square and not settings["causal"]
        assert found["causal"] == printed(expected(1, **settings), digits), seed


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
    page = open_page(explore(TWO, [[100.0], [99.99]]))
    cell(page, 0, 1).click()
    reason = "10000.0000 is the row's largest score; subtracting it keeps"
    assert lines(page)[1:3] == ["= 9999.0000", "exp(9999.0000 - 10000.0000) = 0.3679"]
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
    assert page.locator("attention-explore").nth(0).locator("dd").all_inner_texts() == [
        "0.5000: the share that this key has in what the query takes in",
        "0.5000 + 0.5000 = 1.0000",
    ]
    cell(page, 0, -1).click()
    first = page.locator(".trace").nth(0)
    assert first.locator("b").inner_text() == "Query: a"
    assert first.locator("dt").all_inner_texts() == ["Sum of the row's weights"]
    assert first.locator("dd").all_inner_texts() == ["0.5000 + 0.5000 = 1.0000"]
    cell(page, 0, -1, nth=1).click()
    trace = page.locator(".trace").nth(1)
    assert trace.locator("dt").all_inner_texts() == ["a", "b", "context vector"]
    assert trace.locator("dd").last.inner_text() == "= (2.0000, 3.0000)"


def whole(explorer) -> list:
    """Return all that an explorer shows: its cells with their shades, and the calculation."""
    return [
        explorer.locator("tbody td").evaluate_all(
            "x => x.map(y => [y.textContent, y.classList.item(0), y.classList.contains('on')])"
        ),
        explorer.locator("th.on").all_inner_texts(),
        explorer.locator(".trace b").inner_text(),
        explorer.locator(".trace dt").evaluate_all("x => x.map(y => y.innerHTML)"),
        lines(explorer),
    ]


def static(open_page, *shown) -> list:
    """Return all that explorers show without their script."""
    page = open_page(*shown, java_script_enabled=False)
    return [whole(explorer) for explorer in page.locator("attention-explore").all()]


THREE = {
    "queries": [[1.0, 0.5, -2.0], [2.0, -1.0, 1.0], [0.5, 3.0, 0.25]],
    "keys": [[1.5, -1.0, 0.5], [1.0, 0.5, 0.25], [-0.5, 1.5, 0.5]],
    "values": [[1.0, 20.0], [-3.0, 0.5], [0.125, 4.0]],
}


def test_the_controls_lead_to_what_python_shows(open_page):
    everything = ("temperature", "scale", "causal")
    page = open_page(explore(names(3), **THREE, temperature=0.5, controls=everything))
    slider, told = page.get_by_role("slider"), page.locator(".controls b")
    assert slider.input_value() == "-6" and slider.get_attribute("aria-valuetext") == "0.5"
    assert [slider.get_attribute(end) for end in ("min", "max")] == ["-20", "20"]
    scale, causal = (page.get_by_role("checkbox", name=name) for name in ("Divide", "Causal"))
    assert scale.is_checked() and not causal.is_checked()
    assert page.locator(".controls sub").inner_text() == "k"
    assert told.get_attribute("aria-hidden") == "true"  # the slider itself says it
    found, wanted = [], []
    for at, temperature in ((-20, 0.1), (-3, 0.71), (0, 1), (20, 10)):
        slider.fill(str(at))
        assert slider.get_attribute("aria-valuetext") == told.inner_text() == str(temperature)
        for scaled, hidden in ((False, False), (False, True), (True, True), (True, False)):
            scale.set_checked(scaled)
            causal.set_checked(hidden)
            found.append(whole(page))
            settings = {"scale": scaled, "causal": hidden, "temperature": temperature}
            wanted.append(explore(names(3), **THREE, **settings))
    assert found == static(open_page, *wanted)
    page = open_page(explore(TWO, W, temperature=5, controls=("temperature",)))
    assert page.get_by_role("slider").input_value() == "14"  # 5 is 10 to the 13.98/20


def test_the_exponential_is_shifted_where_python_shifts_it(open_page):
    largest = [-3, -2, -1.9375, 0, 9.9375, 10, 11]
    shown = [
        explore(TWO, queries=[[1.0], [1.0]], keys=[[most], [most - 1.0]], scale=False)
        for most in largest
    ]
    page = open_page(*shown)
    found = [whole(explorer) for explorer in page.locator("attention-explore").all()]
    assert found == static(open_page, *shown)
    exponentials = [line for line in lines(page) if line.startswith("exp(")]
    assert [" - " in line for line in exponentials] == [not -2 < most < 10 for most in largest]


@pytest.mark.parametrize("count", [8, 9])
def test_more_than_eight_terms_are_not_spelled_out(open_page, count):
    shown = explore(names(count), torch.eye(count).tolist())
    page = open_page(shown)
    assert [whole(page)] == static(open_page, shown)
    terms = 4 + 1 if count > 8 else count
    for line in lines(page)[:2] + lines(page)[-3:-2]:  # the factors, the terms, the row sum
        assert line.count("+") == terms - 1 and ("…" in line) == (count > 8)
    cell(page, -1, 2).click()
    given, total = lines(page)
    assert given.startswith("t0 0.") and given.count(",") == terms - 1
    assert total.count("+") == terms - 1


@pytest.mark.parametrize("count", [12, 13])
def test_a_row_of_more_than_twelve_tokens_shows_eight(open_page, count):
    page = open_page(explore(names(count), torch.ones(count, 1)))
    cell(page, 0, -1).click()
    told = names(12) if count == 12 else [*names(8), "…"]
    assert lines(page, "dt") == [*told, "context vector"]
    assert lines(page)[-2:] == ["…" if count > 12 else lines(page)[0], "= (1.0000)"]
    assert lines(page)[0].startswith("0.0833 × (1.0) =" if count == 12 else "0.0769 × (1.0) =")


def test_what_is_too_large_for_decimals_is_written_with_a_power(open_page):
    page = open_page(explore(TWO, queries=[[4096.0], [1.0]], keys=[[4096.0], [4.0]], scale=False))
    cell(page, 0, 0).click()
    assert "= 1.6777e+07" in lines(page)
    cell(page, 0, 1).click()
    assert "exp(16384.0000 - 1.6777e+07) = 0.0000" in lines(page)


def test_factors_show_the_decimals_that_they_have(open_page):
    page = open_page(explore(TWO, [[0.5, 0.25], [1.0, 2 / 3]], digits=3))
    cell(page, 0, 1).click()
    assert lines(page)[0] == "0.500 × 1.000 + 0.250 × 0.667"
    page = open_page(explore(TWO, [[0.5, 0.25], [1.0, 2.0]], digits=3))
    cell(page, 0, 1).click()
    assert lines(page)[0] == "0.50 × 1.00 + 0.25 × 2.00"
    assert lines(page)[-1].startswith("0.665 × (1.00, 2.00)")

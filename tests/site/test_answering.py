"""Answers given in the page: the same verdicts as `check` gives, on every answer we know of."""

import base64
import json
import re
from functools import cache

import pytest
import torch
from test_answers import ANSWERS

from helpers.check import Choice, Function, Value, verdict
from helpers.exercises import EXERCISES
from helpers.language import LANGUAGES, text
from tools.addresses import repository, runner_links
from tools.notebooks import ROOT, chapters, read
from tools.site.answers import exercise_data, exercise_name, veiled

TYPED = [name for name, make in EXERCISES.items() if isinstance(make(), Choice | Value)]
# Writes each answer into a field, submits it, and returns the verdicts' keys, words and colour.
JUDGED = """(place, answers) => answers.map((said) => {
  place.querySelector("input").value = said;
  place.querySelector("form").requestSubmit();
  const status = place.querySelector("[role=status]");
  return [status.dataset.key, status.textContent, status.className];
})"""


# What is asked for, and the words to choose from.
ASKED = "x => [x.firstChild.data, ...[...x.querySelectorAll('button')].map(y => y.textContent)]"


def places():
    """Return where each exercise is asked: exercise -> (slug, id of its answer cell)."""
    found = {}
    for path in chapters("en"):
        for cell in read(path)["cells"]:
            if name := exercise_name(cell):
                found[name] = (path.stem, cell["id"])
    return found


PLACES = places()


def as_typed(answer):
    """Return an answer as a reader types it into a field; None where nobody can."""
    if isinstance(answer, torch.Tensor):
        if answer.is_complex() and answer.imag.any():
            return None
        answer = answer.to_dense() if answer.layout is not torch.strided else answer
        answer = answer.real if answer.is_complex() else answer
        return str(answer.detach().double().tolist())
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, (list, tuple)) and all(isinstance(one, str) for one in answer):
        return ", ".join(answer)
    if isinstance(answer, (list, tuple)):  # 0.5 rather than np.float32(0.5), tensor(0.5)
        parts = [as_typed(one) for one in answer]
        return None if None in parts else f"[{', '.join(parts)}]"
    return None if callable(answer) or isinstance(answer, complex) else str(answer)


def known_answers():
    """Return exercise -> what readers type: what tests/answers lists, and forms of our own."""
    found = {name: [] for name in TYPED if name in PLACES}
    for _, name, _, answer, _ in ANSWERS:
        said = as_typed(answer)
        if name in found and said is not None:
            found[name].append(said)
    for name, said in found.items():
        one = EXERCISES[name]()
        for answers in (one.right, *one.wrong.values()):
            for answer in answers if isinstance(answers, tuple) else (answers,):
                said.append(as_typed(answer))
        said += [" ", "nothing known", "1", "-3.5", "1/6", "0,1", "1e400", "[1, [2, 3]]", "{}"]
        said += [said[0].upper(), f"“{said[0]}”", said[0].replace(", ", "，"), said[0] + ","]
        if isinstance(one, Value):
            said += [f"tensor({said[0]})", f"tensor({said[0]}, dtype=torch.float64)"]
            right = torch.as_tensor(one.right).double()
            said += [str((right * factor).tolist()) for factor in (2, 0.997, 1.3333)]
            said += [str((right + 0.125).tolist()), str(right.flatten().flip(0).tolist())]
            said += [str(right.mul(100).round().div(100).tolist()), str(right.tolist() and [[]])]
            if right.dim() == 2:
                said += [
                    str(right.T.tolist()),
                    str((right * torch.arange(1, len(right) + 1)[:, None]).tolist()),
                ]
    return found


@cache
def verdicts():
    """Return exercise -> what readers type, each with what `check` says of it."""
    return {name: judged(name, said) for name, said in known_answers().items()}


def judged(name, said):
    return [(given, verdict(name, given)) for given in said]


SCALARS = [
    ".25", "25e-2", "1 / 4", "4/16", "2/1", "1/0", "12,345", "-1,234", "1,234,5", "[5", "-0.03125",
    "0.09375", "0.00025", "0.001", "1e15", "2e15", " tensor(1.5,dtype=torch.float64) ",
    "a tensor(1.5)", "tensor(1.5) a", "tensor(\u22121.5)", "  nothing known ",
]  # fmt: skip
# Exercises that the book does not have, for what the engine says of them; what is typed there.
INVENTED = [
    (Value(1000.3047, {}, accept=[0.25, 5.0]), [*SCALARS, "1000.30", "1000.3", "995", "900"]),
    (Value(2, {}, names={"Your": 1, "journey": 2}), ["journey", "“Your”", "JOURNEY", "3"]),
    (Value([1000.3, 0.4567], {}), ["1000.30, 0.46", "1000.30, 0.45", "1e400, 1", "1000、0.4567"]),
    (Value([0.0412, 0.4567], {}), ["0.04, 0.46", "(0.0412, 0.4567,)", "0.0412, 0.4567] 3", "1, x"]),
    (Value([0.05, 0.4567], {}), ["0.05, 0.46", "[0, 0]", "[0.0412, 0.4567] 3"]),
    (Value([2.5, 2.5], {}), ["[1, 1]", "[0, 0]", "[3, 4]", "[2.5, 2.5] 3"]),
    (Value([1e-4, 2e-4], {}, tolerance=1e-6), ["[1.05e-4, 2.05e-4]", "[2e-4, 1e-4]"]),
    (
        Value([[0.5, -1.25], [2.0, 0.75]], {}),
        ["[[0.5, 2], [-1.25, 0.75]]", "[[1, -2.5], [6, 2.25]]", "[[0.5, -1.25], [2, 1]]",
         "((1, -2.5), (6, 2.25))", "[[1, -2.5], [6, 2.3]]", "[0.5, -1.25, 2, 0.75]"],
    ),
    (
        Value([[0.5, -1.25, 3.0], [2.0, 0.75, 1.0]], {}),
        ["[[1, -2.5, 6], [6, 2.25, 3]]", "[[0.5, 2], [-1.25, 0.75], [3, 1]]",
         "[[[0.5], [2]], [[-1.25], [0.75]], [[3], [1]]]", "[[1, -2.5, 6], [6, 2.25, 4]]"],
    ),
    (Value([[0.5], [1.5], [-2.0]], {}), ["[[1], [4], [-3]]", "0.5, 1.5, -2", "[[1], [3], [-4]]"]),
    (Choice(["keep", "hide"], {}),
     ["[keep, hide]", "[[keep, hide]]", "ke[ep, hide", "keep], [hide", "('keep', 'hide')",
      "array(['hide', 'keep'], dtype='<U4')", "array( ['keep', 'hide'] )", "  nothing known "]),
]  # fmt: skip


def page_key(found, name):
    return found.key.removeprefix(f"{name}.")


def expected_words(found, said, code):
    """Return what the page must say: what `check` prints, but for what is asked of a notebook."""
    if found.key == "any.empty":
        return text("site.answer.empty", code)
    mark = "yes" if found.key.endswith(".right") else "no"
    words = text(f"check.any.{mark}", code, said=found.said(code))
    typed = found.key in ("any.not_numbers", "any.choice", "any.choices")
    return words.replace(found.values["actual"], f"'{said.strip()}'") if typed else words


def expected_asked(name, code):
    """Return what is asked for in the field of an exercise, and the words that it offers."""
    one = EXERCISES[name]()
    if isinstance(one, Choice):
        kind = "one_of" if isinstance(one.right, str) else "some_of"
        return [text(f"site.answer.{kind}", code), *one.choices()]
    kind = ["number", "list", "rows"][torch.as_tensor(one.right).dim()]
    return [text(f"site.answer.{kind}", code)]


def fields(site, code):
    """Return one page with the fields of all pages of a language: quicker than to open each."""
    body, script = "", ""
    for path in sorted(site.glob(f"{code}/*.html")):
        html = path.read_text("utf-8")
        found = re.findall('<div class="answer" data-answer=.*?</div>', html, re.DOTALL)
        script = re.search(r"<script[^>]*/answers\.js.*?</script>", html)[0] if found else script
        body += f'<section id="{path.stem}">{"".join(found)}</section>'
    return f"<!doctype html><body>{body}{script}"


def differences(page, address, code, content, known):
    """Return how the verdicts of the fields in `content` differ from those of `check`."""
    together, differ = f"{address}{code}/fields.html", []
    kind = "text/html; charset=utf-8"
    page.route(together, lambda route: route.fulfill(body=content, content_type=kind))
    page.goto(together)
    for name, tried in known.items():
        slug, cell = PLACES[name]
        place = page.locator(f"[id='{slug}'] [data-cell={cell}]")
        asked = place.locator(".asked").evaluate(ASKED)
        if asked != expected_asked(name, code):
            differ.append(f"{name} asks {asked}")
        answered = place.evaluate(JUDGED, [said for said, _ in tried])
        for (said, found), (key, words, colour) in zip(tried, answered, strict=True):
            expected = page_key(found, name), expected_words(found, said, code)
            if (key, words) != expected or colour != ("right" if key == "right" else ""):
                differ.append(f"{name}, {said!r}\n  check: {found}\n  page:  {words!r}")
    return differ


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_judges_as_check_does(page, site, address, code):
    assert len(verdicts()) >= 20 and sum(map(len, verdicts().values())) > 300
    differ = differences(page, address, code, fields(site, code), verdicts())
    assert not differ, "\n".join([f"{len(differ)} differ", *differ[:20]])


def test_the_page_judges_what_the_book_does_not_ask(page, site, address, monkeypatch):
    content, known = fields(site, "en").rpartition("</section>")[2], {}
    for name, (exercise, said) in zip(verdicts(), INVENTED, strict=False):
        monkeypatch.setitem(EXERCISES, name, lambda exercise=exercise: exercise)
        known[name] = judged(name, said)
        slug, cell = PLACES[name]
        data = veiled(exercise_data(name, "en"))
        field = f'<div data-answer="{data}" data-cell="{cell}"></div>'
        content = f'<section id="{slug}">{field}</section>{content}'
    assert len(known) == len(INVENTED)
    differ = differences(page, address, "en", content, known)
    assert not differ, "\n".join(differ)


def test_a_field_is_answered_by_keyboard_and_heard(page, address):
    page.goto(f"{address}en/02-softmax.html")
    field = page.get_by_role("textbox", name=text("site.answer.label", "en")).first
    # Nothing that a phone or browser would change in it.
    helped = "x => [x.autocomplete, x.autocapitalize, x.spellcheck, x.enterKeyHint]"
    assert field.evaluate(helped) == ["off", "none", False, "done"]
    field.focus()
    page.keyboard.type("sharper")
    page.keyboard.press("Enter")
    place = page.locator("[data-answer]").first
    said = place.get_by_role("status")
    assert text("check.shifted_scores.sharper", "en") in said.inner_text()
    assert said.evaluate("said => said.parentElement.ariaLive ?? said.role") == "status"
    page.keyboard.press("Backspace")
    assert said.text_content() == ""  # a verdict stands beside the answer it speaks of
    for _ in range(3):  # the submit button, then the words
        page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert field.input_value() == focused == "same"
    assert text("check.shifted_scores.right", "en") in said.inner_text()
    described = field.evaluate("f => document.getElementById(f.getAttribute('aria-describedby'))")
    assert described is not None


def test_words_of_a_list_are_put_together(page, address):
    page.goto(f"{address}ja/11-backpropagation.html")
    place = page.locator("[data-cell=predict-nudge-answer]")
    field = place.get_by_role("textbox")
    for before, word, after in (
        (" ", "falls", "falls"),
        ("falls, ", "rises", "falls, rises"),
        ("falls, rises", "falls", "falls, rises, falls"),
    ):
        field.fill(before)
        button = place.get_by_role("button", name=word, exact=True)
        button.click()
        assert button.get_attribute("lang") == "en"
        assert field.input_value() == after
    assert place.get_by_role("status").text_content() == ""  # it is judged when it is whole
    place.get_by_role("button", name=text("site.answer.judge", "ja")).click()
    assert text("check.nudged_score.right", "ja") in place.get_by_role("status").inner_text()


@pytest.mark.parametrize("code", LANGUAGES)
def test_without_script_the_page_says_where_to_run(browser, address, code):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}{code}/02-softmax.html")
    assert tab.locator(".answer").count() >= 3
    assert tab.locator(".answer :is(input, button)").count() == 0
    assert text("check.any.empty", code) not in tab.locator("article").inner_text()
    name = text("site.open_exercise", code, runner="Colab")
    assert tab.get_by_role("link", name=name).count() == tab.locator(".answer").count()
    context.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_exercise_opens_at_its_cell(site, code):
    for path in chapters(code):
        html = (site / code / f"{path.stem}.html").read_text("utf-8")
        for cell in read(path)["cells"]:
            if exercise_name(cell):
                place = f"{code}/{path.name}"
                for link in runner_links(repository(), place, cell=cell["id"]).values():
                    assert f'href="{link}"' in html, (path.stem, cell["id"])
                    assert link.endswith(f"#scrollTo={cell['id']}")


def test_every_kind_of_answer_has_its_place(site):
    for name, make in EXERCISES.items():
        if name not in PLACES:
            continue
        slug, cell = PLACES[name]
        html = (site / "en" / f"{slug}.html").read_text("utf-8")
        data = re.search(rf'<div class="answer"([^>]*) data-cell="{cell}"', html)[1]
        assert bool(data) is not isinstance(make(), Function), name


def test_answers_are_not_read_off_the_source_by_accident(site):
    for path in site.glob("*/*.html"):
        for data in re.findall(r'data-answer="([^"]+)"', path.read_text("utf-8")):
            with pytest.raises(ValueError):
                json.loads(base64.b64decode(data))
            assert b"right" not in base64.b64decode(data)


def test_a_runner_without_cells_opens_the_head(tmp_path):
    config = (ROOT / "_config.yml").read_text("utf-8")
    line = "  Elsewhere: https://run.test/{repository}?file={path}\n"
    (tmp_path / "_config.yml").write_text(config.replace("runners:\n", "runners:\n" + line))
    links = runner_links("https://github.com/a/b", "ja/03-x.ipynb", tmp_path, cell="one-answer")
    assert links["Elsewhere"] == "https://run.test/a/b?file=chapters/ja/03-x.ipynb"
    assert links["Colab"].endswith("chapters/ja/03-x.ipynb#scrollTo=one-answer")
    head = runner_links("https://github.com/a/b", "ja/03-x.ipynb", tmp_path)["Colab"]
    assert head.endswith("chapters/ja/03-x.ipynb")

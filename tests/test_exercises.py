"""Every exercise: its right answer, its misconceptions, its words in four languages."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest
import torch

from helpers import check
from helpers.check import Choice, Function, Value, verdict
from helpers.exercises import EXERCISES
from helpers.language import LANGUAGES, messages

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "helpers" / "check"
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


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small tensors are slowed down a lot by threads that wait for a busy processor."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def file_of(name, suffix):
    """Return the chapter's file in which an exercise, or its words, stand."""
    return f"{EXERCISES[name].__module__.replace('.', '/')}.{suffix}"


def hints():
    return [
        (name, key, f"check.{name}.{key}") for name, e in EXERCISES.items() for key in e().wrong
    ]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_right_answer_is_right(name):
    found = verdict(name, EXERCISES[name]().right)
    assert found.key == f"{name}.right", f"{file_of(name, 'py')}: `right` of {name} is {found}"


@pytest.mark.parametrize(
    ("name", "key", "answer"), WRONG, ids=[f"{name}-{key}" for name, key, _ in WRONG]
)
def test_a_typical_wrong_answer_shows_its_misconception(name, key, answer):
    found = verdict(name, answer).key
    assert found == f"{name}.{key}", (
        f"{file_of(name, 'py')}: the typical answer of {key!r} in {name} is met with {found!r}. "
        f"Give wrong={{{key!r}: ...}} an answer that leads to it and to no misconception above it, "
        f"cases that tell them apart, or take [{name}.{key}] out of {file_of(name, 'toml')}"
    )


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
    said = getattr(check, name).__doc__ or ""
    assert len(said) > 30, f"{file_of(name, 'py')}: say below `def {name}` what is asked"


def test_an_exercise_hides_no_other_name():
    for name in EXERCISES:
        assert name not in vars(check), (
            f"{file_of(name, 'py')}: the exercise {name} would hide behind helpers.check.{name}: "
            f"rename it, in {file_of(name, 'toml')} and in its notebook too"
        )


def test_a_name_used_twice_is_refused_with_both_places():
    def declared_in(module, line):
        code = compile("\n" * (line - 1) + "def dot_by_hand(): pass", module, "exec")
        exec(code, scope := {"__name__": f"helpers.exercises.{module}"})
        return scope["dot_by_hand"]

    said = r"dot_by_hand of helpers/exercises/ch12\.py, line 7 .* helpers/exercises/ch01\.py, line"
    with pytest.raises(ValueError, match=said):
        check.exercise(declared_in("ch12", 7))
    with pytest.raises(ValueError, match=r"ch01\.py, line 900 is declared in"):
        check.exercise(declared_in("ch01", 900))
    assert verdict("dot_by_hand", 0.9422).key == "dot_by_hand.right"


def test_each_exercise_is_found_by_its_name():
    assert set(EXERCISES) <= set(dir(check))
    assert all(getattr(check, name).__name__ == name for name in EXERCISES)
    with pytest.raises(AttributeError, match="no exercise and no property check 'dot_by_foot'"):
        check.dot_by_foot  # noqa: B018


# ---------------------------------------------------------------- the words


def used_words():
    """Return file -> exercise or property -> keys of the words that the code says."""
    engine = "\n".join(path.read_text("utf-8") for path in sorted(ENGINE.glob("*.py")))
    used = {
        "helpers/words/check.toml": {"any": set(re.findall(r'"(?:check\.)?any\.(\w+)"', engine))}
    }
    used["helpers/words/check.toml"] |= PROPERTIES
    for name, declare in EXERCISES.items():
        used.setdefault(file_of(name, "toml"), {})[name] = {"right", *declare().wrong}
    return used


def written_words():
    """Return file -> exercise or property -> key -> language -> words."""
    files = [ROOT / "helpers/words/check.toml", *(ROOT / "helpers/exercises").glob("*.toml")]
    tables = {str(f.relative_to(ROOT)): tomllib.loads(f.read_text("utf-8")) for f in files}
    return {file: {n: w for n, w in t.items() if n != "label"} for file, t in tables.items()}


def faults(used, written):
    """Say of each word that is missing, or that nothing says, what to write and where."""
    for file, exercises in used.items():
        for name, key in [(name, key) for name, keys in exercises.items() for key in sorted(keys)]:
            words = written.get(file, {}).get(name, {}).get(key)
            if words is None:
                yield f"{file}: write [{name}.{key}], with a line for each of {list(LANGUAGES)}"
                continue
            for language in LANGUAGES:
                if not words.get(language, "").strip():
                    yield f'{file}: write a line {language} = "..." in [{name}.{key}]'
            if unknown := set(words) - set(LANGUAGES):
                yield f"{file}: [{name}.{key}] has lines for {sorted(unknown)}, no languages here"
            fields = {
                language: sorted({field for _, field, _, _ in Formatter().parse(said) if field})
                for language, said in words.items()
                if said.strip()
            }
            if len(set(map(str, fields.values()))) > 1:
                yield f"{file}: [{name}.{key}] needs the same {{values}} in each line: {fields}"
    for file, exercises in written.items():
        for name, key in [(name, key) for name, keys in exercises.items() for key in keys]:
            if key not in used.get(file, {}).get(name, ()):
                where = f'declare it in {file.replace(".toml", ".py")}, as `{name}` with "{key}"'
                yield f"{file}: nothing says [{name}.{key}]: {where}, or take the words out"


def test_each_verdict_has_words_and_all_words_belong_to_a_verdict():
    found = list(faults(used_words(), written_words()))
    assert not found, "\n".join(["", *found])


def test_a_fault_in_the_words_is_named_with_its_file_and_key():
    used = {"helpers/exercises/ch12.toml": {"turn": {"right", "angle"}}}
    words = dict.fromkeys(LANGUAGES, "By {size}.")
    file = "helpers/exercises/ch12.toml"
    planted = {
        f"{file}: write [turn.right], with": {"turn": {"angle": words}},
        f'{file}: write a line ko = "..." in [turn.angle]': {
            "turn": {"right": words, "angle": {**words, "ko": ""}}
        },
        f"{file}: nothing says [turn.left]": {
            "turn": {"right": words, "angle": words, "left": words}
        },
        f"{file}: [turn.angle] needs the same {{values}}": {
            "turn": {"right": words, "angle": {**words, "ja": "{length}"}}
        },
    }
    for said, table in planted.items():
        (found,) = faults(used, {file: table})
        assert found.startswith(said)
    assert not list(faults(used, {file: {"turn": {"right": words, "angle": words}}}))


def test_messages_of_a_language_differ_within_an_exercise():
    for name, declare in EXERCISES.items():
        for language in LANGUAGES:
            known = [messages().get(f"check.{name}.{key}", {}) for key in declare().wrong]
            said = [words[language] for words in known if language in words]
            twice = {words for words in said if said.count(words) > 1}
            assert not twice, f"{file_of(name, 'toml')}: two of [{name}.*] say {twice} ({language})"


def test_no_hint_holds_the_solution():
    for name, key, message in hints():
        right = EXERCISES[name]().right
        for language, said in messages().get(message, {}).items():
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

"""Natural answers to the exercises, right and wrong, each with the verdict that it should meet.

They stand in answers/chNN.py, a function an exercise, named as the exercise is:

    def dot_by_hand():
        yield 0.9422, "right"
        yield 0.942, "any.rounded"

A key without a point is the exercise's own; `any.` marks what the engine says of any exercise.
"""

import importlib.util
import inspect
from pathlib import Path

import pytest
import torch

from helpers.check import verdict
from helpers.exercises import EXERCISES

FOLDER = Path(__file__).parent / "answers"


def answers_of(path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, answers in vars(module).items():
        if inspect.isgeneratorfunction(answers):
            yield from ((path.stem, name, i, *pair) for i, pair in enumerate(answers()))


ANSWERS = [one for path in sorted(FOLDER.glob("ch*.py")) for one in answers_of(path)]


@pytest.mark.parametrize(
    ("chapter", "name", "answer", "key"),
    [(chapter, name, answer, key) for chapter, name, _, answer, key in ANSWERS],
    ids=[f"{name}-{i}-{key}" for _, name, i, _, key in ANSWERS],
)
def test_an_answer_meets_its_verdict(chapter, name, answer, key):
    where = f"tests/answers/{chapter}.py, {name}"
    assert name in EXERCISES, f"{where}: no exercise has this name"
    assert EXERCISES[name].__module__ == f"helpers.exercises.{chapter}", f"{where}: other chapter"
    found = verdict(name, answer)
    expected = key if "." in key else f"{name}.{key}"
    assert found.key == expected, f"{where}: expected {expected}; got {found.key}: {found.said()}"
    assert "None" not in found.said() or "returned None" in found.said()


@pytest.mark.parametrize("name", EXERCISES)
def test_no_answer_of_another_exercise_stops_the_check(name):
    others = [
        None,
        3,
        "x",
        [[1], [2, 3]],
        {},
        torch.ones(2, 2),
        len,
        print,
        torch.nn.Linear,
        object,
    ]
    for answer in others:
        assert verdict(name, answer).said()

"""Disturbed arithmetic: small, repeatable, and gone afterwards."""

import math

import pytest

from helpers import pure
from tools.disturb_math import ROUNDED, disturb


@pytest.fixture
def disturbed():
    restores = []
    yield lambda seed: restores.append(disturb(seed))
    for restore in reversed(restores):
        restore()


def test_it_moves_the_last_bit_and_no_more(disturbed):
    numbers = [k / 7 for k in range(1, 200)]
    plain = [math.exp(x) for x in numbers]
    disturbed(1)
    moved = [math.exp(x) for x in numbers]
    assert moved == [math.exp(x) for x in numbers]
    steps = {round((a - b) / math.ulp(b)) for a, b in zip(moved, plain, strict=True)}
    assert steps == {-1, 0, 1}
    assert math.exp(0) == 1.0
    assert sum([1, 2]) == 3
    assert sum([0.5, 0.25, 0.25]) == 1.0


def test_seeds_differ(disturbed):
    numbers = [k / 7 for k in range(1, 50)]
    disturbed(1)
    one = [math.exp(x) for x in numbers]
    disturbed(2)
    assert one != [math.exp(x) for x in numbers]


def test_it_is_seen_in_the_last_digits_of_pure_python_and_nowhere_else(disturbed):
    tokens = [[0.43, 0.15, 0.89], [0.55, 0.87, 0.66], [0.57, 0.85, 0.64]]
    plain = pure.context_vectors(tokens)
    disturbed(3)
    found = pure.context_vectors(tokens)
    assert found != plain
    for row, known in zip(found, plain, strict=True):
        assert all(math.isclose(*pair, rel_tol=1e-14) for pair in zip(row, known, strict=True))


def test_restore_puts_everything_back():
    before = [getattr(math, name) for name in ROUNDED], sum
    disturb(1)()
    assert before == ([getattr(math, name) for name in ROUNDED], sum)

"""Numbers in figures, before anything is drawn: how they are printed, where axes end, ticks."""

import math
from itertools import pairwise

import pytest

from helpers.figures.chart import limits, log_ticks, set_ticks, tick_words, values_fit
from helpers.figures.ramp import FAINTEST, INK_TO, WHITE_FROM, opacity
from helpers.figures.ramp import limits as ends_of_colour
from helpers.figures.svg import px
from helpers.figures.words import fixed, number


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (0.125, 2, "0.13"),
        (0.1249, 2, "0.12"),
        (0.94499, 2, "0.94"),  # rounded once, not to 0.945 first
        (-0.004, 2, "0.00"),
        (-0.006, 2, "−0.01"),
        (12345.0, 1, "12345.0"),
        (math.nan, 2, ""),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
    ],
)
def test_decimals(value, digits, printed):
    assert fixed(value, digits) == printed


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3.0, "3"),
        (-1234567, "−1234567"),
        (1234.5678, "1235"),
        (-1000.4, "−1000"),
        (999.44, "999.4"),
        (0.12345678, "0.1235"),
        (0.5, "0.5"),
        (0.001, "0.001"),
        (0.00099, "9.9e−4"),
        (-2.5e-12, "−2.5e−12"),
    ],
)
def test_a_number_is_said_with_about_four_digits(value, said):
    assert number(value) == said


def test_the_last_bits_decide_nothing_that_is_said():
    assert {number(0.12345 + step * 1e-9) for step in (-1, 0, 1)} == {number(0.12345)}


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0, 1], 0, 1.05),
        ([3, 10], 0, 10.35),  # 0 is near
        ([5, 10], 0, 10.25),
        ([6, 10], 5.8, 10.2),  # it is not
        ([-1, 1], -1.1, 1.1),
        ([-1, 0], -1.05, 0),
        ([-9, -2], -9.35, 0),
        ([-10, -5], -10.25, 0),
        ([-10, -6], -10.2, -5.8),
        ([5, 5], 4.75, 5.25),
        ([-5, -5], -5.25, -4.75),
        ([0, 0], 0, 0.05),
        ([-1e-9, 1], 0, 1.05),  # 0 but for the last bits
        ([-1, 1e-9], -1.05, 0),
        ([-1e-3, 1e4], 0, 1.05e4),
        ([-1e4, 1e-3], -1.05e4, 0),
    ],
)
def test_the_ends_of_a_value_axis(values, low, high):
    assert limits(values, False) == pytest.approx((low, high))


def test_the_ends_of_a_logarithmic_axis_leave_the_same_room_on_paper():
    low, high = map(math.log10, limits([1, 1000], True))
    assert (low, high) == pytest.approx((-0.15, 3.15))
    low, high = map(math.log10, limits([10, 10], True))
    assert (low, high) == pytest.approx((0.975, 1.025))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 1000, [1, 10, 100, 1000]),
        (0.9, 120, [1, 10, 100]),
        (1, 1e5, [1, 10, 100, 1e3, 1e4, 1e5]),
        (1, 1e6, [1, 100, 1e4, 1e6]),  # seven do not fit
        (0.01, 1e12, [0.01, 10, 1e4, 1e7, 1e10]),
        (1, 50, [1, 2, 5, 10, 20, 50]),
        (0.3, 3, [0.5, 1, 2]),
        (3, 4, []),
    ],
)
def test_ticks_of_a_logarithmic_axis(low, high, ticks):
    assert log_ticks(low, high, 6) == pytest.approx(ticks)


def test_an_axis_has_a_few_round_ticks_or_those_that_are_given():
    from matplotlib.figure import Figure

    def ticks(is_log, most, **options):
        axes = Figure().add_subplot(yscale="log" if is_log else "linear", ylim=(0.5, 8))
        set_ticks(axes.yaxis, is_log, most, **options)
        assert list(axes.yaxis.get_minorticklocs()) == []
        return [t for t in axes.yaxis.get_majorticklocs() if 0.5 <= t <= 8]

    assert ticks(False, 6) == [2, 4, 6, 8]
    assert ticks(False, 20)[:2] == [0.5, 1] and ticks(False, 20, whole=True)[:2] == [1, 2]
    assert ticks(True, 6) == [0.5, 1, 2, 5]
    assert ticks(True, 6, fixed_at=[3, 4.5]) == ticks(False, 6, fixed_at=[3, 4.5]) == [3, 4.5]


def test_a_logarithmic_axis_without_a_round_power_has_ticks_all_the_same():
    from matplotlib.figure import Figure

    axes = Figure().add_subplot(yscale="log", ylim=(2.9, 4.1))
    set_ticks(axes.yaxis, True, 6)
    assert len([t for t in axes.get_yticks() if 2.9 <= t <= 4.1]) > 2


@pytest.mark.parametrize(
    ("ticks", "words"),
    [
        ([1, 2, 3], ["1", "2", "3"]),
        ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([-0.5, 0, 0.5], ["−0.5", "0.0", "0.5"]),
        ([0.1, 0.12], ["0.10", "0.12"]),
        ([1, 10, 100], ["1", "10", "100"]),
        ([0.01, 0.1, 1], ["0.01", "0.1", "1"]),  # as many digits as each needs
        ([0, 20000, 90000], ["0", "20000", "90000"]),
        ([0, 20000, 100000], ["0", "2×$10^{4}$", "$10^{5}$"]),
        ([-2e5, 0], ["−2×$10^{5}$", "0"]),
        ([1e-5, 2.5e-5], ["$10^{-5}$", "2.5×$10^{-5}$"]),
        ([0.0001, 0.0002], ["0.0001", "0.0002"]),
        ([0], ["0"]),
        ([1 / 3], ["0.333333"]),
    ],
)
def test_ticks_are_printed_alike(ticks, words):
    assert tick_words(ticks) == words


def test_values_are_ticks_where_their_words_stand_apart():
    powers = [2**k for k in range(11)]
    assert values_fit(powers, True) and not values_fit(powers, False)
    assert values_fit(range(12), False) and not values_fit(range(13), False)
    assert values_fit([3, 3], False)
    assert values_fit([0, 1, 10], False) and not values_fit([0, 0.1, 10], False)


def test_no_shade_lies_where_neither_ink_can_be_read():
    shades = [opacity(share / 1000) for share in range(1001)]
    assert shades == sorted(shades)
    assert shades[0] == FAINTEST and shades[-1] == pytest.approx(1)
    assert not [shade for shade in shades if INK_TO < shade < WHITE_FROM]
    below = [share for share in range(1001) if shades[share] <= INK_TO]
    steps = [b - a for a, b in pairwise(shades)]
    jump = steps.pop(len(below) - 1)
    assert jump == pytest.approx(WHITE_FROM - INK_TO, abs=1e-3)
    assert max(steps) - min(steps) < 1e-9  # else it rises evenly


@pytest.mark.parametrize(
    ("numbers", "largest", "ends"),
    [
        ([0.2, 0.5], 0.0, (0.0, 0.5)),
        ([0.2, 0.5], 0.8, (0.0, 0.8)),
        ([-0.5, 0.2], 0.0, (-0.5, 0.5)),
        ([-0.2, 0.5], 0.0, (-0.5, 0.5)),
        ([-1e-8, 0.5], 0.0, (0.0, 0.5)),
        ([-1e-5, 0.5], 0.0, (-0.5, 0.5)),
        ([-1e-3, 1e4], 0.0, (0.0, 1e4)),
        ([0.0], 0.0, (0.0, 1.0)),
        ([], 0.0, (0.0, 1.0)),
        ([], 0.5, (0.0, 0.5)),
    ],
)
def test_the_ends_of_the_colours(numbers, largest, ends):
    assert ends_of_colour(numbers, largest) == ends


def test_coordinates_are_whole_tenths_and_a_half_goes_up():
    values = [3.0, 1.04, 1.05, 1.0499999, 2.96, -0.04, -0.05, -1.26]
    assert [px(v) for v in values] == ["3", "1", "1.1", "1.1", "3", "0", "0", "-1.3"]

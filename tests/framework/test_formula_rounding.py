"""Rounding is that of a person with a pencil, not that of binary fractions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula.rounding import round_down, round_half_up, round_up


def rounded(value: float, decimals: int = 0) -> float:
    return float(round_half_up(np.array([value]), decimals)[0])


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [
        (2.7, 2, 3),
        (-2.7, -3, -2),
        (3.0, 3, 3),
        (0.0, 0, 0),
        (0.29 / 0.01, 29, 29),  # 28.999999999999996
        (0.07 * 100, 7, 7),  # 7.000000000000001
        (0.1 * 3 - 0.3, 0, 0),  # 5.551115123125783e-17
        (0.3 - 0.1 * 3, 0, 0),
        (1234567890123.4, 1234567890123, 1234567890124),
        (1e300, 1e300, 1e300),
        (-1e300, -1e300, -1e300),
    ],
)
def test_whole_numbers_below_and_above_by_hand(value: float, below: float, above: float) -> None:
    assert round_down(np.array([value])).tolist() == [below]
    assert round_up(np.array([value])).tolist() == [above]


@pytest.mark.parametrize(
    ("value", "decimals", "by_hand"),
    [
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (2.4999, 0, 2.0),
        (1.005, 2, 1.01),  # the double is 1.00499999999999989
        (2.675, 2, 2.68),
        (-2.675, 2, -2.68),
        (0.125, 2, 0.13),
        (69.5, 0, 70.0),
        (12345678901.46, 0, 12345678901.0),
        (0.1 + 0.2, 12, 0.3),
        (1e300, 12, 1e300),
        (-1e300, 0, -1e300),
    ],
)
def test_halves_go_away_from_zero_by_hand(value: float, decimals: int, by_hand: float) -> None:
    assert rounded(value, decimals) == by_hand


def test_no_result_is_a_negative_zero() -> None:
    for result in (round_down(np.array([-0.0])), round_up(np.array([-0.5])), round_half_up(np.array([-0.2]))):
        assert not np.signbit(result).any()


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.integers(0, 6))
def test_a_written_decimal_is_rounded_as_the_decimal_module_rounds_it(digits: int, places: int, decimals: int) -> None:
    written = Decimal(digits).scaleb(-places)
    expected = written.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert rounded(float(written), decimals) == float(expected)


@given(st.floats(-1e15, 1e15))
def test_what_is_below_is_not_above_by_more_than_the_twelfth_digit(value: float) -> None:
    below, above = float(round_down(np.array([value]))[0]), float(round_up(np.array([value]))[0])
    margin = min(1e-12 * max(abs(value), 1), 1e-6)
    assert below == np.rint(below)
    assert value - 1 < below <= value + margin
    assert value - margin <= above < value + 1
    assert above - below in (0, 1)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.integers(0, 4))
def test_a_larger_value_is_never_rounded_to_less(one: float, other: float, decimals: int) -> None:
    low, high = min(one, other), max(one, other)
    for rule in (round_down, round_up, lambda values: round_half_up(values, decimals)):
        first, second = rule(np.array([low, high]))
        assert first <= second

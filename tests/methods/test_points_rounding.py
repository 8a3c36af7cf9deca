"""Rounding of points: on the decimal as it is printed, in four ways."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError
from parkscore.methods.points_rounding import WAYS, rounded

POINTS = st.floats(-1e9, 1e9)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("half_up", [3, 4, 2, 3, -3, -2, 0, 1]),
        ("half_even", [2, 4, 2, 3, -2, -2, 0, 0]),
        ("down", [2, 3, 2, 2, -2, -2, 0, 0]),
        ("up", [3, 4, 3, 3, -3, -3, 0, 1]),
    ],
)
def test_each_way_of_rounding_halves_and_what_lies_beside_them(how: Any, expected: list[float]) -> None:
    values = [2.5, 3.5, 2.49, 2.51, -2.5, -2.4, 0.0, 0.5]
    np.testing.assert_array_equal(rounded(values, 0, how), expected)


@pytest.mark.parametrize(
    ("value", "decimals", "half_up"),
    [(1.005, 2, 1.01), (2.675, 2, 2.68), (0.285, 2, 0.29), (1.115, 2, 1.12), (8.345, 2, 8.35), (0.15, 1, 0.2)],
)
def test_a_half_whose_float_lies_beside_it_is_a_half(value: float, decimals: int, half_up: float) -> None:
    assert rounded([value], decimals, "half_up")[0] == half_up
    assert rounded([-value], decimals, "half_up")[0] == -half_up


def test_noise_beyond_twelve_digits_is_no_reason_to_go_up_or_down() -> None:
    assert rounded([0.1 + 0.2], 1, "up")[0] == 0.3
    assert rounded([0.29 * 100], 0, "down")[0] == 29
    assert rounded([70.0000000001], 0, "up")[0] == 71


def test_a_number_too_large_for_twelve_digits_keeps_all_it_has() -> None:
    large = [12345678901.125, 123456789012345.0, 1e150, -1e300]
    np.testing.assert_array_equal(rounded(large, 2, "half_even"), [12345678901.12, 123456789012345.0, 1e150, -1e300])


def test_gaps_stay_gaps_the_shape_stays_and_a_zero_has_no_sign() -> None:
    result = rounded([[np.nan, -0.2], [0.2, np.nan]], 0, "half_up")
    np.testing.assert_array_equal(result, [[np.nan, 0.0], [0.0, np.nan]])
    assert not np.signbit(result[0, 1])
    assert rounded([], 0, "up").shape == (0,)


@pytest.mark.parametrize(
    ("points", "decimals", "how", "english"),
    [
        ([1.0], -1, "up", "from 0 to 10, not -1"),
        ([1.0], 11, "up", "from 0 to 10, not 11"),
        ([1.0], True, "up", "not True"),
        ([1.0], 1.5, "up", "not 1.5"),
        ([1.0], 0, "nearest", "no rounding 'nearest'; known: half_up, half_even, down, up"),
        ([math.inf], 0, "up", "beyond all numbers"),
    ],
)
def test_what_cannot_be_meant_is_refused(points: list[float], decimals: Any, how: Any, english: str) -> None:
    with pytest.raises(DomainError, match=english):
        rounded(points, decimals, how)


@given(POINTS, st.integers(0, 3), st.sampled_from(list(WAYS)))
def test_rounding_moves_by_less_than_a_step_and_a_second_time_not_at_all(value: float, decimals: int, how: Any) -> None:
    (once,) = rounded([value], decimals, how)
    assert abs(once - value) <= 10.0**-decimals * (1 + 1e-9)
    assert rounded([once], decimals, how)[0] == once


@given(st.lists(POINTS, min_size=2, max_size=9), st.integers(0, 3), st.sampled_from(list(WAYS)))
def test_rounding_never_turns_an_order_round(values: list[float], decimals: int, how: Any) -> None:
    assert np.all(np.diff(rounded(np.sort(values), decimals, how)) >= 0)


@given(POINTS, st.integers(0, 3), st.sampled_from(list(WAYS)))
def test_deductions_are_rounded_as_points_are(value: float, decimals: int, how: Any) -> None:
    assert rounded([-value], decimals, how)[0] == -rounded([value], decimals, how)[0]


@given(st.integers(-(10**7), 10**7), st.integers(1, 4))
def test_half_up_is_the_school_rule_on_written_decimals(digits: int, decimals: int) -> None:
    exact = Fraction(digits, 10**decimals)
    whole = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    assert rounded([digits / 10**decimals], 0, "half_up")[0] == whole

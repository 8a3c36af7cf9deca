"""Exact sums hold every digit, whatever the order, the pieces and the sizes of the values."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError
from parkscore.methods.exact_sums import (
    ExactSums,
    exact_squares,
    exact_sum,
    grouped_squares,
    grouped_sums,
    sums_of_runs,
)

GROUPS = 10  # more than are rounded one by one

any_float = st.floats(allow_nan=False, allow_infinity=False)
measured = st.one_of(
    any_float,
    st.integers(-(10**12), 10**12).map(float),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(float),
    st.just(math.nan),
)
rows = st.lists(st.tuples(measured, st.integers(-1, GROUPS - 1)), max_size=40)


def columns(pairs: list[tuple[float, int]]) -> tuple[np.ndarray, np.ndarray]:
    """The values and the codes of rows."""
    return np.array([value for value, _ in pairs]), np.array([code for _, code in pairs], dtype=np.int32)


def fractions_of(pairs: list[tuple[float, int]], code: int, power: int = 1) -> Fraction:
    """The sum of a group in fractions, the slow way."""
    return sum((Fraction(value) ** power for value, own in pairs if own == code and not math.isnan(value)), Fraction(0))


def nearest(fraction: Fraction) -> float:
    """The nearest float; infinite where there is none."""
    try:
        return fraction.numerator / fraction.denominator
    except OverflowError:
        return math.inf if fraction > 0 else -math.inf


@given(rows)
def test_grouped_sums_are_those_of_fractions(pairs: list[tuple[float, int]]) -> None:
    x, codes = columns(pairs)
    expected = [fractions_of(pairs, code) for code in range(GROUPS)]
    sums = grouped_sums(x, codes, GROUPS)
    assert sums.fractions() == expected
    assert sums.values.tolist() == [nearest(each) for each in expected]


whole = st.one_of(st.integers(-(2**31), 2**31), st.integers(-(2**53), 2**53), st.just(-(2**32))).map(float)


@given(st.lists(st.lists(st.one_of(whole, st.just(math.nan), measured), min_size=1, max_size=6), min_size=1))
def test_sums_of_runs_are_those_of_groups(runs: list[list[float]]) -> None:
    lengths = [len(run) for run in runs]
    x, codes = np.array([value for run in runs for value in run]), np.repeat(np.arange(len(runs)), lengths)
    expected, found = grouped_sums(x, codes, len(runs)), sums_of_runs(x, np.cumsum([0, *lengths[:-1]]))
    assert found == expected
    assert found.values.tobytes() == expected.values.tobytes()


@given(st.lists(whole.filter(lambda value: abs(value) < 2**53), min_size=1))
def test_whole_numbers_are_held_as_other_numbers_are(values: list[float]) -> None:
    found, expected = ExactSums.of_wholes(np.array(values)), ExactSums.of(values)
    assert (found.first, found.places.tolist()) == (expected.first, expected.places.tolist())


@given(st.lists(st.floats(-1e300, 1e300), max_size=60))
def test_a_sum_is_that_of_math_fsum(values: list[float]) -> None:
    assert exact_sum(values).values.tolist() == [math.fsum(values)]


@given(rows)
def test_grouped_squares_are_those_of_fractions(pairs: list[tuple[float, int]]) -> None:
    x, codes = columns(pairs)
    expected = [fractions_of(pairs, code, 2) for code in range(GROUPS)]
    assert grouped_squares(x, codes, GROUPS).fractions() == expected


@given(rows, st.randoms(use_true_random=False), st.lists(st.integers(0, 40), max_size=4))
def test_no_order_and_no_split_changes_a_bit(pairs: list[tuple[float, int]], random, cuts: list[int]) -> None:
    whole = grouped_sums(*columns(pairs), GROUPS)
    random.shuffle(pairs)
    ends = sorted({0, *(min(cut, len(pairs)) for cut in cuts), len(pairs)})
    pieces = [columns(pairs[start:end]) for start, end in pairwise(ends)]
    sums = [grouped_sums(x, codes, GROUPS) for x, codes in pieces] or [grouped_sums([], [], GROUPS)]
    random.shuffle(sums)
    merged = sums[0]
    for each in sums[1:]:
        merged = merged + each
    assert merged == whole
    assert merged.values.tobytes() == whole.values.tobytes()


@given(rows)
def test_a_value_taken_out_and_put_back_leaves_no_trace(pairs: list[tuple[float, int]]) -> None:
    pairs = [pair for pair in pairs if pair[1] >= 0]
    x, codes = columns(pairs)
    sums = grouped_sums(x, codes, GROUPS)
    without = sums.take(codes) - ExactSums.of(x)
    own = [Fraction(0) if math.isnan(value) else Fraction(value) for value, _ in pairs]
    expected = [fractions_of(pairs, code) - part for (_, code), part in zip(pairs, own, strict=True)]
    assert without.values.tolist() == [nearest(each) for each in expected]
    assert without + ExactSums.of(x) == sums.take(codes)


@pytest.mark.parametrize("groups", [1, 7, 5000, 100_000])
def test_many_rows_cross_the_ends_of_chunks(groups: int) -> None:
    rng = np.random.default_rng(groups)
    x = np.concatenate([rng.lognormal(10, 3, 70_000), np.round(-rng.lognormal(9, 2, 30_000), 2)])
    codes = rng.integers(0, groups, x.size)
    values = grouped_sums(x, codes, groups).values
    for group in (0, groups // 2, groups - 1):
        assert values[group] == math.fsum(x[codes == group])


def test_whole_numbers_of_53_bits_lose_nothing() -> None:
    x = np.full(3, 2.0**53 - 1)
    assert exact_sum(x).fractions() == [3 * (2**53 - 1)]
    assert grouped_sums(x, [0, 1, 1], 2).values.tolist() == [2.0**53 - 1, 2.0**54 - 2]


def test_half_way_between_two_floats_goes_to_the_even_one() -> None:
    assert exact_sum([2.0**53, 1.0]).values.tolist() == [2.0**53]
    assert exact_sum([2.0**53, 3.0]).values.tolist() == [2.0**53 + 4]
    assert exact_sum([2.0**53, 1.0, 2.0**-1074]).values.tolist() == [2.0**53 + 2]


def test_a_sum_beyond_all_floats_comes_back() -> None:
    beyond = exact_sum([1.7e308, 1.7e308])
    assert beyond.values.tolist() == [math.inf]
    assert (beyond - exact_sum([1.7e308])).values.tolist() == [1.7e308]


def test_the_smallest_and_the_largest_have_squares() -> None:
    assert exact_squares([5e-324]).fractions() == [Fraction(2) ** -2148]
    assert exact_squares([1.7e308, 5e-324]).fractions() == [Fraction(1.7e308) ** 2 + Fraction(2) ** -2148]


@pytest.mark.parametrize("sums", [exact_sum, exact_squares])
def test_infinity_is_refused(sums) -> None:
    with pytest.raises(DomainError, match="infinite"):
        sums([1.0, math.inf])


@pytest.mark.parametrize(("codes", "groups"), [([0], 1), ([0, 2], 2), ([0.0, 1.0], 2)])
def test_codes_that_do_not_fit_the_values_are_refused(codes: list[int], groups: int) -> None:
    with pytest.raises(ValueError, match="code"):
        grouped_sums([1.0, 2.0], codes, groups)


def test_sums_of_other_groups_are_not_added() -> None:
    with pytest.raises(ValueError, match="groups"):
        grouped_sums([1.0], [0], 2) + exact_sum([1.0])

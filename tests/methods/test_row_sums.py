"""Sums of many units at a time, against NumPy's own of each unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from parkscore.methods import aggregation
from parkscore.methods.row_sums import blocks, sums_of_units
from parkscore.methods.rows import mean_of_present, rows_of, weighted_mean

SCORES = st.one_of(st.floats(-1e6, 1e6), st.just(np.nan), st.just(0.0), st.just(-0.0))


def bits(numbers: np.ndarray) -> list[int]:
    """What stands in memory, so that 0 and -0 differ; any NaN is one."""
    return [int(number) for number in np.where(np.isnan(numbers), np.nan, numbers).view(np.int64)]


@pytest.mark.parametrize("count", [*range(1, 42), 127, 128, 129, 130, 256, 300, 1000])
@pytest.mark.parametrize("units", [1, 2, 17])
def test_units_are_summed_to_the_bits_of_numpy_over_contiguous_rows(count: int, units: int) -> None:
    numbers = np.random.default_rng(count).normal(size=(units, count)) * 10.0 ** (np.arange(count) % 9)
    assert bits(sums_of_units(np.ascontiguousarray(numbers.T))) == bits(numbers.sum(axis=1))


def test_a_sum_of_nothing_but_minus_zeros_is_zero() -> None:
    assert bits(sums_of_units(np.full((3, 2), -0.0))) == [0, 0]


@given(data=st.data(), columns=st.integers(1, 20), units=st.integers(1, 30))
def test_the_mean_of_many_units_at_a_time_has_the_bits_of_one_row_at_a_time(
    data: st.DataObject, columns: int, units: int
) -> None:
    scores = data.draw(arrays.arrays(np.float64, (units, columns), elements=SCORES))
    weights = data.draw(arrays.arrays(np.float64, columns, elements=st.sampled_from([0.0, 0.1, 0.3, 1.0, 7.0])))
    weights[0] = 1.0
    rows = rows_of(scores, weights)
    expected = bits(weighted_mean(rows.scores, rows))
    assert bits(mean_of_present(scores, weights)) == expected
    assert bits(mean_of_present(np.asfortranarray(scores), weights)) == expected


@pytest.mark.parametrize("name", sorted(name for name, each in aggregation.items() if each.row_local))
def test_a_unit_gets_the_same_bits_alone_as_among_many(name: str) -> None:
    rng = np.random.default_rng(7)
    scores, weights = rng.uniform(0.5, 1.0, (50, 19)), rng.uniform(0.1, 1.0, 19)
    required = {"exponent": 2.0, "cap": 100.0, "grades": [0.5, 0.75, 1.0]}
    stated = {each: required[each] for each, parameter in aggregation[name].parameters.items() if parameter.required}
    together = bits(aggregation[name](np.asfortranarray(scores), weights, **stated))
    assert together == [bits(aggregation[name](row[np.newaxis], weights, **stated))[0] for row in scores]


def test_blocks_cover_every_unit_once() -> None:
    pieces = list(blocks(200_000, 18))
    assert len(pieces) > 1
    assert np.concatenate([np.arange(each.start, each.stop) for each in pieces]).tolist() == list(range(200_000))

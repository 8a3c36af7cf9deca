"""Quantiles of lines: what NumPy finds of numbers in order, found without putting all of them in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from parkscore.methods import line_quantiles as room
from parkscore.methods.line_quantiles import line_quantiles

SHARES = (0.0, 0.05, 0.25, 0.5, 0.95, 1.0)
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 1.0 + 2**-52, 5e-324, 8e307, -8e307]) | st.floats(-100, 100)


def numpys(lines: np.ndarray) -> np.ndarray:
    """As NumPy finds them of numbers in order."""
    return np.quantile(lines, SHARES, axis=1)


@pytest.mark.parametrize("width", [1, 2, 256, 257, 1000, 10_001])
def test_quantiles_are_those_of_numpy(width: int) -> None:
    lines = np.random.default_rng(width).normal(50, 20, (7, width))
    np.testing.assert_allclose(line_quantiles(lines, SHARES), numpys(lines), rtol=1e-15)


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 12)), elements=NUMBERS | st.just(np.nan)))
def test_short_steps_and_crowded_ones_give_the_numbers_in_order(lines: np.ndarray) -> None:
    in_order = np.sort(lines, axis=1)
    wanted = np.where(np.isnan(in_order[:, -1]), np.nan, in_order[:, (lines.shape[1] - 1) // 2])
    share = ((lines.shape[1] - 1) // 2) / max(lines.shape[1] - 1, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_SHORT", 0)
        for crowd in (1, 2, 64):
            patch.setattr(room, "_CROWD", crowd)
            # A place that is not quite whole takes a part of 1e-16 of the next number.
            np.testing.assert_allclose(line_quantiles(lines, (share,))[0], wanted, rtol=1e-14, atol=1e293)
            np.testing.assert_array_equal(line_quantiles(lines, (0.0, 1.0))[0], lines.min(axis=1))
            np.testing.assert_array_equal(line_quantiles(lines, (0.0, 1.0))[1], lines.max(axis=1))


def test_lines_of_few_different_numbers_of_one_number_and_with_gaps_stand_beside_others() -> None:
    generator = np.random.default_rng(3)
    lines = generator.random((6, 2000))
    lines[1] = generator.integers(0, 3, 2000)
    lines[2] = 7.25
    lines[3, 1999] = np.nan
    lines[4, :1500] = 0.5
    lines[5, 0] = 1e6
    np.testing.assert_allclose(line_quantiles(lines, SHARES), numpys(lines), rtol=1e-14)


def test_a_line_with_an_infinite_number_is_put_in_order() -> None:
    lines = np.random.default_rng(4).random((2, 999))
    lines[0, 5] = np.inf
    found = line_quantiles(lines, (0.05, 0.5))
    np.testing.assert_allclose(found, np.quantile(lines, (0.05, 0.5), axis=1))
    assert np.isnan(line_quantiles(np.full((1, 3), np.inf), (0.5,)))

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods import DomainError, weighting

SCORES = arrays(np.float64, (3, 5, 4), elements=st.integers(0, 100).map(float))


@given(SCORES)
def test_vertical_horizontal_is_the_eigenvector_of_the_sum_of_the_yearly_products(years):
    years[0, 0] = [1, 2, 3, 4]  # never all zero
    H = sum(year.T @ year for year in years)
    w = weighting["vertical_horizontal"](years.reshape(-1, 4))
    largest = np.linalg.eigvalsh(H)[-1]
    np.testing.assert_allclose(H @ w, largest * w, atol=1e-6 * largest)


@given(SCORES, st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_vertical_horizontal_no_other_weights_of_that_length_spread_the_scores_further(years, other):
    years[0, 0] = [1, 2, 3, 4]
    X = years.reshape(-1, 4)
    w, v = weighting["vertical_horizontal"](X), np.array(other)
    spread = np.square(X @ (w / np.linalg.norm(w))).sum()
    assert spread >= np.square(X @ (v / np.linalg.norm(v))).sum() * (1 - 1e-9)


def test_vertical_horizontal_of_indicators_that_never_meet_prefers_none_of_equals():
    np.testing.assert_allclose(weighting["vertical_horizontal"](np.eye(3)), np.full(3, 1 / 3), rtol=1e-14)


def test_vertical_horizontal_by_hand():
    # H = [[2, 1], [1, 2]]: the largest eigenvalue is 3, its eigenvector (1, 1).
    np.testing.assert_allclose(weighting["vertical_horizontal"]([[1.0, 0], [0, 1], [1, 1]]), [0.5, 0.5], rtol=1e-14)


def test_vertical_horizontal_gives_equal_shares_where_all_scores_are_zero():
    np.testing.assert_array_equal(weighting["vertical_horizontal"](np.zeros((3, 4))), np.full(4, 0.25))


def test_vertical_horizontal_refuses_weights_of_both_signs_rather_than_dropping_the_sign():
    with pytest.raises(DomainError, match="both signs"):
        weighting["vertical_horizontal"]([[1.0, -1.0], [2.0, -2.5], [-3.0, 3.0]])


def test_vertical_horizontal_takes_standard_scores_that_go_together():
    z = np.array([-1.0, 0.0, 1.0])
    np.testing.assert_allclose(weighting["vertical_horizontal"](np.column_stack([z, z])), [0.5, 0.5], rtol=1e-14)


def test_vertical_horizontal_refuses_gaps():
    with pytest.raises(DomainError, match="no missing values"):
        weighting["vertical_horizontal"]([[1.0, np.nan], [2.0, 3.0]])

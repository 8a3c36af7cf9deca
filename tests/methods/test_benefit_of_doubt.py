"""Benefit of the doubt against two published solvers, its dual and its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, aggregation

bod = aggregation["benefit_of_doubt"]


def test_benefit_of_doubt_eu_regions(table) -> None:
    regions = table("methods/bod_input_minmax_EU_NUTS1.csv")
    expected = table("methods/bod_expected_lpsolve.csv")["bod"]
    assert len(regions) == 34
    np.testing.assert_allclose(bod(regions, [1, 1]), expected, atol=5e-13, rtol=0)


@given(cells=st.lists(st.integers(1, 100), min_size=10, max_size=10))
def test_no_unit_falls_below_any_fixed_weights_of_its_own_choice(cells: list[int]) -> None:
    X = np.array(cells, dtype=float).reshape(5, 2)
    result = bod(X, [1, 1])
    for share in (0.0, 0.3, 0.5, 1.0):
        fixed = X @ [share, 1 - share]
        assert np.all(result >= fixed / fixed.max() - 1e-12)
    assert result.max() == 1


@given(cells=st.lists(st.integers(1, 100), min_size=10, max_size=10))
def test_bounds_on_the_shares_never_raise_a_score(cells: list[int]) -> None:
    X = np.array(cells, dtype=float).reshape(5, 2)
    assert np.all(bod(X, [1, 1], least=0.2) <= bod(X, [1, 1]) + 1e-12)


def test_shares_fixed_by_their_bounds_leave_no_choice() -> None:
    # Each half of a unit's score must come from each indicator: v = (1 / 2s, 1 / 2t) times the score.
    X = np.array([[2.0, 2.0], [4.0, 1.0], [1.0, 4.0]])
    halves = np.array([[0.5 * (other / own).sum() for other in X] for own in X]).max(axis=1)
    np.testing.assert_allclose(bod(X, [1, 1], least=0.5), 1 / halves, rtol=1e-12)


def test_at_most_a_share_is_at_least_the_rest_for_two_indicators() -> None:
    X = np.array([[2.0, 3.0], [4.0, 1.0], [1.0, 4.0], [1.0, 1.0]])
    np.testing.assert_allclose(bod(X, [1, 1], most=0.7), bod(X, [1, 1], least=0.3), rtol=1e-9)


def test_a_zero_with_a_share_to_fill_gives_zero() -> None:
    np.testing.assert_array_equal(bod([[0.0, 5.0], [1.0, 5.0]], [1, 1], least=0.1), [0.0, 1.0])


def test_bounds_that_this_many_indicators_cannot_meet_are_refused() -> None:
    with pytest.raises(DomainError, match=r"the shares of 3 indicators cannot all be from 0\.4 to 1"):
        bod(np.ones((2, 3)), [1, 1, 1], least=0.4)
    with pytest.raises(DomainError, match="the shares of 1 indicator "):
        bod(np.ones((2, 2)), [1, 0], most=0.5)


def test_all_zeros_score_zero_and_a_zero_column_plays_no_part() -> None:
    np.testing.assert_array_equal(bod(np.zeros((3, 2)), [1, 1]), [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(bod([[1.0, 0.0], [2.0, 0.0]], [1, 1]), [0.5, 1.0])


def test_more_different_units_than_programmes_can_be_solved_for_are_refused() -> None:
    X = np.column_stack([np.arange(1.0, 2002.0), np.arange(2001.0, 0.0, -1.0)])
    with pytest.raises(DomainError, match="at most 2000 different units, and here are 2001"):
        bod(X, [1, 1])
    assert bod(np.ones((5000, 2)), [1, 1]).tolist() == [1.0] * 5000


def test_benefit_of_doubt_keeps_every_digit_when_the_indicators_change_places() -> None:
    # Found by Hypothesis: the solver's path, and its last digits, depended on the order of the columns.
    X = np.array([[0.25, 0.25, 0.25], [39.25, 0.5, 44.25], [1.0, 37.25, 1.0], [0.25, 1.0, 0.25], [1.0, 1.0, 1.0]])
    score = aggregation["benefit_of_doubt"](X, [1, 1, 1], least=0.125)
    np.testing.assert_array_equal(aggregation["benefit_of_doubt"](X[:, [1, 2, 0]], [1, 1, 1], least=0.125), score)

"""Coupling coordination and obstacle degrees against published numbers and their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError
from parkscore.methods.diagnoses import (
    COORDINATION_LEVELS,
    coordination_level,
    coupling_coordination,
    obstacle_degree,
)

# The example of coupling_degree and obstacle_degree in zhjx19/mathmodels (R), six units with three subsystems.
PUBLISHED = [
    [0.0162, 0.2720, 0.2655],
    [0.1782, 0.6824, 0.3721],
    [0.5490, 0.0593, 0.5729],
    [0.6730, 0.4812, 0.9082],
    [0.0207, 0.8891, 0.2017],
    [0.9875, 0.5573, 0.8984],
]
WEIGHTS = [0.4, 0.3, 0.3]


def test_standard_coupling_coordination_as_documented_by_mathmodels() -> None:
    found = coupling_coordination(PUBLISHED)
    np.testing.assert_allclose(found.coupling, [0.571, 0.867, 0.674, 0.967, 0.418, 0.971], atol=5e-4)
    np.testing.assert_allclose(found.development, [0.185, 0.411, 0.394, 0.687, 0.370, 0.814], atol=6e-4)
    np.testing.assert_allclose(found.coordination, [0.325, 0.597, 0.515, 0.815, 0.393, 0.889], atol=5e-4)


def test_modified_coupling_coordination_as_documented_by_mathmodels() -> None:
    found = coupling_coordination(PUBLISHED, WEIGHTS, form="modified")
    np.testing.assert_allclose(found.coupling, [0.447, 0.501, 0.455, 0.669, 0.175, 0.715], atol=5e-4)
    np.testing.assert_allclose(found.development, [0.168, 0.388, 0.409, 0.686, 0.336, 0.832], atol=5e-4)
    np.testing.assert_allclose(found.coordination, [0.274, 0.440, 0.432, 0.678, 0.242, 0.771], atol=5e-4)


def test_obstacles_are_the_shortfalls_documented_by_mathmodels_divided_by_their_sum_as_it_should() -> None:
    # It prints w (1 - x), with rows that sum to 0.832, 0.612, ...; the degree of an obstacle is its part of that.
    shortfalls = np.array(
        [
            [0.394, 0.218, 0.220],
            [0.329, 0.0953, 0.188],
            [0.180, 0.282, 0.128],
            [0.131, 0.156, 0.0275],
            [0.392, 0.0333, 0.239],
            [0.00500, 0.133, 0.0305],
        ]
    )
    expected = shortfalls / shortfalls.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(obstacle_degree(PUBLISHED, WEIGHTS), expected, atol=2e-3)


def test_modified_coupling_of_two_dimensions_is_the_formula_of_wang_2021() -> None:
    # C = sqrt([1 - (u2 - u1)] u1 / u2), all that is left for two.
    found = coupling_coordination([[0.3, 0.8], [0.8, 0.3]], form="modified")
    np.testing.assert_allclose(found.coupling, [np.sqrt((1 - 0.5) * 0.3 / 0.8)] * 2, rtol=1e-14)


SCORES = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@pytest.mark.parametrize("form", ["standard", "modified"])
@given(scores=SCORES)
def test_all_three_degrees_lie_between_zero_and_one(form, scores: list[float]) -> None:
    for degree in coupling_coordination([scores], form=form):
        assert 0 <= degree[0] <= 1 + 1e-15


@pytest.mark.parametrize("form", ["standard", "modified"])
def test_equal_dimensions_are_wholly_coupled_and_a_zero_among_them_not_at_all(form) -> None:
    found = coupling_coordination([[0.2, 0.2, 0.2], [0.0, 0.5, 0.5], [0.0, 0.0, 0.0], [np.nan, 0.5, 0.5]], form=form)
    np.testing.assert_allclose(found.coupling, [1.0, 0.0, 0.0, np.nan], rtol=1e-14)
    np.testing.assert_allclose(found.coordination[0], np.sqrt(0.2), rtol=1e-14)


def test_standard_coupling_of_very_small_scores_does_not_vanish() -> None:
    np.testing.assert_allclose(coupling_coordination([[1e-200] * 4]).coupling, [1.0], rtol=1e-14)


@pytest.mark.parametrize(
    ("degree", "place"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.5, 5), (0.7, 7), (0.9, 9), (1.0, 9)]
)
def test_each_tenth_has_its_level(degree: float, place: int) -> None:
    assert coordination_level(degree) == COORDINATION_LEVELS[place]


def test_a_missing_degree_has_no_level() -> None:
    assert coordination_level(np.nan) is None


def test_scores_outside_zero_to_one_are_refused_with_their_place() -> None:
    with pytest.raises(DomainError, match="from 0 to 1") as caught:
        coupling_coordination([[0.1, 0.2], [60.0, 0.2]])
    assert (caught.value.columns, caught.value.units) == ((0,), (1,))
    with pytest.raises(DomainError, match="from 0 to 1"):
        obstacle_degree([[-0.1]], [1])


def test_one_dimension_cannot_be_coupled() -> None:
    with pytest.raises(DomainError, match="at least two dimensions"):
        coupling_coordination([[0.5]])


@pytest.mark.parametrize("weights", [[1.0, -1.0], [0.0, 0.0], [1.0, np.nan]])
def test_weights_that_are_no_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(DomainError, match="weights must be"):
        obstacle_degree([[0.5, 0.5]], weights)


@given(scores=SCORES)
def test_obstacles_of_a_unit_sum_to_one(scores: list[float]) -> None:
    degrees = obstacle_degree([scores], [1, 2, 3, 4])
    if all(score == 1 for score in scores):
        assert np.isnan(degrees).all()
    else:
        assert degrees.sum() == pytest.approx(1, rel=1e-12)


def test_a_gap_is_no_obstacle() -> None:
    np.testing.assert_allclose(obstacle_degree([[0.5, np.nan, 0.0]], [1, 5, 1]), [[1 / 3, np.nan, 2 / 3]])

"""Drawn weights have the moments that theory gives them, keep every constraint, and follow from the seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.methods import DomainError
from parkscore.methods.weight_draws import (
    constrained,
    dirichlet,
    multiplied,
    one_of,
    triangular,
    unit_points,
)

SHARES = st.lists(st.floats(0.05, 1.0), min_size=2, max_size=6).map(lambda each: np.array(each) / sum(each))


@given(SHARES, st.floats(0.0, 1.0), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_multiplied_shares_sum_to_one_and_keep_within_the_spread(shares: np.ndarray, spread: float, seed: int) -> None:
    drawn = multiplied(shares, unit_points(64, len(shares), seed), spread)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=1e-12)
    ratio = drawn / shares
    bound = (1 + spread) / max(1 - spread, 1e-300)
    assert (ratio.max(axis=1) <= ratio.min(axis=1) * bound * (1 + 1e-9)).all()


@pytest.mark.parametrize("concentration", [1e-12, 1e-3, 2.0, 4.0, 40.0])
def test_dirichlet_draws_have_the_means_and_covariances_of_the_distribution(concentration: float) -> None:
    shares = np.array([0.5, 0.25, 0.15, 0.1])
    drawn = dirichlet(shares, unit_points(2**14, 4, 7), concentration)
    np.testing.assert_allclose(drawn.mean(axis=0), shares, atol=2e-3)
    wanted = -np.outer(shares, shares) / (concentration + 1)
    np.fill_diagonal(wanted, shares * (1 - shares) / (concentration + 1))
    np.testing.assert_allclose(np.cov(drawn.T), wanted, atol=3e-3)


def test_a_share_of_zero_stays_zero_in_every_dirichlet_draw() -> None:
    drawn = dirichlet([0.0, 0.4, 0.6], unit_points(32, 3, 0), 5)
    assert (drawn[:, 0] == 0).all()
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=1e-12)


def test_ordered_weights_have_the_rank_order_centroid_as_their_mean() -> None:
    drawn = constrained(40_000, np.zeros(4), np.ones(4), [(2, 0), (0, 3), (3, 1)], 3)
    centroid = [sum(1 / rank for rank in range(place, 5)) / 4 for place in range(1, 5)]
    np.testing.assert_allclose(drawn[:, [2, 0, 3, 1]].mean(axis=0), centroid, atol=4 * 0.2 / np.sqrt(40_000))
    assert (np.diff(drawn[:, [2, 0, 3, 1]], axis=1) <= 0).all()


def test_a_walk_under_a_partial_order_is_even_over_what_rejection_keeps() -> None:
    order, low, high = [(0, 1), (0, 2)], np.array([0.0, 0.05, 0.0]), np.array([0.8, 0.5, 1.0])
    walked = constrained(20_000, low, high, order, 5)
    tried = np.random.default_rng(1).dirichlet(np.ones(3), 400_000)
    kept = (tried[:, 0] >= tried[:, 1]) & (tried[:, 0] >= tried[:, 2]) & (tried >= low).all(1) & (tried <= high).all(1)
    error = 5 * tried[kept].std(axis=0) / np.sqrt(20_000)
    assert (np.abs(walked.mean(axis=0) - tried[kept].mean(axis=0)) < error).all()
    np.testing.assert_allclose(walked.std(axis=0), tried[kept].std(axis=0), rtol=0.05)


def test_a_walk_along_a_long_order_gets_as_far_as_drawing_it_at_once() -> None:
    # A bound that hardly binds makes a walk of what is drawn exactly without it.
    order, low = [(place, place + 1) for place in range(11)], np.append(np.zeros(11), 1e-9)
    walked = constrained(4000, low, np.ones(12), order, 5)
    centroid = np.array([sum(1 / rank for rank in range(place, 13)) / 12 for place in range(1, 13)])
    assert (np.abs(walked.mean(axis=0) - centroid) < 4 * walked.std(axis=0) / np.sqrt(4000)).all()


def test_two_children_that_each_weigh_no_less_than_the_other_are_equal_and_go_all_the_way() -> None:
    walked = constrained(4000, np.zeros(3), np.ones(3), [(0, 1), (1, 0)], 5)
    np.testing.assert_allclose(walked[:, 0], walked[:, 1], atol=1e-12)
    assert walked[:, 2].mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 4000))


@given(st.data(), st.integers(2, 6), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_no_draw_breaks_a_bound_or_an_order(data: st.DataObject, count: int, seed: int) -> None:
    point = np.array(data.draw(st.lists(st.floats(0.01, 1.0), min_size=count, max_size=count)))
    point /= point.sum()
    slack = np.array(data.draw(st.lists(st.floats(0.0, 0.5), min_size=2 * count, max_size=2 * count)))
    low, high = np.maximum(point - slack[:count], 0), np.minimum(point + slack[count:], 1)
    pairs = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=4))
    order = [(one, other) for one, other in pairs if point[one] > point[other]]
    drawn = constrained(20, low, high, order, seed, sweeps=3)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=1e-9)
    assert (drawn >= low - 1e-9).all()
    assert (drawn <= high + 1e-9).all()
    assert all((drawn[:, one] >= drawn[:, other] - 1e-9).all() for one, other in order)


@pytest.mark.parametrize(
    ("low", "high", "order"),
    [([0.6, 0.6], [1, 1], []), ([0, 0], [0.3, 0.3], []), ([0, 0.6], [0.4, 1], [(0, 1)]), ([0.5, 0], [0.2, 1], [])],
)
def test_bounds_and_orders_that_nothing_keeps_are_refused(low: list[float], high: list[float], order: list) -> None:
    with pytest.raises(DomainError):
        constrained(5, low, high, order, 0)


def test_triangular_weights_of_two_children_have_the_mean_of_their_triangles() -> None:
    drawn = triangular([0.29, 0.69], [0.3, 0.7], [0.31, 0.71], unit_points(4096, 2, 1))
    np.testing.assert_allclose(drawn.mean(axis=0), [0.3, 0.7], atol=1e-3)
    with pytest.raises(DomainError):
        triangular([0.5], [0.4], [0.6], unit_points(2, 1, 0))


def test_each_of_some_sets_comes_as_often_as_the_others() -> None:
    drawn = one_of(np.eye(4), unit_points(4096, 1, 2))
    np.testing.assert_allclose(drawn.mean(axis=0), 0.25, atol=1e-3)


def test_seed_0_is_a_seed_and_points_do_not_depend_on_how_many_follow() -> None:
    np.testing.assert_array_equal(unit_points(100, 3, 0), unit_points(256, 3, 0)[:100])
    assert not np.array_equal(unit_points(8, 3, 0), unit_points(8, 3, 1))
    assert not np.array_equal(unit_points(8, 3, 0, "random"), unit_points(8, 3, 1, "random"))


def test_quasi_random_points_hit_a_mean_far_closer_than_random_ones() -> None:
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    errors = [
        np.abs(dirichlet(shares, unit_points(4096, 4, 9, kind), 8).mean(axis=0) - shares).max()
        for kind in ("sobol", "random")
    ]
    assert errors[0] < errors[1] / 5

"""Best and worst ranks are attained by the weights that come with them, and no drawn weights go beyond."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.methods import DomainError, ranking
from parkscore.methods.extreme_ranks import best_rank, worst_rank
from parkscore.methods.weight_draws import constrained
from parkscore.methods.weight_stability import certain_ranks, least_lead


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(2, 7), st.integers(2, 4))
def test_extreme_ranks_are_attained_and_no_drawn_weights_go_beyond(
    data: st.DataObject, units: int, indicators: int
) -> None:
    cells = st.lists(st.integers(0, 20).map(float), min_size=units * indicators, max_size=units * indicators)
    x = np.array(data.draw(cells)).reshape(units, indicators)
    low = np.full(indicators, data.draw(st.sampled_from([0.0, 0.1])))
    high = np.full(indicators, data.draw(st.sampled_from([0.6, 1.0])))
    order = data.draw(st.sampled_from([[], [(0, 1)]]))
    ranks = ranking["min"](np.round(constrained(300, low, high, order, 1, sweeps=3) @ x.T, 9))
    for unit in range(units):
        best, worst = best_rank(x, unit, low, high, order), worst_rank(x, unit, low, high, order)
        assert best.is_exact
        assert worst.is_exact
        assert best.attained <= ranks[:, unit].min()
        assert worst.attained >= ranks[:, unit].max()
        for each in (best, worst):
            assert each.weights.sum() == pytest.approx(1)
            assert ((each.weights >= low - 1e-9) & (each.weights <= high + 1e-9)).all()
            assert not order or each.weights[0] >= each.weights[1] - 1e-7


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(["max", "dense"]), st.integers(1, 6), st.integers(2, 3))
def test_ends_are_by_the_rule_of_ties_and_no_weights_go_beyond(
    data: st.DataObject, ties: str, units: int, indicators: int
) -> None:
    cells = st.lists(st.integers(0, 3).map(float), min_size=units * indicators, max_size=units * indicators)
    x = np.array(data.draw(cells)).reshape(units, indicators)
    low, high = np.zeros(indicators), np.full(indicators, data.draw(st.sampled_from([0.6, 1.0])))
    # Even weights, and those at which few things count, are where most units are level.
    drawn = np.vstack([constrained(200, low, high, [], 1, sweeps=3), np.full((1, indicators), 1 / indicators)])
    ranks = ranking[ties](np.round(drawn @ x.T, 9))
    certain = certain_ranks(least_lead(x, low, high), ties)
    for unit in range(units):
        best, worst = (end(x, unit, low, high, ties=ties) for end in (best_rank, worst_rank))
        for each in (best, worst):
            assert each.attained == ranking[ties](np.round(x @ (each.weights / each.weights.sum()), 9))[unit]
        assert best.bound <= best.attained
        assert worst.bound >= worst.attained
        assert max(best.bound, certain[unit, 0]) <= ranks[:, unit].min()
        assert min(worst.bound, certain[unit, 1]) >= ranks[:, unit].max()


@pytest.mark.parametrize(("ties", "ends"), [("min", (1, 1)), ("max", (2, 2)), ("dense", (1, 1))])
def test_units_that_are_always_level_have_one_rank_by_each_rule(ties: str, ends: tuple[int, int]) -> None:
    x = np.array([[5.0, 5.0], [5.0, 5.0], [3.0, 1.0]])
    assert certain_ranks(least_lead(x, [0, 0], [1, 1]), ties)[0].tolist() == list(ends)
    best, worst = (end(x, 0, [0, 0], [1, 1], ties=ties) for end in (best_rank, worst_rank))
    assert (best.attained, best.bound, worst.attained, worst.bound) == (ends[0], ends[0], ends[1], ends[1])


def test_ties_in_most_indicators_leave_the_ends_exact() -> None:
    x = np.array([[3.0, 3, 0, 3, 0, 1], [0, 3, 0, 2, 3, 1], [1, 3, 0, 2, 3, 0], [3, 2, 0, 1, 2, 1], [3, 1, 1, 1, 0, 1]])
    ranks = ranking["min"](np.round(constrained(500, np.zeros(6), np.ones(6), [], 1) @ x.T, 9))
    for unit in range(len(x)):
        worst = worst_rank(x, unit, np.zeros(6), np.ones(6))
        assert worst.is_exact
        assert worst.attained >= ranks[:, unit].max()


def test_a_lead_that_is_small_beside_those_of_others_is_seen() -> None:
    # The second is above where the first indicator weighs more; 100 and 0 made its lead of 0.0001 a tie.
    x = [[50.0, 50.0], [50.0005, 49.9995], [100.0, 100.0], [0.0, 0.0]]
    worst, best = worst_rank(x, 0, [0.4] * 2, [0.6] * 2), best_rank(x, 0, [0.4] * 2, [0.6] * 2)
    assert (worst.attained, worst.bound) == (3, 3)
    assert (best.attained, best.bound) == (2, 2)


def test_a_unit_that_hardly_ever_leads_leaves_the_worst_rank_unproven() -> None:
    # Its lead is at most 0.000001 where the other's is up to 10.
    x = [[50.0, 50.0], [60.0 + 1e-6, 40.0]]
    worst = worst_rank(x, 0, [0.0, 0.5], [0.5, 1.0])
    assert worst.attained <= 2 == worst.bound


def test_a_rank_that_dominance_fixes_needs_no_solver() -> None:
    x = np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]])
    assert [best_rank(x, unit, [0, 0], [1, 1]).attained for unit in range(3)] == [1, 2, 3]
    assert [worst_rank(x, unit, [0, 0], [1, 1]).attained for unit in range(3)] == [1, 2, 3]


def test_an_order_that_contradicts_the_bounds_is_refused() -> None:
    with pytest.raises(DomainError):
        best_rank(np.eye(2), 0, [0.0, 0.6], [0.4, 1.0], [(0, 1)])


def test_without_time_the_bound_stays_honest() -> None:
    generator = np.random.default_rng(0)
    x = generator.random((40, 6))
    found = best_rank(x, 0, np.zeros(6), np.ones(6), seconds=0.0)
    sure = best_rank(x, 0, np.zeros(6), np.ones(6))
    assert found.bound <= sure.attained <= found.attained

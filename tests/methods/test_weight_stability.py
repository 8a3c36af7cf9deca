"""What is said exactly of ranks is attained by weights that are returned, and contradicted by none that are drawn."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parkscore.methods import DomainError, ranking
from parkscore.methods.weight_draws import constrained
from parkscore.methods.weight_stability import (
    certain_ranks,
    least_lead,
    least_lead_weights,
    neighbours,
    overtaking,
    overtaking_weights,
    stable_from_to,
    top_against_rest,
)

EXAMPLES = settings(max_examples=60, deadline=None)
CELLS = st.integers(0, 100).map(float)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    units, indicators = draw(st.integers(2, 6)), draw(st.integers(1, 5))
    x = np.array(draw(st.lists(CELLS, min_size=units * indicators, max_size=units * indicators)))
    w = np.array(draw(st.lists(st.floats(0.05, 1.0), min_size=indicators, max_size=indicators)))
    return x.reshape(units, indicators), w / w.sum()


@EXAMPLES
@given(cases(), st.integers(0, 99))
def test_no_smaller_change_lets_a_unit_overtake_and_the_change_itself_does(
    case: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    x, w = case
    shares = overtaking(x, w)
    generator = np.random.default_rng(seed)
    for first, second in np.argwhere((shares > 0) & np.isfinite(shares)).tolist():
        share = shares[first, second]
        moved = overtaking_weights(x, w, first, second)
        assert moved @ x[first] == pytest.approx(moved @ x[second], abs=1e-9)
        assert (np.abs(moved / w) / np.abs(moved / w).min() <= (1 + share) / max(1 - share, 1e-12) * (1 + 1e-9)).all()
        tried = w * (1 + 0.999 * share * generator.choice([-1.0, 1.0], (50, len(w))))
        assert (tried @ (x[first] - x[second]) > 0).all()
    for first, second in np.argwhere(np.isinf(shares)).tolist():
        assert (x[first] >= x[second]).all()
        with pytest.raises(DomainError):
            overtaking_weights(x, w, first, second)


@EXAMPLES
@given(cases())
def test_the_whole_ranking_stays_within_the_interval_of_each_weight_and_changes_beyond_it(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    x, w = case
    assume(len(w) > 1)
    scores = x @ w
    assume(np.diff(np.sort(scores)).min() > 1e-6)
    ranks = ranking["min"](scores)
    for column, (low, high) in enumerate(stable_from_to(x, w, neighbours(ranks))):
        assert low <= w[column] <= high

        def ranks_at(value: float, column: int = column) -> list[int]:
            other = w * (1 - value) / (1 - w[column])
            other[column] = value
            return ranking["min"](np.round(x @ other, 9)).tolist()

        inside = [low + (high - low) * share for share in (0.001, 0.5, 0.999)]
        assert all(ranks_at(value) == ranks.tolist() for value in inside if low < value < high)
        if low > 1e-3:
            assert ranks_at(low - 1e-3) != ranks.tolist()
        if high < 1 - 1e-3:
            assert ranks_at(high + 1e-3) != ranks.tolist()


@EXAMPLES
@given(cases(), st.integers(1, 3))
def test_the_first_places_stay_within_the_interval_of_each_weight(
    case: tuple[np.ndarray, np.ndarray], top: int
) -> None:
    x, w = case
    assume(len(w) > 1)
    assume(top < len(x))
    scores = x @ w
    assume(np.diff(np.sort(scores)).min() > 1e-6)
    ranks = ranking["min"](scores)
    on_top = set(np.flatnonzero(ranks <= top).tolist())
    for column, (low, high) in enumerate(stable_from_to(x, w, top_against_rest(ranks, top))):
        for value in (low + 1e-6, high - 1e-6):
            if low < value < high:
                other = w * (1 - value) / (1 - w[column])
                other[column] = value
                assert set(np.argsort(-(x @ other))[:top].tolist()) == on_top


@EXAMPLES
@given(cases(), st.data())
def test_a_least_lead_is_attained_and_no_drawn_weights_go_below_it(
    case: tuple[np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    x, w = case
    slack = np.array(data.draw(st.lists(st.floats(0.0, 0.6), min_size=2 * len(w), max_size=2 * len(w))))
    low, high = np.maximum(w - slack[: len(w)], 0), np.minimum(w + slack[len(w) :], 1)
    leads = least_lead(x, low, high)
    drawn = constrained(200, low, high, [], 0, sweeps=3)
    scores = drawn @ x.T
    for first in range(len(x)):
        for second in range(len(x)):
            at = least_lead_weights(x, low, high, first, second)
            assert at.sum() == pytest.approx(1)
            assert (at >= low - 1e-12).all()
            assert (at <= high + 1e-12).all()
            assert at @ (x[first] - x[second]) == pytest.approx(leads[first, second], abs=1e-9)
            assert (scores[:, first] - scores[:, second] >= leads[first, second] - 1e-7).all()
    ranks, certain = ranking["min"](np.round(scores, 9)), certain_ranks(leads)
    assert (ranks >= certain[:, 0]).all()
    assert (ranks <= certain[:, 1]).all()


@pytest.mark.parametrize("parts", [(4, 3, 2), (1, 1, 1, 1, 1, 1), (3, 3, 1), (49, 1, 1)])
def test_bounds_that_leave_no_room_and_sum_to_one_but_for_rounding_hold_the_weights(parts: tuple[int, ...]) -> None:
    w = np.array(parts) / sum(parts)
    for own in (w, np.nextafter(w, 0), np.nextafter(w, 1)):
        assert least_lead(np.eye(len(w)), own, own)[0, 1] == pytest.approx(w[0] - w[1])
        assert constrained(3, own, own, [], 0, sweeps=1) == pytest.approx(np.tile(w, (3, 1)))


@EXAMPLES
@given(cases(), st.sampled_from([0.05, 0.3, 0.9]))
def test_a_least_lead_of_scaled_weights_is_that_of_the_corners_of_the_box(
    case: tuple[np.ndarray, np.ndarray], spread: float
) -> None:
    x, w = case
    leads = least_lead(x, w * (1 - spread), w * (1 + spread), scaled=True)
    corners = w * (1 + spread * np.array(list(product([-1.0, 1.0], repeat=len(w)))))
    scores = corners @ x.T / corners.sum(axis=1, keepdims=True)
    for first in range(len(x)):
        for second in range(len(x)):
            least = (scores[:, first] - scores[:, second]).min()
            assert leads[first, second] == pytest.approx(least, abs=1e-9)
            at = least_lead_weights(x, w * (1 - spread), w * (1 + spread), first, second, scaled=True)
            assert at.sum() == pytest.approx(1)
            assert at @ (x[first] - x[second]) == pytest.approx(least, abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [([0.6, 0.6], [1, 1]), ([0, 0], [0.4, 0.4]), ([-0.1, 0], [1, 1])])
def test_bounds_that_hold_no_weights_are_refused(low: list[float], high: list[float]) -> None:
    with pytest.raises(DomainError):
        least_lead(np.eye(2), low, high)


def test_a_gap_is_refused_with_its_place() -> None:
    with pytest.raises(DomainError) as caught:
        overtaking([[1.0, np.nan], [1.0, 2.0]], [0.5, 0.5])
    assert (caught.value.units, caught.value.columns) == ((0,), (1,))

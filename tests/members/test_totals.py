"""What is left of a zone's sum is what the others add up to, to the last bit, and coming back undoes leaving."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.table import State
from parkscore.members.plans import plan_sums
from parkscore.members.runs import Runs
from parkscore.members.totals import Moves, Total, Totals
from parkscore.methods.exact_sums import ExactSums, grouped_sums
from tests.members.returns import RETURNS, zones

MONEY = st.integers(-(10**9), 10**13).map(float)
DECIMALS = st.integers(-(10**12), 10**12).map(lambda number: number / 1000)
ANY = st.floats(min_value=-1e120, max_value=1e120, allow_nan=False)
CELLS = st.one_of(st.none(), MONEY, DECIMALS, ANY, st.sampled_from([1e16, 0.1, -0.1, 1.0, 2.0**-60, 1e300]))
COLUMN = st.lists(CELLS, min_size=1, max_size=12).map(lambda cells: np.array(cells, dtype=np.float64))


def total_of(x: np.ndarray, zones: np.ndarray, count: int) -> Total:
    return Total(grouped_sums(x, zones, count), np.bincount(zones[~np.isnan(x)], minlength=count))


@given(COLUMN, st.randoms(use_true_random=False))
def test_a_sum_without_one_return_has_the_bits_of_the_others_added_up_anew(x, random):
    zones = np.array([random.randrange(3) for _ in x])
    left = total_of(x, zones, 3).with_one(Runs.of(zones), x, -1)[0]
    anew = [grouped_sums(np.delete(x, i), np.delete(zones, i), 3).values[zone] for i, zone in enumerate(zones)]
    assert left.tobytes() == np.array(anew).tobytes()


@given(COLUMN)
def test_who_joins_what_is_left_of_a_zone_brings_back_its_bits(x):
    zones = np.zeros(len(x), dtype=np.intp)
    for one in range(len(x)):
        others = np.delete(x, one)
        joined = total_of(others, zones[1:], 1).with_one(Runs.of(zones[:1]), x[one : one + 1], 1)[0]
        assert joined.tobytes() == grouped_sums(x, zones, 1).values.tobytes()


def test_a_sum_that_two_floats_do_not_hold_is_made_from_its_digits():
    x = np.array([1e300, 1.0, 1e-300, 3.0])
    total = total_of(x, np.zeros(4, dtype=np.intp), 1)
    assert not total.parts[2].any()
    assert total.with_one(Runs.of(np.array([0])), np.array([1e300]), -1)[0].tolist() == [4.0]


def test_rounding_twice_is_noticed_where_a_rest_lies_next_to_the_middle_of_two_floats():
    """2^53 + 1 is the middle of two floats, and what lies 2^-60 above it is rounded up."""
    x = np.array([2.0**53, 1.0, 2.0**-60, 5.0])
    total = total_of(x, np.zeros(4, dtype=np.intp), 1)
    assert total.with_one(Runs.of(np.array([0])), np.array([5.0]), -1)[0].tolist() == [2.0**53 + 2]


STAFF = ("staff", 0)


def totals(reported: int, returns: int, least: float) -> Totals:
    total = Total(ExactSums.of(np.array([10.0])), np.array([reported]))
    plan = plan_sums(zones(min_reported=least), RETURNS)
    return Totals(plan, {STAFF: total}, {0: np.array([returns])})


def leaves(x: float) -> Moves:
    return Moves(np.array([0]), {STAFF: np.array([x])}, {0: np.array([True])})


def test_a_zone_whose_only_return_with_the_cell_leaves_lacks_the_field():
    cells = totals(reported=1, returns=3, least=0.0).after(leaves(10.0), joining=False)[STAFF]
    assert cells.states.tolist() == [State.MISSING]
    assert np.isnan(cells.values).all()


def test_a_return_without_the_cell_leaves_the_sum_and_raises_the_share_that_has_it():
    too_few = totals(reported=2, returns=4, least=0.6)
    assert too_few.cells()[STAFF].states.tolist() == [State.MISSING]
    cells = too_few.after(leaves(np.nan), joining=False)[STAFF]
    assert cells.values.tolist() == [10.0]

"""Scores by rank, share, benchmark, target, shape and path: published numbers, peers, and each rule's corners."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, Interval, scoring

NAN = np.nan
POSITIVE = st.lists(st.integers(1, 4000).map(lambda quarter: quarter / 4), min_size=2, max_size=12).map(np.array)


# --- published numbers -------------------------------------------------------------------------------------------


def _asem(name, file, asem, asem_tree):
    """Equal to the published stage but for three cells, where 5.1000000000000005 was ranked above 5.1."""
    treated, expected = asem("stages/treated.csv"), asem(f"normalisation/{file}.csv")
    directions = asem_tree.loc[treated.columns, "Direction"].to_numpy(int)
    differs = np.abs(scoring[name](treated, direction=directions) - expected[treated.columns].to_numpy()) > 1e-12
    assert treated.columns[differs.any(axis=0)].tolist() == ["TolMin"]
    assert differs.sum() == 3
    exact = treated.assign(TolMin=treated["TolMin"].rank(method="min"))
    result = scoring[name](exact, direction=directions)
    np.testing.assert_allclose(result, expected[treated.columns], rtol=1e-12)


def test_rank_asem_rank_but_for_rounding_that_coinr_ranks(asem, asem_tree):
    _asem("rank", "rank", asem, asem_tree)


def test_borda_asem_borda_but_for_rounding_that_coinr_ranks(asem, asem_tree):
    _asem("borda", "borda", asem, asem_tree)


def test_percentile_asem_prank_but_for_rounding_that_coinr_ranks(asem, asem_tree):
    _asem("percentile", "prank", asem, asem_tree)


def _asem_0_to_100(name, asem, asem_tree, **stated):
    treated, expected = asem("stages/treated.csv"), asem("normalisation/minmax_0_100.csv")
    directions = asem_tree.loc[treated.columns, "Direction"].to_numpy(int)
    scores = scoring[name](treated, direction=directions, to=(0, 100), **stated)
    np.testing.assert_allclose(scores, expected[treated.columns], rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize(
    ("reported", "score"), [((3.5, 7.5, 82.3, 0.0), 84.28), ((1.0, 0.5, 0.3, 0.0), 99.96)], ids=["AFG_2018", "NZL_2016"]
)
def test_distance_to_max_doing_business_2018_of_starting_a_business(reported, score):
    # World Bank, Doing Business 2018, country tables (Afghanistan), and 2016 (New Zealand): procedures, days, and cost
    # and paid-in minimum capital in per cent of income per head. The score is the mean of the four distances.
    worst, frontier = np.array([18, 100, 200, 400]), np.array([1, 0.5, 0, 0])
    distances = scoring["distance_to_max"]([reported], direction=-1, worst=worst, best=frontier, to=(0, 100))
    assert round(float(distances.mean()), 2) == score


def test_distance_to_max_asem_0_to_100_where_nothing_is_stated(asem, asem_tree):
    _asem_0_to_100("distance_to_max", asem, asem_tree)


def test_percentile_minmax_astropy_asymmetric_interval_of_a_straight_line():
    # astropy/visualization/tests/test_interval.py: limits at 10.5 and 70.5 per cent; outside it cuts off.
    values = np.linspace(-20.0, 60.0, 100)
    scores = scoring["percentile_minmax"](values, percentiles=(10.5, 70.5))
    np.testing.assert_allclose(scores, np.clip((values + 11.6) / (36.4 + 11.6), 0, 1), rtol=1e-12, atol=1e-13)
    fit = scoring["percentile_minmax"].fit
    assert fit is not None
    assert fit(values, percentiles=(10.5, 70.5)) == pytest.approx({"low": -11.6, "high": 36.4}, rel=1e-14)


def test_percentile_minmax_asem_0_to_100_between_the_least_and_the_most(asem, asem_tree):
    _asem_0_to_100("percentile_minmax", asem, asem_tree, percentiles=(0, 100))


def test_distance_to_target_hdi_2017_to_2021_from_the_lower_goalposts(table):
    panel = table("hdi/hdi_panel_2017_2021.csv").dropna(subset=["le", "eys", "mys", "gnipc", "hdi"])
    way = scoring["distance_to_target"]
    health, expected = way(panel["le"], worst=20, target=85), way(panel["eys"], worst=0, target=18)
    education = (expected + way(panel["mys"], worst=0, target=15)) / 2
    income = way(np.log(panel["gnipc"]), worst=math.log(100), target=math.log(75000))
    np.testing.assert_array_equal(np.round((health * education * income) ** (1 / 3), 3), panel["hdi"])


def _kracka(golden, case):
    cases = json.loads((golden / "methods" / "scikit_criteria_tests.json").read_text(encoding="utf-8"))
    (found,) = [each for each in cases if each["id"] == f"scikit-criteria.test_{case}_kracka2010ranking"]
    matrix = found["decision_matrix"]
    return np.array(matrix["matrix"]), np.array(matrix["objectives"]), found["expected"]["extra"]["score"]


def test_sum_kracka_2010_weighted_sum(golden):
    losses, directions, published = _kracka(golden, "WeightedSumModel")
    shares = scoring["sum"](losses, direction=directions)
    np.testing.assert_allclose(shares.mean(axis=1), published, atol=5e-9)


def test_vector_kracka_2010_moora(golden):
    losses, directions, published = _kracka(golden, "RatioMOORA")
    shares = scoring["vector"](losses, direction=directions)
    # MOORA takes a cost from the total, where 1 - cost is added here.
    np.testing.assert_allclose(shares.sum(axis=1) - (directions < 0).sum(), published, atol=5e-9)


def test_efficacy_exam_item_58_73_is_not_cut_at_60():
    assert round(float(scoring["efficacy"]([5.81], unallowed=6, satisfactory=12)[0]), 2) == 58.73


@pytest.mark.parametrize(
    ("value", "level", "score"),
    [
        (10391, 19470.05, 53.37),
        (34940, 58197, 60.04),
        (4.12, 6.1, 67.54),
        (80, 78, 100),
        (69.5, 80.1, 86.77),
        (2.65, 6.01, 44.09),
    ],
)
def test_benchmark_published_index_of_innovation_by_benchmarks(value, level, score):
    assert round(float(scoring["benchmark"]([value], benchmark=level)[0]), 2) == score


# --- ranks -------------------------------------------------------------------------------------------------------


@given(POSITIVE, st.sampled_from([1, -1]))
def test_rank_borda_and_percentile_are_what_scipy_ranks_say(x, direction):
    stats = pytest.importorskip("scipy.stats")
    least = stats.rankdata(direction * x, "min")
    np.testing.assert_array_equal(scoring["rank"](x, direction=direction), least)
    np.testing.assert_array_equal(scoring["borda"](x, direction=direction), least - 1)
    shares = scoring["percentile"](x, direction=direction)
    np.testing.assert_allclose(shares, (least - 1) / (len(x) - 1), rtol=1e-15)


def test_ranks_do_not_tell_apart_what_only_rounding_does():
    np.testing.assert_array_equal(scoring["rank"]([0.3, 0.1 + 0.2, 0.2]), [2, 2, 1])
    np.testing.assert_array_equal(scoring["rank"]([0.3, 0.1 + 0.2, 0.2], direction=-1), [1, 1, 3])


def test_ranks_are_counted_among_the_units_of_the_reference_where_those_are_others():
    among = np.array([1.0, 2.0, 3.0, NAN])
    np.testing.assert_array_equal(scoring["rank"]([0.0, 2.5, 9.0], among=among), [1, 3, 4])
    np.testing.assert_array_equal(scoring["percentile"]([0.0, 2.5, 9.0], among=among), [0, 1, 1])


def test_only_the_rules_that_count_the_others_are_not_row_local():
    assert {name for name, rule in scoring.items() if not rule.row_local} == {"rank", "percentile", "borda"}


# --- shares ------------------------------------------------------------------------------------------------------


@given(POSITIVE, st.booleans())
def test_sum_max_and_vector_are_the_normalisations_of_pymcdm(x, cost):
    peer = pytest.importorskip("pymcdm.normalizations")
    direction = -1 if cost else 1
    for name, other in (("sum", peer.sum_normalization), ("max", peer.max_normalization)):
        np.testing.assert_allclose(scoring[name](x, direction=direction), other(x, cost), rtol=1e-12, atol=1e-12)
    expected = peer.vector_normalization(x, cost)
    np.testing.assert_allclose(scoring["vector"](x, direction=direction), expected, rtol=1e-12, atol=1e-12)


@given(POSITIVE)
def test_sum_and_vector_are_the_scalings_of_scikit_criteria(x):
    peer = pytest.importorskip("skcriteria.preprocessing.scalers")
    np.testing.assert_allclose(scoring["sum"](x), peer.scale_by_sum(x, axis=0), rtol=1e-12)
    np.testing.assert_allclose(scoring["vector"](x), peer.scale_by_vector(x, axis=0), rtol=1e-12)


def test_max_scores_the_best_cost_highest_unlike_coinr_n_fracmax():
    scores = scoring["max"]([1.0, 2.0, 4.0], direction=-1)
    assert scores.argmax() == 0
    assert scores.argmin() == 2


@pytest.mark.parametrize("name", ["sum", "max", "vector"])
def test_shares_of_nothing_but_zeros_are_zero(name):
    np.testing.assert_array_equal(scoring[name]([0.0, 0.0, NAN]), [0, 0, NAN])


def test_a_share_of_the_sum_where_lower_is_better_refuses_zero_and_names_the_unit():
    with pytest.raises(DomainError, match="lower is better") as caught:
        scoring["sum"]([[1.0, 1.0], [2.0, 0.0]], direction=np.array([1, -1]))
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


def test_a_vector_keeps_its_length_where_squares_would_overflow_or_vanish():
    np.testing.assert_allclose(scoring["vector"]([3e149, 4e149]), [0.6, 0.8], rtol=1e-15)
    np.testing.assert_allclose(scoring["vector"]([3e-200, 4e-200]), [0.6, 0.8], rtol=1e-15)


@given(POSITIVE, st.tuples(st.integers(0, 49), st.integers(51, 100)), st.sampled_from([1, -1]))
def test_percentile_minmax_is_minmax_between_the_percentiles_of_numpy(x, percentiles, direction):
    low, high = np.percentile(x, percentiles)
    scores = scoring["percentile_minmax"](x, percentiles=percentiles, direction=direction)
    if high - low > 1e-9:
        expected = scoring["minmax"](x, low=low, high=high, direction=direction)
        np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)


def test_percentile_minmax_where_most_units_are_equal_gives_them_the_middle():
    column = [1.0] * 40 + [0.0, 9.0]
    scores = scoring["percentile_minmax"](column)
    np.testing.assert_array_equal(scores, [0.5] * 40 + [0.0, 1.0])
    np.testing.assert_array_equal(scoring["percentile_minmax"](column, direction=-1), [0.5] * 40 + [1.0, 0.0])


def test_percentile_minmax_refuses_a_stated_bound_beyond_the_other():
    with pytest.raises(DomainError, match="lower bound is above"):
        scoring["percentile_minmax"]([1.0, 2.0], low=5.0)


# --- distances ---------------------------------------------------------------------------------------------------


@given(POSITIVE, st.sampled_from([1, -1]))
def test_distance_to_max_is_minmax_wherever_units_differ(x, direction):
    scores = scoring["distance_to_max"](x, direction=direction)
    if x.min() == x.max():
        np.testing.assert_array_equal(scores, 1.0)
    else:
        np.testing.assert_array_equal(scores, scoring["minmax"](x, direction=direction))


@given(POSITIVE, st.integers(1, 500))
def test_distance_to_target_is_the_way_from_the_worst_unit(x, further):
    target = x.max() + further
    expected = scoring["minmax"](x, high=target)
    np.testing.assert_allclose(scoring["distance_to_target"](x, target=target), expected, rtol=1e-12, atol=1e-15)
    cost = scoring["distance_to_target"](-x, target=-target, direction=-1)
    np.testing.assert_allclose(cost, expected, rtol=1e-12, atol=1e-15)


def test_distance_to_target_that_all_have_met_gives_all_full_marks_whether_capped_or_not():
    for clip in (True, False):
        np.testing.assert_array_equal(scoring["distance_to_target"]([5.0, 9.0], target=5.0, clip=clip), [1, 1])
        np.testing.assert_array_equal(scoring["distance_to_target"]([5.0, 9.0], target=2.0, clip=clip), [1, 1])


def test_distance_to_target_already_met_by_the_worst_of_a_frozen_reference_is_still_missed_below_it():
    np.testing.assert_array_equal(scoring["distance_to_target"]([1.0, 2.0], target=2.0, worst=3.0), [0, 1])


UNITS = np.array(["甲", "乙", "丙"], dtype=object)


def test_distance_to_reference_gives_the_named_unit_full_marks_in_every_column():
    x = [[1.0, 9.0], [3.0, 6.0], [5.0, 3.0]]
    direction = np.array([1, -1])
    scores = scoring["distance_to_reference"](x, unit="乙", units=UNITS, direction=direction, clip=False)
    np.testing.assert_array_equal(scores, [[0, 0], [1, 1], [2, 2]])
    capped = scoring["distance_to_reference"](x, unit="乙", units=UNITS, direction=direction)
    np.testing.assert_array_equal(capped, [[0, 0], [1, 1], [1, 1]])


def test_distance_to_reference_of_the_worst_unit_gives_all_full_marks():
    np.testing.assert_array_equal(scoring["distance_to_reference"]([1.0, 3.0, 5.0], unit="甲", units=UNITS), [1, 1, 1])


def test_distance_to_reference_without_a_value_of_the_unit_gives_nobody_a_score():
    scores = scoring["distance_to_reference"]([1.0, NAN, 5.0], unit="乙", units=UNITS)
    np.testing.assert_array_equal(scores, [NAN, NAN, NAN])


def test_distance_to_reference_refuses_a_unit_that_is_not_there_or_twice():
    with pytest.raises(DomainError, match="no unit 丁"):
        scoring["distance_to_reference"]([1.0, 2.0, 3.0], unit="丁", units=UNITS)
    with pytest.raises(DomainError, match="2 rows of 甲"):
        scoring["distance_to_reference"]([1.0, 2.0], unit="甲", units=np.array(["甲", "甲"]))


# --- efficacy and benchmarks -------------------------------------------------------------------------------------


def test_efficacy_from_the_data_goes_from_60_to_100():
    np.testing.assert_array_equal(scoring["efficacy"]([1.0, 2.0, 5.0]), [60, 70, 100])
    np.testing.assert_array_equal(scoring["efficacy"]([1.0, 2.0, 5.0], direction=-1), [100, 90, 60])
    np.testing.assert_array_equal(scoring["efficacy"]([5.0, 5.0]), [80, 80])


def test_efficacy_where_lower_is_better_has_its_satisfactory_value_below():
    scores = scoring["efficacy"]([0.9, 0.5, 0.2], direction=-1, unallowed=0.8, satisfactory=0.4, floor=60)
    np.testing.assert_allclose(scores, [60, 90, 120], rtol=1e-12)


def test_efficacy_refuses_a_satisfactory_value_on_the_wrong_side():
    with pytest.raises(DomainError, match="worse than the unallowed"):
        scoring["efficacy"]([1.0, 2.0], direction=-1, unallowed=1, satisfactory=2)


def test_benchmark_uncapped_goes_beyond_full_huangyan_2022_per_mu():
    # 黄岩 2022: 亩均税收 ÷ 24.097 × 30
    scores = scoring["benchmark"]([24.097, 48.194], benchmark=24.097, full=30, cap=False)
    np.testing.assert_allclose(scores, [30, 60], rtol=1e-15)


def test_benchmark_where_lower_is_better_gives_zero_consumption_full_marks_but_no_ratio():
    scores = scoring["benchmark"]([0.8, 0.4, 0.2, 0.0, -1.0], benchmark=0.4, direction=-1)
    np.testing.assert_array_equal(scores, [50, 100, 100, 100, 100])
    with pytest.raises(DomainError, match="lower is better") as caught:
        scoring["benchmark"]([0.8, 0.0], benchmark=0.4, direction=-1, cap=False)
    assert caught.value.units == (1,)


def test_benchmark_gives_a_negative_value_nothing_if_capped_and_less_than_nothing_if_not():
    assert scoring["benchmark"]([-5.0], benchmark=10)[0] == 0
    assert scoring["benchmark"]([-5.0], benchmark=10, cap=False)[0] == -50


# --- middle and interval -----------------------------------------------------------------------------------------


@given(POSITIVE, st.integers(1, 1000))
def test_middle_is_its_formula(x, best):
    farthest = np.abs(x - best).max()
    expected = 1 - np.abs(x - best) / farthest if farthest else np.ones(len(x))
    np.testing.assert_allclose(scoring["middle"](x, best=best), expected, rtol=1e-12, atol=1e-12)


@given(POSITIVE, st.integers(1, 500), st.integers(0, 500))
def test_interval_is_its_formula(x, low, width):
    high = low + width
    most = max(low - x.min(), x.max() - high)
    outside = np.maximum(np.maximum(low - x, x - high), 0)
    expected = 1 - outside / most if most > 0 else np.ones(len(x))
    np.testing.assert_allclose(scoring["interval"](x, low=low, high=high), expected, rtol=1e-12, atol=1e-12)


def test_interval_and_middle_do_not_mind_rounding():
    np.testing.assert_array_equal(scoring["middle"]([0.1 + 0.2, 0.3], best=0.3), [1, 1])
    np.testing.assert_array_equal(scoring["interval"]([0.1 + 0.2, 0.2], low=0.1, high=0.3), [1, 1])


def test_middle_scores_beyond_a_frozen_reference_are_nothing_and_not_less():
    np.testing.assert_array_equal(scoring["middle"]([5.0, 20.0], best=5, farthest=10), [1, 0])


def test_interval_refuses_ends_that_are_crossed():
    with pytest.raises(DomainError, match="lower end"):
        scoring["interval"]([1.0, 2.0], low=5, high=3)


@given(POSITIVE)
def test_shapes_do_not_mind_the_direction_and_have_it_checked(x):
    np.testing.assert_array_equal(scoring["middle"](x, best=5, direction=-1), scoring["middle"](x, best=5))
    with pytest.raises(DomainError, match="direction is 1 or -1"):
        scoring["interval"](x, low=1, high=2, direction=0)


# --- paths -------------------------------------------------------------------------------------------------------


def test_base_index_is_100_in_the_base_year_and_rises_with_what_is_better():
    base = np.array([50.0, 50.0, 50.0])
    np.testing.assert_array_equal(scoring["base_index"]([50.0, 75.0, 25.0], base_year=2020, base=base), [100, 150, 50])
    cost = scoring["base_index"]([50.0, 25.0], base_year=2020, base=base[:2], direction=-1)
    np.testing.assert_array_equal(cost, [100, 200])


def test_base_index_refuses_a_base_that_is_not_above_zero_and_names_the_unit():
    with pytest.raises(DomainError, match="base year must be above zero") as caught:
        scoring["base_index"]([1.0, 2.0], base_year=2020, base=np.array([1.0, 0.0]))
    assert caught.value.units == (1,)
    with pytest.raises(DomainError, match="needs the values of the base year"):
        scoring["base_index"]([1.0], base_year=2020)


ENERGY = {"direction": -1, "base_year": 2020, "base_value": 0.6, "target": 0.4, "target_year": 2025}


@pytest.mark.parametrize(
    ("year", "due"), [(2019, 0.6), (2020, 0.6), (2021, 0.56), (2023, 0.48), (2025, 0.4), (2030, 0.4)]
)
def test_dated_target_of_0_4_by_2025_asks_each_year_for_its_part(year, due):
    years = np.array([year, year, year])
    scores = scoring["dated_target"]([due * (1 - 1e-9), due * 2, 0.4], years=years, **ENERGY)
    np.testing.assert_allclose(scores, [100, 50, 100], rtol=1e-12)


def test_dated_target_of_a_yearly_cut_of_4_percent_begins_at_each_units_own_value():
    scores = scoring["dated_target"](
        [92.0, 50.0, 50.0],
        direction=-1, years=np.array([2022, 2022, 2022]), base=np.array([100.0, 50.0, NAN]), base_year=2020, rate=-0.04,
    )  # fmt: skip
    np.testing.assert_allclose(scores, [100, 100 * 0.96**2, NAN], rtol=1e-12)


def test_dated_target_where_higher_is_better_gives_the_part_that_was_reached():
    scores = scoring["dated_target"](
        [15.0, 7.5, 20.0, -3.0], years=np.array([2022] * 4), base_year=2020, base_value=10.0, target=20.0,
        target_year=2024, full=20.0,
    )  # fmt: skip
    np.testing.assert_allclose(scores, [20, 10, 20, 0], rtol=1e-12)


def test_dated_target_never_asks_for_more_than_the_target_of_who_began_beyond_it():
    scores = scoring["dated_target"](
        [0.38], direction=-1, years=np.array([2021]), base=np.array([0.3]), base_year=2020, target=0.4, target_year=2025
    )
    assert scores[0] == 100


def test_dated_target_without_years_is_refused():
    with pytest.raises(DomainError, match="data year of each row"):
        scoring["dated_target"]([1.0], base_year=2020, base_value=1.0, rate=0.1)


# --- all of them -------------------------------------------------------------------------------------------------

STATED = {
    "goalposts": {"low": 5.0, "high": 600.0},
    "distance_to_target": {"target": 60.0},
    "distance_to_reference": {"unit": "2"},
    "benchmark": {"benchmark": 30.0},
    "base_index": {"base_year": 2020},
    "dated_target": {"base_year": 2020, "rate": -0.04},
    "two_anchor": {"points": 8, "basic": 5, "full": 60, "at_basic": 0.6},
}


@pytest.mark.parametrize("name", [each for each in scoring if scoring[each].may_lower is None])
@given(x=POSITIVE, gain=st.integers(1, 100), direction=st.sampled_from([1, -1]))
def test_a_better_value_never_lowers_the_units_own_score_where_the_card_says_nothing(name, x, gain, direction):
    direction = 1 if name == "two_anchor" else direction
    rule = scoring[name]
    supplied = {
        "years": np.arange(len(x)) + 2020,
        "base": np.arange(len(x)) + 1.0,
        "units": np.arange(1, len(x) + 1).astype(str),
    }
    stated = STATED.get(name, {}) | {key: value for key, value in supplied.items() if key in rule.parameters}
    better = x.copy()
    better[0] = x[0] + gain if direction == 1 else x[0] / (1 + gain)
    before, after = rule(x, direction=direction, **stated)[0], rule(better, direction=direction, **stated)[0]
    assert after >= before - 1e-9 * abs(before)


@pytest.mark.parametrize(
    ("name", "stated", "parameter", "english"),
    [
        ("percentile_minmax", {"percentiles": [95, 5]}, "percentiles",
         "percentiles must rise within 0 and 100, not go from 95 to 5"),
        ("efficacy", {"d": 0}, "d", "d must be above zero"),
        ("efficacy", {"unallowed": 5, "satisfactory": 5}, "satisfactory", "satisfactory and unallowed must differ"),
        ("benchmark", {"benchmark": 0}, "benchmark", "benchmark must be above zero"),
        ("interval", {"low": 3, "high": 2}, "low", "low (3) must not be above high (2)"),
        ("distance_to_reference", {"unit": 3}, "unit", "unit is 3, not a text"),
        ("dated_target", {"base_year": 2020}, None, "state either target or rate, and not both"),
        ("dated_target", {"base_year": 2020, "rate": -0.04, "target": 3, "target_year": 2025}, "target",
         "state either target or rate, and not both"),
        ("dated_target", {"base_year": 2020, "target": 3}, "target_year", "a target needs its target_year"),
        ("dated_target", {"base_year": 2025, "target": 3, "target_year": 2025}, "target_year",
         "target_year must be after base_year"),
        ("dated_target", {"base_year": 2020, "rate": -1}, "rate", "rate must be above -100 %"),
        ("rank", {"among": np.ones(2)}, "among", "no parameter among; there are none"),
    ],
)  # fmt: skip
def test_parameters_of_the_shelf_are_refused_before_a_run(name, stated, parameter, english):
    problems = scoring[name].check(stated)
    assert [(problem.parameter, problem.reason.en) for problem in problems] == [(parameter, english)]


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("rank", {}, Interval(1, math.inf, "always")),
        ("percentile", {"to": [1, 100]}, Interval(1, 100, "always")),
        ("sum", {}, Interval(0, 1, "possible")),
        ("vector", {"direction": -1}, Interval(0, 2, "possible")),
        ("distance_to_max", {}, Interval(0, 1, "possible")),
        ("distance_to_target", {"target": 5, "clip": False}, Interval(0, math.inf, "possible")),
        ("efficacy", {}, Interval(60, 100, "always")),
        ("efficacy", {"unallowed": 6, "satisfactory": 12}, Interval(-math.inf, math.inf, "never")),
        ("efficacy", {"unallowed": 6, "satisfactory": 12, "floor": 60}, Interval(60, math.inf, "possible")),
        ("benchmark", {"benchmark": 3, "full": 20}, Interval(0, 20, "possible")),
        ("benchmark", {"benchmark": 3, "cap": False}, Interval(-math.inf, math.inf, "never")),
        ("middle", {"best": 3}, Interval(0, 1, "always")),
        ("interval", {"low": 3, "high": 4}, Interval(0, 1, "possible")),
        ("dated_target", {"base_year": 2020, "rate": 0.1}, Interval(0, 100, "possible")),
    ],
)
def test_the_range_of_the_shelf_is_known_before_the_data(name, stated, expected):
    assert scoring[name].score_range(stated) == expected

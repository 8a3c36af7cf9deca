from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from parkscore.methods import DomainError, Interval, aggregation, scoring


def _hdi(panel: pd.DataFrame) -> np.ndarray:
    """The index from its four indicators, step by step as the technical note prints it."""
    health = scoring["goalposts"](panel["le"], low=20, high=85)
    schooling = np.column_stack(
        [scoring["goalposts"](panel["eys"], low=0, high=18), scoring["goalposts"](panel["mys"], low=0, high=15)]
    )
    education = aggregation["arithmetic"](schooling, [1, 1])
    income = scoring["log"](panel["gnipc"], low=100, high=75000)
    return aggregation["geometric"](np.column_stack([health, education, income]), [1, 1, 1])


@pytest.fixture
def published(table):
    panel = table("hdi/hdi_panel_2017_2021.csv")
    return panel[panel[["le", "eys", "mys", "gnipc", "hdi"]].notna().all(axis=1)]


def test_geometric_hdi_2017_to_2021_as_published_954_of_954(published):
    assert len(published) == 954
    np.testing.assert_array_equal(np.round(_hdi(published), 3), published["hdi"])


def _within_what_rounding_allows(scores, own, published):
    """The scores are those that the published index leaves for them, from either end of its rounding."""
    others = _hdi(published) ** 3 / own
    least, most = (np.asarray(published["hdi"]) + half for half in (-0.0005, 0.0005))
    assert np.all((scores >= least**3 / others - 1e-12) & (scores <= most**3 / others + 1e-12))


def test_goalposts_hdi_2017_to_2021_leave_the_published_index_its_health(published):
    health = scoring["goalposts"](published["le"], low=20, high=85)
    _within_what_rounding_allows(health, np.clip((published["le"] - 20) / 65, 0, 1), published)


def test_log_hdi_2017_to_2021_leaves_the_published_index_its_income(published):
    income = scoring["log"](published["gnipc"], low=100, high=75000)
    by_hand = np.clip(np.log(published["gnipc"] / 100) / math.log(750), 0, 1)
    _within_what_rounding_allows(income, by_hand, published)


def test_log_gives_full_marks_to_an_income_beyond_the_goalpost_hdi_2021_liechtenstein(table):
    report = table("hdi/hdi_2021.csv").set_index("iso3")
    assert report.loc["LIE", "gnipc"] > 75000
    assert scoring["log"]([report.loc["LIE", "gnipc"]], low=100, high=75000)[0] == 1.0


def test_as_is_zone_innovation_2015_sub_indices_give_the_published_180_9():
    sub_indices = scoring["as_is"]([[162.6, 298.8, 124.3, 259.5, 126.4]])
    total = aggregation["arithmetic"](sub_indices, [0.20, 0.20, 0.25, 0.10, 0.25])
    assert total[0] == pytest.approx(180.905, abs=1e-12)


def test_minmax_asem_0_to_100(asem, asem_tree):
    treated, expected = asem("stages/treated.csv"), asem("normalisation/minmax_0_100.csv")
    directions = asem_tree.loc[treated.columns, "Direction"].to_numpy(int)
    result = scoring["minmax"](treated, direction=directions, to=(0, 100))
    np.testing.assert_allclose(result, expected[treated.columns], rtol=1e-12, atol=1e-12)


def test_minmax_asem_1_to_100(asem, asem_tree):
    treated, expected = asem("stages/treated.csv"), asem("normalisation/minmax_1_100.csv")
    directions = asem_tree.loc[treated.columns, "Direction"].to_numpy(int)
    result = scoring["minmax"](treated, direction=directions, to=(1, 100))
    np.testing.assert_allclose(result, expected[treated.columns], rtol=1e-12, atol=1e-12)


def test_zscore_asem_0_1_has_the_sample_deviation(asem, asem_tree):
    treated, expected = asem("stages/treated.csv"), asem("normalisation/zscore_0_1.csv")
    directions = asem_tree.loc[treated.columns, "Direction"].to_numpy(int)
    result = scoring["zscore"](treated, direction=directions, divisor="n-1")
    np.testing.assert_allclose(result, expected[treated.columns], rtol=1e-12, atol=1e-12)


def test_minmax_unclipped_is_the_efficacy_coefficient_of_the_published_exam_item():
    score = scoring["minmax"]([5.81], low=6, high=12, to=(60, 100), clip=False)
    assert round(score[0], 2) == 58.73


def test_minmax_takes_the_other_bound_from_the_data_where_one_is_stated():
    np.testing.assert_array_equal(scoring["minmax"]([2.0, 5.0, 8.0], low=0.0), [0.25, 0.625, 1.0])
    np.testing.assert_array_equal(scoring["minmax"]([2.0, 5.0, 8.0], high=14.0), [0.0, 0.25, 0.5])


def test_minmax_bounds_may_differ_by_indicator():
    scores = scoring["minmax"]([[5.0, 5.0], [10.0, 10.0]], low=np.array([0.0, 5.0]), high=np.array([10.0, 25.0]))
    np.testing.assert_array_equal(scores, [[0.5, 0.0], [1.0, 0.25]])


def test_minmax_caps_what_a_frozen_reference_did_not_see_unless_told_not_to():
    reference = scoring["minmax"].fit([10.0, 20.0])
    np.testing.assert_array_equal(scoring["minmax"]([0.0, 30.0], **reference), [0.0, 1.0])
    np.testing.assert_array_equal(scoring["minmax"]([0.0, 30.0], clip=False, **reference), [-1.0, 2.0])


def test_minmax_reaches_both_ends_to_the_last_digit():
    for worst, best in [(-0.9, 0.7), (-0.9, 0.3), (-0.9, -0.1), (0.1, 0.3)]:
        scores = scoring["minmax"]([1.0, 2.0, 4.0], to=(worst, best), clip=False)
        assert (scores[0], scores[-1]) == (worst, best)


def test_minmax_gives_the_middle_where_all_units_are_equal():
    np.testing.assert_array_equal(scoring["minmax"]([3.0, 3.0, np.nan], to=(60, 100)), [80.0, 80.0, np.nan])


def test_minmax_does_not_score_rounding():
    np.testing.assert_array_equal(scoring["minmax"]([0.3, 0.1 + 0.2]), [0.5, 0.5])


def test_minmax_refuses_a_stated_bound_beyond_all_the_data_and_names_the_column():
    with pytest.raises(DomainError, match="lower bound is above") as caught:
        scoring["minmax"]([[1.0, 1.0], [2.0, 9.0]], low=5.0)
    assert caught.value.columns == (0,)


def test_minmax_refuses_a_direction_other_than_1_and_minus_1():
    with pytest.raises(DomainError, match="direction is 1 or -1"):
        scoring["minmax"]([1.0, 2.0], direction=0)


def test_minmax_refuses_ends_that_fall():
    with pytest.raises(DomainError, match="first end"):
        scoring["minmax"]([1.0, 2.0], to=(100, 0))


def test_goalposts_that_coincide_are_refused():
    with pytest.raises(DomainError, match="below the upper"):
        scoring["goalposts"]([1.0], low=5, high=5)


def test_log_bounds_are_in_the_measure_of_the_indicator():
    assert scoring["log"].fit([100.0, 75000.0]) == {"low": 100.0, "high": 75000.0}


def test_log_does_not_score_a_difference_that_its_logarithms_cannot_hold():
    np.testing.assert_array_equal(scoring["log"]([1e100, 1e100 * (1 + 1e-14)]), [0.5, 0.5])


def test_log_refuses_a_bound_of_zero():
    with pytest.raises(DomainError, match="above zero"):
        scoring["log"]([1.0, 2.0], low=0.0)


@pytest.mark.parametrize("units", [3, 7, 13])
def test_zscore_of_equal_values_is_the_center_though_their_sum_rounds(units):
    # The plain mean of these is beside 0.1 and their plain deviation 1e-17: scored, all units would be at +1 or -1.
    column = np.full(units, 0.1)
    assert scoring["zscore"].fit(column) == {"mean": 0.1, "sd": 0.0}
    np.testing.assert_array_equal(scoring["zscore"](column, center=100, scale=10), np.full(units, 100.0))


def test_zscore_refuses_a_deviation_so_small_that_scores_overflow():
    with pytest.raises(DomainError, match="too narrow"):
        scoring["zscore"]([1.0, 2.0], mean=1.0, sd=1e-310)


def test_zscore_keeps_its_digits_beside_a_large_mean():
    scores = scoring["zscore"](np.array([1.0, 2.0, 3.0]) + 1e9)
    np.testing.assert_allclose(scores, [-math.sqrt(1.5), 0, math.sqrt(1.5)], rtol=1e-12)


def test_zscore_refuses_a_negative_deviation():
    with pytest.raises(DomainError, match="cannot be below zero"):
        scoring["zscore"]([1.0, 2.0], mean=1.0, sd=-1.0)


def test_zscore_of_a_single_unit_is_the_center_under_either_divisor():
    assert scoring["zscore"]([5.0], divisor="n-1", center=100)[0] == 100.0


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("minmax", {}, Interval(0.0, 1.0, "always")),
        ("minmax", {"to": [1, 100]}, Interval(1, 100, "always")),
        ("minmax", {"low": 0.0}, Interval(0.0, 1.0, "possible")),
        ("minmax", {"high": 9.0}, Interval(0.0, 1.0, "always")),
        ("minmax", {"high": 9.0, "direction": -1}, Interval(0.0, 1.0, "possible")),
        ("minmax", {"low": 0.0, "high": 9.0}, Interval(0.0, 1.0, "possible")),
        ("minmax", {"clip": False}, Interval(0.0, 1.0, "always")),
        ("minmax", {"clip": False, "low": 0.0}, Interval(-math.inf, 1.0, "never")),
        ("minmax", {"clip": False, "high": 9.0}, Interval(0.0, math.inf, "always")),
        ("minmax", {"clip": False, "low": 0.0, "high": 9.0}, Interval(-math.inf, math.inf, "never")),
        ("goalposts", {"low": 0.0, "high": 9.0}, Interval(0.0, 1.0, "possible")),
        ("log", {"low": 100, "high": 75000}, Interval(0.0, 1.0, "possible")),
        ("zscore", {"center": 100, "scale": 10}, Interval(-math.inf, math.inf, "never")),
    ],
)
def test_the_range_of_scores_is_known_before_the_data(name, stated, expected):
    assert scoring[name].score_range(stated) == expected

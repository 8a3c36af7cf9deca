from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from parkscore.methods import TreatmentRecord, treatment
from parkscore.methods.treatments import shape_of

RISING = np.arange(1.0, 13.0)
# A hundred ordinary values and more outliers than five points can draw in.
LONG_TAIL = np.append(np.arange(1.0, 101.0), 10.0 ** np.arange(3, 10))


def _column(*values: float) -> np.ndarray:
    return np.array(values)[:, np.newaxis]


def _assert_asem_treated(name: str, asem, table) -> None:
    imputed, expected = asem("stages/imputed.csv"), asem("stages/treated.csv")
    details = table("asem/stages/treat_details.csv").set_index("iCode").loc[imputed.columns]
    values, records = treatment[name](imputed)
    np.testing.assert_allclose(values, expected[imputed.columns], rtol=1e-12)
    assert sum(record.action == "winsorised" for record in records) == 15
    np.testing.assert_array_equal([record.points for record in records], details["winsorise.nwin"].fillna(0))
    for when, suffix in (("before", "0"), ("after", "1")):
        # COINr states the shape after a treatment only where there was one.
        after = details[f"check_SkewKurt{suffix}.Skew"].fillna(details["check_SkewKurt0.Skew"])
        np.testing.assert_allclose([getattr(r, f"skewness_{when}") for r in records], after, rtol=1e-10)
        after = details[f"check_SkewKurt{suffix}.Kurt"].fillna(details["check_SkewKurt0.Kurt"])
        np.testing.assert_allclose([getattr(r, f"kurtosis_{when}") for r in records], after, rtol=1e-10, atol=1e-12)
    assert all(record.passed for record in records)


def test_skewness_kurtosis_asem_treated_with_15_indicators_winsorised(asem, table):
    _assert_asem_treated("skewness_kurtosis", asem, table)


def test_winsorise_asem_treated_with_15_indicators_winsorised(asem, table):
    _assert_asem_treated("winsorise", asem, table)


def test_winsorise_asem_touches_the_points_that_coinr_lists(asem):
    imputed, points = asem("stages/imputed.csv"), asem("stages/treated_points.csv")
    values = treatment["winsorise"](imputed).values
    lowered, raised = values < imputed.to_numpy(), values > imputed.to_numpy()
    np.testing.assert_array_equal(lowered, points[imputed.columns] == "winhi")
    np.testing.assert_array_equal(raised, points[imputed.columns] == "winlo")


def test_none_coinr_vignette_fails_the_rule_that_one_winsorised_point_passes():
    """COINr 1.0 documentation, article "Outlier Treatment": 1 to 10, 30 and 100."""
    X = _column(*np.arange(1.0, 11.0), 30.0, 100.0)
    values, (record,) = treatment["none"](X)
    np.testing.assert_array_equal(values, X)
    np.testing.assert_allclose((record.skewness_before, record.kurtosis_before), (3.063241, 9.741391), rtol=1e-6)
    assert not record.passed
    (record,) = treatment["winsorise"](X, most=2).records
    np.testing.assert_allclose((record.skewness_after, record.kurtosis_after), (1.712038, 1.815781), rtol=1e-6)
    assert (record.points, record.passed) == (1, True)


@pytest.mark.parametrize(
    ("indicator", "skewness", "kurtosis"), [("Goods", 0.03104001, -0.8888965), ("Flights", -0.09502644, -0.8305217)]
)
def test_log_coinr_vignette_of_two_raw_indicators(table, indicator, skewness, kurtosis):
    """COINr 1.0 documentation, article "Outlier Treatment": too few points may be winsorised, so the log is taken."""
    raw = table("asem/asem_idata.csv")[[indicator]].to_numpy(dtype=float)
    (record,) = treatment["log"](raw).records
    np.testing.assert_allclose(record.skewness_after, skewness, rtol=1e-6)
    np.testing.assert_allclose(record.kurtosis_after, kurtosis, rtol=1e-6)
    assert (record.action, record.passed) == ("log", True)


@given(arrays(np.float64, st.integers(4, 40), elements=st.floats(-1000, 1000).map(lambda number: round(number, 2))))
def test_the_shape_is_that_of_scipy_without_bias(values):
    assume(np.ptp(values) > 1)
    expected = stats.skew(values, bias=False), stats.kurtosis(values, bias=False)
    np.testing.assert_allclose(shape_of(values), expected, rtol=1e-9, atol=1e-9)


def test_the_shape_is_that_of_excel_help_pages():
    """Microsoft's examples for SKEW and KURT: 3, 4, 5, 2, 3, 4, 5, 6, 4, 7."""
    values = np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7])
    np.testing.assert_allclose(shape_of(values), (0.359543071, -0.151799637), rtol=1e-8)


def test_a_column_that_passes_is_untouched():
    X = RISING[:, np.newaxis]
    values, records = treatment["skewness_kurtosis"](X)
    np.testing.assert_array_equal(values, X)
    assert (records[0].action, records[0].points, records[0].passed) == ("none", 0, True)


@pytest.mark.parametrize("values", [(1.0, 2.0, 1e9), (5.0,), (), (7.0,) * 6, (np.nan,) * 5])
def test_a_column_that_is_short_or_constant_passes_untouched(values):
    result, records = treatment["skewness_kurtosis"](_column(*values))
    np.testing.assert_array_equal(result, _column(*values))
    assert records == [TreatmentRecord("none", 0, *[pytest.approx(np.nan, nan_ok=True)] * 4, True)]


def test_a_high_outlier_is_drawn_down_to_the_next_value():
    values, (record,) = treatment["winsorise"](_column(*RISING, 900.0))
    np.testing.assert_array_equal(values, _column(*RISING, 12.0))
    assert (record.action, record.points, record.passed) == ("winsorised", 1, True)


def test_a_low_outlier_is_drawn_up_to_the_next_value():
    values, (record,) = treatment["winsorise"](_column(-900.0, *RISING))
    np.testing.assert_array_equal(values, _column(1.0, *RISING))
    assert record.points == 1


def test_points_tied_at_the_extreme_are_drawn_in_together_and_each_counts():
    values, (record,) = treatment["winsorise"](_column(*np.arange(1.0, 60.0), 900.0, 900.0))
    np.testing.assert_array_equal(values, _column(*np.arange(1.0, 60.0), 59.0, 59.0))
    assert record.points == 2


def test_winsorising_never_makes_a_column_constant():
    X = _column(*np.zeros(9), 100.0)
    values, (record,) = treatment["winsorise"](X)
    np.testing.assert_array_equal(values, X)
    assert (record.points, record.passed) == (0, False)


def test_ties_that_are_more_than_the_points_left_stay():
    X = _column(*np.arange(1.0, 60.0), 900.0, 900.0)
    values, (record,) = treatment["winsorise"](X, most=1)
    np.testing.assert_array_equal(values, X)
    assert (record.action, record.points, record.passed) == ("winsorised", 0, False)


def test_a_gap_stays_a_gap_and_does_not_count():
    values, records = treatment["winsorise"](_column(*RISING, np.nan, 900.0))
    np.testing.assert_array_equal(values, _column(*RISING, np.nan, 12.0))
    assert records == treatment["winsorise"](_column(*RISING, 900.0)).records


def test_where_winsorising_is_not_enough_the_logarithm_of_the_untreated_column_is_taken():
    assert not treatment["winsorise"](_column(*LONG_TAIL)).records[0].passed
    values, (record,) = treatment["skewness_kurtosis"](_column(*LONG_TAIL))
    expected = np.log(LONG_TAIL - 1 + 0.01 * (1e9 - 1))
    np.testing.assert_allclose(values[:, 0], expected, rtol=1e-14)
    assert (record.action, record.points) == ("log", 0)
    assert record.skewness_after < record.skewness_before


def test_the_logarithm_of_a_column_skewed_to_the_left_is_reflected_and_keeps_its_order():
    values, (record,) = treatment["log"](_column(*-LONG_TAIL))
    np.testing.assert_allclose(values[:, 0], -np.log(LONG_TAIL - 1 + 0.01 * (1e9 - 1)), rtol=1e-14)
    assert record.skewness_before < -2
    assert np.all(np.diff(values[:, 0]) < 0)


def test_a_logarithm_that_helps_says_that_it_passed():
    # Log-normal quantiles: more tail than two points can draw in, and about normal after the logarithm.
    quantiles = np.exp(stats.norm.ppf((np.arange(200) + 0.5) / 200))
    (record,) = treatment["skewness_kurtosis"](quantiles[:, np.newaxis], most=2).records
    assert (record.action, record.passed) == ("log", True)


def test_a_column_that_no_treatment_helps_keeps_its_logarithm_and_says_so():
    X = _column(*np.zeros(400), *np.linspace(1.0, 2.0, 8))
    values, (record,) = treatment["skewness_kurtosis"](X)
    assert (record.action, record.passed) == ("log", False)
    assert np.all(np.isfinite(values))


def test_none_leaves_the_values_and_still_reports_the_shape():
    X = _column(*RISING, 900.0)
    values, (record,) = treatment["none"](X)
    np.testing.assert_array_equal(values, X)
    assert (record.action, record.passed) == ("none", False)
    assert record.skewness_before == record.skewness_after > 2


@given(arrays(np.float64, 20, elements=st.integers(0, 10**6).map(float)), st.integers(0, 6))
def test_no_more_points_change_than_were_allowed(values, most):
    treated, (record,) = treatment["winsorise"](values[:, np.newaxis], most=most)
    assert record.points == np.count_nonzero(treated[:, 0] != values) <= most

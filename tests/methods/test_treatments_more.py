"""Caps from quantiles and transformations of whole columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods import DomainError, scoring, treatment

stats = pytest.importorskip("scipy.stats")

ANY = arrays(np.float64, st.integers(1, 30), elements=st.integers(-(10**6), 10**6).map(float))
POSITIVE = arrays(np.float64, st.integers(5, 40), elements=st.integers(1, 10**6).map(float), unique=True)


def _treated(name: str, values: np.ndarray, **stated: float) -> tuple[np.ndarray, object]:
    X, (record,) = treatment[name](values[:, np.newaxis], **stated)
    return X[:, 0], record


# --- published numbers -------------------------------------------------------------------------------------------


def test_percentile_statology_of_18_values_at_5_and_95_percent():
    """Statology (statology.org), "Winsorize: Definition & Examples"."""
    values = np.array([3, 14, 16, 16, 17, 29, 34, 36, 39, 47, 59, 64, 65, 66, 68, 79, 91, 98], dtype=float)
    found, record = _treated("percentile", values)
    np.testing.assert_allclose(found, [12.35, *values[1:-1], 92.05], rtol=1e-12)
    assert record.points == 2


def test_iqr_fences_wikipedia_box_plot_of_hourly_temperatures():
    """Wikipedia, "Box plot", example with outliers: quartiles 66 and 75 °F, fences 52.5 and 88.5 °F."""
    values = [52.0, 57, 57, 58, 63, 66, 66, 67, 67, 68, 69, 70, 70, 70, 70, 72, 73, 75, 75, 76, 76, 78, 79, 89]
    found, record = _treated("iqr_fences", np.array(values))
    np.testing.assert_array_equal(found, [52.5, *values[1:-1], 88.5])
    assert record.points == 2


def test_ln_hdi_2017_to_2021_of_income(table):
    panel = table("hdi/hdi_panel_2017_2021.csv").dropna(subset=["le", "eys", "mys", "gnipc", "hdi"])
    ends = treatment["ln"](np.array([[100.0], [75000.0]])).values.ravel()
    income = scoring["goalposts"](treatment["ln"](panel[["gnipc"]]).values[:, 0], low=ends[0], high=ends[1])
    health, expected, mean = (
        scoring["goalposts"](panel[name], low=low, high=high)
        for name, low, high in (("le", 20, 85), ("eys", 0, 18), ("mys", 0, 15))
    )
    np.testing.assert_array_equal(np.round((health * (expected + mean) / 2 * income) ** (1 / 3), 3), panel["hdi"])


def test_log1p_polars():
    """The example of polars.Series.log1p."""
    found, _ = _treated("log1p", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(found, [0.693147, 1.098612, 1.386294], rtol=0, atol=5e-7)


def test_signed_log_torchrl():
    """The example of torchrl.modules.functional.symlog (TorchRL 0.14), the same function."""
    found, _ = _treated("signed_log", np.array([-100.0, 0.0, 100.0]))
    np.testing.assert_allclose(found, [-4.6151, 0, 4.6151], rtol=0, atol=5e-5)


def test_box_cox_johnson_wichern_radiation_of_42_microwave_ovens():
    """Johnson and Wichern, Applied Multivariate Statistical Analysis, Example 4.10, also in NIST e-Handbook 6.5.2."""
    radiation = np.array([
        15, 9, 18, 10, 5, 12, 8, 5, 8, 10, 7, 2, 1, 10, 10, 10, 2, 10, 1, 40, 10, 5, 3, 5, 15, 10, 15, 9, 8, 18, 10, 20,
        11, 30, 2, 20, 20, 30, 30, 40, 30, 5,
    ]) / 100  # fmt: skip
    _, record = _treated("box_cox", radiation)
    assert round(record.power, 2) == 0.28


def test_box_cox_of_the_airline_passengers_as_brownlee_2017_prints_its_power():
    """Brownlee, How to Use Power Transforms for Time Series Forecast Data with Python (machinelearningmastery.com).

    The thousands of passengers of each month from 1949 to 1960: Box and Jenkins 1976, series G.
    """
    passengers = np.array([
        112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133,
        114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242,
        209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264,
        302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313,
        318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318,
        362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
        417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
    ], dtype=float)  # fmt: skip
    _, record = _treated("box_cox", passengers)
    assert round(record.power, 6) == 0.148023


# --- peers and corners -------------------------------------------------------------------------------------------


@given(ANY, st.floats(0, 0.4), st.floats(0.6, 1))
def test_percentile_caps_are_the_quantiles_of_numpy(values, lower, upper):
    low, high = np.quantile(values, [lower, upper])
    found, record = _treated("percentile", values, lower=lower, upper=upper)
    expected = np.clip(values, low, high) if low < high else values
    np.testing.assert_array_equal(found, expected)
    assert record.points == np.count_nonzero(found != values)


@given(ANY)
def test_no_cap_makes_a_column_constant(values):
    for name in ("percentile", "iqr_fences"):
        found, _ = _treated(name, values)
        assert np.ptp(found) > 0 or np.ptp(values) == 0


def test_fences_stand_one_and_a_half_interquartile_ranges_outside_the_quartiles():
    # 1 .. 9: quartiles 3 and 7, fences -3 and 13.
    values = np.array([-20.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50.0])
    first, third = np.quantile(values, [0.25, 0.75])
    found, record = _treated("iqr_fences", values)
    assert (first, third) == (2.5, 7.5)
    np.testing.assert_array_equal(found, [-5.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15.0])
    assert (record.action, record.points) == ("winsorised", 2)


def test_fences_further_out_change_nothing_and_say_so():
    values = np.array([-20.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50.0])
    found, record = _treated("iqr_fences", values, k=10.0)
    np.testing.assert_array_equal(found, values)
    assert record.action == "none"


def test_a_column_of_mostly_one_value_has_no_fences():
    values = np.array([0.0] * 9 + [100.0])
    found, record = _treated("iqr_fences", values)
    np.testing.assert_array_equal(found, values)
    assert (record.action, record.passed) == ("none", False)


@pytest.mark.parametrize(
    ("name", "stated", "parameter"),
    [
        ("percentile", {"lower": 0.9, "upper": 0.1}, "lower"),
        ("percentile", {"lower": -0.1}, "lower"),
        ("iqr_fences", {"k": 0}, "k"),
        ("box_cox", {"power": "half"}, "power"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused_before_a_run(name, stated, parameter):
    assert [problem.parameter for problem in treatment[name].check(stated)] == [parameter]


@given(ANY)
def test_the_signed_logarithm_is_odd_and_that_of_one_more_above_zero(values):
    found, _ = _treated("signed_log", values)
    np.testing.assert_array_equal(-found, _treated("signed_log", -values)[0])
    above = np.abs(values)
    np.testing.assert_array_equal(_treated("log1p", above)[0], _treated("signed_log", above)[0])


def test_a_logarithm_of_what_is_not_positive_is_refused_with_its_place():
    with pytest.raises(DomainError) as caught:
        treatment["ln"]([[1.0], [0.0]])
    assert (caught.value.columns, caught.value.units) == ((0,), (1,))
    with pytest.raises(DomainError):
        treatment["log1p"]([[-0.5]])
    with pytest.raises(DomainError):
        treatment["box_cox"]([[0.0]])


@given(POSITIVE, st.sampled_from([-2.0, -0.5, 0.0, 0.5, 1.0, 2.0]))
def test_box_cox_of_a_stated_power_is_that_of_scipy_on_values_over_their_geometric_mean(values, power):
    found, record = _treated("box_cox", values, power=power)
    expected = stats.boxcox(values / stats.gmean(values), lmbda=power)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert record.power == power


@pytest.mark.parametrize("seed", range(5))
def test_the_likeliest_power_is_that_of_scipy(seed):
    values = np.random.default_rng(seed).lognormal(sigma=1.0, size=200) ** (1 + seed / 2) + seed
    _, record = _treated("box_cox", values)
    assert record.power == pytest.approx(stats.boxcox_normmax(values, method="mle"), abs=1e-5)


@given(POSITIVE)
def test_box_cox_does_not_depend_on_the_measure(values):
    found, record = _treated("box_cox", values)
    converted, other = _treated("box_cox", values / 1000)
    assert record.power == pytest.approx(other.power, abs=1e-4)
    z, other_z = ((each - each.mean()) / each.std() for each in (found, converted))
    np.testing.assert_allclose(z, other_z, atol=1e-2)


def test_a_column_that_is_short_or_constant_has_no_likeliest_power():
    for values in (np.array([1.0, 2.0, 900.0]), np.full(6, 7.0)):
        found, record = _treated("box_cox", values)
        np.testing.assert_array_equal(found, values)
        assert (record.action, np.isnan(record.power)) == ("none", True)


def test_a_power_that_makes_infinite_numbers_is_refused():
    with pytest.raises(DomainError, match="power 5"):
        treatment["box_cox"]([[1e-100], [1.0], [1e100]], power=5)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods import DomainError, imputation, scoring

with_gaps = arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6) | st.just(np.nan))


def test_group_mean_asem_imputed(asem, table):
    denominated, expected = asem("stages/denominated.csv"), asem("stages/imputed.csv")
    groups = pd.Categorical(table("asem/asem_idata.csv").set_index("uCode").loc[denominated.index, "EurAsia_group"])
    result = imputation["group_mean"](denominated, groups=groups.codes)
    assert np.isnan(denominated.to_numpy()).sum() == 65
    np.testing.assert_allclose(result, expected[denominated.columns], rtol=1e-12)


# COINr 1.0 documentation, article "Imputation": ten countries of ASEM
# by Pat, CultServ, CultGood and Tourist.
VIGNETTE = np.array(
    [
        [23.7, 0.13405, np.nan, 11.519],
        [583.5, 2.20754, 16.182, 24.040],
        [3.6, 0.05780, 0.985, 6.509],
        [249.8, 1.79800, np.nan, 17.242],
        [np.nan, np.nan, np.nan, 3.315],
        [64.2, 1.15292, 7.555, 26.757],
        [0.3, 0.00266, 0.046, 0.404],
        [np.nan, 0.08905, np.nan, 2.907],
        [46.5, 0.34615, 1.213, 3.370],
        [7.2, 0.03553, 1.256, 0.966],
    ]
)


def _assert_gaps_hold(printed: list[float], filled: np.ndarray, X: np.ndarray) -> None:
    """The gaps of each column hold the number printed for it, to the printed digits, and nothing else has changed."""
    np.testing.assert_allclose(filled, np.where(np.isnan(X), printed, X), rtol=1e-7)


def test_mean_coinr_vignette():
    _assert_gaps_hold([122.35, 0.6470778, 4.5395, np.nan], imputation["mean"](VIGNETTE), VIGNETTE)


def test_median_coinr_vignette_of_the_first_five_countries():
    first = VIGNETTE[:5]
    _assert_gaps_hold([136.75, 0.966025, 8.5835, np.nan], imputation["median"](first), first)


def test_group_median_coinr_vignette_of_two_groups_of_five():
    filled = imputation["group_median"](VIGNETTE, groups=[0] * 5 + [1] * 5)
    _assert_gaps_hold([136.75, 0.966025, 8.5835, np.nan], filled[:5], VIGNETTE[:5])
    _assert_gaps_hold([26.85, np.nan, 1.2345, np.nan], filled[5:], VIGNETTE[5:])


def test_zero_pandas_fillna():
    """The example of pandas.DataFrame.fillna (pandas 3.1)."""
    X = np.array([[np.nan, 2, np.nan, 0], [3, 4, np.nan, 1], [np.nan] * 4, [np.nan, 3, np.nan, 4]])
    np.testing.assert_array_equal(imputation["zero"](X), [[0, 2, 0, 0], [3, 4, 0, 1], [0, 0, 0, 0], [0, 3, 0, 4]])


def test_none_hdi_2021_is_published_for_no_country_with_a_gap(table):
    countries = table("hdi/hdi_2021.csv")
    filled = imputation["none"](countries[["le", "eys", "mys", "gnipc"]])
    ends = {"low": np.array([20, 0, 0, np.log(100)]), "high": np.array([85, 18, 15, np.log(75000)])}
    filled[:, 3] = np.log(filled[:, 3])
    health, expected, mean, income = scoring["goalposts"](filled, **ends).T
    index = np.round((health * (expected + mean) / 2 * income) ** (1 / 3), 3)
    assert countries.loc[np.isnan(index), "iso3"].tolist() == ["MCO", "NRU", "PRK", "SOM"]
    np.testing.assert_array_equal(index, countries["hdi"])


@given(with_gaps)
def test_mean_is_that_of_pandas(X):
    frame = pd.DataFrame(X)
    np.testing.assert_allclose(imputation["mean"](X), frame.fillna(frame.mean()), rtol=1e-9, atol=1e-9)


@given(with_gaps)
def test_median_is_that_of_pandas(X):
    frame = pd.DataFrame(X)
    np.testing.assert_allclose(imputation["median"](X), frame.fillna(frame.median()), rtol=1e-12)


@given(with_gaps)
def test_one_group_is_the_mean(X):
    np.testing.assert_array_equal(imputation["group_mean"](X, groups=np.zeros(7, dtype=int)), imputation["mean"](X))


def test_a_group_without_a_value_and_a_unit_without_a_group_stay_empty():
    X = [[1.0], [np.nan], [np.nan], [np.nan], [9.0]]
    filled = imputation["group_mean"](X, groups=[0, 0, 1, -1, -1])
    np.testing.assert_array_equal(filled[:, 0], [1.0, 1.0, np.nan, np.nan, 9.0])


@pytest.mark.parametrize("groups", [[0], [0.0, 1.0], ["a", "b"]])
def test_groups_that_are_not_a_whole_number_for_each_unit_are_refused(groups):
    with pytest.raises(DomainError, match="each unit needs a whole number"):
        imputation["group_mean"]([[1.0], [2.0]], groups=groups)


def test_zero_and_none_do_what_they_say():
    X = [[np.nan, 2.0]]
    np.testing.assert_array_equal(imputation["zero"](X), [[0.0, 2.0]])
    np.testing.assert_array_equal(imputation["none"](X), X)


@pytest.mark.parametrize("name", list(imputation))
def test_the_input_is_left_alone(name):
    X = np.array([[1.0], [np.nan]])
    supplied = {"groups": [0, 0], "units": [0, 0], "years": [2023, 2024]}
    result = imputation[name](X, **{each: supplied[each] for each in imputation[name].parameters})
    assert result is not X
    assert np.isnan(X[1, 0])

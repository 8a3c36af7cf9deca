"""Gaps filled from other years of the same unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, imputation

NAN = np.nan


@st.composite
def panels(draw: st.DrawFn) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Rows of up to four units in some of eight years, in any order, with gaps."""
    every = [(unit, year) for unit in range(4) for year in range(2018, 2026)]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=20))
    cells = st.integers(-1000, 1000).map(float) | st.just(NAN)
    X = np.array(draw(st.lists(st.tuples(cells, cells), min_size=len(pairs), max_size=len(pairs))))
    units, years = np.array(pairs).T
    return X, {"units": units, "years": years}


def _at(X: np.ndarray, codes: dict[str, np.ndarray], unit: int, year: int, column: int) -> float:
    rows = np.flatnonzero((codes["units"] == unit) & (codes["years"] == year))
    return float(X[rows[0], column]) if rows.size else NAN


@given(panels())
def test_last_year_is_the_value_of_the_same_unit_one_year_before(panel):
    X, codes = panel
    filled = imputation["last_year"](X, **codes)
    for row, column in np.ndindex(*X.shape):
        own = X[row, column]
        before = _at(X, codes, codes["units"][row], codes["years"][row] - 1, column)
        np.testing.assert_array_equal(filled[row, column], before if np.isnan(own) else own)


@given(panels())
def test_linear_is_the_interpolation_of_numpy_and_ends_with_the_known_years(panel):
    X, codes = panel
    filled = imputation["linear"](X, **codes)
    for unit in np.unique(codes["units"]):
        own = codes["units"] == unit
        for column in range(X.shape[1]):
            values, years = X[own, column], codes["years"][own].astype(float)
            known = ~np.isnan(values)
            expected = values
            if known.any():
                order = np.argsort(years[known])
                line = np.interp(years, years[known][order], values[known][order], left=NAN, right=NAN)
                expected = np.where(known, values, line)
            np.testing.assert_allclose(filled[own, column], expected, rtol=1e-12, atol=1e-9)


def test_linear_bigframes_between_years_of_unequal_distance():
    """The example of bigframes.pandas.DataFrame.interpolate(method="values"): 0, 0.1, 0.3, 0.7, 0.9, 1.0 as years."""
    X = np.array([[1, NAN], [2, 6], [3, NAN], [NAN, 2], [NAN, NAN], [6, 3]])
    filled = imputation["linear"](X, units=[1] * 6, years=[2010, 2011, 2013, 2017, 2019, 2020])
    printed = [[1, NAN], [2, 6], [3, 4.666667], [4.714286, 2], [5.571429, 2.666667], [6, 3]]
    np.testing.assert_allclose(filled, printed, rtol=0, atol=5e-7)


@pytest.mark.parametrize(("country", "indicator"), [("NZL", "LPI"), ("AUT", "Flights")])
def test_last_year_asem_panel_gives_the_value_of_2021_where_that_of_2022_is_taken_out(table, country, indicator):
    """What COINr 1.1.14 tests of impute_panel, on the values of the panel that it ships."""
    panel = table("asem/asem_idata_panel.csv")
    own = panel["uCode"] == country
    gap, before = (panel.index[own & (panel["Time"] == year)][0] for year in (2022, 2021))
    X = panel[[indicator]].to_numpy(dtype=float, copy=True)
    X[gap] = NAN
    codes = {"units": pd.factorize(panel["uCode"])[0], "years": panel["Time"].to_numpy()}
    filled = imputation["last_year"](X, **codes)
    assert filled[gap, 0] == panel.loc[before, indicator]
    np.testing.assert_array_equal(np.delete(filled, gap, axis=0), np.delete(X, gap, axis=0))


def test_one_known_year_is_no_line():
    X = np.array([[NAN], [4.0], [NAN]])
    np.testing.assert_array_equal(imputation["linear"](X, units=[1, 1, 1], years=[2022, 2023, 2024]), X)


def test_years_are_counted_and_not_rows():
    filled = imputation["linear"](np.array([[0.0], [NAN], [10.0]]), units=[1, 1, 1], years=[2014, 2015, 2024])
    assert filled[1, 0] == 1.0
    alone = np.array([[1.0], [NAN]])
    np.testing.assert_array_equal(imputation["last_year"](alone, units=[1, 1], years=[2021, 2024]), alone)


def test_no_value_comes_from_another_unit():
    X = np.array([[1.0], [NAN], [3.0]])
    for name in ("last_year", "linear"):
        np.testing.assert_array_equal(imputation[name](X, units=[1, 2, 3], years=[2022, 2023, 2024]), X)


@pytest.mark.parametrize("name", ["last_year", "linear"])
@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ({"units": [1, 1], "years": [2024, 2024]}, "same year twice"),
        ({"units": [1], "years": [2023, 2024]}, "whole number"),
        ({"units": [1, 1], "years": [2023.0, 2024.0]}, "whole number"),
    ],
)
def test_codes_that_do_not_tell_the_rows_apart_are_refused(name: str, codes: dict[str, Any], reason: str):
    with pytest.raises(DomainError, match=reason):
        imputation[name](np.ones((2, 1)), **codes)


@given(panels())
def test_group_median_is_that_of_pandas(panel):
    X, codes = panel
    frame, groups = pd.DataFrame(X), codes["units"]
    expected = frame.fillna(frame.groupby(groups).transform("median"))
    np.testing.assert_allclose(imputation["group_median"](X, groups=groups), expected, rtol=1e-12)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods import DomainError, imputation

with_gaps = arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6) | st.just(np.nan))


def test_group_mean_asem_imputed(asem, table):
    denominated, expected = asem("stages/denominated.csv"), asem("stages/imputed.csv")
    groups = pd.Categorical(table("asem/asem_idata.csv").set_index("uCode").loc[denominated.index, "EurAsia_group"])
    result = imputation["group_mean"](denominated, groups=groups.codes)
    assert np.isnan(denominated.to_numpy()).sum() == 65
    np.testing.assert_allclose(result, expected[denominated.columns], rtol=1e-12)


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

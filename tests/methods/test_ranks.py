from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from parkscore.methods import ranking

# Few different values, so that ties are common; both zeros, which are one value.
scores = arrays(np.float64, array_shapes(min_dims=1, max_dims=2, max_side=12),
                elements=st.sampled_from([-1.5, -0.0, 0.0, 2.0, 2.5, 1e300, -np.inf, np.inf]))  # fmt: skip


def test_rank_min_asem_amean_rank(asem):
    nodes = asem("aggregation/minmax_0_100__amean.csv")
    np.testing.assert_array_equal(ranking["min"](nodes["Index"]), nodes["Rank_Index"])


def test_rank_min_asem_of_every_node_and_indicator(asem):
    values, ranks = asem("stages/aggregated.csv"), asem("stages/results_ranks.csv")
    ranks = ranks.loc[values.index, values.columns]
    # One row per node: ranked as draws are.
    np.testing.assert_array_equal(ranking["min"](values.to_numpy().T), ranks.to_numpy().T)


def test_rank_max_pandas_rank():
    """The example of pandas.DataFrame.rank (pandas 3.1): legs of cat, penguin, dog, spider and snake."""
    legs = np.array([4.0, 2.0, 4.0, 8.0, np.nan])
    # pandas ranks from the lowest; what has no legs stated has no rank, which is 0 here.
    np.testing.assert_array_equal(ranking["max"](-legs), [3, 1, 3, 4, 0])


def test_rank_dense_transact_sql():
    """The example of DENSE_RANK in the reference of SQL Server: paint in stock at two locations, most first."""
    third, fourth = [49.0, 49.0, 41.0, 30.0, 17.0], [35.0, 25.0, 24.0, 14.0, 12.0]
    np.testing.assert_array_equal(ranking["dense"]([third, fourth]), [[1, 1, 2, 3, 4], [1, 2, 3, 4, 5]])


@pytest.mark.parametrize("name", list(ranking))
@given(score=scores)
def test_ranks_are_those_of_scipy(name, score):
    expected = stats.rankdata(-score, method=name, axis=-1)
    result = ranking[name](score)
    assert result.dtype == np.int32
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("name", list(ranking))
@given(score=scores, data=st.data())
def test_a_unit_without_a_score_gets_0_and_moves_nobody(name, score, data):
    score = np.atleast_2d(score)
    at = data.draw(st.integers(0, score.shape[1]))
    with_gap = np.insert(score, at, np.nan, axis=1)
    result = ranking[name](with_gap)
    assert np.all(result[:, at] == 0)
    np.testing.assert_array_equal(np.delete(result, at, axis=1), ranking[name](score))


@pytest.mark.parametrize("name", list(ranking))
def test_draws_are_ranked_each_on_its_own(name):
    draws = np.random.default_rng(0).integers(0, 9, (50, 30)).astype(float)
    np.testing.assert_array_equal(ranking[name](draws), [ranking[name](draw) for draw in draws])


def test_the_three_tie_rules_by_hand():
    score = [7.0, 9.0, 7.0, 1.0]
    assert ranking["min"](score).tolist() == [2, 1, 2, 4]
    assert ranking["max"](score).tolist() == [3, 1, 3, 4]
    assert ranking["dense"](score).tolist() == [2, 1, 2, 3]


@pytest.mark.parametrize("name", list(ranking))
def test_nothing_to_rank_gives_nothing(name):
    assert ranking[name](np.empty(0)).shape == (0,)
    assert ranking[name](np.empty((3, 0))).shape == (3, 0)
    assert ranking[name]([np.nan, np.nan]).tolist() == [0, 0]

"""Ranks of many groups at once are those of each group alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import ranking
from parkscore.methods.group_ranks import Ties, ordered, ranks_in_groups, ranks_in_order, regrouped

scores = st.one_of(
    st.sampled_from([0.0, -0.0, 1.5, 2.5, math.nan, math.inf, -math.inf, 1e300]),
    st.floats(-100.0, 100.0).map(lambda score: round(score, 9)),
)
codes = st.one_of(st.integers(-2, 3), st.integers(0, 2**40))


@given(st.lists(st.tuples(scores, codes), max_size=40), st.sampled_from(["min", "max", "dense"]))
@pytest.mark.parametrize("decimals", [None, 2, 9, 15])
def test_each_group_is_ranked_as_it_is_alone(decimals: int | None, rows: list[tuple[float, int]], rule: Ties) -> None:
    x, groups = np.array([score for score, _ in rows]), np.array([code for _, code in rows], dtype=np.int64)
    expected = np.zeros(x.shape, dtype=np.int32)
    for group in np.unique(groups[groups >= 0]):
        expected[groups == group] = ranking[rule](x[groups == group])
    assert ranks_in_groups(x, groups, rule, decimals=decimals).tolist() == expected.tolist()


@given(st.lists(st.tuples(scores.filter(lambda score: score == score), codes), max_size=40), st.booleans())
def test_rows_that_are_in_order_already_are_ranked_within_groups_alike(
    rows: list[tuple[float, int]], is_dense: bool
) -> None:
    x, groups = np.array([score for score, _ in rows]), np.array([code for _, code in rows], dtype=np.int64)
    rule: Ties = "dense" if is_dense else "min"
    found = regrouped(ordered(x, np.zeros(x.size, dtype=np.int64)), groups)
    ranks = np.zeros(x.shape, dtype=np.int32)
    ranks[found.order] = ranks_in_order(found, rule)
    assert ranks.tolist() == ranks_in_groups(x, groups, rule).tolist()


def test_scores_with_more_decimals_than_said_are_not_made_equal() -> None:
    assert ranks_in_groups([1.00000000001, 1.0], [0, 0], decimals=9).tolist() == [1, 2]


def test_a_code_for_every_score_is_asked_for() -> None:
    with pytest.raises(ValueError, match="one code for each score"):
        ranks_in_groups([1.0], [0, 1])

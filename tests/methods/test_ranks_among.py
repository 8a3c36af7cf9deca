"""The rank with another score is what the ranking method gives once the score is exchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import ranking
from parkscore.methods.ranks_among import rank_among

SCORES = st.lists(st.sampled_from([np.nan, -1.0, 0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=8)


@pytest.mark.parametrize("ties", list(ranking))
@given(scores=SCORES, other=st.lists(st.sampled_from([np.nan, -2.0, 0.0, 0.5, 2.0, 9.0]), min_size=1, max_size=8))
def test_the_rank_among_the_others_is_that_of_the_ranking_method_after_the_exchange(ties, scores, other):
    now = np.array(scores)
    units = np.arange(len(other)) % len(now)
    expected = []
    for unit, score in zip(units, other, strict=True):
        exchanged = now.copy()
        exchanged[unit] = score
        expected.append(ranking[ties](exchanged)[unit])
    assert rank_among(np.array(other), now[units], now, ties).tolist() == expected


@pytest.mark.parametrize("ties", list(ranking))
@given(scores=SCORES)
def test_a_unit_that_keeps_its_score_keeps_its_rank(ties, scores):
    now = np.array(scores)
    assert rank_among(now, now, now, ties).tolist() == ranking[ties](now).tolist()

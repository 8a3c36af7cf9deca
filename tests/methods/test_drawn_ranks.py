"""Ranks of many draws: the fast way through packed numbers gives what the rule of ties gives, and pairs add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from parkscore.methods.drawn_ranks import RankCounts, drawn_ranks, rank_kind
from parkscore.methods.packed_ranks import packed_ranks
from parkscore.methods.registry import ranking

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 9))
SCORES = st.sampled_from([0.0, -0.0, 1.0, 1.0 + 4e-10, 1.0 + 6e-10, -2.5, 99.999_999_999_7, np.nan]) | st.floats(
    -1000, 1000
)


@given(arrays.arrays(np.float64, SHAPES, elements=SCORES), st.sampled_from(sorted(ranking)), st.integers(0, 12))
def test_packed_ranks_are_those_of_the_rule_for_the_rounded_scores(
    scores: np.ndarray, ties: str, decimals: int
) -> None:
    packed = packed_ranks(scores, ties, decimals)
    assert packed is not None
    np.testing.assert_array_equal(packed, ranking[ties](np.round(scores, decimals) + 0.0))


@pytest.mark.parametrize("large", [1e200, -1e200, 5e6, np.inf])
def test_scores_too_large_to_be_packed_are_ranked_by_the_rule(large: float) -> None:
    scores = np.array([[large, 1.0, 2.0, np.nan]])
    assert packed_ranks(scores, "min", 9) is None
    np.testing.assert_array_equal(drawn_ranks(scores, "min", 9), ranking["min"](scores))


@pytest.mark.parametrize("ties", sorted(ranking))
def test_the_largest_scores_that_are_packed_keep_their_order_beside_gaps(ties: str) -> None:
    most = 2.0**50 - 2
    scores = np.array([[-most, np.nan, most, 1 - most, np.nan, most - 1]])
    np.testing.assert_array_equal(packed_ranks(scores, ties, 0), ranking[ties](scores))
    assert packed_ranks(scores * 2, ties, 0) is None


@pytest.mark.parametrize("ties", sorted(ranking))
@pytest.mark.parametrize("below", [0.25, 0.5, 0.75, 1.25])
def test_a_score_that_is_rounded_to_the_largest_is_not_tied_with_gaps(ties: str, below: float) -> None:
    scores = np.array([[np.nan, below - (2.0**50 - 1), np.nan, 0.0]])
    np.testing.assert_array_equal(drawn_ranks(scores, ties, 0), ranking[ties](np.round(scores)))


@pytest.mark.parametrize("shape", [(3, 0), (0, 3), (0, 0)])
@pytest.mark.parametrize("decimals", [9, None])
def test_nobody_and_no_draw_are_ranked_and_counted(shape: tuple[int, int], decimals: int | None) -> None:
    ranks = drawn_ranks(np.zeros(shape), "min", decimals)
    counts = RankCounts(shape[1])
    counts.add(ranks)
    assert ranks.shape == shape
    assert counts.ranks is not None
    assert counts.ranks.sum() == 0


@given(
    st.integers(1, 150).flatmap(
        lambda draws: arrays.arrays(np.int32, st.tuples(st.just(draws), st.integers(1, 7)), elements=st.integers(0, 7))
    ),
    st.sampled_from(sorted(ranking)),
)
def test_pairs_are_what_a_comparison_of_all_ranks_counts(scores: np.ndarray, ties: str) -> None:
    ranks = drawn_ranks(np.where(scores == 0, np.nan, scores), ties)
    counts = RankCounts(ranks.shape[1])
    counts.add(ranks)
    last = np.where(ranks == 0, 99, ranks)
    np.testing.assert_array_equal(counts.above, (last[:, :, np.newaxis] < last[:, np.newaxis, :]).sum(axis=0))


@pytest.mark.parametrize("units", [2, 3, 8, 253, 254, 255, 256])
def test_pairs_without_ties_add_up_to_all_draws_however_many_bytes_hold_a_rank(units: int) -> None:
    ranks = np.random.default_rng(0).permuted(np.tile(np.arange(1, units + 1, dtype=np.int32), (70, 1)), axis=1)
    counts = RankCounts(units)
    counts.add(ranks)
    np.testing.assert_array_equal(counts.above, (ranks[:, :, np.newaxis] < ranks[:, np.newaxis, :]).sum(axis=0))


@pytest.mark.parametrize("units", [1, 254, 255, 300, 33_000])
def test_the_smallest_kind_that_holds_all_ranks_holds_them_with_ties_and_gaps(units: int) -> None:
    scores = np.random.default_rng(units).integers(0, units, (3, units)) / 7
    scores[1, : units // 2] = np.nan
    for ties in sorted(ranking):
        narrow = drawn_ranks(scores, ties, 9, rank_kind(units))
        assert narrow.dtype == rank_kind(units)
        np.testing.assert_array_equal(narrow, ranking[ties](np.round(scores, 9)))
        np.testing.assert_array_equal(narrow, drawn_ranks(scores, ties, None, rank_kind(units)))

"""Ranking rules: scores become ranks, 1 for the best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from parkscore.methods.domain import BoolArray, FloatArray, IntArray, Needs
from parkscore.methods.registry import ranking

_ALWAYS = {"unit order", "monotone", "increasing transformation"}


def _rank(score: FloatArray, rank_sorted: Callable[[BoolArray], IntArray]) -> IntArray:
    """Ranks along the last axis from the places where a sorted row starts a new value; NaN gets 0.

    The fast default sort does not keep the order of ties; as ties get one rank after the sort, it need not.
    """
    if score.size == 0:
        return np.zeros(score.shape, dtype=np.int32)
    # The negative sorts the best first and NaN last.
    order = np.argsort(-score, axis=-1)
    in_order = np.take_along_axis(score, order, axis=-1)
    starts = np.ones(score.shape, dtype=np.bool_)
    np.not_equal(in_order[..., 1:], in_order[..., :-1], out=starts[..., 1:])
    ranks = np.empty(score.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, rank_sorted(starts), axis=-1)
    ranks[np.isnan(score)] = 0
    return ranks


def _first_of_tie(starts: BoolArray) -> IntArray:
    places = np.arange(1, starts.shape[-1] + 1, dtype=np.int32)
    return np.maximum.accumulate(np.where(starts, places, np.int32(0)), axis=-1)


def _last_of_tie(starts: BoolArray) -> IntArray:
    count = starts.shape[-1]
    ends = np.ones(starts.shape, dtype=np.bool_)
    ends[..., :-1] = starts[..., 1:]
    places = np.where(ends, np.arange(1, count + 1, dtype=np.int32), np.int32(count))
    return np.minimum.accumulate(places[..., ::-1], axis=-1)[..., ::-1]


def _number_of_tie(starts: BoolArray) -> IntArray:
    return np.cumsum(starts, axis=-1, dtype=np.int32)


RANKS_IN_ORDER: Final[Mapping[str, Callable[[BoolArray], IntArray]]] = {
    "min": _first_of_tie,
    "max": _last_of_tie,
    "dense": _number_of_tie,
}
"""By rule the ranks from the best on, from the places where a new value starts."""


@ranking(
    "min",
    zh="并列取靠前名次（1、2、2、4）",
    en="Ties share the better rank (1, 2, 2, 4)",
    formula="r = 1 + #{better}",
    needs=Needs(finite=False),
    obeys=_ALWAYS,
    reference="standard competition ranking; scipy.stats.rankdata(-s, 'min')",
    golden="asem_amean_rank",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): ranks"
    " of the index",
)
def best_of_tie(score: FloatArray) -> IntArray:
    """One more than the number of units with a better score.

    score: (units,), or (draws, units) ranked within each draw; higher is better. Returns int32 ranks of the same shape;
    NaN is not ranked and gets 0.

    >>> best_of_tie([7.0, 9.0, 7.0, np.nan, 1.0])
    array([2, 1, 2, 0, 4], dtype=int32)
    """
    return _rank(score, _first_of_tie)


@ranking(
    "max",
    zh="并列取靠后名次（1、3、3、4）",
    en="Ties share the worse rank (1, 3, 3, 4)",
    formula="r = #{better or equal}",
    needs=Needs(finite=False),
    obeys=_ALWAYS,
    reference="modified competition ranking; scipy.stats.rankdata(-s, 'max')",
    golden="pandas_rank",
    golden_source="pandas 3.1 documentation, DataFrame.rank, method max",
)
def worst_of_tie(score: FloatArray) -> IntArray:
    """The number of units with a score as good or better.

    score: (units,), or (draws, units) ranked within each draw; higher is better. Returns int32 ranks of the same shape;
    NaN is not ranked and gets 0.

    >>> worst_of_tie([7.0, 9.0, 7.0, np.nan, 1.0])
    array([3, 1, 3, 0, 4], dtype=int32)
    """
    return _rank(score, _last_of_tie)


@ranking(
    "dense",
    zh="并列同名次且不跳号（1、2、2、3）",
    en="Ties share a rank and none is skipped (1, 2, 2, 3)",
    formula="r = 1 + #{distinct better scores}",
    needs=Needs(finite=False),
    obeys=_ALWAYS | {"duplicate unit"},
    reference="dense ranking; scipy.stats.rankdata(-s, 'dense')",
    golden="transact_sql",
    golden_source="Microsoft, Transact-SQL reference, DENSE_RANK, example of paint in stock",
)
def place_of_tie(score: FloatArray) -> IntArray:
    """One more than the number of different better scores.

    score: (units,), or (draws, units) ranked within each draw; higher is better. Returns int32 ranks of the same shape;
    NaN is not ranked and gets 0.

    >>> place_of_tie([7.0, 9.0, 7.0, np.nan, 1.0])
    array([2, 1, 2, 0, 3], dtype=int32)
    """
    return _rank(score, _number_of_tie)

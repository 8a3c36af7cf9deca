"""How the ranks and scores of each unit spread over the draws: means, quantiles, and how often it was on top."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from parkscore.data.grid import Matrix, Vector
from parkscore.methods.domain import IntArray
from parkscore.methods.drawn_ranks import Counts
from parkscore.methods.line_quantiles import line_quantiles
from parkscore.robustness.running import THREADS, Outcome

_NUMBERS: Final = 2**21
_LAST: Final = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Spread:
    """For each unit what its draws came to, in the order of the outcome.

    rank_mean, unranked: (units,). rank_quantiles, score_quantiles: (shares, units). on_top: (tops, units).
    """

    rank_mean: Vector
    unranked: Vector
    rank_quantiles: Matrix
    on_top: Matrix
    score_quantiles: Matrix


def spread(outcome: Outcome, shares: Sequence[float], tops: Sequence[int]) -> Spread:
    """Over all draws of a run, some units at a time, in threads.

    shares: of the draws, for the quantiles. tops: a unit is on top where its rank is so or better.
    """
    draws, units = outcome.ranks.shape
    found = Spread(*np.empty((2, units)), *(np.empty((len(each), units)) for each in (shares, tops, shares)))
    counts = outcome.counts.ranks
    # Scores that are made anew take the same blocks whatever the threads, others one for each thread at least.
    at_once = max(1, min(_NUMBERS // draws, units if outcome.kept is None else -(-units // THREADS)))

    def block(first: int) -> None:
        own = slice(first, min(first + at_once, units))
        if counts is None:
            of_ranks = _of_ranks(np.ascontiguousarray(outcome.ranks[:, own].T), shares, tops)
        else:
            of_ranks = _of_counts(counts[own], shares, tops)
        found.rank_mean[own], found.unranked[own], found.rank_quantiles[:, own], found.on_top[:, own] = of_ranks
        scores = np.ascontiguousarray(outcome.scores_of(own).T)
        found.score_quantiles[:, own] = line_quantiles(scores, shares)

    with ThreadPoolExecutor(THREADS, thread_name_prefix="parkscore") as pool:
        for _ in pool.map(block, range(0, units, at_once)):
            pass
    return found


class OfRanks(NamedTuple):
    """What the ranks of some units come to, as in `Spread`."""

    mean: Vector
    unranked: Vector
    quantiles: Matrix
    on_top: Matrix


def _of_ranks(ranks: IntArray, shares: Sequence[float], tops: Sequence[int]) -> OfRanks:
    """From the rank of each unit in every draw, (units, draws), 0 for none; a quantile is NaN where it is no rank.

    >>> found = _of_ranks(np.array([[4, 2, 1, 3], [1, 0, 0, 0]], dtype=np.int32), (0.25, 0.75), (2,))
    >>> found.mean.tolist(), found.quantiles.tolist(), found.on_top.tolist()
    ([2.5, 1.0], [[1.0, 1.0], [3.0, nan]], [[0.5, 0.25]])
    """
    draws = ranks.shape[1]
    ranked = np.count_nonzero(ranks, axis=1)
    mean = _over(ranks.sum(axis=1, dtype=np.int64), ranked)
    in_order = np.where(ranks == 0, _LAST, ranks) if (ranked < draws).any() else ranks.copy()
    in_order.sort(axis=1)
    chosen = in_order[:, [nth - 1 for nth in _nths(shares, draws)]].T
    on_top = np.zeros((len(tops), len(ranks)))
    ever = np.flatnonzero(in_order[:, 0] <= max(tops))
    for place, most in enumerate(tops):
        on_top[place, ever] = np.count_nonzero(in_order[ever] <= most, axis=1) / draws
    return OfRanks(mean, 1.0 - ranked / draws, np.where(chosen == _LAST, np.nan, chosen), on_top)


def _of_counts(counts: Counts, shares: Sequence[float], tops: Sequence[int]) -> OfRanks:
    """The same from how often each unit had each rank, (units, ranks + 1), column 0 for none.

    >>> found = _of_counts(np.array([[0, 1, 1, 1, 1], [3, 1, 0, 0, 0]]), (0.25, 0.75), (2,))
    >>> found.mean.tolist(), found.quantiles.tolist(), found.on_top.tolist()
    ([2.5, 1.0], [[1.0, 1.0], [3.0, nan]], [[0.5, 0.25]])
    """
    draws = int(counts[0].sum())
    so_many = np.cumsum(counts[:, 1:], axis=1)
    ranked = so_many[:, -1]
    mean = _over(counts @ np.arange(counts.shape[1]), ranked)
    nths = _nths(shares, draws)
    chosen = np.stack([np.where(ranked >= nth, 1 + (so_many < nth).sum(axis=1), np.nan) for nth in nths])
    on_top = np.stack([so_many[:, min(most, so_many.shape[1]) - 1] / draws for most in tops])
    return OfRanks(mean, counts[:, 0] / draws, chosen, on_top)


def _nths(shares: Sequence[float], draws: int) -> list[int]:
    """How many draws a share of them is, one at least."""
    return [max(1, int(np.ceil(share * draws))) for share in shares]


def _over(sums: Counts, ranked: Counts) -> Vector:
    none = np.full(len(sums), np.nan)
    return np.asarray(np.divide(sums, ranked, out=none, where=ranked > 0))

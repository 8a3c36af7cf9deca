"""Run all draws: score and rank them chunk by chunk, in threads, and count what becomes of each unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from parkscore.data.grid import Matrix, Rows
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.drawn_ranks import RankCounts, drawn_ranks
from parkscore.robustness.plans import DrawPlan
from parkscore.robustness.scoring import CHUNK, DrawnScores, rows_of_year

Progress = Callable[[int, int], None]
"""Told after each chunk: how many draws are done, of how many."""

Part = TypeVar("Part")

KEPT: Final = 2 << 30
"""Bytes that scores and ranks of all draws may take; beyond it a run is refused before it begins."""
_OF_UNIT: Final = 12
THREADS: Final = os.cpu_count() or 1


@dataclass(frozen=True)
class Outcome:
    """What all draws came to, of the units in `rows`.

    ranks: (draws, units), 0 where a unit has no score. scores: (draws, units). counts: of ranks and pairs.
    """

    rows: Rows
    ranks: IntArray
    scores: FloatArray
    counts: RankCounts


def run(plan: DrawPlan, year: int | None, progress: Progress | None = None) -> Outcome:
    """Every draw of a plan for the units of a year; neither threads nor chunks change a bit of it."""
    rows = rows_of_year(plan.evaluation, year)
    units = len(rows)
    scores = np.empty((plan.draws, units))
    ranks = np.empty((plan.draws, units), dtype=np.int32)
    counts = RankCounts(units)

    def counted(own: slice, own_scores: Matrix, own_ranks: IntArray) -> RankCounts:
        scores[own], ranks[own] = own_scores, own_ranks
        part = RankCounts(units)
        part.add(own_ranks)
        return part

    for part in by_chunk(plan, year, counted, progress):
        counts = counts + part
    return Outcome(rows, ranks, scores, counts)


def by_chunk(
    plan: DrawPlan, year: int | None, of: Callable[[slice, Matrix, IntArray], Part], progress: Progress | None = None
) -> Iterator[Part]:
    """What is made of the scores and ranks of some draws at a time, (draws, units) each, in order; in threads."""
    drawn = DrawnScores(plan, year)
    ranking = plan.evaluation.framework.ranking
    drawn.prepare()

    def chunk(first: int) -> Part:
        own = slice(first, min(first + CHUNK, plan.draws))
        scores = drawn.totals(np.arange(own.start, own.stop))
        return of(own, scores, drawn_ranks(scores, ranking.ties, ranking.decimals))

    with ThreadPoolExecutor(THREADS, thread_name_prefix="parkscore") as pool:
        try:
            for number, part in enumerate(pool.map(chunk, range(0, plan.draws, CHUNK)), start=1):
                yield part
                if progress is not None:
                    progress(min(number * CHUNK, plan.draws), plan.draws)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def refuse_too_large(draws: int, units: int) -> None:
    """Raise UsageError where the ranks and scores of so many draws do not fit into memory, with what would."""
    needed = draws * units * _OF_UNIT
    if needed > KEPT:
        most = KEPT // (_OF_UNIT * max(units, 1))
        raise UsageError(
            Finding(
                code="too_large",
                severity=Severity.ERROR,
                value=draws,
                message=Text(
                    f"{units} 个评价对象抽样 {draws} 次要 {needed / 1e9:.1f} GB 内存，上限 {KEPT / 1e9:.1f} GB",
                    f"{draws} draws of {units} units take {needed / 1e9:.1f} GB, and {KEPT / 1e9:.1f} GB are the most",
                ),
                hint=Text(
                    f"最多抽样 {most} 次，或只评一部分对象", f"make {most} draws at most, or evaluate fewer units"
                ),
            )
        )


def quantiles(numbers: Matrix, shares: tuple[float, ...]) -> Matrix:
    """The quantiles of each column, (shares, columns), NaN where a column has a gap; some columns at a time.

    >>> quantiles(np.array([[1.0, 5.0], [3.0, 5.0]]), (0.5,))
    array([[2., 5.]])
    """
    found = np.empty((len(shares), numbers.shape[1]))
    at_once = max(1, (8 << 20) // max(8 * len(numbers), 1))
    for first in range(0, numbers.shape[1], at_once):
        own = np.ascontiguousarray(numbers[:, first : first + at_once].T)
        found[:, first : first + at_once] = np.quantile(own, shares, axis=1)
    return found

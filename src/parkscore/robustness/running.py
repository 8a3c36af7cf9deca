"""Run all draws: score and rank them chunk by chunk, in threads, and count what becomes of each unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np

from parkscore.data.grid import Matrix, Rows
from parkscore.findings import Finding, Severity, UsageError, of_type
from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.drawn_ranks import RankCounts, Ranks, drawn_ranks, rank_kind
from parkscore.robustness.plans import DrawPlan
from parkscore.robustness.scoring import DrawnScores

Progress = Callable[[int, int], None]
"""Told after each chunk: how many draws are done, of how many."""

Part = TypeVar("Part")

KEPT: Final = 2 << 30
"""Bytes that scores and ranks of all draws may take; beyond it a run is refused before it begins."""
SCORED: Final = 4096
"""Of more units only the ranks of all draws are kept; their scores are computed again where they are asked for, unless
they come from values that were drawn."""
_SCORE = 8
_WEIGHT = 3 * 8
"""The point that a weight is drawn at, its share of the parent and its part of the total."""
THREADS: Final = os.cpu_count() or 1
_DIGITS: Final = 1e-12


@dataclass(frozen=True)
class Outcome:
    """What all draws came to, of the units in `rows`.

    ranks: (draws, units) of `rank_kind`, 0 where a unit has no score. counts: of ranks and pairs. drawn: makes the
    scores. kept: the scores, (draws, units); None where `keeps_scores` says so.
    """

    rows: Rows
    ranks: Ranks
    counts: RankCounts
    drawn: DrawnScores
    kept: FloatArray | None

    @property
    def scores(self) -> FloatArray:
        """The score of every unit in every draw, (draws, units); made anew at each call where they are not kept."""
        return self.drawn.all_totals() if self.kept is None else self.kept

    @property
    def are_alike(self) -> bool:
        """Whether several draws were made and none of them changed any score, to twelve digits."""
        # Who has no score in some draws has no rank there.
        if len(self.ranks) < 2 or not np.array_equal(self.ranks.min(axis=0), self.ranks.max(axis=0)):
            return False
        if self.kept is None:  # as good as never do all ranks stay; then scores are worth the time to make them anew
            first = self.drawn.totals(np.arange(2))[:1]
            each = (totals for _, totals in self.drawn.each_totals())
            return all(np.allclose(totals, first, rtol=_DIGITS, atol=0, equal_nan=True) for totals in each)
        return np.allclose(self.kept.min(axis=0), self.kept.max(axis=0), rtol=_DIGITS, atol=0, equal_nan=True)

    def scores_of(self, places: slice) -> FloatArray:
        """The same of some units."""
        return self.drawn.among(places).all_totals() if self.kept is None else self.kept[:, places]


def run(plan: DrawPlan, year: int | None, progress: Progress | None = None) -> Outcome:
    """Every draw of a plan for the units of a year; neither threads nor chunks change a bit of it."""
    drawn = DrawnScores(plan, year)
    units = len(drawn.rows)
    # With a line for each unit, as they are sorted by it afterwards.
    kept = np.empty((units, plan.draws)).T if keeps_scores(plan.values is not None, units) else None
    ranks = np.empty((units, plan.draws), dtype=rank_kind(units)).T
    counts = RankCounts(units)

    def counted(own: slice, _: Matrix, own_ranks: Ranks) -> RankCounts:
        ranks[own] = own_ranks
        part = RankCounts(units)
        part.add(own_ranks)
        return part

    for part in by_chunk(drawn, counted, progress, kept):
        counts += part
    return Outcome(drawn.rows, ranks, counts, drawn, kept)


def by_chunk(
    drawn: DrawnScores,
    of: Callable[[slice, Matrix, Ranks], Part],
    progress: Progress | None = None,
    kept: Matrix | None = None,
) -> Iterator[Part]:
    """What is made of the scores and ranks of some draws at a time, (draws, units) each, in order; in threads.

    kept: (draws, units), takes all scores.
    """
    plan, units = drawn.plan, len(drawn.rows)
    ranking = plan.evaluation.framework.ranking
    drawn.prepare()
    at_once = drawn.at_once(THREADS)

    def chunk(first: int) -> Part:
        own = slice(first, min(first + at_once, plan.draws))
        scores = drawn.totals(np.arange(own.start, own.stop), None if kept is None else kept[own])
        return of(own, scores, drawn_ranks(scores, ranking.ties, ranking.decimals, rank_kind(units)))

    with ThreadPoolExecutor(THREADS, thread_name_prefix="parkscore") as pool:
        try:
            for number, part in enumerate(pool.map(chunk, range(0, plan.draws, at_once)), start=1):
                yield part
                if progress is not None:
                    progress(min(number * at_once, plan.draws), plan.draws)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def refuse_no_function(progress: Any) -> None:
    """Raise UsageError where what is to be told how much is done cannot be told anything."""
    if progress is not None and not callable(progress):
        hint = Text(
            "给接受两个数（已完成几个、共几个）的函数",
            "give a function of two numbers, how many are done and of how many",
        )
        raise UsageError(of_type("progress", progress, hint))


def refused(error: DomainError) -> Finding:
    """That a method cannot take what was drawn."""
    hint = Text("换一种方法，或缩小变动范围", "try another method, or vary less")
    return Finding(code="domain", severity=Severity.ERROR, message=error.reason, hint=hint)


def keeps_scores(has_values: bool, units: int) -> bool:
    """Whether all scores are kept; has_values: whether they are made from drawn values, which is dear to do again."""
    return has_values or units <= SCORED


def refuse_too_large(draws: int, units: int, has_values: bool = False, weights: int = 0) -> None:
    """Raise UsageError where the ranks and scores of so many draws do not fit into memory, with what would.

    weights: how many differ from draw to draw.
    """
    of_draw = units * (rank_kind(units).itemsize + (_SCORE if keeps_scores(has_values, units) else 0))
    of_draw += weights * _WEIGHT
    needed = draws * of_draw
    if needed > KEPT:
        most = KEPT // max(of_draw, 1)
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

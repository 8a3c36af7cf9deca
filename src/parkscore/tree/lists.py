"""Draw up the lists of a framework: the units for which a condition holds, in order, down to the last place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.data.cohorts import years_of
from parkscore.data.grid import Grid, Rows, Truths, Vector
from parkscore.data.table import State, Table
from parkscore.data.unranked import Unranked
from parkscore.framework.formula import Cells
from parkscore.framework.models import Framework, RankedList
from parkscore.language import Text
from parkscore.methods import ranking
from parkscore.methods.points_digits import to_digits
from parkscore.tree.bounds import NodeBounds
from parkscore.tree.gates import Computed, as_compared, compute_with_scores, judge_condition
from parkscore.tree.verdicts import MET, NOT_MET, Codes, Said, Verdict, why, why_met

LISTED: Final = "listed"
BEYOND: Final = "beyond"
NOT_ELIGIBLE: Final = "not_eligible"
OPEN: Final = "open"
STANDINGS: Final = (LISTED, BEYOND, NOT_ELIGIBLE, OPEN)
"""What a list finds of a unit: on it, eligible and behind the last place, not eligible, or it cannot be told."""
_LISTED, _BEYOND, _NOT_ELIGIBLE, _OPEN = (np.int8(code) for code in range(len(STANDINGS)))


@dataclass(frozen=True)
class Listed:
    """One list over the rows of a table.

    standings: positions in `STANDINGS`, a row each. places: 1 is the first, 0 where a row is not eligible or open;
    units of one value share the better place. values: what units are ordered by, in `measure`, NaN where there is none.
    beside: how many units share the last place of a list that is longer than its places for that reason, else 0.
    """

    asked: RankedList
    standings: Codes
    places: NDArray[np.int32]
    values: Vector
    measure: str | None
    beside: NDArray[np.int32]
    verdict: Verdict | None
    without_value: Said
    not_ranked: Mapping[int, Unranked]

    def standing(self, row: int) -> str:
        """What the list finds of a row, in a word."""
        return STANDINGS[int(self.standings[row])]

    def reason(self, row: int) -> Text | None:
        """Why a row is on the list, or why it cannot be told; with whom it shares the last place."""
        if self.standings[row] == _OPEN:
            return self._why_open(row)
        reason = why_met(self.verdict, row) if self.verdict is not None else None
        if not self.beside[row]:
            return reason
        place, count = self.places[row], self.beside[row]
        tie = Text(f"第 {place} 名共 {count} 个并列，全部入榜", f"{count} share place {place}, all are listed")
        return tie if reason is None else Text(f"{reason.zh}；{tie.zh}", f"{reason.en}; {tie.en}")

    def _why_open(self, row: int) -> Text | None:
        if self.verdict is not None and self.verdict.codes[row] != MET:
            return why(self.verdict, row)
        if self.asked.by is None and row in self.not_ranked:
            told = self.not_ranked[row].text
            return Text(f"不排名：{told.zh}", f"not ranked: {told.en}")
        return self.without_value.at(row)


@dataclass(frozen=True)
class Candidates:
    """One list before it has places, over the rows of a table: each row says what it is by itself.

    verdict: of the condition, None where there is none. values: what units are ordered by, in `measure`, NaN where
    there is none; without_value says why. sizes: the same as the list compares them, the largest first; NaN where a row
    does not get a place.
    """

    asked: RankedList
    verdict: Verdict | None
    values: Vector
    sizes: Vector
    measure: str | None
    without_value: Said

    @property
    def not_eligible(self) -> Truths:
        """Where the condition does not hold."""
        if self.verdict is None:
            return np.zeros(len(self.values), dtype=np.bool_)
        return np.asarray(self.verdict.codes == NOT_MET)


def candidates(
    framework: Framework, table: Table, indicators: Grid, scores: Mapping[str, Vector], bounds: NodeBounds
) -> tuple[Candidates, ...]:
    """What each list of a framework makes of the rows of a table one by one; the arguments are those of `draw_up`."""
    return tuple(_candidates(each, framework, table, indicators, scores, bounds) for each in framework.lists)


def draw_up(
    framework: Framework,
    table: Table,
    rows: Rows,
    indicators: Grid,
    scores: Mapping[str, Vector],
    bounds: NodeBounds,
    not_ranked: Mapping[int, Unranked],
) -> tuple[Listed, ...]:
    """The lists of a framework over the scored rows, each year for itself.

    scores: of every node; bounds: the least and the most that they can become, for the conditions: a unit is eligible
    where its condition is certain, and open where it cannot be told. Units are ordered by their scores as they are, as
    in the ranking. A unit that is eligible and has nothing to be ordered by is open, too. not_ranked: why rows have no
    total score.
    """
    return tuple(
        _list(each, table, rows, not_ranked) for each in candidates(framework, table, indicators, scores, bounds)
    )


def standings_of(not_eligible: Truths, places: NDArray[np.int32], top: int | None) -> Codes:
    """Positions in `STANDINGS` by the place of each row, 0 where it has none.

    >>> standings_of(np.array([False, False, True, False]), np.array([1, 2, 0, 0]), 1).tolist()
    [0, 1, 2, 3]
    """
    listed = places <= (np.inf if top is None else top)
    found = np.select([not_eligible, places == 0, listed], [_NOT_ELIGIBLE, _OPEN, _LISTED], _BEYOND)
    return np.asarray(found, dtype=np.int8)


def _candidates(
    asked: RankedList,
    framework: Framework,
    table: Table,
    indicators: Grid,
    scores: Mapping[str, Vector],
    bounds: NodeBounds,
) -> Candidates:
    computed = _ordering(asked, framework, table, indicators, scores)
    verdict = None
    if asked.require is not None:
        verdict = judge_condition(framework, table, indicators, bounds, asked.require, asked.id)
    met = np.full(table.size, MET) if verdict is None else verdict.codes
    known = computed.cells.states == State.VALUE
    values = np.where(known, computed.cells.values, np.nan)
    sign = 1.0 if asked.direction == "higher" else -1.0
    return Candidates(
        asked=asked,
        verdict=verdict,
        values=values,
        sizes=np.where((met == MET) & known, sign * to_digits(values), np.nan),
        measure=None if computed.measure is None else computed.measure.text,
        without_value=computed.said,
    )


def _list(found: Candidates, table: Table, rows: Rows, not_ranked: Mapping[int, Unranked]) -> Listed:
    places, top = _places(found.sizes, table, rows), found.asked.top
    standings = standings_of(found.not_eligible, places, top)
    return Listed(
        asked=found.asked,
        standings=standings,
        places=places,
        values=found.values,
        measure=found.measure,
        beside=_beside(places, standings == _LISTED, table, rows, top),
        verdict=found.verdict,
        without_value=found.without_value,
        not_ranked=not_ranked,
    )


def _ordering(
    asked: RankedList, framework: Framework, table: Table, indicators: Grid, scores: Mapping[str, Vector]
) -> Computed:
    """What units are ordered by, a row each: a formula, or the total score as the ranking compares it."""
    if asked.by is not None:
        return compute_with_scores(framework, table, indicators, scores, asked.by)
    total = as_compared(scores[framework.total.id], framework.ranking.decimals)
    return Computed(Cells.of(total), Said.nothing(len(total)), None)


def _places(sizes: Vector, table: Table, rows: Rows) -> NDArray[np.int32]:
    """The place of each row that has a size among those of its year, 0 for all others."""
    places = np.zeros(len(sizes), dtype=np.int32)
    for _, own in years_of(table, rows[~np.isnan(sizes[rows])]):
        places[own] = ranking["min"](sizes[own])
    return places


def _beside(places: NDArray[np.int32], listed: Truths, table: Table, rows: Rows, top: int | None) -> NDArray[np.int32]:
    """How many rows share the last place of each year's list, at those rows, where they are more than it has places."""
    beside = np.zeros(len(places), dtype=np.int32)
    for _, own in years_of(table, rows[listed[rows]]):
        if top is not None and len(own) > top:
            at_last = own[places[own] == places[own].max()]
            beside[at_last] = len(at_last)
    return beside

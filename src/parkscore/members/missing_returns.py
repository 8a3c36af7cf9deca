"""Which missing returns and cells move their zones most: what filing the values of the year before would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from parkscore.data.grid import Rows, Truths, Vector
from parkscore.framework.member_models import SAME_MEMBERS
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.members.effects import Effects, Zones
from parkscore.members.labels import in_frame, labels_of, nullable, texts
from parkscore.members.memberships import Memberships
from parkscore.members.rolls import NONE, Codes
from parkscore.members.summing import Summed
from parkscore.members.totals import Moves, Sets, Total, Totals
from parkscore.methods.exact_sums import ExactSums

LAST_YEAR_STANDS_IN: Final = Text(
    "按上年数补报：假定今年未报的年报、缺报的数据与该企业上年所报相同；参照值、权重和其他园区不变",
    "as if the enterprise had filed what it filed the year before, where its return or cell is missing; references, "
    "weights and all other zones held",
)
NO_RETURN: Final = "no_return"
MISSING_CELLS: Final = "missing_cells"
_CHUNK: Final = 16_384


def missing_returns(zones: Zones) -> pd.DataFrame:
    """Who filed the year before and not in the evaluated year, or left cells open then; greatest effect first.

    Columns: `enterprise`, `name`, `zone`, `missing` (no_return or missing_cells), `fields` of the zone that would grow,
    then what filing would change: `score`, `rank` of the zone and `rank_with` the filing, the score of each node by its
    id, and the value of each indicator as `value:` and its id. An enterprise that merged is its successor.
    """
    found = [
        part
        for gaps in (_returns(zones), _cells(zones))
        for start in range(0, len(gaps.rows), _CHUNK)
        if len(part := _labelled(zones, gaps, gaps.rows[start : start + _CHUNK]))
    ]
    if not found:
        return _labelled(zones, _returns(zones), np.zeros(0, dtype=np.intp))
    frame = pd.concat(found, ignore_index=True)
    order = frame["score"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return frame.loc[order].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class _Gaps:
    """Enterprises in zones with something missing.

    members: with the return of the year before in each row, and this year's where there is one. rows: those in a zone
    that was scored, where there may be a gap. counted: whether the return of this year is there already. earlier:
    whether filing brings the returns of earlier years into the sums, too; all that are read are among the members then.
    """

    members: Memberships
    rows: Rows
    counted: bool
    earlier: bool


def _returns(zones: Zones) -> _Gaps:
    """Those without a return in the evaluated year."""
    summed = zones.summed
    roll, year = summed.roll, summed.year
    filed = np.zeros(len(roll.ids), dtype=np.bool_)
    filed[roll.enterprise[roll.year == year]] = True
    gone = (roll.year == year - 1) & ~filed[roll.enterprise]
    if summed.plan.block.prior_year != SAME_MEMBERS:
        members = Memberships.of(summed, (0, 1), np.where(gone, roll.zone, np.int32(NONE)))
        return _Gaps(members, _in_scored(zones, members), False, False)
    members = Memberships.of(summed, sorted({0, 1, *zones.totals.years_back}), _where_it_reported(summed, gone))
    return _Gaps(members, _in_scored(zones, members), False, True)


def _where_it_reported(summed: Summed, last: Truths) -> Codes:
    """For each return the zone of the last one of the same enterprise, none where there is no such.

    last: which returns are the last ones; of several, which mergers give, that of the successor itself decides.
    """
    roll = summed.roll
    rows = np.flatnonzero(last & (roll.zone != NONE))
    own = roll.own[rows]
    rows = rows[np.lexsort((own, own == roll.enterprise[rows]))]
    zone = np.full(len(roll.ids), NONE, dtype=np.int32)
    zone[roll.enterprise[rows]] = roll.zone[rows]
    return zone[roll.enterprise]


def _cells(zones: Zones) -> _Gaps:
    """Those with a return in the evaluated year that lacks cells which the one of the year before had."""
    summed = zones.summed
    members = Memberships.of(summed, (0, 1), _where_it_reports(summed))
    rows = _in_scored(zones, members)
    filed = (members.at[0][rows] != NONE) & (members.at[1][rows] != NONE)
    return _Gaps(members, rows[filed], True, False)


def _where_it_reports(summed: Summed) -> Codes:
    """For each return of the evaluated year its zone, and for those of the year before that of the same enterprise."""
    roll = summed.roll
    now = np.full(len(roll.ids), NONE, dtype=np.int32)
    own = roll.year == summed.year
    now[roll.enterprise[own]] = roll.zone[own]
    return np.where(roll.year >= summed.year - 1, now[roll.enterprise], np.int32(NONE))


def _in_scored(zones: Zones, members: Memberships) -> Rows:
    return np.flatnonzero(zones.rows[members.zones] >= 0)


@dataclass(frozen=True, eq=False)
class _Filing:
    """What would be filed.

    rows: those that lack something. before: by field what each had the year before. filled: (rows, fields), which of
    the fields would grow by it.
    """

    rows: Rows
    before: Mapping[str, Vector]
    filled: Truths

    @classmethod
    def of(cls, gaps: _Gaps, names: Sequence[str], rows: Rows) -> _Filing:
        """The filing of some rows."""
        before = gaps.members.amounts(names, 1, rows)
        there = _known(before, len(rows))
        if not gaps.counted:
            return cls(rows, before, there)
        filled = there & ~_known(gaps.members.amounts(names, 0, rows), len(rows))
        lacking = filled.any(axis=1)
        return cls(rows[lacking], {name: own[lacking] for name, own in before.items()}, filled[lacking])


def _known(amounts: Mapping[str, Vector], rows: int) -> Truths:
    """Which amounts there are, (rows, fields); there may be no field."""
    known = np.empty((rows, len(amounts)), dtype=np.bool_)
    for column, own in enumerate(amounts.values()):
        known[:, column] = ~np.isnan(own)
    return known


def _effects(zones: Zones, gaps: _Gaps, names: Sequence[str], filing: _Filing) -> Effects:
    """What filing would change."""
    totals, rows = zones.totals, filing.rows
    nothing = np.full(len(rows), np.nan)
    values = dict.fromkeys(totals.totals, nothing)
    for column, name in enumerate(names):
        values[name, 0] = np.where(filing.filled[:, column], filing.before[name], np.nan)
    returns = {back: np.zeros(len(rows), dtype=np.bool_) for back in totals.years_back}
    for back in [each for each in totals.years_back if each > 0 and gaps.earlier]:
        read = [name for name, own in totals.totals if own == back]
        values |= {(name, back): own for name, own in gaps.members.amounts(read, back, rows).items()}
        returns[back] = gaps.members.at[back][rows] != NONE
    returns[0] = np.full(len(rows), not gaps.counted)
    moves = Moves(gaps.members.zones[rows], values, returns)
    joining = _each_return(gaps, totals, rows, moves) if _has_several(gaps, rows) else moves
    return zones.effects(moves.zones, zones.after(joining, joining=True), -1)


def _has_several(gaps: _Gaps, rows: Rows) -> bool:
    """Whether filing brings back several returns of one enterprise and year, which mergers give."""
    earlier = (own for back, (own, _) in gaps.members.more.items() if back > 0 and gaps.earlier)
    return any(np.isin(rows, own).any() for own in earlier)


def _each_return(gaps: _Gaps, totals: Totals, rows: Rows, filed: Moves) -> Sets:
    """What is filed, beside the returns of earlier years, each of which counts as one of those that may lack a cell."""
    whole = gaps.members.sets(totals, rows, np.arange(len(rows)), filed.zones)
    now = {
        key: Total(ExactSums.of(np.where(np.isnan(own), 0.0, own)), (~np.isnan(own)).astype(np.intp))
        for key, own in filed.values.items()
        if key[1] == 0
    }
    return Sets(filed.zones, {**whole.totals, **now}, {**whole.returns, 0: filed.returns[0].astype(np.intp)})


def _labelled(zones: Zones, gaps: _Gaps, rows: Rows) -> pd.DataFrame:
    # The fields of the evaluated year that the indicators read.
    names = [name for name, back in zones.totals.totals if back == 0]
    filing, total = _Filing.of(gaps, names, rows), zones.framework.total.id
    effects = _effects(zones, gaps, names, filing)
    columns: dict[str, Any] = labels_of(gaps.members, filing.rows)
    columns["missing"] = texts([MISSING_CELLS if gaps.counted else NO_RETURN] * len(filing.rows))
    columns["fields"] = texts(_listed(names, filing.filled))
    columns |= {"score": effects.scores[total], "rank": nullable(effects.rank)}
    columns |= {"rank_with": nullable(effects.other_rank)}
    columns |= effects.below(total)
    return in_frame(columns)


def _listed(names: list[str], marked: Truths) -> Any:
    """In each row the names that are marked, as one text."""
    words = np.empty(len(marked), dtype=object)
    words[:] = [", ".join(own) for own in _by_row(names, marked)]
    return words


def _by_row(names: list[str], marked: Truths) -> Iterator[list[str]]:
    known: dict[bytes, list[str]] = {}
    for row in np.packbits(marked, axis=1):
        key = row.tobytes()
        if key not in known:
            bits = np.unpackbits(row, count=len(names))
            known[key] = [name for name, bit in zip(names, bits, strict=True) if bit]
        yield known[key]

"""What all zones would come to together if some enterprises left and others joined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from parkscore.data.capping import first_of_each_kind
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.grid import Truths
from parkscore.data.table import YEAR, State
from parkscore.findings import DataError, Finding, Severity, UsageError, of_type
from parkscore.framework.formula import Cells
from parkscore.language import Text, agreeing, plural
from parkscore.late_pandas import pd
from parkscore.members.effects import Zones
from parkscore.members.held import Outcome
from parkscore.members.labels import in_frame, nullable, of_codes
from parkscore.members.reads import Key
from parkscore.members.rolls import RollPiece, Texts, named
from parkscore.members.summing import Filed, Summed, sum_filed
from parkscore.members.totals import Totals
from parkscore.results.own_tables import own_table
from parkscore.tree.rank import Ranks

HELD: Final = Text(
    "参照值和权重不变，各园区按增减后的年报重新合计、一并重排",
    "references and weights are held; all zones are summed again and ranked together",
)
_VALUES: Final = ("unit", "id", "zh", "en", "measure", "value", "value_then", "change", "score", "score_then")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The zones of the evaluated year as they are, and as they would be with other returns.

    summed: the returns that are left, with those that are put in. cells: by field and years back what the zones would
    have, in the order of `zones.scored`; then: what that comes to; ranks: of these zones, all ranked together.
    findings: what must be said of the returns that are put in.
    """

    zones: Zones
    summed: Summed
    cells: Mapping[Key, Cells]
    then: Outcome
    ranks: Ranks
    findings: Sequence[Finding] = ()

    def __repr__(self) -> str:
        """One line: how many returns are summed instead of how many."""
        return f"<WhatIf: {len(self.summed.roll)} returns instead of {len(self.zones.summed.roll)}>"

    @own_table
    def ranking(self) -> pd.DataFrame:
        """One row per zone, by its new rank: unit, score, score_then, change, rank, rank_then."""
        total = self.zones.framework.total.id
        order = np.lexsort((self._units.astype(str), np.where(self.ranks == 0, len(self.ranks) + 1, self.ranks)))
        now, then = (each.scores[total][order] for each in (self.zones.now, self.then))
        columns = {"unit": self._units[order], "score": now, "score_then": then, "change": then - now}
        ranks = {"rank": nullable(self.zones.now.ranks[order]), "rank_then": nullable(self.ranks[order])}
        return in_frame(columns | ranks)

    @own_table
    def values(self) -> pd.DataFrame:
        """One row per zone and indicator that changes: unit, id, zh, en, measure, value, value_then, change.

        And `score`, `score_then` of the indicator. What has no value has NaN.
        """
        place = {leaf.id: column for column, leaf in enumerate(self.zones.framework.leaves)}
        parts: list[pd.DataFrame] = []
        for leaf in self.zones.indicators:
            now, then = (each.grid.numbers[place[leaf.id]] for each in (self.zones.now, self.then))
            scores = {"score": self.zones.now.scores[leaf.id], "score_then": self.then.scores[leaf.id]}
            named = {"unit": self._units, "id": leaf.id, "zh": leaf.label.zh, "en": leaf.label.en}
            numbers = {"measure": leaf.measure, "value": now, "value_then": then, "change": then - now}
            frame = pd.DataFrame(named | numbers | scores)
            parts.append(frame[(now != then) & ~(np.isnan(now) & np.isnan(then))])
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(_VALUES))

    @own_table
    def table(self) -> pd.DataFrame:
        """The fields of the evaluated year that indicators read and returns add up to, as they would be; and unit."""
        fields = {name: cells.values for (name, back), cells in self.cells.items() if back == 0}
        return pd.DataFrame({"unit": self._units} | fields)

    @property
    def without_score(self) -> list[str]:
        """The zones that have a score and would have none, by name."""
        return self._only(self.zones.now, self.then)

    @property
    def newly_scored(self) -> list[str]:
        """The zones that have no score and would have one, by name."""
        return self._only(self.then, self.zones.now)

    def _only(self, one: Outcome, other: Outcome) -> list[str]:
        """The zones that have a score in one of the two only."""
        total = self.zones.framework.total.id
        return sorted(self._units[~np.isnan(one.scores[total]) & np.isnan(other.scores[total])].tolist())

    @property
    def _units(self) -> Texts:
        return self.zones.summed.zone_names[self.zones.scored]


def what_if(
    zones: Zones,
    *,
    drop: Collection[str] = (),
    keep: Collection[str] | None = None,
    add: Iterable[Filed] = (),
) -> WhatIf:
    """The zones without some enterprises, or with some of them only, and with other returns put in.

    drop: ids of enterprises whose returns are taken out, of all years. keep: ids of those that are kept; all others are
    taken out. add: returns that are put in; one of an enterprise that is dropped replaces what it filed. An enterprise
    that merged goes by the id of its successor.

    Raises UsageError with every id that has no return, and DataError where a return that is put in has no zone among
    those evaluated, or is there already.
    """
    base = zones.summed
    kept = ~_out(base, drop, keep)[base.roll.enterprise]
    joining = list(add)
    _refuse_unfit(zones, [each.roll for each in joining], kept)
    summed = sum_filed(base.plan, chain(_kept(base, kept), joining), year=base.year)
    cells = _cells_of(zones, summed)
    then = zones.outcome(zones.scored, cells)
    rows = zones.rows[zones.scored]
    ranks = zones.held.ranks_together(then.scores[zones.framework.total.id], rows)
    found = list(_of_years_that_count_for_nothing(zones, [each.roll for each in joining]))
    return WhatIf(zones, summed, cells, then, ranks[np.searchsorted(zones.held.rows, rows)], found)


def _kept(summed: Summed, kept: Truths) -> Iterator[Filed]:
    """The returns that are kept, piece by piece; what was filed by one that merged is its successor's."""
    roll, store = summed.roll, summed.addends
    for number, (start, end) in enumerate(pairwise(store.starts)):
        rows = start + np.flatnonzero(kept[start:end])
        ids = of_codes(roll.ids, roll.enterprise[rows])
        zones = CodedTexts(roll.zone[rows], roll.zones)
        who = RollPiece(pa.chunked_array([ids]), zones, None, None, roll.year[rows], summed.origins[number])
        places = summed.positions[rows] - start
        yield Filed.adding(who, {name: store.column(number, name)[places] for name in summed.plan.fields})


def _cells_of(zones: Zones, summed: Summed) -> dict[Key, Cells]:
    """What the scored zones would have; a zone without a return has nothing."""
    place = {name: number for number, name in enumerate(summed.zone_names.tolist())}
    names = zones.summed.zone_names[zones.scored].tolist()
    at = np.array([place.get(name, -1) for name in names], dtype=np.intp)
    found = Totals.of(summed, zones.totals.totals).cells()
    cells = {}
    for key in zones.totals.totals:
        values, states = np.full(len(at), np.nan), np.full(len(at), State.MISSING, dtype=np.int8)
        if key in found:
            known = at >= 0
            values[known], states[known] = found[key].values[at[known]], found[key].states[at[known]]
        cells[key] = Cells(values, states)
    return cells


def _of_years_that_count_for_nothing(zones: Zones, joining: Sequence[RollPiece]) -> Iterator[Finding]:
    """One warning about all returns that are put in of years that no indicator reads, or that no other return is of."""
    counted = sorted(zones.summed.year - back for back in zones.totals.years_back)
    rows = [(piece, row) for piece in joining for row in np.flatnonzero(~np.isin(piece.years, counted)).tolist()]
    if not rows:
        return
    count, (first, row) = len(rows), rows[0]
    years = sorted({int(piece.years[row]) for piece, row in rows})
    yield Finding(
        code="uncounted_year",
        severity=Severity.WARNING,
        place=first.origin.place(row, YEAR),
        value=count,
        message=Text(
            f"加入的年报中有 {count} 份所属年份不计入：{'、'.join(map(str, years))}",
            f"{plural(count, 'return')} put in {agreeing(count, 'counts', 'count')} for nothing, being of "
            f"{', '.join(map(str, years))}",
        ),
        hint=_what_counts(counted),
    )


def _what_counts(years: Sequence[int]) -> Text:
    if not years:
        return Text("没有指标用到年报合计", "no indicator reads a sum of returns")
    return Text(f"计入的年份：{'、'.join(map(str, years))}", f"what counts is of {' and '.join(map(str, years))}")


# --- what is refused -----------------------------------------------------------------------------------------------


def _out(summed: Summed, drop: Collection[str], keep: Collection[str] | None) -> Truths:
    """Which enterprises are taken out, by their codes."""
    hint = Text("给一组代码，一个也放在 [] 里", "give a list of ids, even of one")
    given = (("drop", drop), ("keep", () if keep is None else keep))
    other = [of_type(name, ids, hint) for name, ids in given if isinstance(ids, str) or not isinstance(ids, Iterable)]
    if other:
        raise UsageError(other)
    counted = {name: code for code, name in enumerate(summed.enterprises.tolist())}
    asked = {name: list(ids) for name, ids in given}
    wrong = [_unknown(name, each) for name, ids in asked.items() for each in ids if each not in counted]
    wrong += [_kept_and_dropped(each) for each in sorted({*asked["drop"]} & {*asked["keep"]})]
    if wrong:
        raise UsageError(first_of_each_kind(wrong))
    out = np.full(len(counted), keep is not None)
    out[[counted[each] for each in asked["keep"]]] = False
    out[[counted[each] for each in asked["drop"]]] = True
    return out


def _unknown(argument: str, name: str) -> Finding:
    return Finding(
        code="no_such_enterprise",
        severity=Severity.ERROR,
        field=argument,
        value=name,
        message=Text("年报中没有这家企业", "there is no return of this enterprise"),
        hint=Text("核对企业代码", "check the id of the enterprise"),
    )


def _kept_and_dropped(name: str) -> Finding:
    return Finding(
        code="kept_and_dropped",
        severity=Severity.ERROR,
        value=name,
        message=Text("既要保留又要剔除", "is to be kept and to be dropped"),
        hint=Text("从其中一个名单中去掉", "take it out of one of the two lists"),
    )


def _refuse_unfit(zones: Zones, joining: Sequence[RollPiece], kept: Truths) -> None:
    """Raise DataError for each return that is put in without a zone that was scored, or beside one that is there."""
    roll, field = zones.summed.roll, zones.summed.plan.block.belongs_to
    there = set(zip(named(roll.ids, roll.enterprise[kept]).tolist(), roll.year[kept].tolist(), strict=True))
    scored = set(zones.summed.zone_names[zones.scored].tolist())
    found = []
    for piece in joining:
        said = zip(piece.units.to_pylist(), piece.zones.values.tolist(), piece.years.tolist(), strict=True)
        for row, (unit, zone, year) in enumerate(said):
            if (unit, year) in there:
                found.append(_unfit(piece, row, "counted_already", _COUNTED))
            if zone not in scored:
                found.append(replace(_unfit(piece, row, "unknown_zone", _NO_ZONE, field), value=zone))
            there.add((unit, year))
    if found:
        raise DataError(first_of_each_kind(found))


def _unfit(piece: RollPiece, row: int, code: str, told: tuple[Text, Text], field: str | None = None) -> Finding:
    message, hint = told
    return Finding(
        code=code,
        severity=Severity.ERROR,
        place=piece.origin.place(row, field),
        unit=piece.units[row].as_py(),
        year=int(piece.years[row]),
        field=field,
        message=message,
        hint=hint,
    )


_COUNTED: Final = (
    Text("该企业这一年的年报已经在内", "the return of this enterprise and year is there already"),
    Text("先剔除（drop）再加入，或去掉这一行", "drop the enterprise to replace it, or leave the row out"),
)
_NO_ZONE: Final = (
    Text("没有参评的这个园区", "no zone of this name was evaluated"),
    Text("核对园区名称", "check the name of the zone"),
)

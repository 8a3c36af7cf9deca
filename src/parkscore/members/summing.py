"""Sum the returns of enterprises to the fields of their zones and sub-parks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parkscore.data.table import UNIT, Origin, Table
from parkscore.findings import Place
from parkscore.framework.formula import Cells
from parkscore.framework.member_models import SAME_MEMBERS
from parkscore.members.plans import Counts, MemberPlan
from parkscore.members.rolls import NONE, Codes, Roll, RollPiece, Texts, Years, call_roll
from parkscore.methods.domain import FloatArray
from parkscore.methods.exact_sums import ExactSums, grouped_sums


@dataclass(frozen=True, eq=False)
class Addends:
    """What some returns add, one entry per return; codes count into `Summed`, -1 is none.

    zone, part: where the return is summed. For an earlier year under `same_members` that is where its enterprise
    reports in the evaluated year, and nowhere where it does not. values: by zone field, in the measure of its formula
    (`MemberField.in_target` converts sums of them); NaN where the return lacks the cell.
    """

    enterprise: Codes
    zone: Codes
    part: Codes
    year: Years
    values: Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over the returns of each group and year; the arrays are (groups, years).

    exact: by field the sum of the cells that there are, 0 where there is none; the sum of group g and year y is that of
    number g * years + y. reported: by field how many returns have the cell. returns: how many returns there are.
    """

    exact: Mapping[str, ExactSums]
    reported: Mapping[str, Counts]
    returns: Counts

    def cells(self, plan: MemberPlan, name: str) -> Cells:
        """The cells of a field of each group and year, in the measure of the field, see `MemberPlan.cells`."""
        values = self.exact[name].values.reshape(self.returns.shape)
        return plan.cells(name, values, self.reported[name], self.returns)


@dataclass(frozen=True, eq=False)
class Summed:
    """The returns of all years up to the evaluated one, summed.

    year: the evaluated year, 0 where the framework has no time. years: those up to it, ascending; the columns of
    `Sums`. roll: who reported where, its codes those of `addends`; returns of later years are on both, and summed
    nowhere. addends: in the pieces in which the returns came. zones, parts: the sums by zone (rows as `roll.zones`) and
    by sub-park (rows as `roll.parts`). origins: where each piece came from.
    """

    plan: MemberPlan
    year: int
    years: Sequence[int]
    roll: Roll
    addends: Sequence[Addends]
    zones: Sums
    parts: Sums
    origins: Sequence[Origin]

    def place(self, row: int) -> Place:
        """Where a return of the roll stands in its file."""
        for addends, origin in zip(self.addends, self.origins, strict=True):
            if row < len(addends.year):
                return origin.place(row, UNIT)
            row -= len(addends.year)
        raise IndexError(row)

    @property
    def enterprises(self) -> Texts:
        """The ids of the enterprises, in the order of their codes; those that merged stand under their successor."""
        return self.roll.ids

    @property
    def zone_names(self) -> Texts:
        """The zones, in the order of their codes."""
        return self.roll.zones


@dataclass(frozen=True, eq=False)
class Filed:
    """What one piece of the returns says: who filed, and what each return adds to the fields of its zone."""

    roll: RollPiece
    values: Mapping[str, FloatArray]

    @classmethod
    def of(cls, plan: MemberPlan, table: Table) -> Filed:
        """The piece in a table of returns."""
        return cls(RollPiece.of(plan.block, table), plan.addends(table))


def sum_returns(
    plan: MemberPlan,
    pieces: Iterable[Table],
    *,
    year: int | None = None,
    merged: Mapping[str, str] | None = None,
) -> Summed:
    """Sum the returns in tables, see `sum_filed`."""
    return sum_filed(plan, [Filed.of(plan, table) for table in pieces], year=year, merged=merged)


def sum_filed(
    plan: MemberPlan,
    pieces: Iterable[Filed],
    *,
    year: int | None = None,
    merged: Mapping[str, str] | None = None,
) -> Summed:
    """Sum the returns of all pieces; year: the evaluated one, by default the last in the returns.

    An earlier year of a zone is the sum of the returns that the zone had then (`prior_year: totals`, of enterprises
    that left, too), or of the values that those enterprises had then which report in the zone in the evaluated year
    (`same_members`; one that is new adds nothing to it). merged: by the id of an enterprise that is gone that of its
    successor; what it reported in earlier years then is its successor's.

    The sums do not depend on the order of the returns, nor on how they are cut into pieces.
    """
    filed = list(pieces)
    rolls = [piece.roll for piece in filed]
    last = max(int(piece.years.max()) for piece in rolls if len(piece)) if year is None else year
    roll = call_roll(rolls, last, merged)
    zone, part = summed_where(plan, roll, last)
    starts = np.cumsum([0, *(len(piece) for piece in rolls)]).tolist()
    addends = [
        Addends(roll.enterprise[rows], zone[rows], part[rows], roll.year[rows], piece.values)
        for rows, piece in zip(map(slice, starts[:-1], starts[1:]), filed, strict=True)
    ]
    years = np.union1d(roll.year[roll.year <= last], [last]).tolist()
    smallest = _smallest_sums(addends, len(roll.parts), len(roll.zones), years)
    in_part = np.append(np.arange(len(roll.parts)), np.full(len(roll.zones) + 1, NONE))
    in_zone = np.array([*(zone for zone, _ in roll.parts), *range(len(roll.zones)), NONE], dtype=np.intp)
    return Summed(
        plan=plan,
        year=last,
        years=years,
        roll=roll,
        addends=addends,
        zones=_joined(smallest, in_zone, len(roll.zones)),
        parts=_joined(smallest, in_part, len(roll.parts)),
        origins=[piece.origin for piece in rolls],
    )


def summed_where(plan: MemberPlan, roll: Roll, year: int) -> tuple[Codes, Codes]:
    """For each return of the roll the zone and the sub-park in which it is summed, -1 where in none."""
    later = roll.year > year
    zone, part = (np.where(later, np.int32(NONE), own) for own in (roll.zone, roll.part))
    if plan.block.prior_year == SAME_MEMBERS:
        now, earlier = np.flatnonzero(roll.year == year), np.flatnonzero(roll.year < year)
        for own, where in ((roll.zone, zone), (roll.part, part)):
            reports_in = np.full(len(roll.ids), NONE, dtype=np.int32)
            reports_in[roll.enterprise[now]] = own[now]
            where[earlier] = reports_in[roll.enterprise[earlier]]
    return zone, part


def _smallest_sums(addends: Sequence[Addends], parts: int, zones: int, years: Sequence[int]) -> Sums:
    """The sums of each sub-park, then of what each zone has outside of any, then of what is in no zone, by year."""
    groups = parts + zones + 1
    cells = groups * len(years)
    exact: dict[str, ExactSums] = {}
    reported = {name: np.zeros(cells, dtype=np.int64) for name in addends[0].values}
    returns = np.zeros(cells, dtype=np.int64)
    for each in addends:
        group = np.where(each.part != NONE, each.part, np.where(each.zone != NONE, parts + each.zone, groups - 1))
        year = np.minimum(np.searchsorted(years, each.year), len(years) - 1)  # what is later is in no zone
        codes = group.astype(np.intp) * len(years) + year
        own = np.bincount(codes, minlength=cells)
        returns += own
        for name, values in each.values.items():
            found = grouped_sums(values, codes, cells)
            exact[name] = exact[name] + found if name in exact else found
            gaps = codes[np.isnan(values)]
            reported[name] += own - np.bincount(gaps, minlength=cells) if gaps.size else own
    shape = (groups, len(years))
    return Sums(exact, {name: each.reshape(shape) for name, each in reported.items()}, returns.reshape(shape))


def _joined(sums: Sums, groups: NDArray[np.intp], count: int) -> Sums:
    """The sums of larger groups; groups: for each group that in which it counts, -1 where in none."""
    years = sums.returns.shape[1]
    codes = np.where(groups[:, None] == NONE, NONE, groups[:, None] * years + np.arange(years)).ravel()
    member = groups != NONE

    def counted(counts: Counts) -> Counts:
        joined = np.zeros((count, years), dtype=np.int64)
        np.add.at(joined, groups[member], counts[member])
        return joined

    return Sums(
        {name: each.regrouped(codes, count * years) for name, each in sums.exact.items()},
        {name: counted(each) for name, each in sums.reported.items()},
        counted(sums.returns),
    )

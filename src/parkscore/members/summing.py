"""Sum the returns of enterprises to the fields of their zones and sub-parks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.data.table import UNIT, Origin, Table
from parkscore.findings import Place
from parkscore.framework.formula import Cells
from parkscore.framework.member_models import SAME_MEMBERS
from parkscore.members.addend_store import AddendStore, Picked, Positions
from parkscore.members.plans import Counts, MemberPlan
from parkscore.members.rolls import NONE, Codes, Roll, RollPiece, Texts, Years, call_roll
from parkscore.methods.domain import FloatArray
from parkscore.methods.exact_sums import ExactSums, grouped_sums, sums_of_runs


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
    `Sums`. roll: who reported where, one entry per return; returns of later years are there, and summed nowhere. zone,
    part: by return the codes of the zone and sub-park in which it is summed, -1 for none; for an earlier year under
    `same_members` that is where its enterprise reports in the evaluated year, and nowhere where it does not. addends:
    by zone field what each return adds, in the measure of its formula (`MemberField.in_target` converts sums of them);
    positions: by return where it stands there. zones, parts: the sums by zone (rows as `roll.zones`) and by sub-park
    (rows as `roll.parts`). origins: where each piece of the returns came from.
    """

    plan: MemberPlan
    year: int
    years: Sequence[int]
    roll: Roll
    zone: Codes
    part: Codes
    addends: AddendStore
    positions: Positions
    zones: Sums
    parts: Sums
    origins: Sequence[Origin]

    def place(self, row: int) -> Place:
        """Where a return of the roll stands in its file."""
        starts = self.addends.starts
        piece = bisect_right(starts, row) - 1
        return self.origins[piece].place(row - starts[piece], UNIT)

    def added(self, name: str, rows: Rows) -> Vector:
        """What returns add to a field, by their numbers on the roll; NaN where one lacks the cell, and for -1."""
        return self.picked(rows).of(name)

    def picked(self, rows: Rows) -> Picked:
        """Returns by their numbers on the roll, -1 for none, to be looked up in several fields."""
        return self.addends.picked(np.where(rows == NONE, np.int32(NONE), self.positions[rows]))

    @property
    def enterprises(self) -> pa.Array:
        """The ids of the enterprises, in the order of their codes; those that merged stand under their successor."""
        return self.roll.ids

    @property
    def zone_names(self) -> Texts:
        """The zones, in the order of their codes."""
        return self.roll.zones


@dataclass(frozen=True, eq=False)
class Filed:
    """What one piece of the returns says: who filed, and what each return adds to the fields of its zone.

    order: the returns by zone, sub-park and year as the piece itself has them, so that those of a zone stand together.
    addends: (fields, returns) in this order. first: by group of returns alike in these three one of them; sums: by
    field the sum of each group; reported: by field how many of its returns have the cell; returns: how many it has.
    """

    roll: RollPiece
    order: Rows
    addends: Matrix
    first: Rows
    sums: Mapping[str, ExactSums]
    reported: Mapping[str, Counts]
    returns: Counts

    @classmethod
    def of(cls, plan: MemberPlan, table: Table) -> Filed:
        """The piece in a table of returns."""
        return cls.adding(RollPiece.of(plan.block, table), plan.addends(table))

    @classmethod
    def adding(cls, roll: RollPiece, values: Mapping[str, FloatArray]) -> Filed:
        """The piece of some returns that add values by field."""
        order, begins = _together(roll)
        returns = np.diff(begins, append=len(order))
        addends = np.empty((len(values), len(order)))
        sums, reported = {}, {}
        for row, (name, column) in zip(addends, values.items(), strict=True):
            column.take(order, out=row, mode="clip")  # which takes no copy first
            sums[name] = sums_of_runs(row, begins)
            reported[name] = returns - _gaps(row, begins)
        return cls(roll, order, addends, order[begins], sums, reported, returns)


def _together(roll: RollPiece) -> tuple[Rows, Rows]:
    """The order in which returns of one zone, sub-park and year stand together, and where in it each group begins."""
    zones, years = roll.zones.in_order(), roll.years - (roll.years.min() if len(roll) else 0)
    key = zones.codes.astype(np.int64) + 1
    if roll.parts is not None:
        key = key * (len(roll.parts.texts) + 1) + roll.parts.codes + 1
    key = key * (int(years.max(initial=0)) + 1) + years
    # Small numbers are ordered by their digits, which is faster than by comparing.
    small = int(key.max(initial=0)) < 1 << 16
    order = np.argsort(key.astype(np.uint16) if small else key, kind="stable")
    return order, np.flatnonzero(np.diff(key[order], prepend=-1))


def _gaps(values: Vector, begins: Rows) -> Counts:
    """How many values of each group are missing."""
    missing = np.isnan(values)
    return np.add.reduceat(missing, begins, dtype=np.int64) if missing.any() else np.zeros(len(begins), dtype=np.int64)


def sum_returns(
    plan: MemberPlan,
    pieces: Iterable[Table],
    *,
    year: int | None = None,
    merged: Mapping[str, str] | None = None,
) -> Summed:
    """Sum the returns in tables, see `sum_filed`."""
    return sum_filed(plan, (Filed.of(plan, table) for table in pieces), year=year, merged=merged)


class NoReturns(Exception):  # noqa: N818  # what to do about it is for the caller to say
    """There is nothing to be summed."""


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

    Raises NoReturns where there is no piece.
    """
    store, filed = AddendStore([*plan.fields]), []
    for piece in pieces:
        store.add(piece.addends)
        filed.append(replace(piece, addends=_PUT_AWAY))
    if not filed:
        raise NoReturns
    rolls = [piece.roll for piece in filed]
    last = max(int(piece.years.max()) for piece in rolls) if year is None else year
    roll = call_roll(rolls, last, merged)
    zone, part = summed_where(plan, roll, last)
    years = np.union1d(roll.year[roll.year <= last], [last]).tolist()
    starts = store.starts
    positions = np.empty(len(roll), dtype=np.int32)
    for start, piece in zip(starts, filed, strict=False):
        positions[start + piece.order] = np.arange(start, start + len(piece.order), dtype=np.int32)
    groups = _Groups(len(roll.parts), len(roll.zones), years)
    cells = groups.of(zone, part, roll.year)
    if plan.block.prior_year == SAME_MEMBERS:
        smallest = _summed_anew(store, positions, cells, groups)
    else:
        smallest = _summed_groups(starts, filed, cells, groups)
    in_part = np.append(np.arange(len(roll.parts)), np.full(len(roll.zones) + 1, NONE))
    in_zone = np.array([*(zone for zone, _ in roll.parts), *range(len(roll.zones)), NONE], dtype=np.intp)
    return Summed(
        plan=plan,
        year=last,
        years=years,
        roll=roll,
        zone=zone,
        part=part,
        addends=store,
        positions=positions,
        zones=_joined(smallest, in_zone, len(roll.zones)),
        parts=_joined(smallest, in_part, len(roll.parts)),
        origins=[piece.origin for piece in rolls],
    )


_PUT_AWAY: Final = np.empty((0, 0))


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


@dataclass(frozen=True, eq=False)
class _Groups:
    """The smallest groups: each sub-park, then what each zone has outside of any, then what is in no zone; by year."""

    parts: int
    zones: int
    years: Sequence[int]

    @property
    def shape(self) -> tuple[int, int]:
        """How many groups there are, and years."""
        return self.parts + self.zones + 1, len(self.years)

    def of(self, zone: Codes, part: Codes, year: Years) -> Codes:
        """The number of the group and year of each return."""
        groups, years = self.shape
        group = np.where(part != NONE, part, np.where(zone != NONE, self.parts + zone, groups - 1))
        column = np.minimum(np.searchsorted(self.years, year), years - 1)  # what is later is in no zone
        return (group * years + column).astype(np.int32)

    def sums(self, exact: Mapping[str, ExactSums], reported: Mapping[str, Counts], returns: Counts) -> Sums:
        """The sums of all groups and years, which are given one after the other."""
        counts = {name: each.reshape(self.shape) for name, each in reported.items()}
        return Sums(exact, counts, returns.reshape(self.shape))


def _summed_groups(starts: Sequence[int], filed: Sequence[Filed], cells: Codes, groups: _Groups) -> Sums:
    """The sums of the smallest groups, from those of the groups of each piece; cells: by return its group and year."""
    count = int(np.prod(groups.shape))
    exact: dict[str, ExactSums] = {}
    reported = {name: np.zeros(count, dtype=np.int64) for name in filed[0].sums}
    returns = np.zeros(count, dtype=np.int64)
    for start, piece in zip(starts, filed, strict=False):
        own = cells[start + piece.first]
        np.add.at(returns, own, piece.returns)
        for name, sums in piece.sums.items():
            found = sums.regrouped(own, count)
            exact[name] = exact[name] + found if name in exact else found
            np.add.at(reported[name], own, piece.reported[name])
    return groups.sums(exact, reported, returns)


def _summed_anew(store: AddendStore, positions: Positions, cells: Codes, groups: _Groups) -> Sums:
    """The sums of the smallest groups, from the returns: where a return counts only showed when all had been read."""
    count, starts = int(np.prod(groups.shape)), store.starts
    ordered = np.empty_like(cells)
    ordered[positions] = cells
    names = store.names
    exact = {name: grouped_sums([], [], count) for name in names}
    reported = {name: np.zeros(count, dtype=np.int64) for name in names}
    for number, (start, end) in enumerate(pairwise(starts)):
        own = ordered[start:end]
        for name in names:
            values = store.column(number, name)
            exact[name] += grouped_sums(values, own, count)
            reported[name] += np.bincount(own[~np.isnan(values)], minlength=count)
    return groups.sums(exact, reported, np.bincount(ordered, minlength=count))


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

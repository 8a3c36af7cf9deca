"""The sums of zones, and what they come to when some returns are taken out or put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from parkscore.data.grid import Rows, Truths, Vector
from parkscore.framework.formula import Cells
from parkscore.members.plans import Counts, MemberPlan
from parkscore.members.reads import Key
from parkscore.members.runs import Runs
from parkscore.members.summing import Summed
from parkscore.methods.exact_sums import ExactSums


@dataclass(frozen=True, eq=False)
class Total:
    """One field of all zones in one year: the exact sums, and how many returns have the cell, (zones,) each."""

    sums: ExactSums
    reported: Counts

    @cached_property
    def parts(self) -> tuple[Vector, Vector, Truths]:
        """Each sum as a float and the rest of it as another, (zones,) each, and where these two are all of it."""
        first = self.sums.values
        rest = self.sums - ExactSums.of(first)
        second = rest.values
        return first, second, np.asarray(~(rest - ExactSums.of(second)).places.any(axis=0))

    def with_one(self, zones: Runs, x: Vector, sign: int) -> tuple[Vector, Counts]:
        """The sum of a zone and one more value, once for each row, rounded as if all were added up anew.

        zones, x: (n,), the zone and the value; nothing where it is missing. sign: 1 where it joins, -1 where it leaves.
        Returns the sums, and how many returns have the cell then.
        """
        first, second, whole = self.parts
        missing = np.isnan(x)
        own, join = np.where(missing, 0.0, x), np.add if sign == 1 else np.subtract
        reported = zones.spread(self.reported)
        join(reported, ~missing, out=reported)
        sums = zones.spread(first)
        if not second.any() and whole.all():
            return join(sums, own, out=sums), reported
        own = sign * own
        total, lost = _two_sum(sums, own)
        rest, lost = _two_sum(lost, zones.spread(second))
        rounded = total + rest
        # Where three floats do not hold the sum, or adding them would round twice, it is made from all its digits.
        again = np.flatnonzero((lost != 0.0) | ~zones.spread(whole))
        if again.size:
            own_zones = zones.spread(np.arange(len(first)))[again]
            rounded[again] = (self.sums.take(own_zones) + ExactSums.of(own[again])).values
        return rounded, reported


def _two_sum(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """The sum of two floats, and what its rounding lost, exactly (Knuth)."""
    total = a + b
    of_b = total - a
    return total, (a - (total - of_b)) + (b - of_b)


@dataclass(frozen=True, eq=False)
class Moves:
    """Returns that leave their zones or join them, one enterprise in one zone a row.

    zones: (n,). values: by field and years back, (n,), what its return adds; NaN where the cell is missing or there is
    no return. returns: by years back, (n,), whether there is one.
    """

    zones: Rows
    values: Mapping[Key, Vector]
    returns: Mapping[int, Truths]


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of returns that leave their zones or join them, one zone a row: their sums, as `Total`, (n,) each.

    returns: by years back, (n,), how many there are.
    """

    zones: Rows
    totals: Mapping[Key, Total]
    returns: Mapping[int, Counts]


@dataclass(frozen=True, eq=False)
class Totals:
    """All sums of the zones that the indicators read; returns: by years back, (zones,), how many there are."""

    plan: MemberPlan
    totals: Mapping[Key, Total]
    returns: Mapping[int, Counts]

    @classmethod
    def of(cls, summed: Summed, keys: Iterable[Key]) -> Totals:
        """The sums of some fields so many years before the evaluated one; years without a return are left out."""
        years, zones = list(summed.years), summed.zones
        known = {key: years.index(summed.year - key[1]) for key in sorted(keys) if summed.year - key[1] in years}
        totals = {}
        for (name, back), column in known.items():
            codes = np.arange(len(summed.zone_names)) * len(years) + column
            totals[name, back] = Total(zones.exact[name].take(codes), zones.reported[name][:, column])
        return cls(summed.plan, totals, {back: zones.returns[:, column] for (_, back), column in known.items()})

    @property
    def years_back(self) -> list[int]:
        """The years back of which there are returns, ascending."""
        return sorted(self.returns)

    def after(self, moves: Moves, joining: bool) -> Mapping[Key, Cells]:
        """The cells of the zones after each move by itself: the same bits as if what is left were added up anew."""
        sign, zones, found = 1 if joining else -1, Runs.of(moves.zones), {}
        returns = {back: zones.spread(own) + sign * moves.returns[back] for back, own in self.returns.items()}
        for (name, back), total in self.totals.items():
            sums, reported = total.with_one(zones, moves.values[name, back], sign)
            found[name, back] = self.plan.cells(name, sums, reported, returns[back])
        return found

    def after_sets(self, sets: Sets, joining: bool) -> Mapping[Key, Cells]:
        """As `after`, where each row is any number of returns at once."""
        return self.take(sets.zones).moved(sets, joining).cells()

    def take(self, zones: Rows) -> Totals:
        """The sums of these zones, in this order; a zone may come more than once."""
        totals = {key: Total(own.sums.take(zones), own.reported[zones]) for key, own in self.totals.items()}
        return Totals(self.plan, totals, {back: own[zones] for back, own in self.returns.items()})

    def moved(self, sets: Sets, joining: bool) -> Totals:
        """The sums after each set has joined its zone, or left it; the sets stand in the order of the zones."""
        sign, totals = 1 if joining else -1, {}
        for key, own in self.totals.items():
            moved = sets.totals[key]
            sums = own.sums + moved.sums if joining else own.sums - moved.sums
            totals[key] = Total(sums, own.reported + sign * moved.reported)
        returns = {back: own + sign * sets.returns[back] for back, own in self.returns.items()}
        return Totals(self.plan, totals, returns)

    def cells(self) -> Mapping[Key, Cells]:
        """The cells that the sums come to."""
        return {
            key: self.plan.cells(key[0], own.sums.values, own.reported, self.returns[key[1]])
            for key, own in self.totals.items()
        }

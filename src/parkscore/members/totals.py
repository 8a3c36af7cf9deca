"""The sums of zones, and what they come to when some returns are taken out or put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from parkscore.data.grid import Rows, Truths, Vector
from parkscore.data.table import State
from parkscore.framework.formula import Cells
from parkscore.methods.exact_sums import ExactSums

Key = tuple[str, int]
"""A field of the zones, and how many years back."""

_REACHED = 1e-9


@dataclass(frozen=True)
class Total:
    """One field of all zones in one year: the exact sums, and how many returns had the cell, (zones,) each."""

    sums: ExactSums
    reported: Rows

    @cached_property
    def parts(self) -> tuple[Vector, Vector, Truths]:
        """Each sum as a float and the rest of it as another, (zones,) each, and where these two are all of it."""
        first = self.sums.values
        rest = self.sums - ExactSums.of(first)
        second = rest.values
        return first, second, np.asarray(~(rest - ExactSums.of(second)).places.any(axis=0))

    def with_one(self, zones: Rows, x: Vector) -> Vector:
        """The sum of a zone and one more value, once for each row, rounded as if all were added up anew.

        zones, x: (n,), the zone and the value, which is negative where it leaves; nothing where it is missing.
        """
        first, second, whole = self.parts
        own = np.where(np.isnan(x), 0.0, x)
        total, lost = _two_sum(first[zones], own)
        if not second.any() and whole.all():
            return total
        rest, lost = _two_sum(lost, second[zones])
        rounded = total + rest
        # Where three floats do not hold the sum, or adding them would round twice, it is made from all its digits.
        again = np.flatnonzero((lost != 0.0) | ~whole[zones])
        if again.size:
            rounded[again] = (self.sums.take(zones[again]) + ExactSums.of(own[again])).values
        return rounded


def _two_sum(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """The sum of two floats, and what its rounding lost, exactly (Knuth)."""
    total = a + b
    of_b = total - a
    return total, (a - (total - of_b)) + (b - of_b)


@dataclass(frozen=True)
class Moves:
    """Returns that leave their zones or join them, one enterprise in one zone a row.

    zones: (n,). values: by field and years back, (n,), what its return adds; NaN where the cell is missing or there is
    no return. returns: by years back, (n,), whether there is one.
    """

    zones: Rows
    values: Mapping[Key, Vector]
    returns: Mapping[int, Truths]

    def __len__(self) -> int:
        """How many rows."""
        return len(self.zones)


@dataclass(frozen=True)
class Totals:
    """All sums of the zones in the years that their formulas read.

    returns: by years back, (zones,), how many there are. least: the share of a zone's returns that must have a cell,
    else the zone lacks the field.
    """

    totals: Mapping[Key, Total]
    returns: Mapping[int, Rows]
    least: float = 0.0

    def cells(self) -> Mapping[Key, Cells]:
        """The sums as they are, (zones,) each."""
        return {
            key: self._settled(total.sums.values, total.reported, self.returns[key[1]])
            for key, total in self.totals.items()
        }

    def after(self, moves: Moves, joining: bool) -> Mapping[Key, Cells]:
        """The sums after each move by itself, (moves,) each: the same bits as if what is left were added up anew."""
        sign, found = 1 if joining else -1, {}
        for key, total in self.totals.items():
            x, zones = moves.values[key], moves.zones
            sums = total.with_one(zones, sign * x)
            reported = total.reported[zones] + sign * ~np.isnan(x)
            found[key] = self._settled(sums, reported, self.returns[key[1]][zones] + sign * moves.returns[key[1]])
        return found

    def _settled(self, sums: Vector, reported: Rows, returns: Rows) -> Cells:
        """A field is missing where no return has it, or too few have."""
        known = (reported > 0) & (reported >= self.least * returns - _REACHED)
        states = np.where(known, np.int8(State.VALUE), np.int8(State.MISSING))
        return Cells(np.where(known, sums, np.nan), states)

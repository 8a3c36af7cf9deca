"""Which enterprises count in which zones, and the returns by which they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Rows, Vector
from parkscore.members.rolls import NONE, Codes
from parkscore.members.summing import Summed
from parkscore.members.totals import Moves, Sets, Total, Totals
from parkscore.methods.exact_sums import grouped_sums


@dataclass(frozen=True, eq=False)
class Memberships:
    """One row for each zone and enterprise that has a return there, in this year or an earlier one that is read.

    In the order of zones and of enterprises, both by their codes. zones, enterprises: (n,). at: by years back, (n,),
    the number of the return on the roll; -1 where there is none. more: by years back the row and the number of each
    further return of the same enterprise in the same zone and year, which mergers give.
    """

    summed: Summed
    zones: Rows
    enterprises: Rows
    at: Mapping[int, Rows]
    more: Mapping[int, tuple[Rows, Rows]]

    @classmethod
    def of(cls, summed: Summed, years_back: Sequence[int], zone: Codes | None = None) -> Memberships:
        """All of them; years_back: the years that count, 0 for the evaluated one.

        zone: by the number of each return the zone where it counts, -1 for none; by default where it is summed.
        """
        zone = summed.zone if zone is None else zone
        enterprise, year = summed.roll.enterprise, summed.roll.year
        count = len(summed.enterprises)
        pairs = np.where(zone == NONE, NONE, zone.astype(np.int64) * count + enterprise)
        numbers = {back: np.flatnonzero((year == summed.year - back) & (pairs != NONE)) for back in years_back}
        known, places = _numbered(pairs[np.concatenate([*numbers.values(), np.zeros(0, dtype=np.intp)])])
        ends = np.cumsum([0, *(len(own) for own in numbers.values())])
        at, more = {}, {}
        for (back, own), (start, end) in zip(numbers.items(), pairwise(ends), strict=True):
            rows = places[start:end]
            first = np.full(len(known), NONE, dtype=np.intp)
            first[rows[::-1]] = own[::-1]
            again = first[rows] != own
            at[back], more[back] = first, (rows[again], own[again])
        return cls(summed, known // max(count, 1), known % max(count, 1), at, more)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.zones)

    def moves(self, totals: Totals, rows: Rows) -> Moves | Sets:
        """The returns of some rows, which leave their zone together."""
        again = [np.isin(rows, self.more[back][0]).any() for back in totals.years_back]
        if any(again):
            return self.sets(totals, rows, np.arange(len(rows)), self.zones[rows])
        picked = {back: self.summed.picked(self.at[back][rows]) for back in totals.years_back}
        found = {(name, back): picked[back].of(name) for name, back in totals.totals}
        return Moves(self.zones[rows], found, {back: self.at[back][rows] != NONE for back in totals.years_back})

    def sets(self, totals: Totals, rows: Rows, groups: Rows, zones: Rows) -> Sets:
        """The returns of some rows by group, (rows,), which move together; zones: that of each group."""
        place = np.full(len(self), NONE, dtype=np.intp)
        place[rows] = groups
        returns, moved = {}, {}
        for back in totals.years_back:
            first, (others, numbers) = self.at[back][rows], self.more[back]
            has, again = first != NONE, place[others] != NONE
            codes = np.concatenate([groups[has], place[others[again]]])
            own = np.concatenate([first[has], numbers[again]])
            returns[back] = np.bincount(codes, minlength=len(zones))
            picked = self.summed.picked(own)
            for key in totals.totals:
                if key[1] == back:
                    x = picked.of(key[0])
                    reported = np.bincount(codes[~np.isnan(x)], minlength=len(zones))
                    moved[key] = Total(grouped_sums(x, codes, len(zones)), reported)
        return Sets(zones, moved, returns)

    def amounts(self, names: Sequence[str], back: int, rows: Rows) -> dict[str, Vector]:
        """What the enterprises of some rows add to some fields in one year, all their returns of it together."""
        picked = self.summed.picked(self.at[back][rows])
        found = {name: picked.of(name) for name in names}
        others, numbers = self.more[back]
        if others.size:
            place = np.full(len(self), NONE, dtype=np.intp)
            place[rows] = np.arange(len(rows))
            own, there = place[others], place[others] != NONE
            picked = self.summed.picked(numbers[there])
            for name in names:
                x = picked.of(name)
                known = own[there][~np.isnan(x)]
                found[name][known] = np.where(np.isnan(found[name][known]), 0.0, found[name][known])
                np.add.at(found[name], known, x[~np.isnan(x)])
        return found


def _numbered(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], Rows]:
    """The distinct numbers, ascending, and the place of each number among them."""
    order = np.argsort(pairs)
    ordered = pairs[order]
    first = np.diff(ordered, prepend=-1) != 0  # there is no number below 0
    places = np.empty(len(pairs), dtype=np.intp)
    places[order] = np.cumsum(first) - 1
    return ordered[first], places

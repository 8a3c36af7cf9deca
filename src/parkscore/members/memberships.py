"""Which enterprises count in which zones, and the returns by which they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Rows, Vector
from parkscore.members.rolls import NONE, Codes
from parkscore.members.summing import Addends, Summed
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
        zone = np.concatenate([each.zone for each in summed.addends]) if zone is None else zone
        enterprise, year = summed.roll.enterprise, summed.roll.year
        count = len(summed.enterprises)
        pairs = np.where(zone == NONE, NONE, zone.astype(np.int64) * count + enterprise)
        numbers = {back: np.flatnonzero((year == summed.year - back) & (pairs != NONE)) for back in years_back}
        known = np.sort(pairs[np.concatenate([*numbers.values(), np.zeros(0, dtype=np.intp)])])
        known = known[np.append(True, known[1:] != known[:-1])[: len(known)]]
        at, more = {}, {}
        for back, own in numbers.items():
            rows = np.searchsorted(known, pairs[own])
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
        places = {back: self._places(self.at[back][rows]) for back in totals.years_back}
        found = {(name, back): self._gathered(name, places[back], len(rows)) for name, back in totals.totals}
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
            for key in totals.totals:
                if key[1] == back:
                    x = self.values(key[0], own)
                    reported = np.bincount(codes[~np.isnan(x)], minlength=len(zones))
                    moved[key] = Total(grouped_sums(x, codes, len(zones)), reported)
        return Sets(zones, moved, returns)

    def amounts(self, names: Sequence[str], back: int, rows: Rows) -> dict[str, Vector]:
        """What the enterprises of some rows add to some fields in one year, all their returns of it together."""
        places = self._places(self.at[back][rows])
        found = {name: self._gathered(name, places, len(rows)) for name in names}
        others, numbers = self.more[back]
        if others.size:
            place = np.full(len(self), NONE, dtype=np.intp)
            place[rows] = np.arange(len(rows))
            own, there = place[others], place[others] != NONE
            for name in names:
                x = self.values(name, numbers[there])
                known = own[there][~np.isnan(x)]
                found[name][known] = np.where(np.isnan(found[name][known]), 0.0, found[name][known])
                np.add.at(found[name], known, x[~np.isnan(x)])
        return found

    def values(self, name: str, numbers: Rows) -> Vector:
        """What returns add to a field, by their numbers on the roll; NaN for -1."""
        return self._gathered(name, self._places(numbers), len(numbers))

    def _places(self, numbers: Rows) -> list[tuple[Addends, Rows, Rows]]:
        """By piece of the returns: which of the numbers stand there, and where in it."""
        pieces = self.summed.addends
        starts = np.cumsum([0, *(len(each.zone) for each in pieces)])
        piece = np.searchsorted(starts, numbers, side="right") - 1
        owns = [np.flatnonzero(piece == number) for number in range(len(pieces))]
        return [
            (each, own, numbers[own] - start)
            for each, own, start in zip(pieces, owns, starts[:-1].tolist(), strict=True)
            if own.size
        ]

    @staticmethod
    def _gathered(name: str, places: Sequence[tuple[Addends, Rows, Rows]], count: int) -> Vector:
        found = np.full(count, np.nan)
        for piece, own, there in places:
            found[own] = piece.values[name][there]
        return found

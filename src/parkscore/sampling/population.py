"""Which enterprises report in which year: how many leave and enter, with an exact number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BLOCK = 65_536
"""Enterprises whose numbers are drawn together; part of what a seed means."""

_LEAVING = 0.06  # a year; made up


@dataclass(frozen=True, slots=True)
class Block:
    """Enterprises `first` to `last` (excluded), and for each year the range of those that report, as numbers."""

    number: int
    first: int
    last: int
    reporting: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """How many enterprises it holds, whether or not they report."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Population:
    """Enterprises numbered from 0: those of a year are a range, which moves on as some leave and others enter."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def enterprises(self) -> int:
        """How many report in any year."""
        return max(self.ends)

    def blocks(self) -> Iterator[Block]:
        """All enterprises in their order."""
        for number, first in enumerate(range(0, self.enterprises, BLOCK)):
            last = min(first + BLOCK, self.enterprises)
            spans = tuple(
                (min(max(start, first), last), min(max(end, first), last))
                for start, end in zip(self.starts, self.ends, strict=True)
            )
            yield Block(number, first, last, spans)


def population_of(rows: int, years: int) -> Population:
    """As equal years as the number of rows allows, of which 6 % of the enterprises leave and about as many enter.

    >>> population = population_of(2001, 2)
    >>> population.starts, population.ends
    ((0, 60), (1001, 1060))
    """
    counts = [rows // years + (year < rows % years) for year in range(years)]
    starts = [round(year * _LEAVING * counts[0]) for year in range(years)]
    ends = [start + count for start, count in zip(starts, counts, strict=True)]
    return Population(tuple(starts), tuple(ends))

"""Ranks of the same units in many draws, and what is counted of them block by block."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.registry import ranking

Counts = NDArray[np.int64]

_AT_ONCE: Final = 64
"""Draws whose pairs are compared at once: fewer than 256, so that a byte counts them."""
_SHORT: Final = 2**15


def drawn_ranks(scores: FloatArray, ties: str = "min", decimals: int | None = None) -> IntArray:
    """The ranks of each draw, 1 for the best, 0 for a unit without a score.

    scores: (draws, units). ties: a rule of `ranking`. decimals: to which scores are rounded before, as `tree/rank.py`
    does.

    >>> drawn_ranks(np.array([[3.0, 5.0, 3.0], [np.nan, 1.0, 2.0]]))
    array([[2, 1, 2],
           [0, 2, 1]], dtype=int32)
    """
    rounded = scores if decimals is None else np.round(scores, decimals) + 0.0
    return ranking[ties](rounded)


@dataclass
class RankCounts:
    """How often each unit had each rank, and stood above each other one; counts of parts can be added up.

    ranks: (units, units + 1), column 0 for draws in which a unit was not ranked; None where there are more units than
    `most_ranks`. above: (units, units), in how many draws the first stood above the second; None where there are more
    than `most_pairs`.
    """

    units: int
    most_ranks: int = 4096
    most_pairs: int = 2048
    draws: int = 0
    ranks: Counts | None = field(default=None)
    above: Counts | None = field(default=None)

    def add(self, ranks: IntArray) -> None:
        """Count some draws; ranks: (draws, units).

        >>> counts = RankCounts(2)
        >>> counts.add(np.array([[1, 2], [1, 1], [0, 1]]))
        >>> counts.ranks.tolist(), counts.above.tolist()
        ([[1, 2, 0], [0, 2, 1]], [[0, 1], [1, 0]])
        """
        self.draws += len(ranks)
        if self.units <= self.most_ranks:
            self.ranks = _sum(self.ranks, _counted(ranks, self.units))
        if self.units <= self.most_pairs:
            self.above = _sum(self.above, _above(ranks))

    def __add__(self, other: RankCounts) -> RankCounts:
        """The counts over the draws of both."""
        return replace(
            self,
            draws=self.draws + other.draws,
            ranks=_sum(self.ranks, other.ranks),
            above=_sum(self.above, other.above),
        )


def _sum(one: Counts | None, other: Counts | None) -> Counts | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


def _counted(ranks: IntArray, units: int) -> Counts:
    width = units + 1
    places = ranks + np.arange(units, dtype=np.int32) * np.int32(width)
    return np.bincount(places.ravel(), minlength=units * width).reshape(units, width)


def _above(ranks: IntArray) -> Counts:
    """In how many draws each unit stands above each other one; who has no rank stands below all that have one."""
    units = ranks.shape[1]
    last: IntArray = np.where(ranks == 0, np.int32(units + 1), ranks)
    if units < _SHORT - 1:  # twice as many at a time
        last = last.astype(np.int16)
    found = np.zeros((units, units), dtype=np.int64)
    for first in range(0, len(last), _AT_ONCE):
        own = last[first : first + _AT_ONCE]
        better = own[:, :, np.newaxis] < own[:, np.newaxis, :]
        found += np.add.reduce(better.view(np.uint8), axis=0, dtype=np.uint8)
    return found

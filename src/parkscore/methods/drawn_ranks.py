"""Ranks of the same units in many draws, and what is counted of them block by block."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.packed_ranks import packed_ranks
from parkscore.methods.registry import ranking

Counts = NDArray[np.int64]

_BYTE, _SHORT = 2**8 - 1, 2**15 - 1
"""So many units have ranks, with one below all of them, that a byte or two do not hold."""


def drawn_ranks(scores: FloatArray, ties: str = "min", decimals: int | None = None) -> IntArray:
    """The ranks of each draw, 1 for the best, 0 for a unit without a score.

    scores: (draws, units). ties: a rule of `ranking`. decimals: to which scores are rounded before, as `tree/rank.py`
    does.

    >>> drawn_ranks(np.array([[3.0, 5.0, 3.0], [np.nan, 1.0, 2.0]]))
    array([[2, 1, 2],
           [0, 2, 1]], dtype=int32)
    """
    if decimals is not None:
        packed = packed_ranks(scores, ties, decimals)
        if packed is not None:
            return packed
        scores = np.round(scores, decimals) + 0.0
    return ranking[ties](scores)


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
    """In how many draws each unit stands above each other one; who has no rank stands below all that have one.

    Each unit is compared with the one after it in all draws, then with the second after it, and so on around.
    """
    draws, units = ranks.shape
    own = _by_unit(ranks)
    tied = _any_tie(ranks)
    better = np.empty((units, own.shape[1]), dtype=np.bool_)
    above = np.zeros((units, units), dtype=np.int64)
    every = np.arange(units)
    for distance in range(1, units if tied else units // 2 + 1):
        np.less(own[:units], own[distance : distance + units], out=better)
        eights = np.packbits(better.reshape(-1)).view(np.uint64).reshape(units, -1)
        found = np.bitwise_count(eights).sum(axis=1, dtype=np.int64)
        other = (every + distance) % units
        above[every, other] = found
        if not tied:
            above[other, every] = draws - found
    return above


def _by_unit(ranks: IntArray) -> NDArray[Any]:
    """The ranks with a line per unit, all units twice, in as few bytes as hold them; draws are filled up to 64s."""
    draws, units = ranks.shape
    kind = np.uint8 if units < _BYTE else np.int16 if units < _SHORT else np.int32
    own = np.zeros((2 * units, -(-draws // 64) * 64), dtype=kind)
    own[:units, :draws] = np.where(ranks == 0, np.int32(units + 1), ranks).astype(kind).T
    own[units:] = own[:units]
    return own


def _any_tie(ranks: IntArray) -> bool:
    """Whether two units of a draw share a rank, or have none."""
    in_order = np.sort(ranks, axis=1)
    return bool((in_order[:, 1:] == in_order[:, :-1]).any() or (ranks == 0).any())

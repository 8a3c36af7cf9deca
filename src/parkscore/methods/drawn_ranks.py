"""Ranks of the same units in many draws, and what is counted of them block by block."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.packed_ranks import packed_ranks
from parkscore.methods.registry import ranking

Counts = NDArray[np.int64]

_AT_ONCE: Final = 8 * 255
"""Draws whose pairs are counted in bytes, eight of them side by side."""
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
    parts = range(0, len(ranks), _AT_ONCE)
    return np.asarray(np.sum([_above_among(ranks[first : first + _AT_ONCE]) for first in parts], axis=0))


def _above_among(ranks: IntArray) -> Counts:
    draws, units = ranks.shape
    own = _by_unit(ranks)
    tied = _any_tie(ranks)
    distances = np.arange(1, units if tied else units // 2 + 1)
    better = np.empty((units, own.shape[1]), dtype=np.bool_)
    eights = np.empty((len(distances), units), dtype=np.uint64)
    for place, distance in enumerate(distances.tolist()):
        np.less(own[:units], own[distance : distance + units], out=better)
        # Eight bytes in one number, none of which comes to 256.
        np.add.reduce(better.view(np.uint64), axis=1, out=eights[place])
    found = eights.view(np.uint8).reshape(*eights.shape, 8).sum(axis=2, dtype=np.int64)
    unit = np.arange(units)
    other = (unit + distances[:, np.newaxis]) % units
    above = np.zeros((units, units), dtype=np.int64)
    above[unit, other] = found
    if not tied:
        above[other, unit] = draws - found
    return above


def _by_unit(ranks: IntArray) -> NDArray[Any]:
    """The ranks with a line per unit, all units twice, in as few bytes as hold them; draws are filled up to eights."""
    draws, units = ranks.shape
    kind = np.uint8 if units < _BYTE else np.int16 if units < _SHORT else np.int32
    own = np.zeros((2 * units, -(-draws // 8) * 8), dtype=kind)
    own[:units, :draws] = ranks.T
    if not ranks.all():
        own[:units, :draws][ranks.T == 0] = units + 1
    own[units:] = own[:units]
    return own


def _any_tie(ranks: IntArray) -> bool:
    """Whether two units of a draw share a rank, or have none."""
    in_order = np.sort(ranks, axis=1)
    return not ranks.all() or bool((in_order[:, 1:] == in_order[:, :-1]).any())

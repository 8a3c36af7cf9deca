"""Ranks of the same units in many draws, and what is counted of them block by block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike, NDArray

from parkscore.methods.domain import FloatArray
from parkscore.methods.packed_ranks import packed_ranks
from parkscore.methods.registry import ranking

Counts = NDArray[np.int64]
Ranks = NDArray[Any]

_CACHED: Final = 2**19
"""Scores that are ranked at once, so few that they stay in the memory of the processor that its cores share."""
_AT_ONCE: Final = 8 * 255
"""Draws whose pairs are counted in bytes, eight of them side by side."""
_BLOCK: Final = 2**22
"""Comparisons at once."""
_BYTE, _SHORT = 2**8 - 1, 2**15 - 1
"""So many units have ranks, with one below all of them, that a byte or two do not hold."""


def rank_kind(units: int) -> np.dtype[Any]:
    """The smallest whole numbers that hold the ranks of so many units, and one below all of them.

    >>> rank_kind(178), rank_kind(255), rank_kind(100_000)
    (dtype('uint8'), dtype('int16'), dtype('int32'))
    """
    return np.dtype(np.uint8 if units < _BYTE else np.int16 if units < _SHORT else np.int32)


def drawn_ranks(
    scores: FloatArray, ties: str = "min", decimals: int | None = None, kind: DTypeLike = np.int32
) -> Ranks:
    """The ranks of each draw, 1 for the best, 0 for a unit without a score.

    scores: (draws, units). ties: a rule of `ranking`. decimals: to which scores are rounded before, as `tree/rank.py`
    does. kind: of the ranks, such as `rank_kind`.

    >>> drawn_ranks(np.array([[3.0, 5.0, 3.0], [np.nan, 1.0, 2.0]]))
    array([[2, 1, 2],
           [0, 2, 1]], dtype=int32)
    """
    # With a line for each unit, as they are counted.
    ranks = np.empty(scores.shape[::-1], dtype=kind).T
    at_once = max(1, _CACHED // max(scores.shape[1], 1))
    for first in range(0, len(scores), at_once):
        few = slice(first, first + at_once)
        ranks[few] = _ranked(scores[few], ties, decimals, kind)
    return ranks


def _ranked(scores: FloatArray, ties: str, decimals: int | None, kind: DTypeLike) -> Ranks:
    if decimals is not None:
        packed = packed_ranks(scores, ties, decimals, kind)
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

    def add(self, ranks: Ranks) -> None:
        """Count some draws; ranks: (draws, units), by one rule of ties.

        >>> counts = RankCounts(2)
        >>> counts.add(np.array([[1, 2], [1, 1], [0, 1]]))
        >>> counts.ranks.tolist(), counts.above.tolist()
        ([[1, 2, 0], [0, 2, 1]], [[0, 1], [1, 0]])
        """
        self.draws += len(ranks)
        if self.units > max(self.most_ranks, self.most_pairs):
            return
        own = np.ascontiguousarray(ranks.T, dtype=rank_kind(self.units))
        counted = _counted(own)
        if self.units <= self.most_ranks:
            self.ranks = _added(self.ranks, counted)
        if self.units <= self.most_pairs:
            self.above = _added(self.above, _above(own, _any_tie(counted, len(ranks))))

    def __iadd__(self, other: RankCounts) -> Self:
        """Count the draws of the other, too, which is used up."""
        self.draws += other.draws
        self.ranks, self.above = _added(self.ranks, other.ranks), _added(self.above, other.above)
        return self


def _added(counts: Counts | None, others: Counts | None) -> Counts | None:
    """The sum, in the place of the first."""
    if counts is None or others is None:
        return others if counts is None else counts
    counts += others
    return counts


def _counted(ranks: Ranks) -> Counts:
    """How often each unit had each rank, from the ranks with a line per unit."""
    units, width = len(ranks), len(ranks) + 1
    places = ranks.astype(np.int64)
    places += np.arange(0, units * width, width)[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=units * width).reshape(units, width)


def _above(ranks: Ranks, tied: bool) -> Counts:
    """In how many draws each unit stands above each other one; who has no rank stands below all that have one.

    ranks: (units, draws). Each unit is compared with the one after it in all draws, then with the second after it, and
    so on around.
    """
    units, draws = ranks.shape
    distances = np.arange(1, units if tied else units // 2 + 1)
    parts = (ranks[:, first : first + _AT_ONCE] for first in range(0, draws, _AT_ONCE))
    found = np.sum([_above_at(distances, part) for part in parts], axis=0)
    unit = np.arange(units)
    other = (unit + distances[:, np.newaxis]) % units
    above = np.zeros((units, units), dtype=np.int64)
    above[unit, other] = found
    if not tied:
        above[other, unit] = draws - found
    return above


def _above_at(distances: NDArray[np.intp], ranks: Ranks) -> Counts:
    """In how many draws, `_AT_ONCE` at most, each unit stands above the one at a distance, (distances, units)."""
    units = len(ranks)
    own = _around(ranks)
    eights = np.empty((len(distances), units), dtype=np.uint64)
    # (distance, unit, draw): the rank of the unit at that distance.
    windows = as_strided(own, (units + 1, units, own.shape[1]), (own.strides[0], *own.strides), writeable=False)
    at_once = max(1, _BLOCK // max(units * own.shape[1], 1))
    # One block for all, as memory that is new each time costs more than the comparisons.
    block = np.empty((min(at_once, len(distances)), units, own.shape[1]), dtype=np.bool_)
    for first in range(0, len(distances), at_once):
        few = slice(first, min(first + at_once, len(distances)))
        better = block[: few.stop - few.start]
        np.less(windows[0], windows[1 + few.start : 1 + few.stop], out=better)
        # Eight bytes in one number, none of which comes to 256; einsum adds up lines faster than add.reduce.
        np.einsum("ijk->ij", better.view(np.uint64), out=eights[few])
    return _sum_of_bytes(eights)


def _sum_of_bytes(eights: NDArray[np.uint64]) -> Counts:
    """The sum of the eight bytes of each number, folded in halves: a bytewise sum would go through them one by one.

    >>> _sum_of_bytes(np.array([0x0102_0304_0506_0708], dtype=np.uint64)).tolist()
    [36]
    """
    even = np.uint64(0x00FF_00FF_00FF_00FF)
    pairs = (eights & even) + ((eights >> np.uint64(8)) & even)
    return ((pairs * np.uint64(0x0001_0001_0001_0001)) >> np.uint64(48)).astype(np.int64)


def _around(ranks: Ranks) -> Ranks:
    """All units twice, one below the last rank for who has none; draws are filled up to eights."""
    units, draws = ranks.shape
    own = np.zeros((2 * units, -(-draws // 8) * 8), dtype=ranks.dtype)
    own[:units, :draws] = ranks
    if not ranks.all():
        own[:units, :draws][ranks == 0] = units + 1
    own[units:] = own[:units]
    return own


def _any_tie(counted: Counts, draws: int) -> bool:
    """Whether two units of a draw share a rank, or have none.

    Otherwise each draw has each rank once. As ties only ever lower ranks, or by the rule `max` only raise them, not all
    ranks can be as frequent where there are some.
    """
    frequency = counted.sum(axis=0)
    return bool(frequency[0] > 0 or (frequency[1:] != draws).any())

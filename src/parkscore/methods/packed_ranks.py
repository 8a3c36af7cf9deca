"""Rank rounded scores through one sort of whole numbers that hold a score and its place."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from parkscore.methods.domain import FloatArray
from parkscore.methods.ranks import RANKS_IN_ORDER

_BITS: Final = 63
_LEAST: Final = 13
"""So many digits to the left at least take all of `_WHOLE` out of a number but the whole number that it holds."""
_WHOLE: Final = 3 * 2.0**51
"""Added to a decimal it rounds it, half to even, and its last digits are those of the whole number."""


def packed_ranks(scores: FloatArray, ties: str, decimals: int, kind: DTypeLike = np.int32) -> NDArray[Any] | None:
    """What `ranking[ties]` gives for the rounded scores; None for scores that are too large to be packed.

    scores: (draws, units). kind: of the ranks, wide enough for so many units. NumPy sorts whole numbers several times
    as fast as it finds the order of decimals, and their last digits tell the places in that order.

    >>> packed_ranks(np.array([[3.0, 5.0, 3.0], [np.nan, 1.0, 2.0]]), "min", 9)
    array([[2, 1, 2],
           [0, 2, 1]], dtype=int32)
    """
    units = scores.shape[1]
    bits = max(_LEAST, units.bit_length())
    most = 2.0 ** (_BITS - bits) - 1
    # The negative sorts the best first, and what has no score last.
    with np.errstate(over="ignore"):
        steps = np.multiply(scores, -(10.0**decimals), order="C")
    low, high = _ends(steps)
    missing = np.isnan(steps) if np.isnan(high) else None
    if missing is not None:
        steps[missing] = 0.0
        low, high = _ends(steps)
    # Less by 1, so that none is rounded to where those without a score stand.
    if not -most <= low <= high <= most - 1:
        return None
    if missing is not None:
        steps[missing] = most
    steps += _WHOLE
    packed = steps.view(np.int64)
    packed <<= bits
    packed |= np.arange(units)
    packed.sort(axis=1)
    ranks = _scattered(packed, bits, ties, kind)
    if missing is not None:
        ranks[missing] = 0
    return ranks


def _ends(steps: FloatArray) -> tuple[float, float]:
    """The least and the largest, 0 where there are none."""
    return (float(steps.min()), float(steps.max())) if steps.size else (0.0, 0.0)


def _scattered(packed: NDArray[np.int64], bits: int, ties: str, kind: DTypeLike) -> NDArray[Any]:
    """The ranks, from the sorted numbers, which this uses up."""
    draws, units = packed.shape
    last = np.int64((1 << bits) - 1)
    in_order: NDArray[Any]
    if _any_as_next(packed.reshape(-1), last):
        starts = np.ones((draws, units), dtype=np.bool_)
        np.greater((packed[:, 1:] ^ packed[:, :-1]).view(np.uint64), np.uint64(last), out=starts[:, 1:])
        in_order = RANKS_IN_ORDER[ties](starts)
    else:
        in_order = np.tile(np.arange(1, units + 1, dtype=kind), draws)
    packed &= last
    packed *= draws
    packed += np.arange(draws)[:, np.newaxis]
    ranks = np.empty(draws * units, dtype=kind)
    ranks[packed.reshape(-1)] = in_order.reshape(-1)
    return ranks.reshape(units, draws).T


def _any_as_next(packed: NDArray[np.int64], last: np.int64) -> bool:
    """Whether one has the score of the next one; in one line, as NumPy is slow at many short ones.

    What ends a draw may seem to have the score that begins the next, which takes time but changes no rank.
    """
    differing = (packed[1:] ^ packed[:-1]).view(np.uint64)
    return differing.size > 0 and int(differing.min()) <= int(last)

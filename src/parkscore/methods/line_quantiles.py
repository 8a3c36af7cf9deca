"""Quantiles of lines of numbers, without putting all their numbers in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray

_STEPS: Final = 2**8 - 1
"""In so many steps from the least number of a line to its largest: NumPy puts bytes in order by counting them, many
times as fast as it does decimals by comparing them."""
_SHORT: Final = 256
"""Lines so short are put in order as fast as they are."""
_CROWD: Final = 8
"""Where more than one number in so many of a line stands at the steps of a quantile, all of the line is put in order,
once for all its quantiles."""


def line_quantiles(lines: FloatArray, shares: Sequence[float]) -> FloatArray:
    """The quantiles of each line, (shares, lines), on the way between neighbours as `numpy.quantile` finds them.

    lines: (lines, numbers), one number at least; a line with a gap has no quantiles. shares: from 0 to 1.

    Source: R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, 1996, definition 7.

    >>> line_quantiles(np.array([[3.0, 1.0], [np.nan, 5.0]]), (0.5,))
    array([[ 2., nan]])
    """
    low, high = lines.min(axis=1), lines.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        steps_of_one = _STEPS / (high - low)
    stepped = np.isfinite(steps_of_one) & (steps_of_one > 0)
    if lines.shape[1] <= _SHORT or not stepped.any():
        return _of_order(lines, shares)
    if not stepped.all():
        found = np.empty((len(shares), len(lines)))
        found[:, stepped] = line_quantiles(lines[stepped], shares)
        found[:, ~stepped] = _of_order(lines[~stepped], shares)
        return found
    steps = lines - low[:, np.newaxis]
    steps *= steps_of_one[:, np.newaxis]
    return _of_steps(lines, steps.astype(np.uint8), shares)


def _of_steps(lines: FloatArray, steps: NDArray[np.uint8], shares: Sequence[float]) -> FloatArray:
    """steps: where each number stands, at least as high as any of the line that is smaller."""
    count, width = lines.shape
    found = np.empty((len(shares), count))
    in_order = np.sort(steps, axis=1, kind="stable")
    crowded = np.zeros(count, dtype=np.bool_)
    for place, share in enumerate(shares):
        below, above, part = _neighbours(share, width)
        least, most = in_order[:, below, np.newaxis], in_order[:, above, np.newaxis]
        before = (in_order >= least).argmax(axis=1)
        # Below the least, a difference begins again from the largest whole number.
        near = np.flatnonzero(steps - least <= most - least)
        line = near // width
        here = np.bincount(line, minlength=count)
        told = here <= width // _CROWD
        if not told.all():
            crowded |= ~told
            near, line, here = near[told[line]], line[told[line]], np.where(told, here, 0)
        numbers = np.full((count, int(here.max())), np.inf)
        numbers[line, np.arange(len(near)) - np.repeat(np.cumsum(here) - here, here)] = lines.ravel()[near]
        numbers.sort(axis=1)
        own = np.flatnonzero(told)
        found[place, own] = _between(numbers[own, (below - before)[own]], numbers[own, (above - before)[own]], part)
    if crowded.any():
        found[:, crowded] = _of_order(lines[crowded], shares)
    return found


def _of_order(lines: FloatArray, shares: Sequence[float]) -> FloatArray:
    in_order = np.sort(lines, axis=1)
    places = [_neighbours(share, lines.shape[1]) for share in shares]
    found = np.stack([_between(in_order[:, below], in_order[:, above], part) for below, above, part in places])
    # A gap stands last.
    found[:, np.isnan(in_order[:, -1])] = np.nan
    return found


def _neighbours(share: float, count: int) -> tuple[int, int, float]:
    """The two among so many numbers in order that a quantile is between, and how far it is on the way."""
    place = share * (count - 1)
    below = int(place)
    return below, min(below + 1, count - 1), place - below


def _between(low: FloatArray, high: FloatArray, part: float) -> FloatArray:
    # Between two infinite numbers there is none.
    with np.errstate(invalid="ignore"):
        return np.asarray(low + (high - low) * part)

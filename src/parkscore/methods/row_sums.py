"""Add up the terms of each unit, many units at a time, to the same last digit wherever a unit stands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parkscore.methods.domain import FloatArray

# Terms that are worked on at once: few enough to stay in the processor's own memory.
_AT_ONCE = 65_536

_LANES = 8
_LONGEST = 128


def blocks(units: int, columns: int) -> Iterator[slice]:
    """The units in pieces of a size that is worked on fastest; no unit's result may depend on them.

    >>> list(blocks(3, 2))
    [slice(0, 3, None)]
    """
    size = max(1, _AT_ONCE // max(columns, 1))
    for first in range(0, units, size):
        yield slice(first, min(first + size, units))


def sums_of_units(terms: FloatArray) -> FloatArray:
    """The sum of each unit's terms; terms: (indicators, units), so that one step adds a term of every unit.

    Added in the order in which NumPy sums a row of contiguous numbers: in eight lanes from the ninth term on.

    >>> sums_of_units(np.array([[1.0, 0.5], [2.0, 0.25]])).tolist()
    [3.0, 0.75]
    """
    # One zero of 0 and -0.
    return np.asarray(_sums(terms) + 0.0)


def _sums(terms: FloatArray) -> FloatArray:
    count = len(terms)
    if count < _LANES:
        return np.asarray(np.add.reduce(terms, axis=0))
    if count > _LONGEST:
        half = count // 2
        half -= half % _LANES
        return _sums(terms[:half]) + _sums(terms[half:])
    whole = count - count % _LANES
    lanes = terms[:_LANES] + terms[_LANES : 2 * _LANES] if whole > _LANES else terms[:_LANES]
    for first in range(2 * _LANES, whole, _LANES):
        lanes += terms[first : first + _LANES]
    pairs = lanes[0::2] + lanes[1::2]
    fours = pairs[0::2] + pairs[1::2]
    total = fours[0] + fours[1]
    for rest in terms[whole:]:
        total += rest
    return np.asarray(total)

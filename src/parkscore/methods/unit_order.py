"""The units in an order that only their values decide, so that no sum over them depends on how a table was sorted."""

from __future__ import annotations

import numpy as np

from parkscore.methods.domain import FloatArray

# 2^64 divided by the golden ratio, an odd number: its powers mix the bits of the columns.
_MIXER = 0x9E3779B97F4A7C15
_HALF = np.uint64(32)


def in_unit_order(X: FloatArray) -> FloatArray:
    """A copy of X, (units, indicators), with its rows in one order whatever theirs was, and -0.0 as 0.0.

    The order itself means nothing. It goes by one number per row, made of the bits of its values, as that is twenty
    times faster than sorting by one column after the other; only where two different rows share that number, which
    takes some luck, is the table sorted by its columns.

    >>> X = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 5.0]])
    >>> bool(np.all(in_unit_order(X) == in_unit_order(X[::-1])))
    True
    """
    table = np.add(X, 0.0, order="C")
    bits = table.view(np.uint64)
    # The low half takes in the high one: round numbers differ in their high bits only.
    numbers = (bits ^ (bits >> _HALF)) @ _multipliers(X.shape[1])
    order = np.argsort(numbers)
    ordered = table[order]
    numbers = numbers[order]
    same = np.flatnonzero(numbers[1:] == numbers[:-1])
    ordered_bits = ordered.view(np.uint64)
    if same.size and not np.array_equal(ordered_bits[same], ordered_bits[same + 1]):
        return np.asarray(table[np.lexsort(table.T)])
    return np.asarray(ordered)


def _multipliers(count: int) -> np.ndarray:
    return np.array([pow(_MIXER, power + 1, 2**64) for power in range(count)], dtype=np.uint64)

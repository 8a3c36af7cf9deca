"""The units in an order that only their values decide, so that no sum over them depends on how a table was sorted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray

BLOCK = 4096
"""So many units at a time stay in the cache of a processor."""

_ONES = np.ones(BLOCK)

# 2^64 divided by the golden ratio, an odd number: its powers mix the bits of the columns.
_MIXER = 0x9E3779B97F4A7C15
_HALF = np.uint64(32)


def in_unit_order(X: FloatArray) -> FloatArray:
    """A copy of X, (units, indicators), with its rows in one order whatever theirs was.

    >>> X = np.array([[1.0, 2.0], [1.0, 4.0], [0.0, 5.0]])
    >>> bool(np.all(in_unit_order(X) == in_unit_order(X[::-1])))
    True
    """
    if 0 < X.size <= BLOCK * X.shape[1]:
        # A small table is brought into the likely order at once, and that is looked at.
        rows = X.take(X[:, 0].argsort(), axis=0)
        if _is_rising(rows[:, 0]):
            return rows
    return X.take(unit_order(X), axis=0)


def blocks_in_unit_order(X: FloatArray) -> Iterator[FloatArray]:
    """All rows in an order that only their values decide, so many at a time as stay in the cache of a processor.

    Of several blocks none is longer than the first, and each has its part of small and large values. The first stays;
    any other holds until the next is asked for, which takes its memory.

    >>> [block.tolist() for block in blocks_in_unit_order(np.array([[2.0], [1.0]]))]
    [[[1.0], [2.0]]]
    """
    if len(X) <= BLOCK:
        yield in_unit_order(X)
        return
    order = unit_order(X)
    count = -(-len(X) // BLOCK)
    yield X.take(order[::count], axis=0)
    memory = np.empty((-(-len(X) // count), X.shape[1]))
    for start in range(1, count):
        rows = order[start::count]
        # All rows exist; "clip" only spares the copy that "raise" makes before it writes.
        yield X.take(rows, axis=0, out=memory[: len(rows)], mode="clip")


def column_sums(block: FloatArray) -> FloatArray:
    """The sum of each column of a block; a product with ones is faster than a sum.

    >>> column_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    sums: FloatArray = _ONES[: len(block)].dot(block)
    return sums


def sums_and_products(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The sum of each column, (indicators,), and XᵀX, (indicators, indicators), both added up in unit order.

    >>> sums_and_products(np.array([[1.0, 2.0], [3.0, 4.0]]))[1]
    array([[10., 14.],
           [14., 20.]])
    """
    parts = [(column_sums(block), block.T @ block) for block in blocks_in_unit_order(X)]
    sums, products = zip(*parts, strict=True)
    return reduce(np.add, sums), reduce(np.add, products)


def unit_order(X: FloatArray) -> NDArray[np.intp]:
    """The row numbers, (units,), that bring X, (units, indicators), into one order whatever its own.

    The order itself means nothing. It goes by the first indicator, if all units differ in it.
    """
    if X.shape[1]:
        order = X[:, 0].argsort()
        first = X[:, 0].take(order)
        if _is_rising(first):
            return order
    return _mixed_order(X)


def _is_rising(x: FloatArray) -> bool:
    return bool(np.count_nonzero(x[1:] > x[:-1]) == len(x) - 1)


def _mixed_order(X: FloatArray) -> NDArray[np.intp]:
    """The order by one number per row, made of the bits of all its values, -0.0 as 0.0.

    That is twenty times faster than sorting by one column after the other, which is left for tables in which two
    different rows share that number; that takes some luck.
    """
    bits = np.add(X, 0.0, order="C").view(np.uint64)
    # The low half takes in the high one: round numbers differ in their high bits only.
    numbers = (bits ^ (bits >> _HALF)) @ _multipliers(X.shape[1])
    order = np.argsort(numbers)
    numbers = numbers[order]
    same = np.flatnonzero(numbers[1:] == numbers[:-1])
    if np.array_equal(bits[order[same]], bits[order[same + 1]]):
        return order
    return np.lexsort(X.T)


@cache
def _multipliers(count: int) -> NDArray[np.uint64]:
    return np.array([pow(_MIXER, power + 1, 2**64) for power in range(count)], dtype=np.uint64)

"""Statistics of columns with gaps, the same to the last digit in any order of the units."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from parkscore.methods.domain import BoolArray, FloatArray
from parkscore.methods.exact_sums import ExactSums, grouped_squares, nearest, sums_of_columns

Divisor = Literal["n", "n-1"]

# A spread this small against the values themselves is what arithmetic leaves behind (0.1 + 0.2 against 0.3), not a
# difference between units; scored, it would turn rounding into full marks and none.
_ROUNDING = 8 * np.finfo(np.float64).eps


def lowest(x: FloatArray) -> FloatArray:
    """The smallest present value of each column; NaN where there is none.

    >>> float(lowest(np.array([3.0, np.nan, 1.0])))
    1.0
    """
    return np.asarray(np.fmin.reduce(x, axis=0, initial=np.nan))


def highest(x: FloatArray) -> FloatArray:
    """The largest present value of each column; NaN where there is none."""
    return np.asarray(np.fmax.reduce(x, axis=0, initial=np.nan))


def is_constant(low: FloatArray, high: FloatArray) -> BoolArray:
    """Whether [low, high] has no width beyond rounding (8 units in the last place); False where either is NaN.

    >>> bool(is_constant(np.float64(0.3), np.float64(0.1 + 0.2)))
    True
    """
    return np.asarray(high - low <= _ROUNDING * np.maximum(np.abs(low), np.abs(high)))


def counts(x: FloatArray) -> FloatArray:
    """The number of present values of each column."""
    return np.asarray(np.count_nonzero(~np.isnan(x), axis=0), dtype=np.float64)


def in_order(x: FloatArray) -> FloatArray:
    """The values of each column from small to large, gaps last: (indicators, units), or (units,) for a single column.

    Whatever is summed in this order is the same to the last digit for any order of the units; as each column lies
    contiguous in memory, it is also the same for a column alone and within a table.
    """
    ordered = np.array(x.T, order="C")
    ordered.sort(axis=-1)
    return ordered


def sums(ordered: FloatArray) -> FloatArray:
    """The sum of the present values along the last axis."""
    return np.asarray(np.where(np.isnan(ordered), 0.0, ordered).sum(axis=-1))


def means(x: FloatArray) -> FloatArray:
    """The mean of the present values of each column; NaN where there is none.

    >>> float(means(np.array([0.1, np.nan, 0.1, 0.1])))
    0.1
    """
    return mean_of(counts(x), sums_of_columns(x).values.reshape(x.shape[1:]), lowest(x), highest(x))


def mean_of(count: FloatArray, total: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """The mean of each column from its number of values, the float nearest to their sum, the lowest and the highest."""
    # Kept within the values: a mean of 0.1, 0.1, 0.1 is 0.1 and not one rounding beside it.
    return np.asarray(np.clip(_ratio(total, count), low, high))


def moments(x: FloatArray, divisor: Divisor) -> tuple[FloatArray, FloatArray]:
    """The mean and the standard deviation of each column; sd 0 where it is constant, both NaN where it is empty."""
    count, low, high, total = counts(x), lowest(x), highest(x), sums_of_columns(x)
    spread = deviation_of(count, total, sums_of_columns(x, grouped_squares), low, high, divisor)
    return mean_of(count, total.values.reshape(count.shape), low, high), spread


def deviation_of(
    count: FloatArray, total: ExactSums, squares: ExactSums, low: FloatArray, high: FloatArray, divisor: Divisor
) -> FloatArray:
    """The standard deviation of each column from exact sums, rounded once; 0 where a column is constant."""
    # One unit for the values, the square of it for their squares.
    exponent = min(total.exponent, squares.exponent // 2)
    whole, square = total.exponent - exponent, squares.exponent - 2 * exponent
    spread = [
        _deviation(int(n), s << whole, q << square, exponent, divisor)
        for n, s, q in zip(count.ravel().tolist(), total.integers(), squares.integers(), strict=True)
    ]
    return np.asarray(np.where(is_constant(low, high), 0.0, np.reshape(spread, count.shape)))


def _deviation(count: int, total: int, squares: int, exponent: int, divisor: Divisor) -> float:
    """√((n Σx² - (Σx)²) / (n d)), d = n or n - 1: nothing cancels, overflows or vanishes before the root is rounded."""
    return root(count * squares - total * total, count * (count - (divisor == "n-1")), exponent)


def root(numerator: int, denominator: int, exponent: int = 0) -> float:
    """The float nearest to 2^exponent √(numerator / denominator); NaN where there is no such ratio.

    >>> root(1, 4), root(2, 1) == math.sqrt(2)
    (0.5, True)
    """
    if denominator <= 0:
        return math.nan
    lift = max(0, (130 + denominator.bit_length() - numerator.bit_length()) // 2)
    lifted = numerator << (2 * lift)
    found = math.isqrt(lifted // denominator)
    follows = found * found * denominator != lifted
    return nearest(2 * found + follows, exponent - lift - 1)


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """A quotient, NaN where the denominator is 0."""
    undefined = np.full(np.shape(numerator), np.nan)
    return np.asarray(np.divide(numerator, denominator, out=undefined, where=denominator > 0))

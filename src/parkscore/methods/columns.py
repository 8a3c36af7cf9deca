"""Statistics of columns with gaps, the same to the last digit in any order of the units."""

from __future__ import annotations

from typing import Literal

import numpy as np

from parkscore.methods.domain import BoolArray, FloatArray

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
    """The mean of the present values of each column; NaN where there is none."""
    return _means(x, in_order(x))


def moments(x: FloatArray, divisor: Divisor) -> tuple[FloatArray, FloatArray]:
    """The mean and the standard deviation of each column; sd 0 where it is constant, both NaN where it is empty.

    The deviations are brought to a size near 1 before they are squared: nothing overflows, nothing vanishes.
    """
    ordered = in_order(x)
    mean = _means(x, ordered)
    from_mean = ordered - mean[..., np.newaxis]
    size = np.fmax.reduce(np.abs(from_mean), axis=-1, initial=0.0)
    size = np.where(size > 0, size, 1.0)
    squares = sums(np.square(from_mean / size[..., np.newaxis]))
    spread = size * np.sqrt(_ratio(squares, counts(x) - (divisor == "n-1")))
    return mean, np.where(is_constant(lowest(x), highest(x)), 0.0, spread)


def _means(x: FloatArray, ordered: FloatArray) -> FloatArray:
    # Kept within the values: a mean of 0.1, 0.1, 0.1 is 0.1 and not one rounding beside it.
    return np.asarray(np.clip(_ratio(sums(ordered), counts(x)), lowest(x), highest(x)))


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """A quotient, NaN where the denominator is 0."""
    undefined = np.full(np.shape(numerator), np.nan)
    return np.asarray(np.divide(numerator, denominator, out=undefined, where=denominator > 0))

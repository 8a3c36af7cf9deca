"""Twelve digits: how point rules compare a computed value with a threshold as it is written."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from parkscore.methods.domain import FloatArray

DIGITS = 12
"""Significant digits that count: what a computation adds beyond them is rounding, and moves nobody past a threshold."""

# Exact as decimals are; below the smallest of them a value is as good as zero and stays as it is.
_SMALLEST, _LARGEST = -280, 300
_POWERS = np.array([float(f"1e{power}") for power in range(_LARGEST + 1)])


def to_digits(x: ArrayLike) -> FloatArray:
    """The values rounded to twelve significant digits, so that 0.1 + 0.2 is 0.3 and reaches a threshold of 30 %.

    Rounding never turns an order round: a larger value stays larger or becomes equal. A gap stays a gap. A difference
    that should be zero and is not, such as 0.3 - 0.2 - 0.1, keeps its sign: it has no digits to spare.

    >>> to_digits([0.1 + 0.2, 0.3]).tolist()
    [0.3, 0.3]
    """
    values = np.asarray(x, dtype=np.float64)
    size = np.abs(values)
    rounds = (size >= 10.0**_SMALLEST) & np.isfinite(size)
    exponent = np.floor(np.log10(np.where(rounds, size, 1.0))).astype(np.int64)
    shift = np.where(rounds, DIGITS - 1 - exponent, 0)
    up, down = _POWERS[np.maximum(shift, 0)], _POWERS[np.maximum(-shift, 0)]
    whole = np.rint(np.where(rounds, values, 0.0) * up / down)
    # A value that rounds up to the next power of ten becomes what that power becomes itself.
    carried = np.abs(whole) >= 10.0**DIGITS
    whole, shift = np.where(carried, whole / 10.0, whole), shift - carried
    up, down = _POWERS[np.maximum(shift, 0)], _POWERS[np.maximum(-shift, 0)]
    return np.asarray(np.where(rounds, whole * down / up, values))


def shown(number: float) -> str:
    """A number as it was written: `5%` where it was a percentage, no point behind a whole number.

    >>> shown(200000000.0), shown(0.05)
    ('200000000', '0.05')
    """
    if type(number) is float and math.isfinite(number) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)

"""Whole numbers and decimals as a person with a pocket calculator would round them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_DECIMALS: Final = 12
# 0.29 / 0.01 is 28.999999999999996 in binary. What lies this near to a whole number, or to a half, is meant to be it.
_NEAR: Final = 1e-12
_NEAR_AT_MOST: Final = 1e-6
# From here on a float, counted in the last decimal that is kept, has nothing to round.
_ALL_WHOLE: Final = 2.0**52


def round_down(values: Floats) -> Floats:
    """The largest whole number that is not above, read to twelve digits.

    >>> round_down(np.array([2.7, -2.7, 0.29 / 0.01]))
    array([ 2., -3., 29.])
    """
    nearest = np.rint(values)
    margin = np.minimum(_NEAR * np.maximum(np.abs(values), 1.0), _NEAR_AT_MOST)
    # Adding 0 makes a plain zero of -0.
    return np.asarray(np.where(np.abs(values - nearest) <= margin, nearest, np.floor(values)) + 0.0)


def round_up(values: Floats) -> Floats:
    """The smallest whole number that is not below, read to twelve digits.

    >>> round_up(np.array([2.1, -2.1, 0.07 * 100]))
    array([ 3., -2.,  7.])
    """
    return np.asarray(-round_down(-values) + 0.0)


def round_half_up(values: Floats, decimals: int = 0) -> Floats:
    """The nearest decimal, halves away from zero, as 四舍五入 is taught; 1.005 is a half though its float lies below.

    >>> round_half_up(np.array([2.5, -2.5, 0.49]))
    array([ 3., -3.,  0.])
    >>> round_half_up(np.array([1.005]), 2)
    array([1.01])
    """
    scale = 10.0**decimals
    has_decimals = np.abs(values) < _ALL_WHOLE / scale
    sizes = np.where(has_decimals, np.abs(values), 0.0) * scale
    rounded = np.copysign(round_down(sizes + 0.5) / scale, values) + 0.0
    return np.asarray(np.where(has_decimals, rounded, values))

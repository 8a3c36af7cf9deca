"""Round points as a table declares it: on the decimal number that is printed, never on its binary neighbour."""

from __future__ import annotations

import decimal
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.points_digits import DIGITS

Rounding = Literal["half_up", "half_even", "down", "up"]

WAYS: Final = MappingProxyType(
    {
        "half_up": Text("四舍五入", "halves away from zero"),
        "half_even": Text("四舍六入五成双", "halves to the even digit"),
        "down": Text("舍去尾数", "toward zero"),
        "up": Text("进一", "away from zero"),
    }
)
"""The ways of rounding, in words."""
MOST_DECIMALS: Final = 10

_MODES: Final = MappingProxyType(
    {
        "half_up": decimal.ROUND_HALF_UP,
        "half_even": decimal.ROUND_HALF_EVEN,
        "down": decimal.ROUND_DOWN,
        "up": decimal.ROUND_UP,
    }
)
# Numbers of 1e150 are whole; all their digits must fit.
_CONTEXT: Final = decimal.Context(prec=400)


def rounded(points: ArrayLike, decimals: int, how: Rounding) -> FloatArray:
    """Points rounded to so many decimals; negative points are mirrored, as a deduction of 2.5 is one of 3 by half_up.

    points: any shape; a gap stays a gap. Each number is first read to twelve significant digits, as it is printed, so
    that 0.1 + 0.2 goes `up` to 0.3 at one decimal and 1.005, whose float lies below, is a half. A number too large for
    twelve digits to hold its decimals is read with all its digits.

    Raises DomainError for decimals that are no whole number from 0 to 10, an unknown way, and infinite points.

    >>> rounded([2.5, 3.5, -2.5, 2.4], 0, "half_up").tolist()
    [3.0, 4.0, -3.0, 2.0]
    >>> rounded([2.5, 3.5, -2.5, 0.125], 0, "half_even").tolist()
    [2.0, 4.0, -2.0, 0.0]
    >>> rounded([1.005, 0.1 + 0.2], 2, "half_up").tolist(), rounded([0.1 + 0.2], 1, "up").tolist()
    ([1.01, 0.3], [0.3])
    """
    _refuse(decimals, how)
    values = np.asarray(points, dtype=np.float64)
    if np.isinf(values).any():
        raise DomainError(Text("得分超出可表示的范围", "points beyond all numbers"))
    known = ~np.isnan(values)
    # Points are few numbers, each written many times.
    distinct, places = np.unique(values[known], return_inverse=True)
    result = np.full(values.shape, np.nan)
    result[known] = np.array([_round(float(each), decimals, how) for each in distinct], dtype=np.float64)[places]
    return result


def _refuse(decimals: int, how: str) -> None:
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= MOST_DECIMALS:
        reason = Text(
            f"小数位数应为 0 到 {MOST_DECIMALS} 的整数，而不是 {decimals!r}",
            f"decimals are a whole number from 0 to {MOST_DECIMALS}, not {decimals!r}",
        )
        raise DomainError(reason)
    if how not in WAYS:
        known = ", ".join(WAYS)
        raise DomainError(Text(f"没有 {how!r} 这种取整，可用：{known}", f"no rounding {how!r}; known: {known}"))


def _round(number: float, decimals: int, how: str) -> float:
    """One number; two digits beyond the last decimal must be among the twelve, or all are read."""
    fits = abs(number) < 10.0 ** (DIGITS - 2 - decimals)
    written = decimal.Decimal(f"{number:.{DIGITS}g}" if fits else repr(number))
    step = decimal.Decimal(1).scaleb(-decimals)
    # Adding 0 makes a plain zero of -0.
    return float(written.quantize(step, rounding=_MODES[how], context=_CONTEXT)) + 0.0

"""What a treatment makes of a column in order, looked at a block at a time: in memory, or in a file larger than it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from parkscore.methods.domain import FloatArray
from parkscore.methods.records import Action, Treated, TreatmentRecord
from parkscore.methods.transformations import Transformation

Making = Callable[[FloatArray], FloatArray]
"""What is made of values one by one."""

Shape = tuple[float, float]
"""Skewness and excess kurtosis, adjusted for the sample; NaN where there are none."""

# A shape needs four values: the adjusted kurtosis divides by n - 3.
_FEWEST: Final = 4
_BLOCK: Final = 1 << 16


def sum_in_blocks(in_order: FloatArray, terms: Callable[[FloatArray], FloatArray]) -> float:
    """The sum of what becomes of the values, block by block, added up as NumPy adds up all of it at once.

    >>> float(sum_in_blocks(np.array([1.0, 2.0, 3.0]), np.square))
    14.0
    """
    n = in_order.size
    if n <= _BLOCK:
        return float(terms(np.asarray(in_order)).sum())
    # Halves of a whole number of eights, as in NumPy's pairwise sums.
    half = n // 2 - n // 2 % 8
    return sum_in_blocks(in_order[:half], terms) + sum_in_blocks(in_order[half:], terms)


def shape_in_order(in_order: FloatArray, made: Making | None = None) -> Shape:
    """Skewness and excess kurtosis as in Excel's SKEW and KURT (G1 and G2); (NaN, NaN) for fewer than four values.

    in_order: (n,) from small to large, without gaps. made: what is made of the values first. Equal values have no
    shape either.

    >>> [round(number, 4) for number in shape_in_order(np.array([1.0, 2.0, 3.0, 10.0]))]
    [1.7636, 3.228]
    """

    def own(block: FloatArray) -> FloatArray:
        return block if made is None else made(block)

    n = in_order.size
    if n < _FEWEST:
        return math.nan, math.nan
    low, high = _ends(in_order, own)
    if low == high:
        return math.nan, math.nan
    mean = sum_in_blocks(in_order, own) / n
    # Brought to a size near 1 before the fourth power.
    farthest = max(abs(low - mean), abs(high - mean))
    deviation = math.sqrt(sum_in_blocks(in_order, lambda block: np.square((own(block) - mean) / farthest)) / (n - 1))

    def z(block: FloatArray) -> FloatArray:
        return np.asarray((own(block) - mean) / farthest / deviation)

    def cubes(block: FloatArray) -> FloatArray:
        scaled = z(block)
        return np.asarray(np.square(scaled) * scaled)

    skewness = n / ((n - 1) * (n - 2)) * sum_in_blocks(in_order, cubes)
    fourths = sum_in_blocks(in_order, lambda block: np.square(np.square(z(block))))
    fourth = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourths
    return skewness, fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _ends(in_order: FloatArray, own: Callable[[FloatArray], FloatArray]) -> tuple[float, float]:
    return float(own(np.asarray(in_order[:1]))[0]), float(own(np.asarray(in_order[-1:]))[0])


def passes(shape: Shape, skew: float, kurtosis: float) -> bool:
    """The rule: either is small enough; a column that has no shape has no outlier either."""
    return math.isnan(shape[0]) or abs(shape[0]) < skew or shape[1] < kurtosis


class Look(NamedTuple):
    """What a treatment makes of a column, and what a record calls it: `none` where no value changes."""

    action: Action
    made: Transformation | None = None
    power: float = math.nan


NOTHING: Final = Look("none")


def recorded(
    in_order: FloatArray, look: Callable[[FloatArray, Shape], Look], skew: float, kurtosis: float
) -> TreatmentRecord:
    """What a treatment does to a column, with its shape before and after and the verdict.

    in_order: (n,) from small to large, without gaps; look: given the values and their shape.
    """
    before = shape_in_order(in_order)
    action, made, power = look(in_order, before)
    after = before if action == "none" else shape_in_order(in_order, None if made is None else made.of)
    points = _beyond(in_order, made) if action == "winsorised" and made is not None else 0
    return TreatmentRecord(action, points, *before, *after, passes(after, skew, kurtosis), power, made)


def recorded_alone(in_order: FloatArray, made: Making, skew: float, kurtosis: float) -> TreatmentRecord:
    """As `recorded`, of a function that takes nothing from the column and is the same for all; it must rise."""
    after = shape_in_order(in_order, made)
    action: Action = "log" if in_order.size else "none"
    return TreatmentRecord(action, 0, *shape_in_order(in_order), *after, passes(after, skew, kurtosis))


def _beyond(in_order: FloatArray, caps: Transformation) -> int:
    """How many values caps change."""
    low, high = caps.numbers
    return int(np.searchsorted(in_order, low) + in_order.size - np.searchsorted(in_order, high, side="right"))


def treated_in_order(X: FloatArray, record: Callable[[FloatArray], TreatmentRecord]) -> Treated:
    """Treat each column by what its present values in order say."""
    treated, records = X.copy(), []
    for column in treated.T:
        present = ~np.isnan(column)
        values = column[present]
        records.append(own := record(np.sort(values)))
        if own.action != "none" and own.made is not None:
            column[present] = own.made.of(values)
    return Treated(treated, records)


def extremes(in_order: FloatArray, most: int, highest: bool) -> Iterator[Transformation]:
    """The caps that draw in ever more points at one end, at most so many, as long as they leave two values apart."""
    ordered = in_order[::-1] if highest else in_order
    last = float(ordered[-1])
    for cap in np.asarray(ordered[1 : most + 1]).tolist():
        if cap == last:
            return
        yield Transformation("caps", (-math.inf, cap) if highest else (cap, math.inf))


def quantile_in_order(in_order: FloatArray, share: float) -> float:
    """A quantile, linear between the values on either side, to the last bit as NumPy has it (type 7).

    >>> quantile_in_order(np.array([1.0, 2.0, 4.0]), 0.75)
    3.0
    """
    place = (in_order.size - 1) * share
    first = math.floor(place)
    below, above = float(in_order[first]), float(in_order[min(first + 1, in_order.size - 1)])
    part, step = place - first, above - below
    return above - step * (1 - part) if part >= 0.5 else below + step * part

"""Compare a unit with its peers: those of the same year and class."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from parkscore.data.classes import classify
from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, Vector, rows_by_value
from parkscore.data.table import Table
from parkscore.framework.models import Framework

# The median absolute deviation of a normal distribution times this is its standard deviation.
_TO_STANDARD_DEVIATION = 1.482602218505602


class Group(NamedTuple):
    """A year and a class, whose units are compared with each other; "" for units without a class."""

    year: int | None
    name: str


ANYBODY: Final = Group(None, "")
"""Units of all years and classes."""


def peers(framework: Framework, table: Table) -> Iterator[tuple[Group, Rows]]:
    """The rows of each year and class; units without a class are compared with each other."""
    found = classify(framework, table)
    names = None if found is None else np.array([name or "" for name in found.names], dtype=object)
    for year, own in years_of(table):
        if names is None:
            yield Group(year, ""), own
        else:
            yield from ((Group(year, str(name)), rows) for name, rows in rows_by_value(names, own))


class Spread(NamedTuple):
    """The median of some values, and their robust standard deviation; both NaN where there are none."""

    median: float
    deviation: float

    def z(self, values: Vector) -> Vector:
        """How many robust standard deviations each value is from the median; NaN where these say nothing."""
        return (values - self.median) / self.deviation if self.deviation > 0 else np.full(values.shape, np.nan)


NO_SPREAD: Final = Spread(math.nan, math.nan)
"""That of no values."""


def spread_of(values: Vector) -> Spread:
    """The spread of values, (n,), NaN for gaps.

    The robust standard deviation is 1.4826 times the median absolute deviation (Iglewicz and Hoaglin 1993, How to
    Detect and Handle Outliers). Where more than half of the values are equal it is 0 and says nothing.

    >>> spread = spread_of(np.array([1.0, 2.0, 3.0, 4.0, 100.0]))
    >>> spread.median, spread.z(np.array([1.0, 100.0])).round(2).tolist()
    (3.0, [-1.35, 65.43])
    """
    present = values[~np.isnan(values)]
    if not present.size:
        return NO_SPREAD
    median = float(np.median(present))
    return Spread(median, _TO_STANDARD_DEVIATION * float(np.median(np.abs(present - median))))


def spread_in_order(values: Vector) -> Spread:
    """The same, to the last bit, of values from small to large, none missing; it looks at a few of them only.

    >>> spread_in_order(np.array([1.0, 2.0, 3.0, 4.0, 100.0])) == spread_of(np.array([1.0, 2.0, 3.0, 4.0, 100.0]))
    True
    """
    count = len(values)
    if not count:
        return NO_SPREAD
    middle = range((count - 1) // 2, count // 2 + 1)
    median = float(np.median([float(values[place]) for place in middle]))
    deviations = [_nearest(values, median, place) for place in middle]
    return Spread(median, _TO_STANDARD_DEVIATION * float(np.median(deviations)))


def _nearest(values: Vector, centre: float, rank: int) -> float:
    """How far the value is from the centre that `rank` others are nearer to; values: from small to large.

    The nearest stand side by side: the first of them is found by halving.
    """
    low, high = 0, len(values) - 1 - rank
    while low < high:
        place = (low + high) // 2
        if abs(float(values[place]) - centre) > abs(float(values[place + rank + 1]) - centre):
            low = place + 1
        else:
            high = place
    return max(abs(float(values[place]) - centre) for place in (low, low + rank))

"""Compare a unit with its peers: those of the same year and class."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from parkscore.data.classes import classify
from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, Vector, rows_by_value
from parkscore.data.table import Table
from parkscore.framework.models import Framework

# The median absolute deviation of a normal distribution times this is its standard deviation.
_TO_STANDARD_DEVIATION = 1.482602218505602


def peers(framework: Framework, table: Table) -> Iterator[Rows]:
    """The rows of each year and class; units without a class are compared with each other."""
    found = classify(framework, table)
    names = None if found is None else np.array([name or "" for name in found.names], dtype=object)
    for _, own in years_of(table):
        if names is None:
            yield own
        else:
            yield from (rows_of_class for _, rows_of_class in rows_by_value(names, own))


def robust_z(values: Vector) -> tuple[Vector, float]:
    """How many robust standard deviations each value is from the median, and the median.

    values: (n,), NaN for gaps. The robust standard deviation is 1.4826 times the median absolute deviation (Iglewicz
    and Hoaglin 1993, How to Detect and Handle Outliers). Where more than half of the values are equal it is 0 and says
    nothing: every z is NaN, as for gaps.

    >>> z, median = robust_z(np.array([1.0, 2.0, 3.0, 4.0, 100.0]))
    >>> median, z.round(2).tolist()
    (3.0, [-1.35, -0.67, 0.0, 0.67, 65.43])
    """
    present = values[~np.isnan(values)]
    if not present.size:
        return np.full(values.shape, np.nan), math.nan
    median = float(np.median(present))
    spread = _TO_STANDARD_DEVIATION * float(np.median(np.abs(present - median)))
    return (values - median) / spread if spread > 0 else np.full(values.shape, np.nan), median

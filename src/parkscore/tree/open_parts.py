"""How far parts of a condition are open that look at several years, or at the other units of a group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Rows, Truths, Vector, rows_by_value
from parkscore.framework.formula.groups import Groups
from parkscore.methods.points_digits import to_digits
from parkscore.tree.verdicts import OPEN, TRUE, Codes

Years = NDArray[np.int64]


def years_that_hold(codes: Codes, earlier: Sequence[Rows]) -> tuple[Vector, Vector]:
    """The least and the most years in which a condition holds, (rows,) each.

    codes: its truth at each row. earlier: for each of the years the row of the same unit in it, -1 where there is none;
    a year that is not in the data is one of which it cannot be told.
    """
    each_year = np.stack([np.where(rows >= 0, codes[rows], OPEN) for rows in earlier])
    sure = (each_year == TRUE).sum(axis=0).astype(np.float64)
    return sure, sure + (each_year == OPEN).sum(axis=0)


def places_from_bottom(
    low: Vector, high: Vector, groups: Groups, missing: Truths | None = None, years: Years | None = None
) -> tuple[Vector, Vector]:
    """The best and the worst place from the bottom that each row can have in its group, 1 the lowest, (rows,) each.

    low, high: the least and the most of what is ranked; NaN has no place. Others that are surely lower count for both,
    those that may be lower for the second: among them the rows whose value is `missing`, and in the years of a row
    those of which the group is not known. Values are compared to twelve significant digits.

    >>> groups = Groups(np.zeros(3, dtype=np.intp), np.zeros(3, dtype=np.int8))
    >>> places_from_bottom(np.array([1.0, 2.0, 0.0]), np.array([1.0, 2.0, 1.5]), groups)
    (array([1., 3., 1.]), array([2., 3., 2.]))
    """
    low, high = to_digits(low), to_digits(high)
    least, most = np.full(len(low), np.nan), np.full(len(low), np.nan)
    known: Truths = ~np.isnan(low) & ~np.isnan(high)
    grouped: Truths = groups.reasons == 0
    gone: Truths = np.zeros_like(known) if missing is None else missing & ~known
    valueless = np.bincount(groups.numbers[grouped & gone], minlength=groups.numbers.max(initial=0) + 1)
    for number, own in rows_by_value(groups.numbers, np.flatnonzero(known & grouped)):
        lower_for_sure = np.searchsorted(np.sort(high[own]), low[own], side="left")
        perhaps_lower = np.searchsorted(np.sort(low[own]), high[own], side="left")
        least[own] = lower_for_sure + 1
        itself = low[own] < high[own]  # an open row is not lower than itself
        most[own] = perhaps_lower + 1 - itself + valueless[number]
    return least, most + _of_unknown_groups(low, high, known, gone, ~grouped, years)


def _of_unknown_groups(
    low: Vector, high: Vector, known: Truths, gone: Truths, ungrouped: Truths, years: Years | None
) -> Vector:
    """How many rows without a group may be lower than each row, if they are of its group."""
    count = np.zeros(len(low))
    each_year = np.zeros(len(low), dtype=np.int64) if years is None else years
    for year in np.unique(each_year[ungrouped]).tolist():
        of_year = each_year == year
        lows = np.sort(low[ungrouped & of_year & known])
        valueless = np.count_nonzero(ungrouped & of_year & gone)
        count[of_year] = np.searchsorted(lows, high[of_year], side="left") + valueless
    return count

"""Scoring rules that count the units a unit leaves behind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from parkscore.methods.columns import counts
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Meaning
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
    DIRECTION,
    TO,
    Direction,
    Pair,
    Stated,
    between,
    falling_ends,
    is_higher_better,
)

_AMONG = Meaning(
    "与之比较的数值；不给则为全部评价对象自身",
    "the values that are counted; those of the units themselves where not given",
    "indicator",
)
# The same allowance as a constant column has: 0.1 + 0.2 does not stand above 0.3.
_ROUNDING = 8 * np.finfo(np.float64).eps
_OBEYS = {"unit order", "indicator order", "shift of an indicator", "scaling of an indicator", "monotone"}


class InOrder(np.ndarray[tuple[Any, ...], np.dtype[np.float64]]):
    """The values of a single column that are counted, none missing and from small to large already.

    >>> rank([7.0, 9.0, np.nan], among=np.array([1.0, 7.0, 8.0]).view(InOrder))
    array([ 2.,  4., nan])
    """


def _worse_than_in_order(x: FloatArray, among: InOrder, direction: Direction) -> FloatArray:
    """As `_worse`, of a single column; values that are looked up in order are found in one way through the others."""
    higher = bool(is_higher_better(direction))
    limits = x - _ROUNDING * np.abs(x) if higher else x + _ROUNDING * np.abs(x)
    order = np.argsort(limits)
    places = np.searchsorted(among, limits[order], side="left" if higher else "right")
    worse = np.empty(x.shape)
    worse[order] = places if higher else among.size - places
    return np.where(np.isnan(x), np.nan, worse)


def _worse(x: FloatArray, among: FloatArray | None, direction: Direction) -> FloatArray:
    """How many of the values `among` are worse than each value of x, by more than rounding; a gap stays a gap."""
    if isinstance(among, InOrder):
        return _worse_than_in_order(x, among, direction)
    sign = np.where(is_higher_better(direction), 1.0, -1.0)
    gains = np.atleast_2d((sign * x).T)
    known = gains if among is None else np.atleast_2d((sign * among).T)
    below = np.empty(gains.shape)
    for row, (values, others) in enumerate(zip(gains, known, strict=True)):
        in_order = np.sort(others[~np.isnan(others)])
        below[row] = np.searchsorted(in_order, values - _ROUNDING * np.abs(values), side="left")
    below = np.where(np.isnan(gains), np.nan, below)
    return np.asarray(below.T if x.ndim == 2 else below[0])


def _from_one(_stated: Stated) -> Interval:
    return Interval(1.0, math.inf, "always")


def _from_zero(_stated: Stated) -> Interval:
    return Interval(0.0, math.inf, "always")


def _between_ends(stated: Stated) -> Interval:
    worst, best = stated.get("to", (0.0, 1.0))
    return Interval(worst, best, "always")


@scoring(
    "rank",
    zh="名次赋分（最差者 1 分）",
    en="Rank score",
    formula="s = 1 + #{worse}; ties share the lower score; a gap is not counted",
    obeys=_OBEYS,
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (ranking)",
    golden="asem_rank",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "n_rank, but for three cells that differ by rounding",
    parameters={"direction": DIRECTION, "among": _AMONG},
    needs_sort=True,
    score_range=_from_one,
)
def rank(x: FloatArray, *, direction: Direction = 1, among: FloatArray | None = None) -> FloatArray:
    """One more than the number of units that are worse: the worst has 1, the best of n has n.

    x: (units,) or (units, indicators); a gap stays a gap and is not counted. among: the units that are counted, where
    they are others than those scored. Units that are equal, or differ by rounding only, share the lower score. The
    score of a unit depends on the others.

    >>> rank([7.0, 9.0, 7.0, np.nan, 1.0])
    array([ 2.,  4.,  2., nan,  1.])
    >>> rank([7.0, 9.0, 1.0], direction=-1)
    array([2., 1., 3.])
    """
    return 1.0 + _worse(x, among, direction)


@scoring(
    "borda",
    zh="波达计分",
    en="Borda count",
    formula="s = #{worse}; ties share the lower score; a gap is not counted",
    obeys=_OBEYS,
    reference="Borda, Memoire sur les elections au scrutin, 1781",
    golden="asem_borda",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "n_borda, but for three cells that differ by rounding",
    parameters={"direction": DIRECTION, "among": _AMONG},
    needs_sort=True,
    score_range=_from_zero,
)
def borda(x: FloatArray, *, direction: Direction = 1, among: FloatArray | None = None) -> FloatArray:
    """The number of units that are worse: the worst has 0, the best of n has n - 1.

    x: (units,) or (units, indicators); a gap stays a gap and is not counted. among: the units that are counted, where
    they are others than those scored. Units that are equal, or differ by rounding only, share the lower score. The
    score of a unit depends on the others.

    >>> borda([7.0, 9.0, 7.0, np.nan, 1.0])
    array([ 1.,  3.,  1., nan,  0.])
    """
    return _worse(x, among, direction)


@scoring(
    "percentile",
    zh="百分位排名",
    en="Percentile rank",
    formula="s = a + (b - a) #{worse} / (n - 1); ties share the lower score; a gap is not counted",
    obeys=_OBEYS,
    reference="COINr 1.1.14, n_prank; the percent rank of SQL:2003 and of spreadsheets",
    golden="asem_prank",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "n_prank, but for three cells that differ by rounding",
    parameters={"direction": DIRECTION, "among": _AMONG, "to": TO},
    needs_sort=True,
    relations=falling_ends,
    score_range=_between_ends,
)
def percentile(
    x: FloatArray, *, direction: Direction = 1, among: FloatArray | None = None, to: Pair = (0.0, 1.0)
) -> FloatArray:
    """The share of the other units that are worse, between the ends of `to`.

    x: (units,) or (units, indicators); a gap stays a gap and is not counted. among: the units that are counted, where
    they are others than those scored; better than all of them is no more than the top. Units that are equal, or differ
    by rounding only, share the lower score. A unit that is alone gets the middle. The score of a unit depends on the
    others.

    >>> percentile([7.0, 9.0, 8.0, 7.0, np.nan, 1.0], to=(0, 100))
    array([ 25., 100.,  75.,  25.,  nan,   0.])
    >>> percentile([7.0])
    array([0.5])
    """
    number = np.asarray(float(among.size)) if isinstance(among, InOrder) else counts(x if among is None else among)
    others = number - 1
    share = _worse(x, among, direction) / np.where(others > 0, others, 1.0)
    return between(np.where((others <= 0) & ~np.isnan(x), 0.5, share), to, clip=True)

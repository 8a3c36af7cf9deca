"""Imputations: gaps become values, and every value that was there stays as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text
from parkscore.methods.columns import counts, means
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.parameters import Meaning
from parkscore.methods.partial_fits import ENDS, Gathered, GatheredName, mean_from
from parkscore.methods.registry import imputation
from parkscore.methods.score_scale import Statistic, statistic

_ALWAYS = {"unit order", "indicator order", "present cells"}
_HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 3 (imputation)"


_GROUPS = Meaning("每个评价对象的组号；负数为不属于任何组", "the group of each unit; below zero for none")


_MEAN: tuple[GatheredName, ...] = ("count", *ENDS, "sum")


def _mean_from(gathered: Gathered, **_stated: object) -> dict[str, Statistic]:
    """The value that fills the gaps."""
    return {"value": statistic(mean_from(gathered))}


def _median_in_order(values: FloatArray, **_stated: object) -> dict[str, Statistic]:
    """The value that fills the gaps, of present values from small to large."""
    n = values.size
    return {"value": float((values[(n - 1) // 2] + values[n // 2]) / 2) if n else math.nan}


def _fill(X: FloatArray, values: FloatArray) -> FloatArray:
    """A copy with the gaps filled; where the value is NaN the gap stays."""
    return np.where(np.isnan(X), values, X)


@imputation(
    "none",
    zh="不填补",
    en="No imputation",
    formula="x",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference=_HANDBOOK,
    golden="hdi_2021",
    golden_source="UNDP, Human Development Report 2021-22, table 1: no HDI for four countries with a gap",
)
def none(X: FloatArray) -> FloatArray:
    """Leave every gap; the aggregation hands its share to the scores that are present.

    X: (units, indicators). Returns a copy.

    >>> none([[1.0], [np.nan]])
    array([[ 1.],
           [nan]])
    """
    return X.copy()


@imputation(
    "zero",
    zh="以零填补",
    en="Zero",
    formula="gap -> 0",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference=_HANDBOOK,
    golden="pandas_fillna",
    golden_source="pandas 3.1 documentation, DataFrame.fillna",
)
def zero(X: FloatArray) -> FloatArray:
    """Read a gap as 0: for counts where nothing reported means none, and nowhere else.

    X: (units, indicators). Returns a filled copy.

    >>> zero([[1.0], [np.nan]])
    array([[1.],
           [0.]])
    """
    return _fill(X, np.zeros(X.shape[1]))


@imputation(
    "mean",
    zh="均值填补",
    en="Mean",
    formula="gap -> Σx / n",
    obeys=_ALWAYS,
    reference=_HANDBOOK,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Imputation",
    gathers=_MEAN,
    fit_gathered=_mean_from,
)
def mean(X: FloatArray) -> FloatArray:
    """Fill a gap with the mean of the units that have a value; a column with none stays empty.

    X: (units, indicators). Returns a filled copy.

    >>> mean([[1.0], [np.nan], [4.0]]).ravel()
    array([1. , 2.5, 4. ])
    """
    return _fill(X, means(X))


@imputation(
    "median",
    zh="中位数填补",
    en="Median",
    formula="gap -> median(x)",
    obeys=_ALWAYS,
    reference=_HANDBOOK,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Imputation",
    needs_sort=True,
    fit_in_order=_median_in_order,
)
def median(X: FloatArray) -> FloatArray:
    """Fill a gap with the median of the units that have a value; a column with none stays empty.

    X: (units, indicators). The median of an even number of values is the mean of the middle two. Returns a filled copy.

    >>> median([[1.0], [np.nan], [2.0], [9.0]]).ravel()
    array([1., 2., 2., 9.])
    """
    if X.shape[0] == 0:
        return X.copy()
    in_order = np.sort(X, axis=0)
    n = counts(X).astype(np.intp)
    # An empty column has only NaN in it, so any row of it says so.
    below, above = np.maximum(n - 1, 0) // 2, n // 2
    columns = np.arange(X.shape[1])
    above = np.minimum(above, X.shape[0] - 1)
    return _fill(X, (in_order[below, columns] + in_order[above, columns]) / 2)


@imputation(
    "group_mean",
    zh="组均值填补",
    en="Group mean",
    formula="gap -> Σx / n within the unit's group",
    obeys=_ALWAYS,
    reference=_HANDBOOK,
    golden="asem_imputed",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "i_mean_grp by EurAsia_group",
    parameters={"groups": _GROUPS},
    gathers=_MEAN,
    fit_gathered=_mean_from,
)
def group_mean(X: FloatArray, *, groups: NDArray[np.integer[Any]]) -> FloatArray:
    """Fill a gap with the mean of the units of the same group that have a value.

    X: (units, indicators); groups: (units,) whole numbers, below 0 for a unit without a group. A gap stays where the
    unit has no group, or no unit of its group has a value. Returns a filled copy.
    Raises DomainError where groups does not give one whole number per unit.

    >>> group_mean([[1.0], [3.0], [np.nan], [np.nan]], groups=[0, 0, 0, 1]).ravel()
    array([ 1.,  3.,  2., nan])
    """
    return _by_group(X, groups, lambda members: _fill(members, means(members)))


@imputation(
    "group_median",
    zh="组中位数填补",
    en="Group median",
    formula="gap -> median(x) within the unit's group",
    obeys=_ALWAYS,
    reference=_HANDBOOK,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Imputation",
    parameters={"groups": _GROUPS},
    needs_sort=True,
    fit_in_order=_median_in_order,
)
def group_median(X: FloatArray, *, groups: NDArray[np.integer[Any]]) -> FloatArray:
    """Fill a gap with the median of the units of the same group that have a value.

    X: (units, indicators); groups as for `group_mean`, and so are the gaps that stay. Returns a filled copy.
    Raises DomainError where groups does not give one whole number per unit.

    >>> group_median([[1.0], [2.0], [9.0], [np.nan], [np.nan]], groups=[0, 0, 0, 0, 1]).ravel()
    array([ 1.,  2.,  9.,  2., nan])
    """
    return _by_group(X, groups, median.function)


def _by_group(X: FloatArray, groups: NDArray[np.integer[Any]], fill: Callable[[FloatArray], FloatArray]) -> FloatArray:
    codes = np.asarray(groups)
    if codes.shape != X.shape[:1] or (codes.size and codes.dtype.kind not in "iu"):
        raise DomainError(Text("每个评价对象应有一个整数组号", "each unit needs a whole number as its group"))
    filled = X.copy()
    # Sorted once, so that many small groups cost no more than few large ones.
    order = np.argsort(codes, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if members.size and codes[members[0]] >= 0:
            filled[members] = fill(X[members])
    return filled

"""Imputations over years: a gap is filled from the same unit's own values in other years."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, DomainError, FloatArray
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import imputation

_ALWAYS = {"unit order", "indicator order", "present cells"}
_PARAMETERS = {
    "units": Meaning("每行属于哪个评价对象的编号", "the number of the unit that each row belongs to"),
    "years": Meaning("每行的年份", "the year of each row"),
}
Codes = NDArray[np.integer[Any]]
Positions = NDArray[np.intp]


@imputation(
    "last_year",
    zh="以上年数据填补",
    en="Last year's value",
    formula="gap in year t -> x of the same unit in year t - 1",
    obeys=_ALWAYS,
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 3 (cold deck imputation)",
    golden="asem_panel",
    golden_source="COINr 1.1.14 (R), test of impute_panel on the ASEM panel that it ships",
    parameters=_PARAMETERS,
)
def last_year(X: FloatArray, *, units: Codes, years: Codes) -> FloatArray:
    """Fill a gap with the value that the same unit had the year before.

    X: (units and years, indicators); units, years: a whole number for each row. Only a value that was there is copied,
    never one that was filled itself, so a gap of two years keeps its second year. Returns a filled copy.
    Raises DomainError where a unit has a year twice, or units and years do not give one whole number per row.

    >>> last_year([[5.0], [np.nan], [np.nan]], units=[7, 7, 7], years=[2022, 2023, 2024]).ravel()
    array([ 5.,  5., nan])
    """
    panel = _in_order(X, units, years)
    before = np.empty_like(panel.values)
    before[:1] = np.nan
    before[1:] = panel.values[:-1]
    follows = np.zeros(len(X), dtype=np.bool_)
    follows[1:] = (panel.first[1:] == panel.first[:-1]) & (np.diff(panel.years) == 1)
    return panel.filled(np.where(follows[:, np.newaxis], before, np.nan))


@imputation(
    "linear",
    zh="年间线性插值",
    en="Linear between years",
    formula="gap in year t -> x_a + (x_b - x_a)(t - a)/(b - a); a, b: the nearest years before and after with a value",
    obeys=_ALWAYS,
    reference="Becker et al. 2022, COINr, Journal of Open Source Software (panel imputation, linear)",
    golden="bigframes",
    golden_source="bigframes documentation, pandas.DataFrame.interpolate, method values",
    parameters=_PARAMETERS,
)
def linear(X: FloatArray, *, units: Codes, years: Codes) -> FloatArray:
    """Fill a gap on the straight line between the unit's nearest years before and after it.

    X: (units and years, indicators); units, years: a whole number for each row. A gap before the first known year, or
    after the last one, stays, and so does one of a unit with a single known year: one point has no line. Returns a
    filled copy. Raises DomainError as `last_year` does.

    >>> linear([[5.0], [np.nan], [8.0], [np.nan]], units=[7, 7, 7, 7], years=[2021, 2022, 2024, 2025]).ravel()
    array([ 5.,  6.,  8., nan])
    """
    panel = _in_order(X, units, years)
    rows = np.arange(len(X), dtype=np.intp)[:, np.newaxis]
    known = ~np.isnan(panel.values)
    left = np.maximum.accumulate(np.where(known, rows, -1), axis=0)
    right = np.minimum.accumulate(np.where(known, rows, len(X))[::-1], axis=0)[::-1]
    between: BoolArray = (left >= panel.first[:, np.newaxis]) & (right < len(X))
    right = np.minimum(right, len(X) - 1)
    between &= panel.first[right] == panel.first[:, np.newaxis]
    low, high = np.take_along_axis(panel.values, left, axis=0), np.take_along_axis(panel.values, right, axis=0)
    year = panel.years[:, np.newaxis].astype(np.float64)
    start, end = panel.years[left], panel.years[right]
    share = np.divide(year - start, end - start, out=np.zeros_like(low), where=between & ~known)
    return panel.filled(np.where(between, low + (high - low) * share, np.nan))


class _Panel(NamedTuple):
    """Rows by unit and year. first: for each row, the position of its unit's first. order: where rows came from."""

    X: FloatArray
    values: FloatArray
    years: Codes
    first: Positions
    order: Positions

    def filled(self, values: FloatArray) -> FloatArray:
        """The table in its own order, with these values, (rows by unit and year, indicators), in its gaps."""
        own = np.empty_like(self.X)
        own[self.order] = values
        return np.where(np.isnan(self.X), own, self.X)


def _in_order(X: FloatArray, units: Codes, years: Codes) -> _Panel:
    unit, year = np.asarray(units), np.asarray(years)
    for codes in (unit, year):
        if codes.shape != X.shape[:1] or (codes.size and codes.dtype.kind not in "iu"):
            reason = Text("每行应有一个整数编号和一个年份", "each row needs a whole number for its unit and its year")
            raise DomainError(reason)
    order = np.lexsort((year, unit))
    unit, year = unit[order], year[order]
    begins = np.ones(len(X), dtype=np.bool_)
    begins[1:] = unit[1:] != unit[:-1]
    if np.any(~begins[1:] & (year[1:] == year[:-1])):
        raise DomainError(Text("同一评价对象的同一年份出现两次", "a unit has the same year twice"))
    first = np.maximum.accumulate(np.where(begins, np.arange(len(X), dtype=np.intp), 0))
    return _Panel(X, X[order], year, first, order)

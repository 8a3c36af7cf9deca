"""Decide which rows are scored, and which rows each is measured against."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import Cohort, Rows, rows_by_value
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Place, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text


def scored_rows(table: Table, year: int | None) -> Rows:
    """The rows to score: all, or those of one year.

    Raises UsageError where the table has no such year or no years at all.
    """
    years = table.years
    if year is None:
        return np.arange(len(table.frame), dtype=np.intp)
    if years is None:
        raise UsageError(
            Finding(
                code="no_time",
                severity=Severity.ERROR,
                value=year,
                message=Text("该指标体系没有年份列，不能指定年份", "the framework has no year column to choose from"),
            )
        )
    rows = np.flatnonzero(years == year)
    if not rows.size:
        raise UsageError(_no_such_year(table, year))
    return rows


def _no_such_year(table: Table, year: int) -> Finding:
    known = ", ".join(str(each) for each in np.unique(table.years if table.years is not None else []))
    return Finding(
        code="no_such_year",
        severity=Severity.ERROR,
        place=Place(table.origin.file),
        value=year,
        message=Text("数据中没有这一年", "the table has no such year"),
        hint=Text(f"有：{known}", f"it has: {known}"),
    )


def cohorts(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> tuple[Cohort, ...]:
    """The rows to score, grouped by what they are measured against.

    rows: the rows to score; eligible: every row that may be part of a reference (all years, screened rows left out).
    `reference: per-year` measures each year against itself, `panel` all years together, a year all against that year.
    """
    years = table.years
    if years is None:
        return (Cohort("all", rows, np.intersect1d(rows, eligible)),)
    if framework.reference == "panel":
        return (Cohort("panel", rows, eligible),)
    if framework.reference == "per-year":
        return tuple(Cohort(str(year), own, np.intersect1d(own, eligible)) for year, own in rows_by_value(years, rows))
    fit = eligible[years[eligible] == framework.reference]
    if not fit.size:
        raise DataError(_no_such_year(table, int(framework.reference)))
    return (Cohort(str(framework.reference), rows, fit),)

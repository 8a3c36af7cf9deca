"""Decide which rows are scored, and which rows each is measured against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from parkscore.data.classes import Classification
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Rows, rows_by_value
from parkscore.data.reference_entries import has_entries
from parkscore.data.reference_groups import ReferenceGroups, reference_groups
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Place, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text

_NO_SUCH_YEAR: Final = Text("数据中没有这一年", "the table has no such year")


def scored_rows(table: Table, year: int | None) -> Rows:
    """The rows to score: all, or those of one year.

    Raises UsageError where the table has no such year or no years at all.
    """
    years = table.years
    if year is None:
        return np.arange(table.size, dtype=np.intp)
    if years is None:
        raise UsageError(_no_time(year))
    rows = np.flatnonzero(years == year)
    if not rows.size:
        raise UsageError(no_such_year(table.origin.file, years, year))
    return rows


def refuse_year_without_time(framework: Framework, year: int | None) -> None:
    """Raise UsageError where a year is asked for and the framework has none."""
    if year is not None and framework.time is None:
        raise UsageError(_no_time(year))


def _no_time(year: int) -> Finding:
    message = Text("该指标体系没有年份列，不能指定年份", "the framework has no year column to choose from")
    return Finding(code="no_time", severity=Severity.ERROR, value=year, message=message)


def earlier_rows(table: Table, rows: Rows, years_back: frozenset[int]) -> Rows:
    """The rows of those years before the years of some rows, without these rows themselves."""
    years = table.years
    if years is None or not years_back:
        return np.zeros(0, dtype=np.intp)
    wanted = {int(year) - back for year in np.unique(years[rows]) for back in years_back}
    return np.setdiff1d(np.flatnonzero(np.isin(years, sorted(wanted))), rows)


def no_such_year(file: str, years: Iterable[int], year: int, message: Text = _NO_SUCH_YEAR) -> Finding:
    """The finding for a year that no row has; years: those that rows have."""
    known = ", ".join(map(str, sorted(set(years))))
    hint = Text(f"有：{known}", f"it has: {known}") if known else None
    return Finding(
        code="no_such_year", severity=Severity.ERROR, place=Place(file), value=year, message=message, hint=hint
    )


def no_reference_year(file: str, years: Iterable[int], year: int) -> Finding:
    """The finding for a year that a framework measures against, and of which no row may be measured against."""
    message = Text(
        "参照年份（reference）没有可用的数据", "the reference year of the framework has no unit to measure against"
    )
    return no_such_year(file, years, year, message)


def years_of(table: Table, rows: Rows | None = None) -> list[tuple[int | None, Rows]]:
    """Rows by year (default: all of them), in one group where there are no years."""
    own = np.arange(table.size, dtype=np.intp) if rows is None else rows
    return [(None, own)] if table.years is None else list(rows_by_value(table.years, own))


def cohorts(
    framework: Framework, table: Table, rows: Rows, eligible: Rows, fitted: Fitted | None = None
) -> tuple[Cohort, ...]:
    """The rows to score, grouped by what they are measured against; no group is empty.

    rows, eligible, fitted: as for `all_cohorts`. Raises DataError as that does.
    """
    return to_be_scored(all_cohorts(framework, table, rows, eligible, fitted))


def to_be_scored(groups: Iterable[Cohort]) -> tuple[Cohort, ...]:
    """Those groups that have a row to score."""
    return tuple(group for group in groups if group.apply.size)


def only_measured_against(groups: Iterable[Cohort]) -> tuple[Cohort, ...]:
    """Those groups of which no row is scored: a reference has them whoever is scored."""
    return tuple(group for group in groups if not group.apply.size)


def all_cohorts(
    framework: Framework, table: Table, rows: Rows, eligible: Rows, fitted: Fitted | None = None
) -> tuple[Cohort, ...]:
    """Every group that has rows to measure against, whether any row of it is scored or not.

    rows: the rows to score; eligible: every row that may be part of a reference, of whatever year, `rows` among them.
    `reference: per-year` measures each year against itself, `panel` all years together, a year all against that year;
    `reference_within` keeps each group apart. fitted: what the rows are scored by; nothing is fitted on them then, and
    they are grouped by the name of their reference and by year. A row that has no reference is in no cohort.

    Raises DataError where no row of the reference year may be measured against.
    """
    if fitted is not None:
        if not rows.size:
            return ()
        whole = [
            Cohort(fitted.base or reference_name(framework, year), year, own, own, own)
            for year, own in years_of(table, rows)
        ]
    else:
        whole = _fitted_on_themselves(framework, table, rows, eligible)
    apart = whole
    if framework.reference_within:
        groups = reference_groups(framework, table)
        apart = [part for cohort in whole for part in _by_group(cohort, groups)]
    return tuple(
        part for part in apart if (part.fit.size if fitted is None else has_entries(framework, fitted, part.reference))
    )


def _fitted_on_themselves(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> list[Cohort]:
    """The cohorts of all groups together."""
    years, name = table.years, reference_name(framework, None)
    if years is None:
        return [Cohort(name, None, rows, rows, rows)]
    if framework.reference == "per-year":
        by_year = rows_by_value(years, rows)
        return [Cohort(reference_name(framework, year), year, own, own, own) for year, own in by_year]
    if framework.reference == "panel":
        return [Cohort(name, None, rows, eligible, eligible)]
    fit = eligible[years[eligible] == framework.reference]
    if not fit.size and rows.size:
        raise DataError(no_reference_year(table.origin.file, years, int(framework.reference)))
    return [Cohort(name, None, rows, fit, eligible)]


def _by_group(cohort: Cohort, groups: ReferenceGroups) -> list[Cohort]:
    """A cohort with each group of `reference_within` apart; a row without a group is in none of them."""
    return [
        replace(cohort, apply=apply, fit=fit, pool=pool, within=groups.texts[number])
        for number, apply, fit, pool in split(cohort, groups.numbers)
        if number >= 0
    ]


def reference_name(framework: Framework, year: int | None) -> str:
    """What the reference of a year's rows is called: the year, `panel` or `all`.

    year: None where the rows are of several years, or the framework has no time.
    """
    if framework.time is None:
        return "all"
    return str(year) if framework.reference == "per-year" else str(framework.reference)


def cohorts_by_class(groups: tuple[Cohort, ...], classification: Classification) -> tuple[Cohort, ...]:
    """The same cohorts with each class apart; a row without a class is in none of them.

    A class that is among the rows of a reference only has a cohort without rows to score.
    """
    coded = classification.coded.in_order()
    return tuple(
        replace(group, apply=apply, fit=fit, pool=pool, class_id=str(coded.texts[number]))
        for group in groups
        for number, apply, fit, pool in split(group, coded.codes)
        if number >= 0
    )


def split(cohort: Cohort, numbers: npt.NDArray[np.integer[Any]]) -> Iterator[tuple[int, Rows, Rows, Rows]]:
    """By number the rows to score, those of the reference and the pool, where there are any of the first two.

    numbers: (rows of the table,). Rows that are the same for two of the three are the same array here, too.
    """
    parts: dict[int, dict[int, Rows]] = {}
    nobody = np.zeros(0, dtype=np.intp)
    own = [
        parts.setdefault(id(rows), dict(rows_by_value(numbers, rows)))
        for rows in (cohort.apply, cohort.fit, cohort.pool)
    ]
    for number in sorted({*own[0], *own[1]}):
        apply, fit, pool = (each.get(number, nobody) for each in own)
        yield number, apply, fit, pool

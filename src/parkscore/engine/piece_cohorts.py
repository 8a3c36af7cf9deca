"""Decide which rows of a piece are scored and what they are measured against, as `data.cohorts` does for a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkscore.data.cohorts import earlier_rows, reference_name, years_of
from parkscore.data.grid import Cohort, Rows, rows_by_value, shared
from parkscore.data.reference_groups import reference_groups
from parkscore.data.table import Table
from parkscore.framework.models import Framework
from parkscore.framework.score_history import years_looked_back


def rows_of_year(table: Table, year: int | None) -> Rows:
    """The rows to score, none where the table has no row of that year."""
    if year is None or table.years is None:
        return np.arange(table.size, dtype=np.intp)
    return np.flatnonzero(table.years == year)


def measured_in_piece(framework: Framework, table: Table, year: int | None, eligible: Rows) -> list[Cohort]:
    """The cohorts of the rows to score, those of earlier years that a condition looks back at among them.

    A table in memory has its cohorts by what is there; those of a piece follow from the framework, as another piece may
    have what is lacking here.
    """
    rows = rows_of_year(table, year)
    earlier = earlier_rows(table, rows, years_looked_back(framework))
    wanted = np.sort(np.concatenate([rows, earlier])) if earlier.size else rows
    return cohorts_of_piece(framework, table, wanted, eligible)


def cohorts_of_piece(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> list[Cohort]:
    """As `cohorts` where nothing was fitted before, for the rows of a piece.

    rows: those to score; eligible: all that may be measured against. A cohort may have no row to score in this piece,
    or none that its reference is fitted on.
    """
    whole = _of_all_groups(framework, table, shared(rows, eligible), eligible)
    if not framework.reference_within:
        return whole
    groups, nobody = reference_groups(framework, table), np.zeros(0, dtype=np.intp)
    apart = []
    for cohort in whole:
        apply = dict(rows_by_value(groups.numbers, cohort.apply))
        fit = apply if cohort.fit is cohort.apply else dict(rows_by_value(groups.numbers, cohort.fit))
        pool = fit if cohort.pool is cohort.fit else dict(rows_by_value(groups.numbers, cohort.pool))
        for group in sorted({*apply, *fit, *pool} - {-1}):
            own, fitted_on, pooled = (rows.get(group, nobody) for rows in (apply, fit, pool))
            apart.append(replace(cohort, apply=own, fit=fitted_on, pool=pooled, within=groups.texts[group]))
    return apart


def _of_all_groups(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> list[Cohort]:
    years = table.years
    if years is None or framework.reference == "per-year":
        return [Cohort(reference_name(framework, year), year, own, own, own) for year, own in years_of(table, rows)]
    fit = eligible if framework.reference == "panel" else eligible[years[eligible] == framework.reference]
    return [Cohort(reference_name(framework, None), None, rows, fit, eligible)]

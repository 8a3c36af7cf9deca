"""Fill gaps by the policy of each indicator, and count what was filled."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from parkscore.data.grid import Grid, Rows, rows_by_value
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import REWEIGHT, Choice, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import imputation


def impute(framework: Framework, table: Table, grid: Grid) -> tuple[Grid, list[Finding]]:
    """The grid with gaps filled, year by year, and a finding per indicator and year.

    Only missing cells are filled: what is not applicable or divided by zero stays a gap.
    """
    values = grid.values.copy()
    findings: list[Finding] = []
    for choice, columns in _columns_by_policy(framework, grid):
        for year, own in _by_year(table):
            block = np.ix_(own, columns)
            filled = _fill(choice, framework, table, own, grid.values[block])
            missing = grid.states[block] == State.MISSING
            put = missing & ~np.isnan(filled)
            values[block] = np.where(put, filled, grid.values[block])
            findings += _count(framework, grid, choice, columns, put, year)
    filled_cells = ~np.isnan(values) & np.isnan(grid.values)
    states = np.where(filled_cells, np.int8(State.VALUE), grid.states)
    return Grid(grid.ids, values, states, grid.filled | filled_cells), findings


def _columns_by_policy(framework: Framework, grid: Grid) -> list[tuple[Choice, list[int]]]:
    settings = resolve_settings(framework)
    columns: dict[str, list[int]] = defaultdict(list)
    choices: dict[str, Choice] = {}
    for column, indicator in enumerate(grid.ids):
        choice = settings[indicator].missing
        if choice.name != REWEIGHT:
            columns[repr(choice)].append(column)
            choices[repr(choice)] = choice
    return [(choices[key], columns[key]) for key in columns]


def _by_year(table: Table) -> list[tuple[int | None, Rows]]:
    rows = np.arange(len(table.frame), dtype=np.intp)
    if table.years is None:
        return [(None, rows)]
    return [(int(str(year)), own) for year, own in rows_by_value(table.years, rows)]


def _fill(choice: Choice, framework: Framework, table: Table, rows: Rows, values: np.ndarray) -> np.ndarray:
    method = imputation[choice.name]
    parameters = dict(choice.parameters)
    by = parameters.pop("by", framework.class_field)
    if "groups" in method.parameters:
        groups = table.frame[by].to_numpy(dtype=object)[rows]
        _, codes = np.unique([str(group) for group in groups], return_inverse=True)
        parameters["groups"] = codes
    return method(values, **parameters)


def _count(
    framework: Framework, grid: Grid, choice: Choice, columns: list[int], put: np.ndarray, year: int | None
) -> list[Finding]:
    title = imputation[choice.name].title
    labels = {leaf.id: leaf.label for leaf in framework.leaves}
    findings = []
    for column, count in zip(columns, put.sum(axis=0), strict=True):
        if count:
            indicator = grid.ids[column]
            findings.append(
                Finding(
                    code="imputed",
                    severity=Severity.INFO,
                    field=indicator,
                    year=year,
                    value=int(count),
                    message=Text(
                        f"{labels[indicator].zh}：{count} 个缺失值按“{title.zh}”填补",
                        f"{labels[indicator].en}: {count} missing values filled by {title.en}",
                    ),
                )
            )
    return findings

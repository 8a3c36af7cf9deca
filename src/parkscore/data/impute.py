"""Fill gaps by the policy of each indicator, and count what was filled."""

from __future__ import annotations

from typing import Any

import numpy as np

from parkscore.data.grid import Grid, Matrix, Rows, Truths, rows_by_value
from parkscore.data.policies import columns_by_choice
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import REWEIGHT, Choice, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import imputation


def impute(framework: Framework, table: Table, grid: Grid) -> tuple[Grid, list[Finding]]:
    """The grid with gaps filled, year by year, and a finding per indicator and year.

    Only missing cells are filled: what is not applicable, divided by zero or undefined stays a gap.
    """
    values = grid.values.copy()
    findings: list[Finding] = []
    for choice, columns in columns_by_choice(_policies(framework)):
        for year, own in _by_year(table):
            block = np.ix_(own, columns)
            filled = _fill(choice, framework, table, own, grid.values[block])
            put = (grid.states[block] == State.MISSING) & ~np.isnan(filled)
            values[block] = np.where(put, filled, grid.values[block])
            findings += _count(framework, choice, columns, put, year)
    put_anywhere = ~np.isnan(values) & np.isnan(grid.values)
    states = np.where(put_anywhere, np.int8(State.VALUE), grid.states)
    return Grid(grid.ids, values, states, grid.filled | put_anywhere), findings


def _policies(framework: Framework) -> list[Choice | None]:
    """How each indicator's gaps are filled; None where the shares of gaps go to the siblings instead."""
    settings = resolve_settings(framework)
    choices = [settings[leaf.id].missing for leaf in framework.leaves]
    return [None if choice.name == REWEIGHT else choice for choice in choices]


def _by_year(table: Table) -> list[tuple[int | None, Rows]]:
    rows = np.arange(len(table.frame), dtype=np.intp)
    return [(None, rows)] if table.years is None else list(rows_by_value(table.years, rows))


def _fill(choice: Choice, framework: Framework, table: Table, rows: Rows, values: Matrix) -> Matrix:
    method = imputation[choice.name]
    parameters = dict(choice.parameters)
    by = parameters.pop("by", framework.class_field)
    if "groups" in method.parameters:
        parameters["groups"] = _group_numbers(table.frame[by].to_numpy(dtype=object)[rows])
    return method(values, **parameters)


def _group_numbers(names: np.typing.NDArray[Any]) -> np.typing.NDArray[np.intp]:
    """A number for each group; -1 where a unit has none, for units without a group are no group."""
    known = np.array([isinstance(name, str) for name in names], dtype=np.bool_)
    numbers = np.full(len(names), -1, dtype=np.intp)
    numbers[known] = np.unique(names[known].astype(str), return_inverse=True)[1]
    return numbers


def _count(framework: Framework, choice: Choice, columns: Rows, put: Truths, year: int | None) -> list[Finding]:
    title = imputation[choice.name].title
    leaves = framework.leaves
    counted = [(leaves[column], int(count)) for column, count in zip(columns, put.sum(axis=0), strict=True)]
    return [
        Finding(
            code="imputed",
            severity=Severity.INFO,
            field=leaf.id,
            year=year,
            value=count,
            message=Text(
                f"{leaf.label.zh}：{count} 个缺失值按“{title.zh}”填补",
                f"{leaf.label.en}: missing values filled by {title.en}: {count}",
            ),
        )
        for leaf, count in counted
        if count
    ]

"""Fill gaps by the policy of each indicator, and count what was filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.cohorts import years_of
from parkscore.data.columns import columns_of
from parkscore.data.fillings import filled_alike, group_codes
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Grid, Matrix, Rows, Truths
from parkscore.data.policies import columns_by_choice
from parkscore.data.reference_groups import looked_at_together
from parkscore.data.refused_values import by_row, refused_values
from parkscore.data.table import State, Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import INVALID, REWEIGHT, SCORE_GROUP_MEAN, SHORTER_HISTORY, Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, imputation
from parkscore.methods.domain import LARGEST


def impute(framework: Framework, table: Table, grid: Grid, fitted: Fitted | None = None) -> tuple[Grid, list[Finding]]:
    """The grid with gaps filled, and a finding per indicator and year.

    Only missing cells are filled: what is not applicable, divided by zero or undefined stays a gap, and so does a cell
    of which the case cannot be told. An imputation looks at each year on its own, and within it at each group of
    `reference_within`, except where it is one over years. fitted: the numbers that gaps of a reference
    got; where a policy takes its number from other units, that is the one to fill in.

    Raises DataError with every value that a policy cannot take, as it is too large.
    """
    policies = columns_by_choice(_policies(framework))
    if not policies:
        return grid, []
    values, states, marked = grid.values.copy(order="F"), grid.states.copy(order="F"), grid.filled.copy(order="F")
    findings: list[Finding] = []
    refusals: list[Finding] = []
    for choice, columns in policies:
        try:
            filled = _filled(choice, framework, table, columns, grid, fitted)
        except DomainError as error:
            refusals += _refused(framework, table, title_of(choice), columns, grid, error)
            continue
        put = (grid.states[:, columns] == State.MISSING) & ~np.isnan(filled) & ~_without_case(grid, columns)
        for position, column in enumerate(columns.tolist()):
            own_put = put[:, position]
            values[own_put, column] = filled[own_put, position]
            states[own_put, column] = State.VALUE
            marked[own_put, column] = True
        for year, own in years_of(table):
            findings += count_filled(framework, title_of(choice), columns, put[own], year)
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    return grid.with_filled(values, states, marked), findings


def _refused(
    framework: Framework, table: Table, title: Text, columns: Rows, grid: Grid, error: DomainError
) -> Iterator[Finding]:
    """A finding for each value that is too large for any policy; title: what the policy is called."""
    hint = Text("更正数值，或换一种缺失值处理", "correct the value or choose another policy for gaps")
    for column in columns.tolist():
        whole = refused_values(framework.leaves[column], title, None, error, hint)
        values = grid.numbers[column]
        yield from by_row(table, whole, np.flatnonzero(np.abs(values) > LARGEST).tolist(), values)


def _without_case(grid: Grid, columns: Rows) -> Truths:
    """Where it cannot be told which case of an indicator counts, (rows, columns)."""
    open_ = np.zeros((grid.rows, len(columns)), dtype=np.bool_)
    for position, code in enumerate(grid.ids[column] for column in columns):
        if code in grid.cases:
            open_[:, position] = grid.cases[code].open
    return open_


LATER = (REWEIGHT, INVALID, SCORE_GROUP_MEAN)
"""The policies that fill no value."""


def _policies(framework: Framework) -> list[Choice | None]:
    """How each indicator's gaps are filled; None where that is not for this stage."""
    settings = resolve_settings(framework)
    choices = [settings[leaf.id].missing for leaf in framework.leaves]
    return [None if choice.name in LATER else choice for choice in choices]


def title_of(choice: Choice) -> Text:
    """What a policy is called."""
    return _TITLES[choice.name] if choice.name in _TITLES else imputation[choice.name].title


_TITLES = {
    SHORTER_HISTORY: Text("较短年限的公式", "a formula over fewer years"),
    SCORE_GROUP_MEAN: Text("同类该项平均得分", "the mean score of the group"),
}


def _filled(
    choice: Choice, framework: Framework, table: Table, columns: Rows, grid: Grid, fitted: Fitted | None
) -> Matrix:
    """What a policy puts into the gaps of some indicators, (rows, columns)."""
    if choice.name == SHORTER_HISTORY:
        return _over_fewer_years(choice, framework, table, columns)
    method = imputation[choice.name]
    values = grid.values[:, columns]
    if "years" in method.parameters:
        units = np.unique(table.units.astype(str), return_inverse=True)[1].astype(np.intp)
        return method(values, units=units, years=table.years, **choice.parameters)
    if fitted is not None and not method.row_local:
        return filled_alike(choice, framework, table, columns, fitted)
    filled = values.copy()
    together = years_of(table) if method.row_local else looked_at_together(framework, table)
    for _, own in together:
        filled[own] = method(values[own], **_parameters(choice, framework, table, own))
    return filled


def _parameters(choice: Choice, framework: Framework, table: Table, rows: Rows) -> dict[str, Any]:
    """What a policy is called with, for some rows."""
    parameters = dict(choice.parameters)
    if "groups" in imputation[choice.name].parameters:
        parameters["groups"] = group_numbers(choice, framework, table, rows)
        parameters.pop("by", None)
    return parameters


def _over_fewer_years(choice: Choice, framework: Framework, table: Table, columns: Rows) -> Matrix:
    """The first of the stated formulas that has a value."""
    fields = columns_of(framework, table)
    filled = np.full((table.size, len(columns)), np.nan)
    for position, column in enumerate(columns):
        for formula in choice.parameters["formulas"]:
            other = fields.compute(formula, framework.leaves[column].measure).values
            filled[:, position] = np.where(np.isnan(filled[:, position]), other, filled[:, position])
    return filled


def group_numbers(choice: Choice, framework: Framework, table: Table, rows: Rows) -> Rows:
    """A number for the group of each row, see `group_texts`; -1 where a unit has none, and these are no group."""
    return group_codes(choice, framework, table).codes[rows].astype(np.intp)


def count_filled(framework: Framework, title: Text, columns: Rows, put: Truths, year: int | None) -> list[Finding]:
    """A finding for each indicator with filled cells; put: (rows of the year, columns)."""
    leaves = framework.leaves
    counted = [(leaves[column], int(count)) for column, count in zip(columns, put.sum(axis=0), strict=True)]
    return [filled_finding(leaf, title, count, year) for leaf, count in counted if count]


def filled_finding(leaf: Node, title: Text, count: int, year: int | None) -> Finding:
    """How many gaps of an indicator were filled in a year; title: what the policy is called."""
    return Finding(
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

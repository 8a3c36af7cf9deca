"""Treat outliers by the rule of each indicator, and mark every cell that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.grid import Cohort, Grid, Truths, Vector
from parkscore.data.policies import columns_by_choice
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, TreatmentRecord, treatment


@dataclass(frozen=True)
class Treatment:
    """The treated stage: the grid, which cells changed, (rows, indicators), and what the findings say of it."""

    grid: Grid
    changed: Truths
    findings: tuple[Finding, ...]


def treat(framework: Framework, table: Table, grid: Grid, cohorts: tuple[Cohort, ...]) -> Treatment:
    """The grid with outliers treated, over the rows that each cohort pools.

    Raises DataError with every value that a treatment cannot take, such as the logarithm of a negative number.
    """
    settings = resolve_settings(framework)
    leaves = framework.leaves
    choices = columns_by_choice(settings[leaf.id].treat for leaf in leaves)
    if not choices:
        return Treatment(grid, np.zeros(grid.values.shape, dtype=np.bool_, order="F"), ())
    values = grid.values.copy(order="F")
    findings: list[Finding] = []
    refusals: list[Finding] = []
    for choice, columns in choices:
        for cohort in cohorts:
            block = np.ix_(cohort.pool, columns)
            try:
                treated = treatment[choice.name](grid.values[block], **choice.parameters)
            except DomainError:
                refusals += chain.from_iterable(
                    _refused(choice, leaves[column], table, cohort, grid.values[:, column]) for column in columns
                )
                continue
            values[block] = treated.values
            findings += [
                _finding(leaves[column], cohort, record)
                for column, record in zip(columns, treated.records, strict=True)
                if record.action != "none" or not record.passed
            ]
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    changed = (values != grid.values) & ~np.isnan(grid.values)
    return Treatment(grid.with_values(values), changed, tuple(findings))


def _refused(choice: Choice, leaf: Node, table: Table, cohort: Cohort, values: Vector) -> Iterator[Finding]:
    """A finding for each value of an indicator that a treatment cannot take, or one for the indicator."""
    try:
        treatment[choice.name](values[cohort.pool, np.newaxis], **choice.parameters)
    except DomainError as error:
        title = treatment[choice.name].title
        whole = Finding(
            code="domain",
            severity=Severity.ERROR,
            field=leaf.id,
            year=cohort.year,
            message=Text(
                f"{leaf.label.zh}（{title.zh}）：{error.reason.zh}", f"{leaf.label.en} ({title.en}): {error.reason.en}"
            ),
            hint=Text("更正数值，或换一种异常值处理", "correct the value or choose another treatment"),
        )
        if not error.units:
            yield whole
        for row in cohort.pool[list(error.units)].tolist():
            yield table.finding(
                row,
                code=whole.code,
                severity=whole.severity,
                field=whole.field,
                value=float(values[row]),
                message=whole.message,
                hint=whole.hint,
            )


def _finding(leaf: Node, cohort: Cohort, record: TreatmentRecord) -> Finding:
    done = {
        "winsorised": Text(f"{record.points} 个极端值被缩尾", f"extreme values winsorised: {record.points}"),
        "log": Text("取对数", "its logarithm was taken"),
        "box_cox": Text(f"Box-Cox 变换，λ = {record.power:.3g}", f"Box-Cox transformation with λ = {record.power:.3g}"),
        "none": Text("未作处理", "nothing was done"),
    }[record.action]
    return Finding(
        code="treated" if record.passed else "still_skewed",
        severity=Severity.INFO if record.passed else Severity.WARNING,
        field=leaf.id,
        year=cohort.year,
        message=Text(
            f"{leaf.label.zh}：{done.zh}（偏度 {record.skewness_before:.2f} -> {record.skewness_after:.2f}，"
            f"峰度 {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f}）",
            f"{leaf.label.en}: {done.en} (skewness {record.skewness_before:.2f} -> {record.skewness_after:.2f}, "
            f"kurtosis {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f})",
        ),
    )

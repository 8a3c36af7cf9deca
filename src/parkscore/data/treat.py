"""Treat outliers by the rule of each indicator, and mark every cell that changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Cohort, Grid, Truths
from parkscore.data.policies import columns_by_choice
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import TreatmentRecord, treatment


@dataclass(frozen=True)
class Treatment:
    """The treated stage: the grid, which cells changed, (rows, indicators), and what the findings say of it."""

    grid: Grid
    changed: Truths
    findings: tuple[Finding, ...]


def treat(framework: Framework, grid: Grid, cohorts: tuple[Cohort, ...]) -> Treatment:
    """The grid with outliers treated, over the rows that each cohort pools."""
    settings = resolve_settings(framework)
    leaves = framework.leaves
    values = grid.values.copy()
    findings: list[Finding] = []
    for choice, columns in columns_by_choice(settings[leaf.id].treat for leaf in leaves):
        for cohort in cohorts:
            block = np.ix_(cohort.pool, columns)
            treated = treatment[choice.name](grid.values[block], **choice.parameters)
            values[block] = treated.values
            findings += [
                _finding(leaves[column], cohort, record)
                for column, record in zip(columns, treated.records, strict=True)
                if record.action != "none" or not record.passed
            ]
    changed = (values != grid.values) & ~np.isnan(grid.values)
    return Treatment(grid.with_values(values), changed, tuple(findings))


def _finding(leaf: Node, cohort: Cohort, record: TreatmentRecord) -> Finding:
    done = {
        "winsorised": Text(f"{record.points} 个极端值被缩尾", f"extreme values winsorised: {record.points}"),
        "log": Text("取对数", "its logarithm was taken"),
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

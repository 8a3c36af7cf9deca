"""Treat outliers by the rule of each indicator, and list every cell that changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Cohort, Grid
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Choice, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import TreatmentRecord, treatment



@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a treatment changed."""

    row: int
    indicator: str
    before: float
    after: float


@dataclass(frozen=True)
class Treatment:
    """The treated stage: the grid, every changed cell, and what was done to each column of each cohort."""

    grid: Grid
    changes: tuple[Change, ...]
    records: tuple[tuple[str, str, TreatmentRecord], ...]
    findings: tuple[Finding, ...]


def treat(framework: Framework, grid: Grid, cohorts: tuple[Cohort, ...]) -> Treatment:
    """The grid with outliers treated, cohort by cohort, over the rows of its reference and those it scores."""
    settings = resolve_settings(framework)
    columns: dict[str, list[int]] = defaultdict(list)
    choices: dict[str, Choice] = {}
    for column, indicator in enumerate(grid.ids):
        choice = settings[indicator].treat
        if choice is not None:
            columns[repr(choice)].append(column)
            choices[repr(choice)] = choice
    values = grid.values.copy()
    records: list[tuple[str, str, TreatmentRecord]] = []
    for cohort in cohorts:
        for key, own in columns.items():
            rows = np.union1d(cohort.fit, cohort.apply)
            treated = treatment[choices[key].name](values[np.ix_(rows, own)], **choices[key].parameters)
            values[np.ix_(rows, own)] = treated.values
            records += [
                (cohort.name, grid.ids[column], record)
                for column, record in zip(own, treated.records, strict=True)
                if record.action != "none" or not record.passed
            ]
    changes = _changes(grid, values)
    return Treatment(grid.with_values(values), changes, tuple(records), tuple(_findings(framework, records)))


def _changes(grid: Grid, values: np.ndarray) -> tuple[Change, ...]:
    changed = (values != grid.values) & ~np.isnan(grid.values)
    return tuple(
        Change(int(row), grid.ids[column], float(grid.values[row, column]), float(values[row, column]))
        for row, column in zip(*np.nonzero(changed), strict=True)
    )


def _findings(framework: Framework, records: list[tuple[str, str, TreatmentRecord]]) -> list[Finding]:
    labels = {leaf.id: leaf.label for leaf in framework.leaves}
    findings = []
    for cohort, indicator, record in records:
        done = {
            "winsorised": Text(f"{record.points} 个极端值被缩尾", f"{record.points} extreme values were winsorised"),
            "log": Text("取对数", "its logarithm was taken"),
            "none": Text("未作处理", "nothing was done"),
        }[record.action]
        label = labels[indicator]
        findings.append(
            Finding(
                code="treated" if record.passed else "still_skewed",
                severity=Severity.INFO if record.passed else Severity.WARNING,
                field=indicator,
                year=int(cohort) if cohort.isdigit() else None,
                message=Text(
                    f"{label.zh}：{done.zh}（偏度 {record.skewness_before:.2f} -> {record.skewness_after:.2f}，"
                    f"峰度 {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f}）",
                    f"{label.en}: {done.en} (skewness {record.skewness_before:.2f} -> {record.skewness_after:.2f}, "
                    f"kurtosis {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f})",
                ),
            )
        )
    return findings

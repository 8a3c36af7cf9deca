"""Turn indicator values into scores by the rule of each indicator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Cohort, Grid, Matrix, Rows, States
from parkscore.data.table import State, Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, scoring

SIGN = {"higher": 1, "lower": -1}


@dataclass(frozen=True)
class Scored:
    """The scored stage.

    scores: (rows, indicators), NaN where there is no score. references: per cohort and indicator, the fitted statistics
    of the rule. findings: indicators that tell no unit from another.
    """

    scores: Matrix
    references: Mapping[str, Mapping[str, Mapping[str, float]]]
    findings: tuple[Finding, ...]


def score(framework: Framework, table: Table, grid: Grid, cohorts: tuple[Cohort, ...]) -> Scored:
    """Score every indicator of every cohort.

    Raises DataError with every value that a rule cannot take, such as the logarithm of a negative number.
    """
    settings = resolve_settings(framework)
    scores = np.full(grid.values.shape, np.nan)
    references: dict[str, dict[str, dict[str, float]]] = {}
    findings: list[Finding] = []
    refusals: list[Finding] = []
    for cohort in cohorts:
        own = references.setdefault(cohort.name, {})
        for column, leaf in enumerate(framework.leaves):
            fit_values = grid.values[cohort.fit, column]
            findings += _oddities(leaf, fit_values, cohort)
            findings += _gaps(leaf, grid.states[cohort.apply, column], cohort)
            try:
                reference = _fit(settings[leaf.id], fit_values)
                scores[cohort.apply, column] = _apply(settings[leaf.id], grid.values[cohort.apply, column], reference)
            except DomainError as error:
                refusals += _refused(leaf, settings[leaf.id], table, cohort.apply, grid.values[:, column], error)
                continue
            own[leaf.id] = reference
    if refusals:
        raise DataError(refusals)
    return Scored(scores, references, tuple(findings))


def _fit(settings: Settings, values: Matrix) -> dict[str, float]:
    """The statistics that a relative rule takes from the values; an absolute rule takes none."""
    fit = scoring[settings.score.name].fit
    if fit is None:
        return {}
    return {name: float(value) for name, value in fit(values, **settings.score.parameters).items()}


def _apply(settings: Settings, values: Matrix, reference: Mapping[str, float]) -> Matrix:
    """Scores against a reference; none where the reference has no value to measure against."""
    if any(math.isnan(value) for value in reference.values()):
        return np.full(values.shape, np.nan)
    direction = SIGN[str(settings.direction)]
    return scoring[settings.score.name](values, direction=direction, **{**settings.score.parameters, **reference})


def _oddities(leaf: Node, values: Matrix, cohort: Cohort) -> list[Finding]:
    present = values[~np.isnan(values)]
    year = int(cohort.name) if cohort.name.isdigit() else None
    if not present.size:
        return [
            Finding(
                code="all_missing",
                severity=Severity.WARNING,
                field=leaf.id,
                year=year,
                message=Text(
                    f"{leaf.label.zh}：没有一个评价对象有数值，不参与评分",
                    f"{leaf.label.en}: no unit has a value; it takes no part in the score",
                ),
            )
        ]
    if present.size > 1 and np.all(present == present[0]):
        return [
            Finding(
                code="constant_column",
                severity=Severity.WARNING,
                field=leaf.id,
                year=year,
                value=float(present[0]),
                message=Text(
                    f"{leaf.label.zh}：所有评价对象的数值相同，得分相同，不区分名次",
                    f"{leaf.label.en}: the same for every unit; all score alike and it tells none apart",
                ),
            )
        ]
    return []


_STATE_TEXT = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("不适用", "not applicable"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text("无定义", "undefined"),
}


def _gaps(leaf: Node, states: States, cohort: Cohort) -> list[Finding]:
    """How many units have no score in an indicator, by reason; none of the reasons is ever taken for zero."""
    counts = {state: int((states == state).sum()) for state in _STATE_TEXT}
    total = sum(counts.values())
    if total in (0, len(states)):
        return []
    reasons = {state: count for state, count in counts.items() if count}
    zh = "、".join(f"{_STATE_TEXT[state].zh} {count}" for state, count in reasons.items())
    en = ", ".join(f"{_STATE_TEXT[state].en} {count}" for state, count in reasons.items())
    return [
        Finding(
            code="no_value",
            severity=Severity.INFO,
            field=leaf.id,
            year=int(cohort.name) if cohort.name.isdigit() else None,
            value=total,
            message=Text(
                f"{leaf.label.zh}：{len(states)} 个中有 {total} 个没有数值（{zh}），其份额由同级指标分担",
                f"{leaf.label.en}: {total} of {len(states)} have no value ({en}); the share goes to its siblings",
            ),
        )
    ]


def _refused(
    leaf: Node, settings: Settings, table: Table, rows: Rows, column: Matrix, error: DomainError
) -> list[Finding]:
    """One finding per unit whose value the rule cannot take, or one for the column."""
    title = scoring[settings.score.name].title
    message = Text(
        f"{leaf.label.zh}：{title.zh}{error.reason.zh}", f"{leaf.label.en}: {title.en} {error.reason.en}"
    )
    hint = Text("更正数值，或换一种赋分规则", "correct the value or choose another scoring rule")
    guilty = rows[list(error.units)] if error.units else []
    if not len(guilty):
        return [Finding(code="domain", severity=Severity.ERROR, field=leaf.id, message=message, hint=hint)]
    years = table.years
    return [
        Finding(
            code="domain",
            severity=Severity.ERROR,
            place=table.origin.place(int(row), None),
            field=leaf.id,
            unit=str(table.units[row]),
            year=None if years is None else int(years[row]),
            value=float(column[row]),
            message=message,
            hint=hint,
        )
        for row in guilty
    ]

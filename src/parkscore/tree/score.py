"""Turn indicator values into scores by the rule of each indicator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.derive import given_scores
from parkscore.data.fitted import Fitted, Reference
from parkscore.data.given import Given, given_findings
from parkscore.data.grid import (
    Cohort,
    Grid,
    Matrix,
    Rows,
    Selection,
    States,
    Truths,
    Vector,
)
from parkscore.data.indicator_places import indicator_place
from parkscore.data.refused_values import by_row, refused_values
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text, agreeing
from parkscore.methods import DomainError, scoring
from parkscore.methods.scoring_ranks import InOrder
from parkscore.tree.case_rules import by_rule, rules_met
from parkscore.tree.column_findings import ColumnCounts, column_findings, count_column, fates_of_gaps
from parkscore.tree.outside import beyond
from parkscore.tree.supplied import base_year, supply
from parkscore.tree.without_points import without_points


@dataclass(frozen=True)
class Scored:
    """The scored stage.

    scores: (rows, indicators), NaN where there is no score; the rows of a reference are scored too, for weights are
    computed on them. filled: (rows, indicators), where a policy put the score. references: per cohort and indicator,
    the fitted statistics of the rule. findings: gaps by reason, and indicators that tell no unit from another. given:
    by indicator, the scores that somebody gave, beside their bands.
    """

    scores: Matrix
    filled: Truths
    references: Mapping[str, Mapping[str, Reference]]
    findings: tuple[Finding, ...]
    given: Mapping[str, Given] = field(default_factory=dict)


def score(
    framework: Framework,
    table: Table,
    grid: Grid,
    cohorts: tuple[Cohort, ...],
    *,
    base: Grid,
    fitted: Fitted | None = None,
    counts: bool = True,
) -> Scored:
    """Score every indicator of every cohort; base: the grid before treatment, for rules that compare with a base year.

    fitted: the statistics to score by, made on these rows or others; nothing is fitted then, and a row's scores follow
    from that row alone, unless a rule counts the other rows. counts: whether the values of each column are counted, for
    the findings about them.

    Raises DataError with every value that a rule cannot take, such as the logarithm of a negative number, and where a
    base year is not in the data.
    """
    supplies, given_by = supply(framework, table, base), given_scores(framework, table)
    settings = resolve_settings(framework)
    leaves = framework.leaves
    fates = fates_of_gaps(framework)
    scores = _no_scores(framework, grid, cohorts)
    references: dict[str, dict[str, Reference]] = {}
    findings: list[Finding] = []
    lacking: list[Finding] = []
    refusals: list[Finding] = []
    for cohort in cohorts:
        own = references.setdefault(cohort.reference, {})
        counted = _counted(fitted, cohort)
        rows = cohort.measured
        for column, leaf in enumerate(leaves):
            if leaf.is_open_slot:
                continue
            values, said = grid.numbers[column], settings[leaf.id]
            try:
                measured = cohort.fit
                own[leaf.id] = {}
                if not has_rules_by_case(leaf):
                    given = supplies.given(said, column, values, measured, cohort.fit)
                    own[leaf.id] = _reference(said, values, given, fitted, cohort, leaf)
                for said, measured in by_rule(leaf, settings[leaf.id], grid, rows):
                    given = supplies.given(said, column, values, measured, cohort.fit) | counted.get(leaf.id, {})
                    where = cohort.index_of(measured)
                    points = _apply(said, values[where], own[leaf.id], given)
                    scores[:, column][where] = _earned(leaf, points, where, given_by.get(leaf.id))
            except DomainError as error:
                at_fault = refused(leaf, said, table, cohort, measured, values, error)
                place = indicator_place(framework, table, leaf, rows)
                refusals += [each if each.place is not None else replace(each, place=place) for each in at_fault]
                continue
            states = grid.reasons[column]
            judged = by_rule(leaf, settings[leaf.id], grid, cohort.apply)
            lacking += _lacking(table, leaf, judged, cohort, values, states, scores[:, column], given_by.get(leaf.id))
            found: list[Finding] = []
            if counts and cohort.apply.size:
                cells = _counted_cells(table, leaf, settings[leaf.id], cohort, grid, column, fitted, own[leaf.id])
                found += column_findings(leaf, cells, fates[leaf.id])
                found += _drift(leaf, cohort, base.numbers[column], fitted)
            year = base_year(settings[leaf.id])
            if year is not None and year in supplies.base_rows:
                found += _without_base(leaf, cohort, year, values, supplies.base_values(year, column))
            findings += [replace(each, place=indicator_place(framework, table, leaf, cohort.apply)) for each in found]
        findings += _alone(framework, table, cohort, fitted) if cohort.apply.size else []
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    return Scored(
        scores, np.zeros(scores.shape, dtype=np.bool_, order="F"), references, (*lacking, *findings), given_by
    )


def _no_scores(framework: Framework, grid: Grid, cohorts: tuple[Cohort, ...]) -> Matrix:
    """(rows, indicators) NaN wherever no rule may put a score; what one puts into every row need not be made before."""
    scores, apart = np.empty(grid.filled.shape, order="F"), np.ones(grid.rows, dtype=np.bool_)
    for cohort in cohorts:
        apart[cohort.index_of(cohort.measured)] = False
    some_apart = bool(apart.any())
    for column, leaf in enumerate(framework.leaves):
        if some_apart or leaf.is_open_slot or has_rules_by_case(leaf):
            scores[:, column] = np.nan
    return scores


def _counted_cells(
    table: Table,
    leaf: Node,
    settings: Settings,
    cohort: Cohort,
    grid: Grid,
    column: int,
    fitted: Fitted | None,
    reference: Reference,
) -> ColumnCounts:
    """The values and gaps of an indicator, which has a column of the grid, in a cohort."""
    return count_column(
        table,
        leaf,
        cohort,
        grid.numbers[column],
        grid.reasons[column],
        fitted_on=cohort.fitted if fitted is None else None,
        rules=rules_met(leaf, settings, grid, cohort.fit) if fitted is None else frozenset(),
        has_reference=not any(math.isnan(value) for value in reference.values()),
    )


def _alone(framework: Framework, table: Table, cohort: Cohort, fitted: Fitted | None) -> list[Finding]:
    """That there is only one unit to compare, where that matters."""
    return [single_unit(table, cohort)] if fitted is None and cohort.fit.size == 1 and compares(framework) else []


def _drift(leaf: Node, cohort: Cohort, values: Vector, fitted: Fitted | None) -> list[Finding]:
    """What lies beyond the values of a reference that was fitted on others."""
    drift = beyond(leaf, cohort, values, fitted)
    return [] if drift is None else [drift.finding(leaf, cohort.reference, cohort.year)]


def _earned(leaf: Node, points: Vector, rows: Selection, given: Given | None) -> Vector:
    """The scores of some rows: the points of the rule, rounded as the indicator says, or those that somebody gave."""
    if given is not None:
        return np.asarray(given.points[rows])
    return points if leaf.round is None else leaf.round.of(points)


def _lacking(
    table: Table,
    leaf: Node,
    judged: list[tuple[Settings, Rows]],
    cohort: Cohort,
    values: Vector,
    states: States,
    scores: Vector,
    given: Given | None,
) -> list[Finding]:
    """Who has a value that the rule for it has no points for; judged: each rule with the rows that it scores."""
    found: list[Finding] = []
    if given is not None:
        values, states, scores = given.values, given.states, given.high
        found += given_findings(table, leaf, given, cohort.apply)
    for own, rows in judged:
        found += without_points(table, leaf, own.score, replace(cohort, apply=rows), values, states, scores)
    return found


def compares(framework: Framework) -> bool:
    """Whether any indicator is scored by a rule that measures units against each other."""
    settings = resolve_settings(framework)
    ours = [leaf for leaf in framework.leaves if not leaf.is_open_slot]
    return any(_is_relative(settings[leaf.id].score.name) for leaf in ours)


def _is_relative(rule: str) -> bool:
    """Whether a rule measures units against each other."""
    return scoring[rule].fit is not None or not scoring[rule].row_local


def _fit(settings: Settings, values: Vector, given: Mapping[str, Any]) -> Reference:
    """The statistics that a relative rule takes from the values; an absolute rule takes none."""
    fit = scoring[settings.score.name].fit
    if fit is None:
        return {}
    return {name: float(value) for name, value in fit(values, **given, **settings.score.parameters).items()}


def _reference(
    settings: Settings, values: Vector, given: Mapping[str, Any], fitted: Fitted | None, cohort: Cohort, leaf: Node
) -> Reference:
    """The statistics that an indicator is scored by: fitted on its values, or those that were fitted before."""
    if fitted is None or scoring[settings.score.name].fit is None:
        return _fit(settings, values[cohort.fitted], given)
    return fitted.of(cohort.reference, leaf.id)


def _apply(settings: Settings, values: Vector, reference: Reference, given: Mapping[str, Any]) -> Vector:
    """Scores against a reference; none where the reference has no value to measure against."""
    if any(math.isnan(value) for value in reference.values()):
        return np.full(values.shape, np.nan)
    return scoring[settings.score.name](values, **{**settings.score.parameters, **reference, **given})


def _without_base(leaf: Node, cohort: Cohort, year: int, values: Vector, base: Vector) -> Iterator[Finding]:
    """How many of the rows to score have a value but none in the base year to compare it with."""
    count = int((np.isnan(base) & ~np.isnan(values))[cohort.apply].sum())
    if count:
        yield Finding(
            code="no_base_value",
            severity=Severity.WARNING,
            field=leaf.id,
            year=cohort.year,
            value=count,
            message=Text(
                f"{leaf.label.zh}：{count} 个评价对象在基期 {year} 年没有数值可比，没有得分",
                f"{leaf.label.en}: {count} {agreeing(count, 'has', 'have')} no value "
                f"in the base year {year} to compare with, "
                "and no score",
            ),
            hint=Text(f"补齐 {year} 年的数据，或换一个基期", f"fill the data of {year}, or choose another base year"),
        )


def single_unit(table: Table, cohort: Cohort) -> Finding:
    """That a reference has one row only, of the year of the rows to score; of none where these are of several years."""
    found = table.finding(
        int(cohort.fit[0]),
        code="single_unit",
        severity=Severity.WARNING,
        message=Text(
            f"参照（{cohort.reference}）中只有一个评价对象，无从比较，相对赋分没有意义",
            f"the reference ({cohort.reference}) has one unit only: scores relative to others mean nothing",
        ),
        hint=Text(
            "补上其他评价对象，或用固定界限的赋分规则",
            "add the other units, or score against fixed bounds",
        ),
    )
    return replace(found, year=cohort.year)


def _counted(fitted: Fitted | None, cohort: Cohort) -> dict[str, dict[str, Any]]:
    """By indicator whom its rule counts, where these are others than the rows at hand."""
    columns = {} if fitted is None else fitted.columns.get(cohort.reference, {})
    return {code: {"among": read().view(InOrder)} for code, read in columns.items()}


def refused(
    leaf: Node, settings: Settings, table: Table, cohort: Cohort, rows: Rows, values: Vector, error: DomainError
) -> list[Finding]:
    """One finding per unit whose value the rule cannot take, or one for the column."""
    of_column = domain_finding(leaf, settings, cohort.year, error)
    if not error.units:
        return [of_column]
    return list(by_row(table, of_column, rows[list(error.units)].tolist(), values))


def domain_finding(leaf: Node, settings: Settings, year: int | None, error: DomainError) -> Finding:
    """What the rule of an indicator cannot take."""
    hint = Text("更正数值，或换一种赋分规则", "correct the value or choose another scoring rule")
    return refused_values(leaf, scoring[settings.score.name].title, year, error, hint)

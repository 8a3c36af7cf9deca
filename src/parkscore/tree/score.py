"""Turn indicator values into scores by the rule of each indicator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.chosen import words_of
from parkscore.data.columns import parse
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
from parkscore.data.table import State, Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework, Node
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, scoring
from parkscore.methods.columns import highest, is_constant, lowest
from parkscore.tree.case_rules import by_rule
from parkscore.tree.gaps import fate_of_gaps
from parkscore.tree.outside import outside
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
) -> Scored:
    """Score every indicator of every cohort; base: the grid before treatment, for rules that compare with a base year.

    fitted: the statistics to score by, made on these rows or others; nothing is fitted then, and a row's scores follow
    from that row alone, unless a rule counts the other rows.

    Raises DataError with every value that a rule cannot take, such as the logarithm of a negative number, and where a
    base year is not in the data.
    """
    supplies, given_by = supply(framework, table, base), given_scores(framework, table)
    settings = resolve_settings(framework)
    leaves = framework.leaves
    fates = _fates_of_gaps(framework)
    scores = np.full(grid.values.shape, np.nan, order="F")
    references: dict[str, dict[str, Reference]] = {}
    findings: list[Finding] = []
    lacking: list[Finding] = []
    refusals: list[Finding] = []
    for cohort in cohorts:
        own = references.setdefault(cohort.reference, {})
        rows = cohort.measured
        for column, leaf in enumerate(leaves):
            if leaf.is_open_slot:
                continue
            values, said = grid.values[:, column], settings[leaf.id]
            try:
                measured = cohort.fit
                own[leaf.id] = {}
                if not has_rules_by_case(leaf):
                    given = supplies.given(said, column, values, measured, cohort.fit)
                    own[leaf.id] = _reference(said, values[cohort.fitted], given, fitted, cohort, leaf)
                for said, measured in by_rule(leaf, settings[leaf.id], grid, rows):
                    given = supplies.given(said, column, values, measured, cohort.fit)
                    where = cohort.index_of(measured)
                    points = _apply(said, values[where], own[leaf.id], given)
                    scores[where, column] = _earned(leaf, points, where, given_by.get(leaf.id))
            except DomainError as error:
                refused = _refused(leaf, said, table, cohort, measured, values, error)
                place = indicator_place(framework, table, leaf, rows)
                refusals += [each if each.place is not None else replace(each, place=place) for each in refused]
                continue
            states = grid.states[:, column]
            judged = by_rule(leaf, settings[leaf.id], grid, cohort.apply)
            lacking += _lacking(table, leaf, judged, cohort, values, states, scores[:, column], given_by.get(leaf.id))
            states = states[cohort.applied]
            in_one_case = fitted is None and len(by_rule(leaf, settings[leaf.id], grid, cohort.fit)) < 2
            found = [*_oddities(table, leaf, cohort, values, states, own[leaf.id], fates[leaf.id], in_one_case)]
            found += outside(leaf, cohort, base.values[:, column], fitted)
            year = base_year(settings[leaf.id])
            if year is not None and year in supplies.base_rows:
                found += _without_base(leaf, cohort, year, values, supplies.base_values(year, column))
            findings += [replace(each, place=indicator_place(framework, table, leaf, cohort.apply)) for each in found]
        if fitted is None and cohort.fit.size == 1 and _compares(leaves, settings):
            findings.append(_single_unit(table, cohort))
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    return Scored(
        scores, np.zeros(scores.shape, dtype=np.bool_, order="F"), references, (*lacking, *findings), given_by
    )


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


def _compares(leaves: Sequence[Node], settings: Mapping[str, Settings]) -> bool:
    """Whether any indicator is scored by a rule that measures units against each other."""
    ours = [leaf for leaf in leaves if not leaf.is_open_slot]
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
    """The statistics that an indicator is scored by: fitted on these values, or those that were fitted before."""
    if fitted is None or scoring[settings.score.name].fit is None:
        return _fit(settings, values, given)
    return fitted.of(cohort.reference, leaf.id)


def _apply(settings: Settings, values: Vector, reference: Reference, given: Mapping[str, Any]) -> Vector:
    """Scores against a reference; none where the reference has no value to measure against."""
    if any(math.isnan(value) for value in reference.values()):
        return np.full(values.shape, np.nan)
    return scoring[settings.score.name](values, **{**settings.score.parameters, **reference, **given})


def _oddities(
    table: Table,
    leaf: Node,
    cohort: Cohort,
    values: Vector,
    states: States,
    reference: Reference,
    fate: Text,
    in_one_case: bool,
) -> Iterator[Finding]:
    """What keeps an indicator from telling the units of a cohort apart; `fate` says what becomes of a gap.

    in_one_case: whether one rule scores all that the reference was fitted on, so that equal values are equal scores.
    """
    if np.isnan(values[cohort.applied]).all():
        yield _all_missing(leaf, cohort, states)
        return
    if any(math.isnan(value) for value in reference.values()):
        yield _no_reference(leaf, cohort)
        return
    if states.any():
        yield _some_missing(leaf, cohort, states, fate)
    measured = values[cohort.fitted]
    low, high = lowest(measured), highest(measured)
    if in_one_case and is_constant(low, high) and np.count_nonzero(~np.isnan(measured)) > 1:
        value = float(low)
        yield _constant(leaf, cohort, words_of(table, leaf, np.array([value]))[0] if leaf.is_named else value)


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
                f"{leaf.label.en}: {count} have no value in the base year {year} to compare with, and no score",
            ),
            hint=Text(f"补齐 {year} 年的数据，或换一个基期", f"fill the data of {year}, or choose another base year"),
        )


_STATE_TEXT = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("不适用", "not applicable"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text("无定义", "undefined"),
}


def _reasons(states: States) -> Text:
    """How many have no value, by reason; none of the reasons is ever taken for zero or for another."""
    counts = {text: int(np.count_nonzero(states == state)) for state, text in _STATE_TEXT.items()}
    return Text(
        "、".join(f"{text.zh} {count}" for text, count in counts.items() if count),
        ", ".join(f"{text.en} {count}" for text, count in counts.items() if count),
    )


_EMPTY_COLUMN = Text(
    "核对这一列的表头和数据；不用的指标可从指标体系中删去",
    "check the header and the data of this column, or leave the indicator out of the framework",
)
_NO_YEAR_BEFORE = Text(
    "公式要用往年数据：数据中的头几年没有数值属正常，否则核对这些列在往年是否有数",
    "the formula looks back: the first years in the data have no value; for a later one, check the years before it",
)


def _all_missing(leaf: Node, cohort: Cohort, states: States) -> Finding:
    why = _reasons(states)
    return Finding(
        code="all_missing",
        severity=Severity.WARNING,
        field=leaf.id,
        year=cohort.year,
        value=len(states),
        message=Text(
            f"{leaf.label.zh}：没有一个评价对象有数值（{why.zh}），不参与评分",
            f"{leaf.label.en}: no unit has a value ({why.en}); it takes no part in the score",
        ),
        hint=_NO_YEAR_BEFORE if any(parse(text).lagged for text in leaf.formulas) else _EMPTY_COLUMN,
    )


_LATER = Text("缺失的按同类平均得分赋分", "what is missing gets the mean score of its group")


def _fates_of_gaps(framework: Framework) -> Mapping[str, Text]:
    """For each indicator what becomes of a gap: filled as a score, no part of a sum, or a share for the siblings."""
    settings = resolve_settings(framework)
    fates = {}
    for node in framework.root.walk():
        fate = fate_of_gaps(framework, node)
        for child in node.children:
            filled = child.is_indicator and settings[child.id].missing.name == SCORE_GROUP_MEAN
            fates[child.id] = _LATER if filled else fate
    return fates


def _some_missing(leaf: Node, cohort: Cohort, states: States, fate: Text) -> Finding:
    why, count = _reasons(states), int(np.count_nonzero(states))
    return Finding(
        code="no_value",
        severity=Severity.INFO,
        field=leaf.id,
        year=cohort.year,
        value=count,
        message=Text(
            f"{leaf.label.zh}：{len(states)} 个中有 {count} 个没有数值（{why.zh}），{fate.zh}",
            f"{leaf.label.en}: {count} of {len(states)} have no value ({why.en}); {fate.en}",
        ),
        hint=Text("补齐数据，或用 missing: 说明如何填补", "fill the cells, or say with `missing:` how gaps are filled"),
    )


def _no_reference(leaf: Node, cohort: Cohort) -> Finding:
    return Finding(
        code="no_reference",
        severity=Severity.WARNING,
        field=leaf.id,
        message=Text(
            f"{leaf.label.zh}：参照（{cohort.reference}）中没有一个数值可比，不参与评分",
            f"{leaf.label.en}: the reference ({cohort.reference}) has no value to measure against; "
            "it takes no part in the score",
        ),
        hint=Text(
            "补齐参照年份的数据，或换一个参照（reference:）",
            "fill the column for the reference, or choose another `reference:`",
        ),
    )


_CHECK_COLUMN = Text(
    "核对这一列；若无误，可删去该指标，或用固定界限的赋分规则",
    "check the column; if it is right, leave the indicator out or score it against fixed bounds",
)
_CHECK_NAMES = Text("核对这一列；若无误，不必改动", "check the column; if it is right, nothing needs to be done")


def _constant(leaf: Node, cohort: Cohort, value: float | str) -> Finding:
    return Finding(
        code="constant_column",
        severity=Severity.WARNING,
        field=leaf.id,
        year=cohort.year,
        # A zero times a negative number is -0.0, which nobody has entered.
        value=value if isinstance(value, str) else value + 0.0,
        message=Text(
            f"{leaf.label.zh}：参照（{cohort.reference}）中所有评价对象的数值相同，不区分名次",
            f"{leaf.label.en}: the same for every unit of the reference ({cohort.reference}); it tells none apart",
        ),
        hint=_CHECK_NAMES if leaf.is_named else _CHECK_COLUMN,
    )


def _single_unit(table: Table, cohort: Cohort) -> Finding:
    return table.finding(
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


def _refused(
    leaf: Node, settings: Settings, table: Table, cohort: Cohort, rows: Rows, values: Vector, error: DomainError
) -> list[Finding]:
    """One finding per unit whose value the rule cannot take, or one for the column."""
    title = scoring[settings.score.name].title
    message = Text(
        f"{leaf.label.zh}（{title.zh}）：{error.reason.zh}", f"{leaf.label.en} ({title.en}): {error.reason.en}"
    )
    hint = Text("更正数值，或换一种赋分规则", "correct the value or choose another scoring rule")
    if not error.units:
        return [
            Finding(code="domain", severity=Severity.ERROR, field=leaf.id, year=cohort.year, message=message, hint=hint)
        ]
    return [
        table.finding(
            row,
            code="domain",
            severity=Severity.ERROR,
            field=leaf.id,
            value=float(values[row]),
            message=message,
            hint=hint,
        )
        for row in rows[list(error.units)]
    ]

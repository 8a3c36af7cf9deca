"""Name the units that have a value and earn no points by it: a category that is not listed, a value in no band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from parkscore.data.capping import MOST, first_of_each_kind
from parkscore.data.grid import Cohort, Rows, States, Vector
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Node, ScoreRule
from parkscore.language import Text
from parkscore.methods import scoring


def without_points(
    table: Table, leaf: Node, rule: ScoreRule, cohort: Cohort, values: Vector, states: States, scores: Vector
) -> list[Finding]:
    """A finding for each row to score whose value the rule has no points for; values, states, scores: (rows,) each.

    Only rules that may state what everything else earns (`otherwise`) can leave a value without points.
    """
    if "otherwise" not in scoring[rule.name].parameters:
        return []
    nothing = np.isnan(scores[cohort.apply])
    if leaf.category is not None:
        given = table.frame[leaf.category].iloc[cohort.apply].notna().to_numpy()
        return _each(cohort.apply[nothing & given], lambda row: _unlisted(table, leaf, str(leaf.category), row))
    if leaf.conditions:
        none_holds = cohort.apply[states[cohort.apply] == State.UNDEFINED]
        return _each(none_holds, lambda row: _no_tier(table, leaf, row))
    outside = nothing & ~np.isnan(values[cohort.apply])
    return _each(cohort.apply[outside], lambda row: _outside(table, leaf, rule, float(values[row]), row))


def _each(rows: Rows, tell: Callable[[int], Finding]) -> list[Finding]:
    """A finding for each of the first rows, and one that counts the others."""
    rest = [replace(tell(row), more=len(rows) - MOST) for row in rows[MOST : MOST + 1].tolist()]
    return first_of_each_kind([*map(tell, rows[:MOST].tolist()), *rest])


def _unlisted(table: Table, leaf: Node, field: str, row: int) -> Finding:
    text = str(table.frame[field].iloc[row])
    return table.finding(
        row,
        code="unlisted_category",
        severity=Severity.WARNING,
        column=field,
        field=leaf.id,
        value=text,
        message=Text(
            f"{leaf.label.zh}：赋分表中没有“{text}”，没有得分（不按 0 分计）",
            f"{leaf.label.en}: {text!r} is not in the table of points; it has no score, which is not 0",
        ),
        hint=Text(
            "更正单元格，或在 points 中补上这一类，或写明 otherwise",
            "correct the cell, add the category to `points`, or state `otherwise`",
        ),
    )


def _no_tier(table: Table, leaf: Node, row: int) -> Finding:
    return table.finding(
        row,
        code="no_points",
        severity=Severity.WARNING,
        field=leaf.id,
        message=Text(
            f"{leaf.label.zh}：没有一档的条件成立（或条件无定义），没有得分（不按 0 分计）",
            f"{leaf.label.en}: no condition of its tiers holds, or one is undefined; it has no score, which is not 0",
        ),
        hint=Text("补上这一档，或写明 otherwise", "add a tier, or state `otherwise`"),
    )


def _outside(table: Table, leaf: Node, rule: ScoreRule, value: float, row: int) -> Finding:
    title = scoring[rule.name].title
    return table.finding(
        row,
        code="no_points",
        severity=Severity.WARNING,
        field=leaf.id,
        value=value,
        message=Text(
            f"{leaf.label.zh}（{title.zh}）：{value:.12g} 不在任何一档，没有得分（不按 0 分计）",
            f"{leaf.label.en} ({title.en}): {value:.12g} has no points; it has no score, which is not 0",
        ),
        hint=Text("补上这一档，或写明 otherwise", "add it to the rule, or state `otherwise`"),
    )

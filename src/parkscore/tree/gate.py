"""Decide which units may be ranked, and say why the others may not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.tree.aggregate import Nodes

RANKED = "ranked"
NOT_RANKED = "not_ranked"


@dataclass(frozen=True)
class Outcome:
    """Whether one row may be ranked, and where not, for which reason."""

    status: str
    reason: Text | None = None


def gate(
    framework: Framework, table: Table, nodes: Nodes, rows: Rows, set_aside: dict[int, float]
) -> tuple[dict[int, Outcome], list[Finding]]:
    """The outcome of each scored row, and a finding for each that is not ranked or lacks a dimension."""
    outcomes: dict[int, Outcome] = {}
    findings: list[Finding] = []
    for row in rows:
        reason = _reason(framework, nodes, int(row), set_aside)
        outcomes[int(row)] = Outcome(RANKED) if reason is None else Outcome(NOT_RANKED, reason)
        if reason is not None:
            findings.append(_finding(table, int(row), "not_ranked", framework.total.id, _not_ranked(reason)))
    findings += _dimensions_without_score(framework, table, nodes, rows, outcomes)
    return outcomes, findings


def _reason(framework: Framework, nodes: Nodes, row: int, set_aside: dict[int, float]) -> Text | None:
    if row in set_aside:
        need = framework.screen.availability if framework.screen is not None else 0.0
        have = set_aside[row]
        return Text(f"指标齐全率 {have:.0%}，低于 {need:.0%}", f"{have:.0%} of indicators available, {need:.0%} needed")
    if not np.isnan(nodes.scores[framework.total.id][row]):
        return None
    settings = resolve_settings(framework)
    have, need = float(nodes.coverage[framework.total.id][row]), settings[framework.total.id].min_coverage
    if have < need:
        return Text(f"有数据的权重占 {have:.0%}，低于 {need:.0%}", f"data cover {have:.0%} of the weight, {need:.0%} needed")
    return Text("没有任何指标有得分", "no indicator has a score")


def _not_ranked(reason: Text) -> Text:
    return Text(f"不排名：{reason.zh}", f"not ranked: {reason.en}")


def _dimensions_without_score(
    framework: Framework, table: Table, nodes: Nodes, rows: Rows, outcomes: dict[int, Outcome]
) -> list[Finding]:
    """A ranked unit whose dimension fell short of data has that dimension's share handed to the others: say so."""
    findings = []
    settings = resolve_settings(framework)
    for node in framework.walk():
        if not node.children:
            continue
        lacking = rows[np.isnan(nodes.scores[node.id][rows])]
        for row in lacking:
            if outcomes[int(row)].status == RANKED:
                have, need = float(nodes.coverage[node.id][row]), settings[node.id].min_coverage
                message = Text(
                    f"{node.label.zh}不计分：有数据的权重占 {have:.0%}，低于 {need:.0%}，其份额由同级分担",
                    f"{node.label.en} is not scored: data cover {have:.0%} of its weight, {need:.0%} needed; "
                    "its share goes to its siblings",
                )
                findings.append(_finding(table, int(row), "dimension_not_scored", node.id, message))
    return findings


def _finding(table: Table, row: int, code: str, field: str, message: Text) -> Finding:
    years = table.years
    return Finding(
        code=code,
        severity=Severity.WARNING,
        place=table.origin.place(row, None),
        unit=str(table.units[row]),
        year=None if years is None else int(years[row]),
        field=field,
        message=message,
    )

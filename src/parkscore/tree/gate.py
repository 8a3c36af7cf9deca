"""Decide which units may be ranked, and say why the others may not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.grid import Rows, Truths
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.tree.aggregate import Nodes

RANKED = "ranked"
NOT_RANKED = "not_ranked"


@dataclass(frozen=True)
class Outcomes:
    """Which rows of the table are ranked, and for each scored row that is not, the reason."""

    ranked: Truths
    reasons: Mapping[int, Text]


def gate(
    framework: Framework, table: Table, nodes: Nodes, rows: Rows, set_aside: Mapping[int, float]
) -> tuple[Outcomes, list[Finding]]:
    """Which of the scored rows may be ranked; findings for those that may not, and for dimensions that lack data.

    set_aside: the availability of rows that were screened out. A row without a total score is not ranked either.
    """
    ranked = np.zeros(len(table.frame), dtype=np.bool_)
    ranked[rows] = ~np.isnan(nodes.scores[framework.total.id][rows])
    reasons = {int(row): _reason(framework, nodes, int(row), set_aside) for row in rows[~ranked[rows]]}
    findings = [*_not_ranked(framework, table, reasons), *_not_scored(framework, table, nodes, rows[ranked[rows]])]
    return Outcomes(ranked, reasons), first_of_each_kind(findings)


def _reason(framework: Framework, nodes: Nodes, row: int, set_aside: Mapping[int, float]) -> Text:
    if row in set_aside and framework.screen is not None:
        have, need = _percent(set_aside[row]), _percent(framework.screen.availability)
        return Text(f"有数值的指标占 {have}，低于 {need}", f"{have} of the indicators have a value, {need} needed")
    have, need = _coverage(framework, nodes, framework.root, row)
    if need == _percent(0.0):
        return Text("没有一个有权重的指标有得分", "no indicator that carries weight has a score")
    return Text(f"有数据的权重占 {have}，低于 {need}", f"data cover {have} of the weight, {need} needed")


def _coverage(framework: Framework, nodes: Nodes, node: Node, row: int) -> tuple[str, str]:
    """The share of a node's weight that has data, and the share it needs."""
    return _percent(float(nodes.coverage[node.id][row])), _percent(resolve_settings(framework)[node.id].min_coverage)


def _percent(share: float) -> str:
    """A share rounded down to a tenth of a percent: 79.96 % must not read as the 80 % it falls short of.

    >>> _percent(0.7996), _percent(0.8), _percent(0.29)
    ('79.9%', '80%', '29%')
    """
    return f"{math.floor(share * 1000 + 1e-6) / 10:g}%"


def _not_ranked(framework: Framework, table: Table, reasons: Mapping[int, Text]) -> Iterator[Finding]:
    for row, reason in reasons.items():
        message = Text(f"不排名：{reason.zh}", f"not ranked: {reason.en}")
        yield _finding(table, row, NOT_RANKED, framework.total.id, message)


def _not_scored(framework: Framework, table: Table, nodes: Nodes, ranked: Rows) -> Iterator[Finding]:
    """A ranked unit whose dimension fell short of data has that dimension's share handed to the others: say so."""
    for node in framework.walk():
        if node.children:
            for row in ranked[np.isnan(nodes.scores[node.id][ranked])]:
                have, need = _coverage(framework, nodes, node, int(row))
                message = Text(
                    f"{node.label.zh}不计分：有数据的权重占 {have}，需要 {need}，其份额由同级分担",
                    f"{node.label.en} is not scored: data cover {have} of its weight, {need} needed; "
                    "its share goes to its siblings",
                )
                yield _finding(table, int(row), "dimension_not_scored", node.id, message)


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

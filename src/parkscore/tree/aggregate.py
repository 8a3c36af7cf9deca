"""Aggregate scores up the tree, any method at any node, with a coverage threshold at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from parkscore.data.grid import Cohort, Matrix, Vector
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, aggregation

if TYPE_CHECKING:
    from parkscore.tree.weigh import Shares

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Nodes:
    """The aggregated stage: for every node, the root and the indicators included, a score and a coverage per row.

    scores: NaN where a node has none. coverage: the share of the node's weight, from 0 to 1, that has data.
    """

    scores: Mapping[str, Vector]
    coverage: Mapping[str, Vector]


class NodeScores(NamedTuple):
    """The scores and the coverage of one node, (rows,) each."""

    scores: Vector
    coverage: Vector


def aggregate(
    framework: Framework, table: Table, scores: Matrix, cohorts: tuple[Cohort, ...], shares: tuple[Shares, ...]
) -> Nodes:
    """Every node's score from its children's, bottom up.

    Raises DataError, naming unit and node, where a method refuses the scores it is given.
    """
    settings = resolve_settings(framework)
    rows = scores.shape[0]
    node_ids = [framework.total.id, *(node.id for node in framework.walk())]
    all_scores = {node_id: np.full(rows, np.nan) for node_id in node_ids}
    all_coverage = {node_id: np.zeros(rows) for node_id in node_ids}
    column_of = {leaf.id: index for index, leaf in enumerate(framework.leaves)}

    def descend(node: Node, cohort: Cohort, own_shares: Shares) -> None:
        if not node.children:
            own = scores[cohort.apply, column_of[node.id]]
            all_scores[node.id][cohort.apply] = own
            all_coverage[node.id][cohort.apply] = ~np.isnan(own)
            return
        for child in node.children:
            descend(child, cohort, own_shares)
        below = np.column_stack([all_scores[child.id][cohort.apply] for child in node.children])
        covered = np.column_stack([all_coverage[child.id][cohort.apply] for child in node.children])
        threshold = settings[node.id].min_coverage
        try:
            result = aggregate_node(framework, node, below, own_shares[node.id], threshold, covered)
        except DomainError as error:
            raise DataError(_refused(framework, table, node, cohort, below, error)) from None
        all_scores[node.id][cohort.apply] = result.scores
        all_coverage[node.id][cohort.apply] = result.coverage

    for cohort, own_shares in zip(cohorts, shares, strict=True):
        descend(framework.root, cohort, own_shares)
    return Nodes(all_scores, all_coverage)


def aggregate_node(
    framework: Framework, node: Node, below: Matrix, shares: Vector, threshold: float, covered: Matrix | None = None
) -> NodeScores:
    """One node from its children's scores, (rows, children), and coverage; NaN where coverage is below the threshold.

    A child without a score hands its share to its siblings. Coverage counts what a child without a score has as nothing.
    """
    choice = aggregation_of(framework, node)
    present = ~np.isnan(below)
    reached = present.astype(np.float64) if covered is None else np.where(present, covered, 0.0)
    coverage = reached @ (shares / shares.sum())
    scores = aggregation[choice.name](below, shares, **choice.parameters)
    return NodeScores(np.where(coverage < threshold - _ROUNDING, np.nan, scores), coverage)


def _refused(
    framework: Framework, table: Table, node: Node, cohort: Cohort, below: Matrix, error: DomainError
) -> list[Finding]:
    title = aggregation[aggregation_of(framework, node).name].title
    rows = [int(cohort.apply[unit]) for unit in error.units] or [None]
    children = [node.children[column].id for column in error.columns] or [child.id for child in node.children]
    years = table.years
    return [
        Finding(
            code="domain",
            severity=Severity.ERROR,
            place=table.origin.place(row, None),
            field=node.id,
            unit=None if row is None else str(table.units[row]),
            year=None if row is None or years is None else int(years[row]),
            message=Text(
                f"{title.zh}不能合成 {', '.join(children)} 的得分：{error.reason.zh}",
                f"{title.en} cannot take the scores of {', '.join(children)}: {error.reason.en}",
            ),
            hint=Text("换一种合成方法或赋分规则", "choose another aggregation or scoring rule"),
        )
        for row in rows
    ]

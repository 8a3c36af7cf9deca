"""Aggregate scores up the tree, any method at any node, with a coverage threshold at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.grid import Cohort, Matrix, Rows, Vector
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, aggregation

Shares = Mapping[str, Vector]
"""For each dimension, the root included, the shares of its children, summing to 1."""

# A coverage is a sum of shares, and one short of its threshold by rounding has reached it.
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
    all_scores = {node.id: np.full(len(scores), np.nan) for node in framework.root.walk()}
    all_coverage = {node.id: np.zeros(len(scores)) for node in framework.root.walk()}
    for cohort, own_shares in zip(cohorts, shares, strict=True):
        tree = Tree(framework, table, scores, cohort.apply, own_shares)
        for node in framework.root.walk():
            result = tree.scores_of(node)
            all_scores[node.id][cohort.apply] = result.scores
            all_coverage[node.id][cohort.apply] = result.coverage
    return Nodes(all_scores, all_coverage)


class Tree:
    """The scores of the nodes for some rows of a table, each computed when it is first asked for."""

    def __init__(self, framework: Framework, table: Table, scores: Matrix, rows: Rows, shares: Shares) -> None:
        """Nothing is computed yet; `shares` may be filled while the tree is climbed."""
        self._framework = framework
        self._table = table
        self._rows = rows
        self._shares = shares
        self._settings = resolve_settings(framework)
        self._known: dict[str, NodeScores] = {}
        for column, leaf in enumerate(framework.leaves):
            own = scores[rows, column]
            self._known[leaf.id] = NodeScores(own, np.where(np.isnan(own), 0.0, 1.0))

    def scores_of(self, node: Node) -> NodeScores:
        """The scores and the coverage of a node; DataError where its method refuses the scores of its children."""
        if node.id not in self._known:
            below = [self.scores_of(child) for child in node.children]
            self._known[node.id] = self._combine(node, below)
        return self._known[node.id]

    def scores_below(self, node: Node) -> Matrix:
        """The scores of a node's children, (rows, children)."""
        return np.column_stack([self.scores_of(child).scores for child in node.children])

    def _combine(self, node: Node, below: Sequence[NodeScores]) -> NodeScores:
        """A node from its children; NaN where coverage is below the node's threshold.

        A child without a score hands its share to its siblings, and nothing of it is covered.
        """
        choice = aggregation_of(self._framework, node)
        shares = self._shares[node.id]
        scores = np.column_stack([each.scores for each in below])
        covered = np.column_stack([np.where(np.isnan(each.scores), 0.0, each.coverage) for each in below])
        # Row by row and not as a matrix product, whose rounding may depend on where a row stands.
        coverage = (covered * shares).sum(axis=1)
        try:
            combined = aggregation[choice.name](scores, shares, **choice.parameters)
        except DomainError as error:
            raise DataError(first_of_each_kind(self._refused(node, error))) from None
        enough = coverage >= self._settings[node.id].min_coverage - _ROUNDING
        return NodeScores(np.where(enough, combined, np.nan), coverage)

    def _refused(self, node: Node, error: DomainError) -> list[Finding]:
        title = aggregation[aggregation_of(self._framework, node).name].title
        children = [node.children[column].id for column in error.columns] or [child.id for child in node.children]
        message = Text(
            f"{title.zh}不能合成 {', '.join(children)} 的得分：{error.reason.zh}",
            f"{title.en} cannot take the scores of {', '.join(children)}: {error.reason.en}",
        )
        hint = Text("换一种合成方法或赋分规则", "choose another aggregation or scoring rule")
        if not error.units:
            return [Finding(code="domain", severity=Severity.ERROR, field=node.id, message=message, hint=hint)]
        years = self._table.years
        return [
            Finding(
                code="domain",
                severity=Severity.ERROR,
                place=self._table.origin.place(int(row), None),
                field=node.id,
                unit=str(self._table.units[row]),
                year=None if years is None else int(years[row]),
                message=message,
                hint=hint,
            )
            for row in self._rows[list(error.units)]
        ]

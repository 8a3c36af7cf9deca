"""Aggregate scores up the tree, any method at any node, with a coverage threshold at each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, Rows, States, Truths, Vector
from parkscore.data.table import State, Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, Method, aggregation

Shares = Mapping[str, Vector]
"""For each dimension, the root included, the shares of its children, summing to 1."""

# A coverage is a sum of shares, and one short of its threshold by rounding has reached it.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Nodes:
    """The aggregated stage: for every node, the root and the indicators included, a score and a coverage per row.

    scores: NaN where a node has none. coverage: the share of the node's weight, from 0 to 1, that has data.
    passed_over: rows with data enough, but with a gap that the node's method cannot take. findings: one for each.
    """

    scores: Mapping[str, Vector]
    coverage: Mapping[str, Vector]
    passed_over: Mapping[str, Truths]
    findings: tuple[Finding, ...]


class NodeScores(NamedTuple):
    """One node, (rows,) each: scores, coverage, the share that applies to the unit, rows its method passed over."""

    scores: Vector
    coverage: Vector
    applicable: Vector
    passed_over: Truths


def aggregate(
    framework: Framework,
    table: Table,
    scores: Matrix,
    cohorts: tuple[Cohort, ...],
    shares: tuple[Shares, ...],
    states: States | None = None,
    fitted: Fitted | None = None,
) -> Nodes:
    """Every node's score from its children's, bottom up.

    states: why an indicator has no value, (rows, indicators); what is not applicable to a unit is no part of its
    coverage. fitted: it says which nodes no row of a reference has, where a method that takes whole rows leaves them
    out for all; by default those are left out that none of these rows has.

    Raises DataError, naming unit and node, where a method refuses the scores it is given.
    """
    all_scores = {node.id: np.full(len(scores), np.nan) for node in framework.root.walk()}
    all_coverage = {node.id: np.zeros(len(scores)) for node in framework.root.walk()}
    all_passed_over = {node.id: np.zeros(len(scores), dtype=np.bool_) for node in framework.root.walk()}
    findings: list[Finding] = []
    for cohort, own_shares in zip(cohorts, shares, strict=True):
        rows = _measured_together(framework, cohort)
        own = np.searchsorted(rows, cohort.apply)
        absent = None if fitted is None else fitted.absent.get((cohort.reference, cohort.class_id), frozenset())
        tree = Tree(framework, table, scores, rows, own_shares, states, absent)
        for node in framework.root.walk():
            result = tree.scores_of(node)
            all_scores[node.id][cohort.apply] = result.scores[own]
            all_coverage[node.id][cohort.apply] = result.coverage[own]
            all_passed_over[node.id][cohort.apply] = result.passed_over[own]
            findings += tree.incomplete(node, own[result.passed_over[own]])
    return Nodes(all_scores, all_coverage, all_passed_over, tuple(first_of_each_kind(findings)))


def _measured_together(framework: Framework, cohort: Cohort) -> Rows:
    """The rows to climb the tree with, ascending: those to score, and where a method compares units the reference too.

    So a year of a panel scores the same alone as within all years.
    """
    methods = (aggregation[aggregation_of(framework, node).name] for node in framework.root.walk() if node.children)
    if all(method.row_local for method in methods):
        return np.sort(cohort.apply)
    return np.union1d(cohort.apply, cohort.fit)


class Tree:
    """The scores of the nodes for some rows of a table, each computed when it is first asked for."""

    def __init__(
        self,
        framework: Framework,
        table: Table,
        scores: Matrix,
        rows: Rows,
        shares: Shares,
        states: States | None = None,
        absent: Collection[str] | None = None,
    ) -> None:
        """Nothing is computed yet; `shares` may be filled while the tree is climbed."""
        self._absent = absent
        self._framework = framework
        self._table = table
        self._rows = rows
        self._shares = shares
        self._settings = resolve_settings(framework)
        self._known: dict[str, NodeScores] = {}
        for column, leaf in enumerate(framework.leaves):
            own = scores[rows, column]
            missing = np.isnan(own)
            applicable = np.ones(len(rows))
            if states is not None:
                applicable[missing & (states[rows, column] == State.NOT_APPLICABLE)] = 0.0
            self._known[leaf.id] = NodeScores(own, np.where(missing, 0.0, 1.0), applicable, np.zeros_like(missing))

    def scores_of(self, node: Node) -> NodeScores:
        """The scores and the coverage of a node; DataError where its method refuses the scores of its children."""
        if node.id not in self._known and not node.children:  # the root of a framework that has gates only
            nothing = np.zeros(len(self._rows))
            self._known[node.id] = NodeScores(nothing + np.nan, nothing, nothing, nothing > 0)
        if node.id not in self._known:
            below = [self.scores_of(child) for child in node.children]
            self._known[node.id] = self._combine(node, below)
        return self._known[node.id]

    def scores_below(self, node: Node) -> Matrix:
        """The scores of a node's children, (rows, children)."""
        return np.column_stack([self.scores_of(child).scores for child in node.children])

    def _combine(self, node: Node, below: Sequence[NodeScores]) -> NodeScores:
        """A node from its children; NaN where coverage is below the node's threshold.

        A child without a score hands its share to its siblings, and nothing of it is covered. What is not applicable to
        a unit is asked of nobody: coverage is the covered part of what applies.
        """
        choice = aggregation_of(self._framework, node)
        shares = self._shares[node.id]
        scores = np.column_stack([each.scores for each in below])
        applies = np.column_stack([each.applicable for each in below])
        covered = np.column_stack([np.where(np.isnan(each.scores), 0.0, each.coverage) for each in below]) * applies
        # Row by row and not as a matrix product, whose rounding may depend on where a row stands.
        applicable = (applies * shares).sum(axis=1)
        coverage = _share_of((covered * shares).sum(axis=1), applicable)
        enough = coverage >= self._settings[node.id].min_coverage - _ROUNDING
        method = aggregation[choice.name]
        if method.needs.complete:
            # A child that no row has takes no part anywhere.
            nobody = np.isnan(scores).all(axis=0)
            if self._absent is not None:
                nobody = np.array([child.id in self._absent for child in node.children], dtype=np.bool_)
            shares = np.where(nobody, 0.0, shares)
        takes_part, passed_over = _taking_part(method, scores[:, shares > 0], enough)
        combined = np.full(len(scores), np.nan)
        if takes_part.any():
            try:
                combined[takes_part] = method(scores[takes_part], shares, **choice.parameters)
            except DomainError as error:
                raise DataError(first_of_each_kind(self._refused(node, error, self._rows[takes_part]))) from None
        if node.round is not None:
            combined = node.round.of(combined)
        return NodeScores(np.where(enough, combined, np.nan), coverage, applicable, passed_over)

    def incomplete(self, node: Node, positions: Rows) -> list[Finding]:
        """One finding for each of these rows, which a node's method could not take for a gap."""
        if not positions.size:
            return []
        title = aggregation[aggregation_of(self._framework, node).name].title
        found = []
        for position in positions:
            gaps = [child.id for child in node.children if np.isnan(self.scores_of(child).scores[position])]
            message = Text(
                f"{node.id} 用{title.zh}合成，需要全部下级得分，缺 {'、'.join(gaps)}，此处不计分",
                f"{node.id} is a {title.en}, which takes whole rows only; {', '.join(gaps)} has no score, "
                "so the unit gets none here",
            )
            hint = Text("填补缺失值，或换一种合成方法", "fill the gap, or choose another aggregation")
            row = int(self._rows[position])
            found.append(
                self._table.finding(
                    row,
                    code="incomplete_row",
                    severity=Severity.WARNING,
                    field=node.id,
                    value=", ".join(gaps),
                    message=message,
                    hint=hint,
                )
            )
        return found

    def _refused(self, node: Node, error: DomainError, rows: Rows) -> list[Finding]:
        title = aggregation[aggregation_of(self._framework, node).name].title
        children = [node.children[column].id for column in error.columns] or [child.id for child in node.children]
        message = Text(
            f"{title.zh}不能合成 {', '.join(children)} 的得分：{error.reason.zh}",
            f"{title.en} cannot take the scores of {', '.join(children)}: {error.reason.en}",
        )
        hint = Text("换一种合成方法或赋分规则", "choose another aggregation or scoring rule")
        if not error.units:
            return [Finding(code="domain", severity=Severity.ERROR, field=node.id, message=message, hint=hint)]
        return [
            self._table.finding(row, code="domain", severity=Severity.ERROR, field=node.id, message=message, hint=hint)
            for row in rows[list(error.units)].tolist()
        ]


def _share_of(part: Vector, whole: Vector) -> Vector:
    """One as a share of the other; nothing of nothing is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _taking_part(method: Method[Any], scores: Matrix, enough: Truths) -> tuple[Truths, Truths]:
    """The rows that a node's method is given, and those it passes over for a gap; scores: its counted children.

    A method that looks at one row at a time is given all; one that compares units only those that get a score, so that
    the others move no one.
    """
    present = ~np.isnan(scores)
    some = present.any(axis=1)
    takes_part = np.ones_like(enough) if method.row_local else enough & some
    if not method.needs.complete:
        return takes_part, np.zeros_like(enough)
    whole = some & present.all(axis=1)
    return takes_part & whole, enough & some & ~whole

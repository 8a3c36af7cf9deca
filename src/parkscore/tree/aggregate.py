"""Aggregate scores up the tree, any method at any node, with a coverage threshold at each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, Rows, Selection, States, Truths, Vector, as_selection
from parkscore.data.table import State, Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text, agreeing
from parkscore.methods import DomainError, Method, aggregation
from parkscore.methods.row_sums import blocks, sums_of_units

Shares = Mapping[str, Vector]
"""For each dimension, the root included, the shares of its children, summing to 1."""

# A coverage is a sum of shares, and one short of its threshold by rounding has reached it.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Nodes:
    """The aggregated stage: for every node, the root and the indicators included, a score and a coverage per row.

    scores: NaN where a node has none. coverage: the share of the node's weight, from 0 to 1, that has data; that of an
    indicator is made when it is asked for.
    passed_over: rows with data enough, but with a gap that the node's method cannot take. findings: one for each.
    """

    scores: Mapping[str, Vector]
    coverage: Mapping[str, Vector]
    passed_over: Mapping[str, Truths]
    findings: tuple[Finding, ...]


class NodeScores(NamedTuple):
    """One node, (rows,) each: scores, coverage, the share that applies to the unit, rows its method passed over.

    coverage: None for an indicator, which is covered where it has a score. applicable: None where all applies.
    """

    scores: Vector
    coverage: Vector | None
    applicable: Vector | None
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
    # The root of a framework that has gates only has no children, and is no indicator either.
    dimensions = [node for node in framework.root.walk() if node.children or node.id == framework.total.id]
    if states is not None and not (states == State.NOT_APPLICABLE).any():
        states = None
    all_scores = {node.id: np.full(len(scores), np.nan) for node in dimensions}
    all_coverage = {node.id: np.zeros(len(scores)) for node in dimensions}
    nobody = np.zeros(len(scores), dtype=np.bool_)
    all_passed_over = {node.id: nobody for node in framework.root.walk()}
    findings: list[Finding] = []
    for cohort, own_shares in zip(cohorts, shares, strict=True):
        rows = _measured_together(framework, cohort)
        own: Selection = slice(None) if rows is cohort.apply else np.searchsorted(rows, cohort.apply)
        absent = None if fitted is None else fitted.absent.get((cohort.reference, cohort.class_id), frozenset())
        tree = Tree(framework, table, scores, rows, own_shares, states, absent)
        for node in dimensions:
            result = tree.scores_of(node)
            all_scores[node.id][cohort.applied] = result.scores[own]
            all_coverage[node.id][cohort.applied] = tree.coverage_of(node)[own]
            passed_over = result.passed_over[own]
            if passed_over.any():
                all_passed_over[node.id] = marked = all_passed_over[node.id].copy()
                marked[cohort.applied] = passed_over
                findings += tree.incomplete(node, np.arange(len(rows))[own][passed_over])
    leaves = _scores_of_leaves(framework, scores, cohorts)
    in_order = {
        node.id: all_scores[node.id] if node.id in all_scores else leaves[node.id] for node in framework.root.walk()
    }
    return Nodes(in_order, _Coverage(all_coverage, leaves), all_passed_over, tuple(first_of_each_kind(findings)))


def _scores_of_leaves(framework: Framework, scores: Matrix, cohorts: tuple[Cohort, ...]) -> dict[str, Vector]:
    """The scores of each indicator for the rows of some cohort, and NaN for the others."""
    apart = np.ones(len(scores), dtype=np.bool_)
    for cohort in cohorts:
        apart[cohort.applied] = False
    if not apart.any():
        return {leaf.id: scores[:, column] for column, leaf in enumerate(framework.leaves)}
    return {leaf.id: np.where(apart, np.nan, scores[:, column]) for column, leaf in enumerate(framework.leaves)}


class _Coverage(Mapping[str, Vector]):
    """The coverage of every node; an indicator is covered, or not, where it has a score, or not."""

    def __init__(self, dimensions: Mapping[str, Vector], leaves: Mapping[str, Vector]) -> None:
        self._dimensions = dimensions
        self._leaves = leaves

    def __getitem__(self, node_id: str) -> Vector:
        if node_id in self._dimensions:
            return self._dimensions[node_id]
        return np.asarray(~np.isnan(self._leaves[node_id]), dtype=np.float64)

    def __iter__(self) -> Iterator[str]:
        return chain(self._dimensions, self._leaves)

    def __len__(self) -> int:
        return len(self._dimensions) + len(self._leaves)


def _measured_together(framework: Framework, cohort: Cohort) -> Rows:
    """The rows to climb the tree with, ascending: those to score, and where a method compares units the reference too.

    So a year of a panel scores the same alone as within all years.
    """
    methods = (aggregation[aggregation_of(framework, node).name] for node in framework.root.walk() if node.children)
    if all(method.row_local for method in methods):
        return cohort.apply
    return cohort.measured


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
        self._scores = scores
        self._states = states
        self._at = as_selection(rows)
        self._columns = {leaf.id: column for column, leaf in enumerate(framework.leaves)}
        self._nobody = np.zeros(len(rows), dtype=np.bool_)
        self._known: dict[str, NodeScores] = {}

    def scores_of(self, node: Node) -> NodeScores:
        """The scores and the coverage of a node; DataError where its method refuses the scores of its children."""
        if node.id not in self._known:
            if node.children:
                below = [self.scores_of(child) for child in node.children]
                self._known[node.id] = self._combine(node, below)
            elif node.id in self._columns:
                self._known[node.id] = self._of_leaf(self._columns[node.id])
            else:  # the root of a framework that has gates only
                nothing = np.zeros(len(self._rows))
                self._known[node.id] = NodeScores(nothing + np.nan, nothing, nothing, self._nobody)
        return self._known[node.id]

    @cached_property
    def _own(self) -> Matrix:
        """The scores of the indicators in these rows, column by column in memory."""
        if isinstance(self._at, slice):
            return self._scores[self._at]
        own = np.empty((len(self._rows), self._scores.shape[1]), order="F")
        for taken, column in zip(own.T, self._scores.T, strict=True):
            taken[:] = column[self._at]
        return own

    def coverage_of(self, node: Node) -> Vector:
        """The coverage of a node."""
        found = self.scores_of(node)
        return np.asarray(~np.isnan(found.scores), dtype=np.float64) if found.coverage is None else found.coverage

    def _of_leaf(self, column: int) -> NodeScores:
        own = self._own[:, column]
        if self._states is None:
            return NodeScores(own, None, None, self._nobody)
        apart = self._states[self._at, column] == State.NOT_APPLICABLE
        applicable = np.where(apart & np.isnan(own), 0.0, 1.0) if apart.any() else None
        return NodeScores(own, None, applicable, self._nobody)

    def scores_below(self, node: Node) -> Matrix:
        """The scores of a node's children, (rows, children)."""
        return np.column_stack([self.scores_of(child).scores for child in node.children])

    def _combine(self, node: Node, below: Sequence[NodeScores]) -> NodeScores:
        """A node from its children; NaN where coverage is below the node's threshold.

        A child without a score hands its share to its siblings, and nothing of it is covered. What is not applicable to
        a unit is asked of nobody: coverage is the covered part of what applies.
        """
        shares = self._shares[node.id]
        coverage, applicable = _coverage(below, shares)
        enough = coverage >= self._settings[node.id].min_coverage - ROUNDING
        combined, passed_over = self._combined(node, below, enough)
        if node.round is not None:
            combined = node.round.of(combined)
        return NodeScores(np.where(enough, combined, np.nan), coverage, applicable, passed_over)

    def _combined(self, node: Node, below: Sequence[NodeScores], enough: Truths) -> tuple[Vector, Truths]:
        """What a node's method makes of its children, and the rows that it passes over for a gap."""
        choice, shares = aggregation_of(self._framework, node), self._shares[node.id]
        method = aggregation[choice.name]
        scores = self._scores_below(node, below)
        if method.needs.complete:
            # A child that no row has takes no part anywhere.
            nobody = np.isnan(scores).all(axis=0)
            if self._absent is not None:
                nobody = np.array([child.id in self._absent for child in node.children], dtype=np.bool_)
            shares = np.where(nobody, 0.0, shares)
        elif method.row_local:
            return self._unit_by_unit(node, scores), self._nobody
        takes_part, passed_over = _taking_part(method, scores[:, shares > 0], enough)
        combined = np.full(len(scores), np.nan)
        if takes_part.any():
            try:
                combined[takes_part] = method(np.ascontiguousarray(scores[takes_part]), shares, **choice.parameters)
            except DomainError as error:
                raise DataError(first_of_each_kind(self._refused(node, error, self._rows[takes_part]))) from None
        return combined, passed_over

    def _unit_by_unit(self, node: Node, scores: Matrix) -> Vector:
        """What a method makes of children that looks at one unit at a time."""
        choice, shares = aggregation_of(self._framework, node), self._shares[node.id]
        method, combined = aggregation[choice.name], np.empty(len(scores))
        try:
            for own in blocks(*scores.shape):
                combined[own] = method(scores[own], shares, **choice.parameters)
        except DomainError:
            try:  # once more with all units, so that each of those at fault is named
                return method(scores, shares, **choice.parameters)
            except DomainError as error:
                raise DataError(first_of_each_kind(self._refused(node, error, self._rows))) from None
        return combined

    def _scores_below(self, node: Node, below: Sequence[NodeScores]) -> Matrix:
        """The scores of a node's children, (rows, children), each child in one piece."""
        if any(child.children for child in node.children):
            return np.asarray([each.scores for each in below]).T
        first = self._columns[node.children[0].id]
        return self._own[:, first : first + len(below)]

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
                f"{node.id} is a {title.en}, which takes whole rows only; {', '.join(gaps)} "
                f"{agreeing(len(gaps), 'has', 'have')} no score, "
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


def _coverage(below: Sequence[NodeScores], shares: Vector) -> tuple[Vector, Vector]:
    """The share of a node that has data, of what applies to a unit, and the share that applies, (rows,) each.

    Added up row by row and not as a matrix product, whose rounding may depend on where a row stands.
    """
    rows = len(below[0].scores)
    by_child = shares[:, np.newaxis]
    coverage, applicable = np.empty(rows), np.full(rows, shares.sum())
    leaves = all(each.coverage is None and each.applicable is None for each in below)
    for own in blocks(rows, len(below)):
        present = ~np.isnan([each.scores[own] for each in below])
        if leaves and present.all():
            coverage[own] = sums_of_units(by_child)  # as of one unit
            continue
        covered = np.multiply(present, by_child)
        for each, share, term in zip(below, shares, covered, strict=True):
            if each.coverage is not None:
                part = each.coverage[own] if each.applicable is None else each.coverage[own] * each.applicable[own]
                term[:] = np.where(np.isnan(each.scores[own]), 0.0, part) * share
        coverage[own] = sums_of_units(covered)
        if any(each.applicable is not None for each in below):
            applies = [1.0 if each.applicable is None else each.applicable[own] for each in below]
            applicable[own] = sums_of_units(np.stack(np.broadcast_arrays(*applies)) * by_child)
    return _share_of(coverage, applicable), applicable


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

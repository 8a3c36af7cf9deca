"""The least and the most that each score can become once what is missing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from parkscore.data.given import Given
from parkscore.data.grid import Cohort, Grid, Rows, States, Truths, Vector
from parkscore.data.table import State
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_ranges import score_ranges
from parkscore.framework.settings import ADDS_POINTS, BEST_OF, aggregation_of
from parkscore.methods import Interval, aggregation
from parkscore.tree.aggregate import Nodes, Shares
from parkscore.tree.case_rules import reach_by_case


@dataclass(frozen=True)
class NodeBounds:
    """For every node, the root and the indicators included, the least and the most its score can be, (rows,) each.

    Both are the score where nothing is open, and NaN where a node has no score and never will, where nothing can be
    said, and in rows that are not scored. An end is infinite where a rule has none.
    """

    low: Mapping[str, Vector]
    high: Mapping[str, Vector]


class _Ends(NamedTuple):
    low: Vector
    high: Vector
    applies: Truths


def bounds(
    framework: Framework,
    nodes: Nodes,
    grid: Grid,
    cohorts: tuple[Cohort, ...],
    shares: tuple[Shares, ...],
    given: Mapping[str, Given] = MappingProxyType({}),
) -> NodeBounds:
    """The bounds of every node; grid: the values as scored, with why an indicator has none and which case counts.

    An indicator without a score may still get what its rule can give, unless it is not applicable: then it adds nothing
    to a sum and takes no part in the best of several. Where somebody has yet to give a score, the ends are those of the
    band that the rule chose. Every other aggregation hands the share of a child without a
    score to its siblings; the ends of an arithmetic mean are the means of the ends under the shares as they are now,
    and of any other method the score is what it is, as long as the scores below it are. Where it cannot
    be told which case of an indicator counts, it may get what any of them can give, or nothing where none may hold.
    """
    low = {node_id: np.full(scores.shape, np.nan) for node_id, scores in nodes.scores.items()}
    high = {node_id: np.full(scores.shape, np.nan) for node_id, scores in nodes.scores.items()}
    for cohort, own_shares in zip(cohorts, shares, strict=True):
        climb = _Climb(framework, nodes, grid, cohort.apply, own_shares, given)
        for node in framework.root.walk():
            ends = climb.of(node)
            low[node.id][cohort.apply] = np.where(ends.applies, ends.low, np.nan)
            high[node.id][cohort.apply] = np.where(ends.applies, ends.high, np.nan)
    return NodeBounds(low, high)


class _Climb:
    """The bounds of the nodes for some rows, each computed when it is first asked for."""

    def __init__(
        self,
        framework: Framework,
        nodes: Nodes,
        grid: Grid,
        rows: Rows,
        shares: Shares,
        given: Mapping[str, Given],
    ) -> None:
        self._framework = framework
        self._nodes = nodes
        self._rows = rows
        self._shares = shares
        self._ranges = score_ranges(framework)
        self._known = {
            leaf.id: self._of_leaf(leaf, grid, grid.states[rows, column], given.get(leaf.id))
            for column, leaf in enumerate(framework.leaves)
        }

    def of(self, node: Node) -> _Ends:
        if node.id not in self._known and not node.children:  # the root of a framework that has gates only
            nothing = np.full(len(self._rows), np.nan)
            self._known[node.id] = _Ends(nothing, nothing, np.isfinite(nothing))
        if node.id not in self._known:
            self._known[node.id] = self._combined(node)
        return self._known[node.id]

    def _of_leaf(self, leaf: Node, grid: Grid, states: States, given: Given | None) -> _Ends:
        scores = self._nodes.scores[leaf.id][self._rows]
        low, high = self._reach(leaf, grid)
        if given is not None:
            band = ~np.isnan(given.low[self._rows])
            low = np.where(band, given.low[self._rows], low)
            high = np.where(band, given.high[self._rows], high)
        none = np.isnan(scores)
        applies = ~(none & (states == State.NOT_APPLICABLE))
        return _Ends(np.where(none, low, scores), np.where(none, high, scores), applies)

    def _reach(self, leaf: Node, grid: Grid) -> tuple[float, float] | tuple[Vector, Vector]:
        """The least and the most that an indicator can score, of each row where it has cases."""
        if leaf.cases:
            return reach_by_case(self._framework, leaf, grid.cases[leaf.id], self._rows)
        reach = self._ranges.get(leaf.id, Interval(-np.inf, np.inf))
        return reach.low, reach.high

    def _combined(self, node: Node) -> _Ends:
        choice = aggregation_of(self._framework, node)
        counted = [child for child, share in zip(node.children, self._shares[node.id], strict=True) if share > 0]
        below = [self.of(child) for child in counted]
        applies = np.any([ends.applies for ends in below], axis=0)
        if choice.name in ADDS_POINTS:
            floor, cap = choice.parameters.get("floor"), choice.parameters.get("cap")
            low, high = (
                np.clip(np.sum([np.where(ends.applies, ends[side], 0.0) for ends in below], axis=0), floor, cap)
                for side in (0, 1)
            )
        elif choice.name == BEST_OF:
            low, high = (
                np.max([np.where(ends.applies, ends[side], -np.inf) for ends in below], axis=0) for side in (0, 1)
            )
        else:
            scores = self._nodes.scores[node.id][self._rows]
            settled = np.all([self._is_settled(*each) for each in zip(counted, below, strict=True)], axis=0)
            if aggregation[choice.name].additive:
                means = (self._mean(node, counted, end) for end in ([e.low for e in below], [e.high for e in below]))
                low, high = (np.where(np.isnan(scores), np.nan, _rounded(node, mean)) for mean in means)
            else:
                low = high = np.full(len(scores), np.nan)
            low, high = (np.where(settled, scores, end) for end in (low, high))
            return _Ends(low, high, applies)
        return _Ends(_rounded(node, low), _rounded(node, high), applies)

    def _mean(self, node: Node, counted: Sequence[Node], ends: Sequence[Vector]) -> Vector:
        """The mean of one end of the children that have a score, under the shares that they have now."""
        own = {child.id: share for child, share in zip(node.children, self._shares[node.id], strict=True)}
        total, whole = np.zeros(len(self._rows)), np.zeros(len(self._rows))
        for child, end in zip(counted, ends, strict=True):
            takes_part = ~np.isnan(self._nodes.scores[child.id][self._rows])
            total += np.where(takes_part, own[child.id] * end, 0.0)
            whole += np.where(takes_part, own[child.id], 0.0)
        return np.asarray(np.divide(total, whole, out=np.full(len(self._rows), np.nan), where=whole > 0))

    def _is_settled(self, child: Node, ends: _Ends) -> Truths:
        """Whether a child that has a score keeps it; one that has none hands its share on."""
        none = np.isnan(self._nodes.scores[child.id][self._rows])
        return np.asarray(none | (ends.low == ends.high))


def _rounded(node: Node, ends: Vector) -> Vector:
    finite = np.isfinite(ends)
    if node.round is None or not finite.any():
        return ends
    result = ends.copy()
    result[finite] = node.round.of(ends[finite])
    return result

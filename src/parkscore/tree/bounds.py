"""The least and the most that each score can become once what is missing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from parkscore.data.fitted import Fitted, Reference
from parkscore.data.given import Given
from parkscore.data.grid import Cohort, Grid, Matrix, Rows, States, Truths, Vector
from parkscore.data.table import State
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_ranges import may_give_none, score_ranges
from parkscore.framework.settings import ADDS_POINTS, BEST_OF, aggregation_of, resolve_settings
from parkscore.methods import Interval, aggregation
from parkscore.methods.points_digits import to_digits
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
    """The ends of one node; may_stay_out: where it may never have a score, even once what is missing is known."""

    low: Vector
    high: Vector
    applies: Truths
    may_stay_out: Truths

    @property
    def added(self) -> tuple[Vector, Vector]:
        """The least and the most that the node adds to a sum, and says of itself: nothing where it stays out."""
        low = np.where(self.may_stay_out, np.minimum(self.low, 0.0), self.low)
        return low, np.where(self.may_stay_out, np.maximum(self.high, 0.0), self.high)


def bounds(
    framework: Framework,
    nodes: Nodes,
    grid: Grid,
    cohorts: tuple[Cohort, ...],
    shares: tuple[Shares, ...],
    given: Mapping[str, Given] = MappingProxyType({}),
    fitted: Fitted | None = None,
) -> NodeBounds:
    """The bounds of every node; grid: the values as scored, with why an indicator has none and which case counts.

    An indicator without a score may still get what its rule can give, unless it is not applicable: then it adds nothing
    to a sum and takes no part in the best of several. So it may turn out where its rule has no points for some values,
    and where it is divided by zero or undefined. Where somebody has yet to give a score, the ends are those of the
    band that the rule chose. Every other aggregation hands the share of a child without a
    score to its siblings; the ends of an arithmetic mean are the means of the ends under the shares as they are now,
    over the dimensions that have a score and any of those that lack data for one, and of any other method the score is
    what it is, as long as the scores below it are. Where it cannot
    be told which case of an indicator counts, it may get what any of them can give, or nothing where none may hold.

    fitted: what the rows were scored by; the values of other rows may pass the statistics of a base.
    """
    low = {node_id: np.full(scores.shape, np.nan) for node_id, scores in nodes.scores.items()}
    high = {node_id: np.full(scores.shape, np.nan) for node_id, scores in nodes.scores.items()}
    for cohort, own_shares in zip(cohorts, shares, strict=True):
        frozen = {} if fitted is None or fitted.base is None else fitted.scoring[cohort.reference]
        climb = _Climb(framework, nodes, grid, cohort.apply, own_shares, given, frozen)
        for node in framework.root.walk():
            ends = climb.of(node)
            low[node.id][cohort.apply], high[node.id][cohort.apply] = (
                np.where(ends.applies, end, np.nan) for end in ends.added
            )
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
        frozen: Mapping[str, Reference],
    ) -> None:
        self._framework = framework
        self._nodes = nodes
        self._rows = rows
        self._shares = shares
        self._ranges, self._settings = score_ranges(framework, frozen=frozen), resolve_settings(framework)
        self._known = {
            leaf.id: self._of_leaf(leaf, grid, grid.reasons[column][rows], given.get(leaf.id))
            for column, leaf in enumerate(framework.leaves)
        }

    def of(self, node: Node) -> _Ends:
        if node.id not in self._known and not node.children:  # the root of a framework that has gates only
            nothing = np.full(len(self._rows), np.nan)
            self._known[node.id] = _Ends(nothing, nothing, np.isfinite(nothing), np.isfinite(nothing))
        if node.id not in self._known:
            self._known[node.id] = self._combined(node)
        return self._known[node.id]

    def _of_leaf(self, leaf: Node, grid: Grid, states: States, given: Given | None) -> _Ends:
        scores = self._nodes.scores[leaf.id][self._rows]
        low, high, may_stay_out = self._reach(leaf, grid)
        may_stay_out = may_stay_out | (states == State.DIVIDED_BY_ZERO) | (states == State.UNDEFINED)
        if given is not None:
            band = ~np.isnan(given.low[self._rows])
            low = np.where(band, given.low[self._rows], low)
            high = np.where(band, given.high[self._rows], high)
            may_stay_out = may_stay_out & ~band
        none = np.isnan(scores)
        applies = ~(none & (states == State.NOT_APPLICABLE))
        return _Ends(np.where(none, low, scores), np.where(none, high, scores), applies, none & may_stay_out)

    def _reach(self, leaf: Node, grid: Grid) -> tuple[Vector | float, Vector | float, Truths]:
        """The least and the most that an indicator can score, and where it may get no score, of each row."""
        if leaf.cases:
            return reach_by_case(self._framework, leaf, grid.cases[leaf.id], self._rows)
        reach = self._ranges.get(leaf.id, Interval(-np.inf, np.inf))
        never_scored = not leaf.is_open_slot and may_give_none(self._settings[leaf.id].score)
        return reach.low, reach.high, np.full(len(self._rows), never_scored)

    def _combined(self, node: Node) -> _Ends:
        choice = aggregation_of(self._framework, node)
        counted = [child for child, share in zip(node.children, self._shares[node.id], strict=True) if share > 0]
        below = [self.of(child) for child in counted]
        applies = np.any([ends.applies for ends in below], axis=0)
        may_stay_out = np.all([ends.may_stay_out | ~ends.applies for ends in below], axis=0)
        if choice.name in ADDS_POINTS:
            floor, cap = choice.parameters.get("floor"), choice.parameters.get("cap")
            low, high = (
                np.clip(np.sum([np.where(ends.applies, ends.added[side], 0.0) for ends in below], axis=0), floor, cap)
                for side in (0, 1)
            )
        elif choice.name == BEST_OF:
            low, high = _best(below, may_stay_out)
        else:
            low, high = self._mean_ends(node, counted, below)
            return _Ends(low, high, applies, np.isnan(self._nodes.scores[node.id][self._rows]))
        return _Ends(_rounded(node, low), _rounded(node, high), applies, may_stay_out)

    def _mean_ends(self, node: Node, counted: Sequence[Node], below: Sequence[_Ends]) -> tuple[Vector, Vector]:
        """The ends of a mean; of any other method the score while nothing below is open, and NaN else."""
        scores = self._nodes.scores[node.id][self._rows]
        none = [np.isnan(self._nodes.scores[child.id][self._rows]) for child in counted]
        may_come = [self._may_come(*each) for each in zip(counted, below, none, strict=True)]
        settled = np.all(
            [
                ~coming & (gone | ~is_open(self._nodes.scores[child.id][self._rows], ends.low, ends.high))
                for child, ends, gone, coming in zip(counted, below, none, may_come, strict=True)
            ],
            axis=0,
        )
        if not aggregation[aggregation_of(self._framework, node).name].additive:
            nothing = np.full(len(scores), np.nan)
            return np.where(settled, scores, nothing), np.where(settled, scores, nothing)
        own = {child.id: share for child, share in zip(node.children, self._shares[node.id], strict=True)}
        shares = np.array([own[child.id] for child in counted])
        there, coming = ~np.column_stack(none), np.column_stack(may_come)
        low = _least_mean(np.column_stack([ends.low for ends in below]), shares, there, coming)
        high = -_least_mean(-np.column_stack([ends.high for ends in below]), shares, there, coming)
        return np.where(settled, scores, _rounded(node, low)), np.where(settled, scores, _rounded(node, high))

    def _may_come(self, child: Node, ends: _Ends, none: Truths) -> Truths:
        """Where a dimension has no score for want of data, and would have one with them.

        The gap of a single indicator is another matter: its policy has said that the siblings speak for it.
        """
        if child.is_indicator and not child.is_open_slot:
            return np.zeros_like(none)
        return np.asarray(none & ends.applies & ~np.isnan(ends.low))


def _least_mean(ends: Matrix, shares: Vector, there: Truths, coming: Truths) -> Vector:
    """The least that a mean can be, (rows,): over the children that have a score, and any of those that may come.

    ends: (rows, children), the least of each. Those that may come lower the mean most where the lowest come first, so
    that one more of them is tried after the other. NaN where nobody is there or may come.
    """
    weighted = np.where(there, shares * np.where(there, ends, 0.0), 0.0).sum(axis=1)
    whole = np.where(there, shares, 0.0).sum(axis=1)
    order = np.argsort(np.where(coming, ends, np.inf), axis=1)
    come = np.take_along_axis(coming, order, axis=1)
    own = np.where(come, shares[order], 0.0)
    low = np.where(come, np.take_along_axis(ends, order, axis=1), 0.0)
    totals = np.column_stack([weighted, weighted[:, None] + np.cumsum(own * low, axis=1)])
    wholes = np.column_stack([whole, whole[:, None] + np.cumsum(own, axis=1)])
    means = np.divide(totals, wholes, out=np.full(totals.shape, np.inf), where=wholes > 0)
    least = means.min(axis=1)
    return np.where((wholes > 0).any(axis=1), least, np.nan)


def is_open(scores: Vector, low: Vector, high: Vector) -> Truths:
    """Where a score is not what it will be: its ends differ, or it will be something else for certain.

    Scores and ends are compared to twelve significant digits; nothing is said where an end is NaN.
    """
    differ = to_digits(scores) != to_digits(low)
    return np.asarray((low < high) | (differ & ~np.isnan(low)))


def _best(below: Sequence[_Ends], may_stay_out: Truths) -> tuple[Vector, Vector]:
    """The ends of the best of several: at least the best of those that are sure to have a score."""
    high = np.max([np.where(ends.applies, ends.high, -np.inf) for ends in below], axis=0)
    sure = np.max([np.where(ends.applies & ~ends.may_stay_out, ends.low, -np.inf) for ends in below], axis=0)
    any_one = np.min([np.where(ends.applies, ends.low, np.inf) for ends in below], axis=0)
    return np.where(may_stay_out, any_one, sure), high


def _rounded(node: Node, ends: Vector) -> Vector:
    finite = np.isfinite(ends)
    if node.round is None or not finite.any():
        return ends
    result = ends.copy()
    result[finite] = node.round.of(ends[finite])
    return result

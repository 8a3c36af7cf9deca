"""What holds of ranks under other weights without any draw, where the total is a weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Vector
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError, of_type
from parkscore.framework.models import WeightEntry, WeightScheme
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.language import Text
from parkscore.methods import weight_stability
from parkscore.methods.domain import DomainError, FloatArray, IntArray
from parkscore.methods.extreme_ranks import SECONDS
from parkscore.results.own_tables import own_table
from parkscore.robustness.asked_forms import plainly
from parkscore.robustness.certain import ExtremeRanks, Necessary
from parkscore.robustness.linear_tree import Level, LinearTree, linear_tree, weights_of_nodes
from parkscore.robustness.running import refuse_no_function
from parkscore.robustness.said import as_written
from parkscore.robustness.weight_box import Bounds, WeightBox, weight_box
from parkscore.tree.aggregate import ROUNDING, Shares

TOP: Final = (3, 10)
"""The first places, beside the first one alone, whose stability is told."""
FINE: Final = 6
"""Decimals to which scores may be compared without a word; with fewer, ranks are shared that scores do not share."""
MOST_PAIRS: Final = 2048
"""Units of which every pair is looked at; for more of them there is no table of pairs."""


@dataclass(frozen=True, eq=False)
class Exact:
    """Which weights would change a rank, of the units of one year whose total is a weighted sum; nothing is sampled.

    Tables have a line for each unit by rank, or for each node. In a geometric tree all of it holds of logarithms, which
    have the same ranks. Gates are as they are, and a unit without a rank stays without one.
    """

    tree: LinearTree

    def __repr__(self) -> str:
        """One line: which framework, how many units and weights."""
        return f"<Exact {self.tree.framework.id}: {len(self.names)} units, {len(self.tree.nodes)} weights>"

    @property
    def names(self) -> pd.Index:
        """The units, by their rank among themselves."""
        return self.tree.names

    @property
    def _why_left_out(self) -> Text:
        """What the units lack that were left out: others may have gaps, too, and all scores of this level."""
        if self.tree.level == "indicator":
            return Text("有缺失", "gaps")
        return Text("有一级指标没有得分", "a dimension without a score")

    @property
    def notes(self) -> tuple[Text, ...]:
        """What to know of these statements: units left out or with little data, logarithms, ranks of rounded scores."""
        found = []
        if self.tree.left_out:
            why, names = self._why_left_out, self.tree.left_out
            found.append(
                Text(
                    f"{why.zh}而略去：{'、'.join(names)}；名次是其余对象之间的",
                    f"left out, as they have {why.en}: {', '.join(names)}; ranks are among the others",
                )
            )
        if np.isfinite(self.tree.total_lost_at).any():
            found.append(_may_lose_total(self.tree))
        if self.tree.in_logs:
            found.append(Text("几何平均：用得分的对数", "geometric means: logarithms of scores are weighed"))
        decimals = self.tree.framework.ranking.decimals
        if decimals < FINE:
            found.append(
                Text(
                    f"位次按 {decimals} 位小数比较得分，这里不舍入：差距不足末位一个单位时，名次可能先已并列",
                    f"ranks compare scores to {decimals} decimals, these statements compare them unrounded: units may "
                    "share a rank before, where a lead is less than one in the last decimal",
                )
            )
        return tuple(found)

    @own_table
    def overtaking(self) -> pd.DataFrame:
        """The smallest change of weights by which the unit of a column catches up with that of a line.

        0.08: it does once every weight may be 8 % more or less than it is, and never before. Weights need not sum to 1
        while they move; what they sum to divides both units. 0 where it is not behind, infinite where it is nowhere
        better, so that no weights do. Scores are compared, and no unit loses its total for too little data: `notes`
        says who would from which change on. UsageError where there are more than 2,048 units.
        """
        found = self._of_pairs(weight_stability.overtaking(self._pairs(), self.tree.weights))
        return found.rename_axis(columns="catches_up")

    def overtaking_weights(self, ahead: str, behind: str) -> pd.Series[float]:
        """The weights in the total, summing to 1, by which a unit just catches up with another, as near as can be.

        Raises UsageError where there is no such unit, and where no weights do.
        """
        one, other = self.tree.place(ahead), self.tree.place(behind)
        try:
            found = weight_stability.overtaking_weights(self.tree.scores, self.tree.weights, one, other)
        except DomainError as error:
            hint = Text("后者没有一项得分更高", "the second has no higher score than the first")
            raise UsageError(
                Finding(code="never", severity=Severity.ERROR, unit=behind, message=error.reason, hint=hint)
            ) from None
        return self.tree.shares_of(found)

    @own_table
    def stability(self) -> pd.DataFrame:
        """For each node its weight in the total, and from where to where it may go before ranks change.

        The others keep their proportions, and so do the children of a node. `ranking_low` and `ranking_high`: all ranks
        stay within; `first_`: the first place; `top_3_`, `top_10_`: who is among the first 3 or 10, in whatever order.
        A unit that comes to have too little data for a total has no rank any more, which changes those of others.
        Dimensions stand among the indicators, in the order of the tree.
        """
        kept = {"ranking": self._with_totals(weight_stability.neighbours(self.tree.ranks), len(self.names))}
        for top in (1, *TOP):
            count = self._first(top)
            if top == 1 or top < len(self.names):
                name = "first" if top == 1 else f"top_{top}"
                kept[name] = self._with_totals(weight_stability.top_against_rest(self.tree.ranks, count), count)
        lines: dict[str, list[float]] = {}
        for nodes, scores, weights in self._partitions():
            compared = self._with_margins(scores)
            ends = [weight_stability.stable_from_to(compared, weights, pairs) for pairs in kept.values()]
            for place, node in enumerate(nodes):
                lines.setdefault(node, [weights[place], *np.concatenate([each[place] for each in ends]).tolist()])
        columns = ["weight", *(f"{name}_{end}" for name in kept for end in ("low", "high"))]
        in_order = [node.id for node in self.tree.framework.walk() if node.id in lines]
        return pd.DataFrame([lines[node] for node in in_order], index=pd.Index(in_order, name="node"), columns=columns)

    def necessary(self, spread: float | None = None, *, bounds: Bounds | None = None) -> Necessary:
        """Who stands above whom whatever the weights within a box, and the ranks that no weights there leave.

        spread: each weight up to so much more or less than it is, a fifth where nothing is said, then brought back to a
        sum of 1; so a pair is certain where its `overtaking` is above the spread. bounds: instead, by node the least
        and the largest weight in the total, where all sum to 1; nodes that are not named go from 0 to 1.

        Units that some of these weights leave with too little data for a total are left out, where that was asked for.

        Raises UsageError where there are no such weights, or more than 2,048 units, or units that may not be left out.
        """
        box = weight_box(self.tree, spread, bounds)
        tree, may_lose_total = self._keeping_totals(box)
        leads = box.least_lead(self._pairs(tree))
        # What is ahead by less may share a rank; who is behind by less may be told apart all the same.
        leads[(leads > 0) & (leads < self._level())] = 0.0
        return Necessary(tree, box, leads, may_lose_total)

    def extreme_ranks(
        self,
        spread: float | None = None,
        *,
        bounds: Bounds | None = None,
        order: Sequence[tuple[str, str]] = (),
        units: Sequence[str] | None = None,
        seconds: float = SECONDS,
        progress: Callable[[int, int], None] | None = None,
    ) -> ExtremeRanks:
        """The best and the worst rank of each unit over all weights within a box, with weights that give it.

        spread, bounds: as for `necessary`. order: pairs of nodes of which the first weighs no less than the second.
        units: whose ranks; all by default. seconds: after which the solver gives what it has for one end of one unit,
        with the bound that it has proven. progress: told after each unit how many are done, of how many.

        One unit of 178 with 46 indicators takes up to three seconds under a spread of 10 %, up to fifteen under 20 %,
        and may run out of time under 50 %; with the weights of five dimensions a tenth of a second. So ask for the
        units that matter, or for dimensions. Units are left out as for `necessary`, whatever the order.

        Raises UsageError where there are no such weights or units.
        """
        refuse_no_function(progress)
        box = weight_box(self.tree, spread, bounds, order)
        tree, _ = self._keeping_totals(box)
        asked = plainly({"units": tree.names if units is None else units, "seconds": seconds}, ExactQuestion)
        places = [tree.place(unit) for unit in asked["units"]]
        found, ties = [], tree.framework.ranking.ties
        for done, place in enumerate(places, start=1):
            found.append(box.extremes(tree.scores, place, ties, asked["seconds"]))
            if progress is not None:
                progress(done, len(places))
        return ExtremeRanks(tree, tuple(places), tuple(found))

    def scheme(self, weights: pd.Series[float], id: str = "exact") -> WeightScheme:
        """Weights of these nodes as a scheme, to evaluate by: what a statement here says can be looked at there.

        weights: by node, as `overtaking_weights` and the others give them. UsageError where one is missing or no number
        from 0 up, or where all are 0.
        """
        _refuse_other_types(weights)
        wrong = [node for node in self.tree.nodes if not _is_weight(weights.get(node))]
        if wrong:
            raise UsageError(_no_weight(wrong))
        if not any(weights[node] for node in self.tree.nodes):
            raise UsageError(_all_zero())
        framework = self.tree.framework
        own = {str(node): float(weight) for node, weight in weights.items()}
        if self.tree.level == "indicator":
            for node in reversed([node for node in framework.walk() if node.children]):
                own[node.id] = sum(own[child.id] for child in node.children)
        for node in framework.root.walk():  # what weighs nothing as a whole keeps the proportions within
            if node.children and sum(own.get(child.id, 0.0) for child in node.children) <= 0:
                own |= zip((child.id for child in node.children), self._shares[node.id].tolist(), strict=True)
        entries = {node: WeightEntry(weight=weight) for node, weight in own.items()}
        return WeightScheme(id=id, framework=framework.id, status="assumed", weights=entries)

    @property
    def _shares(self) -> Shares:
        """The shares of every dimension, which all these units have."""
        first = self.tree.rows[0]
        return next(own for cohort, own in self.tree.evaluation.own_cohorts if first in cohort.apply)

    def _keeping_totals(self, box: WeightBox) -> tuple[LinearTree, tuple[str, ...]]:
        """The units that have data enough for a total under all weights of a box, and the names of the others."""
        lost = box.least_sums(self.tree.margins) < -ROUNDING
        names = tuple(self.names[lost])
        if names and not self.tree.complete_only:
            raise UsageError(_too_little_data(self.tree, names))
        return self.tree.only(~lost), names

    @property
    def _losing(self) -> IntArray:
        """The places of the units that some weights leave without a total."""
        return np.flatnonzero(np.isfinite(self.tree.total_lost_at)).astype(np.int32)

    def _with_margins(self, scores: Matrix) -> Matrix:
        """Below the scores a line of zeros, and one for each unit that can lose its total: ahead of it, it has one."""
        losing = self._losing
        if not losing.size:
            return scores
        return np.vstack([scores, np.zeros(scores.shape[1]), self.tree.margins[losing]])

    def _with_totals(self, pairs: IntArray, first: int) -> IntArray:
        """Pairs that must keep their order, and beside them that each of the first units keeps its total."""
        losing = self._losing
        own = np.flatnonzero(np.isin(losing, np.argsort(self.tree.ranks, kind="stable")[:first])).astype(np.int32)
        nothing = np.full_like(own, len(self.names))
        return np.vstack([pairs, np.column_stack([len(self.names) + 1 + own, nothing])])

    def _first(self, top: int) -> int:
        """How many are among the first, with all that share the last of these places."""
        ranks = np.asarray(self.tree.ranks)
        better = np.searchsorted(np.sort(ranks), ranks, side="left")
        return int((better < top).sum())

    def _partitions(self) -> list[tuple[list[str], Matrix, Vector]]:
        """The nodes of each depth, and indicators that end above it: their scores and weights in the total."""
        tree, framework = self.tree, self.tree.framework
        weights = weights_of_nodes(framework, self._shares)
        level, found = list(framework.root.children), []
        while True:
            scores = np.column_stack([tree.evaluation.aggregated.scores[node.id][tree.rows] for node in level])
            own = np.array([weights[node.id] for node in level])
            found.append(([node.id for node in level], np.log(scores) if tree.in_logs else scores, own))
            if tree.level == "dimension" or all(not node.children for node in level):
                return found
            level = [child for node in level for child in (node.children or (node,))]

    def _level(self) -> float:
        """The lead below which units may share a rank, as scores are compared to some decimals."""
        step = 10.0**-self.tree.framework.ranking.decimals
        return step / float(np.exp(self.tree.scores.min())) if self.tree.in_logs else step

    def _pairs(self, tree: LinearTree | None = None) -> FloatArray:
        """The scores, where they are not too many to look at every pair; tree: of some of the units."""
        tree = tree or self.tree
        if len(tree.names) > MOST_PAIRS:
            raise UsageError(_too_many(len(tree.names)))
        return tree.scores

    def _of_pairs(self, found: FloatArray) -> pd.DataFrame:
        return pd.DataFrame(found, index=self.names, columns=self.names)


def exact_of(
    evaluation: Evaluation,
    year: int | None = None,
    *,
    level: Level = "indicator",
    class_id: str | None = None,
    complete_only: bool = False,
) -> Exact:
    """What holds exactly of the ranks of a year under other weights; see `linear_tree` for what is asked and refused.

    >>> import parkscore as ps
    >>> table = ps.sample("zone-2021", units=4, seed=0)
    >>> exact = exact_of(ps.evaluate("zone-2021", table, weights="equal"), level="dimension")
    >>> exact.overtaking.shape, exact.stability.shape
    ((4, 4), (5, 7))
    """
    return Exact(linear_tree(evaluation, year, level=level, class_id=class_id, complete_only=complete_only))


def _refuse_other_types(weights: Any) -> None:
    if not isinstance(weights, pd.Series | Mapping):
        hint = Text("按节点给权重，如 overtaking_weights 的结果", "give weights by node, as `overtaking_weights` does")
        raise UsageError(of_type("weights", weights, hint))


def _is_weight(weight: Any) -> bool:
    """A finite number from 0 up."""
    return not isinstance(weight, bool) and isinstance(weight, Real) and 0 <= float(weight) < np.inf


def _may_lose_total(tree: LinearTree) -> Text:
    """Who has too little data for a total under other weights, and from which change on."""
    least, lost_at = as_written(tree.least_coverage), tree.total_lost_at
    at = {name: f"{100 * share:.2g}%" for name, share in zip(tree.names, lost_at, strict=True) if share < np.inf}
    zh = "、".join(f"{name}（{share}）" for name, share in at.items())
    en = ", ".join(f"{name} ({share})" for name, share in at.items())
    return Text(
        f"权重变动达到括号中的幅度时，有数据的可能不足总分所要求的 {least}，即没有总分：{zh}；"
        "反超所需只比较得分，不计这一点",
        f"with data for less than the {least} that the total asks for, and so without a total, once weights may change "
        f"by as much: {en}; what overtaking takes compares scores alone",
    )


def _too_little_data(tree: LinearTree, names: Sequence[str]) -> Finding:
    share = as_written(tree.least_coverage)
    return Finding(
        code="gaps",
        severity=Severity.ERROR,
        unit=names[0],
        message=Text(
            f"这些权重中有的使其有数据的不足总分所要求的 {share}：{'、'.join(names)}",
            f"some of these weights leave data for less than the {share} that the total asks for: {', '.join(names)}",
        ),
        hint=Text(
            "缩小权重的范围，或略去它们：exact(complete_only=True)，说明文件中 `exact: {complete_only: true}`",
            "look at fewer weights, or leave them out: exact(complete_only=True), `exact: {complete_only: true}` in a "
            "spec",
        ),
    )


def _all_zero() -> Finding:
    message = Text("权重全为零，没有比例可言", "all weights are 0, which have no proportions")
    hint = Text("至少一个大于零", "at least one must be above 0")
    return Finding(code="weights_sum_to_zero", severity=Severity.ERROR, message=message, hint=hint)


def _no_weight(nodes: Sequence[str]) -> Finding:
    return Finding(
        code="no_weight",
        severity=Severity.ERROR,
        message=Text(f"{'、'.join(nodes)} 没有不小于零的权重", f"there is no weight from 0 up for {', '.join(nodes)}"),
        hint=Text("每个节点给一个权重", "give a weight for every node"),
    )


def _too_many(units: int) -> Finding:
    return Finding(
        code="too_many_units",
        severity=Severity.ERROR,
        value=units,
        message=Text(f"两两比较最多 {MOST_PAIRS} 个评价对象", f"pairs are compared of {MOST_PAIRS} units at most"),
        hint=Text("看 stability，或按类看", "look at `stability`, or at one class at a time"),
    )

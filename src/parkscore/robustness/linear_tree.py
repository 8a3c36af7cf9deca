"""An evaluation as one weighted sum per unit, as far as it is one: what exact statements about ranks stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Rows, Truths, Vector
from parkscore.data.table import State
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework, Node
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text, agreeing, plural
from parkscore.methods.domain import IntArray
from parkscore.methods.drawn_ranks import drawn_ranks
from parkscore.robustness.asked_forms import plainly
from parkscore.robustness.drawn_tree import effective_weights
from parkscore.robustness.said import no_such_unit
from parkscore.robustness.scoring import rows_of_year, year_of
from parkscore.tree.aggregate import ROUNDING, Shares

Level = Literal["indicator", "dimension"]
"""Whose weights vary: those of all indicators in the total, or those of the first level, with all below as it is."""

_MEANS: Final = ("arithmetic", "geometric")
OF_ONE: Final = (*_MEANS, "ampi", "harmonic", "mazziotta_pareto", "max", "min", "product", "sum")
"""What leaves the score of an only child as it is, where it has no parameters."""
_LISTED: Final = 5


@dataclass(frozen=True)
class LinearTree:
    """The ranked units of a year and, where weights differ by class, of one class: their total is Σ weight times score.

    names: the units, by their rank. ranks: (units,) among themselves. nodes: whose weights vary. scores: (units,
    nodes), their logarithms where `in_logs`: a geometric mean is a weighted sum of logarithms, and ranks as that does.
    weights: (nodes,), summing to 1. ranks_of_all: (units,) with those that are left out among them. margins: (units,
    nodes), by how much more of a node has data than the total asks for, times what applies to the unit; where their
    weighted sum is below 0, the unit has no total. complete_only: whether units may be left out. left_out: ranked units
    with a gap, which are not among these.
    """

    evaluation: Evaluation
    level: Level
    rows: Rows
    names: pd.Index
    ranks: IntArray
    ranks_of_all: IntArray
    nodes: tuple[str, ...]
    scores: Matrix
    margins: Matrix
    weights: Vector
    in_logs: bool
    complete_only: bool
    left_out: tuple[str, ...]

    @property
    def framework(self) -> Framework:
        """Whose tree it is."""
        return self.evaluation.framework

    def place(self, unit: str) -> int:
        """Where a unit stands among `names`; UsageError where it does not."""
        found = np.flatnonzero(self.names == unit) if isinstance(unit, str) else np.array([], dtype=np.intp)
        if not found.size:
            raise UsageError(_left_out(unit) if unit in self.left_out else no_such_unit(unit))
        return int(found[0])

    @property
    def least_coverage(self) -> float:
        """The share of the weight with data that the total asks for."""
        return resolve_settings(self.framework)[self.framework.root.id].min_coverage

    @property
    def total_lost_at(self) -> Vector:
        """The smallest share by which weights must change for a unit to have too little data for a total, (units,).

        Infinite where no change does.
        """
        can = np.asarray(((self.margins < 0) & (self.weights > 0)).any(axis=1))
        spare, most = np.maximum(self.margins @ self.weights, 0.0), np.abs(self.margins) @ self.weights
        return np.asarray(np.divide(spare, most, out=np.full(can.shape, np.inf), where=can))

    def only(self, kept: Truths) -> LinearTree:
        """The same tree without some of its units; UsageError where none is left."""
        if kept.all():
            return self
        if not kept.any():
            raise UsageError(_nobody())
        total = self.evaluation.aggregated.scores[self.framework.total.id][self.rows[kept]]
        return replace(
            self,
            rows=self.rows[kept],
            names=self.names[kept],
            ranks=_ranks(self.framework, total),
            ranks_of_all=self.ranks_of_all[kept],
            scores=self.scores[kept],
            margins=self.margins[kept],
            left_out=(*self.left_out, *self.names[~kept]),
        )

    def shares_of(self, weights: Vector) -> pd.Series[float]:
        """Weights by node."""
        return pd.Series(weights, index=pd.Index(self.nodes, name="node"), name="weight")


def linear_tree(
    evaluation: Evaluation,
    year: int | None = None,
    *,
    level: Level = "indicator",
    class_id: str | None = None,
    complete_only: bool = False,
) -> LinearTree:
    """The units of a year as weighted sums.

    year: of the data, the latest by default. level: whose weights vary; of dimensions, only the total needs to be a
    mean. class_id: the units of this class only, which is needed where weights differ by class. complete_only: leave
    out the units with a gap, a node of this level without a score: their weights are others than those of the rest.

    Raises UsageError, with the node or the units and with what is possible instead, where there is no such sum.
    """
    said = {"level": level, "complete_only": complete_only, **({} if class_id is None else {"class": class_id})}
    plainly(said, ExactQuestion)
    framework = evaluation.framework
    in_logs = kind_of_means(framework, level) == "geometric"
    ranked = rows_of_year(evaluation, year_of(evaluation, year))
    ranked = ranked[evaluation.standing.overall[ranked] > 0]
    rows, shares = _of_one_weighing(evaluation, ranked, level, class_id)
    nodes = varied_nodes(framework, level)
    scores = np.column_stack([evaluation.aggregated.scores[node.id][rows] for node in nodes])
    complete = np.asarray(~np.isnan(scores).any(axis=1))
    units = evaluation.table.units[rows].astype(str)
    if not complete.all() and not complete_only:
        raise UsageError(_gaps(units, [node.id for node in nodes], scores, complete))
    if not complete.any():
        raise UsageError(_nobody())
    if in_logs:
        _refuse_zeros(units[complete], [node.id for node in nodes], scores[complete])
        scores = np.log(scores, out=np.full_like(scores, np.nan), where=scores > 0)
    kept = np.flatnonzero(complete)
    total = evaluation.aggregated.scores[framework.total.id][rows[kept]]
    ranks = _ranks(framework, total)
    order = np.lexsort((units[kept], ranks))
    kept = kept[order]
    of_all = _ranks(framework, evaluation.aggregated.scores[framework.total.id][rows])
    return LinearTree(
        evaluation=evaluation,
        level=level,
        rows=rows[kept],
        names=pd.Index(units[kept].tolist(), name="unit"),
        ranks=ranks[order],
        ranks_of_all=of_all[kept],
        nodes=tuple(node.id for node in nodes),
        scores=scores[kept],
        margins=_margins(evaluation, nodes, shares, rows[kept]),
        weights=_weights(framework, shares, level),
        in_logs=in_logs,
        complete_only=complete_only,
        left_out=tuple(units[~complete].tolist()),
    )


def varied_nodes(framework: Framework, level: Level) -> Sequence[Node]:
    """The nodes whose weights vary."""
    return framework.leaves if level == "indicator" else framework.root.children


def weights_of_nodes(framework: Framework, shares: Shares) -> dict[str, float]:
    """The weight of every node in the total, the total's own 1 among them."""
    found = {framework.root.id: 1.0}
    for node in framework.root.walk():
        for column, child in enumerate(node.children):
            found[child.id] = found[node.id] * float(shares[node.id][column] / shares[node.id].sum())
    return found


def _weights(framework: Framework, shares: Shares, level: Level) -> Vector:
    if level == "dimension":
        return np.asarray(shares[framework.root.id] / shares[framework.root.id].sum())
    return np.asarray(effective_weights(framework, {node: own[np.newaxis, :] for node, own in shares.items()})[0])


def kind_of_means(framework: Framework, level: Level) -> str:
    """By which mean all nodes that matter are made, `arithmetic` or `geometric`; UsageError where it is not one."""
    inner = [node for node in framework.root.walk() if node.children]
    told = [node for node in inner if level == "indicator" or node.id == framework.root.id]
    methods = {node.id: _method(framework, node) for node in told}
    first = next(
        (methods[node.id] for node in told if len(node.children) > 1 and methods[node.id] in _MEANS), _MEANS[0]
    )
    wrong = [node for node in told if methods[node.id] not in ((first,) if len(node.children) > 1 else OF_ONE)]
    if wrong:
        top = _method(framework, framework.root) in _MEANS
        raise UsageError([_not_linear(node, methods[node.id], top and level == "indicator") for node in wrong])
    return first


def _method(framework: Framework, node: Node) -> str:
    """The method of a node; `rounded` and `with parameters` are no method that is a plain mean."""
    choice = aggregation_of(framework, node)
    if node.round is not None:
        return f"{choice.name}, rounded"
    return f"{choice.name}, with parameters" if choice.parameters else choice.name


def _of_one_weighing(evaluation: Evaluation, ranked: Rows, level: Level, class_id: str | None) -> tuple[Rows, Shares]:
    """The ranked rows that share their weights, with these."""
    classes = evaluation.classification
    groups = [
        (np.intersect1d(cohort.apply, ranked), shares)
        for cohort, shares in evaluation.own_cohorts
        if np.isin(cohort.apply, ranked).any()
    ]
    known = [] if classes is None else sorted({str(name) for name in classes.names[ranked] if name is not None})
    if class_id is not None:
        if class_id not in known:
            raise UsageError(_no_such_class(class_id, known))
        own = ranked[np.array([name == class_id for name in classes.names[ranked]])] if classes is not None else ranked
        groups = [(np.intersect1d(rows, own), shares) for rows, shares in groups if np.isin(rows, own).any()]
    if not groups:
        raise UsageError(_nobody())
    weights = [_weights(evaluation.framework, shares, level) for _, shares in groups]
    if any(not np.allclose(own, weights[0], rtol=0, atol=ROUNDING) for own in weights):
        raise UsageError(_by_class(known))
    return np.sort(np.concatenate([rows for rows, _ in groups])), groups[0][1]


def _ranks(framework: Framework, totals: Vector) -> IntArray:
    """The ranks of some units among themselves."""
    return np.asarray(drawn_ranks(totals[np.newaxis, :], framework.ranking.ties, framework.ranking.decimals)[0])


def _margins(evaluation: Evaluation, nodes: Sequence[Node], shares: Shares, rows: Rows) -> Matrix:
    """By how much more of each node has data than the total asks for, (units, nodes), times what applies to a unit.

    The coverage of the total is what weighs and has data, over what weighs and applies: it is below what is asked for
    where the weighted sum of these is below 0.
    """
    framework = evaluation.framework
    least = resolve_settings(framework)[framework.root.id].min_coverage
    covered = np.column_stack([evaluation.aggregated.coverage[node.id][rows] for node in nodes]) - least
    covered[np.abs(covered) <= ROUNDING] = 0.0
    return np.asarray(covered * np.column_stack([_applicable(evaluation, node, shares, rows) for node in nodes]))


def _applicable(evaluation: Evaluation, node: Node, shares: Shares, rows: Rows) -> Vector:
    """The share of a node that applies to each unit."""
    if node.children:
        own = shares[node.id] / shares[node.id].sum()
        below = (_applicable(evaluation, child, shares, rows) for child in node.children)
        return np.asarray(sum(share * part for share, part in zip(own, below, strict=True)))
    column = [leaf.id for leaf in evaluation.framework.leaves].index(node.id)
    apart = evaluation.indicator_grid.reasons[column][rows] == State.NOT_APPLICABLE
    return np.where(apart & np.isnan(evaluation.aggregated.scores[node.id][rows]), 0.0, 1.0)


def _not_linear(node: Node, method: str, by_dimension: bool) -> Finding:
    hint = Text(
        "看抽样的结果" + ("，或用 level: dimension 只变一级权重" if by_dimension else ""),
        "look at the draws"
        + (", or let the weights of dimensions vary only: `level: dimension`" if by_dimension else ""),
    )
    return Finding(
        code="not_linear",
        severity=Severity.ERROR,
        field=node.id,
        value=method,
        message=Text(
            "不是（各级一致的）加权算术或几何平均，没有精确结论",
            "is not the same plain arithmetic or geometric mean as the rest: nothing exact can be said",
        ),
        hint=hint,
    )


def _gaps(units: Any, nodes: Sequence[str], scores: Matrix, complete: Truths) -> Finding:
    """The finding about the units with a gap."""
    without = np.flatnonzero(~complete)
    said, count = list(_said_gaps(units, nodes, scores, without[:_LISTED])), len(without)
    more = "" if len(without) <= _LISTED else ", …"
    return Finding(
        code="gaps",
        severity=Severity.ERROR,
        unit=str(units[without[0]]),
        message=Text(
            f"{count} 个评价对象有缺失，权重因缺失而异：{'、'.join(said)}{more and '等'}",
            f"{plural(count, 'unit')} {agreeing(count, 'has', 'have')} gaps, "
            f"and so weights of {agreeing(count, 'its', 'their')} own: {', '.join(said)}{more}",
        ),
        hint=Text(
            "在说明文件中写 `exact: {complete_only: true}` 略去它们（Python 中 complete_only=True），或只看抽样的结果",
            "leave them out: `exact: {complete_only: true}` in a spec, complete_only=True in Python; or use draws",
        ),
    )


def _said_gaps(units: Any, nodes: Sequence[str], scores: Matrix, rows: Rows) -> Iterator[str]:
    for row in rows.tolist():
        gaps = [node for node, gap in zip(nodes, np.isnan(scores[row]), strict=True) if gap]
        yield f"{units[row]} ({', '.join(gaps[:_LISTED])}{', …' if len(gaps) > _LISTED else ''})"


def _refuse_zeros(units: Any, nodes: Sequence[str], scores: Matrix) -> None:
    if (scores > 0).all():
        return
    row, column = np.argwhere(scores <= 0)[0].tolist()
    raise UsageError(
        Finding(
            code="no_logarithm",
            severity=Severity.ERROR,
            unit=str(units[row]),
            field=nodes[column],
            value=float(scores[row, column]),
            message=Text("得分不大于零，几何平均没有对数", "a score that is not above 0 has no logarithm"),
            hint=Text(
                "计分从 1 起（如 to: [1, 100]），或看抽样的结果 robustness(...).units",
                "let scores begin at 1, as in `to: [1, 100]`, or look at `units` of the draws, `robustness(...)`",
            ),
        )
    )


def _nobody() -> Finding:
    return Finding(
        code="nobody",
        severity=Severity.ERROR,
        message=Text("没有数据完整的参加排名的评价对象", "there is no ranked unit without a gap"),
        hint=Text("看抽样的结果 robustness(...).units", "look at `units` of the draws, `robustness(...)`"),
    )


def _by_class(known: Sequence[str]) -> Finding:
    classes = ", ".join(known)
    return Finding(
        code="weights_by_class",
        severity=Severity.ERROR,
        message=Text("权重因组而异，每次只能看一组", "weights differ by group: look at one at a time"),
        hint=Text(
            f"写明类别（class，Python 中 class_id），有：{classes}", f"say which class (class_id in Python): {classes}"
        )
        if known
        else None,
    )


def _no_such_class(class_id: str, known: Sequence[str]) -> Finding:
    return Finding(
        code="no_such_class",
        severity=Severity.ERROR,
        value=class_id,
        message=Text("没有这一类的参加排名的评价对象", "no ranked unit is in this class"),
        hint=Text(f"有：{', '.join(known)}", f"there are: {', '.join(known)}") if known else None,
    )


def _left_out(unit: str) -> Finding:
    reason = Text(f"评价对象 {unit} 有缺失，已略去", f"{unit} has a gap and was left out")
    return Finding(code="no_such_unit", severity=Severity.ERROR, value=unit, message=reason)

"""All weights that are looked at: each up to a share of itself away, or within bounds that are stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from parkscore.data.grid import Matrix, Vector
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.language import Text
from parkscore.methods import weight_stability
from parkscore.methods.domain import DomainError
from parkscore.methods.extreme_ranks import ExtremeRank, best_rank, worst_rank
from parkscore.methods.weight_draws import feasible
from parkscore.robustness.asked import refuse_circle
from parkscore.robustness.asked_forms import plainly
from parkscore.robustness.linear_tree import Level, LinearTree, varied_nodes
from parkscore.robustness.said import mistake, no_such_node, share_of

SPREAD: Final = 0.2
"""Each weight up to a fifth more or less, where nothing is said: an assumption."""

Bounds = Mapping[str, Sequence[Any]]
"""By node the least and the largest weight in the total, as shares or with a percent sign."""


@dataclass(frozen=True)
class WeightBox:
    """All weights that are looked at.

    low, high: (nodes,) the least and the largest weight of each. order: pairs of places of which the first weighs no
    less. scaled: all weights within the bounds count, brought back to a sum of 1; otherwise those that sum to 1.
    """

    low: Vector
    high: Vector
    order: tuple[tuple[int, int], ...] = ()
    scaled: bool = False

    def least_lead(self, scores: Matrix) -> Matrix:
        """As `weight_stability.least_lead`."""
        return weight_stability.least_lead(scores, self.low, self.high, scaled=self.scaled)

    def least_lead_weights(self, scores: Matrix, first: int, second: int) -> Vector:
        """As `weight_stability.least_lead_weights`."""
        return weight_stability.least_lead_weights(scores, self.low, self.high, first, second, scaled=self.scaled)

    def least_sums(self, numbers: Matrix) -> Vector:
        """The least weighted sum of each line over these weights, (lines,)."""
        found = [self.least_lead(np.vstack([line, np.zeros_like(line)]))[0, 1] for line in numbers]
        return np.array(found, dtype=np.float64)

    def extremes(self, scores: Matrix, unit: int, ties: str, seconds: float) -> tuple[ExtremeRank, ExtremeRank]:
        """The best and the worst rank of a unit by a rule of ties, with weights that sum to 1."""
        low, high, columns = self._summing_to_1()
        padded = np.hstack([scores, np.zeros((len(scores), len(low) - columns))])
        best, worst = (
            end(padded, unit, low, high, self.order, ties=ties, seconds=seconds) for end in (best_rank, worst_rank)
        )
        return _of_columns(best, columns), _of_columns(worst, columns)

    def feasible(self) -> None:
        """Raise DomainError, with the reason, where there are no such weights."""
        low, high, _ = self._summing_to_1()
        feasible(low, high, self.order)

    def _summing_to_1(self) -> tuple[Vector, Vector, int]:
        """The bounds with a sum of 1, and how many are of nodes.

        A scale changes no rank. So weights that are brought back to a sum of 1 afterwards may be so small that they sum
        to 1 at most, and the rest is the weight of a column in which all units have 0.
        """
        if not self.scaled:
            return self.low, self.high, len(self.low)
        whole = self.high.sum()
        return np.append(self.low / whole, 0.0), np.append(self.high / whole, 1.0), len(self.low)


def _of_columns(found: ExtremeRank, columns: int) -> ExtremeRank:
    weights = found.weights[:columns]
    return replace(found, weights=weights / weights.sum())


def weight_box(
    tree: LinearTree, spread: float | None, bounds: Bounds | None, order: Sequence[tuple[str, str]] = ()
) -> WeightBox:
    """The weights that are asked for.

    spread: 0.2 for each weight times 0.8 to 1.2, brought back to a sum of 1. bounds: of some nodes; the others go from
    0 to 1, and all sum to 1. order: pairs of nodes of which the first weighs no less.

    Raises UsageError where both are said, where a node is unknown, and where no weights keep all of it.
    """
    if spread is not None and bounds is not None:
        raise UsageError(mistake("which_box", Text("spread 与 bounds 只能给一个", "say either spread or bounds")))
    stated = {"spread": spread, "bounds": bounds, "order": order}
    said = plainly({key: each for key, each in stated.items() if each is not None}, ExactQuestion)
    pairs = tuple(_places(tree, said.get("order", ())))
    refuse_circle(said.get("order", ()))
    if bounds is None:
        share = SPREAD if spread is None else share_of(said["spread"])
        low, high = tree.weights * (1 - share), tree.weights * (1 + share)
        if share == 1:  # every proportion can be had, and without a scale no weights are all 0
            high = (tree.weights > 0).astype(np.float64)
        box = WeightBox(low, high, pairs, scaled=share < 1)
    else:
        box = WeightBox(*_stated(tree, said["bounds"]), pairs)
    try:
        box.feasible()
    except DomainError as error:
        hint = Text("放宽界限或去掉一条次序", "widen a bound or drop an order")
        nodes = ", ".join(tree.nodes[column] for column in error.columns)
        reason = Text(f"{nodes}：{error.reason.zh}", f"{nodes}: {error.reason.en}") if nodes else error.reason
        raise UsageError(mistake("no_such_weights", reason, hint)) from None
    return box


def _stated(tree: LinearTree, bounds: Bounds) -> tuple[Vector, Vector]:
    _refuse_unknown(tree, bounds)
    low, high = np.zeros(len(tree.nodes)), np.ones(len(tree.nodes))
    for node, said in bounds.items():
        place = tree.nodes.index(node)
        low[place], high[place] = (share_of(each) for each in said)
    return low, high


def _places(tree: LinearTree, order: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    _refuse_unknown(tree, [node for pair in order for node in pair])
    return [(tree.nodes.index(one), tree.nodes.index(other)) for one, other in order]


def _refuse_unknown(tree: LinearTree, nodes: Sequence[str] | Bounds) -> None:
    wrong = list(wrong_level(tree.framework, tree.level, list(dict.fromkeys(nodes))))
    if wrong:
        raise UsageError(wrong)


def wrong_level(framework: Framework, level: Level, names: Sequence[str]) -> Iterator[Finding]:
    """A finding for each name that is no node whose weight varies at this level."""
    nodes = varied_nodes(framework, level)
    known = [node.id for node in nodes]
    for name in names:
        if name in known:
            continue
        if any(each.id == name for each in framework.walk()):
            other = "dimension" if level == "indicator" else "indicator"
            hint = Text(f"用 level: {other}，或给其他代号", f"use `level: {other}`, or name others")
            reason = Text("的权重不在其列", "has no weight of its own here")
            yield Finding(code="other_level", severity=Severity.ERROR, value=name, message=reason, hint=hint)
        else:
            yield no_such_node(name, known)

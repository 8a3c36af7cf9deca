"""Split the score of a unit into what each indicator adds to it."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import Cohort, Matrix, Rows, Vector
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of
from parkscore.methods import aggregation
from parkscore.tree.aggregate import Nodes, Shares

_SUM = "sum"


def not_additive(framework: Framework) -> Node | None:
    """The first dimension whose score is no weighted sum of its children's, nor the sum of their points, or None.

    What is rounded, or cut to a cap or a floor, is no sum.
    """
    for node in framework.root.walk():
        if node.children and not (node.round is None and (adds_up(framework, node) or _is_mean(framework, node))):
            return node
    return None


def adds_up(framework: Framework, node: Node) -> bool:
    """Whether a node's score is the sum of its children's points, with neither a cap nor a floor."""
    choice = aggregation_of(framework, node)
    return choice.name == _SUM and choice.parameters.get("floor") is None


def _is_mean(framework: Framework, node: Node) -> bool:
    return aggregation[aggregation_of(framework, node).name].additive


def contributions(
    framework: Framework, nodes: Nodes, cohorts: tuple[Cohort, ...], shares: tuple[Shares, ...]
) -> Matrix:
    """What each indicator adds to each row's score, (rows, indicators): its score times its weight in the total.

    Under a mean the share of a node without a score goes to its siblings, under a sum the points of each count as they
    are, as in the aggregation; so a row sums to its score. An indicator that takes no part adds 0. NaN where the row
    has no score. For additive trees only.
    """
    leaves = framework.leaves
    total = nodes.scores[framework.total.id]
    added = np.full((len(total), len(leaves)), np.nan)
    column_of = {leaf.id: column for column, leaf in enumerate(leaves)}

    def descend(node: Node, rows: Rows, weight: Vector, own_shares: Shares) -> None:
        if not node.children:
            scores = nodes.scores[node.id][rows]
            added[rows, column_of[node.id]] = np.where(np.isnan(scores), 0.0, scores) * weight
            return
        present = np.column_stack([~np.isnan(nodes.scores[child.id][rows]) for child in node.children])
        handed = present * own_shares[node.id]
        sums = handed.sum(axis=1, keepdims=True)
        own = np.divide(handed, sums, out=np.zeros_like(handed), where=sums > 0)
        if adds_up(framework, node):
            own = np.asarray(handed > 0, dtype=np.float64)
        for position, child in enumerate(node.children):
            descend(child, rows, weight * own[:, position], own_shares)

    for cohort, own_shares in zip(cohorts, shares, strict=True) if leaves else ():
        descend(framework.root, cohort.apply, np.ones(len(cohort.apply)), own_shares)
    added[np.isnan(total)] = np.nan
    return added

"""Split the score of a unit into what each indicator adds to it."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import Cohort, Matrix, Rows, Vector
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of
from parkscore.methods import aggregation
from parkscore.tree.aggregate import Nodes, Shares


def not_additive(framework: Framework) -> Node | None:
    """The first dimension whose score is no weighted sum of its children's, or is rounded, or None."""
    for node in framework.root.walk():
        if not node.children:
            continue
        if node.round is not None or not aggregation[aggregation_of(framework, node).name].additive:
            return node
    return None


def contributions(
    framework: Framework, nodes: Nodes, cohorts: tuple[Cohort, ...], shares: tuple[Shares, ...]
) -> Matrix:
    """What each indicator adds to each row's score, (rows, indicators): its score times its weight in the total.

    The share of a node without a score goes to its siblings, as in the aggregation, so a row sums to its score; an
    indicator that takes no part adds 0. NaN where the row has no score. For additive trees only.
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
        for position, child in enumerate(node.children):
            descend(child, rows, weight * own[:, position], own_shares)

    for cohort, own_shares in zip(cohorts, shares, strict=True) if leaves else ():
        descend(framework.root, cohort.apply, np.ones(len(cohort.apply)), own_shares)
    added[np.isnan(total)] = np.nan
    return added

"""Which weights count in the end, where no unit has a score at a node and its siblings take over what it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from parkscore.data.grid import Cohort, Rows
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import ADDS_POINTS, BEST_OF, aggregation_of
from parkscore.tree.aggregate import Nodes, Shares

WEIGHT_FREE: Final = ADDS_POINTS | {BEST_OF, "min"}
"""Methods under which nobody takes over what a node without a score weighs."""


def counted_weights(
    framework: Framework, nodes: Nodes, cohorts: Iterable[tuple[Cohort, Shares]]
) -> Mapping[tuple[str, str | None, str], float]:
    """By reference, class and node the weight in the total that counts, for units that lack nothing more than all do.

    0 for a node at which no unit has a score; its siblings take it over in their proportions, as in the aggregation. In
    the order of the table of weights.
    """
    rows: dict[tuple[str, str | None], Rows] = {}
    own: dict[tuple[str, str | None], Shares] = {}
    for cohort, shares in cohorts:
        key = (cohort.name, cohort.class_id)
        rows[key] = np.concatenate([rows[key], cohort.apply]) if key in rows else cohort.apply
        own[key] = shares
    return {
        (*key, node): weight
        for key, shares in own.items()
        for node, weight in _below(framework, framework.root, nodes, rows[key], shares, 1.0)
    }


def _below(
    framework: Framework, node: Node, nodes: Nodes, rows: Rows, shares: Shares, weight: float
) -> Iterator[tuple[str, float]]:
    if not node.children:
        return
    known = np.array([not np.isnan(nodes.scores[child.id][rows]).all() for child in node.children])
    handed = np.where(known, shares[node.id], 0.0)
    if aggregation_of(framework, node).name not in WEIGHT_FREE and handed.sum() > 0:
        handed = handed / handed.sum()
    for child, share in zip(node.children, handed.tolist(), strict=True):
        yield child.id, weight * share
        yield from _below(framework, child, nodes, rows, shares, weight * share)


def hands_weight_on(framework: Framework, nodes: Nodes, rows: Rows) -> bool:
    """Whether some unit has a score at a node but none at one below it, whose weight its siblings take over."""
    return any(
        bool((np.isnan(nodes.scores[child.id][rows]) & ~np.isnan(nodes.scores[node.id][rows])).any())
        for node in framework.root.walk()
        if node.children and aggregation_of(framework, node).name not in WEIGHT_FREE
        for child in node.children
    )

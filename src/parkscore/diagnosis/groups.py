"""Which scores are looked at together, and what the rows and nodes of a table are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from parkscore.data.grid import Matrix, Vector
from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Node
from parkscore.tree.weigh import effective_weights

Members = Literal["children", "indicators"]


@dataclass(frozen=True)
class Group:
    """Nodes that together become the score of one node: its own children, or all indicators below the root."""

    node: Node
    members: Members
    nodes: tuple[Node, ...]

    @classmethod
    def of_children(cls, node: Node) -> Group:
        """The children of a node."""
        return cls(node, "children", node.children)

    @classmethod
    def of_indicators(cls, evaluation: Evaluation) -> Group:
        """All indicators below the root."""
        return cls(evaluation.framework.root, "indicators", evaluation.framework.leaves)

    @property
    def ids(self) -> list[str]:
        """The ids of the members."""
        return [node.id for node in self.nodes]

    def scores(self, evaluation: Evaluation) -> Matrix:
        """The scores of the members, (rows, members)."""
        return evaluation.nodes[self.ids].to_numpy(dtype=np.float64)

    def nominal(self, evaluation: Evaluation) -> Vector:
        """What the weights say of each member: the mean over the rows, where rows have weights of their own."""
        rows = np.array([len(cohort.apply) for cohort, _ in evaluation.own_cohorts], dtype=np.float64)
        framework = evaluation.framework
        weights = np.array(
            [
                shares[self.node.id] if self.members == "children" else effective_weights(framework, shares)
                for _, shares in evaluation.own_cohorts
            ]
        ).reshape(len(rows), len(self.nodes))
        return np.asarray(rows @ weights / rows.sum()) if rows.size else np.full(len(self.nodes), np.nan)


def groups(evaluation: Evaluation) -> Iterator[Group]:
    """The children of the root, all indicators where they are not the same, then the children of each dimension."""
    framework = evaluation.framework
    for node in framework.root.walk():
        if node.children:
            yield Group.of_children(node)
        if node.id == framework.total.id and any(child.children for child in node.children):
            yield Group.of_indicators(evaluation)


def named(node: Node) -> dict[str, Any]:
    """The columns that name a node in every table."""
    return {"id": node.id, "zh": node.label.zh, "en": node.label.en}


def row_labels(evaluation: Evaluation) -> dict[str, Any]:
    """The columns that name a row: the unit, and the year where there are years."""
    years = evaluation.table.years
    units = {UNIT: evaluation.table.units[evaluation.rows]}
    return units if years is None else units | {YEAR: years[evaluation.rows]}

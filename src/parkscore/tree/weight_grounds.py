"""Say of each number among the weights how far it can be trusted, and what it was taken from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from parkscore.framework.models import Choice, Framework, Node, SchemeStatus
from parkscore.tree.schemes import WeightPlan, weight_source


class Ground(NamedTuple):
    """The status and the source of one weight; no source where none is stated."""

    status: SchemeStatus
    source: str | None


def grounds(framework: Framework, plan: WeightPlan, status: SchemeStatus, source: str | None) -> Mapping[str, Ground]:
    """The ground of every node's weight.

    status, source: those of the weights as a whole. They hold for weights that a method or a combination made, and for
    a number that says neither; a number of a scheme may say its own, one of the framework has the framework's.
    """
    overall = Ground(status, source)
    return {
        child.id: _ground(framework, plan, node, child, overall)
        for node in framework.root.walk()
        for child in node.children
    }


def _ground(framework: Framework, plan: WeightPlan, parent: Node, child: Node, overall: Ground) -> Ground:
    scheme = plan.scheme
    if scheme is None or not plan.is_node_by_node or plan.toward is not None:
        return overall
    if all(each.id in scheme.weights for each in parent.children):
        entry = scheme.weights[child.id]
        return Ground(entry.status or scheme.status, entry.source or scheme.source)
    if len(parent.children) == 1 or isinstance(weight_source(framework, scheme, parent), Choice):
        return overall
    return Ground(framework.weights_status or "assumed", framework.weights_source or framework.source)

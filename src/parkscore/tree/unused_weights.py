"""Say which weights of dimensions that a framework states are not used, as others were computed from the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from parkscore.data.grid import Vector
from parkscore.framework.models import UNKNOWN, Choice, Framework, Node
from parkscore.language import Text
from parkscore.tree.comparing import looks_at_scores
from parkscore.tree.schemes import WeightPlan, plan_weights, schemes_for, weight_source


def unused_weights(framework: Framework, plan: WeightPlan) -> Iterator[tuple[Node, float]]:
    """The nodes next to dimensions whose stated weights are replaced by computed ones, each with its stated share.

    Nothing of a combination, and nothing where weights are drawn toward a policy: these say what they rest on.
    """
    if plan.parts or plan.toward is not None:
        return
    for node in framework.root.walk():
        stated = _stated(node)
        if stated is not None and _is_replaced(framework, plan, node, stated):
            yield from zip(node.children, stated.tolist(), strict=True)


def _stated(node: Node) -> Vector | None:
    """The shares that a framework states for the children of a node; None where it does not, or all are indicators."""
    weights = [child.weight for child in node.children]
    if not any(child.children for child in node.children) or any(each in (None, UNKNOWN) for each in weights):
        return None
    numbers = np.array(weights, dtype=np.float64)
    return np.asarray(numbers / numbers.sum())


def _is_replaced(framework: Framework, plan: WeightPlan, node: Node, stated: Vector) -> bool:
    source = plan.method or weight_source(framework, plan.scheme, node)
    if isinstance(source, Choice):
        return looks_at_scores(source)
    computed = plan.scheme is not None and plan.scheme.status == "computed"
    return computed and source is not None and not np.allclose(source / source.sum(), stated)


def note_on_unused_weights(framework: Framework, unused: Sequence[tuple[Node, float]]) -> Text:
    """That stated weights are not used, with the shipped schemes that compute the others and keep these."""
    said = [f"{node.id} {100 * share:.4g}%" for node, share in unused]
    keeping = list(_keeping(framework))
    zh = f"；保留它们的方案：{'、'.join(keeping)}" if keeping else ""
    en = f"; kept by: {', '.join(keeping)}" if keeping else ""
    return Text(
        f"各级权重由数据算出，未用体系公布的 {'、'.join(said)}{zh}",
        f"all weights are computed from the data, and not those that the framework states: {', '.join(said)}{en}",
    )


def _keeping(framework: Framework) -> Iterator[str]:
    """The shipped schemes that compute weights inside dimensions only."""
    for name in schemes_for(framework):
        plan = plan_weights(framework, name)
        inside = [] if plan.scheme is None else plan.scheme.inside.values()
        weighs_by_data = plan.is_node_by_node and plan.toward is None and any(map(looks_at_scores, inside))
        if weighs_by_data and not any(unused_weights(framework, plan)):
            yield name

"""How far each weight may go: by a share of itself, or within bounds that are stated."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from parkscore.data.grid import Vector
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text
from parkscore.methods.domain import DomainError
from parkscore.methods.weight_draws import feasible
from parkscore.robustness.linear_tree import LinearTree

SPREAD: Final = 0.2
"""Each weight up to a fifth more or less, where nothing is said: an assumption."""

Bounds = Mapping[str, Sequence[Any]]
"""By node the least and the largest weight in the total, as shares or with a percent sign."""


def weight_box(
    tree: LinearTree, spread: float | None, bounds: Bounds | None, order: Sequence[tuple[str, str]] = ()
) -> tuple[Vector, Vector, list[tuple[int, int]]]:
    """The least and the largest weight of each node, (nodes,) each, and the order by place; weights sum to 1 in all.

    spread: 0.2 for each weight between 80 % and 120 % of its own. bounds: of some nodes; the others go from 0 to 1.
    order: pairs of nodes of which the first weighs no less.

    Raises UsageError where both are said, where a node is unknown, and where no weights keep all of it.
    """
    if spread is not None and bounds is not None:
        raise UsageError(_wrong("which_box", Text("spread 与 bounds 只能给一个", "say either spread or bounds")))
    pairs = _places(tree, order)
    if bounds is None:
        share = SPREAD if spread is None else spread
        if not 0 <= share <= 1:
            reason = Text(f"spread {share} 应在 0 与 1 之间", f"a spread is from 0 to 1, not {share}")
            raise UsageError(_wrong("wrong_value", reason))
        low, high = tree.weights * (1 - share), np.minimum(tree.weights * (1 + share), 1.0)
    else:
        low, high = _stated(tree, bounds)
    try:
        feasible(low, high, pairs)
    except DomainError as error:
        hint = Text("放宽界限或去掉一条次序", "widen a bound or drop an order")
        raise UsageError(_wrong("no_such_weights", error.reason, hint)) from None
    return low, high, pairs


def _stated(tree: LinearTree, bounds: Bounds) -> tuple[Vector, Vector]:
    _refuse_unknown(tree, bounds)
    low, high = np.zeros(len(tree.nodes)), np.ones(len(tree.nodes))
    for node, said in bounds.items():
        place = tree.nodes.index(node)
        try:
            low[place], high[place] = (_share(each) for each in said)
        except (TypeError, ValueError):
            reason = Text(f"{node} 的界限应是两个份额", f"{node}: bounds are two shares")
            hint = Text("例如 [0.1, 0.3] 或 [10%, 30%]", "such as [0.1, 0.3] or [10%, 30%]")
            raise UsageError(_wrong("wrong_value", reason, hint)) from None
    return low, high


def _share(said: Any) -> float:
    if isinstance(said, str) and said.strip().endswith("%"):
        return float(said.strip()[:-1]) / 100
    return float(said)


def _places(tree: LinearTree, order: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    _refuse_unknown(tree, [node for pair in order for node in pair])
    return [(tree.nodes.index(one), tree.nodes.index(other)) for one, other in order]


def _refuse_unknown(tree: LinearTree, nodes: Sequence[str] | Bounds) -> None:
    unknown = [node for node in dict.fromkeys(nodes) if node not in tree.nodes]
    if unknown:
        raise UsageError([_no_such_node(tree, node) for node in unknown])


def _no_such_node(tree: LinearTree, node: str) -> Finding:
    if any(each.id == node for each in tree.framework.walk()):
        other = "dimension" if tree.level == "indicator" else "indicator"
        hint = Text(f"用 level='{other}'，或给其他代号", f"use level='{other}', or name others")
        reason = Text("的权重不在其列", "has no weight of its own here")
        return Finding(code="other_level", severity=Severity.ERROR, value=node, message=reason, hint=hint)
    near = difflib.get_close_matches(node, tree.nodes, 1)
    guess = Text(f"，是否想写 {near[0]}", f"; did you mean {near[0]}") if near else Text("", "")
    return _wrong(
        "no_such_node",
        Text(f"指标体系没有 {node}{guess.zh}", f"the framework has no {node}{guess.en}"),
        Text("用 parkscore show 看代号", "parkscore show lists the ids"),
    )


def _wrong(code: str, message: Text, hint: Text | None = None) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, message=message, hint=hint)

"""Check declared full scores against the most that the rules and the nodes below can give."""

from __future__ import annotations

import math
from collections.abc import Mapping

from parkscore.framework.document import Path
from parkscore.framework.models import OPEN, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.score_ranges import as_rounded
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import Interval, aggregation

_ROUNDING = 1e-9


def check_points(framework: Framework, ranges: Mapping[str, Interval], reporter: Reporter) -> None:
    """Report every node whose declared points are not the most that it can get.

    ranges: the scores that each node can have. What the children of a node declare counts as their most, so that a slip
    is told once, where it stands. The methods of the framework must have been found right.
    """
    nodes: list[tuple[Path, Node]] = [(("total",), framework.root), *nodes_with_paths(framework)]
    for path, node in nodes:
        declared = node.full_score
        if declared is not None and not node.lacks_points and not framework.only_judges:
            most = _most(framework, node, ranges)
            if declared == OPEN:
                wrong = math.isfinite(most)
            else:
                wrong = not math.isclose(most, declared, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
            if wrong:
                key = ("points",) if node.slot is None else ("slot", "points")
                _report(framework, node, most, (*path, *key), reporter)


def _most(framework: Framework, node: Node, ranges: Mapping[str, Interval]) -> float:
    """The most points of a node, infinite where there is no most or nothing is known of it."""
    if not node.children:
        return ranges[node.id].high if node.id in ranges else math.inf
    choice = aggregation_of(framework, node)
    combine = aggregation[choice.name].combine_range
    if combine is None:
        return math.inf
    below = [_declared(framework, child, ranges) for child in node.children]
    return as_rounded(node, combine(below, choice.parameters)).high


def _declared(framework: Framework, node: Node, ranges: Mapping[str, Interval]) -> Interval:
    """The scores that a node can have, up to what it declares."""
    own = ranges.get(node.id, Interval(-math.inf, math.inf))
    declared = node.full_score
    if declared is None:
        return Interval(own.low, _most(framework, node, ranges))
    return Interval(own.low, math.inf if declared == OPEN else float(declared))


def _report(framework: Framework, node: Node, most: float, path: Path, reporter: Reporter) -> None:
    how = aggregation[aggregation_of(framework, node).name].title if node.children else None
    given = (
        Text("赋分规则", "its scoring rule gives")
        if how is None
        else Text(f"下级{how.zh}", f"its children give ({how.en})")
    )
    if math.isfinite(most):
        amount = Text(f"最多 {most:.12g} 分", f"at most {most:.12g}")
        hint = Text(f"核对分值，或写 points: {most:.12g}", f"check the points, or write `points: {most:.12g}`")
    else:
        amount = Text("没有可知的上限", "points without a ceiling that is known")
        hint = Text("给出上限，或写 points: open", "give the rule a ceiling, or write `points: open`")
    declared = node.full_score
    stated = Text("不封顶", "no ceiling") if declared == OPEN else Text(f"{declared:.12g} 分", f"{declared:.12g}")
    reporter.report(
        "nominal_total",
        path,
        Text(
            f"{node.id} {node.label.zh} 标明{stated.zh}，{given.zh}{amount.zh}；分数不会自动折算",
            f"{node.id} {node.label.en} declares {stated.en}, {given.en} {amount.en}; nothing is rescaled",
        ),
        field=node.id,
        value=declared,
        hint=hint,
    )

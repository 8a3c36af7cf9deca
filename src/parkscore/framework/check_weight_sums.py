"""Check what siblings' weights add up to: percentages make 100 %, and nobody mixes them with plain numbers."""

from __future__ import annotations

from collections.abc import Mapping

from parkscore.findings import Severity
from parkscore.framework.class_weights import weights_beside
from parkscore.framework.document import Path
from parkscore.framework.models import Framework, Node, Percent, WeightEntry, WeightScheme
from parkscore.framework.reporting import Reporter, nodes_with_paths, parents_with_paths
from parkscore.language import Text

_ROUNDING = 1e-6


def check_framework_sums(framework: Framework, reporter: Reporter) -> None:
    """Report siblings of a framework whose weights do not add up."""
    paths = {node.id: path for path, node in nodes_with_paths(framework)}
    for _, parent in parents_with_paths(framework):
        weights = {child.id: child.weight for child in parent.children if isinstance(child.weight, float)}
        complete = len(weights) == len(parent.children)
        _check(parent, weights, complete, {key: (*paths[key], "weight") for key in weights}, reporter)


def check_scheme_sums(scheme: WeightScheme, framework: Framework, reporter: Reporter) -> None:
    """Report siblings whose weights in a scheme do not add up."""
    for _, parent in parents_with_paths(framework):
        _check_numbers(parent, scheme.weights, ("weights",), reporter)
        for class_id, own in scheme.classes.items():
            beside = weights_beside(scheme, own, framework)
            _check_numbers(parent, beside, ("classes", class_id, "weights"), reporter)


def _check_numbers(parent: Node, weights: Mapping[str, WeightEntry], path: Path, reporter: Reporter) -> None:
    given = {child.id: weights[child.id].weight for child in parent.children if child.id in weights}
    complete = len(given) == len(parent.children)
    _check(parent, given, complete, {key: (*path, key) for key in given}, reporter)


def _check(
    parent: Node, weights: Mapping[str, float], complete: bool, paths: Mapping[str, Path], reporter: Reporter
) -> None:
    percentages = [key for key, weight in weights.items() if isinstance(weight, Percent)]
    # In a workbook 20 % may have become 0.2; a plain number above 1 beside a percentage can only be a slip.
    odd = next((key for key, weight in weights.items() if key not in percentages and weight > 1), None)
    if percentages and odd is not None:
        percent = percentages[0]
        reporter.report(
            "mixed_weights",
            paths[odd],
            Text(
                f"{parent.id} 下百分数与系数混用：{percent} 为 {weights[percent]}，{odd} 为 {weights[odd]:g}",
                f"some weights under {parent.id} are percentages and some are not: "
                f"{percent} is {weights[percent]}, {odd} is {weights[odd]:g}",
            ),
            field=odd,
            value=weights[odd],
            hint=Text("同级统一写成百分数或系数", "write all siblings as percentages, or all as plain numbers"),
        )
    elif percentages and complete and abs(sum(weights.values()) - 1) > _ROUNDING:
        total = sum(weights.values())
        reporter.report(
            "weights_sum",
            paths[percentages[0]],
            Text(
                f"{parent.id} 下的百分数之和为 {total:.2%}，不是 100%，计分时折算为份额",
                f"the percentages under {parent.id} sum to {total:.2%}, not to 100 %; scoring turns them into shares",
            ),
            severity=Severity.WARNING,
            field=parent.id,
            value=round(total, 12),
            hint=Text("核对每个百分数", "check each percentage"),
        )

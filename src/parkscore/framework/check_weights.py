"""Check weights: not negative, not all zero, stated for all siblings or for none."""

from __future__ import annotations

from collections.abc import Iterable

from parkscore.framework.check_methods import check_method
from parkscore.framework.document import Path
from parkscore.framework.models import Framework, Node, WeightScheme
from parkscore.framework.reporting import Reporter, nodes_with_paths, parents_with_paths
from parkscore.framework.suggesting import did_you_mean
from parkscore.language import Text
from parkscore.methods import weighting

EVERY_NODE = "*"


def check_framework_weights(framework: Framework, reporter: Reporter) -> None:
    """Report weights in the framework that cannot be shares; unknown ones are no mistake here."""
    for path, node in nodes_with_paths(framework):
        if isinstance(node.weight, float) and node.weight < 0:
            _report_negative(node, node.weight, (*path, "weight"), reporter)
    for path, parent in parents_with_paths(framework):
        stated = [child.weight for child in parent.children if isinstance(child.weight, float)]
        if stated and len(stated) == len(parent.children) and not any(stated):
            _report_zero(parent, path, reporter)
        silent = [(index, child) for index, child in enumerate(parent.children) if child.weight is None]
        if stated and silent:
            _report_missing(
                parent,
                [child for _, child in silent],
                (*path, silent[0][0]),
                Text("补上权重；不知道的写 weight: unknown", "add it; where it is not known write `weight: unknown`"),
                reporter,
            )


def _report_missing(parent: Node, silent: list[Node], path: Path, hint: Text, reporter: Reporter) -> None:
    ids = ", ".join(node.id for node in silent)
    reporter.report(
        "weight_missing",
        path,
        Text(
            f"{parent.id} 下有的指标有权重，这些没有：{ids}",
            f"some children of {parent.id} have a weight, these have none: {ids}",
        ),
        field=silent[0].id,
        hint=hint,
    )


def _report_negative(node: Node, weight: float, path: Path, reporter: Reporter) -> None:
    reporter.report(
        "negative_weight",
        path,
        Text("小于 0；权重是同级中的份额", "is below 0; weights are shares within their parent"),
        field=f"{node.id} {node.label.zh}",
        value=weight,
        hint=Text("如果越大越差，请写 direction: lower", "to let it count against a unit, write `direction: lower`"),
    )


def _report_zero(parent: Node, path: Path, reporter: Reporter) -> None:
    reporter.report(
        "weights_sum_to_zero",
        path,
        Text(f"{parent.id} 的下级权重之和为 0", f"the weights of the children of {parent.id} sum to zero"),
        field=parent.id,
        hint=Text("至少一个权重应大于 0", "at least one weight must be above 0"),
    )


def check_scheme_weights(scheme: WeightScheme, framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with a weight scheme for a framework."""
    if scheme.framework != framework.id:
        reporter.report(
            "other_framework",
            ("framework",),
            Text(
                f"这是 {scheme.framework} 的权重方案，不是 {framework.id} 的",
                f"this scheme is for {scheme.framework}, not for {framework.id}",
            ),
            value=scheme.framework,
        )
    kinds = [key for key in ("method", "combine") if getattr(scheme, key)]
    if scheme.weights or scheme.inside:
        kinds.append("weights/inside")
    if len(kinds) != 1:
        reporter.report(
            "scheme_kind",
            (),
            Text(
                "权重方案应恰有一种写法：weights/inside、method 或 combine",
                "a scheme is written in exactly one way: weights/inside, method or combine",
            ),
            value=", ".join(kinds) or None,
        )
    known = {framework.total.id, *(node.id for node in framework.walk())}
    leaves = {node.id for node in framework.leaves}
    for node_id in scheme.weights:
        if node_id not in known:
            _report_unknown_node(node_id, known, ("weights", node_id), reporter)
    for node_id, choice in scheme.inside.items():
        if node_id not in known | {EVERY_NODE}:
            _report_unknown_node(node_id, known, ("inside", node_id), reporter)
        elif node_id in leaves:
            reporter.report(
                "misplaced_key",
                ("inside", node_id),
                Text("这个指标没有下级", "this indicator has no children to weigh"),
                value=node_id,
            )
        check_method(choice, weighting, ("inside", node_id), reporter)
    if scheme.method is not None:
        check_method(scheme.method, weighting, ("method",), reporter)
    _check_given(scheme, framework, reporter)
    _check_parts(scheme, reporter)


def _report_unknown_node(node_id: str, known: Iterable[str], path: Path, reporter: Reporter) -> None:
    reporter.report(
        "unknown_id",
        path,
        Text("指标体系中没有这个编码", "the framework has no such node"),
        value=node_id,
        hint=did_you_mean(node_id, known),
    )


def _check_given(scheme: WeightScheme, framework: Framework, reporter: Reporter) -> None:
    for node in framework.walk():
        weight = scheme.weight_of(node.id)
        if weight is not None and weight < 0:
            _report_negative(node, weight, ("weights", node.id), reporter)
    for _, parent in parents_with_paths(framework):
        given = [(child, scheme.weight_of(child.id)) for child in parent.children]
        numbers = [weight for _, weight in given if weight is not None]
        silent = [child for child, weight in given if weight is None]
        if numbers and not silent and not any(numbers):
            _report_zero(parent, ("weights", parent.children[0].id), reporter)
        if numbers and silent:
            hint = Text("补上这些编码的权重", "give these ids a weight, too")
            _report_missing(parent, silent, ("weights",), hint, reporter)


def _check_parts(scheme: WeightScheme, reporter: Reporter) -> None:
    for index, part in enumerate(scheme.combine):
        if (part.scheme is None) == (part.method is None):
            reporter.report(
                "scheme_kind",
                ("combine", index),
                Text("每一部分恰有 scheme 或 method 之一", "each part names either a scheme or a method"),
            )
        if part.method is not None:
            check_method(part.method, weighting, ("combine", index, "method"), reporter)

"""Check weights: not negative, not all zero, stated for all siblings or for none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from parkscore.framework.check_methods import check_method
from parkscore.framework.class_weights import weights_beside
from parkscore.framework.document import Path
from parkscore.framework.judgements import check_judgements, is_judged, report_misplaced
from parkscore.framework.models import Choice, CombinedPart, Framework, Node, Policy, WeightEntry, WeightScheme
from parkscore.framework.reporting import Reporter, nodes_with_paths, parents_with_paths
from parkscore.framework.suggesting import did_you_mean, nearest_or_all
from parkscore.language import Text, agreeing
from parkscore.methods import combination, weighting

EVERY_NODE = "*"


def check_framework_weights(framework: Framework, reporter: Reporter) -> None:
    """Report weights in the framework that cannot be shares; unknown ones are no mistake here."""
    for path, node in nodes_with_paths(framework):
        if isinstance(node.weight, float) and node.weight < 0:
            _report_negative(node, node.weight, (*path, "weight"), reporter)
    for path, parent in parents_with_paths(framework):
        stated = [child.weight for child in parent.children if isinstance(child.weight, float)]
        if stated and len(stated) == len(parent.children):
            _check_sum(parent, stated, path, reporter)
        silent = [(index, child) for index, child in enumerate(parent.children) if child.weight is None]
        if stated and silent:
            _report_missing(
                parent,
                [child for _, child in silent],
                (*path, silent[0][0]),
                Text("补上权重；不知道的写 weight: unknown", "add it; where it is not known write `weight: unknown`"),
                reporter,
            )
    _check_own_judgements(framework, reporter)


def _check_own_judgements(framework: Framework, reporter: Reporter) -> None:
    """Report judgements in a framework; the methods as such are checked with all its methods."""
    places: list[tuple[Path, Choice | None, Node | None]]
    places = [(("defaults", "weights"), framework.defaults.weights, None)]
    places += [(("total", "weights"), framework.total.weights, framework.root)]
    places += [((*path, "weights"), node.weights, node) for path, node in nodes_with_paths(framework)]
    for path, choice, node in places:
        if choice is not None and is_judged(choice) and not weighting[choice.name].check(choice.parameters):
            check_weighting(choice, [child.id for child in node.children] if node is not None else None, path, reporter)


def _report_missing(parent: Node, silent: list[Node], path: Path, hint: Text, reporter: Reporter) -> None:
    ids = ", ".join(node.id for node in silent)
    reporter.report(
        "weight_missing",
        path,
        Text(
            f"{parent.id} 下有的指标有权重，这些没有：{ids}",
            f"some children of {parent.id} have a weight, "
            f"{agreeing(len(silent), 'this one has', 'these have')} none: {ids}",
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


def _check_sum(parent: Node, weights: Sequence[float], path: Path, reporter: Reporter) -> None:
    """Report weights of all children that no shares can be made of."""
    if not any(weights):
        _report_zero(parent, path, reporter)
    elif not math.isfinite(sum(weights)):
        reporter.report(
            "weights_too_large",
            path,
            Text(
                f"{parent.id} 的下级权重之和超出可计算的范围",
                f"the weights of the children of {parent.id} sum to more than can be computed with",
            ),
            field=parent.id,
            hint=Text("写 0.2 或 20% 这样的数", "write numbers such as 0.2 or 20%"),
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
            hint=Text(
                f"换一个 {framework.id} 的权重方案，或把方案中的 framework: 改为 {framework.id}",
                f"choose a scheme for {framework.id}, or write `framework: {framework.id}` in this one",
            ),
        )
    kinds = [key for key in ("method", "combine") if getattr(scheme, key)]
    if scheme.weights or scheme.inside or scheme.classes:
        kinds.append("weights/inside")
    if len(kinds) > 1 or not (kinds or scheme.toward):
        reporter.report(
            "scheme_kind",
            (),
            Text(
                "权重方案应恰有一种写法：weights/inside、method 或 combine",
                "a scheme is written in exactly one way: weights/inside, method or combine",
            ),
            value=", ".join(kinds) or None,
        )
    leaves = [node.id for node in framework.leaves]
    _check_inside(scheme.inside, framework, ("inside",), reporter)
    if scheme.method is not None:
        check_weighting(scheme.method, leaves, ("method",), reporter)
    _check_given(scheme.weights, framework, ("weights",), reporter)
    _check_classes(scheme, framework, reporter)
    _check_parts(scheme, leaves, reporter)
    if scheme.toward is not None:
        _check_policy(scheme.toward, framework, leaves, reporter)


def _check_inside(inside: Mapping[str, Choice], framework: Framework, path: Path, reporter: Reporter) -> None:
    """Report methods for nodes that do not exist, have no children to weigh, or have some that it cannot weigh."""
    nodes = {node.id: node for node in (framework.root, *framework.walk())}
    for node_id, choice in inside.items():
        if node_id not in {*nodes, EVERY_NODE}:
            _report_unknown_node(node_id, nodes, (*path, node_id), reporter)
        elif node_id != EVERY_NODE and not nodes[node_id].children:
            reporter.report(
                "misplaced_key",
                (*path, node_id),
                Text("这个指标没有下级", "this indicator has no children to weigh"),
                value=node_id,
            )
        siblings = [child.id for child in nodes[node_id].children] if node_id in nodes else None
        check_weighting(choice, siblings, (*path, node_id), reporter)


def _check_classes(scheme: WeightScheme, framework: Framework, reporter: Reporter) -> None:
    """Report weights of classes that there are not, and what cannot be the shares of siblings in a class."""
    if scheme.classes and not framework.has_classes:
        message = Text("指标体系没有分类", "the framework has no classes")
        hint = Text("在指标体系中写 class 或 classes", "write `class` or `classes` in the framework")
        reporter.report("misplaced_key", ("classes",), message, hint=hint)
    known = [each.id for each in framework.classes]
    for class_id, own in scheme.classes.items():
        path: Path = ("classes", class_id)
        if known and class_id not in known:
            message = Text("指标体系中没有这个分类", "the framework has no such class")
            reporter.report("unknown_id", path, message, value=class_id, hint=nearest_or_all(class_id, known))
        if not own.weights and not own.inside:
            message = Text("没有写 weights 或 inside", "says neither `weights` nor `inside`")
            reporter.report("missing_key", path, message, value=class_id)
        _check_inside(own.inside, framework, (*path, "inside"), reporter)
        _check_given(weights_beside(scheme, own, framework), framework, (*path, "weights"), reporter)


def check_weighting(choice: Choice, siblings: Sequence[str] | None, path: Path, reporter: Reporter) -> None:
    """Report a weighting method that cannot weigh these siblings; None where it is to weigh those of several nodes."""
    before = len(reporter.findings)
    check_method(choice, weighting, path, reporter)
    if len(reporter.findings) > before or not is_judged(choice):
        return
    if siblings is None:
        report_misplaced(choice, path, reporter)
    else:
        check_judgements(choice, siblings, path, reporter)


def _report_unknown_node(node_id: str, known: Iterable[str], path: Path, reporter: Reporter) -> None:
    reporter.report(
        "unknown_id",
        path,
        Text("指标体系中没有这个编码", "the framework has no such node"),
        value=node_id,
        hint=did_you_mean(node_id, known),
    )


def _check_given(weights: Mapping[str, WeightEntry], framework: Framework, path: Path, reporter: Reporter) -> None:
    """Report numbers by node id that cannot be the shares of siblings."""
    number_of = {node_id: entry.weight for node_id, entry in weights.items()}
    known = {framework.total.id, *(node.id for node in framework.walk())}
    for node_id in weights:
        if node_id not in known:
            _report_unknown_node(node_id, known, (*path, node_id), reporter)
    for node in framework.walk():
        weight = number_of.get(node.id)
        if weight is not None and weight < 0:
            _report_negative(node, weight, (*path, node.id), reporter)
    for _, parent in parents_with_paths(framework):
        given = [(child, number_of.get(child.id)) for child in parent.children]
        numbers = [weight for _, weight in given if weight is not None]
        silent = [child for child, weight in given if weight is None]
        if numbers and not silent:
            _check_sum(parent, numbers, (*path, parent.children[0].id), reporter)
        if numbers and silent:
            hint = Text("补上这些编码的权重", "give these ids a weight, too")
            _report_missing(parent, silent, path, hint, reporter)


def _check_parts(scheme: WeightScheme, leaves: Sequence[str], reporter: Reporter) -> None:
    for index, part in enumerate(scheme.combine):
        if (part.scheme is None) == (part.method is None):
            reporter.report(
                "scheme_kind",
                ("combine", index),
                Text("每一部分恰有 scheme 或 method 之一", "each part names either a scheme or a method"),
            )
        if part.method is not None:
            check_weighting(part.method, leaves, ("combine", index, "method"), reporter)
    name = scheme.combine_by or "additive"
    if name not in combination:
        message = Text(f"{combination.title.zh}中没有 {name}", f"there is no such {combination.name} method")
        hint = nearest_or_all(name, list(combination))
        reporter.report("unknown_method", ("combine_by",), message, value=name, hint=hint)
    elif scheme.combine_by is not None and not scheme.combine:
        message = Text("没有要组合的部分", "there is nothing to combine")
        reporter.report("misplaced_key", ("combine_by",), message, value=name)
    else:
        _check_shares(scheme.combine, "shares" in combination[name].parameters, reporter)


def _check_shares(parts: Sequence[CombinedPart], have_shares: bool, reporter: Reporter) -> None:
    for index, part in enumerate(parts):
        if part.share is not None and not have_shares:
            message = Text("这种组合方式没有份额", "this way of combining knows no shares")
            reporter.report("misplaced_key", ("combine", index, "share"), message, value=part.share)
        elif part.share is None and any(other.share is not None for other in parts):
            message = Text("其他部分有份额，这一部分没有", "the other parts have a share, this one has none")
            reporter.report("weight_missing", ("combine", index), message)


def _check_policy(policy: Policy, framework: Framework, leaves: Sequence[str], reporter: Reporter) -> None:
    if [policy.scheme is None, policy.method is None, not policy.weights].count(False) != 1:
        reporter.report(
            "scheme_kind",
            ("toward",),
            Text("恰有 scheme、method 或 weights 之一", "names either a scheme, a method or weights"),
        )
    if policy.method is not None:
        check_weighting(policy.method, leaves, ("toward", "method"), reporter)
    _check_given(policy.weights, framework, ("toward", "weights"), reporter)

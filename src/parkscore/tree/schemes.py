"""Find the weight scheme that is meant, and where the shares inside each dimension come from under it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from parkscore import shipped
from parkscore.data.grid import Vector
from parkscore.findings import Finding, FrameworkError, Severity, UsageError
from parkscore.framework.check_weights import EVERY_NODE
from parkscore.framework.checking import check_scheme
from parkscore.framework.class_weights import scheme_of_class
from parkscore.framework.judgements import remark_on
from parkscore.framework.loading import load_scheme
from parkscore.framework.models import UNKNOWN, Choice, Framework, Label, Node, WeightScheme
from parkscore.framework.settings import points_as_weights
from parkscore.language import Text, agreeing, plural
from parkscore.methods import weighting
from parkscore.tree.only_gates import refuse_only_gates

Weights = str | Path | WeightScheme | Choice | None


@dataclass(frozen=True)
class WeightPlan:
    """A weight scheme with everything it names at hand; None stands for the framework's own weights.

    parts: the schemes that a combination mixes, each with its share, the shares summing to 1. toward: the policy that
    the weights are drawn toward in the end.
    """

    scheme: WeightScheme | None
    parts: tuple[tuple[float, WeightPlan], ...] = ()
    toward: PolicyPlan | None = None

    @property
    def method(self) -> Choice | None:
        """The method that weighs all indicators at once, if there is one."""
        return None if self.scheme is None else self.scheme.method

    @property
    def is_node_by_node(self) -> bool:
        """Whether each dimension has a source of its own for the shares inside it."""
        return self.method is None and not self.parts

    @property
    def by_class(self) -> bool:
        """Whether the weights may differ by class."""
        policy = None if self.toward is None else self.toward.plan
        own = self.scheme is not None and bool(self.scheme.classes)
        return own or any(part.by_class for _, part in self.parts) or (policy is not None and policy.by_class)

    def of_class(self, framework: Framework, class_id: str) -> WeightPlan:
        """The plan for the units of one class."""
        toward = self.toward
        if toward is not None and toward.plan is not None:
            toward = replace(toward, plan=toward.plan.of_class(framework, class_id))
        return WeightPlan(
            None if self.scheme is None else scheme_of_class(self.scheme, class_id, framework),
            tuple((share, part.of_class(framework, class_id)) for share, part in self.parts),
            toward,
        )


@dataclass(frozen=True)
class PolicyPlan:
    """What weights are drawn toward: a plan, or shares of the children of some nodes; share is how far, from 0 to 1."""

    share: float
    plan: WeightPlan | None
    shares: Mapping[str, Vector]


def plan_weights(framework: Framework, weights: Weights) -> WeightPlan:
    """The weights that a user named: None for the framework's own, a method's name for one over all indicators.

    Raises UsageError where there is no such scheme, and FrameworkError where it does not fit the framework or leaves
    weights unknown; the latter names a scheme that is shipped.
    """
    if weights not in (None, framework.id):
        refuse_only_gates(framework, Text("没有可赋权的", "there is nothing to weigh"))
    scheme = resolve_scheme(framework, weights)
    plan = WeightPlan(scheme)
    if scheme is not None:
        plan = replace(plan, parts=_parts(framework, scheme), toward=_policy(framework, scheme))
    if plan.is_node_by_node:
        _refuse_unknown_weights(framework, _for_every_class(framework, scheme))
    return plan


def _for_every_class(framework: Framework, scheme: WeightScheme | None) -> list[WeightScheme | None]:
    """The scheme as it is for every class that a unit may be in."""
    if scheme is None or not scheme.classes:
        return [scheme]
    ids = [each.id for each in framework.classes] or list(scheme.classes)
    # A field may name classes that the scheme does not, and these are weighed by the scheme itself.
    others = [] if framework.classes else [scheme]
    return [*others, *(scheme_of_class(scheme, class_id, framework) for class_id in ids)]


def _parts(framework: Framework, scheme: WeightScheme) -> tuple[tuple[float, WeightPlan], ...]:
    shares = np.array([1.0 if part.share is None else part.share for part in scheme.combine])
    plans = [plan_weights(framework, part.method or part.scheme) for part in scheme.combine]
    return tuple(zip((shares / shares.sum()).tolist(), plans, strict=True)) if plans else ()


def _policy(framework: Framework, scheme: WeightScheme) -> PolicyPlan | None:
    policy = scheme.toward
    if policy is None:
        return None
    if not policy.weights:
        return PolicyPlan(policy.share, plan_weights(framework, policy.method or policy.scheme), {})
    numbers = {node_id: entry.weight for node_id, entry in policy.weights.items()}
    shares = {}
    for node in framework.root.walk():
        if node.children and node.children[0].id in numbers:
            given = np.array([numbers[child.id] for child in node.children])
            shares[node.id] = given / given.sum()
    return PolicyPlan(policy.share, None, shares)


def remarks(framework: Framework, plan: WeightPlan) -> Iterator[Finding]:
    """What is to know of every scheme of a plan: what it warns of, and its judgements, such as their consistency."""
    if plan.scheme is not None:
        found = check_scheme(plan.scheme, framework)
        yield from (finding for finding in found if finding.severity is Severity.WARNING)
    for part in (
        *(inner for _, inner in plan.parts),
        *([plan.toward.plan] if plan.toward and plan.toward.plan else []),
    ):
        yield from remarks(framework, part)
    if plan.method is not None:
        yield from _remark(plan.method, framework.root, [leaf.id for leaf in framework.leaves])
    elif plan.is_node_by_node:
        for node in framework.root.walk():
            source = weight_source(framework, plan.scheme, node) if node.children else None
            if isinstance(source, Choice):
                yield from _remark(source, node, [child.id for child in node.children])


def _remark(choice: Choice, node: Node, ids: list[str]) -> Iterator[Finding]:
    remark = remark_on(choice, ids)
    if remark is not None:
        title = weighting[choice.name].title
        yield Finding(
            code="judgements",
            severity=Severity.INFO,
            field=node.id,
            message=Text(f"{title.zh}：{remark.zh}", f"{title.en}: {remark.en}"),
        )


def resolve_scheme(framework: Framework, weights: Weights) -> WeightScheme | None:
    """The scheme that a user named, checked against the framework; a method's name is one over all indicators.

    None stands for the framework's own weights, which also go by the framework's id unless a method is called so.

    Raises UsageError where there is no such scheme, and FrameworkError with everything that is wrong with it.
    """
    if weights is None or (weights == framework.id and weights not in weighting):
        return None
    if isinstance(weights, str) and weights in weighting:
        weights = Choice.of(weights)
    if isinstance(weights, Choice):
        return load_scheme(_scheme_of_method(framework, weights), framework)
    try:
        return load_scheme(weights, framework)
    except UsageError as error:
        near = difflib.get_close_matches(str(weights), weighting, n=1)
        if not near:
            raise
        hint = Text(f"是否想写方法 {near[0]}？", f"did you mean the method {near[0]}?")
        raise UsageError([replace(finding, hint=hint) for finding in error.findings]) from None


def _scheme_of_method(framework: Framework, choice: Choice) -> WeightScheme:
    known = weighting.get(choice.name)
    return WeightScheme.model_construct(
        id=choice.name,
        framework=framework.id,
        title=Label(zh=known.title.zh, en=known.title.en) if known is not None else None,
        # Nothing in the data speaks for equal weights; they are an assumption like any other number.
        status="assumed" if choice.name == "equal" else "computed",
        source=known.reference if known is not None else None,
        method=choice,
    )


def _refuse_unknown_weights(framework: Framework, schemes: list[WeightScheme | None]) -> None:
    # Slots of which the points are not known yet are refused by name before anything is scored.
    dimensions = [node for node in framework.root.walk() if node.children and not node.lacks_points]
    unknown = [node for node in dimensions if any(weight_source(framework, each, node) is None for each in schemes)]
    if unknown:
        names = schemes_for(framework)
        raise FrameworkError([_unknown_weights(node, names) for node in unknown])


def weight_source(framework: Framework, scheme: WeightScheme | None, node: Node) -> Vector | Choice | None:
    """Where a dimension's shares come from: numbers, a method, or None where they are unknown.

    In this order: numbers in the scheme; a method the scheme names for the node; numbers in the framework, or the
    points that the children declare where points are added up; the scheme's method for every node; the framework's
    method for the node or by default. An only child needs no weight.
    """
    given = [None if scheme is None else scheme.weight_of(child.id) for child in node.children]
    own = [child.weight for child in node.children]
    inside = {} if scheme is None else scheme.inside
    if all(weight is not None for weight in given):
        return np.array(given, dtype=np.float64)
    if node.id in inside:
        return inside[node.id]
    if all(weight is not None and weight != UNKNOWN for weight in own):
        return np.array(own, dtype=np.float64)
    if len(own) == 1:
        return np.ones(1)
    points = points_as_weights(framework, node)
    if points is not None:
        return np.array(points, dtype=np.float64)
    if EVERY_NODE in inside:
        return inside[EVERY_NODE]
    silent = all(weight is None for weight in own)
    return (node.weights or framework.defaults.weights) if silent else None


def rests_on_points(framework: Framework, scheme: WeightScheme | None, node: Node) -> bool:
    """Whether the shares inside a dimension are the points that its children declare."""
    points, source = points_as_weights(framework, node), weight_source(framework, scheme, node)
    return points is not None and isinstance(source, np.ndarray) and np.array_equal(source, points)


def _unknown_weights(node: Node, schemes: list[str]) -> Finding:
    unknown = [child.id for child in node.children if child.weight in (None, UNKNOWN)]
    if schemes:
        hint = Text(f"指明一个权重方案：--weights {schemes[0]}", f"name a weight scheme: --weights {schemes[0]}")
    else:
        hint = Text(
            "用 --weights 指明权重方案或方法，如 equal、entropy",
            "name a scheme or a method with --weights, such as equal or entropy",
        )
    return Finding(
        code="unknown_weights",
        severity=Severity.ERROR,
        field=node.id,
        message=Text(
            f"{node.id} {node.label.zh} 下 {len(unknown)} 个指标的权重未知：{', '.join(unknown)}",
            f"{plural(len(unknown), 'weight')} under {node.id} {node.label.en} "
            f"{agreeing(len(unknown), 'is', 'are')} unknown: {', '.join(unknown)}",
        ),
        hint=hint,
    )


def schemes_for(framework: Framework) -> list[str]:
    """The shipped schemes for a framework: first those of plain numbers, then those that look at data or experts."""
    schemes = {}
    for name in shipped.scheme_names():
        try:
            schemes[name] = load_scheme(name, framework)
        except FrameworkError:
            continue
    return sorted(schemes, key=lambda name: not _is_plain(schemes[name]))


def _is_plain(scheme: WeightScheme) -> bool:
    methods = [*scheme.inside.values(), *([scheme.method] if scheme.method else [])]
    return not scheme.combine and scheme.toward is None and all(choice.name == "equal" for choice in methods)

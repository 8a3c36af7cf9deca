"""Settle the share of every node within its parent, from numbers given, a scheme, or a method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkscore import shipped
from parkscore.data.grid import Cohort, Matrix, Vector
from parkscore.findings import DataError, Finding, FrameworkError, Severity
from parkscore.framework.check_weights import EVERY_NODE
from parkscore.framework.loading import load_scheme
from parkscore.framework.models import (
    UNKNOWN,
    Choice,
    CombinedPart,
    Framework,
    Label,
    Node,
    SchemeStatus,
    WeightScheme,
)
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, weighting
from parkscore.tree.aggregate import aggregate_node

Shares = Mapping[str, Vector]
Weights = str | WeightScheme | Choice | None


@dataclass(frozen=True)
class Weighing:
    """The weights of one evaluation.

    name, title, status, source: which scheme, and how far it can be trusted. shares: per cohort, for each dimension
    (the root included) the shares of its children, summing to 1. stated: the numbers as written, before they became
    shares; None where a method made them. origin: per dimension, where its shares came from.
    """

    name: str
    title: Text
    status: SchemeStatus
    source: str | None
    shares: tuple[Shares, ...]
    stated: Mapping[str, float | None]
    origin: Mapping[str, Text]
    findings: tuple[Finding, ...]


def weigh(framework: Framework, scores: Matrix, cohorts: tuple[Cohort, ...], weights: Weights = None) -> Weighing:
    """The shares under a scheme, a weighting method, or (None) the framework's own weights.

    Raises FrameworkError, naming a scheme, where weights are unknown, and DataError where a method refuses the scores.
    """
    scheme = resolve_scheme(framework, weights)
    shares = tuple(_settle(framework, scheme, scores[cohort.fit]) for cohort in cohorts)
    stated, origin = _provenance(framework, scheme)
    return Weighing(
        name=scheme.id if scheme is not None else framework.id,
        title=_title(framework, scheme),
        status=scheme.status if scheme is not None else framework.weights_status or "assumed",
        source=scheme.source if scheme is not None else framework.weights_source or framework.source,
        shares=shares,
        stated=stated,
        origin=origin,
        findings=tuple(_normalised(framework, stated)),
    )


def resolve_scheme(framework: Framework, weights: Weights) -> WeightScheme | None:
    """The scheme that a user named: None for the framework's own, a method's name for a scheme over all indicators."""
    if isinstance(weights, str) and weights in weighting:
        weights = Choice.of(weights)
    if isinstance(weights, Choice):
        title = weighting[weights.name].title
        return WeightScheme.model_construct(
            id=weights.name,
            framework=framework.id,
            title=Label(zh=title.zh, en=title.en),
            status="computed" if weights.name != "equal" else "assumed",
            source=weighting[weights.name].reference,
            method=weights,
        )
    return None if weights is None else load_scheme(weights, framework)


def _title(framework: Framework, scheme: WeightScheme | None) -> Text:
    if scheme is None:
        return Text(f"{framework.title.label.zh}所列权重", f"the weights in {framework.title.label.en}")
    return scheme.title.label if scheme.title is not None else Text(scheme.id, scheme.id)


# --- from a scheme to shares ---------------------------------------------------------------------------------------


def _settle(framework: Framework, scheme: WeightScheme | None, scores: Matrix) -> Shares:
    """The shares for the units that a cohort is fitted on, (units, indicators) scores."""
    if scheme is not None and scheme.method is not None:
        return _from_effective(framework, _apply(scheme.method, scores, framework.root))
    if scheme is not None and scheme.combine:
        parts = [_part(framework, part, scores) for part in scheme.combine]
        total = sum(part.share for part in scheme.combine)
        mixed = sum(
            (part.share / total * effective for part, effective in zip(scheme.combine, parts, strict=True)),
            start=np.zeros(len(framework.leaves)),
        )
        return _from_effective(framework, mixed)
    return _inside_every_node(framework, scheme, scores)


def _part(framework: Framework, part: CombinedPart, scores: Matrix) -> Vector:
    inner = resolve_scheme(framework, part.method if part.method is not None else part.scheme)
    return effective_weights(framework, _settle(framework, inner, scores))


def _inside_every_node(framework: Framework, scheme: WeightScheme | None, scores: Matrix) -> Shares:
    settings = resolve_settings(framework)
    columns = {leaf.id: scores[:, index] for index, leaf in enumerate(framework.leaves)}
    shares: dict[str, Vector] = {}
    refusals: list[Finding] = []

    def descend(node: Node) -> Vector:
        """The node's own scores, so that a method may weigh it against its siblings."""
        if not node.children:
            return columns[node.id]
        below = np.column_stack([descend(child) for child in node.children])
        source = weight_source(framework, scheme, node)
        if source is None:
            refusals.append(_unknown_weights(framework, node))
            shares[node.id] = np.full(len(node.children), 1 / len(node.children))
        else:
            shares[node.id] = _apply(source, below, node) if isinstance(source, Choice) else source / source.sum()
        return aggregate_node(framework, node, below, shares[node.id], settings[node.id].min_coverage).scores

    descend(framework.root)
    if refusals:
        raise FrameworkError(refusals)
    return shares


def weight_source(framework: Framework, scheme: WeightScheme | None, node: Node) -> Vector | Choice | None:
    """Where a dimension's shares come from: numbers, a method, or None where they are unknown.

    In this order: numbers in the scheme; a method the scheme names for the node; numbers in the framework; the scheme's
    method for every node; the framework's method for the node or by default. An only child needs no weight.
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
    if EVERY_NODE in inside:
        return inside[EVERY_NODE]
    if node.weights is not None or framework.defaults.weights is not None:
        silent = all(weight is None for weight in own)
        return (node.weights or framework.defaults.weights) if silent else None
    return np.ones(1) if len(own) == 1 else None


def _unknown_weights(framework: Framework, node: Node) -> Finding:
    unknown = [child.id for child in node.children if child.weight in (None, UNKNOWN)]
    schemes = schemes_for(framework)
    name = schemes[0] if schemes else None
    return Finding(
        code="unknown_weights",
        severity=Severity.ERROR,
        field=node.id,
        message=Text(
            f"{node.id} {node.label.zh} 下 {len(unknown)} 个指标的权重未知：{', '.join(unknown)}",
            f"{len(unknown)} weights under {node.id} {node.label.en} are unknown: {', '.join(unknown)}",
        ),
        hint=Text(
            f"指明一个权重方案：--weights {name}" if name else "用 --weights 指明权重方案或方法，如 equal、entropy",
            f"name a weight scheme: --weights {name}"
            if name
            else "name a scheme or a method with --weights, such as equal or entropy",
        ),
    )


def schemes_for(framework: Framework) -> list[str]:
    """The shipped schemes for a framework, by name."""
    names = []
    for name in shipped.scheme_names():
        try:
            load_scheme(name, framework)
        except FrameworkError:
            continue
        names.append(name)
    return names


def _apply(choice: Choice, scores: Matrix, node: Node) -> Vector:
    try:
        return weighting[choice.name](scores, **choice.parameters)
    except DomainError as error:
        title = weighting[choice.name].title
        raise DataError(
            Finding(
                code="domain",
                severity=Severity.ERROR,
                field=node.id,
                message=Text(f"{title.zh}：{error.reason.zh}", f"{title.en}: {error.reason.en}"),
                hint=Text("换一种赋权方法或赋分规则", "choose another weighting method or scoring rule"),
            )
        ) from None


def effective_weights(framework: Framework, shares: Shares) -> Vector:
    """The weight of each indicator in the total: the product of the shares down to it, (indicators,)."""
    weights: list[float] = []

    def descend(node: Node, weight: float) -> None:
        if not node.children:
            weights.append(weight)
        for child, share in zip(node.children, shares.get(node.id, ()), strict=True):
            descend(child, weight * float(share))

    descend(framework.root, 1.0)
    return np.array(weights)


def _from_effective(framework: Framework, effective: Vector) -> Shares:
    """The shares within each dimension that give the indicators these weights in the total."""
    weight_of = dict(zip((leaf.id for leaf in framework.leaves), effective, strict=True))
    shares: dict[str, Vector] = {}

    def descend(node: Node) -> float:
        if not node.children:
            return float(weight_of[node.id])
        below = np.array([descend(child) for child in node.children])
        total = float(below.sum())
        # A dimension without any weight takes no part, whatever its children's shares are.
        shares[node.id] = below / total if total > 0 else np.full(len(below), 1 / len(below))
        return total

    descend(framework.root)
    return shares


# --- where the numbers come from -----------------------------------------------------------------------------------


def _provenance(
    framework: Framework, scheme: WeightScheme | None
) -> tuple[dict[str, float | None], dict[str, Text]]:
    stated: dict[str, float | None] = {}
    origin: dict[str, Text] = {}
    whole = scheme is not None and (scheme.method is not None or bool(scheme.combine))
    for node in (framework.root, *framework.walk()):
        if not node.children:
            continue
        source = None if whole else weight_source(framework, scheme, node)
        numbers = source if isinstance(source, np.ndarray) else None
        for index, child in enumerate(node.children):
            stated[child.id] = None if numbers is None else float(numbers[index])
        origin[node.id] = _origin(scheme, source)
    return stated, origin


def _origin(scheme: WeightScheme | None, source: Vector | Choice | None) -> Text:
    if scheme is not None and scheme.method is not None:
        title = weighting[scheme.method.name].title
        return Text(f"{title.zh}，全部指标一起", f"{title.en}, over all indicators")
    if scheme is not None and scheme.combine:
        return Text("组合赋权", "a combination")
    if isinstance(source, Choice):
        return weighting[source.name].title
    return Text("给定", "given")


def _normalised(framework: Framework, stated: Mapping[str, float | None]) -> list[Finding]:
    """Say where numbers given did not sum to 1 (or 100 %) and were turned into shares."""
    findings = []
    for node in (framework.root, *framework.walk()):
        numbers = [stated[child.id] for child in node.children]
        given = [number for number in numbers if number is not None]
        total = sum(given)
        if given and len(given) == len(numbers) and abs(total - 1) > 1e-9:
            findings.append(
                Finding(
                    code="weights_normalised",
                    severity=Severity.INFO,
                    field=node.id,
                    value=round(total, 12),
                    message=Text(
                        f"{node.id} 的下级权重之和为 {total:g}，已除以该和化为份额",
                        f"the weights under {node.id} sum to {total:g} and were divided by it to become shares",
                    ),
                )
            )
    return findings

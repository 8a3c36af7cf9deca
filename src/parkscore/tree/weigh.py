"""Settle the share of every node within its parent, from numbers given, a scheme, or a method."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, States, Vector
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.judgements import by_position, title_of
from parkscore.framework.models import Choice, Framework, Node, SchemeStatus, WeightScheme
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import DomainError, combination, weighting
from parkscore.tree.aggregate import Shares, Tree
from parkscore.tree.comparing import computed_nodes
from parkscore.tree.counted_weights import WEIGHT_FREE
from parkscore.tree.schemes import WeightPlan, remarks, rests_on_points, weight_source
from parkscore.tree.standing_of_weights import data_notes, least_firm, status_of
from parkscore.tree.unused_weights import unused_weights
from parkscore.tree.weight_grounds import Ground, grounds


@dataclass(frozen=True)
class Provenance:
    """Where weights come from.

    stated: the numbers as written, before they became shares; None where a method made them. origin: per dimension,
    where its shares came from. grounds: the status and the source of each single weight.
    """

    stated: Mapping[str, float | None]
    origin: Mapping[str, Text]
    grounds: Mapping[str, Ground]


@dataclass(frozen=True)
class Weighing:
    """The weights of one evaluation.

    name, title, status, source: which scheme, and how far it can be trusted. shares: per cohort, for each dimension
    (the root included) the shares of its children, summing to 1. computed: whether a method took any of them from
    scores. provenance: where they come from, by class; the only key is None where all units share their weights.
    notes: what the data behind the numbers say of themselves. unused: nodes whose weights the framework states, with
    these shares, and which have computed ones instead.
    """

    name: str
    title: Text
    status: SchemeStatus
    source: str | None
    shares: tuple[Shares, ...]
    computed: bool
    provenance: Mapping[str | None, Provenance]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    unused: tuple[tuple[Node, float], ...] = ()


def weigh(
    framework: Framework,
    table: Table,
    scores: Matrix,
    cohorts: tuple[Cohort, ...],
    plan: WeightPlan,
    states: States | None = None,
    fitted: Fitted | None = None,
    beside: tuple[Cohort, ...] = (),
) -> Weighing:
    """The shares under a plan, cohort by cohort.

    scores, states: (rows, indicators), as for `aggregate`. A method sees the rows that each cohort is fitted on.
    fitted: where it has shares, they are taken as they are, and the plan says only where they come from. beside: the
    groups of the references of which no row is scored; weights are computed from their rows, too.

    Raises DataError where a method refuses the scores.
    """
    scheme = plan.scheme
    plans = _plans_of(framework, plan, cohorts)
    status = least_firm(*(status_of(framework, own) for own in plans.values()))
    source = scheme.source if scheme is not None else framework.weights_source or framework.source
    provenance = {each: _provenance(framework, own, status, source) for each, own in plans.items()}
    findings = [
        *(found for each, own in provenance.items() for found in _normalised(framework, plans[each], own.stated, each)),
        *(found for own in plans.values() for found in remarks(framework, own)),
    ]
    if fitted is not None and fitted.shares:
        shares = tuple(fitted.shares[cohort.name, cohort.class_id] for cohort in cohorts)
    else:
        shares = _shares(framework, table, scores, cohorts, plans, states, beside)
    return Weighing(
        name=scheme.id if scheme is not None else framework.id,
        title=_title(framework, scheme),
        status=status,
        source=source,
        shares=shares,
        computed=any(True for own in plans.values() for _ in computed_nodes(framework, own)),
        provenance=provenance,
        findings=(
            *_without_repeats(findings),
            *_without_units(framework, plan, list(plans)),
            *_without_effect(framework, plan, shares),
        ),
        notes=data_notes(plan),
        unused=tuple(unused_weights(framework, plan)),
    )


def stated_shares(framework: Framework, table: Table, plan: WeightPlan, class_id: str | None) -> Shares | None:
    """The shares of a class of which there need not be any row, by dimension; None where scores are needed for any."""
    own = plan if class_id is None else plan.of_class(framework, class_id)
    if any(True for _ in computed_nodes(framework, own)):
        return None
    nobody = np.zeros(0, dtype=np.intp)
    no_scores = np.zeros((0, len(framework.leaves)))
    return _Weigher(framework, table, no_scores, Cohort("", None, nobody, nobody, nobody, class_id=class_id)).settle(
        own
    )


def _plans_of(framework: Framework, plan: WeightPlan, cohorts: tuple[Cohort, ...]) -> Mapping[str | None, WeightPlan]:
    """The plan of each class; where there is no cohort, that of none."""
    ids = list(dict.fromkeys(cohort.class_id for cohort in cohorts)) or [None]
    return {each: plan if each is None else plan.of_class(framework, each) for each in ids}


def only_shares(
    framework: Framework, table: Table, scores: Matrix, cohorts: tuple[Cohort, ...], plan: WeightPlan
) -> tuple[Shares, ...]:
    """The shares that `weigh` has, without where they come from and what is to be said of them."""
    return _shares(framework, table, scores, cohorts, _plans_of(framework, plan, cohorts), None, ())


def _shares(
    framework: Framework,
    table: Table,
    scores: Matrix,
    cohorts: tuple[Cohort, ...],
    plans: Mapping[str | None, WeightPlan],
    states: States | None,
    beside: tuple[Cohort, ...],
) -> tuple[Shares, ...]:
    """The shares of each cohort: one set for all groups of `reference_within`, so that totals can be compared.

    beside: the groups of which no row is scored.
    """
    fits: dict[tuple[str, str | None], list[Cohort]] = {(cohort.name, cohort.class_id): [] for cohort in cohorts}
    for cohort in (*cohorts, *(each for each in beside if (each.name, each.class_id) in fits)):
        fits[cohort.name, cohort.class_id].append(cohort)
    settled = {}
    for key, parts in fits.items():
        whole = parts[0]
        if len(parts) > 1:
            whole = replace(whole, fit=np.unique(np.concatenate([part.fit for part in parts])))
        settled[key] = _Weigher(framework, table, scores, whole, states).settle(plans[whole.class_id])
    return tuple(settled[cohort.name, cohort.class_id] for cohort in cohorts)


def _without_effect(framework: Framework, plan: WeightPlan, shares: tuple[Shares, ...]) -> Iterator[Finding]:
    """That a scheme cannot change a score, where every dimension adds points up or takes the best of several.

    Somebody who compares schemes would else take unmoved ranks for robust ones. A weight of 0 leaves a child out.
    """
    if plan.scheme is None:
        return
    dimensions = [node for node in framework.root.walk() if len(node.children) > 1]
    methods = {aggregation_of(framework, node).name for node in dimensions}
    if not methods or not methods <= WEIGHT_FREE:
        return
    if not any((own == 0).any() for each in shares for own in each.values()):
        yield Finding(
            code="weights_without_effect",
            severity=Severity.WARNING,
            value=plan.scheme.id,
            message=Text(
                "本体系各级都是分数相加（或取大、取小），权重不改变得分和位次",
                "every dimension adds points up or takes the best or the worst: weights change no score and no rank",
            ),
            hint=Text("要改变轻重，改各项的分值", "to count an item more, change its points"),
        )


def _title(framework: Framework, scheme: WeightScheme | None) -> Text:
    if scheme is None:
        return Text(f"{framework.title.label.zh}所列权重", f"the weights in {framework.title.label.en}")
    return scheme.title.label if scheme.title is not None else Text(scheme.id, scheme.id)


# --- from a scheme to shares ---------------------------------------------------------------------------------------


_UNITS_NAMED = 3


@dataclass(frozen=True)
class _Weigher:
    """Settles the shares of one cohort."""

    framework: Framework
    table: Table
    scores: Matrix
    cohort: Cohort
    states: States | None = None

    def settle(self, plan: WeightPlan) -> Shares:
        """The shares of the children of every dimension."""
        own = self._before_policy(plan)
        if plan.toward is None:
            return own
        policy = {**own, **plan.toward.shares} if plan.toward.plan is None else self.settle(plan.toward.plan)
        return self._combined("additive", [own, policy], [1 - plan.toward.share, plan.toward.share])

    def _before_policy(self, plan: WeightPlan) -> Shares:
        if plan.method is not None:
            fitted, leaves = self.scores[self.cohort.fit], [leaf.id for leaf in self.framework.leaves]
            return shares_of(self.framework, self._by_method(plan.method, fitted, self.framework.root, leaves))
        if plan.parts:
            parts = [self.settle(part) for _, part in plan.parts]
            return self._combined(combined_by(plan), parts, [share for share, _ in plan.parts])
        return self._inside_every_node(plan.scheme)

    def _combined(self, name: str, parts: Sequence[Shares], shares: Sequence[float]) -> Shares:
        """Sets of weights as one, each taken as the weights of the indicators in the total."""
        method = combination[name]
        stated = {"shares": np.array(shares)} if "shares" in method.parameters else {}
        try:
            weights = method(np.stack([effective_weights(self.framework, part) for part in parts]), **stated)
        except DomainError as error:
            hint = Text("换一种组合方式，如 additive", "combine in another way, such as additive")
            raise DataError(self._refusal(method.title, error.reason, self.framework.root, hint)) from None
        return shares_of(self.framework, weights)

    def _inside_every_node(self, scheme: WeightScheme | None) -> Shares:
        shares: dict[str, Vector] = {}
        tree = Tree(self.framework, self.table, self.scores, self.cohort.fit, shares, self.states)
        # From the indicators up: a method that weighs dimensions needs their scores, and these the shares below.
        for node in reversed(list(self.framework.root.walk())):
            if node.children:
                source = weight_source(self.framework, scheme, node)
                if isinstance(source, Choice):
                    children = [child.id for child in node.children]
                    shares[node.id] = self._by_method(source, tree.scores_below(node), node, children)
                elif source is not None:
                    shares[node.id] = source / source.sum()
        return shares

    def _by_method(self, choice: Choice, scores: Matrix, node: Node, ids: Sequence[str]) -> Vector:
        """The shares of the things called `ids`; judgements about them are put in their order."""
        method = weighting[choice.name]
        try:
            return method(scores, **by_position(choice, ids))
        except DomainError as error:
            hint = Text("换一种赋权方法或赋分规则", "choose another weighting method or scoring rule")
            raise DataError(self._refusal(method.title, self._with_place(error, ids), node, hint)) from None

    def _with_place(self, error: DomainError, ids: Sequence[str]) -> Text:
        """The reason, with the indicators or dimensions at fault and the first units."""
        if not error.columns:
            return error.reason
        units = [str(unit) for unit in self.table.units[self.cohort.fit[list(error.units)]]]
        named, more = ", ".join(units[:_UNITS_NAMED]), len(units) - _UNITS_NAMED
        zh, en = (f"等 {len(units)} 个", f" and {more} more") if more > 0 else ("", "")
        at = ", ".join(ids[column] for column in error.columns)
        return Text(
            f"{error.reason.zh}：{at}" + (f"（{named}{zh}）" if units else ""),
            f"{error.reason.en}: {at}" + (f" ({named}{en})" if units else ""),
        )

    def _refusal(self, title: Text, reason: Text, node: Node, hint: Text) -> Finding:
        return Finding(
            code="domain",
            severity=Severity.ERROR,
            field=node.id,
            year=self.cohort.year,
            message=Text(f"{title.zh}：{reason.zh}", f"{title.en}: {reason.en}"),
            hint=hint,
        )


def combined_by(plan: WeightPlan) -> str:
    """How the parts of a combination become one set of weights."""
    return (plan.scheme.combine_by if plan.scheme is not None else None) or "additive"


def effective_weights(framework: Framework, shares: Shares) -> Vector:
    """The weight of each indicator in the total: the product of the shares down to it, (indicators,)."""
    weights: list[float] = []

    def descend(node: Node, weight: float) -> None:
        if not node.children:
            weights.append(weight)
            return
        for child, share in zip(node.children, shares[node.id], strict=True):
            descend(child, weight * float(share))

    descend(framework.root, 1.0)
    return np.array(weights)


def shares_of(framework: Framework, effective: Vector) -> Shares:
    """The shares within each dimension that give the indicators these weights in the total."""
    weight_of = {leaf.id: float(weight) for leaf, weight in zip(framework.leaves, effective, strict=True)}
    shares: dict[str, Vector] = {}

    def ascend(node: Node) -> float:
        if not node.children:
            return weight_of[node.id]
        below = np.array([ascend(child) for child in node.children])
        total = float(below.sum())
        # A dimension without any weight takes no part, whatever its children's shares are.
        shares[node.id] = below / total if total > 0 else np.full(len(below), 1 / len(below))
        return total

    ascend(framework.root)
    return shares


# --- where the numbers come from -----------------------------------------------------------------------------------


def _provenance(framework: Framework, plan: WeightPlan, status: SchemeStatus, source: str | None) -> Provenance:
    """The number stated for each node, where the shares inside each dimension come from, and the ground of each."""
    stated: dict[str, float | None] = {}
    origin: dict[str, Text] = {}
    for node in framework.root.walk():
        if node.children:
            found = weight_source(framework, plan.scheme, node) if plan.is_node_by_node else None
            numbers = found.tolist() if isinstance(found, np.ndarray) else [None] * len(node.children)
            stated |= {child.id: number for child, number in zip(node.children, numbers, strict=True)}
            origin[node.id] = _toward(plan, _origin(framework, plan, node, found))
    return Provenance(stated, origin, grounds(framework, plan, status, source))


def _without_units(framework: Framework, plan: WeightPlan, class_ids: Collection[str | None]) -> Iterator[Finding]:
    """Classes of a scheme that no unit is in, where they are texts of a field, which may be a slip of the pen."""
    named = plan.scheme.classes if plan.scheme is not None and framework.class_field is not None else {}
    for class_id in named:
        if class_id not in class_ids:
            yield Finding(
                code="class_without_units",
                severity=Severity.WARNING,
                field=framework.class_field,
                value=class_id,
                message=Text("权重方案中的这个分类没有评价对象", "no unit is in this class of the weight scheme"),
                hint=Text("核对分类名称与数据中的写法", "check how the data write the name of the class"),
            )


def _without_repeats(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What is the same for several classes is said once."""
    told = []
    for finding in findings:
        if finding not in told:
            told.append(finding)
            yield finding


def _origin(framework: Framework, plan: WeightPlan, node: Node, source: Vector | Choice | None) -> Text:
    if plan.method is not None:
        title = title_of(plan.method, [leaf.id for leaf in framework.leaves])
        return Text(f"{title.zh}，全部指标一起", f"{title.en}, over all indicators")
    if plan.parts:
        name = combined_by(plan)
        return Text("组合赋权", "a combination") if name == "additive" else combination[name].title
    if isinstance(source, Choice):
        return title_of(source, [child.id for child in node.children])
    if rests_on_points(framework, plan.scheme, node):
        return Text("所标分值，只用于齐全率", "declared points, for coverage only")
    return Text("给定", "given")


def _toward(plan: WeightPlan, origin: Text) -> Text:
    if plan.toward is None:
        return origin
    share = f"{plan.toward.share:.0%}"
    return Text(f"{origin.zh}，向政策权重收缩 {share}", f"{origin.en}, drawn {share} toward a policy")


def _normalised(
    framework: Framework, plan: WeightPlan, stated: Mapping[str, float | None], class_id: str | None
) -> list[Finding]:
    """Say where numbers given did not sum to 1 and were turned into shares; points are meant to sum to more."""
    findings = []
    zh, en = ("", "") if class_id is None else (f"分类 {class_id}：", f"class {class_id}: ")
    for node in framework.root.walk():
        if node.children and rests_on_points(framework, plan.scheme, node):
            continue
        numbers = [stated[child.id] for child in node.children]
        given = [number for number in numbers if number is not None]
        total = sum(given)
        if given and abs(total - 1) > 1e-9:
            findings.append(
                Finding(
                    code="weights_normalised",
                    severity=Severity.INFO,
                    field=node.id,
                    value=round(total, 12),
                    message=Text(
                        f"{zh}{node.id} 的下级权重之和为 {total:g}，已除以该和化为份额",
                        f"{en}the weights under {node.id} sum to {total:g} and were divided by it to become shares",
                    ),
                )
            )
    return findings

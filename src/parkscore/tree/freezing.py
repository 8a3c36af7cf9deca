"""Freeze what one run fitted, and choose the weights of a run that is scored by a frozen reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from parkscore.data.cohorts import reference_name
from parkscore.data.fillings import takes_from_others, year_name
from parkscore.data.fitted import Filling, Fitted, Reference
from parkscore.data.grid import Cohort, Rows
from parkscore.data.reference_entries import relative_leaves, treated_leaves
from parkscore.data.reference_names import named
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework, Node
from parkscore.framework.score_history import years_looked_back
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.framework.statistics_digest import statistics_digest
from parkscore.language import Text
from parkscore.methods import aggregation
from parkscore.tree.comparing import computed_in_any_class, refuse_comparisons
from parkscore.tree.computed_scheme import computed_scheme
from parkscore.tree.frozen import FrozenReference
from parkscore.tree.schemes import WeightPlan, Weights, plan_weights, resolve_scheme
from parkscore.tree.weigh import Weighing
from parkscore.tree.weights_digest import weights_digest

_Kept = TypeVar("_Kept")


def freeze(
    framework: Framework,
    table: Table,
    rows: Rows,
    cohorts: Sequence[Cohort],
    fitted: Fitted,
    plan: WeightPlan,
    weighing: Weighing,
) -> FrozenReference:
    """What was fitted on the rows of one reference; cohorts: those of the scored rows, in the order of the shares.

    Raises UsageError where units are compared with each other, where the rows have several references, where nothing
    was taken from them, or where weights would be computed from them and none could be.
    """
    refuse_unfreezable(framework)
    if not computed_in_any_class(framework, plan):
        refuse_nothing_fitted(framework)
    file = Path(table.origin.file).name
    years = [] if table.years is None else np.unique(table.years[rows]).tolist()
    origin = DataOrigin(file, table.digest, tuple(years), len(rows), table.notes)
    return with_weights(framework, freeze_fitted(framework, fitted, origin), plan, weighing, cohorts, origin)


def with_weights(
    framework: Framework,
    frozen: FrozenReference,
    plan: WeightPlan,
    weighing: Weighing,
    cohorts: Sequence[Cohort],
    origin: DataOrigin,
) -> FrozenReference:
    """A reference with the weights of its rows where any may be computed; cohorts: in the order of the shares.

    They are left out where they differ by year. Raises UsageError where there is no row to compute any from.
    """
    if not computed_in_any_class(framework, plan):
        return frozen
    names = {cohort.name for cohort in cohorts}
    if not names:
        raise UsageError(_nobody_weighed(weighing.name))
    if len(names) > 1:
        return frozen
    scheme = computed_scheme(
        framework, weighing, tuple(cohorts), data=origin.file, digest=origin.digest, notes=origin.notes
    )
    return replace(
        frozen,
        scheme=scheme,
        made_by=weighing.name,
        own_weights=plan.scheme is None,
        weights_depend_on=weights_digest(framework, plan),
    )


class DataOrigin(NamedTuple):
    """The data that statistics were fitted on: file name, SHA-256, years, rows, and what they say of themselves."""

    file: str
    digest: str
    years: tuple[int, ...]
    rows: int
    notes: tuple[str, ...]


def freeze_fitted(framework: Framework, fitted: Fitted, origin: DataOrigin) -> FrozenReference:
    """As `freeze`, for statistics that were gathered elsewhere; the weights are no part of it.

    Raises UsageError as `freeze` does, but where nothing was taken from the data.
    """
    refuse_unfreezable(framework)
    bases = list(dict.fromkeys(reference_name(framework, year) for year in origin.years or (None,)))
    year_by_year = bool(fitted.fillings or fitted.filled_scores)
    if len(bases) != 1 or (len(origin.years) > 1 and year_by_year):
        raise UsageError(_several([str(year) for year in origin.years]))
    own = _in_order(framework, _of_base(fitted, bases[0], year_name(origin.years[0] if origin.years else None)))
    return FrozenReference(
        framework=framework.id,
        framework_version=framework.version,
        depends_on=statistics_digest(framework),
        fitted=own,
        data=origin.file,
        data_sha256=origin.digest,
        years=origin.years,
        rows=origin.rows,
        notes=origin.notes,
    )


def refuse_unfreezable(framework: Framework) -> None:
    """Raise UsageError, before anything is read, where a framework has no reference that could stay.

    Units are compared with each other, or conditions read scores that have references of their own.
    """
    refuse_comparisons(framework)
    _refuse_histories(framework)


def _of_base(fitted: Fitted, base: str, year: str) -> Fitted:
    """Only what one base needs; gaps are filled year by year, and `year` is the one whose numbers count."""

    def own(name: str) -> bool:
        return name == base or name.startswith(named(base, ("",)))

    return replace(
        fitted,
        scoring={name: entry for name, entry in fitted.scoring.items() if own(name)},
        extents={name: entry for name, entry in fitted.extents.items() if own(name)},
        treatments={name: entry for name, entry in fitted.treatments.items() if own(name)},
        fillings=_renamed(fitted.fillings, year, base),
        filled_scores=_renamed(fitted.filled_scores, year, base),
        absent={key: nodes for key, nodes in fitted.absent.items() if own(key[0])},
        shares={},
        base=base,
    )


def _in_order(framework: Framework, fitted: Fitted) -> Fitted:
    """What scoring needs of it and nothing else, in one order, so that every engine writes the same file."""
    relative = {leaf.id for leaf in relative_leaves(framework)}
    names = sorted(fitted.scoring)  # gaps have fillings in groups, too, of which no row may be measured against

    def sorted_of(entries: Mapping[str, Mapping[str, _Kept]]) -> dict[str, dict[str, _Kept]]:
        return {
            name: {leaf.id: entries[name][leaf.id] for leaf in framework.leaves if leaf.id in entries[name]}
            for name in sorted(entries)
            if entries[name]
        }

    def by_text(entries: Mapping[str, Mapping[str, Filling]]) -> dict[str, dict[str, Filling]]:
        return {
            name: {code: {text: own[text] for text in sorted(own, key=str)} for code, own in entry.items()}
            for name, entry in sorted_of(entries).items()
        }

    statistics = {
        name: {code: own for code, own in fitted.scoring.get(name, {}).items() if code in relative} for name in names
    }
    nothing: dict[str, dict[str, Reference]] = {name: {} for name in names}
    return replace(
        fitted,
        scoring=nothing | sorted_of(statistics),
        extents=sorted_of(fitted.extents),
        treatments=sorted_of(fitted.treatments),
        fillings=by_text(fitted.fillings),
        filled_scores=by_text(fitted.filled_scores),
        absent=dict(sorted(fitted.absent.items(), key=str)) if whole_row_nodes(framework) else {},
    )


def _renamed(
    fillings: Mapping[str, Mapping[str, Filling]], year: str, base: str
) -> Mapping[str, Mapping[str, Filling]]:
    group = named(year, ("",))
    return {
        base + name.removeprefix(year): own for name, own in fillings.items() if name == year or name.startswith(group)
    }


def refuse_nothing_fitted(framework: Framework) -> None:
    """Raise UsageError where nothing is taken from the data: no rule, treatment or filling that could be kept."""
    settings = [resolve_settings(framework)[leaf.id] for leaf in framework.leaves]
    fills = any(takes_from_others(each.missing) or each.missing.name == SCORE_GROUP_MEAN for each in settings)
    if fills or treated_leaves(framework) or relative_leaves(framework):
        return
    message = Text("没有一条赋分规则从数据取数，不需要参照值", "no scoring rule takes anything from the data")
    hint = Text("以后的数据直接计分，结果相同", "score later tables as they are: nothing can move their scores")
    raise UsageError(Finding(code="nothing_to_freeze", severity=Severity.ERROR, message=message, hint=hint))


def whole_row_nodes(framework: Framework) -> list[Node]:
    """The dimensions whose scores come from whole rows, for which it matters what no unit of the reference has."""
    inner = [node for node in framework.root.walk() if node.children]
    return [node for node in inner if aggregation[aggregation_of(framework, node).name].needs.complete]


def _refuse_histories(framework: Framework) -> None:
    """Raise UsageError where conditions read scores of earlier years, which have references of their own."""
    if not years_looked_back(framework) or framework.reference != "per-year":
        return
    message = Text(
        "条件要读往年得分，而每年各有参照值，固定不了一个",
        "conditions read the scores of earlier years, each of which has a reference of its own",
    )
    hint = Text("写 reference: panel 或某一年", "write `reference: panel`, or a year")
    raise UsageError(Finding(code="no_fixed_reference", severity=Severity.ERROR, message=message, hint=hint))


def already_frozen(frozen: FrozenReference) -> Finding:
    """The finding where a run that was scored by a reference is to be frozen: nothing was fitted in it."""
    message = Text(
        f"结果本身按固定参照值 {frozen.name} 计分，没有可固定的", f"it was scored by the frozen reference {frozen.name}"
    )
    hint = Text("不带 --reference 重新计分后再固定", "score the data without --reference and freeze that")
    return Finding(code="already_frozen", severity=Severity.ERROR, message=message, hint=hint)


def _several(names: Sequence[str]) -> Finding:
    message = Text("各年各有参照值，一个文件只放一个", "each year has a reference of its own, and a file holds one")
    hint = Text("指明年份，如 --year", "name a year, such as --year")
    if names:
        hint = Text(f"{hint.zh} {names[-1]}", f"{hint.en} {names[-1]}")
    value = ", ".join(names)
    return Finding(code="several_years", severity=Severity.ERROR, value=value, message=message, hint=hint)


def _nobody_weighed(name: str) -> Finding:
    message = Text(
        f"权重方案 {name} 由得分计算，而没有一行可以计分，算不出要固定的权重",
        f"the weights of {name} are computed from scores, and no row can be scored: there are none to freeze",
    )
    hint = Text(
        "不带 --freeze 计分，看各行的状态为何；用有行可计分的数据固定，或指明有数值的权重方案",
        "score without --freeze, and the status of each row says why; freeze data with rows that can be scored, "
        "or name a scheme of numbers",
    )
    return Finding(code="nobody_weighed", severity=Severity.ERROR, value=name, message=message, hint=hint)


def plan_by(framework: Framework, weights: Weights, frozen: FrozenReference | None) -> WeightPlan:
    """The weights that a user named; with a frozen reference its own where none are named, or where it has these.

    It knows the weights that were computed by their name, the id of a scheme or that of a method, and by the digests of
    what they were computed by. A name that only it knows, since the scheme is in a file, stands for what it has.

    Raises UsageError, beside what `plan_weights` raises, where a method would take weights from the new data, or where
    a scheme is not what it was when its weights were frozen.
    """
    if frozen is None:
        return plan_weights(framework, weights)
    if frozen.scheme is not None and _means_frozen(framework, weights, frozen):
        return plan_weights(framework, frozen.scheme)
    plan = plan_weights(framework, weights)
    if frozen.scheme is None or _name_of(framework, plan) != frozen.made_by:
        refuse_computed_weights(framework, plan)
        return plan
    if weights is not None and not computed_in_any_class(framework, plan):
        return plan
    _refuse_other_weights(framework, plan, frozen)
    return plan_weights(framework, frozen.scheme)


def _means_frozen(framework: Framework, weights: Weights, frozen: FrozenReference) -> bool:
    """Whether weights are those of a reference by what is named alone, with nothing beside it that may differ."""
    if weights == frozen.scheme:
        return True
    if frozen.weights_depend_on is None:  # of an earlier version
        return weights in (None, frozen.made_by)
    if weights is None:
        return not frozen.own_weights
    return weights == frozen.made_by and not _is_known(framework, frozen.made_by)


def _is_known(framework: Framework, name: str) -> bool:
    """Whether a name stands for weights without a reference that knows it."""
    try:
        resolve_scheme(framework, name)
    except UsageError:
        return False
    return True


def _name_of(framework: Framework, plan: WeightPlan) -> str:
    return framework.id if plan.scheme is None else plan.scheme.id


def _refuse_other_weights(framework: Framework, plan: WeightPlan, frozen: FrozenReference) -> None:
    """Raise UsageError where a plan says otherwise how its weights are computed, with each thing that differs."""
    if frozen.weights_depend_on is None:
        return
    then, now = frozen.weights_depend_on, weights_digest(framework, plan)
    name = _name_of(framework, plan)
    message = Text(f"固定权重之后，{name} 的这一项变了", f"{name} said otherwise when its weights were frozen")
    if plan.scheme is None:
        hint = Text(
            "用固定时的指标体系，或用 --freeze 重新拟合",
            "use the framework as it was then, or fit the reference again with --freeze",
        )
    else:
        hint = Text(
            "用固定时的方案，或用 --freeze 重新拟合；不写 --weights 则按固定的权重计分",
            "use the scheme as it was then, or fit the reference again with --freeze; "
            "without --weights the frozen weights are taken",
        )
    differing = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    if differing:
        raise UsageError([
            Finding(code="weights_differ", severity=Severity.ERROR, field=key, message=message, hint=hint)
            for key in differing
        ])  # fmt: skip


def refuse_computed_weights(framework: Framework, plan: WeightPlan) -> None:
    """Raise UsageError where weights would be computed from scores, be it of one class, node by node."""
    message = Text(
        "权重要由新数据计算，会随数据变动", "its weights would be computed from the new data, and move with them"
    )
    hint = Text(
        "固定参照值时一并算好（--weights 加 --freeze），或指明有数值的权重方案",
        "freeze them with the reference (--weights and --freeze together), or name a scheme of numbers",
    )
    found = [
        Finding(code="moving_weights", severity=Severity.ERROR, field=node, message=message, hint=hint)
        for node in computed_in_any_class(framework, plan)
    ]
    if found:
        raise UsageError(found)

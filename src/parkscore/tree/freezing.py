"""Freeze what one run fitted, and choose the weights of a run that is scored by a frozen reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from parkscore.data.fillings import year_name
from parkscore.data.fitted import Filling, Fitted, named
from parkscore.data.grid import Cohort, Rows
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.framework.score_history import years_looked_back
from parkscore.framework.statistics_digest import statistics_digest
from parkscore.language import Text
from parkscore.tree.comparing import computed_nodes, refuse_comparisons
from parkscore.tree.computed_scheme import computed_scheme
from parkscore.tree.frozen import FrozenReference
from parkscore.tree.schemes import WeightPlan, Weights, plan_weights
from parkscore.tree.weigh import Weighing


def freeze(
    framework: Framework,
    table: Table,
    rows: Rows,
    cohorts: Sequence[Cohort],
    fitted: Fitted,
    weighing: Weighing,
) -> FrozenReference:
    """What was fitted on the rows of one reference; cohorts: those of the scored rows, in the order of the shares.

    Raises UsageError where units are compared with each other, or where the rows have several references.
    """
    refuse_comparisons(framework)
    refuse_histories(framework)
    bases = list(dict.fromkeys(cohort.name for cohort in cohorts))
    years = [] if table.years is None else np.unique(table.years[rows]).tolist()
    if len(bases) != 1 or (len(years) > 1 and (fitted.fillings or fitted.filled_scores)):
        raise UsageError(_several(bases if len(bases) != 1 else [str(year) for year in years]))
    file = Path(table.origin.file).name
    scheme = None
    if weighing.computed:
        scheme = computed_scheme(framework, weighing, tuple(cohorts), data=file, digest=table.digest, notes=table.notes)
    year = year_name(years[0] if years else None)
    return FrozenReference(
        framework=framework.id,
        framework_version=framework.version,
        depends_on=statistics_digest(framework),
        fitted=_of_base(fitted, bases[0], {cohort.reference for cohort in cohorts}, year),
        data=file,
        data_sha256=table.digest,
        years=tuple(years),
        rows=len(rows),
        notes=table.notes,
        scheme=scheme,
        made_by=None if scheme is None else weighing.name,
    )


def _of_base(fitted: Fitted, base: str, names: set[str], year: str) -> Fitted:
    """Only what these references need, under their names; gaps are filled year by year, and `year` is the one."""
    return replace(
        fitted,
        scoring={name: own for name, own in fitted.scoring.items() if name in names},
        extents={name: own for name, own in fitted.extents.items() if name in names},
        treatments={name: own for name, own in fitted.treatments.items() if name in names},
        fillings=_renamed(fitted.fillings, year, base),
        filled_scores=_renamed(fitted.filled_scores, year, base),
        absent={key: nodes for key, nodes in fitted.absent.items() if key[0] in names},
        shares={},
        base=base,
    )


def _renamed(
    fillings: Mapping[str, Mapping[str, Filling]], year: str, base: str
) -> Mapping[str, Mapping[str, Filling]]:
    group = named(year, ("",))
    return {
        base + name.removeprefix(year): own for name, own in fillings.items() if name == year or name.startswith(group)
    }


def refuse_histories(framework: Framework) -> None:
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


def plan_by(framework: Framework, weights: Weights, frozen: FrozenReference | None) -> WeightPlan:
    """The weights that a user named; with a frozen reference its own where none are named, or where it has these.

    Raises UsageError, beside what `plan_weights` raises, where a method would take weights from the new data.
    """
    if frozen is None:
        return plan_weights(framework, weights)
    if frozen.scheme is not None and weights in (None, frozen.made_by, frozen.scheme):
        return plan_weights(framework, frozen.scheme)
    plan = plan_weights(framework, weights)
    refuse_computed_weights(framework, plan)
    return plan


def refuse_computed_weights(framework: Framework, plan: WeightPlan) -> None:
    """Raise UsageError where weights would be computed from scores, node by node."""
    message = Text(
        "权重要由新数据计算，会随数据变动", "its weights would be computed from the new data, and move with them"
    )
    hint = Text(
        "固定参照值时一并算好（--weights 加 --freeze），或指明有数值的权重方案",
        "freeze them with the reference (--weights and --freeze together), or name a scheme of numbers",
    )
    found = [
        Finding(code="moving_weights", severity=Severity.ERROR, field=node, message=message, hint=hint)
        for node in computed_nodes(framework, plan)
    ]
    if found:
        raise UsageError(found)

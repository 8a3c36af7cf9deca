"""The weights of rows that come in pieces: those of a plan that takes nothing from them, or computed before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, Rows
from parkscore.data.table import UNIT, Origin, Table
from parkscore.framework.models import Framework
from parkscore.tree.aggregate import Shares
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.weigh import Weighing, only_shares, weigh


def weighing_of(
    framework: Framework, plan: WeightPlan, cohorts: Sequence[Cohort], fitted: Fitted | None = None
) -> Weighing:
    """The weights of a plan, with where they come from; fitted: it has those that were computed from data."""
    return weigh(framework, _NOTHING, _no_scores(framework), tuple(cohorts), plan, fitted=fitted)


def shares_of(framework: Framework, plan: WeightPlan, cohorts: Sequence[Cohort], fitted: Fitted) -> tuple[Shares, ...]:
    """The shares of each cohort under such a plan; those of a frozen reference as they are."""
    if fitted.shares:
        return tuple(fitted.shares[cohort.name, cohort.class_id] for cohort in cohorts)
    classes = list(dict.fromkeys(cohort.class_id for cohort in cohorts))
    without_rows = tuple(replace(_NOBODY, class_id=class_id) for class_id in classes)
    shares = only_shares(framework, _NOTHING, _no_scores(framework), without_rows, plan)
    known = dict(zip(classes, shares, strict=True))
    return tuple(known[cohort.class_id] for cohort in cohorts)


def _no_scores(framework: Framework) -> Matrix:
    return np.zeros((0, len(framework.leaves)))


class CohortName(NamedTuple):
    """What tells the cohorts of a dataset apart: the reference, the texts of its group, the class of its weights."""

    reference: str
    within: tuple[str, ...]
    class_id: str | None


def name_of(cohort: Cohort) -> CohortName:
    """What a cohort is called."""
    return CohortName(cohort.name, cohort.within, cohort.class_id)


def cohorts_of(names: Iterable[CohortName]) -> list[Cohort]:
    """A cohort without rows for each name, in order."""
    ordered = sorted(set(names), key=lambda each: (each.reference, each.within, each.class_id or ""))
    return [replace(_NOBODY, name=name, within=within, class_id=class_id) for name, within, class_id in ordered]


_NOTHING: Final = Table({UNIT: np.empty(0, dtype=object)}, {}, Origin(""))
_NO_ROWS: Final[Rows] = np.zeros(0, dtype=np.intp)
_NOBODY: Final = Cohort("", None, _NO_ROWS, _NO_ROWS, _NO_ROWS)

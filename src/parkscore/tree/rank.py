"""Rank the units of each year, and within each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkscore.data.grid import Rows, Vector, rows_by_value
from parkscore.data.table import Table
from parkscore.framework.models import Framework
from parkscore.methods import ranking
from parkscore.tree.gate import RANKED, Outcome

Ranks = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Standing:
    """Ranks by table row, 1 is best, 0 where a row is not ranked; `within_class` is None where there are no classes."""

    overall: Ranks
    within_class: Ranks | None


def rank(
    framework: Framework, table: Table, score: Vector, rows: Rows, outcomes: dict[int, Outcome]
) -> Standing:
    """Ranks by the declared tie rule; scores count as equal when they agree to the declared number of decimals."""
    rounded = np.round(score, framework.ranking.decimals) + 0.0
    ranked = np.array([row for row in rows if outcomes[int(row)].status == RANKED], dtype=np.intp)
    overall = _rank_each(framework, table, rounded, [ranked])
    if framework.class_field is None:
        return Standing(overall, None)
    classes = class_names(framework, table)
    groups = [own for _, own in rows_by_value(classes, ranked)]
    return Standing(overall, _rank_each(framework, table, rounded, groups))


def class_names(framework: Framework, table: Table) -> npt.NDArray[np.str_]:
    """The class of each row as text; a row without one is its own empty class."""
    column = table.frame[framework.class_field]
    return np.array(["" if value is None or value != value else str(value) for value in column])


def _rank_each(framework: Framework, table: Table, score: Vector, groups: list[Rows]) -> Ranks:
    ranks = np.zeros(len(score), dtype=np.int32)
    method = ranking[framework.ranking.ties]
    for group in groups:
        cohorts = [group] if table.years is None else [own for _, own in rows_by_value(table.years, group)]
        for own in cohorts:
            if own.size:
                ranks[own] = method(score[own])
    return ranks

"""Rank the units of each year, within each class, and within groups such as parks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from parkscore.data.classes import Classification
from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, Truths, Vector, rows_by_value
from parkscore.data.table import Table
from parkscore.framework.models import Framework
from parkscore.methods import ranking

Ranks = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Standing:
    """Ranks by table row, 1 is best, 0 where a row is not ranked; `within_class` is None where there are no classes.

    within: by text field, the ranks among the rows that say the same there.
    """

    overall: Ranks
    within_class: Ranks | None
    within: Mapping[str, Ranks]


def rank(
    framework: Framework, table: Table, score: Vector, ranked: Truths, classification: Classification | None = None
) -> Standing:
    """Ranks by the declared tie rule, of each year and of each class and group in it; a unit in none has none there.

    Scores count as equal when they agree to the declared number of decimals.
    """
    # Adding 0 makes one zero of 0 and -0.
    rounded = np.round(score, framework.ranking.decimals) + 0.0
    rows = np.flatnonzero(ranked)
    overall = _rank_each(framework, table, rounded, [rows])

    def within(texts: npt.NDArray[Any]) -> Ranks:
        return _rank_each(framework, table, rounded, of_one_text(texts, rows))

    fields = {name: within(table.frame[name].to_numpy(dtype=object)) for name in framework.rank_within}
    return Standing(overall, None if classification is None else within(classification.names), fields)


def of_one_text(texts: npt.NDArray[Any], rows: Rows) -> list[Rows]:
    """Rows grouped by their text; those without one are in no group."""
    known = rows[[isinstance(text, str) for text in texts[rows]]]
    return [own for _, own in rows_by_value(texts.astype(str), known)]


def _rank_each(framework: Framework, table: Table, score: Vector, groups: list[Rows]) -> Ranks:
    ranks = np.zeros(len(score), dtype=np.int32)
    method = ranking[framework.ranking.ties]
    for group in groups:
        for _, own in years_of(table, group):
            ranks[own] = method(score[own])
    return ranks

"""Rank the units of each year, within each class, and within groups such as parks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from parkscore.data.classes import Classification
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.grid import Rows, Truths, Vector, rows_by_value
from parkscore.data.table import Table
from parkscore.framework.models import Framework
from parkscore.methods.group_ranks import Ties, ranks_in_groups

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
    rounded[~ranked] = np.nan

    def within(codes: npt.NDArray[Any]) -> Ranks:
        ties = cast(Ties, framework.ranking.ties)
        return ranks_in_groups(rounded, _by_year(table, codes), ties, decimals=framework.ranking.decimals)

    overall = within(np.zeros(len(score), dtype=np.int32))
    fields = {name: within(table.coded(name).codes) for name in framework.rank_within}
    return Standing(overall, None if classification is None else within(classification.coded.codes), fields)


def _by_year(table: Table, codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The groups of each year apart; -1 for rows that are in none."""
    years = table.years
    if years is None or not years.size or years.min() == years.max():
        return codes
    numbers = years - years.min()
    return np.where(codes < 0, -1, codes.astype(np.int64) * (int(numbers.max()) + 1) + numbers)


def of_one_text(texts: npt.NDArray[Any], rows: Rows) -> list[Rows]:
    """Rows grouped by their text; those without one are in no group."""
    return [own for code, own in rows_by_value(CodedTexts.of(texts).codes, rows) if code >= 0]

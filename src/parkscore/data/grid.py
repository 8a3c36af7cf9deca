"""Numbers by row and indicator, each gap with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
States = npt.NDArray[np.int8]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Grid:
    """One stage of an evaluation.

    ids: the indicators, in the order of the framework. values: (rows, indicators) in each indicator's measure, NaN
    where there is no number. states: (rows, indicators) of `State`. filled: where an imputation put the number.
    """

    ids: tuple[str, ...]
    values: Matrix
    states: States
    filled: npt.NDArray[np.bool_]

    def column(self, indicator: str) -> Vector:
        """The numbers of one indicator, (rows,)."""
        return self.values[:, self.ids.index(indicator)]

    def with_values(self, values: Matrix) -> Grid:
        """The same gaps with other numbers."""
        return replace(self, values=values)


@dataclass(frozen=True)
class Cohort:
    """Rows that are measured against the same reference.

    name: what the reference is called (`2024`, `panel`, `all`). apply: the rows to score. fit: the rows that the
    reference is fitted on.
    """

    name: str
    apply: Rows
    fit: Rows


def rows_by_value(keys: npt.NDArray[np.generic], rows: Rows) -> Sequence[tuple[object, Rows]]:
    """Rows grouped by a key, keys ascending."""
    own = keys[rows]
    return [(key.item() if hasattr(key, "item") else key, rows[own == key]) for key in np.unique(own)]

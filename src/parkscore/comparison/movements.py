"""Why a unit moves when the weights change: what each dimension adds to its score under one scheme and the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parkscore.data.grid import Matrix, Rows, Truths, Vector
from parkscore.evaluation import Evaluation

MOST_REASONS = 3
_ROUNDING = 1e-9


def added_by_dimension(evaluation: Evaluation, rows: Rows) -> Matrix:
    """What each first-level node adds to each unit's score, (rows, first-level nodes); rows: of the table.

    A row sums to the unit's score and is NaN where it has none. Raises UsageError where the score is no sum of parts.
    """
    position = np.full(len(evaluation.table.frame), -1, dtype=np.intp)
    position[evaluation.rows] = np.arange(len(evaluation.rows))
    added = evaluation.contributions.to_numpy(np.float64)[position[rows]]
    counts = [sum(each.is_indicator for each in node.walk()) for node in evaluation.framework.indicators]
    starts = np.cumsum([0, *counts[:-1]])
    return np.asarray(np.add.reduceat(added, starts, axis=1))


def mean_change(change: Matrix, ranked: Truths, years: Sequence[Rows]) -> Matrix:
    """The mean change of the units ranked under both schemes in each year, by row, (rows, nodes); NaN where none is.

    change: (rows, nodes). ranked: the rows to take the mean of. years: the rows of each year.
    """
    mean = np.full_like(change, np.nan)
    for rows in years:
        counted = rows[ranked[rows]]
        if counted.size:
            mean[rows] = change[counted].mean(axis=0)
    return mean


def made_by(beyond: Vector, gained: float) -> list[int]:
    """The nodes, by position, that carry a unit the way it moves, the strongest first, at most three.

    beyond: by how much each node's change exceeds that of the units at large, (nodes,). gained: places gained; below 0
    where the unit falls. What happens to all alike moves nobody.

    >>> made_by(np.array([2.0, -1.0, 5.0]), gained=3), made_by(np.array([2.0, -1.0, 5.0]), gained=-3)
    ([2, 0], [1])
    """
    pull = beyond * np.sign(gained)
    order = np.argsort(-pull, kind="stable")
    return [int(node) for node in order if pull[node] > _ROUNDING][:MOST_REASONS]

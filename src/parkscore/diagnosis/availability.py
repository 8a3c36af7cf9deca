"""How much of the data is there, by indicator and by unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parkscore.data.grid import Vector
from parkscore.data.table import State
from parkscore.diagnosis.groups import named, row_labels
from parkscore.evaluation import Evaluation

AVAILABILITY_COLUMNS = (
    "id",
    "zh",
    "en",
    "rows",
    "present",
    "missing",
    "not_applicable",
    "divided_by_zero",
    "undefined",
    "filled",
    "share",
)


def availability_by_indicator(evaluation: Evaluation) -> pd.DataFrame:
    """Per indicator: rows with a number as derived, why the others have none, and how many gaps were filled.

    share: of the rows to which the indicator applies; NaN where it applies to none.
    """
    states = evaluation.indicator_grid.states[evaluation.rows]
    filled = evaluation.imputed_grid.filled[evaluation.rows]
    entries = []
    for column, leaf in enumerate(evaluation.framework.leaves):
        count = np.bincount(states[:, column], minlength=len(State))
        applies = len(states) - count[State.NOT_APPLICABLE]
        share = count[State.VALUE] / applies if applies else np.nan
        reasons = count[[State.MISSING, State.NOT_APPLICABLE, State.DIVIDED_BY_ZERO, State.UNDEFINED]]
        values = (len(states), count[State.VALUE], *reasons, filled[:, column].sum(), share)
        entries.append(dict(zip(AVAILABILITY_COLUMNS, (*named(leaf).values(), *values), strict=True)))
    return pd.DataFrame(entries, columns=list(AVAILABILITY_COLUMNS))


def availability_by_unit(evaluation: Evaluation) -> pd.DataFrame:
    """Per row: indicators with a number as derived, those that apply, the share, and the coverage of the total."""
    states = evaluation.indicator_grid.states[evaluation.rows]
    present = np.count_nonzero(states == State.VALUE, axis=1)
    applicable = np.count_nonzero(states != State.NOT_APPLICABLE, axis=1)
    coverage = evaluation.coverage[evaluation.framework.total.id].to_numpy()
    share = _share(present.astype(np.float64), applicable.astype(np.float64))
    return pd.DataFrame(
        row_labels(evaluation) | {"present": present, "applicable": applicable, "share": share, "coverage": coverage}
    )


def _share(part: Vector, whole: Vector) -> Vector:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))

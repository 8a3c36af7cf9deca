"""The place of each unit within an indicator, by sorting."""

from __future__ import annotations

import numpy as np

from parkscore.methods.columns import in_order
from parkscore.methods.domain import FloatArray


def standings(x: FloatArray) -> FloatArray:
    """The share of the other units that each is better than, a tie counting half; columns one by one.

    x: (units, indicators). Returns the same shape, 0 worst to 1 best; 0.5 where a unit is alone in a column, NaN for a
    gap. Sorted, not compared in pairs: cheap for a million units.

    >>> standings(np.array([[1.0], [5.0], [5.0], [np.nan]]))
    array([[0.  ],
           [0.75],
           [0.75],
           [ nan]])
    """
    result = np.full(x.shape, np.nan)
    for column, ordered in enumerate(in_order(x)):
        present = ~np.isnan(x[:, column])
        known = x[present, column]
        others = len(known) - 1
        below = np.searchsorted(ordered[: len(known)], known, side="left")
        equal = np.searchsorted(ordered[: len(known)], known, side="right") - below - 1
        result[present, column] = (below + equal / 2) / others if others > 0 else 0.5
    return result

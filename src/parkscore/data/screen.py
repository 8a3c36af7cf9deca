"""Set aside the units that have too few indicators to be scored."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import Grid, Rows
from parkscore.data.table import State
from parkscore.framework.models import Framework


def screen(framework: Framework, derived: Grid, imputed: Grid) -> tuple[Rows, dict[int, float]]:
    """The rows with enough indicators, and the availability of those set aside.

    Availability is the share of a row's indicators that have a number, at the stage the framework names; an indicator
    that is not applicable to the unit does not count.
    """
    rows = np.arange(len(derived.values), dtype=np.intp)
    if framework.screen is None:
        return rows, {}
    grid = imputed if framework.screen.stage == "imputed" else derived
    applicable = (grid.states != State.NOT_APPLICABLE).sum(axis=1)
    present = (~np.isnan(grid.values)).sum(axis=1)
    share = np.divide(present, applicable, out=np.zeros(len(rows)), where=applicable > 0)
    low = share < framework.screen.availability
    return rows[~low], {int(row): float(share[row]) for row in rows[low]}

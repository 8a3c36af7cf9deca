"""Compute the indicators from the fields."""

from __future__ import annotations

import numpy as np

from parkscore.data.columns import Columns
from parkscore.data.grid import Grid
from parkscore.data.table import Table
from parkscore.framework.models import Framework


def derive(framework: Framework, table: Table) -> Grid:
    """Every indicator for every row of the table, in the indicator's measure, each gap with its reason."""
    columns = Columns(framework, table)
    leaves = framework.leaves
    rows = len(table.frame)
    values = np.full((rows, len(leaves)), np.nan)
    states = np.zeros((rows, len(leaves)), dtype=np.int8)
    for column, leaf in enumerate(leaves):
        cells = columns.compute(str(leaf.formula), leaf.measure)
        values[:, column] = cells.values
        states[:, column] = cells.states
    return Grid(tuple(leaf.id for leaf in leaves), values, states, np.zeros(values.shape, dtype=bool))

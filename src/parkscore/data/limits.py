"""Tell at once whether a table is as its schema asks, so that a sound one need not be gone through cell by cell."""

from __future__ import annotations

import numpy as np

from parkscore.data.arrow_texts import ArrowTexts, CellColumn
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.data.text_hashes import are_all_different
from parkscore.framework.models import DataField, Framework


def is_sound(framework: Framework, table: Table, looks_for_twins: bool) -> bool:
    """Whether all columns are there, each number within its limits, and, if asked for, each unit there once a year."""
    for name, field in framework.fields.items():
        if field.formula is not None:
            continue
        if name not in table.cells or (not field.is_text and not _within(field, table.cells[name])):
            return False
    if _lacks(table.cells[UNIT]) or (framework.time is not None and _lacks(table.cells[YEAR])):
        return False
    keys = [UNIT] if framework.time is None else [UNIT, YEAR]
    return not looks_for_twins or _all_different(table) or not table.frame.duplicated(keys).any()


def _lacks(cells: CellColumn) -> bool:
    """Whether a unit or year is missing, or may be."""
    if isinstance(cells, ArrowTexts):
        return bool(cells.array.null_count)
    return not set(map(type, cells)) <= {str} if cells.dtype == object else bool(np.isnan(cells).any())


def _all_different(table: Table) -> bool:
    """Whether units and years differ for sure."""
    try:
        return are_all_different(table.cells[UNIT], table.years)
    except UnicodeEncodeError:
        return False


def _within(field: DataField, values: CellColumn) -> bool:
    """Whether a column is of numbers and none of them is beyond a limit; a gap is not."""
    if isinstance(values, ArrowTexts) or values.dtype != np.float64:
        return False
    if field.min is not None and (values < field.min).any():
        return False
    return field.max is None or not (values > field.max).any()

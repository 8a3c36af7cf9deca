"""Tell at once whether a table is as its schema asks, so that a sound one need not be gone through cell by cell."""

from __future__ import annotations

import numpy as np

from parkscore.data.table import UNIT, YEAR, Table
from parkscore.data.text_hashes import mixed, text_hashes
from parkscore.framework.models import DataField, Framework
from parkscore.methods.domain import FloatArray


def is_sound(framework: Framework, table: Table, looks_for_twins: bool) -> bool:
    """Whether all columns are there, each number within its limits, and, if asked for, each unit there once a year."""
    for name, field in framework.fields.items():
        if field.formula is not None:
            continue
        if name not in table.frame or (not field.is_text and not _within(field, table.frame[name].to_numpy())):
            return False
    keys = [UNIT] if framework.time is None else [UNIT, YEAR]
    if table.frame[keys].isna().to_numpy().any():
        return False
    return not looks_for_twins or _all_different(table) or not table.frame.duplicated(keys).any()


def _all_different(table: Table) -> bool:
    """Whether units and years differ for sure, which their hashes tell several times as fast."""
    try:
        hashes = text_hashes(table.frame[UNIT])
    except UnicodeEncodeError:  # half a character, which no file has and a frame may
        return False
    hashes = np.sort(hashes if table.years is None else mixed(hashes, table.years))
    return not (hashes[1:] == hashes[:-1]).any()


def _within(field: DataField, values: FloatArray) -> bool:
    """Whether a column is of numbers and none of them is beyond a limit; a gap is not."""
    if values.dtype != np.float64:
        return False
    if field.min is not None and (values < field.min).any():
        return False
    return field.max is None or not (values > field.max).any()

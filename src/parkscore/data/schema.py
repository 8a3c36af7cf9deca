"""Compile the limits of a framework's fields into a pandera schema."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa

from parkscore.data.table import UNIT, YEAR
from parkscore.framework.models import Framework


def compile_schema(framework: Framework) -> pa.DataFrameSchema:
    """The schema of a table that has been read: types, limits, and one row per unit and year.

    Fields are optional and may have gaps, because a missing column or cell is a finding of its own and no failure of
    the schema; each check is named after the finding it becomes.
    """
    columns: dict[str, Any] = {UNIT: pa.Column(str, nullable=False)}
    if framework.time is not None:
        columns[YEAR] = pa.Column(int, nullable=False)
    for field_id, field in framework.fields.items():
        if field.formula is not None:
            continue
        if field.kind == "text":
            columns[field_id] = pa.Column(nullable=True, required=False)
        else:
            columns[field_id] = pa.Column(float, checks=_limits(field.min, field.max), nullable=True, required=False)
    keys = [UNIT] if framework.time is None else [UNIT, YEAR]
    return pa.DataFrameSchema(columns, unique=keys, strict=False, coerce=False, name=framework.id)


def _limits(low: float | None, high: float | None) -> list[pa.Check]:
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low, name="below_min"))
    if high is not None:
        checks.append(pa.Check.le(high, name="above_max"))
    return checks


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Every failure of a lazy validation: columns `check`, `column`, `index`, `failure_case`; empty where none."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return error.failure_cases
    return pd.DataFrame(columns=["check", "column", "index", "failure_case"])

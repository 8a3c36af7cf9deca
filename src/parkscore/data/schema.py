"""Compile the limits of a framework's fields into a pandera schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from parkscore.data.table import UNIT, YEAR
from parkscore.framework.models import ABOVE_MAX, BELOW_MIN, LIMITS, Framework
from parkscore.late_pandas import pd

if TYPE_CHECKING:  # imported where a schema is made or asked: pandera takes a third of the time before the first row
    import pandera.pandas as pa


class Failure(NamedTuple):
    """One failed check; `row` is None where a column or the whole table is at fault."""

    check: str
    column: str
    row: int | None
    value: Any


def compile_schema(framework: Framework) -> pa.DataFrameSchema:
    """The schema of a table that has been read: types, limits, and one row per unit and year.

    Fields may have gaps, because a missing column or cell is a finding of its own and no failure of the schema; each
    check of a limit is named after the finding it becomes.
    """
    import pandera.pandas as pa

    columns: dict[str, Any] = {UNIT: pa.Column(str, nullable=False)}
    if framework.time is not None:
        columns[YEAR] = pa.Column(int, nullable=False)
    for field_id, field in framework.fields.items():
        if field.formula is None:
            kind = None if field.is_text else float
            columns[field_id] = pa.Column(kind, checks=_limits(field.min, field.max), nullable=True)
    keys = [UNIT] if framework.time is None else [UNIT, YEAR]
    return pa.DataFrameSchema(columns, unique=keys, strict=False, coerce=False, name=framework.id)


def _limits(low: float | None, high: float | None) -> list[pa.Check]:
    import pandera.pandas as pa

    checks = []
    # What `error` says is what stands in the table of failures.
    if low is not None:
        checks.append(pa.Check.ge(low, error=BELOW_MIN))
    if high is not None:
        checks.append(pa.Check.le(high, error=ABOVE_MAX))
    return checks


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Iterator[Failure]:
    """Every failure of a lazy validation; one that is not about a cell comes once, however many rows show it."""
    import pandera.pandas as pa

    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        seen = set()
        columns = (cases[name].tolist() for name in ("check", "column", "index", "failure_case"))
        for check, column, row, value in zip(*columns, strict=True):
            if check in LIMITS:
                yield Failure(check, column, int(row), value)
            elif (check, column) not in seen:
                seen.add((check, column))
                yield Failure(str(check), str(column), None, value)

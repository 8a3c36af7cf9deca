"""Say that a method cannot take the values of an indicator, of all its rows or of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parkscore.data.grid import Vector
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Node
from parkscore.language import Text
from parkscore.methods.domain import DomainError


def refused_values(leaf: Node, title: Text, year: int | None, error: DomainError, hint: Text) -> Finding:
    """The finding for an indicator; title: what the method is called, hint: the way out."""
    return Finding(
        code="domain",
        severity=Severity.ERROR,
        field=leaf.id,
        year=year,
        message=Text(
            f"{leaf.label.zh}（{title.zh}）：{error.reason.zh}", f"{leaf.label.en} ({title.en}): {error.reason.en}"
        ),
        hint=hint,
    )


def by_row(table: Table, whole: Finding, rows: Iterable[int], values: Vector) -> Iterator[Finding]:
    """The finding for an indicator as one for each of these rows, with its value; values: (rows,) of the table."""
    for row in rows:
        yield table.finding(
            row,
            code=whole.code,
            severity=whole.severity,
            field=whole.field,
            value=float(values[row]),
            message=whole.message,
            hint=whole.hint,
        )

"""Refuse what only shows once all pieces are scored."""

from __future__ import annotations

from collections.abc import Sequence

from parkscore.engine.tasks import AppliedPiece, Job
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text


def refuse_empty(job: Job, applied: Sequence[AppliedPiece]) -> None:
    """Raise UsageError where a year was asked for that no row has."""
    if job.year is None or job.year in {year for piece in applied for year in piece.years}:
        return
    raise UsageError(
        Finding(
            code="no_such_year",
            severity=Severity.ERROR,
            place=Place(job.source.dataset.source),
            value=job.year,
            message=Text("数据中没有这一年", "the table has no such year"),
        )
    )

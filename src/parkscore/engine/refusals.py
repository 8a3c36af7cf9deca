"""Refuse what only shows once all pieces are scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parkscore.data.cohorts import no_reference_year, no_such_year
from parkscore.data.datasets import Piece
from parkscore.engine.tallies import Tally
from parkscore.engine.tasks import AppliedPiece, Job
from parkscore.findings import DataError, Finding, Place, Severity, UsageError
from parkscore.language import Text, plural


def refuse_empty(job: Job, applied: Sequence[AppliedPiece], found: Sequence[Finding]) -> None:
    """Raise UsageError where a year was asked for that no row has, and DataError where no row is a unit.

    found: what was found so far, which says what the rows are instead.
    """
    if job.year is None:
        if not any(piece.rows for piece in applied):
            message = Text("没有一行是评价对象", "no row is a unit")
            place = Place(job.told(job.source.dataset.source))
            raise DataError([Finding(code="no_rows", severity=Severity.ERROR, message=message, place=place), *found])
        return
    if job.year in {year for piece in applied for year in piece.years}:
        return
    raise UsageError(no_such_year(job.told(job.source.dataset.source), _years(applied), job.year))


def refuse_lacking_reference(job: Job, applied: Sequence[AppliedPiece], tally: Tally) -> None:
    """Raise DataError where rows are to be scored, and none of the year that the framework measures against."""
    lacking = lacking_reference(job, _years(applied), tally)
    if lacking is not None:
        raise DataError(lacking)


def lacking_reference(job: Job, years: Iterable[int], tally: Tally) -> Finding | None:
    """That no row is of the year that the framework measures against, where any is to be scored; None otherwise."""
    year = job.framework.reference
    if job.framework.time is None or not isinstance(year, int) or not tally.to_score or tally.to_measure:
        return None
    return no_reference_year(job.told(job.source.dataset.source), years, year)


def _years(applied: Sequence[AppliedPiece]) -> set[int]:
    """The years of all rows, scored or not."""
    return {year for piece in applied for year in piece.known_years}


def workers_died(job: Job, item: object) -> Finding:
    """That worker after worker has ended over the same rows, and which these are."""
    place, what = Place(job.told(job.source.dataset.source)), Text("同一部分", "the same part")
    if isinstance(item, Piece):
        file = job.source.dataset.files[item.file]
        place, first = Place(job.told(file.path)), item.first_row - file.first_row + 1
        what = Text(f"从第 {first} 行起的 {item.all_rows} 行", f"{plural(item.all_rows, 'row')} from row {first} on")
    message = Text(
        f"处理{what.zh}时，执行进程一再中断", f"the workers that had {what.en} have ended, one after the other"
    )
    hint = Text(
        "多半是内存不够：用内存更大或更少的执行进程，或用 --engine local",
        "most likely for want of memory: use workers with more of it, or fewer of them, or --engine local",
    )
    return Finding(code="workers_died", severity=Severity.ERROR, place=place, message=message, hint=hint)

"""Read a piece and check it, so that the mistakes of both come at once."""

from __future__ import annotations

from parkscore.data.batches import read_piece
from parkscore.data.datasets import Dataset, Piece
from parkscore.data.table import Table
from parkscore.data.validate import UNREAD_COLUMN, validate
from parkscore.findings import DataError, Finding, errors_of


def read_checked(dataset: Dataset, piece: Piece) -> tuple[Table | None, list[Finding]]:
    """As `read_and_validate` for one piece: the table, None where there is an error, and all findings."""
    try:
        table, read = read_piece(dataset, piece)
    except DataError as error:
        return None, list(error.findings)
    errors = errors_of(read.findings)
    places, fields = {each.place for each in errors}, {each.field for each in errors if each.code in UNREAD_COLUMN}
    checked = [
        finding
        for finding in validate(dataset.framework, table)
        if finding.place not in places and finding.field not in fields
    ]
    found = [*read.findings, *checked]
    return (None if errors_of(found) else table), found

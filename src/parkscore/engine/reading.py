"""Read a piece and check it, so that the mistakes of both come at once."""

from __future__ import annotations

from parkscore.data.batches import read_piece
from parkscore.data.datasets import Dataset, Piece
from parkscore.data.masking import Mask
from parkscore.data.table import Table
from parkscore.data.validate import UNREAD_COLUMN, validate
from parkscore.findings import DataError, Finding, errors_of


def read_checked(dataset: Dataset, piece: Piece, mask: Mask | None = None) -> tuple[Table | None, list[Finding]]:
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
    if mask is None:
        return (None if errors_of(found) else table), found
    hidden = mask.findings(found, table, dataset.framework)
    return (None if errors_of(found) else mask.table(table, dataset.framework)), hidden


def read_again(dataset: Dataset, piece: Piece, mask: Mask | None = None) -> Table:
    """The table of a piece that has been checked before."""
    table, _ = read_piece(dataset, piece)
    return table if mask is None else mask.table(table, dataset.framework)

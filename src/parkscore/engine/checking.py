"""Check a file or a folder piece by piece, as `validate` checks one table, and keep no score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

from parkscore.data.by_unit import UnitParts
from parkscore.data.duplicates import KeysSeen, duplicate_findings
from parkscore.data.hidden_comparisons import refuse_hidden_comparisons
from parkscore.data.masked_datasets import open_masked
from parkscore.data.masking import Mask
from parkscore.data.rule_statistics import RuleStatistics
from parkscore.data.text_hashes import Hashes
from parkscore.data.validate_pieces import checks_look_back, not_checked, not_yet_checked
from parkscore.engine.executors import LocalExecutor
from parkscore.engine.foreseeing import foresee_dataset
from parkscore.engine.gathering_rules import NOTHING_COMPARED, compare_rows
from parkscore.engine.passes import ROWS_OF_PIECE
from parkscore.engine.sources import Item, PartSource, PieceSource, PutDown, Source, read_checked
from parkscore.engine.suitable import looks_back, scored_in_pieces
from parkscore.engine.summing_up import Found
from parkscore.findings import DataError, Finding, errors_of
from parkscore.framework.models import Framework


@dataclass(frozen=True)
class CheckedPiece:
    """What was found in a piece, how many rows are units, None where it has an error, and its keys."""

    found: Sequence[Finding]
    rows: int | None
    keys: Hashes | None


@dataclass(frozen=True)
class CheckPiece:
    """Read a piece and check it; known: what rules compare rows with."""

    source: Source
    mask: Mask | None
    known: RuleStatistics

    def __call__(self, item: Item) -> CheckedPiece:
        """What is told of the piece; its rows are let go."""
        checked = read_checked(self.source, item, self.mask, self.known)
        return CheckedPiece(checked.found, None if checked.table is None else checked.table.size, checked.keys)


def checked_alike(framework: Framework) -> bool:
    """Whether pieces are told everything that a table in memory is: every rule, and what scoring finds."""
    return scored_in_pieces(framework) and not not_checked(framework, whole_units=True)


def check_dataset(
    framework: Framework, data: str | PathLike[str], mask: Mask | None = None
) -> tuple[list[Finding], int | None]:
    """Everything that reading a file or folder and the framework's rules find; and the rows, where none has an error.

    What scoring will find is looked for where the rules find no error and pieces can be scored. A rule that no piece
    can answer is named by a warning. mask: hides units and names in what is found.

    Raises UsageError where what is hidden would change what scoring finds.
    """
    refuse_hidden_comparisons(framework, mask)
    try:
        dataset, mask = open_masked(data, framework, mask)
    except DataError as error:
        return list(error.findings), None
    foresees = scored_in_pieces(framework)
    pieces, by_unit = dataset.pieces(ROWS_OF_PIECE), checks_look_back(framework) or (foresees and looks_back(framework))
    all_found = Found([*dataset.findings, *not_checked(framework, whole_units=by_unit)])
    executor, rows = LocalExecutor(), list[int | None]()
    with TemporaryDirectory(prefix="parkscore-") as folder:
        seen = KeysSeen(Path(folder))
        source: Source = PieceSource(dataset, pieces)
        if by_unit:
            units = UnitParts(dataset, Path(folder), max(1, len(pieces)))
            for put_down in executor.map(PutDown(units, mask), pieces):
                all_found.add(put_down.found)
                seen.add(put_down.keys)
            source = PartSource(units, pieces, {}, ())
        # What cannot be read is missing in the parts of the units; that it is missing is no finding of its own.
        unread = by_unit and bool(errors_of(all_found.findings))
        if unread:
            all_found.add([not_yet_checked()])
        items = [] if unread else source.items
        compared = compare_rows(source, pieces, Path(folder), mask, executor.map) if items else NOTHING_COMPARED
        all_found.add(compared.findings)
        for piece in executor.map(CheckPiece(source, mask, compared.statistics), items):
            all_found.add(piece.found)
            rows.append(piece.rows)
            if piece.keys is not None:
                seen.add(piece.keys)
        twice = duplicate_findings(dataset, pieces, seen.repeated())
        all_found.add(twice if mask is None else mask.findings(twice, None, framework))
        if foresees and not errors_of(all_found.findings):
            all_found.add(foresee_dataset(framework, source, executor, Path(folder), mask))
    known = [count for count in rows if count is not None]
    return all_found.findings, sum(known) if rows and len(known) == len(rows) else None

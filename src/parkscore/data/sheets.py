"""A sheet: one block of cells as it came from a file or a frame, before anything is understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from parkscore.data.cells import RawCells
from parkscore.data.table import column_letters
from parkscore.findings import Place

HEADER_WITHIN: Final = 20


@dataclass(frozen=True)
class MergedRange:
    """A merged range by its 0-based corners, both included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """The range as a spreadsheet writes it.

        >>> str(MergedRange(0, 1, 0, 2))
        'B1:C1'
        """
        return f"{column_letters(self.left)}{self.top + 1}:{column_letters(self.right)}{self.bottom + 1}"


@dataclass(frozen=True)
class Sheet:
    """Cells with their places; rows and columns are counted from 0.

    lines: the 1-based line or row of each row in the file; 0 for the header of a frame, which stands on no line.
    head: the first rows, among which the header is looked for.
    column: all cells of a column below the given number of rows.
    name: the sheet of a workbook, else None.
    year: the year that the sheet's name states.
    apostrophes: a text may start with an apostrophe that only protects it (csv).
    merged, formulas (column -> rows with a calculated formula): what only a workbook has.
    """

    file: str
    lines: Sequence[int]
    head: Sequence[Sequence[Any]]
    column: Callable[[int, int], RawCells]
    name: str | None = None
    year: int | None = None
    apostrophes: bool = False
    merged: Sequence[MergedRange] = ()
    formulas: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """The place of a cell, a row, a column or the whole sheet, as exactly as the file has it."""
        line = self.lines[row] if row is not None else 0
        if self.name is None:
            return Place(self.file, line=line or None, column=None if column is None else column + 1)
        letters = "" if column is None else column_letters(column)
        return Place(self.file, sheet=self.name, cell=f"{letters}{line or ''}" or None)


def sheet_of_rows(file: str, rows: Sequence[Sequence[Any]], lines: Sequence[int], **more: Any) -> Sheet:
    """A sheet over rows that all have the same number of cells; `more` are attributes of `Sheet`."""
    return Sheet(
        file=file,
        lines=lines,
        head=rows[: HEADER_WITHIN + 1],
        column=lambda number, skip: [row[number] for row in rows[skip:]],
        **more,
    )

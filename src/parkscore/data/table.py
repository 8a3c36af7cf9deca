"""A table as the engine sees it: one row per unit and year, one column per field, every cell traceable to its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from parkscore.data.arrow_texts import CellColumn, objects_in
from parkscore.data.cell_frames import frame_of
from parkscore.data.coded_texts import CodedTexts
from parkscore.findings import Finding, Place, Severity
from parkscore.framework.formula import State as State
from parkscore.framework.taken_ids import CLASS as CLASS
from parkscore.framework.taken_ids import UNIT as UNIT
from parkscore.framework.taken_ids import YEAR as YEAR
from parkscore.language import Text

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.data.columns import Columns


@dataclass(frozen=True, slots=True)
class Conversion:
    """A column that came in another measure: recorded, never silent."""

    field: str
    header: str
    from_measure: str
    to_measure: str
    factor: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows and columns of a table came from.

    rows: for each table row, (sheet or None, 1-based row number in the file).
    columns: for each sheet (None for csv and frames) and each field, the 0-based column in the file.
    elsewhere: the column of a cell (0-based table row, field) that stands in another column of its field.
    files: for each table row its file, where they come from several.
    """

    file: str
    rows: Sequence[tuple[str | None, int]] = ()
    columns: Mapping[tuple[str | None, str], int] = field(default_factory=dict)
    elsewhere: Mapping[tuple[int, str], int] = field(default_factory=dict)
    files: Sequence[str] = ()

    def place(self, row: int | None, column: str | None) -> Place:
        """The place of a cell (0-based table row, field id), as exactly as it is known.

        Without a row it is that of the column: by its letters in a workbook, by its first cell in a text file.
        """
        if row is None or not self.rows:
            sheet = self.rows[0][0] if self.rows else None
            number = self.columns.get((sheet, column or ""))
            if number is None or not self.rows:  # a part of a file may have columns and no row
                return Place(self.file, sheet=sheet)
            if sheet is None:
                return Place(self.files[0] if self.files else self.file, line=self.rows[0][1], column=number + 1)
            return Place(self.file, sheet=sheet, cell=column_letters(number))
        sheet, line = self.rows[row]
        number = self.elsewhere.get((row, column or ""), self.columns.get((sheet, column or "")))
        if sheet is None:
            file = self.files[row] if self.files else self.file
            return Place(file, line=line, column=None if number is None else number + 1)
        return Place(self.file, sheet=sheet, cell=f"{'' if number is None else column_letters(number)}{line}")


def column_letters(number: int) -> str:
    """The letters of a 0-based spreadsheet column.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    number += 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


@dataclass(frozen=True)
class Table:
    """One row per unit and year, in file order.

    cells: columns `unit` (text), `year` (int, where the framework has a time), then by id every field that has no
    formula: number fields as float64 in the field's own measure with NaN where there is no number, text fields as text
    (missing: None), of which objects may be made only when they are asked for. A field without a column in the source
    is missing throughout.
    states: per number field an int8 `State` per row.
    texts: text fields whose texts were coded when they were read.
    notes: what the file says of itself (synthetic data says so here), carried into every output.
    digest: SHA-256 of the file's bytes, or of the frame's contents.
    left_out: how many rows of the source were not read, by the code of the finding that names them.
    imagined: what formulas read, where the rows are imagined and other years of their units do not stand in the table.
    """

    cells: Mapping[str, CellColumn]
    states: Mapping[str, npt.NDArray[np.int8]]
    origin: Origin
    conversions: tuple[Conversion, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, CodedTexts] = field(default_factory=dict)
    imagined: Columns | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The cells as a frame, none copied; it is made when it is first asked for."""
        return frame_of(self.cells)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.cells[UNIT])

    @cached_property
    def units(self) -> npt.NDArray[Any]:
        """The unit of each row."""
        return objects_in(self.cells[UNIT])

    def unit(self, row: int) -> str:
        """The unit of one row; where units are texts of Arrow, no objects are made of the others."""
        return str(self.cells[UNIT][row])

    @cached_property
    def years(self) -> npt.NDArray[np.int64] | None:
        """The data year of each row, or None where the framework has no time."""
        return np.asarray(self.cells[YEAR], dtype=np.int64) if YEAR in self.cells else None

    def coded(self, name: str) -> CodedTexts:
        """The texts of a text field, or the units, by number, so that groups are told apart without comparing texts."""
        if name not in self._coded:
            self._coded[name] = CodedTexts.in_column(self.cells[name])
        return self._coded[name]

    @cached_property
    def _coded(self) -> dict[str, CodedTexts]:
        return dict(self.texts)

    def finding(
        self,
        row: int,
        *,
        code: str,
        severity: Severity,
        message: Text,
        hint: Text | None = None,
        column: str | None = None,
        field: str | None = None,
        value: Any = None,
        rule: str | None = None,
    ) -> Finding:
        """A finding about a row, with its unit, year and place; `column` is the field whose cell it is, if one is."""
        return Finding(
            code=code,
            severity=severity,
            message=message,
            hint=hint,
            place=self.origin.place(int(row), column),
            unit=self.unit(row),
            field=field,
            year=None if self.years is None else int(self.years[row]),
            value=value,
            rule=rule,
        )

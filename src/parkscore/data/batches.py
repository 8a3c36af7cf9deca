"""Read one piece of a data set into a table, as reading the whole file would."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.assembling import table_of_piece
from parkscore.data.body import Body, read_body
from parkscore.data.cells import RawCells
from parkscore.data.collecting import Collected
from parkscore.data.datasets import DataFile, Dataset, Piece, refuse_changed
from parkscore.data.layout import Layout
from parkscore.data.parquet_files import UNREADABLE
from parkscore.data.row_groups import Wanted, read_rows
from parkscore.data.sheets import Sheet
from parkscore.data.table import Table
from parkscore.data.text_blocks import read_block
from parkscore.data.units import REMARK_ROW, TOTAL_ROW
from parkscore.findings import DataError, Finding, Place, Severity
from parkscore.language import Text


class BrokenFiles(DataError):  # noqa: N818  # the name says what is broken
    """Some files of a piece cannot be read.

    cells: what was found in the others, which are read with them. table: their rows, None where there are no others.
    """

    def __init__(
        self, broken: Finding | Sequence[Finding], cells: Sequence[Finding] = (), table: Table | None = None
    ) -> None:
        """Only what is broken is told of itself: whoever tells of cells may have to mask them."""
        super().__init__(broken)
        self.cells = cells
        self.table = table


def read_piece(dataset: Dataset, piece: Piece, fields: Collection[str] | None = None) -> tuple[Table, Collected]:
    """Read the rows of a piece.

    fields: the fields that are read, all by default; the table has no other columns but unit and year.
    Returns the table, as `read_table` gives it for these rows, and what was found in their cells. Where there are
    errors among that, a cell with an error counts as missing and a row without a unit or a year is left out. Whether a
    unit is met twice only shows when all pieces are seen together.

    Raises BrokenFiles where a file of the piece cannot be read, or is not as it was when it was opened.
    """
    file, found = dataset.files[piece.file], Collected()
    bodies, broken = read_bodies(dataset, piece.of_files, found, fields)
    if found.has_errors:
        bodies = [each if each.years is None else each.only(np.flatnonzero(each.years != 0)) for each in bodies]
    table = table_of_piece(bodies, file.path, dataset.framework, fields) if bodies else None
    if broken or table is None:
        raise BrokenFiles(broken, found.findings, table)
    left_out = {code: found.count(code) for code in (TOTAL_ROW, REMARK_ROW)}
    return replace(table, left_out=left_out, conversions=file.shape.conversions), found


def read_bodies(
    dataset: Dataset, pieces: Iterable[Piece], found: Collected, fields: Collection[str] | None = None
) -> tuple[list[Body], list[Finding]]:
    """The cells of some pieces, to be put into one table; and why others of them cannot be read at all."""
    bodies, broken = list[Body](), list[Finding]()
    for piece in pieces:
        try:
            bodies.append(_read_body(dataset, piece, found, fields))
        except DataError as error:
            broken += error.findings
    return bodies, broken


def read_once_more(dataset: Dataset, pieces: Iterable[Piece], fields: Collection[str]) -> Iterator[Table]:
    """The tables of pieces that are read for their mistakes elsewhere; one that cannot be read is told of there.

    Raises DataError where a file is not as it was when it was opened.
    """
    for piece in pieces:
        for part in piece.of_files:
            refuse_changed(dataset.files[part.file])
        try:
            table, _ = read_piece(dataset, piece, fields)
        except DataError:
            continue
        yield table


def _read_body(dataset: Dataset, piece: Piece, found: Collected, fields: Collection[str] | None) -> Body:
    file = dataset.files[piece.file]
    assert file.shape.layout is not None  # noqa: S101  # a data set without a layout is refused when it is opened
    refuse_changed(file)
    if file.text is not None and piece.cuts is not None:
        sheet = read_block(file.path, file.text, *piece.cuts, file.shape.layout, found)
    else:
        sheet = _sheet(file, piece, file.shape.layout, fields)
    return read_body(sheet, file.shape.layout, dataset.framework, found, fields)


def _sheet(file: DataFile, piece: Piece, layout: Layout, fields: Collection[str] | None) -> Sheet:
    """The rows of a piece of a Parquet file; a column is read before it is asked for if it is sure to be."""
    wanted = [heading for name, each in layout.fields.items() if fields is None or name in fields for heading in each]
    wanted += [heading for heading in (layout.unit, layout.year, layout.note) if heading is not None]
    columns = _columns(file, piece, sorted({heading.column for heading in wanted}))

    def column(number: int, skip: int) -> RawCells:
        if number not in columns:
            columns.update(_columns(file, piece, [number]))
        return ArrowCells(columns[number].slice(skip - 1))

    first = piece.first_row - file.first_row
    return Sheet(file=file.path, lines=range(first, first + piece.rows + 1), head=(), column=column)


def _columns(file: DataFile, piece: Piece, numbers: Sequence[int]) -> dict[int, pa.ChunkedArray]:
    """Some of the columns that count; texts come by number where the file has them so."""
    names = {number: file.shape.names[number] for number in numbers}
    coded = tuple(names[number] for number in numbers if number in file.shape.coded)
    wanted = Wanted(file.path, file.changed, piece.groups, tuple(names.values()), coded)
    try:
        table = read_rows(wanted, piece.skip, piece.rows, sum(file.row_groups[slice(*piece.groups)]))
    except UNREADABLE as problem:
        raise DataError(_broken(file, piece, problem)) from None
    return {number: table.column(name) for number, name in names.items()}


def _broken(file: DataFile, piece: Piece, problem: Exception) -> Finding:
    reason = str(problem).partition("\n")[0]
    first, last = piece.first_row - file.first_row + 1, piece.first_row - file.first_row + piece.rows
    return Finding(
        code="not_parquet",
        severity=Severity.ERROR,
        message=Text(
            f"第 {first} 至 {last} 行读不出来，文件已损坏：{reason}",
            f"rows {first} to {last} cannot be read, the file is damaged: {reason}",
        ),
        hint=Text("重新导出这个文件", "export the file again"),
        place=Place(file.path, line=first),
    )

"""Read one piece of a data set into a table, as reading the whole file would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.assembling import table_of
from parkscore.data.body import REMARK_ROW, TOTAL_ROW, read_body
from parkscore.data.collecting import Collected
from parkscore.data.datasets import DataFile, Dataset, Piece
from parkscore.data.layout import Layout
from parkscore.data.parquet_files import UNREADABLE, sheet_of_arrow
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Place, Severity
from parkscore.language import Text


def read_piece(dataset: Dataset, piece: Piece, fields: Collection[str] | None = None) -> tuple[Table, Collected]:
    """Read the rows of a piece.

    fields: the fields that are read, all by default; the table has no other columns but unit and year.
    Returns the table, as `read_table` gives it for these rows, and what was found in their cells. Where there are
    errors among that, a cell with an error counts as missing and a row without a unit or a year is left out. Whether a
    unit is met twice only shows when all pieces are seen together.

    Raises DataError where the piece cannot be read at all, or its file is not as it was when it was opened.
    """
    file = dataset.files[piece.file]
    assert file.shape.layout is not None  # noqa: S101  # a data set without a layout is refused when it is opened
    layout = file.shape.layout if fields is None else _only(file.shape.layout, fields)
    first = piece.first_row - file.first_row
    sheet = sheet_of_arrow(_arrow(file, piece, layout), file.path, range(first, first + piece.rows + 1))
    found = Collected()
    body = read_body(sheet, layout, dataset.framework, found)
    if found.has_errors and body.years is not None:
        body = body.only(np.flatnonzero(body.years != 0))
    table = table_of([body], file.path, dataset.framework, "", fields)
    left_out = {code: found.count(code) for code in (TOTAL_ROW, REMARK_ROW)}
    return replace(table, left_out=left_out, conversions=file.shape.conversions), found


def _only(layout: Layout, fields: Collection[str]) -> Layout:
    return replace(layout, fields={name: each for name, each in layout.fields.items() if name in fields}, note=None)


def _arrow(file: DataFile, piece: Piece, layout: Layout) -> pa.Table:
    """The rows of a piece, with all columns that count; those that are not read are empty."""
    _refuse_changed(file)
    try:
        with pq.ParquetFile(file.path) as parquet:
            schema = parquet.schema_arrow
            wanted = sorted({file.shape.places[heading.column] for heading in layout.headings()})
            names = [schema.names[place] for place in wanted]
            groups = list(range(*piece.groups))
            rows = parquet.read_row_groups(groups, columns=names, use_threads=False)
    except UNREADABLE as problem:
        raise DataError(_broken(file, piece, problem)) from None
    rows = rows.slice(piece.skip, piece.rows)
    columns = dict(zip(wanted, rows.columns, strict=True))
    nothing = pa.nulls(piece.rows)
    return pa.table(
        [columns.get(place, nothing) for place in file.shape.places],
        names=[schema.names[place] for place in file.shape.places],
    )


def _refuse_changed(file: DataFile) -> None:
    try:
        status = Path(file.path).stat()
        same = (status.st_size, status.st_mtime_ns) == (file.size, file.changed)
    except OSError:
        same = False
    if not same:
        message = Text("读取过程中文件被改动或删除", "was changed or removed while it was being read")
        hint = Text("不要在运行时改写数据；重新运行", "leave the data alone during a run, and run it again")
        raise DataError(
            Finding(code="file_changed", severity=Severity.ERROR, message=message, hint=hint, place=Place(file.path))
        )


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

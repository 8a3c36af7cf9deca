"""Read a Parquet file, or some of its row groups, into a sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.cells import RawCells
from parkscore.data.collecting import Collected
from parkscore.data.frames import is_heading
from parkscore.data.headers import Names
from parkscore.data.sheets import Sheet
from parkscore.findings import Place
from parkscore.language import Text

UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, TypeError, KeyError)
"""What reading a file that is no sound Parquet file raises."""


def read_parquet(content: bytes, file: str, names: Names, found: Collected) -> Sheet | None:
    """The one sheet of a Parquet file; None, with an error collected, where it cannot be read."""
    try:
        table = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True).read()
    except UNREADABLE as problem:
        report_unsound(problem, file, found)
        return None
    columns = columns_of(table.schema, names)
    return sheet_of_arrow(table.select(columns), file, range(len(table) + 1))


def report_unsound(problem: Exception, file: str, found: Collected) -> None:
    """Say that a file is no sound Parquet file."""
    reason = str(problem).partition("\n")[0]
    found.error(
        "not_parquet",
        Text(f"不是完整的 Parquet 文件：{reason}", f"is not a sound Parquet file: {reason}"),
        Text("重新导出，或改用 .csv 或 .xlsx", "export it again, or use .csv or .xlsx"),
        place=Place(file),
    )


def columns_of(schema: pa.Schema, names: Names) -> list[int]:
    """The columns that count, by their places: the levels of a pandas index that could be headers, then the columns."""
    index = [level for level in (schema.pandas_metadata or {}).get("index_columns", ()) if isinstance(level, str)]
    levels = [schema.names.index(level) for level in index if level in schema.names]
    headings = [place for place in levels if is_heading(schema.names[place], names)]
    return headings + [place for place in range(len(schema.names)) if place not in levels]


def sheet_of_arrow(table: pa.Table, file: str, lines: Sequence[int]) -> Sheet:
    """A sheet over an Arrow table; lines: 0 for the header, then the row of the file of each row of the table."""

    def column(number: int, skip: int) -> RawCells:
        return ArrowCells(table.column(number).slice(skip - 1))

    return Sheet(file=file, lines=lines, head=[list(table.schema.names)], column=column)

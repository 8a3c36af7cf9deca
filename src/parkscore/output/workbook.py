"""A result workbook: one table a sheet, frozen headers, numbers as numbers, no formulas."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import clear_frames
from typing import Any

from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.output.files import refuse_other_form, write_whole

MOST_ROWS = 1_048_576
"""As many as a sheet of Excel has."""

_FORMATS = {"score": "0.0000", "share": "0.00%", "value": "General", "count": "0", "text": "@"}
_WIDTHS = {"score": 11, "share": 10, "value": 16, "count": 8, "text": 18}
_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001  # Excel has no time zones
"""When every workbook says that it was made, as archives do that have no date: what is the same has the same bytes."""
_WIDEST_TEXT = 60
_ROWS_MEASURED = 200  # so that a million rows cost no more than a few
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Sheet:
    """One table: its name, a line of notes above it, the frame, and the kind of each column.

    kinds: `score`, `share`, `value`, `count` or `text` by column; what is not named is `text`.
    """

    name: str
    frame: pd.DataFrame
    notes: Sequence[str] = ()
    kinds: dict[str, str] | None = None
    frozen_columns: int = 1


def write_workbook(path: str | Path, sheets: Callable[[], Sequence[Sheet]], properties: dict[str, str]) -> Path:
    """Write what `sheets` makes, once the name of the file fits, as a workbook; whole or not at all."""
    refuse_other_form(path, ".xlsx")
    return write_whole(path, lambda beside: write_sheets(sheets(), beside, properties))


def write_sheets(sheets: Sequence[Sheet], path: Path, properties: dict[str, str]) -> None:
    """Write the sheets in order; text stays text, whatever it looks like.

    Raises UsageError where a table has more rows than a sheet, and OSError where the file cannot be written.
    """
    for sheet in sheets:
        if len(sheet.notes) + 1 + len(sheet.frame) > MOST_ROWS:
            raise UsageError(_too_long(sheet))
    import xlsxwriter  # here, as most runs write no workbook
    from xlsxwriter.exceptions import FileCreateError

    # A file that xlsxwriter opens itself is written once more when it is let go, on a full disk too; and what it puts
    # down on the way it leaves behind where it fails.
    content = io.BytesIO()
    try:
        with (
            TemporaryDirectory(prefix="parkscore-") as folder,
            xlsxwriter.Workbook(content, {"tmpdir": folder, "constant_memory": True}) as book,
        ):
            book.set_properties({**properties, "created": _NO_DATE})
            styles = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
            head = book.add_format(
                {"bold": True, "bg_color": "#DDEBF7", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
            )
            note = book.add_format({"italic": True, "font_color": "#C00000"})
            for sheet in sheets:
                _write_sheet(book, sheet, styles, head, note)
    except FileCreateError as error:
        said_by_system = error.args[0]
        clear_frames(said_by_system.__traceback__)  # lets go of the archive while there is what it writes its end into
        raise said_by_system from None
    path.write_bytes(content.getbuffer())


def _too_long(sheet: Sheet) -> Finding:
    rows = len(sheet.frame)
    return Finding(
        code="too_many_rows",
        severity=Severity.ERROR,
        place=Place("", sheet=sheet.name),
        value=rows,
        message=Text(f"超过工作表的 {MOST_ROWS} 行", f"more rows than the {MOST_ROWS} of a sheet"),
        hint=Text("改写为 .parquet 或 .csv", "write .parquet or .csv instead"),
    )


def _write_sheet(book: Any, sheet: Sheet, styles: dict[str, Any], head: Any, note: Any) -> None:
    page = book.add_worksheet(sheet.name)
    for line, text in enumerate(sheet.notes):
        page.write_string(line, 0, text, note)
    top = len(sheet.notes)
    kinds = sheet.kinds or {}
    columns = [sheet.frame.iloc[:, number] for number in range(len(sheet.frame.columns))]
    of_columns = [kinds.get(str(name), "text") for name in sheet.frame.columns]
    for number, (name, kind, column) in enumerate(zip(sheet.frame.columns, of_columns, columns, strict=True)):
        page.write_string(top, number, str(name), head)
        page.set_column(number, number, _width(kind, column))
    # Row by row, as what stands above is let go.
    own = [styles[kind] for kind in of_columns]
    for first in range(0, len(sheet.frame), _ROWS_AT_ONCE):
        rows = zip(*(column.iloc[first : first + _ROWS_AT_ONCE].tolist() for column in columns), strict=True)
        for line, cells in enumerate(rows, start=top + 1 + first):
            _write_row(page, line, cells, own)
    page.freeze_panes(top + 1, sheet.frozen_columns)
    if len(sheet.frame) and len(sheet.frame.columns):
        page.autofilter(top, 0, top + len(sheet.frame), len(sheet.frame.columns) - 1)


def _width(kind: str, column: pd.Series[Any]) -> int:
    """How wide a column is: a text as wide as its first entries, within bounds; a Chinese character counts two."""
    if kind != "text":
        return _WIDTHS[kind]
    entries = (each for each in column.head(_ROWS_MEASURED).tolist() if isinstance(each, str))
    longest = max((len(each.encode("gb18030", "replace")) for each in entries), default=0)
    return min(max(longest + 1, _WIDTHS[kind]), _WIDEST_TEXT)


def _write_row(page: Any, line: int, cells: Sequence[Any], styles: Sequence[Any]) -> None:
    for number, (value, style) in enumerate(zip(cells, styles, strict=True)):
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
            continue
        if isinstance(value, bool):
            page.write_boolean(line, number, value, style)
        elif isinstance(value, (int, float)) and math.isfinite(value):
            page.write_number(line, number, value, style)
        else:
            # Not `write`, which makes formulas, links and numbers of texts that look like them.
            page.write_string(line, number, str(value), style)

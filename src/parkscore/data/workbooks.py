"""Read an .xlsx workbook into sheets: which of them hold the data, and what in them cannot be trusted."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from parkscore.data.cells import Mark, is_blank, year_of
from parkscore.data.collecting import Collected
from parkscore.data.headers import Names, has_header, normalised
from parkscore.data.sheets import HEADER_WITHIN, MergedRange, Sheet, sheet_of_rows
from parkscore.data.table import column_letters
from parkscore.data.workbook_marks import MOST_CELLS, SheetMarks, UnsafeWorkbookError, read_marks
from parkscore.data.zip_safety import open_safely
from parkscore.findings import Place
from parkscore.language import Text

DATA_SHEETS: Final = ("数据", "data")
_LISTED: Final = 20


@dataclass(frozen=True)
class _Opened:
    """One sheet with what its XML says."""

    sheet: Sheet
    marks: SheetMarks
    hidden: bool
    has_header: bool

    @property
    def name(self) -> str:
        return self.sheet.name or ""


def read_workbook(content: bytes, file: str, names: Names, found: Collected) -> list[Sheet]:
    """The data sheets of a workbook; none, with errors collected, where it cannot be read.

    Sheets named by years are read together where the framework has a time; else the sheet 数据 or data; else the first
    with a header. Cells carry their error values, percent signs and uncalculated formulas.
    """
    archive = open_safely(content, file, found)
    if archive is None:
        return []
    try:
        with archive:
            marks = read_marks(archive)
        _refuse_far_cells(marks)
        opened = _open_sheets(content, file, names, marks)
    except UnsafeWorkbookError as problem:
        found.error(problem.code, problem.reason, problem.hint, place=Place(file, sheet=problem.sheet))
        return []
    except CalamineError as problem:
        found.error(
            "not_a_workbook",
            Text(f"读不出这个工作簿：{problem}", f"the workbook cannot be read: {problem}"),
            Text("用 Excel 或 WPS 打开后重新另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx again"),
            place=Place(file),
        )
        return []
    chosen = _data_sheets(opened, with_years=bool(names.year_names))
    if not chosen:
        hint = Text("填入数据并保存后再试", "fill in rows, save the workbook and try again")
        found.error("no_rows", Text("工作簿里没有数据", "the workbook holds no data"), hint, place=Place(file))
    _report_others(file, opened, chosen, found)
    for one in chosen:
        _report_hidden(one, found)
    return [one.sheet for one in chosen]


def _refuse_far_cells(marks: dict[str, SheetMarks]) -> None:
    """Refuse a sheet whose cells lie so far apart that the block they span does not fit into memory."""
    for name, sheet in marks.items():
        if sheet.rows * sheet.columns > MOST_CELLS:
            raise UnsafeWorkbookError(
                "too_large",
                Text(
                    f"单元格延伸到第 {sheet.rows} 行、{column_letters(sheet.columns - 1)} 列，超过 {MOST_CELLS:,} 格",
                    f"its cells reach row {sheet.rows} and column {column_letters(sheet.columns - 1)}: "
                    f"more than {MOST_CELLS:,} cells",
                ),
                Text("删掉远处的多余单元格，或改用 csv", "delete the stray cells far out, or use csv"),
                name,
            )


def _open_sheets(content: bytes, file: str, names: Names, marks: dict[str, SheetMarks]) -> list[_Opened]:
    """Every worksheet that is not empty, in the order of the workbook."""
    opened = []
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for about in workbook.sheets_metadata:
            if about.name not in marks:
                continue  # a chart
            cells = workbook.get_sheet_by_name(about.name)
            rows = cells.to_python(skip_empty_area=False)
            _put_marks(rows, marks[about.name])
            if not any(not is_blank(cell) for row in rows for cell in row):
                continue
            merged = [MergedRange(*first, *last) for first, last in cells.merged_cell_ranges or ()]
            sheet = _sheet(file, about.name, rows, merged, marks[about.name])
            hidden = about.visible is not SheetVisibleEnum.Visible
            with_header = has_header(sheet.head[:HEADER_WITHIN], names)
            opened.append(_Opened(sheet, marks[about.name], hidden, with_header))
    return opened


def _sheet(file: str, name: str, rows: list[list[Any]], merged: list[MergedRange], marks: SheetMarks) -> Sheet:
    formulas: dict[int, set[int]] = {}
    for (row, column), result in marks.formulas.items():
        if result is not None:
            formulas.setdefault(column, set()).add(row)
    return sheet_of_rows(
        file,
        rows,
        range(1, 2**20 + 1),
        name=name,
        year=year_of(name),
        merged=merged,
        formulas={column: frozenset(lines) for column, lines in formulas.items()},
    )


def _put_marks(rows: list[list[Any]], marks: SheetMarks) -> None:
    """Write into the cells what their values do not tell; rows are made as wide as the widest."""
    width = max([marks.columns, *(len(row) for row in rows)])
    rows.extend([] for _ in range(marks.rows - len(rows)))
    for row in rows:
        row.extend([""] * (width - len(row)))
    for row_number, column in marks.percent:
        if row_number < len(rows) and column < width:
            rows[row_number][column] = _with_percent_sign(rows[row_number][column])
    for (row_number, column), error in marks.errors.items():
        rows[row_number][column] = error
    for (row_number, column), result in marks.formulas.items():
        if result is None:
            rows[row_number][column] = Mark.UNCALCULATED


def _with_percent_sign(value: Any) -> Any:
    """A number as the sheet shows it: 0.125 in a percent format is 12.5%."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return f"{Decimal(repr(value)) * 100:f}%"


def _data_sheets(opened: Sequence[_Opened], *, with_years: bool) -> list[_Opened]:
    """The sheets to read. A sheet named by a year is read even without a header: leaving it out would lose a year."""
    by_year = [one for one in opened if with_years and one.sheet.year is not None]
    if any(one.has_header for one in by_year):
        return by_year
    named = [one for one in opened if _is_named_data(one)]
    with_header = [one for one in opened if one.has_header]
    return (named or with_header or list(opened))[:1]


def _is_named_data(one: _Opened) -> bool:
    return normalised(one.name).casefold() in DATA_SHEETS


def _report_others(file: str, opened: Sequence[_Opened], chosen: Sequence[_Opened], found: Collected) -> None:
    others = [one for one in opened if one not in chosen and one.has_header]
    if not others:
        return
    zh = "、".join(f"{one.name}（隐藏）" if one.hidden else one.name for one in others)
    en = ", ".join(f"{one.name} (hidden)" if one.hidden else one.name for one in others)
    read = ", ".join(one.name for one in chosen)
    by_name = any(one.sheet.year is not None or _is_named_data(one) for one in chosen)
    tell = found.info if by_name else found.warning  # nobody said that the first one is all there is
    tell(
        "other_sheets",
        Text(
            f"只读取了 {read}；也像数据而未读取的工作表：{zh}",
            f"only {read} was read; sheets that also look like data: {en}",
        ),
        Text(
            "把要读的工作表命名为“数据”，或各年以年份命名",
            "name the sheet to read 'data', or name sheets by their years",
        ),
        place=Place(file),
    )


def _report_hidden(one: _Opened, found: Collected) -> None:
    """Say what was read although nobody sees it in the spreadsheet."""
    if one.hidden:
        found.warning(
            "hidden_sheet",
            Text("读取的是隐藏的工作表", "the sheet that was read is hidden"),
            Text("核对后取消隐藏", "check it and unhide it"),
            place=one.sheet.place(),
        )
    height, width = one.marks.rows, one.marks.columns
    rows = [str(row + 1) for row in one.marks.hidden_rows if row < height]
    if rows:
        spans = _spans([int(row) for row in rows])
        found.warning(
            "hidden_rows",
            Text(f"隐藏的第 {spans} 行也已读取", f"hidden rows were read too: {spans}"),
            Text(
                "不该参评的行请删除，而不是隐藏", "delete rows that are not to be evaluated; hiding them is not enough"
            ),
            place=one.sheet.place(),
        )
    columns = [column_letters(column) for column in one.marks.hidden_columns if column < width]
    if columns:
        found.warning(
            "hidden_columns",
            Text(f"隐藏的 {', '.join(columns)} 列也已读取", f"hidden columns were read too: {', '.join(columns)}"),
            Text("不该读取的列请删除，而不是隐藏", "delete columns that are not to be read; hiding them is not enough"),
            place=one.sheet.place(),
        )


def _spans(numbers: Iterable[int]) -> str:
    """Numbers with neighbours joined.

    >>> _spans([5, 6, 7, 12])
    '5-7, 12'
    """
    spans = []
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in group]
        spans.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return ", ".join(spans[:_LISTED]) + (" …" if len(spans) > _LISTED else "")

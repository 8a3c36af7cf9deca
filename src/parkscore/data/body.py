"""The body of a sheet: which rows count, and what their cells say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.cells import (
    NOTICES,
    Fault,
    NumberColumn,
    RawCells,
    is_blank,
    read_coded_texts,
    read_numbers,
    read_years,
)
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.collecting import Collected
from parkscore.data.credit_codes import are_codes, standard_forms
from parkscore.data.layout import Heading, Layout, measure_of
from parkscore.data.row_kinds import is_remark, is_statistic
from parkscore.data.sheets import Sheet
from parkscore.data.table import UNIT, YEAR, Conversion, State
from parkscore.framework.measures import conversion, convert
from parkscore.framework.models import USCC, Framework
from parkscore.language import Text

TOTAL_ROW: Final = "total_row"
REMARK_ROW: Final = "remark_row"
"""What the findings say of rows that are left out, because they are no units."""


@dataclass
class Body:
    """What one sheet says, row by row: the rows left in have a unit that is no total.

    rows: for each, its row in the sheet from 0. units: "" where there is none. years: 0 where there is none.
    columns: number fields as values and states, text fields as texts.
    elsewhere: (row among those left in, field) -> the column, where it is not the first of that field.
    """

    sheet: Sheet
    layout: Layout
    rows: npt.NDArray[np.int64]
    units: npt.NDArray[Any]
    years: npt.NDArray[np.int64] | None
    numbers: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]] = field(default_factory=dict)
    texts: dict[str, CodedTexts] = field(default_factory=dict)
    conversions: list[Conversion] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    elsewhere: dict[tuple[int, str], int] = field(default_factory=dict)

    def only(self, keep: npt.NDArray[np.int64]) -> Body:
        """The body with some of its rows."""
        new = {row: number for number, row in enumerate(keep.tolist())}
        return replace(
            self,
            rows=self.rows[keep],
            units=self.units[keep],
            years=None if self.years is None else self.years[keep],
            numbers={name: (values[keep], states[keep]) for name, (values, states) in self.numbers.items()},
            texts={name: texts.taken(keep) for name, texts in self.texts.items()},
            elsewhere={(new[row], name): column for (row, name), column in self.elsewhere.items() if row in new},
        )


def read_body(sheet: Sheet, layout: Layout, framework: Framework, found: Collected) -> Body:
    """Read every row below the header, collecting what is wrong with any cell."""
    units = _read_units(sheet, layout, framework, found)
    rows = np.flatnonzero(units.codes >= 0)
    body = Body(sheet, layout, rows + layout.first_row, units.taken(rows).values, None)
    _report_merged(body, found)
    if framework.time is not None:
        body.years = _read_year_column(body, rows, found)
    for identifier, heading in _columns_of(layout):
        cells = _taken(sheet.column(heading.column, layout.first_row), rows)
        if framework.fields[identifier].is_text:
            column = read_coded_texts(cells, apostrophes=sheet.apostrophes)
            _report_faults(body, heading, identifier, column.faults, found)
            body.texts[identifier] = column.texts
            if framework.fields[identifier].kind == USCC:
                body.texts[identifier] = _standard_codes(column.texts, body, heading, identifier, found)
        else:
            _read_number_column(body, heading, identifier, cells, framework, found)
        _report_formulas(body, heading, identifier, found)
    if layout.note is not None:
        said = read_coded_texts(_taken(sheet.column(layout.note.column, layout.first_row), rows)).texts
        body.notes = [said.texts[code] for code in pd.unique(said.codes).tolist() if code >= 0]
    return body


def _columns_of(layout: Layout) -> Iterator[tuple[str, Heading]]:
    for identifier, headings in layout.fields.items():
        for heading in headings:
            yield identifier, heading


def _taken(cells: RawCells, rows: npt.NDArray[np.int64]) -> RawCells:
    """The cells of some rows."""
    if len(rows) == len(cells):
        return cells
    if isinstance(cells, ArrowCells):
        return cells.taken(rows)
    return cells[rows] if isinstance(cells, np.ndarray) else [cells[row] for row in rows.tolist()]


def _read_units(sheet: Sheet, layout: Layout, framework: Framework, found: Collected) -> CodedTexts:
    """The unit of each row below the header; none for rows left out: empty ones, totals, rows without a unit."""
    if layout.unit is None:
        count = len(sheet.column(next(layout.headings()).column, layout.first_row))
        filled = set(_rows_with_values(sheet, layout, range(count)))
        return CodedTexts.of(["" if row in filled else None for row in range(count)])
    column = read_coded_texts(sheet.column(layout.unit.column, layout.first_row), apostrophes=sheet.apostrophes)
    for fault in column.faults:
        place = sheet.place(fault.row + layout.first_row, layout.unit.column)
        found.error(fault.code, fault.message, fault.hint, place=place, value=fault.value)
    read, doubtful = column.texts, None
    if framework.unit.kind == USCC:
        everything = Body(sheet, layout, np.arange(len(read)) + layout.first_row, read.values, None)
        read = _standard_codes(read, everything, layout.unit, None, found)
        doubtful = np.flatnonzero(~are_codes(read.texts))  # a right code is no total and no remark
    codes, texts = read.codes, read.texts
    faulty = {fault.row for fault in column.faults}
    nameless = [row for row in np.flatnonzero(codes < 0).tolist() if row not in faulty]
    for row in _rows_with_values(sheet, layout, nameless):
        found.error(
            "unit_missing",
            Text(f"这一行有数据，但“{layout.unit.text}”是空的", f"the row has values but no '{layout.unit.text}'"),
            Text("填上评价对象，或删掉这一行", "name the unit, or delete the row"),
            place=sheet.place(row + layout.first_row, layout.unit.column),
        )
    statistics = _rows_of(codes, texts, is_statistic, doubtful)
    for row in statistics:
        _report_statistic(sheet, layout, row, texts[codes[row]], found)
    remarks = _alone(sheet, layout, _rows_of(codes, texts, is_remark, doubtful))
    for row in remarks:
        _report_remark(sheet, layout, row, texts[codes[row]], found)
    if not statistics and not remarks:
        return read
    kept = codes.copy()
    kept[[*statistics, *remarks]] = -1
    return CodedTexts(kept, texts)


def _standard_codes(
    texts: CodedTexts, body: Body, heading: Heading, identifier: str | None, found: Collected
) -> CodedTexts:
    """The codes in capital letters, half-width and without spaces, so that one enterprise has one code; said once."""
    forms, rewritten = standard_forms(texts.texts)
    if not rewritten.size:
        return texts
    rows = np.flatnonzero(np.isin(texts.codes, rewritten))
    found.info(
        "uscc_rewritten",
        Text(
            f"{len(rows)} 个代码有小写、全角、空格或连字符，按标准写法读取",
            f"{len(rows)} codes have lower case, full-width letters, spaces or hyphens; read in the standard form",
        ),
        place=body.sheet.place(int(body.rows[rows[0]]), heading.column),
        field=identifier,
    )
    return texts.spelled(forms)


def _rows_of(
    codes: npt.NDArray[np.int32],
    texts: npt.NDArray[Any],
    is_meant: Callable[[str], bool],
    among: npt.NDArray[np.intp] | None = None,
) -> list[int]:
    """The rows whose text is meant, in order; each text, or each of those among which it may be, is looked at once."""
    numbers = range(len(texts)) if among is None else among.tolist()
    meant = [number for number in numbers if is_meant(texts[number])]
    return np.flatnonzero(np.isin(codes, meant)).tolist() if meant else []


def _report_statistic(sheet: Sheet, layout: Layout, row: int, unit: str, found: Collected) -> None:
    found.warning(
        TOTAL_ROW,
        Text("这是合计或平均行，不是评价对象，未读取", "this row is a total or an average, not a unit; it is left out"),
        Text("若确是评价对象，请改用全称", "if it is a unit, write its full name"),
        place=sheet.place(row + layout.first_row, layout.unit.column if layout.unit else None),
        value=unit,
    )


def _report_remark(sheet: Sheet, layout: Layout, row: int, text: str, found: Collected) -> None:
    found.info(
        REMARK_ROW,
        Text("这是附注，不是评价对象，未读取", "this row is a remark, not a unit; it is left out"),
        place=sheet.place(row + layout.first_row, layout.unit.column if layout.unit else None),
        value=text,
    )


def _alone(sheet: Sheet, layout: Layout, rows: Sequence[int]) -> list[int]:
    """Those of the rows that hold nothing but their unit, in the columns that are read."""
    filled: set[int] = set()
    for heading in layout.headings() if rows else ():
        if heading is not layout.unit:
            cells = sheet.column(heading.column, layout.first_row)
            filled.update(row for row in rows if not is_blank(cells[row]))
    return [row for row in rows if row not in filled]


def _rows_with_values(sheet: Sheet, layout: Layout, rows: Iterable[int]) -> list[int]:
    """Those of the rows that hold anything in a column that is read."""
    wanted = list(rows)
    filled: set[int] = set()
    for heading in layout.headings() if wanted else ():
        cells = sheet.column(heading.column, layout.first_row)
        filled.update(row for row in wanted if not is_blank(cells[row]))
    return sorted(filled)


def _read_year_column(body: Body, rows: npt.NDArray[np.int64], found: Collected) -> npt.NDArray[np.int64]:
    """The year of each row, from its column, from the name of its sheet, or from both where they agree."""
    sheet, heading = body.sheet, body.layout.year
    stated = np.full(len(rows), sheet.year or 0, dtype=np.int64)
    if heading is None:
        return stated
    column = read_years(_taken(sheet.column(heading.column, body.layout.first_row), rows))
    faults = [fault for fault in column.faults if fault.code != "missing_year" or sheet.year is None]
    _report_faults(body, heading, None, faults, found)
    if sheet.year is None:
        return column.years
    for row in np.flatnonzero((column.years != 0) & (column.years != sheet.year)).tolist():
        found.error(
            "year_mismatch",
            Text(
                f"工作表名是 {sheet.name}，年份列是 {column.years[row]}",
                f"the sheet is {sheet.name}, the year {column.years[row]}",
            ),
            Text("改正其中一个", "correct one of the two"),
            place=sheet.place(int(body.rows[row]), heading.column),
            unit=body.units[row] or None,
        )
    return stated


def _read_number_column(
    body: Body, heading: Heading, identifier: str, cells: RawCells, framework: Framework, found: Collected
) -> None:
    """Read numbers, bring them to the field's measure, and say what was done."""
    column = read_numbers(cells, heading.measure)
    _report_faults(body, heading, identifier, column.faults, found)
    _report_notices(body, heading, identifier, column, found)
    own = measure_of(framework.fields[identifier])
    values = convert(column.values, heading.measure, own)
    if not heading.readable:
        values, column.states = np.full(len(values), np.nan), np.full(len(values), State.MISSING, dtype=np.int8)
    _fill_in(body, heading, identifier, values, column.states, found)


def conversions_of(sheet: Sheet, layout: Layout, framework: Framework, found: Collected) -> list[Conversion]:
    """The columns that come in another measure than their field's, each reported."""
    made = []
    for identifier, heading in _columns_of(layout):
        data_field = framework.fields[identifier]
        own = measure_of(data_field)
        factor = 1.0 if data_field.is_text else conversion(heading.measure, own)
        if factor == 1.0:
            continue
        place = sheet.place(layout.header_row, heading.column)
        made.append(Conversion(identifier, heading.text, str(heading.measure), str(own), factor, place))
        found.info(
            "measure_converted",
            Text(
                f"由 {heading.measure} 换算为 {own}，乘以 {factor:.15g}",
                f"converted from {heading.measure} to {own}, times {factor:.15g}",
            ),
            place=place,
            field=identifier,
        )
    return made


def _fill_in(
    body: Body,
    heading: Heading,
    identifier: str,
    values: npt.NDArray[np.float64],
    states: npt.NDArray[np.int8],
    found: Collected,
) -> None:
    """Put a column into its field; of several columns, each in another measure, one has the value of a row."""
    if identifier not in body.numbers:
        body.numbers[identifier] = (values, states)
        return
    earlier, earlier_states = body.numbers[identifier]
    filled = states != State.MISSING
    for row in np.flatnonzero(filled & (earlier_states != State.MISSING)).tolist():
        first = body.elsewhere.get((row, identifier), body.layout.fields[identifier][0].column)
        found.error(
            "two_values",
            Text(
                f"{body.sheet.place(int(body.rows[row]), first)} 以另一单位已有这一项的值",
                f"{body.sheet.place(int(body.rows[row]), first)} has this field too, in another measure",
            ),
            Text("只留其中一个", "keep one of the two"),
            place=body.sheet.place(int(body.rows[row]), heading.column),
            unit=body.units[row] or None,
            field=identifier,
            year=_year(body, row),
        )
        filled[row] = False
    body.numbers[identifier] = (np.where(filled, values, earlier), np.where(filled, states, earlier_states))
    body.elsewhere.update(((row, identifier), heading.column) for row in np.flatnonzero(filled).tolist())


def _report_faults(
    body: Body, heading: Heading, identifier: str | None, faults: Sequence[Fault], found: Collected
) -> None:
    for fault in faults:
        found.error(
            fault.code,
            fault.message,
            fault.hint,
            place=body.sheet.place(int(body.rows[fault.row]), heading.column),
            unit=body.units[fault.row] or None,
            field=identifier,
            year=_year(body, fault.row),
            value=fault.value,
        )


def _year(body: Body, row: int) -> int | None:
    return int(body.years[row]) or None if body.years is not None else None


def _report_notices(body: Body, heading: Heading, identifier: str, column: NumberColumn, found: Collected) -> None:
    for code, rows in column.notices.items():
        what = NOTICES[code]
        found.info(
            code,
            Text(f"{len(rows)} {what.zh}", f"{len(rows)} {what.en}"),
            place=body.sheet.place(int(body.rows[rows[0]]), heading.column),
            field=identifier,
        )


def _report_formulas(body: Body, heading: Heading, identifier: str, found: Collected) -> None:
    spots = body.sheet.formulas.get(heading.column, frozenset())
    rows = [int(row) for row in body.rows if int(row) in spots] if spots else []
    if rows:
        found.info(
            "formula_cells",
            Text(
                f"{len(rows)} 个单元格是公式，采用最近一次保存的结果",
                f"{len(rows)} cells are formulas; their last saved results are used",
            ),
            place=body.sheet.place(rows[0], heading.column),
            field=identifier,
        )


def _report_merged(body: Body, found: Collected) -> None:
    """Report merged cells among the rows and columns that are read: only the first of them holds the value."""
    columns = [heading.column for heading in body.layout.headings()]
    for merged in body.sheet.merged:
        in_rows = np.any((body.rows >= merged.top) & (body.rows <= merged.bottom))
        in_columns = any(merged.left <= column <= merged.right for column in columns)
        if merged.top >= body.layout.first_row and in_rows and in_columns:
            found.error(
                "merged_cells",
                Text(
                    f"合并单元格 {merged} 只有第一格有值", f"of the merged cells {merged} only the first has the value"
                ),
                Text("取消合并，每格都填上", "unmerge them and fill in every cell"),
                place=body.sheet.place(merged.top, merged.left),
            )


def key_columns(layout: Layout) -> dict[str, int]:
    """The column of the unit and of the year, by the names they have in a table."""
    keys = {UNIT: layout.unit, YEAR: layout.year}
    return {name: heading.column for name, heading in keys.items() if heading is not None}

"""The body of a sheet: which rows count, and what their cells say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.arrow_texts import CellColumn, some_of
from parkscore.data.cells import (
    NOTICES,
    Fault,
    NumberColumn,
    RawCells,
    read_coded_texts,
    read_numbers,
    read_years,
)
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.collecting import Collected
from parkscore.data.credit_codes import standard_forms
from parkscore.data.layout import Heading, Layout, measure_of
from parkscore.data.sheets import Sheet
from parkscore.data.table import UNIT, YEAR, Conversion, State
from parkscore.data.units import REWRITTEN, REWRITTEN_TEXT, read_units
from parkscore.framework.measures import conversion, convert
from parkscore.framework.models import USCC, Framework
from parkscore.language import Text, agreeing, plural


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
    units: CellColumn
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
            units=some_of(self.units, keep),
            years=None if self.years is None else self.years[keep],
            numbers={name: (values[keep], states[keep]) for name, (values, states) in self.numbers.items()},
            texts={name: texts.taken(keep) for name, texts in self.texts.items()},
            elsewhere={(new[row], name): column for (row, name), column in self.elsewhere.items() if row in new},
        )


def read_body(
    sheet: Sheet, layout: Layout, framework: Framework, found: Collected, fields: Collection[str] | None = None
) -> Body:
    """Read every row below the header, collecting what is wrong with any cell; all fields, or some of them."""
    units, rows = read_units(sheet, layout, framework, found)
    body = Body(sheet, layout, rows + layout.first_row, units, None)
    _report_merged(body, found)
    if framework.time is not None:
        body.years = _read_year_column(body, rows, found)
    for identifier, heading in _columns_of(layout):
        if fields is not None and identifier not in fields:
            continue
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
        met, first = np.unique(said.codes, return_index=True)
        body.notes = [said.texts[code] for code in met[np.argsort(first)].tolist() if code >= 0]
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


def _standard_codes(texts: CodedTexts, body: Body, heading: Heading, identifier: str, found: Collected) -> CodedTexts:
    """The codes in capital letters, half-width and without spaces, so that one enterprise has one code."""
    forms, rewritten = standard_forms(texts.texts)
    if not rewritten.size:
        return texts
    rows = np.flatnonzero(np.isin(texts.codes, rewritten))
    if rows.size:
        place = body.sheet.place(int(body.rows[rows[0]]), heading.column)
        found.count_cells(REWRITTEN, len(rows), REWRITTEN_TEXT, place=place, field=identifier)
    return texts.spelled(forms)


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
    named = heading.text if identifier is not None and not heading.text.startswith(identifier) else None
    for fault in faults:
        message = fault.message
        if named is not None:  # whoever fills in a table knows its headers, not the ids of fields
            message = Text(f"“{named}”：{message.zh}", f"'{named}': {message.en}")
        found.error(
            fault.code,
            message,
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
        place = body.sheet.place(int(body.rows[rows[0]]), heading.column)
        found.count_cells(code, len(rows), NOTICES[code], place=place, field=identifier)


def _report_formulas(body: Body, heading: Heading, identifier: str, found: Collected) -> None:
    spots = body.sheet.formulas.get(heading.column, frozenset())
    rows = [int(row) for row in body.rows if int(row) in spots] if spots else []
    if rows:
        found.info(
            "formula_cells",
            Text(
                f"{len(rows)} 个单元格是公式，采用最近一次保存的结果",
                f"{plural(len(rows), 'cell')} "
                + agreeing(
                    len(rows),
                    "is a formula; its last saved result is used",
                    "are formulas; their last saved results are used",
                ),
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

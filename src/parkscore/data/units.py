"""The unit of each row of a sheet, and the rows that are left out: empty ones, totals, remarks, rows without a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.arrow_texts import ArrowTexts, CellColumn, missing_in, objects_in, some_of
from parkscore.data.cells import Fault, RawCells, is_blank, read_each_text, read_texts
from parkscore.data.collecting import Collected
from parkscore.data.credit_codes import are_codes, standard_forms
from parkscore.data.layout import Layout
from parkscore.data.plain_texts import replaced, rows_that_may_begin_or_end
from parkscore.data.row_kinds import FIRST_ASCII, LAST, is_remark, is_statistic, may_begin
from parkscore.data.sheets import Sheet
from parkscore.findings import Place
from parkscore.framework.models import USCC, Framework
from parkscore.language import Text

Rows = npt.NDArray[np.int64]
TOTAL_ROW: Final = "total_row"
REMARK_ROW: Final = "remark_row"
"""What the findings say of rows that are left out, because they are no units."""

REWRITTEN: Final = "uscc_rewritten"
REWRITTEN_TEXT: Final = Text(
    '个代码有小写、全角、空格、连字符，或写成公式 ="…"，按标准写法读取',
    'codes with lower case, full-width letters, spaces, hyphens or as formulas ="...", read in the standard form',
)


def read_units(sheet: Sheet, layout: Layout, framework: Framework, found: Collected) -> tuple[CellColumn, Rows]:
    """The units, and for each the row below the header that it stands in."""
    if layout.unit is None:
        count = len(sheet.column(next(layout.headings()).column, layout.first_row))
        rows = np.array(_rows_with_values(sheet, layout, range(count)), dtype=np.int64)
        return np.full(len(rows), "", dtype=object), rows
    units, faults = _texts(sheet.column(layout.unit.column, layout.first_row), apostrophes=sheet.apostrophes)
    for fault in faults:
        place = sheet.place(fault.row + layout.first_row, layout.unit.column)
        found.error(fault.code, fault.message, fault.hint, place=place, value=fault.value)
    none = missing_in(units)
    if none.any():
        faulty = {fault.row for fault in faults}
        _report_nameless(sheet, layout, [row for row in np.flatnonzero(none).tolist() if row not in faulty], found)
    if framework.unit.kind == USCC:
        units, rewritten = _standard_codes(units, none)
        if rewritten.size:
            place = sheet.place(int(rewritten[0]) + layout.first_row, layout.unit.column)
            found.count_cells(REWRITTEN, len(rewritten), REWRITTEN_TEXT, place=place)
    possible = _may_be_no_units(units)
    totals = [row for row in possible if is_statistic(units[row])]
    remarks = _alone(sheet, layout, [row for row in possible if is_remark(units[row])])
    for row in totals:
        _report_total(sheet.place(row + layout.first_row, layout.unit.column), units[row], found)
    for row in remarks:
        _report_remark(sheet.place(row + layout.first_row, layout.unit.column), units[row], found)
    none[[*totals, *remarks]] = True
    rows = np.flatnonzero(~none)
    return (units if len(rows) == len(units) else some_of(units, rows)), rows


def _texts(cells: RawCells, *, apostrophes: bool) -> tuple[CellColumn, list[Fault]]:
    if isinstance(cells, ArrowCells) and cells.is_text:
        whole = read_each_text(cells.texts, apostrophes=apostrophes)
        return ArrowTexts.of(whole.texts), whole.faults
    column = read_texts(cells, apostrophes=apostrophes)
    units = np.empty(len(column.texts), dtype=object)
    units[:] = column.texts
    return units, column.faults


def _standard_codes(units: CellColumn, none: npt.NDArray[np.bool_]) -> tuple[CellColumn, Rows]:
    """The codes in capital letters, half-width and without spaces, and the rows that differed."""
    wrong = np.flatnonzero(~are_codes(units) & ~none)
    forms, places = standard_forms(objects_in(some_of(units, wrong)))
    rewritten = wrong[places]
    if isinstance(units, ArrowTexts):
        return (ArrowTexts(replaced(units.array, rewritten, forms[places])) if places.size else units), rewritten
    units = units.copy()
    units[rewritten] = forms[places]
    return units, rewritten


def _may_be_no_units(units: CellColumn) -> list[int]:
    """The rows whose unit begins like a total or a remark, or ends like a total."""
    if isinstance(units, ArrowTexts):
        rows = rows_that_may_begin_or_end(units.array, FIRST_ASCII, LAST)
        possible = units.taken(rows).objects
    else:
        rows = np.flatnonzero(~missing_in(units))
        possible = units[rows]
    names = zip(rows.tolist(), possible, strict=True)
    return [row for row, unit in names if may_begin(unit[:1]) or unit[-1:] in LAST]


def _report_nameless(sheet: Sheet, layout: Layout, rows: Sequence[int], found: Collected) -> None:
    assert layout.unit is not None  # noqa: S101  # whoever looks for nameless rows has read their units
    for row in _rows_with_values(sheet, layout, rows):
        found.error(
            "unit_missing",
            Text(f"这一行有数据，但“{layout.unit.text}”是空的", f"the row has values but no '{layout.unit.text}'"),
            Text("填上评价对象，或删掉这一行", "name the unit, or delete the row"),
            place=sheet.place(row + layout.first_row, layout.unit.column),
        )


def _report_total(place: Place, unit: str, found: Collected) -> None:
    found.warning(
        TOTAL_ROW,
        Text(
            "这是合计、平均等统计行，不是评价对象，未读取",
            "this row is a total, an average or the like, not a unit; it is left out",
        ),
        Text("若确是评价对象，请改用全称", "if it is a unit, write its full name"),
        place=place,
        value=unit,
    )


def _report_remark(place: Place, text: str, found: Collected) -> None:
    found.info(
        REMARK_ROW,
        Text("这是附注，不是评价对象，未读取", "this row is a remark, not a unit; it is left out"),
        place=place,
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

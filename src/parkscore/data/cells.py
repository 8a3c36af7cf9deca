"""One column of cells becomes numbers, texts or years: what a cell means, and what it must not be taken for."""

from __future__ import annotations

import datetime
import math
import numbers
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, codes_of, objects_of
from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.coded_texts import CodedTexts, PlainTexts
from parkscore.data.number_texts import PlainNumbers, plain_numbers
from parkscore.data.plain_texts import doubtful_texts, replaced
from parkscore.data.table import State
from parkscore.framework.measures import Measure, MeasureError, parse_measure
from parkscore.language import Text
from parkscore.late_pandas import pd

RawCells = Sequence[Any] | npt.NDArray[Any] | ArrowCells


class Mark(Enum):
    """What stands in a cell in place of a value."""

    UNCALCULATED = "formula"

    def __str__(self) -> str:
        """What a message shows as the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read; row counts within the column."""

    row: int
    code: str
    value: Any
    message: Text
    hint: Text | None


@dataclass(slots=True)
class NumberColumn:
    """Numbers in the measure of the column's heading, NaN where there is none, and a `State` for each.

    notices: code -> the rows where a spelling was understood that is worth saying once per column.
    """

    values: npt.NDArray[np.float64]
    states: npt.NDArray[np.int8]
    faults: list[Fault] = field(default_factory=list)
    notices: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class TextColumn:
    """Texts, None where there is none."""

    texts: list[str | None]
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class CodedColumn:
    """Texts, each kept once."""

    texts: CodedTexts
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class YearColumn:
    """Years, 0 where there is a fault."""

    years: npt.NDArray[np.int64]
    faults: list[Fault] = field(default_factory=list)


MISSING_WORDS: Final = frozenset({"", "na", "nan", "null", "缺失", "missing"})
NOT_APPLICABLE_WORDS: Final = frozenset({"不适用", "not applicable"})
# Each of these is used for "missing", for "not applicable" and for zero: nobody but the sender knows.
AMBIGUOUS_WORDS: Final = frozenset(
    {"n/a", "-", "--", "---", "–", "—", "——", "/", "\\", "…", "……", "...", "......", ".", "无", "none", "nil"}
)
INFINITE_WORDS: Final = frozenset({"inf", "infinity", "∞"})
EXCEL_ERRORS: Final = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"}
)

_ORDINARY: Final = str.maketrans("０１２３４５６７８９．，－−＋％", "0123456789.,--+%")
_SPACES: Final = str.maketrans("\u00a0\u2009\u202f\u3000\ufeff\u200b", "      ")
_PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_SIGNS: Final = "0123456789.+-eE"
_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}([, ])\d{3}(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_WITH_MEASURE: Final = re.compile(r"([+-]?[\d.,]*\d)\s*(\D.*)", re.ASCII | re.DOTALL)
_YES_AND_NO: Final = frozenset({"是", "否", "yes", "no", "true", "false"})
_YEAR: Final = re.compile(r"(\d{4})(?:\.0+)?(?:年度?)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_LONGEST_NUMBER: Final = 400
_SHOWN: Final = 60
_EXACT_BELOW: Final = 1e15  # a spreadsheet keeps 15 digits of a number
_SHORTENED: Final = re.compile(r"\d\.\d+[eE]\+(?:1[1-9]|[2-9]\d)", re.ASCII)  # what a spreadsheet makes of 18 digits
_PROTECTED: Final = re.compile(r"'[=+\-@\t\r＝＋－＠]")

FULL_WIDTH: Final = "full_width_digits"
THOUSANDS: Final = "thousands_separators"
PERCENT: Final = "percent_signs"

NOTICES: Final = {
    FULL_WIDTH: Text(
        "个单元格含全角数字或符号，按半角读取", "cells with full-width digits or signs, read as ordinary ones"
    ),
    THOUSANDS: Text("个单元格含千位分隔符，已去掉", "cells with thousands separators, taken out"),
    PERCENT: Text(
        "个单元格是百分数，已按计量单位换算", "cells that are percentages, converted to the measure of the field"
    ),
}

_FAULTS: Final = {
    "ambiguous_empty": (
        Text("这个写法含义不明：缺失、不适用还是零？", "can mean missing, not applicable or zero"),
        Text(
            "缺失请留空，不适用请写“不适用”，零请写 0",
            "leave it empty if missing, write 不适用 if not applicable, 0 if zero",
        ),
    ),
    "excel_error": (
        Text("是 Excel 的错误值", "is an error value of the spreadsheet"),
        Text("改正公式，或留空表示缺失", "correct the formula, or leave the cell empty if the value is missing"),
    ),
    "formula_not_calculated": (
        Text("公式从未计算过，没有可信的结果", "the formula was never calculated, so its result cannot be trusted"),
        Text("用 Excel 或 WPS 打开并保存，或粘贴为数值", "open and save it in Excel or WPS, or paste it as values"),
    ),
    "infinite": (
        Text("不是有限的数", "is not a finite number"),
        Text("改成实际数值，或留空表示缺失", "write the actual number, or leave the cell empty if it is missing"),
    ),
    "boolean_in_number": (
        Text("是逻辑值，这里应是数", "is true or false where a number is expected"),
        Text("写 1 或 0", "write 1 or 0"),
    ),
    "date_in_number": (
        Text("是日期，这里应是数", "is a date where a number is expected"),
        Text("把单元格格式改为“常规”再核对数值", "set the cell's format to General and check the number"),
    ),
    "percent_in_quantity": (
        Text("是百分数，而这一列不是比率", "is a percentage, but the column is not a ratio"),
        Text("写数值本身，或改正单元格格式", "write the amount itself, or correct the format of the cell"),
    ),
    "measure_in_cell": (
        Text("数后面带着计量单位", "has a measure after the number"),
        Text(
            "单元格里只写数，单位写在表头，如 营业收入(亿元)",
            "keep the number only and put the measure in the header, like 营业收入(亿元)",
        ),
    ),
    "yes_or_no": (
        Text("是文字，不是数", "is a word and no number"),
        Text("是写 1，否写 0；缺失请留空", "write 1 for yes and 0 for no, or leave the cell empty if it is missing"),
    ),
    "text_in_number": (
        Text("不是数", "is not a number"),
        Text("写一个数；缺失请留空", "write a number, or leave the cell empty if it is missing"),
    ),
    "digits_lost": (
        Text(
            "超过 15 位的数字作为数值保存，末几位已丢失",
            "has more than 15 digits and was kept as a number, so its last digits are lost",
        ),
        Text(
            "先把整列设为文本格式，再从原始来源重新录入",
            "format the column as text and enter it again from its source",
        ),
    ),
    "missing_year": (
        Text("没有年份", "has no year"),
        Text("写四位年份，如 2024", "write a year of four digits, like 2024"),
    ),
    "bad_year": (
        Text("不是 1900 至 2100 的年份", "is not a year from 1900 to 2100"),
        Text("写四位年份，如 2024", "write a year of four digits, like 2024"),
    ),
}


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing: no value, NaN, or white space only.

    >>> [is_blank(cell) for cell in (None, float("nan"), " 　", 0, "-")]
    [True, True, True, False, False]
    """
    if isinstance(cell, str):
        return not cell.translate(_SPACES).strip()
    return (
        cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, (float, np.floating)) and math.isnan(cell))
    )


def read_numbers(cells: RawCells, measure: Measure) -> NumberColumn:
    """Read a column of numbers that its heading gives in a measure.

    Plain numbers are taken as they are; every other cell is looked at one by one. Nothing is guessed: what can mean
    two things is a fault.

    >>> from parkscore.framework.measures import DIMENSIONLESS
    >>> column = read_numbers(["1,234.5", "不适用", "-"], DIMENSIONLESS)
    >>> column.values, [fault.code for fault in column.faults]
    (array([1234.5,    nan,    nan]), ['ambiguous_empty'])
    """
    if isinstance(cells, ArrowCells):
        written = plain_numbers(cells.texts) if cells.is_text else None
        if written is not None:
            return _read_doubtful(written, cells, measure)
        cells = cells.plain()
    plain = cells if isinstance(cells, np.ndarray) and cells.dtype.kind in "iuf" else _all_plain(cells)
    if plain is None:
        values = np.array([_plain_number(cell) for cell in cells], dtype=np.float64)
        column = NumberColumn(values, np.zeros(len(values), dtype=np.int8))
        doubtful = np.flatnonzero(~np.isfinite(values))
    else:  # all that is no number is a gap
        values = np.asarray(plain, dtype=np.float64)
        column = NumberColumn(values, np.isnan(values).astype(np.int8) * np.int8(State.MISSING))
        doubtful = np.flatnonzero(np.isinf(values))
    if doubtful.size:
        column.values = values.copy()
    for row in doubtful.tolist():
        _read_carefully(column, row, cells[row], measure)
    return column


def _read_doubtful(written: PlainNumbers, cells: ArrowCells, measure: Measure) -> NumberColumn:
    """Numbers that are written plainly as they are, the others with care."""
    missing = np.isnan(written.values).astype(np.int8) * np.int8(State.MISSING)
    column = NumberColumn(written.values, missing)
    doubtful = np.union1d(written.doubtful, np.flatnonzero(np.isinf(written.values)))
    if doubtful.size:
        column.values = written.values.copy()
        looked_at = cells.taken(doubtful).objects
        for row, cell in zip(doubtful.tolist(), looked_at, strict=True):
            _read_carefully(column, row, cell, measure)
    return column


def _all_plain(cells: RawCells) -> list[float] | None:
    """The numbers of a column of plain numbers and gaps, the usual case in a large file; else None. A gap is NaN.

    Python reads more as a number than a table may hold (1_000, nan, full-width digits), hence the look at the signs.
    """
    kinds = set(map(type, cells))
    if kinds <= {float}:
        return list(cells)
    if kinds == {float, str}:
        numbers_and_gaps = [math.nan if cell == "" else cell for cell in cells]
        return numbers_and_gaps if set(map(type, numbers_and_gaps)) == {float} else None
    try:
        return None if "".join(cells).strip(_PLAIN_SIGNS) else [float(cell) if cell else math.nan for cell in cells]
    except (TypeError, ValueError):
        return None


def _plain_number(cell: Any) -> float:
    """The number of a cell that is one and needs no thought, else NaN."""
    kind = type(cell)
    if kind is float:
        return float(cell)
    if kind is str:
        return float(cell) if _PLAIN.fullmatch(cell) else math.nan
    if kind is int:
        return float(cell) if abs(cell) < 2**1023 else math.inf
    return math.nan


def _read_carefully(column: NumberColumn, row: int, cell: Any, measure: Measure) -> None:
    """Settle one cell: a number, a state, or a fault."""
    column.values[row] = math.nan
    column.states[row] = State.MISSING
    if is_blank(cell):
        return
    try:
        if isinstance(cell, str):
            value, state, notices = _read_number_text(cell, measure)
        else:
            value, state, notices = _read_object(cell), State.VALUE, []
    except _UnreadableError as fault:
        column.faults.append(_fault(row, fault.code, cell))
        return
    column.values[row] = value
    column.states[row] = state
    for code in notices:
        column.notices.setdefault(code, []).append(row)


class _UnreadableError(Exception):
    """A cell that is no number, by the code of its fault."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def _fault(row: int, code: str, cell: Any) -> Fault:
    message, hint = _FAULTS[code]
    shown = cell if isinstance(cell, (int, float)) else str(cell)[:_SHOWN]
    return Fault(row, code, None if is_blank(cell) else shown, message, hint)


def _read_object(cell: Any) -> float:
    """The number in a cell that is neither empty nor text."""
    if cell is Mark.UNCALCULATED:
        raise _UnreadableError("formula_not_calculated")
    if isinstance(cell, (bool, np.bool_)):
        raise _UnreadableError("boolean_in_number")
    if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)):
        raise _UnreadableError("date_in_number")
    if not isinstance(cell, (numbers.Real, Decimal)):
        raise _UnreadableError("text_in_number")
    try:
        value = float(cell)
    except OverflowError:
        raise _UnreadableError("infinite") from None
    if not math.isfinite(value):
        raise _UnreadableError("infinite")
    return value


def _read_number_text(cell: str, measure: Measure) -> tuple[float, State, list[str]]:
    """Value, state and notices of a text; raises _UnreadableError."""
    spaced = cell.translate(_SPACES).strip()
    text = spaced.translate(_ORDINARY)
    _refuse_words(text)
    word = text.casefold()
    if word in MISSING_WORDS:
        return math.nan, State.MISSING, []
    if word in NOT_APPLICABLE_WORDS:
        return math.nan, State.NOT_APPLICABLE, []
    notices = [FULL_WIDTH] if text != spaced else []
    percent = text.endswith("%")
    digits = text.removesuffix("%").rstrip()
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "").replace(" ", "")
        notices.append(THOUSANDS)
    if word in _YES_AND_NO:
        raise _UnreadableError("yes_or_no")
    if len(digits) > _LONGEST_NUMBER or not _PLAIN.fullmatch(digits):
        raise _UnreadableError("measure_in_cell" if _has_measure(text) else "text_in_number")
    if not math.isfinite(float(digits)):
        raise _UnreadableError("infinite")
    if not percent:
        return float(digits), State.VALUE, notices
    if measure.dimension:
        raise _UnreadableError("percent_in_quantity")
    # One exact fraction, rounded once: 12.5% is 12.5 in % and 0.125 as a plain ratio.
    return float(Fraction(digits) / 100 / measure.factor), State.VALUE, [*notices, PERCENT]


def _refuse_words(text: str) -> None:
    word = text.casefold()
    if word in AMBIGUOUS_WORDS:
        raise _UnreadableError("ambiguous_empty")
    if text.upper() in EXCEL_ERRORS:
        raise _UnreadableError("excel_error")
    if word.lstrip("+-") in INFINITE_WORDS:
        raise _UnreadableError("infinite")


def _has_measure(text: str) -> bool:
    found = _WITH_MEASURE.fullmatch(text[:_LONGEST_NUMBER])
    if found is None:
        return False
    try:
        parse_measure(found.group(2))
    except MeasureError:
        return False
    return True


def read_texts(cells: RawCells, *, apostrophes: bool = False) -> TextColumn:
    """Read a column of texts: stripped, None where empty, whole numbers without a decimal point.

    apostrophes: take off the apostrophe that keeps a spreadsheet from running a text that starts like a formula.

    >>> read_texts([" 合肥　", 19.0, "", "'=1"], apostrophes=True).texts
    ['合肥', '19', None, '=1']
    """
    column = TextColumn([])
    for row, cell in enumerate(cells.objects if isinstance(cells, ArrowCells) else cells):
        text = text_of(cell)
        if apostrophes and text is not None and _PROTECTED.match(text):
            text = text[1:]
        if cell is Mark.UNCALCULATED:
            column.faults.append(_fault(row, "formula_not_calculated", cell))
            text = None
        elif text in EXCEL_ERRORS:
            column.faults.append(_fault(row, "excel_error", cell))
            text = None
        elif _lost_digits(cell):
            column.faults.append(_fault(row, "digits_lost", cell))
            text = None
        column.texts.append(text)
    return column


# Where no more than one text in so many needs a look, each row is looked at and not each text. To look at a text takes
# 2 us, to number one 0.03 to 0.8 us.
_RARE: Final = 16


def read_coded_texts(cells: RawCells, *, apostrophes: bool = False) -> CodedColumn:
    """Read a column of texts as `read_texts` does, looking at each text of an Arrow column only once.

    >>> import pyarrow as pa
    >>> column = read_coded_texts(ArrowCells(pa.array(["甲", " 甲", "#N/A", None])))
    >>> column.texts.values.tolist(), [(fault.row, fault.code) for fault in column.faults]
    (['甲', '甲', None, None], [(2, 'excel_error')])
    """
    if not (isinstance(cells, ArrowCells) and cells.is_text):
        column = read_texts(cells, apostrophes=apostrophes)
        return CodedColumn(CodedTexts.of(column.texts), column.faults)
    if not cells.is_coded:
        array = cells.texts
        doubtful = doubtful_texts(array)
        if len(doubtful) * _RARE <= len(array):
            whole = _read_again(array, doubtful, apostrophes=apostrophes)
            return CodedColumn(PlainTexts(whole.texts), whole.faults)
    codes, distinct = cells.coded()
    once = read_each_text(distinct, apostrophes=apostrophes)
    faults = [replace(fault, row=row) for fault in once.faults for row in np.flatnonzero(codes == fault.row).tolist()]
    faults.sort(key=lambda fault: fault.row)
    # Texts that are read alike are one from here on, and what is no text has no number.
    again = once.texts.dictionary_encode()
    texts = objects_of(again.dictionary)
    if len(texts) < len(distinct):
        codes = np.append(codes_of(again), -1).astype(np.int32)[codes]
    return CodedColumn(CodedTexts(codes, texts), faults)


@dataclass(slots=True)
class ArrowTextColumn:
    """Texts as Arrow keeps them."""

    texts: pa.Array
    faults: list[Fault]


def read_each_text(array: pa.Array, *, apostrophes: bool = False) -> ArrowTextColumn:
    """Read texts as `read_texts` does, where most are taken as they are.

    >>> read_each_text(pa.array(["合肥", " 甲", "", None])).texts.to_pylist()
    ['合肥', '甲', None, None]
    """
    return _read_again(array, doubtful_texts(array), apostrophes=apostrophes)


def _read_again(array: pa.Array, rows: npt.NDArray[np.int64], *, apostrophes: bool) -> ArrowTextColumn:
    """Texts of which those in some rows are looked at."""
    if not rows.size:
        return ArrowTextColumn(array, [])
    looked_at = read_texts(array.take(arrow_numbers(rows)).to_pylist(), apostrophes=apostrophes)
    faults = [replace(fault, row=int(rows[fault.row])) for fault in looked_at.faults]
    return ArrowTextColumn(replaced(array, rows, looked_at.texts), faults)


def _lost_digits(cell: Any) -> bool:
    """Whether a code of many digits went through a spreadsheet as a number."""
    if isinstance(cell, (float, np.floating)):
        return _EXACT_BELOW <= abs(float(cell)) < math.inf
    return isinstance(cell, str) and "+" in cell and _SHORTENED.fullmatch(cell.strip()) is not None


def text_of(cell: Any) -> str | None:
    """The text that a person sees in a cell, without white space around it; None where there is none."""
    if is_blank(cell):
        return None
    if isinstance(cell, str):
        return cell.strip(" \t\r\n\u00a0\u3000\ufeff\u200b")
    if isinstance(cell, (bool, np.bool_)):
        return str(bool(cell)).upper()  # as a spreadsheet writes it
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def read_years(cells: RawCells) -> YearColumn:
    """Read a column of years: 2024, "2024", "2024年" or 2024.0.

    >>> read_years([2024, "2024年", 2024.0, "２０２４"]).years.tolist()
    [2024, 2024, 2024, 2024]
    """
    if isinstance(cells, ArrowCells) and cells.is_text:
        return _years_of_texts(cells)
    if isinstance(cells, ArrowCells):
        cells = cells.objects if cells.array.null_count else cells.plain()
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iu" and _all_years(cells):
        return YearColumn(cells.astype(np.int64))
    column = YearColumn(np.zeros(len(cells), dtype=np.int64))
    for row, cell in enumerate(cells):
        year = year_of(cell)
        if year is None:
            blank = "missing_year" if is_blank(cell) else "bad_year"
            code = "formula_not_calculated" if cell is Mark.UNCALCULATED else blank
            column.faults.append(_fault(row, code, cell))
        else:
            column.years[row] = year
    return column


def _years_of_texts(cells: ArrowCells) -> YearColumn:
    """The years of texts, of which each is looked at once."""
    codes, distinct = cells.coded()
    once = read_years([*distinct.to_pylist(), None])
    faults = {fault.row: fault for fault in once.faults}
    codes = np.where(codes < 0, np.int32(len(distinct)), codes)
    wrong = np.flatnonzero(np.isin(codes, list(faults)))
    return YearColumn(once.years[codes], [replace(faults[int(codes[row])], row=row) for row in wrong.tolist()])


def _all_years(cells: npt.NDArray[Any]) -> bool:
    return bool(np.all((cells >= _FIRST_YEAR) & (cells <= _LAST_YEAR)))


def year_of(cell: Any) -> int | None:
    """The year that a cell or the name of a sheet states, else None."""
    if isinstance(cell, (bool, np.bool_)):
        return None
    text = str(cell).translate(_SPACES).translate(_ORDINARY).strip()
    found = _YEAR.fullmatch(text)
    year = int(found.group(1)) if found else 0
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else None

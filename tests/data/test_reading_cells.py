"""Cells: what each spelling means, and which are refused because they can mean two things."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.cells import read_coded_texts, read_numbers, year_of
from parkscore.data.coded_texts import PlainTexts
from parkscore.data.collecting import REPEATED_AT_MOST
from parkscore.data.reading import read_table
from parkscore.data.table import State
from parkscore.findings import DataError, Finding, Severity, errors_of
from parkscore.framework.measures import DIMENSIONLESS, parse_measure
from parkscore.framework.models import Framework
from tests.strategies import texts

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
both = pytest.mark.parametrize("kind", ["csv", "xlsx"])


def one_cell(cell: Any, header: str = "营业收入") -> list[list[Any]]:
    return [["高新区", "年份", header], ["甲", 2024, cell]]


@pytest.mark.parametrize("cell", ["", "  ", "　", "NA", "na", "NaN", "null", "NULL", "缺失"])
@both
def test_an_empty_cell_and_the_words_for_it_are_missing(
    cell: str, kind: str, framework: Framework, write: Write
) -> None:
    table, _ = read_table(write(one_cell(cell), kind), framework)
    assert table.states["qc05_0"].tolist() == [State.MISSING]
    assert math.isnan(table.frame.loc[0, "qc05_0"])


@pytest.mark.parametrize("cell", ["不适用", " 不适用 ", "not applicable", "Not Applicable"])
@both
def test_not_applicable_is_not_missing(cell: str, kind: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write(one_cell(cell), kind), framework)
    assert table.states["qc05_0"].tolist() == [State.NOT_APPLICABLE]
    assert math.isnan(table.frame.loc[0, "qc05_0"])


@both
def test_zero_is_a_value(kind: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write(one_cell(0), kind), framework)
    assert table.states["qc05_0"].tolist() == [State.VALUE]
    assert table.frame["qc05_0"].tolist() == [0.0]


REFUSED = [
    *((text, "ambiguous_empty") for text in ["N/A", "n/a", "-", "—", "——", "－", "/", "…", "...", "无"]),
    *(
        (text, "text_in_number")
        for text in ["约 100", "1,23", "12,34,567", "0,123", "1,234 567", "1_000", "0x1F", "5²", "½"]
    ),
    *((text, "text_in_number") for text in ["1.2.3", "１，２３", "--5", "e5", "12 个月左右"]),
    *((text, "measure_in_cell") for text in ["3.5亿元", "1,200 千元", "12人"]),
    *((text, "infinite") for text in ["inf", "-Infinity", "∞", "1e999", "-1e999"]),
    *((text, "excel_error") for text in ["#N/A", "#DIV/0!", "#REF!", "#value!"]),
    ("12.5%", "percent_in_quantity"),
    ("9" * 500, "text_in_number"),
]


@pytest.mark.parametrize(("cell", "code"), REFUSED)
@both
def test_a_cell_that_can_mean_two_things_or_nothing_is_an_error_with_a_hint(
    cell: str, code: str, kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write(one_cell(cell), kind)
    (finding,) = [finding for finding in findings_of(path, framework) if finding.severity is Severity.ERROR]
    assert (finding.code, finding.unit, finding.field, finding.year) == (code, "甲", "qc05_0", 2024)
    assert str(finding.place) == {"csv": f"{path}:2:3", "xlsx": f"{path}!Sheet1!C2"}[kind]
    assert finding.hint is not None


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("1,234", 1234.0, "thousands_separators"),
        ("1,234,567.8", 1234567.8, "thousands_separators"),
        ("-1，234", -1234.0, "thousands_separators"),
        ("1 234 567", 1234567.0, "thousands_separators"),
        ("1\u00a0234", 1234.0, "thousands_separators"),
        ("１２３", 123.0, "full_width_digits"),
        ("－１．５", -1.5, "full_width_digits"),
        ("−5", -5.0, "full_width_digits"),
    ],
)
@both
def test_a_spelling_that_can_mean_one_thing_only_is_read_and_told_once(
    cell: str, value: float, code: str, kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([*one_cell(cell), ["乙", 2024, cell], ["丙", 2024, 5]], kind)
    table, _ = read_table(path, framework)
    assert table.frame["qc05_0"].tolist() == [value, value, 5.0]
    (told,) = findings_of(path, framework, code)
    assert told.severity is Severity.INFO
    assert told.message.en.endswith(": 2")
    assert str(told.place).endswith({"csv": ":2:3", "xlsx": "!C2"}[kind])


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        ("研发人员占比", "12.5%", 12.5),
        ("研发人员占比(%)", "12.5％", 12.5),
        ("研发人员占比", "0.07%", 0.07),
        ("研发人员占比(倍)", "12.5%", 12.5),
        ("绿地率", "12.5%", 0.125),
        ("绿地率", "7%", 0.07),
        ("绿地率(%)", "7%", 0.07),
        ("绿地率", "-1,250%", -12.5),
    ],
)
@both
def test_a_percentage_is_read_by_what_the_field_is_kept_in(
    header: str, cell: str, value: float, kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write(one_cell(cell, header), kind)
    table, _ = read_table(path, framework)
    field = "green" if "绿地率" in header else "rd"
    assert table.frame[field].tolist() == [value]
    assert len(findings_of(path, framework, "percent_signs")) == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_out_by_python_is_read_back_to_the_last_bit(number: float) -> None:
    column = read_numbers([repr(number), number, ""], DIMENSIONLESS)
    assert column.values[:2].tolist() == [number, number]
    assert column.states.tolist() == [State.VALUE, State.VALUE, State.MISSING]


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_whole_number_with_thousands_separators_is_that_number(number: int) -> None:
    assert read_numbers([f"{number:,}"], DIMENSIONLESS).values.tolist() == [float(number)]


@given(st.lists(st.text(max_size=12) | st.floats() | st.booleans() | st.none() | st.integers(), max_size=20))
def test_whatever_stands_in_a_cell_it_is_a_finite_number_a_gap_or_a_fault(cells: list[Any]) -> None:
    column = read_numbers(cells, parse_measure("%"))
    faulty = {fault.row for fault in column.faults}
    for row, (value, state) in enumerate(zip(column.values, column.states, strict=True)):
        assert math.isfinite(value) == (state == State.VALUE)
        assert row not in faulty or state == State.MISSING


@given(st.lists(st.sampled_from(["1", "2.5", "-3e2", ".5", "7.", "+1"]), min_size=1), st.data())
def test_the_short_way_for_plain_columns_reads_the_same_as_cell_by_cell(cells: list[str], data: st.DataObject) -> None:
    gap = data.draw(st.integers(0, len(cells)))
    together = read_numbers(cells, DIMENSIONLESS).values
    with_gap = read_numbers([*cells[:gap], "", *cells[gap:]], DIMENSIONLESS).values
    assert np.array_equal(np.delete(with_gap, gap), together)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (True, "boolean_in_number"),
        (np.bool_(False), "boolean_in_number"),
        (datetime.date(2024, 1, 2), "date_in_number"),
        (pd.Timestamp("2024-01-02"), "date_in_number"),
        (datetime.timedelta(1), "date_in_number"),
        (math.inf, "infinite"),
        (10**400, "infinite"),
        (decimal.Decimal("Infinity"), "infinite"),
        (["a"], "text_in_number"),
        (1 + 2j, "text_in_number"),
    ],
)
def test_an_object_that_is_no_number_is_an_error_in_a_frame(
    cell: Any, code: str, framework: Framework, findings_of: FindingsOf
) -> None:
    frame = pd.DataFrame({"高新区": ["甲", "乙"], "年份": 2024, "营业收入": pd.Series([1, cell], dtype=object)})
    (finding,) = [finding for finding in findings_of(frame, framework) if finding.severity is Severity.ERROR]
    assert (finding.code, finding.unit) == (code, "乙")
    assert str(finding.place) == "DataFrame:2:3"


@pytest.mark.parametrize("cell", [decimal.Decimal("2.5"), np.float32(2.5), np.int16(2), 2, 2.5])
def test_any_kind_of_number_is_a_number_in_a_frame(cell: Any, framework: Framework) -> None:
    frame = pd.DataFrame({"高新区": ["甲"], "年份": 2024, "营业收入": pd.Series([cell], dtype=object)})
    table, _ = read_table(frame, framework)
    assert table.frame["qc05_0"].tolist() == [float(cell)]


@pytest.mark.parametrize("cell", [True, False])
def test_true_and_false_are_no_numbers_in_a_workbook(
    cell: bool, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    (finding,) = findings_of(write(one_cell(cell), "xlsx"), framework, "boolean_in_number")
    assert str(finding.place).endswith("!Sheet1!C2")


@pytest.mark.parametrize(
    ("cell", "text"), [(" 初创　", "初创"), (19, "19"), (19.5, "19.5"), ("019", "019"), ("", None), ("NA", "NA")]
)
@both
def test_a_text_field_keeps_what_a_person_sees(
    cell: Any, text: str | None, kind: str, framework: Framework, write: Write
) -> None:
    rows = [["高新区", "年份", "营业收入", "发展阶段"], ["甲", 2024, 1, cell]]
    table, _ = read_table(write(rows, kind), framework)
    assert table.frame["stage"].tolist() == [text]


@pytest.mark.parametrize("protected", ["'=1+1", "'+86", "'-x", "'@a", "'＝１"])
def test_the_apostrophe_that_protects_a_text_in_csv_is_taken_off(
    protected: str, framework: Framework, write: Write
) -> None:
    rows = [["高新区", "年份", "营业收入", "发展阶段"], [protected, 2024, 1, protected]]
    table, _ = read_table(write(rows), framework)
    assert table.frame["stage"].tolist() == [protected[1:]]
    assert table.units.tolist() == [protected[1:]]
    table, _ = read_table(write(rows, "xlsx"), framework)
    assert table.frame["stage"].tolist() == [protected]


def test_an_apostrophe_that_protects_nothing_stays(framework: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", "年份", "营业收入"], ["'甲'", 2024, 1]]), framework)
    assert table.units.tolist() == ["'甲'"]


@pytest.mark.parametrize("cell", [2024, "2024", "2024年", "2024 ", 2024.0, "２０２４", "2024年度"], ids=repr)
@both
def test_a_year_is_read_in_its_usual_spellings(cell: Any, kind: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", "年份", "营业收入"], ["甲", cell, 1]], kind), framework)
    assert table.frame["year"].tolist() == [2024]
    assert table.frame["year"].dtype == np.int64


@pytest.mark.parametrize(
    ("cell", "code"),
    [("", "missing_year"), ("24", "bad_year"), (2024.5, "bad_year"), ("二〇二四", "bad_year"), (20240, "bad_year")],
)
@both
def test_what_is_no_year_is_an_error(
    cell: Any, code: str, kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", cell, 1]], kind)
    (finding,) = [finding for finding in findings_of(path, framework) if finding.severity is Severity.ERROR]
    assert (finding.code, finding.unit) == (code, "甲")
    assert str(finding.place).endswith({"csv": ":2:2", "xlsx": "!B2"}[kind])


@given(st.text(max_size=8) | st.floats() | st.integers() | st.booleans() | st.none())
def test_whatever_is_asked_for_its_year_gives_a_year_or_none(cell: Any) -> None:
    year = year_of(cell)
    assert year is None or 1900 <= year <= 2100


def test_of_one_mistake_in_every_row_the_first_are_listed_and_the_rest_counted(
    revenue_only: Framework, write: Write
) -> None:
    rows = [["高新区", "营业收入"], *([f"园{number}", "多"] for number in range(REPEATED_AT_MOST + 50))]
    with pytest.raises(DataError) as raised:
        read_table(write(rows), revenue_only)
    errors = errors_of(raised.value.findings)
    assert len(errors) == REPEATED_AT_MOST + 1
    assert any("50 more" in finding.message.en for finding in errors)


@pytest.mark.parametrize("cells", [["1.5", "", "-2e3"], [1.5, "", -2000.0], [1.5, math.nan, -2000.0]])
def test_a_gap_among_plain_numbers_is_missing_and_nothing_else(cells: list[Any]) -> None:
    column = read_numbers(cells, DIMENSIONLESS)
    assert column.values[[0, 2]].tolist() == [1.5, -2000.0]
    assert column.states.tolist() == [State.VALUE, State.MISSING, State.VALUE]
    assert column.faults == []


@pytest.mark.parametrize("cells", [["1", "", "1e999"], [1.0, "", math.inf]])
def test_what_is_infinite_among_plain_numbers_is_still_refused(cells: list[Any]) -> None:
    assert [(fault.row, fault.code) for fault in read_numbers(cells, DIMENSIONLESS).faults] == [(2, "infinite")]


def test_a_year_far_away_is_told_which_years_there_are_and_not_that_it_needs_four_digits(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    found = findings_of(write([["高新区", "年份", "营业收入"], ["甲", 2999, 1]], "csv"), framework)
    assert [each.message.zh for each in found if each.code == "bad_year"] == ["不是 1900 至 2100 的年份"]


@pytest.mark.parametrize("word", ["是", "否", "Yes", "no"])
def test_yes_and_no_are_told_to_be_written_as_1_and_0(
    word: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    found = findings_of(write([["高新区", "年份", "营业收入"], ["甲", 2024, word]], "csv"), framework)
    assert [each.hint.en for each in found if each.code == "yes_or_no" and each.hint] == [
        "write 1 for yes and 0 for no, or leave the cell empty if it is missing"
    ]


@given(
    st.lists(st.none() | texts() | st.sampled_from([" 甲", "#N/A", "1.2E+17", "'=1", ""]), max_size=5), st.booleans()
)
def test_texts_one_by_one_are_read_as_those_by_number_are(odd: list[str | None], apostrophes: bool) -> None:
    """Where most texts are plain, rows are looked at and not each text."""
    array = pa.array([*odd, *["合肥", "芜湖", None, "合肥"] * 25], pa.large_string())
    one, other = (
        read_coded_texts(ArrowCells(own), apostrophes=apostrophes) for own in (array, array.dictionary_encode())
    )
    assert isinstance(one.texts, PlainTexts)
    assert one.texts.values.tolist() == other.texts.values.tolist()
    assert one.texts.texts[one.texts.codes[one.texts.codes >= 0]].tolist() == [
        text for text in other.texts.values if text is not None
    ]
    assert [(fault.row, fault.code) for fault in one.faults] == [(fault.row, fault.code) for fault in other.faults]
    rows = np.array([len(array) - 1, 0])
    assert one.texts.taken(rows).values.tolist() == other.texts.taken(rows).values.tolist()

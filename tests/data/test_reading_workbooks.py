"""Workbooks: which sheets are read, and what in them is refused although it looks like a value."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from parkscore.data.reading import read_table
from parkscore.data.workbook_marks import MOST_CELLS
from parkscore.data.zip_safety import LARGEST_TOTAL, MEBIBYTE, MOST_ENTRIES
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
HEADER = ["高新区", "年份", "营业收入", "研发人员占比"]


def made_by_xlsxwriter(path: Path, fill: Callable[[Any, Any], object]) -> Path:
    """A workbook with a header and one row on the sheet 数据; `fill` adds to it."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("数据")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["甲", 2024, 1, 2])
        fill(workbook, sheet)
    return path


def with_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name == part else content)
    return path


def error_of(path: Path, framework: Framework) -> Finding:
    with pytest.raises(DataError) as raised:
        read_table(path, framework)
    (error,) = [finding for finding in raised.value.findings if finding.severity is Severity.ERROR]
    return error


# Which sheets are read


@pytest.mark.parametrize("names", [["2023", "2024"], ["2023年", "2024年"], ["2024", "2023"]])
def test_sheets_named_by_years_are_read_together_in_their_order(
    names: list[str], framework: Framework, write: Write
) -> None:
    sheets = {name: [["高新区", "营业收入(亿元)"], ["甲", int(name[:4])]] for name in names}
    table, findings = read_table(write(sheets, "xlsx"), framework)
    years = [int(name[:4]) for name in names]
    assert table.frame["year"].tolist() == years
    assert table.frame["qc05_0"].tolist() == [year * 100_000.0 for year in years]
    assert str(table.origin.place(1, "qc05_0")).endswith(f"!{names[1]}!B2")
    assert [finding.code for finding in findings if finding.code == "missing_year_column"] == []


def test_sheets_by_year_may_have_their_columns_and_measures_in_any_order(framework: Framework, write: Write) -> None:
    sheets = {
        "2023": [["高新区", "营业收入(亿元)", "年末从业人员"], ["甲", 1, 10]],
        "2024": [["年末从业人员", "高新区", "营业收入"], [20, "甲", 2]],
    }
    table, _ = read_table(write(sheets, "xlsx"), framework)
    assert table.frame["qc05_0"].tolist() == [100_000.0, 2.0]
    assert table.frame["qd01"].tolist() == [10.0, 20.0]
    assert len(table.conversions) == 1


def test_a_year_in_the_column_must_be_the_year_of_the_sheet(framework: Framework, write: Write) -> None:
    sheets = {"2023": [["高新区", "年份", "营业收入"], ["甲", 2023, 1], ["乙", 2024, 1], ["丙", "", 1]]}
    error = error_of(write(sheets, "xlsx"), framework)
    assert error.code == "year_mismatch"
    assert str(error.place).endswith("!2023!B3")


def test_a_sheet_of_a_year_without_a_header_is_an_error_as_its_year_would_be_lost(
    framework: Framework, write: Write
) -> None:
    sheets = {"2023": [["高新区", "营业收入"], ["甲", 1]], "2024": [["？"], [1]]}
    error = error_of(write(sheets, "xlsx"), framework)
    assert error.code == "no_header"
    assert str(error.place).endswith("!2024")


@pytest.mark.parametrize("name", ["数据", "data", "Data"])
def test_the_sheet_called_data_is_read_and_others_like_it_are_named(
    name: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["高新区", "年份", "营业收入"], ["甲", 2024, 1]]
    path = write({"旧": [*rows[:1], ["甲", 2024, 9]], "说明": [["随便"]], name: rows}, "xlsx")
    table, _ = read_table(path, framework)
    assert table.frame["qc05_0"].tolist() == [1.0]
    (finding,) = findings_of(path, framework, "other_sheets")
    assert finding.severity is Severity.INFO
    assert "旧" in finding.message.zh
    assert "说明" not in finding.message.zh


def test_a_sheet_like_the_first_is_not_left_out_without_a_warning(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    head = ["高新区", "年份", "营业收入"]
    path = write({"东部": [head, ["甲", 2024, 1]], "西部": [head, ["乙", 2024, 1]]}, "xlsx")
    (finding,) = findings_of(path, framework, "other_sheets")
    assert finding.severity is Severity.WARNING
    assert finding.message.zh == "只读取了 东部；也像数据而未读取的工作表：西部"


def test_without_such_a_sheet_the_first_with_a_header_is_read(framework: Framework, write: Write) -> None:
    rows = [["高新区", "年份", "营业收入"], ["甲", 2024, 1]]
    table, findings = read_table(write({"封面": [["统计年鉴"]], "表一": rows}, "xlsx"), framework)
    assert table.origin.rows[0] == ("表一", 2)
    assert not [finding for finding in findings if finding.code == "other_sheets"]


def test_a_workbook_without_a_cell_is_an_error(framework: Framework, write: Write) -> None:
    assert error_of(write({"数据": []}, "xlsx"), framework).code == "no_rows"


# What nobody sees


def test_a_hidden_sheet_is_read_with_a_warning(framework: Framework, tmp_path: Path, findings_of: FindingsOf) -> None:
    def hide(workbook: Any, sheet: Any) -> None:
        other = workbook.add_worksheet("封面")
        other.activate()
        sheet.hide()

    path = made_by_xlsxwriter(tmp_path / "t.xlsx", hide)
    (finding,) = findings_of(path, framework, "hidden_sheet")
    assert finding.severity is Severity.WARNING
    assert str(finding.place).endswith("!数据")


def test_a_hidden_sheet_that_is_not_read_is_named(
    framework: Framework, tmp_path: Path, findings_of: FindingsOf
) -> None:
    def add_hidden(workbook: Any, _: Any) -> None:
        other = workbook.add_worksheet("底稿")
        other.write_row(0, 0, HEADER)
        other.hide()

    path = made_by_xlsxwriter(tmp_path / "t.xlsx", add_hidden)
    (finding,) = findings_of(path, framework, "other_sheets")
    assert "底稿 (hidden)" in finding.message.en


def test_hidden_rows_and_columns_are_read_with_a_warning_that_names_them(
    framework: Framework, tmp_path: Path, findings_of: FindingsOf
) -> None:
    def hide(_: Any, sheet: Any) -> None:
        for row in range(2, 8):
            sheet.write_row(row, 0, [f"园{row}", 2024, row, 1])
        for row in (2, 3, 4, 6):
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.set_column("C:D", None, None, {"hidden": True})

    path = made_by_xlsxwriter(tmp_path / "t.xlsx", hide)
    table, _ = read_table(path, framework)
    assert len(table.frame) == 7
    (rows,) = findings_of(path, framework, "hidden_rows")
    (columns,) = findings_of(path, framework, "hidden_columns")
    assert "3-5, 7" in rows.message.en
    assert "C, D" in columns.message.en
    assert rows.severity is columns.severity is Severity.WARNING


# Merged cells


def test_merged_cells_in_the_header_are_an_error_that_names_the_range(framework: Framework, tmp_path: Path) -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_range("E1:F1", "备注")

    error = error_of(made_by_xlsxwriter(tmp_path / "t.xlsx", merge), framework)
    assert (error.code, str(error.place).rpartition("!")[2]) == ("merged_header", "E1")
    assert "E1:F1" in error.message.en


def test_merged_cells_among_the_data_are_an_error_as_only_the_first_has_the_value(
    framework: Framework, tmp_path: Path
) -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, ["乙", 2024, 1])
        sheet.merge_range("D2:D3", 5)

    error = error_of(made_by_xlsxwriter(tmp_path / "t.xlsx", merge), framework)
    assert (error.code, str(error.place).rpartition("!")[2]) == ("merged_cells", "D2")


def test_merged_cells_in_titles_totals_and_columns_that_are_not_read_do_no_harm(
    framework: Framework, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("数据")
        sheet.merge_range("A1:D1", "2024 年统计表")
        sheet.write_row(1, 0, [*HEADER, "备注"])
        sheet.write_row(2, 0, ["甲", 2024, 1, 2])
        sheet.write_row(3, 0, ["乙", 2024, 1, 2])
        sheet.merge_range("E3:E4", "见附注")
        sheet.merge_range("A5:B5", "合计")
    table, _ = read_table(path, framework)
    assert table.units.tolist() == ["甲", "乙"]


# Formulas, error values and percent formats


def test_a_formula_written_by_openpyxl_and_never_calculated_is_refused(framework: Framework, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(["甲", 2024, "=1+1", 2])
    workbook.save(tmp_path / "t.xlsx")
    error = error_of(tmp_path / "t.xlsx", framework)
    assert (error.code, error.unit, error.field) == ("formula_not_calculated", "甲", "qc05_0")
    assert str(error.place).endswith("!C2")


def test_a_formula_written_by_xlsxwriter_with_its_zero_never_calculated_is_refused(
    framework: Framework, tmp_path: Path
) -> None:
    path = made_by_xlsxwriter(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_formula("C2", "=A1*3"))
    error = error_of(path, framework)
    assert error.code == "formula_not_calculated"
    assert str(error.place).endswith("!C2")


@pytest.mark.parametrize("cell", ["A2", "B2"])
def test_a_formula_for_the_unit_or_the_year_that_was_never_calculated_is_refused(
    cell: str, framework: Framework, tmp_path: Path
) -> None:
    path = made_by_xlsxwriter(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_formula(cell, "=C1"))
    error = error_of(path, framework)
    assert error.code == "formula_not_calculated"
    assert str(error.place).endswith(f"!{cell}")


def test_a_row_of_nothing_but_uncalculated_formulas_is_not_taken_for_an_empty_row(
    framework: Framework, tmp_path: Path, findings_of: FindingsOf
) -> None:
    def write_row(_: Any, sheet: Any) -> None:
        for column in range(4):
            sheet.write_formula(2, column, "=A1")

    path = made_by_xlsxwriter(tmp_path / "t.xlsx", write_row)
    assert findings_of(path, framework, "formula_not_calculated") != []


def test_calculated_formulas_are_read_and_told_once_per_column(
    framework: Framework, tmp_path: Path, findings_of: FindingsOf
) -> None:
    def write_formulas(_: Any, sheet: Any) -> None:
        sheet.write_formula("C2", "=1+1", None, 2)
        sheet.write_row(2, 0, ["乙", 2024])
        sheet.write_formula("C3", "=1+2", None, 3)
        sheet.write_formula("D3", '=""', None, "")

    path = made_by_xlsxwriter(tmp_path / "t.xlsx", write_formulas)
    as_excel_writes_it = b'<c r="D3" t="str">'
    path = with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="D3">', as_excel_writes_it))
    table, _ = read_table(path, framework)
    assert table.frame["qc05_0"].tolist() == [2.0, 3.0]
    assert table.states["rd"].tolist() == [0, 1]
    told = findings_of(path, framework, "formula_cells")
    assert [(finding.field, finding.severity) for finding in told] == [("qc05_0", Severity.INFO), ("rd", Severity.INFO)]
    assert told[0].message.en.startswith("2 cells")


def test_a_calculated_zero_is_a_zero_once_a_spreadsheet_has_saved_the_file(
    framework: Framework, tmp_path: Path
) -> None:
    path = made_by_xlsxwriter(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_formula("C2", "=1-1"))
    saved = with_part(path, "xl/workbook.xml", lambda xml: xml.replace(b' fullCalcOnLoad="1"', b""))
    table, _ = read_table(saved, framework)
    assert table.frame["qc05_0"].tolist() == [0.0]


def test_formulas_in_rows_and_columns_that_are_not_read_do_no_harm(framework: Framework, tmp_path: Path) -> None:
    def write_formulas(_: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, ["合计"])
        sheet.write_formula("C3", "=SUM(C2:C2)")
        sheet.write_formula("E2", "=C2")

    table, _ = read_table(made_by_xlsxwriter(tmp_path / "t.xlsx", write_formulas), framework)
    assert table.units.tolist() == ["甲"]


@pytest.mark.parametrize("error_value", ["#N/A", "#DIV/0!", "#REF!"])
@pytest.mark.parametrize("as_formula", [True, False])
def test_an_error_value_is_refused_although_it_reads_as_an_empty_cell(
    error_value: str, as_formula: bool, framework: Framework, tmp_path: Path
) -> None:
    path = made_by_xlsxwriter(
        tmp_path / "t.xlsx", lambda _, sheet: sheet.write_formula("C2", "=1/0", None, error_value)
    )
    if not as_formula:
        path = with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<f>1/0</f>", b""))
    error = error_of(path, framework)
    assert (error.code, error.value) == ("excel_error", error_value)
    assert str(error.place).endswith("!C2")


@pytest.mark.parametrize(("number", "percent"), [(0.125, 12.5), (0.07, 7.0), (1.1, 110.0), (-0.3, -30.0)])
@pytest.mark.parametrize("number_format", ["0%", "0.00%", "0.0%;[Red]-0.0%"])
def test_a_cell_in_percent_format_means_what_it_shows(
    number: float, percent: float, number_format: str, framework: Framework, tmp_path: Path, findings_of: FindingsOf
) -> None:
    path = made_by_xlsxwriter(
        tmp_path / "t.xlsx",
        lambda book, sheet: sheet.write_number("D2", number, book.add_format({"num_format": number_format})),
    )
    table, _ = read_table(path, framework)
    assert table.frame["rd"].tolist() == [percent]
    assert len(findings_of(path, framework, "percent_signs")) == 1


def test_a_percent_sign_in_quotes_is_no_percent_format(framework: Framework, tmp_path: Path) -> None:
    path = made_by_xlsxwriter(
        tmp_path / "t.xlsx",
        lambda book, sheet: sheet.write_number("D2", 12.5, book.add_format({"num_format": '0.0"%"'})),
    )
    table, _ = read_table(path, framework)
    assert table.frame["rd"].tolist() == [12.5]


def test_an_amount_in_percent_format_is_an_error(framework: Framework, tmp_path: Path) -> None:
    path = made_by_xlsxwriter(
        tmp_path / "t.xlsx", lambda book, sheet: sheet.write_number("C2", 12, book.add_format({"num_format": "0%"}))
    )
    assert error_of(path, framework).code == "percent_in_quantity"


def test_a_date_is_no_number(framework: Framework, tmp_path: Path) -> None:
    path = made_by_xlsxwriter(
        tmp_path / "t.xlsx",
        lambda book, sheet: sheet.write_number("C2", 45000, book.add_format({"num_format": "yyyy-mm-dd"})),
    )
    error = error_of(path, framework)
    assert (error.code, error.value) == ("date_in_number", "2023-03-15")


# Files that are no workbook, or a trap


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
        b"PK\x03\x04 and no more",
    ],
    ids=["html", "xls or with a password", "cut off"],
)
def test_what_is_no_zip_archive_is_no_workbook(content: bytes, framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    error = error_of(path, framework)
    assert error.code == "not_a_workbook"
    assert error.hint is not None


def test_a_zip_archive_that_is_no_workbook_is_refused(framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert error_of(path, framework).code == "not_a_workbook"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_a_workbook_with_a_broken_part_is_refused(part: str, framework: Framework, write: Write) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1]], "xlsx")
    assert error_of(with_part(path, part, lambda xml: xml[:-20]), framework).code == "not_a_workbook"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_a_part_in_an_unknown_encoding_is_refused(
    part: str, framework: Framework, write: Write
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1]], "xlsx")
    changed = with_part(path, part, lambda xml: xml.replace(b"UTF-8", b"UTX-8"))
    assert error_of(changed, framework).code == "not_a_workbook"


@pytest.mark.parametrize("reference", ["$C$2", "C", "2", "ABCD2"])
def test_a_cell_with_a_malformed_address_is_refused(reference: str, framework: Framework, write: Write) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1]], "xlsx")
    changed = with_part(
        path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="C2"', f'r="{reference}"'.encode())
    )
    assert error_of(changed, framework).code == "not_a_workbook"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part_and_encoding(
    part: str, encoding: str, framework: Framework, write: Write
) -> None:
    def add_document_type(xml: bytes) -> bytes:
        declaration, _, body = xml.decode().partition("?>")
        return (
            f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]>{body}'.encode(encoding)
            if declaration
            else xml
        )

    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1]], "xlsx")
    assert error_of(with_part(path, part, add_document_type), framework).code == "unsafe_xml"


def test_a_small_file_that_unpacks_to_more_than_the_limit_is_refused(framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(LARGEST_TOTAL // MEBIBYTE + 1):
            part.write(b"0" * MEBIBYTE)
    assert path.stat().st_size < MEBIBYTE
    error = error_of(path, framework)
    assert error.code == "zip_bomb"
    assert "201 MiB, the limit is 200 MiB" in error.message.en


def test_an_archive_that_declares_less_than_it_holds_is_refused(framework: Framework, tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30 * MEBIBYTE)
    true_size = (30 * MEBIBYTE).to_bytes(4, "little")
    assert content.getvalue().count(true_size) == 2
    path = tmp_path / "t.xlsx"
    path.write_bytes(content.getvalue().replace(true_size, (1000).to_bytes(4, "little")))
    error = error_of(path, framework)
    assert error.code == "zip_bomb"
    assert "times the file" in error.message.en


def test_an_archive_of_many_files_is_refused(framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MOST_ENTRIES + 1):
            archive.writestr(str(number), b"")
    error = error_of(path, framework)
    assert error.code == "zip_bomb"
    assert f"{MOST_ENTRIES + 1} files" in error.message.en


def test_an_honest_workbook_that_packs_well_is_read(revenue_only: Framework, write: Write) -> None:
    path = write([["高新区", "营业收入"], *([f"园{number}", 0] for number in range(20_000))], "xlsx")
    table, _ = read_table(path, revenue_only)
    assert len(table.frame) == 20_000


@pytest.mark.parametrize("reference", ["XFD1048576", "xfd1048576"])
def test_a_stray_cell_far_out_is_refused_before_it_fills_the_memory(
    reference: str, framework: Framework, tmp_path: Path
) -> None:
    path = made_by_xlsxwriter(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_number("XFD1048576", 1))
    path = with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"XFD1048576", reference.encode()))
    error = error_of(path, framework)
    assert error.code == "too_large"
    assert "row 1048576 and column XFD" in error.message.en
    assert f"{MOST_CELLS:,}" in error.message.en


def test_a_workbook_whose_tags_have_a_prefix_is_read(framework: Framework, tmp_path: Path) -> None:
    path = made_by_xlsxwriter(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_formula("C2", "=1+1"))
    prefixed = with_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b"</", b"</x:")
            .replace(b"<", b"<x:")
            .replace(b"<x:/x:", b"</x:")
            .replace(b"<x:?", b"<?")
            .replace(b" xmlns=", b" xmlns:x=")
        ),
    )
    assert error_of(prefixed, framework).code == "formula_not_calculated"

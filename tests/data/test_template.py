"""The blank workbook: it says what to fill in, and reads back what was filled in."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.data.cells import NOT_APPLICABLE_WORDS
from parkscore.data.reading import read_table
from parkscore.data.table import State
from parkscore.data.template import write_template
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Addend, DataField, Framework, Label, Members, Node, UnitKey

FRAMEWORK = Framework(
    id="small",
    title=Label(zh="例", en="Example"),
    unit=UnitKey(key="zone", zh="高新区", en="Zone"),
    time="year",
    fields={
        "qc05_0": DataField(zh="营业收入", en="Revenue", measure="千元", min=0.0, source="统计年鉴", note="全年数"),
        "rd": DataField(zh="研发人员占比", en="Share of R&D staff", measure="%", min=0.0, max=100.0),
        "profit": DataField(zh="利润总额", measure="亿元", max=1e6),
        "green": DataField(zh="绿地率"),
        "stage": DataField(zh="发展阶段", kind="text"),
        "per": DataField(zh="利润率", measure="%", formula="profit / qc05_0"),
    },
    indicators=(
        Node(id="1", zh="效益", children=(Node(id="1.1", zh="营收利润率", formula="profit / qc05_0", measure="%"),)),
    ),
)
LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


def filled(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """The workbook with rows below the header of its first sheet, as a person would fill it in."""
    workbook = openpyxl.load_workbook(path)
    for line, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            workbook.worksheets[0].cell(line, column, value)
    workbook.save(path)
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_in_template_reads_back_without_a_finding(language: Literal["zh", "en"], tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    write_template(FRAMEWORK, path, language)
    rows = [["合肥", 2023, 123456789, 12.5, -0.1, None, "成长"], ["合肥", 2024, 0, "不适用", 7, 0.3, "019"]]
    table, findings = read_table(filled(path, rows), FRAMEWORK)
    assert findings == []
    assert table.units.tolist() == ["合肥", "合肥"]
    assert table.frame["year"].tolist() == [2023, 2024]
    assert table.frame["qc05_0"].tolist() == [123456789.0, 0.0]
    assert table.frame["profit"].tolist() == [-0.1, 7.0]
    assert table.frame["stage"].tolist() == ["成长", "019"]
    assert table.states["rd"].tolist() == [State.VALUE, State.NOT_APPLICABLE]
    assert table.states["green"].tolist() == [State.MISSING, State.VALUE]


@settings(max_examples=20)  # each writes and reads a workbook
@given(st.lists(st.integers(min_value=-(10**15), max_value=10**15), min_size=1, max_size=5), st.integers(0, 6))
def test_any_number_of_fifteen_digits_filled_in_is_read_back_as_it_is(wholes: list[int], decimals: int) -> None:
    numbers = [whole / 10**decimals for whole in wholes]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(FRAMEWORK, path)
        rows = [[f"园{line}", 2024, number] for line, number in enumerate(numbers)]
        table, _ = read_table(filled(path, rows), FRAMEWORK)
    assert table.frame["qc05_0"].tolist() == numbers


def test_a_template_that_nobody_filled_in_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    write_template(FRAMEWORK, path)
    with pytest.raises(DataError) as raised:
        read_table(path, FRAMEWORK)
    assert [finding.code for finding in raised.value.findings] == ["no_rows"]


def test_the_first_sheet_asks_for_every_field_that_is_not_derived_with_its_measure(tmp_path: Path) -> None:
    write_template(FRAMEWORK, tmp_path / "zh.xlsx", "zh")
    write_template(FRAMEWORK, tmp_path / "en.xlsx", "en")
    chinese = openpyxl.load_workbook(tmp_path / "zh.xlsx")
    english = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert chinese.sheetnames == ["数据", "字段说明", "指标"]
    assert english.sheetnames == ["data", "fields", "indicators"]
    assert [cell.value for cell in chinese.worksheets[0][1]] == [
        "高新区", "年份", "营业收入(千元)", "研发人员占比(%)", "利润总额(亿元)", "绿地率", "发展阶段"
    ]  # fmt: skip
    assert [cell.value for cell in english.worksheets[0][1]][:4] == [
        "Zone", "year", "Revenue(千元)", "Share of R&D staff(%)"
    ]  # fmt: skip
    assert chinese.worksheets[0].freeze_panes == "C2"


def test_cells_show_measure_and_source_and_question_a_value_beyond_the_limits(tmp_path: Path) -> None:
    write_template(FRAMEWORK, tmp_path / "blank.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "blank.xlsx").worksheets[0]
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert "千元" in rules["C"].prompt
    assert "统计年鉴" in rules["C"].prompt
    assert "AND(ISNUMBER(C2),C2>=0)" in rules["C"].formula1
    assert "AND(ISNUMBER(D2),D2>=0,D2<=100)" in rules["D"].formula1
    assert "AND(ISNUMBER(E2),E2<=1000000)" in rules["E"].formula1
    assert {rules[column].errorStyle for column in "CDE"} == {"warning"}  # so that a right value beyond them can stay


@pytest.mark.parametrize("word", sorted(NOT_APPLICABLE_WORDS))
def test_a_word_that_is_read_as_not_applicable_is_let_through_as_the_prompt_says(word: str, tmp_path: Path) -> None:
    write_template(FRAMEWORK, tmp_path / "blank.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "blank.xlsx").worksheets[0]
    limited = [rule for rule in sheet.data_validations.dataValidation if str(rule.sqref)[0] in "CDE"]
    assert [rule.type for rule in limited] == ["custom"] * 3
    for rule in limited:
        assert f'TRIM({str(rule.sqref)[0]}2)="{word}"' in rule.formula1
        assert "或“不适用”" in rule.error


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        (
            "zh",
            [
                "应为不小于 0 的数，或“不适用”。",
                "应为 0 至 100 的数，或“不适用”。",
                "应为不大于 1000000 的数，或“不适用”。",
            ],
        ),
        (
            "en",
            [
                "A number of at least 0 is expected, or 不适用.",
                "A number from 0 to 100 is expected, or 不适用.",
                "A number of at most 1000000 is expected, or 不适用.",
            ],
        ),
    ],
)
def test_what_a_spreadsheet_says_of_a_value_beyond_the_limits(
    language: Literal["zh", "en"], asked: list[str], tmp_path: Path
) -> None:
    write_template(FRAMEWORK, tmp_path / "blank.xlsx", language)
    sheet = openpyxl.load_workbook(tmp_path / "blank.xlsx").worksheets[0]
    assert [rule.error for rule in sheet.data_validations.dataValidation if rule.type == "custom"] == asked


def test_the_other_sheets_say_what_each_field_means_and_which_indicators_use_it(tmp_path: Path) -> None:
    write_template(FRAMEWORK, tmp_path / "blank.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "blank.xlsx")
    fields = {row[0]: row for row in workbook["字段说明"].iter_rows(min_row=2, values_only=True)}
    assert fields["qc05_0"] == ("qc05_0", "营业收入", "Revenue", "千元", 0, None, "统计年鉴", "全年数")
    assert fields["per"][7] == "= profit / qc05_0"
    (indicator,) = workbook["指标"].iter_rows(min_row=2, values_only=True)
    assert indicator == ("1.1", "营收利润率", "%", "profit / qc05_0", "营业收入, 利润总额")


def test_no_cell_of_a_template_is_a_formula_or_a_link(tmp_path: Path) -> None:
    fields = {"a": DataField(zh="=1+1", source="https://example.org", note="=cmd|'/c calc'!A0")}
    write_template(FRAMEWORK.model_copy(update={"fields": fields, "indicators": ()}), tmp_path / "blank.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "blank.xlsx")
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_a_field_whose_name_would_be_read_as_another_stands_under_its_id(tmp_path: Path) -> None:
    fields = {
        "a": DataField(zh="收入", measure="元", aliases=("支出(元)",)),
        "b": DataField(zh="支出", measure="元"),
        "c": DataField(zh="年份", measure="年"),
    }
    framework = FRAMEWORK.model_copy(update={"fields": fields, "indicators": ()})
    path = tmp_path / "blank.xlsx"
    write_template(framework, path)
    table, findings = read_table(filled(path, [["甲", 2024, 1, 2, 3]]), framework)
    assert findings == []
    assert table.frame[["year", "a", "b", "c"]].to_numpy().tolist() == [[2024, 1, 2, 3]]


def test_names_and_notes_of_any_length_fit(tmp_path: Path) -> None:
    fields = {"a": DataField(zh="名" * 200, measure="元", source="源" * 2000, min=0.0)}
    framework = FRAMEWORK.model_copy(update={"fields": fields, "indicators": ()})
    write_template(framework, tmp_path / "blank.xlsx")
    table, _ = read_table(filled(tmp_path / "blank.xlsx", [["甲", 2024, 1]]), framework)
    assert table.frame["a"].tolist() == [1.0]


def test_a_template_in_a_folder_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_template(FRAMEWORK, tmp_path / "nowhere" / "blank.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_beside_returns_it_asks_for_what_no_return_gives_only(tmp_path: Path) -> None:
    fields = dict(FRAMEWORK.fields) | {
        "qc05_0": DataField(zh="营业收入", measure="千元", members=Addend(sum="revenue"))
    }
    block = Members(framework="torch-returns", belongs_to="zone")
    greenery = Node(id="2", zh="绿地", formula="park * 2")
    more = {"park": DataField(zh="公园", formula="green"), **fields}
    framework = FRAMEWORK.model_copy(
        update={"fields": more, "members": block, "indicators": (*FRAMEWORK.indicators, greenery)}
    )
    write_template(framework, tmp_path / "blank.xlsx", beside_returns=True)
    data, told, indicators = openpyxl.load_workbook(tmp_path / "blank.xlsx").worksheets
    heads = [cell.value for cell in data[1]]
    assert heads == ["高新区", "年份", "研发人员占比(%)", "利润总额(亿元)", "绿地率", "发展阶段"]
    assert [row[0].value for row in told.iter_rows(min_row=2)] == ["rd", "profit", "green", "stage"]
    # Profit is no sum over returns, and greenery is reached through another field.
    assert [row[0].value for row in indicators.iter_rows(min_row=2)] == ["1.1", "2"]


def test_without_returns_there_is_nothing_beside_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_members"):
        write_template(FRAMEWORK, tmp_path / "blank.xlsx", beside_returns=True)
    assert not (tmp_path / "blank.xlsx").exists()

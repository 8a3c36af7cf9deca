"""Rows: which of them are units, and which are left out, refused or doubted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from parkscore.data.reading import read_table
from parkscore.data.row_kinds import is_remark, is_statistic
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework
from parkscore.shipped import example_path

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
both = pytest.mark.parametrize("kind", ["csv", "xlsx"])


@both
def test_empty_rows_are_skipped_and_places_stay_right(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["高新区", "年份", "营业收入"], ["甲", 2024, 1], ["", "", ""], [" ", "", ""], ["乙", 2024, "多"]]
    path = write(rows, kind)
    (finding,) = findings_of(path, framework, "text_in_number")
    assert str(finding.place) == {"csv": f"{path}:5:3", "xlsx": f"{path}!Sheet1!C5"}[kind]


@both
def test_a_row_with_values_but_no_unit_is_an_error(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1], ["", 2024, 2]], kind)
    (finding,) = findings_of(path, framework, "unit_missing")
    assert str(finding.place).endswith({"csv": ":3:1", "xlsx": "!A3"}[kind])


@both
def test_units_are_stripped_and_kept_as_written(kind: str, framework: Framework, write: Write) -> None:
    rows = [["高新区", "年份", "营业收入"], [" 合肥　", 2024, 1], ["ＡＢ 区", 2024, 2]]
    table, _ = read_table(write(rows, kind), framework)
    assert table.units.tolist() == ["合肥", "ＡＢ 区"]


def test_codes_keep_their_zeros_in_csv(revenue_only: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", "营业收入"], ["007", 1], ["1e3", 2], ["NA", 3]]), revenue_only)
    assert table.units.tolist() == ["007", "1e3", "NA"]


def test_a_whole_number_as_a_code_in_a_workbook_has_no_decimal_point(revenue_only: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", "营业收入"], [19.0, 1], ["019", 2]], "xlsx"), revenue_only)
    assert table.units.tolist() == ["19", "019"]


@both
def test_a_unit_twice_in_a_year_is_an_error_that_names_both_rows(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["高新区", "年份", "营业收入"], ["甲", 2024, 1], ["甲", 2023, 1], ["甲", 2024, 2]]
    path = write(rows, kind)
    (finding,) = findings_of(path, framework, "duplicate_row")
    ends = {"csv": (":2:1", ":4:1"), "xlsx": ("!A2", "!A4")}[kind]
    assert ends[0] in finding.message.en
    assert str(finding.place).endswith(ends[1])
    assert (finding.unit, finding.year) == ("甲", 2024)


def test_a_unit_twice_is_an_error_where_there_are_no_years(
    revenue_only: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "营业收入"], ["甲", 1], ["甲", 2]])
    assert len(findings_of(path, revenue_only, "duplicate_row")) == 1


def test_rows_without_a_year_are_not_also_called_duplicates(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", "", 1], ["甲", "", 2]])
    assert [finding.code for finding in findings_of(path, framework)].count("missing_year") == 2
    assert findings_of(path, framework, "duplicate_row") == []


@pytest.mark.parametrize(
    ("first", "other"), [("合肥", "合 肥"), ("合肥", "合\u200b肥"), ("A区", "Ａ区"), ("a（二）", "a(二)")]
)
def test_names_that_differ_only_in_width_or_space_are_doubted(
    first: str, other: str, revenue_only: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "营业收入"], [first, 1], [other, 2], ["乙", 3]])
    (finding,) = findings_of(path, revenue_only, "similar_units")
    assert (finding.severity, finding.unit) == (Severity.WARNING, other)
    assert f"'{first}' ({path}:2:1)" in finding.message.en


TOTALS = ["合计", "总\u3000计", "全国", "Total", "合计（2家）", "合计：", "总计(万元)", "Total(2zones)", "Sum"]
AVERAGES = ["平均", "均值", "平均值", "全国平均", "全国平均值：", "Average", "mean", "median"]
BY_THEIR_ENDS = [
    "178家合计",
    "东部合计（56家）",
    "国家高新区合计",
    "2024年合 计",
    "以上合计*",
    "稳定区平均值：",
    "东部小计",
]
OTHER_FIGURES = ["合計", "東部總計", "最大值", "最小值", "中位数", "标准差", "各区标准差", "其中：东部", "其中: 东部"]


@pytest.mark.parametrize("name", [*TOTALS, *AVERAGES, *BY_THEIR_ENDS, *OTHER_FIGURES, "Grand total:"])
@both
def test_a_row_of_totals_is_left_out_with_a_warning(name: str, kind: str, framework: Framework, write: Write) -> None:
    rows = [["高新区", "年份", "营业收入"], ["甲", 2024, 1], [name, "", "—"]]
    table, findings = read_table(write(rows, kind), framework)
    assert table.units.tolist() == ["甲"]
    (finding,) = [finding for finding in findings if finding.code == "total_row"]
    assert finding.severity is Severity.WARNING
    assert str(finding.place).endswith({"csv": ":3:1", "xlsx": "!A3"}[kind])


@pytest.mark.parametrize("name", ["178家合计", "其中：东部", "最大值"])
def test_a_row_of_totals_is_left_out_of_texts_that_a_file_keeps_in_columns(
    name: str, revenue_only: Framework, tmp_path: Path
) -> None:
    frame = pd.DataFrame(
        {"高新区": ["甲", name, None, "呼和", "某公司（普通合伙）"], "营业收入": [1.0, 2.0, None, 3.0, 4.0]}
    )
    frame.to_parquet(tmp_path / "zones.parquet")
    table, findings = read_table(tmp_path / "zones.parquet", revenue_only)
    assert table.units.tolist() == ["甲", "呼和", "某公司（普通合伙）"]
    assert [finding.value for finding in findings if finding.code == "total_row"] == [name]


LIKE_TOTALS = ["合计高新区", "平均科技园", "Totalview Park", "均值达", "注水高新区", "来源科技"]
LIKE_ENDS = [
    "平均律科技有限公司",
    "合计信息公司",
    "总和平区",
    "其中区",
    "太和",
    "标准差分技术公司",
    "合伙企业（有限合伙）",
]


@pytest.mark.parametrize("name", [*LIKE_TOTALS, *LIKE_ENDS])
def test_a_unit_whose_name_only_starts_like_a_total_or_a_remark_is_a_unit(name: str, revenue_only: Framework) -> None:
    table, findings = read_table(pd.DataFrame({"高新区": [name, "甲"], "营业收入(千元)": [1, 2]}), revenue_only)
    assert table.units.tolist() == [name, "甲"]
    assert findings == []


@pytest.mark.parametrize(
    "remark", ["注：营业收入为快报数", "注1. 快报", "数据来源：火炬年鉴", "Note: estimates", "* 估计"]
)
@both
def test_a_footnote_below_the_table_is_left_out_and_named(
    remark: str, kind: str, framework: Framework, write: Write
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 1], ["", "", ""], [remark]], kind)
    table, findings = read_table(path, framework)
    assert table.units.tolist() == ["甲"]
    (finding,) = [finding for finding in findings if finding.code == "remark_row"]
    assert (finding.value, finding.severity) == (remark, Severity.INFO)
    assert str(finding.place).endswith({"csv": ":4:1", "xlsx": "!A4"}[kind])


def test_no_name_of_a_published_zone_is_taken_for_a_total() -> None:
    names = set(pd.read_csv(example_path("zone-figures.csv"), encoding="utf-8-sig")["高新区"])
    assert not [name for name in names if is_statistic(name) or is_remark(name)]


def test_a_row_that_starts_like_a_footnote_but_has_values_is_a_unit(revenue_only: Framework) -> None:
    table, _ = read_table(pd.DataFrame({"高新区": ["注：甲"], "营业收入": [1]}), revenue_only)
    assert table.units.tolist() == ["注：甲"]


def test_codes_of_18_digits_kept_as_numbers_in_a_workbook_are_refused_and_never_called_duplicates(
    revenue_only: Framework, write: Write, findings_of: FindingsOf
) -> None:
    codes = [913401001234567890, 913401001234567891]
    path = write([["高新区", "营业收入"], [codes[0], 1], [codes[1], 2]], "xlsx")
    errors = [finding for finding in findings_of(path, revenue_only) if finding.severity is Severity.ERROR]
    assert [finding.code for finding in errors] == ["digits_lost", "digits_lost"]
    assert str(errors[0].place).endswith("!A2")
    assert all(finding.hint is not None and "text" in finding.hint.en for finding in errors)


def test_codes_that_a_spreadsheet_shortened_in_a_csv_file_are_refused(
    revenue_only: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "营业收入"], ["9.13401E+17", 1]])
    assert [finding.code for finding in findings_of(path, revenue_only, "digits_lost")] == ["digits_lost"]


def test_codes_of_18_digits_written_as_text_or_as_whole_numbers_are_kept(revenue_only: Framework, write: Write) -> None:
    frame = pd.DataFrame({"高新区": [913401001234567890, 913401001234567891], "营业收入": [1, 2]})
    assert read_table(frame, revenue_only)[0].units.tolist() == ["913401001234567890", "913401001234567891"]
    path = write([["高新区", "营业收入"], ["913401001234567891", 1]], "xlsx")
    assert read_table(path, revenue_only)[0].units.tolist() == ["913401001234567891"]


@both
def test_a_header_without_rows_is_an_error(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    errors = [f for f in findings_of(write([["高新区", "年份", "营业收入"]], kind), framework) if f.severity == "error"]
    assert [finding.code for finding in errors] == ["no_rows"]


@both
def test_one_row_is_enough(kind: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", "年份", "营业收入"], ["甲", 2024, 1]], kind), framework)
    assert len(table.frame) == 1


@both
def test_a_column_without_a_value_or_with_one_value_throughout_is_read(
    kind: str, framework: Framework, write: Write
) -> None:
    rows = [["高新区", "年份", "营业收入", "年末从业人员"], ["甲", 2024, "", 5], ["乙", 2024, "", 5]]
    table, _ = read_table(write(rows, kind), framework)
    assert table.states["qc05_0"].tolist() == [1, 1]
    assert table.frame["qd01"].tolist() == [5.0, 5.0]


def test_the_table_leads_back_to_each_cell_of_the_file(framework: Framework, write: Write) -> None:
    rows = [["注", "", ""], ["营业收入", "年份", "高新区"], ["", "", ""], [1, 2024, "甲"]]
    path = write(rows)
    table, _ = read_table(path, framework)
    assert str(table.origin.place(0, "qc05_0")) == f"{path}:4:1"
    assert str(table.origin.place(0, "unit")) == f"{path}:4:3"
    path = write(rows, "xlsx")
    table, _ = read_table(path, framework)
    assert str(table.origin.place(0, "qc05_0")) == f"{path}!Sheet1!A4"

"""Headers: how columns are found, which measure they come in, and what is said where one is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from parkscore.data.reading import read_table
from parkscore.data.table import State
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import DataField, Framework

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
both = pytest.mark.parametrize("kind", ["csv", "xlsx"])


@pytest.mark.parametrize(
    "header",
    [
        "qc05_0",
        "营业收入",
        "Revenue",
        "营收(合计)",
        "营收（合计）",
        " 营业 收入 ",
        "营业\n收入",
        "ＱＣ05_0".lower(),
        "营业收入(千元)",
    ],
)
@both
def test_a_column_is_found_by_id_name_or_alias_whatever_its_width_and_spaces(
    header: str, kind: str, framework: Framework, write: Write
) -> None:
    table, _ = read_table(write([["高新区", "年份", header], ["甲", 2024, 7]], kind), framework)
    assert table.frame["qc05_0"].tolist() == [7.0]
    assert table.conversions == ()


@pytest.mark.parametrize("header", ["高新区", "zone", "Zone", "园区名称", "高 新 区"])
def test_the_unit_column_is_found_by_key_name_or_alias(header: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write([[header, "year", "营业收入"], ["甲", 2024, 7]]), framework)
    assert table.units.tolist() == ["甲"]


@pytest.mark.parametrize("header", ["year", "年份", "年度", "数据年度", "数据年份"])
def test_the_year_column_is_found_by_its_usual_names(header: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write([["高新区", header, "营业收入"], ["甲", 2024, 7]]), framework)
    assert table.frame["year"].tolist() == [2024]


@pytest.mark.parametrize(
    "header",
    [
        "营业收入(亿元)",
        "营业收入（亿元）",
        "营业收入[亿元]",
        "营业收入【亿元】",
        "营业收入/亿元",
        "营业收入，亿元",
        "营业收入\n(亿 元)",
        "营业收入 亿元",
        "营业收入　亿元",
        "营业收入\n亿元",
        "营业 收入 亿元",
        "qc05_0 亿元",
    ],
)
@both
def test_a_measure_in_the_header_is_converted_and_recorded(
    header: str, kind: str, framework: Framework, write: Write
) -> None:
    table, findings = read_table(write([["高新区", "年份", header], ["甲", 2024, 3]], kind), framework)
    assert table.frame["qc05_0"].tolist() == [300_000.0]
    (conversion,) = table.conversions
    assert (conversion.field, conversion.from_measure, conversion.to_measure) == ("qc05_0", "亿元", "千元")
    assert conversion.factor == 100_000.0
    (told,) = [finding for finding in findings if finding.code == "measure_converted"]
    assert told.place == conversion.place


@pytest.mark.parametrize(
    "header", ["营业收入 亿圆", "营业收入 人", "营业收入 单位：亿元", "营业收入 亿 元", "营业收入 合计", "绿地率 1"]
)
def test_what_stands_behind_a_space_and_is_no_measure_of_the_field_is_not_read_as_one(
    header: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "年末从业人员", header], ["甲", 2024, 1, 3]])
    (finding,) = findings_of(path, framework, "extra_column")
    assert finding.value == header


def test_a_space_before_a_measure_does_not_tell_which_of_two_fields_of_a_name_is_meant(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    fields = {"now": DataField(zh="营业收入", measure="千元"), "then": DataField(zh="营业收入", measure="千元")}
    both_named = framework.model_copy(update={"fields": fields})
    (finding,) = findings_of(
        write([["高新区", "年份", "营业收入 万元"], ["甲", 2024, 3]]), both_named, "ambiguous_header"
    )
    assert finding.value == "营业收入 万元"


def test_a_header_that_is_an_alias_as_a_whole_is_not_read_as_a_measure(write: Write, framework: Framework) -> None:
    fields = {"sales": DataField(zh="销售收入", measure="千元", aliases=("销售收入(亿元)",))}
    table, _ = read_table(
        write([["高新区", "销售收入(亿元)"], ["甲", 3]]), framework.model_copy(update={"fields": fields, "time": None})
    )
    assert table.frame["sales"].tolist() == [3.0]


@both
def test_a_measure_of_another_dimension_is_an_error_at_the_header(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(人)"], ["甲", 2024, 3]], kind)
    (finding,) = findings_of(path, framework, "wrong_measure")
    assert finding.severity is Severity.ERROR
    assert finding.field == "qc05_0"
    assert str(finding.place) == {"csv": f"{path}:1:3", "xlsx": f"{path}!Sheet1!C1"}[kind]


def test_a_measure_where_the_framework_states_none_is_an_error(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "绿地率(人)"], ["甲", 2024, 3]])
    (finding,) = findings_of(path, framework, "wrong_measure")
    assert finding.hint is not None
    assert "states no measure" in finding.hint.en


def test_an_unknown_measure_in_brackets_is_an_error_with_a_suggestion(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(亿圆)"], ["甲", 2024, 3]])
    (finding,) = findings_of(path, framework, "unknown_measure")
    assert (finding.place and finding.place.column, finding.value) == (3, "营业收入(亿圆)")
    assert finding.hint is not None
    assert "亿元" in finding.hint.zh


@both
def test_a_row_of_measures_below_the_header_counts_as_the_headers_measures(
    kind: str, framework: Framework, write: Write
) -> None:
    rows = [["高新区", "年份", "营业收入", "年末从业人员"], ["", "年", "亿元", "万人"], ["甲", 2024, 3, 2]]
    table, _ = read_table(write(rows, kind), framework)
    assert table.frame.loc[0, ["qc05_0", "qd01"]].tolist() == [300_000.0, 20_000.0]
    assert len(table.frame) == 1


def test_a_row_of_measures_that_contradicts_the_header_is_an_error(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(亿元)"], ["", "", "千元"], ["甲", 2024, 3]])
    (finding,) = findings_of(path, framework, "two_measures")
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (2, 3)


def test_an_unknown_measure_in_a_row_of_measures_is_an_error_in_that_row(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入", "年末从业人员"], ["", "", "亿圆", "人"], ["甲", 2024, 3, 1]])
    (finding,) = findings_of(path, framework, "unknown_measure")
    assert finding.place is not None
    assert finding.place.line == 2


@both
def test_title_rows_above_the_header_are_passed_over(kind: str, framework: Framework, write: Write) -> None:
    rows = [["2024 年统计表", "", ""], ["", "", ""], ["高新区", "年份", "营业收入"], ["甲", 2024, 3]]
    table, _ = read_table(write(rows, kind), framework)
    assert table.frame["qc05_0"].tolist() == [3.0]


def test_a_header_below_the_twentieth_row_is_not_looked_for(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["说明", "", ""]] * 20 + [["高新区", "年份", "营业收入"], ["甲", 2024, 3]]
    assert [finding.code for finding in findings_of(write(rows), framework)] == ["no_header"]
    table, _ = read_table(write(rows[1:]), framework)
    assert len(table.frame) == 1


@both
def test_two_columns_for_one_field_are_an_error_that_names_both(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入", "营业收入(亿元)"], ["甲", 2024, 3, 4]], kind)
    (finding,) = findings_of(path, framework, "duplicate_column")
    assert "'营业收入(亿元)'" in finding.message.en
    assert "'营业收入'" in finding.message.en
    assert str(finding.place).endswith({"csv": ":1:4", "xlsx": "!D1"}[kind])


@pytest.mark.parametrize("second", ["营业收入(千元)", "qc05_0（千元）"])
def test_two_columns_for_one_field_in_one_measure_are_an_error(
    second: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(千元)", second], ["甲", 2024, 3, ""], ["乙", 2024, "", 4]])
    assert len(findings_of(path, framework, "duplicate_column")) == 1


@both
def test_two_columns_in_two_measures_make_one_field_and_each_cell_leads_back_to_its_own(
    kind: str, framework: Framework, write: Write
) -> None:
    rows = [
        ["高新区", "年份", "营业收入(千元)", "营业收入(亿元)"],
        ["甲", 2024, 300, ""],
        ["乙", 2024, "", 4],
        ["丙", 2024, "", ""],
        ["丁", 2024, "", "不适用"],
    ]
    table, findings = read_table(write(rows, kind), framework)
    assert table.frame["qc05_0"].tolist()[:2] == [300.0, 400_000.0]
    assert table.states["qc05_0"].tolist() == [State.VALUE, State.VALUE, State.MISSING, State.NOT_APPLICABLE]
    assert [(conversion.header, conversion.factor) for conversion in table.conversions] == [("营业收入(亿元)", 1e5)]
    assert [finding.code for finding in findings].count("measure_converted") == 1
    ends = {"csv": (":2:3", ":3:4"), "xlsx": ("!C2", "!D3")}[kind]
    assert str(table.origin.place(0, "qc05_0")).endswith(ends[0])
    assert str(table.origin.place(1, "qc05_0")).endswith(ends[1])


def test_a_row_that_fills_both_measures_of_a_field_is_an_error_at_the_second(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(千元)", "营业收入(亿元)"], ["甲", 2024, 300, 4]])
    (finding,) = findings_of(path, framework, "two_values")
    assert str(finding.place) == f"{path}:2:4"
    assert f"{path}:2:3" in finding.message.en
    assert (finding.unit, finding.year, finding.field) == ("甲", 2024, "qc05_0")


@both
def test_columns_that_state_no_measure_are_listed_once_with_the_measure_assumed(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["高新区", "年份", "营业收入", "年末从业人员(万人)", "研发人员占比", "绿地率"], ["甲", 2024, 1, 2, 3, 0.4]]
    (finding,) = findings_of(write(rows, kind), framework, "measure_assumed")
    assert finding.severity is Severity.INFO
    assert "营业收入(千元), 研发人员占比(%)" in finding.message.en
    assert "从业" not in finding.message.en
    assert "绿地率" not in finding.message.en


@pytest.mark.parametrize("line", ["单位：万元", "表1 主要指标（金额单位: 万元）", "计量单位：万元、人", "Unit: 万元"])
@both
def test_a_line_above_the_table_gives_its_measure_to_columns_without_one(
    line: str, kind: str, framework: Framework, write: Write
) -> None:
    rows = [["", "", line, ""], ["高新区", "年份", "营业收入", "年末从业人员"], ["甲", 2024, 7, 5]]
    table, findings = read_table(write(rows, kind), framework)
    assert table.frame[["qc05_0", "qd01"]].iloc[0].tolist() == [70.0, 5.0]
    assert [(conversion.field, conversion.factor) for conversion in table.conversions] == [("qc05_0", 10)]
    (finding,) = [finding for finding in findings if finding.code == "measure_from_line"]
    assert "营业收入(万元)" in finding.message.zh


def test_a_measure_in_the_header_stands_above_one_in_a_line_above_the_table(framework: Framework, write: Write) -> None:
    rows = [["单位：万元", "", ""], ["高新区", "年份", "营业收入(亿元)"], ["甲", 2024, 7]]
    table, findings = read_table(write(rows), framework)
    assert table.frame["qc05_0"].tolist() == [700_000.0]
    assert not [finding for finding in findings if finding.code == "measure_from_line"]


def test_two_measures_of_money_above_the_table_are_refused(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["单位：万元", "", "单位：亿元"], ["高新区", "年份", "营业收入"], ["甲", 2024, 7]]
    path = write(rows)
    (finding,) = findings_of(path, framework, "ambiguous_measure")
    assert finding.severity is Severity.ERROR
    assert str(finding.place) == f"{path}:1:3"


def test_an_organisation_above_the_table_is_no_measure(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    rows = [["填报单位：合肥", "单位：合肥高新区", ""], ["高新区", "年份", "营业收入"], ["甲", 2024, 7]]
    path = write(rows)
    (finding,) = findings_of(path, framework, "unknown_measure_line")
    assert finding.severity is Severity.WARNING
    assert str(finding.place) == f"{path}:1:2"
    assert read_table(path, framework)[0].frame["qc05_0"].tolist() == [7.0]


def test_a_name_that_two_fields_share_is_an_error_that_asks_for_the_id(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    fields = {"a": DataField(zh="收入"), "b": DataField(zh="支出", aliases=("收入",))}
    shared = framework.model_copy(update={"fields": fields})
    (finding,) = findings_of(write([["高新区", "年份", "收入", "a"], ["甲", 2024, 3, 4]]), shared, "ambiguous_header")
    assert "a, b" in finding.message.en


@both
def test_a_missing_unit_column_is_an_error_that_lists_the_header_and_suggests_one(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区名", "年份", "营业收入"], ["甲", 2024, 3]], kind)
    (finding,) = findings_of(path, framework, "missing_unit_column")
    assert "高新区名, 年份, 营业收入" in finding.message.en
    assert finding.hint is not None
    assert "did you mean '高新区名'?" in finding.hint.en


def test_a_missing_unit_column_does_not_hide_what_is_wrong_in_the_cells(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["名", "年份", "营业收入"], ["甲", 2024, "三"], ["", "", ""]])
    codes = {finding.code for finding in findings_of(path, framework) if finding.severity is Severity.ERROR}
    assert codes == {"missing_unit_column", "text_in_number"}


def test_a_cell_that_is_no_number_is_told_by_its_header_too(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入(亿元)"], ["甲", 2024, "三"]])
    (finding,) = findings_of(path, framework, "text_in_number")
    assert finding.message == ("“营业收入(亿元)”：不是数", "'营业收入(亿元)': is not a number")


@both
def test_a_missing_year_column_is_an_error_that_lists_the_header(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    (finding,) = findings_of(write([["高新区", "营业收入"], ["甲", 3]], kind), framework, "missing_year_column")
    assert "高新区, 营业收入" in finding.message.en
    assert finding.hint is not None
    assert finding.hint.zh == "加上“年份”列；已有这一列的，把列名改为“年份”"


def test_a_year_column_is_an_extra_column_where_the_framework_has_no_time(
    revenue_only: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "营业收入"], ["甲", 2024, 3]])
    table, _ = read_table(path, revenue_only)
    assert table.years is None
    assert [finding.value for finding in findings_of(path, revenue_only, "extra_column")] == ["年份"]


def test_each_field_without_a_column_is_a_warning_and_missing_throughout(framework: Framework, write: Write) -> None:
    table, findings = read_table(write([["高新区", "年份", "营业收入"], ["甲", 2024, 3]]), framework)
    missing = {finding.field: finding.severity for finding in findings if finding.code == "missing_column"}
    assert missing == dict.fromkeys(["qd01", "rd", "green", "stage"], Severity.WARNING)
    assert table.states["qd01"].tolist() == [1]
    assert table.frame["stage"].tolist() == [None]


@both
def test_a_table_without_any_field_of_the_framework_is_an_error(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    (finding,) = findings_of(write([["高新区", "年份", "身高"], ["甲", 2024, 3]], kind), framework, "no_field_column")
    assert "身高" in finding.message.en


def test_a_table_without_a_header_is_an_error_that_shows_the_first_row(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    (finding,) = findings_of(write([["a", "b"], [1, 2]]), framework)
    assert finding.code == "no_header"
    assert "a, b" in finding.message.en


@pytest.mark.parametrize(
    ("header", "severity", "hint"),
    [("身高", Severity.INFO, None), ("从业人员", Severity.WARNING, "年末从业人员"), ("人员", Severity.INFO, None)],
)
@both
def test_an_extra_column_is_told_and_a_likely_typo_is_a_warning(
    header: str,
    severity: Severity,
    hint: str | None,
    kind: str,
    framework: Framework,
    write: Write,
    findings_of: FindingsOf,
) -> None:
    path = write([["高新区", "年份", "营业收入", header], ["甲", 2024, 3, 4]], kind)
    (finding,) = findings_of(path, framework, "extra_column")
    assert (finding.severity, finding.value) == (severity, header)
    assert (finding.hint and hint in finding.hint.zh) if hint else finding.hint is None


@pytest.mark.parametrize("header", ["营业收入（单位：万元）", "营业收入(计量单位:万元)"])
@both
def test_the_word_for_unit_before_a_measure_in_brackets_is_no_part_of_the_measure(
    header: str, kind: str, framework: Framework, write: Write
) -> None:
    table, _ = read_table(write([["高新区", "年份", header], ["甲", 2024, 7]], kind), framework)
    assert table.frame["qc05_0"].tolist() == [70.0]  # 千元


@pytest.mark.parametrize("header", ["2024年营业收入(千元)", "营业收入_千元", "其中：营业收入", "营业收入 单位：千元"])
def test_a_header_that_holds_the_name_of_a_field_without_a_column_is_a_warning_and_not_only_a_remark(
    header: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "年末从业人员", header], ["甲", 2024, 3, 4]])
    (finding,) = findings_of(path, framework, "extra_column")
    assert (finding.severity, finding.hint and finding.hint.zh) == (Severity.WARNING, "是不是“营业收入”？")


def test_an_extra_column_is_no_typo_of_a_field_that_has_its_column(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "年末从业人员", "年初从业人员"], ["甲", 2024, 3, 4]])
    (finding,) = findings_of(path, framework, "extra_column")
    assert (finding.severity, finding.hint) == (Severity.INFO, None)


@both
def test_a_column_with_values_but_no_header_is_told_and_an_empty_one_is_not(
    kind: str, framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    path = write([["高新区", "年份", "", "营业收入", ""], ["甲", 2024, "", 3, 4]], kind)
    (finding,) = findings_of(path, framework, "unnamed_column")
    assert finding.severity is Severity.INFO
    assert str(finding.place).endswith({"csv": ":1:5", "xlsx": "!E1"}[kind])


def test_the_column_of_a_derived_field_is_not_read_and_a_warning_says_so(framework: Framework, write: Write) -> None:
    fields = framework.fields | {"per_head": DataField(zh="人均营收", formula="qc05_0 / qd01", measure="千元/人")}
    path = write([["高新区", "年份", "营业收入", "人均营收"], ["甲", 2024, 3, 4]])
    table, findings = read_table(path, framework.model_copy(update={"fields": fields}))
    assert "per_head" not in table.frame
    (finding,) = [finding for finding in findings if finding.code == "derived_column"]
    assert (finding.severity, finding.field) == (Severity.WARNING, "per_head")


def test_a_header_of_nothing_but_derived_fields_is_an_error(
    framework: Framework, write: Write, findings_of: FindingsOf
) -> None:
    fields = framework.fields | {"per_head": DataField(zh="人均营收", formula="qc05_0 / qd01", measure="千元/人")}
    path = write([["人均营收"], [4]])
    codes = {finding.code for finding in findings_of(path, framework.model_copy(update={"fields": fields}))}
    assert codes == {"missing_unit_column", "missing_year_column", "no_field_column", "derived_column"}


@pytest.mark.parametrize("header", ["data_note", "数据说明"])
@both
def test_the_note_column_is_carried_with_the_table_once_per_text(
    header: str, kind: str, framework: Framework, write: Write
) -> None:
    rows = [["高新区", "年份", "营业收入", header], ["甲", 2024, 3, "合成数据"], ["乙", 2024, 3, "合成数据"]]
    table, findings = read_table(write(rows, kind), framework)
    assert table.notes == ("合成数据",)
    assert not [finding for finding in findings if finding.code == "extra_column"]


def test_every_mistake_of_a_file_is_reported_at_once_and_warnings_with_them(framework: Framework, write: Write) -> None:
    rows = [
        ["高新区", "年份", "营业收入(人)", "年末从业人员", "从业"],
        ["甲", "二〇二四", 1, "多", 0],
        ["", 2024, 1, 1, 0],
        ["乙", 2024, 1, "1,23", 0],
        ["乙", 2024, 1, "n/a", 0],
    ]
    with pytest.raises(DataError) as raised:
        read_table(write(rows), framework)
    codes = [finding.code for finding in raised.value.findings]
    assert set(codes) == {
        "wrong_measure",
        "bad_year",
        "text_in_number",
        "unit_missing",
        "ambiguous_empty",
        "duplicate_row",
        "missing_column",
        "measure_assumed",
        "extra_column",
    }
    assert raised.value.exit_code == 3

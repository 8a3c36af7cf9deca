"""Conditions, jumps between years and mixed-up measures are found where they are, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.findings import Finding, Severity
from parkscore.framework.loading import find_framework, load_framework, read_own_document
from parkscore.framework.models import Expected, Framework, Jump, Label, Outlier, Rule
from parkscore.framework.workbook_form import write_workbook
from parkscore.shipped import example_path
from tests.small_frameworks import codes, field, leaf, of_code, panel, rows, small, table_of

NAN = np.nan


def found(framework: Framework, frame: pd.DataFrame) -> list[Finding]:
    return validate(framework, table_of(framework, frame))


def with_rule(time: str | None = None, fields: dict[str, Any] | None = None, **kind: Any) -> Framework:
    rule = Rule(**({"id": "check", "zh": "不合理", "en": "not plausible"} | kind))
    return small(leaf("a"), leaf("b"), rules=(rule,), time=time, fields=fields)


# Conditions


def test_a_condition_that_does_not_hold_is_a_warning_on_the_unit_with_the_hint_of_the_rule() -> None:
    framework = with_rule(require="a <= b", hint=Label(zh="核对", en="check both"))
    (finding,) = found(framework, rows(a=[1, 5, 2], b=[1, 2, 3]))
    assert (finding.code, finding.severity, finding.unit, finding.rule) == ("rule", Severity.WARNING, "乙", "check")
    assert finding.message.zh == "不合理（字段a = 5，字段b = 2）"
    assert finding.message.en == "not plausible (field a = 5, field b = 2)"
    assert finding.hint is not None
    assert finding.hint.en == "check both"


@pytest.mark.parametrize(("a", "b"), [(None, 1), (1, None), ("不适用", 1)])
def test_a_condition_that_cannot_be_told_is_not_reported(a: Any, b: Any) -> None:
    assert found(with_rule(require="a <= b"), rows(a=pd.Series([a], dtype=object), b=[b])) == []


def test_a_condition_is_asked_only_where_its_when_holds() -> None:
    framework = with_rule(require="a > 0", when="b == 1")
    assert [finding.unit for finding in found(framework, rows(a=[-1, -1, -1], b=[1, 0, None]))] == ["甲"]


def test_a_rule_has_the_severity_that_it_states() -> None:
    assert found(with_rule(require="a > 0", severity="info"), rows(a=[-1], b=[1]))[0].severity is Severity.INFO


# Fields that must be filled


def test_a_missing_cell_is_found_where_it_must_be_filled_and_nowhere_else() -> None:
    framework = with_rule(required=("a",), when="b > 0")
    found_here = found(
        framework, rows(a=pd.Series([None, None, "不适用", 5, None], dtype=object), b=[1, 0, 1, 1, None])
    )
    assert [(finding.code, finding.unit, finding.field) for finding in found_here] == [("required_missing", "甲", "a")]
    assert found_here[0].message == ("字段a未填：不合理", "field a is missing: not plausible")


def test_a_text_can_be_required_without_a_condition() -> None:
    framework = with_rule(required=("a", "stage"), fields={"stage": field("stage", kind="text")}, severity="error")
    missing = found(framework, rows(a=[1, None], b=[1, 1], stage=[None, "初创"]))
    assert {(finding.unit, finding.field) for finding in missing} == {("甲", "stage"), ("乙", "a")}
    assert {finding.severity for finding in missing} == {Severity.ERROR}


# Outliers


FAR = {"outlier": Outlier(fields=("a",), z=3.5)}


def test_a_value_beyond_so_many_robust_standard_deviations_is_found_and_the_one_on_the_limit_is_not() -> None:
    # Median 3, median absolute deviation 1: at z = 3.5 the limit lies at 3 + 3.5 x 1.4826 = 8.1891.
    outliers = found(with_rule(**FAR), rows(a=[1, 2, 2, 3, 3, 4, 4, 8.18, -2.19], b=[1] * 9))
    assert [(finding.code, finding.unit, finding.value) for finding in outliers] == [("outlier", "壬", -2.19)]
    assert outliers[0].message.en == "field a is far from the median 3 of its peers (robust z = -3.5)"
    assert outliers[0].hint is not None


def test_an_outlier_is_one_within_its_year_and_class() -> None:
    fields = {"a": field("a"), "stage": field("stage", kind="text")}
    framework = with_rule(**FAR, fields=fields, time="year")
    in_class = framework.model_copy(update={"class_field": "stage"})
    lines = [f"小{n} 2024 {n} 1 小" for n in range(1, 8)] + [f"大{n} 2024 {1000 + n} 1 大" for n in range(1, 4)]
    lines += ["小1 2025 1000 1 小", "小2 2025 1001 1 小", "小3 2025 1002 1 小"]
    frame = panel("zone year a b stage\n" + "\n".join(lines))
    assert {finding.unit for finding in found(framework, frame)} == {"大1", "大2", "大3"}
    assert found(in_class, frame) == []


def test_where_most_values_are_equal_or_missing_nothing_is_an_outlier() -> None:
    assert found(with_rule(**FAR), rows(a=[0, 0, 0, 900], b=[1] * 4)) == []
    assert found(with_rule(**FAR), rows(a=[None, None], b=[1, 1])) == []


# Jumps


LEAP = {"jump": Jump(fields=("a",), factor=5.0), "time": "year"}


@pytest.mark.parametrize(
    ("before", "now", "jumps"),
    [
        (10, 51, True),
        (10, 50, False),
        (50, 10, False),
        (51, 10, True),
        (-10, 60, True),
        (0, 60, False),
        (60, 0, False),
        (None, 60, False),
        (60, None, False),
    ],
)
def test_a_jump_is_more_than_the_factor_either_way_and_never_from_nothing(before: Any, now: Any, jumps: bool) -> None:
    frame = pd.DataFrame({"zone": ["甲", "甲"], "year": [2023, 2024], "a": [before, now], "b": [1.0, 1.0]})
    assert codes(found(with_rule(**LEAP), frame.astype({"a": float}))) == (["magnitude_jump"] if jumps else [])


def test_a_jump_says_how_much_and_against_what() -> None:
    framework = with_rule(**LEAP, fields={"a": field("a", measure="千元")})
    up, down = found(framework, panel("zone year a b\n甲 2023 10 1\n甲 2024 100 1\n乙 2023 100 1\n乙 2024 10 1"))
    assert (up.unit, up.year, up.field, up.value) == ("甲", 2024, "a", 100.0)
    assert up.message.en == "field a is 10.0 times last year's 10 千元"
    assert up.message.zh == "字段a是上年 10 千元的 10.0 倍"
    assert down.message.en == "field a is 10.0 times smaller than last year's 100 千元"
    assert down.message.zh == "字段a是上年 100 千元的 1/10.0"
    assert up.hint is not None
    assert "accepted" in up.hint.zh


@pytest.mark.parametrize(("before", "now"), [(-5, 83684), (83684, -5), (-5, -83684)])
def test_a_jump_from_or_to_a_negative_number_tells_both_and_no_ratio(before: int, now: int) -> None:
    framework = with_rule(**LEAP, fields={"a": field("a", measure="人")})
    (jump,) = found(framework, panel(f"zone year a b\n甲 2023 {before} 1\n甲 2024 {now} 1"))
    assert jump.message == (
        f"字段a上年为 {before} 人，本年为 {now} 人",
        f"field a is {now} 人, last year's was {before} 人",
    )


@pytest.mark.parametrize("name", ["zone-2021", "zone-figures"])
def test_the_hint_of_a_jump_in_a_shipped_framework_says_where_excel_users_accept_it(name: str) -> None:
    (rule,) = (rule for rule in load_framework(name).rules if rule.jump is not None)
    assert rule.hint is not None
    assert f"parkscore convert {name} my.xlsx" in rule.hint.zh
    assert f"parkscore convert {name} my.xlsx" in rule.hint.en


def test_what_is_accepted_in_the_sheet_that_the_hint_names_is_a_note(tmp_path: Path) -> None:
    frame = panel("zone year a b\n甲 2023 10 1\n甲 2024 100 1")
    hint = found(with_rule(**LEAP), frame)[0].hint
    assert hint is not None
    assert "“认可”表" in hint.zh
    assert "its sheet 认可" in hint.en
    path = tmp_path / "my.xlsx"
    write_workbook(read_own_document(find_framework("zone-figures")).data, path)
    workbook = openpyxl.load_workbook(path)
    workbook["认可"].append(["magnitude_jump", "天津滨海", None, None, "并入新园区", "王工"])
    workbook.save(path)
    tianjin = pd.DataFrame(
        {"高新区": ["天津滨海"] * 2, "年份": [2023, 2024], "营业收入(千元)": [6008785197, 637730491]}
    )
    framework = load_framework(path)
    jumps = of_code(validate(framework, read_table(tianjin, framework)[0]), "magnitude_jump")
    assert [jump.severity for jump in jumps] == [Severity.INFO]


def test_a_gap_of_a_year_is_no_jump() -> None:
    assert found(with_rule(**LEAP), panel("zone year a b\n甲 2022 1 1\n甲 2024 100 1")) == []


# Mixed-up measures


MIXUP = {
    "measure_mixup": Expected(field="a", per="b", expected=2000.0, factor=5.0),
    "fields": {"a": field("a", measure="千元"), "b": field("b", measure="人")},
}


@pytest.mark.parametrize(
    ("factor", "likely"), [(1e-5, "亿元"), (1e-3, "百万元"), (0.1, "万元"), (1e3, "元"), (1.0, None), (4.0, None)]
)
def test_a_column_in_another_measure_is_found_and_the_measure_named(factor: float, likely: str | None) -> None:
    staff = np.array([10.0, 200.0, 35.0, 80.0])
    frame = rows(a=staff * 2000 * factor, b=staff)
    mixups = found(with_rule(**MIXUP), frame)
    if likely is None:
        assert mixups == []
        return
    (finding,) = mixups
    assert (finding.code, finding.field, finding.unit, finding.rule) == ("measure_mixup", "a", None, "check")
    assert f"in {likely}" in finding.message.en
    assert f"以{likely}填报" in finding.message.zh
    assert finding.hint is not None
    assert f"字段a({likely})" in finding.hint.zh


def test_a_size_is_told_with_the_measure_of_the_ratio_where_both_fields_have_one() -> None:
    (finding,) = found(with_rule(**MIXUP), rows(a=[2000 * 37.0], b=[1.0]))
    assert finding.message == (
        "字段a与字段b之比的中位数为 74000 千元/人，应在 2000 千元/人 左右",
        "the median of field a per field b is 74000 千元/人, about 2000 千元/人 is expected",
    )
    slipped = {"magnitude": MIXUP["measure_mixup"], "fields": MIXUP["fields"]}
    (finding,) = found(with_rule(**slipped), rows(a=[2000.0, 2000.0, 172.5], b=[1.0, 1.0, 1.0]))
    assert finding.message.zh == "字段a与字段b之比为 172.5 千元/人，约为通常值（2000 千元/人）的 1/11.6，可能错位"
    assert "is 172.5 千元/人, 11.6 times smaller than the usual 2000 千元/人; a digit" in finding.message.en
    without = {"magnitude": MIXUP["measure_mixup"], "fields": {"a": field("a", measure="千元"), "b": field("b")}}
    (finding,) = found(with_rule(**without), rows(a=[2000.0, 2000.0, 172.5], b=[1.0, 1.0, 1.0]))
    assert "之比为 172.5，约为通常值（2000）的 1/11.6" in finding.message.zh


def test_where_no_measure_explains_the_size_both_columns_are_named() -> None:
    (finding,) = found(with_rule(**MIXUP), rows(a=[2000 * 37.0], b=[1.0]))
    assert finding.hint == ("检查字段a和字段b的单位", "check the measure of field a and field b")


def test_one_unit_that_is_far_off_is_no_mixed_up_measure() -> None:
    assert found(with_rule(**MIXUP), rows(a=[2000.0, 2500.0, 1e9], b=[1.0, 1.0, 1.0])) == []


def test_zeros_and_gaps_say_nothing_about_a_measure() -> None:
    assert found(with_rule(**MIXUP), rows(a=[0.0, None, 2000.0, 5.0], b=[1.0, 1.0, 1.0, 0.0])) == []
    assert found(with_rule(**MIXUP), rows(a=[None, None], b=[1.0, 1.0])) == []


def test_each_year_is_compared_on_its_own() -> None:
    frame = panel("zone year a b\n甲 2023 2000 1\n乙 2023 2100 1\n甲 2024 0.02 1\n乙 2024 0.021 1")
    assert [(finding.code, finding.year) for finding in found(with_rule(time="year", **MIXUP), frame)] == [
        ("measure_mixup", 2024)
    ]


def test_a_column_without_per_is_compared_as_it_is() -> None:
    rule = Expected(field="a", expected=2000.0, factor=5.0)
    framework = with_rule(measure_mixup=rule, fields={"a": field("a", measure="千元")})
    (finding,) = found(framework, rows(a=[0.02, 0.03], b=[1, 1]))
    assert "亿元" in finding.message.en


# The published figures of the zones


def figures() -> pd.DataFrame:
    return pd.read_csv(example_path("zone-figures.csv"), encoding="utf-8-sig")


def synthetic() -> pd.DataFrame:
    return pd.read_csv(example_path("zones-synthetic.csv"), encoding="utf-8-sig")


def odd(name: str, source: Any) -> list[Finding]:
    framework = ps.load_framework(name)
    findings = validate(framework, read_table(source, framework)[0])
    return [finding for finding in findings if finding.code in ("magnitude_jump", "measure_mixup")]


def test_the_figures_as_published_have_neither_a_jump_nor_a_mixed_up_measure() -> None:
    assert odd("zone-figures", figures()) == []


def test_tianjin_2023_as_a_machine_read_it_facts_8_1_is_a_jump_at_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "zone-figures.csv"
    original = Path(example_path("zone-figures.csv")).read_text(encoding="utf-8-sig")
    assert original.count("600875917") == 1
    path.write_text(original.replace("600875917", "6008785197"), encoding="utf-8")
    (finding,) = odd("zone-figures", path)
    assert (finding.code, finding.unit, finding.field, finding.year) == ("magnitude_jump", "天津滨海", "revenue", 2024)
    # The year before has no row, so the slip shows in the year after it, and the message names the slipped figure.
    assert "9.4 times smaller than last year's 6008785197 千元" in finding.message.en
    assert str(finding.place) == f"{path}:4:14"


def test_the_same_slip_among_178_synthetic_zones_is_a_jump_and_the_only_one() -> None:
    tianjin = pd.DataFrame(
        {"高新区": ["天津滨海"] * 2, "年份": [2023, 2024], "营业收入(千元)": [6008785197, 637730491]}
    )
    (finding,) = odd("zone-2021", pd.concat([synthetic(), tianjin], ignore_index=True))
    assert (finding.code, finding.unit, finding.field, finding.year) == ("magnitude_jump", "天津滨海", "qc05_0", 2024)
    assert "last year's 6008785197 千元" in finding.message.en


def test_synthetic_zones_have_neither_a_jump_nor_a_mixed_up_measure() -> None:
    assert odd("zone-2021", synthetic()) == []


@pytest.mark.parametrize("keep", ["both years", "one year", "every other row"])
def test_revenue_in_hundred_millions_labelled_as_thousands_is_found_and_named(keep: str) -> None:
    frame = synthetic()
    frame["营业收入(千元)"] = frame["营业收入(千元)"] / 1e5
    if keep == "one year":
        frame = frame[frame["年份"] == frame["年份"].max()]
    elif keep == "every other row":
        frame = frame.iloc[::2]
    mixups = [finding for finding in odd("zone-2021", frame) if finding.field == "qc05_0"]
    assert codes(mixups) == ["measure_mixup"] * frame["年份"].nunique()
    assert all("亿元" in finding.message.en and "亿元" in finding.message.zh for finding in mixups)
    assert of_code(mixups, "magnitude_jump") == []


def test_revenue_in_hundred_millions_that_says_so_is_no_mixed_up_measure() -> None:
    frame = synthetic()
    frame["营业收入(千元)"] = frame["营业收入(千元)"] / 1e5
    assert odd("zone-2021", frame.rename(columns={"营业收入(千元)": "营业收入(亿元)"})) == []


def test_the_published_figures_in_hundred_millions_labelled_as_thousands_are_found_and_named() -> None:
    frame = figures()
    frame["营业收入(千元)"] = frame["营业收入(千元)"] / 1e5
    mixups = of_code(odd("zone-figures", frame), "measure_mixup")
    # 2021 has revenue for one zone and no staff beside it, so nothing to compare with.
    assert [(finding.field, finding.year) for finding in mixups] == [("revenue", 2023), ("revenue", 2024)]
    assert all("亿元" in finding.message.zh for finding in mixups)


def test_a_slipped_digit_is_found_at_its_own_cell_without_a_year_before() -> None:
    frame = pd.DataFrame(
        {
            "高新区": ["天津滨海", "北京中关村"],
            "年份": [2023, 2023],
            "营业收入(千元)": [6008785197, 9177249574],
            "年末从业人员(人)": [242310, 3221028],
        }
    )
    framework = load_framework("zone-figures")
    table, _ = read_table(frame, framework)
    (finding,) = [each for each in validate(framework, table) if each.code == "unlikely_magnitude"]
    assert (finding.unit, finding.year, finding.field) == ("天津滨海", 2023, "revenue")
    assert finding.value == 6008785197
    assert "12.1" in finding.message.zh
    assert "12.1" in finding.message.en
    right, _ = read_table(frame.assign(**{"营业收入(千元)": [600875917, 9177249574]}), framework)
    assert [each.code for each in validate(framework, right) if each.rule == "magnitude_revenue"] == []


def test_a_column_in_another_measure_is_one_finding_and_not_one_for_each_unit() -> None:
    frame = pd.DataFrame(
        {
            "高新区": ["甲", "乙", "丙"],
            "年份": [2023, 2023, 2023],
            "营业收入(千元)": [6008.8, 91772.5, 5000.0],
            "年末从业人员(人)": [242310, 3221028, 200000],
        }
    )
    framework = load_framework("zone-figures")
    table, _ = read_table(frame, framework)
    rules = [each.rule for each in validate(framework, table) if each.field == "revenue"]
    assert rules == ["measure_mixup_revenue"]


def test_a_broken_condition_shows_the_numbers_that_break_it() -> None:
    frame = ps.sample("zone-2021", units=5, years=1, seed=2)
    part = next(name for name in frame.columns if name.startswith("技术服务出口"))
    frame.loc[2, part] = 10**12
    framework = load_framework("zone-2021")
    table, _ = read_table(frame, framework)
    (finding,) = [each for each in validate(framework, table) if each.rule == "technical_services_within_exports"]
    assert finding.field in {"qc11", "qc11_1"}
    assert "1000000000000 千元" in finding.message.zh
    assert "1000000000000 千元" in finding.message.en

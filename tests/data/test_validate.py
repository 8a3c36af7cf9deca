"""The limits and rules of a framework become located findings."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.capping import MOST, first_of_each_kind
from parkscore.data.cell_frames import cells_of
from parkscore.data.reading import read_table
from parkscore.data.schema import compile_schema, failures
from parkscore.data.validate import read_and_validate, validate
from parkscore.findings import DataError, Finding, Severity, errors_of
from parkscore.framework.models import Accepted, Effective, Expected, Framework, Jump, Rule
from parkscore.language import Text
from tests.small_frameworks import codes, field, leaf, panel, rows, small, table_of

LIMITED = small(leaf("a"), leaf("b"), fields={"a": field("a", min=0, max=100, measure="%"), "b": field("b")})


def test_a_value_beyond_a_limit_is_an_error_at_its_cell_for_every_such_cell(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text("zone,b,a(%)\n甲,-5,50\n乙,-5,-3\n丙,-5,100\n丁,-5,100.5\n", encoding="utf-8")
    found = validate(LIMITED, read_table(path, LIMITED)[0])
    assert [(finding.code, finding.unit, finding.field, finding.value, finding.rule) for finding in found] == [
        ("below_min", "乙", "a", -3.0, "min 0"),
        ("above_max", "丁", "a", 100.5, "max 100"),
    ]
    assert [str(finding.place) for finding in found] == [f"{path}:3:3", f"{path}:5:3"]
    assert {finding.severity for finding in found} == {Severity.ERROR}
    assert found[0].message == Text("字段a小于下限 0 %", "field a is below the minimum 0 %")


def test_a_limit_itself_and_a_gap_are_within_the_limits() -> None:
    assert validate(LIMITED, table_of(LIMITED, rows(a=[0, 100, None], b=[1, 2, 3]))) == []


def test_evaluating_stops_with_every_error_at_once_and_the_findings_of_reading() -> None:
    with pytest.raises(DataError) as raised:
        ps.evaluate(LIMITED, rows(a=[-1, -2, 5], b=[1, 2, 3], colour=["x", "y", "z"]))
    assert codes(raised.value.findings)[:2] == ["below_min", "below_min"]
    assert "colour" in str(raised.value)


def test_mistakes_of_reading_and_values_beyond_limits_come_in_one_round(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text("zone,b,a(%)\n甲,多,50\n乙,-5,-3\n,1,2\n乙,1,300\n丙,1,200\n", encoding="utf-8")
    table, found = read_and_validate(path, LIMITED)
    assert table is None
    assert [(finding.code, finding.unit) for finding in errors_of(found)] == [
        ("unit_missing", None),
        ("text_in_number", "甲"),
        ("duplicate_row", "乙"),
        ("below_min", "乙"),
        ("above_max", "丙"),
    ]
    with pytest.raises(DataError) as raised:
        ps.evaluate(LIMITED, path)
    assert sorted(codes(raised.value.findings)) == sorted(codes(found))


def test_a_cell_or_column_that_cannot_be_read_is_not_also_called_missing(tmp_path: Path) -> None:
    rule = Rule(id="filled", zh="必填", en="must be filled", severity="error", required=("a", "b"))
    framework = small(leaf("a"), leaf("b"), fields=LIMITED.fields, rules=(rule,))
    path = tmp_path / "zones.csv"
    path.write_text("zone,b,a(人)\n甲,多,50\n乙,,3\n", encoding="utf-8")
    _, found = read_and_validate(path, framework)
    assert [(finding.code, finding.field, finding.unit) for finding in errors_of(found)] == [
        ("wrong_measure", "a", None),
        ("text_in_number", "b", "甲"),
        ("required_missing", "b", "乙"),
    ]


def test_of_very_many_values_beyond_a_limit_an_accepted_one_is_still_a_note() -> None:
    entry = Accepted(rule="below_min", unit="z900", field="a", reason="核实", by="王工")
    framework = small(leaf("a"), leaf("b"), fields=LIMITED.fields, accepted=(entry,))
    frame = pd.DataFrame({"zone": [f"z{number}" for number in range(1000)], "a": [-1.0] * 1000, "b": [1.0] * 1000})
    found = validate(framework, table_of(framework, frame))
    assert [finding.unit for finding in found if finding.severity is Severity.INFO] == ["z900"]
    (rest,) = [finding for finding in found if finding.more]
    assert rest.value == 999 - MOST


@pytest.mark.parametrize("rule", [{"require": "a > 1"}, {"required": ("b",)}])
def test_of_very_many_broken_rules_an_accepted_one_is_still_a_note(rule: dict[str, Any]) -> None:
    count = 3 * MOST
    entry = Accepted(rule="r", unit=f"u{count - 5}", reason="已核实", by="王工")
    framework = small(leaf("a"), leaf("b"), rules=(Rule(id="r", zh="规则", **rule),), accepted=(entry,))
    frame = pd.DataFrame({"zone": [f"u{number}" for number in range(count)], "a": 1.0, "b": np.nan})
    found = validate(framework, table_of(framework, frame))
    assert [finding.unit for finding in found if finding.severity is Severity.INFO] == [f"u{count - 5}"]
    assert sum(finding.more or 1 for finding in found) == count


def test_units_with_half_a_character_are_checked_too() -> None:
    units = pd.Series(["\ud800", "甲"], dtype=object)
    frame = pd.DataFrame({"zone": units, "a": [1.0, 200.0], "b": 1.0})
    assert codes(validate(LIMITED, table_of(LIMITED, frame))) == ["above_max"]


def test_a_failure_of_the_whole_table_is_said_once() -> None:
    table = table_of(LIMITED, rows(a=[1, 2, 3, 4], b=[1, 2, 3, 4]))
    twice = pd.concat([table.frame] * 2, ignore_index=True)
    found = list(failures(compile_schema(LIMITED), twice))
    assert len(found) == 1
    assert found[0].row is None
    origin = replace(table.origin, rows=())
    (finding,) = validate(LIMITED, replace(table, cells=cells_of(twice), origin=origin))
    assert (finding.code, finding.severity) == ("schema", Severity.ERROR)


def jump_framework(*accepted: Accepted) -> Framework:
    rule = Rule(id="leap", zh="突变", en="leap", severity="error", jump=Jump(fields=("a", "b"), factor=5.0))
    return small(leaf("a"), leaf("b"), time="year", rules=(rule,), accepted=accepted)


LEAPS = panel("zone year a b\n甲 2023 1 1\n甲 2024 9 9\n乙 2023 1 1\n乙 2024 9 1")


def test_what_is_accepted_becomes_a_note_with_the_reason_and_the_name() -> None:
    entry = Accepted(rule="leap", unit="甲", field="a", year=2024, reason="并入新园区", by="王工")
    found = validate(jump_framework(entry), table_of(jump_framework(), LEAPS))
    assert [(finding.unit, finding.field, str(finding.severity)) for finding in found] == [
        ("甲", "a", "info"),
        ("乙", "a", "error"),
        ("甲", "b", "error"),
    ]
    assert found[0].message.zh.endswith("（王工 已认可：并入新园区）")
    assert found[0].message.en.endswith("(accepted by 王工: 并入新园区)")
    assert found[0].place is not None


@pytest.mark.parametrize(
    ("narrowed", "infos"),
    [({}, 2), ({"field": "b"}, 1), ({"year": 2024}, 2), ({"year": 2023}, 0), ({"field": "a", "year": 2023}, 0)],
)
def test_an_acceptance_covers_what_it_says_and_no_more(narrowed: dict[str, object], infos: int) -> None:
    entry = Accepted(rule="leap", unit="甲", reason="已核", by="王工", **narrowed)
    found = validate(jump_framework(entry), table_of(jump_framework(), LEAPS))
    assert [finding.severity for finding in found].count(Severity.INFO) == infos
    assert all(finding.unit == "甲" for finding in found if finding.severity is Severity.INFO)


def test_a_mixed_up_measure_is_accepted_for_the_column_and_not_for_a_unit() -> None:
    rule = Rule(id="size", zh="单位", measure_mixup=Expected(field="a", expected=1000.0, factor=5.0))
    entry = Accepted(rule="size", field="a", reason="小型园区", by="王工")
    framework = small(leaf("a"), rules=(rule,), accepted=(entry,))
    (finding,) = validate(framework, table_of(framework, rows(a=[1, 2, 3])))
    assert (finding.code, finding.severity) == ("measure_mixup", Severity.INFO)
    assert finding.message.en.endswith("(accepted by 王工: 小型园区)")


def test_a_value_beyond_a_limit_can_be_accepted_and_no_longer_stops_the_run() -> None:
    entry = Accepted(rule="below_min", unit="甲", field="a", reason="合并报表抵销", by="王工")
    framework = small(leaf("a"), fields={"a": field("a", min=0, max=10)}, accepted=(entry,))
    found = validate(framework, table_of(framework, rows(a=[-1, -1, 11])))
    assert [(finding.unit, finding.code, finding.severity) for finding in found] == [
        ("甲", "below_min", Severity.INFO),
        ("乙", "below_min", Severity.ERROR),
        ("丙", "above_max", Severity.ERROR),
    ]


@pytest.mark.parametrize(
    ("lag", "since", "until", "warned"),
    [
        (0, (2024, 1, 1), None, [2022, 2023]),
        (1, (2024, 1, 1), None, [2022]),
        (0, None, (2022, 12, 31), [2023, 2024]),
        (0, (2022, 6, 1), (2024, 6, 1), []),
    ],
)
def test_a_year_outside_the_dates_of_the_framework_is_warned_of_by_its_evaluation_year(
    lag: int, since: tuple[int, int, int] | None, until: tuple[int, int, int] | None, warned: list[int]
) -> None:
    dates = Effective(since=since and datetime.date(*since), until=until and datetime.date(*until))
    framework = small(leaf("a"), time="year", effective=dates, evaluation_lag=lag)
    found = validate(framework, table_of(framework, panel("zone year a\n甲 2022 1\n甲 2023 1\n甲 2024 1")))
    assert [(finding.code, finding.year) for finding in found] == [("not_in_force", year) for year in warned]


@pytest.mark.parametrize(
    ("dates", "zh", "en"),
    [
        ({"since": "2026-04-01"}, "自 2026-04-01 起", "from 2026-04-01"),
        ({"until": "2021-12-31"}, "至 2021-12-31 止", "until 2021-12-31"),
        ({"since": "2026-04-01", "until": "2027-01-01"}, "2026-04-01 至 2027-01-01", "2026-04-01 to 2027-01-01"),
    ],
)
def test_dates_with_an_open_end_are_told_in_words(dates: dict[str, str], zh: str, en: str) -> None:
    framework = small(leaf("a"), time="year", effective=Effective.model_validate(dates))
    (found,) = validate(framework, table_of(framework, panel("zone year a\n甲 2024 1")))
    assert found.message.zh == f"评价年度 2024 不在指标体系的有效期内（{zh}）"
    assert found.message.en == f"the framework is not in force in the evaluation year 2024 ({en})"


def test_of_very_many_findings_of_a_kind_the_first_are_listed_and_the_rest_counted() -> None:
    frame = pd.DataFrame({"zone": [f"z{number}" for number in range(1000)], "a": [-1.0] * 1000, "b": [1.0] * 1000})
    found = validate(LIMITED, table_of(LIMITED, frame))
    assert [finding.unit for finding in found[:MOST]] == [f"z{number}" for number in range(MOST)]
    (rest,) = found[MOST:]
    assert (rest.code, rest.field, rest.value, rest.severity) == ("below_min", "a", 800, Severity.ERROR)
    assert "800" in rest.message.zh
    assert "800" in rest.message.en


def test_kinds_of_findings_are_counted_apart_and_a_list_as_long_as_allowed_is_whole() -> None:
    def some(code: str, count: int) -> list[Finding]:
        return [Finding(code=code, severity=Severity.INFO, message=Text("一", "one"))] * count

    assert codes(first_of_each_kind([*some("x", 2), *some("y", 2)], most=2)) == ["x", "x", "y", "y"]
    assert codes(first_of_each_kind([*some("x", 3), *some("y", 2)], most=2)) == ["x", "x", "y", "y", "x"]

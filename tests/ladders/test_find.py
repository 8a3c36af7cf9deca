"""Tests of parkscore.find: who is found, who is not, of whom it cannot be told, and with which values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import parkscore as ps
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.models import Framework, ScoreRule
from tests.small_frameworks import field, leaf, panel, rows, small

FIELDS = {
    "income": field("income", measure="万元"),
    "cost": field("cost", measure="万元"),
    "founded": field("founded"),
    "kind": field("kind", kind="text"),
}
PANEL = """
zone year s income cost founded kind
甲   2023 70 100   5    2020    A
乙   2023 60 .     5    2020    B
甲   2024 80 150   30   2020    A
乙   2024 60 40    30   2010    B
丙   2024 50 150   .    2022    .
丁   2024 90 300   10   2023    A
"""


def framework(**said: Any) -> Framework:
    return small(leaf("one", "s", score=ScoreRule.of("as_is")), fields=FIELDS, time="year", **said)


def found(where: str, **said: Any) -> Any:
    return ps.find(framework(), panel(PANEL), where=where, **said)


def units(frame: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(frame["unit"], frame["year"].tolist(), strict=True))


def test_found_not_found_and_open_sum_to_the_rows_of_each_year() -> None:
    result = found("cost / income >= 10%")
    assert units(result.found) == [("甲", 2024), ("乙", 2024)]
    assert units(result.open) == [("乙", 2023), ("丙", 2024)]
    assert result.counts[["year", "rows", "found", "not_found", "open"]].values.tolist() == [
        [2023, 2, 0, 1, 1],
        [2024, 4, 2, 1, 1],
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("cost / income >= 20%", ["甲", "乙"]),  # 甲 is exactly at 20 %
        ("cost / income > 20%", ["乙"]),
        ("cost / income >= 20.1%", ["乙"]),
        ("total >= 80", ["甲", "丁"]),
        ("one > 80 or kind == 'B'", ["乙", "丁"]),
        ("值(one) < 60", ["丙"]),
        ("years_since(founded) <= 4 and growth(income) >= 50%", ["甲"]),
        ("kind in ['A', 'B'] and not kind == 'A'", ["乙"]),
    ],
)
def test_conditions_may_read_fields_scores_values_texts_and_the_year_before(where: str, expected: list[str]) -> None:
    assert found(where, year=2024).found["unit"].tolist() == expected


def test_the_score_of_the_year_before_is_known_where_that_year_is_scored() -> None:
    assert units(found("上年(total) < 70").found) == [("乙", 2024)]
    assert units(found("上年(total) < 70", year=2024).found) == []


def test_the_values_that_were_read_stand_beside_the_unit() -> None:
    result = found("cost / income >= 10% and 100万元 <= income < 1000万元 and kind == 'A'", year=2024)
    assert result.found.columns.tolist() == [
        *("unit", "year", "outcome", "cost / income", "income", "kind", "reason_zh", "reason_en"),
    ]
    assert result.found.iloc[0, :6].tolist() == ["甲", 2024, "found", 0.2, 150.0, "A"]
    assert result.open.iloc[0, 3:6].isna().tolist() == [True, False, True]
    assert result.about["measures"] == {"cost / income": None, "income": "万元", "kind": None}


def test_those_of_whom_it_cannot_be_told_say_why_in_both_languages() -> None:
    open_units = found("cost / income >= 10%").open
    assert open_units["reason_zh"].tolist() == ["字段income缺失", "字段cost缺失"]
    assert open_units["reason_en"].tolist() == ["field income is missing", "field cost is missing"]


def test_the_first_so_many_of_each_year_with_all_that_tie_for_the_last_place() -> None:
    result = found("total >= 50", by="income", top=2)
    assert [(*unit, place) for unit, place in zip(units(result.found), result.found["place"], strict=True)] == [
        ("甲", 2023, 1),
        ("丁", 2024, 1),
        ("甲", 2024, 2),
        ("丙", 2024, 2),
    ]
    assert result.counts[["found", "listed", "unordered"]].values.tolist() == [[2, 1, 1], [4, 3, 0]]


def test_without_a_number_of_places_those_that_have_no_order_come_last() -> None:
    result = found("total >= 50", by="-cost", year=2024)
    assert result.found["unit"].tolist() == ["丁", "甲", "乙", "丙"]
    assert result.found["place"].isna().tolist() == [False, False, False, True]


def test_a_name_of_our_own_columns_is_set_in_brackets() -> None:
    made = small(leaf("one", "place", score=ScoreRule.of("as_is")))
    result = ps.find(made, rows(place=[3.0, 4.0]), where="place > 3", by="place")
    assert result.found[["unit", "place", "by", "[place]"]].values.tolist() == [["乙", 1, 4.0, 4.0]]


def test_a_framework_of_gates_alone_can_be_searched() -> None:
    gates = ({"id": "g", "require": "income > 0"},)
    made = Framework.model_validate(
        {
            "id": "gates",
            "title": {"zh": "门槛"},
            "unit": {"key": "zone", "zh": "高新区"},
            "fields": {"income": {"zh": "收入", "measure": "万元"}},
            "gates": gates,
        }
    )
    assert ps.find(made, rows(income=[1.0, 0.0, None]), where="income > 0").counts.values.tolist() == [
        [3, 1, 1, 1, 1, 0]
    ]


def test_the_class_can_be_asked_for() -> None:
    made = framework(
        classes=(
            {"id": "young", "zh": "新", "when": "founded > 2015"},
            {"id": "old", "zh": "老", "when": "founded <= 2015"},
        )
    )
    assert ps.find(made, panel(PANEL), where='class == "old"', year=2024).found["unit"].tolist() == ["乙"]


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ({"where": "incme >= 5万元"}, "unknown_field", "where:1:1"),
        ({"where": "income >= 5人"}, "measure", "where:1:11"),
        ({"where": "income >= "}, "formula", "where:1:11"),
        ({"where": "income"}, "measure", "where:1:1"),
        ({"where": "income > 0", "by": "kind"}, "measure", "by:1:1"),
        ({"where": "income > 0", "by": "cst"}, "unknown_field", "by:1:1"),
        ({"where": "value(two) > 0"}, "unknown_id", "where:1:7"),
        ({"where": "class == 'x'"}, "unknown_field", "where:1:1"),
        ({"where": "__import__('os')"}, "formula", "where:1:1"),
        ({"where": "income > 0 " * 60}, "formula", "where:1:501"),
    ],
)
def test_a_mistake_in_the_condition_is_found_at_its_place_before_the_data_are_read(
    said: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(UsageError) as refused:
        ps.find(framework(), "no-such-file.csv", **said)
    assert (code, place) in [(each.code, str(each.place)) for each in refused.value.findings]


@pytest.mark.parametrize(
    ("said", "field_name"),
    [
        ({"where": 3}, "where"),
        ({"where": "s > 0", "by": 3}, "by"),
        ({"where": "s > 0", "by": "s", "top": 0}, "top"),
        ({"where": "s > 0", "by": "s", "top": True}, "top"),
        ({"where": "s > 0", "top": 3}, "top"),
        ({"where": "s > 0", "year": "2024"}, "year"),
    ],
)
def test_arguments_of_another_type_are_refused(said: dict[str, Any], field_name: str) -> None:
    with pytest.raises(UsageError) as refused:
        ps.find(framework(), panel(PANEL), **said)
    assert [each.field for each in refused.value.findings] == [field_name]


def test_unknown_weights_are_asked_for_as_in_scoring() -> None:
    with pytest.raises(FrameworkError):
        ps.find("zone-2021", "zones-synthetic.csv", where="total > 0")


# --- files ----------------------------------------------------------------------------------------------------------


def test_every_form_of_file_holds_those_found_and_the_open_where_asked(tmp_path: Path) -> None:
    result = found("cost / income >= 10%", by="income")
    plain = pd.read_csv(result.to_csv(tmp_path / "a.csv"), encoding="utf-8-sig")
    with_open = pd.read_csv(result.to_csv(tmp_path / "b.csv", with_open=True), encoding="utf-8-sig")
    assert plain["outcome"].tolist() == ["found"] * 2
    assert with_open["outcome"].tolist() == ["found"] * 2 + ["cannot_be_told"] * 2
    kept = pq.read_table(result.to_parquet(tmp_path / "a.parquet", with_open=True))
    assert kept.column("unit").to_pylist() == with_open["unit"].tolist()
    assert json.loads(kept.schema.metadata[b"parkscore"])["where"] == "cost / income >= 10%"
    document = json.loads(result.to_json(tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [len(document[key]) for key in ("found", "open", "counts")] == [2, 2, 2]


def test_the_workbook_states_the_condition_and_lists_found_and_open(tmp_path: Path) -> None:
    result = found("cost / income >= 10%", by="income", year=2024)
    book = load_workbook(result.to_excel(tmp_path / "a.xlsx"))
    assert book.sheetnames == ["符合", "无法判断", "计数", "数据质量", "参数与来源"]
    page = list(book["符合"].values)
    assert page[0][0] == "条件：cost / income >= 10%"
    heads = next(number for number, line in enumerate(page) if line[0] == "高新区")
    assert list(page[heads]) == [
        "高新区",
        "数据年份",
        "排序名次",
        "排序依据：字段income(万元)",
        "字段cost / 字段income",
        "依据",
    ]
    assert [line[:4] for line in page[heads + 1 :]] == [("甲", 2024, 1, 150), ("乙", 2024, 2, 40)]


def test_no_heading_of_found_units_is_a_code_nor_the_same_twice_nor_the_rank_of_the_evaluation(tmp_path: Path) -> None:
    where = "total >= 20 and qc05_0 >= 100亿元 and value([1.1]) > 3家"
    weights, data = "zone-2021-equal-within", ps.sample("zone-2021", 6, years=1, seed=1)
    result = ps.find("zone-2021", data, where=where, by="qc05_0", weights=weights)
    page = list(load_workbook(result.to_excel(tmp_path / "a.xlsx"))["符合"].values)
    heads = next(list(line) for line in page if line[0] == "高新区")
    said = ["排序名次", "排序依据：营业收入(千元)", "综合得分", "营业收入(千元)", "国家级和省级研发机构数(家)", "依据"]
    assert heads[2:] == said


def test_a_class_that_was_read_is_shown_by_its_name(tmp_path: Path) -> None:
    data = ps.sample("park-points-example", 30, years=1, seed=1)
    result = ps.find("park-points-example", data, where='class == "mature" or class == "seed"')
    page = list(load_workbook(result.to_excel(tmp_path / "a.xlsx"))["符合"].values)
    heads = next(number for number, line in enumerate(page) if line[0] == "企业")
    column = page[heads].index("分类")
    assert {line[column] for line in page[heads + 1 :]} <= {"成熟期", "种子期"}
    assert len(page) > heads + 1


# --- hostile rows, and properties -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [-1.0, 0.0, 1e300, -1e300, None, "不适用"])
def test_hostile_numbers_are_counted_somewhere(value: float | str | None) -> None:
    data = panel(PANEL).astype(object)
    data.loc[2, "income"] = value
    result = ps.find(framework(), data, where="cost / income >= 10%", by="income", year=2024)
    assert result.counts[["found", "not_found", "open"]].sum(axis=1).tolist() == result.counts["rows"].tolist() == [4]
    json.dumps(result.as_dict(), allow_nan=False)


numbers = st.one_of(st.none(), st.integers(-5, 5).map(float))


@settings(max_examples=50)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6), st.integers(-3, 3))
def test_nobody_is_dropped_and_who_is_found_is_found_alone_too(pairs: list[tuple[Any, Any]], bar: int) -> None:
    made = small(leaf("one", "a", score=ScoreRule.of("as_is")), fields={"b": field("b")})
    data = rows(a=[a for a, _ in pairs], b=[b for _, b in pairs]).astype({"a": float, "b": float})
    where = f"a >= {bar} or b > a"
    result = ps.find(made, data, where=where)
    (counts,) = result.counts.to_dict("records")
    assert counts["found"] + counts["not_found"] + counts["open"] == counts["rows"] == len(pairs)
    for number in range(len(pairs)):
        alone = ps.find(made, data.iloc[[number]], where=where)
        unit = data["zone"].iloc[number]
        assert (unit in result.found["unit"].tolist()) == bool(len(alone.found))
        assert (unit in result.open["unit"].tolist()) == bool(len(alone.open))

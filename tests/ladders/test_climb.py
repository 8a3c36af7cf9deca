"""Tests of parkscore.ladders: the rung of each unit, the next one, and what is missing to it, both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import DataError, FrameworkError, UsageError
from parkscore.ladders.climbed import Climb
from parkscore.ladders.models import Ladder

LOW = """\
id: low
title: {zh: 低, en: Low}
unit: {zh: 企业, en: enterprise, key: enterprise}
time: year
fields:
  staff: {zh: 职工, en: Staff, measure: 人, min: 0}
  clean: {zh: 无违法, en: Clean record, min: 0, max: 1}
gates:
  - {id: small, zh: 规模, en: Size, require: staff <= 500人 and clean == 1}
"""
HIGH = """\
id: high
title: {zh: 高, en: High}
unit: {zh: 企业, en: enterprise, key: enterprise}
time: year
status: transcribed
source: 某处
fields:
  revenue: {zh: 营业收入, en: Revenue, measure: 万元}
  rd: {zh: 研发费用, en: R&D expense, measure: 万元}
  share: {zh: 市占率, en: Market share, measure: "%"}
  place: {zh: 国内排名, en: Place in the country}
  patents: {zh: 专利, en: Patents, measure: 件}
  award: {zh: 科技奖, en: Award, min: 0, max: 1}
  region: {zh: 地区, en: Region, kind: text}
  debt: {zh: 负债率, en: Debt ratio, measure: "%"}
gates:
  - id: giant
    zh: 小巨人
    en: Giant
    all:
      - {id: income, zh: 收入, en: Income, require: revenue >= 5000万元, relax: {when: 'region == "西部"', by: 20%}}
      - id: research
        zh: 研发
        en: Research
        require: rd / revenue >= 3%
        bypass: [{zh: 国家奖, en: National award, when: award == 1}]
      - id: market
        zh: 市场
        en: Market
        any:
          - {id: part, zh: 占比, en: Share, require: share >= 10%}
          - {id: rank, zh: 位次, en: Place, require: place <= 3}
      - id: rights
        zh: 知识产权
        en: Rights
        require: patents >= 4件
        exempt: [{zh: 获奖, en: Award winner, when: award == 1}]
      - {id: loans, zh: 负债, en: Debt, require: debt <= 75%, miss: review}
  - {id: growing, zh: 成长, en: Growing, require: growth(revenue) > 5%}
"""
LADDER = """\
id: steps
title: {zh: 两级, en: Two steps}
source: 示例
unit: {zh: 企业, en: enterprise, key: enterprise, aliases: [企业名称]}
time: year
rungs:
  - {id: first, zh: 第一级, en: First, framework: low.yaml, gate: small}
  - {id: second, zh: 第二级, en: Second, framework: high.yaml, gate: giant}
"""
GOOD = {
    "staff": 100.0,
    "clean": 1.0,
    "revenue": 5000.0,
    "rd": 150.0,
    "share": 10.0,
    "place": 9.0,
    "patents": 4.0,
    "award": 0.0,
    "region": "东部",
    "debt": 75.0,
}
"""An enterprise that meets everything, nothing more than that."""


@pytest.fixture
def ladder(tmp_path: Path) -> Path:
    for name, text in (("low", LOW), ("high", HIGH), ("steps", LADDER)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "steps.yaml"


def enterprises(*differences: dict[str, Any]) -> pd.DataFrame:
    """Enterprises 企业1, 企业2, ... that meet everything but for what is said of each."""
    lines = [
        {"enterprise": f"企业{number}", "year": 2024, **GOOD, **each}
        for number, each in enumerate(differences, start=1)
    ]
    return pd.DataFrame(lines)


def climbed(ladder: Path, *differences: dict[str, Any]) -> Climb:
    return ps.climb(ladder, enterprises(*differences))


def said(ladder: Path, **difference: Any) -> tuple[str, str]:
    """What is said of an enterprise that meets everything but for this."""
    row = climbed(ladder, difference).rungs.iloc[0]
    return row["missing_zh"], row["missing_en"]


# --- where units stand ----------------------------------------------------------------------------------------------


def test_the_rung_is_the_highest_that_is_met_and_the_next_the_lowest_above_it(ladder: Path) -> None:
    found = climbed(ladder, {}, {"revenue": 4999.0}, {"staff": 501.0, "revenue": 10.0})
    assert found.rungs[["rung", "standing", "next", "next_outcome"]].values.tolist() == [
        ["second", "certain", None, None],
        ["first", "certain", "second", "not_met"],
        [None, "certain", "first", "not_met"],
    ]
    assert found.rungs["missing_en"][0] == "on the highest rung"


@pytest.mark.parametrize(("debt", "standing"), [(75.0, "certain"), (76.0, "at_least"), (None, "at_least")])
def test_a_rung_is_at_least_that_one_while_a_higher_one_is_unknown_or_to_be_reviewed(
    ladder: Path, debt: float | None, standing: str
) -> None:
    row = climbed(ladder, {"debt": debt, "patents": 4.0 if debt != 75.0 else 3.0}).rungs.iloc[0]
    assert (row["rung"], row["standing"]) == ("first", standing)


def test_a_higher_rung_without_a_lower_one_is_said_so(ladder: Path) -> None:
    found = climbed(ladder, {"staff": 501.0}, {})
    assert found.rungs["rung"].tolist() == ["second", "second"]
    assert found.rungs["skipped"].tolist() == ["first", None]


def test_the_units_of_all_rungs_sum_to_the_rows_of_each_year(ladder: Path) -> None:
    data = pd.concat([enterprises({}, {"debt": None}, {"staff": 900.0, "rd": 0.0}), enterprises({}).assign(year=2023)])
    counts = ps.climb(ladder, data).counts
    assert counts.values.tolist() == [
        [2023, "second", 1, 1, 0],
        [2023, "first", 0, 0, 0],
        [2023, None, 0, 0, 0],
        [2024, "second", 1, 1, 0],
        [2024, "first", 1, 0, 1],
        [2024, None, 1, 1, 0],
    ]
    assert ps.climb(ladder, data, year=2024).counts["units"].sum() == 3


def test_a_rung_that_does_not_apply_is_not_the_next_one(ladder: Path) -> None:
    text = HIGH.replace("    all:\n", "    when: region != \"境外\"\n    all:\n", 1)  # fmt: skip
    (ladder.parent / "high.yaml").write_text(text, encoding="utf-8")
    row = climbed(ladder, {"region": "境外"}).rungs.iloc[0]
    assert (row["rung"], row["standing"], row["next"], row["second"]) == ("first", "certain", None, "not_applicable")
    assert row["missing_zh"] == "以上各级不适用"


# --- what is missing, in sentences ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "zh", "en"),
    [
        (
            {"revenue": 4200.0, "rd": 150.0},
            "到“第二级”：收入：营业收入 ≥ 5000万元，现为 4200 万元，差 800 万元",
            "to Second: Income: Revenue ≥ 5000万元; now 4200 万元, 800 万元 short",
        ),
        (
            {"revenue": 3500.0, "region": "西部"},
            "到“第二级”：收入：营业收入 ≥ 5000万元（放宽为 4000 万元），现为 3500 万元，差 500 万元",
            "to Second: Income: Revenue ≥ 5000万元 (relaxed to 4000 万元); now 3500 万元, 500 万元 short",
        ),
        (
            {"rd": 50.0},
            "到“第二级”：研发：研发费用 / 营业收入 ≥ 3%，现为 1%，差 2 个百分点（或凭：国家奖）",
            (
                "to Second: Research: R&D expense / Revenue ≥ 3%; now 1%, 2 percentage points short "
                "(or by: National award)"
            ),
        ),
        (
            {"rd": None, "award": None},
            "到“第二级”：研发：研发费用 / 营业收入 ≥ 3%，缺数据：研发费用（或凭：国家奖（缺数据））",
            "to Second: Research: R&D expense / Revenue ≥ 3%; no data: R&D expense (or by: National award (no data))",
        ),
        (
            {"share": 9.5, "place": 5.0},
            (
                "到“第二级”：以下任一即可：（占比：市占率 ≥ 10%，现为 9.5%，差 0.5 个百分点）"
                "或（位次：国内排名 ≤ 3，现为 5，超出 2）"
            ),
            (
                "to Second: one of: (Share: Market share ≥ 10%; now 9.5%, 0.5 percentage points short) or "
                "(Place: Place in the country ≤ 3; now 5, over by 2)"
            ),
        ),
        (
            {"patents": 1.0},
            "到“第二级”：知识产权：专利 ≥ 4件，现为 1 件，差 3 件（符合“获奖”者豁免）",
            "to Second: Rights: Patents ≥ 4件; now 1 件, 3 件 short (not asked of: Award winner)",
        ),
        (
            {"debt": 80.0},
            "到“第二级”：负债：负债率 ≤ 75%，现为 80%，超出 5 个百分点（原则上要求，未达标时由人核查）",
            (
                "to Second: Debt: Debt ratio ≤ 75%; now 80%, over by 5 percentage points "
                "(in principle: a miss is looked at)"
            ),
        ),
        (
            {"staff": 501.0, "clean": 0.0, "revenue": 0.0},
            "到“第一级”：职工 ≤ 500人，现为 501 人，超出 1 人；无违法 = 1，现为 0",
            "to First: Staff ≤ 500人; now 501 人, over by 1 人; Clean record = 1; now 0",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_with_value_threshold_and_difference(
    ladder: Path, difference: dict[str, Any], zh: str, en: str
) -> None:
    # Where revenue is low, research must not be what is missing.
    if "revenue" in difference and "staff" not in difference:
        difference = {"rd": 1000.0, **difference} if "rd" not in difference else difference
    assert said(ladder, **difference) == (zh, en)


def test_per_cent_that_is_missing_is_in_percentage_points_and_never_rounded_below_what_is_needed(ladder: Path) -> None:
    missing = climbed(ladder, {"revenue": 7000.0, "rd": 100.0}).missing  # 3 % less 1/70 is 1.5714285714285...
    assert missing["reason_zh"][0] == "研发费用 / 营业收入 ≥ 3%，现为 1.428571429%，差 1.571428572 个百分点"
    assert missing["short_by"][0] == pytest.approx(0.03 - 1 / 70, rel=1e-12)


def test_who_stands_exactly_at_a_threshold_that_must_be_passed_is_told_so(ladder: Path) -> None:
    text = LADDER.replace("gate: giant", "gate: growing")
    ladder.write_text(text, encoding="utf-8")
    data = pd.concat([enterprises({"revenue": 1000.0}).assign(year=2023), enterprises({"revenue": 1050.0})])
    found = ps.climb(ladder, data)
    assert found.rungs["missing_zh"].tolist() == [
        "到“第二级”：增长率(营业收入) > 5%，缺数据：上年营业收入",
        "到“第二级”：增长率(营业收入) > 5%，现为 5%，正好等于门槛，须越过它",
    ]
    assert found.missing["fields"].tolist() == ["revenue(-1)", None]


def test_divided_by_zero_and_undefined_are_not_called_missing_data(ladder: Path) -> None:
    reasons = climbed(ladder, {"revenue": 0.0}, {"revenue": -5.0}).missing
    research = reasons[reasons["name_en"] == "Research"]
    part = research[research["part"] == "1"]
    assert part["reason_en"].tolist() == [
        "R&D expense / Revenue ≥ 3%; divided by zero",
        "R&D expense / Revenue ≥ 3%; undefined, such as a ratio to a negative number or a year in the future",
    ]
    assert part["fields"].tolist() == [None, None]


# --- what is missing, as a table ------------------------------------------------------------------------------------


def test_the_table_of_what_is_missing_names_path_numbers_and_choices(ladder: Path) -> None:
    missing = climbed(ladder, {"share": 9.0, "place": None, "rd": 0.0, "patents": 2.0}).missing
    columns = ["requirement", "value", "operator", "threshold", "short_by", "fields", "one_of", "needs", "part"]
    lines = [[None if each != each else each for each in line] for line in missing[columns].values.tolist()]
    assert lines == [
        ["giant/research#require", 0.0, ">=", 0.03, 0.03, None, "giant/research", "1", "1"],
        ["giant/research#bypass.1", 0.0, "==", 1.0, 1.0, None, "giant/research", "1", "2"],
        ["giant/market/part#require", 0.09, ">=", 0.1, 0.01, None, "giant/market", "1", "1"],
        ["giant/market/rank#require", None, "<=", 3.0, None, "place", "giant/market", "1", "2"],
        ["giant/rights#require", 2.0, ">=", 4.0, 2.0, None, None, None, None],
    ]


def test_the_outcomes_of_every_rung_are_those_of_its_framework(ladder: Path) -> None:
    data = enterprises({}, {"debt": 90.0}, {"award": None, "rd": 0.0}, {"place": None, "share": None})
    found = ps.climb(ladder, data)
    for rung, framework in (("first", "low"), ("second", "high")):
        gates = ps.evaluate(ladder.parent / f"{framework}.yaml", data).gates
        own = gates[gates["gate"] == ("small" if rung == "first" else "giant")].set_index("unit")
        listed = found.outcomes[found.outcomes["rung"] == rung].set_index("unit")
        assert listed["outcome"].tolist() == own.loc[listed.index, "outcome"].tolist()
        assert listed["reason_zh"].tolist() == own.loc[listed.index, "reason_zh"].tolist()


# --- one table for several frameworks -------------------------------------------------------------------------------


def test_columns_of_another_framework_are_no_extra_columns_and_others_are_told_once(ladder: Path) -> None:
    found = ps.climb(ladder, enterprises({}).assign(junk=1))
    assert [(each.code, each.value) for each in found.findings if each.code == "extra_column"] == [
        ("extra_column", "junk")
    ]


def test_all_columns_that_a_framework_lacks_are_one_finding_with_the_way_out(ladder: Path) -> None:
    found = ps.climb(ladder, enterprises({}).drop(columns=["patents", "award"]))
    (finding,) = [each for each in found.findings if each.code == "missing_columns"]
    assert finding.message.en == "high.yaml: lacks 2 columns, all missing: Patents [patents], Award [award]"
    assert finding.hint is not None
    assert finding.hint.zh == "加上这些列，不知道的单元格留空"
    assert found.rungs["second"].tolist() == ["unknown"]


def test_a_framework_without_any_of_its_columns_leaves_its_rung_unknown(ladder: Path) -> None:
    found = ps.climb(ladder, enterprises({})[["enterprise", "year", "staff", "clean"]])
    assert found.rungs[["rung", "standing", "second"]].values.tolist() == [["first", "at_least", "unknown"]]
    (finding,) = [each for each in found.findings if each.code == "missing_columns"]
    assert finding.message.zh.startswith("high.yaml：缺少 8 列")


def test_a_table_without_a_column_of_any_framework_is_refused(ladder: Path) -> None:
    with pytest.raises(DataError) as refused:
        ps.climb(ladder, pd.DataFrame({"enterprise": ["甲"], "year": [2024], "junk": [1]}))
    assert {each.code for each in refused.value.findings} == {"no_field_column", "extra_column"}


def test_a_column_that_one_framework_reads_under_its_name_is_offered_to_the_other_under_the_id(ladder: Path) -> None:
    (ladder.parent / "low.yaml").write_text(
        LOW.replace("  staff:", "  revenue: {zh: 销售额, en: Sales, measure: 万元}\n  staff:"), encoding="utf-8"
    )
    found = ps.climb(ladder, enterprises({}).rename(columns={"revenue": "销售额"}))
    (finding,) = [each for each in found.findings if each.code == "missing_columns"]
    assert finding.hint is not None
    assert finding.hint.zh.endswith("low.yaml 已读到“销售额”，若是同一数据，表头改写为 revenue")


def test_the_unit_may_go_by_a_name_that_only_the_ladder_knows(ladder: Path) -> None:
    assert ps.climb(ladder, enterprises({}).rename(columns={"enterprise": "企业名称"})).rungs["rung"].tolist() == [
        "second"
    ]


def test_the_mistakes_of_the_table_are_told_once_for_all_frameworks(ladder: Path) -> None:
    data = enterprises({"staff": "很多"}, {"revenue": "text"}, {}).astype(object)
    data.loc[2, "enterprise"] = "企业1"
    with pytest.raises(DataError) as refused:
        ps.climb(ladder, data)
    errors = [(each.code, each.field) for each in refused.value.findings if str(each.severity) == "error"]
    assert errors == [("text_in_number", "staff"), ("text_in_number", "revenue"), ("duplicate_row", None)]


def test_a_remark_that_only_one_framework_reads_as_a_unit_is_left_out_and_told(ladder: Path) -> None:
    for name in ("low", "high", "steps"):
        path = ladder.parent / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("time: year\n", ""), encoding="utf-8")
    (ladder.parent / "high.yaml").write_text(
        HIGH[: HIGH.index("  - {id: growing")].replace("time: year\n", ""), "utf-8"
    )
    remark = pd.DataFrame([{"enterprise": "注：2024 年数据", "revenue": 5.0}])
    found = ps.climb(ladder, pd.concat([enterprises({}).drop(columns="year"), remark]))
    assert found.labels.values.tolist() == [["企业1"]]
    assert [(each.unit, each.message.zh) for each in found.findings if each.code == "row_left_out"] == [
        ("注：2024 年数据", "high.yaml 把这一行读作评价对象，low.yaml 不读，故未评定")
    ]


# --- notes ----------------------------------------------------------------------------------------------------------


def test_a_rung_that_rests_on_a_transcription_is_said_on_every_output(ladder: Path) -> None:
    found = climbed(ladder, {})
    assert found.notes[0].zh == "“第二级”的条件转录自他人整理的文本，未与原文核对"
    assert found.about["notes"] == [note.en for note in found.notes]
    assert set(found.rungs["note"]) == {"; ".join(note.en for note in found.notes)}


# --- mistakes in a ladder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("gate: giant", "gate: gaint", "unknown_gate", "steps.yaml:8:67"),
        ("high.yaml", "hihg.yaml", "unknown_framework", "steps.yaml:8:50"),
        ("id: second", "id: first", "duplicate_id", "steps.yaml:8:10"),
        ("id: second", "id: missing_zh", "taken_id", "steps.yaml:8:10"),
        ("key: enterprise", "key: zone", "other_unit", "steps.yaml:7:48"),
        ("time: year\n", "", "other_time", "steps.yaml:6:48"),
        ("title:", "titel:", "unknown_key", "steps.yaml:2:1"),
        ("rungs:\n", "rungs: []\nx:\n", "unknown_key", "steps.yaml:7:1"),
    ],
)
def test_a_mistake_in_a_ladder_is_found_at_its_place(
    ladder: Path, before: str, after: str, code: str, place: str
) -> None:
    ladder.write_text(LADDER.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        climbed(ladder, {})
    found = [(each.code, str(each.place).rpartition("/")[2]) for each in refused.value.findings]
    assert (code, place) in found


def test_a_ladder_without_rungs_and_one_that_does_not_exist_are_refused(ladder: Path) -> None:
    ladder.write_text(LADDER[: LADDER.index("rungs:")] + "rungs: []\n", encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        climbed(ladder, {})
    assert [each.code for each in refused.value.findings] == ["no_rungs"]
    with pytest.raises(UsageError) as missing:
        ps.climb("nothing", enterprises({}))
    assert [each.code for each in missing.value.findings] == ["not_found"]


def test_a_mistake_in_a_framework_of_a_ladder_is_told_with_its_own_place(ladder: Path) -> None:
    (ladder.parent / "high.yaml").write_text(HIGH.replace("patents >= 4件", "patents >= 4人"), encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        climbed(ladder, {})
    assert "high.yaml" in str(refused.value.findings[0].place)


def test_a_ladder_can_be_made_in_python(ladder: Path) -> None:
    made = Ladder.model_validate(
        {
            "id": "made",
            "title": {"zh": "做的"},
            "unit": {"zh": "企业", "key": "enterprise"},
            "time": "year",
            "rungs": ({"id": "one", "zh": "一", "framework": str(ladder.parent / "low.yaml"), "gate": "small"},),
        }
    )
    assert ps.climb(made, enterprises({})).rungs["rung"].tolist() == ["one"]


@pytest.mark.parametrize("argument", ["data", "year"])
def test_arguments_of_another_type_are_refused(ladder: Path, argument: str) -> None:
    with pytest.raises(UsageError) as refused:
        ps.climb(ladder, **({"data": enterprises({})} | {argument: 3.5}))  # type: ignore[arg-type]
    assert [each.field for each in refused.value.findings] == [argument]


def test_a_year_that_is_not_in_the_data_is_refused(ladder: Path) -> None:
    with pytest.raises(UsageError) as refused:
        ps.climb(ladder, enterprises({}), year=1999)
    assert [each.code for each in refused.value.findings] == ["no_such_year"]


def test_the_row_of_a_unit_is_found_by_its_year_and_a_year_that_it_lacks_is_named(ladder: Path) -> None:
    data = pd.concat([enterprises({}, {}).assign(year=year) for year in (2023, 2024)], ignore_index=True)
    found = ps.climb(ladder, data)
    unit = found.labels["unit"][0]
    rows = found.position_of(unit)
    assert [found.labels["year"][row] for row in rows] == [2023, 2024]
    assert found.position_of(unit, 2024) == rows[1:]
    with pytest.raises(UsageError, match="no such year of this unit") as refused:
        found.position_of(unit, 1999)
    assert refused.value.findings[0].hint is not None
    assert refused.value.findings[0].hint.en == "it has: 2023, 2024"
    with pytest.raises(UsageError, match="`year` cannot be a str"):
        found.position_of(unit, "2024")  # type: ignore[arg-type]


def test_a_unit_that_is_not_in_the_data_is_refused_with_the_nearest_name(ladder: Path) -> None:
    with pytest.raises(UsageError) as refused:
        climbed(ladder, {}).position_of("企业")
    assert refused.value.findings[0].hint is not None
    assert refused.value.findings[0].hint.en == "did you mean `企业1`?"


# --- hostile rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revenue", [-1.0, 0.0, 1e300, -1e300, 5e-324, None, "不适用"])
@pytest.mark.parametrize("rd", [-1.0, 0.0, 1e300, None, "不适用"])
def test_hostile_numbers_lose_no_row_and_leave_no_sentence_without_words(
    ladder: Path, revenue: float | str | None, rd: float | str | None
) -> None:
    found = ps.climb(ladder, enterprises({"revenue": revenue, "rd": rd}, {}).astype(object))
    assert found.counts["units"].sum() == 2
    assert found.rungs["rung"][1] == "second"
    assert all(found.rungs["missing_zh"]) and all(found.rungs["missing_en"])  # noqa: PT018
    assert "nan" not in "".join(found.rungs["missing_zh"])
    json.dumps(found.as_dict(), allow_nan=False)

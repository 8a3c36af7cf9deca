"""Tests of ps.from_returns: zones from returns are what a summed table gives, with every return accounted for."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation_about import digest_of
from parkscore.findings import DataError, FrameworkError, UsageError, errors_of
from parkscore.framework.models import Framework

RETURNS = """
id: returns
title: {zh: 年报}
unit: {zh: 企业, key: id}
time: year
fields:
  zone: {zh: 所属园区, kind: text}
  park: {zh: 分园, kind: text}
  name: {zh: 企业名称, kind: text}
  revenue: {zh: 收入, measure: 千元, min: 0}
  staff: {zh: 人员, measure: 人}
  certified: {zh: 高企}
gates: [{id: any, zh: 有, require: revenue > 0}]
"""
ZONES = """
id: zones
title: {zh: 园区}
unit: {zh: 园区, en: park, key: unit_name}
time: year
members: {framework: returns.yaml, belongs_to: zone, part: park, name: name}
weights_status: official
defaults: {direction: higher, score: {rule: minmax, to: [0, 100]}, missing: reweight, aggregate: arithmetic}
total: {min_coverage: 0.5}
fields:
  revenue: {zh: 收入, measure: 万元, min: 0, members: {sum: revenue}}
  staff: {zh: 人员, measure: 人, members: {sum: staff}}
  certified: {zh: 高企数, measure: 家, members: {count: certified == 1}}
  green: {zh: 绿地率, measure: "%"}
rules:
  - {id: some_staff, zh: 有收入就有人, severity: error, require: staff > 0, when: revenue > 0}
indicators:
  - {id: "1", zh: 人均收入, weight: 3, formula: revenue / staff, measure: 万元/人}
  - {id: "2", zh: 增长, weight: 2, formula: growth(revenue), measure: "%"}
  - {id: "3", zh: 高企净增, weight: 1, formula: certified - 上年(certified), measure: 家}
  - {id: "4", zh: 绿地率, weight: 1, formula: green, measure: "%"}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zones")
    (folder / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (folder / "zones.yaml").write_text(ZONES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def zones(folder: Path) -> Framework:
    return ps.load_framework(folder / "zones.yaml")


def test_a_framework_has_one_digest_in_whatever_folder_it_stands(
    folder: Path, zones: Framework, tmp_path: Path
) -> None:
    for name in ("zones.yaml", "returns.yaml"):
        (tmp_path / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert digest_of(ps.load_framework(tmp_path / "zones.yaml")) == digest_of(zones)


def on_same_basis(framework: Framework) -> Framework:
    assert framework.members is not None
    block = framework.members.model_copy(update={"prior_year": "same_members"})
    return framework.model_copy(update={"members": block})


COLUMNS = ["id", "year", "zone", "park", "name", "revenue", "staff", "certified"]
FILED = pd.DataFrame(
    [
        ("a", 2023, "东", "一", "甲厂", 100.0, 10, 1),
        ("b", 2023, "东", "二", "乙厂", 200.0, 10, 0),
        ("c", 2023, "西", "一", "丙厂", 400.0, 20, 1),
        ("d", 2023, "西", "一", "丁厂", 800.0, 20, 0),
        ("m", 2023, "西", "一", "戊厂", 300.0, 30, 0),
        ("a", 2024, "东", "一", "甲公司", 110.0, 10, 1),
        ("c", 2024, "东", "一", "丙厂", 410.0, 20, 1),
        ("d", 2024, "西", "二", "丁厂", 900.0, 20, 1),
        ("e", 2024, "西", "二", "己厂", 1600.0, 40, 1),
    ],
    columns=COLUMNS,
)
GREEN = pd.DataFrame(
    {"unit_name": ["东", "西"] * 2, "year": [2023, 2023, 2024, 2024], "green": [30.0, 40.0, 31.0, 41.0]}
)


def test_zones_are_evaluated_as_their_summed_table_would_be(zones: Framework) -> None:
    members = ps.from_returns(zones, FILED, zones=GREEN)
    summed = GREEN.assign(revenue=[30.0, 150.0, 52.0, 250.0], staff=[20, 70, 30, 60], certified=[1, 1, 2, 2])
    by_table = ps.evaluate(zones, summed, year=2024)
    by_returns = members.evaluate()
    pd.testing.assert_frame_equal(by_returns.scores.drop(columns="note"), by_table.scores, check_exact=True)
    pd.testing.assert_frame_equal(by_returns.indicators, by_table.indicators, check_exact=True)
    pd.testing.assert_frame_equal(members.table.drop(columns=["unit", "year"]), summed[list(zones.fields)].sort_index(
        key=lambda rows: [0, 2, 1, 3]).reset_index(drop=True).astype(float), check_exact=True)  # fmt: skip


def test_a_table_of_zones_that_is_changed_in_a_notebook_changes_no_evaluation(zones: Framework) -> None:
    members = ps.from_returns(zones, FILED, zones=GREEN)
    table = members.table
    table["revenue"] = 0.0
    pd.testing.assert_frame_equal(
        members.evaluate().scores, ps.from_returns(zones, FILED, zones=GREEN).evaluate().scores
    )


def test_every_output_says_what_last_year_means(zones: Framework) -> None:
    notes = [note.en for note in ps.from_returns(zones, FILED, zones=GREEN).evaluate().notes]
    assert any("those of enterprises that have left included" in note for note in notes)
    notes = [note.en for note in ps.from_returns(on_same_basis(zones), FILED, zones=GREEN).evaluate().notes]
    assert any("what the enterprises that report this year had then" in note for note in notes)


def test_growth_on_the_same_basis_compares_the_same_enterprises(zones: Framework) -> None:
    growth = ps.from_returns(on_same_basis(zones), FILED, zones=GREEN).evaluate().indicators["2"]
    assert growth.tolist() == [520 / 500 * 100 - 100, (2500 - 800) / 800 * 100]  # 东: a and c; 西: d, for e is new


def changes(framework: Framework, frame: pd.DataFrame, **said: Any) -> set[tuple[str, str]]:
    found = ps.from_returns(framework, frame, **said).changes
    return set(zip(found["enterprise"], found["change"], strict=True))


def test_who_came_left_moved_and_was_renamed_is_told_by_id(zones: Framework) -> None:
    assert changes(zones, FILED) == {
        ("e", "new"), ("b", "left"), ("m", "left"), ("c", "moved"), ("d", "moved_within"), ("a", "renamed"),
    }  # fmt: skip


def test_a_change_says_from_where_to_where(zones: Framework) -> None:
    found = ps.from_returns(zones, FILED).changes.set_index("enterprise")
    assert found.loc["c", ["zone_before", "zone"]].tolist() == ["西", "东"]
    assert found.loc["d", ["part_before", "part"]].tolist() == ["一", "二"]
    assert found.loc["a", ["name_before", "name"]].tolist() == ["甲厂", "甲公司"]
    assert found.loc["b", "name"] == "乙厂"
    assert found.loc["b", "zone"] is None


def test_changes_are_texts_and_a_gap_among_them_is_none(zones: Framework) -> None:
    found = ps.from_returns(zones, FILED).changes
    assert [name for name in found if found[name].isna().any()] == [
        "zone_before", "zone", "part_before", "part", "name_before", "into",
    ]  # fmt: skip
    gaps = found.isna().to_numpy()
    assert all(cell is None for cell in found.to_numpy(dtype=object)[gaps])
    assert found["enterprise"].dtype == "str"
    none = ps.from_returns(zones, FILED.query("year == 2024")).changes
    assert none.columns.tolist() == found.columns.tolist()


def test_an_enterprise_that_is_back_has_returned_and_is_not_new(zones: Framework) -> None:
    earlier = pd.concat([FILED, FILED.query("id == 'd'").head(1).assign(id="e", year=2022)])
    assert ("e", "returned") in changes(zones, earlier)
    assert ("e", "new") not in changes(zones, earlier)


def test_a_merger_is_no_departure_and_brings_its_past_to_the_successor(zones: Framework) -> None:
    same = on_same_basis(zones)
    assert ("m", "merged") in changes(same, FILED, merged={"m": "d"})
    assert ("m", "left") not in changes(same, FILED, merged={"m": "d"})
    found = ps.from_returns(same, FILED, merged={"m": "d"}).changes.set_index("change")
    assert found.loc["merged", "into"] == "d"
    before = ps.from_returns(same, FILED, merged={"m": "d"}).table.query("unit == '西' and year == 2023")
    assert before["revenue"].tolist() == [110.0]  # d 800 and m 300 千元


def test_mergers_come_from_a_file(zones: Framework, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("原代码,新代码\nm,d\n", encoding="utf-8")
    assert ("m", "merged") in changes(zones, FILED, merged=tmp_path / "m.csv")


@pytest.mark.parametrize(("rows", "code"), [("m,d\nd,m\n", "merger_cycle"), ("m,\n", "no_successor")])
def test_mergers_that_lead_nowhere_are_refused(zones: Framework, tmp_path: Path, rows: str, code: str) -> None:
    (tmp_path / "m.csv").write_text(f"old,new\n{rows}", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, FILED, merged=tmp_path / "m.csv")
    assert code in {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize("content", ["a,b\nm,d\n", "m,d\n", ""])
def test_a_file_of_mergers_without_its_columns_is_told_how_to_write_them(
    zones: Framework, tmp_path: Path, content: str
) -> None:
    (tmp_path / "m.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, FILED, merged=tmp_path / "m.csv")
    hint = caught.value.findings[0].hint
    assert hint is not None
    assert "'old' and 'new'" in hint.en
    assert "“原代码”和“新代码”" in hint.zh


def test_a_first_year_knows_of_no_changes(zones: Framework) -> None:
    assert ps.from_returns(zones, FILED.query("year == 2024")).changes.empty


# --- where returns and the table of zones meet ---------------------------------------------------------------------


def test_a_field_in_both_must_be_the_same(zones: Framework) -> None:
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, FILED, zones=GREEN.assign(staff=[20, 70, 31, 60]))
    (finding,) = [each for each in caught.value.findings if each.code == "sum_and_given"]
    assert (finding.unit, finding.year, finding.field) == ("东", 2024, "staff")
    assert "sum to 30 人, the table of zones says 31 人" in finding.message.en


def test_a_field_in_both_may_differ_by_rounding(zones: Framework) -> None:
    given = GREEN.assign(revenue=[30.0, 150.0, 52.0 * (1 + 1e-10), 250.0])
    assert ps.from_returns(zones, FILED, zones=given).table["revenue"].tolist() == [30.0, 52.0, 150.0, 250.0]


def test_what_only_the_table_of_zones_has_is_taken_from_it(zones: Framework) -> None:
    given = GREEN.assign(revenue=[30.0, 150.0, None, None])
    table = ps.from_returns(zones, FILED.query("year == 2024"), zones=given).table
    assert table["revenue"].tolist() == [30.0, 52.0, 150.0, 250.0]  # no returns of 2023, so its totals are those given


def test_returns_of_zones_that_the_table_lacks_are_counted_and_left_out(zones: Framework) -> None:
    more = pd.DataFrame(
        [("x", 2024, "北", "一", "庚厂", 5.0, 1, 0), ("y", 2024, None, None, "辛厂", 5.0, 1, 0)], columns=COLUMNS
    )
    members = ps.from_returns(zones, pd.concat([FILED, more]), zones=GREEN)
    assert set(members.table["unit"]) == {"东", "西"}
    counts = dict(zip(members.accounting["part"], members.accounting["returns"], strict=True))
    assert counts == {"summed": 9, "unknown_zone": 1, "no_zone": 1}
    warned = {finding.code: finding.message.en for finding in members.findings}
    assert "北" in warned["unknown_zone"]
    assert "such as y" in warned["no_zone"]


def test_every_return_is_accounted_for_under_same_members(zones: Framework) -> None:
    members = ps.from_returns(on_same_basis(zones), FILED)
    counts = dict(zip(members.accounting["part"], members.accounting["returns"], strict=True))
    assert counts == {"summed": 7, "not_now": 2}


def test_missing_cells_are_counted_and_a_zone_may_lack_a_field(zones: Framework) -> None:
    frame = FILED.astype({"staff": float})
    frame.loc[(frame["zone"] == "东") & (frame["year"] == 2024), "staff"] = None
    frame.loc[frame["id"] == "e", "staff"] = None
    members = ps.from_returns(zones, frame)
    codes = {(each.code, each.unit): each for each in members.findings}
    assert codes["cells_missing", None].message.en == "of 4 returns some lack cells, which add nothing: 人员 3"
    assert "0 of 2 returns have it" in codes["too_few_returns", "东"].message.en
    assert members.reported.query("unit == '西' and year == 2024")["staff"].tolist() == [1]


def test_a_return_that_is_filed_twice_is_an_error(zones: Framework, tmp_path: Path) -> None:
    file = tmp_path / "r.parquet"
    pd.concat([FILED, FILED.tail(1)]).to_parquet(file, row_group_size=3)
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, file)
    assert "duplicate_row" in {finding.code for finding in caught.value.findings}


def test_a_return_beyond_a_limit_is_an_error(zones: Framework) -> None:
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, FILED.assign(revenue=-1.0))
    assert {finding.code for finding in caught.value.findings} >= {"below_min"}


def test_an_error_of_the_zones_rules_stops_the_evaluation_and_not_the_sums(zones: Framework) -> None:
    members = ps.from_returns(zones, FILED.assign(staff=0))
    assert len(members.table) == 4
    with pytest.raises(DataError) as caught:
        members.evaluate()
    assert "some_staff" in {finding.rule for finding in caught.value.findings}


@pytest.mark.parametrize("year", [2025, 2020])
def test_a_year_without_returns_is_refused(zones: Framework, year: int) -> None:
    with pytest.raises(UsageError) as caught:
        ps.from_returns(zones, FILED, year=year)
    assert caught.value.findings[0].code == "no_such_year"


def test_a_piece_of_totals_only_changes_nothing(zones: Framework, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    FILED.to_parquet(tmp_path / "r" / "a.parquet")
    FILED.assign(id="合计").to_parquet(tmp_path / "r" / "b.parquet")
    members = ps.from_returns(zones, tmp_path / "r")
    pd.testing.assert_frame_equal(members.table, ps.from_returns(zones, FILED).table, check_exact=True)


@pytest.mark.parametrize(
    ("column", "code"), [({"id": None}, "unit_missing"), ({"year": None}, "missing_year"), ({"id": "合计"}, "no_rows")]
)
def test_returns_of_which_none_can_be_used_are_refused(
    zones: Framework, tmp_path: Path, column: dict[str, Any], code: str
) -> None:
    FILED.assign(**column).to_parquet(tmp_path / "r.parquet")
    with pytest.raises(DataError) as caught:
        ps.from_returns(zones, tmp_path / "r.parquet")
    assert code in {finding.code for finding in caught.value.findings}


def test_a_framework_without_members_is_refused() -> None:
    with pytest.raises((UsageError, FrameworkError)) as caught:
        ps.from_returns("tech-sme", FILED)
    assert caught.value.findings[0].code == "no_members"


# --- sub-parks -----------------------------------------------------------------------------------------------------


def test_sub_parks_are_ranked_within_their_zone_by_the_references_of_the_zones(zones: Framework) -> None:
    filed = pd.concat([FILED, pd.DataFrame([("f", 2024, "西", "一", "壬厂", 500.0, 20, 0)], columns=COLUMNS)])
    members = ps.from_returns(zones, filed, zones=GREEN)
    evaluation = members.evaluate()
    parts = members.evaluate_parts(evaluation).set_index(["zone", "part"])
    assert parts["rank_in_zone"].to_dict() == {("东", "一"): 1, ("西", "二"): 1, ("西", "一"): 2}
    # Revenue per head of the zones: 东 52 / 30, 西 300 / 80; of the sub-park 50 / 20 万元.
    low, high = 52 / 30, 300 / 80
    assert parts.loc[("西", "一"), "1"] == pytest.approx((2.5 - low) / (high - low) * 100)
    # What is no sum over returns is not asked of a sub-park.
    assert parts["4"].isna().all()


@pytest.mark.parametrize(("ties", "ranks"), [("min", [1, 1, 3]), ("max", [2, 2, 3]), ("dense", [1, 1, 2])])
def test_sub_parks_that_are_level_are_ranked_by_the_rule_of_ties(zones: Framework, ties: str, ranks: list[int]) -> None:
    framework = zones.model_copy(update={"ranking": zones.ranking.model_copy(update={"ties": ties})})
    rows = [("a", "东", "一", 200.0), ("b", "东", "二", 200.0), ("c", "东", "三", 100.0), ("d", "西", "一", 400.0)]
    filed = pd.DataFrame(
        [(unit, year, zone, park, unit, revenue, 10, 1) for unit, zone, park, revenue in rows for year in (2023, 2024)],
        columns=COLUMNS,
    )
    members = ps.from_returns(framework, filed, zones=GREEN)
    parts = members.evaluate_parts(members.evaluate())
    assert parts.loc[parts["zone"] == "东", "rank_in_zone"].tolist() == ranks


def test_no_return_changes_a_category_of_its_zone_whatever_zones_are_looked_at(tmp_path: Path) -> None:
    """By classes returns may move every indicator; with an enterprise its own zone alone is looked at."""
    (tmp_path / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    classes = (
        "classes: [{id: large, zh: 大, when: staff >= 40人}, {id: small, zh: 小, when: staff < 40人}]\nindicators:\n"
    )
    named = '  - {id: "5", zh: 级别, weight: 1, category: level, score: {rule: lookup, points: {国家: 90, 省: 50}}}\n'
    text = ZONES.replace("indicators:\n", classes + named).replace("rules:", "  level: {zh: 级别, kind: text}\nrules:")
    (tmp_path / "zones.yaml").write_text(text, encoding="utf-8")
    levels = GREEN.assign(level=["国家", "省"] * 2)
    members = ps.from_returns(ps.load_framework(tmp_path / "zones.yaml"), FILED, zones=levels)
    evaluation = members.evaluate()
    made = members.contributions(evaluation)
    for enterprise in "acde":
        assert set(made.frame(made.rows_of(enterprise))["value:5"]) == {0.0}
        assert "5" not in set(members.shortfalls(evaluation, enterprise)["id"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("formula: revenue / staff", "formula: revenue / staff, score: {rule: rank}"),
        ("missing: reweight", "missing: last_year"),
        ("growth(revenue)", '"cagr_since(revenue, 2023)"'),
        ("aggregate: arithmetic", "aggregate: topsis_minmax"),
    ],
)
def test_sub_parks_are_not_scored_among_each_other_where_the_zones_are_compared(
    before: str, after: str, tmp_path: Path
) -> None:
    (tmp_path / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (tmp_path / "zones.yaml").write_text(ZONES.replace(before, after), encoding="utf-8")
    members = ps.from_returns(ps.load_framework(tmp_path / "zones.yaml"), FILED, zones=GREEN)
    with pytest.raises(UsageError) as refused:
        members.evaluate_parts(members.evaluate())
    assert {each.code for each in refused.value.findings} == {"compares_rows"}


def test_a_zone_of_one_sub_park_scores_as_the_sub_park_does(folder: Path) -> None:
    (folder / "bare.yaml").write_text("id: bare\nextends: zones.yaml\nremove: ['4']\n", encoding="utf-8")
    framework = ps.load_framework(folder / "bare.yaml")
    filed = FILED.assign(park="全区")
    members = ps.from_returns(framework, filed)
    evaluation = members.evaluate()
    parts = members.evaluate_parts(evaluation).sort_values("zone")
    zones = evaluation.scores.sort_values("unit")
    assert parts["total"].tolist() == zones["score"].tolist()
    assert parts["rank_in_zone"].tolist() == [1, 1]


def test_the_fields_of_sub_parks_add_up_to_those_of_their_zone(zones: Framework) -> None:
    members = ps.from_returns(zones, FILED)
    sums = members.parts.groupby(["zone", "year"])["revenue"].sum()
    assert sums.to_dict() == members.table.set_index(["unit", "year"])["revenue"].to_dict()


@pytest.fixture
def by_logarithm(folder: Path) -> Framework:
    """Growth between fixed goalposts, and a number of enterprises by its logarithm, which refuses 0."""
    (folder / "logarithm.yaml").write_text(
        """
id: logarithm
extends: zones.yaml
remove: ["1", "4"]
indicators:
  - {id: "2", score: {rule: goalposts, low: -100, high: 100}}
  - {id: "3", formula: certified, score: log}
""",
        encoding="utf-8",
    )
    return ps.load_framework(folder / "logarithm.yaml")


def test_sub_parks_keep_their_own_last_year_where_a_value_of_another_one_is_refused(by_logarithm: Framework) -> None:
    """二 of 东 has no certified enterprise, the logarithm of which is refused: it alone has no score."""
    rows = [
        ("a", "东", "一", 100.0, 150.0, 1),
        ("b", "东", "二", 100.0, 100.0, 0),
        ("c", "西", "一", 100.0, 120.0, 1),
        ("d", "西", "一", 100.0, 120.0, 1),
    ]
    filed = pd.DataFrame(
        [
            (unit, year, zone, park, unit, revenue, 10, certified)
            for unit, zone, park, before, now, certified in rows
            for year, revenue in ((2023, before), (2024, now))
        ],
        columns=COLUMNS,
    )
    members = ps.from_returns(by_logarithm, filed)
    parts = members.evaluate_parts(members.evaluate()).set_index(["zone", "part"])
    assert parts.loc[("东", "一"), "2"] == pytest.approx(0.75)
    assert parts.loc[("西", "一"), "2"] == pytest.approx(0.6)
    assert math.isnan(parts.loc[("东", "二"), "score"])


# --- properties ----------------------------------------------------------------------------------------------------

RETURN = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["东", "西", "南"]),
        "park": st.sampled_from(["一", "二"]),
        "revenue": st.one_of(
            st.none(), st.integers(0, 10**11).map(lambda cents: cents / 100), st.integers(0, 10**6).map(float)
        ),
        "staff": st.one_of(st.none(), st.integers(1, 10**4).map(float)),
        "certified": st.one_of(st.none(), st.sampled_from([0.0, 1.0])),
    }
)


def filed(rows: list[tuple[str, int, dict[str, Any]]]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"id": unit, "year": year, "name": unit, **cells} for unit, year, cells in rows], columns=COLUMNS
    )


def summed_by_hand(rows: list[tuple[str, int, dict[str, Any]]]) -> pd.DataFrame:
    """One row per zone and year: what a person would add up, in plain Python, without losing a digit on the way.

    A growth near 0 is the difference of two sums, so that the last digit of a sum may be the first of the growth.
    """
    groups: dict[tuple[str, int], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, year, cells in rows:
        own = groups[cells["zone"], year]
        own["any"].append(1.0)
        for name in ("revenue", "staff", "certified"):
            if cells[name] is not None:
                own[name].append(cells[name])
    return pd.DataFrame(
        [
            {
                "unit_name": zone,
                "year": year,
                "revenue": math.fsum(own["revenue"]) / 10 if own["revenue"] else None,
                "staff": math.fsum(own["staff"]) if own["staff"] else None,
                "certified": math.fsum(own["certified"]) if own["certified"] else None,
            }
            for (zone, year), own in sorted(groups.items())
        ],
        columns=["unit_name", "year", "revenue", "staff", "certified"],
    ).astype({"revenue": float, "staff": float, "certified": float})


@settings(deadline=None, max_examples=30)
@given(st.lists(RETURN, min_size=1, max_size=8), st.lists(RETURN, min_size=1, max_size=8))
def test_indicators_from_returns_are_those_of_the_summed_table(
    zones: Framework, before: list[dict[str, Any]], now: list[dict[str, Any]]
) -> None:
    rows = [(f"e{number}", 2023, cells) for number, cells in enumerate(before)]
    rows += [(f"e{number}", 2024, cells) for number, cells in enumerate(now)]
    plain = zones.model_copy(update={"rules": ()})
    by_returns = ps.from_returns(plain, filed(rows)).prepared
    by_table = ps.prepare(plain, summed_by_hand(rows), year=2024)
    assert by_returns.table.units.tolist() == by_table.table.units.tolist()
    np.testing.assert_array_equal(by_returns.indicators.states, by_table.indicators.states)
    np.testing.assert_allclose(by_returns.indicators.values, by_table.indicators.values, rtol=1e-12, atol=0)


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_the_table_of_zones_is_the_same_bits_for_any_order_and_any_row_groups(
    zones: Framework, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    cells = data.draw(st.lists(RETURN, min_size=2, max_size=10))
    rows = [(f"e{number // 2}", 2023 + number % 2, each) for number, each in enumerate(cells)]
    plain = zones.model_copy(update={"rules": ()})
    whole = ps.from_returns(plain, filed(rows)).table
    file = tmp_path_factory.mktemp("pieces") / "r.parquet"
    filed(data.draw(st.permutations(rows))).to_parquet(file, row_group_size=data.draw(st.integers(1, 5)))
    pieces = ps.from_returns(plain, file).table
    pd.testing.assert_frame_equal(whole, pieces, check_exact=True)


def test_an_evaluation_of_other_zones_is_refused_by_every_question_about_them(zones: Framework) -> None:
    members, fewer = (ps.from_returns(zones, each, zones=GREEN) for each in (FILED, FILED[FILED["id"] != "d"]))
    of_fewer = fewer.evaluate()
    for ask in (members.what_if, members.contributions, members.missing_returns, members.evaluate_parts):
        with pytest.raises(UsageError, match="no evaluation of these zones"):
            ask(of_fewer)
        with pytest.raises(UsageError, match="`evaluation` cannot be a Framework"):
            ask(zones)  # type: ignore[arg-type]
    again = ps.from_returns(zones, FILED, zones=GREEN).evaluate()
    assert members.what_if(again, drop=["d"]).ranking.equals(members.what_if(members.evaluate(), drop=["d"]).ranking)


def found_in_mergers(zones: Framework, tmp_path: Path, lines: str) -> list[tuple[str, str]]:
    """What is said of mergers in a file, by the code and the place; whether it is an error or not."""
    path = tmp_path / "m.csv"
    path.write_text(f"old,new\n{lines}", encoding="utf-8")
    try:
        found = ps.from_returns(zones, FILED, merged=path).findings
    except DataError as error:
        found = error.findings
    return [(each.code, str(each.place)) for each in found if each.place is not None and each.place.file == str(path)]


def test_an_enterprise_that_merged_and_still_files_is_an_error_with_its_line_and_its_return(
    zones: Framework, tmp_path: Path
) -> None:
    assert found_in_mergers(zones, tmp_path, "b,a\nm,d\na,d\n") == [("merged_and_files", f"{tmp_path / 'm.csv'}:4:1")]
    with pytest.raises(DataError, match=r"is said to be gone and has a return of 2024 \(DataFrame:\d+") as caught:
        ps.from_returns(zones, FILED, merged={"a": "d"})
    (finding,) = errors_of(caught.value.findings)
    assert (finding.unit, finding.year) == ("a", 2024)


def test_an_old_or_a_new_one_without_the_return_it_should_have_is_a_warning_with_its_line(
    zones: Framework, tmp_path: Path
) -> None:
    file = tmp_path / "m.csv"
    assert found_in_mergers(zones, tmp_path, "m,d\nx,d\n") == [("merged_without_return", f"{file}:3:1")]
    assert found_in_mergers(zones, tmp_path, "b,d\nm,y\n") == [("successor_without_return", f"{file}:3:1")]
    # m files no more, and is no successor that anybody could look up this year.
    assert found_in_mergers(zones, tmp_path, "b,m\n") == [("successor_without_return", f"{file}:2:1")]


def test_an_enterprise_that_is_listed_twice_among_the_mergers_is_told_so_at_its_line(
    zones: Framework, tmp_path: Path
) -> None:
    assert found_in_mergers(zones, tmp_path, "m,d\nm,b\n") == [("merged_twice", f"{tmp_path / 'm.csv'}:3:1")]
    with pytest.raises(DataError, match=r"is listed at .*m.csv:2:1 already, and an enterprise merges once"):
        ps.from_returns(zones, FILED, merged=tmp_path / "m.csv")


def test_mergers_without_years_are_said_to_change_nothing(tmp_path: Path) -> None:
    for name, text in {"returns": RETURNS, "zones": ZONES}.items():
        kept = "".join(line for line in text.splitlines(True) if not re.match(r"time:|  - \{id: \"[23]\"", line))
        (tmp_path / f"{name}.yaml").write_text(kept, encoding="utf-8")
    latest = FILED[FILED["year"] == 2024].drop(columns="year")
    found = ps.from_returns(tmp_path / "zones.yaml", latest, merged={"m": "d"}).findings
    assert [each.code for each in found if each.field == "merged"] == ["merged_without_years"]


def test_a_successor_that_has_one_itself_need_not_have_filed(zones: Framework, tmp_path: Path) -> None:
    assert found_in_mergers(zones, tmp_path, "m,x\nx,d\n") == []
    assert found_in_mergers(zones, tmp_path, "b,m\nm,d\n") == []


def test_mergers_made_in_python_are_checked_as_those_of_a_file_are(zones: Framework) -> None:
    with pytest.raises(UsageError, match="run in a circle"):
        ps.from_returns(zones, FILED, merged={"m": "d", "d": "m"})
    for merged in (["m"], 3, {"m": None}, {"m": 4}):
        with pytest.raises(UsageError, match="`merged` cannot be a"):
            ps.from_returns(zones, FILED, merged=merged)  # type: ignore[arg-type]


def test_ids_of_a_what_if_may_stand_in_an_array_and_what_holds_none_is_told(zones: Framework) -> None:
    members = ps.from_returns(zones, FILED, zones=GREEN)
    own = members.evaluate()
    kept = members.what_if(own, keep=np.array(["d", "e"])).ranking
    assert kept.equals(members.what_if(own, keep=["d", "e"]).ranking)
    for asked in ({"drop": 3}, {"keep": "d"}, {"add": 3}, {"add": FILED, "mask": "key"}):
        with pytest.raises(UsageError, match="cannot be a"):
            members.what_if(own, **asked)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"no return of (the|this) enterprise"):
        members.shortfalls(own, 3)  # type: ignore[arg-type]

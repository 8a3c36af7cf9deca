"""Tests of parkscore.tree.lists: who is on a list, ties at the last place, and units of which it cannot be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from parkscore import evaluate
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Choice, Framework, RankedList, ScoreRule, Total
from tests.small_frameworks import field, leaf, panel, rows, small

PLAIN = ScoreRule.of("as_is")
FIELDS = {
    "park": field("park", kind="text"),
    "founded": field("founded"),
    "revenue": field("revenue", measure="万元"),
    "rd": field("rd", measure="万元"),
}


def asks(code: str = "l", **said: Any) -> RankedList:
    return RankedList(id=code, **({"zh": f"榜单{code}", "en": f"list {code}"} | said))


def listing(*lists: RankedList, **said: Any) -> Framework:
    """A framework whose total is the score s itself, with a park, a revenue and R&D that are not scored."""
    return small(leaf("one", "s", score=PLAIN), fields=FIELDS, lists=lists, **said)


def listed(*lists: RankedList, **columns: Any) -> Evaluation:
    """The evaluation of units with these columns; what is not given is 100 and 10 万元, and a score of 70."""
    count = max(len(column) for column in columns.values())
    usual = {"s": [70.0] * count, "revenue": [100.0] * count, "rd": [10.0] * count, "park": ["东"] * count}
    return evaluate(listing(*lists), rows(**(usual | columns)))


def members(evaluation: Evaluation, code: str = "l") -> dict[str, int]:
    """The members of a list with their places, in order."""
    frame = evaluation.lists
    frame = frame[(frame["list"] == code) & (frame["standing"] == "listed")]
    return dict(zip(frame["unit"], frame["place"].tolist(), strict=True))


def counts(evaluation: Evaluation, text: str | None = None, by: str | None = None) -> list[int]:
    """Listed, beyond, not eligible and open of all rows, or of one group."""
    frame = evaluation.list_counts
    keep = [(a if isinstance(a, str) else None, b if isinstance(b, str) else None) == (by, text)
            for a, b in zip(frame["field"], frame["text"], strict=True)]  # fmt: skip
    line = frame[keep].iloc[0]
    found = [int(line[name]) for name in ("listed", "beyond", "not_eligible", "open")]
    assert sum(found) == line["rows"]
    return found


# --- order and the last place ---------------------------------------------------------------------------------------


def test_members_stand_in_order_down_to_the_last_place() -> None:
    evaluation = listed(asks(top=2), s=[10, 30, 20, 5])
    assert members(evaluation) == {"乙": 1, "丙": 2}
    assert counts(evaluation) == [2, 2, 0, 0]


def test_all_that_tie_for_the_last_place_are_listed_and_told_so() -> None:
    evaluation = listed(asks(top=2), s=[10, 30, 20, 20, 20, 5])
    assert members(evaluation) == {"乙": 1, "丁": 2, "丙": 2, "戊": 2}
    reasons = evaluation.lists.set_index("unit")
    assert reasons["reason_en"].dropna().to_dict() == dict.fromkeys("丁丙戊", "3 share place 2, all are listed")
    assert reasons.loc["丙", "reason_zh"] == "第 2 名共 3 个并列，全部入榜"


def test_a_tie_that_fills_the_last_places_exactly_needs_no_word() -> None:
    evaluation = listed(asks(top=3), s=[10, 30, 20, 20, 5])
    assert members(evaluation) == {"乙": 1, "丁": 2, "丙": 2}
    assert evaluation.lists["reason_zh"].isna().all()


def test_values_that_differ_by_rounding_only_share_a_place() -> None:
    evaluation = listed(asks(by="rd / revenue", top=1), rd=[0.1 + 0.2, 0.3, 0.2], revenue=[1.0, 1.0, 1.0])
    assert members(evaluation) == {"甲": 1, "乙": 1}


def test_scores_of_a_list_count_as_equal_where_the_ranking_counts_them_as_equal() -> None:
    evaluation = listed(asks(top=1), s=[60.0, 60.0 + 1e-11, 59.0])
    assert members(evaluation) == {"甲": 1, "乙": 1}
    assert evaluation.ranking["rank"].tolist()[:2] == [1, 1]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"by": "revenue"}, {"丙": 1, "甲": 2, "乙": 3}),
        ({"by": "revenue", "direction": "lower"}, {"乙": 1, "甲": 2, "丙": 3}),
        ({"by": "rd / revenue"}, {"乙": 1, "甲": 2, "丙": 3}),
        ({"by": "one"}, {"丙": 1, "乙": 2, "甲": 3}),
        ({"by": "0 - total", "top": 1}, {"甲": 1}),
        ({"by": "值(one) * 2", "top": 1}, {"丙": 1}),
    ],
)
def test_what_units_are_ordered_by(said: dict[str, Any], expected: dict[str, int]) -> None:
    assert members(listed(asks(**said), s=[1, 2, 3], revenue=[200.0, 100.0, 400.0])) == expected


def test_the_value_stands_in_its_measure() -> None:
    frame = listed(asks(by="revenue - rd", top=1), revenue=[200.0, 100.0]).lists
    assert (frame["value"][0], frame["measure"][0]) == (190.0, "万元")


# --- who is eligible ------------------------------------------------------------------------------------------------

FINDER = asks(require="距今年数(founded) <= 5 and rd / revenue >= 10%", by="rd / revenue")


def test_a_list_with_a_condition_and_no_places_is_a_finder_of_young_research_heavy_enterprises() -> None:
    framework = listing(FINDER, time="year")
    text = """
    zone year s founded revenue rd park
    甲   2025 1 2020    100     10 东
    乙   2025 1 2019    100     50 东
    丙   2025 1 2024    100     9.99 东
    丁   2025 1 2025    100     30 东
    戊   2025 1 .       100     30 东
    己   2025 1 2030    100     30 东
    庚   2025 1 2021    0       30 东
    辛   2025 1 2021    -100    30 东
    壬   2025 1 .       100     1  东
    """
    evaluation = evaluate(framework, panel(text))
    assert members(evaluation) == {"丁": 1, "甲": 2}
    assert counts(evaluation) == [2, 0, 3, 4]
    frame = evaluation.lists.set_index("unit")
    assert frame.loc["甲", "reason_en"] == "years_since(field founded) ≤ 5 (5); field rd / field revenue ≥ 10% (0.1)"
    still = frame[frame["standing"] == "open"]
    assert set(still.index) == set("戊己庚辛")
    assert still.loc["戊", "reason_zh"] == "字段founded缺失"
    assert still["place"].isna().all()


def test_an_eligible_unit_without_anything_to_order_it_by_is_named_and_takes_no_place() -> None:
    evaluation = listed(asks(require="revenue > 0万元", top=2), s=[10, None, 5], revenue=[1.0, 1.0, 1.0])
    assert members(evaluation) == {"甲": 1, "丙": 2}
    assert counts(evaluation) == [2, 0, 0, 1]
    line = evaluation.lists.set_index("unit").loc["乙"]
    assert (line["standing"], line["reason_en"]) == ("open", "not ranked: no indicator that carries weight has a score")


def test_a_unit_that_is_not_ranked_is_listed_by_what_it_has() -> None:
    assert members(listed(asks(by="revenue"), s=[10, None], revenue=[1.0, 2.0])) == {"乙": 1, "甲": 2}


def test_a_score_that_missing_data_leave_open_makes_nobody_eligible_but_orders_as_the_ranking_does() -> None:
    framework = small(
        *(leaf(code, score=ScoreRule.of("steps", closed="left", steps=[[10, 50]], otherwise=0)) for code in "xy"),
        lists=(asks("sure", require="total >= 60"), asks("by_score")),
        total=Total(aggregate=Choice.of("sum")),
    )
    evaluation = evaluate(framework, rows(x=[10, 10, 1], y=[10, None, 1]))
    assert members(evaluation, "sure") == {"甲": 1}
    assert members(evaluation, "by_score") == {"甲": 1, "乙": 2, "丙": 3}
    assert evaluation.lists.loc[evaluation.lists["standing"] == "open", "unit"].tolist() == ["乙"]


def test_a_condition_may_read_the_class_and_a_unit_of_none_is_open() -> None:
    young = asks(require="class == '东'", by="revenue", top=2)
    framework = listing(young, class_field="park")
    found = evaluate(framework, rows(s=[1, 2, 3], revenue=[5.0, 9.0, 7.0], park=["东", "西", None]))
    assert members(found) == {"甲": 1}
    assert counts(found) == [1, 0, 1, 1]


@given(st.lists(st.sampled_from([None, -5.0, 0.0, 10.0, 100.0, 1e300]), min_size=1, max_size=8), st.integers(1, 4))
def test_what_a_member_is_told_holds_when_it_is_computed_again(revenues: list[float | None], top: int) -> None:
    evaluation = listed(asks(require="revenue >= 10万元", by="revenue", top=top), revenue=revenues)
    frame = evaluation.lists
    given_values = dict(zip(evaluation.table.units, revenues, strict=True))
    for unit, standing, value in zip(frame["unit"], frame["standing"], frame["value"], strict=True):
        assert (standing == "open") == (given_values[unit] is None)
        assert standing == "open" or value == given_values[unit] >= 10
    eligible = sorted((value for value in revenues if value is not None and value >= 10), reverse=True)
    assert counts(evaluation)[:2] == [
        sum(value >= eligible[min(top, len(eligible)) - 1] for value in eligible) if eligible else 0,
        sum(value < eligible[min(top, len(eligible)) - 1] for value in eligible) if eligible else 0,
    ]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("revenue", [-100.0, 1e300, 0.0, None], [0, 0, 1, 3]),
        ("rd", [-100.0, 1e300, 0.0, None], [1, 0, 2, 1]),
        ("revenue", ["不适用", "不适用", 50.0, 100.0], [2, 0, 0, 2]),
    ],
)
def test_hostile_rows_are_listed_or_not_eligible_or_open_and_never_lost(
    column: str, values: list[Any], expected: list[int]
) -> None:
    evaluation = listed(asks(require="rd / revenue > 0.05"), **{column: values})
    assert counts(evaluation) == expected


def test_a_negative_revenue_and_one_of_ten_to_the_three_hundred_keep_their_order() -> None:
    evaluation = listed(asks(by="revenue"), revenue=[-5.0, 1e300, 0.0, -1e300])
    assert list(members(evaluation)) == ["乙", "丙", "甲", "丁"]


# --- years and groups -----------------------------------------------------------------------------------------------

YEARS = """
zone year s  founded revenue rd park
甲   2023 10 2020    1       1  东
乙   2023 30 2020    1       1  东
丙   2023 20 2020    1       1  西
甲   2024 40 2020    1       1  东
乙   2024 30 2020    1       1  东
丁   2024 35 2020    1       1  北
"""


def test_each_year_has_a_list_of_its_own() -> None:
    evaluation = evaluate(listing(asks(top=1), time="year"), panel(YEARS))
    assert evaluation.lists[["year", "unit"]].to_numpy().tolist() == [[2023, "乙"], [2024, "甲"]]


def test_members_are_counted_by_park_with_those_that_have_none() -> None:
    evaluation = listed(asks(top=2, per="park"), s=[9, 8, 7, 6, 5], park=["东", "东", "西", "北", None])
    frame = evaluation.list_counts
    assert frame["text"].tolist()[1:] == ["东", "北", "西", None]
    assert counts(evaluation, "东", "park") == [2, 0, 0, 0]
    assert counts(evaluation, "西", "park") == [0, 1, 0, 0]
    assert counts(evaluation, None, "park") == [0, 1, 0, 0]
    assert frame["rows"].tolist() == [5, 2, 1, 1, 1]


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_workbook_has_the_lists_and_their_counts_in_both_languages(tmp_path: Any) -> None:
    evaluation = listed(asks(top=1, per="park"), s=[9, 8, None], park=["东", "西", None])
    with CalamineWorkbook.from_path(str(evaluation.to_excel(tmp_path / "out.xlsx"))) as book:
        page = book.get_sheet_by_name("榜单").to_python()
        spread = book.get_sheet_by_name("榜单分布").to_python()
    assert page[0] == ["榜单", "名次", "评价对象", "结果", "排序依据", "单位", "原因"]
    assert page[1][:5] == ["榜单l", 1, "甲", "入榜", 9]
    assert page[2][2:4] == ["丙", "无法判断"]
    assert spread[0][0] == "榜单“榜单l”：入榜 1，符合条件而名额已满 1，无法判断 1（共 3）"
    assert spread[1] == ["榜单", "分布字段", "分组", "总数", "入榜", "符合条件而名额已满", "不符合条件", "无法判断"]
    assert [line[2] for line in spread[2:]] == ["全部", "东", "西", "（未填）"]
    with CalamineWorkbook.from_path(str(evaluation.to_excel(tmp_path / "out.xlsx", "en"))) as book:
        assert {"lists", "list counts"} <= set(book.sheet_names)


def test_json_has_the_lists_only_where_there_are_some() -> None:
    document = listed(asks(top=1), s=[9, 8]).as_dict()
    assert [line["unit"] for line in document["lists"]] == ["甲"]
    assert document["list_counts"][0]["beyond"] == 1
    assert "lists" not in listed(s=[9, 8]).as_dict()


# --- for any data ---------------------------------------------------------------------------------------------------

SCORES = st.lists(st.sampled_from([None, 0.0, 1.0, 2.0, 3.0]) | st.floats(-1e6, 1e6), min_size=1, max_size=10)


@given(SCORES, st.integers(1, 12), st.data())
def test_every_row_is_in_one_state_and_the_list_is_cut_from_the_ranking(
    scores: list[float | None], top: int, data: st.DataObject
) -> None:
    parks = data.draw(st.lists(st.sampled_from(["东", "西", None]), min_size=len(scores), max_size=len(scores)))
    evaluation = listed(asks(top=top, per="park"), s=scores, park=parks)
    ranks = evaluation.ranking.set_index("unit")["rank"].dropna()
    assert members(evaluation) == {unit: place for unit, place in ranks.items() if place <= top}
    frame = evaluation.list_counts
    states = frame[["listed", "beyond", "not_eligible", "open"]]
    assert (states.sum(axis=1) == frame["rows"]).all()
    assert (frame.iloc[1:][list(states)].sum() == frame.iloc[0][list(states)]).all()


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_place(scores: list[float | None], random: Any) -> None:
    order = list(range(len(scores)))
    random.shuffle(order)
    table = rows(s=scores, revenue=[1.0] * len(scores), rd=[1.0] * len(scores), park=["东"] * len(scores))
    table["founded"] = 2020.0
    framework = listing(asks(top=3))
    found, shuffled = (members(evaluate(framework, each)) for each in (table, table.iloc[order].reset_index(drop=True)))
    assert found == shuffled


@given(SCORES.filter(lambda scores: len(scores) > 1))
def test_a_condition_that_holds_for_all_changes_nothing(scores: list[float | None]) -> None:
    evaluation = listed(asks("with", require="revenue > 0万元", top=2), asks("without", top=2), s=scores)
    assert members(evaluation, "with") == members(evaluation, "without")


def test_a_framework_without_lists_has_empty_tables() -> None:
    evaluation = listed(s=[1, 2])
    assert evaluation.lists.empty
    assert evaluation.list_counts.empty
    assert isinstance(evaluation.lists["place"].dtype, pd.Int64Dtype)
    assert evaluation.list_counts["rows"].dtype == np.int64

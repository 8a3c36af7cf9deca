"""Units that stand in one of two years only are told where a framework compares the years."""

from __future__ import annotations

import pandas as pd

import parkscore as ps
from parkscore.data.new_and_gone import new_and_gone
from parkscore.framework.models import Node
from tests.small_frameworks import field, leaf, rows, small

GROWS = leaf("a", formula="a - 上年(a)", weight=1)


def told(node: Node, before: list[str], now: list[str]) -> list[str]:
    framework = small(node, fields={"a": field("a")}, time="year")
    frames = [
        rows(a=[float(number + year) for number in range(len(units))]).assign(zone=units, year=year)
        for year, units in ((2023, before), (2024, now))
    ]
    evaluation = ps.evaluate(framework, pd.concat(frames))
    return [text.zh for text in new_and_gone(framework, evaluation.table, evaluation.rows)]


def test_a_unit_that_was_renamed_is_told_as_new_and_gone() -> None:
    (said,) = told(GROWS, ["合肥", "芜湖", "襄樊"], ["合肥", "芜湖", "襄阳"])
    new_ones = "新增的没有与上年相比的指标；若是改名，请各年写同一名称"
    assert said == f"2024 年与上年相比，新增 1 个（襄阳），减少 1 个（襄樊）：{new_ones}"


def test_units_that_are_only_gone_are_told_without_a_word_on_new_ones() -> None:
    assert told(GROWS, ["甲", "乙", "丙"], ["甲", "乙"]) == ["2024 年与上年相比，减少 1 个（丙）"]


def test_of_many_new_units_the_first_are_named() -> None:
    (said,) = told(GROWS, ["甲", "乙"], ["甲", "乙", *(f"新{number}" for number in range(7))])
    assert said.startswith("2024 年与上年相比，新增 7 个（新0、新1、新2、新3、新4、…）：")


def test_nothing_is_told_where_the_years_are_alike_or_not_compared() -> None:
    assert told(GROWS, ["甲", "乙"], ["乙", "甲"]) == []
    assert told(leaf("a", weight=1), ["甲", "乙", "丙"], ["甲", "乙", "丁"]) == []

"""Indicators are computed from fields, and each gap keeps its reason."""

from __future__ import annotations

import numpy as np
import pytest

import parkscore as ps
from parkscore.data.derive import derive
from parkscore.data.table import State
from tests.small_frameworks import everywhere, field, leaf, panel, rows, small, table_of

NAN = np.nan
V, M, NA, Z, U = State.VALUE, State.MISSING, State.NOT_APPLICABLE, State.DIVIDED_BY_ZERO, State.UNDEFINED


def test_missing_zero_not_applicable_divided_by_zero_and_undefined_stay_five_things() -> None:
    framework = small(leaf("ratio", "a / b"), leaf("log", "ln(a)"), fields={"a": field("a"), "b": field("b")})
    frame = rows(a=["4", "0", "", "不适用", "4", "4", "-1"], b=["2", "2", "2", "2", "0", "", "2"])
    grid = derive(framework, table_of(framework, frame))
    assert grid.states[:, 0].tolist() == [V, V, M, NA, Z, M, V]
    assert everywhere(grid.values[:, 0], [2.0, 0.0, NAN, NAN, NAN, NAN, -0.5])
    assert grid.states[:, 1].tolist() == [V, U, M, NA, V, V, U]
    assert not grid.filled.any()


def test_an_indicator_comes_in_its_own_measure() -> None:
    framework = small(
        leaf("revenue", "income", measure="亿元"),
        leaf("per_head", "income / staff", measure="万元/人"),
        fields={"income": field("income", measure="千元"), "staff": field("staff", measure="人")},
    )
    grid = derive(framework, table_of(framework, rows(income=[2_500_000], staff=[1000])))
    # 2 500 000 千元 = 2.5e9 元 = 25 亿元; over 1000 人 2.5e6 元 each = 250 万元.
    assert everywhere(grid.values, [[25.0, 250.0]])


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]])
def test_last_year_is_the_same_unit_one_year_earlier_wherever_its_row_stands(order: list[int]) -> None:
    framework = small(leaf("growth", "a - 上年(a)"), time="year", fields={"a": field("a")})
    frame = panel("""
        zone year a
        甲   2023 10
        甲   2024 13
        乙   2024 20
        丙   2022 1
        丙   2024 5
    """)
    grid = derive(framework, table_of(framework, frame.iloc[order]))
    # 乙 is new, and 丙 has no 2023: a year before that is not in the table is missing, never zero.
    assert everywhere(grid.values[:, 0], np.array([NAN, 3.0, NAN, NAN, NAN])[order])
    assert grid.states[:, 0].tolist() == [[M, V, M, M, M][position] for position in order]


def test_derived_fields_are_computed_after_those_they_read() -> None:
    formulas = {"a": "b + c", "b": "c * 2", "c": "staff / 3"}
    derived = {name: field(name, formula=formula) for name, formula in formulas.items()}
    framework = small(leaf("x", "a"), fields=derived | {"staff": field("staff")})
    assert everywhere(derive(framework, table_of(framework, rows(staff=[3, 6]))).values, [[3.0], [6.0]])


def test_last_year_of_a_derived_field_is_the_derived_field_of_last_year() -> None:
    framework = small(
        leaf("change", "share - 上年(share)"),
        time="year",
        fields={"a": field("a"), "b": field("b"), "share": field("share", formula="a / b")},
    )
    frame = panel("""
        zone year a b
        甲   2023 1 4
        甲   2024 3 4
        乙   2023 1 0
        乙   2024 1 2
    """)
    grid = derive(framework, table_of(framework, frame))
    assert everywhere(grid.values[:, 0], [NAN, 0.5, NAN, NAN])
    assert grid.states[3, 0] == Z  # last year's divisor was zero: not the same as no last year


def test_two_years_back_is_two_years_back() -> None:
    framework = small(leaf("change", "a - lag(a, 2)"), time="year", fields={"a": field("a")})
    frame = panel("zone year a\n甲 2022 1\n甲 2023 5\n甲 2024 8")
    assert everywhere(derive(framework, table_of(framework, frame)).values[:, 0], [NAN, NAN, 7.0])


def test_a_text_of_last_year_is_compared_with_last_year() -> None:
    framework = small(
        leaf("kept", "if(stage == 上年(stage), 1, 0)"), time="year", fields={"stage": field("stage", kind="text")}
    )
    frame = panel("zone year stage\n甲 2023 初创\n甲 2024 初创\n乙 2023 初创\n乙 2024 成长")
    grid = derive(framework, table_of(framework, frame))
    assert everywhere(grid.values[:, 0], [NAN, 1.0, NAN, 0.0])


def test_scoring_one_year_still_sees_the_year_before() -> None:
    framework = small(leaf("growth", "a - 上年(a)"), time="year", fields={"a": field("a")})
    frame = panel("zone year a\n甲 2023 10\n甲 2024 13\n乙 2023 10\n乙 2024 11")
    evaluation = ps.evaluate(framework, frame, year=2024)
    assert evaluation.indicators.index.tolist() == [("甲", 2024), ("乙", 2024)]
    assert everywhere(evaluation.indicators["growth"], [3.0, 1.0])
    assert everywhere(evaluation.scored["growth"], [1.0, 0.0])


def test_a_field_without_a_column_is_missing_in_every_row() -> None:
    framework = small(leaf("a"), leaf("b"))
    grid = derive(framework, table_of(framework, rows(a=[1, 2])))
    assert grid.states[:, 1].tolist() == [M, M]

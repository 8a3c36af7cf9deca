"""Functions that read other rows of the table, or the year of the row itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula import (
    Cells,
    Column,
    FormulaError,
    State,
    Surroundings,
    TextCells,
    compute,
    parse_formula,
)

VALUE, MISSING, NOT_APPLICABLE, DIVIDED_BY_ZERO, UNDEFINED = State
gap = math.nan


def no_earlier_rows(count: int) -> Surroundings:
    return Surroundings(None, lambda _: np.full(count, -1, dtype=np.intp))


def run(text: str, x: Sequence[float] | Cells, **texts: Sequence[str | None]) -> Cells:
    cells = x if isinstance(x, Cells) else Cells.of(x)
    columns = {("x", 0): Column(cells)} | {(name, 0): Column(TextCells.of(of)) for name, of in texts.items()}
    return compute(parse_formula(text), columns, None, no_earlier_rows(len(cells.values)))


def test_the_mean_of_a_group_is_given_to_all_of_the_group_by_hand() -> None:
    cells = run("组均值(x, 行业)", [1.0, 3.0, 10.0, gap, 5.0], 行业=["电子", "电子", "机械", "电子", None])
    assert cells.values.tolist()[:4] == [2, 2, 10, 2]
    assert cells.states.tolist() == [VALUE, VALUE, VALUE, VALUE, MISSING]


def test_a_group_of_two_texts_is_where_both_are_the_same() -> None:
    industry, province = ["电子", "电子", "机械", "机械"], ["浙", "苏", "浙", "浙"]
    assert run("group_mean(x, 行业, 省)", [1.0, 3.0, 4.0, 6.0], 行业=industry, 省=province).values.tolist() == [
        1,
        3,
        5,
        5,
    ]
    # 浙 + 江苏 is not 浙江 + 苏.
    assert run("group_mean(x, a, b)", [1.0, 3.0], a=["浙", "浙江"], b=["江苏", "苏"]).values.tolist() == [1, 3]


def test_a_group_without_any_value_keeps_the_reason_of_each() -> None:
    states = np.array([MISSING, NOT_APPLICABLE, DIVIDED_BY_ZERO, VALUE], dtype=np.int8)
    cells = run("group_mean(x, b)", Cells(np.array([gap, gap, gap, 1.0]), states), b=["甲", "甲", "甲", "乙"])
    assert cells.states.tolist() == states.tolist()


def test_the_mean_of_equal_values_is_that_value_so_that_nobody_falls_below_it() -> None:
    assert run("x >= group_mean(x, b)", [0.1] * 3, b=["甲"] * 3).values.tolist() == [1, 1, 1]


def test_a_mean_beyond_the_range_of_numbers_is_undefined() -> None:
    assert run("group_mean(x, b)", [1e308, -1e308, 1.0], b=["甲", "甲", "乙"]).states.tolist() == [
        UNDEFINED,
        UNDEFINED,
        VALUE,
    ]


def test_places_from_the_bottom_by_hand() -> None:
    cells = run("组内倒数位次(x, 省)", [5.0, -2.0, 5.0, gap, 7.0, 3.0], 省=["浙", "浙", "浙", "浙", "浙", "苏"])
    assert cells.values.tolist()[:3] == [2, 1, 2]
    assert cells.values.tolist()[4:] == [4, 1]
    assert cells.states[3] == MISSING


def test_values_that_differ_by_rounding_share_a_place() -> None:
    assert run("group_rank_from_bottom(x, b)", [0.3, 0.1 + 0.2, 0.4], b=["甲"] * 3).values.tolist() == [1, 1, 3]


def test_a_unit_without_a_group_has_no_place_and_takes_none() -> None:
    cells = run("group_rank_from_bottom(x, b)", [1.0, 2.0], b=[None, "甲"])
    assert cells.states.tolist() == [MISSING, VALUE]
    assert cells.values[1] == 1


def test_a_constant_is_the_same_in_every_group() -> None:
    assert run("group_mean(2, b)", [1.0, 1.0], b=["甲", "乙"]).values.tolist() == [2, 2]
    assert run("group_rank_from_bottom(2, b)", [1.0, 1.0], b=["甲", "甲"]).values.tolist() == [1, 1]


def test_no_rows_have_no_groups() -> None:
    assert run("group_mean(x, b)", [], b=[]).values.shape == (0,)
    assert run("group_rank_from_bottom(x, b)", [], b=[]).values.shape == (0,)


def test_years_since_a_year_are_counted_to_the_data_year_of_the_row() -> None:
    columns = {("began", 0): Column(Cells.of([2020.0, 2024.0, 2025.0, 2019.5, gap]))}
    surroundings = Surroundings(np.full(5, 2024), lambda _: np.full(5, -1, dtype=np.intp))
    cells = compute(parse_formula("距今年数(began)"), columns, None, surroundings)
    assert cells.values.tolist()[:2] == [4, 0]
    # A year in the future, or half a year, is no year of founding.
    assert cells.states.tolist() == [VALUE, VALUE, UNDEFINED, UNDEFINED, MISSING]


def test_years_since_a_year_need_years() -> None:
    with pytest.raises(FormulaError) as refused:
        compute(parse_formula("years_since(x)"), {("x", 0): Column(Cells.of([2020.0]))}, None, no_earlier_rows(1))
    assert "years" in refused.value.problems[0].message.en


texts = st.sampled_from(["甲", "乙", None])
values = st.one_of(st.just(gap), st.integers(-20, 20).map(float))
tables = st.lists(st.tuples(values, texts, texts), min_size=1, max_size=12)


@given(tables)
def test_means_and_places_are_those_of_pandas(table: list[tuple[float, str | None, str | None]]) -> None:
    x, one, other = zip(*table, strict=True)
    grouped = pd.DataFrame({"x": x, "one": one, "other": other}).groupby(["one", "other"])["x"]
    means = run("group_mean(x, one, other)", x, one=one, other=other)
    np.testing.assert_allclose(means.values, grouped.transform("mean"), rtol=1e-12, atol=1e-12)
    places = run("group_rank_from_bottom(x, one, other)", x, one=one, other=other)
    np.testing.assert_array_equal(places.values, grouped.rank(method="min"))
    for cells in (means, places):
        assert np.array_equal(np.isnan(cells.values), cells.states != VALUE)


floats = st.one_of(st.just(gap), st.floats(-1e6, 1e6))


@st.composite
def tables_and_orders(draw: st.DrawFn) -> tuple[list[tuple[float, str | None]], list[int]]:
    table = draw(st.lists(st.tuples(floats, texts), min_size=1, max_size=12))
    return table, draw(st.permutations(range(len(table))))


@given(tables_and_orders())
def test_the_order_of_the_rows_changes_no_digit(
    drawn: tuple[list[tuple[float, str | None]], list[int]],
) -> None:
    table, order = drawn
    x, by = zip(*table, strict=True)
    for text in ("group_mean(x, by)", "group_rank_from_bottom(x, by)"):
        straight = run(text, x, by=by)
        mixed = run(text, [x[row] for row in order], by=[by[row] for row in order])
        assert np.array_equal(straight.values[order], mixed.values, equal_nan=True)
        assert np.array_equal(straight.states[order], mixed.states)


@given(tables, values)
def test_a_unit_of_another_group_moves_nobody(table: list[tuple[float, str | None, str | None]], value: float) -> None:
    x, one, _ = zip(*table, strict=True)
    for text in ("group_mean(x, by)", "group_rank_from_bottom(x, by)"):
        before, after = run(text, x, by=one), run(text, [*x, value], by=[*one, "丙"])
        assert np.array_equal(before.values, after.values[:-1], equal_nan=True)

"""The columns that formulas read."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.arrow_texts import ArrowTexts
from parkscore.data.class_column import coded_cells
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.columns import Columns, RowsBefore, fails, holds
from parkscore.data.table import UNIT, YEAR, Origin, State, Table
from parkscore.findings import errors_of
from parkscore.framework.checking import check_framework
from parkscore.framework.formula import Cells, Column, TextCells, compute, parse_formula
from tests.small_frameworks import everywhere, field, leaf, panel, rows, small, table_of


def test_the_columns_are_the_raw_fields_of_this_year() -> None:
    framework = small(leaf("c"), fields={"a": field("a"), "b": field("b", kind="text"), "c": field("c", formula="a")})
    columns = Columns(framework, table_of(framework, rows(a=[1.0], b=["x"])))
    assert list(columns) == [("a", 0), ("b", 0)]
    assert len(columns) == 2


def test_a_field_that_is_not_there_is_a_key_error() -> None:
    framework = small(leaf("a"))
    with pytest.raises(KeyError):
        Columns(framework, table_of(framework, rows(a=[1.0])))[("b", 0)]


def test_a_condition_that_cannot_be_told_neither_holds_nor_fails() -> None:
    framework = small(leaf("a"))
    cells = Columns(framework, table_of(framework, rows(a=[1.0, 3.0, None]))).compute("a > 2", None)
    assert holds(cells).tolist() == [False, True, False]
    assert fails(cells).tolist() == [True, False, False]


def test_a_column_is_computed_once() -> None:
    framework = small(leaf("b"), fields={"a": field("a"), "b": field("b", formula="a + 1")})
    columns = Columns(framework, table_of(framework, rows(a=[1.0])))
    assert columns[("b", 0)] is columns[("b", 0)]


def test_a_table_without_years_has_no_last_year() -> None:
    framework = small(leaf("a"))
    column = Columns(framework, table_of(framework, rows(a=[1.0, 2.0])))[("a", 1)]
    assert isinstance(column.cells, Cells)
    assert np.isnan(column.cells.values).all()
    assert column.cells.states.tolist() == [State.MISSING, State.MISSING]


@given(
    st.sets(st.tuples(st.sampled_from("甲乙丙"), st.integers(2018, 2024)), max_size=12), st.integers(1, 8), st.data()
)
def test_the_row_of_some_years_before_is_of_the_same_unit(
    keys: set[tuple[str, int]], back: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(sorted(keys)))
    units = np.array([unit for unit, _ in order], dtype=object)
    years = np.array([year for _, year in order], dtype=np.int64)
    wanted = [order.index((unit, year - back)) if (unit, year - back) in keys else -1 for unit, year in order]
    for cells in (units, ArrowTexts.of(pa.array(units, pa.string()))):
        table = Table({UNIT: cells, YEAR: years}, {}, Origin("a.csv"))
        assert RowsBefore(table)(back).tolist() == wanted


@pytest.mark.parametrize(("units", "years"), [(["甲", None], [2023, 2024]), (["甲", "甲"], [2024, 2024])])
def test_no_year_before_is_guessed_for_rows_that_readers_refuse(units: list[str | None], years: list[int]) -> None:
    table = Table({UNIT: np.array(units, dtype=object), YEAR: np.array(years)}, {}, Origin("a.csv"))
    with pytest.raises(ValueError, match="a unit"):
        RowsBefore(table)(1)


PANEL = panel("""
    zone year industry founded a
    甲   2023 电子     2020    1
    乙   2023 电子     2019    3
    丙   2023 机械     2021    8
    甲   2024 电子     2020    4
    丙   2024 机械     2021    6
    丁   2024 机械     2024    .
""")
YEARLY = small(
    leaf("a"),
    time="year",
    fields={"a": field("a"), "founded": field("founded"), "industry": field("industry", kind="text")},
)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 3, 1, 4, 2, 0]])
def test_groups_are_formed_within_a_year_and_last_year_counts_who_is_gone(order: list[int]) -> None:
    columns = Columns(YEARLY, table_of(YEARLY, PANEL.iloc[order]))
    now = columns.compute("组均值(a, industry)", None)
    assert everywhere(now.values, np.array([2, 2, 8, 4, 6, 6])[order])
    # 乙 has no row in 2024, yet the mean of the electronics industry was 2 in 2023.
    before = columns.compute("上年(组均值(a, industry))", None)
    assert everywhere(before.values, np.array([np.nan, np.nan, np.nan, 2, 8, np.nan])[order])
    places = columns.compute("lag(group_rank_from_bottom(a, industry))", None)
    assert everywhere(places.values, np.array([np.nan, np.nan, np.nan, 1, 1, np.nan])[order])
    change = columns.compute("group_mean(a - lag(a), industry)", None)
    assert everywhere(change.values, np.array([np.nan, np.nan, np.nan, 3, -2, -2])[order])


def test_being_among_the_last_of_an_industry_two_years_in_a_row() -> None:
    columns = Columns(YEARLY, table_of(YEARLY, PANEL))
    twice = columns.compute("几年中(组内倒数位次(a, industry) <= 1, 2) == 2", None)
    assert holds(twice).tolist() == [False, False, False, True, True, False]
    assert twice.states.tolist()[-1] == State.MISSING


def test_the_age_of_a_unit_is_that_in_the_year_of_the_row() -> None:
    columns = Columns(YEARLY, table_of(YEARLY, PANEL))
    assert everywhere(columns.compute("距今年数(founded)", None).values, [3, 4, 2, 4, 3, 0])
    assert everywhere(columns.compute("上年(距今年数(founded))", None).values, [np.nan] * 3 + [3, 2, np.nan])


def test_years_of_a_history_are_those_of_the_unit() -> None:
    columns = Columns(YEARLY, table_of(YEARLY, PANEL))
    assert everywhere(columns.compute("累计(a, 2)", None).values, [np.nan] * 3 + [5, 14, np.nan])
    # 甲 and 丙 have two years: 4/1 - 1 and 6/8 - 1.
    assert everywhere(columns.compute("三年增长率(a)", None).values, [np.nan] * 3 + [3, -0.25, np.nan])


def test_groups_need_no_years() -> None:
    framework = small(leaf("a"), fields={"a": field("a"), "b": field("b", kind="text")})
    columns = Columns(framework, table_of(framework, rows(a=[1.0, 3.0], b=["x", "x"])))
    assert columns.compute("a / group_mean(a, b)", None).values.tolist() == [0.5, 1.5]


@pytest.mark.parametrize("formula", ["距今年数(a)", "mean_years(a, 2)", "growth_three_years(a)"])
def test_a_formula_over_years_is_refused_where_there_are_none(formula: str) -> None:
    framework = small(leaf("a"))
    changed = framework.model_copy(update={"indicators": (leaf("x", formula),)})
    (finding,) = errors_of(check_framework(changed))
    assert finding.code == "no_time"
    assert finding.hint is not None
    assert "time" in finding.hint.en


@given(texts=st.lists(st.sampled_from(["工业", "农业", "", None]), min_size=1, max_size=9))
def test_texts_known_by_number_compare_as_texts_do(texts: list[str | None]) -> None:
    plain, coded = TextCells.of(texts), coded_cells(CodedTexts.of(texts))
    assert plain.values.tolist() == coded.values.tolist()
    for formula in ('行业 == "工业"', '"工业" == 行业', '行业 != "工业"', '行业 in ["工业", ""]', '行业 == "林业"'):
        found = [compute(parse_formula(formula), {("行业", 0): Column(cells)}, None) for cells in (plain, coded)]
        assert found[0].states.tolist() == found[1].states.tolist()
        assert found[0].values.tolist() == pytest.approx(found[1].values.tolist(), nan_ok=True)


def test_columns_and_their_table_are_gone_with_the_last_name_for_them() -> None:
    # A ring of references would keep each piece of a data set in memory until somebody looks for rings.
    framework = small(leaf("a"))
    table = table_of(framework, rows(a=[1.0, 2.0]))
    columns = Columns(framework, table)
    assert columns["a", 1].cells.states.tolist() == [State.MISSING] * 2
    known = weakref.ref(columns), weakref.ref(table)
    gc.disable()
    try:
        del columns, table
        assert [each() for each in known] == [None, None]
    finally:
        gc.enable()

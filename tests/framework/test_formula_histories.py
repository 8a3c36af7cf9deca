"""Functions of one expression over several years."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula import Cells, Column, State, TextCells, compute, parse_formula
from parkscore.framework.measures import parse_measure

VALUE, MISSING, NOT_APPLICABLE, DIVIDED_BY_ZERO, UNDEFINED = State
gap = math.nan


def run(text: str, *years: Sequence[float], target: str | None = None) -> Cells:
    """A formula over x; the columns are those of this year, last year and so on."""
    columns = {("x", back): Column(Cells.of(values)) for back, values in enumerate(years)}
    return compute(parse_formula(text), columns, None if target is None else parse_measure(target))


def three_years(first: float, second: float, third: float) -> tuple[float, State]:
    cells = run("三年增长率(x)", [third], [second], [first])
    return float(cells.values[0]), State(cells.states[0])


def test_sums_means_and_counts_over_years_by_hand() -> None:
    years = [1.0, -5.0], [2.0, 3.0], [6.0, 5.0]
    assert run("累计(x, 3)", *years).values.tolist() == [9, 3]
    assert run("年均(x, 3)", *years).values.tolist() == [3, 1]
    assert run("年均(x, 2)", *years).values.tolist() == [1.5, -1]
    assert run("lag(sum_years(x, 2))", *years).values.tolist() == [8, 8]
    assert run("几年中(x >= 2, 3)", *years).values.tolist() == [2, 2]
    assert run("几年中(x >= 2, 3) >= 2 and 累计(x, 1) == x", *years).values.tolist() == [1, 1]


def test_a_year_without_a_value_leaves_the_sum_the_mean_and_the_count_without_one() -> None:
    now, before = [1.0, gap, 1.0, math.inf], [gap, 1.0, 1.0, 1.0]
    for text in ("sum_years(x, 2)", "mean_years(x, 2)", "count_years(x > 0, 2)"):
        assert run(text, now, before).states.tolist() == [MISSING, MISSING, VALUE, UNDEFINED]


def test_a_count_of_years_is_known_where_the_condition_is_although_a_field_is_missing() -> None:
    # x > 0 or x == x cannot be told of a gap; `x > 0 or 1 > 0` can.
    assert run("count_years(x > 0 or 1 > 0, 2)", [gap], [1.0]).values.tolist() == [2]


def test_years_are_counted_over_texts_too() -> None:
    columns = {
        ("评级", 0): Column(TextCells.of(["D", "D", "A"])),
        ("评级", 1): Column(TextCells.of(["D", "A", None])),
    }
    cells = compute(parse_formula('几年中(评级 == "D", 2) == 2'), columns, None)
    assert cells.values.tolist()[:2] == [1, 0]
    assert cells.states.tolist() == [VALUE, VALUE, MISSING]


def test_a_sum_of_huge_years_is_undefined_and_not_infinite() -> None:
    assert run("sum_years(x, 2)", [1e308], [1e308]).states.tolist() == [UNDEFINED]


def test_high_tech_enterprise_growth_is_half_the_sum_of_the_two_ratios_less_one() -> None:
    # 1/2 x (150/100 + 180/150) - 1 = 1/2 x 2.7 - 1
    assert three_years(100, 150, 180) == (pytest.approx(0.35, abs=1e-15), VALUE)
    # 1/2 x (200/100 + 100/200) - 1 = 1/2 x 2.5 - 1: the mean of ratios is not the growth from end to end
    assert three_years(100, 200, 100) == (0.25, VALUE)


def test_high_tech_enterprise_growth_after_a_first_year_of_zero_is_that_of_the_last_two_years() -> None:
    assert three_years(0, 100, 120) == (0.2, VALUE)


def test_high_tech_enterprise_growth_after_a_second_year_of_zero_is_none() -> None:
    for first in (0.0, 100.0, gap, -100.0):
        assert three_years(first, 0, 120) == (0, VALUE)


def test_high_tech_enterprise_growth_of_a_shorter_history_takes_the_years_there_are() -> None:
    assert three_years(gap, 100, 120) == (0.2, VALUE)
    assert three_years(gap, gap, 120)[1] == MISSING
    not_yet = Column(Cells(np.array([gap]), np.array([NOT_APPLICABLE], dtype=np.int8)))
    columns = {("x", 0): Column(Cells.of([120.0])), ("x", 1): Column(Cells.of([100.0])), ("x", 2): not_yet}
    assert compute(parse_formula("growth_three_years(x)"), columns, None).values.tolist() == [0.2]


def test_high_tech_enterprise_growth_that_is_negative_stays_negative() -> None:
    # 1/2 x (50/100 + 25/50) - 1
    assert three_years(100, 50, 25) == (-0.5, VALUE)
    assert three_years(0, 100, -50) == (-1.5, VALUE)


@pytest.mark.parametrize("years", [(-100, 50, 80), (100, -50, 80), (0, -50, 80), (gap, -50, 80), (-1, -1, -1)])
def test_high_tech_enterprise_growth_from_a_negative_amount_is_undefined(years: tuple[float, float, float]) -> None:
    assert three_years(*years)[1] == UNDEFINED


def test_high_tech_enterprise_growth_without_this_year_is_missing_even_after_a_year_of_zero() -> None:
    assert three_years(100, 0, gap)[1] == MISSING
    assert three_years(100, 100, gap)[1] == MISSING


def test_high_tech_enterprise_growth_of_an_overflow_is_undefined() -> None:
    assert three_years(1e-300, 1e300, 1e300)[1] == UNDEFINED
    assert three_years(math.inf, 1, 1)[1] == UNDEFINED


@pytest.mark.parametrize("percent", [5, 15, 25, 35])
def test_steady_growth_at_a_step_reaches_the_step(percent: int) -> None:
    last, now = 100.0 + percent, (100.0 + percent) ** 2 / 100
    assert run(f"growth_three_years(x) >= {percent}%", [now], [last], [100.0]).values.tolist() == [1]
    assert run(f"growth(x) >= {percent}%", [last], [100.0]).values.tolist() == [1]


@given(st.integers(1, 10**6), st.integers(-(10**6), 10**6))
def test_growth_in_whole_percents_is_the_double_nearest_to_the_quotient(before: int, change: int) -> None:
    assert run("growth(x)", [float(before + change)], [float(before)]).values.tolist() == [change / before]


amounts = st.lists(st.integers(-1000, 1000).map(float), min_size=5, max_size=5)


@given(amounts, st.integers(1, 4))
def test_a_sum_of_years_is_the_sum_of_the_lags(years: list[float], count: int) -> None:
    by_lags = " + ".join(["x", *(f"lag(x, {back})" for back in range(1, count))])
    columns = [[value] for value in years]
    assert run(f"sum_years(x, {count})", *columns).values.tolist() == run(by_lags, *columns).values.tolist()
    assert run(f"mean_years(x, {count}) * {count}", *columns).values == pytest.approx(run(by_lags, *columns).values)
    now, before = run(f"lag(sum_years(x, {count}))", *columns), run(f"sum_years(lag(x), {count})", *columns)
    assert now.values.tolist() == before.values.tolist()


@given(amounts, st.integers(1, 5), st.integers(-1000, 1000))
def test_years_in_which_a_condition_holds_and_does_not_hold_are_all_years(
    years: list[float], count: int, limit: int
) -> None:
    columns = [[value] for value in years]
    limit_text = str(limit) if limit >= 0 else f"(0 - {-limit})"
    both = run(f"count_years(x > {limit_text}, {count}) + count_years(x <= {limit_text}, {count})", *columns)
    assert both.values.tolist() == [count]

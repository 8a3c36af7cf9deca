"""Gaps are filled by their policies, and only gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from parkscore.data.derive import derive
from parkscore.data.grid import Grid
from parkscore.data.impute import impute
from parkscore.data.table import State
from parkscore.findings import Finding
from parkscore.framework.models import Choice, Framework
from tests.small_frameworks import everywhere, field, leaf, panel, rows, small, table_of

NAN = np.nan
V, M, NA, Z = State.VALUE, State.MISSING, State.NOT_APPLICABLE, State.DIVIDED_BY_ZERO


def imputed(framework: Framework, frame: pd.DataFrame) -> tuple[Grid, list[Finding]]:
    table = table_of(framework, frame)
    return impute(framework, table, derive(framework, table))


def policy(name: str, **parameters: Any) -> Choice:
    return Choice.of(name, **parameters)


@pytest.mark.parametrize(("name", "filled"), [("mean", 3.0), ("median", 3.0), ("zero", 0.0)])
def test_only_what_is_missing_is_filled(name: str, filled: float) -> None:
    framework = small(leaf("ratio", "a / b", missing=policy(name)), fields={"a": field("a"), "b": field("b")})
    grid, findings = imputed(framework, rows(a=["2", "4", "", "不适用", "6"], b=["1", "1", "1", "1", "0"]))
    assert everywhere(grid.values[:, 0], [2.0, 4.0, filled, NAN, NAN])
    assert grid.states[:, 0].tolist() == [V, V, V, NA, Z]
    assert grid.filled[:, 0].tolist() == [False, False, True, False, False]
    assert [(finding.code, finding.field, finding.value) for finding in findings] == [("imputed", "ratio", 1)]


def test_a_zero_is_a_value_and_not_a_gap() -> None:
    framework = small(leaf("a", missing=policy("mean")))
    grid, _ = imputed(framework, rows(a=[0.0, 4.0, None]))
    assert everywhere(grid.values[:, 0], [0.0, 4.0, 2.0])


def test_reweighting_fills_nothing_and_says_nothing() -> None:
    grid, findings = imputed(small(leaf("a")), rows(a=[0.0, None]))
    assert everywhere(grid.values[:, 0], [0.0, NAN])
    assert findings == []


def test_each_year_is_filled_from_itself_and_counted() -> None:
    framework = small(leaf("a", missing=policy("mean")), time="year")
    grid, findings = imputed(
        framework,
        panel("""
        zone year a
        甲   2023 1
        甲   2024 10
        乙   2023 3
        乙   2024 .
        丙   2023 .
        丙   2024 30
    """),
    )
    assert everywhere(grid.values[:, 0], [1.0, 10.0, 3.0, 20.0, 2.0, 30.0])
    assert [(finding.year, finding.value) for finding in findings] == [(2023, 1), (2024, 1)]


def test_a_group_mean_stays_within_the_group_and_no_group_is_no_group() -> None:
    framework = small(
        leaf("a", missing=policy("group_mean", by="stage")), fields={"stage": field("stage", kind="text")}
    )
    frame = rows(a=[1.0, 3.0, None, 8.0, None, 50.0], stage=["初创", "初创", "初创", None, None, "成长"])
    grid, _ = imputed(framework, frame)
    # 己 stands alone in its group; 丁 and 戊 have none, so nothing is known of 戊.
    assert everywhere(grid.values[:, 0], [1.0, 3.0, 2.0, 8.0, NAN, 50.0])
    assert grid.states[4, 0] == M


def test_the_group_is_the_class_where_no_other_is_named() -> None:
    framework = small(
        leaf("a", missing=policy("group_mean")), class_field="stage", fields={"stage": field("stage", kind="text")}
    )
    grid, _ = imputed(framework, rows(a=[1.0, None, 9.0], stage=["初创", "初创", "成长"]))
    assert everywhere(grid.values[:, 0], [1.0, 1.0, 9.0])


def test_indicators_with_different_policies_do_not_mix() -> None:
    framework = small(leaf("a", missing=policy("mean")), leaf("b", missing=policy("zero")), leaf("c"))
    grid, _ = imputed(framework, rows(a=[2.0, None], b=[2.0, None], c=[2.0, None]))
    assert everywhere(grid.values[1], [2.0, 0.0, NAN])


def test_the_stage_before_is_left_as_it_was() -> None:
    framework = small(leaf("a", missing=policy("zero")))
    table = table_of(framework, rows(a=[1.0, None]))
    derived = derive(framework, table)
    impute(framework, table, derived)
    assert derived.states[:, 0].tolist() == [V, M]
    assert np.isnan(derived.values[1, 0])


PANEL = panel("""
    zone year a
    甲   2022 2
    甲   2023 .
    甲   2024 6
    甲   2025 .
    乙   2022 .
    乙   2023 9
    乙   2024 .
    乙   2025 .
""")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("last_year", [2, 2, 6, 6, NAN, 9, 9, NAN]), ("linear", [2, 4, 6, NAN, NAN, 9, NAN, NAN])],
)
def test_a_gap_is_filled_from_other_years_of_the_same_unit_and_counted_in_its_own(
    name: str, expected: list[float]
) -> None:
    framework = small(leaf("a", missing=policy(name)), time="year")
    grid, findings = imputed(framework, PANEL)
    assert everywhere(grid.values[:, 0], expected)
    assert grid.filled[:, 0].tolist() == (np.isnan(PANEL["a"]) & ~np.isnan(expected)).tolist()
    counted = {finding.year: finding.value for finding in findings}
    assert counted == {"last_year": {2023: 1, 2024: 1, 2025: 1}, "linear": {2023: 1}}[name]
    shuffled = PANEL.sample(frac=1, random_state=3)
    assert everywhere(imputed(framework, shuffled)[0].values[:, 0], np.array(expected, dtype=float)[shuffled.index])


def test_a_group_median_stays_within_year_and_class() -> None:
    framework = small(
        leaf("a", missing=policy("group_median")), class_field="stage", fields={"stage": field("stage", kind="text")}
    )
    grid, _ = imputed(framework, rows(a=[1.0, 2.0, 9.0, None, 50.0], stage=["初创", "初创", "初创", "初创", "成长"]))
    assert everywhere(grid.values[:, 0], [1.0, 2.0, 9.0, 2.0, 50.0])


GROWTH = """
    zone year a
    甲   2021 100
    甲   2022 110
    甲   2023 121
    乙   2022 100
    乙   2023 120
    丙   2023 100
    丁   2021 100
    丁   2022 0
    丁   2023 5
"""


def test_a_growth_rate_is_computed_over_fewer_years_where_the_history_is_shorter() -> None:
    shorter = policy("shorter_history", formulas=("growth(a)",))
    framework = small(leaf("g", "cagr(a, 2)", missing=shorter), time="year", fields={"a": field("a")})
    frame = panel(GROWTH)
    grid, findings = imputed(framework, frame)
    now = (frame["year"] == 2023).to_numpy()
    # 甲 has two years, 乙 one, 丙 none; 丁 has two.
    assert everywhere(grid.values[now, 0].round(12), [0.1, 0.2, NAN, round(0.05**0.5 - 1, 12)])
    assert grid.filled[now, 0].tolist() == [False, True, False, False]
    assert [(finding.year, finding.value) for finding in findings] == [(2022, 2), (2023, 1)]


def test_of_several_formulas_the_first_that_has_a_value_counts() -> None:
    shorter = policy("shorter_history", formulas=("growth(a)", "a * 0"))
    framework = small(leaf("g", "cagr(a, 2)", missing=shorter), time="year", fields={"a": field("a")})
    grid, _ = imputed(framework, panel("zone year a\n乙 2022 100\n乙 2023 120\n丙 2023 100"))
    assert everywhere(grid.values[:, 0].round(12), [0.0, 0.2, 0.0])

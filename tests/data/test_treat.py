"""Outliers are drawn in, and every changed cell is marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.cohorts import cohorts
from parkscore.data.derive import derive
from parkscore.data.treat import treat
from parkscore.framework.models import Choice, Framework
from tests.small_frameworks import everywhere, leaf, panel, rows, small, table_of

WINSORISE = Choice.of("winsorise", most=2, skew=1, kurtosis=2)
LOG = Choice.of("log", skew=1, kurtosis=2)
# One value far out; its neighbour is 5.
FIRST = [1.0, 2.0, 3.0, 4.0, 5.0, 90.0]
SECOND = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def two_years(reference: Any, treatment: Choice = WINSORISE) -> Framework:
    return small(leaf("a", treat=treatment), leaf("b"), time="year", reference=reference)


def two_year_frame() -> Any:
    lines = [
        f"z{unit} {year} {value} {value}"
        for year, values in ((2023, FIRST), (2024, SECOND))
        for unit, value in enumerate(values)
    ]
    return panel("zone year a b\n" + "\n".join(lines))


def test_each_year_is_treated_on_its_own_where_it_is_its_own_reference() -> None:
    evaluation = ps.evaluate(two_years("per-year"), two_year_frame())
    assert everywhere(evaluation.treated["a"], [1, 2, 3, 4, 5, 5, *SECOND])
    assert everywhere(evaluation.treated["b"], [*FIRST, *SECOND])
    assert evaluation.changes.to_dict("records") == [
        {"unit": "z5", "year": 2023, "indicator": "a", "before": 90.0, "after": 5.0}
    ]
    (finding,) = [each for each in evaluation.findings if each.code == "treated"]
    assert (finding.field, finding.year) == ("a", 2023)
    assert "extreme values winsorised: 1" in finding.message.en


def test_a_panel_is_treated_as_one() -> None:
    evaluation = ps.evaluate(two_years("panel"), two_year_frame())
    assert everywhere(evaluation.treated["a"], [1, 2, 3, 4, 5, 7, *SECOND])


@pytest.mark.parametrize("treatment", [WINSORISE, LOG])
def test_years_that_are_measured_against_one_year_are_treated_on_one_scale(treatment: Choice) -> None:
    evaluation = ps.evaluate(two_years(2023, treatment), two_year_frame())
    before, after = evaluation.imputed["a"], evaluation.treated["a"]
    assert (before != after).any()
    # 2, 3, 4 and 5 stand in both years.
    for value in (2.0, 3.0, 4.0, 5.0):
        assert before.eq(value).sum() == 2
        assert after[before == value].nunique() == 1
        assert evaluation.scored["a"][before == value].nunique() == 1


@pytest.mark.parametrize("reference", ["panel", 2023, "per-year"])
@pytest.mark.parametrize("treatment", [WINSORISE, LOG])
def test_naming_a_year_changes_no_treated_value_and_no_score_of_that_year(reference: Any, treatment: Choice) -> None:
    framework = two_years(reference, treatment)
    third = pd.DataFrame({"zone": ["z0", "z1"], "year": 2022, "a": [900.0, 1000.0], "b": [1.0, 2.0]})
    frame = pd.concat([two_year_frame(), third])
    both = ps.evaluate(framework, frame)
    alone = ps.evaluate(framework, frame, year=2024)
    for stage in ("treated", "scored", "nodes"):
        expected = getattr(both, stage).loc[(slice(None), 2024), :]
        assert everywhere(getattr(alone, stage), expected)


def test_only_changes_of_the_scored_rows_are_listed() -> None:
    assert len(ps.evaluate(two_years("panel"), two_year_frame(), year=2024).changes) == 0


def test_a_gap_is_no_change_and_stays_a_gap() -> None:
    framework = small(leaf("a", treat=WINSORISE))
    table = table_of(framework, rows(a=[*FIRST, None]))
    grid = derive(framework, table)
    everyone = np.arange(7)
    treatment = treat(framework, table, grid, cohorts(framework, table, everyone, everyone))
    assert np.isnan(treatment.grid.values[6, 0])
    assert treatment.changed[:, 0].tolist() == [False] * 5 + [True, False]
    assert everywhere(grid.values[:, 0], [*FIRST, np.nan])


def test_every_value_that_a_treatment_cannot_take_is_told_with_its_unit() -> None:
    framework = small(leaf("a", treat=Choice.of("ln")), leaf("b", treat=Choice.of("ln")), leaf("c"))
    with pytest.raises(ps.DataError) as raised:
        ps.evaluate(framework, rows(a=[1, 0, 3], b=[-1, 2, 3], c=[-1, -2, -3]))
    found = [(finding.code, finding.unit, finding.field, finding.value) for finding in raised.value.findings]
    assert set(found) == {("domain", "乙", "a", 0.0), ("domain", "甲", "b", -1.0)}
    assert len(found) == 2


def test_a_power_that_makes_too_large_numbers_is_told_for_the_indicator() -> None:
    framework = small(leaf("a", treat=Choice.of("box_cox", power=5)))
    with pytest.raises(ps.DataError) as raised:
        ps.evaluate(framework, rows(a=[1e-100, 1e100]))
    assert [(finding.code, finding.unit, finding.field) for finding in raised.value.findings] == [("domain", None, "a")]


@pytest.mark.parametrize("name", ["percentile", "iqr_fences", "log1p", "signed_log", "ln", "box_cox"])
def test_every_cell_that_a_treatment_changes_is_listed_before_and_after(name: str) -> None:
    evaluation = ps.evaluate(small(leaf("a", treat=Choice.of(name))), rows(a=FIRST))
    before, after = np.array(FIRST), evaluation.treated["a"].to_numpy()
    changed = before != after
    assert changed.any()
    assert everywhere(evaluation.changes["before"], before[changed])
    assert everywhere(evaluation.changes["after"], after[changed])


def test_a_box_cox_transformation_says_its_power() -> None:
    evaluation = ps.evaluate(small(leaf("a", treat=Choice.of("box_cox", power=0.5))), rows(a=FIRST))
    (message,) = [each.message for each in evaluation.findings if each.field == "a"]
    assert "λ = 0.5" in message.zh
    assert "λ = 0.5" in message.en


def test_a_column_that_no_treatment_mends_is_a_warning() -> None:
    framework = small(leaf("a", treat=Choice.of("winsorise", most=1, skew=0.001, kurtosis=-10)))
    evaluation = ps.evaluate(framework, rows(a=FIRST))
    assert [finding.code for finding in evaluation.findings if finding.field == "a"] == ["still_skewed"]

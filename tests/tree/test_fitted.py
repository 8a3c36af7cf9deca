"""Rows are scored by statistics that were fitted before, on these rows or others, and nothing is fitted on them."""

from __future__ import annotations

import numpy as np
import pytest

from parkscore.data.cohorts import cohorts
from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted
from parkscore.framework.models import Framework
from parkscore.tree.score import Scored, score
from tests.small_frameworks import everywhere, leaf, panel, small, table_of

YEARS = """
    zone year a
    甲   2023 0
    乙   2023 5
    丙   2023 10
    甲   2024 10
    乙   2024 20
    丙   2024 40
"""
PER_YEAR = small(leaf("a"), time="year")
OF_BOTH = {"2023": {"a": {"low": 0.0, "high": 10.0}}, "2024": {"a": {"low": 10.0, "high": 40.0}}}


def scored_by(fitted: Fitted | None, text: str = YEARS, framework: Framework = PER_YEAR) -> Scored:
    table = table_of(framework, panel(text))
    grid, rows = derive(framework, table), np.arange(len(table.frame), dtype=np.intp)
    return score(framework, table, grid, cohorts(framework, table, rows, rows, fitted), base=grid, fitted=fitted)


def test_scores_by_the_statistics_of_the_same_rows_are_those_of_fitting_them() -> None:
    fresh, again = scored_by(None), scored_by(Fitted(OF_BOTH))
    np.testing.assert_array_equal(fresh.scores, again.scores)
    assert fresh.references == again.references == OF_BOTH


def test_a_row_alone_has_the_score_that_it_has_among_all() -> None:
    alone = scored_by(Fitted(OF_BOTH), "zone year a\n乙 2024 20")
    assert everywhere(alone.scores[:, 0], [10 / 30])
    assert alone.findings == ()


def test_every_year_is_measured_against_one_base() -> None:
    fitted = Fitted({"2023": {"a": {"low": 0.0, "high": 10.0}}}, base="2023")
    assert everywhere(scored_by(fitted).scores[:, 0], [0, 0.5, 1, 1, 1, 1])


def test_statistics_that_nobody_fitted_are_never_made_up() -> None:
    with pytest.raises(KeyError):
        scored_by(Fitted({"2023": {}, "2024": {}}))


def test_values_beyond_the_reference_are_counted_on_both_sides() -> None:
    fitted = Fitted({"2023": {"a": {"low": 3.0, "high": 10.0}}}, extents={"2023": {"a": (3.0, 10.0)}}, base="2023")
    found = scored_by(fitted).findings
    assert [(each.code, each.year, each.value) for each in found] == [
        ("outside_reference", 2023, 1),
        ("outside_reference", 2024, 2),
    ]
    assert found[1].message.en.startswith("indicator a: 0 below the smallest value of the reference, 3, and 2 above")
    assert "0 个低于参照值的最小值 3，2 个高于最大值 10" in found[1].message.zh

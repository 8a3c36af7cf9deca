"""What compares rows cannot be held, and is refused with its place; all else can."""

from __future__ import annotations

from typing import Any

import pytest

from parkscore.findings import UsageError
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Choice, Framework, ScoreRule
from parkscore.members.holdable import comparing, refuse_comparing
from tests.small_frameworks import dimension, field, leaf, small

CLASS = {"trade": field("trade", kind="text"), "x": field("x")}
COMPARING: dict[str, tuple[Framework, str]] = {
    "a place among all": (small(leaf("a", "x", score=ScoreRule.of("rank")), fields=CLASS), "a"),
    "a mean of the group": (small(leaf("a", "x / group_mean(x, trade)"), fields=CLASS), "a"),
    "a calendar year": (small(leaf("a", "cagr_since(x, 2020)"), fields=CLASS, time="year"), "a"),
    "last year's value for a gap": (
        small(leaf("a", "x", missing=Choice.of("last_year")), fields=CLASS, time="year"),
        "a",
    ),
    "distance to the best of all": (
        small(dimension("n", leaf("a", "x"), leaf("b", "x"), aggregate=Choice.of("topsis_minmax")), fields=CLASS),
        "n",
    ),
}


@pytest.mark.parametrize(("framework", "place"), COMPARING.values(), ids=COMPARING)
def test_what_reads_other_rows_is_refused_with_its_place(framework: Framework, place: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_comparing(framework)
    assert [(each.code, each.field) for each in refused.value.findings] == [("compares_rows", place)]


@pytest.mark.parametrize(
    "said", [{}, {"missing": Choice.of("mean")}, {"missing": Choice.of("zero")}, {"treat": Choice.of("iqr_fences")}]
)
def test_what_is_fitted_once_can_be_held(said: dict[str, Any]) -> None:
    assert not list(comparing(small(leaf("a", "x - lag(x)", **said), fields=CLASS, time="year")))


SHORTER = Choice.of("shorter_history", formulas=["cagr(x, 2)", "growth(x)"])
DATED = ScoreRule.of("dated_target", base_year=2020, base_value=1.0, target=2.0, target_year=2030)


@pytest.mark.parametrize("said", [{"missing": SHORTER}, {"score": DATED}], ids=["fewer years", "a stated beginning"])
def test_what_reads_the_row_itself_can_be_held(said: dict[str, Any]) -> None:
    assert not list(comparing(small(leaf("a", "cagr(x, 3)", **said), fields=CLASS, time="year")))


def test_a_formula_over_fewer_years_that_reads_other_rows_is_refused() -> None:
    missing = Choice.of("shorter_history", formulas=["x / group_mean(x, trade)"])
    made = small(leaf("a", "cagr(x, 3)", missing=missing), fields=CLASS, time="year")
    assert [each.field for each in comparing(made)] == ["a"]


def test_the_zones_of_2021_can_be_held() -> None:
    assert not list(comparing(load_framework("zone-2021")))

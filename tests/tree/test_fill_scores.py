"""A missing score becomes the mean score of the unit's group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import parkscore as ps
from parkscore.framework.models import Choice, Framework, ScoreRule
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import everywhere, field, leaf, of_code, panel, rows, small

NAN = float("nan")
TEXT = {"stage": field("stage", kind="text")}


def filled_by_mean(**said: Any) -> Framework:
    """Points for emissions as in 黄岩 2022: value over benchmark times points; without data the mean of the class."""
    points = ScoreRule.of("minmax", low=0, high=10, to=(0, 20), clip=False)
    emission = leaf("a", missing=Choice.of("score_group_mean"), score=points)
    return small(emission, leaf("b"), **({"class_field": "stage", "fields": TEXT} | said))


def test_a_missing_score_is_the_mean_score_of_the_class_as_in_huangyan_2022() -> None:
    stages = ["规上", "规上", "规上", "规下", "规下", None]
    evaluation = ps.evaluate(filled_by_mean(), rows(a=[5, 15, None, 1, None, None], b=range(6), stage=stages))
    # 5 -> 10 points, 15 -> 30: the mean is 20. A unit without a class belongs to no group.
    assert everywhere(evaluation.scored["a"], [10, 30, 20, 2, 2, NAN])
    assert everywhere(evaluation.imputed["a"], [5, 15, NAN, 1, NAN, NAN])
    (finding,) = of_code(evaluation.findings, "imputed")
    assert (finding.field, finding.value) == ("a", 2)
    (gap,) = of_code(evaluation.findings, "no_value")
    assert "gets the mean score of its group" in gap.message.en


def test_only_what_is_missing_gets_a_score_and_counts_as_data() -> None:
    evaluation = ps.evaluate(filled_by_mean(), rows(a=["5", "不适用", ""], b=[1, 2, 3], stage=["规上", "规上", "规上"]))
    assert everywhere(evaluation.scored["a"], [10, NAN, 10])
    # What does not apply to a unit is neither filled nor asked of it.
    assert everywhere(evaluation.coverage["total"], [1, 1, 1])


def test_each_year_has_its_own_mean_even_where_all_years_share_a_reference() -> None:
    framework = filled_by_mean(time="year", reference="panel")
    frame = panel("zone year a b stage\n甲 2023 1 1 x\n乙 2023 . 2 x\n甲 2024 5 1 x\n乙 2024 . 2 x")
    both = ps.evaluate(framework, frame)
    assert everywhere(both.scored["a"], [2, 2, 10, 10])
    alone = ps.evaluate(framework, frame, year=2024)
    assert everywhere(alone.scored["a"], [10, 10])
    assert [(each.year, each.value) for each in of_code(alone.findings, "imputed")] == [(2024, 1)]


def test_a_unit_that_was_set_aside_gets_no_score() -> None:
    framework = filled_by_mean()
    strict = (framework.indicators[0], leaf("b", missing=Choice.of("invalid")))
    evaluation = ps.evaluate(
        framework.model_copy(update={"indicators": strict}), rows(a=[5, None], b=[1, None], stage=["x", "x"])
    )
    assert everywhere(evaluation.scored["a"], [10, NAN])


def test_contributions_still_sum_to_the_score() -> None:
    evaluation = ps.evaluate(filled_by_mean(), rows(a=[5, None], b=[1, 2], stage=["x", "x"]))
    total = evaluation.nodes["total"].to_numpy()
    assert evaluation.contributions.sum(axis=1).to_numpy() == pytest.approx(total)


GROUPS = [("甲", 1, "P"), ("乙", ".", "P"), ("丙", 3, "P"), ("丁", 1, "Q"), ("戊", ".", "Q"), ("己", 4, "Q")]


@pytest.mark.parametrize("reference", ["panel", "per-year"])
def test_gaps_of_all_groups_of_a_year_are_counted_together(reference: Any, tmp_path: Path) -> None:
    framework = small(
        leaf("a", missing=Choice.of("score_group_mean", by="stage")),
        fields={"a": field("a"), **TEXT},
        time="year",
        reference=reference,
        reference_within=("stage",),
    )
    years = "\n".join(f"{unit} {year} {a} {stage}" for year in (2023, 2024) for unit, a, stage in GROUPS)
    frame = panel(f"zone year a stage\n{years}")
    evaluation = ps.evaluate(framework, frame)
    told = of_code(evaluation.findings, "imputed")
    assert [(each.year, each.value) for each in told] == [(2023, 2), (2024, 2)]
    found, in_parts = in_pieces(framework, frame, tmp_path)
    assert_same(evaluation, found, in_parts)

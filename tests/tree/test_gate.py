"""Who is not ranked, and why, and which dimensions did not count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.capping import MOST
from parkscore.findings import Severity
from parkscore.framework.models import Choice, Defaults, ScoreRule, Total
from tests.small_frameworks import dimension, leaf, of_code, panel, rows, small

AS_IS = Defaults(score=ScoreRule.of("goalposts", low=0, high=1), weights=Choice.of("equal"))


def test_a_unit_with_too_little_data_is_not_ranked_and_the_finding_says_how_little() -> None:
    framework = small(*(leaf(code) for code in "abc"), defaults=AS_IS, total=Total(min_coverage=0.5))
    evaluation = ps.evaluate(framework, rows(a=[0.1, 0.9], b=[0.5, None], c=[0.5, None]))
    assert evaluation.ranking["status"].tolist() == [
        "ranked",
        "not_ranked: data cover 33.3% of the weight, 50% needed",
    ]
    (finding,) = of_code(evaluation.findings, "not_ranked")
    assert (finding.unit, finding.field, finding.severity) == ("乙", "total", Severity.WARNING)
    assert finding.message == (
        "不排名：有数据的权重占 33.3%，低于 50%",
        "not ranked: data cover 33.3% of the weight, 50% needed",
    )
    assert finding.place is not None


def test_a_share_just_short_of_the_need_does_not_read_like_it() -> None:
    framework = small(
        leaf("a", weight=0.7996),
        leaf("b", weight=0.2004),
        defaults=Defaults(score=AS_IS.score),
        total=Total(min_coverage="80%"),
    )
    evaluation = ps.evaluate(framework, rows(a=[0.1, 0.9], b=[None, 0.9]))
    assert evaluation.ranking["status"].tolist()[1] == "not_ranked: data cover 79.9% of the weight, 80% needed"


def test_a_unit_without_any_score_is_not_ranked_even_where_no_coverage_is_asked_for() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b"), defaults=AS_IS), rows(a=[0.1, None], b=[0.5, None]))
    assert evaluation.ranking["status"].tolist()[1] == "not_ranked: no indicator that carries weight has a score"


def test_a_dimension_that_falls_short_is_said_of_each_ranked_unit() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b"), min_coverage=0.8), dimension("Y", leaf("c"), leaf("d")), defaults=AS_IS
    )
    evaluation = ps.evaluate(framework, rows(a=[0.1, 0.2], b=[0.5, None], c=[0.5, 0.4], d=[0.1, 0.1]))
    (finding,) = of_code(evaluation.findings, "dimension_not_scored")
    assert (finding.unit, finding.field) == ("乙", "X")
    assert "data cover 50% of its weight, 80% needed" in finding.message.en
    assert "有数据的权重占 50%，需要 80%" in finding.message.zh
    assert evaluation.ranking["rank"].notna().all()


@pytest.mark.parametrize(
    ("aggregate", "fate"),
    [
        ("sum", "it adds nothing to the sum"),
        ("max", "the best of the others counts"),
        ("arithmetic", "to its siblings"),
    ],
)
def test_a_dimension_without_data_is_said_by_what_becomes_of_it(aggregate: str, fate: str) -> None:
    framework = small(dimension("X", leaf("a")), leaf("c"), defaults=AS_IS, total=Total(aggregate=Choice.of(aggregate)))
    evaluation = ps.evaluate(framework, rows(a=[0.1, None], c=[0.5, 0.4]))
    (finding,) = of_code(evaluation.findings, "dimension_not_scored")
    assert "no indicator that carries weight has a score" in finding.message.en
    assert fate in finding.message.en
    assert "0%" not in finding.message.en + finding.message.zh


def test_a_unit_that_is_not_ranked_is_said_once_and_not_for_its_dimensions_too() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b")),
        dimension("Y", leaf("c")),
        defaults=AS_IS.model_copy(update={"min_coverage": 0.8}),
    )
    evaluation = ps.evaluate(framework, rows(a=[0.1, None], b=[0.5, None], c=[0.5, 0.5]))
    assert [finding.code for finding in evaluation.findings if finding.unit == "乙"] == ["not_ranked"]


@pytest.mark.parametrize("year", [None, 2024])
def test_only_scored_rows_have_an_outcome(year: int | None) -> None:
    framework = small(leaf("a"), leaf("b"), time="year", defaults=AS_IS, total=Total(min_coverage=1.0))
    frame = panel("zone year a b\n甲 2023 . 0.1\n乙 2023 0.1 0.2\n甲 2024 0.1 0.2\n乙 2024 . 0.5")
    evaluation = ps.evaluate(framework, frame, year=year)
    found = of_code(evaluation.findings, "not_ranked")
    assert [(finding.unit, finding.year) for finding in found] == (
        [("乙", 2024)] if year else [("甲", 2023), ("乙", 2024)]
    )
    assert evaluation.about["ranked"] == (1 if year else 2)


def test_of_very_many_units_without_a_rank_the_first_are_listed_and_the_rest_counted() -> None:
    count = MOST + 50
    frame: dict[str, Any] = {"zone": [f"z{number}" for number in range(count)], "a": [np.nan] * (count - 1) + [0.5]}
    evaluation = ps.evaluate(small(leaf("a"), defaults=AS_IS), pd.DataFrame(frame))
    found = of_code(evaluation.findings, "not_ranked")
    assert len(found) == MOST + 1
    assert found[-1].value == 49
    # Every one has its reason in the results all the same.
    assert evaluation.scores["status"].str.startswith("not_ranked: ").sum() == count - 1

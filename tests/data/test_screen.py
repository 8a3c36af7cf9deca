"""Units with too few indicators are set aside."""

from __future__ import annotations

from typing import Any

import pytest

import parkscore as ps
from parkscore.framework.models import Choice, Screen
from tests.small_frameworks import everywhere, leaf, of_code, rows, small

FRAME = rows(a=["1", "2", "", "9"], b=["1", "2", "3", ""], c=["1", "2", "", "不适用"])


def screened(availability: Any, stage: str = "indicators", **said: Any) -> ps.Evaluation:
    framework = small(*(leaf(code, **said) for code in "abc"), screen=Screen(availability=availability, stage=stage))
    return ps.evaluate(framework, FRAME)


def test_a_unit_below_the_threshold_has_no_score_no_rank_and_a_reason() -> None:
    evaluation = screened(0.5)
    assert evaluation.scores["unit"].tolist() == ["丁", "乙", "甲", "丙"]
    lost = evaluation.scores.set_index("unit").loc["丙"]
    assert lost.isna()[["score", "rank", "a", "b", "c"]].all()
    assert lost["status"] == "not_ranked: 33.3% of the indicators have a value, 50% needed"


def test_what_is_not_applicable_does_not_count_against_a_unit() -> None:
    # 丁 has one of the two indicators that apply to it: 50 %, and not one of three.
    assert "丁" in screened(0.5).scores.dropna(subset="rank")["unit"].tolist()
    assert "丁" not in screened(0.51).scores.dropna(subset="rank")["unit"].tolist()


def test_a_unit_exactly_at_the_threshold_stays() -> None:
    evaluation = screened("50%")
    assert [finding.unit for finding in of_code(evaluation.findings, "not_ranked")] == ["丙"]


def test_gaps_that_were_filled_count_where_the_framework_says_so() -> None:
    filled = {"missing": Choice.of("mean")}
    assert len(of_code(screened(0.9, "indicators", **filled).findings, "not_ranked")) == 2
    # 丁's c is not applicable and never filled.
    assert len(of_code(screened(0.9, "imputed", **filled).findings, "not_ranked")) == 0


def test_a_unit_that_is_set_aside_is_no_reference_for_the_others() -> None:
    framework = small(leaf("a"), leaf("b"), screen=Screen(availability=1.0))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 3.0, 2.0, 1000.0], b=[1.0, 2.0, 3.0, None]))
    assert everywhere(evaluation.scored["a"], [0.0, 1.0, 0.5, float("nan")])


@pytest.mark.parametrize("weights", [None, "entropy"])
def test_where_every_unit_is_set_aside_nobody_is_ranked_and_every_output_still_works(
    weights: str | None, tmp_path: Any
) -> None:
    framework = small(leaf("a"), leaf("b"), screen=Screen(availability=1.0))
    evaluation = ps.evaluate(framework, rows(a=[1.0, None], b=[None, 2.0]), weights=weights)
    assert evaluation.scores["rank"].isna().all()
    assert len(evaluation.weights) == 0
    assert evaluation.contributions.isna().all(axis=None)
    for suffix, write in (("csv", evaluation.to_csv), ("xlsx", evaluation.to_excel), ("json", evaluation.to_json)):
        assert write(tmp_path / f"out.{suffix}").stat().st_size > 0


def test_a_unit_that_lacks_what_may_not_be_missing_is_set_aside_with_the_reason() -> None:
    framework = small(leaf("a", missing=Choice.of("invalid")), leaf("b"), leaf("c"))
    evaluation = ps.evaluate(framework, FRAME)
    lost = evaluation.scores.set_index("unit").loc["丙"]
    assert lost.isna()[["score", "rank", "a", "b", "c"]].all()
    assert lost["status"] == "not_ranked: these may not be missing: indicator a"
    assert evaluation.scores["rank"].notna().sum() == 3


def test_what_is_not_applicable_makes_no_unit_invalid() -> None:
    framework = small(leaf("a"), leaf("b"), leaf("c", missing=Choice.of("invalid")))
    ranked = ps.evaluate(framework, FRAME).scores.dropna(subset="rank")["unit"].tolist()
    assert sorted(ranked) == sorted(["甲", "乙", "丁"])

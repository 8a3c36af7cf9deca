"""Under a frozen reference a method is tried as if the reference had been frozen with it, or it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import UsageError
from parkscore.framework.models import Choice, Framework, ScoreRule
from tests.small_frameworks import dimension, field, leaf, rows, small

PARKS = list("东东西西西")
BASE = rows(a=[1.0, 5.0, 9.0, 40.0, None], b=[2.0, 7.0, 1.0, 4.0, 3.0], park=PARKS, c=[3.0, 1.0, None, 2.0, 8.0])
LATER = rows(a=[3.0, 6.0, None, 60.0, 2.0], b=[9.0, 2.0, 4.0, 4.5, 3.5], park=PARKS, c=[5.0, None, 1.5, 2.5, 7.0])
MINMAX = ScoreRule.of("minmax", to=(1, 100))


def framework_of(a: dict[str, Any]) -> Framework:
    top = [dimension("d", leaf("a", **({"score": MINMAX} | a)), leaf("b", score=MINMAX)), leaf("c", score=MINMAX)]
    return small(*top, fields={"park": field("park", kind="text")})


def evaluated(framework: Framework, folder: Path) -> Evaluation:
    """The later units by a reference that was frozen with the framework itself."""
    (folder / "reference.json").unlink(missing_ok=True)
    ps.evaluate(framework, BASE).freeze(folder / "reference.json")
    return ps.evaluate(framework, LATER, reference=folder / "reference.json")


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ({"score": {"a": [{"rule": "minmax", "to": [20, 100]}]}}, {"score": ScoreRule.of("minmax", to=(20, 100))}),
        ({"score": {"a": [{"rule": "minmax", "to": [1, 100], "clip": False}]}}, {"score": None}),
        (
            {"score": {"a": [{"rule": "goalposts", "low": 0, "high": 50, "to": [1, 100]}]}},
            {"score": ScoreRule.of("goalposts", low=0, high=50, to=(1, 100))},
        ),
        ({"score": {"a": ["as_is"]}}, {"score": ScoreRule.of("as_is")}),
        ({"treat": {"a": ["none"]}}, {}),
    ],
)
def test_a_method_that_needs_nothing_else_has_the_scores_of_a_reference_frozen_with_it(
    tmp_path: Path, asked: dict[str, Any], own: dict[str, Any]
) -> None:
    if own == {"score": None}:
        own = {"score": ScoreRule.of("minmax", to=(1, 100), clip=False)}
    found = evaluated(framework_of({}), tmp_path).robustness(**asked, draws=16)
    other = evaluated(framework_of(own), tmp_path)
    drawn = found.outcome.scores[found.plan.variant_of == 1]
    assert len(drawn)
    wanted = other.aggregated.scores[other.framework.total.id][found.outcome.rows]
    np.testing.assert_allclose(drawn, np.tile(wanted, (len(drawn), 1)), rtol=1e-12)


@pytest.mark.parametrize(
    ("own", "asked", "message"),
    [
        ({}, {"score": {"a": ["percentile_minmax"]}}, "no statistics for"),
        ({}, {"score": {"a": ["zscore"]}}, "no statistics for"),
        ({}, {"score": {"a": [{"rule": "minmax", "low": 0, "high": 80, "to": [1, 100]}]}}, "no statistics for"),
        ({}, {"score": {"a": ["rank"]}}, "counts the other units"),
        ({}, {"treat": {"a": ["ln"]}}, "no statistics for"),
        ({}, {"treat": {"all": ["winsorise"]}}, "no statistics for"),
        ({"treat": Choice.of("iqr_fences")}, {"treat": {"a": ["none"]}}, "no statistics for"),
        ({}, {"missing": {"a": ["mean"]}}, "no statistics for"),
        ({"missing": Choice.of("mean")}, {"missing": {"a": ["median"]}}, "no statistics for"),
        ({"missing": Choice.of("mean")}, {"missing": {"a": ["reweight"]}}, "no statistics for"),
        ({"missing": Choice.of("score_group_mean", by="park")}, {"score": {"a": ["as_is"]}}, "no statistics for"),
        ({}, {"aggregate": {"total": ["topsis_vector"]}}, "compares it with other units"),
        ({}, {"aggregate": {"d": ["product"]}}, "no statistics for"),
    ],
)
def test_a_method_for_which_a_frozen_reference_has_no_statistics_is_refused_before_it_runs(
    tmp_path: Path, own: dict[str, Any], asked: dict[str, Any], message: str
) -> None:
    evaluation = evaluated(framework_of(own), tmp_path)
    with pytest.raises(UsageError, match=message) as refused:
        evaluation.robustness(**asked, draws=8)
    assert {finding.code for finding in refused.value.findings} == {"no_fixed_reference"}
    # Without a reference everything is fitted again, and nothing stands against it.
    assert ps.evaluate(evaluation.framework, LATER).robustness(**asked, draws=8).draws == 8


def test_gaps_are_said_to_take_the_values_of_these_data_where_the_reference_is_frozen(tmp_path: Path) -> None:
    evaluation = evaluated(framework_of({}), tmp_path)
    (said,) = [each for each in evaluation.robustness(imputation=["a"], draws=4).assumptions if "gaps" in each.en]
    assert said.en == "gaps of a: cell by cell the value of any other unit of these data"
    (said,) = [
        each
        for each in ps.evaluate(evaluation.framework, LATER).robustness(imputation=["a"], draws=4).assumptions
        if "gaps" in each.en
    ]
    assert said.en.endswith("of the reference")

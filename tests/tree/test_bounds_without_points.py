"""What may stay without points is not counted as points: a gate or a grade never rests on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.models import Choice, Framework, Grade, GradeScale, Node, Requirement, ScoreRule, Total
from tests.small_frameworks import dimension, field, leaf, rows, small

SUM = Choice.of("sum")
KINDS = {"kind": field("kind", kind="text")}
LOOKED_UP = ScoreRule.of("lookup", points={"新兴": 10.0, "其他": 5.0})
BY_STEPS = ScoreRule.of("steps", closed="left", steps=[(2, 20)], otherwise=5)


def known(code: str) -> Node:
    return leaf(code, weight=1.0, score=ScoreRule.of("as_is"))


def kind(rule: ScoreRule) -> Node:
    return Node(id="k", zh="领域", en="domain", weight=1.0, category="kind", direction="higher", score=rule)


def summed(*nodes: Node, aggregate: Choice = SUM, **said: object) -> Framework:
    return small(*nodes, total=Total(aggregate=aggregate), **said)


def ends(framework: Framework, data: pd.DataFrame, node: str = "total") -> tuple[float, float]:
    bounds = ps.evaluate(framework, data).bounds
    return float(bounds.low[node][0]), float(bounds.high[node][0])


@pytest.mark.parametrize("text", ["养殖", None])
def test_an_unlisted_category_may_keep_its_points_out_of_a_sum(text: str | None) -> None:
    data = rows(kind=[text, "新兴"], a=[50, 1])
    assert ends(summed(kind(LOOKED_UP), known("a"), fields=KINDS), data) == (50, 60)


def test_with_otherwise_every_category_earns_something() -> None:
    rule = ScoreRule.of("lookup", points={"新兴": 10.0}, otherwise=5)
    assert ends(summed(kind(rule), known("a"), fields=KINDS), rows(kind=[None, "新兴"], a=[50, 1])) == (55, 60)


@pytest.mark.parametrize(
    ("bands", "low"),
    [([{"from": 1, "points": 5}], 50), ([{"from": 1, "points": 5}, {"below": 1, "points": 4}], 54)],
)
def test_a_value_in_no_band_adds_nothing_to_a_sum(bands: list[dict[str, float]], low: float) -> None:
    banded = leaf("b", weight=1.0, score=ScoreRule.of("bands", bands=bands))
    assert ends(summed(banded, known("a")), rows(b=[None, 1], a=[50, 1])) == (low, 55)


def test_a_ratio_to_zero_may_stay_without_points() -> None:
    ratio = leaf("r", "x / y", weight=1.0, score=BY_STEPS)
    framework = summed(ratio, known("a"), fields={"x": field("x"), "y": field("y")})
    assert ends(framework, rows(x=[1, 1], y=[0, 1], a=[50, 1])) == (50, 70)
    assert ends(framework, rows(x=[None, 1], y=[1, 1], a=[50, 1])) == (55, 70)


def test_the_best_of_several_is_sure_only_of_those_that_are_sure_of_points() -> None:
    framework = summed(kind(LOOKED_UP), known("a"), aggregate=Choice.of("max"), fields=KINDS)
    assert ends(framework, rows(kind=[None, "新兴"], a=[-3, 1])) == (-3, 10)


def test_a_dimension_that_may_stay_without_points_adds_nothing_at_least() -> None:
    part = dimension("d", kind(LOOKED_UP), weight=1.0, aggregate=Choice.of("max"))
    framework = summed(part, known("a"), fields=KINDS)
    data = rows(kind=[None, "新兴"], a=[50, 1])
    assert ends(framework, data) == (50, 60)
    assert ends(framework, data, "d") == ends(framework, data, "k") == (0, 10)


def test_a_mean_is_open_over_a_sum_whose_missing_points_are_certain() -> None:
    part = dimension(
        "d", leaf("b", weight=1.0, score=ScoreRule.of("steps", closed="left", steps=[(1, 5)], otherwise=5))
    )
    part = part.model_copy(update={"children": (*part.children, known("c")), "aggregate": SUM, "weight": 1.0})
    framework = small(part, known("a"))
    evaluation = ps.evaluate(framework, rows(b=[None, 1], c=[1, 1], a=[10, 1]))
    assert evaluation.nodes["total"].iloc[0] == 5.5
    assert (evaluation.bounds.low["total"][0], evaluation.bounds.high["total"][0]) == (8, 8)
    assert evaluation.open_scores["node"].tolist() == ["total", "d"]
    assert np.array_equal(evaluation.open_scores["low"], [8, 6])


def test_no_gate_and_no_grade_rests_on_points_that_may_never_come() -> None:
    framework = summed(
        kind(LOOKED_UP),
        known("a"),
        fields=KINDS,
        gates=(
            Requirement(id="pass", zh="合格", en="pass", require="total >= 55"),
            Requirement(id="item", zh="领域", en="domain", require="k >= 5"),
        ),
        grades=(
            GradeScale(
                id="g",
                zh="等级",
                en="grade",
                bands=(Grade(id="A", zh="优", en="good", from_=55),),
                otherwise=Grade(id="B", zh="差", en="bad"),
            ),
        ),
    )
    found = ps.evaluate(framework, rows(kind=["养殖", "其他"], a=[50, 50])).scores.set_index("unit")
    assert found.loc["甲", ["pass", "item", "g"]].tolist() == ["unknown", "unknown", "unknown"]
    assert found.loc["乙", ["pass", "item", "g"]].tolist() == ["met", "met", "A"]

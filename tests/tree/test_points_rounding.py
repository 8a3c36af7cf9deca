"""Scores are rounded where a framework says so, at that node and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation_sheets import sheets_of
from parkscore.framework.models import Choice, Framework, Node, Rounding, ScoreRule, Total
from parkscore.framework.workbook_form import read_workbook, write_workbook
from tests.framework_texts import findings_in, only, with_indicators
from tests.small_frameworks import dimension, everywhere, field, leaf, rows, small

NAN = np.nan
WHOLE = Rounding(decimals=0, how="half_up")
TENTH = Rounding(decimals=1, how="half_up")
SUM = Choice.of("sum")


def item(code: str, **said: Any) -> Node:
    return leaf(code, **({"score": ScoreRule.of("as_is")} | said))


def summed(*nodes: Node, **said: Any) -> Framework:
    equal = [node.model_copy(update={"weight": 1.0}) for node in nodes]
    return small(*equal, total=Total(aggregate=SUM, **said))


def test_nothing_is_rounded_unless_it_is_said() -> None:
    evaluation = ps.evaluate(summed(item("a"), item("b")), rows(a=[2.55, 1.004], b=[0.15, 0.001]))
    assert evaluation.nodes["total"].tolist() == pytest.approx([2.7, 1.005], abs=1e-12)
    assert "rounding" not in evaluation.about


def test_a_rounded_indicator_is_rounded_before_it_is_added() -> None:
    evaluation = ps.evaluate(summed(item("a", round=WHOLE), item("b", round=WHOLE)), rows(a=[2.5, 2.4], b=[0.5, None]))
    assert everywhere(evaluation.scored, [[3, 1], [2, NAN]])
    assert everywhere(evaluation.nodes["total"], [4, 2])
    assert evaluation.indicators["a"].tolist() == [2.5, 2.4]


def test_a_rounded_total_is_rounded_after_it_is_added() -> None:
    evaluation = ps.evaluate(summed(item("a"), item("b"), round=WHOLE), rows(a=[2.5, 2.4], b=[0.5, 0.1]))
    assert everywhere(evaluation.nodes["total"], [3, 3])
    assert everywhere(evaluation.nodes["a"], [2.5, 2.4])
    assert evaluation.ranking["rank"].tolist() == [1, 1]


def test_a_rounded_dimension_passes_its_rounded_score_on() -> None:
    part = dimension("d", item("a", weight=1), item("b", weight=1), aggregate=SUM, round=TENTH)
    evaluation = ps.evaluate(summed(part, item("c")), rows(a=[0.125, 1], b=[0.125, 1], c=[0.01, 0]))
    assert evaluation.nodes["d"].tolist() == [0.3, 2.0]
    assert evaluation.nodes["total"].tolist() == pytest.approx([0.31, 2.0], abs=1e-12)


@pytest.mark.parametrize(
    ("how", "points"),
    [("half_up", [3, -3, 1.0]), ("half_even", [2, -2, 1.0]), ("down", [2, -2, 1.0]), ("up", [3, -3, 1.0])],
)
def test_halves_and_deductions_go_the_declared_way(how: Any, points: list[float]) -> None:
    node = item("a", round=Rounding(decimals=0, how=how))
    assert ps.evaluate(summed(node), rows(a=[2.5, -2.5, 1.0])).scored["a"].tolist() == points


def test_a_gap_stays_a_gap_and_huge_points_stay_what_they_are() -> None:
    evaluation = ps.evaluate(summed(item("a", round=WHOLE), round=TENTH), rows(a=[None, 1e149, -1e149, 0.5]))
    assert everywhere(evaluation.nodes["total"], [NAN, 1e149, -1e149, 1])


def test_the_mean_score_that_fills_a_gap_is_rounded_like_the_others() -> None:
    node = item("a", round=WHOLE, missing=Choice.of("score_group_mean", by="group"))
    framework = small(node, fields={"a": field("a"), "group": field("group", kind="text")})
    evaluation = ps.evaluate(framework, rows(a=[3.0, 4.0, None], group=["x", "x", "x"]))
    assert evaluation.scored["a"].tolist() == [3, 4, 4]


def test_what_is_rounded_is_listed_and_is_no_sum_of_contributions() -> None:
    evaluation = ps.evaluate(small(item("a", round=TENTH), total=Total(round=WHOLE)), rows(a=[1.26, 2.5]))
    assert evaluation.about["rounding"] == ["total: 0 half_up", "a: 1 half_up"]
    about = next(sheet for sheet in sheets_of(evaluation, "zh") if sheet.name == "参数与来源")
    assert "total: 0 half_up, a: 1 half_up" in about.frame["内容"].tolist()
    refusal = evaluation.why_not_additive()
    assert refusal is not None
    assert "rounded" in refusal.message.en


def test_a_rounded_indicator_alone_leaves_contributions_exact() -> None:
    evaluation = ps.evaluate(small(item("a", round=TENTH), item("b")), rows(a=[1.26, 2.5], b=[3, 1]))
    assert evaluation.contributions.sum(axis=1).tolist() == pytest.approx(evaluation.nodes["total"].tolist())


def test_declared_points_are_compared_with_the_rounded_most() -> None:
    rule = ScoreRule.of("goalposts", low=0, high=1, to=(0, 19.6))
    small(leaf("a", points=20, score=rule, round=WHOLE), total=Total(points=20, aggregate=SUM))
    with pytest.raises(AssertionError, match="nominal_total"):
        small(leaf("a", points=19.6, score=rule, round=WHOLE))


@pytest.mark.parametrize(
    "written",
    [
        "{decimals: 0}",
        "{how: half_up}",
        "{decimals: 11, how: up}",
        "{decimals: -1, how: up}",
        "{decimals: 0, how: on}",
        "2",
    ],
)
def test_both_parts_of_a_rounding_are_stated_and_possible(written: str, tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(with_indicators(f'- {{id: "1", zh: 一, formula: money, round: {written}}}'), encoding="utf-8")
    assert only(findings_in(file)).place is not None


def test_a_rounding_comes_back_from_a_workbook(tmp_path: Path) -> None:
    data = small(item("a", round=WHOLE), total=Total(round=TENTH)).model_dump(
        mode="json", exclude_none=True, by_alias=True
    )
    write_workbook(data, tmp_path / "park.xlsx")
    back = read_workbook(tmp_path / "park.xlsx").data
    assert back["indicators"][0]["round"] == {"decimals": 0, "how": "half_up"}
    assert back["total"]["round"] == {"decimals": 1, "how": "half_up"}


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=8), st.sampled_from(["half_up", "half_even", "down", "up"]))
def test_rounding_keeps_the_order_and_adding_a_unit_changes_nobody(points: list[int], how: Any) -> None:
    framework = summed(item("a", round=Rounding(decimals=1, how=how)))
    values = [point / 100 for point in points]
    data = (
        rows(a=[0.0]).iloc[:0].reindex(range(len(values))).assign(zone=[f"u{n}" for n in range(len(values))], a=values)
    )
    together = ps.evaluate(framework, data).nodes["total"].to_numpy()
    alone = [ps.evaluate(framework, data.iloc[[n]]).nodes["total"].iloc[0] for n in range(len(values))]
    assert together.tolist() == alone
    order = np.argsort(values, kind="stable")
    assert (np.diff(together[order]) >= 0).all()

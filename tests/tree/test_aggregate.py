"""Scores go up the tree: shares of gaps handed on, thresholds kept, refusals located."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.grid import Cohort
from parkscore.findings import DataError
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule, Total
from parkscore.methods import aggregation
from parkscore.tree.aggregate import aggregate
from tests.small_frameworks import dimension, everywhere, leaf, of_code, panel, rows, small, table_of

NAN = np.nan
# Values are their own scores.
AS_IS = ScoreRule.of("goalposts", low=0, high=1)


def tree(**said: Any) -> Framework:
    """Two dimensions of two: X over a and b (1 : 3), Y over c and d (1 : 1), X : Y as 3 : 1."""
    parts: dict[str, Any] = {"x": {}, "y": {}, "total": Total()} | said
    return small(
        dimension("X", leaf("a", weight=1), leaf("b", weight=3), weight="75%", **parts["x"]),
        dimension("Y", leaf("c", weight=0.5), leaf("d", weight=0.5), weight="25%", **parts["y"]),
        defaults=Defaults(score=AS_IS),
        total=parts["total"],
    )


def one(framework: Framework, a: Any, b: Any, c: Any, d: Any) -> ps.Evaluation:
    # A second, whole unit keeps each column filled.
    return ps.evaluate(framework, rows(a=[a, 0.5], b=[b, 0.5], c=[c, 0.5], d=[d, 0.5]))


def test_each_node_is_the_weighted_mean_of_its_children() -> None:
    nodes = one(tree(), 0.2, 0.6, 1.0, 0.0).nodes.iloc[0]
    assert nodes["X"] == pytest.approx(0.25 * 0.2 + 0.75 * 0.6, rel=1e-15)
    assert nodes["Y"] == 0.5
    assert nodes["total"] == pytest.approx(0.75 * 0.5 + 0.25 * 0.5, rel=1e-15)
    assert list(nodes.index) == ["total", "X", "a", "b", "Y", "c", "d"]


def test_the_share_of_a_gap_goes_to_its_siblings_and_never_to_zero() -> None:
    evaluation = one(tree(), None, 0.6, None, None)
    nodes, coverage = evaluation.nodes.iloc[0], evaluation.coverage.iloc[0]
    assert nodes["X"] == 0.6
    assert np.isnan(nodes["Y"])
    assert nodes["total"] == 0.6
    # X has 3 of 4 parts; the total has that of its three quarters, and nothing of Y.
    assert coverage[["X", "Y", "a", "b"]].tolist() == [0.75, 0.0, 0.0, 1.0]
    assert coverage["total"] == pytest.approx(0.5625, rel=1e-15)


def test_a_zero_is_covered_and_a_gap_is_not() -> None:
    coverage = one(tree(), 0.0, 0.0, 0.0, 0.0).coverage.iloc[0]
    assert coverage.tolist() == [1.0] * 7


@pytest.mark.parametrize(("needed", "kept"), [(0.5, True), ("50%", True), (0.51, False), (0, True)])
def test_a_node_below_its_threshold_has_no_score_and_one_exactly_at_it_has(needed: Any, kept: bool) -> None:
    nodes = one(tree(y={"min_coverage": needed}), 1, 1, 0.25, None).nodes.iloc[0]
    assert bool(nodes["Y"] == 0.25) == kept
    assert nodes["total"] == (0.75 + 0.25 * 0.25 if kept else 1.0)


def test_a_threshold_that_is_missed_by_rounding_alone_is_reached() -> None:
    # 0.3 + 0.4 + 0.1 adds up to 0.7999999999999999.
    framework = small(
        *(leaf(code, weight=weight) for code, weight in {"a": 0.3, "b": 0.4, "c": 0.1, "d": 0.2}.items()),
        defaults=Defaults(score=AS_IS),
        total=Total(min_coverage="80%"),
    )
    evaluation = one(framework, 0.5, 0.5, 0.5, None)
    assert evaluation.coverage["total"].iloc[0] < 0.8
    assert evaluation.ranking["rank"].tolist() == [1, 1]


def test_the_total_has_a_threshold_of_its_own_that_counts_what_lies_below_the_dimensions() -> None:
    enough = one(tree(total=Total(min_coverage=0.56)), None, 0.6, None, None).nodes["total"].iloc[0]
    short = one(tree(total=Total(min_coverage=0.57)), None, 0.6, None, None).nodes["total"].iloc[0]
    assert enough == 0.6
    assert np.isnan(short)


def test_nothing_of_a_dimension_that_falls_short_counts_as_covered() -> None:
    # Y lacks half: it has no score, and the half that it has is no part of the total's coverage.
    coverage = one(tree(y={"min_coverage": 0.8}), 1, 1, 0.25, None).coverage.iloc[0]
    assert coverage["Y"] == 0.5
    assert coverage["total"] == 0.75


def test_a_child_of_weight_zero_neither_counts_nor_is_missed() -> None:
    framework = small(leaf("a", weight=1), leaf("b", weight=0), defaults=Defaults(score=AS_IS))
    evaluation = ps.evaluate(framework, rows(a=[0.2, None], b=[None, 0.9]))
    assert everywhere(evaluation.nodes["total"], [0.2, NAN])
    assert everywhere(evaluation.coverage["total"], [1.0, 0.0])


def test_any_node_may_have_a_method_of_its_own() -> None:
    evaluation = one(tree(x={"aggregate": Choice.of("geometric")}), 0.5, 0.25, 0.2, 0.4)
    nodes = evaluation.nodes.iloc[0]
    assert nodes["X"] == pytest.approx(0.5**0.25 * 0.25**0.75, rel=1e-14)
    assert nodes["total"] == pytest.approx(0.75 * nodes["X"] + 0.25 * 0.3, rel=1e-14)


def test_nested_dimensions_of_any_depth_are_climbed() -> None:
    framework = small(
        dimension("X", dimension("XX", dimension("XXX", leaf("a"), leaf("b")), leaf("c")), leaf("d")),
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
    )
    assert one(framework, 1, 0, 1, 0).nodes["total"].iloc[0] == ((0.5 + 1) / 2 + 0) / 2


def test_a_mean_that_a_penalty_cannot_be_measured_against_is_refused_by_unit_node_and_year() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b"), aggregate=Choice.of("mazziotta_pareto")),
        time="year",
        defaults=Defaults(score=ScoreRule.of("zscore"), weights=Choice.of("equal")),
    )
    frame = panel("zone year a b\n甲 2024 1 1\n乙 2024 2 2\n丙 2024 3 3\n甲 2023 2 2\n乙 2023 1 1")
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, frame, year=2024)
    found = raised.value.findings
    assert {(finding.code, finding.field, finding.unit, finding.year) for finding in found} == {
        ("domain", "X", "甲", 2024),
        ("domain", "X", "乙", 2024),
    }
    assert all(finding.place is not None and finding.place.line for finding in found)


def test_a_negative_score_under_a_geometric_mean_is_refused_by_unit_and_indicator() -> None:
    framework = small(
        leaf("a"),
        leaf("b"),
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
        total=Total(aggregate=Choice.of("geometric")),
    )
    table = table_of(framework, rows(a=[1, 1, 1], b=[1, 1, 1]))
    everyone = np.arange(3)
    scores = np.array([[0.5, 0.5], [0.5, -0.5], [np.nan, 0.5]])
    with pytest.raises(DataError) as raised:
        aggregate(
            framework,
            table,
            scores,
            (Cohort("all", None, everyone, everyone, everyone),),
            ({"total": np.array([0.5, 0.5])},),
        )
    (finding,) = raised.value.findings
    assert (finding.field, finding.unit) == ("total", "乙")
    assert "cannot take the scores of b" in finding.message.en


def test_a_refusal_while_weighing_is_located_too() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b"), aggregate=Choice.of("mazziotta_pareto")),
        leaf("c"),
        defaults=Defaults(score=ScoreRule.of("zscore"), weights=Choice.of("entropy")),
    )
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, rows(a=[1, 2, 3], b=[1, 2, 3], c=[1, 2, 3]))
    assert {finding.code for finding in raised.value.findings} == {"domain"}


# --- methods that take whole rows only, or measure units against one another -----------------------------------------


def compared(method: str, **said: Any) -> Framework:
    """One dimension X over a and b by a method of its own, beside an indicator c."""
    return small(
        dimension("X", leaf("a"), leaf("b"), aggregate=Choice.of(method), **said),
        leaf("c"),
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
    )


@pytest.mark.parametrize("method", ["topsis_vector", "topsis_minmax", "vikor", "promethee_ii", "rsr", "product"])
def test_a_unit_with_a_gap_gets_no_score_where_a_method_takes_whole_rows_and_a_finding_says_so(method: str) -> None:
    framework = compared(method)
    whole = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1], b=[0.2, 0.6, 0.7], c=[0.5, 0.5, 0.5]))
    gap = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1, None], b=[0.2, 0.6, 0.7, 1.0], c=[0.5, 0.5, 0.5, 0.3]))
    assert everywhere(gap.nodes["X"], [*whole.nodes["X"], NAN])
    assert gap.nodes["total"].iloc[3] == 0.3
    (finding,) = of_code(gap.findings, "incomplete_row")
    assert (finding.field, finding.unit, finding.value) == ("X", "丁", "a")
    assert finding.place is not None
    assert finding.place.line
    # Data enough, but not what the method takes: no threshold is to blame.
    assert not of_code(gap.findings, "dimension_not_scored")
    assert aggregation[method].title.en in finding.message.en
    assert aggregation[method].title.zh in finding.message.zh


@pytest.mark.parametrize("method", ["topsis_minmax", "copeland", "borda_count", "benefit_of_doubt"])
def test_a_unit_without_any_score_moves_no_one_and_needs_no_finding(method: str) -> None:
    framework = compared(method)
    whole = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1], b=[0.2, 0.6, 0.7], c=[0.5, 0.5, 0.5]))
    more = ps.evaluate(framework, rows(a=[None, 0.9, 0.5, 0.1], b=[None, 0.2, 0.6, 0.7], c=[0.5, 0.5, 0.5, 0.5]))
    assert everywhere(more.nodes["X"], [NAN, *whole.nodes["X"]])
    assert not of_code(more.findings, "incomplete_row")


@pytest.mark.parametrize("method", ["copeland", "borda_count"])
def test_a_unit_below_the_threshold_of_a_node_moves_no_one_in_it(method: str) -> None:
    framework = compared(method, min_coverage=0.8)
    whole = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1], b=[0.2, 0.6, 0.7], c=[0.5, 0.5, 0.5]))
    short = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1, 0.7], b=[0.2, 0.6, 0.7, None], c=[0.5, 0.5, 0.5, 0.5]))
    assert everywhere(short.nodes["X"], [*whole.nodes["X"], NAN])


def test_an_indicator_that_no_unit_has_takes_no_part_in_a_method_that_takes_whole_rows() -> None:
    framework = compared("topsis_minmax")
    evaluation = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1], b=[None, None, None], c=[0.5, 0.5, 0.5]))
    np.testing.assert_allclose(evaluation.nodes["X"], [1.0, 0.5, 0.0], atol=1e-15)
    assert not of_code(evaluation.findings, "incomplete_row")


@pytest.mark.parametrize("reference", ["per-year", "panel"])
def test_a_year_scores_the_same_alone_as_within_all_years_where_units_are_compared(reference: Any) -> None:
    framework = small(
        leaf("a"),
        leaf("b"),
        time="year",
        reference=reference,
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
        total=Total(aggregate=Choice.of("topsis_vector")),
    )
    frame = panel("zone year a b\n甲 2024 .1 .5\n乙 2024 .2 .4\n丙 2024 .6 .1\n甲 2023 .9 .9\n乙 2023 .3 0")
    alone = ps.evaluate(framework, frame, year=2024).ranking.set_index("unit")["score"]
    every = ps.evaluate(framework, frame).ranking
    every = every[every["year"] == 2024].set_index("unit")["score"]
    assert everywhere(alone, every.loc[alone.index])
    by_itself = ps.evaluate(framework, frame[frame["year"] == 2024]).ranking.set_index("unit")["score"]
    assert everywhere(alone, by_itself.loc[alone.index]) == (reference == "per-year")


def test_a_unit_that_the_total_passes_over_is_not_ranked_and_told_why() -> None:
    framework = small(
        leaf("a"),
        leaf("b"),
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
        total=Total(aggregate=Choice.of("vikor")),
    )
    evaluation = ps.evaluate(framework, rows(a=[0.9, 0.5, 0.1], b=[0.2, 0.6, None]))
    (finding,) = of_code(evaluation.findings, "not_ranked")
    assert finding.unit == "丙"
    assert finding.message.en == "not ranked: VIKOR compromise ranking takes whole rows only, and this one has a gap"
    assert "需要全部下级得分" in finding.message.zh


def test_a_refusal_names_the_unit_though_others_were_passed_over() -> None:
    framework = small(
        leaf("a"),
        leaf("b"),
        defaults=Defaults(score=AS_IS, weights=Choice.of("equal")),
        total=Total(aggregate=Choice.of("product")),
    )
    table = table_of(framework, rows(a=[1, 1, 1], b=[1, 1, 1]))
    everyone = np.arange(3)
    scores = np.array([[0.5, np.nan], [0.5, 0.5], [1e100, 1e100]])
    with pytest.raises(DataError) as raised:
        aggregate(
            framework,
            table,
            scores,
            (Cohort("all", None, everyone, everyone, everyone),),
            ({"total": np.array([0.5, 0.5])},),
        )
    (finding,) = raised.value.findings
    assert (finding.field, finding.unit) == ("total", "丙")


def test_many_units_that_are_passed_over_are_listed_up_to_a_limit_and_counted() -> None:
    framework = compared("topsis_minmax")
    frame = pd.DataFrame({"zone": [f"区{n}" for n in range(300)], "a": [0.5] * 150 + [None] * 150, "b": 0.5, "c": 0.5})
    frame.loc[:30, "b"] = None
    found = of_code(ps.evaluate(framework, frame).findings, "incomplete_row")
    assert len(found) == 181
    frame["a"] = [0.5] + [None] * 299
    assert "more" in of_code(ps.evaluate(framework, frame).findings, "incomplete_row")[-1].message.en


def test_what_is_not_applicable_to_a_unit_is_no_part_of_its_coverage() -> None:
    frame = pd.DataFrame(
        {
            "zone": ["甲", "乙", "丙"],
            "a": [1, 2, 3],
            "b": ["不适用", 5, 6],
            "c": ["不适用", None, 9],
        }
    )
    framework = Framework.model_validate(
        {
            "id": "f",
            "title": {"zh": "例"},
            "unit": {"key": "zone", "zh": "区"},
            "fields": {"a": {"zh": "甲项"}, "b": {"zh": "乙项"}, "c": {"zh": "丙项"}},
            "defaults": {"direction": "higher", "weights": "equal"},
            "total": {"min_coverage": 0.8},
            "indicators": tuple({"id": key, "zh": key, "formula": key} for key in ("a", "b", "c")),
        }
    )
    evaluation = ps.evaluate(framework, frame)
    assert evaluation.coverage["total"].round(3).to_dict() == {"甲": 1.0, "乙": 0.667, "丙": 1.0}
    statuses = evaluation.ranking.set_index("unit")["status"].str.partition(":")[0].to_dict()
    assert statuses == {"甲": "ranked", "乙": "not_ranked", "丙": "ranked"}

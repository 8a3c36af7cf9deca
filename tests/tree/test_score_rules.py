"""Every scoring rule in a framework: what the engine hands it, and what is found where it has nothing to hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import parkscore as ps
from parkscore.findings import DataError, Severity
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule
from parkscore.methods import scoring
from tests.small_frameworks import codes, leaf, of_code, panel, rows, small

NAN = np.nan
PLAIN = Defaults(weights=Choice.of("equal"))
# The values 2, 4, 10 of 甲, 乙, 丙, and the score of each.
RULES: dict[str, tuple[dict[str, Any], str, list[float]]] = {
    "minmax": ({}, "higher", [0, 0.25, 1]),
    "goalposts": ({"low": 0, "high": 20}, "lower", [0.9, 0.8, 0.5]),
    "log": ({"low": 2, "high": 8}, "higher", [0, 0.5, 1]),
    "zscore": ({"mean": 4, "sd": 2}, "higher", [-1, 0, 3]),
    "as_is": ({}, "lower", [-2, -4, -10]),
    "rank": ({}, "lower", [3, 2, 1]),
    "borda": ({}, "higher", [0, 1, 2]),
    "percentile": ({"to": (0, 100)}, "higher", [0, 50, 100]),
    "sum": ({}, "higher", [0.125, 0.25, 0.625]),
    "max": ({}, "lower", [0.8, 0.6, 0]),
    "vector": ({}, "higher", [2 / 120**0.5, 4 / 120**0.5, 10 / 120**0.5]),
    "percentile_minmax": ({"percentiles": (0, 50)}, "higher", [0, 1, 1]),
    "distance_to_max": ({}, "lower", [1, 0.75, 0]),
    "distance_to_target": ({"target": 6, "clip": False}, "higher", [0, 0.5, 2]),
    "distance_to_reference": ({"unit": "乙", "clip": False}, "higher", [0, 1, 4]),
    "efficacy": ({"unallowed": 10, "satisfactory": 2}, "lower", [100, 90, 60]),
    "benchmark": ({"benchmark": 5, "full": 20}, "higher", [8, 16, 20]),
    "middle": ({"best": 4}, "higher", [2 / 3, 1, 0]),
    "interval": ({"low": 2, "high": 6}, "lower", [1, 1, 0]),
    # What the units had in 2020 is in the table below: 1, 8, 10.
    "base_index": ({"base_year": 2020}, "higher", [200, 50, 100]),
    "dated_target": ({"base_year": 2020, "rate": -0.5}, "lower", [25, 100, 50]),
    "steps": ({"closed": "right", "steps": [(2, 5), (4, 3)], "otherwise": 0}, "lower", [5, 3, 0]),
    "bands": ({"bands": [{"below": 4, "points": 1}, {"from": 4, "points": 3}]}, "higher", [1, 3, 3]),
    "two_anchor": ({"points": 10, "basic": 4, "full": 8, "at_basic": 0.6}, "higher", [3, 6, 10]),
    "per": ({"each": 4, "points": -5, "least": -8}, "lower", [0, -5, -8]),
    "lookup": ({"points": {2: 8, "4": 10}, "otherwise": 5}, "higher", [8, 10, 5]),
}
YEARS = panel("""
    zone year a
    甲   2020 1
    乙   2020 8
    丙   2020 10
    甲   2021 2
    乙   2021 4
    丙   2021 10
""")


def framework_of(rule: str, direction: str = "higher", reference: Any = "per-year", **stated: Any) -> Framework:
    indicator = leaf("a", direction=direction, score=ScoreRule.of(rule, **stated))
    return small(indicator, time="year", reference=reference, defaults=PLAIN)


def test_every_scoring_rule_of_the_shelf_is_tried_in_a_framework() -> None:
    # Tiers take conditions in place of a formula: tests/tree/test_points_tiers.py.
    assert set(RULES) == set(scoring) - {"tiers"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_a_framework_scores_a_year(rule: str) -> None:
    stated, direction, expected = RULES[rule]
    evaluation = ps.evaluate(framework_of(rule, direction, **stated), YEARS, year=2021)
    np.testing.assert_allclose(evaluation.scored["a"], expected, rtol=1e-14)


# A unit stands in a panel once for each year: a reference unit is refused there, as tested below.
@pytest.mark.parametrize(
    ("rule", "reference"),
    [
        (rule, reference)
        for rule in RULES
        for reference in ("per-year", "panel", 2020, 2021)
        if (rule, reference) != ("distance_to_reference", "panel")
    ],
)
def test_a_year_scored_alone_has_the_scores_it_has_among_all_years(rule: str, reference: Any) -> None:
    stated, direction, _ = RULES[rule]
    framework = framework_of(rule, direction, reference, **stated)
    both, alone = ps.evaluate(framework, YEARS), ps.evaluate(framework, YEARS, year=2021)
    np.testing.assert_array_equal(alone.scored["a"], both.scored["a"].loc[(slice(None), 2021)])


def test_ranks_are_counted_among_the_units_of_the_reference_year() -> None:
    scores = ps.evaluate(framework_of("rank", reference=2020), YEARS, year=2021).scored["a"]
    # Among 1, 8, 10: 2 and 4 beat one unit, 10 beats two.
    assert scores.tolist() == [2, 2, 3]


def test_a_reference_unit_that_is_not_in_the_data_or_in_many_years_is_refused_by_indicator() -> None:
    for framework in (
        framework_of("distance_to_reference", unit="丁"),
        framework_of("distance_to_reference", reference="panel", unit="乙"),
    ):
        with pytest.raises(DataError) as raised:
            ps.evaluate(framework, YEARS)
        assert {(finding.code, finding.field) for finding in raised.value.findings} == {("domain", "a")}


def test_a_base_year_that_is_not_in_the_data_is_refused_and_the_years_in_it_are_named() -> None:
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework_of("base_index", base_year=2015), YEARS)
    (finding,) = raised.value.findings
    assert (finding.code, finding.field, finding.value) == ("no_such_year", "a", 2015)
    assert finding.hint is not None
    assert "2020, 2021" in finding.hint.en


def test_units_without_a_value_in_the_base_year_have_no_score_and_are_counted() -> None:
    frame = panel("zone year a\n甲 2020 5\n乙 2020 .\n甲 2021 10\n乙 2021 4\n丙 2021 6")
    evaluation = ps.evaluate(framework_of("base_index", base_year=2020), frame, year=2021)
    np.testing.assert_array_equal(evaluation.scored["a"], [200, NAN, NAN])
    (finding,) = of_code(evaluation.findings, "no_base_value")
    assert (finding.field, finding.value, finding.severity) == ("a", 2, Severity.WARNING)
    assert "2020" in finding.message.zh
    assert finding.place is not None


def test_a_base_of_zero_is_refused_where_the_unit_stands() -> None:
    frame = panel("zone year a\n甲 2020 5\n乙 2020 0\n甲 2021 10\n乙 2021 4")
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework_of("base_index", base_year=2020), frame, year=2021)
    assert [(finding.code, finding.unit) for finding in raised.value.findings] == [("domain", "乙")]


def test_a_path_from_a_stated_value_needs_no_data_of_its_base_year() -> None:
    stated = {"base_year": 2015, "base_value": 8, "target": 2, "target_year": 2021}
    evaluation = ps.evaluate(framework_of("dated_target", "lower", **stated), YEARS, year=2021)
    np.testing.assert_allclose(evaluation.scored["a"], [100, 50, 20])
    assert of_code(evaluation.findings, "no_base_value") == []


@pytest.mark.parametrize(
    ("rule", "stated"), [("base_index", {"base_year": 2020}), ("dated_target", {"base_year": 2020, "rate": -0.04})]
)
def test_a_rule_that_looks_at_years_is_refused_in_a_framework_without_them(rule: str, stated: dict[str, Any]) -> None:
    dated = framework_of(rule, **stated)
    undated = dated.model_copy(update={"time": None, "reference": "per-year"})
    assert "no_time" in codes(check_framework(undated))


def test_a_cost_of_zero_that_has_no_share_is_named_by_its_unit_even_where_only_the_reference_has_it() -> None:
    frame = panel("zone year a\n甲 2020 5\n乙 2020 0\n甲 2021 10\n乙 2021 4")
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework_of("sum", "lower", 2020), frame, year=2021)
    assert [(finding.unit, finding.year) for finding in raised.value.findings] == [("乙", 2020)]


def test_a_single_unit_is_warned_of_under_ranks_as_under_bounds() -> None:
    evaluation = ps.evaluate(small(leaf("a", score=ScoreRule.of("rank"))), rows(a=[7]))
    assert len(of_code(evaluation.findings, "single_unit")) == 1


def test_the_range_of_scores_under_a_geometric_mean_knows_the_direction() -> None:
    # A stated upper bound is the worst value where lower is better: nobody must reach it, so no score must be 0.
    def findings_of(direction: str, **stated: float) -> list[str]:
        indicator = leaf("a", direction=direction, score=ScoreRule.of("minmax", **stated))
        framework = small(indicator)
        product = Choice.of("geometric")
        total = framework.total.model_copy(update={"aggregate": product})
        return codes(check_framework(framework.model_copy(update={"total": total})))

    assert "incompatible_methods" not in findings_of("lower", high=20.0)
    assert "incompatible_methods" in findings_of("higher", high=20.0)
    assert "incompatible_methods" in findings_of("lower", low=0.0)
    assert "incompatible_methods" not in findings_of("higher", low=0.0)


@pytest.mark.parametrize(
    ("aggregate", "english"),
    [
        (Choice.of("sum"), "it adds nothing to the sum, which is no score of 0"),
        (Choice.of("capped_sum", cap=9), "it adds nothing to the sum, which is no score of 0"),
        (Choice.of("arithmetic"), "the share goes to its siblings"),
    ],
)
def test_what_becomes_of_a_gap_is_told_as_the_aggregation_takes_it(aggregate: Choice, english: str) -> None:
    framework = small(leaf("a"), leaf("b"), defaults=Defaults(aggregate=aggregate, weights=Choice.of("equal")))
    (finding,) = of_code(ps.evaluate(framework, rows(a=[1.0, 2, NAN], b=[1.0, 2, 3])).findings, "no_value")
    assert finding.message.en.endswith(english)

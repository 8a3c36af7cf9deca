"""Indicator values become scores against a reference: a year, all years, a named year, or fixed bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import DataError, Severity
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule
from tests.small_frameworks import codes, everywhere, field, leaf, of_code, panel, rows, small

NAN = np.nan
PLAIN = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("minmax", clip=False))
# 甲, 乙, 丙 in 2023 and 2024.
YEARS = panel("""
    zone year a
    甲   2023 0
    乙   2023 5
    丙   2023 10
    甲   2024 10
    乙   2024 20
    丙   2024 40
""")


def scored(reference: Any, frame: pd.DataFrame = YEARS, year: int | None = None) -> ps.Evaluation:
    return ps.evaluate(small(leaf("a"), time="year", reference=reference, defaults=PLAIN), frame, year=year)


def test_each_year_is_scored_between_its_own_bounds() -> None:
    # 2023: 0..10; 2024: 10..40.
    assert everywhere(scored("per-year").scored["a"], [0, 0.5, 1, 0, 10 / 30, 1])


def test_a_panel_is_scored_between_the_bounds_of_all_years() -> None:
    # 0..40 for both years.
    assert everywhere(scored("panel").scored["a"], [0, 0.125, 0.25, 0.25, 0.5, 1])


def test_a_named_year_gives_the_bounds_for_all_years() -> None:
    # 2024: 10..40, so 2023 falls below it.
    assert everywhere(scored(2024).scored["a"], [-1 / 3, -5 / 30, 0, 0, 10 / 30, 1])


@pytest.mark.parametrize("reference", ["per-year", "panel", 2023, 2024])
def test_scoring_one_year_gives_the_scores_it_has_among_all_years(reference: Any) -> None:
    both, alone = scored(reference), scored(reference, year=2024)
    assert alone.index.tolist() == [("甲", 2024), ("乙", 2024), ("丙", 2024)]
    assert everywhere(alone.scored, both.scored.loc[(slice(None), 2024), :])
    assert alone.ranking["rank"].tolist() == [1, 2, 3]


def test_the_fitted_statistics_are_kept_by_reference_and_indicator() -> None:
    assert scored("per-year").scoring.references == {
        "2023": {"a": {"low": 0.0, "high": 10.0}},
        "2024": {"a": {"low": 10.0, "high": 40.0}},
    }


def test_lower_is_better_where_the_framework_says_so() -> None:
    evaluation = ps.evaluate(small(leaf("a", direction="lower")), rows(a=[1, 2, 5]))
    assert everywhere(evaluation.scored["a"], [1, 0.75, 0])


def test_a_gap_has_no_score_and_the_finding_counts_each_reason_apart() -> None:
    framework = small(leaf("r", "a / b"), fields={"a": field("a"), "b": field("b")})
    frame = rows(a=["0", "1", "", "", "不适用", "3"], b=["1", "1", "1", "1", "1", "0"])
    evaluation = ps.evaluate(framework, frame)
    assert everywhere(evaluation.scored["r"], [0, 1, NAN, NAN, NAN, NAN])
    (finding,) = of_code(evaluation.findings, "no_value")
    assert (finding.field, finding.value, finding.severity) == ("r", 4, Severity.INFO)
    assert "4 of 6 have no value (missing 2, not applicable 1, divided by zero 1)" in finding.message.en
    assert "6 个中有 4 个没有数值（缺失 2、不适用 1、除数为零 1）" in finding.message.zh


def test_gaps_are_counted_year_by_year() -> None:
    frame = panel("zone year a\n甲 2023 1\n乙 2023 .\n丙 2023 2\n甲 2024 1\n乙 2024 2\n丙 2024 3")
    found = of_code(scored("per-year", frame).findings, "no_value")
    assert [(finding.year, finding.value) for finding in found] == [(2023, 1)]


def test_a_column_without_any_value_takes_no_part_and_says_why() -> None:
    framework = small(leaf("r", "a / b"), leaf("a"), fields={"a": field("a"), "b": field("b")})
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[0.0, 0.0, None]))
    assert evaluation.scored["r"].isna().all()
    (finding,) = of_code(evaluation.findings, "all_missing")
    assert "no unit has a value (missing 1, divided by zero 2)" in finding.message.en
    assert everywhere(evaluation.nodes["total"], [0, 0.5, 1])
    assert evaluation.ranking["rank"].tolist() == [1, 2, 3]


def test_a_constant_column_gives_all_the_middle_and_is_warned_of() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[7, 7, 7], b=[1, 2, 3]))
    assert everywhere(evaluation.scored["a"], [0.5, 0.5, 0.5])
    (finding,) = of_code(evaluation.findings, "constant_column")
    assert (finding.field, finding.value) == ("a", 7.0)


def test_a_constant_column_of_zeros_is_not_shown_as_minus_zero() -> None:
    framework = small(leaf("r", "a * b"), fields={"a": field("a"), "b": field("b")})
    evaluation = ps.evaluate(framework, rows(a=[0, 0], b=[-1, -2]))
    assert [str(value) for value in evaluation.indicators["r"]] == ["-0.0", "-0.0"]
    (finding,) = of_code(evaluation.findings, "constant_column")
    assert str(finding.value) == "0.0"


def test_a_column_that_differs_by_rounding_only_is_constant() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[0.3, 0.1 + 0.2], b=[1, 2]))
    assert codes(of_code(evaluation.findings, "constant_column")) == ["constant_column"]
    assert everywhere(evaluation.scored["a"], [0.5, 0.5])


def test_where_all_units_are_equal_all_are_first() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[7, 7, 7], b=[1, 1, 1]))
    assert evaluation.ranking["rank"].tolist() == [1, 1, 1]
    assert everywhere(evaluation.ranking["score"], [0.5, 0.5, 0.5])


def test_a_single_unit_is_ranked_and_warned_of_for_there_is_nobody_to_compare_it_with() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[7], b=[2]))
    assert evaluation.ranking["rank"].tolist() == [1]
    assert everywhere(evaluation.ranking["score"], [0.5])
    (finding,) = of_code(evaluation.findings, "single_unit")
    assert (finding.unit, finding.severity) == ("甲", Severity.WARNING)


def test_a_single_unit_between_fixed_bounds_needs_nobody_else() -> None:
    fixed = ScoreRule.of("goalposts", low=0, high=10)
    evaluation = ps.evaluate(small(leaf("a", score=fixed)), rows(a=[7]))
    assert everywhere(evaluation.scored["a"], [0.7])
    assert codes(evaluation.findings) == []


def test_two_units_are_the_best_and_the_worst() -> None:
    evaluation = ps.evaluate(small(leaf("a")), rows(a=[7, 2]))
    assert everywhere(evaluation.scored["a"], [1, 0])
    assert evaluation.ranking["unit"].tolist() == ["甲", "乙"]


LOGS = small(leaf("a", score=ScoreRule.of("log")), leaf("b", score=ScoreRule.of("log")))


def test_the_logarithm_of_what_is_not_positive_names_every_unit_of_every_indicator_at_once() -> None:
    with pytest.raises(DataError) as raised:
        ps.evaluate(LOGS, rows(a=[1, -2, 0, 4], b=[5, 5, -1, 9]))
    found = raised.value.findings
    assert [(finding.code, finding.field, finding.unit, finding.value) for finding in found] == [
        ("domain", "a", "乙", -2.0),
        ("domain", "a", "丙", 0.0),
        ("domain", "b", "丙", -1.0),
    ]
    assert all(finding.place is not None and finding.place.line for finding in found)
    assert raised.value.exit_code == 3


def test_a_bad_value_in_the_reference_is_refused_where_it_stands_even_if_its_year_is_not_scored() -> None:
    framework = small(leaf("a", score=ScoreRule.of("log")), time="year", reference="panel")
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, panel("zone year a\n甲 2023 -1\n甲 2024 2\n乙 2024 3"), year=2024)
    assert [(finding.unit, finding.year, finding.value) for finding in raised.value.findings] == [("甲", 2023, -1.0)]


def test_a_bad_value_in_a_year_that_plays_no_part_is_no_matter() -> None:
    framework = small(leaf("a", score=ScoreRule.of("log")), time="year")
    evaluation = ps.evaluate(framework, panel("zone year a\n甲 2023 -1\n甲 2024 2\n乙 2024 3"), year=2024)
    assert everywhere(evaluation.scored["a"], [0, 1])


def test_bounds_that_all_the_data_lie_below_are_refused_by_indicator() -> None:
    framework = small(leaf("a", score=ScoreRule.of("minmax", low=100)))
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, rows(a=[1, 2]))
    assert [(finding.code, finding.field, finding.unit) for finding in raised.value.findings] == [("domain", "a", None)]


def test_an_indicator_that_the_reference_year_lacks_is_not_scored_in_any_year_and_says_so() -> None:
    framework = small(leaf("a"), leaf("b"), time="year", reference=2023)
    evaluation = ps.evaluate(framework, panel("zone year a b\n甲 2023 1 .\n乙 2023 2 .\n甲 2024 2 1\n乙 2024 1 5"))
    assert evaluation.scored["b"].isna().all()
    (finding,) = of_code(evaluation.findings, "no_reference")
    assert (finding.field, finding.severity) == ("b", Severity.WARNING)
    assert "2023" in finding.message.zh
    assert of_code(evaluation.findings, "all_missing") == []


def framework_of(rule: ScoreRule) -> Framework:
    return small(leaf("a", score=rule))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ScoreRule.of("minmax", to=(0, 100)), [0, 25, 100]),
        (ScoreRule.of("goalposts", low=0, high=4), [0.25, 0.5, 1]),
        # mean 8/3, population sd sqrt(26)/3
        (ScoreRule.of("zscore"), [-5 / 26**0.5, -2 / 26**0.5, 7 / 26**0.5]),
        (ScoreRule.of("log", low=1, high=4), [0, 0.5, 1]),
    ],
)
def test_a_rule_and_its_parameters_are_those_of_the_framework(rule: ScoreRule, expected: list[float]) -> None:
    assert np.allclose(ps.evaluate(framework_of(rule), rows(a=[1, 2, 5])).scored["a"], expected, rtol=1e-14)

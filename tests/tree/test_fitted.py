"""Rows are scored by statistics that were fitted before, on these rows or others, and nothing is fitted on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.cohorts import cohorts
from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted
from parkscore.evaluating import score_rows
from parkscore.findings import DataError
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule, Total
from parkscore.tree.outside import Beyond
from parkscore.tree.schemes import plan_weights
from parkscore.tree.score import Scored, score
from tests.small_frameworks import EQUAL, everywhere, field, leaf, of_code, panel, rows, small, table_of
from tests.test_properties import RULES, cases

YEARS = """
    zone year a
    甲   2023 0
    乙   2023 5
    丙   2023 10
    甲   2024 10
    乙   2024 20
    丙   2024 40
"""
PER_YEAR = small(leaf("a"), time="year")
OF_BOTH = {"2023": {"a": {"low": 0.0, "high": 10.0}}, "2024": {"a": {"low": 10.0, "high": 40.0}}}


def scored_by(fitted: Fitted | None, text: str = YEARS, framework: Framework = PER_YEAR) -> Scored:
    table = table_of(framework, panel(text))
    grid, rows = derive(framework, table), np.arange(len(table.frame), dtype=np.intp)
    return score(framework, table, grid, cohorts(framework, table, rows, rows, fitted), base=grid, fitted=fitted)


def test_scores_by_the_statistics_of_the_same_rows_are_those_of_fitting_them() -> None:
    fresh, again = scored_by(None), scored_by(Fitted(OF_BOTH))
    np.testing.assert_array_equal(fresh.scores, again.scores)
    assert fresh.references == again.references == OF_BOTH


def test_a_row_alone_has_the_score_that_it_has_among_all() -> None:
    alone = scored_by(Fitted(OF_BOTH), "zone year a\n乙 2024 20")
    assert everywhere(alone.scores[:, 0], [10 / 30])
    assert alone.findings == ()


def test_every_year_is_measured_against_one_base() -> None:
    fitted = Fitted({"2023": {"a": {"low": 0.0, "high": 10.0}}}, base="2023")
    assert everywhere(scored_by(fitted).scores[:, 0], [0, 0.5, 1, 1, 1, 1])


def test_statistics_that_nobody_fitted_are_never_made_up() -> None:
    with pytest.raises(KeyError):
        scored_by(Fitted({"2023": {}, "2024": {}}))


def test_values_beyond_the_reference_are_counted_on_both_sides() -> None:
    fitted = Fitted({"2023": {"a": {"low": 3.0, "high": 10.0}}}, extents={"2023": {"a": (3.0, 10.0)}}, base="2023")
    found = scored_by(fitted).findings
    assert [(each.code, each.year, each.value) for each in found] == [
        ("outside_reference", 2023, 1),
        ("outside_reference", 2024, 2),
    ]
    assert found[1].message.en.startswith("indicator a: 0 below the smallest value of the reference, 3, and 2 above")
    assert "0 个低于参照值的最小值 3，2 个高于最大值 10" in found[1].message.zh


def test_values_beyond_the_reference_are_told_with_the_measure_of_the_indicator() -> None:
    told = Beyond(1, 2, (0.5, 12.0)).finding(leaf("a", measure="%"), "2023", 2024)
    assert "smallest value of the reference, 0.5 %, and 2 above the largest, 12 %" in told.message.en
    assert "最小值 0.5 %，2 个高于最大值 12 %" in told.message.zh


# --- a whole run ---------------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[[ps.Evaluation], Any]] = {
    "imputed": lambda evaluation: evaluation.imputed_grid.values,
    "treated": lambda evaluation: evaluation.treatment.grid.values,
    "scored": lambda evaluation: evaluation.scoring.scores,
    "nodes": lambda evaluation: np.column_stack(list(evaluation.aggregated.scores.values())),
    "coverage": lambda evaluation: np.column_stack(list(evaluation.aggregated.coverage.values())),
}
WIDE = RULES | st.just(ScoreRule.of("minmax", to=(1, 100), clip=False)) | st.just(ScoreRule.of("efficacy"))
SKEWED = st.sampled_from([Choice.of("winsorise", skew=0.5, kurtosis=0.5), Choice.of("log", skew=0.5, kurtosis=0.1)])


def again(evaluation: ps.Evaluation, frame: pd.DataFrame, weights: str | None = None) -> ps.Evaluation:
    """Other rows scored by what an evaluation fitted."""
    framework = evaluation.framework
    prepared = score_rows(framework, table_of(framework, frame), (), None, evaluation.fitted)
    return prepared.under(plan_weights(framework, weights))


def assert_same(evaluation: ps.Evaluation, other: ps.Evaluation, rows: Any) -> None:
    """Every stage of the other is that of these rows to the last bit."""
    for name, stage in STAGES.items():
        np.testing.assert_array_equal(stage(evaluation)[rows], stage(other), err_msg=name)


@given(cases(WIDE), st.sampled_from([None, "standard_deviation", "entropy"]))
def test_scoring_by_what_was_fitted_gives_the_same_bits_for_all_rows_and_for_one_unit(
    case: tuple[Framework, pd.DataFrame], weights: str | None
) -> None:
    framework, frame = case
    try:
        evaluation = ps.evaluate(framework, frame, weights=weights)
    except DataError:  # a logarithm of what is below zero, or weights of nothing
        reject()
    own = frame["zone"] == "甲"
    assert_same(evaluation, again(evaluation, frame, weights), np.arange(len(frame)))
    assert_same(evaluation, again(evaluation, frame[own], weights), np.flatnonzero(own))


@given(
    st.lists(st.none() | st.integers(0, 50) | st.integers(900, 1000), min_size=1, max_size=7),
    SKEWED | st.sampled_from([Choice.of("box_cox"), Choice.of("percentile"), Choice.of("ln"), None]),
    st.sampled_from(
        [Choice.of("mean"), Choice.of("group_median"), Choice.of("score_group_mean"), Choice.of("group_mean")]
    ),
    st.sampled_from([(), ("park",), ("class",)]),
    st.sampled_from(["arithmetic", "geometric", "harmonic"]),
)
def test_treatments_gaps_groups_and_means_are_taken_from_the_reference_too(
    values: list[int | None], treat: Choice | None, missing: Choice, within: tuple[str, ...], aggregate: str
) -> None:
    text = field("park", kind="text")
    said = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("minmax", to=(1, 100)), treat=treat, missing=missing)
    framework = small(
        *(leaf("a"), leaf("b", missing=Choice.of("reweight"))),
        fields={"park": text, "a": field("a"), "b": field("b")},
        class_field="park",
        reference_within=within,
        defaults=said,
        total=Total(aggregate=Choice.of(aggregate)),
    )
    count = len(values)
    frame = rows(a=pd.Series([None if value is None else value + 1 for value in values], dtype=float))
    frame = frame.assign(
        b=[None, 3.0, 1.0, None, 7.0, 2.0, 2.5, None, 1.0, 9.0][:count], park=list("东西东西东西东西东西")[:count]
    )
    evaluation = ps.evaluate(framework, frame)
    for row in range(count):
        assert_same(evaluation, again(evaluation, frame.iloc[[row]]), [row])


def test_a_value_beyond_the_caps_of_the_reference_is_capped_and_counted() -> None:
    framework = small(leaf("a"), defaults=Defaults(weights=EQUAL.weights, treat=Choice.of("iqr_fences")))
    evaluation = ps.evaluate(framework, rows(a=[1, 2, 3, 4]))  # fences at -0.5 and 5.5, which no value reaches
    other = again(evaluation, rows(a=[9, 2, -4]))
    assert everywhere(other.treatment.grid.values[:, 0], [5.5, 2, -0.5])
    (finding,) = of_code(other.findings, "treated")
    assert (finding.value, finding.message.en) == (
        2,
        "indicator a: 2 values changed by the treatment of the reference (all)",
    )


def test_a_group_that_the_reference_does_not_know_has_no_score() -> None:
    fields = {"park": field("park", kind="text"), "a": field("a")}
    framework = small(leaf("a"), fields=fields, reference_within=("park",))
    evaluation = ps.evaluate(framework, rows(a=[1, 2], park=["东", "东"]))
    other = again(evaluation, rows(a=[1.5, 3], park=["东", "西"]))
    assert everywhere(other.scored["a"], [0.5, np.nan])
    assert other.scores["status"].tolist()[1] == "not_ranked: no reference to measure against: it has no 西"

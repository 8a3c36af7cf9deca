"""Noise and gaps: every draw has the scores and ranks of treating, scoring and ranking its values again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.treat import treat
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Choice, Defaults, Framework, Node, ScoreRule
from parkscore.robustness import running, scoring
from parkscore.robustness.drawn_values import DrawnValues, Spread
from parkscore.robustness.plans import DrawPlan, Filled
from parkscore.robustness.remade import drawn_rows
from parkscore.robustness.result import Robustness
from parkscore.robustness.scoring import rows_of_year
from parkscore.tree.aggregate import aggregate
from parkscore.tree.fill_scores import fill_scores
from parkscore.tree.rank import rank
from parkscore.tree.score import score
from tests.small_frameworks import EQUAL, dimension, field, leaf, panel, rows, small

DRAWS = 5
NUMBERS = st.floats(1, 100).map(lambda number: round(number, 2))
RULES = st.sampled_from(
    [
        ScoreRule.of("minmax", to=(1, 100)),
        ScoreRule.of("minmax", to=(1, 100), low=20),
        ScoreRule.of("zscore"),
        ScoreRule.of("goalposts", low=0, high=50, to=(0, 1)),
        ScoreRule.of("percentile_minmax"),
        ScoreRule.of("as_is"),
        ScoreRule.of("rank"),
    ]
)
TREATMENTS = st.sampled_from([None, None, *(Choice.of(name) for name in ("ln", "iqr_fences", "skewness_kurtosis"))])
POLICIES = st.sampled_from([Choice.of(name) for name in ("reweight", "zero", "mean", "score_group_mean")])


@st.composite
def leaves(draw: Any, code: str) -> Node:
    said = {"score": draw(RULES), "missing": draw(POLICIES), "direction": draw(st.sampled_from(["higher", "lower"]))}
    if treated := draw(TREATMENTS):
        said["treat"] = treated
    return leaf(code, weight=draw(st.sampled_from([0.5, 2.0])), **said)


@st.composite
def evaluations(draw: Any) -> Evaluation:
    framework = small(
        dimension("d", draw(leaves("a")), draw(leaves("b")), weight=1.0),
        draw(leaves("c")),
        fields={"park": field("park", kind="text")},
        class_field="park",
        weights_status="assumed",
    )
    units = draw(st.integers(3, 8))
    columns = {
        name: pd.Series(draw(st.lists(NUMBERS | st.none(), min_size=units, max_size=units)), dtype="float64")
        for name in "abc"
    }
    try:
        return ps.evaluate(framework, rows(**columns, park=list("东西东西东西东西")[:units]))
    except DataError:  # the logarithm of a gap that was filled with nothing
        reject()


def assert_every_draw_is_evaluated_again(found: Robustness) -> None:
    """The drawn values go through the steps once more, draw by draw."""
    plan, evaluation, values = found.plan, found.evaluation, found.plan.values
    assert values is not None
    ours = rows_of_year(evaluation, found.year)
    for draw in range(found.draws):
        variant = plan.variants[plan.variant_of[draw]]
        grid = values.grid(variant.filled, drawn_rows(evaluation, ours), draw)
        total, standing = again(evaluation, variant.framework, grid, variant.filled, plan, draw)
        np.testing.assert_allclose(found.outcome.scores[draw], total[ours], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(found.outcome.ranks[draw], standing[ours])


def again(
    evaluation: Evaluation, framework: Framework, grid: Any, filled: Filled, plan: DrawPlan, draw: int
) -> tuple[np.ndarray, np.ndarray]:
    """The total scores and ranks of values, by the ten steps from the fifth on."""
    table, cohorts = evaluation.table, filled.cohorts
    fitted = None if evaluation.frozen is None else evaluation.frozen.fitted
    treated = treat(framework, table, grid, cohorts, fitted)
    scored = score(framework, table, treated.grid, cohorts, base=grid, fitted=fitted)
    scored = fill_scores(framework, table, treated.grid, cohorts, scored, fitted)
    shares = [plan.weights.shares(own) for _, own in evaluation.own_cohorts]
    drawn = tuple({node: each[draw % len(each)] for node, each in own.items()} for own in shares)
    nodes = aggregate(framework, table, scored.scores, cohorts, drawn, treated.grid.states, fitted)
    total = nodes.scores[framework.total.id]
    return total, rank(framework, table, total, ~np.isnan(total)).overall


@settings(max_examples=40, deadline=None)
@given(evaluations(), st.integers(0, 2**20))
def test_noise_and_gaps_have_the_scores_and_ranks_of_evaluating_again(evaluation: Evaluation, seed: int) -> None:
    try:
        found = evaluation.robustness(
            {"multipliers": 0.2},
            noise={"all": "3%", "b": {"absolute": 0.5}},
            imputation=["all"],
            draws=DRAWS,
            seed=seed,
        )
    except DataError:
        reject()
    assert_every_draw_is_evaluated_again(found)


PANEL = panel("""
zone year a b
甲 2022 1 20
甲 2023 3 30
甲 2024 4 .
乙 2022 9 11
乙 2023 . 12
乙 2024 8 13
丙 2022 5 45
丙 2023 6 44
丙 2024 . 40
""")


@pytest.mark.parametrize("reference", ["per-year", "panel", 2022])
@pytest.mark.parametrize("treated", [None, "iqr_fences"])
@pytest.mark.parametrize("frozen", [False, True])
def test_references_of_one_year_of_all_or_frozen_are_made_anew_as_they_are(
    tmp_path: Any, reference: Any, treated: str | None, frozen: bool
) -> None:
    said = Defaults(weights=EQUAL.weights, treat=None if treated is None else Choice.of(treated))
    framework = small(leaf("a"), leaf("b"), time="year", reference=reference, defaults=said)
    evaluation = ps.evaluate(framework, PANEL)
    if frozen:
        ps.evaluate(framework, PANEL, year=2022).freeze(tmp_path / "reference.json")
        evaluation = ps.evaluate(framework, PANEL, reference=tmp_path / "reference.json")
    assert_every_draw_is_evaluated_again(evaluation.robustness(noise={"all": 0.1}, imputation=["a"], draws=8))


@pytest.mark.parametrize("name", ["enterprise-technology-centre-yantai", "park-points-example", "per-mu-huangyan-2022"])
def test_rules_by_case_and_fillings_of_scores_are_made_anew_too(name: str) -> None:
    evaluation = ps.evaluate(name, ps.sample(name, units=6, seed=1))
    found = evaluation.robustness(noise={"all": "3%"}, imputation=["all"], draws=3)
    assert len(set(found.outcome.scores[:, 0])) == 3
    assert_every_draw_is_evaluated_again(found)


def test_methods_that_are_tried_take_the_same_noise() -> None:
    frame = rows(a=[3.0, 8.0, 6.0, None], b=[1.0, 2.0, 3.0, 9.0])
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), frame)
    found = evaluation.robustness(
        noise={"all": "10%"}, missing={"all": ["mean"]}, score={"b": ["zscore"]}, imputation=["a"], draws=32
    )
    assert set(found.plan.variant_of) == {0, 1, 2, 3}
    assert_every_draw_is_evaluated_again(found)


def drawn(noise: dict[int, Spread], gaps: tuple[int, ...], draws: int) -> tuple[np.ndarray, Evaluation]:
    frame = rows(a=[10.0, -20.0, None, 40.0], b=[1.0, None, 3.0, None])
    evaluation = ps.evaluate(small(leaf("a", missing=Choice.of("zero")), leaf("b")), frame)
    streams = np.arange(draws)
    values = DrawnValues(noise, gaps, 0, streams, streams)
    filled = Filled(evaluation.indicator_grid, evaluation.imputed_grid, evaluation.measured)
    return values.of(filled, np.arange(4), np.arange(draws)), evaluation


def test_noise_is_normal_around_a_measured_value_and_none_is_on_what_was_filled() -> None:
    found, _ = drawn({0: Spread(relative=0.05), 1: Spread(absolute=2.0)}, (), 4000)
    np.testing.assert_array_equal(found[0, :, 2], 0.0)
    assert np.isnan(found[1][:, [1, 3]]).all()
    for column, row, middle, spread in ((0, 0, 10, 0.5), (0, 1, -20, 1), (0, 3, 40, 2), (1, 0, 1, 2), (1, 2, 3, 2)):
        own = found[column, :, row]
        assert abs(own.mean() - middle) < 4 * spread / np.sqrt(4000)
        assert own.std() == pytest.approx(spread, rel=4 / np.sqrt(2 * 4000))
        assert (np.abs(own - middle) < spread).mean() == pytest.approx(0.6827, abs=0.03)
    cells = found.transpose(1, 0, 2).reshape(4000, 8)[:, [0, 1, 3, 4, 6]]
    assert np.abs(np.corrcoef(cells.T) - np.eye(5)).max() < 0.07


def test_a_gap_gets_the_values_of_the_others_each_as_often_whatever_the_framework_fills_in() -> None:
    found, _ = drawn({}, (0, 1), 3000)
    for column, row, others in ((0, 2, [-20.0, 10.0, 40.0]), (1, 1, [1.0, 3.0]), (1, 3, [1.0, 3.0])):
        met, counts = np.unique(found[column, :, row], return_counts=True)
        assert met.tolist() == others
        np.testing.assert_allclose(counts / 3000, 1 / len(others), atol=4 * np.sqrt(0.25 / 3000))
    np.testing.assert_array_equal(found[0][:, [0, 1, 3]], np.tile([10.0, -20.0, 40.0], (3000, 1)))
    assert abs(np.corrcoef(found[1, :, 1], found[1, :, 3])[0, 1]) < 0.08


def test_a_gap_is_filled_from_units_of_its_own_reference_and_stays_where_nobody_has_a_value() -> None:
    framework = small(leaf("a"), leaf("b"), time="year")
    found = ps.evaluate(framework, PANEL.assign(b=[20, 30, None, 11, 12, None, 45, 44, None])).robustness(
        noise={"b": 0}, imputation=["all"], draws=50
    )
    values, filled = found.plan.values, found.plan.variants[0].filled
    assert values is not None
    given_ = values.of(filled, rows_of_year(found.evaluation, 2024), np.arange(50))
    assert set(given_[0, :, 2]) == {4.0, 8.0}
    assert np.isnan(given_[1]).all()


def test_neither_threads_nor_blocks_change_a_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[3.0, 8.0, 6.0, None], b=[1.0, 2.0, 3.0, 9.0]))
    said: dict[str, Any] = {"noise": {"a": "10%"}, "imputation": ["all"], "draws": 600, "seed": 0}
    whole = evaluation.robustness(**said)
    monkeypatch.setattr(running, "THREADS", 7)
    monkeypatch.setattr(scoring, "_HELD", 1)
    np.testing.assert_array_equal(whole.scores, evaluation.robustness(**said).scores)
    assert not np.array_equal(whole.scores, evaluation.robustness(**(said | {"seed": 1})).scores)


def test_noise_and_gaps_are_factors_of_a_sensitivity() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[3.0, 8.0, 6.0, None], b=[1.0, 2.0, 3.0, 9.0]))
    found = evaluation.robustness({"multipliers": 0.1}, noise={"all": "10%"}, imputation=["a"], draws=8)
    shares = found.sensitivity(["score:丁", "score:乙"], "assumption", draws=256).total
    assert list(shares.columns) == ["weights", "noise", "imputation"]
    assert shares.loc["score:丁", "imputation"] > 0.9
    assert shares.loc["score:乙", "noise"] > 0.5
    quiet = evaluation.robustness(noise={"all": 0}, draws=8).sensitivity(["scores"], draws=8)
    assert (quiet.total["noise"] == 0).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"noise": {"aa": 0.1}}, "the framework has no indicator aa; did you mean a"),
        ({"noise": {"a": -0.1}}, "must be >= 0, <= 1"),
        ({"noise": {"a": {"absolute": -1}}}, "must be >= 0"),
        ({"noise": {"a": {"absolute": "3%"}}}, "in the measure of the indicator; 3% of each value"),
        ({"noise": {"a": float("inf")}}, "must be a finite number"),
        ({"noise": {"a": "much"}}, "must be a number or a percentage"),
        ({"noise": {"a": {"sd": 1}}}, "is not a key that is known"),
        ({"noise": {"a": [1]}}, "must be a number or a percentage"),
        ({"noise": {"t": 0.1}}, "t is a category: no values can be drawn"),
        ({"noise": {"k": 0.1}}, "k is looked up by its exact value: no values can be drawn"),
        ({"imputation": ["t"]}, "t is a category: no values can be drawn"),
        ({"imputation": ["b", "z"]}, "the framework has no indicator z"),
    ],
)
def test_what_cannot_be_drawn_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_a_category().robustness(**asked, draws=8)


def with_a_category() -> Evaluation:
    by_text = leaf("t", category="kind", score=ScoreRule.of("lookup", points={"x": 1, "y": 2}))
    by_number = leaf("k", score=ScoreRule.of("lookup", points={1: 10, 2: 20}))
    framework = small(
        *(leaf("a"), leaf("b"), by_text.model_copy(update={"formula": None}), by_number),
        fields={"kind": field("kind", kind="text")},
    )
    return ps.evaluate(framework, rows(a=[1.0, 2.0, 4.0], b=[3.0, 4.0, 5.0], kind=["x", "y", "x"], k=[1, 2, None]))


def test_the_values_of_a_draw_are_those_that_its_scores_are_made_of() -> None:
    frame = rows(a=[3.0, 8.0, 6.0, None], b=[1.0, 2.0, 3.0, 9.0])
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), frame)
    found = evaluation.robustness(noise={"b": "10%"}, imputation=["a"], draws=8)
    values = found.values_in(5)
    other = ps.evaluate(evaluation.framework, values.reset_index(names="zone"))
    np.testing.assert_allclose(other.nodes["total"], found.scores[5])
    np.testing.assert_array_equal(values["a"].iloc[:3].isin([3.0, 8.0, 6.0]), True)
    with pytest.raises(UsageError, match="there is no draw 8"):
        found.values_in(8)
    held = evaluation.robustness(draws=8).values_in(0)
    np.testing.assert_array_equal(held.loc["甲"], [3.0, 1.0])


def test_where_no_indicator_is_a_number_none_is_drawn() -> None:
    by_text = leaf("t", category="kind", score=ScoreRule.of("lookup", points={"x": 1, "y": 2}))
    framework = small(by_text.model_copy(update={"formula": None}), fields={"kind": field("kind", kind="text")})
    with pytest.raises(UsageError, match="no indicator is a number"):
        ps.evaluate(framework, rows(kind=["x", "y"])).robustness(noise={"all": 0.1}, draws=8)


def test_noise_on_all_leaves_categories_as_they_are() -> None:
    found = with_a_category().robustness(noise={"all": "5%"}, imputation=["all"], draws=8)
    assert found.plan.values is not None
    assert (list(found.plan.values.noise), found.plan.values.gaps) == ([0, 1], (0, 1, 3))
    assert_every_draw_is_evaluated_again(found)


@pytest.mark.parametrize(("rule", "said"), [("minmax", "vary less"), ("rank", r"\(draw \d+\) .*\n.*\n.*vary less")])
def test_noise_that_a_method_cannot_take_is_refused_with_its_reason(rule: str, said: str) -> None:
    framework = small(leaf("a", treat=Choice.of("ln"), score=ScoreRule.of(rule)))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match=said) as caught:
        evaluation.robustness(noise={"a": {"absolute": 10}}, draws=64)
    assert all(finding.place is None for finding in caught.value.findings)


def test_an_absolute_error_is_told_as_one_with_the_measure_of_its_indicator() -> None:
    framework = small(leaf("a", measure="万元"), leaf("b"), fields={"a": field("a", measure="千元")})
    evaluation = ps.evaluate(framework, rows(a=[10.0, 20.0, 30.0], b=[3.0, 1.0, 2.0]))
    told = evaluation.robustness(noise={"a": {"absolute": 0.5}, "all": {"absolute": 3}}, draws=8).assumptions
    of_a, of_all = (each.en for each in told if each.en.startswith("noise"))
    assert of_a == "noise of a: normal, absolute standard deviation 0.5 万元, each cell by itself"
    assert "absolute standard deviation 3 in the measure of the indicator, each cell" in of_all
    assert "测量误差：a，正态，绝对标准差 0.5 万元，各单元格独立" in [each.zh for each in told]


def test_all_is_told_as_all_others_and_with_those_that_it_does_not_reach() -> None:
    found = with_a_category().robustness(noise={"all": "3%", "a": {"absolute": 1}}, imputation=["all"], draws=8)
    english, chinese = [each.en for each in found.assumptions], [each.zh for each in found.assumptions]
    assert [each.partition(":")[0] for each in english if each.startswith(("noise", "gaps"))] == [
        "noise of a",
        "noise of all others but t, k",
        "gaps of all indicators but t",
    ]
    assert "测量误差：其余指标（t、k 除外），正态，标准差 3%，各单元格独立" in chinese
    assert any(each.startswith("缺失值：全部指标（t 除外），") for each in chinese)
    alone = with_a_category().robustness(noise={"all": "3%"}, draws=8).assumptions
    assert any(each.en.startswith("noise of all indicators but t, k: ") for each in alone)

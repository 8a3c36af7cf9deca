"""`Robustness.sensitivity`: shares of variance that have a closed form, what is joined, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Framework, ScoreRule
from parkscore.methods.sobol_indices import sobol_indices, sobol_points
from parkscore.methods.weight_draws import unit_points
from parkscore.robustness import running, sensitivity
from parkscore.robustness.factors import at_points, factors_of
from parkscore.robustness.outputs import Draws, outputs_of
from parkscore.robustness.running import run
from tests.small_frameworks import dimension, leaf, rows, small

HUNDRED = ScoreRule.of("goalposts", low=0, high=100, to=(0, 100))
UNITS = ["甲", "乙", "丙"]


def marked(name: str, **said: Any) -> Any:
    return leaf(name, weight=1.0, score=HUNDRED, **said)


def two_dimensions(**said: Any) -> Framework:
    return small(
        dimension("d", marked("a"), marked("b"), weight=1.0),
        dimension("e", marked("f"), marked("g"), weight=1.0),
        **said,
    )


def evaluation(framework: Framework | None = None) -> Evaluation:
    frame = rows(a=[90.0, 50.0, 20.0], b=[30.0, 55.0, 60.0], f=[50.0, 45.0, 40.0], g=[30.0, 47.0, 60.0])
    return ps.evaluate(framework or two_dimensions(), frame)


def test_a_score_that_adds_up_two_dimensions_has_shares_of_variance_as_the_squares_of_what_each_moves() -> None:
    # The weight of a against b moves 甲 by 60, that of f against g by 20, and both are drawn alike: 9 to 1.
    drawn = evaluation().robustness({"multipliers": 0.2, "level": "leaf"}, draws=8)
    found = drawn.sensitivity(["score:甲"])
    np.testing.assert_allclose(found.first.loc["score:甲", ["d", "e"]], [0.9, 0.1], atol=0.02)
    np.testing.assert_allclose(found.total.loc["score:甲", ["d", "e"]], [0.9, 0.1], atol=0.02)
    line = found.table.loc[("score:甲", "d")]
    assert line["first_low"] < 0.9 < line["first_high"]
    assert line["total_low"] < 0.9 < line["total_high"]


def test_shares_of_single_weights_are_those_of_the_first_differential() -> None:
    # Two equal shares with small multipliers: their difference counts, half of its variance from each.
    found = evaluation().robustness({"multipliers": 0.01, "level": "leaf"}, draws=8)
    shares = found.sensitivity(["score:甲"], "indicator").total.loc["score:甲"]
    np.testing.assert_allclose(shares[["a", "b", "f", "g"]], [0.45, 0.45, 0.05, 0.05], atol=0.02)


def test_a_score_that_adds_up_has_shares_of_groups_that_add_up() -> None:
    drawn = evaluation().robustness({"multipliers": 0.01, "level": "leaf"}, draws=8)
    single = drawn.sensitivity(["scores"], "indicator").first
    joined = drawn.sensitivity(["scores"], {"crossed": ["a", "g"]}).first
    np.testing.assert_allclose(joined["crossed"], single["a"] + single["g"], atol=0.03)
    np.testing.assert_allclose(joined["others"], single["b"] + single["f"], atol=0.03)
    whole = drawn.sensitivity(["scores"], "assumption")
    assert list(whole.first.columns) == ["weights"]
    np.testing.assert_allclose(whole.total["weights"], 1.0, atol=0.03)


def test_what_never_changes_has_no_variance_and_shares_of_nothing() -> None:
    found = evaluation().robustness({"multipliers": 0.1}, draws=8).sensitivity(["mean_shift", "top_3", "甲"])
    assert found.variance.loc["top_3"] == 0
    assert (found.table.loc["top_3"] == 0).all(axis=None)


def test_a_large_score_that_no_weight_moves_is_moved_by_nothing() -> None:
    raw = {"score": ScoreRule.of("as_is")}
    framework = small(leaf("a", weight=0.3, **raw), leaf("b", weight=0.3, **raw), leaf("c", weight=0.4, **raw))
    table = rows(a=[1234567.1, 3e6, 2e6], b=[1234567.1, 1e6, 2.5e6], c=[1234567.1, 2e6, 1e6])
    found = ps.evaluate(framework, table).robustness(draws=16).sensitivity(["scores"], "indicator", draws=64)
    assert found.variance["score:甲"] == 0 < found.variance["score:乙"]
    assert (found.table.loc["score:甲"] == 0).all(axis=None)


def test_methods_and_what_is_left_out_are_factors_beside_the_weights() -> None:
    drawn = evaluation().robustness(
        {"multipliers": 0.1}, aggregate={"d": ["geometric"], "all": ["harmonic"]}, leave_out=["all"], draws=8
    )
    found = drawn.sensitivity(["mean_shift", "score:乙"], "assumption", draws=256)
    assert list(found.first.columns) == ["weights", "leave_out", "aggregate"]
    assert found.total.loc["score:乙", "leave_out"] > found.total.loc["score:乙", "weights"]
    names = [factor.name for factor in factors_of(drawn.plan)]
    assert names == ["d", "e", "a", "b", "f", "g", "left_out", "aggregate d", "aggregate"]


def test_at_its_own_points_a_plan_has_its_own_draws() -> None:
    drawn = evaluation().robustness(
        {"dirichlet": 20}, aggregate={"d": ["geometric"]}, leave_out=["a"], draws=300, seed=4
    )
    others = unit_points(300, 2, [4, 1])
    points = np.hstack([unit_points(300, 6, 4), others[:, 1:], others[:, :1]])
    again = run(at_points(drawn.plan, points), drawn.year)
    np.testing.assert_array_equal(again.scores, drawn.outcome.scores)
    np.testing.assert_array_equal(again.ranks, drawn.outcome.ranks)


def test_the_indices_are_those_of_all_draws_at_the_points_of_a_sensitivity() -> None:
    drawn = evaluation().robustness({"any": True}, aggregate={"d": ["geometric"]}, draws=8)
    factors = factors_of(drawn.plan)
    points = sobol_points(64, [[place] for place in range(len(factors))], 3)
    outcome = run(at_points(drawn.plan, points), drawn.year)
    by_hand = sobol_indices(outcome.ranks[:, drawn.order], len(factors), 3, resamples=50)
    found = drawn.sensitivity(["ranks"], "indicator", draws=64, seed=3, resamples=50)
    np.testing.assert_allclose(found.first, by_hand.first.T, rtol=1e-12)
    np.testing.assert_allclose(found.total, by_hand.total.T, rtol=1e-12)
    np.testing.assert_allclose(found.variance, outcome.ranks[:128, drawn.order].var(axis=0), rtol=1e-12)


def test_outputs_are_what_they_are_called() -> None:
    ranks = np.array([[1, 2, 3], [2, 1, 3], [3, 1, 4]])
    scores = np.array([[9.0, 8.0, 7.0], [7.0, 9.0, 6.0], [5.0, 9.0, np.nan]])
    draws = Draws(UNITS, np.array([1, 2, 3]), ranks, scores)
    wanted = {
        "mean_shift": [0, 2 / 3, 4 / 3],
        "top_2": [1, 1, 0.5],
        "top_2:甲": [1, 1, 0],
        "甲": [1, 2, 3],
        "rank:丙": [3, 3, 4],
        "score:甲": [9, 7, 5],
    }
    for said, numbers in wanted.items():
        (output,) = outputs_of(UNITS, said)
        np.testing.assert_allclose(output.of(draws)[:, 0], numbers)
    with pytest.raises(DataError, match=r"丙 has no score in 33\.3% of the draws"):
        outputs_of(UNITS, ["scores"])[0].of(draws)


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = evaluation().robustness({"any": True}, draws=8, seed=7)
    said = ["mean_shift", "ranks", "甲"]
    once = drawn.sensitivity(said, draws=128)
    assert once.table.index.is_unique
    assert once.seed == 7
    monkeypatch.setattr(running, "THREADS", 5)
    again = drawn.sensitivity(said, draws=128, seed=7)
    pd.testing.assert_frame_equal(once.table, again.table, check_exact=True)
    assert not once.table.equals(drawn.sensitivity(said, draws=128, seed=0).table)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outputs": ["mean_shft"]}, "mean_shft is no output; did you mean mean_shift"),
        ({"outputs": ["top_0"]}, "top_0 is no output"),
        ({"outputs": []}, "no output is named"),
        ({"outputs": ["rank:戊"]}, "rank:戊 is no output"),
        ({"groups": "dimensions"}, "must be dimension, indicator, assumption, or by group"),
        ({"groups": {"others": ["a"]}}, "others is what the group of all other factors is called"),
        ({"groups": {"mine": ["z"]}}, "no factor z varies"),
        ({"groups": {"mine": ["a"], "yours": ["a"]}}, "a is in two groups: mine, yours"),
        ({"draws": 1}, "must be >= 2"),
        ({"draws": 8.0}, "must be a whole number"),
        ({"seed": -1}, "must be >= 0"),
        ({"resamples": 0}, "must be >= 1"),
        ({"resamples": 10**9}, "fewer groups, outputs or resamples"),
        ({"draws": 10**9}, "are the most"),
    ],
)
def test_what_is_asked_of_a_sensitivity_and_cannot_be_is_refused_before_a_run(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], message: str
) -> None:
    drawn = evaluation().robustness(draws=8)
    monkeypatch.setattr(sensitivity, "by_chunk", None)
    with pytest.raises(UsageError, match=message):
        drawn.sensitivity(**asked)


def test_where_ties_leave_nobody_among_the_first_that_is_refused_by_name_and_not_looked_at_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    framework = small(leaf("a", weight=1), leaf("b", weight=1), ranking={"ties": "max"})
    table = pd.DataFrame({"zone": [f"u{number}" for number in range(12)], "a": [4.0] * 12, "b": [2.0] * 12})
    tied = ps.evaluate(framework, table)
    answer = tied.robustness(draws=8, sensitivity={"draws": 8}).answers.sensitivity
    assert answer is not None
    assert list(answer.found.variance.index) == ["mean_shift"]
    drawn = tied.robustness(draws=8)
    assert list(drawn.sensitivity(["top_12", "top_3:u1"], draws=8).variance.index) == ["top_12", "top_3:u1"]
    monkeypatch.setattr(running, "drawn_ranks", None)
    with pytest.raises(UsageError, match=r"no unit is among the first 10(.|\n)*the best rank is 12(.|\n)*top_12"):
        tied.robustness(draws=8, sensitivity={"outputs": ["top_10"]})


def test_what_an_expert_is_less_sure_of_explains_more() -> None:
    held = {"expert": {"a": [0.3, 0.5, 0.7], "f": [0.45, 0.5, 0.55]}}
    found = evaluation().robustness(held, draws=8).sensitivity(["score:甲"], "indicator", draws=256)
    assert found.total.loc["score:甲", "a"] > 0.9 > 0.1 > found.total.loc["score:甲", "f"]


@pytest.mark.parametrize("left_out", [[], ["a"]])
def test_weights_that_no_points_drive_are_refused_with_the_reason(left_out: list[str]) -> None:
    drawn = evaluation().robustness({"order": [["d", "e"]]}, leave_out=left_out, draws=8)
    with pytest.raises(UsageError, match="cannot vary one factor at a time"):
        drawn.sensitivity()


def test_where_nothing_varies_nothing_is_explained() -> None:
    drawn = evaluation().robustness(aggregate={"d": ["geometric"]}, draws=8)
    assert list(drawn.sensitivity(draws=8).first.columns) == ["aggregate d"]
    only = evaluation(small(marked("a"), marked("b"))).robustness({"multipliers": 0.1, "level": "node"}, draws=8)
    with pytest.raises(UsageError, match="nothing varies"):
        only.sensitivity()

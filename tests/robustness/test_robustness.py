"""`ev.robustness`: what each unit's line says, what is refused before anything is run, and that a seed is a seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, FrameworkError, ParkscoreError, UsageError
from parkscore.framework.models import Choice, ClassWeights, Node, ScoreRule, Total, WeightEntry, WeightScheme
from parkscore.language import Text
from parkscore.robustness import running, scoring, spread
from parkscore.robustness.assumptions import assumptions
from parkscore.robustness.verdicts import verdict
from tests.small_frameworks import EQUAL, dimension, field, leaf, panel, rows, small

FLAT = small(
    leaf("a", weight=1.0, score=ScoreRule.of("goalposts", low=0, high=100, to=(1, 100))),
    leaf("b", weight=1.0, score=ScoreRule.of("goalposts", low=0, high=100, to=(1, 100))),
)


def flat(a: list[float], b: list[float]) -> Evaluation:
    return ps.evaluate(FLAT, rows(a=a, b=b))


def zones(units: int = 12, **said: Any) -> Evaluation:
    return ps.evaluate(
        "zone-2021", ps.sample("zone-2021", units=units, seed=0), weights="zone-2021-equal-within", **said
    )


def in_two_dimensions(gaps: bool) -> Evaluation:
    """Nine units with nine indicators in one dimension and two in another."""
    names = [f"x{number}" for number in range(11)]
    numbers = np.random.default_rng(0).random((9, 11)).round(3)
    if gaps:
        numbers[[0, 3, 3, 8], [1, 0, 2, 10]] = np.nan
    nodes = [dimension("d", *map(leaf, names[:9]), weight=2.0), dimension("e", *map(leaf, names[9:]), weight=1.0)]
    return ps.evaluate(small(*nodes), rows(**dict(zip(names, numbers.T.tolist(), strict=True))))


def test_with_two_criteria_the_acceptability_of_smaa_has_its_closed_form() -> None:
    # 甲 leads where w_a * 60 > w_b * 20, which is w_a > 1/4: three quarters of all weights.
    found = flat([80, 20], [20, 40]).robustness({"any": True, "points": "random"}, draws=4096)
    error = 4 * np.sqrt(0.75 * 0.25 / 4096)
    assert found.above.loc["甲", "乙"] == pytest.approx(0.75, abs=error)
    assert found.rank_probabilities.loc["乙", 1] == pytest.approx(0.25, abs=error)
    quasi = flat([80, 20], [20, 40]).robustness({"any": True}, draws=4096)
    assert quasi.above.loc["甲", "乙"] == pytest.approx(0.75, abs=error / 10)


def test_with_two_criteria_the_central_weights_of_smaa_have_their_closed_form() -> None:
    # 甲 is first for w_a from 1/4 to 1, 乙 for the rest: the means are in the middle.
    found = flat([80, 20, 1], [20, 40, 1]).robustness({"any": True}, draws=4096).central_weights
    assert found.index.tolist() == ["甲", "乙"]
    np.testing.assert_allclose(found["a"], [0.625, 0.125], atol=2e-3)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)


def test_the_line_of_a_unit_is_what_a_loop_over_the_draws_counts() -> None:
    found = zones().robustness({"dirichlet": 30}, draws=500, seed=3)
    for place, unit in enumerate(found.names):
        ranks, scores = found.ranks[:, place], found.scores[:, place]
        line = found.units.loc[unit]
        assert line["rank_mean"] == pytest.approx(ranks.mean())
        assert (line["rank_low"], line["rank_high"]) == tuple(np.sort(ranks)[[24, 474]])
        assert line["top_3"] == pytest.approx((ranks <= 3).mean())
        assert line["score_median"] == pytest.approx(np.median(scores))
        counted = [(ranks == rank).mean() for rank in range(1, 13)]
        np.testing.assert_allclose(found.rank_probabilities.loc[unit], counted)
        better = [(ranks < found.ranks[:, other]).mean() for other in range(12)]
        np.testing.assert_allclose(found.above.loc[unit], better)


def test_a_verdict_says_rank_interval_and_neighbours_in_both_languages() -> None:
    found = zones().robustness(draws=200)
    said = found.verdict(str(found.names[5]))
    assert said.en.startswith("rank 6; ")
    assert "第 6 名" in said.zh
    assert said.en.count("above") == 2
    with pytest.raises(UsageError, match="no ranked unit Nowhere"):
        found.verdict("Nowhere")


def test_a_verdict_beside_nobody_is_one_beside_the_usual_units() -> None:
    found = zones().robustness(draws=64)
    unit = str(found.names[5])
    assert found.verdict(unit, None) == found.verdict(unit, []) == found.verdict(unit)
    beside = found.names[:2]
    assert found.verdict(unit, beside) == found.verdict(unit, beside.tolist())


CALLS: dict[str, tuple[Callable[[Evaluation], Any], str]] = {
    "robustness": (lambda evaluation: evaluation.robustness(draws=8, progress=1), "progress"),  # type: ignore[arg-type]
    "sensitivity": (
        lambda evaluation: evaluation.robustness(draws=8).sensitivity(draws=4, progress=2),  # type: ignore[arg-type]
        "progress",
    ),
    "units that leave": (
        lambda evaluation: evaluation.one_at_a_time().without_units(progress="yes"),  # type: ignore[arg-type]
        "progress",
    ),
    "extreme ranks": (
        lambda evaluation: evaluation.exact().extreme_ranks(progress=True),  # type: ignore[arg-type]
        "progress",
    ),
    "a verdict": (lambda evaluation: evaluation.robustness(draws=8).verdict("甲", 3), "beside"),  # type: ignore[arg-type]
    "no schemes": (lambda evaluation: evaluation.one_at_a_time().under_schemes(None), "schemes"),  # type: ignore[arg-type]
    "schemes by number": (
        lambda evaluation: evaluation.robustness(one_at_a_time={"schemes": 3}, draws=8),
        "schemes",
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_an_argument_that_is_no_function_or_no_list_is_told_by_name_with_the_way_out(call: str) -> None:
    asked, argument = CALLS[call]
    with pytest.raises(UsageError) as caught:
        asked(flat([80, 20, 50], [20, 40, 30]))
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == ("wrong_type", argument)
    assert finding.hint is not None
    assert finding.hint.en.startswith("give a")


def test_all_verdicts_are_what_is_said_of_each_unit() -> None:
    found = zones().robustness(draws=64)
    assert list(found.verdicts) == [found.verdict(name) for name in found.names]


def test_a_unit_that_some_draws_leave_unranked_has_a_verdict_that_says_so() -> None:
    framework = small(leaf("a"), leaf("b"), defaults=EQUAL.model_copy(update={"min_coverage": 0.45}))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, None, 1.0]))
    found = evaluation.robustness({"multipliers": 0.9}, draws=64)
    said, share = found.verdict("乙"), f"{found.units.loc['乙', 'unranked']:.0%}"
    assert "or not ranked, in nine draws of ten" in said.en
    assert said.en.endswith(f"; no rank in {share} of the draws")
    assert said.zh.endswith(f"或不排名；{share} 的抽样中没有位次")


@pytest.mark.parametrize("interval", [(1, None), (None, None)])
def test_a_verdict_says_how_often_a_unit_has_no_rank_and_nothing_of_ranks_that_may_be_any(
    interval: tuple[int | None, None],
) -> None:
    said = verdict("甲", {"甲": 1}, interval, {}, 0.59)
    assert said == Text("第 1 名；59% 的抽样中没有位次", "rank 1; no rank in 59% of the draws")


def test_a_unit_that_some_draws_leave_unranked_has_a_mean_of_the_others_and_no_quantiles_of_scores() -> None:
    framework = small(leaf("a"), leaf("b"), defaults=EQUAL.model_copy(update={"min_coverage": 0.45}))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, None, 1.0]))
    found = evaluation.robustness({"multipliers": 0.9}, draws=64)
    own, ranks = found.units.loc["乙"], found.ranks[:, found.names.get_loc("乙")]
    assert 0 < own["unranked"] < 0.5
    assert own["rank_mean"] == ranks[ranks > 0].mean()
    behind = np.sort(np.where(ranks == 0, 99, ranks))
    assert own["rank_median"] == behind[31]
    assert np.isnan(own["rank_high"])
    assert own[["score_median", "score_low", "score_high"]].isna().all()


def test_the_parameters_of_a_draw_evaluated_again_give_its_scores() -> None:
    framework = small(dimension("d", leaf("a"), leaf("b"), weight=1.0), leaf("c", weight=1.0))
    table = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0])
    found = ps.evaluate(framework, table).robustness({"dirichlet": 5}, leave_out=["a", "c"], draws=32)
    assert set(found.parameters["left_out"]) == {"", "a", "c"}
    for draw in (0, 7, 31):
        drawn = found.parameters.loc[draw]
        weights = {node: WeightEntry(weight=drawn[f"weight:{node}"]) for node in "dabc"}
        scheme = WeightScheme(id="drawn", framework="small", status="assumed", weights=weights)
        again = ps.evaluate(framework, table, weights=scheme).ranking.set_index("unit")["score"]
        np.testing.assert_allclose(found.scores[draw], again.reindex(found.names), rtol=1e-12)


def test_what_was_asked_is_said_in_sentences_and_in_plain_data() -> None:
    found = flat([80, 20], [20, 40]).robustness(
        {"bounds": {"a": ["10%", 0.6]}, "order": [("b", "a")]},
        aggregate={"total": [Choice.of("geometric")]},
        leave_out=["a"],
        draws=8,
    )
    said = " | ".join(each.en for each in found.assumptions)
    assert "evenly among all with a 10%-60%, b >= a" in said
    assert "aggregation: the framework's own, or total: geometric; each as likely" in said
    assert "left out: a, or none" in said
    assert found.about["asked"]["weights"] == {"bounds": {"a": ["10%", 0.6]}, "order": [["b", "a"]]}
    assert found.parameters.columns[:2].tolist() == ["methods", "left_out"]


@pytest.mark.parametrize(("threads", "chunk"), [(1, 2560), (7, 7), (64, 32), (3, 1), (5, 100)])
@pytest.mark.parametrize("gaps", [False, True])
def test_neither_threads_nor_the_number_of_draws_at_once_change_the_bits_of_a_draw(
    monkeypatch: pytest.MonkeyPatch, threads: int, chunk: int, gaps: bool
) -> None:
    evaluation = in_two_dimensions(gaps)
    whole = evaluation.robustness({"multipliers": 0.3}, draws=601, seed=5)
    again = evaluation.robustness({"multipliers": 0.3}, draws=601, seed=5)
    np.testing.assert_array_equal(whole.scores, again.scores)
    monkeypatch.setattr(running, "THREADS", threads)
    monkeypatch.setattr(scoring, "draws_at_once", lambda *_: chunk)
    alone = evaluation.robustness({"multipliers": 0.3}, draws=601, seed=5)
    np.testing.assert_array_equal(whole.scores, alone.scores)
    pd.testing.assert_frame_equal(whole.units, alone.units, check_exact=True)
    np.testing.assert_array_equal(whole.above, alone.above)
    other = evaluation.robustness({"multipliers": 0.3}, draws=601, seed=6)
    assert not np.array_equal(whole.scores, other.scores)


@pytest.mark.parametrize(
    "asked",
    [
        {"weights": {"multipliers": 0}},
        {"noise": {"all": 0}},
        {"imputation": ["a"]},
        {"weights": {"bounds": {"a": [0.3, 0.3], "b": [0.7, 0.7]}}},
    ],
)
def test_draws_that_are_all_alike_are_said_to_say_nothing(asked: dict[str, Any]) -> None:
    evaluation = flat([80, 20, 50], [20, 40, 30])
    alike = evaluation.robustness(**asked, draws=16)
    assert "all draws are alike" in alike.assumptions[-1].en
    assert "all draws are alike" in alike.units_in("en")["note"].iloc[0]
    other = evaluation.robustness(**(asked | {"weights": {"multipliers": 0.1}}), draws=16)
    assert "alike" not in other.assumptions[-1].en


def test_draws_of_many_units_that_change_scores_and_no_rank_are_not_all_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SCORED", 2)
    evaluation = flat([80, 50, 20], [40, 30, 20])
    moved, held = (evaluation.robustness({"multipliers": far}, draws=8) for far in (0.2, 0))
    assert moved.outcome.kept is None
    assert (moved.ranks == moved.ranks[0]).all()
    assert not moved.outcome.are_alike
    assert held.outcome.are_alike


def test_draws_in_some_of_which_a_unit_has_no_score_are_not_all_alike() -> None:
    found = flat([80, 20, 50], [20, 40, 30]).robustness({"multipliers": 0}, draws=2).outcome
    assert found.are_alike
    assert found.kept is not None
    ranks, kept = found.ranks.copy(), found.kept.copy()
    ranks[1, 2], kept[1, 2] = 0, np.nan
    assert not replace(found, ranks=ranks, kept=kept).are_alike


def test_a_method_that_there_is_not_is_told_once_for_all_indicators() -> None:
    with pytest.raises(FrameworkError) as refused:
        zones().robustness(treat={"all": ["winsorize"]}, draws=10)
    assert len(refused.value.findings) == 1


def test_the_number_of_threads_does_not_change_scores_that_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of more than 4,096 units no scores are kept; a block of a single unit would be another product.
    numbers = np.random.default_rng(0).random((4099, 2))
    names = [f"z{number}" for number in range(4099)]
    frame = pd.DataFrame({"zone": names, "a": numbers[:, 0], "b": numbers[:, 1]})
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), frame)
    found = []
    for threads in (1, 2, 3):
        for room in (running, spread):
            monkeypatch.setattr(room, "THREADS", threads)
        found.append(evaluation.robustness({"multipliers": 0.3}, draws=512).units)
    pd.testing.assert_frame_equal(found[0], found[1], check_exact=True)
    pd.testing.assert_frame_equal(found[0], found[2], check_exact=True)


@pytest.mark.parametrize("chunk", [1, 2, 32, 33])
def test_a_method_that_one_draw_alone_has_at_once_gives_the_same_bits_as_beside_others(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    asked: dict[str, Any] = {
        "weights": {"multipliers": 0.3},
        "score": {"all": [{"rule": "minmax", "to": [20, 100]}]},
        "aggregate": {"total": ["max"], "d": ["min"]},
        "leave_out": ["all"],
        "noise": {"x1": "10%"},
        "draws": 129,
    }
    evaluation = in_two_dimensions(gaps=True)
    whole = evaluation.robustness(**asked)
    monkeypatch.setattr(scoring, "draws_at_once", lambda *_: chunk)
    np.testing.assert_array_equal(whole.scores, evaluation.robustness(**asked).scores)


def test_alternatives_of_methods_are_evaluated_as_frameworks_that_have_them() -> None:
    evaluation = flat([80, 20, 50], [20, 40, 30])
    found = evaluation.robustness(aggregate={"total": ["geometric"]}, draws=64)
    other = ps.evaluate(
        FLAT.model_copy(update={"total": FLAT.total.model_copy(update={"aggregate": Choice.of("geometric")})}),
        rows(a=[80, 20, 50], b=[20, 40, 30]),
    )
    for draw in range(64):
        wanted = other if found.plan.variant_of[draw] else evaluation
        np.testing.assert_allclose(
            found.scores[draw], wanted.ranking.set_index("unit")["score"].reindex(found.names), rtol=1e-12
        )
    assert 0 < found.plan.variant_of.mean() < 1


@pytest.mark.parametrize(
    ("asked", "once"),
    [
        ({"aggregate": {"total": ["arithmetic", "geometric"]}}, {"aggregate": {"total": ["geometric"]}}),
        ({"aggregate": {"total": ["geometric", "arithmetic"]}}, {"aggregate": {"total": ["geometric"]}}),
        ({"score": {"a": ["rank", "zscore", "rank"]}}, {"score": {"a": ["rank", "zscore"]}}),
        ({"score": {"a": ["minmax", {"rule": "minmax", "to": [0, 1]}]}}, {"score": {"a": ["minmax"]}}),
        (
            {"score": {"a": [{"rule": "goalposts", "low": "0%", "high": 100.0, "to": [1, 100]}, "rank"]}},
            {"score": {"a": ["rank"]}},
        ),
    ],
)
def test_a_method_that_a_node_has_anyway_or_that_is_named_twice_is_no_likelier_than_another(
    asked: dict[str, Any], once: dict[str, Any]
) -> None:
    evaluation = flat([80, 20, 50], [20, 40, 30])
    found, same = (evaluation.robustness(**said, draws=64) for said in (asked, once))
    np.testing.assert_array_equal(found.scores, same.scores)
    assert found.about["asked"] == once
    assert found.assumptions == same.assumptions


def test_a_method_that_only_some_of_the_indicators_have_is_tried_of_all_of_them() -> None:
    framework = small(leaf("a", weight=1.0), leaf("b", weight=1.0, score=ScoreRule.of("rank")))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 5.0], b=[3.0, 1.0, 2.5]))
    found = evaluation.robustness(score={"all": ["minmax", "rank"]}, draws=64)
    assert set(found.parameters["methods"]) == {"", "score a, b: minmax", "score a, b: rank"}


@pytest.mark.parametrize("order", [("all", "a"), ("a", "all")])
def test_all_is_every_other_beside_an_indicator_that_is_named(order: tuple[str, str]) -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b"), leaf("c")), rows(a=[1.0, 2, 5], b=[3.0, 1, 2], c=[1.0, 3, 2]))
    methods = {"all": ["zscore"], "a": ["rank"]}
    found = evaluation.robustness(score={name: methods[name] for name in order}, draws=64)
    tried = {frozenset(each.split("; ")) - {""} for each in found.parameters["methods"]}
    own, others = "score a: rank", "score b, c: zscore"
    assert tried == {frozenset(each) for each in ([], [own], [others], [own, others])}
    assert "scoring rule: the framework's own, or a: rank; all others: zscore; each as likely" in [
        text.en for text in found.assumptions
    ]


@pytest.mark.parametrize("step", ["score", "treat", "missing"])
def test_all_beside_the_names_of_all_is_refused(step: str, tmp_path: Path) -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[1.0, 2, 5], b=[3.0, 1, 2]))
    method = {"score": "zscore", "treat": "winsorise", "missing": "mean"}[step]
    asked = {step: dict.fromkeys(("a", "b", "all"), method)}
    (tmp_path / "spec.yaml").write_text(json.dumps(asked), encoding="utf-8")
    for said in (asked, {"spec": asked}, {"spec": tmp_path / "spec.yaml"}):
        with pytest.raises(ParkscoreError, match="`all` has no others"):
            evaluation.robustness(**said)


def test_each_draw_leaves_out_one_indicator_or_none() -> None:
    framework = small(dimension("d", leaf("a"), leaf("b"), weight=1.0), leaf("c", weight=1.0))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0]))
    found = evaluation.robustness(leave_out=["all"], draws=256)
    number = found.plan.weights.parameters()["left_out"]
    assert set(number.tolist()) == {0.0, 1.0, 2.0, 3.0}
    scored = pd.DataFrame(evaluation.scoring.scores, index=evaluation.index, columns=list("abc")).loc[found.names]
    for left, kept in ((0, None), (1, "b"), (2, "a")):
        draw = int(np.flatnonzero(number == left)[0])
        d = scored[kept] if kept else scored[["a", "b"]].mean(axis=1)
        np.testing.assert_allclose(found.scores[draw], (d + scored["c"]) / 2)


@pytest.mark.parametrize(
    ("weights", "asked", "said"),
    [
        ((1.0, None), {"leave_out": ["a"]}, "a is all of the total"),
        ((1.0, None), {"leave_out": ["all"]}, "there is none to leave out"),
        ((1.0, 0.0), {"leave_out": ["b", "a"]}, "a is all of the total"),
        ((1.0, 0.0), {"leave_out": ["a"], "weights": {"any": True}}, "a is all of the total"),
        ((1.0, 1.0), {"leave_out": ["a"], "weights": {"table": {"a": [1.0] * 8, "b": [0.0] + [1.0] * 7}}}, "one class"),
    ],
)
def test_what_is_all_of_the_total_is_not_left_out_but_refused(
    weights: tuple[float, float | None], asked: dict[str, Any], said: str
) -> None:
    leaves = [leaf(name, weight=weight) for name, weight in zip("ab", weights, strict=True) if weight is not None]
    evaluation = ps.evaluate(small(*leaves), rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0]))
    with pytest.raises(UsageError, match=said) as caught:
        evaluation.robustness(**asked, draws=8)
    assert [finding.code for finding in caught.value.findings] == ["nothing_left"]


def test_any_indicator_that_is_left_out_is_any_but_those_that_are_all_of_the_total() -> None:
    framework = small(dimension("d", leaf("a", weight=1.0), leaf("b", weight=0.0), weight=1.0))
    found = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0])).robustness(leave_out=["all"], draws=64)
    assert set(found.parameters["left_out"]) == {"", "b"}
    assert "left out: any indicator but a, or none; each as likely" in [each.en for each in found.assumptions]
    assert "略去任一指标（a 除外），或不略去，机会均等" in [each.zh for each in found.assumptions]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"draws": 0}, "must be >= 1"),
        ({"draws": 1.5}, "must be a whole number"),
        ({"seed": -1}, "must be >= 0"),
        ({"year": "2024"}, "must be a whole number"),
        ({"weights": 0.2}, "must be a group"),
        ({"weights": {}}, "no way is named"),
        ({"weights": {"any": False}}, "must be one of true"),
        ({"weights": {"multipliers": None}}, "multipliers says nothing"),
        ({"weights": {"multipliers": True}}, "must be a number"),
        ({"weights": {"bounds": {}}}, "bounds says nothing"),
        ({"weights": {"bounds": {"a": [0.2]}}}, "item 2 is missing"),
        ({"weights": {"bounds": {"a": [0.2, float("nan")]}}}, "must be a finite number"),
        ({"weights": {"order": [["a", "b", "a"]]}}, "has more than 2 items"),
        ({"weights": {"bounds": {"a": [0, 1]}, "level": "leaf"}}, "level goes with multipliers, dirichlet, any only"),
        ({"weights": {"table": {"a": [1.0] * 8}}}, "names a, but of the same dimension not b"),
        ({"weights": {"table": {"a": [0.0] * 8, "b": [0.0] * 8}}}, "row 1: the weights of a, b are all 0"),
        ({"weights": {"table": pd.DataFrame([[1.0, 2.0]] * 8, columns=["a", "a"])}}, "two columns a"),
        ({"weights": {"table": pd.DataFrame()}}, "the table is empty"),
        ({"weights": {"table": 3}}, "`table` cannot be an int"),
        ({"weights": {"table": ""}}, "is empty"),
        ({"weights": {"table": np.ones((8, 2))}}, "`table` cannot be a numpy.ndarray(.|\n)*a column for each node"),
        ({"weights": {"table": [[1.0, 2.0]] * 8}}, "`table` cannot be a list"),
        ({"leave_out": {"a"}}, "`leave_out` cannot be a set(.|\n)*give a list"),
        ({"imputation": frozenset("a")}, "`imputation` cannot be a frozenset"),
        ({"score": {"a": {"rank"}}}, "`a` cannot be a set"),
        ({"spec": {"leave_out": {"a"}}}, "`leave_out` cannot be a set"),
        ({"score": {"a": [3]}}, "must be a group"),
        ({"score": {"a": []}}, "score of a says nothing"),
        ({"aggregate": {"all": ()}}, "aggregate of all says nothing"),
        ({"aggregate": {"total": ["arithmetic"]}}, "aggregate of total names only what the framework has anyway"),
        ({"score": {"all": {"rule": "goalposts", "low": 0, "high": 100, "to": [1, 100]}}}, "score of all names only"),
        ({"noise": "5%"}, "must be a group"),
        ({"leave_out": [3]}, "must be text"),
        ({"weights": {"multiplier": 0.2}}, "did you mean `multipliers`"),
        ({"weights": {"multipliers": 1.5}}, "must be >= 0, <= 1"),
        ({"weights": {"multipliers": "much"}}, "must be a number"),
        ({"weights": {"dirichlet": 0}}, "must be > 0"),
        ({"weights": {"multipliers": 0.1, "any": True}}, "in one way"),
        ({"weights": {"bounds": {"nowhere": [0, 1]}}}, "no nowhere"),
        ({"weights": {"bounds": {"a": [0.7, 0.8], "b": [0.7, 0.8]}}}, "no weights keep"),
        ({"weights": {"bounds": {"a": [0.5, 0.2]}}}, "low <= high"),
        ({"weights": {"order": [["a", "b"]], "bounds": {"b": [0.6, 1]}}}, "no weights keep"),
        ({"weights": {"order": [["a", "a"]]}}, "a is compared with itself"),
        ({"weights": {"order": [["a", "b"], ["b", "a"]]}}, "the order contradicts itself: [ab] >= [ab] >= [ab]"),
        ({"weights": {"table": {"a": [1.0], "b": [1.0]}}}, "1 row for 8 draws"),
        ({"weights": {"table": {"a": [-1.0] * 8, "b": [1.0] * 8}}}, "from 0 up"),
        ({"weights": {"expert": {"a": [0.3, 0.2, 0.4]}}}, "three numbers that do not fall"),
        ({"weights": {"expert": {"a": 0.3}}}, "must be a list"),
        ({"weights": {"expert": {"nowhere": [0, 0.1, 0.2]}}}, "no nowhere"),
        ({"leave_out": ["nowhere"]}, "no indicator nowhere"),
        ({"score": {"nowhere": ["minmax"]}}, "no indicator nowhere"),
        ({"year": 2020}, "no year 2020"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], said: str
) -> None:
    evaluation = flat([1, 2], [2, 1])
    monkeypatch.setattr(running, "drawn_ranks", None)
    with pytest.raises(UsageError, match=said):
        evaluation.robustness(**({"draws": 8} | asked))


def test_a_combination_that_the_framework_may_not_have_is_refused_by_name() -> None:
    framework = small(leaf("a", score=ScoreRule.of("zscore")), leaf("b", score=ScoreRule.of("zscore")))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0]))
    with pytest.raises(FrameworkError, match="aggregate total: geometric"):
        evaluation.robustness(aggregate={"total": ["geometric"]}, draws=8)


def test_a_draw_that_a_method_cannot_take_is_refused_with_the_node() -> None:
    # The mean of a and b is above 0 for everybody, but not that of a alone for 丙.
    as_is, choice = ScoreRule.of("as_is"), Choice.of("mazziotta_pareto", penalty="negative")
    framework = small(leaf("a", score=as_is), leaf("b", score=as_is), total=Total(aggregate=choice))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, -1.0], b=[1.0, 2.0, 3.0]))
    with pytest.raises(DataError, match="at total: the mean score of 1 unit") as caught:
        evaluation.robustness({"any": True}, draws=512)
    assert caught.value.findings[0].message.zh.startswith("total 的")


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("leaf", Text("（只变指标及与其同级的 d 的权重）", "(of indicators and their siblings d)")),
        ("node", Text("（只变维度及与其同级的 c 的权重）", "(of dimensions and their siblings c)")),
    ],
)
def test_a_level_whose_nodes_have_siblings_of_another_names_these_as_they_vary_too(level: str, said: Text) -> None:
    framework = small(dimension("d", leaf("a", weight=1.0), leaf("b", weight=1.0), weight=1.0), leaf("c", weight=1.0))
    table = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0])
    told = ps.evaluate(framework, table).robustness({"any": True, "level": level}, draws=8).assumptions[1]
    assert told.zh.endswith(said.zh)
    assert told.en.endswith(said.en)
    only = zones().robustness({"any": True, "level": "node"}, draws=8).assumptions[1]
    assert only.en.endswith("(of dimensions only)")


def test_what_is_left_out_is_told_once_however_often_it_is_named() -> None:
    evaluation = flat([80, 20, 50], [20, 40, 30])
    for names, told in ((["a", "a", "b"], "one of a, b"), (["b", "b"], "b")):
        found = evaluation.robustness(leave_out=names, draws=8)
        assert f"left out: {told}, or none; each as likely" in [each.en for each in found.assumptions]
    gaps = evaluation.robustness({"multipliers": 0.1}, imputation=["a", "a"], draws=8)
    assert any(each.en.startswith("gaps of a: ") for each in gaps.assumptions)


def test_one_of_what_is_left_out_is_told_as_one() -> None:
    said = assumptions({"leave_out": ["a", "b"]}, 8, 0, None)[2]
    assert said == Text("略去 a、b 之一，或不略去，机会均等", "left out: one of a, b, or none; each as likely")
    assert assumptions({"leave_out": ["a"]}, 8, 0, None)[2].zh == "略去 a，或不略去，机会均等"


def test_weights_that_do_not_count_are_refused_and_named() -> None:
    table = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0])
    total = small(leaf("a"), leaf("b"), leaf("c"), defaults=EQUAL.model_copy(update={"aggregate": Choice.of("sum")}))
    with pytest.raises(UsageError, match="weights do not count: no weights would change a rank"):
        ps.evaluate(total, table).robustness(draws=8)
    assert ps.evaluate(total, table).robustness(leave_out=["all"], draws=8).ranks.std() > 0
    part = small(dimension("d", leaf("a"), leaf("b"), aggregate="sum"), leaf("c"))
    said = ps.evaluate(part, table).robustness(draws=8).assumptions[-1]
    assert said.en == "in d weights do not count, and vary nothing"


@pytest.mark.parametrize("only", [leaf("a"), dimension("d", dimension("e", leaf("a")))])
def test_an_indicator_alone_has_nothing_to_be_weighed_against_and_may_have_noise(only: Node) -> None:
    evaluation = ps.evaluate(small(only), rows(a=[1.0, 2.0, 3.0]))
    with pytest.raises(UsageError, match=r"nothing to weigh it against(.|\n)*vary score, treat, noise") as caught:
        evaluation.robustness(draws=8)
    assert [finding.code for finding in caught.value.findings] == ["nothing_to_weigh"]
    assert evaluation.robustness(noise={"a": "50%"}, draws=8).draws == 8


def test_where_nobody_is_ranked_or_nothing_is_scored_there_is_nothing_to_try() -> None:
    with pytest.raises(UsageError, match="no unit is ranked"):
        ps.evaluate(FLAT, rows(a=[None, None], b=[None, None])).robustness(draws=8)
    gates = ps.evaluate("zero-carbon-park-2025", ps.sample("zero-carbon-park-2025", units=3, seed=0))
    with pytest.raises(UsageError, match="there are no ranks to try"):
        gates.robustness(draws=8)


def test_draws_that_memory_cannot_hold_are_refused_with_what_would_fit() -> None:
    with pytest.raises(UsageError, match="draws at most"):
        flat([1, 2], [2, 1]).robustness(draws=10**10)
    # The ranks of two units would fit, but not the weights of 51 nodes.
    with pytest.raises(UsageError, match=r"make 1[67]\d{5} draws at most"):
        zones(2).robustness(draws=3 * 10**6)


def test_a_table_of_draws_and_schemes_are_taken_as_they_are(tmp_path: Path) -> None:
    evaluation = flat([80, 20], [20, 40])
    table = tmp_path / "weights.csv"
    table.write_text("a,b\n1,0\n0,2\n3,1\n", encoding="utf-8")
    found = evaluation.robustness({"table": str(table)})
    assert found.draws == 3
    np.testing.assert_allclose(found.outcome.scores[1], evaluation.scoring.scores[:, 1])
    scored = evaluation.scoring.scores
    np.testing.assert_allclose(found.outcome.scores[2], (3 * scored[:, 0] + scored[:, 1]) / 4)
    mixed = zones(6).robustness({"schemes": ["zone-2021-equal-within", "entropy"]}, draws=64)
    assert set(np.unique(mixed.plan.weights.parameters()["scheme"])) == {0.0, 1.0}


@pytest.mark.parametrize("year", [2022, 2023])
def test_the_weights_of_a_scheme_are_those_of_the_year_that_is_looked_at(year: int) -> None:
    framework = small(leaf("a"), leaf("b"), time="year", reference="per-year")
    table = panel("""
    zone year a b
    甲 2022 1 20
    乙 2022 9 11
    丙 2022 5 12
    甲 2023 3 30
    乙 2023 9 70
    丙 2023 6 44
    """)
    found = ps.evaluate(framework, table).robustness({"schemes": ["entropy"]}, draws=2, year=year)
    alone = ps.evaluate(framework, table, weights="entropy", year=year).ranking.set_index("unit")["score"]
    np.testing.assert_allclose(found.scores[0], alone.reindex(found.names), rtol=1e-12)


def test_a_column_that_stands_twice_in_a_csv_is_not_taken_for_another_node(tmp_path: Path) -> None:
    framework = small(dimension("1", leaf("1.1", "a"), dimension("1.2", leaf("1.1.1", "b"))))
    table = tmp_path / "weights.csv"
    table.write_text("1.1,1.1,1.2\n1,2,3\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"the table has two columns 1\.1"):
        ps.evaluate(framework, rows(a=[1.0, 2.0], b=[2.0, 1.0])).robustness({"table": table})


def test_schemes_cannot_be_mixed_with_weights_by_class_and_whose_they_are_is_told() -> None:
    framework = small(leaf("a"), leaf("b"), fields={"park": field("park", kind="text")}, class_field="park")
    table = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], park=["东", "西", "西"])
    own = {node: WeightEntry(weight=0.5) for node in "ab"}
    by_class = WeightScheme(
        id="by", framework="small", status="assumed", weights=own, classes={"西": ClassWeights(weights=own)}
    )
    with pytest.raises(UsageError, match="by has weights by class"):
        ps.evaluate(framework, table).robustness({"schemes": [by_class]}, draws=8)
    with pytest.raises(UsageError, match="the evaluation has weights by class"):
        ps.evaluate(framework, table, weights=by_class).robustness({"schemes": ["equal"]}, draws=8)


def test_what_an_expert_holds_is_a_triangle_and_the_siblings_share_the_rest_in_their_proportions() -> None:
    framework = small(leaf("a"), leaf("b"), leaf("c"))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0]))
    found = evaluation.robustness({"expert": {"a": ["10%", 0.2, 0.6]}}, draws=1024)
    weights = found.parameters
    np.testing.assert_allclose(weights["weight:b"], weights["weight:c"])
    # A triangle has the mean of its corners.
    a = weights["weight:a"]
    assert (a.min() >= 0.1, a.max() <= 0.6) == (True, True)
    np.testing.assert_allclose(a + weights["weight:b"] + weights["weight:c"], 1)
    assert a.mean() == pytest.approx(0.3, abs=1e-3)
    assert found.sensitivity(["score:甲"], "indicator", draws=64).total.to_numpy().ravel() == pytest.approx(
        [1], abs=0.01
    )


def test_where_an_expert_holds_all_siblings_they_are_brought_to_a_sum_of_1_and_some_may_not_exceed_it() -> None:
    evaluation = flat([80, 20], [20, 40])
    weights = evaluation.robustness({"expert": {"a": [0.6, 0.6, 0.6], "b": [0.9, 0.9, 0.9]}}, draws=2).parameters
    np.testing.assert_allclose(weights["weight:a"], 0.4)
    three = ps.evaluate(small(leaf("a"), leaf("b"), leaf("c")), rows(a=[1.0, 2.0], b=[3.0, 1.0], c=[2.0, 3.0]))
    with pytest.raises(UsageError, match=r"a, b come to 1\.1 at the most"):
        three.robustness({"expert": {"a": [0.1, 0.2, 0.6], "b": [0.1, 0.2, 0.5]}}, draws=8)


def test_bounds_and_an_order_hold_in_every_draw() -> None:
    found = flat([80, 20], [20, 40]).robustness({"bounds": {"a": ["10%", "60%"]}, "order": [["b", "a"]]}, draws=64)
    shares = found.plan.weights.shares({"total": np.array([0.5, 0.5])})["total"]
    assert (shares[:, 0] >= 0.1 - 1e-9).all()
    assert (shares[:, 0] <= 0.5 + 1e-9).all()


def test_the_probabilities_of_ranks_count_a_rank_below_all_that_the_evaluation_gives() -> None:
    # 丙 is not ranked for want of b, unless b is left out, and then it stands above the others.
    framework = small(leaf("a"), leaf("b"), defaults=EQUAL.model_copy(update={"min_coverage": 0.6}))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[2.0, 1.0, None]))
    found = evaluation.robustness(leave_out=["b"], draws=64)
    assert found.rank_probabilities.columns.tolist() == [1, 2, 3]
    assert (found.ranks == 3).any()
    np.testing.assert_allclose(found.rank_probabilities.sum(axis=1) + found.units["unranked"], 1.0)


@pytest.mark.parametrize(
    "method", ["arithmetic", "geometric", "harmonic", "topsis_minmax", "vikor", "sum", "product", "promethee_ii"]
)
def test_a_table_of_weights_need_not_sum_to_one_whatever_the_aggregation(method: str) -> None:
    framework = small(
        dimension("d", leaf("a"), leaf("b"), aggregate=Choice.of(method)),
        leaf("c"),
        defaults=EQUAL.model_copy(update={"score": ScoreRule.of("minmax", to=(1, 100))}),
    )
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0], c=[2.0, 3.0, 1.0]))
    shares = pd.DataFrame(np.random.default_rng(0).dirichlet(np.ones(3), 16), columns=["a", "b", "c"])
    one, other = (evaluation.robustness({"table": each}) for each in (shares, 700 * shares))
    np.testing.assert_allclose(other.scores, one.scores, rtol=1e-12)
    pd.testing.assert_frame_equal(other.parameters, one.parameters, rtol=1e-12)
    np.testing.assert_allclose(one.parameters[["weight:a", "weight:b"]].sum(axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "topsis_minmax"])
def test_dimensions_named_beside_indicators_need_not_weigh_what_these_do_where_some_do_not_apply(method: str) -> None:
    framework = small(
        dimension("d", leaf("a"), leaf("b"), aggregate=Choice.of(method)),
        dimension("e", leaf("c"), leaf("f"), aggregate=Choice.of(method)),
        defaults=EQUAL.model_copy(update={"score": ScoreRule.of("minmax", to=(1, 100)), "min_coverage": 0.4}),
    )
    frame = rows(a=[1, 2, 3, "不适用"], b=[3, 1, 2, 4], c=[2, 3, 1, None], f=[1, 2, 3, 4])
    evaluation = ps.evaluate(framework, frame)
    shares = pd.DataFrame(np.random.default_rng(0).dirichlet(np.ones(4), 16), columns=["a", "b", "c", "f"])
    shares = shares.assign(d=shares["a"] + shares["b"], e=shares["c"] + shares["f"])
    of_others = shares.assign(a=700 * shares["a"], b=700 * shares["b"], c=1e-9 * shares["c"], f=1e-9 * shares["f"])
    one, other = (evaluation.robustness({"table": each}) for each in (shares, of_others))
    np.testing.assert_allclose(other.scores, one.scores, rtol=1e-9)


def test_a_table_that_was_written_with_its_index_is_told_how_to_be_written_without(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": [0.2, 0.9], "b": [0.8, 0.1]})
    table.to_csv(tmp_path / "weights.csv")
    for source in (tmp_path / "weights.csv", pd.read_csv(tmp_path / "weights.csv")):
        with pytest.raises(UsageError, match="column 1 of the table has no heading") as caught:
            flat([80, 20], [20, 40]).robustness({"table": source})
        (finding,) = caught.value.findings
        assert finding.hint is not None
        assert "index=False" in finding.hint.en
    table.to_csv(tmp_path / "weights.csv", index=False)
    assert flat([80, 20], [20, 40]).robustness({"table": tmp_path / "weights.csv"}).draws == 2


def test_a_table_that_is_changed_after_the_run_changes_nothing_of_it() -> None:
    numbers = np.array([[0.2, 0.9], [0.8, 0.1]])
    found = flat([80, 20], [20, 40]).robustness({"table": pd.DataFrame(numbers, columns=["a", "b"], copy=False)})
    numbers[:] = 0.0
    np.testing.assert_allclose(found.parameters["weight:a"], [2 / 11, 8 / 9])


@pytest.mark.parametrize("step", ["score", "treat", "missing", "aggregate"])
def test_a_method_that_there_is_not_is_refused_with_the_step_and_the_node_that_name_it(step: Any) -> None:
    framework = small(leaf("a", weight=1), leaf("b", weight=1))
    evaluation = ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0]))
    asked: Any = {step: {"total" if step == "aggregate" else "a": ["nope"]}}
    with pytest.raises(FrameworkError) as caught:
        evaluation.robustness(draws=8, **asked)
    (found,) = caught.value.findings
    assert (found.code, found.value) == ("unknown_method", "nope")
    assert f"{step} {next(iter(asked[step]))}: nope" in found.message.en
    assert "：nope" in found.message.zh

"""What is asked beside the draws: the same answers as by themselves, asked for in a spec or beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.models import Choice, DataField, UnitClass, WeightScheme
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.methods.drawn_ranks import RankCounts
from parkscore.robustness import answers
from parkscore.robustness.exact_answers import ExactAnswers
from parkscore.robustness.sheets import sheets_of
from tests.small_frameworks import dimension, leaf, rows, small

FRAMEWORK = small(dimension("d", leaf("a"), leaf("b"), weight=0.6), leaf("c", weight=0.4))
TABLE = {"a": [1.0, 2.0, 3.0, 5.0], "b": [3.0, 1.0, 2.0, 2.5], "c": [2.0, 3.0, 1.0, 2.0]}


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return ps.evaluate(FRAMEWORK, rows(**TABLE))


def exact_of(evaluation: Evaluation, **said: Any) -> ExactAnswers:
    found = evaluation.robustness(exact=said or True, draws=8).answers.exact
    assert found is not None
    return found


def test_the_answers_are_those_that_the_methods_give_by_themselves(evaluation: Evaluation) -> None:
    found = evaluation.robustness(
        exact={"level": "indicator", "spread": "30%", "units": ["丁"]},
        sensitivity={"outputs": ["丁", "mean_shift"], "groups": "indicator", "draws": 16},
        one_at_a_time={"schemes": ["entropy"]},
        draws=8,
        seed=5,
    )
    assert found.answers.sensitivity is not None
    pd.testing.assert_frame_equal(
        found.answers.sensitivity.found.table, found.sensitivity(["丁", "mean_shift"], "indicator", draws=16).table
    )
    exact = found.answers.exact
    assert exact is not None
    pd.testing.assert_frame_equal(exact.exact.overtaking, found.exact.overtaking)
    pd.testing.assert_frame_equal(exact.necessary.ranks, found.exact.necessary(0.3).ranks)
    assert exact.extremes is not None
    pd.testing.assert_frame_equal(exact.extremes.units, found.exact.extreme_ranks(0.3, units=["丁"]).units)
    alone = found.answers.one_at_a_time
    assert alone is not None
    assert alone.schemes is not None
    assert alone.reversals is not None
    pd.testing.assert_frame_equal(alone.leave_out.ranks, found.one_at_a_time.leave_out.ranks)
    pd.testing.assert_frame_equal(alone.schemes.ranks, found.one_at_a_time.under_schemes(["entropy"]).ranks)
    pd.testing.assert_frame_equal(alone.reversals.pairs, found.one_at_a_time.without_units().pairs)


def test_a_scheme_that_was_made_in_python_is_looked_at_as_one_that_has_a_name(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    mine = WeightScheme.model_validate(
        {"id": "mine", "framework": "small", "status": "assumed", "weights": {"a": 1, "b": 3, "c": 1, "d": 1}}
    )
    file = tmp_path / "other.yaml"
    text = "id: other\nframework: small\nstatus: expert\nsource: 会议\nweights: {a: 1, b: 1, c: 5, d: 1}\n"
    file.write_text(text, encoding="utf-8")
    asked: list[Any] = ["entropy", mine, file, Choice.of("critic")]
    found = evaluation.robustness(one_at_a_time={"schemes": asked, "without_units": ["丁"]}, draws=8)
    alone = found.answers.one_at_a_time
    assert alone is not None
    assert alone.schemes is not None
    pd.testing.assert_frame_equal(alone.schemes.ranks, found.one_at_a_time.under_schemes(asked).ranks)
    named = {"schemes": ["entropy", "mine", "other.yaml", "critic"], "without_units": ["丁"]}
    assert found.about["asked"]["one_at_a_time"] == named
    single = evaluation.robustness(one_at_a_time={"schemes": mine}, draws=8).answers.one_at_a_time
    assert single is not None
    assert single.schemes is not None
    assert single.schemes.changes == found.one_at_a_time.under_schemes(mine).changes == ("mine",)
    with pytest.raises(FrameworkError, match="nowhere"):
        evaluation.robustness(one_at_a_time={"schemes": [mine, "nowhere"]}, draws=8)


def test_what_a_rank_is_overtaken_at_is_the_least_of_all_units_behind_it(evaluation: Evaluation) -> None:
    found = exact_of(evaluation)
    needed = found.exact.overtaking
    for place, unit in enumerate(found.ranks.index[:-1]):
        behind = needed.loc[unit].iloc[place + 1 :]
        if np.isfinite(behind.min()):
            assert found.ranks.loc[unit, "overtaken_at"] == behind.min()
            assert found.ranks.loc[unit, "overtaken_by"] == behind.idxmin()
    assert pd.isna(found.ranks["overtaken_at"].iloc[-1])
    assert found.closest is not None
    assert found.closest.change == found.ranks["overtaken_at"].min()


def test_what_is_reached_stays_within_what_is_certain(evaluation: Evaluation) -> None:
    ranks = exact_of(evaluation, spread=0.5).ranks
    assert (ranks["best"] >= ranks["certain_best"]).all()
    assert (ranks["worst"] <= ranks["certain_worst"]).all()


def test_of_indicators_best_and_worst_ranks_are_looked_for_where_units_are_named(evaluation: Evaluation) -> None:
    assert exact_of(evaluation, level="indicator").extremes is None
    assert exact_of(evaluation, level="dimension").extremes is not None


def test_notes_say_whose_weights_vary_and_how_far(evaluation: Evaluation) -> None:
    assert "weights of dimensions, the first level, each up to 20% more or less" in exact_of(evaluation).notes[0].en
    bounded = exact_of(evaluation, bounds={"d": ["50%", "70%"]}, order=[["d", "c"]])
    assert "within d 50%-70% (best and worst ranks also keep d >= c)" in bounded.notes[0].en


def test_a_rank_that_is_not_proven_in_time_is_noted(evaluation: Evaluation) -> None:
    found = exact_of(evaluation)
    assert found.extremes is not None
    late = ExactAnswers(ExactQuestion(), found.exact, found.necessary, _Unproven(found.extremes.units))  # type: ignore[arg-type]
    assert "of 4 units the best or worst rank was not proven, in time" in late.notes[-1].en


class _Unproven:
    def __init__(self, units: pd.DataFrame) -> None:
        self.units = units.assign(exact=False)


def test_true_leaves_it_to_the_spec_how_a_mapping_counts_instead_and_false_takes_away(evaluation: Evaluation) -> None:
    spec = {"draws": 8, "exact": {"level": "indicator"}}

    def asked(exact: Any) -> Any:
        return evaluation.robustness(spec=spec, exact=exact).about["asked"].get("exact")

    assert asked(None) == asked(True) == {"level": "indicator"}
    assert asked({"spread": 0.1}) == {"spread": 0.1}
    assert asked(False) is None


def test_mistakes_in_what_is_stated_in_python_are_all_told(evaluation: Evaluation) -> None:
    with pytest.raises(FrameworkError, match=r"(?s)drws.*did you mean `draws`.*levl"):
        evaluation.robustness(exact={"levl": "x"}, sensitivity={"drws": 3})
    with pytest.raises(UsageError, match=r"(?s)己 is no output.*no ranked unit 己.*no ranked unit 庚"):
        evaluation.robustness(
            sensitivity={"outputs": "己"}, exact={"units": "己"}, one_at_a_time={"without_units": "庚"}
        )


def test_of_many_units_the_first_ten_leave_unless_all_are_asked_for(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_LEAVING", 3)
    monkeypatch.setattr(answers, "TOP", 2)

    def left(said: Any) -> tuple[int, int]:
        alone = evaluation.robustness(one_at_a_time=said, draws=8).answers.one_at_a_time
        assert alone is not None
        assert alone.reversals is not None
        return len(alone.reversals.leaving), len(alone.notes)

    assert left(True) == (2, 1)
    assert left({"without_units": "all"}) == left({"without_units": ["甲", "all"]}) == (4, 0)
    assert left({"without_units": ["甲"]}) == (1, 1)


def test_of_very_many_units_nobody_leaves_and_who_asks_is_refused(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_HELD", 3)
    alone = evaluation.robustness(one_at_a_time=True, draws=8).answers.one_at_a_time
    assert alone is not None
    assert alone.reversals is None
    assert "of more than 3 units none was taken out" in alone.notes[0].en
    with pytest.raises(UsageError, match="among 3 units at most"):
        evaluation.robustness(one_at_a_time={"without_units": "all"}, draws=8)


def test_of_units_too_many_for_a_line_each_only_the_summary_is_written(evaluation: Evaluation) -> None:
    found = evaluation.robustness(one_at_a_time=True, draws=8)
    counts = RankCounts(len(found.order), most_ranks=3)
    counts.add(found.outcome.ranks)
    many = replace(found, outcome=replace(found.outcome, counts=counts))
    leave_out = many.as_dict()["one_at_a_time"]["leave_out"]
    assert leave_out["shifts"] is None
    assert len(leave_out["summary"]) == 4
    names = [sheet.name for sheet in sheets_of(many, "en")]
    assert "left out" in names
    assert "shifts when left out" not in names


def test_of_two_units_nobody_leaves_unless_that_is_asked_for() -> None:
    two = ps.evaluate(FRAMEWORK, rows(a=[1.0, 2.0], b=[1.0, 2.0], c=[2.0, 3.0]))
    alone = two.robustness(one_at_a_time=True, draws=8).answers.one_at_a_time
    assert alone is not None
    assert alone.reversals is None
    assert "fewer than three" in alone.notes[0].en
    with pytest.raises(UsageError, match="2 ranked units"):
        two.robustness(one_at_a_time={"without_units": "all"}, draws=8)


def test_held_weights_have_no_central_weights_and_weights_by_class_none_of_the_evaluation(
    evaluation: Evaluation,
) -> None:
    assert evaluation.robustness(score={"a": ["rank"]}, draws=8).as_dict()["central_weights"] is None
    classes = (UnitClass(id="low", zh="低", when="a < 3"), UnitClass(id="high", zh="高", when="a >= 3"))
    framework = FRAMEWORK.model_copy(update={"classes": classes})
    scheme = {"low": {"d": 0.5, "c": 0.5}, "high": {"d": 0.9, "c": 0.1}}
    weights = ps.WeightScheme.model_validate(
        {
            "id": "by-class",
            "framework": "small",
            "status": "assumed",
            "weights": {"d": 0.5, "c": 0.5, "a": 0.5, "b": 0.5},
            "classes": {name: {"weights": own} for name, own in scheme.items()},
        }
    )
    found = ps.evaluate(framework, rows(**TABLE), weights=weights).robustness(draws=8)
    lines = found.as_dict()["central_weights"]
    assert lines
    assert all(line["own"] is None for line in lines)
    with pytest.raises(UsageError, match=r"say which class .*high, low"):
        ps.evaluate(framework, rows(**TABLE), weights=weights).robustness(exact=True, draws=8)


def test_central_weights_stand_beside_those_of_the_evaluation_where_groups_have_the_same() -> None:
    fields = {**FRAMEWORK.fields, "park": DataField(zh="园区", kind="text")}
    within = FRAMEWORK.model_copy(update={"reference_within": ("park",), "fields": fields})
    found = ps.evaluate(within, rows(**TABLE).assign(park=list("东东西西"))).robustness(draws=8)
    lines = found.as_dict()["central_weights"]
    assert [line["own"] for line in lines] == pytest.approx([0.3, 0.3, 0.4])

"""Ranks follow the scores, by the declared tie rule and precision, within years and classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Choice, Defaults, Framework, Ranking, ScoreRule
from parkscore.methods import ranking
from tests.small_frameworks import field, leaf, panel, rows, small

AS_IS = Defaults(score=ScoreRule.of("goalposts", low=0, high=1), weights=Choice.of("equal"))
STAGE = {"stage": field("stage", kind="text")}


def ranked(ties: str = "min", decimals: int = 9, **said: Any) -> Framework:
    return small(leaf("a"), defaults=AS_IS, ranking=Ranking(ties=ties, decimals=decimals), **said)


def ranks(evaluation: ps.Evaluation, column: str = "rank") -> dict[Any, Any]:
    return dict(zip(evaluation.scores["unit"], evaluation.scores[column], strict=True))


@pytest.mark.parametrize(("ties", "expected"), [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("dense", [1, 2, 2, 3])])
def test_ties_are_ranked_by_the_rule_of_the_framework(ties: str, expected: list[int]) -> None:
    evaluation = ps.evaluate(ranked(ties), rows(a=[0.5, 0.9, 0.1, 0.5]))
    assert evaluation.ranking["rank"].tolist() == expected
    assert evaluation.ranking["unit"].tolist() == ["乙", "丁", "甲", "丙"]  # tied units by name


@pytest.mark.parametrize(("decimals", "expected"), [(3, [1, 2]), (2, [1, 1])])
def test_scores_that_agree_to_the_declared_decimals_are_tied(decimals: int, expected: list[int]) -> None:
    evaluation = ps.evaluate(ranked(decimals=decimals), rows(a=[0.502, 0.501]))
    assert evaluation.ranking["rank"].tolist() == expected
    # The scores themselves are not rounded.
    assert sorted(evaluation.ranking["score"]) == [0.501, 0.502]


def test_a_row_that_is_not_ranked_has_no_rank_and_takes_none_from_the_others() -> None:
    evaluation = ps.evaluate(ranked(), rows(a=[0.5, None, 0.1]))
    assert evaluation.ranking["unit"].tolist() == ["甲", "丙", "乙"]
    assert evaluation.ranking["rank"].tolist()[:2] == [1, 2]
    assert evaluation.ranking["rank"].isna().tolist() == [False, False, True]
    assert str(evaluation.ranking["rank"].dtype) == "Int32"


def test_each_year_is_ranked_on_its_own() -> None:
    frame = panel("zone year a\n甲 2023 0.1\n乙 2023 0.2\n甲 2024 0.9\n乙 2024 0.3\n丙 2024 0.5")
    evaluation = ps.evaluate(ranked(time="year"), frame)
    assert evaluation.ranking[["unit", "year", "rank"]].values.tolist() == [
        ["乙", 2023, 1],
        ["甲", 2023, 2],
        ["甲", 2024, 1],
        ["丙", 2024, 2],
        ["乙", 2024, 3],
    ]


def test_units_are_also_ranked_within_their_class_and_a_unit_without_one_is_not() -> None:
    frame = rows(a=[0.9, 0.8, 0.7, 0.6, 0.5], stage=["成长", "初创", "成长", "初创", None])
    evaluation = ps.evaluate(ranked(class_field="stage", fields=STAGE), frame)
    assert list(evaluation.ranking.columns) == ["unit", "class", "score", "rank", "class_rank", "status"]
    assert evaluation.ranking["rank"].tolist() == [1, 2, 3, 4, 5]
    assert evaluation.ranking["class_rank"].tolist()[:4] == [1, 1, 2, 2]
    assert evaluation.ranking["class_rank"].isna().tolist() == [False] * 4 + [True]
    assert evaluation.ranking["class"].isna().tolist() == [False] * 4 + [True]


def test_classes_are_ranked_year_by_year() -> None:
    frame = panel("zone year a stage\n甲 2023 0.1 x\n乙 2023 0.2 x\n甲 2024 0.9 x\n乙 2024 0.3 y")
    evaluation = ps.evaluate(ranked(time="year", class_field="stage", fields=STAGE), frame)
    assert evaluation.ranking["class_rank"].tolist() == [1, 2, 1, 1]


SCORES = st.lists(st.sampled_from([None, 0.0, 0.1, 0.1 + 1e-12, 0.25, 0.5, 1.0]), min_size=1, max_size=12)


@given(SCORES, st.sampled_from(["min", "max", "dense"]), st.randoms(use_true_random=False))
def test_ranks_agree_with_the_scores_and_never_with_the_order_of_the_rows(
    scores: list[float | None], ties: str, random: Any
) -> None:
    names = [f"z{number:02d}" for number in range(len(scores))]
    frame = pd.DataFrame({"zone": names, "a": pd.Series(scores, dtype=float)})
    by_unit = ranks(ps.evaluate(ranked(ties), frame))
    kept = {name: round(score, 9) for name, score in zip(names, scores, strict=True) if score is not None}
    for name, score in kept.items():
        better = [other for other in kept.values() if other > score]
        as_good = [other for other in kept.values() if other >= score]
        assert by_unit[name] == {"min": len(better) + 1, "max": len(as_good), "dense": len(set(better)) + 1}[ties]
    assert {name for name, rank in by_unit.items() if rank is pd.NA} == set(names) - set(kept)

    order = list(range(len(scores)))
    random.shuffle(order)
    again = ps.evaluate(ranked(ties), frame.iloc[order])
    assert again.ranking.equals(ps.evaluate(ranked(ties), frame).ranking)


PARK = {"park": field("park", zh="园区", en="park", kind="text"), "trade": field("trade", kind="text")}


def test_units_are_also_ranked_within_the_groups_of_text_fields() -> None:
    framework = ranked(rank_within=("park", "trade"), fields=PARK)
    frame = rows(a=[0.9, 0.8, 0.7, 0.7, 0.5], park=["东", "西", "东", "东", None], trade=["x", "x", "y", "x", "y"])
    evaluation = ps.evaluate(framework, frame)
    assert list(evaluation.ranking.columns) == [
        *("unit", "score", "rank", "park", "rank_in_park", "trade", "rank_in_trade", "status")
    ]
    assert ranks(evaluation, "rank_in_park") == {"甲": 1, "乙": 1, "丙": 2, "丁": 2, "戊": pd.NA}
    assert ranks(evaluation, "rank_in_trade") == {"甲": 1, "乙": 2, "丙": 1, "丁": 3, "戊": 2}


def test_ranks_within_groups_leave_out_who_is_not_ranked_and_go_year_by_year() -> None:
    frame = panel("zone year a park\n甲 2023 0.1 x\n乙 2023 . x\n甲 2024 0.9 x\n乙 2024 0.3 x\n丙 2024 0.5 y")
    evaluation = ps.evaluate(ranked(time="year", rank_within=("park",), fields=PARK), frame)
    found = evaluation.ranking[["unit", "year", "rank_in_park"]].astype(object).values.tolist()
    assert found == [["甲", 2023, 1], ["乙", 2023, pd.NA], ["甲", 2024, 1], ["丙", 2024, 1], ["乙", 2024, 2]]


def test_the_workbook_names_the_group_and_the_rank_in_it(tmp_path: Path) -> None:
    evaluation = ps.evaluate(ranked(rank_within=("park",), fields=PARK), rows(a=[0.9, 0.8], park=["东", "西"]))
    sheet = pd.read_excel(evaluation.to_excel(tmp_path / "out.xlsx"), sheet_name="位次", header=None, engine="calamine")
    assert {"园区", "园区内位次", "东"} <= set(sheet.astype(str).to_numpy().ravel())


@pytest.mark.parametrize(
    ("within", "node", "code"),
    [
        (("prak",), "a", "unknown_field"),
        (("a",), "a", "unknown_field"),
        (("park", "park"), "a", "duplicate_id"),
        (("park",), "park", "taken_id"),
        (("park",), "rank_in_park", "taken_id"),
        (("score",), "a", "taken_id"),
    ],
)
def test_groups_that_cannot_be_ranked_within_are_refused(within: tuple[str, ...], node: str, code: str) -> None:
    fields = {**PARK, "a": field("a"), "score": field("score", kind="text")}
    framework = small(leaf(node, "a"), defaults=AS_IS, fields=fields).model_copy(update={"rank_within": within})
    assert code in {finding.code for finding in check_framework(framework)}


@given(SCORES)
def test_one_group_of_all_ranks_as_all_are_ranked(scores: list[float | None]) -> None:
    frame = pd.DataFrame({"zone": [f"z{n:02d}" for n in range(len(scores))], "a": pd.Series(scores, dtype=float)})
    evaluation = ps.evaluate(ranked(rank_within=("park",), fields=PARK), frame.assign(park="同"))
    assert evaluation.scores["rank_in_park"].equals(evaluation.scores["rank"].rename("rank_in_park"))


@given(
    scores=st.lists(st.sampled_from([0.1, 0.2, 0.30000000001, 0.3, None]), min_size=1, max_size=14),
    ties=st.sampled_from(["min", "max", "dense"]),
    data=st.data(),
)
def test_ranks_of_many_groups_are_those_of_each_group_alone(
    scores: list[float | None], ties: str, data: st.DataObject
) -> None:
    stages = data.draw(st.lists(st.sampled_from(["b", "a", None]), min_size=len(scores), max_size=len(scores)))
    years = data.draw(st.lists(st.sampled_from([2021, 2024]), min_size=len(scores), max_size=len(scores)))
    framework = ranked(ties, time="year", fields=STAGE, rank_within=("stage",))
    units = [f"单位{number}" for number in range(len(scores))]
    frame = pd.DataFrame({"zone": units, "year": years, "a": scores, "stage": stages})
    evaluation = ps.evaluate(framework, frame)
    found = evaluation.standing.within["stage"]
    for row, (stage, year) in enumerate(zip(stages, years, strict=True)):
        own = [each for each in range(len(scores)) if (stages[each], years[each]) == (stage, year)]
        alone = ranking[ties](np.round([scores[each] if scores[each] is not None else np.nan for each in own], 9))
        assert found[row] == (0 if stage is None else alone[own.index(row)])


@given(
    data=st.data(),
    names=st.lists(st.text("甲乙ab", min_size=1, max_size=3), min_size=1, max_size=12, unique=True),
)
def test_rows_stand_by_year_rank_and_name_and_who_is_not_ranked_stands_last(
    data: st.DataObject, names: list[str]
) -> None:
    scores = data.draw(st.lists(st.sampled_from([0.1, 0.2, None]), min_size=len(names), max_size=len(names)))
    years = data.draw(st.lists(st.sampled_from([2021, 2024]), min_size=len(names), max_size=len(names)))
    evaluation = ps.evaluate(ranked(time="year"), pd.DataFrame({"zone": names, "year": years, "a": scores}))
    worst = 1.0  # above every score turned round
    expected = sorted(zip(years, [worst if score is None else -score for score in scores], names, strict=True))
    assert evaluation.scores["unit"].tolist() == [name for _, _, name in expected]

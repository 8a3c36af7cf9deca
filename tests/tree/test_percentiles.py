"""Percentiles beside the ranks: among all, within the class, within the park."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Choice, Defaults, Framework, Ranking, ScoreRule
from tests.small_frameworks import field, leaf, panel, rows, small

AS_IS = Defaults(score=ScoreRule.of("as_is"), weights=Choice.of("equal"))
TEXTS = {"kind": field("kind", zh="行业", en="trade", kind="text"), "park": field("park", kind="text")}


def asking(**said: Any) -> Framework:
    parts = {"defaults": AS_IS, "ranking": Ranking(percentiles=True)} | said
    return small(leaf("a"), **parts)


def of(evaluation: ps.Evaluation, column: str) -> dict[str, float | None]:
    frame = evaluation.scores
    return {unit: None if pd.isna(each) else each for unit, each in zip(frame["unit"], frame[column], strict=True)}


def test_the_best_of_five_leaves_all_others_behind_and_ties_share_what_lies_below_them() -> None:
    found = of(ps.evaluate(asking(), rows(a=[9, 5, 5, 1, 7])), "percentile")
    assert found == {"甲": 1.0, "戊": 0.75, "乙": 0.25, "丙": 0.25, "丁": 0.0}


def test_negative_and_huge_scores_have_percentiles_like_any_other() -> None:
    assert of(ps.evaluate(asking(), rows(a=[-1e149, -5, 1e149])), "percentile") == {"甲": 0.0, "乙": 0.5, "丙": 1.0}


def test_a_unit_alone_has_none_and_one_that_is_not_ranked_moves_nobody() -> None:
    assert of(ps.evaluate(asking(), rows(a=[9])), "percentile") == {"甲": None}
    assert of(ps.evaluate(asking(), rows(a=[9, None])), "percentile") == {"甲": None, "乙": None}
    assert of(ps.evaluate(asking(), rows(a=[9, None, 3])), "percentile") == {"甲": 1.0, "丙": 0.0, "乙": None}


def test_each_year_class_and_park_is_for_itself_and_who_is_in_none_has_none() -> None:
    framework = asking(time="year", class_field="kind", rank_within=("park",), fields=TEXTS)
    frame = panel("zone year a\n甲 2023 9\n甲 2024 1\n乙 2024 2\n丙 2024 3\n丁 2024 4\n戊 2024 5")
    frame["kind"] = ["x", "x", "x", "x", "y", None]
    frame["park"] = ["p", "p", None, "p", "p", "q"]
    evaluation = ps.evaluate(framework, frame)
    assert evaluation.scores["percentile"].fillna(-1).tolist() == [-1, 1, 0.75, 0.5, 0.25, 0]
    by_unit = evaluation.scores[evaluation.scores["year"] == 2024].set_index("unit")
    assert by_unit["class_percentile"].fillna(-1).to_dict() == {"甲": 0, "乙": 0.5, "丙": 1, "丁": -1, "戊": -1}
    assert by_unit["percentile_in_park"].fillna(-1).to_dict() == {"甲": 0, "丙": 0.5, "丁": 1, "乙": -1, "戊": -1}


def test_columns_stand_beside_the_ranks_and_only_where_they_are_asked_for() -> None:
    parts: dict[str, Any] = {"class_field": "kind", "rank_within": ("park",), "fields": TEXTS}
    frame = rows(a=[1, 2], kind=["x", "x"], park=["p", "p"])
    columns = list(ps.evaluate(asking(**parts), frame).ranking)
    assert columns[2:] == [
        "score",
        "rank",
        "percentile",
        "class_rank",
        "class_percentile",
        "park",
        "rank_in_park",
        "percentile_in_park",
        "status",
    ]
    plain = ps.evaluate(asking(ranking=Ranking(), **parts), frame).ranking
    assert list(plain) == [column for column in columns if "percentile" not in column]


@pytest.mark.parametrize("ties", ["min", "max", "dense"])
def test_percentiles_do_not_depend_on_the_tie_rule_and_tie_where_ranks_do(ties: str) -> None:
    framework = asking(ranking=Ranking(ties=ties, decimals=1, percentiles=True))
    found = of(ps.evaluate(framework, rows(a=[5.04, 5.0, 9, 1])), "percentile")
    assert found == {"丙": 1.0, "甲": pytest.approx(1 / 3), "乙": pytest.approx(1 / 3), "丁": 0.0}


def test_every_output_has_them_and_the_sheet_says_what_they_are(tmp_path: Path) -> None:
    framework = asking(rank_within=("park",), fields=TEXTS)
    evaluation = ps.evaluate(framework, rows(a=[1, 2, 4], park=["p", "p", "q"], kind=["x", "x", "x"]))
    lines = pd.read_csv(evaluation.to_csv(tmp_path / "out.csv"))
    assert lines["percentile"].tolist() == [1.0, 0.5, 0.0]
    told = json.loads(evaluation.to_json(tmp_path / "out.json").read_text("utf-8"))["scores"]
    assert [each["percentile_in_park"] for each in told] == [None, 1.0, 0.0]
    sheet = pd.read_excel(evaluation.to_excel(tmp_path / "out.xlsx"), "位次", header=None, engine="calamine")
    cells = sheet.fillna("").astype(str).to_numpy().ravel().tolist()
    assert {"百分位", "字段park内百分位"} <= set(cells)
    assert any(cell.startswith("百分位 = 同年") for cell in cells)


@pytest.mark.parametrize("name", ["percentile", "class_percentile", "percentile_in_park"])
def test_no_node_may_be_called_like_a_column_of_percentiles(name: str) -> None:
    with pytest.raises(AssertionError, match="taken_id"):
        small(leaf(name, "a"), fields={**TEXTS, "a": field("a")}, rank_within=("park",))


SCORES = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([-1e149, 0.1 + 0.2, 0.3, 1e149]))


@given(st.lists(st.tuples(SCORES, st.sampled_from(["p", "q", None])), min_size=1, max_size=10))
def test_a_percentile_is_the_share_of_the_others_with_a_worse_rank(
    cells: list[tuple[float | None, str | None]],
) -> None:
    scores = pd.Series([score for score, _ in cells], dtype=float)
    framework = asking(rank_within=("park",), fields={"park": TEXTS["park"]})
    frame = ps.evaluate(framework, rows(a=scores, park=[park for _, park in cells])).scores
    for column, rank in (("percentile", "rank"), ("percentile_in_park", "rank_in_park")):
        for _, row in frame.iterrows():
            own = frame if rank == "rank" else frame[frame["park"] == row["park"]]
            others = own[own[rank].notna() & (own["unit"] != row["unit"])]
            if pd.isna(row[rank]) or others.empty:
                assert pd.isna(row[column])
            else:
                behind = int((others[rank] > row[rank]).sum())
                assert row[column] == pytest.approx(float(Fraction(behind, len(others))))

"""An expert's score must lie in the band that a rule chose: never clipped, never rounded, never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import parkscore as ps
from parkscore.data.given import NOT_COUNTED
from parkscore.findings import DataError
from parkscore.framework.models import Choice, Framework, Node, Requirement, ScoreRule, Total
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import everywhere, field, leaf, of_code, rows, small

NAN = np.nan
SUM = Choice.of("sum")
STEPS = ScoreRule.of("steps", closed="left", steps=((10, (9, 10)), (5, (6.5, 8))), otherwise=(0, 3))
BANDS = ScoreRule.of("bands", bands=({"from": 5, "below": 10, "points": (6.5, 8)}, {"from": 10, "points": (9, 10)}))
LOOKUP = ScoreRule.of("lookup", points={"领先": (9, 10), "先进": (6.5, 8), "一般": 5}, otherwise=(0, 3))
TIERS = ScoreRule.of(
    "tiers", tiers=({"when": "a >= 10", "points": (9, 10)}, {"when": "b >= 5", "points": (6.5, 8)}), otherwise=(0, 3)
)
FIELDS = {"expert": field("expert"), "a": field("a"), "b": field("b"), "grade": field("grade", kind="text")}


def judged(rule: ScoreRule = STEPS, **said: Any) -> Node:
    if rule.name == "tiers":
        return Node(id="x", zh="甲项", en="item", score=rule, given="expert", **said)
    if rule.name == "lookup":
        return Node(id="x", zh="甲项", en="item", score=rule, given="expert", category="grade", **said)
    return leaf("x", "a", score=rule, given="expert", **said)


def framework(node: Node, *others: Node, **said: Any) -> Framework:
    return small(node, *others, fields=FIELDS, **({"total": Total(aggregate=SUM)} | said))


def scores(evaluation: ps.Evaluation) -> list[float]:
    return evaluation.scored["x"].tolist()


EDGES = [(8.999999, NAN), (9, 9), (9.5, 9.5), (10, 10), (10.000001, NAN), (-1, NAN), (1e150, NAN), (0, NAN)]


@pytest.mark.parametrize(("value", "expected"), EDGES)
@pytest.mark.parametrize("rule", [STEPS, BANDS, LOOKUP, TIERS], ids=lambda rule: rule.name)
def test_a_given_score_counts_inside_its_band_and_at_its_ends_only(
    rule: ScoreRule, value: float, expected: float
) -> None:
    data = rows(a=[10], b=[0], grade=["领先"], expert=[value])
    evaluation = ps.evaluate(framework(judged(rule)), data)
    assert everywhere(evaluation.scored["x"], [expected])
    assert evaluation.states["x"].tolist() == ["undefined" if np.isnan(expected) else "value"]
    assert len(of_code(evaluation.findings, "outside_band")) == int(np.isnan(expected))


def test_the_band_is_the_one_that_the_rule_chose_for_the_row() -> None:
    data = rows(a=[10, 9.99, 5, 4.99, -5], b=[0] * 5, expert=[9, 9, 8, 3, 0])
    evaluation = ps.evaluate(framework(judged()), data)
    assert everywhere(evaluation.scored["x"], [9, NAN, 8, 3, 0])
    assert evaluation.given[["least", "most"]].to_numpy().tolist() == [[9, 10], [6.5, 8], [6.5, 8], [0, 3], [0, 3]]
    assert evaluation.given["outcome"].tolist() == ["given", "outside_band", *["given"] * 3]


def test_a_plain_number_among_pairs_allows_that_number_only() -> None:
    data = rows(grade=["一般", "一般", "一般"], expert=[5, 5.01, 4], a=[0] * 3, b=[0] * 3)
    assert everywhere(ps.evaluate(framework(judged(LOOKUP)), data).scored["x"], [5, NAN, NAN])


def test_band_and_score_are_compared_to_twelve_digits() -> None:
    rule = ScoreRule.of("steps", closed="left", steps=((0, (0, 0.3)),), otherwise=(0, 0))
    data = rows(a=[1, 1], b=[0, 0], expert=[0.1 + 0.2, 0.300000001])
    evaluation = ps.evaluate(framework(judged(rule)), data)
    assert everywhere(evaluation.scored["x"], [0.1 + 0.2, NAN])


def test_an_error_names_the_cell_the_score_and_the_band_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    file.write_text("zone,a,b,grade,expert\n甲,10,0,,9\n乙,10,0,,8\n丙,10,0,,9.5\n", encoding="utf-8")
    evaluation = ps.evaluate(framework(judged(whole=True)), file)
    outside, broken = of_code(evaluation.findings, "outside_band")[0], of_code(evaluation.findings, "not_whole")[0]
    assert (str(outside.place), outside.unit, outside.value, outside.rule) == (f"{file}:3:5", "乙", 8, "9..10")
    assert (str(broken.place), broken.unit, broken.value) == (f"{file}:4:5", "丙", 9.5)
    assert {str(each.severity) for each in (outside, broken)} == {"error"}
    assert "9 to 10" in outside.message.en
    assert "9 至 10 分" in outside.message.zh
    assert outside.hint is not None


def test_the_other_units_are_scored_beside_one_that_is_outside() -> None:
    evaluation = ps.evaluate(framework(judged()), rows(a=[10, 10], b=[0, 0], expert=[9, 5]))
    assert evaluation.scores["rank"].notna().tolist() == [True, False]


@pytest.mark.parametrize("pieces", [1, 2, 50])
def test_in_pieces_too_the_others_are_scored_beside_what_cannot_count(pieces: int, tmp_path: Path) -> None:
    data = rows(a=[10] * 5, b=[0] * 5, expert=[9, 5, 9.5, 10, 4])
    found, told = in_pieces(framework(judged(whole=True)), data, tmp_path, rows=pieces)
    assert_same(ps.evaluate(framework(judged(whole=True)), data), found, told)
    assert sorted(each.code for each in told.findings if each.code in NOT_COUNTED) == [
        "not_whole", "outside_band", "outside_band",
    ]  # fmt: skip
    assert found.set_index("unit")["rank"].dropna().astype(int).tolist() == [2, 1]


def test_in_pieces_any_other_error_still_ends_the_run(tmp_path: Path) -> None:
    framed = framework(judged(), leaf("b", score=ScoreRule.of("log")))
    with pytest.raises(DataError) as caught:
        in_pieces(framed, rows(a=[10] * 3, b=[1, -1, 2], expert=[9, 5, 9]), tmp_path, rows=1)
    assert "domain" in {each.code for each in caught.value.findings}


def test_whole_numbers_are_asked_for_and_never_made() -> None:
    data = rows(a=[5] * 4, b=[0] * 4, expert=[7, 7.5, 8, 7.0000001])
    evaluation = ps.evaluate(framework(judged(whole=True)), data)
    assert everywhere(evaluation.scored["x"], [7, NAN, 8, NAN])
    assert evaluation.given["outcome"].tolist() == ["given", "not_whole", "given", "not_whole"]
    assert everywhere(ps.evaluate(framework(judged(whole=False)), data).scored["x"], [7, 7.5, 8, 7.0000001])


def test_without_a_given_score_the_band_is_what_a_sum_is_open_to() -> None:
    other = leaf("b", score=ScoreRule.of("steps", closed="left", steps=((0.0, 10.0),), otherwise=0.0))
    asked = Requirement(id="pass", zh="达标", require="total >= 9")
    own = framework(judged(), other, gates=(asked,))
    evaluation = ps.evaluate(own, rows(a=[10, 5, 0, None], b=[-1, -1, 1, -1], expert=[None] * 4))
    assert everywhere(evaluation.scored["x"], [NAN] * 4)
    assert evaluation.states["x"].tolist() == ["missing"] * 4
    assert everywhere(evaluation.bounds.low["total"], [9, 6.5, 10, 0])
    assert everywhere(evaluation.bounds.high["total"], [10, 8, 13, 10])
    found = dict(zip(evaluation.gates["unit"], evaluation.gates["outcome"], strict=True))
    assert found == {"甲": "met", "乙": "not_met", "丙": "met", "丁": "unknown"}


def test_what_the_rule_cannot_choose_by_is_a_gap_for_its_own_reason() -> None:
    data = rows(a=["10", None, "不适用"], b=[0] * 3, expert=["不适用", 9, 9])
    evaluation = ps.evaluate(framework(judged()), data)
    assert evaluation.states["x"].tolist() == ["not_applicable", "missing", "not_applicable"]
    assert evaluation.given["outcome"].tolist() == ["not_applicable", "no_band", "no_band"]
    assert everywhere(evaluation.scored["x"], [NAN] * 3)


def test_a_text_without_points_is_named_once_and_not_taken_for_a_missing_score() -> None:
    rule = ScoreRule.of("lookup", points={"领先": (9, 10)})
    data = rows(grade=["领先", "落后", "领先"], expert=[9, 9, None], a=[0] * 3, b=[0] * 3)
    evaluation = ps.evaluate(framework(judged(rule)), data)
    assert [finding.unit for finding in of_code(evaluation.findings, "unlisted_category")] == ["乙"]


def test_a_value_in_no_band_and_conditions_of_which_none_holds_are_named() -> None:
    tiers = ScoreRule.of("tiers", tiers=({"when": "a >= 10", "points": (9, 10)},))
    for rule in (BANDS, tiers):
        data = rows(a=[10, 1, 10], b=[0] * 3, expert=[9, 9, None])
        evaluation = ps.evaluate(framework(judged(rule)), data)
        assert [finding.unit for finding in of_code(evaluation.findings, "no_points")] == ["乙"]


@pytest.mark.parametrize(("other", "state"), [((9, 10), "value"), ((8, 10), "missing"), ((9, 11), "missing")])
def test_a_condition_that_cannot_be_told_does_not_matter_only_where_both_ends_are_the_same(
    other: tuple[float, float], state: str
) -> None:
    tiers = ({"when": "a >= 10", "points": (9, 10)}, {"when": "b >= 5", "points": other})
    rule = ScoreRule.of("tiers", tiers=tiers, otherwise=(0, 3))
    evaluation = ps.evaluate(framework(judged(rule)), rows(a=[None], b=[5], expert=[9]))
    assert evaluation.states["x"].tolist() == [state]


def test_a_value_beyond_all_numbers_stops_the_run_as_it_does_without_given_scores() -> None:
    with pytest.raises(DataError):
        ps.evaluate(framework(judged()), rows(a=[1e300], b=[0], expert=[9]))


def test_a_text_in_the_place_of_a_given_score_stops_the_run() -> None:
    with pytest.raises(DataError):
        ps.evaluate(framework(judged()), rows(a=[10], b=[0], expert=["优秀"]))


def test_a_given_score_may_be_a_formula() -> None:
    node = leaf("x", "a", score=STEPS, given="(expert + b) / 2")
    evaluation = ps.evaluate(framework(node), rows(a=[10, 10], b=[10, 0], expert=[9, 9]))
    assert everywhere(evaluation.scored["x"], [9.5, NAN])


def test_the_scores_of_both_kinds_are_listed_in_every_form(tmp_path: Path) -> None:
    evaluation = ps.evaluate(framework(judged(LOOKUP)), rows(grade=["领先", "先进"], expert=[9, 9], a=[0, 0], b=[0, 0]))
    document = json.loads(evaluation.to_json(tmp_path / "o.json").read_text(encoding="utf-8"))
    assert document["given"] == [
        {"unit": "甲", "indicator": "x", "given": 9.0, "least": 9.0, "most": 10.0, "score": 9.0, "outcome": "given"},
        {
            "unit": "乙",
            "indicator": "x",
            "given": 9.0,
            "least": 6.5,
            "most": 8.0,
            "score": None,
            "outcome": "outside_band",
        },
    ]
    assert '"points": {"领先": [9, 10]' in evaluation.reference["parameters"].iloc[0]
    sheet = load_workbook(evaluation.to_excel(tmp_path / "o.xlsx", "zh"))["给分"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row]
    assert {"给分", "最低", "最高", "不在区间内，无得分", "x 甲项"} <= set(texts)
    assert len(ps.evaluate(framework(leaf("a")), rows(a=[1], b=[1], expert=[1], grade=["一"])).given) == 0


def test_the_cells_behind_a_given_score_are_named() -> None:
    evaluation = ps.evaluate(framework(judged(LOOKUP)), rows(grade=["领先"], expert=[9], a=[0], b=[0]))
    assert evaluation.source("甲", "x").count("DataFrame") == 2


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20) | st.none()), min_size=1, max_size=9))
def test_a_score_is_the_one_given_or_there_is_none(pairs: list[tuple[float, float | None]]) -> None:
    a, expert = (list(column) for column in zip(*pairs, strict=True))
    evaluation = ps.evaluate(framework(judged()), rows(a=a, b=[0] * len(a), expert=expert))
    for score, own in zip(scores(evaluation), expert, strict=True):
        assert np.isnan(score) or score == own
    low, high = evaluation.given["least"].to_numpy(), evaluation.given["most"].to_numpy()
    counted = ~np.isnan(evaluation.scored["x"].to_numpy())
    assert (evaluation.scored["x"].to_numpy()[counted] >= low[counted] - 1e-9).all()
    assert (evaluation.scored["x"].to_numpy()[counted] <= high[counted] + 1e-9).all()
    outcomes = evaluation.given["outcome"]
    assert (outcomes == "given").to_numpy().tolist() == counted.tolist()
    assert len(outcomes) == len(a)


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(-20, 20))
def test_another_unit_changes_nobodys_given_score(a: float, expert: float, other: float) -> None:
    alone = ps.evaluate(framework(judged()), rows(a=[a], b=[0], expert=[expert]))
    beside = ps.evaluate(framework(judged()), rows(a=[a, other], b=[0, 0], expert=[expert, other]))
    pd.testing.assert_frame_equal(alone.given, beside.given.iloc[:1])


@given(st.floats(-20, 20), st.floats(0, 10))
def test_a_score_given_later_lies_in_what_was_open(a: float, expert: float) -> None:
    before = ps.evaluate(framework(judged()), rows(a=[a], b=[0], expert=[None])).bounds
    after = ps.evaluate(framework(judged()), rows(a=[a], b=[0], expert=[expert]))
    if after.given["outcome"][0] == "given":
        assert before.low["total"][0] <= after.nodes["total"].iloc[0] <= before.high["total"][0]

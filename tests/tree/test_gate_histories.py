"""Tests of rules over history in gates and grades: a year that is not in the data is unknown, never false."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore import evaluate
from parkscore.evaluation import Evaluation
from parkscore.framework.formula.groups import Groups
from parkscore.framework.models import Choice, Defaults, Framework, Grade, GradeScale, Override, Requirement, ScoreRule
from parkscore.tree.open_parts import places_from_bottom
from tests.small_frameworks import field, leaf, panel, rows, small

PLAIN = ScoreRule.of("as_is")
UP_TO_50 = ScoreRule.of("per", each=1, points=1, most=50, least=0)
TWO_BAD = "total < 60 and 上年(total) < 60"
EITHER = "total >= 60 or 上年(total) >= 60"
TWICE_BOTTOM = "count_years(group_rank_from_bottom(total, region) <= 2, 3) >= 2"
TWICE_LOW = "count_years(total < 60, 3) >= 2"
GOOD = GradeScale(
    id="class_of", zh="等级", bands=(Grade(id="A", zh="甲", from_=60.0),), otherwise=Grade(id="C", zh="丙")
)


def framework(condition: str, kind: str = "veto") -> Framework:
    """A total that is the score s, a gate with this condition, and a scale that it overrides."""
    gate = Requirement(id="g", zh="历史", **{kind: condition})
    scale = GOOD.model_copy(update={"overrides": (Override(grade="C", when=condition, zh="历史", en="history"),)})
    fields = {"region": field("region", kind="text")}
    return small(leaf("one", "s", score=PLAIN), time="year", fields=fields, gates=(gate,), grades=(scale,))


def one_unit(condition: str, scores: dict[int, float | None], kind: str = "veto") -> tuple[str, str]:
    """The outcome of the gate and the grade in the last of these years."""
    lines = [f"甲 {year} {'.' if score is None else score} 东" for year, score in scores.items()]
    found = evaluate(framework(condition, kind), panel("zone year s region\n" + "\n".join(lines)))
    last = found.scores[found.scores["year"] == max(scores)]
    return last["g"].tolist()[0], last["class_of"].tolist()[0]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({2023: 59.0, 2024: 59.0}, ("not_met", "C")),
        ({2023: 60.0, 2024: 59.0}, ("met", "C")),  # the score itself is in the same grade
        ({2023: 59.0, 2024: 60.0}, ("met", "A")),
        ({2023: 60.0, 2024: 60.0}, ("met", "A")),
        ({2024: 59.0}, ("unknown", "C")),
        ({2024: 60.0}, ("met", "A")),
        ({2023: None, 2024: 59.0}, ("unknown", "C")),
        ({2023: 59.0, 2024: None}, ("unknown", "unknown")),
        ({2023: 60.0, 2024: None}, ("met", "unknown")),
        ({2022: 10.0, 2024: 59.0}, ("unknown", "C")),  # 2023 is not in the data
        ({2023: -1e149, 2024: -5.0}, ("not_met", "C")),
    ],
)
def test_two_bad_rounds_in_a_row(scores: dict[int, float | None], expected: tuple[str, str]) -> None:
    assert one_unit(TWO_BAD, scores) == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({2023: 59.0, 2024: 59.0}, "not_met"),
        ({2023: 60.0, 2024: 59.0}, "met"),
        ({2023: 59.0, 2024: 60.0}, "met"),
        ({2024: 59.0}, "unknown"),
        ({2024: 60.0}, "met"),
        ({2023: None, 2024: 59.0}, "unknown"),
        ({2023: 60.0, 2024: None}, "met"),
    ],
)
def test_either_of_the_last_two_years(scores: dict[int, float | None], expected: str) -> None:
    assert one_unit(EITHER, scores, "require")[0] == expected


@pytest.mark.parametrize("low", list(itertools.product([True, False, None], repeat=3)))
def test_twice_in_three_years_is_certain_where_the_years_that_are_known_decide(low: tuple[bool | None, ...]) -> None:
    scores = {2022 + number: (50.0 if each else 70.0) for number, each in enumerate(low) if each is not None}
    if low[2] is None:
        scores[2024] = None  # type: ignore[assignment]
    at_least, at_most = low.count(True), low.count(True) + low.count(None)
    expected = "not_met" if at_least >= 2 else "met" if at_most < 2 else "unknown"
    assert one_unit(TWICE_LOW, scores)[0] == expected


def test_the_reason_names_the_year_that_is_not_in_the_data() -> None:
    found = evaluate(framework(TWICE_LOW), panel("zone year s region\n甲 2023 70 东\n甲 2024 50 东"))
    reason = found.gates.set_index("year").loc[2024]
    assert reason["reason_zh"] == "前 2 年综合得分缺失"
    assert "2 years before is missing" in reason["reason_en"]


BOTTOM = """
    zone year s region
    甲 2022 1 东
    乙 2022 2 东
    丙 2022 3 东
    丁 2022 4 西
    甲 2023 9 东
    乙 2023 2 东
    丙 2023 3 东
    丁 2023 4 西
    甲 2024 9 东
    乙 2024 2 东
    丙 2024 2 东
    丁 2024 4 西
"""


def test_twice_in_three_years_in_the_bottom_two_of_its_region() -> None:
    found = evaluate(framework(TWICE_BOTTOM), panel(BOTTOM)).scores
    outcome = found[found["year"] == 2024].set_index("unit")["g"].to_dict()
    # 甲: once (2022); 乙: always; 丙: in 2023 and, tied with 乙, in 2024; 丁: alone in its region, always.
    assert outcome == {"甲": "met", "乙": "not_met", "丙": "not_met", "丁": "not_met"}
    outcome = found[found["year"] == 2023].set_index("unit")["g"].to_dict()
    assert outcome == {"甲": "unknown", "乙": "not_met", "丙": "unknown", "丁": "not_met"}  # nothing is known of 2021


def test_another_region_changes_nothing() -> None:
    before = evaluate(framework(TWICE_BOTTOM), panel(BOTTOM)).gates
    more = BOTTOM + "\n".join(f"    戊 {year} -1000 西" for year in (2022, 2023, 2024))
    after = evaluate(framework(TWICE_BOTTOM), panel(more)).gates
    east = before[before["unit"].isin(["甲", "乙", "丙"])].reset_index(drop=True)
    assert after[after["unit"].isin(["甲", "乙", "丙"])].reset_index(drop=True).equals(east)


# --- scores that are open -----------------------------------------------------------------------------------------


def summed(*gates: Requirement, rule: ScoreRule = UP_TO_50) -> Framework:
    """A total that is the sum of two items, with these gates."""
    items = (leaf("A1", "a", score=rule), leaf("B1", "b", score=rule))
    adding = Defaults(aggregate=Choice.of("sum"), weights=Choice.of("equal"))
    fields = {"region": field("region", kind="text"), "a": field("a"), "b": field("b")}
    return small(*items, fields=fields, gates=gates, defaults=adding)


def outcomes(found: Evaluation) -> list[str]:
    by_unit = found.gates.set_index("unit")["outcome"]
    return [by_unit[unit] for unit in found.table.units]


def test_the_open_score_of_one_leaves_open_the_places_it_may_change_and_no_others() -> None:
    gate = Requirement(id="g", veto="group_rank_from_bottom(total, region) <= 1")
    found = evaluate(
        summed(gate),
        rows(a=[40.0, 10.0, 20.0, 5.0], b=[40.0, 20.0, None, 5.0], region=["东", "东", "东", "西"]),
    )
    # 80 is never the lowest; 30 and the open 20 to 70 may each be; the only one of its region always is.
    assert outcomes(found) == ["met", "unknown", "unknown", "not_met"]


def test_a_mean_of_a_group_is_open_where_a_score_of_it_is() -> None:
    gates = (
        Requirement(id="g", require="group_mean(total, region) >= 50"),
        Requirement(id="h", require="total - group_mean(total, region) >= 0"),
    )
    found = evaluate(summed(*gates), rows(a=[50.0, 40.0], b=[50.0, None], region=["东", "东"]))
    assert found.scores["g"].tolist() == ["met", "met"]  # 70 to 95
    assert found.scores["h"].tolist() == ["unknown", "unknown"]


ENDLESS = ScoreRule.of("per", each=1, points=1, least=0)
BOTTOMLESS = ScoreRule.of("per", each=1, points=1, most=50)


@pytest.mark.parametrize(
    ("rule", "condition", "expected"),
    [
        (ENDLESS, "total >= 40", "met"),
        (ENDLESS, "total > 40", "unknown"),
        (ENDLESS, "total >= 41", "unknown"),
        (ENDLESS, "total < 40", "not_met"),
        (ENDLESS, "100 - total <= 60", "met"),
        (ENDLESS, "100 - total > 60", "not_met"),
        (ENDLESS, "100 - total >= 0", "unknown"),
        (ENDLESS, "min(total, 45) <= 45", "met"),
        (ENDLESS, "min(total, 45) >= 46", "not_met"),
        (ENDLESS, "total * 2 >= 80", "met"),
        (ENDLESS, "total * total >= 0", "unknown"),  # nothing is said of what does not rise with the score
        (BOTTOMLESS, "total <= 90", "met"),
        (BOTTOMLESS, "total <= 89", "unknown"),
        (BOTTOMLESS, "total >= 91", "not_met"),
        (BOTTOMLESS, "-total >= -90", "met"),
    ],
)
def test_a_score_that_is_open_to_one_side_is_decided_by_the_other(
    rule: ScoreRule, condition: str, expected: str
) -> None:
    found = evaluate(summed(Requirement(id="g", require=condition), rule=rule), rows(a=[40.0], b=[None], region=["东"]))
    assert outcomes(found) == [expected]
    json.dumps(found.as_dict(), allow_nan=False)


def test_ends_without_a_limit_are_told_as_such() -> None:
    gate = Requirement(id="g", require="total >= 41")
    found = evaluate(summed(gate, rule=ENDLESS), rows(a=[40.0], b=[None], region=["东"]))
    assert found.gates["reason_zh"].tolist() == ["综合得分 ≥ 41（至少 40，数值未定）"]
    assert found.gates["reason_en"].tolist() == ["Total score ≥ 41 (at least 40)"]
    comparison = found.gate_details[found.gate_details["kind"] == "comparison"]
    assert (comparison["value"].tolist(), comparison["value_to"].tolist()) == ([40.0], [np.inf])
    assert [line["value_to"] for line in found.as_dict()["gate_details"] if line["kind"] == "comparison"] == ["inf"]


# --- places, against every way the open scores can turn out ---------------------------------------------------------

ENDS = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (float(min(pair)), float(max(pair))))


@given(st.lists(st.tuples(ENDS, st.integers(0, 1)), min_size=1, max_size=4))
def test_the_best_and_the_worst_place_are_those_of_all_ways_the_scores_can_turn_out(
    table: list[tuple[tuple[float, float], int]],
) -> None:
    numbers = np.array([group for _, group in table], dtype=np.intp)
    groups = Groups(numbers, np.zeros(len(table), dtype=np.int8))
    low, high = (np.array([ends[side] for ends, _ in table]) for side in (0, 1))
    ways = np.array(list(itertools.product(*(np.arange(ends[0], ends[1] + 0.5, 0.5) for ends, _ in table))))
    same = numbers[:, np.newaxis] == numbers
    places = 1 + ((ways[:, np.newaxis, :] < ways[:, :, np.newaxis]) & same).sum(axis=2)
    least, most = places_from_bottom(low, high, groups)
    assert least.tolist() == places.min(axis=0).tolist()
    assert most.tolist() == places.max(axis=0).tolist()


def test_a_row_without_a_value_or_a_group_has_no_place_itself() -> None:
    groups = Groups(np.zeros(3, dtype=np.intp), np.array([0, 0, 1], dtype=np.int8))
    least, most = places_from_bottom(*[np.array([5.0, np.nan, 1.0])] * 2, groups)
    assert (least[0], most[0]) == (1, 2)  # the one without a group may be below it
    assert np.isnan([*least[1:], *most[1:]]).all()


def test_a_missing_value_may_be_the_lowest_of_its_group_and_a_missing_group_may_be_any() -> None:
    low = np.array([5.0, np.nan, 7.0, 1.0])
    groups = Groups(np.array([0, 0, 1, 9], dtype=np.intp), np.array([0, 0, 0, 1], dtype=np.int8))
    least, most = places_from_bottom(low, low, groups, np.isnan(low), np.full(4, 2024))
    assert least[[0, 2]].tolist() == [1, 1]
    assert most[[0, 2]].tolist() == [3, 2]


@pytest.mark.parametrize(
    "condition", ["group_rank_from_bottom(a, region) > 1", "group_rank_from_bottom(total, region) > 1"]
)
def test_a_place_is_not_certain_while_a_neighbour_that_may_change_it_lacks_its_value_or_its_region(
    condition: str,
) -> None:
    def outcome(**changed: object) -> str:
        table = rows(a=[40.0, 10.0], b=[1.0, 1.0], region=["东", "东"]).assign(**changed)
        return outcomes(evaluate(summed(Requirement(id="g", require=condition)), table))[0]

    assert outcome() == "met"
    assert outcome(a=[40.0, None], b=[1.0, None]) == "unknown"
    assert outcome(region=["东", None]) == "unknown"
    assert outcome(region=["东", "西"]) == "not_met"


HISTORY = """
zone year s region
甲 2022 59 东
甲 2023 59 东
甲 2024 59 东
乙 2022 70 东
乙 2023 59 东
乙 2024 70 东
丙 2023 70 东
丙 2024 59 东
"""


@pytest.mark.parametrize("condition", [TWO_BAD, EITHER, TWICE_BOTTOM, TWICE_LOW])
def test_one_year_alone_has_the_outcomes_that_it_has_among_all_years(condition: str) -> None:
    whole = evaluate(framework(condition), panel(HISTORY))
    alone = evaluate(framework(condition), panel(HISTORY), year=2024)
    of_the_year = whole.scores[whole.scores["year"] == 2024].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.scores, of_the_year)


def test_of_the_years_that_are_only_looked_back_at_nothing_is_shown_and_nothing_said() -> None:
    lines = HISTORY.replace("乙 2023 59", "乙 2023 .")
    alone = evaluate(framework(TWO_BAD), panel(lines), year=2024)
    assert {finding.year for finding in alone.findings} <= {None, 2024}
    assert set(alone.reference["reference"]) == set(alone.weights["reference"]) == {"2024"}
    assert alone.as_dict()["accounting"][0]["rows"] == 3


def test_a_framework_that_does_not_look_back_scores_the_year_that_is_asked_for_and_no_other() -> None:
    alone = evaluate(framework("total < 60"), panel(HISTORY), year=2024)
    assert np.isnan(alone.aggregated.scores["total"][alone.table.years != 2024]).all()

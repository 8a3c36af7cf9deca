"""Tests of parkscore.tree.gates: five outcomes, who goes around a gate, and numbers that explain each outcome."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore import evaluate
from parkscore.data.derive import derive
from parkscore.evaluation import Evaluation
from parkscore.framework.models import AtLeast, Choice, Framework, Relaxation, Requirement, ScoreRule, Total, Way
from parkscore.tree.bounds import NodeBounds
from parkscore.tree.gates import judge
from parkscore.tree.verdicts import OUTCOMES, Outcome, of_items
from tests.gates_again import again
from tests.small_frameworks import field, leaf, panel, rows, small, table_of

PLAIN = ScoreRule.of("as_is")
FIELDS = {
    "income": field("income", measure="万元"),
    "staff": field("staff", measure="人"),
    "kind": field("kind", kind="text"),
}
NAN = float("nan")


def asks(code: str = "g", **said: Any) -> Requirement:
    return Requirement(id=code, **said)


def way(when: str, name: str = "证书") -> Way:
    return Way(zh=name, en=f"way {name}", when=when)


def gated(*gates: Requirement, **said: Any) -> Framework:
    """A framework whose total is the score s itself, with an income, a staff and a kind that are not scored."""
    return small(leaf("one", "s", score=PLAIN), fields=FIELDS, gates=gates, **said)


def judged(*gates: Requirement, framework: Framework | None = None, **columns: Any) -> Evaluation:
    """The evaluation of units with these columns; what is not given is 50 万元, 10 人, kind A and a score of 70."""
    count = max(len(column) for column in columns.values())
    usual = {"s": [70.0] * count, "income": [50.0] * count, "staff": [10.0] * count, "kind": ["A"] * count}
    return evaluate(framework or gated(*gates), rows(**(usual | columns)))


def outcomes(evaluation: Evaluation, gate: str = "g") -> list[str]:
    """The outcome of each unit, in the order of the table."""
    found = evaluation.gates[evaluation.gates["gate"] == gate].set_index("unit")["outcome"]
    return [found[unit] for unit in evaluation.table.units]


def reasons(evaluation: Evaluation, gate: str = "g") -> list[str | None]:
    found = evaluation.gates[evaluation.gates["gate"] == gate].set_index("unit")["reason_zh"]
    return [found[unit] for unit in evaluation.table.units]


# --- what a condition comes to --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("total >= 60", ["not_met", "met", "met"]),
        ("total > 60", ["not_met", "not_met", "met"]),
        ("60 <= total", ["not_met", "met", "met"]),
        ("60 < total < 61", ["not_met", "not_met", "met"]),
        ("not total < 60", ["not_met", "met", "met"]),
        ("one >= 60 and 值(one) <= 60", ["not_met", "met", "not_met"]),
        ("total == 60 or total > 60.5", ["not_met", "met", "met"]),
    ],
)
def test_just_below_at_and_just_above_a_threshold(condition: str, expected: list[str]) -> None:
    assert outcomes(judged(asks(require=condition), s=[59.0, 60.0, 60.7])) == expected


def test_a_total_that_misses_a_threshold_by_rounding_only_has_reached_it() -> None:
    framework = small(
        *(leaf(f"{part}1", score=PLAIN, weight=weight) for part, weight in (("a", "10%"), ("b", "20%"), ("c", "70%"))),
        gates=(asks(require="total >= 60"), asks("h", require="total > 60")),
    )  # fmt: skip
    found = evaluate(framework, rows(a1=[60.0], b1=[60.0], c1=[60.0 - 1e-13]))
    assert found.scores["score"][0] != 60
    assert (outcomes(found), outcomes(found, "h")) == (["met"], ["not_met"])


def test_a_score_of_ten_million_keeps_its_digits_when_it_is_compared() -> None:
    assert outcomes(judged(asks(require="total >= 10000000.1"), s=[10000000.1])) == ["met"]


@pytest.mark.parametrize(
    ("condition", "income", "expected"),
    [
        ("cagr(income, 3) >= 20%", [1000.0, 1200.0, 1500.0, 1728.0], "met"),  # in binary 0.19999999999999996
        ("cagr(income, 3) >= 20%", [1000.0, 1200.0, 1500.0, 1727.9999], "not_met"),
        ("cagr(income, 3) > 20%", [1000.0, 1200.0, 1500.0, 1728.0], "not_met"),
        ("累计(income, 3) <= 0.6万元", [0.0, 0.1, 0.2, 0.3], "met"),  # in binary 0.6000000000000001
        ("累计(income, 3) > 0.6万元", [0.0, 0.1, 0.2, 0.3], "not_met"),
    ],
)
def test_a_threshold_that_is_missed_by_rounding_only_has_been_reached(
    condition: str, income: list[float], expected: str
) -> None:
    framework = gated(asks(require=condition), time="year")
    table = pd.concat([rows(s=[70.0], income=[each], staff=[1.0], kind=["A"]) for each in income])
    evaluation = evaluate(framework, table.assign(year=[2022, 2023, 2024, 2025]), year=2025)
    assert evaluation.gates["outcome"].tolist() == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"require": "kind in ['A', 'B']"}, ["met", "not_met", "unknown"]),
        ({"require": "kind == 'A'"}, ["met", "not_met", "unknown"]),
        ({"veto": "kind != 'A'"}, ["met", "not_met", "unknown"]),
        ({"review": "kind == 'A'"}, ["review", "met", "unknown"]),
        ({"require": "kind == 'A'", "miss": "review"}, ["met", "review", "unknown"]),
        ({"veto": "kind == 'A'", "miss": "review"}, ["review", "met", "unknown"]),
    ],
)
def test_require_veto_review_and_a_miss_that_is_reviewed(said: dict[str, Any], expected: list[str]) -> None:
    assert outcomes(judged(asks(**said), kind=["A", "C", None])) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("income >= 10万元 and staff > 5人", "not_met"),
        ("income >= 10万元 or staff > 5人", "unknown"),
        ("staff <= 5人 or income >= 10万元", "met"),
        ("not income >= 10万元", "unknown"),
    ],
)
def test_three_valued_logic_decides_what_missing_data_cannot_change(condition: str, expected: str) -> None:
    assert outcomes(judged(asks(require=condition), income=[None], staff=[1.0])) == [expected]


# --- who goes around a gate, both ways and with missing data ----------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "opened"), [("bypass", "met"), ("exempt", "not_applicable")]
)  # fmt: skip
def test_a_bypass_leads_to_met_and_an_exemption_out_of_the_question(key: str, opened: str) -> None:
    gate = asks(require="income >= 100万元", **{key: (way("staff > 99人", "别的"), way("kind == 'A'"))})
    found = judged(gate, income=[150, 150, 150, 50, 50, 50, None, None, None], kind=["A", "B", None] * 3)
    assert outcomes(found) == [
        *(opened, "met", "met"),  # what is met without it stays met where it cannot be told
        *(opened, "not_met", "unknown"),
        *(opened, "unknown", "unknown"),
    ]
    said = reasons(found)
    assert "证书" in str(said[3])
    assert "不能判断" in str(said[5])
    assert "income缺失" in str(said[7])


def test_an_exemption_counts_before_a_bypass() -> None:
    gate = asks(require="income >= 100万元", exempt=(way("kind == 'A'"),), bypass=(way("kind == 'A'"),))
    assert outcomes(judged(gate, kind=["A"])) == ["not_applicable"]


def test_a_bypass_of_the_score_leaves_the_other_gates() -> None:
    gate = asks(
        all=(asks("score", require="total >= 60", bypass=(way("kind == 'A'"),)), asks("clean", veto="staff < 5人"))
    )
    found = judged(gate, s=[10.0, 10.0, 10.0], kind=["A", "A", "B"], staff=[10, 1, 10])
    assert outcomes(found) == ["met", "not_met", "not_met"]


def test_a_gate_is_asked_only_where_its_condition_holds() -> None:
    gate = asks(require="income >= 100万元", when="kind == 'A'")
    found = judged(gate, income=[150, 50, 50, 150, None], kind=["A", "A", "B", None, "B"])
    assert outcomes(found) == ["met", "not_met", "not_applicable", "unknown", "not_applicable"]


def test_a_threshold_is_20_percent_lower_for_a_class_and_exactly_so() -> None:
    relax = Relaxation(when="kind == 'A'", by="20%")
    gate = asks(require="income / 1000万元 >= 5%", relax=relax)
    # 4 % is 5 % less 20 %, which floats make 4.000000000000001 %.
    found = judged(gate, income=[40, 39.9, 40, 50, 40, 39.9, 50], kind=["A", "A", "B", "B", None, None, None])
    assert outcomes(found) == ["met", "not_met", "not_met", "met", "unknown", "not_met", "met"]
    lines = found.gate_details.query("kind == 'comparison' and path.str.startswith('g#require')").set_index("unit")
    assert lines.loc["甲", ["threshold", "relaxed_to", "relaxed"]].tolist() == [0.05, 0.04, "true"]
    assert np.isnan(lines.loc["丙", "relaxed_to"])
    assert "放宽为 0.04" in str(reasons(found)[1])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"require": "income <= 100万元"}, ["met", "not_met"]),
        ({"require": "not income > 100万元"}, ["met", "not_met"]),
        ({"veto": "income > 100万元"}, ["met", "not_met"]),
        ({"require": "100万元 >= income"}, ["met", "not_met"]),
    ],
)
def test_a_relaxation_is_always_for_the_good_of_the_unit(said: dict[str, Any], expected: list[str]) -> None:
    gate = asks(relax=Relaxation(when="kind == 'A'", by="20%"), **said)
    assert outcomes(judged(gate, income=[120, 120.1])) == expected


def test_a_relaxation_of_a_whole_reaches_every_threshold_in_it() -> None:
    items = (asks("a", require="income >= 100万元"), asks("b", require="staff >= 10人"))
    gate = asks(all=items, relax=Relaxation(when="kind == 'A'", by="20%"))
    assert outcomes(judged(gate, income=[80, 80, 80], staff=[8, 8, 7], kind=["A", "B", "A"])) == [
        *("met", "not_met", "not_met"),
    ]


# --- k of n -----------------------------------------------------------------------------------------------------------

_CODES = st.lists(st.integers(0, len(OUTCOMES) - 1), min_size=1, max_size=5)


@given(_CODES, st.integers(1, 5) | st.none())
def test_k_of_n_agrees_with_every_way_in_which_the_unknown_can_turn_out(codes: list[int], needed: int | None) -> None:
    def outcome(turned: list[Outcome]) -> Outcome:
        """All known: enough met, enough with what is reviewed, or not."""
        applicable = [each for each in turned if each is not Outcome.NOT_APPLICABLE]
        least = len(applicable) if needed is None else needed
        met, review = applicable.count(Outcome.MET), applicable.count(Outcome.REVIEW)
        if not applicable:
            return Outcome.NOT_APPLICABLE
        return Outcome.MET if met >= least else Outcome.REVIEW if met + review >= least else Outcome.NOT_MET

    items = [OUTCOMES[code] for code in codes]
    choices = [(Outcome.MET, Outcome.NOT_MET) if each is Outcome.UNKNOWN else (each,) for each in items]
    possible = {outcome(list(turned)) for turned in itertools.product(*choices)}
    found = OUTCOMES[int(of_items([np.array([code], dtype=np.int8) for code in codes], needed)[0])]
    if found is Outcome.UNKNOWN:
        assert len(possible) > 1
    elif found is Outcome.REVIEW:  # somebody has to look, whatever the data that are missing will say
        assert Outcome.REVIEW in possible
        assert Outcome.NOT_MET not in possible
    else:
        assert possible == {found}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"all": 3}, ["met", "not_met", "not_met", "not_met"]),
        ({"any": 3}, ["met", "met", "met", "not_met"]),
        ({"at_least": 2}, ["met", "met", "not_met", "not_met"]),
    ],
)
def test_all_any_and_two_of_three(said: dict[str, int], expected: list[str]) -> None:
    items = (
        asks("a", require="income >= 100万元"),
        asks("b", require="staff >= 10人"),
        asks("c", require="kind == 'A'"),
    )
    ((key, _),) = said.items()
    gate = asks(at_least=AtLeast(count=2, of=items)) if key == "at_least" else asks(**{key: items})
    found = judged(gate, income=[100, 100, 100, 1], staff=[10, 10, 1, 1], kind=["A", "B", "B", "B"])
    assert outcomes(found) == expected


def test_an_item_that_does_not_apply_is_no_part_of_all() -> None:
    gate = asks(all=(asks("a", require="income >= 1万元", when="kind == 'A'"), asks("b", require="staff >= 10人")))
    assert outcomes(judged(gate, income=[0, 0], kind=["A", "B"])) == ["not_met", "met"]
    alone = asks(all=(asks("a", require="income >= 1万元", when="kind == 'A'"),))
    assert outcomes(judged(alone, kind=["B"])) == ["not_applicable"]


# --- history ----------------------------------------------------------------------------------------------------------

YEARS = """
zone year s income staff kind
甲 2022 50 1 1 A
甲 2023 50 1 1 A
甲 2024 70 1 1 A
乙 2022 70 1 1 A
乙 2023 50 1 1 A
乙 2024 50 1 1 A
丙 2024 70 1 1 A
"""


def test_two_bad_rounds_in_a_row_and_either_of_the_last_two_years() -> None:
    gates = (asks(veto="total < 60 and 上年(total) < 60"), asks("either", require="total >= 60 or 上年(total) >= 60"))
    found = evaluate(gated(*gates, time="year"), panel(YEARS))
    twice = found.gates.query("gate == 'g'").set_index(["unit", "year"])["outcome"].to_dict()
    either = found.gates.query("gate == 'either'").set_index(["unit", "year"])["outcome"].to_dict()
    assert [twice["甲", year] for year in (2022, 2023, 2024)] == ["unknown", "not_met", "met"]
    assert [twice["乙", year] for year in (2022, 2023, 2024)] == ["met", "met", "not_met"]
    assert [either["乙", year] for year in (2022, 2023, 2024)] == ["met", "met", "not_met"]
    assert either["丙", 2024] == "met"


def test_a_year_that_is_not_in_the_data_is_unknown_and_says_so_also_where_one_year_is_asked_for() -> None:
    framework = gated(asks(require="上年(total) >= 60"), time="year")
    found = evaluate(framework, panel(YEARS), year=2024).gates.set_index("unit")
    assert found["outcome"].to_dict() == {"甲": "not_met", "乙": "not_met", "丙": "unknown"}
    assert found.loc["丙", "reason_zh"] == "上年综合得分缺失"


# --- explanation ------------------------------------------------------------------------------------------------------


def test_a_comparison_is_explained_with_value_threshold_and_what_is_missing() -> None:
    found = judged(asks(require="income >= 5000万元 and 10人 > staff"), income=[4000.0], staff=[10.0])
    lines = found.gate_details.set_index("path")
    names = ["condition", "outcome", "value", "operator", "threshold", "measure", "short_by"]
    assert lines.loc["g#require.1", names].tolist() == [
        *("income >= 5000万元", "false", 4000.0, ">=", 5000.0, "万元", 1000.0),
    ]
    assert lines.loc["g#require.2", names].tolist() == ["10人 > staff", "false", 10.0, "<", 10.0, "人", 0.0]
    assert lines.loc["g#require.2", "reason_zh"] == "10人 > 字段staff：正好等于门槛，须低于它"
    assert (
        reasons(found)[0]
        == "字段income ≥ 5000万元（4000 万元，差 1000 万元）；10人 > 字段staff：正好等于门槛，须低于它"
    )


def test_a_threshold_is_shown_in_the_measure_of_the_field() -> None:
    found = judged(asks(require="income >= 0.5亿元"), income=[4000.0]).gate_details
    line = found[found["kind"] == "comparison"].iloc[0]
    assert (line["threshold"], line["measure"], line["short_by"]) == (5000.0, "万元", 1000.0)


def test_a_text_is_explained_by_the_text_and_the_list() -> None:
    found = judged(asks(require="kind in ['A', 'B']"), kind=["C"])
    line = found.gate_details[found.gate_details["kind"] == "condition"].iloc[0]
    assert (line["condition"], line["value"]) == ('kind in ["A", "B"]', "C")
    assert reasons(found) == ['字段kind in ["A", "B"] (C)']


def test_a_cell_that_two_conditions_lack_is_named_once() -> None:
    found = judged(asks(require="income >= 5万元 and income / staff >= 1万元 / 1人"), income=[None])
    assert str(reasons(found)[0]).count("字段income缺失") == 1


@pytest.mark.parametrize(
    ("condition", "said", "reason"),
    [
        ("income / staff > 1万元 / 1人", {"staff": [0.0]}, "除数为零"),
        ("income / staff > 1万元 / 1人", {"staff": [-5.0]}, "无定义"),
        ("income / staff > 1万元 / 1人", {"income": [None]}, "字段income缺失"),
        ("staff / income > 1人 / 1万元", {"staff": ["不适用"]}, "字段staff填为不适用"),
        ("total >= 60", {"s": [None, 70.0]}, "综合得分缺失"),
        ("值(one) >= 60", {"s": [None, 70.0]}, "指标one缺失"),
    ],
)
def test_what_cannot_be_told_says_why(condition: str, said: dict[str, Any], reason: str) -> None:
    found = judged(asks(require=condition), **said)
    assert outcomes(found)[0] == "unknown"
    assert reason in str(reasons(found)[0])


_FORMULAS = st.sampled_from(
    [
        *("total >= 60", "total < 50 or income >= 10万元", "not staff > 5人", "0万元 < income <= 100万元"),
        *("income / staff >= 5万元 / 1人", "kind in ['A', 'B']", "值(one) != 70", "income == 50万元 and total > 60"),
    ]
)
_WAYS = st.lists(_FORMULAS.map(way), max_size=2).map(tuple)


@st.composite
def requirements(draw: st.DrawFn, code: str = "g", depth: int = 1) -> Requirement:
    """A requirement of any kind, with anything around it."""
    kind = draw(st.sampled_from(["require", "veto", "review", *(("all", "any", "at_least") if depth < 3 else ())]))
    said: dict[str, Any] = {}
    if kind in ("all", "any", "at_least"):
        items = tuple(draw(requirements(f"i{n}", depth + 1)) for n in range(draw(st.integers(1, 3))))
        said[kind] = AtLeast(count=draw(st.integers(1, len(items))), of=items) if kind == "at_least" else items
    else:
        said[kind] = draw(_FORMULAS)
        if draw(st.booleans()) and depth == 3:
            said[kind] = "income >= 40万元 and staff < 20人"
            said["relax"] = Relaxation(when=draw(_FORMULAS), by="20%")
    when = draw(st.none() | _FORMULAS)
    return asks(
        code,
        when=when,
        exempt=draw(_WAYS),
        bypass=draw(_WAYS),
        miss=draw(st.sampled_from([None, "review"])),
        **said,
    )


_UNITS = st.fixed_dictionaries(
    {
        "s": st.sampled_from([70.0, 60.0, 55.0, -5.0]),
        "income": st.sampled_from([50.0, 100.0, 0.0, -20.0, 1e300, 35.0, None, "不适用"]),
        "staff": st.sampled_from([10.0, 5.0, 0.0, -3.0, 1e300, None]),
        "kind": st.sampled_from(["A", "B", "C", "=1+1", None]),
    }
)


def _columns(units: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {key: [unit[key] for unit in units] for key in units[0]}


@settings(max_examples=60)
@given(requirements(), st.lists(_UNITS, min_size=1, max_size=4))
def test_an_explanation_evaluated_again_gives_the_outcome(gate: Requirement, units: list[dict[str, Any]]) -> None:
    found = judged(gate, **_columns(units))
    for unit, lines in found.gate_details.groupby("unit"):
        assert again(lines) == lines.set_index("path")["outcome"].to_dict(), unit
    json.dumps(found.as_dict(), allow_nan=False)


@settings(max_examples=60)
@given(requirements(), st.lists(_UNITS, min_size=2, max_size=5))
def test_another_unit_never_changes_an_outcome_and_every_unit_has_one(
    gate: Requirement, units: list[dict[str, Any]]
) -> None:
    whole = judged(gate, **_columns(units))
    fewer = judged(gate, **_columns(units[:-1]))
    assert outcomes(whole)[:-1] == outcomes(fewer)
    assert sum(whole.gate_counts["g"].values()) == len(units)


_SETTLED = ("met", "not_met")


@settings(max_examples=60)
@given(requirements(), _UNITS, st.sampled_from(["income", "staff", "kind"]))
def test_more_data_never_turn_met_into_not_met_or_back(gate: Requirement, unit: dict[str, Any], gap: str) -> None:
    values = {"income": [50.0, 100.0, 0.0, -20.0, 1e300], "staff": [10.0, 0.0, -3.0], "kind": ["A", "B", "C"]}[gap]
    before = outcomes(judged(gate, **_columns([unit | {gap: None}])))[0]
    after = outcomes(judged(gate, **_columns([unit | {gap: value} for value in values])))
    if before in _SETTLED:
        opposite = "not_met" if before == "met" else "met"
        assert opposite not in after


# Items whose exemption hangs on the kind, which is not known.
_UNTOLD = {"exempt": (way("kind == 'B'"),)}
_RICH, _FEW = asks("rich", require="income >= 40万元", **_UNTOLD), asks("few", require="staff < 5人")


@pytest.mark.parametrize(
    ("items", "count", "expected"),
    [
        ((_RICH, _FEW), 1, ["unknown", "met", "not_met"]),
        ((_RICH, asks("some", require="staff >= 1人"), _FEW), 2, ["unknown", "met", "not_met"]),
        ((_RICH, asks("some", require="staff >= 1人")), 1, ["met", "met", "met"]),
        ((asks("both", all=(_RICH,)), _FEW), 1, ["unknown", "met", "not_met"]),
        ((_RICH,), 1, ["unknown", "met", "not_applicable"]),
        ((asks("poor", require="income < 40万元", **_UNTOLD), asks("no", veto="income > 1万元", when="staff < 1人")), 2,
         ["unknown", "not_met", "not_applicable"]),
    ],
)  # fmt: skip
def test_an_item_that_may_yet_be_exempt_is_none_of_so_many_that_must_be_met(
    items: tuple[Requirement, ...], count: int, expected: list[str]
) -> None:
    found = judged(asks(at_least=AtLeast(count=count, of=items)), kind=[None, "A", "B"])
    assert outcomes(found) == expected
    if expected[0] == "unknown" and items[0] is _RICH:
        assert "不能判断是否符合“证书”" in str(reasons(found)[0])


def test_all_items_are_met_whether_or_not_one_of_them_is_exempt() -> None:
    found = judged(asks(all=(_RICH, asks("some", require="staff >= 1人"))), kind=[None, "A", "B"])
    assert outcomes(found) == ["met", "met", "met"]


# --- scores that are not settled --------------------------------------------------------------------------------------


def bounded(condition: str, low: list[float], high: list[float]) -> list[str]:
    """The outcomes of a gate where the total is anything from low to high."""
    framework = gated(asks(require=condition))
    frame = rows(s=[70.0] * len(low), income=[1.0] * len(low), staff=[1.0] * len(low), kind=["A"] * len(low))
    table = table_of(framework, frame)
    known = {"one": np.array(low), "total": np.array(low)}
    bounds = NodeBounds(known, {"one": np.array(low), "total": np.array(high)})
    (gate,) = judge(framework, table, derive(framework, table), bounds)
    return [gate.word(row) for row in range(len(low))]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("total >= 60", ["not_met", "unknown", "met", "unknown"]),
        ("total < 60", ["met", "unknown", "not_met", "unknown"]),
        ("100 - total <= 40", ["not_met", "unknown", "met", "unknown"]),
        ("total == 60", ["not_met", "unknown", "unknown", "unknown"]),
        ("total != 60", ["met", "unknown", "unknown", "unknown"]),
        ("abs(total - 60) < 10", ["unknown", "unknown", "unknown", "unknown"]),
        ("max(total, 90) >= 90", ["met", "met", "met", "unknown"]),
        ("total - one >= 11", ["not_met", "unknown", "unknown", "unknown"]),
    ],
)
def test_a_gate_is_certain_only_where_the_least_and_the_most_agree(condition: str, expected: list[str]) -> None:
    assert bounded(condition, [40.0, 50.0, 60.0, NAN], [50.0, 70.0, 90.0, NAN]) == expected


# --- outputs ----------------------------------------------------------------------------------------------------------


def test_outcomes_stand_behind_the_status_in_every_output(tmp_path: Any) -> None:
    found = judged(asks(zh="入库", en="listed", require="total >= 60"), s=[70.0, 50.0])
    assert list(found.scores.columns) == ["unit", "score", "rank", "status", "g", "one"]
    assert pd.read_csv(found.to_csv(tmp_path / "a.csv"))["g"].tolist() == ["met", "not_met"]
    book = pd.read_excel(found.to_excel(tmp_path / "a.xlsx"), sheet_name=["门槛结果", "逐条条件"], engine="openpyxl")
    assert book["门槛结果"]["判定"].tolist() == ["达标", "不达标"]
    assert book["门槛结果"]["原因"].tolist()[1] == "综合得分 ≥ 60（50，差 10）"
    assert book["逐条条件"]["差额"].dropna().tolist() == [0, 10]
    plain = found.as_dict()
    assert plain["gate_counts"] == {"g": {"met": 1, "not_met": 1, "unknown": 0, "review": 0, "not_applicable": 0}}
    assert [line["outcome"] for line in plain["gates"]] == ["met", "not_met"]


def test_gates_change_no_rank() -> None:
    with_gate = judged(asks(veto="total > 0"), s=[70.0, 50.0])
    without = evaluate(gated(), rows(s=[70.0, 50.0], income=[50.0] * 2, staff=[10.0] * 2, kind=["A"] * 2))
    pd.testing.assert_frame_equal(with_gate.ranking, without.ranking)
    assert without.gates.empty
    assert without.gate_details.empty


def test_a_sum_of_points_is_judged_before_the_last_cell_is_filled_in_where_that_cannot_matter() -> None:
    points = ScoreRule.of("steps", closed="left", steps=((30, 60), (10, 30)), otherwise=0)
    framework = small(
        *(leaf(code, score=points) for code in ("a1", "b1")),
        total=Total(aggregate=Choice.of("sum")),
        gates=(asks(require="total >= 60"), asks("most", require="total <= 90"), asks("top", require="total > 120")),
    )
    found = evaluate(framework, rows(a1=[30.0, 10.0, 0.0], b1=[None, None, 30.0]))
    assert outcomes(found) == ["met", "unknown", "met"]
    assert outcomes(found, "most") == ["unknown", "met", "met"]
    assert outcomes(found, "top") == ["not_met", "not_met", "not_met"]
    assert reasons(found)[1] == "综合得分 ≥ 60（30 到 90 之间，数值未定）"

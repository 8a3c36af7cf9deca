"""Cases: each unit is scored as if only its own case stood in the framework, and what cannot be told stays open."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import parkscore as ps
from parkscore.framework.models import Case, Choice, Defaults, Framework, Node, Rounding, ScoreRule, Total
from parkscore.methods import scoring
from tests.small_frameworks import everywhere, field, leaf, of_code, panel, rows, small

NAN, INF = float("nan"), float("inf")
SUM = Choice.of("sum")


def steps(*stated: tuple[float, float], otherwise: float = 0) -> ScoreRule:
    return ScoreRule.of("steps", closed="left", steps=stated, otherwise=otherwise)


SMALL, LARGE = steps((0.5, 10), (0.25, 5), (0.1, 3)), steps((0.2, 10), (0.1, 5), (0.05, 3))
BY_SIZE = (Case(when="size < 100", zh="小", en="small", score=SMALL), Case(when="size >= 100", score=LARGE))


def cased(*cases: Case, formula: str | None = "x", **said: Any) -> Node:
    return Node(
        **({"id": "g", "zh": "增长", "en": "growth", "direction": "higher", "formula": formula} | said), cases=cases
    )


def framework(*nodes: Node, aggregate: Choice = SUM, **said: Any) -> Framework:
    fields = {name: field(name) for name in ("x", "y", "size")} | {"region": field("region", kind="text")}
    return small(*(nodes or (cased(*BY_SIZE),)), fields=fields, **({"total": Total(aggregate=aggregate)} | said))


def table(**columns: Any) -> pd.DataFrame:
    count = max(len(column) for column in columns.values())
    others = {name: [0.0] * count for name in ("x", "y", "size")} | {"region": ["东"] * count}
    return rows(**(others | columns))


def test_the_case_that_holds_gives_the_rule() -> None:
    found = ps.evaluate(framework(), table(x=[0.1, 0.1, 0.25, 0.25], size=[99.9, 100, 50, 100.1]))
    assert found.nodes["g"].tolist() == [3, 5, 5, 10]
    assert found.cases.set_index("unit").loc[list("甲乙丙丁"), "case"].tolist() == [1, 2, 1, 2]


def test_the_first_case_that_holds_counts_and_the_rest_comes_from_the_indicator() -> None:
    cases = (Case(when="size > 5", formula="y"), Case(when="size > 1", score=LARGE), Case())
    found = ps.evaluate(framework(cased(*cases, score=SMALL)), table(x=[0.1] * 3, y=[0.5] * 3, size=[9, 2, 0]))
    assert found.indicators["g"].tolist() == [0.5, 0.1, 0.1]
    assert found.nodes["g"].tolist() == [10, 5, 3]


@pytest.mark.parametrize("size", [None, "不适用"])
def test_a_case_that_cannot_be_told_leaves_a_gap_that_no_later_case_fills(size: Any) -> None:
    cases = (Case(when="size < 100", score=SMALL), Case(score=LARGE))
    found = ps.evaluate(framework(cased(*cases)), table(x=[0.5, 0.5], size=[size, 5]))
    assert found.states["g"].tolist() == ["missing", "value"]
    assert everywhere(found.nodes["g"], [NAN, 10])
    unknown = found.cases.iloc[-1]
    assert unknown["outcome"] == "case_unknown"
    assert unknown[["case", "condition", "name_zh", "name_en"]].isna().all()
    why = Why["missing" if size is None else "not_applicable"]
    assert (unknown["reason_zh"], unknown["reason_en"]) == (
        f"不能判定是哪种情形（字段size：{why[0]}）",
        f"it cannot be told which case it is (field size: {why[1]})",
    )


Why = {"missing": ("缺失", "missing"), "not_applicable": ("不适用", "not applicable")}


def test_a_condition_that_cannot_be_told_does_not_matter_behind_one_that_holds() -> None:
    cases = (Case(when="size < 100", score=SMALL), Case(when="y > 0", score=LARGE))
    found = ps.evaluate(framework(cased(*cases)), table(x=[0.1, 0.1], size=[5, 500], y=[None, None]))
    assert everywhere(found.nodes["g"], [3, NAN])


def test_no_case_is_not_applicable_and_says_what_was_read() -> None:
    cases = (Case(when='region == "东"', score=LARGE), Case(when='region == "西"', score=SMALL))
    found = ps.evaluate(framework(cased(*cases)), table(x=[0.1] * 3, region=["东", "西", "北"]))
    assert found.states["g"].tolist() == ["value", "value", "not_applicable"]
    assert everywhere(found.nodes["g"], [5, 3, NAN])
    told = found.cases.set_index("unit")
    assert told.loc["丙", "outcome"] == "no_case"
    assert told.loc["丙", "reason_en"] == "no case holds (field region = 北)"
    assert told.loc["甲", "reason_zh"] == 'region == "东"（字段region = 东）'
    assert of_code(found.findings, "cases_counted")[0].message.zh == (
        '增长：各情形（共 3）：region == "东" 1，region == "西" 1，无一成立 1，不能判定 0'
    )


def test_formulas_by_case_are_converted_to_the_measure_of_the_indicator() -> None:
    node = cased(Case(when="size > 1", formula="b"), Case(formula="a"), formula=None, measure="万元")
    fields = {"a": field("a", measure="亿元"), "b": field("b", measure="元"), "size": field("size")}
    made = small(node, fields=fields, total=Total(aggregate=SUM))
    assert ps.evaluate(made, rows(a=[1, 1], b=[50000, 1], size=[5, 0])).indicators["g"].tolist() == [5, 10000]


def test_formulas_by_case_may_be_scored_against_each_other() -> None:
    node = cased(Case(when="size > 1", formula="y"), Case())
    found = ps.evaluate(framework(node), table(x=[1, 2, 3], y=[4, 6, 7], size=[9, 0, 0]))
    assert found.nodes["g"].tolist() == [1, 0, 0.5]


def test_points_of_a_category_go_by_case() -> None:
    rules = [ScoreRule.of("lookup", points={"东": points}, **more) for points, more in ((8, {}), (4, {"otherwise": 1}))]
    node = cased(
        Case(when="size < 100", score=rules[0]), Case(score=rules[1]), formula=None, category="region", direction=None
    )
    found = ps.evaluate(framework(node), table(region=["东", "东", "西", "西"], size=[1, 100, 1, 100]))
    assert everywhere(found.nodes["g"], [8, 4, NAN, 1])
    assert found.states["g"].tolist() == ["value", "value", "undefined", "value"]
    assert [each.unit for each in of_code(found.findings, "unlisted_category")] == ["丙"]


def test_a_value_in_no_band_of_its_case_is_named() -> None:
    bands = ScoreRule.of("bands", bands=({"from": 0, "below": 1, "points": 5},))
    cases = (Case(when="size < 100", score=bands), Case(score=LARGE))
    found = ps.evaluate(framework(cased(*cases)), table(x=[2, 2, 0.5], size=[1, 100, 1]))
    assert everywhere(found.nodes["g"], [NAN, 10, 5])
    assert [(each.unit, each.value) for each in of_code(found.findings, "no_points")] == [("甲", 2)]


def test_scores_are_rounded_in_every_case() -> None:
    per = ScoreRule.of("per", each=1, points=1, whole=False)
    cases = (Case(when="size < 100", score=per), Case(score=ScoreRule.of("per", each=2, points=1, whole=False)))
    node = cased(*cases, round=Rounding(decimals=0, how="half_up"))
    assert ps.evaluate(framework(node), table(x=[2.5, 5], size=[1, 100])).nodes["g"].tolist() == [3, 3]


def test_equal_values_in_different_cases_tell_units_apart() -> None:
    found = ps.evaluate(framework(), table(x=[0.1, 0.1], size=[5, 500]))
    assert of_code(found.findings, "constant_column") == []
    same = ps.evaluate(framework(), table(x=[0.1, 0.1], size=[5, 5]))
    assert len(of_code(same.findings, "constant_column")) == 1


def test_what_the_nodes_above_say_of_the_rule_never_counts_where_every_case_states_one() -> None:
    above = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("base_index", base_year=1990))
    found = ps.evaluate(framework(defaults=above, time="year"), table(x=[0.1], size=[5]).assign(year=2025))
    assert found.nodes["g"].tolist() == [3]
    assert of_code(found.findings, "single_unit") == []


def test_no_policy_fills_a_value_of_which_the_case_cannot_be_told() -> None:
    node = cased(*BY_SIZE, missing=Choice.of("zero"))
    found = ps.evaluate(framework(node), table(x=[None, None, 0.5], size=[5, None, 5]))
    assert everywhere(found.imputed["g"], [0, NAN, 0.5])
    assert everywhere(found.nodes["g"], [0, NAN, 10])


def test_the_mean_score_of_the_others_may_stand_for_what_cannot_be_told() -> None:
    node = cased(*BY_SIZE, missing=Choice.of("score_group_mean", by="region"))
    found = ps.evaluate(framework(node), table(x=[0.5, 0.1, 0.5], size=[5, 500, None]))
    assert found.nodes["g"].tolist() == [10, 5, 7.5]


def test_a_case_is_that_of_the_year_of_the_row() -> None:
    said = {"time": "year", "reference": "per-year"}
    cases = (Case(when="上年(size) < 100", score=SMALL), Case(score=LARGE))
    made = framework(cased(*cases), **said)
    data = panel(
        """
        zone year x y size region
        甲 2023 0.1 0 5 东
        甲 2024 0.1 0 500 东
        甲 2025 0.1 0 5 东
        """
    )
    found = ps.evaluate(made, data)
    assert everywhere(found.nodes["g"], [NAN, 3, 5])
    assert found.cases["year"].tolist() == found.scores["year"].tolist()


# --- what is open --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aggregate", "expected"), [(SUM, (-2.0, 10.0)), (Choice.of("max"), (-2.0, 10.0))], ids=["sum", "max"]
)
def test_what_cannot_be_told_is_open_between_the_cases_that_it_may_be(
    aggregate: Choice, expected: tuple[float, float]
) -> None:
    cases = (Case(when="size < 100", score=steps((0.5, 4), otherwise=-2)), Case(score=LARGE))
    found = ps.evaluate(framework(cased(*cases), aggregate=aggregate), table(x=[0.5, None, None], size=[None, 5, 500]))
    low, high = found.bounds.low["g"], found.bounds.high["g"]
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(-2, 10), (-2, 4), (0, 10)]
    assert (found.bounds.low["total"][0], found.bounds.high["total"][0]) == expected


def test_where_none_may_hold_nothing_may_be_added() -> None:
    cases = (Case(when="size < 100", score=steps((0.5, 4), otherwise=2)),)
    other = leaf("y", score=ScoreRule.of("as_is"))
    found = ps.evaluate(framework(cased(*cases), other), table(x=[0.5, 0.5, 0.5], y=[1, 1, 1], size=[None, 5, 500]))
    ends = zip(found.bounds.low["total"].tolist(), found.bounds.high["total"].tolist(), strict=True)
    assert list(ends) == [(1, 5), (5, 5), (1, 1)]
    best = framework(cased(*cases), leaf("y", score=ScoreRule.of("as_is")), aggregate=Choice.of("max"))
    found = ps.evaluate(best, table(x=[0.5], y=[-3], size=[None]))
    assert (found.bounds.low["total"][0], found.bounds.high["total"][0]) == (-3, 4)


SIZES, VALUES = st.sampled_from([5.0, 100.0, 500.0, None]), st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, None])


@given(SIZES, VALUES, st.sampled_from([SUM, Choice.of("max")]), st.booleans())
def test_filling_the_gaps_in_any_way_never_leaves_the_bounds_and_reaches_both_where_nothing_is_known(
    size: float | None, value: float | None, aggregate: Choice, otherwise: bool
) -> None:
    cases = (Case(when="size < 100", score=steps((0.25, 4), otherwise=-3)), Case(when="size < 500", score=LARGE))
    node = cased(*cases, *([Case(score=steps((0.1, 2), otherwise=1))] if otherwise else []))
    made = framework(node, leaf("y", score=ScoreRule.of("as_is")), aggregate=aggregate)
    ways = itertools.product(
        (5.0, 100.0, 500.0) if size is None else (size,), (0.0, 0.1, 0.2, 0.25, 0.5) if value is None else (value,)
    )
    data = pd.DataFrame([(size, value), *ways], columns=["size", "x"], dtype=float).assign(y=-1.0, region="东")
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    found = ps.evaluate(made, data)
    reached = found.nodes["total"].to_numpy()[1:]
    low, high = found.bounds.low["total"][0], found.bounds.high["total"][0]
    assert low <= reached.min()
    assert high >= reached.max()
    if value is None or size is not None:
        assert (low, high) == (reached.min(), reached.max())


# --- as if there were no cases -------------------------------------------------------------------------------------

RULES = st.sampled_from([
    SMALL,
    LARGE,
    ScoreRule.of("per", each=2, points=1, most=5),
    ScoreRule.of("two_anchor", points=8, basic=5, full=20, at_basic=0.6),
    ScoreRule.of("bands", bands=({"from": 0, "below": 0.25, "points": 5}, {"from": 0.25, "points": 7})),
    ScoreRule.of("goalposts", low=0, high=1, to=(0, 10)),
    None,
])  # fmt: skip
FORMULAS = st.sampled_from(["x", "y", "x / y", "x + y", None])
NUMBERS = st.one_of(
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 20.0, -5.0, None]), st.floats(0.001, 30), st.floats(-10, -0.001)
)
UNITS = st.tuples(NUMBERS, NUMBERS, st.sampled_from([1.0, 99.9, 100.0, 100.1, 1e9, -1.0, None]))
CONDITIONS = ("size < 100", "size == 100")


@settings(max_examples=40)
@given(st.lists(st.tuples(FORMULAS, RULES), min_size=3, max_size=3), st.lists(UNITS, min_size=1, max_size=6))
def test_each_unit_is_scored_as_by_the_framework_that_has_only_its_case(
    stated: list[tuple[str | None, ScoreRule | None]], units: list[tuple[float | None, ...]]
) -> None:
    own: dict[str, Any] = {"score": steps((1, 2), otherwise=1)}
    if all(rule is not None for _, rule in stated):
        del own["score"]
    every = all(formula is not None for formula, _ in stated)
    cases = tuple(
        Case(when=when, formula=formula, score=rule)
        for when, (formula, rule) in zip((*CONDITIONS, None), stated, strict=True)
    )
    data = pd.DataFrame(units, columns=["x", "y", "size"], dtype=float).assign(region="东")
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    found = ps.evaluate(framework(cased(*cases, formula=None if every else "x", **own)), data)
    alone = []
    for formula, rule in stated:
        node = cased(formula=formula or "x", **({"score": rule} if rule is not None else own))
        alone.append(ps.evaluate(framework(node), data))
    for number, size in enumerate(data["size"]):
        if np.isnan(size):
            assert found.states["g"].iloc[number] == "missing"
            assert np.isnan(found.nodes["g"].iloc[number])
            continue
        expected = alone[0 if size < 100 else 1 if size == 100 else 2]
        assert found.states["g"].iloc[number] == expected.states["g"].iloc[number]
        for stage in ("indicators", "scored"):
            assert everywhere(getattr(found, stage)["g"].iloc[number], getattr(expected, stage)["g"].iloc[number])
        for end in ("low", "high"):
            assert everywhere(getattr(found.bounds, end)["g"][number], getattr(expected.bounds, end)["g"][number])


@given(st.lists(UNITS, min_size=2, max_size=6))
def test_no_unit_changes_the_points_of_another(units: list[tuple[float | None, ...]]) -> None:
    data = pd.DataFrame(units, columns=["x", "y", "size"], dtype=float).assign(region="东")
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    together, alone = ps.evaluate(framework(), data), ps.evaluate(framework(), data.iloc[:1])
    assert everywhere(together.nodes["g"].iloc[0], alone.nodes["g"].iloc[0])


@pytest.mark.parametrize(
    ("x", "size", "state"),
    [
        (-5, 5, "value"),
        (1e149, 5, "value"),
        (0, -1e149, "value"),
        ("不适用", 5, "not_applicable"),
        (None, 5, "missing"),
    ],
)
def test_hostile_cells_keep_their_row(x: Any, size: Any, state: str) -> None:
    found = ps.evaluate(framework(), table(x=[x, 0.1], size=[size, 5]))
    assert len(found.scores) == 2
    assert found.states["g"].iloc[0] == state


# --- what is shown -------------------------------------------------------------------------------------------------


def test_the_reference_has_a_line_for_each_case_by_which_every_score_can_be_computed_again() -> None:
    found = ps.evaluate(framework(), table(x=[0.1, 0.1, 0.6, None], size=[5, 500, 500, 5]))
    lines = found.reference
    assert lines[["case", "condition"]].to_numpy().tolist() == [[1, "size < 100"], [2, "size >= 100"]]
    for told in found.cases.itertuples():
        line = lines[(lines["indicator"] == told.indicator) & (lines["case"] == told.case)].iloc[0]
        value = found.treated.loc[told.unit, told.indicator]
        again = scoring[line["rule"]](np.array([value]), direction=1, **json.loads(line["parameters"]))
        assert everywhere(again[0], found.scored.loc[told.unit, told.indicator])


def test_a_framework_without_cases_has_neither_the_columns_nor_the_sheet(tmp_path: Path) -> None:
    found = ps.evaluate(framework(cased(score=SMALL)), table(x=[0.1]))
    assert found.cases.empty
    assert not {"case", "condition"} & set(found.reference.columns)
    assert "cases" not in found.as_dict()
    assert "适用情形" not in load_workbook(found.to_excel(tmp_path / "out.xlsx")).sheetnames


def test_the_cases_are_in_the_workbook_and_in_json(tmp_path: Path) -> None:
    found = ps.evaluate(framework(), table(x=[0.1, 0.1, 0.1], size=[5, 500, None]))
    sheet = load_workbook(found.to_excel(tmp_path / "out.xlsx"))["适用情形"]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert ["评价对象", "指标", "情形", "判定", "条件", "名称", "原因"] in lines
    assert ["甲", "g 增长", 1, "已判定", "size < 100", "小", "size < 100（字段size = 5）"] in lines
    assert ["丙", "g 增长", None, "不能判定", None, None, "不能判定是哪种情形（字段size：缺失）"] in lines
    found.to_json(tmp_path / "out.json")
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))["cases"]
    assert [(each["unit"], each["case"], each["outcome"]) for each in told] == [
        ("乙", 2, "in_case"),
        ("甲", 1, "in_case"),
        ("丙", None, "case_unknown"),
    ]


def test_the_cells_behind_an_indicator_are_those_of_its_conditions_too() -> None:
    found = ps.evaluate(framework(), table(x=[0.1], size=[5]))
    assert found.source("甲", "g").count(":") == found.source("甲", "x").count(":") + found.source("甲", "size").count(
        ":"
    )


def test_a_gate_reads_the_value_that_the_case_gives() -> None:
    cases = (Case(when="size > 1", formula="y"), Case())
    made = framework(cased(*cases, score=SMALL), gates=({"id": "pass", "require": "值(g) >= 3"},))
    found = ps.evaluate(made, table(x=[5, 1], y=[1, 5], size=[0, 9]))
    assert found.gates["outcome"].tolist() == ["met", "met"]

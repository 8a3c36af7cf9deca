"""Rules, benchmarks and formulas by class: cases whose conditions read the class of a unit."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Case, Choice, Framework, ScoreRule, Total, UnitClass
from tests.small_frameworks import everywhere, field, leaf, of_code, rows, small
from tests.tree.test_cases import LARGE, SMALL

NAN = float("nan")
STAGES = (
    UnitClass(id="seed", zh="种子期", en="Seed", when="revenue < 50"),
    UnitClass(id="early", zh="初创期", en="Early", when="50 <= revenue < 1000"),
    UnitClass(id="grown", zh="成长期", en="Grown", when="revenue > 1000"),
)


def benchmark(value: float) -> ScoreRule:
    return ScoreRule.of("benchmark", benchmark=value)


def by_class(*cases: Case, **said: Any) -> Framework:
    return Framework.model_validate(
        {
            "id": "staged",
            "title": {"zh": "例"},
            "unit": {"zh": "企业", "key": "zone"},
            "fields": {"x": {"zh": "强度"}, "y": {"zh": "产值"}, "revenue": {"zh": "营业收入"}},
            "defaults": {"direction": "higher", "aggregate": "sum"},
            "weights_status": "official",
            "classes": STAGES,
            "indicators": ({"id": "g", "zh": "指标", "en": "indicator", "formula": "x", "cases": cases},),
        }
        | said
    )


def table(**columns: Any) -> pd.DataFrame:
    count = max(len(column) for column in columns.values())
    return rows(**({"x": [0.1] * count, "y": [1.0] * count} | columns))


TWO = (Case(when='class == "seed"', score=SMALL), Case(when='分类 in ["early", "grown"]', score=LARGE))


def test_steps_go_by_class_just_below_at_and_just_above_its_bound() -> None:
    found = ps.evaluate(by_class(*TWO), table(revenue=[49.9, 50, 50.1]))
    assert found.nodes["g"].tolist() == [3, 5, 5]
    told = found.cases.set_index("unit")
    assert told.loc["甲", "reason_zh"] == 'class == "seed"（分类 = seed）'
    assert told.loc["乙", "reason_en"] == '分类 in ["early", "grown"] (class = early)'


def test_a_unit_without_a_class_is_in_no_case_that_can_be_told() -> None:
    found = ps.evaluate(by_class(*TWO), table(revenue=[None, 1000, 5]))
    assert everywhere(found.nodes["g"], [NAN, NAN, 3])
    assert found.states["g"].tolist() == ["missing", "missing", "value"]
    told = found.cases.set_index("unit")
    assert told.loc["乙", "reason_zh"] == "不能判定是哪种情形（没有分类）"
    assert found.bounds.low["g"].tolist() == [0, 0, 3]
    assert found.bounds.high["g"].tolist() == [10, 10, 3]
    assert len(found.scores) == 3


def test_benchmarks_go_by_class() -> None:
    cases = (Case(when='class == "seed"', score=benchmark(0.1)), Case(score=benchmark(0.2)))
    found = ps.evaluate(by_class(*cases), table(x=[0.1, 0.1], revenue=[5, 500]))
    assert found.nodes["g"].tolist() == [100, 50]


def test_formulas_go_by_class() -> None:
    # 规上 (above designated size) by output, 规下 by revenue: another formula, one measure.
    cases = (Case(when='class == "grown"', formula="y / x"), Case(formula="revenue / x"))
    made = by_class(*cases, indicators=({"id": "g", "zh": "亩均", "cases": cases, "score": "as_is"},))
    found = ps.evaluate(made, table(x=[2.0, 2.0, 0.0], y=[10.0, 10.0, 10.0], revenue=[2000, 100, 100]))
    assert everywhere(found.indicators["g"], [5, 50, NAN])
    assert found.states["g"].tolist() == ["value", "value", "divided_by_zero"]


def test_rules_go_by_a_class_that_stands_in_a_field() -> None:
    stage = field("stage", kind="text")
    cases = (Case(when='class == "种子"', score=SMALL), Case(score=LARGE))
    node = leaf("x", cases=cases)
    made = small(node, fields={"stage": stage}, class_field="stage", total=Total(aggregate=Choice.of("sum")))
    found = ps.evaluate(made, rows(x=[0.1, 0.1, 0.1], stage=["种子", "初创", None]))
    assert everywhere(found.nodes["x"], [3, 5, NAN])


CODES = [
    (TWO, []),
    ((TWO[0], Case(when='class == "early"', score=LARGE)), ["case_gap"]),
    ((TWO[0], TWO[1], Case(score=LARGE)), ["unreachable_case"]),
    ((TWO[1], Case(when='class == "grown"', score=SMALL), TWO[0]), ["unreachable_case"]),
    ((TWO[0], Case(when='class == "late"', score=LARGE), Case(score=LARGE)), ["unknown_class", "unreachable_case"]),
]


@pytest.mark.parametrize(("cases", "codes"), CODES)
def test_check_decides_which_class_has_no_case_and_which_case_no_class(
    cases: tuple[Case, ...], codes: list[str]
) -> None:
    found = [each for each in check_framework(by_class(*cases)) if each.code != "class_gap"]
    assert sorted(each.code for each in found) == codes
    gap = of_code(found, "case_gap")
    assert [each.message.en for each in gap] == [
        "indicator: where the class is Grown, no case holds, and the indicator is not applicable" for _ in gap
    ]


def test_another_year_of_the_class_is_left_to_the_data() -> None:
    cases = (Case(when='上年(class) == "seed"', score=SMALL), Case(when='上年(class) != "seed"', score=LARGE))
    codes = {each.code for each in check_framework(by_class(*cases, time="year"))}
    assert not codes & {"case_gap", "unreachable_case"}

"""Formulas that read the class of a unit: indicators, tiers, gates, derived fields and rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.validate import validate
from parkscore.framework.models import Choice, ConstantTable, Framework, Requirement, Rule, ScoreRule, UnitClass
from tests.small_frameworks import field, leaf, of_code, panel, rows, small, table_of

FIELDS = {
    "revenue": field("revenue", zh="营业收入", en="revenue", measure="万元"),
    "staff": field("staff", zh="从业人员", en="staff", measure="人"),
}
SEED = UnitClass(id="seed", zh="种子期", en="Seed", when="revenue < 50万元")
GROWN = UnitClass(id="grown", zh="成长期", en="Grown", when="revenue >= 50万元")
RICH = UnitClass(id="rich", zh="高收入", en="Rich", when="revenue > 100万元")
BIG = UnitClass(id="big", zh="大型", en="Big", when="staff >= 300人")
PLAIN = ScoreRule.of("as_is")


def classed(formula: str, *classes: UnitClass, **said: Any) -> Framework:
    parts = {"fields": FIELDS, "classes": classes or (SEED, GROWN)} | said
    return small(leaf("a", formula, score=PLAIN), **parts)


def values(framework: Framework, **columns: Any) -> dict[str, Any]:
    evaluation = ps.evaluate(framework, rows(**columns))
    return dict(zip(evaluation.indicators.index, evaluation.indicators["a"], strict=True))


@pytest.mark.parametrize("name", ["class", "分类", "[class]"])
def test_an_indicator_reads_the_class_by_either_name_on_either_side_of_its_bound(name: str) -> None:
    found = values(classed(f'if({name} == "seed", 10, 3)'), revenue=[49.999, 50, 50.001, -5, -1e300, 1e300])
    assert found == dict(zip("甲乙丙丁戊己", [10, 3, 3, 10, 10, 3], strict=True))


def test_a_class_may_be_one_of_a_list_or_another_one() -> None:
    frame = rows(revenue=[1, 60, 200])
    middle = UnitClass(id="middle", zh="中", en="Middle", when="50万元 <= revenue <= 100万元")
    framework = classed('(class in ["seed", "rich"]) + 2 * (class != "seed")', SEED, middle, RICH)
    assert ps.evaluate(framework, frame).indicators["a"].tolist() == [1.0, 2.0, 3.0]


def test_no_class_several_classes_and_a_class_that_cannot_be_told_are_missing() -> None:
    framework = classed('if(class == "rich", 1, 2)', RICH, BIG)
    frame = rows(revenue=[1000, 10, -5, None, 1000], staff=[300, 300, 2, 2, 2])
    evaluation = ps.evaluate(framework, frame)
    assert evaluation.classes.set_index("unit")["outcome"].to_dict() == {
        "甲": "several_classes",
        "乙": "in_class",
        "丙": "no_class",
        "丁": "class_unknown",
        "戊": "in_class",
    }
    assert evaluation.states["a"].tolist() == ["missing", "value", "missing", "missing", "value"]
    assert evaluation.indicators["a"].dropna().tolist() == [2.0, 1.0]


def test_the_class_of_a_field_is_what_the_cell_says() -> None:
    framework = small(
        leaf("a", 'if(class == "工业", 1, 2)', score=PLAIN),
        class_field="kind",
        fields={"kind": field("k", kind="text")},
    )
    evaluation = ps.evaluate(framework, rows(kind=["工业", "服务业", None]))
    assert evaluation.indicators["a"].tolist()[:2] == [1.0, 2.0]
    assert evaluation.states["a"].tolist() == ["value", "value", "missing"]


def test_a_field_called_class_in_chinese_is_that_field() -> None:
    framework = classed('if(分类 == "甲类", 1, 2)', SEED, GROWN, fields={**FIELDS, "分类": field("分类", kind="text")})
    assert values(framework, revenue=[1, 1], 分类=["甲类", "seed"]) == {"甲": 1.0, "乙": 2.0}


def test_last_years_class_is_read_and_missing_where_there_is_no_such_year() -> None:
    framework = classed('if(上年(class) == "seed" and class == "grown", 1, 0)', time="year")
    frame = panel("zone year revenue\n甲 2023 10\n甲 2024 60\n乙 2024 60\n丙 2022 10\n丙 2024 60")
    evaluation = ps.evaluate(framework, frame, year=2024)
    assert evaluation.states["a"].tolist() == ["value", "missing", "missing"]
    assert evaluation.indicators["a"].tolist()[0] == 1.0


def test_tiers_read_the_class_and_wait_where_there_is_none() -> None:
    rule = ScoreRule.of(
        "tiers",
        tiers=[
            {"when": 'class == "seed" and revenue >= 10万元', "points": 5},
            {"when": "revenue >= 500万元", "points": 3},
        ],
        otherwise=0,
    )
    framework = small(leaf("a", score=rule).model_copy(update={"formula": None}), fields=FIELDS, classes=(SEED, GROWN))
    evaluation = ps.evaluate(framework, rows(revenue=[9.99, 10, 499.99, 500, None]))
    assert evaluation.scored["a"].fillna(-1).tolist() == [0, 5, 0, 3, -1]


def test_a_group_may_be_the_class_and_a_table_is_looked_up_by_it() -> None:
    tables = {"factor": ConstantTable(values={"seed": 2, "grown": 0.5})}
    grouped = classed("group_mean(revenue, class) / 1万元")
    assert values(grouped, revenue=[10, 30, 60]) == {"甲": 20.0, "乙": 20.0, "丙": 60.0}
    looked_up = classed("revenue / 1万元 * lookup(factor, 分类)", tables=tables)
    assert values(looked_up, revenue=[10, 60]) == {"甲": 20.0, "乙": 30.0}


def test_what_a_cell_says_of_its_class_is_looked_up_and_named_where_it_is_not_listed() -> None:
    framework = small(
        leaf("a", "lookup(factor, class)", score=PLAIN),
        class_field="kind",
        fields={"kind": field("kind", kind="text")},
        tables={"factor": ConstantTable(values={"工业": 2})},
    )
    (finding,) = of_code(validate(framework, table_of(framework, rows(kind=["工业", "农业"]))), "unlisted_text")
    assert (finding.unit, finding.field, finding.value) == ("乙", "kind", "农业")


def test_a_derived_field_may_read_the_class() -> None:
    fields = {**FIELDS, "bar": field("bar", formula='if(class == "seed", 5, 20)')}
    assert values(classed("revenue / 1万元 / bar", fields=fields), revenue=[10, 60]) == {"甲": 2.0, "乙": 3.0}


def test_a_class_may_rest_on_a_derived_field() -> None:
    fields = {**FIELDS, "per": field("per", measure="万元/人", formula="revenue / staff")}
    thin = UnitClass(id="thin", zh="薄", en="Thin", when="per < 10万元 / 1人")
    thick = UnitClass(id="thick", zh="厚", en="Thick", when="per >= 10万元 / 1人")
    framework = classed('if(class == "thin", 1, 2)', thin, thick, fields=fields)
    found = values(framework, revenue=[99, 100, 5], staff=[10, 10, 0])
    assert (found["甲"], found["乙"]) == (1.0, 2.0)
    assert pd.isna(found["丙"])  # divided by zero: the class cannot be told


def gate_of(framework: Framework, **columns: Any) -> pd.DataFrame:
    return ps.evaluate(framework, rows(**columns)).gates.set_index("unit")


def test_a_gate_asks_by_class_both_ways_and_says_where_there_is_none() -> None:
    gate = Requirement(id="g", require='class == "rich" or staff >= 500人')
    framework = classed("staff / 1人", RICH, BIG, gates=(gate,))
    found = gate_of(framework, revenue=[500, 10, None, -1, 500], staff=[1, 300, 1, 500, 499])
    assert found["outcome"].to_dict() == {"甲": "met", "乙": "not_met", "丙": "unknown", "丁": "met", "戊": "unknown"}
    assert found.loc["丙", ["reason_zh", "reason_en"]].tolist() == [
        "没有分类",
        "there is no class",
    ]


def test_when_a_gate_is_asked_of_one_class_it_does_not_apply_to_the_others() -> None:
    gate = Requirement(id="g", require="staff >= 10人", when='分类 == "seed"')
    found = gate_of(classed("staff / 1人", gates=(gate,)), revenue=[10, 60, None], staff=[10, 10, 10])
    assert found["outcome"].to_dict() == {"甲": "met", "乙": "not_applicable", "丙": "unknown"}


def test_a_gate_shows_the_class_that_it_read() -> None:
    gate = Requirement(id="g", require='class == "seed"')
    details = ps.evaluate(classed("staff / 1人", gates=(gate,)), rows(revenue=[10, 60], staff=[1, 1])).gate_details
    read = details[details["condition"] == 'class == "seed"'].set_index("unit")["value"].to_dict()
    assert read == {"甲": "seed", "乙": "grown"}


def test_a_rule_over_the_class_names_it_in_its_finding() -> None:
    rule = Rule(
        id="r", zh="种子期企业人数", en="staff of a seed enterprise", require='class == "grown" or staff <= 10人'
    )
    framework = classed("staff / 1人", rules=(rule,))
    table = table_of(framework, rows(revenue=[10, 60, None], staff=[11, 11, 11]))
    (finding,) = of_code(validate(framework, table), "rule")
    assert (finding.unit, finding.field) == ("甲", "staff")
    assert finding.message.en == "staff of a seed enterprise (class = seed, staff = 11 人)"
    assert finding.message.zh == "种子期企业人数（分类 = seed，从业人员 = 11 人）"


def test_a_broken_rule_over_an_empty_text_says_that_it_has_no_value() -> None:
    fields = {**FIELDS, "kind": field("kind", kind="text")}
    rule = Rule(id="r", zh="规则", en="rule", require='staff > 0 and kind == "工业"')
    framework = classed("staff / 1人", fields=fields, rules=(rule,))
    table = table_of(framework, rows(revenue=[10], staff=[-1], kind=[None]))
    (finding,) = of_code(validate(framework, table), "rule")
    assert finding.message.en == "rule (field kind: no value, staff = -1 人)"


def test_the_cells_behind_an_indicator_are_those_behind_the_class_too() -> None:
    framework = classed('if(class == "seed", staff / 1人, 0)')
    evaluation = ps.evaluate(framework, rows(staff=[5], revenue=[10]))
    behind = evaluation.source("甲", "a")
    assert behind.count(",") == 1
    assert evaluation.source("甲", "revenue") in behind
    assert evaluation.source("甲", "staff") in behind


def test_text_in_a_field_that_decides_the_class_stops_the_run(tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("zone,revenue,staff\n甲,很多,1\n乙,60,1\n", "utf-8")
    with pytest.raises(ps.DataError) as caught:
        ps.evaluate(classed('if(class == "seed", 1, 2)'), file)
    assert [str(finding.place) for finding in caught.value.findings if finding.field == "revenue"] == [f"{file}:2:2"]


HOSTILE = st.sampled_from([None, -1e300, -5.0, -0.0, 0.0, 49.999999, 50.0, 100.0, 1e300])


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=10))
def test_the_class_that_a_formula_reads_is_the_class_in_the_output(cells: list[tuple[float | None, ...]]) -> None:
    revenues, staff = (pd.Series(column, dtype=float) for column in zip(*cells, strict=True))
    framework = classed('if(class == "rich", 1, if(class == "big", 2, 3))', RICH, BIG)
    evaluation = ps.evaluate(framework, rows(revenue=revenues, staff=staff))
    classes = evaluation.classes.set_index("unit")["class"]
    read = evaluation.indicators["a"].map({1.0: "rich", 2.0: "big"})
    assert {unit: None if pd.isna(name) else name for unit, name in read.items()} == {
        unit: None if pd.isna(name) else name for unit, name in classes.items()
    }
    assert (evaluation.states["a"] == "value").sum() == classes.notna().sum()


@given(st.lists(HOSTILE, min_size=2, max_size=10))
def test_another_unit_never_changes_what_a_formula_over_the_class_gives(revenues: list[float | None]) -> None:
    framework = classed('if(class == "seed", 1, 2)', weights_status="official", defaults=EQUAL_COVER)
    columns = pd.Series(revenues, dtype=float)
    everybody = ps.evaluate(framework, rows(revenue=columns)).indicators["a"]
    without = ps.evaluate(framework, rows(revenue=columns[:-1])).indicators["a"]
    assert everybody.iloc[:-1].equals(without)


EQUAL_COVER = small(leaf("a")).defaults.model_copy(update={"min_coverage": 0.0, "weights": Choice.of("equal")})

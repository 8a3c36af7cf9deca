"""Classes by condition: each row is in one class or in none, and the output says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.classes import class_counts, classify
from parkscore.evaluation_sheets import _with_class_names
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule, UnitClass
from tests.small_frameworks import field, leaf, of_code, panel, rows, small, table_of

AS_IS = Defaults(score=ScoreRule.of("goalposts", low=0, high=1), weights=Choice.of("equal"))
FIELDS = {"revenue": field("revenue", zh="营业收入", en="revenue", measure="万元"), "age": field("age", measure="年")}
SEED = UnitClass(id="seed", zh="种子", en="Seed", when="revenue < 50万元")
EARLY = UnitClass(id="early", zh="初创", en="Early", when="50万元 <= revenue < 1000万元")
GROWN = UnitClass(id="grown", zh="成长", en="Grown", when="revenue >= 0.1亿元")
STAGES = (SEED, EARLY, GROWN)


def classed(*classes: UnitClass, **said: Any) -> Framework:
    return small(leaf("a"), defaults=AS_IS, classes=classes, **({"fields": FIELDS} | said))


def by_unit(evaluation: ps.Evaluation, column: str, table: str = "classes") -> dict[str, Any]:
    frame = getattr(evaluation, table)
    return dict(zip(frame["unit"], frame[column], strict=True))


def test_a_row_is_in_the_class_whose_condition_holds_on_either_side_of_a_bound() -> None:
    evaluation = ps.evaluate(classed(*STAGES), rows(a=[0.1] * 5, revenue=[49.999, 50.0, 50.001, 999.999, 1000.0]))
    assert by_unit(evaluation, "class") == dict(
        zip("甲乙丙丁戊", ["seed", "early", "early", "early", "grown"], strict=True)
    )
    assert set(evaluation.classes["outcome"]) == {"in_class"}


def test_the_reason_is_the_condition_with_the_values_it_read() -> None:
    framework = classed(SEED.model_copy(update={"when": "revenue < 50万元 and  age <= 3年"}), GROWN)
    evaluation = ps.evaluate(framework, rows(a=[0.1], revenue=[30.5], age=[2]))
    assert by_unit(evaluation, "reason") == {
        "甲": "revenue < 50万元 and age <= 3年 (revenue = 30.5 万元, field age = 2 年)"
    }
    assert (
        evaluation.classes_in("zh")["reason"][0]
        == "revenue < 50万元 and age <= 3年（营业收入 = 30.5 万元，字段age = 2 年）"
    )
    assert evaluation.classes_in("zh")["name"][0] == "种子"


def test_names_of_classes_need_no_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation = ps.evaluate(classed(*STAGES), rows(a=[0.1] * 3, revenue=[1.0, None, 5000.0]))
    names = evaluation.classes_in("zh")["name"]
    monkeypatch.setattr("parkscore.evaluation.class_reasons", None)
    assert evaluation.class_names_in("zh").fillna("-").tolist() == ["成长", "-", "种子"]
    pd.testing.assert_series_equal(
        _with_class_names(evaluation, evaluation.scores, "zh")["class"], names, check_names=False
    )


def test_a_row_in_no_class_or_in_several_says_so_and_is_still_ranked() -> None:
    rich = UnitClass(id="rich", zh="高收入", en="Rich", when="revenue > 100万元")
    young = UnitClass(id="young", zh="新创", en="Young", when="age <= 3年")
    frame = rows(a=[0.9, 0.8, 0.7, 0.6], revenue=[1000, 10, -5, None], age=[2, 2, 8, 2])
    evaluation = ps.evaluate(classed(rich, young), frame)
    assert by_unit(evaluation, "outcome") == {
        "甲": "several_classes",
        "乙": "in_class",
        "丙": "no_class",
        "丁": "class_unknown",
    }
    assert by_unit(evaluation, "reason") == {
        "甲": "the conditions of Rich, Young hold together: revenue > 100万元; age <= 3年 "
        "(revenue = 1000 万元, field age = 2 年)",
        "乙": "age <= 3年 (field age = 2 年)",
        "丙": "the condition of no class holds (revenue = -5 万元, field age = 8 年)",
        "丁": "it cannot be told whether it is in Rich (revenue: missing)",
    }
    assert by_unit(evaluation, "rank", "scores") == {"甲": 1, "乙": 2, "丙": 3, "丁": 4}
    within = by_unit(evaluation, "class_rank", "scores")
    assert within["乙"] == 1
    assert all(within[unit] is pd.NA for unit in "甲丙丁")
    for code, unit in (("several_classes", "甲"), ("no_class", "丙"), ("class_unknown", "丁")):
        (finding,) = of_code(evaluation.findings, code)
        assert (finding.unit, finding.hint is not None) == (unit, True)


def test_a_condition_that_fails_whatever_is_filled_in_leaves_nothing_open() -> None:
    new = UnitClass(id="new", zh="新", en="New", when="revenue < 50万元 and age <= 3年")
    old = UnitClass(id="old", zh="老", en="Old", when="revenue >= 50万元")
    evaluation = ps.evaluate(classed(new, old), rows(a=[0.1, 0.2], revenue=[80, 20], age=[None, None]))
    assert by_unit(evaluation, "outcome") == {"甲": "in_class", "乙": "class_unknown"}


def test_every_row_is_counted_once() -> None:
    framework = classed(SEED, EARLY)
    frame = rows(a=[0.1] * 6, revenue=[1, 2, 60, 5000, None, 1e300])
    evaluation = ps.evaluate(framework, frame)
    (finding,) = of_code(evaluation.findings, "classes_counted")
    assert finding.message.en == ("classes (of 6): Seed: 2, Early: 1, in none: 2, in several: 0, cannot be told: 1")


def test_of_many_rows_without_a_class_the_first_are_listed_and_the_rest_counted() -> None:
    frame = pd.DataFrame({"zone": [f"z{n:03d}" for n in range(303)], "a": 0.5, "revenue": 5000.0})
    found = of_code(ps.evaluate(classed(SEED), frame).findings, "no_class")
    assert len(found) == 201
    assert (found[-1].value, found[-1].unit) == (103, None)


def test_a_class_is_found_year_by_year_and_may_look_at_the_year_before() -> None:
    jumped = UnitClass(id="jumped", zh="跃升", en="Jumped", when="revenue > 2 * 上年(revenue)")
    others = UnitClass(id="others", zh="其他", en="Others", when="revenue <= 2 * 上年(revenue)")
    frame = panel("zone year a revenue\n甲 2023 0.1 10\n甲 2024 0.1 30\n乙 2023 0.2 10\n乙 2024 0.3 20")
    evaluation = ps.evaluate(classed(jumped, others, time="year"), frame, year=2024)
    assert by_unit(evaluation, "class") == {"甲": "jumped", "乙": "others"}
    assert by_unit(evaluation, "reason")["甲"] == (
        "revenue > 2 * 上年(revenue) (revenue = 30 万元, revenue 1 year before = 10 万元)"
    )


def test_a_class_may_be_chosen_by_a_text() -> None:
    north = UnitClass(id="n", zh="北", en="North", when='park in ["一区", "二区"]')
    south = UnitClass(id="s", zh="南", en="South", when='park == "三区"')
    framework = classed(north, south, fields={"park": field("park", kind="text")})
    evaluation = ps.evaluate(framework, rows(a=[0.1, 0.2, 0.3, 0.4], park=["二区", "三区", "四区", None]))
    assert by_unit(evaluation, "outcome") == dict(
        zip("甲乙丙丁", ["in_class", "in_class", "no_class", "class_unknown"], strict=True)
    )
    assert by_unit(evaluation, "reason")["乙"] == 'park == "三区" (field park = 三区)'


def test_class_means_fill_gaps_and_outliers_are_judged_within_classes_found_by_conditions() -> None:
    small_, large = SEED, UnitClass(id="large", zh="大", en="Large", when="revenue >= 50万元")
    framework = small(
        leaf("a", missing=Choice.of("group_mean")), defaults=AS_IS, classes=(small_, large), fields=FIELDS
    )
    evaluation = ps.evaluate(framework, rows(a=[0.2, 0.4, None, 0.9], revenue=[1, 2, 3, 100]))
    assert evaluation.imputed["a"].tolist() == pytest.approx([0.2, 0.4, 0.3, 0.9])


HOSTILE = st.sampled_from([None, -1e300, -5.0, -0.0, 0.0, 49.999999, 50.0, 1000.0, 1e300])
REVENUES = st.lists(HOSTILE, min_size=1, max_size=10)


@given(REVENUES, st.permutations(STAGES))
def test_the_order_of_the_classes_changes_nothing(revenues: list[float | None], order: list[UnitClass]) -> None:
    frame = rows(a=[0.5] * len(revenues), revenue=pd.Series(revenues, dtype=float))
    one, other = ps.evaluate(classed(*STAGES), frame), ps.evaluate(classed(*order), frame)
    assert one.scores.equals(other.scores)
    for column in ("class", "outcome"):
        assert one.classes[column].equals(other.classes[column])


@given(REVENUES)
def test_one_class_that_always_holds_ranks_as_no_classes_do(revenues: list[float | None]) -> None:
    everyone = UnitClass(id="all", zh="全部", en="All", when="a >= 0 or a < 0")
    scores = list(np.linspace(0.1, 0.9, len(revenues)))
    frame = rows(a=scores, revenue=pd.Series(revenues, dtype=float))
    plain = ps.evaluate(small(leaf("a"), defaults=AS_IS, fields=FIELDS), frame)
    evaluation = ps.evaluate(classed(everyone), frame)
    assert evaluation.scores.drop(columns=["class", "class_rank"]).equals(plain.scores)
    assert evaluation.scores["class_rank"].equals(plain.scores["rank"].rename("class_rank"))


@given(REVENUES)
def test_no_row_is_dropped_and_each_has_a_reason(revenues: list[float | None]) -> None:
    framework = classed(*STAGES)
    frame = rows(a=[0.5] * len(revenues), revenue=pd.Series(revenues, dtype=float))
    evaluation = ps.evaluate(framework, frame)
    table = evaluation.classes
    assert len(table) == len(revenues)
    assert table["reason"].str.len().gt(0).all()
    assert (table["class"].notna() == (table["outcome"] == "in_class")).all()
    found = classify(framework, table_of(framework, frame))
    assert found is not None
    counted = class_counts(framework, found, evaluation.rows).en
    assert sum(int(part.rsplit(": ", 1)[1]) for part in counted.split("): ", 1)[1].split(", ")) == len(revenues)


def test_the_workbook_and_json_say_which_class_and_why(tmp_path: Path) -> None:
    evaluation = ps.evaluate(classed(*STAGES), rows(a=[0.1, 0.2], revenue=[10, None]))
    sheets = pd.read_excel(evaluation.to_excel(tmp_path / "out.xlsx"), sheet_name=None, header=None, engine="calamine")
    cells = sheets["分类"].astype(str).to_numpy().ravel().tolist()
    assert {"种子", "不能判定", "revenue < 50万元（营业收入 = 10 万元）"} <= set(cells)
    assert any("种子 1" in cell and "不能判定 1" in cell for cell in cells)
    assert "种子" in sheets["位次"].astype(str).to_numpy().ravel().tolist()
    told = json.loads(evaluation.to_json(tmp_path / "out.json").read_text("utf-8"))
    assert [(each["unit"], each["class"]) for each in told["classes"]] == [("乙", None), ("甲", "seed")]


def test_a_framework_without_conditions_has_no_table_of_classes(tmp_path: Path) -> None:
    framework = small(leaf("a"), class_field="stage", fields={"stage": field("stage", kind="text")}, defaults=AS_IS)
    evaluation = ps.evaluate(framework, rows(a=[0.1], stage=["x"]))
    assert evaluation.classes.empty
    assert "classes" not in json.loads(evaluation.to_json(tmp_path / "out.json").read_text("utf-8"))


def test_text_in_a_number_that_a_condition_reads_stops_the_run() -> None:
    with pytest.raises(ps.DataError) as caught:
        ps.evaluate(classed(*STAGES), rows(a=[0.1, 0.2], revenue=["很多", 5]))
    assert {finding.unit for finding in caught.value.findings if finding.field == "revenue"} >= {"甲"}

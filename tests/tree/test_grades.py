"""Tests of parkscore.tree.grades: bands, overrides, what missing data leave open, and the reason of each grade."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore import evaluate
from parkscore.evaluation import Evaluation
from parkscore.evaluation_sheets import sheets_of
from parkscore.framework.models import (
    Choice,
    Defaults,
    Framework,
    Grade,
    GradeScale,
    Line,
    Override,
    Rounding,
    ScoreRule,
    Total,
)
from parkscore.tree.grades import behind, items_of
from tests.small_frameworks import field, leaf, rows, small

PLAIN = ScoreRule.of("as_is")
UP_TO_50 = ScoreRule.of("per", each=1, points=1, most=50, least=0, whole=False)
SCALE = GradeScale(
    id="credit",
    zh="授信等级",
    en="Credit",
    bands=(
        Grade(id="A", zh="甲等", en="Good", from_=80.0, line=Line(amount=1000.0, measure="万元")),
        Grade(id="B", zh="乙等", en="Fair", from_=60.0, below=80.0, line=Line(amount=300.0, measure="万元")),
    ),
    otherwise=Grade(id="C", zh="丙等", en="Poor"),
)


def override(grade: str, when: str, name: str = "改判") -> Override:
    return Override(grade=grade, when=when, zh=name, en=f"override {name}")


def graded_by_score(scale: GradeScale, **said: Any) -> Framework:
    """A framework whose total is the score s itself, with a fault and a kind that are not scored."""
    fields = {"fault": field("fault"), "kind": field("kind", kind="text")}
    return small(leaf("one", "s", score=PLAIN), fields=fields, grades=(scale,), **said)


def graded_by_sum(scale: GradeScale) -> Framework:
    """A framework whose total is the sum of two items of up to 50 points each."""
    items = (leaf("A1", "a", score=UP_TO_50, points=50.0), leaf("B1", "b", score=UP_TO_50, points=50.0))
    fields = {"fault": field("fault"), "a": field("a"), "b": field("b")}
    summed = Defaults(aggregate=Choice.of("sum"), direction="higher")
    return small(*items, fields=fields, grades=(scale,), total=Total(points=100.0), defaults=summed)


def grades(evaluation: Evaluation, scale: str = "credit", column: str = "grade") -> list[Any]:
    """A column of the grades of one scale, in the order of the table."""
    found = evaluation.grades[evaluation.grades["scale"] == scale].set_index("unit")[column]
    return [found[unit] for unit in evaluation.table.units]


# --- bands ---------------------


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (-1e149, "C"),
        (-5.0, "C"),
        (59.999999, "C"),
        (60.0, "B"),
        (60.000001, "B"),
        (79.999999, "B"),
        (80.0, "A"),
        (80.000001, "A"),
        (1e149, "A"),
        (59.999999999999993, "B"),  # a sum of 60 that came out so
    ],
)
def test_just_below_at_and_just_above_each_end(score: float, expected: str) -> None:
    found = evaluate(graded_by_score(SCALE), rows(s=[score], fault=[0.0], kind=["x"]))
    assert grades(found) == [expected]
    assert found.scores["credit"].tolist() == [expected]


@pytest.mark.parametrize(
    ("ends", "inside"),
    [
        ({"from_": 10.0, "below": 20.0}, [False, True, True, False, False]),
        ({"over": 10.0, "to": 20.0}, [False, False, True, True, False]),
        ({"from_": 10.0, "to": 20.0}, [False, True, True, True, False]),
        ({"over": 10.0}, [False, False, True, True, True]),
        ({"below": 20.0}, [True, True, True, False, False]),
        ({}, [True, True, True, True, True]),
    ],
)
def test_every_kind_of_end_and_scores_in_no_band(ends: dict[str, float], inside: list[bool]) -> None:
    scale = GradeScale(id="credit", zh="等级", bands=(Grade(id="in", zh="在内", **ends),))
    found = evaluate(graded_by_score(scale), rows(s=[9.0, 10.0, 15.0, 20.0, 21.0], fault=[0.0] * 5, kind=["x"] * 5))
    assert grades(found) == ["in" if each else "no_grade" for each in inside]


def test_a_dimension_and_an_indicator_can_be_graded_by_scales_of_their_own() -> None:
    one = SCALE.model_copy(update={"id": "one_grade", "of": "one"})
    found = evaluate(
        small(
            leaf("one", "s", score=PLAIN, weight="50%"),
            leaf("two", "t", score=PLAIN, weight="50%"),
            grades=(SCALE, one),
        ),
        rows(s=[90.0], t=[10.0]),
    )
    assert (grades(found), grades(found, "one_grade")) == (["C"], ["A"])


def test_a_line_follows_from_points_and_band_with_the_reason() -> None:
    found = evaluate(graded_by_score(SCALE), rows(s=[85.0, 70.0, 10.0], fault=[0.0] * 3, kind=["x"] * 3))
    assert grades(found, column="line")[:2] == [1000, 300]
    assert math.isnan(grades(found, column="line")[2])
    assert grades(found, column="line_measure") == ["万元", "万元", None]
    assert grades(found, column="reason_zh") == [
        "综合得分 85：80 以上（含）；额度 1000万元",
        "综合得分 70：60 以上（含）、80 以下（不含）；额度 300万元",
        "综合得分 10：不在所列各档",
    ]
    assert grades(found, column="reason_en")[0] == "Total score 85: from 80; line 1000万元"


# --- overrides, both ways ---------------------


@pytest.mark.parametrize(
    ("when", "fault", "kind", "expected"),
    [
        ("fault > 0", 1.0, "x", "C"),
        ("fault > 0", 0.0, "x", "A"),
        ("fault > 0", None, "x", "unknown"),
        ("kind == '重点'", 0.0, "重点", "C"),
        ("kind == '重点'", 0.0, "一般", "A"),
        ("kind == '重点'", 0.0, None, "unknown"),
        ("值(one) < 100 and fault < 0", -1.0, "x", "C"),
        ("not fault == 0", 2.0, "x", "C"),
        ("one < 90", 0.0, "x", "C"),
        ("one < 85", 0.0, "x", "A"),
        ("fault > 1e300", 1e300, "x", "A"),
    ],
)
def test_an_override_decides_where_it_holds_and_leaves_open_what_it_leaves_open(
    when: str, fault: float | None, kind: str | None, expected: str
) -> None:
    scale = SCALE.model_copy(update={"overrides": (override("C", when),)})
    found = evaluate(graded_by_score(scale), rows(s=[85.0], fault=[fault], kind=[kind]))
    assert grades(found) == [expected]


def test_the_first_override_that_holds_decides_and_a_better_grade_can_be_given_too() -> None:
    scale = SCALE.model_copy(update={"overrides": (override("A", "kind == '院士'"), override("C", "fault > 0"))})
    found = evaluate(
        graded_by_score(scale),
        rows(s=[10.0] * 5, fault=[1.0, 1.0, 0.0, 1.0, None], kind=["院士", "x", "院士", None, "x"]),
    )
    assert grades(found) == ["A", "C", "A", "unknown", "C"]
    assert [None if pd.isna(each) else each for each in grades(found, column="override")] == [1, 2, 1, 2, None]


def test_an_open_override_that_gives_the_same_grade_as_the_score_leaves_nothing_open() -> None:
    scale = SCALE.model_copy(update={"overrides": (override("C", "fault > 0"),)})
    found = evaluate(graded_by_score(scale), rows(s=[59.0, 60.0], fault=[None, None], kind=["x"] * 2))
    assert grades(found) == ["C", "unknown"]


def test_an_override_decides_where_there_is_no_score_and_an_open_one_does_not() -> None:
    scale = SCALE.model_copy(update={"overrides": (override("C", "fault > 0"),)})
    found = evaluate(graded_by_score(scale), rows(s=[None, None, None], fault=[1.0, 0.0, None], kind=["x"] * 3))
    assert grades(found) == ["C", "unknown", "unknown"]
    assert grades(found, column="reason_zh")[0] == "改判“改判”：字段fault > 0（1，差 1）"


def test_the_reason_of_an_unknown_grade_names_what_is_missing_and_what_is_possible() -> None:
    scale = SCALE.model_copy(update={"overrides": (override("C", "fault > 0", "失信"),)})
    found = evaluate(graded_by_score(scale), rows(s=[85.0], fault=[None], kind=["x"]))
    (reason,) = grades(found, column="reason_zh")
    assert reason == "不能判断是否改判“失信”（字段fault缺失）；综合得分 85；可能为：甲等、丙等"
    assert "field fault is missing" in grades(found, column="reason_en")[0]


def test_a_stored_result_says_that_the_score_is_open_only_where_it_is() -> None:
    scale = SCALE.model_copy(update={"overrides": (override("C", "fault > 0"),)})
    found = evaluate(graded_by_sum(scale), rows(a=[50, 50, None], b=[35, None, 35], fault=[None, None, None]))
    (graded,) = found.graded
    items = [item.id for item in items_of(scale, graded.label)]
    said = behind(graded, slice(None))
    assert grades(found) == ["unknown"] * 3
    assert said[items.index("score")].tolist() == [False, True, True]
    assert said[items.index("open.1")].all()


# --- sums that missing data leave open ---------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (50.0, 30.0, "A"),
        (50.0, 29.0, "B"),
        (30.0, None, "unknown"),  # 30 to 80
        (9.0, None, "C"),  # at most 59
        (10.0, None, "unknown"),  # 10 to 60
        (None, None, "unknown"),
        ("不适用", 50.0, "C"),
        ("不适用", None, "C"),  # at most 50
    ],
)
def test_an_open_sum_has_a_grade_where_its_least_and_its_most_have_the_same(a: Any, b: Any, expected: str) -> None:
    frame = rows(a=[a], b=[b], fault=[0.0]).astype({"a": object})
    assert grades(evaluate(graded_by_sum(SCALE), frame)) == [expected]


def test_scores_without_a_limit_are_open_on_that_side_only() -> None:
    endless = ScoreRule.of("per", each=1, points=1, least=0)
    items = (leaf("A1", "a", score=endless), leaf("B1", "b", score=endless))
    framework = small(
        *items, grades=(SCALE,), defaults=Defaults(aggregate=Choice.of("sum"), weights=Choice.of("equal"))
    )
    found = evaluate(framework, rows(a=[85.0, 70.0], b=[None, None]))
    assert grades(found) == ["A", "unknown"]
    assert grades(found, column="reason_zh")[0].startswith("综合得分至少 85")
    assert grades(found, column="reason_zh")[1].endswith("可能为：甲等、乙等")


def test_a_rounded_total_is_graded_as_rounded() -> None:
    total = Total(round=Rounding(decimals=0, how="half_up"))
    found = evaluate(graded_by_score(SCALE, total=total), rows(s=[79.5, 79.49], fault=[0.0] * 2, kind=["x"] * 2))
    assert grades(found) == ["A", "B"]


# --- outputs ---------------------


@pytest.fixture
def mixed() -> Evaluation:
    scale = SCALE.model_copy(update={"otherwise": None, "overrides": (override("B", "fault > 0", "失信"),)})
    frame = rows(s=[85.0, 70.0, 10.0, None, 90.0], fault=[0.0, 0.0, 0.0, 0.0, None], kind=["x"] * 5)
    return evaluate(graded_by_score(scale), frame)


def test_counts_name_every_grade_and_sum_to_the_rows(mixed: Evaluation) -> None:
    assert mixed.grade_counts == {"credit": {"A": 1, "B": 1, "unknown": 2, "no_grade": 1}}


def test_the_accounts_of_a_scale_sum_to_the_scored_rows(mixed: Evaluation) -> None:
    own = mixed.accounting[mixed.accounting["part"] == "grade"]
    assert own["id"].unique().tolist() == ["credit"]
    assert (own["rows"].sum(), own["zh"].tolist()) == (5, ["甲等", "乙等", "不能判定", "无等级"])


def test_json_has_grades_counts_and_conditions(mixed: Evaluation) -> None:
    document = json.loads(json.dumps(mixed.as_dict(), allow_nan=False))
    assert [entry["grade"] for entry in document["grades"]] == ["unknown", "A", "B", "no_grade", "unknown"]
    assert document["grade_counts"]["credit"]["unknown"] == 2
    assert {entry["path"] for entry in document["grade_details"]} == {"credit#override.1"}


@pytest.mark.parametrize(
    ("language", "sheets", "names", "note"),
    [
        (
            "zh",
            ("等级", "等级改判条件"),
            ["不能判定", "甲等", "乙等", "无等级", "不能判定"],
            "授信等级：甲等 1，乙等 1，不能判定 2，无等级 1",
        ),
        (
            "en",
            ("grades", "overrides"),
            ["unknown", "Good", "Fair", "no grade", "unknown"],
            "Credit: 1 Good, 1 Fair, 2 unknown, 1 no grade",
        ),
    ],
)
def test_the_workbook_has_a_sheet_of_grades_in_both_languages(
    mixed: Evaluation, language: Any, sheets: tuple[str, str], names: list[str], note: str
) -> None:
    found = {sheet.name: sheet for sheet in sheets_of(mixed, language)}
    assert set(sheets) <= set(found)
    assert found[sheets[0]].frame[{"zh": "等级", "en": "grade"}[language]].tolist() == names
    assert note in found[sheets[0]].notes
    assert "credit" not in found[{"zh": "得分", "en": "scores"}[language]].frame


def test_csv_has_a_column_for_each_scale_behind_the_gates(mixed: Evaluation, tmp_path: Path) -> None:
    columns = list(pd.read_csv(mixed.to_csv(tmp_path / "out.csv")).columns)
    assert columns.index("credit") == columns.index("status") + 1


def test_a_framework_without_scales_has_no_grades_anywhere() -> None:
    found = evaluate(small(leaf("one", "s", score=PLAIN)), rows(s=[1.0]))
    assert found.grades.empty
    assert found.grade_details.empty
    assert "等级" not in [sheet.name for sheet in sheets_of(found, "zh")]


# --- what must hold for every scale ---------------------

NUMBERS = st.one_of(
    st.none(),
    st.sampled_from([-1e149, -1.0, 0.0, 59.0, 60.0, 79.999999999, 80.0, 1e149]),
    st.floats(-50, 150).map(lambda value: round(value, 3)),
)
FAULTS = st.sampled_from([None, 0.0, 1e300, -1.0])


@st.composite
def scales(draw: st.DrawFn) -> GradeScale:
    """A scale of some bands without gaps, each cut on either side, with or without ends and overrides."""
    cuts = sorted(draw(st.lists(st.integers(-20, 120), min_size=1, max_size=4, unique=True)))
    sides = [draw(st.booleans()) for _ in cuts]
    bands: list[Grade] = []
    for number in range(len(cuts) + 1):
        ends: dict[str, float] = {}
        if number > 0:
            ends["over" if sides[number - 1] else "from_"] = float(cuts[number - 1])
        if number < len(cuts):
            ends["to" if sides[number] else "below"] = float(cuts[number])
        bands.append(Grade(id=f"g{number}", zh=f"{number} 等", **ends))
    if draw(st.booleans()):
        bands = bands[1:]
    overrides = draw(
        st.lists(
            st.builds(
                override, st.sampled_from([band.id for band in bands]), st.sampled_from(["fault > 0", "fault < 0"])
            ),
            max_size=2,
            unique_by=lambda each: each.when,  # a condition that stands twice never decides the second time
        )
    )
    otherwise = draw(st.sampled_from([None, Grade(id="else", zh="其余")]))
    return GradeScale(id="credit", zh="等级", bands=tuple(bands), otherwise=otherwise, overrides=tuple(overrides))


def in_band(grade: Grade, score: float) -> bool:
    """Whether a score lies in a band, one comparison for each end."""
    ends = grade.ends
    return not (
        ("from" in ends and score < ends["from"])
        or ("over" in ends and score <= ends["over"])
        or ("to" in ends and score > ends["to"])
        or ("below" in ends and score >= ends["below"])
    )


def outright(scale: GradeScale, score: float, fault: float) -> str:
    """The grade where nothing is missing, one unit at a time."""
    for each in scale.overrides:
        if fault > 0 if each.when == "fault > 0" else fault < 0:
            return each.grade
    for band in scale.bands:
        if in_band(band, score):
            return band.id
    return "no_grade" if scale.otherwise is None else scale.otherwise.id


@given(scales(), st.lists(st.tuples(NUMBERS, NUMBERS, FAULTS), min_size=1, max_size=6))
def test_a_grade_is_certain_exactly_where_no_completion_of_the_data_changes_it(
    scale: GradeScale, table: list[tuple[float | None, float | None, float | None]]
) -> None:
    framework = graded_by_sum(scale)
    columns = {name: list(values) for name, values in zip("ab", list(zip(*table, strict=True))[:2], strict=True)}
    found = evaluate(framework, rows(**columns, fault=[fault for _, _, fault in table]))
    halves = np.linspace(0.0, 50.0, 101).tolist()
    for (a, b, fault), grade in zip(table, grades(found), strict=True):
        items = [halves if each is None else [min(max(each, 0.0), 50.0)] for each in (a, b)]
        sums = {round(one + other, 9) for one in items[0] for other in items[1]}
        faults = [-1.0, 0.0, 1e300] if fault is None else [fault]
        possible = {outright(scale, score, each) for score in sums for each in faults}
        assert grade == (possible.pop() if len(possible) == 1 else "unknown")


@given(scales(), st.lists(st.tuples(NUMBERS, FAULTS), min_size=1, max_size=5), NUMBERS, FAULTS)
def test_adding_a_unit_changes_no_grade_of_another_and_counts_sum_to_the_rows(
    scale: GradeScale, table: list[tuple[float | None, float | None]], score: float | None, fault: float | None
) -> None:
    framework = graded_by_score(scale)

    def found(lines: list[tuple[float | None, float | None]]) -> Evaluation:
        scores, faults = zip(*lines, strict=True)
        return evaluate(framework, rows(s=list(scores), fault=list(faults), kind=["x"] * len(lines)))

    alone, joined = found(table), found([*table, (score, fault)])
    assert grades(joined)[: len(table)] == grades(alone)
    assert sum(joined.grade_counts["credit"].values()) == len(table) + 1


@given(scales(), st.lists(st.tuples(NUMBERS, FAULTS), min_size=1, max_size=5))
def test_the_explanation_worked_through_again_gives_the_grade(
    scale: GradeScale, table: list[tuple[float | None, float | None]]
) -> None:
    scores, faults = zip(*table, strict=True)
    found = evaluate(graded_by_score(scale), rows(s=list(scores), fault=list(faults), kind=["x"] * len(table)))
    truths = found.grade_details
    for _, line in found.grades.iterrows():
        own = {} if truths.empty else truths[truths["unit"] == line["unit"]].set_index("path")["outcome"].to_dict()
        possible: set[str] = set()
        for number, each in enumerate(scale.overrides, start=1):
            told = own[f"credit#override.{number}"]
            possible |= {each.grade} if told != "false" else set()
            if told == "true":
                break
        else:
            known = not pd.isna(line["score"])
            names = [band.id for band in scale.bands if known and in_band(band, line["score"])]
            rest = "no_grade" if scale.otherwise is None else scale.otherwise.id
            possible |= {*names} or ({rest} if known else {"?", "??"})
        assert line["grade"] == (possible.pop() if len(possible) == 1 else "unknown")

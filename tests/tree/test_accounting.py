"""Every row of the data is accounted for, in parts that sum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import (
    Choice,
    Defaults,
    Framework,
    RankedList,
    Requirement,
    ScoreRule,
    Screen,
    UnitClass,
)
from parkscore.tree.accounting import accounting_line
from tests.small_frameworks import dimension, field, leaf, panel, rows, small

EQUAL = Choice.of("equal")
AS_IS = Defaults(score=ScoreRule.of("as_is"), weights=Choice.of("equal"))
SEED = UnitClass(id="seed", zh="种子期", en="Seed", when="a + 0 < 50")
GROWN = UnitClass(id="grown", zh="成长期", en="Grown", when="a >= 40")
FIELDS = {name: field(name) for name in "axy"}
GATE = Requirement(id="g", zh="门槛", en="Gate", require="x / y >= 1", when="y != 5")


def counted(evaluation: ps.Evaluation, part: str = "data", each: str | None = None) -> dict[str, int]:
    """The lines of one part, by what they say; those of no row left out."""
    accounts = evaluation.accounting
    own = accounts[accounts["part"] == part]
    own = own if each is None else own[own["id"] == each]
    return {text: count for text, count in zip(own["en"], own["rows"], strict=True) if count}


def line(evaluation: ps.Evaluation) -> Any:
    return accounting_line(evaluation.accounts)


def test_rows_in_are_ranked_or_not_ranked_for_one_reason_or_another() -> None:
    framework = small(
        leaf("a", missing=Choice.of("invalid")),
        *(leaf(each) for each in "bcd"),
        defaults=AS_IS,
        screen=Screen(availability=0.5),
        total=small(leaf("a")).total.model_copy(update={"min_coverage": 0.75}),
    )
    frame = rows(a=[1, 1, 1, None, 1], b=[1, 1, None, 1, 1], c=[1, None, None, 1, None], d=[1, None, None, 1, 1])
    evaluation = ps.evaluate(framework, frame)
    assert counted(evaluation) == {
        "ranked": 2,
        "not ranked: too few indicators have a value": 1,
        "not ranked: lacking what may not be missing": 1,
        "not ranked: data cover too little of the weight": 1,
    }
    assert line(evaluation).en == (
        "rows in the data: 5 = 2 ranked + 1 not ranked: too few indicators have a value + 1 not ranked: lacking what "
        "may not be missing + 1 not ranked: data cover too little of the weight"
    )
    assert line(evaluation).zh == (
        "数据行数：5 = 已排名 2 + 不排名：有数值的指标太少 1 + 不排名：缺少不可缺的指标 1 + 不排名：有数据的权重太少 1"
    )


def test_a_gap_that_an_aggregation_cannot_take_and_a_row_without_any_score_are_counted_apart() -> None:
    scale = Defaults(score=ScoreRule.of("goalposts", low=0, high=1), weights=EQUAL)
    inner = dimension("p", leaf("a"), leaf("b"), aggregate=Choice.of("product"))
    found = ps.evaluate(small(inner, defaults=scale), rows(a=[1, 1, None], b=[1, None, None]))
    assert counted(found) == {"ranked": 1, "not ranked: no indicator that carries weight has a score": 2}
    total = small(leaf("a")).total.model_copy(update={"aggregate": Choice.of("product")})
    found = ps.evaluate(small(leaf("a"), leaf("b"), defaults=scale, total=total), rows(a=[1, 1], b=[1, None]))
    assert counted(found) == {"ranked": 1, "not ranked: with a gap that the aggregation cannot take": 1}


@pytest.mark.parametrize(("class_of_four", "said"), [("b > 0", "weights go by class, in several")])
def test_where_weights_go_by_class_each_way_to_be_in_none_is_counted(class_of_four: str, said: str) -> None:
    classes = (
        UnitClass(id="x", zh="甲", en="X", when="a > 10"),
        UnitClass(id="y", zh="乙", en="Y", when=class_of_four),
    )
    framework = small(leaf("a"), leaf("b"), defaults=AS_IS, classes=classes)
    own = {"id": "s", "framework": "small", "status": "expert", "weights": {"a": 1, "b": 1}}
    scheme = ps.WeightScheme.model_validate(own | {"classes": {"x": {"weights": {"a": 3, "b": 1}}}})
    frame = rows(a=[20, 20, 1, 1, None], b=[1, -1, 1, -1, -1])
    evaluation = ps.evaluate(framework, frame, weights=scheme)
    assert counted(evaluation) == {
        "ranked": 2,
        "not ranked: weights go by class, in none": 1,
        f"not ranked: {said}": 1,
        "not ranked: weights go by class, which cannot be told": 1,
    }
    assert counted(evaluation, "classes") == {
        "X": 1,
        "Y": 1,
        "in no class": 1,
        "in several classes": 1,
        "whose class cannot be told": 1,
    }


def test_other_years_totals_and_remarks_are_rows_too(tmp_path: Path) -> None:
    file = tmp_path / "zones.csv"
    file.write_text(
        "zone,year,a\n甲,2023,1\n甲,2024,2\n乙,2024,\n合计,2024,3\n平均,2024,1.5\n注：单位为千元,,\n,,\n", "utf-8"
    )
    evaluation = ps.evaluate(small(leaf("a"), time="year"), file, year=2024)
    assert counted(evaluation) == {
        "ranked": 1,
        "not ranked: no indicator that carries weight has a score": 1,
        "of other years": 1,
        "totals or averages, left out": 2,
        "remarks, left out": 1,
    }
    assert line(evaluation).zh.startswith("数据行数：6 = 已排名 1 + ")


def test_three_hundred_totals_are_three_hundred_rows_though_not_all_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "zones.csv"
    file.write_text("zone,a\n甲,1\n" + "合计,1\n" * 300, "utf-8")
    evaluation = ps.evaluate(small(leaf("a")), file)
    assert counted(evaluation) == {"ranked": 1, "totals or averages, left out": 300}


def test_a_gate_counts_every_row_under_one_of_five_outcomes() -> None:
    framework = small(leaf("a"), fields=FIELDS, defaults=AS_IS, gates=(GATE,))
    evaluation = ps.evaluate(framework, rows(a=[1] * 5, x=[2, 0, None, 1, 1], y=[1, 1, 1, 5, 0]))
    assert counted(evaluation, "gate", "g") == {"met": 1, "not met": 1, "unknown": 2, "not applicable": 1}


def test_a_list_counts_every_row_under_one_of_four_standings() -> None:
    asked = RankedList(id="l", zh="榜", en="List", require="x > 0", by="y", top=1)
    framework = small(leaf("a"), fields=FIELDS, defaults=AS_IS, lists=(asked,))
    evaluation = ps.evaluate(framework, rows(a=[1] * 5, x=[1, 1, 0, None, 1], y=[2, 1, 1, 1, None]))
    assert counted(evaluation, "list", "l") == {
        "listed": 1,
        "eligible, behind the last place": 1,
        "not eligible": 1,
        "cannot be told": 2,
    }


def test_a_framework_of_gates_only_judges_every_row_and_ranks_none() -> None:
    whole = small(leaf("a"), fields=FIELDS, gates=(GATE,))
    framework = Framework(id="only", title=whole.title, unit=whole.unit, fields=whole.fields, gates=whole.gates)
    evaluation = ps.evaluate(framework, rows(x=[2, 0], y=[1, 1]))
    assert line(evaluation).en == "rows in the data: 2 = 2 judged by gates only"


def test_every_output_has_the_accounts(tmp_path: Path) -> None:
    framework = small(leaf("s"), fields=FIELDS, defaults=AS_IS, gates=(GATE,), classes=(SEED, GROWN))
    evaluation = ps.evaluate(framework, rows(s=[1, 2, 3], a=[60, 45, None], x=[1, 1, 1], y=[1, 5, 1]))
    told = json.loads(evaluation.to_json(tmp_path / "out.json").read_text("utf-8"))["accounting"]
    assert told[0] == {"part": "data", "id": None, "outcome": "ranked", "rows": 3, "zh": "已排名", "en": "ranked"}
    sheet = pd.read_excel(evaluation.to_excel(tmp_path / "out.xlsx"), "行数核对", header=None, engine="calamine")
    lines = {tuple(each) for each in sheet.fillna("").astype(str).to_numpy().tolist()}
    assert ("数据行数：3 = 已排名 3", "", "") in lines
    assert {("分类", "成长期", "1"), ("分类", "符合多个分类", "1"), ("门槛：门槛", "不适用", "1")} <= lines


HOSTILE = st.sampled_from([None, "不适用", -1e149, -5.0, 0.0, 5.0, 39.9, 40.0, 50.0, 1e149])
HUGE = st.one_of(HOSTILE, st.sampled_from([-1e300, 1e300]))


@given(st.lists(st.tuples(HUGE, HOSTILE, HOSTILE, st.sampled_from([2023, 2024, 2090])), min_size=1, max_size=9))
def test_whatever_the_cells_hold_each_part_sums_to_its_rows(cells: list[tuple[Any, Any, Any, int]]) -> None:
    framework = small(
        leaf("1", "x", missing=Choice.of("invalid")),
        leaf("2", "y"),
        leaf("3", "x / y"),
        fields=FIELDS,
        time="year",
        defaults=Defaults(score=ScoreRule.of("steps", closed="left", steps=[[40, 5]], otherwise=0), weights=EQUAL),
        gates=(GATE,),
        classes=(SEED, GROWN),
        screen=Screen(availability=0.5),
        lists=(RankedList(id="l", zh="榜", en="List", require="a > 0", by="y", top=2),),
    )
    frame = pd.DataFrame(cells, columns=["a", "x", "y", "year"]).assign(zone=[f"z{n}" for n in range(len(cells))])
    year = cells[0][-1]
    evaluation = ps.evaluate(framework, frame, year=year)
    accounts = evaluation.accounting
    asked = sum(each == year for *_, each in cells)
    sums = accounts.groupby("part")["rows"].sum().to_dict()
    assert sums == {"data": len(cells), "classes": asked, "gate": asked, "list": asked}
    assert (accounts["rows"] >= 0).all()
    assert counted(evaluation).get("ranked", 0) == evaluation.scores["rank"].notna().sum()


def test_text_in_a_number_stops_the_run_so_that_no_row_of_it_is_counted_or_lost() -> None:
    with pytest.raises(ps.DataError):
        ps.evaluate(small(leaf("a")), rows(a=["很多", 1]))


def test_years_of_a_panel_are_rows_of_their_own() -> None:
    evaluation = ps.evaluate(small(leaf("a"), time="year"), panel("zone year a\n甲 2023 1\n甲 2024 2\n乙 2024 .\n"))
    assert sum(counted(evaluation).values()) == 3

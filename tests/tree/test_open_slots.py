"""A slot that nothing fills: no score and no 0, its points open, its name on every output."""

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
from parkscore.data.template import write_template
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.models import Choice, Defaults, Framework, Node, Requirement, ScoreRule, Screen, Slot, Total
from parkscore.language import Language
from tests.small_frameworks import dimension, everywhere, field, leaf, of_code, rows, small

NAN = np.nan
SUM = Choice.of("sum")


def item(code: str, most: float = 20, **said: Any) -> Node:
    """An indicator that earns all its points from 1 on, half of them from 0 on, and none below."""
    rule = ScoreRule.of("steps", closed="left", steps=((1.0, most), (0.0, most / 2)), otherwise=0.0)
    return leaf(code, points=float(most), score=rule, **said)


def slot(points: float = 15, **said: Any) -> Node:
    return Node(id="s", zh="地方特色", en="local items", slot=Slot(points=points, **said))


def framework(*nodes: Node, **said: Any) -> Framework:
    own = nodes or (item("a"), item("b", 10), slot())
    return small(*own, **({"total": Total(aggregate=SUM, points=45.0)} | said))


HOSTILE: dict[str, list[Any]] = {
    "a": [1, 0.999, -5, 1e150, None, "不适用", 0],
    "b": [1, 1, -1e150, None, None, "不适用", 0],
}


def test_a_slot_adds_nothing_and_leaves_its_points_open() -> None:
    evaluation = ps.evaluate(framework(), rows(**HOSTILE))
    assert everywhere(evaluation.nodes["s"], [NAN] * 7)
    assert everywhere(evaluation.nodes["total"], [30, 20, 0, 20, NAN, NAN, 15])
    assert everywhere(evaluation.bounds.low["total"], [30, 20, 0, 20, 0, 0, 15])
    assert everywhere(evaluation.bounds.high["total"], [45, 35, 15, 45, 45, 15, 30])
    assert set(evaluation.states["s"]) == {"missing"}


def test_all_rows_are_ranked_or_named_with_a_reason() -> None:
    evaluation = ps.evaluate(framework(), rows(**HOSTILE))
    assert len(evaluation.scores) == 7
    assert evaluation.scores["rank"].notna().sum() == 5
    assert sum(why is not None for why in evaluation.reasons) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_output_names_the_slot_and_its_points(language: Language, tmp_path: Path) -> None:
    said = {
        "zh": "预留项未填：s 地方特色，15 分不在得分内",
        "en": "unfilled slot: s local items, its 15 points are in no score",
    }
    evaluation = ps.evaluate(framework(), rows(a=[1, 0], b=[0, 1]))
    assert [note.in_language(language) for note in evaluation.notes] == [said[language]]
    assert set(evaluation.scores_in(language)["note"]) == {said[language]}
    assert set(pd.read_csv(evaluation.to_csv(tmp_path / "o.csv", language))["note"]) == {said[language]}
    document = json.loads(evaluation.to_json(tmp_path / "o.json").read_text(encoding="utf-8"))
    assert document["about"]["notes"] == [said["en"]]
    assert "unfilled_slot" in [finding["code"] for finding in document["findings"]]
    book = load_workbook(evaluation.to_excel(tmp_path / "o.xlsx", language))
    for sheet in book:
        assert said[language] in [cell.value for row in sheet.iter_rows(max_row=3) for cell in row], sheet.title


def test_a_filled_slot_is_a_dimension_like_any_other() -> None:
    filled = dimension("s", item("c", 5), item("d", 10), slot=Slot(points=15.0, items=(1, 3)), aggregate=SUM)
    data = rows(a=[1, 0], b=[1, 1], c=[1, None], d=[1, 0])
    evaluation = ps.evaluate(framework(item("a"), item("b", 10), filled), data)
    assert everywhere(evaluation.nodes["s"], [15, 5])
    assert everywhere(evaluation.nodes["total"], [45, 25])
    assert evaluation.notes == ()
    assert not of_code(evaluation.findings, "unfilled_slot")


def test_a_shape_that_must_be_filled_is_refused_until_it_is() -> None:
    shape = framework(item("a"), item("b", 10), slot(must_be_filled=True))
    for score in (ps.evaluate, ps.prepare):
        with pytest.raises(FrameworkError) as refused:
            score(shape, rows(a=[1], b=[1]))
        assert [finding.code for finding in refused.value.findings] == ["unfilled_slot"]
        assert refused.value.exit_code == 4
    filled = dimension("s", item("c", 15), slot=Slot(points=15.0, must_be_filled=True), aggregate=SUM)
    evaluation = ps.evaluate(framework(item("a"), item("b", 10), filled), rows(a=[1], b=[1], c=[1]))
    assert evaluation.nodes["total"].tolist() == [45]


def test_a_shape_of_slots_alone_has_nothing_to_fill_in_and_is_refused_by_every_slot(tmp_path: Path) -> None:
    parts = [Node(id=f"s{n}", zh="组", slot=Slot(points=65.0, must_be_filled=True)) for n in range(2)]
    shape = framework(*parts, total=Total(aggregate=SUM, points=130.0))
    with pytest.raises(UsageError, match="extends: "):
        write_template(shape, tmp_path / "blank.xlsx", "zh")
    with pytest.raises(FrameworkError) as refused:
        ps.evaluate(shape, pd.DataFrame({"zone": ["甲"]}))
    assert [finding.field for finding in refused.value.findings] == ["s0", "s1"]


def test_gates_know_what_the_slot_cannot_change_and_leave_the_rest_unknown() -> None:
    asked = Requirement(id="pass", zh="达标", require="total >= 20")
    evaluation = ps.evaluate(framework(gates=(asked,)), rows(a=[1, 0, -1, -1], b=[-1, -1, 0, -1]))
    assert everywhere(evaluation.bounds.high["total"], [35, 25, 20, 15])
    found = dict(zip(evaluation.gates["unit"], evaluation.gates["outcome"], strict=True))
    assert found == {"甲": "met", "乙": "unknown", "丙": "unknown", "丁": "not_met"}


@pytest.mark.parametrize("policy", ["invalid", "zero", "mean", Choice.of("score_group_mean", by="park")])
def test_no_policy_for_gaps_fills_a_slot_or_sets_a_unit_aside_for_it(policy: str | Choice) -> None:
    chosen = Choice.of(policy) if isinstance(policy, str) else policy
    own = framework(
        defaults=Defaults(missing=chosen, weights=Choice.of("equal")),
        fields={"park": field("park", kind="text")},
    )
    evaluation = ps.evaluate(own, rows(a=[1, 0], b=[1, 1], park=["甲园", "乙园"]))
    assert everywhere(evaluation.nodes["total"], [30, 20])
    assert everywhere(evaluation.nodes["s"], [NAN, NAN])
    assert evaluation.filled.empty


def test_a_screen_does_not_count_a_slot() -> None:
    evaluation = ps.evaluate(framework(screen=Screen(availability=1.0)), rows(a=[1, None], b=[1, 1]))
    assert evaluation.scores["rank"].notna().tolist() == [True, False]
    assert evaluation.reasons[1] is not None
    assert "50%" in evaluation.reasons[1].en


def test_coverage_says_that_the_slot_is_not_covered() -> None:
    assert ps.evaluate(framework(), rows(a=[1], b=[1])).coverage["total"].tolist() == [30 / 45]


def test_a_dimension_of_slots_alone_is_not_said_to_lack_data_unit_by_unit() -> None:
    own = framework(item("a"), item("b", 10), dimension("d", slot(), aggregate=SUM, points=15.0))
    evaluation = ps.evaluate(own, rows(a=[1, 0], b=[1, 1]))
    assert not of_code(evaluation.findings, "dimension_not_scored")
    assert len(of_code(evaluation.findings, "unfilled_slot")) == 1


def test_diagnosis_and_comparison_work_beside_an_open_slot() -> None:
    data = rows(a=[1, 0, -1, 1], b=[1, 1, 0, -1])
    assert ps.diagnose(ps.evaluate(framework(), data)) is not None
    assert ps.scenarios(framework(), data, [None, "equal"]) is not None


def test_the_cells_behind_a_slot_are_none() -> None:
    assert ps.evaluate(framework(), rows(a=[1], b=[1])).source("甲", "s") == ""


@given(st.lists(st.tuples(*[st.none() | st.floats(-1e100, 1e100)] * 2), min_size=1, max_size=10), st.data())
def test_filling_a_slot_gives_a_total_within_what_was_open(pairs: list[tuple[Any, Any]], draw: st.DataObject) -> None:
    a, b = (list(column) for column in zip(*pairs, strict=True))
    local = draw.draw(st.lists(st.floats(-1e100, 1e100), min_size=len(a), max_size=len(a)))
    before = ps.evaluate(framework(), rows(a=a, b=b))
    filled = dimension("s", item("c", 15), slot=Slot(points=15.0), aggregate=SUM)
    after = ps.evaluate(framework(item("a"), item("b", 10), filled), rows(a=a, b=b, c=local))
    total = after.nodes["total"].to_numpy()
    assert (before.bounds.low["total"] <= total).all()
    assert (total <= before.bounds.high["total"]).all()

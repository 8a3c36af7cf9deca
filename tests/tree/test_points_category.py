"""Points by category: the text of a cell is the value, and a text that no table lists is never 0."""

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
from parkscore.data.capping import MOST
from parkscore.evaluation_sheets import sheets_of
from parkscore.findings import Severity
from parkscore.framework.models import Choice, Framework, Node, ScoreRule, Total
from tests.small_frameworks import codes, everywhere, field, leaf, of_code, rows, small

NAN = np.nan
FIELDS = {"domain": field("domain", kind="text")}


def domain(otherwise: float | None = 5, **said: Any) -> Node:
    """主导产品领域 of the innovative SMEs: 10 points for a strategic industry, else 5."""
    stated = {} if otherwise is None else {"otherwise": otherwise}
    rule = ScoreRule.of("lookup", points={"战略性新兴产业": 10, "传统产业": 4}, **stated)
    return Node(**({"id": "d", "zh": "主导产品领域", "category": "domain", "score": rule} | said))


def framework(node: Node | None = None, **said: Any) -> Framework:
    return small(node or domain(), leaf("a", score=ScoreRule.of("as_is")), fields=FIELDS, **said)


def test_the_points_of_a_category_are_those_of_its_name() -> None:
    data = rows(domain=["战略性新兴产业", "传统产业", "餐饮", None], a=[1, 1, 1, 1])
    evaluation = ps.evaluate(framework(), data)
    assert everywhere(evaluation.scored["d"], [10, 4, 5, NAN])
    assert evaluation.states["d"].tolist() == ["value", "value", "value", "missing"]
    assert of_code(evaluation.findings, "unlisted_category") == []


@pytest.mark.parametrize("written", ["战略性新兴产业", "  战略性新兴产业 ", "战略性新兴产业\u3000"])
def test_blanks_around_a_category_do_not_matter(written: str) -> None:
    assert ps.evaluate(framework(), rows(domain=[written, "传统产业"], a=[1, 1])).scored["d"].tolist() == [10, 4]


def test_full_width_letters_are_the_same_category() -> None:
    rule = ScoreRule.of("lookup", points={"A级（优）": 3, "B级": 1})
    evaluation = ps.evaluate(framework(domain(score=rule)), rows(domain=["Ａ级(优)", "B级"], a=[1, 1]))
    assert evaluation.scored["d"].tolist() == [3, 1]


def test_an_unlisted_category_is_undefined_and_named_with_its_cell_and_never_0(tmp_path: Path) -> None:
    file = tmp_path / "zones.csv"
    pd.DataFrame({"zone": ["甲", "乙"], "domain": ["餐饮", "传统产业"], "a": [1, 1]}).to_csv(file, index=False)
    evaluation = ps.evaluate(framework(domain(otherwise=None)), file)
    assert everywhere(evaluation.scored["d"], [NAN, 4])
    assert evaluation.states["d"].tolist() == ["undefined", "value"]
    (finding,) = of_code(evaluation.findings, "unlisted_category")
    assert (finding.unit, finding.field, finding.value, finding.severity) == ("甲", "d", "餐饮", Severity.WARNING)
    assert f"{finding.place}".endswith("zones.csv:2:2")
    assert "otherwise" in finding.hint.zh  # type: ignore[union-attr]
    assert "不按 0 分计" in finding.message.zh


def test_the_text_is_what_the_stages_show_and_its_points_stand_beside_it() -> None:
    data = rows(domain=["餐饮", None, "传统产业"], a=[1, 1, 1])
    evaluation = ps.evaluate(framework(), data)
    for stage in (evaluation.indicators, evaluation.imputed, evaluation.treated):
        assert stage["d"].tolist() == ["餐饮", None, "传统产业"]
        assert stage["a"].tolist() == [1.0, 1.0, 1.0]
    assert evaluation.chosen.to_dict("records") == [
        {"unit": "甲", "indicator": "d", "chosen": "餐饮", "score": 5.0},
        {"unit": "丙", "indicator": "d", "chosen": "传统产业", "score": 4.0},
    ]
    assert [entry["chosen"] for entry in evaluation.as_dict()["chosen"]] == ["餐饮", "传统产业"]
    values = next(sheet for sheet in sheets_of(evaluation, "zh") if sheet.name == "指标值")
    assert set(values.frame.iloc[:, 1]) == {"餐饮", "传统产业", "缺失"}


def test_files_hold_the_texts(tmp_path: Path) -> None:
    evaluation = ps.evaluate(framework(), rows(domain=["餐饮", None], a=[1, 2]))
    written = json.loads(evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert written["chosen"] == [{"unit": "甲", "indicator": "d", "chosen": "餐饮", "score": 5.0}]
    evaluation.to_excel(tmp_path / "out.xlsx")
    assert "餐饮" in pd.read_excel(tmp_path / "out.xlsx", sheet_name="指标值", engine="calamine").to_string()


def test_a_cell_behind_a_category_is_that_of_its_field(tmp_path: Path) -> None:
    file = tmp_path / "zones.csv"
    pd.DataFrame({"zone": ["甲", "乙"], "a": [1, 1], "domain": ["餐饮", "传统产业"]}).to_csv(file, index=False)
    assert ps.evaluate(framework(), file).source("乙", "d").endswith("zones.csv:3:3")


def test_a_missing_category_can_get_the_mean_score_of_its_group() -> None:
    node = domain(missing=Choice.of("score_group_mean", by="group"))
    groups = FIELDS | {"group": field("group", kind="text")}
    evaluation = ps.evaluate(
        small(node, fields=groups), rows(domain=["战略性新兴产业", "传统产业", None], group=["x", "x", "x"])
    )
    assert evaluation.scored["d"].tolist() == [10, 4, 7]
    assert evaluation.indicators["d"].tolist() == ["战略性新兴产业", "传统产业", None]


def test_a_column_without_any_category_is_told_and_scores_nothing() -> None:
    evaluation = ps.evaluate(framework(), rows(domain=[None, None], a=[1, 2]))
    assert everywhere(evaluation.scored["d"], [NAN, NAN])
    assert [finding.field for finding in of_code(evaluation.findings, "all_missing")] == ["d"]


def test_one_category_for_all_is_told_by_its_name() -> None:
    evaluation = ps.evaluate(framework(), rows(domain=["餐饮", "餐饮"], a=[1, 2]))
    (finding,) = of_code(evaluation.findings, "constant_column")
    assert (finding.field, finding.value) == ("d", "餐饮")
    assert "fixed bounds" not in finding.hint.en  # type: ignore[union-attr]


def test_hundreds_of_unlisted_categories_are_counted_and_the_first_are_listed() -> None:
    count = MOST + 57
    data = pd.DataFrame({"zone": [f"u{n}" for n in range(count)], "domain": "餐饮", "a": 1.0})
    found = of_code(ps.evaluate(framework(domain(otherwise=None)), data).findings, "unlisted_category")
    assert len(found) == MOST + 1
    assert "and 57 more" in found[-1].message.en


def test_the_diagnosis_leaves_categories_out_of_the_statistics_of_values() -> None:
    evaluation = ps.evaluate(framework(), rows(domain=["餐饮", "传统产业", "餐饮"], a=[1, 2, 4]))
    statistics = ps.diagnose(evaluation).statistics
    assert statistics.loc[statistics["stage"] == "values", "id"].tolist() == ["a"]
    assert "d" in statistics.loc[statistics["stage"] == "scores", "id"].tolist()


HOSTILE = ["", "0", "nan", "-1", "1e300", "=1+1", "不适用", "n/a", "'", "\u200b", "x" * 500]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_cell_holds_is_a_category_or_a_gap_and_nothing_is_dropped(text: str) -> None:
    evaluation = ps.evaluate(framework(domain(otherwise=None)), rows(domain=[text, "传统产业"], a=[1, 1]))
    assert len(evaluation.scores) == 2
    assert np.isnan(evaluation.scored["d"].iloc[0])
    state = evaluation.states["d"].iloc[0]
    assert state in {"missing", "not_applicable", "undefined"}
    assert (state == "undefined") == bool(of_code(evaluation.findings, "unlisted_category"))


def test_a_sample_fills_a_category_with_its_own_names() -> None:
    made = ps.sample(framework(), units=30, seed=1)
    listed = set(made[next(column for column in made if "domain" in column)])
    assert listed <= {"战略性新兴产业", "传统产业"}


@given(st.lists(st.sampled_from(["战略性新兴产业", "传统产业", "餐饮", None]), min_size=1, max_size=8))
def test_another_unit_changes_nobodys_points(texts: list[str | None]) -> None:
    expected = {"战略性新兴产业": 10.0, "传统产业": 4.0, "餐饮": 5.0, None: NAN}
    data = pd.DataFrame({"zone": [f"u{n}" for n in range(len(texts))], "domain": texts, "a": 1.0})
    evaluation = ps.evaluate(framework(), data.astype({"domain": object}))
    assert everywhere(evaluation.scored["d"], [expected[text] for text in texts])


def test_points_by_category_add_up_to_the_declared_total() -> None:
    parts = (domain(points=10), leaf("a", points=20, score=ScoreRule.of("goalposts", low=0, high=1, to=(0, 20))))
    total = Total(points=30, aggregate=Choice.of("capped_sum", cap=30))
    evaluation = ps.evaluate(small(*parts, fields=FIELDS, total=total), rows(domain=["传统产业", None], a=[0.5, 1]))
    assert everywhere(evaluation.nodes["total"], [14, 20])
    assert everywhere(evaluation.coverage["total"], [1, 2 / 3])
    assert codes(evaluation.findings).count("no_value") == 1

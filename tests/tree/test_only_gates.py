"""Tests of frameworks that have gates and no indicators: units are judged, and neither scored nor ranked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.evaluation_sheets import sheets_of
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.loading import load_framework, read_own_document
from parkscore.framework.workbook_form import write_workbook
from tests.small_frameworks import codes

TEXT = """\
id: small-firm
title: {zh: 小型企业认定, en: Small enterprises}
status: example
unit: {zh: 企业, en: enterprise, key: 企业名称}
time: 年份
fields:
  revenue: {zh: 营业收入, en: revenue, measure: 万元}
  staff: {zh: 职工总数, en: staff, measure: 人}
  accident: {zh: 重大事故, en: accident, min: 0, max: 1}
gates:
  - {id: small, zh: 小型, en: Small, require: revenue <= 2亿元 and staff <= 500人}
  - {id: clean, zh: 无事故, en: Clean, veto: accident > 0}
  - {id: grown, zh: 增长, en: Grown, require: revenue > 上年(revenue)}
"""
ROWS = [
    ("甲", 2023, 100, 3, 0),
    ("甲", 2024, 20_000, 500, 0),
    ("乙", 2024, 20_000.01, 500, 1),
    ("丙", 2024, -5, 3, None),  # a loss
    ("丁", 2024, 1e300, None, 0),
    ("戊", 2024, None, None, None),
    ("己", 2024, "不适用", 5, 0),
]
COLUMNS = ["企业名称", "年份", "营业收入", "职工总数", "重大事故"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small-firm.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def judged(file: Path) -> Evaluation:
    return ps.evaluate(file, pd.DataFrame(ROWS, columns=COLUMNS).astype(object))


def test_every_row_has_an_outcome_for_each_gate_and_says_that_nothing_is_ranked(judged: Evaluation) -> None:
    found = judged.scores.set_index(["unit", "year"])
    assert len(found) == len(ROWS)
    assert set(found["status"]) == {"not_ranked: only gates"}
    assert set(judged.scores_in("zh")["status"]) == {"not_ranked: 本体系只有门槛"}
    assert found["score"].isna().all()
    assert found["rank"].isna().all()
    assert found["small"].to_dict() == {
        ("甲", 2023): "met",
        ("甲", 2024): "met",
        ("乙", 2024): "not_met",
        ("丙", 2024): "met",
        ("丁", 2024): "not_met",
        ("戊", 2024): "unknown",
        ("己", 2024): "unknown",
    }
    assert found.loc[("甲", 2024), "grown"] == "met"
    assert found.loc[("甲", 2023), "grown"] == "unknown"  # 2022 is not in the data


def test_no_row_is_warned_of_for_not_being_ranked_and_no_weights_are_called_assumed(judged: Evaluation) -> None:
    assert codes(judged.findings) == ["measure_assumed"]
    assert judged.notes == ()
    assert repr(judged) == "<Evaluation small-firm: 7 judged>"


def test_counts_of_each_gate_sum_to_the_rows(judged: Evaluation) -> None:
    assert [sum(counts.values()) for counts in judged.gate_counts.values()] == [len(ROWS)] * 3


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "xlsx"])
def test_every_form_of_output_can_be_written(judged: Evaluation, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    {"csv": judged.to_csv, "json": judged.to_json, "parquet": judged.to_parquet, "xlsx": judged.to_excel}[suffix](path)
    assert path.stat().st_size > 0


def test_json_has_outcomes_and_no_weights(judged: Evaluation) -> None:
    document = judged.as_dict()
    assert len(document["gates"]) == 3 * len(ROWS)
    assert document["weights"] == document["open_scores"] == []
    assert document["contributions"] is None
    assert document["about"]["weights_status"] is None


@pytest.mark.parametrize(
    ("language", "names", "heads"),
    [
        ("zh", ["认定", "门槛结果", "逐条条件", "数据质量", "行数核对", "参数与来源"], ["小型", "无事故", "增长"]),
        ("en", ["judged", "gates", "conditions", "findings", "accounting", "about"], ["Small", "Clean", "Grown"]),
    ],
)
def test_the_workbook_has_the_sheets_of_gates_only(
    judged: Evaluation, language: Any, names: list[str], heads: list[str]
) -> None:
    sheets = sheets_of(judged, language)
    assert [sheet.name for sheet in sheets] == names
    assert list(sheets[0].frame.columns)[2:] == heads
    assert len(sheets[0].frame) == len(ROWS)


def test_yaml_and_workbook_hold_the_same(file: Path, tmp_path: Path) -> None:
    framework = load_framework(file)
    write_workbook(read_own_document(file).data, tmp_path / "small-firm.xlsx")
    assert load_framework(tmp_path / "small-firm.xlsx") == framework


@pytest.mark.parametrize("text", [TEXT.partition("gates:")[0], TEXT.partition("gates:")[0] + "indicators: []\n"])
def test_a_framework_without_indicators_and_gates_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        load_framework(path)
    assert codes(refused.value.findings) == ["empty_dimension"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("screen: {availability: 50%}\n", "misplaced_key"),
        ("rank_within: []\n", "misplaced_key"),
        ("total: {zh: 总分}\n", "misplaced_key"),
        ("weights_status: official\n", "misplaced_key"),
        ("  - {id: passed, zh: 及格, require: total >= 60}\n", "unknown_field"),
    ],
)
def test_what_only_scores_can_mean_is_refused(file: Path, line: str, code: str) -> None:
    file.write_text(TEXT + line, encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        load_framework(file)
    assert codes(refused.value.findings) == [code]


def test_weights_and_a_diagnosis_are_refused(file: Path, judged: Evaluation) -> None:
    with pytest.raises(UsageError) as refused:
        ps.evaluate(file, pd.DataFrame(ROWS, columns=COLUMNS).astype(object), weights="entropy")
    assert codes(refused.value.findings) == ["only_gates"]
    with pytest.raises(UsageError) as refused:
        ps.diagnose(judged)
    assert codes(refused.value.findings) == ["only_gates"]


def test_adding_an_enterprise_changes_no_outcome_of_another(file: Path, judged: Evaluation) -> None:
    frame = pd.DataFrame([*ROWS, ("庚", 2024, -1e300, 1, 1)], columns=COLUMNS).astype(object)
    more = ps.evaluate(file, frame).gates
    assert more[more["unit"] != "庚"].reset_index(drop=True).equals(judged.gates)

"""Faults that were seen in real scoring systems are refused or reported, each by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import Finding, Severity
from tests.framework_texts import findings_in

HEAD = """\
id: park
title: {zh: 例, en: example}
unit: {zh: 企业, en: enterprise, key: enterprise}
weights_status: official
defaults: {direction: higher, aggregate: sum}
fields:
  staff: {zh: 职工总数, en: Staff, measure: 人}
  rd_staff: {zh: 研发人员数, en: R&D staff, measure: 人}
  deduction: {zh: 加计扣除额, en: Tax deduction, measure: 万元}
  contractors: {zh: 外包工人数, en: Contractors, measure: 人}
  laboratories: {zh: 认证实验室数, en: Certified laboratories, measure: 家}
  profit: {zh: 利润总额, en: Total profit, measure: 万元}
  product_profit: {zh: 新产品销售利润, en: Profit from new products, measure: 万元}
  revenue: {zh: 营业收入, en: Revenue, measure: 千元}
"""


def framework(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "park.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def one(tmp_path: Path, indicator: str) -> Path:
    return framework(tmp_path, f"indicators:\n  - {{id: item, zh: {indicator}}}\n")


def found(file: Path, code: str) -> Finding:
    own = [finding for finding in findings_in(file) if finding.code == code]
    assert len(own) == 1, findings_in(file)
    return own[0]


def test_a_full_requirement_of_zero_gives_full_marks_to_everybody_and_is_refused(tmp_path: Path) -> None:
    file = one(
        tmp_path, "加计扣除, formula: deduction, score: {rule: two_anchor, points: 3, basic: 0, full: 0, at_basic: 60%}"
    )
    assert found(file, "full_at_zero").severity is Severity.ERROR


def test_an_indicator_computed_from_a_field_of_another_measure_is_refused(tmp_path: Path) -> None:
    file = one(tmp_path, "研发人员数, formula: deduction, measure: 人, score: {rule: per, each: 1, points: 1, most: 8}")
    assert found(file, "measure").severity is Severity.ERROR


def test_an_indicator_computed_from_a_field_that_its_name_does_not_speak_of_is_reported(tmp_path: Path) -> None:
    file = one(tmp_path, "研发人员数, formula: contractors, score: {rule: per, each: 1, points: 1, most: 8}")
    finding = found(file, "other_field")
    assert finding.severity is Severity.WARNING
    assert "研发人员数" in finding.message.zh
    assert "外包工人数" in finding.message.zh


@pytest.mark.parametrize("formula", ["rd_staff", "rd_staff / staff"])
def test_an_indicator_that_reads_what_it_is_named_after_draws_no_warning(tmp_path: Path, formula: str) -> None:
    file = one(tmp_path, f"研发人员占比, formula: {formula}, score: {{rule: per, each: 1, points: 1, most: 8}}")
    assert [finding.code for finding in findings_in(file)] == []


def test_a_derived_field_is_looked_through_for_the_field_that_a_name_speaks_of(tmp_path: Path) -> None:
    text = """\
  outside: {zh: 别的, formula: contractors + 0人}
indicators:
  - {id: item, zh: 研发人员数, formula: outside, score: {rule: per, each: 1, points: 1, most: 8}}
"""
    assert found(framework(tmp_path, text), "other_field").value == "outside"


def test_two_requirements_that_are_the_same_are_reported_and_divide_by_nothing(tmp_path: Path) -> None:
    file = one(
        tmp_path,
        "认证实验室, formula: laboratories, score: {rule: two_anchor, points: 3, basic: 1, full: 1, at_basic: 60%}",
    )
    assert found(file, "no_middle_branch").severity is Severity.WARNING
    assert scores(file, laboratories=[0, 0.5, 1, 2]) == [0, 0.9, 3, 3]


def scores(file: Path, **columns: list[Any]) -> list[float | None]:
    table = pd.DataFrame({"enterprise": [f"企业{number}" for number in range(len(next(iter(columns.values()))))]})
    evaluation = ps.evaluate(file, table.assign(**columns))
    return [None if pd.isna(score) else round(score, 12) for score in evaluation.nodes["item"]]


def test_a_share_of_a_loss_is_undefined_and_neither_negative_nor_full_marks(tmp_path: Path) -> None:
    rule = "{rule: two_anchor, points: 10, basic: 10%, full: 15%, at_basic: 60%}"
    file = one(tmp_path, f"新产品利润占比, formula: product_profit / profit, score: {rule}")
    table = pd.DataFrame(
        {
            "enterprise": ["亏损", "双亏", "无利", "盈利"],
            "product_profit": [30, -30, 30, 30],
            "profit": [-100, -100, 0, 100],
        }
    )
    evaluation = ps.evaluate(file, table)
    assert evaluation.nodes["item"].isna().tolist() == [True, True, True, False]
    assert evaluation.states["item"].tolist() == ["undefined", "undefined", "divided_by_zero", "value"]
    assert any(each.code == "no_value" and "undefined" in each.message.en for each in evaluation.findings)


def test_a_missing_cell_is_no_zero_and_says_so(tmp_path: Path) -> None:
    file = one(
        tmp_path,
        "研发人员数, direction: lower, formula: rd_staff, score: {rule: steps, closed: right, "
        "steps: [[0, 10], [5, 5]], otherwise: 0}",
    )
    assert scores(file, rd_staff=[None, 0, 3]) == [None, 10, 5]
    table = pd.DataFrame({"enterprise": ["缺", "零"], "rd_staff": [None, 0]})
    (gap,) = [each for each in ps.evaluate(file, table).findings if each.code == "no_value"]
    assert "no score of 0" in gap.message.en


def banded(bands: str) -> str:
    return f"营收档, formula: revenue, score: {{rule: bands, bands: [{bands}]}}"


def test_bands_that_hold_nobody_at_exactly_200_million_yuan_are_refused(tmp_path: Path) -> None:
    """The practitioner's flag has x > 200000, 50000 <= x < 200000 and x < 50000 千元."""
    bands = "{over: 200000, points: 3}, {from: 50000, below: 200000, points: 4}, {below: 50000, points: 5}"
    finding = found(one(tmp_path, banded(bands)), "band_gap")
    assert finding.severity is Severity.ERROR
    assert "200000" in finding.message.en


def test_bands_that_hold_somebody_twice_at_exactly_50_million_yuan_are_refused(tmp_path: Path) -> None:
    bands = "{over: 200000, points: 3}, {from: 50000, to: 200000, points: 4}, {to: 50000, points: 5}"
    finding = found(one(tmp_path, banded(bands)), "band_overlap")
    assert finding.severity is Severity.ERROR
    assert "50000" in finding.message.en


def test_classes_that_hold_nobody_at_exactly_200_million_yuan_are_reported(tmp_path: Path) -> None:
    text = """\
classes:
  - {id: large, zh: 大, when: revenue > 2亿元}
  - {id: middle, zh: 中, when: 5000万元 <= revenue < 2亿元}
  - {id: small, zh: 小, when: revenue < 5000万元}
indicators:
  - {id: item, zh: 营收, formula: revenue, score: {rule: as_is}}
"""
    finding = found(framework(tmp_path, text), "class_gap")
    assert "200000" in finding.message.en.replace(",", "")

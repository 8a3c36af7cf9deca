"""Tests of parkscore.framework.check_categories: a category is a text field with points, tiers are conditions."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding
from parkscore.framework.workbook_form import read_workbook, write_workbook
from parkscore.framework.yaml_form import read_yaml
from tests.framework_texts import HEAD, found_at_marks

LOOKUP = "score: {rule: lookup, points: {种子: 10, 成长: 8}, otherwise: 2}"


def found(line: str, folder: Path, head: str = HEAD) -> list[Finding]:
    return found_at_marks(f'{head}indicators:\n  - {{id: "1", zh: 一, {line}}}\n', folder / "park.yaml")


def test_a_category_with_its_points_draws_no_finding_and_needs_no_direction(tmp_path: Path) -> None:
    assert found(f"category: stage, {LOOKUP}", tmp_path, HEAD.replace("defaults: {direction: higher}\n", "")) == []


def test_numeric_codes_are_scored_by_a_formula(tmp_path: Path) -> None:
    assert found("formula: money / money, score: {rule: lookup, points: {1: 5, 2: 3}}", tmp_path) == []


MISTAKES = [
    (f"category: ▲stag, {LOOKUP}", "unknown_field", "`stage`"),
    (f"category: ▲money, {LOOKUP}", "wrong_type", "`kind: text`"),
    (f"formula: money, category: ▲stage, {LOOKUP}", "misplaced_key", "remove"),
    (f"category: stage, measure: ▲千元, {LOOKUP}", "misplaced_key", "remove"),
    ("category: stage, score: ▲minmax", "category_rule", "lookup"),
    ("category: ▲stage", "category_rule", "lookup"),
    (f"formula: money, {LOOKUP.replace('score: ', 'score: ▲')}", "no_category", "`category:`"),
    (f"category: stage, missing: ▲mean, {LOOKUP}", "not_for_categories", "`missing: reweight`"),
    (f"category: stage, treat: ▲log, {LOOKUP}", "not_for_categories", "`treat: none`"),
    ("category: stage, score: {rule: lookup, points: ▲{}}", "parameter", None),
    ("category: stage, score: {rule: lookup, points: ▲{A级: 3, Ａ级: 2}}", "repeated_category", None),
    ("category: stage, score: {rule: lookup, points: ▲{A 级: 3, ' A  级': 2}}", "repeated_category", None),
]


@pytest.mark.parametrize(("line", "code", "hint"), MISTAKES)
def test_a_mistake_is_located_with_a_way_out(line: str, code: str, hint: str | None, tmp_path: Path) -> None:
    (finding,) = found(line, tmp_path)
    assert finding.code == code
    if hint is not None:
        assert finding.hint is not None
        assert hint in finding.hint.en


def test_what_is_inherited_and_cannot_be_done_to_a_category_is_told_at_the_category(tmp_path: Path) -> None:
    head = HEAD.replace("direction: higher}", "direction: higher, missing: median, treat: log}")
    findings = found(f"category: ▲▲stage, {LOOKUP}", tmp_path, head)
    assert [finding.code for finding in findings] == ["not_for_categories", "not_for_categories"]
    stated = f"category: stage, missing: reweight, treat: none, {LOOKUP}"
    assert found(stated, tmp_path, head) == []


LISTED = "[{when: money > 5亿元, points: 20}, {when: staff > 10人, points: 10}]"
TIERS = f"score: {{rule: tiers, tiers: {LISTED}, otherwise: 0}}"


def test_tiers_take_the_place_of_a_formula_and_need_no_direction(tmp_path: Path) -> None:
    assert found(f"points: 20, {TIERS}", tmp_path, HEAD.replace("defaults: {direction: higher}\n", "")) == []


TIERS_MISTAKES = [
    (TIERS.replace("money > 5亿元", "▲mony > 5亿元"), "unknown_field"),
    (TIERS.replace("staff > 10人", "staff > ▲10万元"), "measure"),
    (TIERS.replace("staff > 10人", "▲staff"), "measure"),
    (TIERS.replace("staff > 10人", "staff > 10人 ▲)"), "formula"),
    (TIERS.replace("staff > 10人", "▲money>5 亿元"), "unreachable_tier"),
    (f"formula: ▲money, {TIERS}", "misplaced_key"),
    (f"category: ▲stage, {TIERS}", "misplaced_key"),
    (f"measure: ▲千元, {TIERS}", "misplaced_key"),
    (f"missing: ▲zero, {TIERS}", "not_for_categories"),
    (f"points: ▲25, {TIERS}", "nominal_total"),
    (f"{TIERS.replace('score: ', 'score: ▲')}, children: [{{id: a, zh: 甲, formula: money}}]", "misplaced_key"),
    ("score: {rule: tiers, tiers: ▲[{when: staff > 10人}]}", "parameter"),
    ("score: {rule: tiers, tiers: ▲[]}", "parameter"),
]


@pytest.mark.parametrize(("line", "code"), TIERS_MISTAKES)
def test_a_mistake_in_tiers_is_located(line: str, code: str, tmp_path: Path) -> None:
    assert found(line, tmp_path)[0].code == code


def test_tiers_come_back_from_a_workbook(tmp_path: Path) -> None:
    assert found(TIERS, tmp_path) == []
    data = read_yaml(tmp_path / "park.yaml").data
    write_workbook(data, tmp_path / "park.xlsx")
    assert read_workbook(tmp_path / "park.xlsx").data == data


def test_a_dimension_has_no_category(tmp_path: Path) -> None:
    line = "category: ▲stage, children: [{id: a, zh: 甲, formula: money}]"
    assert found(line, tmp_path)[0].code == "misplaced_key"


def test_a_category_and_its_points_come_back_from_a_workbook(tmp_path: Path) -> None:
    assert found(f"category: stage, points: 10, {LOOKUP}", tmp_path) == []
    data = read_yaml(tmp_path / "park.yaml").data
    write_workbook(data, tmp_path / "park.xlsx")
    assert read_workbook(tmp_path / "park.xlsx").data == data

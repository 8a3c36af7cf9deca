"""Tests of what `check` says of grade scales: ends, gaps, overlaps, lines, overrides, ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding, FrameworkError
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import load_framework, read_framework
from parkscore.framework.workbook_form import write_workbook
from tests.small_frameworks import codes

HEAD = """\
id: points
title: {zh: 积分, en: Points}
status: example
unit: {zh: 企业, en: enterprise, key: 企业名称}
weights_status: official
fields: {a: {zh: 甲项, measure: 项}, fault: {zh: 失信, min: 0, max: 1}}
defaults: {aggregate: sum, direction: higher}
total: {points: 50}
indicators: [{id: A, zh: 甲, points: 50, formula: a, score: {rule: per, each: 1, points: 1, most: 50, least: 0}}]
"""
BANDS = "bands: [{id: A, zh: 优, from: 40}, {id: B, zh: 良, from: 30, below: 40}]"


def findings_of(tmp_path: Path, scale: str, head: str = HEAD) -> list[Finding]:
    """What reading a framework with this scale finds, whether it is refused or not."""
    path = tmp_path / "points.yaml"
    path.write_text(f"{head}grades:\n  - {{id: grade, zh: 等级, {scale}}}\n", encoding="utf-8")
    try:
        return list(read_framework(path).findings)
    except FrameworkError as error:
        return list(error.findings)


def test_a_scale_that_is_right_has_no_findings(tmp_path: Path) -> None:
    assert findings_of(tmp_path, BANDS + ", otherwise: {id: C, zh: 差}") == []


@pytest.mark.parametrize(
    ("scale", "code"),
    [
        ("bands: []", "no_bands"),
        ("bands: [{id: A, zh: 优, from: 40}, {id: B, zh: 良, below: 39}]", "band_gap"),
        ("bands: [{id: A, zh: 优, over: 40}, {id: B, zh: 良, below: 40}]", "band_gap"),
        ("bands: [{id: A, zh: 优, from: 40}, {id: B, zh: 良, to: 40}]", "band_overlap"),
        ("bands: [{id: A, zh: 优}, {id: B, zh: 良, to: 40}]", "band_overlap"),
        ("bands: [{id: A, zh: 优, from: 40, over: 30}]", "band_ends"),
        ("bands: [{id: A, zh: 优, from: 40, below: 40}]", "band_ends"),
        ("bands: [{id: A, zh: 优, from: 40}, {id: A, zh: 良, below: 40}]", "duplicate_id"),
        ("bands: [{id: unknown, zh: 优, from: 40}]", "taken_id"),
        ("bands: [{id: no_grade, zh: 优, from: 40}]", "taken_id"),
        (f"{BANDS}, otherwise: {{id: A, zh: 差}}", "duplicate_id"),
        (f"{BANDS}, otherwise: {{id: C, zh: 差, below: 30}}", "misplaced_key"),
        (f"{BANDS}, of: B", "unknown_id"),
        (f"{BANDS}, overrides: [{{grade: Z, zh: 改判, when: fault > 0}}]", "unknown_id"),
        (f"{BANDS}, overrides: [{{grade: A, zh: 改判, when: faults > 0}}]", "unknown_field"),
        (f"{BANDS}, overrides: [{{grade: A, zh: 改判, when: a > 5元}}]", "measure"),
        (f"{BANDS}, overrides: [{{grade: A, zh: 改判, when: fault + 1}}]", "formula"),
        ("bands: [{id: A, zh: 优, from: 40, line: {amount: 3, measure: 万园}}]", "unknown_measure"),
        ("bands: [{id: A, zh: 优, from: 40, line: {amount: -3, measure: 万元}}]", "out_of_bounds"),
        ("bands: [{id: A, zh: 优, from: 40, line: {amount: 3}}]", "missing_key"),
        ("bands: [{zh: 优, from: 40}]", "missing_key"),
        ("bands: [{id: A, from: 40}]", "no_name"),
    ],
)
def test_a_mistake_is_found_and_shown_where_it_stands(tmp_path: Path, scale: str, code: str) -> None:
    found = findings_of(tmp_path, scale)
    assert codes(found) == [code]
    assert found[0].place is not None
    assert found[0].place.line == 11


def test_a_gap_names_the_scores_that_have_no_grade(tmp_path: Path) -> None:
    (found,) = findings_of(tmp_path, "bands: [{id: A, zh: 优, over: 40}, {id: B, zh: 良, below: 40}]")
    assert "恰好等于 40" in found.message.zh
    assert "exactly 40" in found.message.en


def test_lines_of_one_scale_count_one_kind_of_thing(tmp_path: Path) -> None:
    (found,) = findings_of(
        tmp_path,
        "bands: [{id: A, zh: 优, from: 40, line: {amount: 3, measure: 万元}},"
        " {id: B, zh: 良, below: 40, line: {amount: 3, measure: 人}}]",
    )
    assert found.code == "measure"


FALLING = """\
bands: [{id: A, zh: 优, from: 40, line: {amount: 9, measure: 万元}}, \
{id: B, zh: 良, below: 40, line: {amount: 1, measure: 十万元}}]"""


@pytest.mark.parametrize(
    ("scale", "code"),
    [
        ("bands: [{id: A, zh: 优, from: 60}]", "unreachable_grade"),
        ("bands: [{id: A, zh: 优, over: 50}]", "unreachable_grade"),
        (FALLING, "not_monotone"),
    ],
)
def test_what_may_be_meant_is_a_warning(tmp_path: Path, scale: str, code: str) -> None:
    found = findings_of(tmp_path, scale)
    assert [(finding.code, str(finding.severity)) for finding in found] == [(code, "warning")]


def test_a_grade_from_the_full_score_on_can_be_reached(tmp_path: Path) -> None:
    assert findings_of(tmp_path, "bands: [{id: A, zh: 优, from: 50}]") == []


@pytest.mark.parametrize("column", ["A", "score", "total", "gate"])
def test_a_scale_is_not_called_like_another_column_of_the_results(tmp_path: Path, column: str) -> None:
    head = HEAD + "gates: [{id: gate, zh: 及格, require: total >= 30}]\n"
    path = tmp_path / "points.yaml"
    path.write_text(f"{head}grades:\n  - {{id: {column}, zh: 等级, {BANDS}}}\n", encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        load_framework(path)
    assert codes(refused.value.findings) == ["taken_id"]


def test_two_scales_do_not_share_an_id(tmp_path: Path) -> None:
    path = tmp_path / "points.yaml"
    path.write_text(f"{HEAD}grades:\n" + f"  - {{id: g, zh: 等级, {BANDS}}}\n" * 2, encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        load_framework(path)
    assert codes(refused.value.findings) == ["taken_id"]


def test_where_nothing_is_scored_nothing_is_graded(tmp_path: Path) -> None:
    head = HEAD.partition("weights_status")[0]
    head += "fields: {a: {zh: 甲项}}\ngates: [{id: gate, zh: 及格, require: a > 3}]\n"
    assert codes(findings_of(tmp_path, BANDS, head)) == ["only_gates"]


FULL = f"""\
{HEAD}grades:
  - id: grade
    zh: 等级
    en: Grade
    of: A
    bands:
      - {{id: A, zh: 优, en: Good, from: 40, line: {{amount: 0.5, measure: 亿元}}, source: 甲文, note: 说明}}
      - {{id: B, zh: 良, over: 20%, below: 40}}
      - {{id: C, zh: 中, to: 20%}}
    otherwise: {{id: D, zh: 差}}
    overrides: [{{grade: D, when: fault > 0, zh: 失信, en: Offence, source: 乙文, note: 说明}}]
    status: example
    source: 丙文
    note: 说明
"""


def test_yaml_and_workbook_hold_the_same_scales(tmp_path: Path) -> None:
    from parkscore.framework.loading import read_own_document

    path = tmp_path / "points.yaml"
    path.write_text(FULL, encoding="utf-8")
    framework = load_framework(path)
    write_workbook(read_own_document(path).data, tmp_path / "points.xlsx")
    assert load_framework(tmp_path / "points.xlsx") == framework
    assert framework.grades[0].bands[1].ends == {"over": 0.2, "below": 40.0}


def test_a_local_file_changes_one_scale_by_its_id_and_its_bands_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "points.yaml").write_text(FULL, encoding="utf-8")
    local = "id: local\ntitle: {zh: 地方}\nextends: points.yaml\ngrades:\n"
    local += "  - {id: grade, bands: [{id: A, zh: 优, from: 45}, {id: B, zh: 良, below: 45}]}\n"
    (tmp_path / "local.yaml").write_text(local, encoding="utf-8")
    (scale,) = load_framework(tmp_path / "local.yaml").grades
    assert [grade.ends for grade in scale.bands] == [{"from": 45.0}, {"below": 45.0}]
    assert scale.overrides[0].label.zh == "失信"


def test_scales_made_in_python_are_checked_too() -> None:
    from parkscore.framework.models import Grade, GradeScale
    from tests.small_frameworks import leaf, small

    scale = GradeScale(id="g", zh="等级", bands=(Grade(id="A", zh="优", from_=1.0),))
    framework = small(leaf("one")).model_copy(update={"grades": (scale, scale)})
    assert codes(check_framework(framework)) == ["taken_id"]

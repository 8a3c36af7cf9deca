"""Point rules as they stand in files: kept by YAML and by workbooks, and known to the schema that editors use."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from parkscore.framework.json_schema import framework_schema
from parkscore.framework.loading import read_framework
from parkscore.framework.models import ScoreRule
from parkscore.framework.workbook_form import read_workbook, write_workbook
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from tests.framework.test_json_schema import PARK, mistakes
from tests.framework_texts import with_indicators

RULES = [
    "{rule: steps, closed: left, steps: [[30%, 20], [0.25, 16]], otherwise: 0}",
    "{rule: bands, bands: [{to: 50%, points: 20}, {over: 50%, below: 0.7, points: 3.5}, {from: 70%, points: -1}]}",
    "{rule: bands, bands: [{from: 0, points: 20}], otherwise: -5}",
    "{rule: two_anchor, points: 8, basic: 5, full: 20, at_basic: 60%}",
    "{rule: per, each: 0.5, points: -1, least: -5, whole: false}",
    "{rule: lookup, points: {1: 5, 2.5: 3, '3': 0}, otherwise: 1}",
]


@pytest.mark.parametrize("rule", RULES)
def test_a_point_rule_survives_yaml_and_a_workbook(rule: str, tmp_path: Path) -> None:
    text = with_indicators(f'- {{id: "1", zh: 一, formula: staff, score: {rule}}}')
    written = tmp_path / "park.yaml"
    written.write_text(text, encoding="utf-8")
    document = parse_yaml(text, "park.yaml")
    assert parse_yaml(write_yaml(document.data), "park.yaml").data == document.data
    write_workbook(document.data, tmp_path / "park.xlsx")
    assert read_workbook(tmp_path / "park.xlsx").data == document.data
    first, second = (read_framework(tmp_path / name).framework for name in ("park.yaml", "park.xlsx"))
    assert first == second
    (indicator,) = first.leaves
    assert indicator.score is not None
    assert ScoreRule.model_validate(indicator.score.model_dump()) == indicator.score


@pytest.mark.parametrize("rule", RULES)
def test_a_point_rule_fits_the_schema(rule: str) -> None:
    assert mistakes(PARK % f"score: {rule}", framework_schema()) == []


@pytest.mark.parametrize(
    "rule",
    [
        "steps",
        "{rule: steps, steps: [[1, 2]], otherwise: 0}",
        "{rule: steps, closed: both, steps: [[1, 2]], otherwise: 0}",
        "{rule: steps, closed: left, steps: [[1, 2, 3]], otherwise: 0}",
        "{rule: steps, closed: left, steps: [], otherwise: 0}",
        "{rule: bands, bands: [{form: 5, points: 3}]}",
        "{rule: bands, bands: [{points: 3}]}",
        "{rule: bands, bands: [{from: 5}]}",
        "{rule: two_anchor, points: 8, basic: 5, full: 20}",
        "{rule: per, each: 2, points: many}",
        "{rule: lookup, points: 3}",
    ],
)
def test_what_is_no_point_rule_breaks_the_schema(rule: str) -> None:
    Draft202012Validator.check_schema(framework_schema())
    assert mistakes(PARK % f"score: {rule}", framework_schema())

"""Tests of the JSON Schema that editors use."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parkscore import shipped
from parkscore.framework.json_schema import framework_schema, scheme_schema
from parkscore.framework.yaml_form import parse_yaml, read_yaml
from parkscore.methods import aggregation, imputation, scoring, treatment, weighting

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = sorted([*(ROOT / "indicators").glob("*.yaml"), *(ROOT / "tests" / "frameworks").glob("*.yaml")])
SCHEMES = sorted((ROOT / "weights").glob("*.yaml"))

PARK = """\
id: park
title: {zh: 园区}
unit: {zh: 园区, key: park}
fields: {a: {zh: 甲}}
indicators:
  - {id: "1", zh: 一, formula: a, %s}
"""


def plain(value: Any) -> Any:
    """A document as JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def mistakes(text: str, schema: dict[str, Any]) -> list[str]:
    document = plain(parse_yaml(text, "test.yaml").data)
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_the_schema_in_docs_is_current() -> None:
    written = json.loads((ROOT / "docs" / "framework.schema.json").read_text(encoding="utf-8"))
    assert written == framework_schema(), "run: parkscore schema > docs/framework.schema.json"


@pytest.mark.parametrize("schema", [framework_schema(), scheme_schema()], ids=["framework", "scheme"])
def test_the_schema_is_a_valid_json_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", FRAMEWORKS, ids=lambda path: path.stem)
def test_every_framework_of_the_project_fits_the_schema(path: Path) -> None:
    document = plain(read_yaml(path).data)
    assert [error.message for error in Draft202012Validator(framework_schema()).iter_errors(document)] == []


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_every_shipped_scheme_fits_the_schema(path: Path) -> None:
    document = plain(read_yaml(path).data)
    assert [error.message for error in Draft202012Validator(scheme_schema()).iter_errors(document)] == []


@pytest.mark.parametrize(
    "line",
    [
        "score: minmax",
        "score: {rule: minmax, to: [0, 100], clip: false}",
        "score: {rule: goalposts, low: 20%, high: 85}",
        "missing: reweight",
        "missing: {method: group_mean, by: a}",
        "treat: {method: winsorise, most: 3, skew: 2.5}",
        "weight: unknown",
        "weight: 20%",
    ],
)
def test_what_the_language_allows_fits_the_schema(line: str) -> None:
    assert mistakes(PARK % line, framework_schema()) == []


@pytest.mark.parametrize(
    "line",
    [
        "score: minmx",
        "score: {rule: minmax, too: [0, 100]}",
        "score: {rule: minmax, clip: 3}",
        "score: {rule: minmax, to: [0]}",
        "score: goalposts",
        "missing: forget",
        "treat: {method: winsorise, most: 2.5}",
        "weight: much",
        "wieght: 3",
        "direction: up",
    ],
)
def test_what_the_language_refuses_breaks_the_schema(line: str) -> None:
    assert mistakes(PARK % line, framework_schema())


@pytest.mark.parametrize(
    "block",
    [
        "{draws: 100, weights: {multipliers: 20%}, leave_out: all, exact: true, sensitivity: {groups: indicator}}",
        "{score: {all: [minmax, {rule: goalposts, low: 0, high: 1}], a: rank}, aggregate: {total: [geometric]}}",
        "{noise: {all: 5%, a: {absolute: 3}}, one_at_a_time: {schemes: equal, without_units: [甲]}}",
        "{exact: {level: indicator, bounds: {a: [0, 20%]}}, sensitivity: {groups: {one: [a, b], two: c}}}",
    ],
)
def test_a_block_on_robustness_fits_the_schema(block: str) -> None:
    assert mistakes(PARK % "weight: 1" + f"robustness: {block}\n", framework_schema()) == []


@pytest.mark.parametrize(
    "block",
    ["{exact: false}", "{score: {a: minmx}}", "{weights: {multiplier: 3}}", "{sensitivity: {groups: 3}}", "{draws: 0}"],
)
def test_a_wrong_block_on_robustness_breaks_the_schema(block: str) -> None:
    assert mistakes(PARK % "weight: 1" + f"robustness: {block}\n", framework_schema())


def test_a_file_that_extends_needs_only_what_differs() -> None:
    assert mistakes("id: local\nextends: park\n", framework_schema()) == []
    assert mistakes("id: local\n", framework_schema())


@pytest.mark.parametrize(
    ("key", "shelf", "rule"),
    [
        ("score", scoring, "rule"),
        ("aggregate", aggregation, "method"),
        ("missing", imputation, "method"),
        ("treat", treatment, "method"),
        ("weights", weighting, "method"),
    ],
)
def test_the_schema_offers_every_method_of_the_shelf(key: str, shelf: Any, rule: str) -> None:
    parts = framework_schema()["$defs"]
    part = parts["Node"]["properties"][key]["$ref"].rpartition("/")[2]
    forms = parts[part]["anyOf"][1:]
    assert set(shelf) <= {form["properties"][rule]["const"] for form in forms}


def test_the_schema_of_schemes_offers_every_weighting_method() -> None:
    scheme = "id: s\nframework: park\nstatus: assumed\n%s\n"
    for name, method in weighting.items():
        if any(parameter.required for parameter in method.parameters.values()):
            continue
        assert mistakes(scheme % f"method: {name}", scheme_schema()) == []
        assert mistakes(scheme % f'inside: {{"*": {name}}}', scheme_schema()) == []
    assert mistakes(scheme % "method: entrpy", scheme_schema())


@pytest.mark.parametrize(
    ("judged", "is_one"),
    [
        ("{method: ahp, matrix: {a: {b: 3}}}", True),
        ("{method: ahp, matrix: [{a: {b: 3}}, {a: {b: 2}}], max_consistency_ratio: 0.2}", True),
        ("{method: ahp}", False),
        ("{method: ahp, matrix: [[1, 3]]}", False),
        ("{method: best_worst, best_to_others: {a: 1, b: 3}, others_to_worst: {a: 3, b: 1}}", True),
        ("{method: rank_order, ranks: {a: 1, b: 2}, formula: rr}", True),
        ("{method: rank_order, ranks: [a, b]}", False),
    ],
)
def test_the_schema_of_schemes_takes_judgements_by_id(judged: str, is_one: bool) -> None:
    scheme = f"id: s\nframework: park\nstatus: expert\ninside: {{total: {judged}}}\n"
    assert (mistakes(scheme, scheme_schema()) == []) is is_one


def test_the_shipped_frameworks_point_editors_to_the_schema() -> None:
    for name in shipped.framework_names():
        path = shipped.framework_path(name)
        assert path is not None
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../docs/framework.schema.json"

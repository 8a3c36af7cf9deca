"""Points as pairs in framework files: asked for together with the given score, kept by every form, checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.json_schema import framework_schema
from parkscore.framework.loading import load_framework, read_framework
from parkscore.framework.models import ScoreRule
from parkscore.framework.point_pairs import has_pairs, least_of, most_of, pairs_of
from parkscore.framework.score_ranges import score_ranges
from parkscore.framework.workbook_form import read_workbook, write_workbook
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from tests.framework.test_json_schema import PARK, mistakes
from tests.framework_texts import HEAD, findings_in

RULES = [
    "{rule: steps, closed: left, steps: [[30, [9, 10]], [20, 8], [10, [5, 7.5]]], otherwise: [0, 4]}",
    "{rule: bands, bands: [{to: 50, points: [0, 5]}, {over: 50, points: [6, 10]}]}",
    "{rule: lookup, points: {1: [9, 10], 2: 7}, otherwise: [0, 6]}",
]
TIERS = (
    "{rule: tiers, tiers: [{when: staff > 5人, points: [9, 10]}, {when: staff > 1人, points: 5}], otherwise: [0, 4]}"
)

IN_A_CASE = "cases: [{when: staff > 5人, score: {rule: lookup, points: {1: [7, 8]}}}]"


def park(rule: str = RULES[0], given: str = "given: expert", value: str = "formula: staff, measure: 人") -> str:
    head = HEAD.replace("fields:\n", "fields:\n  expert: {zh: 给分}\n")
    parts = ", ".join(part for part in ('id: "1"', "zh: 一", value, given, f"score: {rule}") if part)
    return f"{head}indicators:\n  - {{{parts}}}\n"


def codes(text: str, folder: Path) -> list[str]:
    file = folder / "park.yaml"
    file.write_text(text, encoding="utf-8")
    found = findings_in(file)
    assert all(finding.place is not None and finding.place.line is not None for finding in found)
    return [finding.code for finding in found]


@pytest.mark.parametrize("rule", [*RULES, TIERS])
def test_pairs_with_a_given_score_draw_no_finding_and_survive_every_form(rule: str, tmp_path: Path) -> None:
    text = park(rule, "given: expert, whole: true", "" if rule is TIERS else "formula: staff, measure: 人")
    assert codes(text, tmp_path) == []
    document = parse_yaml(text, "park.yaml")
    assert parse_yaml(write_yaml(document.data), "park.yaml").data == document.data
    write_workbook(document.data, tmp_path / "park.xlsx")
    assert read_workbook(tmp_path / "park.xlsx").data == document.data
    first, second = (read_framework(tmp_path / name).framework for name in ("park.yaml", "park.xlsx"))
    assert first == second
    assert first.leaves[0].whole is True
    rule_read = first.leaves[0].score
    assert rule_read is not None
    assert ScoreRule.model_validate(rule_read.model_dump()) == rule_read


@pytest.mark.parametrize("rule", RULES)
def test_pairs_fit_the_schema_of_editors(rule: str) -> None:
    assert mistakes(PARK % f"score: {rule}", framework_schema()) == []


@pytest.mark.parametrize("rule", [*RULES, TIERS])
def test_scores_reach_from_the_least_of_all_pairs_to_the_most(rule: str, tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(park(rule, value="" if rule is TIERS else "formula: staff, measure: 人"), encoding="utf-8")
    found = score_ranges(load_framework(file))["1"]
    assert (found.low, found.high) == (0, 10)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (park(given=""), "pairs_without_given"),
        (park("minmax"), "given_without_pairs"),
        (park("{rule: steps, closed: left, steps: [[30, 10]], otherwise: 0}"), "given_without_pairs"),
        (park(given="whole: true"), "misplaced_key"),
        (park(given="given: expert, round: {decimals: 0, how: half_up}"), "misplaced_key"),
        (park("{rule: lookup, points: {1: [10, 9]}}"), "pair_order"),
        (park(given="given: expert, cases: [{when: staff > 5人, note: 一}, {note: 二}]"), "misplaced_key"),
        (
            park(
                "{rule: lookup, points: {1: 5}}",
                IN_A_CASE,
            ),
            "parameter",
        ),
        (park("{rule: lookup, points: {1: [7.2, 7.8]}}", "given: expert, whole: true"), "no_whole_points"),
        (park(given="given: expert, missing: mean"), "not_for_given"),
        (park(given="given: expert, missing: {method: group_mean, by: stage}"), "not_for_given"),
        (park(given="given: expert, treat: log"), "not_for_given"),
        (park(given="given: money"), "measure"),
        (park(given="given: stage"), "measure"),
        (park(given="given: expret"), "unknown_field"),
        (park(given="given: expert +"), "formula"),
        (park(given="given: expert, points: 9"), "nominal_total"),
        (park("{rule: lookup, points: {1: [7, 8, 9]}}"), "parameter"),
        (park("{rule: lookup, points: {1: [7, 八]}}"), "parameter"),
        (park("{rule: two_anchor, points: [7, 8], basic: 5, full: 20, at_basic: 60%}"), "parameter"),
        (park("{rule: per, each: 2, points: [0, 1], most: 5}"), "parameter"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, code: str, tmp_path: Path) -> None:
    assert code in codes(text, tmp_path)


def test_a_pair_at_its_own_place_is_named(tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(park("{rule: lookup, points: {1: [9, 10], 2: [8, 7]}}"), encoding="utf-8")
    (finding,) = findings_in(file)
    line = file.read_text(encoding="utf-8").splitlines()[-1]
    assert finding.place is not None
    assert finding.place.column == line.index("[8, 7]") + 1


def test_a_dimension_gives_no_score_itself(tmp_path: Path) -> None:
    inner = park().replace("  - {", "  - id: d\n    zh: 组\n    given: expert\n    children:\n      - {")
    assert "misplaced_key" in codes(inner, tmp_path)


def test_pairs_may_be_inherited_and_are_then_asked_for_at_the_indicator(tmp_path: Path) -> None:
    text = (
        park("RULE", "given: expert")
        .replace(", score: RULE", "")
        .replace("defaults: {direction: higher}", f"defaults: {{direction: higher, score: {RULES[2]}}}")
    )
    assert codes(text, tmp_path) == []
    assert codes(text.replace("given: expert, ", "").replace(", given: expert", ""), tmp_path) == [
        "pairs_without_given"
    ]


POINTS = st.one_of(
    st.integers(-5, 20), st.tuples(st.integers(-5, 20), st.integers(0, 5)).map(lambda p: (p[0], p[0] + p[1]))
)


@given(st.lists(POINTS, min_size=1, max_size=5), POINTS)
def test_the_least_and_the_most_of_a_rule_hold_every_pair_between_them(points: list[object], otherwise: object) -> None:
    steps = tuple((-float(number), each) for number, each in enumerate(points))
    rule = ScoreRule.of("steps", closed="left", steps=steps, otherwise=otherwise)
    least, most = least_of(rule), most_of(rule)
    assert not has_pairs(least)
    assert not has_pairs(most)
    pairs = dict(pairs_of(rule))
    assert len(pairs) == sum(isinstance(each, tuple) for each in [*points, otherwise])
    for number, each in enumerate(points):
        low, high = each if isinstance(each, tuple) else (each, each)
        assert (least.parameters["steps"][number][1], most.parameters["steps"][number][1]) == (low, high)
    assert least == most or pairs

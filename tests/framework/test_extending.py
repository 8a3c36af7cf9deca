"""Tests of parkscore.framework.extending: a local block laid over the national framework."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from parkscore.findings import Finding
from parkscore.framework.document import Document
from parkscore.framework.extending import overlay
from parkscore.framework.loading import load_framework, read_document, read_framework
from parkscore.framework.models import Framework, ScoreRule
from parkscore.framework.settings import resolve_settings
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from tests.framework_texts import findings_in, found_at_marks, unmarked
from tests.strategies import Data, framework_data

Local = Callable[[str], Path]
NATIONAL = load_framework("zone-2021")


@pytest.fixture
def local(tmp_path: Path) -> Local:
    """A file that extends zone-2021 by this text."""

    def write(text: str) -> Path:
        file = tmp_path / "local.yaml"
        file.write_text(f"id: local\nextends: zone-2021\n{text}", encoding="utf-8")
        return file

    return write


def ids(framework: Framework) -> list[str]:
    return [node.id for node in framework.walk()]


def node(framework: Framework, code: str) -> object:
    return next(each for each in framework.walk() if each.id == code)


def laid_over(base: str, own: str) -> Document:
    return overlay(parse_yaml(base, "base.yaml"), parse_yaml(own, "own.yaml"))


# --- what a local block can do to the national framework ---------------------------------------------------------


def test_a_file_that_only_extends_is_the_national_framework_under_another_name(local: Local) -> None:
    framework = load_framework(local(""))
    assert framework.id == "local"
    assert framework.model_copy(update={"id": "zone-2021", "extends": None}) == NATIONAL


def test_a_weight_is_changed_and_everything_else_stays(local: Local) -> None:
    framework = load_framework(local('indicators: [{id: "3", weight: 25%}]'))
    assert [each.weight for each in framework.indicators] == [0.2, 0.2, 0.25, 0.15, 0.3]
    assert ids(framework) == ids(NATIONAL)


def test_an_indicator_is_added_at_the_end_of_its_dimension(local: Local) -> None:
    own = 'indicators: [{id: "3", children: [{id: "3.10", zh: 本地指标, formula: qd01, weight: unknown}]}]'
    framework = load_framework(local(own))
    assert ids(framework).index("3.10") == ids(NATIONAL).index("3.9") + 1
    assert len(framework.leaves) == 47


def test_a_dimension_is_added_with_a_field_of_its_own(local: Local) -> None:
    framework = load_framework(
        local(
            "fields: {ip: {zh: 本地专利, measure: 件}}\n"
            'indicators: [{id: "6", zh: 本地, weight: 10%, children: [{id: "6.1", zh: 专利, formula: ip}]}]'
        )
    )
    assert [each.id for each in framework.indicators] == ["1", "2", "3", "4", "5", "6"]
    assert list(framework.fields)[-1] == "ip"


def test_indicators_and_whole_dimensions_are_left_out(local: Local) -> None:
    framework = load_framework(local('remove: ["1.10", "4"]'))
    gone = {"1.10", "4", *(f"4.{number}" for number in range(1, 8))}
    assert ids(framework) == [code for code in ids(NATIONAL) if code not in gone]


def test_a_removed_indicator_can_be_defined_anew_from_nothing(local: Local) -> None:
    own = 'remove: ["1.3"]\nindicators: [{id: "1", children: [{id: "1.3", zh: 新, formula: qd01, weight: unknown}]}]'
    anew = next(each for each in load_framework(local(own)).walk() if each.id == "1.3")
    assert (anew.zh, anew.en, anew.formula, anew.source) == ("新", None, "qd01", None)


def test_a_field_keeps_what_the_local_file_does_not_say(local: Local) -> None:
    field = load_framework(local("fields: {qd01: {min: 100, aliases: [员工数]}}")).fields["qd01"]
    assert (field.min, field.aliases) == (100, ("员工数",))
    assert (field.zh, field.measure, field.totals) == ("年末从业人员", "人", NATIONAL.fields["qd01"].totals)


def test_rules_are_merged_by_id_and_new_ones_follow() -> None:
    base = "rules: [{id: a, zh: a, severity: error, require: x}, {id: b, zh: b, require: y}]"
    own = "rules: [{id: c, zh: c, require: z}, {id: b, severity: info}]"
    assert laid_over(base, own).data["rules"] == (
        {"id": "a", "zh": "a", "severity": "error", "require": "x"},
        {"id": "b", "zh": "b", "require": "y", "severity": "info"},
        {"id": "c", "zh": "c", "require": "z"},
    )


def test_a_method_replaces_the_old_one_with_all_its_parameters(local: Local) -> None:
    framework = load_framework(local("defaults: {score: {rule: zscore}}\ntotal: {aggregate: arithmetic}"))
    assert framework.defaults.score == ScoreRule.of("zscore")
    assert framework.defaults.missing == NATIONAL.defaults.missing


def test_a_null_takes_away_what_the_base_says() -> None:
    assert laid_over("a: {b: 1, c: 2}", "a: {b: null}").data == {"a": {"b": None, "c": 2}}


def test_a_list_of_values_is_replaced_and_not_lengthened() -> None:
    assert laid_over("aliases: [a, b]", "aliases: [c]").data == {"aliases": ("c",)}


def test_settings_come_from_the_nearest_node_whichever_file_it_is_in(local: Local) -> None:
    framework = load_framework(
        local('defaults: {direction: lower}\nindicators: [{id: "2", score: {rule: minmax, to: [10, 100]}}]')
    )
    resolved = resolve_settings(framework)
    assert resolved["2.1"].score.parameters == {"to": (10, 100)}
    assert resolved["1.1"].score == NATIONAL.defaults.score
    assert resolved["1.1"].direction == "lower"
    assert resolved["3.1"].direction == "lower"


def test_a_block_on_a_block_on_a_base(tmp_path: Path) -> None:
    (tmp_path / "province.yaml").write_text('id: province\nextends: zone-2021\nremove: ["1.10"]\n', encoding="utf-8")
    (tmp_path / "city.yaml").write_text('id: city\nextends: province\nremove: ["2.10"]\n', encoding="utf-8")
    framework = load_framework(tmp_path / "city.yaml")
    assert set(ids(NATIONAL)) - set(ids(framework)) == {"1.10", "2.10"}


# --- where mistakes are shown ------------------------------------------------------------------------------------


def found(file: Path, marked: str) -> list[Finding]:
    """What is found in a local file of this text; each finding stands where a ▲ does, in that file."""
    return found_at_marks(marked, file)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fields: {qd01: {▲mesure: 人}}", "unknown_key"),
        ("fields: {qd01: {measure: ▲兆人}}", "unknown_measure"),
        ('indicators: [{id: "1", children: [{id: "1.2", formula: "sumqh40_rd / ▲qd1"}]}]', "unknown_field"),
        ('indicators: [{id: "1", children: [{id: "1.1", weight: ▲-1}]}]', "negative_weight"),
        ('indicators: [{id: "6", zh: 六, weight: unknown, children: [▲{id: "6.1", zh: 无}]}]', "empty_dimension"),
        ('indicators: [{id: "1", children: [{id: ▲"2.1", zh: 又, formula: qd01, weight: 1}]}]', "duplicate_id"),
        ('indicators: [{id: "1", weight: 20%}, {id: ▲"1", zh: 又, weight: 2%, formula: qd01}]', "duplicate_id"),
        ('remove: ["1.1", ▲"1.11"]', "unknown_id"),
        ('remove: ▲"1.1"', "wrong_type"),
        ("defaults: {score: ▲minmx}", "unknown_method"),
        ("version: ▲2021", "wrong_type"),
        ("note: x\n▲note: y", "duplicate_key"),
    ],
)
def test_a_mistake_in_the_local_file_is_shown_there(tmp_path: Path, text: str, code: str) -> None:
    findings = found(tmp_path / "local.yaml", f"id: local\nextends: zone-2021\n{text}\n")
    assert [each.code for each in findings] == [code]


def test_a_mistake_in_the_base_is_shown_in_the_base(tmp_path: Path) -> None:
    text, (place,) = unmarked(
        "id: base\ntitle: {zh: 例}\nunit: {zh: 园区, key: zone}\nfields: {a: {zh: 甲}}\n"
        'indicators:\n  - {id: "1", zh: 一, formula: a, direction: higher}\n'
        '  - {id: "2", zh: 二, formula: ▲b, direction: higher}\n'
    )
    (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
    local = tmp_path / "local.yaml"
    local.write_text('id: local\nextends: base\nremove: ["1"]\n', encoding="utf-8")
    (finding,) = findings_in(local)
    assert str(finding.place) == f"{tmp_path / 'base.yaml'}:{place}"


def test_a_removal_is_a_whole_id_and_not_a_part_of_one(tmp_path: Path) -> None:
    findings = found(tmp_path / "local.yaml", 'id: local\nextends: zone-2021\nremove: [▲"1.", ▲"."]\n')
    assert {each.code for each in findings} == {"unknown_id"}


def test_an_unknown_id_to_remove_suggests_the_one_that_was_meant(tmp_path: Path) -> None:
    (finding,) = found(tmp_path / "local.yaml", 'id: local\nextends: zone-2021\nremove: [▲"1.11"]\n')
    assert finding.hint is not None
    assert "`1.1`" in finding.hint.en


@pytest.mark.parametrize(
    "own",
    [
        "indicators: 5",
        "indicators: [5, [6], null]",
        "indicators: [{id: {a: 1}}]",
        "indicators: [{id: [1]}]",
        "remove: {a: 1}",
        "remove: [[1], {a: 2}, null]",
        "fields: [1]",
        "defaults: 5",
        "rules: x",
    ],
)
def test_nonsense_in_the_local_file_is_a_mistake_and_no_fault(local: Local, own: str) -> None:
    assert all(each.place is not None and each.place.line == 3 for each in findings_in(local(own)))
    assert findings_in(local(own)) != []


# --- what always holds -------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(framework_data())
def test_a_framework_laid_over_itself_is_itself(data: Data) -> None:
    document = parse_yaml(write_yaml(data), "park.yaml")
    merged = overlay(document, document)
    assert merged.data == document.data
    assert merged.spots == document.spots


@settings(max_examples=30)
@given(framework_data(), framework_data())
def test_every_place_leads_to_the_value_that_the_overlay_holds(base: Data, own: Data) -> None:
    files = {name: parse_yaml(write_yaml(data), name) for name, data in (("base", base), ("own", own))}
    by_place = {
        spot.value: document.value(path)
        for document in files.values()
        for path, spot in document.spots.items()
        if not isinstance(document.value(path), (dict, tuple))
    }
    merged = overlay(files["base"], files["own"])
    for path, spot in merged.spots.items():
        value = merged.value(path)
        assert isinstance(value, (dict, tuple)) or value == by_place[spot.value]


def test_reading_a_local_file_keeps_its_own_name_as_the_file(local: Local) -> None:
    file = local("")
    assert read_document(file).file == str(file)
    assert read_framework(file).document.file == str(file)

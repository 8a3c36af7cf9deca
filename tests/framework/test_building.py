"""Tests of parkscore.framework.building: every mistake of form, located, with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding, FrameworkError
from parkscore.framework.building import build
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework, WeightScheme
from parkscore.framework.yaml_form import parse_yaml
from tests.framework_texts import (
    HEAD,
    assert_bilingual,
    findings_in,
    only,
    places_and_codes,
    unmarked,
    with_indicators,
    with_rules,
)


def mistakes(text: str, model: type[Framework] | type[WeightScheme] = Framework) -> list[Finding]:
    """The findings of form in a text."""
    built = build(parse_yaml(text, "park.yaml"), model)
    assert_bilingual(list(built.findings))
    return list(built.findings)


def hint_of(found: Finding) -> str:
    assert found.hint is not None
    return found.hint.en


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        (with_indicators('- {id: "1", zh: 一, ▲wieght: 3, formula: money}'), "unknown_key", "`weight`"),
        (with_indicators('- {id: "1", zh: 一, ▲权重: 3, formula: money}'), "unknown_key", "known: aggregate,"),
        (with_indicators('- {id: "1", zh: 一, formula: ▲5}'), "wrong_type", '"5"'),
        (with_indicators('- {id: "1", zh: 一, direction: ▲hihger}'), "unknown_choice", "`higher`"),
        (with_indicators('- {id: "1", zh: ▲"", formula: money}'), "empty_text", "leave the key out"),
        (with_rules("- {id: r, zh: r, require: money > 0, severity: ▲eror}"), "unknown_choice", "`error`"),
        (HEAD.replace("time: year", "▲tiem: year") + "indicators: []", "unknown_key", "`time`"),
        (HEAD.replace("{zh: 阶段", "{en: stage, ▲zhh: 阶段") + "indicators: []", "unknown_key", "`zh`"),
    ],
)
def test_a_mistake_is_shown_where_it_stands_with_a_way_out(text: str, code: str, hint: str) -> None:
    text, (place,) = unmarked(text)
    found = only(mistakes(text))
    assert (str(found.place), found.code) == (f"park.yaml:{place}", code)
    assert hint in hint_of(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (with_indicators('- {id: "1", zh: 一, weight: ▲heavy}'), "wrong_type"),
        (with_indicators('- {id: "1", zh: 一, weight: ▲.nan}'), "wrong_type"),
        (with_indicators('- {id: "1", zh: 一, min_coverage: ▲1.5}'), "out_of_bounds"),
        (with_indicators('- {id: "1", zh: 一, children: ▲5}'), "wrong_type"),
        (with_indicators('- {id: "1", zh: 一, score: ▲5}'), "wrong_type"),
        (with_indicators('- {id: "1", zh: 一, score: ▲{method: minmax}}'), "no_method"),
        (with_indicators("- ▲{zh: 一}"), "missing_key"),
        (with_indicators('- ▲{id: "1"}'), "no_name"),
        (with_indicators("- ▲money"), "wrong_type"),
        (with_rules("- {id: r, zh: r, jump: {fields: ▲money, factor: 5}}"), "wrong_type"),
        (with_rules("- {id: r, zh: r, jump: {fields: [money], factor: ▲1}}"), "out_of_bounds"),
        (with_rules("- {id: r, zh: r, jump: ▲{fields: [money]}}"), "missing_key"),
        (HEAD + "evaluation_lag: ▲1.5\nindicators: []", "wrong_type"),
        (HEAD + "evaluation_lag: ▲9\nindicators: []", "out_of_bounds"),
        (HEAD + "reference: ▲last\nindicators: []", "wrong_type"),
        (HEAD + "effective: {since: ▲2021-13-01}\nindicators: []", "wrong_type"),
        (HEAD + "ranking: {decimals: ▲13}\nindicators: []", "out_of_bounds"),
        (HEAD + "screen: {availability: ▲90}\nindicators: []", "out_of_bounds"),
        (HEAD + "accepted: [▲{rule: r, unit: 合肥, reason: 已核实}]\nindicators: []", "missing_key"),
        (HEAD + "▲2024: x\nindicators: []", "unknown_key"),
        (HEAD + "▲<<: {id: x}\nindicators: []", "unknown_key"),
    ],
)
def test_a_mistake_of_form_is_found(text: str, code: str) -> None:
    text, (place,) = unmarked(text)
    found = only(mistakes(text))
    assert (str(found.place), found.code) == (f"park.yaml:{place}", code)


def test_what_is_missing_at_the_top_is_told_in_line_1() -> None:
    assert {(str(each.place), each.field or each.message.en) for each in mistakes("id: x\n")} == {
        ("park.yaml:1:1", "title"),
        ("park.yaml:1:1", "unit"),
        ("park.yaml:1:1", "fields"),
    }


@pytest.mark.parametrize("code", ["1.10", "010", "2.4", "5", "1e3", "true", "2021-04-22", "0x1f"])
def test_a_code_without_quotes_is_to_be_quoted_as_it_was_written(code: str) -> None:
    found = only(mistakes(with_indicators(f"- {{id: {code}, zh: 一, formula: money}}")))
    assert found.code == "wrong_type"
    assert hint_of(found) == f'codes are text: put it in quotes, "{code}"'


@pytest.mark.parametrize("key", ["1.10", "2", "010"])
def test_a_code_without_quotes_is_told_as_a_key_too(key: str) -> None:
    text = f"id: s\nframework: f\nstatus: assumed\nweights:\n  {key}: 20%\n"
    found = only(mistakes(text, WeightScheme))
    assert (str(found.place), found.code) == ("park.yaml:5:3", "wrong_type")
    assert hint_of(found) == f'codes are text: put it in quotes, "{key}"'


def test_a_misspelt_key_is_told_once_and_not_as_a_missing_key_too() -> None:
    text = "id: s\nframework: f\nstatus: assumed\nweights: {'1': {wieght: 20%}}\n"
    assert only(mistakes(text, WeightScheme)).code == "unknown_key"


def test_a_node_is_named_by_its_own_code() -> None:
    text = with_indicators('- id: "1"', "  zh: 一", "  children:", '    - {id: "1.1", zh: 一一, weight: x}')
    assert only(mistakes(text)).field == "1.1.weight"


def test_a_finding_does_not_repeat_a_text_of_a_thousand_characters() -> None:
    found = only(mistakes(with_indicators(f'- {{id: "1", zh: 一, weight: {"x" * 1000}}}')))
    assert found.value is None


def test_all_mistakes_of_form_are_told_at_once(tmp_path: Path) -> None:
    text, places = unmarked(
        with_indicators(
            "- {id: ▲1, zh: 一, formula: money, ▲colour: red}",
            '- {id: "2", zh: 二, formula: money, direction: ▲up}',
            '- ▲{id: "3", formula: money}',
        )
    )
    file = tmp_path / "park.yaml"
    file.write_text(text, encoding="utf-8")
    codes = ["wrong_type", "unknown_key", "unknown_choice", "no_name"]
    expected = [f"{place} {code}" for place, code in zip(places, codes, strict=True)]
    assert places_and_codes(findings_in(file), file) == expected


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        (("min_coverage: 0.8", "min_coverage: 50"), "50 per cent is written 50%"),
        (("min_coverage: 0.8", "min_coverage: -1"), "write a number that is >= 0, <= 1"),
        (("  min_coverage: 0.8", "  min_coverage: [1]"), "write a number such as 0.2 or 20%, without quotes"),
        (("formula: high_tech, ", "formula: xyzzy + 1, "), "known: registered, reporting, "),
        (("formula: high_tech, ", "formula: high_tech + staff, "), "only amounts of one kind can be added"),
    ],
)
def test_a_mistake_that_is_like_nothing_known_still_has_a_way_out(
    changed: tuple[str, str], hint: str, tmp_path: Path
) -> None:
    original = (Path(__file__).parents[2] / "indicators" / "zone-figures.yaml").read_text(encoding="utf-8")
    assert original.count(changed[0]) == 1
    file = tmp_path / "changed.yaml"
    file.write_text(original.replace(*changed), encoding="utf-8")
    with pytest.raises(FrameworkError) as raised:
        load_framework(file)
    assert any(finding.hint is not None and hint in finding.hint.en for finding in raised.value.findings)

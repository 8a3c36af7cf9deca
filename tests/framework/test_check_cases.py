"""Cases of indicators: every mistake is told where it stands, and both forms of a file keep them."""

from __future__ import annotations

from operator import ge, gt, le, lt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.findings import Finding, FrameworkError, Severity
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import load_framework, read_framework, read_own_document
from parkscore.framework.models import Framework
from parkscore.framework.workbook_form import write_workbook
from parkscore.framework.yaml_writing import write_yaml
from tests.framework_texts import assert_bilingual

HEAD = """\
id: cased
title: {zh: 分情形}
unit: {zh: 企业, key: firm}
time: year
fields:
  sales: {zh: 销售收入, measure: 万元}
  costs: {zh: 成本, measure: 亿元}
  staff: {zh: 职工, measure: 人}
  age: {zh: 年限, measure: 年, min: 0}
  region: {zh: 地区, kind: text}
  yes: {zh: 是否上市}
defaults: {weights: equal, direction: higher}
indicators:
"""
STEPS = "score: {rule: steps, closed: left, steps: [[10%, 5]], otherwise: 0}"
MORE = "score: {rule: steps, closed: left, steps: [[20%, 5]], otherwise: 0}"


def with_cases(*cases: str, said: str = "formula: growth(sales)") -> str:
    lines = "".join(f"      - {each}\n" for each in cases)
    return HEAD + f"  - id: g\n    zh: 增长\n    en: Growth\n    {said}\n    cases:\n{lines}"


def findings(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "cased.yaml"
    file.write_text(text, "utf-8")
    try:
        found = list(read_framework(file).findings)
    except FrameworkError as error:
        found = error.findings
    assert_bilingual(found)
    return found


WRONG = [
    (with_cases(f"{{when: ▲sale < 1亿元, {STEPS}}}", f"{{{MORE}}}"), "unknown_field"),
    (with_cases(f"{{when: '▲sales < 1人', {STEPS}}}", f"{{{MORE}}}"), "measure"),
    (with_cases(f"{{when: '▲sales + 1万元', {STEPS}}}", f"{{{MORE}}}"), "formula"),
    (with_cases("{when: sales < 1亿元, formula: ▲growth(cost)}", "{}"), "unknown_field"),
    (with_cases("{when: sales < 1亿元, formula: '▲sales / staff'}", "{}", said="measure: 倍"), "measure"),
    (with_cases(f"▲{{{STEPS}}}", f"{{when: sales < 1亿元, {MORE}}}"), "case_without_when"),
    (with_cases(f"▲{{{STEPS}}}"), "case_without_when"),
    (with_cases("{when: sales < 1亿元, wen: ▲1}", "{}"), "unknown_key"),
    (with_cases("{when: sales < 1亿元, score: {rule: ▲stepz}}", "{}"), "unknown_method"),
    (with_cases("{when: sales < 1亿元, score: {rule: steps, ▲steps: [[1, 2]], otherwise: 0}}", "{}"), "unstated_side"),
    (
        with_cases(f"{{when: region == '东部', {STEPS}}}", f"{{when: 'region  == \"东部\"▲', {MORE}}}"),
        "unreachable_case",
    ),
    (with_cases(f"{{when: sales < 1亿元, {STEPS}}}", f"{{when: 'sales < 5000万元▲', {MORE}}}"), "unreachable_case"),
    (
        with_cases(
            f"{{when: sales < 1亿元, {STEPS}}}", f"{{when: sales >= 1亿元, {MORE}}}", "▲{formula: growth(costs)}"
        ),
        "unreachable_case",
    ),
    (with_cases(f"{{when: sales < 1亿元, {STEPS}}}", "{score: ▲minmax}"), "case_rule"),
    (
        with_cases(
            f"{{when: sales < 1亿元, {STEPS}}}", "{zh: 其他}▲", said="formula: growth(sales)\n    score: ▲zscore"
        ),
        "case_rule",
    ),
    (
        with_cases(f"{{when: sales < 1亿元, {STEPS}}}", "{}", said="formula: growth(sales)").replace(
            "- id: g", "- id: ▲g"
        ),
        "case_rule",
    ),
    (
        with_cases(f"{{when: sales < 1亿元, {STEPS}}}", "{score: {rule: base_index, base_year: ▲2020}}"),
        "case_rule",
    ),
    (
        with_cases("▲{when: sales < 1亿元, formula: sales}", "{formula: costs}", said="weight: 1"),
        "case_measures",
    ),
    (with_cases("{when: sales < 1亿元, formula: sales}", "▲{zh: 其他}", said="weight: 1"), "case_without_formula"),
    (
        with_cases(
            "{when: sales < 1亿元, formula: sales}", "{formula: costs}", said="measure: 万元\n    ▲formula: sales"
        ),
        "misplaced_key",
    ),
    (
        with_cases(f"{{when: sales < 1亿元, {STEPS}}}", f"{{{MORE}}}", said=f"formula: growth(sales)\n    ▲{STEPS}"),
        "misplaced_key",
    ),
    (
        with_cases(
            "{when: sales < 1亿元}", "{formula: costs}", said="formula: sales\n    measure: 万元\n    ▲missing: mean"
        ),
        "not_for_cases",
    ),
    (
        with_cases(
            "{when: sales < 1亿元}",
            "{formula: costs}",
            said="formula: sales\n    measure: 万元\n    ▲treat: {method: skewness_kurtosis, most: 5}",
        ),
        "not_for_cases",
    ),
    (
        with_cases("▲{when: yes == 1}", "{}", said="score: {rule: tiers, tiers: [{when: yes == 1, points: 1}]}"),
        "misplaced_key",
    ),
    (with_cases("{when: yes == 1, formula: sales}", "{}", said="▲category: region"), "misplaced_key"),
    (
        with_cases(
            "{when: yes == 1, score: {▲rule: steps, closed: left, steps: [[5, [1, 2]]], otherwise: 0}}", f"{{{STEPS}}}"
        ),
        "misplaced_key",
    ),
    (with_cases("{when: yes == 1, score: ▲goalposts}", "{score: ▲minmax}", said="category: region"), "category_rule"),
    (
        HEAD
        + "  - id: d\n    zh: 维度\n    ▲cases: [{when: yes == 1}]\n    children:\n"
        + "      - {id: a, zh: 甲, formula: sales}\n",
        "misplaced_key",
    ),
]


@pytest.mark.parametrize(("text", "code"), WRONG)
def test_a_mistake_in_a_case_is_told_by_line(tmp_path: Path, text: str, code: str) -> None:
    lines = [number for number, each in enumerate(text.splitlines(), start=1) if "▲" in each]
    found = [each for each in findings(tmp_path, text.replace("▲", "")) if each.code == code]
    assert found, findings(tmp_path, text.replace("▲", ""))
    assert found[0].severity is Severity.ERROR
    assert found[0].place is not None
    assert found[0].place.line in lines


def test_right_cases_are_found_right(tmp_path: Path) -> None:
    assert findings(tmp_path, with_cases(f"{{when: sales < 1亿元, {STEPS}}}", f"{{{MORE}}}")) == []
    assert (
        findings(
            tmp_path,
            with_cases(
                f"{{when: region == '东部', {STEPS}}}",
                "{zh: 其他, source: 甲}",
                said=f"formula: growth(sales)\n    {MORE}",
            ),
        )
        == []
    )
    assert (
        findings(
            tmp_path, with_cases("{when: sales < 1亿元}", "{formula: costs}", said="formula: sales\n    measure: 万元")
        )
        == []
    )


GAPS = [
    (("sales < 1亿元", "sales > 1亿元"), ["where 销售收入 = 10000 万元"]),
    (("sales < 1亿元", "sales >= 1亿元"), []),
    (
        ("1万元 <= sales < 1亿元", "sales > 2亿元"),
        ["where 销售收入 < 1 万元", "where 10000 万元 <= 销售收入 <= 20000 万元"],
    ),
    (("age < 3年", "age >= 5年"), ["where 3 年 <= 年限 < 5 年"]),
    (("age < 3年", "yes == 1"), []),
]


@pytest.mark.parametrize(("conditions", "where"), GAPS)
def test_values_of_which_no_case_holds_are_a_warning_to_the_single_value(
    tmp_path: Path, conditions: tuple[str, str], where: list[str]
) -> None:
    one, other = conditions
    found = findings(tmp_path, with_cases(f"{{when: '{one}', {STEPS}}}", f"{{when: '{other}', {MORE}}}"))
    assert [(each.code, each.severity) for each in found] == [("case_gap", Severity.WARNING)] * len(where)
    for each, said in zip(found, where, strict=True):
        assert said in each.message.en


def test_the_points_of_an_indicator_are_the_most_of_its_cases(tmp_path: Path) -> None:
    low = STEPS.replace("5]", "3]")
    both = with_cases(f"{{when: sales < 1亿元, {low}}}", f"{{{MORE}}}", said="formula: growth(sales)\n    points: 5")
    assert findings(tmp_path, both) == []
    found = findings(tmp_path, both.replace("points: 5", "points: 8"))
    assert [each.code for each in found] == ["nominal_total"]
    assert "at most 5" in found[0].message.en


def test_a_workbook_keeps_every_case(tmp_path: Path) -> None:
    text = with_cases(
        f"{{when: sales < 1亿元, zh: 小, en: small, source: '=1+1', note: 注, {STEPS}}}",
        "{when: yes == 1, formula: growth(costs)}",
        "{zh: 其他}",
        said=f"formula: growth(sales)\n    {MORE}",
    )
    (tmp_path / "cased.yaml").write_text(text, "utf-8")
    framework = load_framework(tmp_path / "cased.yaml")
    write_workbook(read_own_document(tmp_path / "cased.yaml").data, tmp_path / "cased.xlsx")
    assert load_framework(tmp_path / "cased.xlsx") == framework
    (tmp_path / "again.yaml").write_text(write_yaml(read_own_document(tmp_path / "cased.xlsx").data), "utf-8")
    assert load_framework(tmp_path / "again.yaml") == framework
    assert [case.zh for case in framework.leaves[0].cases] == ["小", None, "其他"]


def test_a_local_file_that_states_cases_replaces_those_of_the_indicator(tmp_path: Path) -> None:
    (tmp_path / "cased.yaml").write_text(with_cases(f"{{when: sales < 1亿元, {STEPS}}}", f"{{{MORE}}}"), "utf-8")
    local = tmp_path / "local.yaml"
    local.write_text(
        "id: local\nextends: cased\nindicators:\n  - id: g\n    cases:\n"
        f"      - {{when: sales < 2亿元, {STEPS}}}\n      - {{{MORE}}}\n",
        "utf-8",
    )
    assert [case.when for case in load_framework(local).leaves[0].cases] == ["sales < 2亿元", None]


OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge}


@given(st.lists(st.tuples(st.sampled_from(list(OPERATORS)), st.integers(0, 6)), min_size=1, max_size=4), st.booleans())
def test_what_check_finds_of_cases_is_what_trying_every_value_finds(
    parts: list[tuple[str, int]], otherwise: bool
) -> None:
    rule = {"rule": "goalposts", "low": 0, "high": 1}
    cases = [{"when": f"x {operator} {bound}", "score": rule} for operator, bound in parts]
    framework = Framework.model_validate(
        {
            "id": "f",
            "title": {"zh": "例"},
            "unit": {"zh": "对象", "key": "unit_name"},
            "defaults": {"weights": "equal", "direction": "higher"},
            "fields": {"x": {"zh": "值"}},
            "indicators": (
                {
                    "id": "a",
                    "zh": "甲",
                    "formula": "x",
                    "cases": (*cases, *([{"score": rule}] if otherwise else [])),
                },
            ),
        }
    )
    tried = [half / 2 for half in range(-2, 16)]
    first = [next((n for n, (op, bound) in enumerate(parts) if OPERATORS[op](x, bound)), None) for x in tried]
    found = check_framework(framework)
    unreached = {each.message.en for each in found if each.code == "unreachable_case"}
    never = set(range(len(parts))) - set(first)
    assert {text.split(" is never")[0] for text in unreached if "otherwise" not in text} == {
        f"甲: the case {cases[n]['when']}" for n in never
    }
    assert any("otherwise" in text for text in unreached) == (otherwise and None not in first)
    assert ("case_gap" in {each.code for each in found}) == (not otherwise and None in first)

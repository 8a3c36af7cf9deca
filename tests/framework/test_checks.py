"""Tests of parkscore.framework.checking and its checks: every mistake of meaning, located, with a way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from parkscore.findings import Finding, FrameworkError
from parkscore.framework.checking import check_framework, check_scheme
from parkscore.framework.loading import load_framework, load_scheme
from parkscore.framework.models import Framework, WeightScheme
from tests.framework_texts import HEAD, assert_bilingual, found_at_marks, only, unmarked, with_indicators, with_rules
from tests.strategies import frameworks

Found = Callable[[str], list[Finding]]
LEAF = '- {id: "1", zh: 一, formula: money}'


@pytest.fixture
def park(tmp_path: Path) -> Path:
    return tmp_path / "park.yaml"


@pytest.fixture
def found(park: Path) -> Found:
    """Everything found in a framework of this text: as many findings as it has ▲ marks, each where one stands."""

    return lambda marked: found_at_marks(marked, park)


def hint_of(finding: Finding) -> str:
    assert finding.hint is not None
    return finding.hint.en


@settings(max_examples=40)
@given(frameworks())
def test_a_valid_framework_draws_no_finding_unless_its_scales_are_mixed(framework: Framework) -> None:
    assert {finding.code for finding in check_framework(framework)} <= {"mixed_scales"}


def test_the_small_framework_of_these_tests_draws_no_finding(found: Found) -> None:
    assert found(with_indicators(LEAF)) == []


# --- each mistake by itself --------------------------------------------------------------------------------------

FORMULAS = [
    ("▲mony", "unknown_field", "`money`"),
    ("▲营业收入 / staff", "unknown_field", "`money`"),
    ("staff + 营业 ▲收入", "formula", "operator"),
    ("money + ▲staff", "measure", None),
    ("'money + ▲staff'", "measure", None),
    ('"money + ▲staff"', "measure", None),
    ('"\\u006doney + ▲staff"', "measure", None),
    ("▲money, measure: 人", "measure", None),
    ("▲money / staff, measure: 亿元", "measure", None),
    ("money, measure: ▲兆元", "unknown_measure", "元"),
    ("money / ▲100000, measure: 亿元", "measure", "leave"),
    ("▲stage + 1", "measure", None),
    ("9▲**9**9**9", "formula", "power"),
    ("▲__import__('os')", "formula", "functions"),
    ("__import__('os')▲.system('ls')", "formula", None),
    ("money▲.__class__", "formula", "brackets"),
    ("lambda ▲x y", "formula", "operator"),
    ("money +▲", "formula", None),
    ("(money▲", "formula", ")"),
    ("sqrt(▲money)", "measure", None),
    ("▲grwth(money)", "formula", "growth"),
    (f"{'x' * 500}▲{'x' * 9_500}", "formula", "intermediate"),
    (f"{'(' * 200}▲money{')' * 200}", "formula", "intermediate"),
]


@pytest.mark.parametrize(("formula", "code", "hint"), FORMULAS, ids=[formula[:30] for formula, _, _ in FORMULAS])
def test_a_mistake_in_a_formula_is_shown_at_its_own_column(
    found: Found, formula: str, code: str, hint: str | None
) -> None:
    finding = only(found(with_indicators(f'- {{id: "1", zh: 一, formula: {formula}}}')))
    assert finding.code == code
    if hint is not None:
        assert hint in hint_of(finding)


@pytest.mark.parametrize("sign", ["|", "|-", ">", ">-", "", '"', "'"])
def test_a_column_counts_inside_a_text_of_several_lines(found: Found, sign: str) -> None:
    opening, closing = (sign, sign) if sign in ('"', "'") else (f"{sign}\n      ", "")
    formula = f"{opening}money\n      / staff\n\n      + ▲mony{closing}"
    finding = only(found(with_indicators('- id: "1"', "  zh: 一", f"  formula: {formula}", "  measure: 千元/人")))
    assert finding.code == "unknown_field"


def test_every_mistake_in_a_formula_is_told(found: Found) -> None:
    findings = found(with_indicators('- {id: "1", zh: 一, formula: ▲mony + ▲stff + money + ▲staff}'))
    assert [finding.code for finding in findings] == ["unknown_field", "unknown_field", "measure"]


TREES = [
    (['- ▲{id: "1", zh: 一}'], "empty_dimension", "children"),
    (['- ▲{id: "1", zh: 一, children: []}'], "empty_dimension", "formula"),
    ([LEAF, '- {id: ▲"1", zh: 二, formula: money}'], "duplicate_id", "of its own"),
    (["- {id: ▲total, zh: 一, formula: money}"], "duplicate_id", "of its own"),
    (['- {id: "1", zh: 一, formula: ▲money, children: [{id: a, zh: 甲, formula: money}]}'], "misplaced_key", "remove"),
    (['- {id: "1", zh: 一, measure: ▲家, children: [{id: a, zh: 甲, formula: money}]}'], "misplaced_key", "remove"),
    (['- {id: "1", zh: 一, formula: money, aggregate: ▲geometric}'], "misplaced_key", "remove"),
    (['- {id: "1", zh: 一, formula: money, weights: ▲equal}'], "misplaced_key", "remove"),
    (['- {id: "1", zh: 一, formula: money, weight: ▲-1}'], "negative_weight", "`direction: lower`"),
    (['▲- {id: "1", zh: 一, formula: money, weight: 0}'], "weights_sum_to_zero", "above 0"),
    (
        ['- {id: "1", zh: 一, formula: money, weight: 1}', '- ▲{id: "2", zh: 二, formula: money}'],
        "weight_missing",
        "unknown",
    ),
    (['- {id: "1", zh: 一, formula: money, score: ▲minmx}'], "unknown_method", "`minmax`"),
    (['- {id: "1", zh: 一, formula: money, score: {rule: ▲minmx}}'], "unknown_method", "`minmax`"),
    (['- {id: "1", zh: 一, formula: money, score: {rule: minmax, clp: ▲true}}'], "parameter", None),
    (['- {id: "1", zh: 一, formula: money, score: {rule: minmax, clip: ▲5}}'], "parameter", None),
    (['- {id: "1", zh: 一, formula: money, score: {rule: goalposts, low: ▲5, high: 3}}'], "parameter", None),
    (['- {id: "1", zh: 一, formula: money, score: {rule: goalposts, high: ▲a, low: 3}}'], "parameter", None),
    (['- {id: "1", zh: 一, formula: money, treat: ▲winsorize}'], "unknown_method", "`winsorise`"),
    (['- {id: "1", zh: 一, formula: money, missing: ▲mena}'], "unknown_method", "`mean`"),
    (['- {id: "1", zh: 一, formula: money, missing: ▲reweigth}'], "unknown_method", "`reweight`"),
    (['- {id: "1", zh: 一, formula: money, missing: {method: reweight, by: ▲stage}}'], "parameter", None),
    (['- {id: "1", zh: 一, formula: money, missing: ▲group_mean}'], "unknown_field", "`by:`"),
    (
        ['- {id: "1", zh: 一, formula: money, missing: {method: group_mean, by: ▲stag}}'],
        "unknown_field",
        "`stage`",
    ),
    (['- {id: "1", zh: 一, formula: money, missing: {method: group_mean, by: ▲money}}'], "unknown_field", None),
]


@pytest.mark.parametrize(
    ("lines", "code", "hint"), TREES, ids=[f"{number} {code}" for number, (_, code, _) in enumerate(TREES)]
)
def test_a_mistake_in_the_tree_is_found(found: Found, lines: list[str], code: str, hint: str | None) -> None:
    finding = only(found(with_indicators(*lines)))
    assert finding.code == code
    if hint is not None:
        assert hint in hint_of(finding)


def test_a_required_parameter_is_asked_for(found: Found) -> None:
    findings = found(with_indicators('- {id: "1", zh: 一, formula: money, score: ▲▲goalposts}'))
    assert {finding.message.en for finding in findings} == {"low must be stated", "high must be stated"}


def head_with(old: str, new: str) -> str:
    """The small framework with something of its head replaced."""
    assert old in HEAD
    return HEAD.replace(old, new) + f"indicators:\n  {LEAF}\n"


PARTS = [
    (head_with("measure: 千元", "measure: ▲千亿"), "unknown_measure"),
    (head_with("measure: 千元", "min: 5, max: ▲3"), "out_of_bounds"),
    (head_with("{zh: 从业人员", "▲{zh: 营业收入"), "ambiguous_name"),
    (head_with("{zh: 从业人员", "▲{zh: 从业人员, aliases: [ｍｏｎｅｙ]"), "ambiguous_name"),
    (head_with("{zh: 从业人员", "▲{zh: 园区"), "ambiguous_name"),
    (head_with("time: year", "time: period").replace("staff: {", "period: ▲{"), "ambiguous_name"),
    (head_with("time: year", "time: ▲园区"), "ambiguous_name"),
    (head_with("kind: text", "kind: text, min: ▲0"), "not_for_text"),
    (head_with("kind: text", "kind: text, measure: ▲家"), "not_for_text"),
    (head_with("kind: text", "kind: text, formula: ▲money"), "not_for_text"),
    (head_with("kind: text", "kind: text, totals: ▲{2023: 5}"), "not_for_text"),
    (HEAD + "indicators: ▲[]\n", "empty_dimension"),
    (head_with("fields:", "class: ▲stge\nfields:"), "unknown_field"),
    (head_with("{zh: 营业收入", "▲{zh: 营业收入").replace("fields:", "class: money\nfields:"), "wrong_type"),
    (head_with("fields:", "effective: {since: 2022-01-01, until: ▲2021-01-01}\nfields:"), "out_of_bounds"),
    (head_with("fields:", "ranking: {ties: ▲mni}\nfields:"), "unknown_method"),
    (head_with("fields:", "remove: ▲['1']\nfields:"), "remove_without_extends"),
    (head_with("fields:", "accepted: [{rule: ▲r, unit: x, reason: x, by: x}]\nfields:"), "unknown_rule"),
    (
        with_rules("- {id: r, zh: r, require: money > 0}")
        + "accepted: [{rule: r, unit: x, field: ▲mony, reason: x, by: x}]\n",
        "unknown_field",
    ),
    (head_with("fields:", "accepted: [▲{rule: below_min, reason: x, by: x}]\nfields:"), "missing_key"),
    (
        with_rules("- {id: m, zh: m, measure_mixup: {field: money, expected: 1, factor: 3}}")
        + "accepted: [{rule: m, unit: ▲x, reason: x, by: x}]\n",
        "misplaced_key",
    ),
    (head_with("  staff: {", "  class: ▲{"), "taken_id"),
    (head_with("  staff: {", "  unit: ▲{"), "taken_id"),
    (head_with("time: year", "time: period").replace("  staff: {", "  year: ▲{"), "taken_id"),
    (HEAD + "indicators:\n  - {id: ▲rank, zh: 一, formula: money}\n", "taken_id"),
    (HEAD + "indicators:\n  - {id: ▲'value:a', zh: 一, formula: money}\n", "taken_id"),
    (head_with("direction: higher", "missing: ▲linear, direction: higher").replace("time: year\n", ""), "no_time"),
    (head_with("direction: higher", "missing: {method: mean, by: ▲stage}, direction: higher"), "parameter"),
    (head_with("direction: higher", "missing: {method: invalid, by: ▲stage}, direction: higher"), "parameter"),
    (
        head_with("direction: higher", "missing: {method: score_group_mean, by: ▲money}, direction: higher"),
        "unknown_field",
    ),
    (
        head_with("direction: higher", "missing: ▲{method: shorter_history, formulas: [money]}, direction: higher"),
        "misplaced_key",
    ),
    (with_indicators('- {id: "1", zh: 一, formula: money, missing: ▲shorter_history}'), "parameter"),
    (
        with_indicators('- {id: "1", zh: 一, formula: money, missing: {method: shorter_history, formulas: [▲mony]}}'),
        "unknown_field",
    ),
    (
        with_indicators(
            '- {id: "1", zh: 一, measure: 元, formula: money, missing: {method: shorter_history, formulas: [▲staff]}}'
        ),
        "measure",
    ),
    (head_with("time: year", "reference: ▲panel"), "no_time"),
    (head_with("time: year", "reference: ▲2023"), "no_time"),
    (head_with("direction: higher", "treat: none").replace("{id:", "▲{id:"), "no_direction"),
    (head_with("direction: higher", "score: ▲minmx, direction: higher"), "unknown_method"),
    (head_with("fields:", "total: {aggregate: ▲geometrc}\nfields:"), "unknown_method"),
    (with_rules("- ▲{id: r, zh: r}"), "rule_kind"),
    (with_rules("- ▲{id: r, zh: r, require: money > 0, jump: {fields: [money], factor: 5}}"), "rule_kind"),
    (with_rules("- {id: r, zh: r, require: ▲money / money}"), "formula"),
    (with_rules("- {id: r, zh: r, require: ▲mony > 0}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, require: money > ▲5人}"), "measure"),
    (with_rules("- {id: r, zh: r, require: money > 0, when: ▲stag == 'x'}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, jump: {fields: [money], factor: 5}, when: ▲money > 0}"), "misplaced_key"),
    (with_rules("- {id: r, zh: r, jump: {fields: [money, ▲stff], factor: 5}}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, required: [money, ▲stff]}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, required: [stage], when: ▲stff > 0}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, outlier: {fields: [▲stff], z: 5}}"), "unknown_field"),
    (with_rules("- {id: r, zh: r, outlier: {fields: [▲stage], z: 5}}"), "not_for_text"),
    (with_rules("- {id: r, zh: r, outlier: {fields: [money], z: ▲0}}"), "out_of_bounds"),
    (with_rules("- {id: r, zh: r, outlier: {fields: [money], z: 5}, when: ▲money > 0}"), "misplaced_key"),
    (with_rules("- ▲{id: r, zh: r, required: [money], require: money > 0}"), "rule_kind"),
    (with_rules("- {id: r, zh: r, jump: {fields: [▲stage], factor: 5}}"), "not_for_text"),
    (with_rules("- {id: r, zh: r, jump: ▲{fields: [money], factor: 5}}").replace("time: year\n", ""), "no_time"),
    (
        with_rules("- {id: r, zh: r, measure_mixup: {field: money, per: ▲stff, expected: 1, factor: 3}}"),
        "unknown_field",
    ),
    (
        with_rules("- {id: r, zh: r, require: money > 0}", "- {id: ▲r, zh: r, require: money > 0}"),
        "duplicate_id",
    ),
]


@pytest.mark.parametrize(("text", "code"), PARTS, ids=[f"{number} {code}" for number, (_, code) in enumerate(PARTS)])
def test_a_mistake_beside_the_tree_is_found(found: Found, text: str, code: str) -> None:
    assert only(found(text)).code == code


def test_a_condition_that_is_a_number_is_told_by_its_measure_too(found: Found) -> None:
    findings = found(with_rules("- {id: r, zh: r, require: ▲▲money + 1千元}"))
    assert {finding.code for finding in findings} == {"measure", "formula"}


def test_a_year_is_needed_to_look_back(found: Found) -> None:
    text = with_indicators('- {id: "1", zh: 一, formula: ▲money - 上年(money)}').replace("time: year\n", "")
    finding = only(found(text))
    assert (finding.code, hint_of(finding)) == ("no_time", "write `time: year`")


# --- circles -----------------------------------------------------------------------------------------------------


def with_derived(**formulas: str) -> str:
    lines = "".join(f"  {name}: {{zh: {name}, formula: {formula}}}\n" for name, formula in formulas.items())
    return HEAD + lines + f"indicators:\n  {LEAF}\n"


def test_every_circle_of_derived_fields_is_told_once_from_its_first_field_on(found: Found) -> None:
    findings = found(with_derived(a="▲b + 1", b="c * 2", c="a", d="▲d", e="▲1 / f", f="e", g="a + 1"))
    circles = [finding.message.en.removeprefix("the formulas run in a circle: ") for finding in findings]
    assert circles == ["a -> b -> c -> a", "d -> d", "e -> f -> e"]


def test_a_derived_field_that_cannot_be_read_is_told_once_and_by_its_own_mistake(found: Found) -> None:
    finding = only(found(with_derived(a="b +▲", b="1 / a")))
    assert finding.code == "formula"


def test_a_circle_is_found_behind_fields_that_lead_to_it(found: Found) -> None:
    findings = found(with_derived(a="b + c", b="c + 1", c="▲d", d="e * c", e="money / staff"))
    assert [finding.message.en for finding in findings] == ["the formulas run in a circle: c -> d -> c"]


def test_thousands_of_fields_in_a_chain_are_no_circle(found: Found) -> None:
    # Deeper than Python's own recursion goes.
    chain = {f"f{number}": f"f{number - 1} + 1" for number in range(1, 3000)}
    assert found(with_derived(f0="1 / 3", **chain)) == []


def test_a_field_that_is_read_twice_is_no_circle(found: Found) -> None:
    assert found(with_derived(a="b + c", b="c * 2", c="1 / 3")) == []


# --- methods that cannot work together ---------------------------------------------------------------------------

SCORES_UNDER_A_GEOMETRIC_MEAN = [
    ("zscore", True),
    ("minmax", True),  # the lowest unit always scores 0
    ("as_is", True),
    ("{rule: minmax, to: [1, 100]}", False),
    ("{rule: goalposts, low: 0, high: 100}", False),  # 0 is possible, and not made by the method
    ("{rule: minmax, low: 0, high: 100, clip: false}", True),
]


@pytest.mark.parametrize(("score", "is_refused"), SCORES_UNDER_A_GEOMETRIC_MEAN)
def test_a_geometric_mean_is_refused_before_it_runs_over_scores_it_cannot_take(
    found: Found, score: str, is_refused: bool
) -> None:
    marks = "▲▲" if is_refused else ""  # one for each indicator
    lines = ['- id: "1"', "  zh: 一", f"  aggregate: {marks}geometric", f"  score: {score}", "  children:"]
    children = ['    - {id: "1.1", zh: 甲, formula: money}', '    - {id: "1.2", zh: 乙, formula: staff}']
    assert {finding.code for finding in found(with_indicators(*lines, *children))} <= {"incompatible_methods"}


def test_a_geometric_mean_is_refused_over_dimensions_that_can_be_negative(found: Found) -> None:
    text = with_indicators('- {id: "1", zh: 一, children: [{id: a, zh: 甲, formula: money, score: zscore}]}')
    finding = only(found(text + "total: {aggregate: ▲geometric}\n"))
    assert finding.code == "incompatible_methods"
    assert "negative" in finding.message.en


# --- all at once -------------------------------------------------------------------------------------------------


def test_mistakes_of_every_kind_are_told_at_once(found: Found, park: Path) -> None:
    text = """\
id: park
title: {zh: 例, en: example}
unit: {zh: 园区, key: zone}
▲tiem: year
defaults: {direction: higher, score: ▲minmx}
fields:
  money: {zh: 收入, measure: 千元, ▲mn: 0}
  staff: {zh: 人员, measure: 人}
  bad: {zh: 坏, measure: ▲兆元}
  a: {zh: 甲, formula: ▲b + 1}
  b: {zh: 乙, formula: a * 2}
  ▲staff: {zh: 又是人员}
rules:
  - {id: r, zh: r, require: ▲money / money}
  - {id: ▲r, zh: r, jump: {fields: [▲mony], factor: 3}}
indicators:
  - id: "1"
    zh: 一
    weight: ▲-1
    children:
      - {id: ▲1.10, zh: 一一, formula: ▲收入 / staff, measure: 万元/人}
      - {id: "1.2", zh: 一二, ▲wieght: 1, formula: "money + ▲staff"}
      - {id: ▲"1.2", zh: 一三, formula: 'money / ▲stf'}
      - {id: "1.4", zh: 一四, formula: "9▲**9**9**9"}
      - id: "1.5"
        zh: 一五
        formula: |
          money
          + ▲staff
      - {id: "1.6", zh: 一六, formula: ▲money, measure: 人, direction: ▲up}
  - ▲▲{id: "2", zh: 二}
"""
    assert [finding.code for finding in found(text)] == [
        "unknown_key",
        "unknown_method",
        "unknown_key",
        "unknown_measure",
        "cycle",
        "duplicate_key",
        "formula",
        "duplicate_id",
        "unknown_field",
        "negative_weight",
        "wrong_type",
        "unknown_field",
        "unknown_key",
        "measure",
        "duplicate_id",
        "unknown_field",
        "formula",
        "measure",
        "measure",
        "unknown_choice",
        "empty_dimension",
        "weight_missing",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # A misspelt weight leaves its node without one; that is told already.
        (
            ['- {id: "1", zh: 一, formula: money, ▲wieght: 1}', '- {id: "2", zh: 二, formula: money, weight: 1}'],
            "unknown_key",
        ),
        (['- {id: "1", zh: 一, ▲formla: money}'], "unknown_key"),
        (['- {id: "1", zh: 一, formula: money, ▲mesure: 人}'], "unknown_key"),
        (["- {id: ▲1, zh: 一, formula: money}"], "wrong_type"),
        (["- ▲{zh: 一, formula: money}", "- ▲{zh: 一, formula: money}"], "missing_key"),
        (['- {id: "1", zh: 一, formula: money, score: ▲5}'], "wrong_type"),
    ],
)
def test_what_only_follows_from_a_mistake_of_form_is_not_told_beside_it(
    found: Found, lines: list[str], expected: str
) -> None:
    assert {finding.code for finding in found(with_indicators(*lines))} == {expected}


@pytest.mark.parametrize(
    "text",
    [
        with_indicators('- {id: "1", zh: 一, formula: money + staff}').replace("measure: 人", "▲mesure: 人"),
        with_indicators('- {id: "1", zh: 一, formula: money - 上年(money)}').replace("time:", "▲tiem:"),
        with_indicators(LEAF).replace("direction: higher", "direction: ▲hihger"),
        with_indicators(LEAF).replace("defaults:", "▲defalts:"),
        with_indicators(LEAF).replace("{zh: 营业收入, measure: 千元}", "▲千元"),
    ],
)
def test_what_may_follow_from_a_mistake_elsewhere_is_not_told_beside_it(found: Found, text: str) -> None:
    assert only(found(text)).code in ("unknown_key", "unknown_choice", "wrong_type")


# --- weight schemes ----------------------------------------------------------------------------------------------

SCHEME = "id: s\nframework: park\nstatus: assumed\n"
TWO_LEVELS = with_indicators(
    '- {id: "1", zh: 一, children: [{id: "1.1", zh: 甲, formula: money}, {id: "1.2", zh: 乙, formula: staff}]}',
    '- {id: "2", zh: 二, formula: money}',
)


@pytest.fixture
def scheme_findings(tmp_path: Path) -> Found:
    """Everything found in a weight scheme of this text for the framework of two levels, each where a ▲ stands."""

    def find(marked: str) -> list[Finding]:
        text, places = unmarked(marked)
        (tmp_path / "park.yaml").write_text(TWO_LEVELS, encoding="utf-8")
        file = tmp_path / "s.yaml"
        file.write_text(text, encoding="utf-8")
        findings: list[Finding] = []
        try:
            load_scheme(file, load_framework(tmp_path / "park.yaml"))
        except FrameworkError as error:
            findings = error.findings
        assert_bilingual(findings)
        shown = "\n".join(finding.render("en") for finding in findings)
        assert [f"{each.place}" for each in findings] == [f"{file}:{place}" for place in places], shown
        return findings

    return find


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("weights: {'1': 20%, '2': 80%}\ninside: {'*': equal}", ()),
        ("weights: {'1': 20%, '2': 80%, '3': ▲1}", ("unknown_id",)),
        ("weights: {'1': ▲-20%, '2': 120%}", ("negative_weight",)),
        ("weights: {'1': ▲{weight: -0.2, source: x}, '2': 120%}", ("negative_weight",)),
        ("weights: {'1': ▲1e308, '2': 1e308}", ("weights_too_large",)),
        ("weights: {'1': ▲0, '2': 0}", ("weights_sum_to_zero",)),
        ("weights: ▲{'1': 20%}", ("weight_missing",)),
        ("inside: {'1': ▲equl}", ("unknown_method",)),
        ("inside: {'3': ▲equal}", ("unknown_id",)),
        ("inside: {'2': ▲equal}", ("misplaced_key",)),
        ("method: {method: entropy, zeros: ▲lmit}", ("parameter",)),
        ("combine: [{method: equal, share: 1}, ▲{share: 1}]", ("scheme_kind",)),
        ("combine: [▲{method: equal, scheme: x, share: 1}]", ("scheme_kind",)),
        ("combine: [{method: equal, share: ▲0}]", ("out_of_bounds",)),
        ("combine: [{method: ▲equl, share: 1}]", ("unknown_method",)),
        ("weights: {▲1: 20%, '2': 80%}", ("wrong_type",)),
        ("weights: {'1': {▲wieght: 20%}, '3': ▲5}", ("unknown_key", "unknown_id")),
        ("weights: {'1': 20%, '2': ▲x, '3': ▲5}", ("wrong_type", "unknown_id")),
        ("weights: {'1': 1, '2': 1, ▲'1': 2}", ("duplicate_key",)),
    ],
)
def test_a_mistake_in_a_weight_scheme_is_found(scheme_findings: Found, text: str, codes: tuple[str, ...]) -> None:
    assert tuple(finding.code for finding in scheme_findings(SCHEME + text)) == codes


@pytest.mark.parametrize("text", ["weights: {'1': 1, '2': 1}\nmethod: equal", "note: nothing else"])
def test_a_scheme_is_written_in_exactly_one_way(scheme_findings: Found, text: str) -> None:
    assert only(scheme_findings(f"▲{SCHEME}{text}")).code == "scheme_kind"


def test_a_scheme_for_another_framework_is_refused() -> None:
    framework = load_framework("zone-2021")
    scheme = WeightScheme(id="s", framework="zone-2013", status="assumed", inside={"*": "equal"})  # type: ignore[dict-item]
    finding = only(check_scheme(scheme, framework))
    assert finding.code == "other_framework"
    assert "for zone-2013, not for zone-2021" in finding.message.en


def test_an_unknown_id_in_a_scheme_suggests_the_one_that_was_meant() -> None:
    framework = load_framework("zone-2021")
    scheme = WeightScheme.model_validate(
        {"id": "s", "framework": "zone-2021", "status": "expert", "weights": {"1.11": 5}}
    )
    assert "`1.1`" in hint_of(next(each for each in check_scheme(scheme, framework) if each.code == "unknown_id"))


def test_a_framework_made_in_python_is_checked_without_places() -> None:
    framework = load_framework("zone-2021")
    broken = framework.model_copy(update={"indicators": (*framework.indicators, framework.indicators[0])})
    findings = check_framework(broken)
    assert {each.code for each in findings} == {"duplicate_id"}
    assert all(each.place is None and "twice" in each.message.en for each in findings)

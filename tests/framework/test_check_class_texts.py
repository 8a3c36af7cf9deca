"""What formulas compare the class with is checked: each mistake is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding, FrameworkError, Severity
from parkscore.framework.loading import read_framework

HEAD = """\
id: staged
title: {zh: 分期}
unit: {zh: 企业, key: firm}
fields:
  revenue: {zh: 营业收入, measure: 万元}
  kind: {zh: 行业, kind: text}
FIELD
defaults: {weights: equal, direction: higher}
tables: {factor: {values: {seed: 2}}, whole: {values: {seed: 2}, otherwise: 1}}
CLASSES
indicators: [{id: a, zh: 收入, formula: FORMULA}]
"""
CLASSES = """\
classes:
  - {id: seed, zh: 种子期, en: Seed, when: revenue < 50万元}
  - {id: grown, zh: 成长期, when: WHEN}"""


def findings(
    tmp_path: Path,
    formula: str = "revenue / 1万元",
    *,
    classes: str = CLASSES,
    when: str = "revenue >= 50万元",
    field: str = "",
    more: str = "",
) -> list[Finding]:
    text = HEAD.replace("FIELD", field).replace("CLASSES", classes).replace("FORMULA", f"'{formula}'") + more
    file = tmp_path / "staged.yaml"
    file.write_text(text.replace("WHEN", f"'{when}'"), "utf-8")
    try:
        return list(read_framework(file).findings)
    except FrameworkError as error:
        return error.findings


@pytest.mark.parametrize(
    "formula",
    [
        'if(class == "seed", 1, 2)',
        'if(分类 in ["seed", "grown"], 1, 2)',
        'if("grown" != class, 1, 2)',
        "if(kind == class, 1, 2)",
    ],
)
def test_a_class_that_exists_is_no_finding(tmp_path: Path, formula: str) -> None:
    assert findings(tmp_path, formula) == []


@pytest.mark.parametrize(
    ("formula", "message", "hint"),
    [
        ('if(class == "sed", 1, 2)', "there is no class sed", "did you mean `seed`?"),
        ('if(class in ["seed", "初创"], 1, 2)', "there is no class 初创", "known: seed, grown"),
        ('if("种子期" == 分类, 1, 2)', "there is no class 种子期", 'formulas use ids: `"seed"`'),
        ('if(class != "Seed", 1, 2)', "there is no class Seed", 'formulas use ids: `"seed"`'),
    ],
)
def test_a_class_that_no_unit_can_have_is_an_error_with_the_way_out(
    tmp_path: Path, formula: str, message: str, hint: str
) -> None:
    (found,) = findings(tmp_path, formula)
    assert (found.code, found.severity, found.field) == ("unknown_class", Severity.ERROR, "a")
    assert (found.message.en, found.hint.en if found.hint else None) == (message, hint)
    assert found.place is not None
    assert found.place.line == 13


def test_in_gates_too_and_a_year_back(tmp_path: Path) -> None:
    gates = 'time: year\ngates: [{id: g, zh: 门槛, require: \'class == "sed" or 上年(class) == "gron"\'}]\n'
    found = findings(tmp_path, more=gates)
    assert [each.message.en for each in found] == ["there is no class sed", "there is no class gron"]
    assert {each.code for each in found} == {"unknown_class"}


def test_where_the_class_is_a_field_the_data_say_which_classes_there_are(tmp_path: Path) -> None:
    assert findings(tmp_path, 'if(class == "工业", 1, 2)', classes="class: kind") == []


@pytest.mark.parametrize("more", ["", "gates: [{id: g, zh: 门槛, require: 'class == \"seed\"'}]\n"])
def test_without_classes_there_is_no_class_to_read(tmp_path: Path, more: str) -> None:
    found = findings(tmp_path, "revenue / 1万元" if more else 'if(class == "seed", 1, 2)', classes="", more=more)
    assert [each.code for each in found] == ["unknown_field"]
    assert found[0].hint is not None
    assert found[0].hint.zh == "该指标体系没有分类：写 classes: 或 class:"


def test_a_class_has_no_size_and_cannot_be_counted(tmp_path: Path) -> None:
    assert [each.code for each in findings(tmp_path, "class + 1")] == ["measure"]
    assert [each.code for each in findings(tmp_path, 'if(class > "seed", 1, 2)')] == ["measure"]


@pytest.mark.parametrize("when", ['class == "seed"', 'not 分类 == "seed" and revenue >= 50万元'])
def test_a_class_cannot_be_found_by_itself(tmp_path: Path, when: str) -> None:
    (found,) = [each for each in findings(tmp_path, when=when) if each.severity is Severity.ERROR]
    assert (found.code, found.field) == ("cycle", "grown")
    assert found.place is not None
    assert found.place.line == 12


def test_a_class_that_reads_itself_through_a_derived_field_is_a_circle(tmp_path: Path) -> None:
    field = "  bar: {zh: 门槛, measure: 万元, formula: 'if(class == \"seed\", 5, 20) * 1万元'}"
    found = findings(tmp_path, when="revenue >= bar", field=field)
    assert [each.message.en for each in found if each.code == "cycle"] == [
        "the formulas run in a circle: bar -> class -> bar"
    ]


def test_a_table_that_says_nothing_of_a_class_is_a_warning(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "lookup(factor, class)")
    assert (found.code, found.severity) == ("unlisted_class", Severity.WARNING)
    assert found.message.zh == "表 factor 中没有分类 grown"
    assert findings(tmp_path, "lookup(whole, class)") == []

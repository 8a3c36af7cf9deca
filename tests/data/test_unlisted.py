"""Texts that no table lists are named, cell by cell."""

from __future__ import annotations

from pathlib import Path

import parkscore as ps
from parkscore.data.capping import MOST
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.findings import Severity
from parkscore.framework.models import ConstantTable, Node, Rule, ScoreRule, UnitClass
from tests.small_frameworks import field, leaf, of_code, rows, small, table_of

FIELDS = {"a": field("a"), "industry": field("industry", kind="text")}
FACTORS = ConstantTable(values={"电子信息": 1.2, "机械": 1.0})
FRAMEWORK = small(
    leaf("weighed", "a * lookup(factors, industry)"),
    leaf("again", "a / lookup(factors, industry)"),
    fields=FIELDS,
    tables={"factors": FACTORS},
)


def test_an_unlisted_text_is_a_warning_at_its_cell_and_leaves_a_gap_that_is_undefined(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text("zone,a,industry\n甲,10,电子信息\n乙,10,电子信\n丙,10,\n丁,10,农业\n", encoding="utf-8")
    found = of_code(validate(FRAMEWORK, read_table(path, FRAMEWORK)[0]), "unlisted_text")
    assert [(finding.unit, finding.value, str(finding.place)) for finding in found] == [
        ("乙", "电子信", f"{path}:3:3"),
        ("丁", "农业", f"{path}:5:3"),
    ]
    assert {finding.severity for finding in found} == {Severity.WARNING}
    hints = [finding.hint.en for finding in found if finding.hint is not None]
    assert hints == ["did you mean `电子信息`?", "correct the cell, add to the table, or state `otherwise`"]
    evaluation = ps.evaluate(FRAMEWORK, path)
    assert evaluation.states["weighed"].tolist() == ["value", "undefined", "missing", "undefined"]
    assert evaluation.indicators["weighed"].tolist()[0] == 12


def test_a_table_that_says_what_all_others_get_leaves_nothing_unlisted() -> None:
    framework = small(
        leaf("weighed", "a * lookup(factors, industry)"),
        fields=FIELDS,
        tables={"factors": ConstantTable(values={"机械": 2}, otherwise=1)},
    )
    table = table_of(framework, rows(a=[1, 2], industry=["机械", "农业"]))
    assert of_code(validate(framework, table), "unlisted_text") == []


def test_a_table_in_a_rule_and_in_a_derived_field_is_looked_at_too() -> None:
    fields = {**FIELDS, "b": field("b", formula="lookup(factors, industry)"), "kind": field("kind", kind="text")}
    rule = Rule(id="r", zh="规则", require="a > lookup(factors, kind)")
    framework = small(leaf("b"), fields=fields, tables={"factors": FACTORS}, rules=(rule,))
    table = table_of(framework, rows(a=[5], industry=["农业"], kind=["林业"]))
    found = of_code(validate(framework, table), "unlisted_text")
    assert [(finding.field, finding.value) for finding in found] == [("industry", "农业"), ("kind", "林业")]


def test_a_table_in_the_condition_of_a_tier_or_a_class_is_looked_at_too() -> None:
    tiers = ScoreRule.of("tiers", tiers=[{"when": "a > lookup(factors, industry)", "points": 5}], otherwise=0)
    node = Node(id="t", zh="档", en="tiers", score=tiers)
    classes = (UnitClass(id="big", zh="大", when="a > lookup(factors, kind)"),)
    fields = {**FIELDS, "kind": field("kind", kind="text")}
    framework = small(leaf("a"), node, fields=fields, tables={"factors": FACTORS}, classes=classes)
    table = table_of(framework, rows(a=[5], industry=["农业"], kind=["林业"]))
    found = of_code(validate(framework, table), "unlisted_text")
    assert [(finding.field, finding.value) for finding in found] == [("industry", "农业"), ("kind", "林业")]


def test_a_thousand_unlisted_texts_are_counted_and_not_listed() -> None:
    frame = rows(a=[1.0]).loc[[0] * 1000].assign(zone=[f"z{number}" for number in range(1000)], industry="农业")
    found = of_code(validate(FRAMEWORK, table_of(FRAMEWORK, frame)), "unlisted_text")
    assert len(found) == MOST + 1
    assert found[-1].more == 1000 - MOST

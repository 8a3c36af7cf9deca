"""Classes by condition: what is wrong with them is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding, FrameworkError
from parkscore.framework.loading import read_framework

HEAD = """\
id: staged
title: {zh: 分期}
unit: {zh: 企业, key: firm}
time: year
fields:
  revenue: {zh: 营业收入, measure: 万元}
  age: {zh: 成立年限, measure: 年, min: 0}
  park: {zh: 园区, kind: text}
  yes: {zh: 是否上市}
defaults: {weights: equal, direction: higher}
indicators: [{id: a, zh: 收入, formula: revenue, measure: 万元}]
"""


def findings(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "staged.yaml"
    file.write_text(text, "utf-8")
    try:
        return list(read_framework(file).findings)
    except FrameworkError as error:
        return error.findings


def with_classes(*classes: str) -> str:
    return HEAD + "classes:\n" + "".join(f"  - {each}\n" for each in classes)


WRONG = [
    (with_classes("{id: s, zh: 种子, when: ▲revenu < 50万元}"), "unknown_field"),
    (with_classes("{id: s, zh: 种子, when: '▲revenue < 50人'}"), "measure"),
    (with_classes("{id: s, zh: 种子, when: '▲revenue + 5万元'}"), "formula"),
    (
        with_classes("{id: s, zh: 种子, when: revenue < 1万元}", "{id: ▲s, zh: 初创, when: revenue >= 1万元}"),
        "duplicate_id",
    ),
    (with_classes("{id: s, zh: 种子, when: revenue < 1万元}") + "class: ▲park\n", "misplaced_key"),
    (with_classes("▲{id: s, zh: 种子}"), "missing_key"),
    (with_classes("▲{id: s, when: revenue < 1万元}"), "no_name"),
    (with_classes("{id: s, zh: 种子, when: revenue < 1万元, ▲wen: 1}"), "unknown_key"),
]


@pytest.mark.parametrize(("text", "code"), WRONG, ids=[code for _, code in WRONG])
def test_a_mistake_in_a_class_is_told_by_line(tmp_path: Path, text: str, code: str) -> None:
    line = next(number for number, each in enumerate(text.splitlines(), start=1) if "▲" in each)
    found = [each for each in findings(tmp_path, text.replace("▲", "")) if each.code == code]
    assert found, findings(tmp_path, text.replace("▲", ""))
    assert found[0].place is not None
    assert found[0].place.line == line


def test_a_local_file_changes_one_class_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        with_classes("{id: s, zh: 种子, when: revenue < 1万元}", "{id: g, zh: 成长, when: revenue >= 1万元}"), "utf-8"
    )
    local = tmp_path / "local.yaml"
    local.write_text(
        "id: local\nextends: base\nclasses:\n"
        "  - {id: s, when: revenue < 1万元 and age <= 5年}\n  - {id: o, zh: 老, when: revenue < 1万元 and age > 5年}\n",
        "utf-8",
    )
    framework = read_framework(local).framework
    assert [(each.id, each.label.zh, each.when) for each in framework.classes] == [
        ("s", "种子", "revenue < 1万元 and age <= 5年"),
        ("g", "成长", "revenue >= 1万元"),
        ("o", "老", "revenue < 1万元 and age > 5年"),
    ]

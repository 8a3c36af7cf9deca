"""Classes by condition: what is wrong with them is told where it stands."""

from __future__ import annotations

from operator import ge, gt, le, lt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.findings import Finding, FrameworkError, Severity
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import read_framework
from parkscore.framework.models import Framework, UnitClass

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


def told(tmp_path: Path, *classes: str, head: str = HEAD) -> list[tuple[str, str]]:
    text = head + "classes:\n" + "".join(f"  - {{id: c{n}, en: C{n}, {each}}}\n" for n, each in enumerate(classes))
    return [(each.code, each.message.en) for each in findings(tmp_path, text)]


DECIDED = [
    # Compared to twelve significant digits, these two bounds are one.
    (("when: revenue < 0.3万元", "when: revenue >= 0.30000000000000004万元"), []),
    (("when: revenue < 2亿元", "when: revenue >= 20000万元"), []),
    (
        ("when: revenue <= 2亿元", "when: revenue >= 20000万元"),
        [("class_overlap", "where 营业收入 = 20000 万元, a unit is in C0, C1")],
    ),
    (
        ("when: revenue < 2亿元", "when: revenue > 20000万元"),
        [("class_gap", "where 营业收入 = 20000 万元, a unit is in no class")],
    ),
    (
        ("when: revenue < 100万元", "when: 50万元 <= revenue < 200万元", "when: 150万元 < revenue <= 300万元"),
        [
            ("class_overlap", "where 50 万元 <= 营业收入 < 100 万元, a unit is in C0, C1"),
            ("class_overlap", "where 150 万元 < 营业收入 < 200 万元, a unit is in C1, C2"),
            ("class_gap", "where 营业收入 > 300 万元, a unit is in no class"),
        ],
    ),
    (
        ("when: 0 <= revenue < 5万元", "when: not revenue < 7万元"),
        [
            ("class_gap", "where 营业收入 < 0 万元, a unit is in no class"),
            ("class_gap", "where 5 万元 <= 营业收入 < 7 万元, a unit is in no class"),
        ],
    ),
    (("when: age <= 3年", "when: age > 3年 and 12月 * 5 >= age", "when: age > 5年"), []),
    (("when: age < 0年", "when: age >= 0年"), [("class_never", "there is no value for which a unit is in C0")]),
    (("when: age >= 0年", "when: age >= 0年"), [("class_overlap", "where 成立年限 >= 0 年, a unit is in C0, C1")]),
    (("when: revenue < 5万元 or revenue > 9万元", "when: 5万元 <= revenue <= 9万元"), []),
    (
        ("when: revenue <= 1e308万元",),
        [("class_gap", "where 营业收入 > 1e+308 万元, a unit is in no class")],
    ),
]


@pytest.mark.parametrize(("classes", "expected"), DECIDED, ids=[" | ".join(each) for each, _ in DECIDED])
def test_overlaps_and_gaps_are_found_to_the_single_value(
    tmp_path: Path, classes: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert sorted(told(tmp_path, *classes)) == sorted(expected)


def test_an_overlap_is_an_error_where_it_stands_and_a_gap_a_warning(tmp_path: Path) -> None:
    text = with_classes("{id: s, zh: 小, when: revenue <= 2亿元}", "{id: l, zh: 大, when: 2亿元 <= revenue < 9亿元}")
    overlap, gap = sorted(findings(tmp_path, text), key=lambda each: each.severity.value)
    assert (overlap.code, overlap.severity, overlap.field) == ("class_overlap", Severity.ERROR, "l")
    assert overlap.place is not None
    assert overlap.place.line == len(text.splitlines())
    assert overlap.message.zh == "营业收入 = 20000 万元 时同时属于小、大"
    assert (gap.code, gap.severity) == ("class_gap", Severity.WARNING)
    assert gap.message.zh == "营业收入 >= 90000 万元 时不属于任何分类"


UNDECIDED = [
    ("when: revenue < 50万元", "when: age > 3年"),
    ("when: revenue < 上年(revenue)", "when: revenue >= 50万元"),
    ("when: revenue + revenue < 50万元", "when: revenue >= 50万元"),
    ("when: \"park == '东'\"", "when: \"park != '东'\""),
    ("when: yes", "when: not yes"),
]


@pytest.mark.parametrize("classes", UNDECIDED, ids=" | ".join)
def test_where_it_cannot_be_decided_beforehand_a_note_says_that_rows_are_counted(
    tmp_path: Path, classes: tuple[str, ...]
) -> None:
    assert [code for code, _ in told(tmp_path, *classes)] == ["classes_not_decided"]


def test_nothing_is_said_of_overlaps_while_a_condition_cannot_be_read(tmp_path: Path) -> None:
    codes = [code for code, _ in told(tmp_path, "when: revenue < 5人", "when: revenue <= 5万元")]
    assert codes == ["measure"]
    assert [code for code, _ in told(tmp_path, "when: revenue <", "when: revenue <= 5万元")] == ["formula"]


OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(OPERATORS)),
            st.integers(0, 6),
            st.sampled_from(["and", "or"]),
            st.sampled_from(list(OPERATORS)),
            st.integers(0, 6),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_check_finds_is_what_trying_every_value_finds(parts: list[tuple[str, int, str, str, int]]) -> None:
    classes = tuple(
        UnitClass(id=f"c{n}", zh=f"类{n}", when=f"x {one} {low} {word} x {other} {high}")
        for n, (one, low, word, other, high) in enumerate(parts)
    )

    def count(x: float) -> int:
        links = [(OPERATORS[one](x, low), OPERATORS[other](x, high), word) for one, low, word, other, high in parts]
        return sum((left and right) if word == "and" else (left or right) for left, right, word in links)

    framework = Framework.model_validate(
        {
            "id": "f",
            "title": {"zh": "例"},
            "unit": {"zh": "对象", "key": "unit_name"},
            "defaults": {"weights": "equal", "direction": "higher"},
            "fields": {"x": {"zh": "值"}},
            "indicators": ({"id": "a", "zh": "甲", "formula": "x"},),
            "classes": classes,
        }
    )
    counts = [count(half / 2) for half in range(-2, 16)]
    codes = {finding.code for finding in check_framework(framework)} & {"class_overlap", "class_gap"}
    assert ("class_overlap" in codes, "class_gap" in codes) == (max(counts) > 1, min(counts) == 0)

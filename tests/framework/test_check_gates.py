"""Tests of parkscore.framework.check_gates: every mistake in a gate, where it stands and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.framework.loading import read_framework
from tests.conftest import ROOT
from tests.framework_texts import findings_in, only, places_and_codes, unmarked, with_indicators

INDICATORS = (
    '- {id: "1", zh: 一, formula: money / staff, measure: 万元/人}',
    '- {id: share, zh: 比, formula: staff / staff, measure: "%"}',
)


def gated(*lines: str) -> str:
    """A framework with two indicators and these lines of gates."""
    return with_indicators(*INDICATORS) + "gates:\n" + "".join(f"  {line}\n" for line in lines)


def written(folder: Path, text: str) -> Path:
    file = folder / "park.yaml"
    file.write_text(text, encoding="utf-8")
    return file


SOUND = (
    "- {id: a, zh: 入库, require: 'total >= 60 and [1] > 0 and money >= 5000万元'}",
    "- {id: b, require: '值([1]) >= 3万元 / 1人 and value(share) >= 5%'}",
    "- {id: c, require: 上年(total) >= 60 or 上年(share) < 0.5, miss: review}",
    "- id: d",
    "  at_least: {count: 1, of: [{id: x, veto: money < 0千元}, {id: y, review: staff > 100人}]}",
    "  when: stage == 'A'",
    "  exempt: [{zh: 免, when: staff > 3人}]",
    "  bypass: [{en: certificate, when: stage != 'A'}]",
    "- {id: e, all: [{id: x, require: 10万元 <= money < 20万元}], relax: {when: stage == 'B', by: 20%}}",
)


def test_sound_gates_draw_no_finding(tmp_path: Path) -> None:
    framework = read_framework(written(tmp_path, gated(*SOUND))).framework
    assert [gate.id for gate in framework.gates] == ["a", "b", "c", "d", "e"]
    assert findings_in(written(tmp_path, gated(*SOUND))) == []


@pytest.mark.parametrize(
    ("line", "code", "says", "hint"),
    [
        ("- {id: a, require: ▲monny >= 1}", "unknown_field", "monny", "`money`"),
        ("- {id: a, require: total >= 60 and ▲qqq > 1}", "unknown_field", "qqq", "known"),
        ("- {id: a, require: money >= ▲100人}", "measure", "people", ""),
        ("- {id: a, require: money >= ▲5000}", "measure", "plain number", "5000千元"),
        ("- {id: a, require: ▲money + 1千元}", "measure", "", ""),
        ("- {id: a, require: total >= }", "formula", "", ""),
        ("- {id: a, require: 值(▲shere) >= 1}", "unknown_id", "shere", "`share`"),
        ("- {id: a, require: ▲value(money + 1千元) > 1}", "measure", "id of an indicator", ""),
        ("- ▲{id: a, zh: 空}", "gate_kind", "asks nothing", "all:"),
        ("- ▲{id: a, require: total > 1, veto: total < 1}", "gate_kind", "require and veto", "all:"),
        ("- ▲{id: a, all: [], zh: 空}", "gate_kind", "asks nothing", ""),
        ("- {id: a, at_least: {count: ▲3, of: [{id: x, require: total > 1}]}}", "out_of_bounds", "from 1 to 1", ""),
        ("- {id: a, at_least: {count: ▲0, of: [{id: x, require: total > 1}]}}", "out_of_bounds", "from 1 to 1", ""),
        ("- {id: ▲total, require: total > 1}", "taken_id", "column of the results", "total_gate"),
        ("- {id: ▲status, require: total > 1}", "taken_id", "column of the results", ""),
        ("- {id: ▲why:a, require: total > 1}", "taken_id", "column of the results", "why_a_gate"),
        ("- {id: ▲a/b, require: total > 1}", "gate_id", "/", ""),
        ("- {id: ▲'a; b', require: total > 1}", "gate_id", ";", ""),
        ("- {id: a, relax: ▲{when: stage == 'A', by: 20%}, require: money > money}", "relax_nothing", "", ""),
        ("- {id: a, relax: ▲{when: stage == 'A', by: 20%}, require: stage == 'B'}", "relax_nothing", "", ""),
        ("- {id: a, relax: ▲{when: stage == 'A', by: 20%}, require: total > 0}", "relax_negative", "0", ""),
        ("- {id: a, relax: {when: stage == 'A', by: 20%}, require: money > 1千元 + ▲1人}", "measure", "people", ""),
        ("- {id: a, relax: {when: stage == 'A', by: ▲0}, require: total > 1}", "out_of_bounds", "> 0", ""),
        ("- {id: a, relax: {when: stage == 'A', by: ▲20}, require: total > 1}", "out_of_bounds", "<= 1", "20%"),
        ("- {id: a, ▲requires: total > 1}", "unknown_key", "", "`require`"),
        ("- {id: a, require: total > 1, miss: ▲fail}", "unknown_choice", "review", ""),
        ("- {id: a, require: total > 1, exempt: [{zh: 免, when: ▲mony > 1}]}", "unknown_field", "mony", "`money`"),
    ],
)
def test_a_mistake_is_told_where_it_stands_with_the_way_out(
    tmp_path: Path, line: str, code: str, says: str, hint: str
) -> None:
    text, places = unmarked(gated(line))
    file = written(tmp_path, text)
    found = [finding for finding in findings_in(file) if finding.code == code]
    assert found, [finding.render("en") for finding in findings_in(file)]
    assert says in found[-1].message.en
    assert hint in (found[-1].hint.en if found[-1].hint else "")
    if places:
        assert f"{places[0]} {code}" in places_and_codes(found, file)


def test_the_gates_on_the_page_of_the_language_draw_no_finding(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "framework-language.md").read_text(encoding="utf-8")
    block = page.partition("\n    gates:\n")[2].partition("\n\n")[0]
    measures = {"营业收入": "万元", "研发费用": "万元", "一类知识产权": "件", "商标": "件", "标准": "项"}
    numbers = ("高企", "国家科技奖", "市占率", "国内排名", "重大事故", "资产负债率")
    fields = [
        *(f"  {name}: {{zh: 数{name}, measure: {measure}}}" for name, measure in measures.items()),
        *(f"  {name}: {{zh: 数{name}}}" for name in numbers),
        *(f"  {name}: {{zh: 文{name}, kind: text}}" for name in ("地区", "申报类型")),
    ]
    text = (
        "id: page\ntitle: {zh: 例}\nunit: {zh: 企业, key: firm}\ntime: year\nfields:\n"
        + "\n".join(fields)
        + "\ndefaults: {direction: higher}\nindicators:\n"
        + "  - {id: innovation, zh: 创新, children: [{id: rd_ratio, zh: 研发强度, formula: 研发费用 / 营业收入}]}\n"
        + f"gates:\n{block}\n"
    )
    assert findings_in(written(tmp_path, text)) == []


def test_one_relaxation_does_not_come_on_top_of_another(tmp_path: Path) -> None:
    relax = "relax: {when: stage == 'A', by: 20%}"
    line = f"- {{id: a, all: [{{id: x, require: total > 1, {relax}}}], {relax}}}"
    assert only(findings_in(written(tmp_path, gated(line)))).code == "relax_twice"


def test_siblings_have_ids_of_their_own_and_cousins_may_share_one(tmp_path: Path) -> None:
    twice = "- {id: a, all: [{id: x, require: total > 1}, {id: x, veto: total > 1}]}"
    assert only(findings_in(written(tmp_path, gated(twice)))).code == "duplicate_id"
    cousins = ("- {id: a, all: [{id: x, require: total > 1}]}", "- {id: b, any: [{id: x, require: total > 1}]}")
    assert findings_in(written(tmp_path, gated(*cousins))) == []


@pytest.mark.parametrize("gate", ["stage", "rank_in_stage", "percentile_in_stage"])
def test_no_gate_takes_the_column_of_a_group_that_units_are_ranked_within(gate: str, tmp_path: Path) -> None:
    text = gated(f"- {{id: {gate}, require: total > 1}}")
    assert findings_in(written(tmp_path, text)) == []
    assert only(findings_in(written(tmp_path, text + "rank_within: [stage]\n"))).code == "taken_id"


def test_a_name_that_is_a_field_and_a_node_is_refused_since_nobody_knows_which_is_meant(tmp_path: Path) -> None:
    text = with_indicators("- {id: money, zh: 一, formula: money}")
    bad = text + "gates: [{id: a, require: money > 1千元}]\n"
    assert only(findings_in(written(tmp_path, bad))).code == "ambiguous_name"
    assert findings_in(written(tmp_path, text + "gates: [{id: a, require: 值(money) > 1千元}]\n")) == []


def test_looking_back_needs_years(tmp_path: Path) -> None:
    text = gated("- {id: a, require: 上年(total) >= 60}").replace("time: year\n", "")
    assert only(findings_in(written(tmp_path, text))).code == "no_time"


def test_the_value_of_an_indicator_is_for_gates_only(tmp_path: Path) -> None:
    text = with_indicators('- {id: "1", zh: 一, formula: money}', '- {id: "2", zh: 二, formula: "值([1])"}')
    assert "only in `gates`" in findings_in(written(tmp_path, text))[0].message.en


def test_a_local_file_changes_one_threshold_of_a_gate_that_it_extends(tmp_path: Path) -> None:
    base = gated("- {id: a, all: [{id: x, require: total > 60}, {id: y, require: staff > 3人}]}")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    local = "id: local\nextends: base\ngates: [{id: a, all: [{id: x, require: total > 50}]}]\n"
    (gate,) = read_framework(written(tmp_path, local)).framework.gates
    assert [item.require for item in gate.all] == ["total > 50", "staff > 3人"]

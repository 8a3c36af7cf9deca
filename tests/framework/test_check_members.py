"""Tests of parkscore.framework.check_members and member_loading: what a framework may say of its members."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding, FrameworkError, UsageError
from parkscore.framework.loading import read_framework
from parkscore.framework.member_loading import load_returns
from parkscore.framework.models import Framework
from parkscore.framework.workbook_form import read_workbook, write_workbook
from parkscore.framework.yaml_form import read_yaml

RETURNS = """
id: returns
title: {zh: 年报}
unit: {zh: 企业, key: 统一社会信用代码}
time: year
fields:
  zone: {zh: 所属高新区, kind: text}
  park: {zh: 分园, kind: text}
  industry: {zh: 行业, kind: text}
  revenue: {zh: 营业收入, measure: 千元}
  staff: {zh: 从业人员, measure: 人}
  high_tech: {zh: 高企}
  last: {zh: 上年收入, formula: 上年(revenue), measure: 千元}
  mean: {zh: 行业均值, formula: "group_mean(revenue, industry)", measure: 千元}
gates:
  - {id: has, zh: 有收入, require: revenue > 0}
"""

ZONES = """
id: zones
title: {zh: 高新区}
unit: {zh: 高新区, key: zone}
time: year
members: {framework: returns.yaml, belongs_to: zone, part: park}
defaults: {direction: higher, score: minmax, aggregate: arithmetic, weights: equal}
weights_status: assumed
fields:
  revenue: {zh: 营业收入, measure: 亿元, members: {sum: revenue}}
  number: {zh: 高企数, measure: 家, members: {count: high_tech == 1}}
  green: {zh: 绿地率, measure: "%"}
indicators:
  - {id: "1", zh: 营业收入, formula: revenue, measure: 亿元}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    return tmp_path


def read(folder: Path, old: str = "", new: str = "") -> Framework:
    """The framework of zones with something changed, and checked against its returns."""
    assert old in ZONES
    (folder / "zones.yaml").write_text(ZONES.replace(old, new, 1) if old else ZONES, encoding="utf-8")
    loaded = read_framework(folder / "zones.yaml")
    load_returns(loaded.framework, loaded.document)
    return loaded.framework


def refused(folder: Path, old: str, new: str) -> list[Finding]:
    with pytest.raises(FrameworkError) as caught:
        read(folder, old, new)
    return caught.value.findings


def test_a_framework_of_zones_names_that_of_its_returns(folder: Path) -> None:
    framework = read(folder)
    assert framework.members is not None
    assert load_returns(framework).id == "returns"


def test_the_returns_stand_beside_the_file_wherever_the_program_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load_returns(read(folder)).id == "returns"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("{sum: revenue}", "{sum: revenue, count: revenue > 0}", "members_kind", "one of sum and count"),
        ("{sum: revenue}", "{when: revenue > 0}", "members_kind", "one of sum and count"),
        ("high_tech == 1}", "high_tech == 1, when: staff > 0}", "misplaced_key", "only goes with `sum`"),
        ("measure: 家", "measure: 人", "measure", "not counted in 人"),
        ("{sum: revenue}", "{sum: revenue +}", "formula", ""),
        ("{count: high_tech == 1}", "{count: high_tech + 1}", "formula", "a condition belongs here"),
        ("{sum: revenue}", "{sum: revenues}", "unknown_field", "no field revenues"),
        ("{sum: revenue}", "{sum: staff}", "measure", "亿元"),
        ("{sum: revenue}", "{sum: 上年(revenue)}", "looks_elsewhere", "its own return"),
        ("{sum: revenue}", "{sum: last}", "looks_elsewhere", "its own return"),
        ("{sum: revenue}", "{sum: mean}", "looks_elsewhere", "its own return"),
        ("{sum: revenue}", '{sum: "cagr_since(revenue, 2020) * revenue"}', "looks_elsewhere", "its own return"),
        ("belongs_to: zone", "belongs_to: region", "unknown_field", "no field region"),
        ("belongs_to: zone", "belongs_to: staff", "not_a_text", "staff is not a text field"),
        ("part: park", "part: parks", "unknown_field", "no field parks"),
        ("framework: returns.yaml", "framework: nothing", "unknown_framework", "no such framework"),
        ("time: year", "", "no_time", "need a year column"),
        ("亿元, members: {", "亿元, formula: number, members: {", "members_kind", "raw"),
    ],
)  # fmt: skip
def test_what_members_may_not_say_is_told_where_it_stands(
    folder: Path, old: str, new: str, code: str, said: str
) -> None:
    found = [finding for finding in refused(folder, old, new) if finding.code == code]
    assert found
    assert said in found[0].message.en
    assert found[0].place is not None
    assert found[0].place.line is not None


def test_sums_need_to_know_of_which_returns(folder: Path) -> None:
    line = "members: {framework: returns.yaml, belongs_to: zone, part: park}\n"
    (folder / "zones.yaml").write_text(ZONES.replace(line, ""), encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        read_framework(folder / "zones.yaml")
    assert [finding.code for finding in caught.value.findings] == ["no_members"]


def test_a_framework_without_members_has_no_returns() -> None:
    with pytest.raises(UsageError) as caught:
        load_returns(read_framework("tech-sme").framework)
    assert caught.value.findings[0].code == "no_members"


def test_a_local_file_replaces_what_a_field_adds_up_and_keeps_the_rest_of_the_block(folder: Path) -> None:
    read(folder)
    (folder / "local.yaml").write_text(
        """
id: local
extends: zones.yaml
members: {prior_year: same_members}
fields: {revenue: {members: {count: revenue > 0}, measure: 家}}
remove: ["1"]
indicators: [{id: "2", zh: 高企数, formula: number, measure: 家}]
""",
        encoding="utf-8",
    )
    local = read_framework(folder / "local.yaml").framework
    assert local.members is not None
    assert local.members.model_dump(exclude={"framework"}) == {
        "belongs_to": "zone", "part": "park", "name": None, "prior_year": "same_members", "min_reported": 0.0,
    }  # fmt: skip
    addend = local.fields["revenue"].members
    assert addend is not None
    assert (addend.sum, addend.count) == (None, "revenue > 0")


def test_members_pass_through_the_workbook_form(folder: Path) -> None:
    read(folder)
    document = read_yaml(folder / "zones.yaml")
    write_workbook(document.data, folder / "zones.xlsx")
    assert read_workbook(folder / "zones.xlsx").data == document.data

"""Tests of list, show, check, template, convert and schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from parkscore import shipped
from parkscore.data.reading import read_table
from parkscore.evaluation import digest_of
from parkscore.findings import DataError
from parkscore.framework.json_schema import framework_schema, scheme_schema
from parkscore.framework.loading import load_framework, read_own_document

FRAMEWORKS = Path(__file__).resolve().parents[1] / "frameworks"


def test_list_names_every_framework_scheme_and_example_that_ships(run: Any) -> None:
    document = run("list", "--json").document
    assert document["schema"] == "parkscore-list/1"
    assert [entry["id"] for entry in document["frameworks"]] == shipped.framework_names()
    assert {scheme["id"] for scheme in document["schemes"]} == set(shipped.scheme_names())
    assert document["examples"] == shipped.example_names()


def test_list_says_which_weights_are_unknown_and_which_scheme_fills_them(run: Any) -> None:
    zone = next(entry for entry in run("list", "--json").document["frameworks"] if entry["id"] == "zone-2021")
    assert (zone["indicators"], zone["weights_known"], zone["status"]) == (46, False, "partial")
    assert zone["schemes"][0] == "zone-2021-equal-within"
    assert set(zone["schemes"]) == {name for name in shipped.scheme_names() if name.startswith("zone-2021-")}
    printed = run("list").out
    assert "some unknown" in next(line for line in printed.splitlines() if line.startswith("zone-2021 "))


def test_list_speaks_chinese(run: Any) -> None:
    answer = run("list", "--lang", "zh")
    assert answer.code == 0
    assert "国家高新技术产业开发区综合评价指标体系" in answer.out
    assert "有未知" in answer.out


def test_list_and_show_say_the_status_in_the_language_of_the_reader(run: Any) -> None:
    chinese = run("list", "--lang", "zh").out
    words = ("sourced", "transcribed", "partial", "assumed", "official", "computed")
    assert [word for word in words if re.search(rf" {word}( |$)", chinese, re.MULTILINE)] == []
    assert re.search(r"^tech-sme .*有原文 .*官方", chinese, re.MULTILINE)
    assert "状态：假定" in run("show", "unicorn-gloss", "--lang", "zh").out
    assert "status: assumed" in run("show", "unicorn-gloss").out


def test_list_counts_no_slot_as_an_indicator_and_gives_no_weights_where_nothing_is_weighed(run: Any) -> None:
    entries = {entry["id"]: entry["indicators"] for entry in run("list", "--json").document["frameworks"]}
    assert (entries["innovation-points-v2"], entries["innovation-points-local-example"]) == (0, 4)
    printed = next(line for line in run("list").out.splitlines() if line.startswith("innovation-points-v2 "))
    assert printed.rstrip().endswith("partial")
    assert "0 indicators, 5 slots not filled" in run("show", "innovation-points-v2").out


def test_show_prints_one_line_per_node_with_weight_measure_direction_formula(run: Any) -> None:
    answer = run("show", "park.yaml")
    lines = {line.split()[0]: " ".join(line.split()) for line in answer.out.splitlines() if line[:1].isdigit()}
    assert answer.code == 0
    assert lines["1"] == "1 Size 60%"
    assert lines["1.2"] == "1.2 Income 3 千元 higher income"
    assert lines["2.1"] == "2.1 Energy per income 吨标准煤/万元 lower energy / income"


def test_show_prints_points_categories_and_conditions(run: Any, tmp_path: Path) -> None:
    tiers = "{when: a > 1, points: 20}, {when: a > 0, points: 5}"
    said = (
        "id: p\ntitle: {en: p}\nunit: {key: zone, en: zone}\n"
        "fields: {a: {en: a}, kind_of: {en: kind, kind: text}}\n"
        "total: {aggregate: sum, points: 30}\nindicators:\n"
        "  - {id: '1', en: K, points: 10, category: kind_of, score: {rule: lookup, points: {x: 10}}}\n"
        "  - {id: '2', en: T, points: 20, score: {rule: tiers, tiers: [*]}}\n"
    )
    (tmp_path / "points.yaml").write_text(said.replace("*", tiers), encoding="utf-8")
    answer = run("show", str(tmp_path / "points.yaml"))
    lines = {line.split()[0]: " ".join(line.split()) for line in answer.out.splitlines() if line[:1].isdigit()}
    assert lines == {"1": "1 K 10 points kind_of", "2": "2 T 20 points a > 1; a > 0"}
    nodes = run("show", str(tmp_path / "points.yaml"), "--json").document["nodes"]
    assert [(node["points"], node["category"], node["conditions"]) for node in nodes] == [
        (10, "kind_of", []),
        (20, None, ["a > 1", "a > 0"]),
    ]


def test_show_lists_the_fields_with_their_limits(run: Any) -> None:
    answer = run("show", "park.yaml", "--fields")
    assert ["income", "Income", "千元", "0"] in [line.split() for line in answer.out.splitlines()]


def test_show_as_json_holds_the_tree_and_the_fields(run: Any) -> None:
    document = run("show", "park.yaml", "--json", "--lang", "zh").document
    assert document["schema"] == "parkscore-show/1"
    assert document["framework"]["title"] == "园区评价"
    assert [node["id"] for node in document["nodes"]] == ["1", "1.1", "1.2", "2", "2.1"]
    assert [field["id"] for field in document["fields"]] == ["staff", "income", "energy"]


def test_show_works_for_every_framework_that_ships(run: Any) -> None:
    assert {name: run("show", name).code for name in shipped.framework_names()} == dict.fromkeys(
        shipped.framework_names(), 0
    )


def test_check_says_ok_with_counts(run: Any) -> None:
    answer = run("check", "park.yaml")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "ok: park, 2 dimensions, 3 indicators, 3 fields, 1 rule\n"


def test_check_names_unknown_weights_and_the_scheme_to_name(run: Any) -> None:
    document = run("check", "zone-2021", "--json").document
    unknown = [finding for finding in document["findings"] if finding["code"] == "unknown_weights"]
    assert document["ok"]
    assert sum(int(finding["message"].split()[0]) for finding in unknown) == 44
    assert {finding["hint"] for finding in unknown} == {"name a weight scheme: --weights zone-2021-equal-within"}
    assert run("check", "zone-2021", "--weights", "zone-2021-equal-within", "--json").document["findings"] == []


def test_check_reports_every_mistake_at_once_and_exits_with_4(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8")
    broken = text.replace("weight: 60%", "wieght: 60%").replace("min: 0}", "min: none}", 1)
    (folder / "broken.yaml").write_text(broken, encoding="utf-8")
    answer = run("check", "broken.yaml", "--json")
    assert answer.code == 4
    assert answer.document["schema"] == "parkscore-error/1"
    assert answer.document["exit_code"] == 4
    found = {(finding["code"], finding["line"]) for finding in answer.document["findings"]}
    assert {("unknown_key", 18), ("wrong_type", 9)} <= found


def test_check_refuses_a_scheme_that_leaves_weights_unknown(run: Any, folder: Path) -> None:
    scheme = 'id: s\nframework: zone-2021\nstatus: assumed\ninside: {"1": equal}\n'
    (folder / "s.yaml").write_text(scheme, encoding="utf-8")
    answer = run("check", "zone-2021", "--weights", "s.yaml")
    assert answer.code == 4
    assert "weights under 5" in answer.err
    assert "weights under 1" not in answer.err


def test_check_refuses_a_scheme_for_another_framework(run: Any) -> None:
    answer = run("check", "park.yaml", "--weights", "zone-2021-equal-within")
    assert answer.code == 4
    assert "this scheme is for zone-2021" in answer.err


def test_a_template_is_read_back_as_a_table_without_rows(run: Any, folder: Path) -> None:
    answer = run("template", "park.yaml", "-o", "blank.xlsx")
    assert answer.code == 0
    with pytest.raises(DataError) as caught:
        read_table(folder / "blank.xlsx", load_framework("park.yaml"))
    assert {finding.code for finding in caught.value.findings} == {"no_rows"}


@pytest.mark.parametrize("name", [*shipped.framework_names(), "asem", "croatia-2017", "hdi"])
def test_converting_to_a_workbook_and_back_loses_nothing(run: Any, folder: Path, name: str) -> None:
    source = str(FRAMEWORKS / f"{name}.yaml") if shipped.framework_path(name) is None else name
    assert run("convert", source, "there.xlsx").code == 0
    assert run("convert", "there.xlsx", "back.yaml").code == 0
    wanted = digest_of(load_framework(source))
    assert digest_of(load_framework("there.xlsx")) == wanted
    assert digest_of(load_framework("back.yaml")) == wanted


def test_converting_a_local_framework_keeps_it_an_extension(run: Any, folder: Path) -> None:
    (folder / "local.yaml").write_text('id: local\ntitle: {zh: 本地}\nextends: park\nremove: ["2"]\n', encoding="utf-8")
    assert run("convert", "local.yaml", "local.xlsx").code == 0
    assert set(read_own_document(folder / "local.xlsx").data) == {"id", "title", "extends", "remove"}
    assert digest_of(load_framework("local.xlsx")) == digest_of(load_framework("local.yaml"))


def test_converting_an_extension_to_another_folder_says_where_its_base_is_looked_for(run: Any, folder: Path) -> None:
    (folder / "local.yaml").write_text("id: local\nextends: park\n", encoding="utf-8")
    (folder / "far").mkdir()
    answer = run("convert", "local.yaml", "far/local.yaml")
    assert answer.code == 0
    assert "is looked for in the folder" in answer.err


def test_a_framework_with_mistakes_is_not_converted(run: Any, folder: Path) -> None:
    (folder / "broken.yaml").write_text("id: broken\n", encoding="utf-8")
    assert run("convert", "broken.yaml", "broken.xlsx").code == 4
    assert not (folder / "broken.xlsx").exists()


def test_converting_a_file_onto_itself_is_refused(run: Any, folder: Path) -> None:
    before = (folder / "park.yaml").read_bytes()
    answer = run("convert", "park.yaml", "./park.yaml")
    assert answer.code == 2
    assert (folder / "park.yaml").read_bytes() == before


def test_schema_prints_the_json_schema_of_frameworks_and_of_schemes(run: Any) -> None:
    assert run("schema").document == framework_schema()
    assert run("schema", "--scheme").document == scheme_schema()
    wrapped = run("schema", "--scheme", "--json").document
    assert (wrapped["schema"], wrapped["document"]) == ("parkscore-schema/1", scheme_schema())

"""The block `robustness` of a framework: taken where nothing else is asked for, and checked like everything in it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parkscore as ps
from parkscore.evaluation import digest_of
from parkscore.findings import FrameworkError, errors_of
from parkscore.framework.loading import read_framework
from parkscore.framework.statistics_digest import statistics_digest
from parkscore.framework.workbook_form import write_workbook
from parkscore.framework.yaml_form import parse_yaml
from parkscore.robustness.specs import spec_of_framework
from tests.small_frameworks import rows

PLAIN = """\
id: small
title: {zh: 小例}
unit: {zh: 高新区, key: zone}
weights_status: official
defaults: {direction: higher, score: minmax}
fields: {a: {zh: 甲}, b: {zh: 乙}, c: {zh: 丙}}
indicators:
  - id: d
    zh: 丁
    weight: 1
    children: [{id: a, zh: 甲, weight: 1, formula: a}, {id: b, zh: 乙, weight: 1, formula: b}]
  - {id: c, zh: 丙, weight: 1, formula: c, score: {rule: goalposts, low: 0, high: 9, to: [1, 100]}}
"""
BLOCK = """\
robustness:
  draws: 16
  seed: 3
  weights: {dirichlet: 20}
  leave_out: [a, b]
  exact: {spread: 10%}
"""
TABLE = rows(a=[1.0, 2.0, 3.0, 5.0], b=[3.0, 1.0, 2.0, 2.5], c=[2.0, 3.0, 1.0, 2.0])
SAID = "is stated by the framework under `robustness`; it is an assumption all the same"


def written(folder: Path, block: str, name: str = "small.yaml") -> Path:
    file = folder / name
    file.write_text(PLAIN + block, encoding="utf-8")
    return file


def test_it_is_taken_where_nothing_else_is_asked_for_and_the_outputs_say_so(tmp_path: Path) -> None:
    file = written(tmp_path, BLOCK)
    found = ps.evaluate(file, TABLE).robustness()
    same = ps.evaluate(written(tmp_path, "", "plain.yaml"), TABLE).robustness(
        {"dirichlet": 20}, leave_out=["a", "b"], draws=16, seed=3
    )
    np.testing.assert_array_equal(found.scores, same.scores)
    assert found.answers.exact is not None
    assert found.about["assumptions"][-1].endswith(SAID)
    assert not same.about["assumptions"][-1].endswith(SAID)


def test_a_spec_counts_in_its_place_and_what_is_stated_in_place_of_the_same_key(tmp_path: Path) -> None:
    evaluation = ps.evaluate(written(tmp_path, BLOCK), TABLE)
    other = evaluation.robustness(spec={"draws": 8, "weights": {"any": True}})
    assert other.about["asked"] == {"weights": {"any": True}}
    assert not other.about["assumptions"][-1].endswith(SAID)
    stated = evaluation.robustness({"any": True}, draws=4, exact=False)
    assert (stated.draws, stated.seed) == (4, 3)
    assert stated.about["asked"] == {"weights": {"any": True}, "leave_out": ["a", "b"]}
    assert stated.about["assumptions"][-1].endswith(SAID)
    own = evaluation.robustness({"any": True}, leave_out=["a"], draws=4)
    assert not own.about["assumptions"][-1].endswith(SAID)


def test_what_is_stated_as_empty_takes_away_what_the_block_says(tmp_path: Path) -> None:
    evaluation = ps.evaluate(written(tmp_path, BLOCK), TABLE)
    found = evaluation.robustness(leave_out=[])
    assert found.about["asked"] == {"weights": {"dirichlet": 20}, "exact": {"spread": "10%"}}
    assert found.about["assumptions"][-1].endswith(SAID)
    own = evaluation.robustness({"any": True}, leave_out=(), exact=False)
    assert own.about["asked"] == {"weights": {"any": True}}
    assert not own.about["assumptions"][-1].endswith(SAID)
    stated = evaluation.robustness(leave_out=None, exact=False)
    assert stated.about["asked"] == {"weights": {"dirichlet": 20}, "leave_out": ["a", "b"]}


def test_where_all_that_the_block_says_is_taken_away_the_default_is_assumed(tmp_path: Path) -> None:
    block = "robustness: {leave_out: all, draws: 8}\n"
    found = ps.evaluate(written(tmp_path, block), TABLE).robustness(leave_out=[])
    assert found.about["asked"] == {"weights": {"multipliers": 0.2, "default": True}}
    assert not found.about["assumptions"][-1].endswith(SAID)


def test_it_changes_no_score_and_no_digest(tmp_path: Path) -> None:
    with_block = ps.load_framework(written(tmp_path, BLOCK))
    without = ps.load_framework(written(tmp_path, "", "plain.yaml"))
    assert digest_of(with_block) == digest_of(without)
    assert statistics_digest(with_block) == statistics_digest(without)


def placed(error: FrameworkError) -> list[tuple[str, Any, Any]]:
    return [
        (each.code, each.place and each.place.line, each.place and each.place.column)
        for each in errors_of(error.findings)
    ]


def test_its_form_and_names_are_checked_when_the_framework_is_read(tmp_path: Path) -> None:
    wrong_form = "robustness:\n  drws: 5\n  weights: {multipliers: 120%}\n  exact: {levl: x}\n"
    with pytest.raises(FrameworkError) as caught:
        ps.load_framework(written(tmp_path, wrong_form))
    assert sorted(placed(caught.value)) == [("out_of_bounds", 15, 26), ("unknown_key", 14, 3), ("unknown_key", 16, 11)]
    wrong_names = (
        "robustness:\n"
        "  weights: {bounds: {e: [0, 1]}, order: [[a, c]]}\n"
        "  score: {d: minmax}\n"
        "  leave_out: [all, f]\n"
        "  exact: {order: [[c, g]]}\n"
    )
    with pytest.raises(FrameworkError) as caught:
        ps.load_framework(written(tmp_path, wrong_names))
    assert sorted(placed(caught.value), key=lambda each: each[1:]) == [
        ("no_such_node", 14, 25),
        ("not_siblings", 14, 42),
        ("no_such_node", 15, 11),
        ("no_such_indicator", 16, 20),
        ("no_such_node", 17, 19),
    ]


def test_a_mistake_elsewhere_does_not_hide_one_in_the_block(tmp_path: Path) -> None:
    file = written(tmp_path, "robustness: {leave_out: e, exact: {levl: x}}\nrank_with: [a]\n")
    with pytest.raises(FrameworkError, match=r"(?s)rank_with.*levl|levl.*rank_with") as caught:
        ps.load_framework(file)
    assert "no_such_indicator" in [each.code for each in caught.value.findings]


def test_what_it_means_is_checked_at_its_place_before_anything_is_run(tmp_path: Path) -> None:
    block = (
        "robustness:\n  weights: {schemes: [nowhere]}\n  aggregate: {d: [geometric]}\n  exact: {bounds: {a: [0, 1]}}\n"
    )
    read = read_framework(written(tmp_path, block))
    with pytest.raises(FrameworkError) as caught:
        spec_of_framework(read.framework, read.document)
    assert {each[1:] for each in placed(caught.value)} == {(14, 23), (15, 19), (16, 23)}
    with pytest.raises(FrameworkError, match="cannot take the scores"):
        ps.evaluate(read.framework, TABLE).robustness()


def test_files_that_it_names_are_looked_for_beside_the_framework_and_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "draws.csv").write_text("a,b\n1,1\n0,1\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "id: mine\nframework: small\nstatus: expert\nsource: 会议\nweights: {a: 1, b: 3, c: 1, d: 1}\n",
        encoding="utf-8",
    )
    (elsewhere := tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(elsewhere)
    block = "robustness: {weights: {table: draws.csv}, one_at_a_time: {schemes: mine.yaml}}\n"
    found = ps.evaluate(written(tmp_path, block), TABLE).robustness()
    assert found.draws == 2
    assert found.answers.one_at_a_time is not None
    assert found.answers.one_at_a_time.schemes is not None
    assert found.answers.one_at_a_time.schemes.changes == ("mine",)
    assert str(tmp_path) not in str(found.about)

    schemes = ps.evaluate(written(tmp_path, "robustness: {weights: {schemes: [mine.yaml, equal]}, draws: 4}\n"), TABLE)
    assert schemes.robustness().about["asked"] == {"weights": {"schemes": ["mine.yaml", "equal"]}}


def test_a_local_framework_keeps_the_block_of_its_base_or_replaces_it_whole(tmp_path: Path) -> None:
    written(tmp_path, BLOCK, "base.yaml")
    local = tmp_path / "local.yaml"
    local.write_text("id: local\nextends: base\n", encoding="utf-8")
    block = ps.load_framework(local).robustness
    assert block is not None
    assert block.draws == 16
    local.write_text("id: local\nextends: base\nrobustness: {weights: {any: true}}\n", encoding="utf-8")
    block = ps.load_framework(local).robustness
    assert block is not None
    assert (block.draws, block.leave_out, block.weights and block.weights.dirichlet) == (None, (), None)
    local.write_text("id: local\nextends: base\nrobustness: ~\n", encoding="utf-8")
    assert ps.load_framework(local).robustness is None


def test_a_workbook_holds_it_in_a_cell_which_a_mistake_is_told_by(tmp_path: Path) -> None:
    write_workbook(parse_yaml(PLAIN + BLOCK, "small.yaml").data, tmp_path / "small.xlsx")
    block = ps.load_framework(tmp_path / "small.xlsx").robustness
    assert block == ps.load_framework(written(tmp_path, BLOCK)).robustness
    write_workbook(parse_yaml(PLAIN + "robustness: {leave_out: e}\n", "small.yaml").data, tmp_path / "wrong.xlsx")
    with pytest.raises(FrameworkError, match=r"wrong\.xlsx!框架!B\d+ .*no such indicator"):
        ps.load_framework(tmp_path / "wrong.xlsx")


def test_the_block_on_the_page_about_the_language_fits_the_shipped_framework(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "framework-language.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^## Robustness\n\n((?:    .*\n)+)", page, flags=re.MULTILINE)
    local = tmp_path / "local.yaml"
    local.write_text(f"id: local\nextends: zone-2021\n{textwrap.dedent(block)}", encoding="utf-8")
    read = read_framework(local)
    spec = spec_of_framework(read.framework, read.document)
    assert spec is not None
    assert sorted(spec.asked) == ["aggregate", "exact", "leave_out", "weights"]

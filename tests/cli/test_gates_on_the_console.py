"""Tests of how `show` and `score` tell of gates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

GATES = """\
gates:
  - {id: big, zh: 规模, en: Size, require: total >= 50 and income >= 200万元}
  - id: clean
    zh: 绿色
    en: Green
    any: [{id: a, veto: energy > 30吨标准煤}, {id: b, require: 上年(total) >= 50}]
"""


@pytest.fixture
def gated(folder: Path) -> None:
    """The framework of the folder with two gates."""
    file = folder / "park.yaml"
    file.write_text(file.read_text(encoding="utf-8") + GATES, encoding="utf-8")


@pytest.mark.usefixtures("gated")
def test_score_counts_the_outcomes_of_each_gate_and_they_add_up_to_all_rows(run: Any) -> None:
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.csv")
    assert "gate Size: 2 met, 4 not met (of 6)" in answer.out
    assert "gate Green: 5 met, 1 unknown (of 6)" in answer.out
    chinese = run("--lang", "zh", "score", "park.yaml", "zones.csv", "-o", "out.csv").out
    assert "门槛“绿色”：达标 5，无法判断 1（共 6）" in chinese


@pytest.mark.usefixtures("gated")
def test_score_as_json_has_every_outcome_and_every_condition(run: Any) -> None:
    document = run("score", "park.yaml", "zones.csv", "--json").document
    assert len(document["gates"]) == 12
    assert document["gate_counts"]["big"]["met"] == 2
    (line,) = (
        line
        for line in document["gate_details"]
        if (line["unit"], line["year"], line["path"]) == ("甲", 2023, "big#require.2")
    )
    assert (line["outcome"], line["value"], line["threshold"], line["short_by"]) == ("false", 1000, 2000, 1000)


@pytest.mark.usefixtures("gated")
def test_show_lists_the_gates_with_what_they_ask(run: Any) -> None:
    assert "any of: not if energy > 30吨标准煤; 上年(total) >= 50" in run("show", "park.yaml").out
    gates = run("show", "park.yaml", "--json").document["gates"]
    assert [gate["id"] for gate in gates] == ["big", "clean"]


@pytest.mark.usefixtures("gated")
def test_show_brackets_what_is_nested_and_says_of_whom_it_is_asked(run: Any, folder: Path) -> None:
    file = folder / "park.yaml"
    nested = """\
  - id: deep
    all:
      - {id: a, any: [{id: x, require: income > 1千元}, {id: y, require: staff > 1人}], when: staff > 5人}
      - {id: b, require: staff > 9人, miss: review, relax: {when: staff < 3人, by: 20%}}
      - {id: c, veto: energy > 9吨标准煤,
         exempt: [{zh: 免, when: staff == 7人}], bypass: [{zh: 直, when: staff == 8人}]}
"""
    file.write_text(file.read_text(encoding="utf-8") + nested, encoding="utf-8")
    asks = {gate["id"]: gate["asks"] for gate in run("show", "park.yaml", "--json").document["gates"]}
    assert asks["deep"] == (
        "all of: (any of: income > 1千元; staff > 1人) [only where staff > 5人]; "
        "staff > 9人 [20 % easier where staff < 3人; a miss is to be reviewed]; "
        "not if energy > 9吨标准煤 [exempt where staff == 7人; or by staff == 8人]"
    )

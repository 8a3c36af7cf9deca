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

"""Tests of how `show` and `score` tell of grades, and of frameworks that have gates only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

GRADES = """\
grades:
  - id: level
    zh: 等级
    en: Level
    bands: [{id: A, zh: 优, en: Good, from: 50, line: {amount: 300, measure: 万元}}]
    otherwise: {id: B, zh: 差, en: Poor}
    overrides: [{grade: B, when: energy > 1000000000吨标准煤, zh: 高耗能, en: Energy}]
"""
ONLY_GATES = """\
id: small-firm
title: {zh: 小型企业, en: Small enterprises}
status: example
unit: {zh: 企业, en: enterprise, key: 企业}
fields: {staff: {zh: 职工, en: staff, measure: 人}}
gates: [{id: small, zh: 小型, en: Small, require: staff <= 500人}]
"""


@pytest.fixture
def graded(folder: Path) -> None:
    """The framework of the folder with a scale of two grades."""
    file = folder / "park.yaml"
    file.write_text(file.read_text(encoding="utf-8") + GRADES, encoding="utf-8")


@pytest.mark.usefixtures("graded")
def test_score_counts_each_grade_and_the_counts_add_up_to_all_rows(run: Any) -> None:
    counts = run("score", "park.yaml", "zones.csv", "--json").document["grade_counts"]["level"]
    assert sum(counts.values()) == 6
    said = ", ".join(f"{counts[key]} {name}" for key, name in (("A", "Good"), ("B", "Poor")) if counts[key])
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.csv").out
    assert f"grades Level: {said}" in answer
    assert "(of 6)" in answer


@pytest.mark.usefixtures("graded")
def test_show_lists_each_grade_with_scores_line_and_what_overrides_it(run: Any) -> None:
    shown = run("show", "park.yaml").out
    assert "from 50" in shown
    assert "300万元" in shown
    grades = run("show", "park.yaml", "--json").document["grades"]
    assert [(each["grade"], each["scores"], each["when"]) for each in grades] == [
        ("A", "from 50", None),
        ("B", "otherwise", None),
        ("B", None, "energy > 1000000000吨标准煤"),
    ]


def test_a_framework_of_gates_only_is_shown_checked_and_judged(run: Any, folder: Path) -> None:
    (folder / "small.yaml").write_text(ONLY_GATES, encoding="utf-8")
    (folder / "firms.csv").write_text("企业,职工\n甲,500\n乙,501\n丙,\n", encoding="utf-8")
    assert "gates only: 1" in run("show", "small.yaml").out
    assert "0 rules, 1 gate" in run("check", "small.yaml").out
    answer = run("score", "small.yaml", "firms.csv", "-o", "judged.csv").out
    assert "3 judged" in answer
    assert "gate Small: 1 met, 1 not met, 1 unknown (of 3)" in answer
    assert "weights" not in answer

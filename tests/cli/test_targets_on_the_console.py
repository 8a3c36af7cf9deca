"""Tests of how `show`, `check`, `score` and `template` treat targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TARGETS = """\
targets:
  - id: lean
    zh: 单位收入能耗
    en: Energy per income
    value: all_sum(energy) / all_sum(income)
    measure: 吨标准煤/万元
    at_most: 0.05
    by: 2026
    from: {year: 2023}
"""
ALONE = """\
id: alone
title: {zh: 只有目标, en: Targets alone}
unit: {zh: 园区, en: park name, key: park}
time: year
fields:
  staff: {zh: 人员, en: Staff, measure: 人, min: 0}
  income: {zh: 收入, en: Income, measure: 千元, min: 0}
  energy: {zh: 能耗, en: Energy, measure: 吨标准煤, min: 0}
"""


@pytest.fixture
def with_targets(folder: Path) -> None:
    """The framework of the folder with a target, and one that has nothing else."""
    file = folder / "park.yaml"
    file.write_text(file.read_text(encoding="utf-8") + TARGETS, encoding="utf-8")
    (folder / "alone.yaml").write_text(ALONE + TARGETS, encoding="utf-8")


@pytest.mark.usefixtures("with_targets")
@pytest.mark.parametrize("name", ["park.yaml", "alone.yaml"])
def test_score_tells_of_each_target_in_its_latest_year(run: Any, name: str) -> None:
    said = "target Energy per income (at most 0.05 吨标准煤/万元 by 2026): not met; 0.055556 吨标准煤/万元 in 2024"
    assert said in run("score", name, "zones.csv", "-o", "out.xlsx").out
    chinese = run("--lang", "zh", "score", name, "zones.csv", "-o", "out.json", "--year", "2023").out
    assert "目标“单位收入能耗”（2026 年不高于 0.05 吨标准煤/万元）：未达到；2023 年 0.1 吨标准煤/万元" in chinese


@pytest.mark.usefixtures("with_targets")
def test_score_into_a_pipe_tells_of_targets_beside_the_csv(run: Any) -> None:
    answer = run("score", "alone.yaml", "zones.csv")
    assert "not_ranked: no indicators" in answer.out
    assert "target Energy per income" in answer.err


@pytest.mark.usefixtures("with_targets")
def test_score_as_json_has_every_year(run: Any) -> None:
    targets = run("score", "alone.yaml", "zones.csv", "--json").document["targets"]
    assert [(line["year"], line["outcome"]) for line in targets] == [(2023, "not_met"), (2024, "not_met")]
    assert targets[1]["so_far"] == pytest.approx(-100 * (1 - 5 / 9))


@pytest.mark.usefixtures("with_targets")
def test_show_check_and_template_know_a_framework_of_targets_alone(run: Any, folder: Path) -> None:
    shown = run("show", "alone.yaml")
    assert "no indicators; 0 gates, 0 lists, 1 target" in shown.out
    assert "at most 0.05 吨标准煤/万元 by 2026" in shown.out
    assert run("show", "alone.yaml", "--json").document["targets"][0]["from"] == "2023"
    assert "1 target" in run("check", "alone.yaml").out
    assert run("template", "alone.yaml", "-o", "blank.xlsx").code == 0
    assert run("convert", "alone.yaml", "alone.xlsx").code == 0
    assert "1 target" in run("check", "alone.xlsx").out
    assert run("validate", "alone.yaml", "zones.csv").code == 0
    assert (folder / "blank.xlsx").exists()

"""Tests of parkscore.framework.check_shares: thresholds written as whole per cents of a plain ratio."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Finding
from tests.framework_texts import findings_in

HEAD = """\
id: park
title: {zh: 例}
unit: {zh: 企业, key: enterprise}
time: year
weights_status: official
defaults: {direction: higher}
fields:
  rd: {zh: 研发, measure: 万元}
  revenue: {zh: 营收, measure: 千元}
  patents: {zh: 专利, measure: 件}
  share: {zh: 出口占比, measure: "%"}
  grade: {zh: 等级}
indicators:
  - id: item
    zh: 指标
"""


def told(tmp_path: Path, *lines: str) -> list[Finding]:
    file = tmp_path / "park.yaml"
    file.write_text(HEAD + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    return findings_in(file)


STEPS = "score: {rule: steps, closed: left, steps: [[5, 20], [3, 10]], otherwise: 0}"
BANDS = "score: {rule: bands, bands: [{from: 5, points: 5}, {below: 5, points: 0}]}"
ANCHORS = "score: {rule: two_anchor, points: 5, basic: 3, full: 5, at_basic: 60%}"


@pytest.mark.parametrize("formula", ["rd / revenue", "growth(revenue)", "上年(share)", "(rd + rd) / revenue"])
@pytest.mark.parametrize("rule", [STEPS, BANDS, ANCHORS])
def test_five_of_a_ratio_is_500_percent_and_said_once_where_it_stands(tmp_path: Path, formula: str, rule: str) -> None:
    (finding,) = told(tmp_path, f"formula: {formula}", rule)
    assert (finding.code, finding.severity) == ("whole_percent", "warning")
    assert finding.place is not None
    assert finding.place.line == 17
    assert "%" in finding.message.en


@pytest.mark.parametrize(
    "lines",
    [
        ("formula: rd / revenue", 'measure: "%"', STEPS),
        ("formula: rd / revenue", "measure: 倍", STEPS),
        ("formula: rd / revenue", STEPS.replace("5,", "5%,").replace("3,", "3%,")),
        ("formula: rd / revenue", STEPS.replace("5,", "1.5,").replace("3,", "0.3,")),
        ("formula: floor(patents / 4件)", STEPS),
        ("formula: patents", STEPS),
        ("formula: grade", STEPS),
        ("formula: rd / patents", STEPS),
    ],
    ids=["per cent", "multiple", "percentages", "shares", "counted", "amount", "plain", "intensity"],
)
def test_what_is_meant_as_written_draws_no_warning(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert told(tmp_path, *lines) == []

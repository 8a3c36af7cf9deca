"""A value that a rule cannot take is told once in pieces, by its row, as in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import parkscore as ps
from parkscore.findings import DataError
from parkscore.framework.models import Choice, ScoreRule
from tests.engine_results import in_pieces
from tests.small_frameworks import leaf, panel, small

FRAME = panel("zone year a\n甲 2023 0\n乙 2023 3\n甲 2024 4\n乙 2024 5\n丙 2024 9\n丁 2024 2")


def told(error: DataError) -> list[tuple[Any, ...]]:
    return sorted((each.code, each.field, each.unit, each.year, each.message.en) for each in error.findings)


@pytest.mark.parametrize("rows", [1, 2, 6])
@pytest.mark.parametrize(("reference", "year"), [("panel", 2024), ("panel", None), (2023, 2024), ("per-year", 2023)])
def test_a_value_that_has_no_logarithm_is_told_once_and_by_its_row(
    reference: Any, year: int | None, rows: int, tmp_path: Path
) -> None:
    framework = small(leaf("a", score=ScoreRule.of("log")), time="year", reference=reference)
    with pytest.raises(DataError) as memory:
        ps.evaluate(framework, FRAME, year=year)
    with pytest.raises(DataError) as pieces:
        in_pieces(framework, FRAME, tmp_path, rows=rows, year=year)
    assert told(pieces.value) == told(memory.value)
    assert [each.unit for each in pieces.value.findings] == ["甲"]


def test_values_of_several_indicators_are_told_together(tmp_path: Path) -> None:
    framework = small(leaf("a", score=ScoreRule.of("log")), leaf("b", score=ScoreRule.of("log")), time="year")
    with pytest.raises(DataError) as memory:
        ps.evaluate(framework, FRAME.assign(b=FRAME["a"]))
    with pytest.raises(DataError) as pieces:
        in_pieces(framework, FRAME.assign(b=FRAME["a"]), tmp_path, rows=2)
    assert told(pieces.value) == told(memory.value)
    assert [each.field for each in pieces.value.findings] == ["a", "b"]


@pytest.mark.parametrize("policy", ["mean", "median", "zero", "last_year", "linear"])
def test_a_value_that_is_too_large_to_fill_gaps_beside_it_is_told_by_its_row(policy: str, tmp_path: Path) -> None:
    framework = small(leaf("a", missing=Choice.of(policy)), time="year")
    frame = FRAME.assign(a=[1e200, 3.0, None, 5.0, 9.0, 2.0])
    with pytest.raises(DataError) as memory:
        ps.evaluate(framework, frame)
    with pytest.raises(DataError) as pieces:
        in_pieces(framework, frame, tmp_path, rows=2)
    for error in (memory.value, pieces.value):
        (finding,) = error.findings
        assert (finding.code, finding.field, finding.unit, finding.year) == ("domain", "a", "甲", 2023)
        assert "needs finite values of at most 1e150" in finding.message.en

"""A value that a rule cannot take is told once in pieces, by its row, as in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import parkscore as ps
from parkscore.findings import DataError
from parkscore.framework.models import ScoreRule
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

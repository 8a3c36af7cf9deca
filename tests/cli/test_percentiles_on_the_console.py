"""Tests of how `score` tells of percentiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_score_shows_percentiles_as_shares_beside_the_ranks(run: Any, folder: Path) -> None:
    file = folder / "park.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "ranking: {percentiles: true}\n", encoding="utf-8")
    lines = [line.split() for line in run("score", "park.yaml", "zones.csv", "-o", "out.xlsx").out.splitlines()]
    assert ["unit", "year", "score", "rank", "percentile", "status"] in lines
    assert ["丙", "2024", "100.0000", "1", "100.0%", "ranked"] in lines
    document = run("score", "park.yaml", "zones.csv", "--json").document
    assert sorted({each["percentile"] for each in document["scores"]}) == [0, 0.5, 1]

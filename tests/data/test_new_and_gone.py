"""Units that stand in one of two years only are told where a framework compares the years."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import parkscore as ps
from parkscore.cli import app
from parkscore.data.new_and_gone import new_and_gone
from parkscore.engine import passes
from parkscore.framework.models import Node
from tests.small_frameworks import field, leaf, rows, small

GROWS = leaf("a", formula="a - 上年(a)", weight=1)


def told(node: Node, before: list[str], now: list[str]) -> list[str]:
    framework = small(node, fields={"a": field("a")}, time="year")
    frames = [
        rows(a=[float(number + year) for number in range(len(units))]).assign(zone=units, year=year)
        for year, units in ((2023, before), (2024, now))
    ]
    evaluation = ps.evaluate(framework, pd.concat(frames))
    return [text.zh for text in new_and_gone(framework, evaluation.table, evaluation.rows)]


def test_a_unit_that_was_renamed_is_told_as_new_and_gone() -> None:
    (said,) = told(GROWS, ["合肥", "芜湖", "襄樊"], ["合肥", "芜湖", "襄阳"])
    new_ones = "新增的没有与上年相比的指标；若是改名，请各年写同一名称"
    assert said == f"2024 年与上年相比，新增 1 个（襄阳），减少 1 个（襄樊）：{new_ones}"


def test_units_that_are_only_gone_are_told_without_a_word_on_new_ones() -> None:
    assert told(GROWS, ["甲", "乙", "丙"], ["甲", "乙"]) == ["2024 年与上年相比，减少 1 个（丙）"]


def test_of_many_new_units_the_first_are_named() -> None:
    (said,) = told(GROWS, ["甲", "乙"], ["甲", "乙", *(f"新{number}" for number in range(7))])
    assert said.startswith("2024 年与上年相比，新增 7 个（新0、新1、新2、新3、新4、…）：")


def test_nothing_is_told_where_the_years_are_alike_or_not_compared() -> None:
    assert told(GROWS, ["甲", "乙"], ["乙", "甲"]) == []
    assert told(leaf("a", weight=1), ["甲", "乙", "丙"], ["甲", "乙", "丁"]) == []


@pytest.mark.parametrize("year", [None, 2024])
@pytest.mark.parametrize("mask", [None, ps.Mask(b"0123456789abcdef")], ids=["plain", "masked"])
def test_scoring_in_pieces_tells_the_same_units_as_new_and_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: ps.Mask | None, year: int | None
) -> None:
    """The years of a unit stand far apart, and some years lie in no row of a part."""
    framework = small(GROWS, fields={"a": field("a")}, time="year")
    present = {2022: range(40), 2023: range(10, 50), 2024: range(8, 50), 2026: range(30, 60)}
    frames = [
        pd.DataFrame({"zone": [f"区{n:02d}" for n in units], "year": each, "a": [float(n * each % 7) for n in units]})
        for each, units in present.items()
    ]
    pd.concat(frames).to_csv(tmp_path / "zones.csv", index=False)
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 20)
    evaluation = ps.evaluate(framework, tmp_path / "zones.csv", mask=mask, year=year)
    whole = new_and_gone(framework, evaluation.table, evaluation.rows)
    pieces = ps.score_dataset(framework, tmp_path / "zones.csv", tmp_path / "out.csv", mask=mask, year=year)
    assert pieces.new_and_gone == whole
    assert len(whole) == (2 if year is None else 1)


def test_a_run_in_pieces_says_on_the_console_which_units_are_new_or_gone(tmp_path: Path) -> None:
    ps.sample("zone-2021", 4, 2, seed=1).iloc[:-1].to_csv(tmp_path / "zones.csv", index=False)
    words = ["score", "zone-2021", str(tmp_path / "zones.csv"), "--weights", "zone-2021-equal-within"]
    said = [
        CliRunner().invoke(app, [*words, "--engine", engine, "-o", str(tmp_path / "out.csv"), "--lang", "en"]).output
        for engine in ("memory", "local")
    ]
    lines = [[line for line in each.splitlines() if "beside the year before" in line] for each in said]
    assert lines[0] == lines[1] != []

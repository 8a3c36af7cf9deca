"""Tests of how `show` and `score` tell of lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

LISTS = """\
lists:
  - {id: first, zh: 前两名, en: First two, top: 2}
  - {id: lean, zh: 低能耗, en: Lean, require: 上年(income) >= 200万元, by: energy / income, direction: lower}
"""


@pytest.fixture
def with_lists(folder: Path) -> None:
    """The framework of the folder with two lists."""
    file = folder / "park.yaml"
    file.write_text(file.read_text(encoding="utf-8") + LISTS, encoding="utf-8")


@pytest.mark.usefixtures("with_lists")
def test_score_counts_each_list_by_year_and_the_counts_add_up(run: Any) -> None:
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.csv")
    assert "list First two 2024: 2 listed, 1 eligible, behind the last place (of 3)" in answer.out
    assert "list Lean 2023: 3 cannot be told (of 3)" in answer.out
    chinese = run("--lang", "zh", "score", "park.yaml", "zones.csv", "-o", "out.csv", "--year", "2024").out
    assert "榜单“低能耗” 2024 年：入榜 2，不符合条件 1（共 3）" in chinese


@pytest.mark.usefixtures("with_lists")
def test_score_as_json_has_the_members_with_their_values(run: Any) -> None:
    document = run("score", "park.yaml", "zones.csv", "--year", "2024", "--json").document
    lean = [(line["place"], line["unit"], line["value"]) for line in document["lists"] if line["list"] == "lean"]
    assert lean == [(1, "丙", 20 / 5000), (2, "乙", 20 / 2500)]


@pytest.mark.usefixtures("with_lists")
def test_show_lists_the_lists_with_what_they_ask(run: Any) -> None:
    assert "上年(income) >= 200万元" in run("show", "park.yaml").out
    lists = run("show", "park.yaml", "--json").document["lists"]
    assert [(each["id"], each["by"], each["top"]) for each in lists] == [
        ("first", "total", 2),
        ("lean", "energy / income", None),
    ]


@pytest.mark.usefixtures("with_lists")
def test_what_is_told_of_lists_in_pieces_is_what_is_told_in_memory(run: Any) -> None:
    said = [
        [line for line in answer.out.splitlines() if line.startswith("list ")]
        for engine in ("memory", "local")
        for answer in [run("score", "park.yaml", "zones.csv", "-o", "out.csv", "--engine", engine)]
    ]
    assert len(said[0]) == 4  # two lists in two years
    assert said[0] == said[1]
    documents = [
        run("score", "park.yaml", "zones.csv", "-o", "out.csv", "--engine", engine, "--json").document
        for engine in ("memory", "local")
    ]
    assert documents[0]["list_counts"] == documents[1]["list_counts"]

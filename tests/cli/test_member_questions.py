"""Tests of what parkscore members tells of single enterprises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.cli.test_members_command import filed as filed
from tests.cli.test_members_command import members

MAKER = "91000000MA0000002W"


def test_a_folder_holds_what_each_enterprise_contributes(run: Any, filed: Path) -> None:
    assert members(run, "-o", "out").code == 0
    frame = pd.read_parquet(filed / "out" / "contributions.parquet")
    assert {"enterprise", "name", "zone", "part", "filed", "score", "rank", "rank_without", "value:1.2"} <= set(frame)
    assert len(frame) == 8
    summary = json.loads((filed / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["returns"] == 12


def test_the_shortfalls_of_an_enterprise_are_sentences_in_either_language(run: Any, filed: Path) -> None:
    answer = members(run, "--unit", MAKER, "-o", "out", "--lang", "zh")
    assert answer.code == 0, answer.err
    assert "低于总体水平" in answer.out
    assert "个百分点" in answer.out
    assert "之和不等于" in answer.out
    frame = pd.read_csv(filed / "out" / "shortfalls.csv")
    assert set(frame["enterprise"]) == {MAKER}
    english = members(run, "--unit", MAKER, "-o", "again")
    assert "percentage points below the zone" in english.out
    assert "do not add up" in english.out


def test_one_enterprise_is_told_what_it_contributes_before_where_it_falls_short(run: Any, filed: Path) -> None:
    assert members(run, "-o", "out").code == 0
    frame = pd.read_parquet(filed / "out" / "contributions.parquet").set_index("enterprise")
    answer = members(run, "--unit", MAKER, "-o", "again")
    score = frame.loc[MAKER, "score"]
    assert f"contribution to 甲区: score {score:+.6f}, rank" in answer.out
    (own,) = json.loads(members(run, "--unit", MAKER, "--json").out)["own_contributions"]
    assert (own["zone"], own["score"]) == ("甲区", score)


def test_what_if_shows_the_zones_that_would_move_beside_today(run: Any, filed: Path) -> None:
    (filed / "drop.csv").write_text(f"统一社会信用代码\n{MAKER}\n", encoding="utf-8")
    answer = members(run, "--drop", "drop.csv", "-o", "out")
    assert answer.code == 0, answer.err
    assert "what if: scores change in" in answer.out
    ranking = pd.read_csv(filed / "out" / "what-if.csv")
    assert {"unit", "score", "score_then", "change", "rank", "rank_then"} <= set(ranking)
    values = pd.read_csv(filed / "out" / "what-if-values.csv")
    assert set(values["unit"]) == {"甲区"}
    document = json.loads(members(run, "--drop", "drop.csv", "--json").out)
    assert len(document["what_if"]["ranking"]) == 2


def test_zones_that_lose_their_score_are_counted_and_named_in_words_and_as_data(run: Any, filed: Path) -> None:
    (filed / "keep.csv").write_text(f"统一社会信用代码\n{MAKER}\n", encoding="utf-8")
    answer = members(run, "--keep", "keep.csv", "-o", "out")
    assert "no score any more in 1 zone: 乙区" in answer.out
    assert "1 个园区不再有得分：乙区" in members(run, "--keep", "keep.csv", "-o", "again", "--lang", "zh").out
    said = json.loads(members(run, "--keep", "keep.csv", "--json").out)["what_if"]
    assert (said["without_score"], said["newly_scored"]) == (["乙区"], [])


def test_returns_put_in_of_a_year_that_counts_nowhere_are_told_on_the_console_and_as_data(
    run: Any, filed: Path
) -> None:
    frame = pd.read_parquet(filed / "returns.parquet").head(2).assign(year=2030)
    frame.to_csv(filed / "add.csv", index=False)
    answer = members(run, "--add", "add.csv", "-o", "out")
    assert answer.code == 0
    assert "add.csv:2" in answer.err
    assert "2 returns put in count for nothing, being of 2030" in answer.err
    document = json.loads(members(run, "--add", "add.csv", "--json").out)
    assert "uncounted_year" in [each["code"] for each in document["findings"]]
    summary = json.loads((filed / "out" / "summary.json").read_text(encoding="utf-8"))
    assert "uncounted_year" in [each["code"] for each in summary["findings"]]


def test_missing_returns_come_with_the_rank_that_filing_would_give(run: Any, filed: Path) -> None:
    answer = members(run, "--missing", "-o", "out")
    assert answer.code == 0, answer.err
    assert "those that matter most" in answer.out
    frame = pd.read_csv(filed / "out" / "missing-returns.csv")
    assert {"no_return"} <= set(frame["missing"])
    assert {"rank_with", "score", "fields"} <= set(frame)


def test_a_workbook_has_a_sheet_for_each_answer(run: Any, filed: Path) -> None:
    assert members(run, "--unit", MAKER, "--missing", "-o", "out.xlsx").code == 0
    names = load_workbook(filed / "out.xlsx", read_only=True).sheetnames
    assert {"of enterprises", "shortfalls", "missing returns"} <= set(names)


@pytest.mark.parametrize("asked", [("--unit", "91000000MA0000008F1"), ("--drop", "drop.csv")])
def test_an_enterprise_without_a_return_is_a_mistake_of_the_command(run: Any, filed: Path, asked: Any) -> None:
    (filed / "drop.csv").write_text("统一社会信用代码\n91350211M000100Y43\n", encoding="utf-8")
    answer = members(run, *asked, "-o", "out")
    assert answer.code == 2
    assert "no_such_enterprise" in answer.err
    assert not (filed / "out").exists()


def test_enterprises_are_asked_for_by_their_own_ids_where_the_result_hides_them(run: Any, filed: Path) -> None:
    (filed / "drop.csv").write_text(f"统一社会信用代码\n{MAKER}\n", encoding="utf-8")
    answer = members(run, "--unit", MAKER, "--drop", "drop.csv", "--missing", "--mask", "-o", "out")
    assert answer.code == 0, answer.err
    written = b"".join(path.read_bytes() for path in (filed / "out").iterdir() if path.suffix != ".parquet")
    written += str(pd.read_parquet(filed / "out" / "contributions.parquet").to_dict()).encode()
    assert MAKER.encode() not in written + (answer.out + answer.err).encode()


def test_a_workbook_without_the_contributions_says_where_they_are(run: Any, filed: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("parkscore.members.asked.MOST_IN_WORKBOOK", 3)
    answer = members(run, "-o", "out.xlsx")
    assert "contributions.parquet" in answer.out
    assert "of enterprises" not in load_workbook(filed / "out.xlsx", read_only=True).sheetnames


@pytest.mark.parametrize("option", ["--drop", "--keep"])
def test_a_list_that_names_nobody_is_told_in_words_and_as_data(run: Any, filed: Path, option: str) -> None:
    (filed / "none.csv").write_text("统一社会信用代码\n", encoding="utf-8")
    answer = members(run, option, "none.csv", "-o", "out")
    assert answer.code == 3
    assert "names no enterprise" in answer.err
    document = json.loads(members(run, option, "none.csv", "--json").out)
    assert [each["code"] for each in document["findings"]] == ["no_rows"]

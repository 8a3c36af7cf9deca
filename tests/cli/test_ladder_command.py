"""Tests of parkscore ladder: the console, every form of file, one unit, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

RULES = """\
id: rules
title: {zh: 规则, en: Rules}
unit: {zh: 园区, en: park name, key: park}
time: year
status: assumed
fields:
  staff: {zh: 人员, en: Staff, measure: 人, min: 0}
  income: {zh: 收入, en: Income, measure: 千元, min: 0}
  energy: {zh: 能耗, en: Energy, measure: 吨标准煤, min: 0}
gates:
  - {id: some, zh: 起步, en: Started, require: staff >= 150人}
  - {id: many, zh: 壮大, en: Grown, require: income >= 3000千元 or energy <= 5吨标准煤}
"""
LADDER = """\
id: steps
title: {zh: 两级, en: Two steps}
unit: {zh: 园区, en: park name, key: park}
time: year
rungs:
  - {id: low, zh: 起步级, en: Starter, framework: rules.yaml, gate: some}
  - {id: high, zh: 壮大级, en: Grown up, framework: rules.yaml, gate: many}
"""


@pytest.fixture
def steps(folder: Path) -> Path:
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "steps.yaml").write_text(LADDER, encoding="utf-8")
    return folder


def test_into_a_pipe_goes_csv_with_a_line_for_each_unit_and_year(run: Any, steps: Path) -> None:
    answer = run("ladder", "steps.yaml", "zones.csv")
    lines = list(csv.DictReader(io.StringIO(answer.out)))
    assert answer.code == 0
    assert [(line["unit"], line["year"], line["rung"], line["next"], line["low"], line["high"]) for line in lines] == [
        ("甲", "2023", "", "low", "not_met", "not_met"),
        ("乙", "2023", "high", "", "met", "met"),
        ("丙", "2023", "low", "high", "met", "not_met"),
        ("甲", "2024", "", "low", "not_met", "not_met"),
        ("乙", "2024", "low", "high", "met", "not_met"),
        ("丙", "2024", "high", "", "met", "met"),
    ]
    assert lines[4]["missing_en"] == (
        "to Grown up: one of: (Income ≥ 3000千元; now 2500 千元, 500 千元 short) or "
        "(Energy ≤ 5吨标准煤; now 20 吨标准煤, over by 15 吨标准煤)"
    )


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("zh", ["两级：3 行（园区）", "注意：“起步级”的条件为假定，没有官方来源", "已写入 out.xlsx"]),
        ("en", ["Two steps: 3 rows (park name)", "wrote out.xlsx"]),
    ],
)  # fmt: skip
def test_with_an_output_the_console_counts_and_lists(run: Any, steps: Path, language: str, lines: list[str]) -> None:
    answer = run("ladder", "steps.yaml", "zones.csv", "--year", "2024", "-o", "out.xlsx", "--lang", language)
    assert answer.code == 0
    assert [line for line in lines if line not in answer.out.splitlines()] == []
    below = "未达第一级" if language == "zh" else "below the first rung"
    assert f"2024 {below} 1 1 0" in [" ".join(line.split()) for line in answer.out.splitlines()]


def test_the_workbook_names_rungs_and_lists_what_is_missing(run: Any, steps: Path) -> None:
    run("ladder", "steps.yaml", "zones.csv", "--year", "2024", "-o", "out.xlsx", "--lang", "zh")
    book = load_workbook(steps / "out.xlsx")
    assert book.sheetnames == ["梯度", "各级数量", "差距", "各级判定", "数据质量", "参数与来源"]
    heads = [
        "园区",
        "数据年份",
        "所在级",
        "确定性",
        "到下一级还差",
        "未达的低级",
        "下一级",
        "下一级判定",
        "起步级",
        "壮大级",
    ]
    rows = list(book["梯度"].values)
    start = next(number for number, row in enumerate(rows) if row[0] == "园区")
    assert list(rows[start]) == heads
    assert [row[2] for row in rows[start + 1 :]] == ["未达第一级", "起步级", "壮大级"]
    gaps = [row for row in book["差距"].values if row[0] == "甲"]
    assert [(row[2], row[6], row[8], row[9], row[10], row[11]) for row in gaps] == [
        ("起步级", 110, ">=", 150, 40, "人")
    ]
    counts = [row for row in book["各级数量"].values if row[0] == 2024]
    assert sum(row[2] for row in counts) == 3
    about = {row[0]: row[1] for row in book["参数与来源"].values}
    assert about["起步级"] == "rules#some (假定): "


def test_json_and_the_json_file_hold_every_table(run: Any, steps: Path) -> None:
    answer = run("ladder", "steps.yaml", "zones.csv", "-o", "out.json", "--json")
    document, written = answer.document, json.loads((steps / "out.json").read_text(encoding="utf-8"))
    assert (document["schema"], written["schema"]) == ("parkscore-ladder/1", "parkscore-climb/1")
    assert {key: value for key, value in document.items() if key in written and key != "schema"} == {
        key: value for key, value in written.items() if key != "schema"
    }
    assert sum(each["units"] for each in document["counts"]) == len(document["rungs"]) == 6
    assert [each["requirement"] for each in document["missing"] if each["unit"] == "丙"] == [
        "many#require.1",
        "many#require.2",
    ]


def test_csv_and_parquet_hold_the_standings(run: Any, steps: Path) -> None:
    for name in ("out.csv", "out.parquet"):
        assert run("ladder", "steps.yaml", "zones.csv", "-o", name).code == 0
    table = pq.read_table(steps / "out.parquet")
    assert json.loads(table.schema.metadata[b"parkscore"])["ladder"] == "steps"
    kept, plain = table.to_pandas(), pd.read_csv(steps / "out.csv", encoding="utf-8-sig")
    assert kept["missing_zh"].tolist() == plain["missing_zh"].tolist()
    assert kept.columns.tolist() == plain.columns.tolist()


def test_one_unit_is_explained_rung_by_rung_from_the_top(run: Any, steps: Path) -> None:
    answer = run("ladder", "steps.yaml", "zones.csv", "--year", "2024", "--unit", "甲")
    lines = [line for line in answer.out.splitlines() if line.startswith(("甲", "Grown", "Starter", "to "))]
    assert lines[0] == "甲 2024"
    assert [line.split()[:2] for line in lines[1:3]] == [["Grown", "up"], ["Starter", "not"]]
    assert lines[3] == "to Starter: Staff ≥ 150人; now 110 人, 40 人 short"
    only = run("ladder", "steps.yaml", "zones.csv", "--unit", "甲", "--json").document
    assert {each["unit"] for key in ("rungs", "missing", "outcomes") for each in only[key]} == {"甲"}


def test_a_skipped_rung_is_told_on_the_console(run: Any, steps: Path) -> None:
    (steps / "zones.csv").write_text(
        "park,year,人员(人),收入(千元),能耗(吨标准煤)\n甲,2024,1,9000,1\n", encoding="utf-8"
    )
    out = run("ladder", "steps.yaml", "zones.csv", "-o", "out.csv").out
    assert "on a rung without meeting a lower one: 甲 (titles often ask for the lower one)" in out.splitlines()


@pytest.mark.parametrize(
    ("words", "code", "finding"),
    [
        (("nothing", "zones.csv"), 2, "not_found"),
        (("steps.yaml", "nothing.csv"), 2, "not_found"),
        (("steps.yaml", "zones.csv", "--unit", "丁"), 2, "no_such_unit"),
        (("steps.yaml", "zones.csv", "--year", "1999"), 2, "no_such_year"),
        (("steps.yaml", "zones.csv", "-o", "out.doc"), 2, "unsupported_output"),
        (("steps.yaml", "zones.csv", "-o", "nowhere/out.xlsx"), 2, "cannot_write"),
        (("rules.yaml", "zones.csv"), 4, "unknown_key"),
    ],
)
def test_a_refusal_names_the_mistake_and_writes_nothing(
    run: Any, steps: Path, words: tuple[str, ...], code: int, finding: str
) -> None:
    before = sorted(path.name for path in steps.iterdir())
    answer = run("ladder", *words, "--json")
    assert answer.code == code
    assert finding in [each["code"] for each in answer.document["findings"]]
    assert sorted(path.name for path in steps.iterdir()) == before


def test_a_ladder_that_is_read_cannot_be_written_over(run: Any, steps: Path) -> None:
    (steps / "steps.csv").write_text((steps / "zones.csv").read_text(encoding="utf-8"), encoding="utf-8")
    answer = run("ladder", "steps.yaml", "steps.csv", "-o", "steps.csv")
    assert answer.code == 2
    assert "output_is_input" in answer.err

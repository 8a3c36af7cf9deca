"""Tests of parkscore find: the console, the files, and what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

WORDS = ("find", "park.yaml", "zones.csv")


@pytest.fixture
def gaps(folder: Path) -> Path:
    """The zones of the folder, one of them without an income in 2024."""
    path = folder / "zones.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("190,2500,20", "190,,20"), encoding="utf-8")
    return folder


def test_into_a_pipe_goes_csv_of_those_found_and_of_the_open_where_asked(run: Any, gaps: Path) -> None:
    where = ("--where", "income >= 2000千元", "--by", "staff", "--year", "2024")
    found = list(csv.DictReader(io.StringIO(run(*WORDS, *where).out)))
    both = list(csv.DictReader(io.StringIO(run(*WORDS, *where, "--open").out)))
    assert [(line["unit"], line["place"], line["by"], line["income"]) for line in found] == [
        ("丙", "1", "310.0", "5000.0")
    ]
    assert [(line["unit"], line["outcome"]) for line in both] == [("丙", "found"), ("乙", "cannot_be_told")]
    assert "1 found, 1 not, 1 cannot be told (of 3)" in run(*WORDS, *where, "--lang", "en").err


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["2023: 2 found, 1 not, 0 cannot be told (of 3)", "2024: 1 found, 1 not, 1 cannot be told (of 3)"]),
        ("zh", ["2023 年：符合 2，不符合 1，无法判断 0（共 3）", "2024 年：符合 1，不符合 1，无法判断 1（共 3）"]),
    ],
)
def test_with_an_output_the_console_counts_every_row(run: Any, gaps: Path, language: str, lines: list[str]) -> None:
    answer = run(*WORDS, "--where", "income >= 2000千元", "-o", "out.xlsx", "--lang", language)
    assert answer.code == 0
    assert answer.out.splitlines()[:2] == lines
    names = ["符合", "无法判断", "计数"] if language == "zh" else ["found", "open", "counts"]
    assert load_workbook(gaps / "out.xlsx").sheetnames[:3] == names


def test_json_holds_the_condition_and_all_three_parts(run: Any, gaps: Path) -> None:
    document = run(*WORDS, "--where", "total >= 50 or income > 1e300千元", "--json").document
    assert document["schema"] == "parkscore-find/1"
    assert document["about"]["where"] == "total >= 50 or income > 1e300千元"
    assert [each["rows"] for each in document["counts"]] == [3, 3]


@pytest.mark.parametrize(
    ("words", "code", "finding"),
    [
        (("--where", "incme > 0"), 2, "unknown_field"),
        (("--where", "income > 0", "--top", "3"), 2, "no_order"),
        (("--where", "income > 0", "--by", "income", "--top", "0"), 2, "wrong_type"),
        ((), 2, "usage"),
        (("--where", "income > 0", "-o", "out.doc"), 2, "unsupported_output"),
        (("--where", "income > 0", "-o", "zones.csv"), 2, "output_is_input"),
        (("--where", "income > 0", "-o", "nowhere/out.csv"), 2, "cannot_write"),
    ],
)
def test_a_refusal_names_the_mistake_and_writes_nothing(
    run: Any, folder: Path, words: tuple[str, ...], code: int, finding: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    answer = run(*WORDS, *words, "--json")
    assert answer.code == code
    assert finding in [each["code"] for each in answer.document["findings"]]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


FOUND = ("find", "specialised-sme-2022", "e-synthetic.csv", "--where", "total >= 0")
STANDINGS = ("ladder", "sme-titles", "e-synthetic.csv")


@pytest.mark.parametrize(
    ("words", "language", "said"),
    [
        (FOUND, "zh", "未填"),
        (FOUND, "en", "unfilled slot"),
        (STANDINGS, "zh", "转录自他人"),
        (STANDINGS, "en", "transcribed by others"),
    ],
)
def test_the_notes_of_a_table_are_in_the_language_of_the_reader(
    run: Any, folder: Path, words: tuple[str, ...], language: str, said: str
) -> None:
    run("sample", "innovative-sme", "--units", "6", "--years", "3", "-o", "e-synthetic.csv")
    for name in ("out.csv", "out.parquet"):
        run(*words, "-o", name, "--lang", language)
    piped = pd.read_csv(io.StringIO(run(*words, "--lang", language).out))
    written = pd.read_csv(folder / "out.csv"), pd.read_parquet(folder / "out.parquet")
    (note,) = {text for table in (piped, *written) for text in table["note"]}
    assert said in note

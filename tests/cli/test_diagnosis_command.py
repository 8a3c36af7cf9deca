"""Tests of diagnose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

ZONES = ("diagnose", "zone-2021", "zones-synthetic.csv", "--weights", "zone-2021-equal-within", "--year", "2024")


def test_the_summary_sets_what_the_weights_say_beside_how_the_parts_act(run: Any) -> None:
    answer = run(*ZONES)
    assert answer.code == 0
    row = next(line for line in answer.out.splitlines() if line.startswith("1    "))
    said = [word for word in row.split() if word.endswith("%")]
    assert len(said) == 3
    assert said[0] == "20.0%"
    assert "weights are assumed" in answer.out
    assert "synthetic" in answer.out


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("名义", "实际", "克朗巴赫 α", "负相关")), ("en", ("says", "acts like", "alpha", "negative"))],
)
def test_the_summary_is_in_the_language_asked_for(run: Any, language: str, words: tuple[str, ...]) -> None:
    answer = run(*ZONES, "--lang", language)
    assert all(word in answer.out for word in words)


def test_units_that_are_too_few_for_a_diagnosis_get_an_answer_that_says_so(run: Any) -> None:
    answer = run("diagnose", "park.yaml", "zones.csv", "--year", "2024")
    assert answer.code == 0
    assert "too few units" in answer.out


@pytest.mark.parametrize("suffix", [".xlsx", ".json"])
def test_the_file_holds_every_table(run: Any, folder: Path, suffix: str) -> None:
    path = folder / f"out{suffix}"
    answer = run("diagnose", "park.yaml", "zones.csv", "-o", path)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == f"wrote {path}"
    if suffix == ".xlsx":
        assert "influence" in load_workbook(path).sheetnames
    else:
        assert len(json.loads(path.read_text(encoding="utf-8"))["influence"]) == 8


def test_diagnose_as_json_is_one_document_with_every_table(run: Any) -> None:
    document = run("diagnose", "park.yaml", "zones.csv", "--json").document
    assert (document["schema"], document["output"]) == ("parkscore-diagnose/1", None)
    assert {"influence", "correlations", "reliability", "availability", "statistics"} <= document.keys()
    assert "rows of several years" in document["notes"][0]


def test_a_form_that_is_not_written_is_refused_before_the_work(run: Any, folder: Path) -> None:
    answer = run("diagnose", "park.yaml", "zones.csv", "-o", "out.csv")
    assert answer.code == 2
    assert "unsupported_output" in answer.err
    assert not (folder / "out.csv").exists()

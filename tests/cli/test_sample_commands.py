"""Tests of sample and demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from parkscore import shipped
from parkscore.data.reading import read_table
from parkscore.framework.loading import load_framework


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_a_sample_is_read_back_as_synthetic_data(run: Any, folder: Path, suffix: str) -> None:
    path = folder / f"synthetic{suffix}"
    answer = run("sample", "park.yaml", "--units", "7", "--years", "2", "--seed", "3", "-o", path)
    assert (answer.code, answer.err) == (0, "")
    assert "synthetic data, not real: 14 rows" in answer.out
    table, _ = read_table(path, load_framework("park.yaml"))
    assert len(table.frame) == 14
    assert any("synthetic" in note for note in table.notes)


def test_each_form_of_a_sample_holds_the_same_table(run: Any, folder: Path) -> None:
    frames = []
    for suffix in (".csv", ".xlsx", ".parquet"):
        run("sample", "park.yaml", "--units", "7", "-o", f"synthetic{suffix}")
        frames.append(read_table(folder / f"synthetic{suffix}", load_framework("park.yaml"))[0].frame)
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_a_sample_is_labelled_in_the_metadata_of_its_file(run: Any, folder: Path) -> None:
    run("sample", "park.yaml", "--units", "3", "-o", "synthetic.xlsx")
    run("sample", "park.yaml", "--units", "3", "-o", "synthetic.parquet")
    assert "synthetic" in load_workbook(folder / "synthetic.xlsx").properties.description
    assert b"synthetic" in pq.read_metadata(folder / "synthetic.parquet").metadata[b"parkscore"]


def test_a_sample_without_a_name_gets_one_that_says_synthetic(run: Any, folder: Path) -> None:
    run("sample", "park.yaml", "--units", "3")
    assert (folder / "park-synthetic.csv").exists()


def test_a_name_that_does_not_say_synthetic_is_remarked_on(run: Any, folder: Path) -> None:
    answer = run("sample", "park.yaml", "--units", "3", "-o", "zones-2.csv")
    assert answer.code == 0
    assert "does not say that the data are synthetic" in answer.err


def test_the_shipped_example_is_what_the_sample_command_makes(run: Any, folder: Path) -> None:
    words = ("sample", "zone-2021", "--units", "178", "--years", "2", "--seed", "1", "-o", "zones-synthetic.csv")
    assert run(*words).code == 0
    shipped_example = shipped.example_path("zones-synthetic.csv")
    assert shipped_example is not None
    assert (folder / "zones-synthetic.csv").read_bytes() == shipped_example.read_bytes()


@pytest.mark.parametrize(
    "words",
    [("template", "-o", "blank.xlsx"), ("sample",), ("sample", "--rows", "9")],
    ids=lambda words: " ".join(words),
)
def test_a_table_without_any_field_is_not_written(run: Any, folder: Path, words: tuple[str, ...]) -> None:
    before = sorted(folder.iterdir())
    answer = run(words[0], "innovation-points-v2", *words[1:])
    assert answer.code == 2
    assert "has no fields" in answer.err
    assert "extends: innovation-points-v2" in answer.err
    assert sorted(folder.iterdir()) == before


def test_a_sample_of_no_units_is_refused(run: Any) -> None:
    answer = run("sample", "park.yaml", "--units", "0", "-o", "synthetic.csv")
    assert answer.code == 2
    assert "must be between 1 and" in answer.err


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["synthetic, not real", "status: assumed", "no official ranking", "not ranked: data cover"]),
        ("zh", ["合成数据，不是真实数据", "状态：假定", "不是官方排名", "不排名：有数据的权重占"]),
    ],
)
def test_the_demo_ranks_what_ships_and_says_what_it_is_made_of(
    run: Any, folder: Path, language: str, sentences: list[str]
) -> None:
    answer = run("demo", "--lang", language)
    assert (answer.code, answer.err) == (0, "")
    assert [sentence for sentence in sentences if sentence not in answer.out] == []
    assert (folder / "parkscore-demo.xlsx").exists()


def test_the_command_lines_that_the_demo_shows_can_be_run(run: Any, folder: Path) -> None:
    document = run("demo", "-o", "ranking.xlsx", "--json").document
    assert document["schema"] == "parkscore-demo/1"
    assert document["synthetic"]["about"]["weights_status"] == "assumed"
    assert [run(*command.split()[1:]).code for command in document["commands"]] == [0, 0, 0]


@pytest.mark.parametrize("name", ["returns-synthetic.parquet", "returns-synthetic.csv", "returns-synthetic"])
def test_returns_of_any_size_go_straight_into_a_file_or_a_folder(run: Any, folder: Path, name: str) -> None:
    answer = run("sample", "park-points-example", "--rows", "3000", "--zones", "12", "-o", name)
    assert (answer.code, answer.err) == (0, "")
    assert "synthetic data, not real: 3000 rows" in answer.out
    assert (folder / name).exists()


def test_the_answer_for_returns_says_how_they_can_be_made_again(run: Any, folder: Path) -> None:
    words = ("--rows", "2000", "--years", "1", "--seed", "0", "-o", "synthetic.csv", "--json")
    document = run("sample", "park-points-example", *words).document
    asked = {"rows": 2000, "units": 2000, "years": 1, "zones": 178, "seed": 0, "gaps": 0.05, "synthetic": True}
    asked |= {"suspect": 0.001, "invalid": 0.0}
    assert {key: document[key] for key in asked} == asked


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--rows", "50", "--units", "50"), "--units and --rows exclude each other"),
        (("--rows", "50", "-o", "synthetic.xlsx"), "'.xlsx' files are not written"),
        (("--rows", "0"), "must be between 1 and"),
        (("--zones", "5", "--gaps", "0"), "--zones, --gaps goes with --rows"),
        (("--units", "5", "--mistakes", "list.csv"), "--mistakes goes with --rows"),
    ],
)
def test_returns_that_cannot_be_made_are_refused(run: Any, words: tuple[str, ...], sentence: str) -> None:
    answer = run("sample", "park-points-example", *words)
    assert answer.code == 2
    assert sentence in answer.err


def test_mistakes_made_on_purpose_are_counted_and_listed_on_request(run: Any, folder: Path) -> None:
    words = ("--rows", "2000", "--suspect", "0.1", "--mistakes", "mistakes.csv", "-o", "synthetic.csv")
    answer = run("sample", "torch-returns", *words)
    listed = pd.read_csv(folder / "mistakes.csv")
    assert f"mistakes made on purpose, {len(listed)}: " in answer.out
    assert "(a digit has slipped: ten times the value)" in answer.out
    assert "mistakes" in run("sample", "torch-returns", *words, "--json").document


def test_returns_have_nothing_beside_returns(run: Any) -> None:
    answer = run("sample", "torch-returns", "--rows", "10", "--beside-returns")
    assert answer.code == 2
    assert "contradicting_options" in answer.err


def test_a_folder_called_like_the_shipped_framework_may_hold_what_is_made_of_it(run: Any, folder: Path) -> None:
    (folder / "tech-sme").mkdir()
    answer = run("sample", "tech-sme", "--rows", "100", "-o", "tech-sme/d-synthetic")
    assert answer.code == 0, answer.err
    assert (folder / "tech-sme" / "d-synthetic").is_dir()

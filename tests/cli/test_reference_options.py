"""`score --freeze` and `score --reference`: this month's units against a reference that was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

NEXT = """\
park,year,人员(人),收入(千元),能耗(吨标准煤)
丁,2025,210,3250,20
乙,2025,500,2500,20
"""


@pytest.fixture
def frozen(run: Any, folder: Path) -> str:
    """The reference of 2024; returns its hash."""
    (folder / "next.csv").write_text(NEXT, encoding="utf-8")
    answer = run("score", "park.yaml", "zones.csv", "--year", 2024, "--weights", "equal", "--freeze", "ref.json")
    assert answer.code == 0, answer.err
    said = json.loads((folder / "ref.json").read_text(encoding="utf-8"))
    assert f"wrote the reference 2024 to ref.json (SHA-256 {said['sha256']})" in answer.err
    return str(said["sha256"])


def test_the_data_of_the_reference_have_the_scores_that_they_had(run: Any, folder: Path, frozen: str) -> None:
    words = ("score", "park.yaml", "zones.csv", "--year", 2024, "--weights", "equal")
    assert run(*words, "-o", "fresh.csv").code == 0
    assert run(*words, "--reference", "ref.json", "-o", "again.csv").code == 0
    fresh, again = pd.read_csv(folder / "fresh.csv"), pd.read_csv(folder / "again.csv")
    pd.testing.assert_frame_equal(fresh.drop(columns="note"), again.drop(columns="note"), check_exact=True)
    assert frozen[:16] in again["note"].iloc[0]


def test_next_month_is_measured_against_the_reference_and_the_console_says_so(run: Any, frozen: str) -> None:
    answer = run("score", "park.yaml", "next.csv", "--weights", "equal", "--reference", "ref.json", "-o", "next.xlsx")
    assert answer.code == 0
    assert f"note: scored by the frozen reference 2024 (zones.csv; SHA-256 {frozen[:16]})" in answer.out
    document = run("score", "park.yaml", "next.csv", "--weights", "equal", "--reference", "ref.json", "--json").document
    assert document["about"]["reference_sha256"] == frozen
    scores = {entry["unit"]: entry for entry in document["scores"]}
    # 2024: staff 110..310, income 1500..5000.
    assert scores["丁"]["1.1"] == 50
    assert scores["丁"]["1.2"] == 50
    assert scores["乙"]["1.1"] == 100
    found = [each for each in document["findings"] if each["code"] == "outside_reference"]
    assert [(each["field"], each["value"]) for each in found] == [("1.1", 1)]


def test_the_console_speaks_chinese_too(run: Any, frozen: str) -> None:
    words = ("--weights", "equal", "--reference", "ref.json", "-o", "next.csv", "--lang", "zh")
    answer = run("score", "park.yaml", "zones.csv", "--year", 2023, *words)
    assert f"注意：按固定参照值 2024 计分（zones.csv; SHA-256 {frozen[:16]}）" in answer.out
    again = run(
        "score", "park.yaml", "zones.csv", "--year", 2024, "--weights", "equal", "--freeze", "b.json", "--lang", "zh"
    )
    assert "参照值 2024 已写入 b.json（SHA-256 " in again.err


def test_several_years_are_refused_with_the_option_to_add(run: Any, folder: Path) -> None:
    answer = run("score", "park.yaml", "zones.csv", "--weights", "equal", "--freeze", "ref.json", "-o", "out.csv")
    assert answer.code == 2
    assert "several_years" in answer.err
    assert "--year 2024" in answer.err
    assert not (folder / "ref.json").exists()
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit(143), OSError(28, "No space left on device")])
def test_a_run_that_ends_while_it_writes_its_result_leaves_no_reference(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, ending: Any
) -> None:
    def stop(*_words: Any, **_more: Any) -> None:
        raise ending

    monkeypatch.setattr("parkscore.cli.scoring.write_evaluation", stop)
    words = ("score", "park.yaml", "zones.csv", "--year", 2024, "--weights", "equal", "--freeze", "ref.json")
    answer = run(*words, "-o", "out.csv")
    assert answer.code != 0
    assert "wrote the reference" not in answer.err
    assert not (folder / "ref.json").exists()


def test_a_changed_reference_is_refused_in_both_languages(run: Any, folder: Path, frozen: str) -> None:
    text = (folder / "ref.json").read_text(encoding="utf-8")
    (folder / "ref.json").write_text(text.replace("110.0", "110.5"), encoding="utf-8")
    english = run("score", "park.yaml", "next.csv", "--weights", "equal", "--reference", "ref.json")
    assert english.code == 2
    assert f"the file states {frozen}, its contents have " in english.err
    chinese = run("score", "park.yaml", "next.csv", "--weights", "equal", "--reference", "ref.json", "--lang", "zh")
    assert f"文件写的是 {frozen}，内容是 " in chinese.err
    assert "--freeze" in chinese.err


def test_what_cannot_be_frozen_is_refused_before_the_data_are_read(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8").replace("rule: minmax, to: [0, 100]", "rule: percentile")
    (folder / "ranks.yaml").write_text(text, encoding="utf-8")
    answer = run("score", "ranks.yaml", "no-such-file.csv", "--weights", "equal", "--freeze", "ref.json")
    assert answer.code == 2
    assert answer.err.count("no_fixed_reference") == 3
    assert "no-such-file" not in answer.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--freeze", "ref.txt"), "unsupported_output"),
        (("--freeze", "zones.json", "--reference", "ref.json"), "contradicting_options"),
        (("--freeze", "new.json", "-o", "new.json"), "contradicting_options"),
        (("--reference", "ref.json", "-o", "ref.json"), "output_is_input"),
        (("--reference", "missing.json"), "unreadable_reference"),
        (("--reference", "zones.csv"), "no_reference_file"),
        (("--reference", "ref.json", "--weights", "entropy"), "moving_weights"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Any, frozen: str, words: tuple[str, ...], code: str) -> None:
    answer = run("score", "park.yaml", "zones.csv", *words)
    assert answer.code == 2
    assert code in answer.err


def test_computed_weights_are_frozen_and_used_without_being_named(run: Any, folder: Path) -> None:
    words = ("score", "park.yaml", "zones.csv", "--year", 2024)
    assert run(*words, "--weights", "entropy", "--freeze", "ref.json", "-o", "fresh.csv").code == 0
    answer = run(*words, "--reference", "ref.json", "-o", "again.csv")
    assert "status: computed" in answer.out
    fresh, again = pd.read_csv(folder / "fresh.csv"), pd.read_csv(folder / "again.csv")
    pd.testing.assert_frame_equal(fresh.drop(columns="note"), again.drop(columns="note"), check_exact=True)
    # Both say that these weights were computed, and stand in place of what the framework states.
    assert again["note"][0].endswith(fresh["note"][0])


def test_a_reference_is_shown_with_its_numbers_and_where_they_come_from(run: Any, folder: Path, frozen: str) -> None:
    english, chinese = run("show", "ref.json"), run("show", "ref.json", "--lang", "zh")
    assert english.code == chinese.code == 0
    assert english.out.startswith("reference 2024: park\ndata: zones.csv, 2024, 3 rows, SHA-256 ")
    assert "参照值 2024：park" in chinese.out
    for shown, numbers in ((english.out, "low 110, high 310"), (chinese.out, "下界 110, 上界 310")):
        assert frozen in shown
        assert numbers in shown
    assert run("show", "ref.json", "--json").document["reference"]["sha256"] == frozen


def test_a_reference_with_weights_and_fillings_shows_these(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8")
    text = text.replace("missing: reweight", "missing: mean, treat: iqr_fences").replace("weight: 3", "weight: 1")
    (folder / "filled.yaml").write_text(text, encoding="utf-8")
    words = ("score", "filled.yaml", "zones.csv", "--year", 2024, "--weights", "standard_deviation")
    assert run(*words, "--freeze", "ref.json", "-o", "out.csv").code == 0
    shown = run("show", "ref.json").out
    assert "weights, computed by standard_deviation" in shown
    assert "caps " in shown
    assert "203.333" in shown  # the mean of 110, 190 and 310


def test_a_reference_is_frozen_piece_by_piece_as_from_memory(run: Any, folder: Path, frozen: str) -> None:
    pd.read_csv(folder / "zones.csv").to_parquet(folder / "zones.parquet")
    words = ("score", "park.yaml", "zones.parquet", "--year", 2024, "--weights", "equal", "--engine", "local")
    answer = run(*words, "-o", "out.parquet", "--freeze", "pieces.json")
    assert answer.code == 0, answer.err
    assert "wrote the reference 2024 to pieces.json" in answer.err
    memory, pieces = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("ref.json", "pieces.json"))
    assert memory["scoring"] == pieces["scoring"]
    assert memory["extents"] == pieces["extents"]


def test_next_month_is_scored_piece_by_piece_by_a_frozen_reference(run: Any, folder: Path, frozen: str) -> None:
    pd.read_csv(folder / "next.csv").to_parquet(folder / "next.parquet")
    words = ("score", "park.yaml", "next.parquet", "--weights", "equal", "--reference", "ref.json")
    assert run(*words, "-o", "memory.csv").code == 0
    answer = run(*words, "-o", "pieces.csv", "--engine", "local")
    assert answer.code == 0, answer.err
    assert f"SHA-256 {frozen[:16]}" in answer.out
    memory, pieces = (pd.read_csv(folder / name).sort_values("unit") for name in ("memory.csv", "pieces.csv"))
    pd.testing.assert_frame_equal(memory.reset_index(drop=True), pieces.reset_index(drop=True), check_dtype=False)

"""Tests of compare, and of schemes that were made in Python and are read by score."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import parkscore as ps
from parkscore.shipped import scheme_names

SIZE = """\
id: size-only
framework: park
title: {zh: 只看规模, en: size only}
status: assumed
weights: {"1": 1, "2": 0}
"""
GREEN = """\
id: green-only
framework: park
title: {zh: 只看绿色, en: green only}
status: expert
weights: {"1": 0, "2": 1}
"""
PARK = ("compare", "park.yaml", "zones.csv")
BOTH = ("--weights", "size.yaml", "--weights", "green.yaml")
ZONES = ("compare", "zone-2021", "zones-synthetic.csv", "-w", "zone-2021-equal-within", "-w", "entropy")


@pytest.fixture
def schemes(folder: Path) -> Path:
    (folder / "size.yaml").write_text(SIZE, encoding="utf-8")
    (folder / "green.yaml").write_text(GREEN, encoding="utf-8")
    return folder


def table_below(out: str, title: str, heads: int = 3) -> list[list[str]]:
    """The words of each row of the table below a line that starts so; heads: the lines up to its first row."""
    lines = out.splitlines()
    rest = lines[next(number for number, line in enumerate(lines) if line.startswith(title)) + heads :]
    return [line.split() for line in (rest[: rest.index("")] if "" in rest else rest)]


def test_the_console_shows_schemes_agreement_and_overlap(run: Any, schemes: Path) -> None:
    answer = run(*PARK, *BOTH, "-w", "park", "--year", "2024", "--top", "1")
    assert answer.code == 0
    assert answer.out.splitlines()[0] == "3 units under 3 weight schemes (data of 2024); the base is size-only"
    assert "note: weights are assumed: size-only" in answer.out
    assert table_below(answer.out, "scheme ", heads=2) == [
        ["size-only", "size", "only", "assumed", "3"],
        ["green-only", "green", "only", "expert", "3"],
        ["park", "the", "weights", "in", "Park", "evaluation", "official", "3"],
    ]
    assert table_below(answer.out, "how far the ranks agree") == [
        ["size-only", "green-only", "2024", "3", "0.500", "0.333", "0.7", "1", "33.3%"],
        ["size-only", "park", "2024", "3", "1.000", "1.000", "0.0", "0", "100.0%"],
        ["green-only", "park", "2024", "3", "0.500", "0.333", "0.7", "1", "33.3%"],
    ]
    assert [row[:5] for row in table_below(answer.out, "the top 1")] == [
        ["size-only", "green-only", "2024", "1", "100.0%"],
        ["size-only", "park", "2024", "1", "100.0%"],
        ["green-only", "park", "2024", "1", "100.0%"],
    ]


def test_a_mover_is_shown_with_its_ranks_and_the_dimensions_that_made_it(run: Any, schemes: Path) -> None:
    # 2024: staff 110 190 310, income 1500 2500 5000, energy 10 20 20 t; energy per income is best for the third, then
    # the first: size ranks 丙 乙 甲, green 丙 甲 乙.
    out = run(*PARK, *BOTH, "--year", "2024").out
    rows = table_below(out, "the 2 that move most")
    assert [row[:6] for row in rows] == [
        ["green-only", "乙", "2024", "2", "3", "-1"],
        ["green-only", "甲", "2024", "3", "2", "+1"],
    ]
    assert rows[0][6:8] == ["2", "Green"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("3 个对象，2 个权重方案", "位次的一致程度", "前 10 名的重合", "变动最大的 2 个", "只看绿色", "专家")),
        (
            "en",
            (
                "3 units under 2",
                "how far the ranks agree",
                "the top 10",
                "the 2 that move most",
                "green only",
                "expert",
            ),
        ),
    ],
)
def test_the_summary_is_in_the_language_asked_for(
    run: Any, schemes: Path, language: str, words: tuple[str, ...]
) -> None:
    out = run(*PARK, *BOTH, "--year", "2024", "--lang", language).out
    assert [word for word in words if word not in out] == []


def test_several_years_are_compared_year_by_year(run: Any, schemes: Path) -> None:
    document = run(*PARK, *BOTH, "--json").document
    assert [row["year"] for row in document["agreement"]] == [2023, 2024]
    assert [row["year"] for row in document["overlap"]] == [2023, 2024]
    assert len(document["ranks"]) == 12


def test_compare_as_json_is_one_document_with_everything(run: Any, schemes: Path) -> None:
    answer = run(*PARK, *BOTH, "--json", "--year", "2024", "-o", "out.json")
    document = answer.document
    assert (document["schema"], document["output"], answer.err) == ("parkscore-compare/1", "out.json", "")
    assert [each["scheme"] for each in document["about"]["schemes"]] == ["size-only", "green-only"]
    assert [each["status"] for each in document["about"]["schemes"]] == ["assumed", "expert"]
    assert document["notes"] == ["weights are assumed: size-only"]
    written = json.loads((schemes / "out.json").read_text(encoding="utf-8"))
    own = ("schema", "output")
    assert {key: value for key, value in document.items() if key not in own} == {
        key: value for key, value in written.items() if key not in own
    }


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet", ".json"])
def test_every_form_of_output_holds_the_same_ranks(run: Any, schemes: Path, suffix: str) -> None:
    path = schemes / f"结果{suffix}"
    answer = run(*PARK, *BOTH, "--year", "2024", "-o", path)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == f"wrote {path}"
    if suffix == ".xlsx":
        rows = list(load_workbook(path)["ranks"].iter_rows(values_only=True))
        ranks = {row[0]: row[2:4] for row in rows[-3:]}
    else:
        if suffix == ".json":
            frame = pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))["ranks"])
        else:
            frame = pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)
        ranks = {unit: tuple(own["rank"]) for unit, own in frame.groupby("unit")}
    assert ranks == {"甲": (3, 2), "乙": (2, 3), "丙": (1, 1)}


def test_synthetic_data_and_assumed_weights_are_said_on_the_console_and_in_every_row(run: Any, folder: Path) -> None:
    answer = run(*ZONES, "--year", "2024", "-o", "out.csv", "--lang", "zh")
    assert "注意：权重为假定：zone-2021-equal-within" in answer.out
    assert "注意：合成数据" in answer.out
    rows = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == 356
    assert all("合成数据" in row["note"] for row in rows)
    assert len(table_below(answer.out, "变动最大的 10 个")) == 10


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-w", "size.yaml"), 2, "too_few_schemes"),
        ((), 2, "--weights"),
        (("-w", "size.yaml", "-w", "size.yaml"), 2, "duplicate_scheme"),
        (("-w", "size.yaml", "-w", "./size.yaml"), 2, "duplicate_scheme"),
        (("-w", "size.yaml", "-w", "nowhere.yaml"), 2, "nowhere.yaml: no such weight scheme"),
        (
            ("-w", "size.yaml", "-w", "zone-2021-equal-within"),
            4,
            "zone-2021-equal-within: this scheme is for zone-2021",
        ),
        ((*BOTH, "--top", "0"), 2, "must be a whole number from 1"),
        ((*BOTH, "--year", "1999"), 2, "no_such_year"),
        ((*BOTH, "-o", "out.docx"), 2, "unsupported_output"),
        ((*BOTH, "-o", "nowhere/out.xlsx"), 2, "cannot_write"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_is_written(
    run: Any, schemes: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    before = {path.name for path in schemes.iterdir()}
    answer = run(*PARK, *words)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert {path.name for path in schemes.iterdir()} == before


def test_data_at_fault_exit_with_3(run: Any, schemes: Path) -> None:
    (schemes / "zones.csv").write_text(
        "park,year,人员(人),收入(千元),能耗(吨标准煤)\n甲,2024,x,1,1\n", encoding="utf-8"
    )
    assert run(*PARK, *BOTH).code == 3


@pytest.mark.parametrize("output", ["park.yaml", "zones.csv", "size.yaml", "green.yaml"])
def test_no_file_that_is_read_is_written_over(run: Any, schemes: Path, output: str) -> None:
    target = schemes / output
    as_csv = schemes / "scheme.csv"
    if target.suffix == ".yaml":
        as_csv.symlink_to(target)
    before = target.read_bytes()
    answer = run(*PARK, *BOTH, "-o", as_csv if target.suffix == ".yaml" else target)
    assert answer.code == 2
    assert "output_is_input" in answer.err
    assert target.read_bytes() == before


def test_every_scheme_at_fault_is_told_at_once_as_json_too(run: Any, schemes: Path) -> None:
    document = run(*PARK, "-w", "one.yaml", "-w", "two.yaml", "--json").document
    assert (document["schema"], document["exit_code"]) == ("parkscore-error/1", 2)
    assert [finding["message"].split(":")[0] for finding in document["findings"]] == ["one.yaml", "two.yaml"]


@pytest.mark.parametrize("base", [*(name for name in scheme_names() if name.startswith("zone-2021-")), "entropy"])
def test_a_scheme_saved_from_python_gives_the_same_scores_on_the_command_line_to_the_last_bit(
    run: Any, folder: Path, base: str
) -> None:
    framework = ps.load_framework("zone-2021")
    mine = ps.reweigh(framework, base, {"1": 31, "2": 17, "3": 11, "4": 12, "5": 29}, id="mine", title="我的：方案")
    ps.save_scheme(mine, folder / "mine.yaml")
    in_python = ps.scenarios(framework, _example(), [mine, base], year=2024).base.scores
    answer = run("score", "zone-2021", "zones-synthetic.csv", "-w", "mine.yaml", "--year", "2024", "-o", "out.parquet")
    assert answer.code == 0
    on_console = pd.read_parquet(folder / "out.parquet")
    pd.testing.assert_frame_equal(on_console[list(in_python)], in_python, check_exact=True, check_dtype=False)


def _example() -> Path:
    from parkscore.shipped import example_path

    path = example_path("zones-synthetic.csv")
    assert path is not None
    return path


def test_a_score_with_weights_computed_from_synthetic_data_says_so(run: Any, folder: Path) -> None:
    source = (folder / "zones.csv").read_text(encoding="utf-8").splitlines()
    marked = [f"{line},{'数据说明' if number == 0 else '合成数据 synthetic'}" for number, line in enumerate(source)]
    (folder / "made-up.csv").write_text("\n".join(marked) + "\n", encoding="utf-8")
    weigh = ("weigh", "park.yaml", "made-up.csv", "--method", "equal", "--year", "2024", "-o", "equal.yaml")
    assert run(*weigh).code == 0
    out = run("score", "park.yaml", "zones.csv", "--weights", "equal.yaml").out
    assert all("the weights rest on: 合成数据 synthetic" in row["note"] for row in csv.DictReader(io.StringIO(out)))
    compared = run(*PARK, "-w", "equal.yaml", "-w", "park")
    assert "note: the weights rest on: 合成数据 synthetic" in compared.out

"""Tests of parkscore members: the folder, the workbook, the console, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.engine.test_arriving import LOADED
from tests.members.test_from_returns import FILED, GREEN, RETURNS, ZONES
from tests.members.torch_zone import returns

WEIGHTS = ("-w", "zone-2021-equal-within")


@pytest.fixture
def filed(folder: Path) -> Path:
    """Returns of two zones, one of which has a smaller maker, and the other fields of both."""
    other = returns("乙区").assign(统一社会信用代码=lambda frame: frame["统一社会信用代码"].map(OTHER_CODES))
    other.loc[other["name"] == "M", "qd01"] = 400
    pd.concat([returns("甲区"), other]).to_parquet(folder / "returns.parquet", index=False)
    fields = ("p1_1", "p1_6", "p1_7", "p1_8", "p1_9", "p1_10", "p2_10", "p3_2", "p3_3", "p3_4", "p3_7", "p3_8", "p3_9")
    more = ("p5_1", "p5_5", "p5_8", "p5_9", "p5_10")
    rows = [
        {"zone": zone, "year": 2024, **dict.fromkeys((*fields, *more), n)} for n, zone in enumerate(("甲区", "乙区"), 1)
    ]
    pd.DataFrame(rows).to_csv(folder / "parks.csv", index=False)
    return folder


OTHER_CODES = {
    "91000000MA0000001R": "91000000MA00000056", "91000000MA0000002W": "91000000MA00000069",
    "91000000MA00000030": "91000000MA0000007C", "91000000MA00000043": "91000000MA0000008F",
}  # fmt: skip


def members(run: Any, *more: str) -> Any:
    return run("members", "zone-2021", "returns.parquet", "--zones", "parks.csv", *WEIGHTS, *more)


def test_a_folder_holds_the_ranking_and_what_is_behind_it(run: Any, filed: Path) -> None:
    answer = members(run, "-o", "out")
    assert answer.code == 0, answer.err
    names = {path.name for path in (filed / "out").iterdir()}
    assert names == {
        "zones.csv", "zone-table.csv", "parts.csv", "changes.csv", "reported.csv", "accounting.csv", "summary.json",
        "contributions.parquet",
    }  # fmt: skip
    summary = json.loads((filed / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["returns"], summary["enterprises"], summary["prior_year"]) == (12, 8, "totals")
    assert summary["changes"]["new"] == 2
    assert "returns: 12 = 12 summed in a zone" in answer.out
    assert "since the year before: 2 new, 2 left" in answer.out


@pytest.mark.parametrize("odd", ["as they are", "codes to be rewritten and gaps"])
def test_summing_parquet_beside_a_csv_into_a_folder_loads_no_pandas(filed: Path, odd: str) -> None:
    if odd != "as they are":
        frame, parks = pd.read_parquet(filed / "returns.parquet"), pd.read_csv(filed / "parks.csv", dtype=object)
        code = "统一社会信用代码"
        frame[code] = frame[code].str.lower().where(frame.index % 2 == 0, frame[code])
        frame["name"] = frame["name"].where(frame.index % 3 != 0).astype("category")
        parks["p1_6"] = ["不适用", None]
        frame.to_parquet(filed / "returns.parquet", index=False)
        parks.to_csv(filed / "parks.csv", index=False)
    asked = ("members", "zone-2021", "returns.parquet", "--zones", "parks.csv", *WEIGHTS, "-o", "out")
    command = [sys.executable, "-c", LOADED, *asked]
    done = subprocess.run(command, cwd=filed, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "False"), done.stderr


def test_the_summed_table_read_again_gives_the_same_ranking_to_the_last_bit(run: Any, filed: Path) -> None:
    members(run, "-o", "out")
    run("score", "zone-2021", "out/zone-table.csv", "--year", "2024", *WEIGHTS, "-o", "again.csv")
    assert (filed / "again.csv").read_bytes() == (filed / "out" / "zones.csv").read_bytes()


def test_every_table_of_the_folder_carries_what_must_be_said_of_it(run: Any, filed: Path) -> None:
    members(run, "-o", "out")
    for path in (filed / "out").glob("*.csv"):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        assert all("last year is the sum of all returns" in (row.get("data_note") or row["note"]) for row in rows)


def test_a_workbook_has_a_sheet_for_each_table(run: Any, filed: Path) -> None:
    assert members(run, "-o", "out.xlsx").code == 0
    book = load_workbook(filed / "out.xlsx", read_only=True)
    assert {"summed zones", "sub-parks", "changes", "reported", "returns"} <= set(book.sheetnames)


def test_a_workbook_is_told_in_the_words_of_its_language_and_once(run: Any, filed: Path) -> None:
    members(run, "--missing", "-o", "out.xlsx", "--lang", "zh")
    book = pd.read_excel(filed / "out.xlsx", sheet_name=None, header=None, engine="calamine")
    cells = {name: {str(cell) for cell in frame.to_numpy().ravel()} for name, frame in book.items()}
    assert {"企业", "变动", "原高新区", "并入", "新增"} <= cells["企业变动"]
    assert {"对得分的贡献", "没有它时的位次", "填报年份"} <= cells["企业贡献"]
    assert {"年末从业人员(人)", "数据年份"} <= cells["年报合计"]
    assert {"年报数", "去向", "计入园区"} <= cells["年报核对"]
    assert {"缺报", "所缺数据项", "今年未报"} <= cells["缺报影响"]
    codes = {"enterprise", "change", "new", "zone_before", "rank_without", "no_return", "zh", "en", "part", "summed"}
    assert not codes & set().union(*cells.values())


def test_into_a_pipe_goes_the_ranking_as_csv(run: Any, filed: Path) -> None:
    answer = members(run)
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert {row["unit"] for row in rows} == {"甲区", "乙区"}
    assert {row["year"] for row in rows} == {"2024"}


def test_as_json_it_is_one_document(run: Any, filed: Path) -> None:
    document = json.loads(members(run, "--json").out)
    assert document["schema"] == "parkscore-members/1"
    assert len(document["scores"]) == 2


def test_mergers_are_read_from_a_file(run: Any, filed: Path) -> None:
    (filed / "merged.csv").write_text("old,new\n91000000MA00000043,91000000MA0000001R\n", encoding="utf-8")
    document = json.loads(members(run, "--json", "--merged", "merged.csv").out)
    assert (document["changes"]["merged"], document["changes"]["left"]) == (1, 1)


@pytest.mark.parametrize(
    ("line", "column"), [("91000000MA0000004X,91000000MA0000001R", 1), ("91000000MA00000043,91000000MA0000001X", 2)]
)
def test_a_wrong_code_among_mergers_is_an_error_with_its_line(run: Any, filed: Path, line: str, column: int) -> None:
    (filed / "merged.csv").write_text(f"old,new\n{line}\n", encoding="utf-8")
    answer = members(run, "--merged", "merged.csv", "-o", "out")
    assert answer.code == 3
    assert f"merged.csv:2:{column}  error bad_uscc" in answer.err
    assert "the check character should be" in answer.err
    hidden = members(run, "--merged", "merged.csv", "-o", "out", "--mask").err
    assert "error bad_uscc" in hidden
    assert "91000000MA" not in hidden


def test_mergers_may_be_written_in_small_letters(run: Any, filed: Path) -> None:
    (filed / "merged.csv").write_text("old,new\n91000000ma00000043,91000000-ma0000001r\n", encoding="utf-8")
    document = json.loads(members(run, "--json", "--merged", "merged.csv").out)
    assert document["changes"]["merged"] == 1


def test_an_enterprise_that_merged_and_still_files_is_hidden_where_enterprises_are(run: Any, filed: Path) -> None:
    (filed / "merged.csv").write_text("old,new\n91000000MA0000002W,91000000MA0000001R\n", encoding="utf-8")
    answer = members(run, "--merged", "merged.csv", "-o", "out", "--mask")
    assert answer.code == 3
    assert "merged.csv:2:1  error merged_and_files" in answer.err
    assert "91000000MA" not in answer.err


def test_a_folder_that_holds_something_is_not_overwritten(run: Any, filed: Path) -> None:
    (filed / "out").mkdir()
    (filed / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    answer = members(run, "-o", "out")
    assert answer.code == 2
    assert [path.name for path in (filed / "out").iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_told_before_returns_are_read(
    run: Any, filed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: Any, **__: Any) -> None:
        raise AssertionError("returns are read")

    monkeypatch.setattr("parkscore.members.from_returns.from_returns", read)
    (filed / "out").mkdir()
    (filed / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    for folder, said in (("out", "not overwritten"), ("nowhere/out", "does not exist")):
        answer = members(run, "-o", folder)
        assert (answer.code, said in answer.err) == (2, True)


def test_nothing_is_left_behind_by_a_run_that_fails(run: Any, filed: Path) -> None:
    frame = pd.read_parquet(filed / "returns.parquet").assign(qd01=-1)
    frame.to_parquet(filed / "returns.parquet", index=False)
    before = {path.name for path in filed.iterdir()}
    answer = members(run, "-o", "out")
    assert answer.code == 3
    assert "below_min" in answer.err
    assert {path.name for path in filed.iterdir()} == before


def test_weights_that_are_unknown_are_told_before_returns_are_read(run: Any, filed: Path) -> None:
    answer = run("members", "zone-2021", "nothing.parquet", "-o", "out")
    assert answer.code == 4
    assert "zone-2021-equal-within" in answer.err


def test_a_framework_without_members_has_nothing_to_sum(run: Any, filed: Path) -> None:
    answer = run("members", "tech-sme", "returns.parquet")
    assert answer.code == 2
    assert "no_members" in answer.err


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_other_forms_of_file_are_refused(run: Any, filed: Path, ending: str) -> None:
    answer = members(run, "-o", f"out{ending}")
    assert answer.code == 2
    assert ".xlsx" in answer.err


def test_zones_of_later_returns_are_scored_by_what_was_frozen(run: Any, filed: Path) -> None:
    first = members(run, "-o", "first", "--freeze", "ref.json")
    assert first.code == 0, first.err
    assert "wrote the reference 2024 to ref.json" in first.err + first.out
    answer = members(run, "-o", "second", "--reference", "ref.json")
    assert answer.code == 0, answer.err
    one, other = (pd.read_csv(filed / name / "zones.csv", index_col="unit") for name in ("first", "second"))
    pd.testing.assert_frame_equal(one.drop(columns="note"), other.drop(columns="note"), check_exact=True)
    summary = json.loads((filed / "second" / "summary.json").read_text(encoding="utf-8"))
    assert summary["about"]["reference_sha256"][:16] in other["note"].iloc[0]
    assert members(run, "--reference", "ref.json", "--freeze", "other.json").code == 2
    assert members(run, "--reference", "parks.csv", "-o", "third").code == 2
    assert not (filed / "third").exists()


@pytest.mark.parametrize("missing", ["last_year", "linear"])
def test_what_cannot_be_held_leaves_out_sub_parks_and_contributions_and_says_why(
    run: Any, folder: Path, missing: str
) -> None:
    (folder / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (folder / "zones.yaml").write_text(ZONES.replace("missing: reweight", f"missing: {missing}"), encoding="utf-8")
    FILED.to_parquet(folder / "filed.parquet", index=False)
    GREEN.to_csv(folder / "green.csv", index=False)
    answer = run("members", "zones.yaml", "filed.parquet", "--zones", "green.csv", "-o", "out", "--lang", "en")
    assert answer.code == 0, answer.err
    names = {path.name for path in (folder / "out").iterdir()}
    assert "zones.csv" in names
    assert not {"parts.csv", "contributions.parquet"} & names
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    (told,) = [each for each in summary["findings"] if each["code"] == "nothing_held"]
    assert told["message"].startswith(
        "contributions and the scores of sub-parks are left out: 人均收入: gaps are filled"
    )
    assert "nothing_held" in answer.err

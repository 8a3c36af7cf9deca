"""A folder of files is read as one table: the same as one file of all rows, but that places name the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.datasets import open_dataset
from parkscore.data.reading import read_table, read_with_findings
from parkscore.findings import DataError, errors_of
from tests.small_frameworks import field, leaf, small

FIELDS = {"b": field("b"), "park": field("park", kind="text")}
FRAMEWORK = small(leaf("a"), leaf("b", "b / group_mean(b, park)"), time="year", fields=FIELDS)
FRAME = pd.DataFrame({
    "zone": list("甲乙丙丁戊己"),
    "year": [2023, 2024] * 3,
    "park": ["东", "东", "西", None, "西", "西"],
    "a": [1.0, None, 3.0, 4.0, 5.5, 6.0],
    "b": [2.0, 4.0, 1.0, 1.0, 7.0, None],
})  # fmt: skip


def folder_of(tmp_path: Path, suffix: str, frame: pd.DataFrame = FRAME) -> Path:
    """Two files, the columns of the second in another order."""
    folder = tmp_path / "data"
    folder.mkdir()
    for number, own in enumerate((frame.iloc[:4], frame.iloc[4:][list(reversed(frame.columns))])):
        path = folder / f"part-{number}{suffix}"
        own.to_csv(path, index=False) if suffix == ".csv" else own.to_parquet(path, index=False)
    return folder


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_table_is_that_of_one_file(suffix: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, suffix)
    table, found = read_table(folder, FRAMEWORK)
    whole, also = read_table(FRAME, FRAMEWORK)
    pd.testing.assert_frame_equal(table.frame, whole.frame)
    for name, states in whole.states.items():
        np.testing.assert_array_equal(table.states[name], states)
    assert [each.code for each in found] == [each.code for each in also]
    assert table.digest == open_dataset(folder, FRAMEWORK).digest()
    assert Path(table.origin.place(0, None).file).name == f"part-0{suffix}"
    assert Path(table.origin.place(5, None).file).name == f"part-1{suffix}"


def test_the_only_file_with_rows_is_named_as_one_of_several_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    FRAME.to_parquet(folder / "a.parquet", index=False)
    FRAME.head(0).astype({"a": float}).to_parquet(folder / "b.parquet", index=False)
    table, _ = read_table(folder, FRAMEWORK)
    assert str(table.origin.place(5, None)) == f"{folder / 'a.parquet'}:6"


def test_what_needs_all_rows_is_scored_from_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ".parquet")
    pd.testing.assert_frame_equal(ps.evaluate(FRAMEWORK, folder).scores, ps.evaluate(FRAMEWORK, FRAME).scores)
    with pytest.raises(ps.UsageError, match="--engine memory"):
        ps.score_dataset(FRAMEWORK, folder, tmp_path / "out.csv")


def told(folder: Path) -> dict[str, str]:
    """By code, the name of the file in which something is wrong."""
    with pytest.raises(DataError) as caught:
        read_table(folder, FRAMEWORK)
    return {each.code: Path(each.place.file).name for each in caught.value.findings if each.place is not None}


def test_a_bad_cell_is_found_with_its_file(tmp_path: Path) -> None:
    frame = FRAME.assign(a=["1", "2", "3", "4", "x", "6"])
    assert told(folder_of(tmp_path, ".csv", frame))["text_in_number"] == "part-1.csv"


def test_a_unit_that_stands_in_two_files_is_found_with_the_second(tmp_path: Path) -> None:
    frame = FRAME.assign(zone=list("甲乙丙丁甲己"), year=2024)
    assert told(folder_of(tmp_path, ".csv", frame))["duplicate_row"] == "part-1.csv"


def test_a_broken_file_among_others_is_told_with_its_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ".parquet")
    (folder / "part-9.parquet").write_bytes(b"PAR1 and no more")
    table, found = read_with_findings(folder, FRAMEWORK)
    assert table is None
    assert [Path(each.place.file).name for each in found if each.place is not None] == ["part-9.parquet"]


def test_every_file_with_damaged_rows_is_told_and_so_are_the_cells_of_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(3):
        own = FRAME.assign(zone=[f"{name}{number}" for name in FRAME["zone"]], a=["1", "x", "3", "4", "5", "6"])
        own.to_parquet(folder / f"part-{number}.parquet", index=False)
    for name in ("part-0.parquet", "part-2.parquet"):
        content = bytearray((folder / name).read_bytes())
        content[4:200] = b"\xff" * 196
        (folder / name).write_bytes(bytes(content))
    table, found = read_with_findings(folder, FRAMEWORK)
    assert table is not None
    assert {unit[-1] for unit in table.units} == {"1"}  # rows of the sound file, which are checked by the rules
    with pytest.raises(DataError):
        read_table(folder, FRAMEWORK)
    errors = [(each.code, Path(each.place.file).name) for each in errors_of(found) if each.place is not None]
    assert errors == [
        ("not_parquet", "part-0.parquet"),
        ("not_parquet", "part-2.parquet"),
        ("text_in_number", "part-1.parquet"),
    ]

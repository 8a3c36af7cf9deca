"""A data set read in pieces is the table that reading it whole gives."""

from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data import datasets
from parkscore.data.batches import BrokenFiles, read_piece
from parkscore.data.datasets import DataFile, Dataset, open_dataset
from parkscore.data.reading import read_table, read_with_findings
from parkscore.data.shapes import Shape
from parkscore.findings import DataError, Severity, UsageError, errors_of
from parkscore.framework.models import Framework, Label, UnitKey

FRAME = pd.DataFrame(
    {
        "高新区": ["甲", "乙", "丙", "丁", "戊"],
        "年份": [2024] * 5,
        "营业收入(亿元)": [1.5, None, 3, 4, 5],
        "年末从业人员": [10, 20, 30, 40, 50],
        "发展阶段": ["种子", None, " 种子", "成长", "成长"],
    }
)


def write(frame: pd.DataFrame, path: Path, group: int = 2) -> Path:
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=group)
    return path


def codes(error: DataError | UsageError) -> list[str]:
    return [finding.code for finding in error.findings]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_pieces_under_each_other_are_the_whole_table(tmp_path: Path, framework: Framework, rows: int) -> None:
    path = write(FRAME, tmp_path / "a.parquet")
    whole, _ = read_with_findings(path, framework)
    dataset = open_dataset(path, framework)
    tables = [read_piece(dataset, piece)[0] for piece in dataset.pieces(rows)]
    assert whole is not None
    together = pd.concat([table.frame for table in tables], ignore_index=True).astype({"unit": object})
    pd.testing.assert_frame_equal(together, whole.frame)
    for name, states in whole.states.items():
        np.testing.assert_array_equal(np.concatenate([table.states[name] for table in tables]), states)
    places = [table.origin.place(row, "qd01") for table in tables for row in range(len(table.frame))]
    assert places == [whole.origin.place(row, "qd01") for row in range(len(whole.frame))]


def test_the_files_of_a_folder_stand_in_the_order_of_their_names(tmp_path: Path, framework: Framework) -> None:
    write(FRAME.iloc[3:], tmp_path / "b.parquet")
    write(FRAME.iloc[:3][list(reversed(FRAME.columns))], tmp_path / "a.parquet")
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".hidden.parquet").touch()
    dataset = open_dataset(tmp_path, framework)
    pieces = dataset.pieces(3)
    tables = [read_piece(pickle.loads(pickle.dumps(dataset)), piece)[0] for piece in pieces]  # noqa: S301
    assert [unit for table in tables for unit in table.units] == FRAME["高新区"].tolist()
    assert [table.coded("stage").values.tolist() for table in tables] == [["种子", None, "种子"], ["成长", "成长"]]
    assert [piece.first_row for piece in pieces] == [0, 3]


def test_only_the_fields_that_are_asked_for_are_read(tmp_path: Path, framework: Framework) -> None:
    dataset = open_dataset(write(FRAME, tmp_path / "a.parquet"), framework)
    table, _ = read_piece(dataset, dataset.pieces()[0], ["qd01"])
    assert list(table.frame) == ["unit", "year", "qd01"]


def test_every_broken_file_and_every_other_schema_is_named_at_once(tmp_path: Path, framework: Framework) -> None:
    for name in "abc":
        write(FRAME, tmp_path / f"{name}.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "d.parquet").write_bytes(whole[: len(whole) // 2])
    write(FRAME.rename(columns={"营业收入(亿元)": "营业收入(千元)"}), tmp_path / "e.parquet")
    write(FRAME.drop(columns="年末从业人员"), tmp_path / "f.parquet")
    write(FRAME.astype({"年末从业人员": str}), tmp_path / "g.parquet")
    write(FRAME.assign(绿地率=0.5), tmp_path / "h.parquet")
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path, framework)
    found = [
        (finding.code, Path(finding.place.file).name, finding.value)
        for finding in error.value.findings
        if finding.place is not None and finding.severity == "error"
    ]
    assert sorted(found, key=lambda each: each[1]) == [
        ("not_parquet", "d.parquet", None),
        ("other_measure", "e.parquet", "营业收入(千元)"),
        ("other_column", "f.parquet", "年末从业人员"),
        ("other_kind", "g.parquet", "年末从业人员"),
        ("other_column", "h.parquet", "绿地率"),
    ]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n \n" + b"\n" * 100_000], ids=["no byte", "blank lines"])
def test_an_empty_file_among_others_is_told_as_empty_and_nothing_else(
    tmp_path: Path, framework: Framework, content: bytes
) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "b.csv").write_bytes(content)
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path, framework)
    errors = errors_of(error.value.findings)
    assert [(each.code, Path(str(each.place)).name) for each in errors] == [("empty_file", "b.csv")]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_without_rows_among_others_is_told(tmp_path: Path, framework: Framework, form: str) -> None:
    for name, frame in (("a", FRAME), ("b", FRAME.iloc[:0]), ("c", FRAME.iloc[:0])):
        if form == "csv":
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        else:
            frame.astype(FRAME.dtypes).to_parquet(tmp_path / f"{name}.parquet", index=False)
    told = [each for each in open_dataset(tmp_path, framework).findings if each.code == "file_without_rows"]
    assert [(Path(str(each.place)).stem, each.severity) for each in told] == [("b", Severity.INFO)]
    assert "2 files" in told[0].message.en


def test_an_empty_parquet_file_is_told_as_empty(tmp_path: Path, framework: Framework) -> None:
    (tmp_path / "a.parquet").touch()
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path / "a.parquet", framework)
    assert codes(error.value) == ["empty_file"]


def test_files_that_the_system_does_not_let_be_read_are_named_at_once(
    tmp_path: Path, framework: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("unit,year\n", encoding="utf-8")

    def forbidden(path: str, _: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(datasets, "scan", forbidden)
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path, framework)
    assert codes(caught.value) == ["unreadable", "unreadable"]
    assert "cannot be read: Permission denied" in str(caught.value)


def test_a_file_without_a_header_is_not_said_to_lack_each_column_too(tmp_path: Path, framework: Framework) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "b.csv").write_text("甲,2024\n乙,2024\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path, framework)
    assert [each.code for each in errors_of(error.value.findings)] == ["no_header"]


def test_a_column_that_is_not_read_may_differ_and_is_reported(tmp_path: Path, framework: Framework) -> None:
    write(FRAME, tmp_path / "a.parquet")
    write(FRAME.assign(备注列="x"), tmp_path / "b.parquet")
    found = [finding for finding in open_dataset(tmp_path, framework).findings if finding.code == "extra_column"]
    assert [(Path(finding.place.file).name, finding.value) for finding in found if finding.place] == [
        ("b.parquet", "备注列")
    ]


def test_a_file_that_changes_after_it_was_opened_is_refused(tmp_path: Path, framework: Framework) -> None:
    path = write(FRAME, tmp_path / "a.parquet")
    dataset = open_dataset(path, framework)
    os.utime(path, ns=(1, 1))
    with pytest.raises(DataError) as error:
        read_piece(dataset, dataset.pieces()[0])
    assert codes(error.value) == ["file_changed"]


def test_damage_between_header_and_end_is_located_by_rows(tmp_path: Path, framework: Framework) -> None:
    path = write(pd.concat([FRAME] * 200), tmp_path / "a.parquet", group=500)
    content = bytearray(path.read_bytes())
    start = pq.read_metadata(path).row_group(1).column(2).data_page_offset
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(bytes(content))
    dataset = open_dataset(path, framework)
    first, second = dataset.pieces(500)
    read_piece(dataset, first)
    with pytest.raises(DataError) as error:
        read_piece(dataset, second)
    assert [str(finding.place) for finding in error.value.findings] == [f"{path}:501"]


def test_what_was_found_beside_a_damaged_file_comes_back_from_another_process(
    tmp_path: Path, framework: Framework
) -> None:
    write(FRAME.astype({"年末从业人员": str}).assign(年末从业人员="五"), tmp_path / "a.parquet")
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    content[4:100] = b"\xff" * 96
    (tmp_path / "b.parquet").write_bytes(bytes(content))
    dataset = open_dataset(tmp_path, framework)
    (piece,) = dataset.pieces()
    with pytest.raises(BrokenFiles) as caught:
        read_piece(dataset, piece)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (codes(error), {each.code for each in errors_of(error.cells)}) == (["not_parquet"], {"text_in_number"})


def test_a_folder_without_a_data_file_is_refused(tmp_path: Path, framework: Framework) -> None:
    with pytest.raises(UsageError) as error:
        open_dataset(tmp_path, framework)
    assert codes(error.value) == ["empty_folder"]


def test_what_is_no_data_file_in_a_folder_is_named(tmp_path: Path, framework: Framework) -> None:
    write(FRAME, tmp_path / "a.parquet")
    (tmp_path / "读我.txt").write_text("x")
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path, framework)
    assert "not_of_the_dataset" in codes(error.value)


@pytest.mark.parametrize("beside", ["a.parquet", None])
def test_a_link_to_what_is_not_there_is_named_as_one_in_a_folder(
    beside: str | None, tmp_path: Path, framework: Framework
) -> None:
    if beside is not None:
        write(FRAME, tmp_path / beside)
    (link := tmp_path / "p9.parquet").symlink_to(tmp_path / "gone.parquet")
    for read in (open_dataset, read_table):
        with pytest.raises((DataError, UsageError)) as error:
            read(tmp_path, framework)
        (finding,) = errors_of(error.value.findings)
        assert (finding.code, str(finding.place)) == ("broken_link", str(link))
        assert f"is a link to {tmp_path / 'gone.parquet'}, which is not there" in finding.message.en


@pytest.mark.parametrize("name", ["p9.parquet", "p9.csv", "p9"])
def test_a_link_to_what_is_not_there_is_told_as_one_where_it_is_the_data(
    name: str, tmp_path: Path, framework: Framework
) -> None:
    (link := tmp_path / name).symlink_to("gone")
    for read in (open_dataset, read_table):
        with pytest.raises(UsageError) as error:
            read(link, framework)
        assert codes(error.value) == ["broken_link"]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 40))
def test_pieces_cover_every_row_once_whatever_the_row_groups(groups: Sequence[int], rows: int) -> None:
    shape = Shape((), None, {}, frozenset(), (), ())
    files = (DataFile("a", 0, 0, 0, tuple(groups), shape), DataFile("b", 0, 0, sum(groups), (5,), shape))
    framework = Framework(id="f", title=Label(zh="例"), unit=UnitKey(key="zone", zh="高新区"), fields={}, indicators=())
    pieces = Dataset("", framework, files, (), ()).pieces(rows)
    assert [piece.number for piece in pieces] == list(range(len(pieces)))
    ends = [0, *np.cumsum([piece.all_rows for piece in pieces]).tolist()]
    assert [piece.first_row for piece in pieces] == ends[:-1]
    assert ends[-1] == sum(groups) + 5
    parts = [part for piece in pieces for part in piece.of_files]
    assert [part.first_row for part in parts] == [0, *np.cumsum([part.rows for part in parts]).tolist()][:-1]
    for part in parts:
        within = files[part.file].row_groups
        start = files[part.file].first_row + sum(within[: part.groups[0]]) + part.skip
        assert start == part.first_row
        assert part.skip + part.rows <= sum(within[slice(*part.groups)])


@given(st.permutations(range(12)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_group_in_several_pieces_is_read_in_any_order(
    tmp_path: Path, framework: Framework, order: Sequence[int]
) -> None:
    path = tmp_path / "a.parquet"
    write(pd.concat([FRAME] * 12, ignore_index=True).assign(年末从业人员=range(60)), path, group=1000)
    dataset = open_dataset(path, framework)
    pieces = dataset.pieces(5)
    assert len(pieces) == 12
    for number in order:
        table, _ = read_piece(dataset, pieces[number])
        assert table.frame["qd01"].tolist() == list(range(number * 5, number * 5 + 5))


def test_threads_that_share_a_row_group_read_what_reading_alone_gives(tmp_path: Path, framework: Framework) -> None:
    frame = pd.concat([FRAME] * 400, ignore_index=True).assign(年末从业人员=range(2000))
    dataset = open_dataset(write(frame, tmp_path / "a.parquet", group=2000), framework)
    with ThreadPoolExecutor(4) as threads:
        tables = list(threads.map(lambda piece: read_piece(dataset, piece)[0], dataset.pieces(50)))
    assert [value for table in tables for value in table.frame["qd01"]] == list(range(2000))


def test_whole_numbers_with_gaps_keep_their_digits_in_texts_and_years(tmp_path: Path, framework: Framework) -> None:
    columns = {"高新区": ["甲", "乙"], "年份": [24, None], "年末从业人员": [1, 2], "发展阶段": [10**17 + 1, None]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet", framework)
    _, found = read_piece(dataset, dataset.pieces()[0])
    assert [(finding.code, finding.value) for finding in found.findings] == [("bad_year", 24), ("missing_year", None)]
    columns["年份"] = [2024, 2024]
    pq.write_table(pa.table(columns), tmp_path / "b.parquet")
    dataset = open_dataset(tmp_path / "b.parquet", framework)
    table, _ = read_piece(dataset, dataset.pieces()[0])
    assert table.frame["stage"].tolist() == ["100000000000000001", None]


# --- many small files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_small_files_are_read_together_and_each_row_knows_its_file(
    suffix: str, tmp_path: Path, framework: Framework
) -> None:
    for number in range(len(FRAME)):
        own = FRAME.iloc[[number]]
        path = tmp_path / f"{number}{suffix}"
        own.to_csv(path, index=False) if suffix == ".csv" else own.to_parquet(path, index=False)
    dataset = open_dataset(tmp_path, framework)
    (piece,) = dataset.pieces()
    assert piece.all_rows == len(FRAME)
    together, _ = read_piece(dataset, piece)
    apart = [read_piece(dataset, each)[0] for each in dataset.pieces(1)]
    assert len(apart) == len(FRAME)
    pd.testing.assert_frame_equal(
        together.frame, pd.concat([each.frame for each in apart], ignore_index=True), check_dtype=False
    )
    for name, states in together.states.items():
        assert states.tolist() == [state for each in apart for state in each.states[name].tolist()]
    places = [together.origin.place(row, "stage") for row in range(len(FRAME))]
    assert places == [each.origin.place(0, "stage") for each in apart]
    assert [Path(place.file).name for place in places] == [f"{number}{suffix}" for number in range(len(FRAME))]


def test_large_pieces_stay_apart(tmp_path: Path, framework: Framework) -> None:
    for number in range(4):
        pd.concat([FRAME] * (1 if number % 2 else 4)).to_csv(tmp_path / f"{number}.csv", index=False)
    pieces = open_dataset(tmp_path, framework).pieces(8 * len(FRAME))
    assert [(piece.number, [each.file for each in piece.of_files]) for piece in pieces] == [
        (0, [0]), (1, [1]), (2, [2]), (3, [3]),
    ]  # fmt: skip
    assert [len(piece.of_files) for piece in open_dataset(tmp_path, framework).pieces(64 * len(FRAME))] == [4]


def test_each_file_that_breaks_among_small_ones_is_named(tmp_path: Path, framework: Framework) -> None:
    for number in range(3):
        write(FRAME, tmp_path / f"{number}.parquet")
    dataset = open_dataset(tmp_path, framework)
    for number in (0, 2):
        (tmp_path / f"{number}.parquet").write_bytes(b"x")
    with pytest.raises(DataError) as caught:
        read_piece(dataset, dataset.pieces()[0])
    assert [Path(each.place.file).name for each in caught.value.findings if each.place] == ["0.parquet", "2.parquet"]

"""What is read ahead is what would be read, and forgotten where somebody asks for something else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from parkscore.data import reading_ahead, row_groups
from parkscore.data.batches import read_piece
from parkscore.data.datasets import open_dataset
from parkscore.data.parquet_files import UNREADABLE
from parkscore.data.row_groups import Wanted, read_rows
from tests.small_frameworks import leaf, small

TABLE = pa.table(
    {
        "unit": [f"E{number}" for number in range(10)],
        "name": [f"企业{number}" for number in range(10)],
        "营业收入(亿元)": np.arange(10.0),
        "staff": pa.array([1, None, *range(8)], pa.int32()),
        "other": np.arange(10.0),
    }
)
SAID = "fields:\n  revenue: {zh: 营业收入, measure: 亿元}\n  staff: {measure: 人}\n"


def written(folder: Path, table: pa.Table = TABLE, size: int = 4) -> Path:
    path = folder / "in.parquet"
    pq.write_table(table, path, row_group_size=size)
    return path


def wanted(path: Path, group: int, *columns: str, end: int | None = None, coded: tuple[str, ...] = ()) -> Wanted:
    return Wanted(str(path), path.stat().st_mtime_ns, (group, end or group + 1), columns, coded)


def test_numbers_that_are_mentioned_are_read_ahead_and_the_table_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, names = written(tmp_path), ("staff", "name", "营业收入(亿元)")
    groups = [wanted(path, group, *names) for group in range(3)]
    expected = [read_rows(each, 0, rows, rows) for each, rows in zip(groups, (4, 4, 2), strict=True)]
    given: list[list[str]] = []

    def spied(*key: object) -> reading_ahead.Ahead | None:
        found = reading_ahead.read_before(*key)  # type: ignore[arg-type]
        given.append([] if found is None else found.table.column_names)
        return found

    monkeypatch.setattr(row_groups, "read_before", spied)
    with reading_ahead.reading_ahead(path, SAID):
        for future in list(reading_ahead._coming.values()):  # all that can be read ahead has been
            future.result()
        found = [read_rows(each, 0, rows, rows) for each, rows in zip(groups, (4, 4, 2), strict=True)]
        again = read_rows(groups[0], 0, 4, 4)
    assert given == [["营业收入(亿元)", "staff"]] * 3 + [[]]
    for own, other in zip([*found, again], [*expected, expected[0]], strict=True):
        assert own.equals(other)
        assert own.schema.equals(other.schema)
    assert not reading_ahead._coming


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("coded", [(), ("park",), ("unit",), ("park", "unit")])
def test_texts_come_by_number_only_where_they_are_wanted_so_whatever_form_they_were_read_ahead_in(
    tmp_path: Path, coded: tuple[str, ...], kind: pa.DataType
) -> None:
    table = pa.table({"unit": [f"E{number}" for number in range(400)], "park": ["甲", None, "乙", "甲"] * 100})
    path = tmp_path / "in.parquet"
    pq.write_table(table.cast(pa.schema([("unit", kind), ("park", kind)])), path)
    expected = read_rows(wanted(path, 0, "park", "unit", coded=coded), 0, 400, 400)
    with reading_ahead.reading_ahead(path, "key: unit\nfields: {park: {kind: text}}"):
        (ahead,) = (future.result() for future in reading_ahead._coming.values())
        found = read_rows(wanted(path, 0, "park", "unit", coded=coded), 0, 400, 400)
    assert ahead.coded == {"park"}
    assert set(ahead.table.column_names) == {"unit", "park"}
    assert found.column_names == expected.column_names
    for name in found.column_names:
        assert found[name].to_pylist() == expected[name].to_pylist()
        # One by one will do where they are wanted by number, and by number not where they are wanted one by one.
        assert name in coded or not pa.types.is_dictionary(found[name].type)


def test_a_note_on_every_row_is_read_ahead_and_not_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zones = [f"E{number}" for number in range(400)]
    frame = pa.table({"zone": zones, "revenue": np.arange(400.0), "data_note": ["synthetic"] * 400})
    path = written(tmp_path, frame, size=400)
    decoded: list[object] = []
    monkeypatch.setattr(row_groups, "_decoded", lambda _, columns: decoded.append(columns))
    with reading_ahead.reading_ahead(path, "zone, revenue, data_note"):
        dataset = open_dataset(path, small(leaf("1", "revenue")))
        table, _ = read_piece(dataset, dataset.pieces(1000)[0])
    assert (table.notes, table.size, decoded) == (("synthetic",), 400, [])


def test_a_broken_column_that_nobody_asks_for_is_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path)
    spoilt, content = pq.read_metadata(path).row_group(0).column(2), bytearray(path.read_bytes())
    first = spoilt.dictionary_page_offset or spoilt.data_page_offset
    content[first : first + spoilt.total_compressed_size] = bytes(spoilt.total_compressed_size)
    path.write_bytes(content)
    with reading_ahead.reading_ahead(path, SAID):
        assert read_rows(wanted(path, 0, "staff"), 0, 4, 4)["staff"].to_pylist() == [1, None, 0, 1]
        with pytest.raises(UNREADABLE):
            read_rows(wanted(path, 0, "营业收入(亿元)"), 0, 4, 4)


def test_a_file_that_has_changed_since_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path)
    with reading_ahead.reading_ahead(path, SAID):
        for future in list(reading_ahead._coming.values()):
            future.result()
        pq.write_table(TABLE.set_column(3, "staff", pa.array(np.arange(10, 20))), path, row_group_size=4)
        os.utime(path, ns=(0, 1))
        assert read_rows(wanted(path, 0, "staff"), 0, 4, 4)["staff"].to_pylist() == [10, 11, 12, 13]


def test_several_row_groups_at_once_are_read_as_ever(tmp_path: Path) -> None:
    path = written(tmp_path)
    with reading_ahead.reading_ahead(path, SAID):
        assert read_rows(wanted(path, 0, "staff", end=2), 0, 8, 8).num_rows == 8


@pytest.mark.parametrize("content", [b"", b"PAR1", b"unit,a\n1,2\n"])
def test_what_is_no_parquet_file_is_told_by_whoever_reads_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with reading_ahead.reading_ahead(path, SAID):
        assert not reading_ahead._coming
    with reading_ahead.reading_ahead(tmp_path / "nowhere.parquet", SAID):
        assert not reading_ahead._coming


def test_a_damaged_row_group_is_raised_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path)
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    for ahead in (contextlib.nullcontext(), reading_ahead.reading_ahead(path, SAID)):
        with ahead, pytest.raises(UNREADABLE):
            read_rows(wanted(path, 0, "staff"), 0, 4, 4)


def test_no_more_is_read_ahead_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    sizes = pq.read_metadata(path).row_group(0)
    monkeypatch.setattr(reading_ahead, "_AT_MOST", sizes.column(2).total_uncompressed_size * 3)
    with reading_ahead.reading_ahead(path, SAID):
        assert len(reading_ahead._coming) < 3


def test_columns_of_one_name_or_within_others_are_not_read_ahead(tmp_path: Path) -> None:
    nested = pa.table({"staff": [1.0], "in": pa.array([{"staff": 1.0, "revenue": 1.0}])})
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], ["staff", "staff"])
    for table in (nested, twice):
        with reading_ahead.reading_ahead(written(tmp_path, table), SAID):
            assert not reading_ahead._coming

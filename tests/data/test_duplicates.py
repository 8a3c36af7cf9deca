"""A unit that stands twice in a year is found wherever the two rows stand, with both places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data.batches import read_piece
from parkscore.data.collecting import REPEATED_AT_MOST
from parkscore.data.datasets import open_dataset
from parkscore.data.duplicates import KeysSeen, duplicate_findings, keys_of
from parkscore.data.reading import read_with_findings
from parkscore.findings import Finding
from parkscore.framework.models import Framework


def found_in_pieces(frame: pd.DataFrame, folder: Path, framework: Framework, rows: int) -> list[Finding]:
    path = folder / "a.parquet"
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=3)
    dataset = open_dataset(path, framework)
    seen, pieces = KeysSeen(folder, held=rows), dataset.pieces(rows)
    for piece in reversed(pieces):
        seen.add(keys_of(read_piece(dataset, piece)[0]))
    found = duplicate_findings(dataset, pieces, seen.repeated())
    for file in folder.glob("keys-*"):
        file.unlink()
    return found


UNITS = st.sampled_from(["甲", "乙", "丙丁", "Ｚ1", "Z1", "丙 丁"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["甲", "乙", "丙丁", "Ｚ1", "Z1", "丙 丁"]), st.integers(2020, 2024)),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 12),
)
def test_pieces_name_the_same_duplicates_as_the_whole_file(
    tmp_path: Path, framework: Framework, keys: Sequence[tuple[str, int]], rows: int
) -> None:
    frame = pd.DataFrame(keys, columns=["高新区", "年份"]).assign(营业收入=1.0)
    found = found_in_pieces(frame, tmp_path, framework, rows)
    _, whole = read_with_findings(tmp_path / "a.parquet", framework)
    assert [each for each in found if each.code == "duplicate_row"] == [
        each for each in whole if each.code == "duplicate_row"
    ]


def test_a_unit_written_in_two_ways_in_one_year_is_named_across_pieces(tmp_path: Path, framework: Framework) -> None:
    units = ["甲（东）", "乙", "甲 (东)", "丙", "甲(东)"]
    frame = pd.DataFrame({"高新区": units, "年份": [2024, 2024, 2024, 2024, 2023], "营业收入": 1.0})
    found = found_in_pieces(frame, tmp_path, framework, 1)
    assert [(each.code, each.unit, each.place.line) for each in found if each.place] == [
        ("similar_units", "甲 (东)", 3)
    ]


@pytest.mark.parametrize("surplus", [REPEATED_AT_MOST, REPEATED_AT_MOST + 1, REPEATED_AT_MOST + 77])
def test_of_many_duplicates_the_first_are_listed_and_all_are_counted(
    tmp_path: Path, framework: Framework, surplus: int
) -> None:
    frame = pd.DataFrame({"高新区": ["甲"] * (surplus + 1), "年份": 2024, "营业收入": 1.0})
    found = found_in_pieces(frame, tmp_path, framework, 50)
    assert len([finding for finding in found if not finding.more]) == REPEATED_AT_MOST
    assert sum(finding.more for finding in found) == surplus - REPEATED_AT_MOST


@given(st.lists(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9)), max_size=8), st.integers(1, 20))
def test_keys_in_files_and_in_memory_give_the_same(tmp_path_factory, lists: list[list[int]], held: int) -> None:
    folder = tmp_path_factory.mktemp("keys")
    keys = [np.array(each, dtype=np.uint64) for each in lists]
    in_files, in_memory = KeysSeen(folder, held), KeysSeen(folder)
    for each in keys:
        in_files.add(each)
        in_memory.add(each)
    files, memory = in_files.repeated(), in_memory.repeated()
    assert files.keys.tolist() == memory.keys.tolist()
    flat = [key for each in lists for key in each]
    assert files.surplus == memory.surplus == len(flat) - len(set(flat))


def test_pieces_whose_keys_are_in_order_repeat_what_pieces_in_any_order_do(tmp_path: Path) -> None:
    keys = [np.array([9, 1, 5], dtype=np.uint64), np.array([5, 2, 5], dtype=np.uint64)]
    as_they_come, in_order = KeysSeen(tmp_path), KeysSeen(tmp_path)
    for each in keys:
        as_they_come.add(each)
        in_order.add(np.sort(each))
    assert as_they_come.repeated().keys.tolist() == in_order.repeated().keys.tolist() == [5]
    assert as_they_come.repeated().surplus == in_order.repeated().surplus == 2

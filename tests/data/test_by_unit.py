"""Whatever the pieces and the number of parts, all rows of a unit come together and none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data.batches import read_piece
from parkscore.data.by_unit import UnitParts
from parkscore.data.datasets import open_dataset
from parkscore.data.reading import read_table
from parkscore.data.text_hashes import mixed, text_hashes
from parkscore.framework.models import Framework

UNITS = st.sampled_from(["甲", "乙", "丙区", "Zone 4", "91110000600037341L", "合计高新区", "é"])
ROWS = st.lists(
    st.tuples(UNITS, st.integers(2020, 2024), st.floats(0, 1e9) | st.none(), st.sampled_from(["种子", None, "成长"])),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, groups=st.integers(1, 9), cut=st.integers(1, 20), parts=st.integers(1, 5), data=st.data())
def test_the_parts_hold_the_whole_table_and_each_unit_once(
    tmp_path: Path, framework: Framework, rows: list[tuple[Any, ...]], groups: int, cut: int, parts: int, data: Any
) -> None:
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame(rows, columns=["高新区", "年份", "营业收入(亿元)", "发展阶段"])
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=groups)
    whole, _ = read_table(path, framework)
    dataset = open_dataset(path, framework)
    pieces = dataset.pieces(cut)
    spread = UnitParts(dataset, tmp_path, parts)
    for piece in data.draw(st.permutations(pieces)):
        spread.add(piece, read_piece(dataset, piece)[0])
    read = [spread.read(part, pieces) for part in range(parts)]
    for table, places in read:
        expected = whole.frame.iloc[places].reset_index(drop=True)
        pd.testing.assert_frame_equal(table.frame.astype({"unit": object}), expected)
        assert all((table.states[name] == whole.states[name][places]).all() for name in whole.states)
        assert [table.origin.place(row, "stage") for row in range(len(places))] == [
            whole.origin.place(row, "stage") for row in places.tolist()
        ]
        assert (np.diff(places) > 0).all()
    assert sorted(place for _, places in read for place in places.tolist()) == list(range(len(rows)))
    homes = [unit for table, _ in read for unit in set(table.units)]
    assert len(homes) == len(set(homes))


@given(st.lists(st.text(max_size=30), min_size=2, max_size=60))
def test_texts_have_the_same_hash_exactly_where_they_are_equal(texts: Sequence[str]) -> None:
    hashes = text_hashes(np.array(texts, dtype=object)).tolist()
    alone = [text_hashes(np.array([text], dtype=object))[0] for text in texts]
    assert hashes == alone
    assert len(set(hashes)) == len(set(texts))


def test_a_text_has_the_same_hash_in_every_process_and_year_after_year() -> None:
    hashes = text_hashes(np.array(["91110000600037341L", "合肥"], dtype=object))
    assert [f"{value:016x}" for value in hashes.tolist()] == ["9486551b1247c1ce", "00eb09cf9af86a26"]
    assert len(set(mixed(np.repeat(hashes, 2), np.array([2023, 2024, 2023, 2024])).tolist())) == 4

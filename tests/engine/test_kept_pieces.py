"""What is read once for two passes is what would be read again, and no more of it is kept than the limit allows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from parkscore.data.datasets import open_dataset
from parkscore.engine.sources import KeptSource, PieceSource
from parkscore.findings import DataError
from tests.small_frameworks import leaf, small

SMALL = small(leaf("a"))


def pieces_of(folder: Path) -> PieceSource:
    frame = pd.DataFrame({"zone": [f"企业{row}" for row in range(12)], "a": np.arange(12.0)})
    frame.to_parquet(folder / "data.parquet", index=False, row_group_size=4)
    dataset = open_dataset(folder / "data.parquet", SMALL)
    return PieceSource(dataset, dataset.pieces(4))


def test_the_first_pieces_are_kept_within_the_limit_and_let_go_in_the_last_pass(tmp_path: Path) -> None:
    source = KeptSource(pieces_of(tmp_path), limit=2 * 4 * 49)
    first = [source.read(item).table for item in source.items]
    again = [source.read(item).table for item in source.items]
    assert [one is two for one, two in zip(first, again, strict=True)] == [True, True, False]
    assert first[2].frame.equals(again[2].frame)
    last = replace(source, keeps=False)
    assert [last.read(item).table is table for item, table in zip(source.items, first, strict=True)] == [
        True,
        True,
        False,
    ]
    assert last.read(source.items[0]).table is not first[0]


def test_a_piece_that_is_kept_is_refused_once_its_file_has_changed(tmp_path: Path) -> None:
    source = KeptSource(pieces_of(tmp_path))
    source.read(source.items[0])
    (tmp_path / "data.parquet").write_bytes(b"changed")
    with pytest.raises(DataError) as caught:
        source.read(source.items[0])
    assert [each.code for each in caught.value.findings] == ["file_changed"]

"""Columns that are kept as Arrow and NumPy have them are what their table of pandas is, in files and when read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from parkscore.members.labels import Columns, in_arrow, in_frame, nullable, texts
from parkscore.output.tables import write_csv
from parkscore.results.files import write_rows

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 0.1, 1e-5, 1e10, 1.5e16, 1e300, np.nan, 1 / 3])
WORDS = st.sampled_from(["甲", "", "=1", 'a,"b', "一\r二"])


@st.composite
def columns(draw: Any) -> Columns:
    """Three rows: numbers, whole numbers, ranks of which some are missing, texts of both kinds, and cells of each."""

    def three(cells: Any) -> list[Any]:
        return [draw(cells) for _ in range(3)]

    return {
        "=x": np.array(three(NUMBERS)),
        "count": np.array(three(st.integers(0, 9))),
        "rank": nullable(np.array(three(st.integers(0, 3)), dtype=np.int32)),
        "name": texts(three(WORDS | st.none())),
        "word": np.array(three(WORDS | st.none()), dtype=object),
        "any": np.array(three(NUMBERS | st.just("不适用")), dtype=object),
    }


@given(columns())
def test_columns_are_written_to_the_same_csv_file_as_their_frame(own: Columns) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "columns.csv", Path(folder) / "frame.csv"
        write_rows(one, pa.Table.from_pydict(in_arrow(own)))
        write_csv(other, in_frame(own))
        assert one.read_bytes() == other.read_bytes()

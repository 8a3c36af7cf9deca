"""A column sorted outside memory is the column that np.sort gives, group by group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.engine.sorted_columns import SortedColumn

values = st.one_of(st.sampled_from([0.0, -0.0, 1.0, 2.5]), st.floats(allow_nan=False))


@given(st.lists(st.tuples(st.lists(values, max_size=20), st.integers(0, 3)), max_size=6), st.integers(1, 20))
def test_each_group_is_sorted_in_any_memory(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[tuple[list[float], int]], rows_in_memory: int
) -> None:
    folder = tmp_path_factory.mktemp("column")
    column = SortedColumn(folder / "sorted", budget=64 * rows_in_memory)
    for chunk, code in chunks:
        column.add(np.array(chunk), code)
    found = column.finish()
    assert found.keys() == {code for _, code in chunks}
    for code, own in found.items():
        expected = np.sort(np.concatenate([np.array(chunk) for chunk, other in chunks if other == code]))
        np.testing.assert_array_equal(own(), expected)
    assert [path.name for path in folder.iterdir()] == ["sorted"]


def test_a_value_that_most_rows_have_is_written_as_often_as_it_came(tmp_path: Path) -> None:
    column = SortedColumn(tmp_path / "sorted", budget=64 * 1_000)
    for _ in range(20):
        column.add(np.where(np.arange(10_000) % 100 == 0, np.arange(10_000.0), -1.0), 0)
    (found,) = column.finish().values()
    assert np.count_nonzero(found() == -1.0) == 20 * 9_900
    assert found()[-1] == 9_900.0

"""Records made of plain rows are those of the frame that pandas makes of the same rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from parkscore.output.documents import records, records_of

CELLS = (
    st.text(max_size=3),
    st.none() | st.text(max_size=3),
    st.integers(-9, 9),
    st.none() | st.integers(-9, 9),
    st.floats(allow_infinity=False),
    st.none() | st.floats(allow_infinity=False) | st.integers(-9, 9),
    st.none(),
    st.booleans(),
)


@st.composite
def tables(draw: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(range(len(CELLS))), min_size=1, max_size=5))
    rows = draw(st.lists(st.tuples(*(CELLS[kind] for kind in kinds)), max_size=6))
    return [f"c{number}" for number in range(len(kinds))], rows


@given(tables())
def test_records_of_rows_are_those_of_a_frame(table: tuple[list[str], list[tuple[Any, ...]]]) -> None:
    names, rows = table
    expected, found = records(pd.DataFrame(rows, columns=names)), records_of(names, rows)
    assert found == expected
    assert [[type(cell) for cell in row.values()] for row in found] == [
        [type(cell) for cell in row.values()] for row in expected
    ]

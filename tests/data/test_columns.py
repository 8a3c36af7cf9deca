"""The columns that formulas read."""

from __future__ import annotations

import numpy as np
import pytest

from parkscore.data.columns import Columns, fails, holds
from parkscore.data.table import State
from parkscore.framework.formula import Cells
from tests.small_frameworks import field, leaf, rows, small, table_of


def test_the_columns_are_the_raw_fields_of_this_year() -> None:
    framework = small(leaf("c"), fields={"a": field("a"), "b": field("b", kind="text"), "c": field("c", formula="a")})
    columns = Columns(framework, table_of(framework, rows(a=[1.0], b=["x"])))
    assert list(columns) == [("a", 0), ("b", 0)]
    assert len(columns) == 2


def test_a_field_that_is_not_there_is_a_key_error() -> None:
    framework = small(leaf("a"))
    with pytest.raises(KeyError):
        Columns(framework, table_of(framework, rows(a=[1.0])))[("b", 0)]


def test_a_condition_that_cannot_be_told_neither_holds_nor_fails() -> None:
    framework = small(leaf("a"))
    cells = Columns(framework, table_of(framework, rows(a=[1.0, 3.0, None]))).compute("a > 2", None)
    assert holds(cells).tolist() == [False, True, False]
    assert fails(cells).tolist() == [True, False, False]


def test_a_column_is_computed_once() -> None:
    framework = small(leaf("b"), fields={"a": field("a"), "b": field("b", formula="a + 1")})
    columns = Columns(framework, table_of(framework, rows(a=[1.0])))
    assert columns[("b", 0)] is columns[("b", 0)]


def test_a_table_without_years_has_no_last_year() -> None:
    framework = small(leaf("a"))
    column = Columns(framework, table_of(framework, rows(a=[1.0, 2.0])))[("a", 1)]
    assert isinstance(column.cells, Cells)
    assert np.isnan(column.cells.values).all()
    assert column.cells.states.tolist() == [State.MISSING, State.MISSING]

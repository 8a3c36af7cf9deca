"""Rows of one thing that follow each other are spread run by run."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parkscore.members.runs import Runs


@given(st.lists(st.integers(-1, 3)))
def test_values_are_spread_as_if_each_row_took_its_own(numbers: list[int]) -> None:
    rows, values = np.array(numbers, dtype=np.intp), np.array([0.5, 1.5, 2.5, 3.5])
    assert Runs.of(rows).spread(values).tolist() == values[rows].tolist()
    assert Runs.of(rows).lengths.sum() == len(rows)

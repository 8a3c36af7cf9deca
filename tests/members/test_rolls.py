"""Enterprises are called in the order of their ids, however many there are."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.table import Origin
from parkscore.members import rolls
from parkscore.members.rolls import RollPiece, call_roll

IDS = st.lists(st.text(alphabet="019AXé企", max_size=3), min_size=1, max_size=30)


def piece_of(ids: list[str]) -> RollPiece:
    """Returns of 2024 in one zone, without names."""
    units = pa.chunked_array([pa.array(ids, type=pa.large_string())])
    zones, years = CodedTexts.of(["一"] * len(ids)), np.full(len(ids), 2024)
    return RollPiece(units, zones, None, None, years, Origin("returns.csv"))


@given(st.lists(IDS, min_size=1, max_size=3), st.integers(1, 40))
def test_ids_are_in_the_order_of_their_bytes_whether_sorted_at_once_or_in_halves(
    pieces: list[list[str]], many: int
) -> None:
    ids = [each for piece in pieces for each in piece]
    with mock.patch.multiple(rolls, _MANY=many, _SOME=min(many, 3)):
        roll = call_roll([piece_of(piece) for piece in pieces], 2024)
        assert roll.ids.to_pylist() == sorted(set(ids), key=str.encode)
    assert [roll.ids[code].as_py() for code in roll.own.tolist()] == ids

"""What returns add is the same, whether it is kept in memory or in a file."""

from __future__ import annotations

import errno
import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.findings import UsageError
from parkscore.members import addend_store
from parkscore.members.addend_store import AddendStore
from parkscore.members.contributions import contributions
from parkscore.members.effects import Zones
from parkscore.members.missing_returns import missing_returns
from parkscore.members.summing import sum_returns
from parkscore.members.what_if import what_if
from tests.members.returns import TWO_YEARS, evaluated, returns_of, zones

NAMES = ("a", "b")
ONE_PIECE = 2 * 3 * 8


def filled(sizes: list[int]) -> tuple[AddendStore, np.ndarray]:
    """A store of so many returns in each piece, and all of them together."""
    store, parts = AddendStore(NAMES), []
    for number, size in enumerate(sizes):
        parts.append(np.arange(2.0 * size).reshape(2, size) + 1000 * number)
        store.add(parts[-1].copy())
    return store, np.hstack(parts)


@pytest.mark.parametrize("held", [0, ONE_PIECE, 1 << 20])
@given(data=st.data())
def test_any_returns_are_found_wherever_they_lie(held: int, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addend_store, "HELD", held)
        patch.setattr(addend_store, "_GAP", 2)
        store, whole = filled(data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=4)))
        positions = data.draw(st.lists(st.integers(-1, whole.shape[1] - 1), max_size=20))
        expected = np.append(whole, [[np.nan], [np.nan]], axis=1)[:, positions]
        picked = store.picked(np.array(positions, dtype=np.intp))
        np.testing.assert_array_equal(np.array([picked.of(name) for name in NAMES]), expected)


@pytest.mark.parametrize("held", [0, ONE_PIECE])
def test_a_field_of_a_piece_comes_back_as_it_was_put_there(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addend_store, "HELD", held)
    store, whole = filled([3, 0, 4])
    assert store.starts == [0, 3, 3, 7]
    assert store.column(2, "b").tolist() == whole[1, 3:].tolist()
    assert store.column(1, "a").tolist() == []


def test_a_store_has_no_file_that_could_be_left_and_closes_it_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addend_store, "HELD", 0)
    monkeypatch.setattr(addend_store.tempfile, "tempdir", str(tmp_path))
    store, _ = filled([3, 3])
    file = store._file
    assert file is not None
    assert not file.closed
    assert list(tmp_path.iterdir()) == []
    del store
    gc.collect()
    assert file.closed


def test_a_full_disk_is_an_error_that_names_the_folder_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(addend_store, "HELD", 0)
    monkeypatch.setattr(addend_store.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(addend_store, "_nameless", full)
    with pytest.raises(UsageError, match="No space left") as caught:
        filled([3])
    assert str(caught.value.findings[0].place) == str(tmp_path)
    assert "TMPDIR" in caught.value.findings[0].hint.en


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
def test_returns_that_memory_does_not_hold_give_the_same_bits(prior_year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    framework = zones(prior_year)
    rows = [*TWO_YEARS, ("e", 2023, "甲", 90.0, 3.0, 4.0, 0.0), ("b", 2022, "乙", None, 2.0, 1.0, 1.0)]
    held = evaluated(framework, rows, merged={"d": "a"})
    monkeypatch.setattr(addend_store, "HELD", 0)
    pieces = [returns_of(rows[6:]), returns_of(rows[:2]), returns_of(rows[2:6])]
    summed = sum_returns(held.summed.plan, pieces, year=2024, merged={"d": "a"})
    spooled = Zones(summed, held.evaluation)
    assert summed.addends._file is not None
    for made in (
        lambda zones: contributions(zones).frame(),
        lambda zones: what_if(zones, drop=["b"]).ranking,
        lambda zones: missing_returns(zones).sort_values(["enterprise", "zone", "missing"], ignore_index=True),
    ):
        pd.testing.assert_frame_equal(made(held), made(spooled), check_exact=True)

"""Who came, left, moved, merged, returned or was renamed between two years, by the id of the enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parkscore.data.arrow_arrays import are_known, arrow_numbers, truths_of, worded
from parkscore.data.grid import Rows
from parkscore.members.labels import by_number, of_codes
from parkscore.members.rolls import NONE, Codes, Roll
from parkscore.methods.domain import BoolArray

NEW, LEFT, MOVED, MOVED_PART = "new", "left", "moved", "moved_within"
RENAMED, MERGED, RETURNED = "renamed", "merged", "returned"
KINDS: Final = (NEW, RETURNED, LEFT, MERGED, MOVED, MOVED_PART, RENAMED)
"""What can become of an enterprise, in the order in which changes are listed."""


def changes_of(roll: Roll, year: int) -> pa.Table:
    """Every change between `year` - 1 and `year`, one row each, by kind and then by id; its columns are texts.

    new: filed in `year` and never before; returned: not in the year before, and in an earlier one. left: filed in the
    year before and not in `year`; merged: the same, where a successor is known (`into`). moved: to another zone;
    moved_within: to another sub-park of the same zone. renamed: another name under the same id. One enterprise may
    have several. Where no return is of the year before, nothing is known to have changed, and there are no rows.
    """
    now, before, earlier = (_filed(roll, rows) for rows in _three(roll, year))
    found = dict.fromkeys(KINDS, np.zeros(0, dtype=np.intp))
    if (before != NONE).any():
        found |= {kind: np.flatnonzero(which) for kind, which in _changes(roll, now, before, earlier)}
    codes = np.concatenate([*found.values()])
    kinds = np.repeat(np.arange(len(found)), [len(own) for own in found.values()])
    return _table(roll, codes, worded([*found], kinds, texts=pa.large_string()), now[codes], before[codes])


def _three(roll: Roll, year: int) -> tuple[BoolArray, BoolArray, BoolArray]:
    return roll.year == year, roll.year == year - 1, roll.year < year - 1


def _filed(roll: Roll, rows: BoolArray) -> Codes:
    """For each enterprise a return that it filed itself among some, -1 where there is none."""
    filed = np.full(len(roll.ids), NONE, dtype=np.int32)
    where = np.flatnonzero(rows)
    filed[roll.own[where]] = where
    return filed


def _changes(roll: Roll, now: Codes, before: Codes, earlier: Codes) -> Iterator[tuple[str, BoolArray]]:
    here, there, once = now != NONE, before != NONE, earlier != NONE
    both = here & there
    gone = there & ~here
    everybody = np.arange(len(roll.ids), dtype=np.int32)
    merged = gone & (_successor(roll, everybody, before) != everybody)
    moved = both & _other(roll.zone, now, before)
    yield NEW, here & ~there & ~once
    yield RETURNED, here & ~there & once
    yield LEFT, gone & ~merged
    yield MERGED, merged
    yield MOVED, moved
    yield MOVED_PART, both & ~moved & _other(roll.part, now, before)
    yield RENAMED, _renamed(roll.names, now, before)


def _successor(roll: Roll, codes: Rows | Codes, before: Rows | Codes) -> Rows | Codes:
    """For each enterprise that filed the year before the one that takes it over, itself where none does.

    before: its return of that year, -1 for none.
    """
    return np.where(before != NONE, roll.enterprise[before], codes)


def _other(codes: Codes, now: Codes, before: Codes) -> BoolArray:
    """Where both years say something, and not the same."""
    one, other = codes[now], codes[before]
    return np.asarray((one != other) & (one != NONE) & (other != NONE))


def _renamed(names: pa.Array, now: Codes, before: Codes) -> BoolArray:
    """Where both years have a name, and not the same."""
    both = np.flatnonzero((now != NONE) & (before != NONE))
    other = pc.not_equal(*(names.take(arrow_numbers(filed[both])) for filed in (now, before)))
    renamed = np.zeros(len(now), dtype=np.bool_)
    renamed[both] = truths_of(other) & are_known(other)
    return renamed


def _table(roll: Roll, codes: Rows, kinds: pa.DictionaryArray, now: Rows, before: Rows) -> pa.Table:
    """The changes of enterprises by their codes; now, before: the return of each in both years, -1 for none."""
    into = _successor(roll, codes, before)

    def said(of: Codes, filed: Rows) -> Codes:
        return np.where(filed == NONE, np.int32(NONE), of[filed])

    columns: dict[str, pa.Array] = {
        "enterprise": of_codes(roll.ids, codes),
        "name": of_codes(roll.names, np.where(now == NONE, before, now)),
        "change": kinds,
        "zone_before": by_number(roll.texts["zones"], said(roll.zone, before)),
        "zone": by_number(roll.texts["zones"], said(roll.zone, now)),
        "part_before": by_number(roll.texts["parts"], said(roll.part, before)),
        "part": by_number(roll.texts["parts"], said(roll.part, now)),
        "name_before": of_codes(roll.names, before),
        "into": of_codes(roll.ids, np.where((now == NONE) & (into != codes), into, NONE)),
    }
    return pa.table(columns)

"""Who came, left, moved, merged, returned or was renamed between two years, by the id of the enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.members.rolls import NONE, Codes, Roll, Texts, named
from parkscore.methods.domain import BoolArray

NEW, LEFT, MOVED, MOVED_PART = "new", "left", "moved", "moved_within"
RENAMED, MERGED, RETURNED = "renamed", "merged", "returned"
KINDS: Final = (NEW, RETURNED, LEFT, MERGED, MOVED, MOVED_PART, RENAMED)
"""What can become of an enterprise, in the order in which changes are listed."""

COLUMNS: Final = ("enterprise", "name", "change", "zone_before", "zone", "part_before", "part", "name_before", "into")


def changes_of(roll: Roll, year: int) -> pd.DataFrame:
    """Every change between `year` - 1 and `year`, one row each, by kind and then by id.

    new: filed in `year` and never before; returned: not in the year before, and in an earlier one. left: filed in the
    year before and not in `year`; merged: the same, where a successor is known (`into`). moved: to another zone;
    moved_within: to another sub-park of the same zone. renamed: another name under the same id. One enterprise may
    have several. Where no return is of the year before, nothing is known to have changed, and there are no rows.
    """
    now, before, earlier = (_filed(roll, rows) for rows in _three(roll, year))
    if not (before != NONE).any():
        return pd.DataFrame(columns=list(COLUMNS))
    parts = [_rows(roll, kind, which, now, before) for kind, which in _changes(roll, now, before, earlier)]
    return pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=list(COLUMNS))], ignore_index=True)


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
    successor = _successor(roll, before)
    merged = gone & (successor != np.arange(len(roll.ids)))
    moved = both & _other(roll.zone, now, before)
    yield NEW, here & ~there & ~once
    yield RETURNED, here & ~there & once
    yield LEFT, gone & ~merged
    yield MERGED, merged
    yield MOVED, moved
    yield MOVED_PART, both & ~moved & _other(roll.part, now, before)
    yield RENAMED, both & _other(roll.name, now, before)


def _successor(roll: Roll, before: Codes) -> Codes:
    """For each enterprise that filed the year before the one that takes it over, itself where none does."""
    return np.where(before != NONE, roll.enterprise[before], np.arange(len(roll.ids), dtype=np.int32))


def _other(codes: Codes, now: Codes, before: Codes) -> BoolArray:
    """Where both years say something, and not the same."""
    one, other = codes[now], codes[before]
    return np.asarray((one != other) & (one != NONE) & (other != NONE))


def _rows(roll: Roll, kind: str, which: BoolArray, now: Codes, before: Codes) -> pd.DataFrame:
    codes = np.flatnonzero(which)

    def column(texts: str, of: Codes, filed: Codes) -> Texts:
        return named(roll.texts[texts], np.where(filed[codes] == NONE, NONE, of[filed[codes]]))

    name, name_before = column("names", roll.name, now), column("names", roll.name, before)
    merged = kind == MERGED
    into = named(roll.ids, _successor(roll, before)[codes]) if merged else np.full(len(codes), None, dtype=object)
    columns: dict[str, Any] = {
        "enterprise": named(roll.ids, codes),
        "name": np.where(now[codes] == NONE, name_before, name),
        "change": np.full(len(codes), kind, dtype=object),
        "zone_before": column("zones", roll.zone, before),
        "zone": column("zones", roll.zone, now),
        "part_before": column("parts", roll.part, before),
        "part": column("parts", roll.part, now),
        "name_before": name_before,
        "into": into,
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))

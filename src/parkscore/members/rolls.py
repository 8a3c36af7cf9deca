"""Who reported, when and where: the enterprise, year, zone, sub-park and name of every return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkscore.data.table import Table
from parkscore.framework.member_models import Members

Codes = NDArray[np.int32]
Years = NDArray[np.int64]
Texts = NDArray[np.object_]
NONE = -1
"""The code of no text."""


@dataclass(frozen=True, eq=False)
class Roll:
    """One entry per return, in the order of the returns; a code counts into the texts beside it, -1 is none.

    parts: pairs of the code of a zone and the name of a sub-park in it, in the order of their codes.
    """

    ids: Texts
    zones: Texts
    parts: Sequence[tuple[int, str]]
    names: Texts
    enterprise: Codes
    zone: Codes
    part: Codes
    name: Codes
    year: Years

    def __len__(self) -> int:
        """The number of returns."""
        return len(self.enterprise)


@dataclass(frozen=True, eq=False)
class RollPiece:
    """The texts that one piece of the returns says of who reported."""

    ids: Texts
    zones: Texts
    parts: Texts | None
    names: Texts | None
    years: Years


def roll_piece(block: Members, table: Table) -> RollPiece:
    """What a table of returns says of who reported; its years are 0 where the framework has none."""

    def texts(name: str | None) -> Texts | None:
        return None if name is None else table.frame[name].to_numpy(dtype=object)

    zones = texts(block.belongs_to)
    assert zones is not None  # noqa: S101  # the block always names it
    years = np.zeros(len(table.frame), dtype=np.int64) if table.years is None else table.years
    return RollPiece(table.units, zones, texts(block.part), texts(block.name), years)


def call_roll(pieces: Iterable[RollPiece], merged: Mapping[str, str] | None = None, year: int | None = None) -> Roll:
    """The roll of all pieces; texts are coded in sorted order, so the order of the returns does not matter.

    merged: by the id of an enterprise that is gone the id of its successor, under which returns of years before `year`
    are entered.
    """
    listed = list(pieces)
    years = np.concatenate([piece.years for piece in listed])
    ids = np.concatenate([piece.ids for piece in listed])
    if merged:
        ids = _under_successors(ids, years, merged, year)
    enterprise, known_ids = _coded(ids)
    zone, zones = _coded(np.concatenate([piece.zones for piece in listed]))
    part, parts = _coded_parts(zone, _joined([piece.parts for piece in listed], len(years)))
    name, names = _coded(_joined([piece.names for piece in listed], len(years)))
    return Roll(known_ids, zones, parts, names, enterprise, zone, part, name, years)


def _joined(texts: Sequence[Texts | None], count: int) -> Texts:
    known = [each for each in texts if each is not None]
    return np.concatenate(known) if known else np.full(count, None, dtype=object)


def _coded(texts: Texts) -> tuple[Codes, Texts]:
    codes, known = pd.factorize(texts, sort=False)
    order = np.argsort(known.astype(str), kind="stable") if len(known) else np.empty(0, dtype=np.intp)
    place = np.empty(len(known) + 1, dtype=np.int32)
    place[order] = np.arange(len(known), dtype=np.int32)
    place[-1] = NONE  # where the code -1 of a missing text looks
    return place[codes], np.asarray(known, dtype=object)[order]


def _coded_parts(zone: Codes, texts: Texts) -> tuple[Codes, list[tuple[int, str]]]:
    """Sub-parks within their zones: two zones may both have a 东区."""
    part, names = _coded(texts)
    known = (zone != NONE) & (part != NONE)
    pairs = np.where(known, zone.astype(np.int64) * max(len(names), 1) + part, NONE)
    distinct, codes = np.unique(pairs[known], return_inverse=True)
    coded = np.full(len(pairs), NONE, dtype=np.int32)
    coded[known] = codes
    return coded, [(int(pair // len(names)), str(names[pair % len(names)])) for pair in distinct]


def _under_successors(ids: Texts, years: Years, merged: Mapping[str, str], year: int | None) -> Texts:
    """The ids with those of earlier years replaced that have a successor, or a successor's successor."""
    final = {old: _last_of(old, merged) for old in merged}
    renamed = ids.copy()
    earlier = np.flatnonzero(years < (int(years.max()) if year is None else year))
    renamed[earlier] = [final.get(each, each) for each in ids[earlier]]
    return renamed


def _last_of(old: str, merged: Mapping[str, str]) -> str:
    met = {old}
    while (following := merged.get(old)) is not None and following not in met:
        old = following
        met.add(old)
    return old


def text_of(texts: Texts, code: int) -> Any:
    """The text of a code, None for -1."""
    return None if code == NONE else texts[code]

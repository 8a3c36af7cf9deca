"""Who reported, when and where: the enterprise, year, zone, sub-park and name of every return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.plain_texts import text_column
from parkscore.data.table import UNIT, Origin, Table
from parkscore.framework.member_models import Members

Codes = NDArray[np.int32]
Years = NDArray[np.int64]
Texts = NDArray[Any]
NONE = -1
"""The code of no text."""


@dataclass(frozen=True, eq=False)
class RollPiece:
    """What one piece of the returns says of who reported; years are 0 where the returns have none."""

    units: pa.ChunkedArray
    zones: CodedTexts
    parts: CodedTexts | None
    names: CodedTexts | None
    years: Years
    origin: Origin

    @classmethod
    def of(cls, block: Members, table: Table) -> RollPiece:
        """The piece in a table of returns."""
        years = np.zeros(len(table.frame), dtype=np.int64) if table.years is None else table.years
        parts = None if block.part is None else table.coded(block.part)
        names = None if block.name is None else table.coded(block.name)
        units = pa.chunked_array([text_column(table.frame[UNIT])])
        return cls(units, table.coded(block.belongs_to), parts, names, years, table.origin)

    def __len__(self) -> int:
        """The number of returns."""
        return len(self.years)


@dataclass(frozen=True, eq=False)
class Roll:
    """One entry per return, in the order of the returns; a code counts into the texts beside it, -1 is none.

    ids, zones, names: texts in sorted order. parts: pairs of the code of a zone and the name of a sub-park in it, in
    the order of their codes. own: the enterprise that filed the return. enterprise: the same, save that what was filed
    before the evaluated year by one that merged counts as filed by its successor.
    """

    ids: Texts
    zones: Texts
    parts: Sequence[tuple[int, str]]
    names: Texts
    own: Codes
    enterprise: Codes
    zone: Codes
    part: Codes
    name: Codes
    year: Years

    def __len__(self) -> int:
        """The number of returns."""
        return len(self.own)

    @cached_property
    def texts(self) -> Mapping[str, pa.Array]:
        """The `ids`, `zones` and `names`, and those of `parts`, as columns from which many are taken at once."""
        parts = [name for _, name in self.parts]
        known = {"ids": self.ids, "zones": self.zones, "names": self.names, "parts": parts}
        return {name: pa.array(own, type=pa.large_string()) for name, own in known.items()}


def call_roll(pieces: Sequence[RollPiece], year: int, merged: Mapping[str, str] | None = None) -> Roll:
    """The roll of all pieces; texts are coded in sorted order, so that the order of the returns does not matter.

    merged: by the id of an enterprise that is gone that of its successor, which takes over the returns of years before
    `year`; so does the successor of a successor.
    """
    years = np.concatenate([piece.years for piece in pieces])
    units = pa.chunked_array([chunk for piece in pieces for chunk in piece.units.chunks], type=pa.large_string())
    own, ids = _sorted(units, [*(merged or {}).values()])
    zone, zones = _sorted_codes([piece.zones for piece in pieces])
    sizes = [len(piece) for piece in pieces]
    name, names = _sorted_codes(_of_every_piece([piece.names for piece in pieces], sizes), len(years))
    part, parts = _parts(zone, _of_every_piece([piece.parts for piece in pieces], sizes))
    enterprise = own if not merged else np.where(years < year, _successors(ids, merged)[own], own)
    return Roll(ids, zones, parts, names, own, enterprise, zone, part, name, years)


def _sorted(texts: pa.ChunkedArray, more: Sequence[str] = ()) -> tuple[Codes, Texts]:
    """The code of each text into the distinct ones in sorted order, among them some more; -1 where there is none."""
    everything = pa.chunked_array([*texts.chunks, pa.array(more, type=pa.large_string())], type=pa.large_string())
    coded = everything.combine_chunks().dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    places = np.full(len(order) + 1, NONE, dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    codes = coded.indices.fill_null(NONE).to_numpy()[: len(texts)]
    return places[codes], coded.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)


def _of_every_piece(texts: Sequence[CodedTexts | None], sizes: Sequence[int]) -> Sequence[CodedTexts | None]:
    """The texts of pieces of which some may have none, where another has some: then no text for each of their rows."""
    if all(each is None for each in texts):
        return texts
    nothing = np.empty(0, dtype=object)
    return [
        CodedTexts(np.full(size, NONE, dtype=np.int32), nothing) if each is None else each
        for each, size in zip(texts, sizes, strict=True)
    ]


def _sorted_codes(pieces: Sequence[CodedTexts | None], count: int = 0) -> tuple[Codes, Texts]:
    """The same for texts that are coded piece by piece; texts that stand in no row are left out."""
    known = [_used(piece) for piece in pieces if piece is not None]
    if not known:
        return np.full(count, NONE, dtype=np.int32), np.empty(0, dtype=object)
    texts = pa.chunked_array([pa.array(piece.texts, type=pa.large_string()) for piece in known])
    places, found = _sorted(texts)
    starts = np.cumsum([len(piece.texts) for piece in known])[:-1]
    own = [np.append(part, np.int32(NONE)) for part in np.split(places, starts)]
    return np.concatenate([part[piece.codes] for part, piece in zip(own, known, strict=True)]), found


def _used(piece: CodedTexts) -> CodedTexts:
    """The same rows without the texts that stand in none."""
    used = np.zeros(len(piece.texts) + 1, dtype=np.bool_)
    used[piece.codes] = True
    if used[:-1].all():
        return piece
    places = np.append(np.cumsum(used[:-1]) - 1, NONE).astype(np.int32)
    return CodedTexts(places[piece.codes], piece.texts[used[:-1]])


def _parts(zone: Codes, pieces: Sequence[CodedTexts | None]) -> tuple[Codes, list[tuple[int, str]]]:
    """Sub-parks within their zones: two zones may both have a 东区."""
    part, names = _sorted_codes(pieces, len(zone))
    known = (zone != NONE) & (part != NONE)
    pairs = zone[known].astype(np.int64) * max(len(names), 1) + part[known]
    distinct, found = np.unique(pairs, return_inverse=True)
    codes = np.full(len(zone), NONE, dtype=np.int32)
    codes[known] = found
    return codes, [(int(pair // len(names)), str(names[pair % len(names)])) for pair in distinct]


def _successors(ids: Texts, merged: Mapping[str, str]) -> Codes:
    """For each id the code of the last of its successors, its own where it has none."""
    place = {each: code for code, each in enumerate(ids.tolist())}
    return np.array([place[_last_of(each, merged)] for each in ids.tolist()], dtype=np.int32)


def _last_of(old: str, merged: Mapping[str, str]) -> str:
    met = {old}
    while (following := merged.get(old)) is not None and following not in met:
        old = following
        met.add(old)
    return old


def with_none(texts: Texts) -> Texts:
    """The texts with None at the end, where the code -1 finds it."""
    return np.concatenate([texts, np.array([None], dtype=object)])

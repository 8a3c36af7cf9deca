"""Who reported, when and where: the enterprise, year, zone, sub-park and name of every return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parkscore.data.arrow_arrays import arrow_numbers, arrow_texts, codes_of, numbers_of, objects_of, truths_of
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.grid import Rows
from parkscore.data.plain_texts import text_column
from parkscore.data.table import UNIT, Origin, Table
from parkscore.framework.member_models import Members
from parkscore.members.in_threads import in_threads

Codes = NDArray[np.int32]
Years = NDArray[np.int64]
Texts = NDArray[Any]
NONE = -1
"""The code of no text."""
_MANY: Final = 1 << 15
_SOME: Final = 1_000


@dataclass(frozen=True, eq=False)
class RollPiece:
    """What one piece of the returns says of who reported; years are 0 where the returns have none."""

    units: pa.ChunkedArray
    zones: CodedTexts
    parts: CodedTexts | None
    names: pa.ChunkedArray | None
    years: Years
    origin: Origin

    @classmethod
    def of(cls, block: Members, table: Table) -> RollPiece:
        """The piece in a table of returns."""
        years = np.zeros(table.size, dtype=np.int64) if table.years is None else table.years
        parts = None if block.part is None else table.coded(block.part)
        names = None if block.name is None else pa.chunked_array([_names(table, block.name)])
        units = pa.chunked_array([text_column(table.cells[UNIT])])
        return cls(units, table.coded(block.belongs_to), parts, names, years, table.origin)

    def __len__(self) -> int:
        """The number of returns."""
        return len(self.years)


def _names(table: Table, name: str) -> pa.Array:
    """A column of names; where they were read one by one, no objects are made of them on the way."""
    known = table.texts.get(name)
    return text_column(table.cells[name]) if known is None else known.in_arrow


@dataclass(frozen=True, eq=False)
class _Enterprises:
    """The ids and enterprises of a roll, see `Roll`."""

    ids: pa.Array
    own: Codes
    enterprise: Codes


@dataclass(frozen=True, eq=False)
class Roll:
    """One entry per return, in the order of the returns; a code counts into the texts beside it, -1 is none.

    zones: texts in sorted order. parts: pairs of the code of a zone and the name of a sub-park in it, in the order of
    their codes. names: by return that of its enterprise, if it has one. coming: the enterprises, which a thread puts
    in order while somebody looks at the zones.
    """

    zones: Texts
    parts: Sequence[tuple[int, str]]
    names: pa.Array
    zone: Codes
    part: Codes
    year: Years
    coming: Future[_Enterprises]

    def __len__(self) -> int:
        """The number of returns."""
        return len(self.year)

    @property
    def ids(self) -> pa.Array:
        """The ids of all enterprises, in sorted order."""
        return self.coming.result().ids

    @property
    def own(self) -> Codes:
        """By return the code of the enterprise that filed it."""
        return self.coming.result().own

    @property
    def enterprise(self) -> Codes:
        """The same, save that what one filed before the evaluated year that merged counts as filed by its successor."""
        return self.coming.result().enterprise

    @cached_property
    def texts(self) -> Mapping[str, pa.Array]:
        """The `zones`, and the names of `parts`, as columns from which many are taken at once."""
        small: dict[str, Texts | list[str]] = {"zones": self.zones, "parts": [name for _, name in self.parts]}
        return {name: arrow_texts(own, pa.large_string()) for name, own in small.items()}


def call_roll(pieces: Sequence[RollPiece], year: int, merged: Mapping[str, str] | None = None) -> Roll:
    """The roll of all pieces; texts are coded in sorted order, so that the order of the returns does not matter.

    merged: by the id of an enterprise that is gone that of its successor, which takes over the returns of years before
    `year`; so does the successor of a successor.
    """
    years = np.concatenate([piece.years for piece in pieces])
    sizes = [len(piece) for piece in pieces]
    units = _under_each_other([piece.units for piece in pieces], sizes)
    names = _under_each_other([piece.names for piece in pieces], sizes)

    def put_in_order() -> _Enterprises:
        own, ids = _sorted(units, [*(merged or {}).values()])
        enterprise = own if not merged else np.where(years < year, _successors(ids, merged)[own], own)
        return _Enterprises(ids, own, enterprise)

    pool = ThreadPoolExecutor(1, thread_name_prefix="parkscore")
    coming = pool.submit(put_in_order)
    pool.shutdown(wait=False)
    zone, zones = _sorted_codes([piece.zones for piece in pieces])
    part, parts = _parts(zone, _of_every_piece([piece.parts for piece in pieces], sizes))
    return Roll(zones, parts, names.combine_chunks(), zone, part, years, coming)


def _under_each_other(texts: Sequence[pa.ChunkedArray | None], sizes: Sequence[int]) -> pa.ChunkedArray:
    """The texts of all pieces; of one that has none, no text for each of its rows."""
    kind = pa.large_string()
    columns = [
        [pa.nulls(size, kind)] if column is None else column.chunks for column, size in zip(texts, sizes, strict=True)
    ]
    return pa.chunked_array([chunk for column in columns for chunk in column], type=kind)


def _coded(texts: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """The code of each text into the distinct ones, in the order in which they are met; -1 where there is none."""
    coded = texts.dictionary_encode()  # one dictionary for all chunks
    if not coded.num_chunks:
        return np.zeros(0, dtype=np.int32), pa.nulls(0, pa.large_string())
    return np.concatenate([codes_of(chunk) for chunk in coded.chunks]), coded.chunk(0).dictionary


def _sorted(texts: pa.ChunkedArray, more: Sequence[str] = ()) -> tuple[Codes, pa.Array]:
    """The same with the distinct texts in sorted order, and some more among them."""
    everything = pa.chunked_array([*texts.chunks, arrow_texts(more, pa.large_string())], type=pa.large_string())
    codes, distinct = _coded(everything)
    order = _order(distinct)
    places = np.full(len(order) + 1, NONE, dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places[codes[: len(texts)]], distinct.take(arrow_numbers(order))


def _order(distinct: pa.Array) -> Rows:
    """The places of texts in sorted order; of many, the lower and the upper half are sorted at the same time."""
    if len(distinct) < _MANY:
        return numbers_of(pc.sort_indices(distinct))
    some = distinct.take(arrow_numbers(np.arange(0, len(distinct), len(distinct) // _SOME)))
    middle = some[int(numbers_of(pc.sort_indices(some))[len(some) // 2])]
    lower = truths_of(pc.less(distinct, middle))
    halves = [np.flatnonzero(lower), np.flatnonzero(~lower)]
    with in_threads(lambda half: half[_order_of(distinct, half)], halves) as ordered:
        return np.concatenate([*ordered])


def _order_of(texts: pa.Array, rows: Rows) -> Rows:
    return numbers_of(pc.sort_indices(texts.take(arrow_numbers(rows))))


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
    texts = pa.chunked_array([arrow_texts(piece.texts, pa.large_string()) for piece in known])
    places, found = _sorted(texts)
    starts = np.cumsum([len(piece.texts) for piece in known])[:-1]
    own = [np.append(part, np.int32(NONE)) for part in np.split(places, starts)]
    codes = np.concatenate([part[piece.codes] for part, piece in zip(own, known, strict=True)])
    return codes, objects_of(found)


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
    distinct, found = _numbered(pairs, int(pairs.max(initial=-1)) + 1)
    codes = np.full(len(zone), NONE, dtype=np.int32)
    codes[known] = found
    return codes, [(int(pair // len(names)), str(names[pair % len(names)])) for pair in distinct]


def _numbered(pairs: NDArray[np.int64], end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers, ascending, and the place of each number among them; all are below `end`."""
    if end > 4 * len(pairs):
        distinct, found = np.unique(pairs, return_inverse=True)
        return distinct, found
    # As numbers are few, each is marked, which takes no sorting.
    met = np.zeros(end, dtype=np.bool_)
    met[pairs] = True
    return np.flatnonzero(met), (np.cumsum(met) - 1)[pairs]


def _successors(ids: pa.Array, merged: Mapping[str, str]) -> Codes:
    """For each id the code of the last of its successors, its own where it has none."""
    found = np.arange(len(ids), dtype=np.int32)
    old, last = (
        numbers_of(pc.index_in(arrow_texts(names, ids.type), value_set=ids).fill_null(NONE))
        for names in (list(merged), [_last_of(each, merged) for each in merged])
    )
    found[old[old != NONE]] = last[old != NONE]
    return found


def _last_of(old: str, merged: Mapping[str, str]) -> str:
    met = {old}
    while (following := merged.get(old)) is not None and following not in met:
        old = following
        met.add(old)
    return old


def named(texts: pa.Array, codes: Codes | NDArray[np.intp]) -> Texts:
    """The text of each code as an object, None for -1."""
    return objects_of(texts.take(arrow_numbers(codes, codes != NONE)))

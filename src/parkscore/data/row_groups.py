"""Read rows of a Parquet file, and decode a row group once, in how many pieces it may come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.reading_ahead import Ahead, read_before

_KEPT_OPEN: Final = 4


class Wanted(NamedTuple):
    """Columns of some row groups of a file, which is known by its time too; of which columns texts come by number."""

    path: str
    changed: int
    groups: tuple[int, int]
    columns: tuple[str, ...]
    coded: tuple[str, ...]


def read_rows(wanted: Wanted, skip: int, rows: int, of: int) -> pa.Table:
    """So many rows after the first `skip` of the row groups, which have `of` rows.

    Raises what pyarrow raises where the file is broken.
    """
    if rows == of:
        return _whole(wanted)
    table = _stream(wanted, rows).read(skip, rows)
    if skip + rows == of:
        with _opening:
            _streams.pop(wanted, None)
    return table


def open_file(path: str, changed: int, coded: Sequence[str] = ()) -> pq.ParquetFile:
    """A file whose footer may have been read before; the texts of some columns come by number.

    Where a file has checksums, as those of Spark have, no page is taken that differs from its own.
    """
    footer = _footer(path, changed)
    return pq.ParquetFile(path, metadata=footer, read_dictionary=list(coded), page_checksum_verification=True)


@lru_cache(maxsize=64)
def _footer(path: str, changed: int) -> pq.FileMetaData:
    return pq.read_metadata(path)


def _whole(wanted: Wanted) -> pa.Table:
    first, end = wanted.groups
    before = read_before(wanted.path, wanted.changed, first) if end - first == 1 else None
    if before is None:
        return _decoded(wanted, wanted.columns)
    known = [name for name in before.table.column_names if _as_wanted(name, before, wanted)]
    rest = [name for name in wanted.columns if name not in known]
    read = _decoded(wanted, rest) if rest else before.table
    columns = [(before.table if name in known else read).column(name) for name in wanted.columns]
    return pa.Table.from_arrays(columns, list(wanted.columns))


def _decoded(wanted: Wanted, columns: Sequence[str]) -> pa.Table:
    """Some of the columns, read now."""
    with open_file(wanted.path, wanted.changed, wanted.coded) as parquet:
        return parquet.read_row_groups(range(*wanted.groups), columns=list(columns), use_threads=False)


def _as_wanted(name: str, before: Ahead, wanted: Wanted) -> bool:
    """Whether a column that was read ahead came in a form that will do: texts may come one by one for by number."""
    return name not in before.coded or name in wanted.coded


class _Stream:
    """Row groups read from the first row on; what another thread has been faster than is kept for it."""

    def __init__(self, wanted: Wanted, at_once: int) -> None:
        self._wanted = wanted
        self._at_once = at_once
        self._one_at_a_time = Lock()
        self._begin()

    def _begin(self) -> None:
        self._batches = self._open()
        self._position = 0
        self._rest: pa.Table | None = None
        self._passed: dict[tuple[int, int], pa.Table] = {}

    def _open(self) -> Iterator[pa.RecordBatch]:
        with open_file(self._wanted.path, self._wanted.changed, self._wanted.coded) as parquet:
            yield from parquet.iter_batches(
                self._at_once, range(*self._wanted.groups), list(self._wanted.columns), use_threads=False
            )

    def read(self, skip: int, rows: int) -> pa.Table:
        with self._one_at_a_time:
            if (skip, rows) in self._passed:
                return self._passed.pop((skip, rows))
            if skip < self._position:
                self._begin()
            try:
                while self._position < skip:
                    place = self._position
                    passed = self._next(min(self._at_once, skip - place))
                    if len(self._passed) < _KEPT_OPEN:
                        self._passed[place, len(passed)] = passed
                return self._next(rows)
            except BaseException:
                self._begin()
                raise

    def _next(self, rows: int) -> pa.Table:
        parts = [] if self._rest is None else [self._rest]
        have = sum(map(len, parts))
        while have < rows:
            parts.append(pa.Table.from_batches([next(self._batches)]))
            have += len(parts[-1])
        table = parts[0] if len(parts) == 1 else pa.concat_tables(parts)
        self._rest = table.slice(rows) if have > rows else None
        self._position += rows
        return table.slice(0, rows)


_streams: OrderedDict[Wanted, _Stream] = OrderedDict()
_opening: Final = Lock()


def _stream(wanted: Wanted, at_once: int) -> _Stream:
    """The stream of these rows, opened if it is not; of those that were not used for long none stays open."""
    with _opening:
        if wanted not in _streams:
            _streams[wanted] = _Stream(wanted, at_once)
        _streams.move_to_end(wanted)
        while len(_streams) > _KEPT_OPEN:
            _streams.popitem(last=False)
        return _streams[wanted]

"""Decode the first rows of a Parquet file in a thread, while this process still loads what scores them.

What is read ahead is what would be read: the same columns of the same row groups, only sooner. Whoever asks for others,
or for a file that has changed since, reads them as if nothing had been read ahead.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

from parkscore.data.giving_way import give_way

_AT_MOST: Final = 224 << 20
"""Bytes that are read ahead."""
_FEW: Final = 4
"""Bytes that a text takes where few differ: those are read by number, as what is asked of them most often is so."""


class Ahead(NamedTuple):
    """Columns of a row group; coded: the texts of which of them come by number."""

    table: pa.Table
    coded: frozenset[str]


_Group = tuple[str, int, int]
_coming: Final[dict[_Group, Future[Ahead]]] = {}


@contextlib.contextmanager
def reading_ahead(path: Path, said: str) -> Iterator[None]:
    """Read numbers and texts of the first row groups ahead; what is not asked for within the block is forgotten.

    said: a text in which those columns are mentioned that will be wanted, by a name without a measure. What is wrong
    with the file is told when it is read.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="parkscore-ahead", initializer=give_way)
    with contextlib.suppress(OSError, pa.ArrowException):
        _begin(pool, path, said)
    try:
        yield
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        _coming.clear()


def _begin(pool: ThreadPoolExecutor, path: Path, said: str) -> None:
    changed = path.stat().st_mtime_ns
    footer = pq.read_metadata(path)
    schema, room = footer.schema.to_arrow_schema(), _AT_MOST
    if len(set(schema.names)) < len(schema.names) or len(schema.names) < footer.num_columns:
        return  # columns of one name, or within others, are left to whoever knows what they are
    mentioned = [place for place, each in enumerate(schema) if _is_said(_heading(each.name), said)]
    wanted = {place: schema.names[place] for place in mentioned if _is_read(schema.field(place).type)}
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        sizes = {name: row_group.column(place).total_uncompressed_size for place, name in wanted.items()}
        room -= sum(sizes.values())
        if room < 0:
            return
        few = {name for name, size in sizes.items() if size < _FEW * row_group.num_rows}
        coded = frozenset(name for name in few if _is_text(schema.field(name).type))
        _coming[str(path), changed, group] = pool.submit(_read, path, footer, group, list(wanted.values()), coded)


def _is_read(kind: pa.DataType) -> bool:
    return bool(kinds.is_floating(kind) or kinds.is_integer(kind) or _is_text(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind))


def _heading(name: str) -> str:
    """A header without its measure.

    >>> _heading("营业收入（亿元）")
    '营业收入'
    """
    return re.split("[(（]", name, maxsplit=1)[0].strip()


def _is_said(heading: str, said: str) -> bool:
    """Whether a text mentions a header; one that is of a name and a code has both in the text, each by itself."""
    return all(part in said for part in heading.split("_"))


def _read(path: Path, footer: pq.FileMetaData, group: int, columns: Sequence[str], coded: frozenset[str]) -> Ahead:
    with pq.ParquetFile(path, metadata=footer, read_dictionary=list(coded), page_checksum_verification=True) as parquet:
        return Ahead(parquet.read_row_group(group, columns=list(columns), use_threads=False), coded)


def read_before(path: str, changed: int, group: int) -> Ahead | None:
    """Columns of a row group, if they could be read ahead; they are given away once."""
    coming = _coming.pop((path, changed, group), None)
    if coming is None or coming.cancel():
        return None
    with contextlib.suppress(OSError, pa.ArrowException):  # what is broken may be a column that nobody asks for
        return coming.result()
    return None

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
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

_AT_MOST: Final = 160 << 20
"""Bytes of numbers that are read ahead."""
_Group = tuple[str, int, int]
_coming: Final[dict[_Group, Future[pa.Table]]] = {}


@contextlib.contextmanager
def reading_ahead(path: Path, said: str) -> Iterator[None]:
    """Read numbers of the first row groups ahead; what is not asked for within the block is forgotten.

    said: a text in which those columns are mentioned that will be wanted, by a name without a measure. What is wrong
    with the file is told when it is read.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="parkscore-ahead")
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
    wanted = [each.name for each in schema if _is_number(each.type) and _heading(each.name) in said]
    places = [place for place, name in enumerate(schema.names) if name in set(wanted)]
    if len(set(schema.names)) < len(schema.names) or len(schema.names) < footer.num_columns:
        return  # columns of one name, or within others, are left to whoever knows what they are
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        room -= sum(row_group.column(place).total_uncompressed_size for place in places)
        if room < 0:
            return
        _coming[str(path), changed, group] = pool.submit(_read, path, footer, group, wanted)


def _is_number(kind: pa.DataType) -> bool:
    return bool(kinds.is_floating(kind) or kinds.is_integer(kind))


def _heading(name: str) -> str:
    """A header without its measure.

    >>> _heading("营业收入（亿元）")
    '营业收入'
    """
    return re.split("[(（]", name, maxsplit=1)[0].strip()


def _read(path: Path, footer: pq.FileMetaData, group: int, columns: Sequence[str]) -> pa.Table:
    with pq.ParquetFile(path, metadata=footer, page_checksum_verification=True) as parquet:
        return parquet.read_row_group(group, columns=list(columns), use_threads=False)


def read_before(path: str, changed: int, group: int) -> pa.Table | None:
    """The numbers of a row group, if they have been read ahead; they are given away once.

    Raises what pyarrow raises where the file is broken.
    """
    coming = _coming.pop((path, changed, group), None)
    return None if coming is None or coming.cancel() else coming.result()

"""Write the results of all pieces as one file, in the order of the data; ranks can be filled in at the end."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from parkscore.data.arrow_arrays import are_known, arrow_numbers, arrow_texts, arrow_truths, numbers_of, worded
from parkscore.data.plain_texts import bytes_of, replaced, rows_with_bytes
from parkscore.data.table import UNIT, YEAR
from parkscore.framework.result_columns import BEGINNINGS, CASE
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.language import Language, Text
from parkscore.output.safe_text import UNSAFE_STARTS, safe_text
from parkscore.results.rows import CLASS_PERCENTILE, CLASS_RANK, PERCENTILE, RANK, SCORE

NOTE: Final = "note"
"""The column of what must stand on every output."""
_FEW: Final = 1 << 14
"""Bytes of the different numbers of a column that few of them take, such as points and counts; others are written as
they are."""
ROWS_IN_GROUP: Final = 131_072
"""Rows of a row group: few enough that the row of one enterprise is read in a moment."""


def note_of(notes: Iterable[Text], language: Language) -> str | None:
    """What stands on every row, None where nothing does."""
    return "; ".join(each.in_language(language) for each in notes) or None


def with_ranks(batch: pa.RecordBatch, ranks: Mapping[str, pa.Array], note: str | None) -> pa.RecordBatch:
    """A batch of results with its ranks and percentiles where `Evaluation.scores` has them; note: of every row."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    placed: dict[str, Any] = {}
    for name, column in columns.items():
        placed[name] = column
        if name == SCORE:
            placed |= {each: ranks[each] for each in (RANK, PERCENTILE, CLASS_RANK, CLASS_PERCENTILE) if each in ranks}
        elif rank_in(name) in ranks:
            placed |= {each: ranks[each] for each in (rank_in(name), percentile_in(name)) if each in ranks}
    if note is not None:
        last = [each for each in placed if not each.startswith(BEGINNINGS)]
        words = worded([note], np.zeros(batch.num_rows))
        placed = {each: placed[each] for each in last} | {NOTE: words} | placed
    return pa.RecordBatch.from_pydict(placed)


class ParquetFile:
    """A Parquet file that takes batches one after the other; dictionaries hold texts, and numbers where few differ."""

    def __init__(self, path: Path | pa.BufferOutputStream) -> None:
        """Nothing is written yet; path: of the file, or what takes its bytes."""
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []

    def __enter__(self) -> Self:
        """Open from the first batch on."""
        return self

    def __exit__(self, *_others: object) -> None:
        """Let go of a file that was not ended, which nobody reads: what goes wrong here would hide why it was not."""
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()

    def write_waiting(self) -> None:
        """Write the rows that wait for others of their row group; none follow."""
        if self._waiting:
            self._write()

    def end(self, about: Mapping[str, Any]) -> None:
        """Write what waits, and the end of the file; about: goes into the metadata as JSON under `parkscore`."""
        self.write_waiting()
        if self._writer is not None:
            self._writer.add_key_value_metadata({"parkscore": json.dumps(about, ensure_ascii=False)})
            self._writer.close()

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows; they are written once there are enough for a row group."""
        self._waiting.append(batch)
        if sum(each.num_rows for each in self._waiting) >= ROWS_IN_GROUP:
            self._write()

    def _write(self) -> None:
        table = pa.Table.from_batches(self._waiting)
        self._waiting = []
        if self._writer is None:
            self._writer = self._opened(table)
        self._writer.write_table(table, row_group_size=ROWS_IN_GROUP)

    def _opened(self, table: pa.Table) -> pq.ParquetWriter:
        schema = table.schema
        texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        numbers = [each.name for each in schema if pa.types.is_floating(each.type) or each.name.startswith(CASE)]
        numbers = [name for name in numbers if few_differ(table.column(name))]
        return pq.ParquetWriter(
            self._path,
            schema,
            use_dictionary=[*texts, *numbers],
            dictionary_pagesize_limit=_FEW,
            compression={field.name: "snappy" if field.name in texts else "none" for field in schema},
            write_statistics=[name for name in (UNIT, YEAR, SCORE) if name in schema.names],
            store_schema=False,
            write_batch_size=ROWS_IN_GROUP // 2,  # levels of a thousand rows at a time take a twelfth more
        )


def few_differ(numbers: pa.ChunkedArray) -> bool:
    """Whether the first of some numbers leave room for a dictionary; to begin one in vain takes time and bytes.

    >>> few_differ(pa.chunked_array([pa.array([0.5, 1.5, None])])), few_differ(pa.chunked_array([np.arange(1e4)]))
    (True, False)
    """
    most = _FEW // numbers.type.byte_width
    return bool(pc.count_distinct(numbers.slice(0, 2 * most)).as_py() <= most)


def fill_in(path: Path, name: str, numbers: Iterable[pa.Array]) -> None:
    """Put numbers into a column of a whole Parquet file that holds others in their place; no row group is rewritten.

    numbers: of all rows, cut in any way, with gaps where those that they replace have gaps, so that they take as many
    bytes. The column has no statistics.
    """
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
    column = metadata.schema.names.index(name)
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    with path.open("r+b") as stream:
        for group, own in zip(groups, _cut(numbers, [each.num_rows for each in groups]), strict=True):
            chunk, found = group.column(column), _chunk_of(name, own)
            if len(found) != chunk.total_compressed_size:
                raise ValueError(f"{name} takes {len(found)} bytes, and {chunk.total_compressed_size} are kept for it")
            stream.seek(chunk.data_page_offset)
            stream.write(found)


def _cut(numbers: Iterable[pa.Array], sizes: Sequence[int]) -> Iterator[pa.ChunkedArray]:
    """The same numbers, so many at a time."""
    rest, coming = pa.chunked_array([], pa.int32()), iter(numbers)
    for size in sizes:
        while len(rest) < size:
            rest = pa.chunked_array([*rest.chunks, next(coming)], pa.int32())
        yield rest.slice(0, size)
        rest = rest.slice(size)


def _chunk_of(name: str, numbers: pa.ChunkedArray) -> memoryview:
    """The bytes of a column of a row group, as `ParquetFile` writes it."""
    sink = pa.BufferOutputStream()
    with ParquetFile(sink) as file:
        file.add(pa.RecordBatch.from_arrays([numbers.combine_chunks()], [name]))
        file.end({})
    whole = sink.getvalue()
    chunk = pq.read_metadata(pa.BufferReader(whole)).row_group(0).column(0)
    return memoryview(whole)[chunk.data_page_offset : chunk.data_page_offset + chunk.total_compressed_size]


class CsvFile:
    """A csv file that takes batches one after the other, safe to open, with a mark so that Excel reads the Chinese."""

    def __init__(self, path: Path) -> None:
        """Nothing is written yet."""
        self._stream = path.open("wb")
        self._stream.write(codecs.BOM_UTF8)
        self._head: list[str] | None = None

    def __enter__(self) -> Self:
        """Open from the beginning."""
        return self

    def __exit__(self, *_others: object) -> None:
        """The end of the file."""
        self._stream.close()

    def end(self, _about: Mapping[str, Any]) -> None:
        """A csv file has no room for what it is about."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Write the next rows, below the header if they are the first."""
        if self._head is None:
            self._head = [safe_text(name) for name in batch.schema.names]
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow(self._head)
            self._stream.write(line.getvalue().encode())
        columns = [_texts(column) for column in batch.columns]
        lines = pc.binary_join_element_wise(*columns, _BETWEEN_CELLS, null_handling="replace", null_replacement="")
        whole = pc.binary_join_element_wise(lines, _NOTHING, _END_OF_LINE)
        if not len(whole):
            return
        _, ends, content = whole.buffers()
        offsets = np.frombuffer(ends, dtype=np.int32)[whole.offset : whole.offset + len(whole) + 1]
        self._stream.write(memoryview(content)[int(offsets[0]) : int(offsets[-1])])


_BETWEEN_CELLS, _NOTHING, _END_OF_LINE, _POINT = arrow_texts([",", "", "\n", ".0"])
"""Texts of Arrow's own: to take one of Python's loads pandas."""


def _texts(column: pa.Array) -> pa.Array:
    """Cells as they stand in the file: safe for a spreadsheet, in quotation marks where needed, digits as Python's."""
    if pa.types.is_dictionary(column.type):
        words = arrow_texts([_quoted(word) for word in column.dictionary.to_pylist()])
        return words.take(column.indices)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        rows = _to_be_quoted(column)
        quoted = [_quoted(text) for text in column.take(arrow_numbers(rows)).to_pylist()]
        return (replaced(column, rows, quoted) if rows.size else column).cast(pa.string())
    if pa.types.is_struct(column.type):  # words and numbers, of which each row has one at most
        return pc.coalesce(*map(_texts, column.flatten()))
    texts = column.cast(pa.string())
    return _as_python(column, texts) if pa.types.is_floating(column.type) else texts


def _as_python(column: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts of numbers as `repr` has them, as in every other csv file: 50.0 and not 50."""
    numbers = numbers_of(column)
    size = np.abs(numbers)
    apart = ((size < _SMALLEST_PLAIN) & (size > 0)) | (size >= _LARGEST_PLAIN)
    whole = (np.floor(numbers) == numbers) & ~apart
    if whole.any():
        texts = pc.if_else(arrow_truths(whole), pc.binary_join_element_wise(texts, _POINT, _NOTHING), texts)
    if apart.any():
        texts = pc.replace_with_mask(
            texts, arrow_truths(apart), arrow_texts([repr(each) for each in numbers[apart].tolist()])
        )
    return texts


_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-4, 1e10
"""Between these Arrow and Python write a number alike, but for the `.0` of a whole one."""


def _to_be_quoted(texts: pa.Array) -> npt.NDArray[np.int64]:
    """The rows whose text may stand otherwise in a csv file: those of a mark in it, or of a sign at its beginning.

    None of them is a gap, whatever bytes lie there.

    >>> _to_be_quoted(pa.array(["合肥", "=1", "a,b", None, "", "＝1"])).tolist()
    [1, 2, 5]
    """
    data, starts, ends = bytes_of(texts)
    if not data.size:
        return np.zeros(0, dtype=np.int64)
    first = int(starts[0])
    marked = rows_with_bytes(ends, np.flatnonzero(_MARKS[data[first : int(ends[-1])]]) + first)
    begins = np.flatnonzero((ends > starts) & _FIRST_BYTES[data[np.minimum(starts, len(data) - 1)]])
    rows = np.union1d(marked, begins)
    return rows[are_known(texts)[rows]] if texts.null_count else rows


def _bytes(signs: str) -> npt.NDArray[np.bool_]:
    """The first bytes of some characters."""
    table = np.zeros(256, dtype=np.bool_)
    table[[sign.encode()[0] for sign in signs]] = True
    return table


_MARKS: Final = _bytes(',"\n\r')
_FIRST_BYTES: Final = _bytes("".join(UNSAFE_STARTS))


def _quoted(text: str) -> str:
    safe = str(safe_text(text))
    if not any(mark in safe for mark in ',"\n\r'):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'


def write_rows(path: Path, rows: pa.Table) -> None:
    """Write a table as a csv file, a piece at a time; one without rows has its header."""
    with CsvFile(path) as file:
        for start in range(0, max(len(rows), 1), ROWS_IN_GROUP):
            columns = [column.combine_chunks() for column in rows.slice(start, ROWS_IN_GROUP).columns]
            file.add(pa.RecordBatch.from_arrays(columns, rows.column_names))


def result_file(path: Path, form: str) -> ParquetFile | CsvFile:
    """The file that results are written into, by the suffix of its name."""
    return CsvFile(path) if form == ".csv" else ParquetFile(path)

"""Bring all rows of a unit together, however far apart they stand in a data set, without holding them all at once.

What is read of a piece is put down in one file, part by part; a part is read back from all files. Part and place in it
follow from the unit and the order of the data alone, so any number of processes may do it in any order.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, codes_of, numbers_of, objects_of, worded
from parkscore.data.arrow_texts import ArrowTexts, CellColumn
from parkscore.data.coded_texts import CellColumns, CodedTexts
from parkscore.data.datasets import Dataset, Piece
from parkscore.data.plain_texts import text_column
from parkscore.data.row_places import RowPlaces, RowsOfSheet
from parkscore.data.table import UNIT, YEAR, Origin, Table
from parkscore.data.text_hashes import text_hashes

_ROW: Final = "row"
_LINE: Final = "line"
_FILE: Final = "file"
_VALUES: Final = "value:"
_STATES: Final = "state:"
_TEXTS: Final = "text:"
_FEW: Final = 8
"""Texts come by number where each stands in so many rows or more."""


@dataclass(frozen=True)
class UnitParts:
    """A data set in parts of which each holds all rows of its units; small enough to be sent with every task.

    folder: where the files lie; nobody else writes there. parts: how many there are.
    """

    dataset: Dataset
    folder: Path
    parts: int

    def add(self, piece: Piece, table: Table) -> None:
        """Put down the rows of a piece; done twice, it is the same as once."""
        parts = text_hashes(table.cells[UNIT]) % np.uint64(self.parts)
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(self.parts + 1))
        rows = _written(self.dataset, table, piece).take(arrow_numbers(order))
        path = self._file(piece)
        # Processes of two machines may have the same number.
        beside = path.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
        with pa.OSFile(str(beside), "wb") as stream, pa.ipc.new_file(stream, rows.schema) as writer:
            for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
                writer.write_batch(rows.slice(start, end - start))
        beside.replace(path)

    def read(self, part: int, pieces: Sequence[Piece]) -> tuple[Table, npt.NDArray[np.int64]]:
        """The table of a part, in the order of the data, and for each of its rows its place in the data set.

        Places count from 0: rows, or in csv files lines. pieces: all that were put down, in their order. The table has
        no digest, and no notes: those of the pieces hold.
        """
        batches = []
        for piece in pieces:
            with pa.OSFile(str(self._file(piece)), "rb") as stream:
                batch = pa.ipc.open_file(stream).get_batch(part)
            if batch.num_rows:
                batches.append(batch)
        batches = batches or [batch]
        return _table(self.dataset, batches), _numbers(batches, _ROW)

    def _file(self, piece: Piece) -> Path:
        return self.folder / f"units-{piece.number:06d}.arrow"


def _written(dataset: Dataset, table: Table, piece: Piece) -> pa.RecordBatch:
    """The rows of a piece with their places."""
    places = table.origin.rows
    assert isinstance(places, RowPlaces)  # noqa: S101  # tables that were read have these
    columns: dict[str, Any] = {UNIT: text_column(table.cells[UNIT])}
    if table.years is not None:
        columns[YEAR] = table.years
    for name in table.cells:
        if name in (UNIT, YEAR):
            continue
        if dataset.framework.fields[name].is_text:
            columns[_TEXTS + name] = _arrow_texts(table.coded(name))
        else:
            columns[_VALUES + name] = table.cells[name]
            columns[_STATES + name] = table.states[name]
    counts = [len(sheet.rows) for sheet in places.parts]
    lines = [np.asarray(sheet.lines, dtype=np.int64)[sheet.rows] for sheet in places.parts]
    first_rows = [dataset.files[part.file].first_row for part in piece.of_files]
    columns[_FILE] = np.repeat(np.array([part.file for part in piece.of_files], dtype=np.int32), counts)
    columns[_LINE] = np.concatenate(lines)
    columns[_ROW] = columns[_LINE] - 1 + np.repeat(np.array(first_rows, dtype=np.int64), counts)
    arrays = {name: own if isinstance(own, pa.Array) else arrow_numbers(own) for name, own in columns.items()}
    return pa.RecordBatch.from_pydict(arrays)


def _arrow_texts(texts: CodedTexts) -> pa.Array:
    by_number = worded(texts.texts, texts.codes, texts=pa.large_string())
    return by_number if len(texts.texts) * _FEW <= len(texts) else by_number.dictionary_decode()


def _table(dataset: Dataset, batches: Sequence[pa.RecordBatch]) -> Table:
    framework = dataset.framework
    units = pa.concat_arrays([batch.column(UNIT).cast(pa.large_string()) for batch in batches])
    columns: dict[str, CellColumn | CodedTexts] = {UNIT: ArrowTexts(units)}
    if framework.time is not None:
        columns[YEAR] = _numbers(batches, YEAR)
    states: dict[str, npt.NDArray[np.int8]] = {}
    texts: dict[str, CodedTexts] = {}
    for name, field in framework.fields.items():
        if field.formula is not None:
            continue
        if field.is_text:
            texts[name] = CodedTexts.together([_coded(batch.column(_TEXTS + name)) for batch in batches])
            columns[name] = texts[name]
        else:
            columns[name] = _numbers(batches, _VALUES + name)
            states[name] = _numbers(batches, _STATES + name)
    return Table(
        cells=CellColumns(columns),
        states=states,
        origin=_origin(dataset, batches),
        conversions=dataset.conversions,
        texts=texts,
    )


def _numbers(batches: Sequence[pa.RecordBatch], name: str) -> npt.NDArray[Any]:
    return np.concatenate([numbers_of(batch.column(name)) for batch in batches])


def _coded(column: pa.Array) -> CodedTexts:
    if isinstance(column, pa.DictionaryArray):
        return CodedTexts(codes_of(column), objects_of(column.dictionary))
    return CodedTexts.of(objects_of(column))


def _origin(dataset: Dataset, batches: Sequence[pa.RecordBatch]) -> Origin:
    """Where each row stands in which file; the column only where it is the same in all files."""
    lines = _numbers(batches, _LINE)
    places = RowPlaces((RowsOfSheet(None, lines.tolist(), np.arange(len(lines))),))
    paths = [file.path for file in dataset.files]
    of_rows = [paths[number] for number in _numbers(batches, _FILE).tolist()]
    columns = [each.shape.columns for each in dataset.files]
    same = {
        name: column.place
        for name, column in columns[0].items()
        if all(len(other[name].measures) == 1 and other[name].place == column.place for other in columns)
    }
    return Origin(dataset.source, places, {(None, name): place for name, place in same.items()}, {}, of_rows)

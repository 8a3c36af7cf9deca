"""Put what sheets say into one table, row under row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_texts import ArrowTexts, CellColumn, objects_in
from parkscore.data.body import Body, key_columns
from parkscore.data.coded_texts import CellColumns, CodedTexts
from parkscore.data.row_places import RowPlaces, RowsOfSheet
from parkscore.data.table import UNIT, YEAR, Origin, State, Table
from parkscore.framework.models import Framework


def table_of(bodies: Sequence[Body], file: str, framework: Framework, digest: str) -> Table:
    """The rows of all sheets under each other, with every field that is not derived."""
    units = _joined([objects_in(body.units) for body in bodies])
    return _table_of(bodies, units, file, framework, digest, None)


def table_of_piece(bodies: Sequence[Body], file: str, framework: Framework, fields: Collection[str] | None) -> Table:
    """The rows of one piece, with all fields or those that are asked for; units stay as they were read.

    bodies: what was read of each file; file: the first of these.
    """
    units = bodies[0].units
    if len(bodies) > 1:
        units = _units_of_all([body.units for body in bodies])
    return _table_of(bodies, units, file, framework, "", fields)


def _table_of(
    bodies: Sequence[Body],
    units: CellColumn,
    file: str,
    framework: Framework,
    digest: str,
    fields: Collection[str] | None,
) -> Table:
    columns: dict[str, Any] = {UNIT: units}
    if framework.time is not None:
        columns[YEAR] = _joined([body.years for body in bodies if body.years is not None])
    states: dict[str, npt.NDArray[np.int8]] = {}
    texts: dict[str, CodedTexts] = {}
    for identifier, data_field in framework.fields.items():
        if data_field.formula is not None or (fields is not None and identifier not in fields):
            continue
        if data_field.is_text:
            coded = [body.texts.get(identifier) or _no_texts(len(body.rows)) for body in bodies]
            texts[identifier] = CodedTexts.together(coded)
            columns[identifier] = texts[identifier]
        else:
            parts = [body.numbers.get(identifier) or _all_missing(len(body.rows)) for body in bodies]
            columns[identifier] = _joined([values for values, _ in parts])
            states[identifier] = _joined([part_states for _, part_states in parts])
    return Table(
        cells=CellColumns(columns),
        states=states,
        origin=_origin(bodies, file),
        conversions=tuple(conversion for body in bodies for conversion in body.conversions),
        notes=tuple(dict.fromkeys(note for body in bodies for note in body.notes)),
        digest=digest,
        texts=texts,
    )


def _units_of_all(parts: Sequence[CellColumn]) -> CellColumn:
    """Units of several files, as Arrow has them where all of them are so."""
    arrays = [part.array for part in parts if isinstance(part, ArrowTexts)]
    if len(arrays) == len(parts):
        return ArrowTexts(pa.concat_arrays(arrays))
    return _joined([objects_in(part) for part in parts])


def _joined(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _no_texts(count: int) -> CodedTexts:
    return CodedTexts(np.full(count, -1, dtype=np.int32), np.empty(0, dtype=object))


def _all_missing(count: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    return np.full(count, np.nan), np.full(count, State.MISSING, dtype=np.int8)


def _origin(bodies: Sequence[Body], file: str) -> Origin:
    """Where each row and column stands in the file, or in which of those of a folder."""
    rows = RowPlaces(tuple(RowsOfSheet(body.sheet.name, body.sheet.lines, body.rows) for body in bodies))
    starts = np.cumsum([0, *(len(body.rows) for body in bodies)]).tolist()
    elsewhere = {
        (start + row, identifier): column
        for start, body in zip(starts, bodies, strict=False)
        for (row, identifier), column in body.elsewhere.items()
    }
    in_folder = {body.sheet.file for body in bodies} != {file}
    files = [body.sheet.file for body in bodies for _ in range(len(body.rows))] if in_folder else []
    return Origin(file, rows, _columns(bodies), elsewhere, files)


def _columns(bodies: Sequence[Body]) -> dict[tuple[str | None, str], int]:
    """For each sheet where its fields stand; one that stands elsewhere in the next file has no place for all rows."""
    met: dict[tuple[str | None, str], set[int]] = {}
    for body in bodies:
        fields = {identifier: headings[0].column for identifier, headings in body.layout.fields.items()}
        for name, column in (key_columns(body.layout) | fields).items():
            met.setdefault((body.sheet.name, name), set()).add(column)
    return {place: columns.pop() for place, columns in met.items() if len(columns) == 1}

"""Find one unit among the stored results of very many, without reading the others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.source_files import unusable, why_unread
from parkscore.explanation.not_there import as_read, nearest, no_such_unit, no_such_year, without_leading_zeros
from parkscore.explanation.stored_form import damaged_at, damaged_column
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text, system_reason

SCHEMA: Final = "parkscore-dataset/1"
_KEY: Final = b"parkscore"
_UNIT: Final = "unit"
_YEAR: Final = "year"
_LOOKED_AT: Final = 2_000  # ids among which the nearest are looked for


class Stored(NamedTuple):
    """One row of a file of results, and what the file says of all its rows.

    document: as in `parkscore.evaluation_document.document`. row: by column. years: all years in which the unit stands
    there, ascending; empty where the file has no years.
    """

    document: Mapping[str, Any]
    row: Mapping[str, Any]
    years: tuple[int, ...]


def read_stored(path: str | os.PathLike[str], unit: str, year: int | None = None) -> Stored:
    """The row of a unit in a Parquet file that `parkscore score` wrote.

    year: the data year, by default the latest in which the unit stands there. Only the ids are looked through, and of
    the other columns one row group is read.

    Raises UsageError where there is no such file, where it is no such result, and where the unit is not in it; then
    with the nearest ids.
    """
    file = os.fspath(path)
    if os.path.isdir(file):  # noqa: PTH112  # `Path.is_dir` raises where a name is too long
        raise _no_result(file, Text("是文件夹", "is a folder"))
    try:
        with pq.ParquetFile(file) as results:
            document = _document(results, file)
            rows = next((own for name in as_read(unit) if (own := list(_rows_of(results, name)))), [])
            found = sorted(rows, key=lambda each: each.year or 0)
            if not found:
                raise no_such_unit(unit, _nearest(results, unit), Place(Path(file).name))
            chosen = _of_year(found, file, unit, year)
            group = results.read_row_group(chosen.group).slice(chosen.row, 1)
    except FileNotFoundError:
        message = Text("没有这个文件", "does not exist")
        raise UsageError(
            Finding(code="not_found", severity=Severity.ERROR, message=message, place=Place(file))
        ) from None
    except pa.ArrowException as problem:
        reason = str(problem).partition("\n")[0]
        raise _no_result(file, Text(f"读不出来：{reason}", f"cannot be read: {reason}")) from None
    except PermissionError as problem:
        raise unusable("unreadable", file, *why_unread(problem)) from None
    except OSError as problem:
        raise _no_result(file, system_reason(problem)) from None
    row = dict(zip(group.schema.names, (column[0].as_py() for column in group.columns), strict=True))
    column = damaged_column(document, row)
    if column is not None:
        message = Text(f"列 {column} 缺失或已损坏", f"the column {column} is missing or damaged")
        raise _no_result(file, message, unit=unit)
    return Stored(document, row, tuple(each.year for each in found if each.year is not None))


class _Spot(NamedTuple):
    """Where a row stands: its row group, its row in the group, and its year."""

    group: int
    row: int
    year: int | None


def _document(results: pq.ParquetFile, file: str) -> Mapping[str, Any]:
    said = (results.metadata.metadata or {}).get(_KEY)
    try:
        document = json.loads(said) if said is not None else {}
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _no_result(file, Text("不是 parkscore score 写出的结果", "is no result of `parkscore score`"))
    place = damaged_at(document)
    if place is not None:
        message = Text(f"元数据 parkscore 中 {place} 缺失或已损坏", f"{place} of its metadata is missing or damaged")
        raise _no_result(file, message)
    wrong = next((name for name, fits in _KINDS.items() if not fits(_kind(results, name))), None)
    if wrong is not None:
        message = Text(f"列 {wrong} 缺失或已损坏", f"the column {wrong} is missing or damaged")
        raise _no_result(file, message)
    own: Mapping[str, Any] = document
    return own


def _kind(results: pq.ParquetFile, name: str) -> pa.DataType | None:
    schema = results.schema_arrow
    return schema.field(name).type if schema.names.count(name) == 1 else None


_KINDS: Final[Mapping[str, Callable[[pa.DataType | None], bool]]] = {
    _UNIT: lambda kind: kind is not None and (pa.types.is_string(kind) or pa.types.is_large_string(kind)),
    _YEAR: lambda kind: kind is None or pa.types.is_integer(kind),
}
"""What the columns hold in which a row is looked for; a result without years has no column of them."""


def _no_result(file: str, message: Text, unit: str | None = None) -> UsageError:
    hint = Text(
        "先用 parkscore score 指标体系 数据 -o 结果.parquet 计分，再解释这个结果",
        "score first: parkscore score FRAMEWORK DATA -o RESULT.parquet, then explain that result",
    )
    place = Place(file)
    finding = Finding(code="not_a_result", severity=Severity.ERROR, message=message, hint=hint, place=place, unit=unit)
    return UsageError(finding)


def _rows_of(results: pq.ParquetFile, unit: str) -> Iterator[_Spot]:
    """Every row of a unit; row groups whose ids all lie before or after it are passed over."""
    column = results.schema_arrow.names.index(_UNIT)
    has_years = _YEAR in results.schema_arrow.names
    for group in range(results.metadata.num_row_groups):
        kept = results.metadata.row_group(group).column(column).statistics
        if kept is not None and kept.has_min_max and not kept.min <= unit <= kept.max:
            continue
        units = results.read_row_group(group, columns=[_UNIT]).column(0)
        rows = _places(units.combine_chunks(), unit)
        if rows:
            years = results.read_row_group(group, columns=[_YEAR]).column(0) if has_years else None
            yield from (_Spot(group, row, None if years is None else years[row].as_py()) for row in rows)


def _places(units: pa.Array, unit: str) -> list[int]:
    """The rows that hold an id, found among the bytes of all: functions of pyarrow.compute would load pandas first."""
    if not pa.types.is_string(units.type):
        return [row for row, text in enumerate(units.to_pylist()) if text == unit]
    _, ends, texts = units.buffers()
    offsets = np.frombuffer(ends, dtype=np.int32)[units.offset : units.offset + len(units) + 1]
    content, wanted = texts.to_pybytes(), unit.encode()
    rows, at = [], content.find(wanted, int(offsets[0]))
    while 0 <= at < offsets[-1]:
        row = int(np.searchsorted(offsets, at, side="right")) - 1
        if offsets[row] == at and offsets[row + 1] - at == len(wanted):
            rows.append(row)
        at = content.find(wanted, at + 1)
    return rows


def _of_year(found: Sequence[_Spot], file: str, unit: str, year: int | None) -> _Spot:
    if year is None:
        return found[-1]
    for each in found:
        if each.year == year:
            return each
    raise no_such_year(unit, year, [each.year for each in found if each.year is not None], Place(file))


def _nearest(results: pq.ParquetFile, unit: str) -> list[str]:
    """The ids most like one, looked for among those that begin alike or have its numbers with more zeros."""
    # Functions that only a wrong id needs take their time to load.
    import pyarrow.compute as pc

    parts = re.split(r"(\d+)", without_leading_zeros(unit))
    same = "".join(f"0*{part}" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    for length in range(len(unit) - 1, 0, -1):
        alike: list[str] = []
        for group in range(results.metadata.num_row_groups):
            units = results.read_row_group(group, columns=[_UNIT]).column(0)
            alike += pc.unique(units.filter(pc.match_substring_regex(units, f"^{same}$"))).to_pylist()
            alike += pc.unique(units.filter(pc.starts_with(units, unit[:length]))).to_pylist()[:_LOOKED_AT]
            if len(alike) >= _LOOKED_AT:
                break
        if alike:
            return nearest(unit, dict.fromkeys(alike))
    return []

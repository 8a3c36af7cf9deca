"""Tables as plain data, and JSON documents that can be compared line by line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from parkscore.late_pandas import pd
from parkscore.output.files import refuse_other_form, write_text


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts with None where there is no value."""
    names = list(frame.columns)
    columns = [_plain(frame.iloc[:, number]) for number in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def records_of(
    names: Sequence[str], rows: Iterable[Sequence[Any]], whole: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Rows as `records` has those of a frame, without making one.

    As there the numbers of a column are all floats where one of them is, or where one is missing; whole: columns that
    are whole numbers all the same.

    >>> records_of(["n", "x"], [(1, 2), (None, 2.5)], whole=["n"])
    [{'n': 1, 'x': 2.0}, {'n': None, 'x': 2.5}]
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    made = [column if name in whole else _alike(column) for name, column in zip(names, columns, strict=bool(columns))]
    return [dict(zip(names, row, strict=True)) for row in zip(*made, strict=True)]


def _alike(cells: list[Any]) -> list[Any]:
    """The cells of a column with None for NaN, all numbers of one type."""
    if all(isinstance(cell, str) for cell in cells):
        return cells
    plain = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
    numbers = all(cell is None or (isinstance(cell, Real) and not isinstance(cell, bool)) for cell in plain)
    if not numbers or all(isinstance(cell, Integral) for cell in cells):
        return plain
    return [None if cell is None else float(cell) for cell in plain]


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Python's own numbers and texts, None where there is no value."""
    gaps = column.isna().to_numpy()
    values = column.tolist()
    return [None if gap else value for gap, value in zip(gaps, values, strict=True)] if gaps.any() else values


def write_json(path: str | Path, document: Callable[[], Mapping[str, Any]]) -> Path:
    """Write what `document` makes, once the name of the file fits, as JSON with a line for each entry of its lists."""
    refuse_other_form(path, ".json")
    return write_text(path, json_by_line(document()))


def json_by_line(document: Mapping[str, Any]) -> str:
    """A JSON document with one line for each entry of its lists, so that two of them can be compared line by line."""

    def text_of(value: Any) -> str:
        # JSON knows no NaN and no infinity; one that slipped through is a fault, not a value.
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def part(value: Any) -> str:
        if not isinstance(value, list) or not value:
            return text_of(value)
        return "[\n" + ",\n".join(text_of(entry) for entry in value) + "\n]"

    return "{\n" + ",\n".join(f"{text_of(key)}: {part(value)}" for key, value in document.items()) + "\n}\n"

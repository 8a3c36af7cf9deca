"""Tables as plain data, and JSON documents that can be compared line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from parkscore.output.files import refuse_other_form, write_text


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts with None where there is no value."""
    names = list(frame.columns)
    columns = [_plain(frame.iloc[:, number]) for number in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


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

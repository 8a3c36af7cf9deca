"""Read a table of mergers: which enterprise is gone, and which took it over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from parkscore.data.reading import read_table
from parkscore.findings import DataError, Finding, Severity, UsageError, of_type
from parkscore.framework.models import DataField, Framework, Label, UnitKey
from parkscore.language import Text

_OLD, _NEW = ("old", "原代码", "被合并企业"), ("new", "新代码", "合并后企业")
_MERGERS = Framework(
    id="mergers",
    title=Label(zh="企业合并对照表", en="Table of mergers"),
    unit=UnitKey(key=_OLD[0], zh=_OLD[1], en=_OLD[0], aliases=_OLD[2:]),
    fields={_NEW[0]: DataField(zh=_NEW[1], kind="text", aliases=_NEW[2:])},
)


_CIRCLE: Final = Text("合并关系循环", "the mergers run in a circle")
_WAY_OUT: Final = Text("从合并到存续的企业，逐行只写一次", "write each merger once, from the one that is gone")


def mergers_of(merged: Any) -> Mapping[str, str]:
    """As `read_mergers`, of a mapping made in Python, too.

    Raises UsageError where it is neither a file nor a mapping of texts, or where mergers run in a circle.
    """
    if isinstance(merged, str | os.PathLike | pd.DataFrame):
        return read_mergers(merged)
    hint = Text('给文件，或 {"原代码": "新代码"}', 'give a file, or {"old id": "new id"}')
    if not isinstance(merged, Mapping):
        raise UsageError(of_type("merged", merged, hint))
    wrong = [each for pair in merged.items() for each in pair if not isinstance(each, str)]
    if wrong:
        raise UsageError(of_type("merged", wrong[0], hint))
    circles = [
        Finding(code="merger_cycle", severity=Severity.ERROR, field="merged", value=old, message=_CIRCLE, hint=_WAY_OUT)
        for old in merged
        if _in_a_circle(old, merged)
    ]
    if circles:
        raise UsageError(circles)
    return merged


def read_mergers(file: str | os.PathLike[str] | pd.DataFrame) -> dict[str, str]:
    """By the id of an enterprise that is gone that of its successor: a file with the columns `old` and `new`.

    Raises UsageError and DataError as `read_table` does, and DataError where a successor is missing or mergers run in a
    circle.
    """
    table, _ = read_table(file, _MERGERS)
    successors = table.frame[_NEW[0]].tolist()
    found: list[Finding] = []
    merged: dict[str, str] = {}
    for row, (old, new) in enumerate(zip(table.units.tolist(), successors, strict=True)):
        if isinstance(new, str):
            merged[old] = new
        else:
            message = Text("没有写明合并到哪家企业", "does not say which enterprise took it over")
            found.append(table.finding(row, code="no_successor", severity=Severity.ERROR, message=message))
    found += [
        table.finding(
            row,
            code="merger_cycle",
            severity=Severity.ERROR,
            message=_CIRCLE,
            hint=_WAY_OUT,
        )
        for row, old in enumerate(table.units.tolist())
        if _in_a_circle(old, merged)
    ]
    if found:
        raise DataError(found)
    return merged


def _in_a_circle(start: str, merged: Mapping[str, str]) -> bool:
    met: set[str] = set()
    place = merged.get(start)
    while place is not None and place not in met:
        if place == start:
            return True
        met.add(place)
        place = merged.get(place)
    return False

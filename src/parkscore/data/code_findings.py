"""Name the units and cells whose 统一社会信用代码 is wrong, and the codes that two units of a year share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from parkscore.data.capping import MOST, first_rows
from parkscore.data.credit_codes import are_codes, what_is_wrong
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import USCC, Framework
from parkscore.language import Text, agreeing

NO_CODE: Final = "bad_uscc"
_Rows = npt.NDArray[np.intp]


def wrong_codes(framework: Framework, table: Table) -> Iterator[Finding]:
    """A finding for each of the first wrong codes of a column, and one that counts the others.

    A unit whose code somebody has accepted is among them however many there are.
    """
    accepted = accepted_codes(framework)
    if framework.unit.kind == USCC:
        wrong = np.flatnonzero(~are_codes(table.cells[UNIT]))
        yield from _listed(wrong, table, accepted, None)
    for key in code_fields(framework):
        codes = table.frame[key]
        wrong = np.flatnonzero(codes.notna().to_numpy() & ~are_codes(codes))
        yield from _listed(wrong, table, accepted, key)


def accepted_codes(framework: Framework) -> set[str | None]:
    """The wrong codes by which units are known all the same."""
    return {entry.unit for entry in framework.accepted if entry.rule == USCC}


def shared_codes(framework: Framework, table: Table) -> Iterator[Finding]:
    """A finding for each of the first units whose code another unit has in the same year.

    Where the code is what names the unit, reading refuses a second row of a year, so there is nothing to find.
    """
    for key in code_fields(framework):
        columns = [key] if table.years is None else [key, YEAR]
        frame = table.frame[columns]
        known = frame[key].notna()
        twice = np.flatnonzero((known & frame.duplicated(columns, keep=False)).to_numpy())

        def make(row: int, key: str = key, twice: _Rows = twice) -> Finding:
            return shared(table, row, key, _others(table, twice, row, key))

        yield from first_rows(twice, make)


def code_fields(framework: Framework) -> list[str]:
    """The fields that hold codes."""
    return [key for key, field in framework.fields.items() if field.kind == USCC and field.formula is None]


def _others(table: Table, rows: _Rows, row: int, key: str) -> list[str]:
    """The other units with the same code in the same year."""
    codes = table.frame[key].to_numpy(dtype=object)
    same = [each for each in rows.tolist() if codes[each] == codes[row] and each != row]
    return [table.unit(each) for each in same if table.years is None or table.years[each] == table.years[row]]


def _listed(rows: _Rows, table: Table, accepted: set[str | None], key: str | None) -> Iterator[Finding]:
    first = [row for number, row in enumerate(rows.tolist()) if number < MOST or table.unit(row) in accepted]
    yield from (_wrong(table, row, key) for row in first)
    if len(first) < len(rows):
        left = next(row for row in rows[::-1].tolist() if table.unit(row) not in accepted)
        yield replace(_wrong(table, left, key), more=len(rows) - len(first))


def _wrong(table: Table, row: int, key: str | None) -> Finding:
    code = table.unit(row) if key is None else str(table.frame[key].iloc[row])
    message, hint = no_code(code)
    return table.finding(
        row,
        code=NO_CODE,
        severity=Severity.ERROR,
        column=UNIT if key is None else key,
        field=key,
        value=code,
        rule=USCC,
        message=message,
        hint=hint,
    )


def no_code(text: str) -> tuple[Text, Text | None]:
    """That a text is no code and why, and the way out."""
    message, hint = what_is_wrong(text)
    return Text(f"不是统一社会信用代码：{message.zh}", f"is no 统一社会信用代码: {message.en}"), hint


def shared_message(others: list[str]) -> Text:
    """Which other units have the code."""
    zh, en = "、".join(others[:3]), ", ".join(others[:3])
    return Text(
        f"同一年里 {zh} 也用这个代码", f"{en} {agreeing(len(others), 'has', 'have')} the same code in the same year"
    )


def shared(table: Table, row: int, key: str, others: list[str]) -> Finding:
    """What is said of a unit whose code others have."""
    return table.finding(
        row,
        code="shared_uscc",
        severity=Severity.WARNING,
        column=key,
        field=key,
        value=str(table.frame[key].iloc[row]),
        message=shared_message(others),
        hint=Text("一个代码只属于一家；改正其中一个", "a code belongs to one organisation; correct one of them"),
    )

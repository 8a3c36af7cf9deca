"""Read a table for a framework, a workbook, a csv or Parquet file, a folder or a frame; oddities are findings."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parkscore.data.arrow_arrays import arrow_numbers, arrow_texts, truths_of
from parkscore.data.arrow_texts import objects_in
from parkscore.data.assembling import table_of
from parkscore.data.batches import read_bodies
from parkscore.data.body import Body, conversions_of, read_body
from parkscore.data.collecting import Collected
from parkscore.data.datasets import open_dataset
from parkscore.data.empty_files import NO_ROWS, is_empty, report_empty
from parkscore.data.frames import digest_of_frame, sheet_of_frame
from parkscore.data.headers import Names, normalised
from parkscore.data.layout import read_layout
from parkscore.data.parquet_files import read_parquet
from parkscore.data.plain_texts import texts_written_otherwise
from parkscore.data.repeated_rows import report_repeated, report_similar
from parkscore.data.sheets import Sheet
from parkscore.data.source_files import refuse_unsuitable, unusable, why_unread
from parkscore.data.table import Table
from parkscore.data.text_files import read_text_file
from parkscore.data.text_hashes import are_all_different
from parkscore.data.units import REMARK_ROW, TOTAL_ROW
from parkscore.findings import DataError, Finding, Place, errors_of
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import is_frame, pd

FRAME: Final = "DataFrame"


def read_table(source: str | os.PathLike[str] | pd.DataFrame, framework: Framework) -> tuple[Table, list[Finding]]:
    """Read the units, years and fields of a framework from a file or a frame.

    source: the path of an .xlsx, .csv or .parquet file, of a folder of .csv or of .parquet files, which are read as
    one table, or a frame, which is left as it is.
    Returns the table, one row per unit and year in the order of the source, numbers in the measures of the fields;
    and the findings that do not stop a run, in the order they were met.
    Raises UsageError where the source is no file that can be read, and DataError with everything that is wrong with
    its contents, warnings included.

    The same data give the same table from each kind of source, whatever the order of the columns.

    >>> from parkscore.framework.models import DataField, Label, UnitKey
    >>> framework = Framework(
    ...     id="f", title=Label(zh="例"), unit=UnitKey(key="zone", zh="高新区"), indicators=(),
    ...     fields={"qc05": DataField(zh="营业收入", measure="千元")})
    >>> table, findings = read_table(pd.DataFrame({"高新区": ["甲"], "营业收入(亿元)": [2]}), framework)
    >>> table.frame["qc05"].tolist(), [finding.code for finding in findings]
    ([200000.0], ['measure_converted'])
    """
    table, found = read_with_findings(source, framework)
    if table is None or errors_of(found):
        raise DataError(found)
    return table, found


def read_with_findings(
    source: str | os.PathLike[str] | pd.DataFrame, framework: Framework
) -> tuple[Table | None, list[Finding]]:
    """Read as `read_table` does, and go on where there are errors, so that what was read can be checked too.

    Returns the table, in which a cell with an error counts as missing and a row without a unit or year, or for a
    unit and year met before, is left out; None where no row can be read. And all findings, errors among them.
    Raises UsageError where the source is no file that can be read.
    """
    names = Names(framework)
    found = Collected()
    if not is_frame(source) and _is_folder(source):
        return _read_folder(source, framework)
    if is_frame(source):
        file, digest = FRAME, digest_of_frame(source)
        sheets: Sequence[Sheet] = [sheet_of_frame(source, file, names)]
    else:
        file = os.fspath(source)
        content = _content(file)
        digest = hashlib.sha256(content).hexdigest()
        sheets = _sheets(content, file, names, found)
    bodies = []
    for sheet in sheets:
        layout = read_layout(sheet, framework, names, found)
        if layout is not None:
            body = read_body(sheet, layout, framework, found)
            body.units = objects_in(body.units)
            body.conversions = conversions_of(sheet, layout, framework, found)
            bodies.append(body)
    return _together(bodies, file, framework, digest, found), found.findings


def _together(bodies: Sequence[Body], file: str, framework: Framework, digest: str, found: Collected) -> Table | None:
    """The rows of all bodies as one table, None where there are none; what only shows then is found, too."""
    _check_rows(bodies, file, found)
    sound = _sound(bodies) if found.has_errors else bodies
    if not any(len(body.rows) for body in sound):
        return None
    left_out = {code: found.count(code) for code in (TOTAL_ROW, REMARK_ROW)}
    return replace(table_of(sound, file, framework, digest), left_out=left_out)


def _is_folder(source: str | os.PathLike[str]) -> bool:
    try:
        return Path(source).is_dir()
    except OSError:
        return False  # reading it as a file says what is wrong with its name


def _read_folder(source: str | os.PathLike[str], framework: Framework) -> tuple[Table | None, list[Finding]]:
    """The files of a folder as one table, each of its places with its file."""
    found = Collected()
    try:
        dataset = open_dataset(source, framework)
    except DataError as error:
        return None, error.findings
    bodies, broken = read_bodies(dataset, (part for piece in dataset.pieces() for part in piece.of_files), found)
    for body in bodies:
        body.units = objects_in(body.units)
    if broken:
        sound = [body for body in bodies if len(body.rows)]  # that there are no others is no finding of its own
        table = _together(sound, dataset.source, framework, "", found)
        return table, [*broken, *dataset.findings, *found.findings]
    table = _together(bodies, dataset.source, framework, dataset.digest(), found)
    if table is not None:
        table = replace(table, conversions=dataset.conversions)
    return table, [*dataset.findings, *found.findings]


def _sound(bodies: Sequence[Body]) -> list[Body]:
    """The bodies with the rows that can be told apart: those with a unit and year not met before."""
    met: set[tuple[str, int | None]] = set()
    sound = []
    for body in bodies:
        keep = []
        for row in range(len(body.rows)):
            key = _key(body, row)
            if key[0] and key[1] != 0 and key not in met:
                met.add(key)
                keep.append(row)
        sound.append(body.only(np.array(keep, dtype=np.int64)))
    return sound


def _content(file: str) -> bytes:
    """The bytes of a file that exists and has a suffix that is read."""
    path = Path(file)
    try:
        refuse_unsuitable(path)
        return path.read_bytes()
    except OSError as problem:
        raise unusable("unreadable", file, *why_unread(problem)) from None


def _sheets(content: bytes, file: str, names: Names, found: Collected) -> Sequence[Sheet]:
    suffix = Path(file).suffix.lower()
    if is_empty(content):
        report_empty(file, found)
        return []
    if suffix == ".xlsx":
        from parkscore.data.workbooks import read_workbook  # here, as large data are no workbook

        return read_workbook(content, file, names, found)
    read_one = read_text_file if suffix == ".csv" else read_parquet
    sheet = read_one(content, file, names, found)
    return [] if sheet is None else [sheet]


def _check_rows(bodies: Sequence[Body], file: str, found: Collected) -> None:
    """Report what only shows when all rows are seen together."""
    if bodies and not any(len(body.rows) for body in bodies) and not found.has_errors:
        message = Text("表头下面没有数据行", "there are no rows below the header")
        found.error("no_rows", message, NO_ROWS, place=Place(file))
    named = [body for body in bodies if body.layout.unit]
    units = _units_of(named)
    if units is None or _may_repeat(units, named):
        _report_duplicates(_rows(named), found)
    if units is None or _may_be_similar(units):
        _report_similar_units(_rows(named), found)


def _rows(bodies: Sequence[Body]) -> list[tuple[Body, int]]:
    return [(body, number) for body in bodies for number in range(len(body.rows))]


def _units_of(bodies: Sequence[Body]) -> pa.Array | None:
    """The units of all bodies; None where one has half a character, which no file has and a frame may."""
    try:
        return arrow_texts([unit for body in bodies for unit in objects_in(body.units)], pa.large_string())
    except UnicodeEncodeError:
        return None


def _may_repeat(units: pa.Array, bodies: Sequence[Body]) -> bool:
    """Whether a unit and year is met twice, or may be."""
    years = [body.years for body in bodies if body.years is not None]
    return not are_all_different(units, np.concatenate(years) if years else None)


def _may_be_similar(units: pa.Array) -> bool:
    """Whether two units are the same but for width and space; most units are written so that it need not be asked."""
    doubtful = units.take(arrow_numbers(texts_written_otherwise(units))).unique().to_pylist()
    if not doubtful:
        return False
    shown = {unit: normalised(unit) for unit in doubtful}
    plain = {unit: text for unit, text in shown.items() if unit != text}
    twice = len(set(plain.values())) < len(plain)
    return twice or bool(truths_of(pc.is_in(units, value_set=arrow_texts([*plain.values()], pa.large_string()))).any())


def _row_place(body: Body, number: int) -> Place:
    return body.sheet.place(int(body.rows[number]), body.layout.unit.column if body.layout.unit else None)


def _key(body: Body, number: int) -> tuple[str, int | None]:
    return body.units[number], int(body.years[number]) if body.years is not None else None


def _report_duplicates(rows: Sequence[tuple[Body, int]], found: Collected) -> None:
    keys = [_key(body, number) for body, number in rows]
    if len(set(keys)) == len(keys):
        return
    first: dict[tuple[str, int | None], Place] = {}
    for (body, number), key in zip(rows, keys, strict=True):
        unit, year = key
        here = _row_place(body, number)
        earlier = first.setdefault(key, here)
        if earlier is not here and year != 0:  # year 0 is reported as a missing or bad year
            report_repeated(here, earlier, unit, year, found)


def _report_similar_units(rows: Sequence[tuple[Body, int]], found: Collected) -> None:
    first: dict[str, tuple[Body, int]] = {}
    for body, number in rows:
        first.setdefault(body.units[number], (body, number))
    spelled: dict[str, str] = {}
    for unit, (body, number) in first.items():
        other = spelled.setdefault(normalised(unit), unit)
        if other != unit:
            report_similar(_row_place(body, number), unit, other, _row_place(*first[other]), found)

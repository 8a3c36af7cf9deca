"""Cut a csv file at ends of lines, and read a block of it as the whole file would be read."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.body import conversions_of
from parkscore.data.cells import RawCells
from parkscore.data.collecting import Collected
from parkscore.data.headers import Names, find_header
from parkscore.data.layout import Layout, read_layout
from parkscore.data.plain_csv import read_plain
from parkscore.data.sheets import HEADER_WITHIN, Sheet, sheet_of_rows
from parkscore.data.table import Conversion
from parkscore.data.text_files import (
    GB18030,
    UTF_8,
    UTF_16,
    report_encoding,
    report_gb18030,
    report_malformed,
    report_nul,
    report_unread_header,
    report_utf_16,
    rows_of_text,
    same_width,
    separator_of,
    start_of_line,
)
from parkscore.findings import DataError
from parkscore.framework.models import Framework

_AT_ONCE: Final = 1 << 20
_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Cut:
    """A place between two lines: the bytes before it, and the number of the line after it."""

    offset: int
    line: int


@dataclass(frozen=True)
class TextForm:
    """How a csv file is written.

    width: cells in a row. cuts: from the first row of data to the end of the file, about every million bytes; between
    two of them no row is broken.
    """

    encoding: str
    separator: str
    width: int
    cuts: tuple[Cut, ...]


def scan(path: str, found: Collected) -> tuple[str, tuple[Cut, ...]] | None:
    """The encoding of a file and where it can be cut; None, with the error collected, where it is no text.

    Reads the whole file, a million bytes at a time. A line end inside quotation marks is none.
    """
    utf_8, line, quotes, offset, cuts = codecs.getincrementaldecoder("utf-8")(), 1, 0, 0, [Cut(0, 1)]
    is_utf_8, carriage, open_ = True, False, False
    with Path(path).open("rb") as stream:
        while block := stream.read(_AT_ONCE):
            if not offset and block.startswith(UTF_16):
                report_utf_16(path, found)
                return None
            nul = block.find(b"\0")
            if nul >= 0:
                report_nul(path, line + _line_ends(block[:nul], carriage), found)
                return None
            end = _first_end(block, quotes)
            if end is not None and offset:
                cuts.append(Cut(offset + end, line + _line_ends(block[:end], carriage)))
            line += _line_ends(block, carriage)
            quotes += block.count(b'"')
            carriage, open_ = block.endswith(b"\r"), not block.endswith((b"\r", b"\n"))
            offset += len(block)
            is_utf_8 = is_utf_8 and _decodes(utf_8, block)
    cuts.append(Cut(offset, line + open_))
    if is_utf_8 and _decodes(utf_8, b"", final=True):
        return UTF_8, tuple(cuts)
    if not _is_gb18030(path):
        report_encoding(path, found)
        return None
    return GB18030, tuple(cuts)


def _line_ends(block: bytes, carriage: bool) -> int:
    """How many line ends a block adds; carriage: whether a carriage return stood right before it."""
    ends = block.count(b"\n")
    returns = block.count(b"\r")
    if returns:
        ends += returns - block.count(b"\r\n")
    return ends - (carriage and block.startswith(b"\n"))


def _first_end(block: bytes, quotes: int) -> int | None:
    """The place after the first line end that is in no quotation marks; quotes: how many stood before the block."""
    marks = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord('"')) if b'"' in block else np.empty(0, np.int64)
    place = block.find(b"\n")
    while place >= 0:
        if (quotes + int(np.searchsorted(marks, place))) % 2 == 0:
            return place + 1
        place = block.find(b"\n", place + 1)
    return None


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _is_gb18030(path: str) -> bool:
    decoder = codecs.getincrementaldecoder("gb18030")()
    with Path(path).open("rb") as stream:
        while block := stream.read(_AT_ONCE):
            if not _decodes(decoder, block):
                return False
    return _decodes(decoder, b"", final=True)


def read_head(
    path: str, encoding: str, cuts: Sequence[Cut], framework: Framework, names: Names, found: Collected
) -> tuple[TextForm, Layout | None, list[Conversion]]:
    """How a file is written, what its columns are for, and which come in another measure.

    cuts: as `scan` gives them; those of the form begin with the first row of data. The layout is None, with the error
    collected, where there is no header that can be read.
    """
    enough = next((cut for cut in cuts if cut.offset >= _HEAD), cuts[-1])
    content = _bytes(path, Cut(0, 1), enough)
    text = content.decode(encoding)
    separator = separator_of(text, names)
    unread = TextForm(encoding, separator, 0, (cuts[-1], cuts[-1]))
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(islice(rows_of_text(text, separator), HEADER_WITHIN + 2))
    except csv.Error as problem:
        report_malformed(problem, path, rows[-1][0] + 1 if rows else 1, found)
        return unread, None, []
    header = find_header([cells for _, cells in rows[:HEADER_WITHIN]], names)
    if header is None and encoding == GB18030:
        report_unread_header(path, found)
        return unread, None, []
    if encoding == GB18030:
        report_gb18030(path, found)
    width = len(rows[header or 0][1]) if rows else 0
    padded = same_width(rows, width, header or 0, path, Collected())
    sheet = sheet_of_rows(path, padded, [line for line, _ in rows], apostrophes=True)
    layout = read_layout(sheet, framework, names, found)
    if layout is None:
        return unread, None, []
    conversions = conversions_of(sheet, layout, framework, found)
    start = (
        Cut(start_of_line(content, line := rows[layout.first_row][0]), line)
        if len(rows) > layout.first_row
        else cuts[-1]
    )
    within = [cut for cut in cuts[:-1] if cut.offset > start.offset]
    return TextForm(encoding, separator, width, (start, *within, cuts[-1])), layout, conversions


def _bytes(path: str, start: Cut, end: Cut) -> bytes:
    with Path(path).open("rb") as stream:
        stream.seek(start.offset)
        return stream.read(end.offset - start.offset)


def read_block(path: str, form: TextForm, start: Cut, end: Cut, layout: Layout, found: Collected) -> Sheet:
    """The rows between two cuts, as a sheet in which they stand below the header of the layout.

    Raises DataError where they are not well formed.
    """
    content = _bytes(path, start, end)
    if form.encoding == GB18030:
        content = content.decode(GB18030).encode()
    return _plain_block(path, form, content, start, layout) or _any_block(path, form, content, start, layout, found)


def _plain_block(path: str, form: TextForm, content: bytes, start: Cut, layout: Layout) -> Sheet | None:
    """The rows as whole columns, where none needs to be looked at with care."""
    wanted = {heading.column for heading in layout.headings()}
    read = read_plain(content, form.separator, form.width, start.line, wanted)
    if read is None:
        return None
    columns, lines = read

    def column(number: int, _skip: int) -> RawCells:
        return ArrowCells(columns[number])

    return Sheet(file=path, lines=_below(lines, layout), head=(), column=column, apostrophes=True)


def _any_block(path: str, form: TextForm, content: bytes, start: Cut, layout: Layout, found: Collected) -> Sheet:
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((line + start.line - 1, cells) for line, cells in rows_of_text(content.decode(), form.separator))
    except csv.Error as problem:
        broken = Collected()
        report_malformed(problem, path, rows[-1][0] + 1 if rows else start.line, broken)
        raise DataError(broken.findings) from None
    padded = same_width(rows, form.width, -1, path, found)

    def column(number: int, _skip: int) -> RawCells:
        return [cells[number] for cells in padded]

    lines = _below([line for line, _ in rows], layout)
    return Sheet(file=path, lines=lines, head=(), column=column, apostrophes=True)


def _below(lines: Sequence[int], layout: Layout) -> Sequence[int]:
    """The lines of a sheet whose first rows are those of the header, which stand elsewhere."""
    if isinstance(lines, range):
        return range(lines.start - layout.first_row, lines.stop)
    return [0] * layout.first_row + list(lines)

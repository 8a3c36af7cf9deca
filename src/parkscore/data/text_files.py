"""Read a csv file into a sheet: its encoding, its separator, its rows."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.cells import RawCells, is_blank
from parkscore.data.collecting import Collected
from parkscore.data.headers import Names, find_header, has_header
from parkscore.data.plain_csv import read_plain
from parkscore.data.row_kinds import is_remark
from parkscore.data.sheets import HEADER_WITHIN, Sheet, sheet_of_rows
from parkscore.findings import Place
from parkscore.language import Text, plural

_SEPARATORS: Final = (",", "\t", ";")
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_TEXT_FORMULA_BEGINS: Final = '="'
_TEXT_FORMULA: Final = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_LONG: Final = 1 << 20
_MANY: Final = 1000
UTF_8: Final = "utf-8-sig"
GB18030: Final = "gb18030"
_SAVE_AS_UTF_8: Final = Text("另存为“CSV UTF-8（逗号分隔）”", "save it as 'CSV UTF-8 (comma delimited)'")

Rows = list[tuple[int, list[str]]]


def read_text_file(content: bytes, file: str, names: Names, found: Collected) -> Sheet | None:
    """The one sheet of a csv file, every cell as text; None, with errors collected, where it cannot be read."""
    decoded = _decode(content, file, found)
    if decoded is None:
        return None
    text, encoding = decoded
    separator = separator_of(_head(text), names)
    plain = _plain_sheet(content.removeprefix(codecs.BOM_UTF8), text, encoding, separator, file, names)
    if plain is not None:
        if encoding == GB18030:
            report_gb18030(file, found)
        return plain
    try:
        rows = list(rows_of_text(text, separator))
    except csv.Error as problem:
        report_malformed(problem, file, _last_line(text, separator), found)
        return None
    header = find_header([cells for _, cells in rows[:HEADER_WITHIN]], names)
    if header is None and encoding == GB18030:
        report_unread_header(file, found)
        return None
    if encoding == GB18030:
        report_gb18030(file, found)
    width = len(rows[header or 0][1]) if rows else 0
    padded = same_width(rows, width, header or 0, file, found)
    return sheet_of_rows(file, padded, [line for line, _ in rows], apostrophes=True)


def _plain_sheet(content: bytes, text: str, encoding: str, separator: str, file: str, names: Names) -> Sheet | None:
    """The sheet with whole columns below its header; None where a row needs to be looked at with care."""
    try:
        rows = list(islice(rows_of_text(_head(text), separator), HEADER_WITHIN + 2))
    except csv.Error:
        return None
    header = find_header([cells for _, cells in rows[:HEADER_WITHIN]], names)
    if header is None or len(rows) == header + 1:
        return None
    line, width = rows[header + 1][0], len(rows[header][1])
    content = content if encoding == UTF_8 else text.encode()
    read = read_plain(content[start_of_line(content, line) :], separator, width, line, range(width))
    if read is None:
        return None
    columns, lines = read

    def column(number: int, skip: int) -> RawCells:
        return ArrowCells(columns[number].slice(skip - header - 1))

    return Sheet(
        file=file,
        lines=[*(line for line, _ in rows[: header + 1]), *lines],
        head=same_width(rows[: HEADER_WITHIN + 1], width, header, file, Collected()),
        column=column,
        apostrophes=True,
    )


def _head(text: str) -> str:
    """So much of a long text as surely holds the header."""
    head = text[:_LONG]
    return head if head.count("\n") > _MANY else text


def start_of_line(content: bytes, line: int) -> int:
    r"""The place where a line begins, counted from 1.

    >>> start_of_line(b"a\r\nb\nc", 3)
    5
    """
    ends = (found.end() for found in _LINE_END.finditer(content))
    return 0 if line == 1 else next(islice(ends, line - 2, None))


def _decode(content: bytes, file: str, found: Collected) -> tuple[str, str] | None:
    """The text and its encoding: UTF-8 where it is that, else GB18030."""
    if content.startswith(UTF_16):
        report_utf_16(file, found)
        return None
    nul = content.find(b"\0")
    if nul >= 0:
        report_nul(file, content.count(b"\n", 0, nul) + 1, found)
        return None
    for encoding in (UTF_8, GB18030):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    report_encoding(file, found)
    return None


def report_utf_16(file: str, found: Collected) -> None:
    """Say that a file is in an encoding that is not read."""
    found.error("encoding", Text("是 UTF-16 编码", "is UTF-16"), _SAVE_AS_UTF_8, place=Place(file))


def report_nul(file: str, line: int, found: Collected) -> None:
    """Say that a file has bytes that no text has."""
    message = Text("含空字节，不是文本文件", "has NUL bytes: it is not a text file")
    found.error("nul_bytes", message, _SAVE_AS_UTF_8, place=Place(file, line=line))


def report_encoding(file: str, found: Collected) -> None:
    """Say that a file is in no encoding that is read."""
    message = Text("既不是 UTF-8 也不是 GB18030", "is neither UTF-8 nor GB18030")
    found.error("encoding", message, _SAVE_AS_UTF_8, place=Place(file))


def report_malformed(problem: csv.Error, file: str, line: int, found: Collected) -> None:
    """Say where a file is not well formed."""
    found.error(
        "malformed_csv",
        Text(f"不是完整的 csv：{problem}", f"is not a well-formed csv file: {problem}"),
        Text("检查引号是否成对", "check that quotation marks come in pairs"),
        place=Place(file, line=line),
    )


def report_unread_header(file: str, found: Collected) -> None:
    """Say that no header is recognised in a file that is not UTF-8."""
    message = Text(
        "不是 UTF-8，按 GB18030 读取又认不出表头", "is not UTF-8, and read as GB18030 no header is recognised"
    )
    found.error("encoding", message, _SAVE_AS_UTF_8, place=Place(file))


def report_gb18030(file: str, found: Collected) -> None:
    """Say in which encoding a file was read that is not UTF-8."""
    found.info("encoding_used", Text("按 GB18030 编码读取", "read as GB18030"), place=Place(file))


def separator_of(text: str, names: Names) -> str:
    """The first separator under which a header is seen; the comma where none shows one."""
    for separator in _SEPARATORS:
        try:
            head = [cells for _, cells in islice(rows_of_text(text, separator), HEADER_WITHIN)]
        except csv.Error:
            continue
        if has_header(head, names):
            return separator
    first_line = text.lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=first_line.count)


def rows_of_text(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line it starts on; `="9134"` is the text in it, as for a spreadsheet."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    has_formulas, line = _TEXT_FORMULA_BEGINS in text, 1
    for cells in reader:
        if cells:
            yield line, [_without_formula(cell) for cell in cells] if has_formulas else cells
        line = reader.line_num + 1


def _without_formula(cell: str) -> str:
    r"""The text of a formula that is nothing but a text, by which codes keep their digits in a spreadsheet.

    >>> _without_formula('="913401007"'), _without_formula('="a""b"'), _without_formula('="a"&"b"')
    ('913401007', 'a"b', '="a"&"b"')
    """
    found = _TEXT_FORMULA.fullmatch(cell) if _TEXT_FORMULA_BEGINS in cell else None
    return cell if found is None else found.group(1).replace('""', '"')


def _last_line(text: str, separator: str) -> int:
    """The line at which reading stops."""
    line = 1
    with contextlib.suppress(csv.Error):
        for start, _ in rows_of_text(text, separator):
            line = start + 1
    return line


def same_width(rows: Rows, width: int, header: int, file: str, found: Collected) -> list[list[str]]:
    """Rows as wide as the header; below it, a row of another width is an error unless the surplus is empty.

    rows: each with its line. header: which of them it is, -1 where they all stand below it.
    """
    padded = []
    for number, (line, cells) in enumerate(rows):
        if len(cells) == width:
            padded.append(cells)
            continue
        surplus = any(not is_blank(cell) for cell in cells[width:])
        if number > header and (surplus or _stops_short(cells, width)):
            found.error(
                "ragged_row",
                Text(
                    f"有 {len(cells)} 格，表头有 {width} 格",
                    f"has {plural(len(cells), 'cell')} where the header has {width}",
                ),
                Text("检查这一行的分隔符和引号", "check the separators and quotation marks of this row"),
                place=Place(file, line=line),
            )
            cells = []  # what stands under which header is anybody's guess
        padded.append(cells[:width] + [""] * (width - len(cells)))
    return padded


def _stops_short(cells: list[str], width: int) -> bool:
    """Whether a row breaks off; a remark below the table is one cell long and may."""
    filled = [cell for cell in cells if not is_blank(cell)]
    return len(cells) < width and bool(filled) and not (len(filled) == 1 and is_remark(filled[0]))

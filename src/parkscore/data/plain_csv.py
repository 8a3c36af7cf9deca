"""The rows of a csv text without quotation marks as whole columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.csv as arrow_csv


def read_plain(
    content: bytes, separator: str, width: int, first_line: int, columns: Collection[int]
) -> tuple[dict[int, pa.ChunkedArray], Sequence[int]] | None:
    r"""Some columns as texts, and the line of each row; None where a row needs to be looked at with care.

    content: UTF-8, whole lines. width: the cells of a row. A line without a sign is no row.

    >>> columns, lines = read_plain(b"1,2\n\n3,4\n", ",", 2, 5, [1])
    >>> columns[1].to_pylist(), lines
    (['2', '4'], [5, 7])
    """
    if not content or b'"' in content or content.count(b"\r") != content.count(b"\r\n"):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(content),
            arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1),
            arrow_csv.ParseOptions(delimiter=separator, quote_char=False, escape_char=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                include_columns=[str(number) for number in columns],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {number: table.column(str(number)) for number in columns}, _lines(content, first_line, len(table))


def _lines(content: bytes, first: int, rows: int) -> Sequence[int]:
    if content.count(b"\n") + (not content.endswith(b"\n")) == rows:
        return range(first, first + rows)
    lines = content.split(b"\n")
    return [first + number for number, line in enumerate(lines) if line.rstrip(b"\r")]

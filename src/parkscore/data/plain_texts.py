"""Tell by its bytes which texts of a column need a careful look, so that the others need none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from parkscore.data.arrow_arrays import are_known, arrow_texts, arrow_truths, truths_of
from parkscore.data.arrow_texts import ArrowTexts, CellColumn, Rows
from parkscore.late_pandas import pd

Bytes = npt.NDArray[np.uint8]
Truths = npt.NDArray[np.bool_]

# Lead bytes of the characters U+4000 to U+9FFF, none of which is a space or is written otherwise in NFKC.
_HAN: Final = range(0xE4, 0xEA)
_VISIBLE: Final = range(0x21, 0x7F)


def _table(*ranges: range, without: str = "") -> Truths:
    table = np.zeros(256, dtype=np.bool_)
    for each in ranges:
        table[each.start : each.stop] = True
    table[[ord(sign) for sign in without]] = False
    return table


# `#` begins an error value of a spreadsheet, an apostrophe in a csv file may protect what follows.
_FIRST: Final = _table(_VISIBLE, _HAN, without="#'")
_ASCII: Final = _table(_VISIBLE)
_LEADS: Final = _table(_HAN)
_BEYOND_ASCII: Final = 0x80
# With the bytes that go on a character, which say nothing by themselves.
_PLAIN: Final = _table(_VISIBLE, _HAN, range(_BEYOND_ASCII, 0xC0))


Places = npt.NDArray[np.int64]


class TextBytes(NamedTuple):
    """The bytes of a column, and where each text begins and ends among them."""

    data: Bytes
    starts: npt.NDArray[Any]
    ends: npt.NDArray[Any]


def as_strings(array: pa.Array) -> pa.Array:
    """A column of texts with its bytes in one row."""
    return array.cast(pa.large_string()) if kinds.is_string_view(array.type) else array


def text_column(texts: CellColumn | pd.Series[Any] | pd.api.extensions.ExtensionArray | pa.Array) -> pa.Array:
    """A column of texts as one array of large strings, one without rows or without any text included.

    >>> text_column(np.array([None], dtype=object)).type, len(text_column(pd.Series([], dtype="str")))
    (DataType(large_string), 0)
    """
    if isinstance(texts, ArrowTexts):
        return texts.array
    array = texts if isinstance(texts, pa.Array) else pa.array(texts, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):  # what pandas makes of a column without rows
        array = array.combine_chunks()
    return array if kinds.is_large_string(array.type) else array.cast(pa.large_string())


def replaced(array: pa.Array, rows: Rows, texts: Sequence[str | None] | npt.NDArray[Any]) -> pa.Array:
    """A column of texts with others in some rows, ascending.

    >>> replaced(pa.array(["a", "b", None]), np.array([1]), ["c"]).to_pylist()
    ['a', 'c', None]
    """
    where = np.zeros(len(array), dtype=np.bool_)
    where[rows] = True
    return pc.replace_with_mask(array, arrow_truths(where), arrow_texts(texts, array.type))


def doubtful_texts(array: pa.Array) -> npt.NDArray[np.int64]:
    """The rows whose text may be empty, begin or end with white space, or be no text but a spreadsheet's mistake.

    >>> doubtful_texts(pa.array(["合肥", "A-1", " A", "A ", "", None, "#N/A", "1.2E+17"])).tolist()
    [2, 3, 4, 6, 7]
    """
    data, starts, ends = bytes_of(array)
    filled = ends > starts
    if not data.size:
        return np.flatnonzero(_valid(array))
    first, last = data[np.minimum(starts, len(data) - 1)], data[np.maximum(ends - 1, 0)]
    plain = filled & _FIRST[first] & _ASCII[last]
    wide = filled & _FIRST[first] & (last >= _BEYOND_ASCII)
    if wide.any():
        plain |= wide & (ends - starts >= 3) & _LEADS[data[np.maximum(ends - 3, 0)]]
    if np.any(data[starts[0] : ends[-1]] == ord("+")):
        found = pc.match_substring(array, "+")
        plain &= ~(truths_of(found) & are_known(found))
    doubtful = ~plain
    if array.null_count:
        doubtful &= _valid(array)
    return np.flatnonzero(doubtful)


def rows_that_may_begin_or_end(array: pa.Array, first: str, last: Iterable[str]) -> npt.NDArray[np.int64]:
    """The rows whose text begins with one of some ASCII characters or beyond ASCII, or may end with one of others.

    >>> rows_that_may_begin_or_end(pa.array(["合计", "Total", "E1", "E计", "E园", None]), "Tt", "计").tolist()
    [0, 1, 3]
    """
    data, starts, ends = bytes_of(array)
    if not data.size:
        return np.empty(0, dtype=np.int64)
    begins, closes = np.arange(256) >= _BEYOND_ASCII, np.zeros(256, dtype=np.bool_)
    begins[[ord(letter) for letter in first]] = True
    closes[[character.encode()[-1] for character in last]] = True
    possible = begins[data[np.minimum(starts, len(data) - 1)]] | closes[data[np.maximum(ends - 1, 0)]]
    possible &= ends > starts
    return np.flatnonzero(possible & _valid(array)) if array.null_count else np.flatnonzero(possible)


def texts_written_otherwise(array: pa.Array) -> npt.NDArray[np.int64]:
    """The rows whose text may differ from how it is written in NFKC without white space; all others do not.

    >>> texts_written_otherwise(pa.array(["合肥", "A-1", "A 1", "（甲）", None])).tolist()
    [2, 3]
    """
    data, starts, ends = bytes_of(array)
    if not len(array) or not data.size:
        return np.empty(0, dtype=np.int64)
    first = int(starts[0])
    other = np.flatnonzero(~_PLAIN[data[first : int(ends[-1])]]) + first
    return rows_with_bytes(ends, other)


def rows_with_bytes(ends: Places, places: Places) -> Places:
    """The rows in which some bytes stand, by their places, ascending; ends: where the text of each row ends.

    >>> rows_with_bytes(np.array([2, 4, 4, 9]), np.array([0, 1, 5]))
    array([0, 3])
    """
    rows = np.searchsorted(ends, places, side="right")
    first = np.ones(rows.size, dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return np.asarray(rows[first], dtype=np.int64)


def bytes_of(array: pa.Array) -> TextBytes:
    """The bytes of a column of texts."""
    if not len(array):
        return TextBytes(np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    offset_type = np.int64 if kinds.is_large_string(array.type) else np.int32
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, dtype=offset_type)[array.offset : array.offset + len(array) + 1]
    content = np.empty(0, dtype=np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return TextBytes(content, places[:-1], places[1:])


def _valid(array: pa.Array) -> Truths:
    return are_known(array)

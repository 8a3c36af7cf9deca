"""The numbers in a column of texts that are written plainly, all at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as kinds

from parkscore.data.arrow_arrays import are_known, numbers_of
from parkscore.data.plain_texts import bytes_of, rows_with_bytes

# What a plain number is written with; that the signs stand in order is for the conversion to see.
_PLAIN: Final = np.zeros(256, dtype=np.bool_)
_PLAIN[np.frombuffer(b"0123456789.+-eE", dtype=np.uint8)] = True


class PlainNumbers(NamedTuple):
    """Numbers, NaN where a text is empty or doubtful; and the doubtful rows, which need a careful look."""

    values: npt.NDArray[np.float64]
    doubtful: npt.NDArray[np.int64]


def plain_numbers(array: pa.Array) -> PlainNumbers | None:
    """The numbers of texts, exactly as Python reads them; None where that cannot be told so quickly.

    >>> numbers = plain_numbers(pa.array(["1.5", "", "1,000", "-2e1"]))
    >>> numbers.values.tolist(), numbers.doubtful.tolist()
    ([1.5, nan, nan, -20.0], [2])
    """
    data, starts, ends = bytes_of(array)
    filled = ends > starts
    if array.null_count:
        filled &= are_known(array)
    doubtful = np.empty(0, dtype=np.int64)
    if len(array) and filled.any():
        first = int(starts[0])
        other = np.flatnonzero(~_PLAIN[data[first : int(ends[-1])]]) + first
        if other.size:
            doubtful = rows_with_bytes(ends, other)
            filled[doubtful] = False
    try:
        numbers = _masked(array, filled).cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return PlainNumbers(numbers_of(numbers), doubtful)


def _masked(array: pa.Array, filled: npt.NDArray[np.bool_]) -> pa.Array:
    """The same texts, of which only some are there."""
    _, offsets, data = array.buffers()
    size = 8 if kinds.is_large_string(array.type) else 4
    bits = pa.py_buffer(np.packbits(filled, bitorder="little").tobytes())
    moved = offsets.slice(array.offset * size)
    return pa.Array.from_buffers(array.type, len(array), [bits, moved, data])

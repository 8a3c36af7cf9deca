"""Arrays of Arrow as those of NumPy and the other way round, in the same memory where that can be.

pyarrow's own ways (`to_numpy`, `pa.array`, `pa.scalar`) load pandas, which takes longer than to score thousands of
rows. What is read and written in pieces goes by these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as kinds

Truths = npt.NDArray[np.bool_]
_FEW: Final = 8
"""One gap in so many numbers is few: each is then found and written to by itself, which takes less than `np.where`."""


def numbers_of(array: pa.Array) -> npt.NDArray[Any]:
    """Numbers as NumPy keeps them; where there are gaps they are NaN, and whole numbers become floats.

    >>> numbers_of(pa.array([1, 2])).tolist(), numbers_of(pa.array([1, None])).tolist()
    ([1, 2], [1.0, nan])
    """
    numbers = _held(array)
    if not array.null_count:
        return numbers
    kind = numbers.dtype if kinds.is_floating(array.type) else np.dtype(np.float64)
    if array.null_count * _FEW > len(array):
        return np.where(are_known(array), numbers, kind.type(np.nan))
    found = numbers.astype(kind)
    found[np.flatnonzero(~are_known(array))] = np.nan
    return found


def codes_of(array: pa.DictionaryArray) -> npt.NDArray[Any]:
    """The number of each text among those of its dictionary, -1 where there is none.

    >>> codes_of(pa.array(["甲", None, "乙", "甲"]).dictionary_encode()).tolist()
    [0, -1, 1, 0]
    """
    numbers = _held(array.indices)
    return np.where(are_known(array), numbers, numbers.dtype.type(-1)) if array.null_count else numbers


def _held(array: pa.Array) -> npt.NDArray[Any]:
    """The numbers as they lie in memory: where there is a gap, any number."""
    kind, held = np.dtype(array.type.to_pandas_dtype()), array.buffers()[1]
    if held is None:
        return np.zeros(len(array), dtype=kind)
    return np.frombuffer(held, dtype=kind)[array.offset : array.offset + len(array)]


def truths_of(array: pa.BooleanArray) -> Truths:
    """What is true, of an array without gaps.

    >>> truths_of(pa.array([True, False, True])[1:]).tolist()
    [False, True]
    """
    return _bits(array.buffers()[1], array.offset, len(array))


def are_known(array: pa.Array) -> Truths:
    """Where an array has no gap.

    >>> are_known(pa.array([1.5, None, 2.5])).tolist()
    [True, False, True]
    """
    if kinds.is_null(array.type):
        return np.zeros(len(array), dtype=np.bool_)
    held = array.buffers()[0]
    return np.ones(len(array), dtype=np.bool_) if held is None else _bits(held, array.offset, len(array))


def _bits(held: pa.Buffer | None, first: int, size: int) -> Truths:
    if held is None or not size:
        return np.zeros(size, dtype=np.bool_)
    skipped = first // 8
    packed = np.frombuffer(held, dtype=np.uint8)[skipped : (first + size + 7) // 8]
    start = first - 8 * skipped
    return np.unpackbits(packed, count=start + size, bitorder="little")[start:].view(np.bool_)


def arrow_numbers(numbers: npt.NDArray[Any], known: Truths | None = None) -> pa.Array:
    """Numbers as Arrow keeps them, in the same memory; null where they are not known.

    >>> arrow_numbers(np.array([4, 5]), np.array([True, False])).to_pylist()
    [4, None]
    """
    held = np.ascontiguousarray(numbers)
    lacking = 0 if known is None else held.size - int(np.count_nonzero(known))
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(held.dtype), held.size, [_marks(known, lacking), pa.py_buffer(held)], lacking
    )


def number_array(numbers: npt.NDArray[np.float64]) -> pa.Array:
    """Numbers as Arrow keeps them, in the same memory; what is no number is null.

    >>> number_array(np.array([1.5, np.nan])).to_pylist()
    [1.5, None]
    """
    held = np.ascontiguousarray(numbers, dtype=np.float64)
    return arrow_numbers(held, ~np.isnan(held))


def arrow_truths(truths: Truths) -> pa.BooleanArray:
    """What is true, as Arrow keeps it.

    >>> arrow_truths(np.array([True, False])).to_pylist()
    [True, False]
    """
    return pa.Array.from_buffers(pa.bool_(), len(truths), [None, pa.py_buffer(np.packbits(truths, bitorder="little"))])


def arrow_texts(texts: Sequence[str | None] | npt.NDArray[Any], kind: pa.DataType | None = None) -> pa.Array:
    """Some texts as Arrow keeps them, None as null; kind: a type of texts, by default `string`.

    Raises UnicodeEncodeError where a text has half a character.

    >>> arrow_texts(["合肥", None, ""]).to_pylist()
    ['合肥', None, '']
    """
    kind = kind or pa.string()
    parts = [b"" if text is None else text.encode() for text in texts]
    ends = np.zeros(len(parts) + 1, dtype=np.int64 if kinds.is_large_string(kind) else np.int32)
    np.cumsum(np.fromiter(map(len, parts), dtype=ends.dtype, count=len(parts)), out=ends[1:])
    known = np.fromiter((text is not None for text in texts), dtype=np.bool_, count=len(parts))
    lacking = len(parts) - int(np.count_nonzero(known))
    buffers = [_marks(known, lacking), pa.py_buffer(ends), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(kind, len(parts), buffers, lacking)


def worded(
    words: Sequence[str] | npt.NDArray[Any],
    codes: npt.NDArray[Any],
    kind: type[np.signedinteger[Any]] = np.int32,
    texts: pa.DataType | None = None,
) -> pa.DictionaryArray:
    """Words by their codes; below 0 there is none.

    kind: of the numbers, the same in every piece. texts: the type of the words, by default `string`.

    >>> worded(["甲", "乙"], np.array([1, -1, 0])).to_pylist()
    ['乙', None, '甲']
    """
    numbers = np.ascontiguousarray(codes, dtype=kind)
    return pa.DictionaryArray.from_arrays(arrow_numbers(numbers, numbers >= 0), arrow_texts(words, texts))


def _marks(known: Truths | None, lacking: int) -> pa.Buffer | None:
    return pa.py_buffer(np.packbits(known, bitorder="little")) if known is not None and lacking else None


def objects_of(array: pa.Array) -> npt.NDArray[Any]:
    """Texts as objects, None where there is none.

    >>> objects_of(pa.array(["甲", None]))
    array(['甲', None], dtype=object)
    """
    found = np.empty(len(array), dtype=object)
    found[:] = array.to_pylist()
    return found

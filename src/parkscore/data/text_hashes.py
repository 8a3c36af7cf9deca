"""A number of 64 bits for each text of a column, the same in every process, so that equal texts are found fast."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_texts import CellColumn
from parkscore.data.plain_texts import bytes_of, text_column
from parkscore.late_pandas import pd

Hashes = npt.NDArray[np.uint64]

# The odd constants of SplitMix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators).
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_WORD: Final = 8
_SHORT: Final = 1 << 16
"""Bytes of texts whose lengths are counted, which is faster than to sort them."""


def text_hashes(texts: CellColumn | pd.Series[Any] | pd.api.extensions.ExtensionArray | pa.Array) -> Hashes:
    """(rows,) the hash of each text; that of no text is that of the empty one.

    >>> found = text_hashes(np.array(["甲", "乙", "甲"], dtype=object))
    >>> bool(found[0] == found[2]), bool(found[0] == found[1])
    (True, False)
    """
    array = text_column(texts)
    data, starts, ends = bytes_of(array)
    lengths = ends - starts
    if lengths.size and lengths.min() == lengths.max():  # as of codes
        return _of_one_length(data, starts, int(lengths[0]))
    hashes = np.empty(len(array), dtype=np.uint64)
    for length in _met(lengths):
        rows = np.flatnonzero(lengths == length)
        hashes[rows] = _of_one_length(data, starts[rows], length)
    return hashes


def _met(lengths: npt.NDArray[Any]) -> list[int]:
    """The different lengths of texts."""
    few = not lengths.size or int(lengths.max()) < _SHORT
    return (np.flatnonzero(np.bincount(lengths)) if few else np.unique(lengths)).tolist()


def are_all_different(texts: CellColumn | pa.Array, numbers: npt.NDArray[np.int64] | None) -> bool:
    """Whether texts, or each with a number, differ for sure, as their hashes do, which is told several times as fast.

    Raises UnicodeEncodeError where a text has half a character, which no file has and a frame may.

    >>> are_all_different(np.array(["甲", "甲"], dtype=object), np.array([2023, 2024]))
    True
    """
    hashes = text_hashes(texts)
    hashes = np.sort(hashes if numbers is None else mixed(hashes, numbers))
    return not (hashes[1:] == hashes[:-1]).any()


def mixed(hashes: Hashes, numbers: npt.NDArray[np.int64]) -> Hashes:
    """Hashes of a text and a whole number together."""
    return _stirred(hashes + _STEP * numbers.astype(np.uint64))


def _of_one_length(data: npt.NDArray[np.uint8], starts: npt.NDArray[Any], length: int) -> Hashes:
    words = -(-length // _WORD)
    padded = np.zeros((len(starts), words * _WORD), dtype=np.uint8)
    if length and starts[-1] - starts[0] == (len(starts) - 1) * length:  # one behind the other
        padded[:, :length] = data[starts[0] : starts[0] + len(starts) * length].reshape(-1, length)
    elif length:
        padded[:, :length] = data[starts[:, None] + np.arange(length)]
    hashes = np.full(len(starts), length, dtype=np.uint64)
    for word in padded.view("<u8").T:
        hashes = _stirred(hashes ^ word)
    return hashes


def _stirred(hashes: Hashes) -> Hashes:
    stirred = hashes + _STEP
    for shift, factor in ((np.uint64(30), _FIRST), (np.uint64(27), _SECOND)):
        stirred ^= stirred >> shift
        stirred *= factor
    stirred ^= stirred >> np.uint64(31)
    return stirred

"""Names with a number in them for very many enterprises at once, as Arrow texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Letters = NDArray[np.uint8]


def numbered_names(prefix: str, numbers: Numbers, width: int) -> pa.StringArray:
    """The prefix and the number with leading zeros, for each number.

    >>> numbered_names("合成企业", np.array([7, 12]), 3).to_pylist()
    ['合成企业007', '合成企业012']
    """
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    letters = np.empty((len(numbers), len(head) + width), dtype=np.uint8)
    letters[:, : len(head)] = head
    rest = np.asarray(numbers)
    for position in range(letters.shape[1] - 1, len(head) - 1, -1):
        rest, digits = np.divmod(rest, 10)
        letters[:, position] = digits + ord("0")
    return texts_of_letters(letters)


def texts_of_letters(letters: Letters) -> pa.StringArray:
    """Each row of bytes in UTF-8 as a text; (texts, length of each)."""
    count, length = letters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(length)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))

"""A column of an Arrow table as cells: numbers and texts as a whole, anything odd cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as kinds

from parkscore.data.arrow_arrays import arrow_numbers, codes_of, numbers_of
from parkscore.data.plain_texts import as_strings


class ArrowCells(Sequence[Any]):
    """Cells that are read as a whole where they are plain numbers or texts; any other one is an object.

    >>> cells = ArrowCells(pa.array([1.5, None]))
    >>> cells.plain().tolist(), cells[0]
    ([1.5, nan], 1.5)
    """

    def __init__(self, array: pa.Array | pa.ChunkedArray) -> None:
        """Keep the column, in one piece."""
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
        self.array: pa.Array = array

    def __len__(self) -> int:
        """The number of cells."""
        return len(self.array)

    def __getitem__(self, row: Any) -> Any:
        """One cell as an object, or some of the cells."""
        if isinstance(row, (int, np.integer)):
            return _objects(self.array.slice(int(row), 1))[0]
        return ArrowCells(self.array[row])

    def taken(self, rows: npt.NDArray[np.int64]) -> ArrowCells:
        """The cells of some rows."""
        return ArrowCells(self.array.take(arrow_numbers(rows)))

    def plain(self) -> Sequence[Any] | npt.NDArray[Any]:
        """Plain numbers as they are, NaN where there is none; anything else as objects."""
        if kinds.is_integer(self.array.type) or kinds.is_floating(self.array.type):
            return numbers_of(self.array)
        if kinds.is_null(self.array.type):
            return np.full(len(self.array), np.nan)
        return self.objects

    @cached_property
    def objects(self) -> list[Any]:
        """Every cell as an object of Python; numbers keep all their digits."""
        return _objects(self.array)

    @property
    def is_text(self) -> bool:
        """Whether every cell is a text or empty."""
        kind = self.array.type
        return _is_string(kind.value_type if kinds.is_dictionary(kind) else kind)

    @property
    def is_coded(self) -> bool:
        """Whether texts come by number."""
        return bool(kinds.is_dictionary(self.array.type))

    @property
    def texts(self) -> pa.Array:
        """Of a column of texts, each cell's."""
        return as_strings(self.array.dictionary_decode() if kinds.is_dictionary(self.array.type) else self.array)

    def coded(self) -> tuple[npt.NDArray[np.int32], pa.Array]:
        """Of a column of texts, the number of each cell's, -1 where it is empty, and the texts."""
        coded = self.array if kinds.is_dictionary(self.array.type) else as_strings(self.array).dictionary_encode()
        return codes_of(coded).astype(np.int32, copy=False), as_strings(coded.dictionary)


def _is_string(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _objects(array: pa.Array) -> list[Any]:
    if kinds.is_integer(array.type) or _is_string(array.type):
        return list(array.to_pylist())
    return list(array.to_pandas().astype(object).tolist())

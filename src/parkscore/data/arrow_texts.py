"""A column of texts as Arrow has read it, for columns of which few texts are ever looked at, such as units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import are_known, arrow_numbers, objects_of

Rows = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class ArrowTexts:
    """Texts, None where there is none; array: of large strings.

    >>> texts = ArrowTexts.of(pa.array(["合肥", None, "芜湖"]))
    >>> texts[2], len(texts), texts.missing.tolist()
    ('芜湖', 3, [False, True, False])
    """

    array: pa.Array

    @classmethod
    def of(cls, array: pa.Array) -> ArrowTexts:
        """Texts of any type of Arrow."""
        return cls(array if array.type == pa.large_string() else array.cast(pa.large_string()))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.array)

    def __getitem__(self, row: int) -> Any:
        """The text of a row, None where there is none."""
        return self.array[int(row)].as_py()

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Where there is no text."""
        return ~are_known(self.array)

    @cached_property
    def objects(self) -> npt.NDArray[Any]:
        """All of them as objects."""
        return objects_of(self.array)

    def taken(self, rows: Rows) -> ArrowTexts:
        """Those of some rows."""
        return ArrowTexts(self.array.take(arrow_numbers(rows)))


CellColumn = npt.NDArray[Any] | ArrowTexts
"""Cells by row: numbers, or texts as objects or as Arrow has them, "" or None where there is none."""


def objects_in(units: CellColumn) -> npt.NDArray[Any]:
    """Texts as objects."""
    return units.objects if isinstance(units, ArrowTexts) else np.asarray(units, dtype=object)


def missing_in(units: CellColumn) -> npt.NDArray[np.bool_]:
    """Where there is no text.

    >>> missing_in(np.array(["合肥", None], dtype=object)).tolist()
    [False, True]
    """
    return units.missing if isinstance(units, ArrowTexts) else np.asarray(np.equal(units, np.asarray(None)))


def some_of(units: CellColumn, rows: Rows) -> CellColumn:
    """The texts of some rows."""
    return units.taken(rows) if isinstance(units, ArrowTexts) else units[rows]

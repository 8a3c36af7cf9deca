"""Where each row of a table stands in its file, told when it is asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import overload

import numpy as np
import numpy.typing as npt

RowPlace = tuple[str | None, int]


@dataclass(frozen=True)
class RowsOfSheet:
    """Rows of one sheet: its name, the line of each of its rows, and the rows that are taken."""

    name: str | None
    lines: Sequence[int]
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RowPlaces(Sequence[RowPlace]):
    """The sheet and the line of each row, for sheets one after the other; nothing is made before it is asked for.

    >>> places = RowPlaces((RowsOfSheet("甲", range(9), np.array([5])), RowsOfSheet("乙", [3], np.array([0]))))
    >>> places[0], places[-1], len(places)
    (('甲', 5), ('乙', 3), 2)
    """

    parts: tuple[RowsOfSheet, ...]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(part.rows) for part in self.parts))

    def __len__(self) -> int:
        """The number of rows."""
        return self._ends[-1] if self.parts else 0

    @overload
    def __getitem__(self, row: int) -> RowPlace: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[RowPlace]: ...
    def __getitem__(self, row: int | slice) -> RowPlace | Sequence[RowPlace]:
        """The sheet and the line of one row, or of several."""
        if isinstance(row, slice):
            return [self[number] for number in range(*row.indices(len(self)))]
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(row)
        number = bisect_right(self._ends, row)
        part = self.parts[number]
        return part.name, part.lines[part.rows[row - (self._ends[number - 1] if number else 0)]]

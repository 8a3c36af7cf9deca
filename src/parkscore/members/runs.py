"""Rows of which many that follow each other are of one thing, such as the enterprises of a zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Rows


@dataclass(frozen=True, eq=False)
class Runs:
    """What rows are of, run by run.

    numbers: (runs,), what the rows of each run are of. lengths: (runs,), how many rows it has.
    """

    numbers: Rows
    lengths: Rows

    @classmethod
    def of(cls, numbers: Rows) -> Runs:
        """The runs of rows; numbers: (rows,), what each is of.

        >>> runs = Runs.of(np.array([2, 2, 0, 2]))
        >>> runs.numbers.tolist(), runs.lengths.tolist()
        ([2, 0, 2], [2, 1, 1])
        """
        begins = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))[: len(numbers)]
        return cls(numbers[begins], np.diff(begins, append=len(numbers)))

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """By row the value of what it is of, from the values of all: several times as fast as taking each.

        >>> Runs.of(np.array([2, 2, 0])).spread(np.array([1.5, 2.5, 3.5])).tolist()
        [3.5, 3.5, 1.5]
        """
        return np.repeat(values[self.numbers], self.lengths)

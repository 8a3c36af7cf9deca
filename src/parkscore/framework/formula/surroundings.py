"""What a formula may read beyond the columns of its own row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The rows of the table that the columns come from.

    years: the data year of each row, None where the framework has no time. before: for a number of years the row of the
    same unit so many years earlier, for each row; -1 where there is none.
    """

    years: NDArray[np.int64] | None
    before: Callable[[int], NDArray[np.intp]]

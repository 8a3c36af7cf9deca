"""What a formula may read beyond the columns of its own row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.formula.looking_up import LookupTable


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The rows of the table that the columns come from, and the constants of the framework.

    years: the data year of each row, None where the framework has no time. before: for a number of years the row of the
    same unit so many years earlier, for each row; -1 where there is none. tables: what `lookup` reads, by name.
    """

    years: NDArray[np.int64] | None
    before: Callable[[int], NDArray[np.intp]]
    tables: Mapping[str, LookupTable] = field(default_factory=dict)

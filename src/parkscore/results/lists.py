"""What a list finds of each row, as columns of a result file."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, number_array, worded
from parkscore.data.grid import Vector
from parkscore.tree.lists import STANDINGS
from parkscore.tree.verdicts import Codes

LISTED_AS: Final = "list:"
"""What the column begins with that says what a list finds of a row, before the id of the list."""
PLACE_ON: Final = "place:"
"""What the column of places on a list begins with; null where a row has none."""
ORDERED_BY: Final = "by:"
"""What the column begins with that has what a list is ordered by."""


def list_columns(code: str, standings: Codes, places: npt.NDArray[np.int32], values: Vector) -> dict[str, pa.Array]:
    """For some rows what a list finds of them, their places, 0 where they have none, and what they are ordered by."""
    return {
        LISTED_AS + code: worded(STANDINGS, standings, np.int8),
        PLACE_ON + code: arrow_numbers(places, places != 0),
        ORDERED_BY + code: number_array(values),
    }


def with_lists(batch: pa.RecordBatch, columns: dict[str, pa.Array]) -> pa.RecordBatch:
    """A batch of results with these columns at its end."""
    return pa.RecordBatch.from_pydict({**dict(zip(batch.schema.names, batch.columns, strict=True)), **columns})

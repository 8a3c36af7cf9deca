"""Lay out the scores that somebody gave beside the bands that the rules chose for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from parkscore.data.given import Given
from parkscore.data.grid import Rows
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.late_pandas import pd

GIVEN_COLUMNS = ("indicator", "given", "least", "most", "score", "outcome")


def given_table(given: Mapping[str, Given], table: Table, rows: Rows) -> pd.DataFrame:
    """Per indicator and row: the given score, the least and the most that the rule allows, what counts, and why not.

    The outcome is `given`, or `outside_band`, `not_whole`, `no_band`, `missing`, `not_applicable` and so on.
    """
    leading = {UNIT: table.units[rows]} | ({} if table.years is None else {YEAR: table.years[rows]})
    frames = [
        pd.DataFrame(
            leading
            | {
                "indicator": code,
                "given": each.given.values[rows],
                "least": each.low[rows],
                "most": each.high[rows],
                "score": each.points[rows],
                "outcome": each.outcomes[rows],
            }
        )
        for code, each in given.items()
    ]
    if not frames:
        return pd.DataFrame(columns=[*leading, *GIVEN_COLUMNS]).astype({"given": np.float64})
    return pd.concat(frames, ignore_index=True)

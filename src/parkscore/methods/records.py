"""What a treatment did, column by column."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from parkscore.methods.domain import FloatArray
from parkscore.methods.transformations import Transformation

Action = Literal["none", "winsorised", "log", "box_cox"]


class TreatmentRecord(NamedTuple):
    """What a treatment did to one column.

    `action` is `none`, `winsorised`, `log` or `box_cox`; `points` is the number of values that winsorising replaced;
    skewness and kurtosis are NaN where a column is too short or too even to have them; `passed` is the verdict after
    the treatment.
    `power` is the λ of a Box-Cox transformation, NaN elsewhere. `made` is what other values of the column need to be
    treated alike, for a treatment that takes anything from the column; None where they stay as they are.
    """

    action: Action
    points: int
    skewness_before: float
    kurtosis_before: float
    skewness_after: float
    kurtosis_after: float
    passed: bool
    power: float = math.nan
    made: Transformation | None = None


class Treated(NamedTuple):
    """The result of every treatment: the values, and one record per column."""

    values: FloatArray
    records: list[TreatmentRecord]

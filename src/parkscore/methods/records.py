"""What a treatment did, column by column."""

from __future__ import annotations

from typing import Literal, NamedTuple

from parkscore.methods.domain import FloatArray

Action = Literal["none", "winsorised", "log"]


class TreatmentRecord(NamedTuple):
    """What a treatment did to one column.

    `action` is `none`, `winsorised` or `log`; `points` is the number of values that winsorising replaced; skewness and
    kurtosis are NaN where a column is too short or too even to have them; `passed` is the verdict after the treatment.
    """

    action: Action
    points: int
    skewness_before: float
    kurtosis_before: float
    skewness_after: float
    kurtosis_after: float
    passed: bool


class Treated(NamedTuple):
    """The result of every treatment: the values, and one record per column."""

    values: FloatArray
    records: list[TreatmentRecord]

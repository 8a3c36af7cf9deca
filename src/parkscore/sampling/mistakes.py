"""Mistakes that are made on purpose in synthetic returns, so that it can be seen who finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, FloatArray

Rows = NDArray[np.intp]

TENFOLD, THOUSANDFOLD, LEFT_OUT, NO_ZONE = "tenfold", "thousandfold", "left_out", "no_zone"
NEGATIVE, BAD_CODE, FILED_TWICE = "negative", "bad_code", "filed_twice"
FACTORS: Mapping[str, float] = {TENFOLD: 10.0, THOUSANDFOLD: 1000.0, LEFT_OUT: 0.0, NEGATIVE: -1.0}
"""What an amount is multiplied by."""
KINDS: Mapping[str, Text] = {
    TENFOLD: Text("错一位，为原值的 10 倍", "a digit has slipped: ten times the value"),
    THOUSANDFOLD: Text("按元填报，为原值的 1000 倍", "written in a measure a thousand times smaller"),
    LEFT_OUT: Text("未报却填 0", "0 where a value was left out"),
    NO_ZONE: Text("没有写所属园区", "no zone is named"),
    NEGATIVE: Text("多了负号", "has a minus sign"),
    BAD_CODE: Text("代码错一位", "one character of the code is wrong"),
    FILED_TWICE: Text("同一企业同一年报了两次", "the enterprise above has filed a second time"),
}
SUSPECT = (TENFOLD, THOUSANDFOLD, LEFT_OUT, NO_ZONE)
"""Mistakes with which a table can be scored all the same."""
INVALID = (NEGATIVE, BAD_CODE, FILED_TWICE)
"""Mistakes that validation refuses."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the row of its block, what was done, and, of an amount, what should stand there and what does."""

    row: int
    kind: str
    field: str | None = None
    true: float | str | None = None
    written: float | str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A mistake as it stands in the file: whose return, by the code that is written there, of which year."""

    unit: str
    year: int | None
    kind: str
    field: str | None
    true: float | str | None
    written: float | str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """The rows of a block that get a mistake in a year, each with its kind and the field that an amount stands in."""

    rows: Rows
    kinds: tuple[str, ...]
    fields: tuple[str, ...]

    def of(self, kind: str) -> Rows:
        """The rows with a mistake that is no amount's."""
        return self.rows[np.array([each == kind for each in self.kinds], dtype=np.bool_)]

    def spoil(self, key: str, values: FloatArray, gaps: BoolArray) -> tuple[FloatArray, list[Mistake]]:
        """A column with its wrong amounts; where there is no amount nothing can be wrong with it."""
        made = [
            Mistake(row, kind, key, float(values[row]), float(values[row] * FACTORS[kind]))
            for row, kind, field in zip(self.rows.tolist(), self.kinds, self.fields, strict=True)
            if field == key and kind in FACTORS and values[row] > 0 and not gaps[row]
        ]
        if not made:
            return values, made
        spoiled = values.copy()
        spoiled[[mistake.row for mistake in made]] = [mistake.written for mistake in made]
        return spoiled, made


def plan_mistakes(
    stream: np.random.Generator,
    count: int,
    shares: Mapping[tuple[str, ...], float],
    amounts: tuple[str, ...],
) -> Planned:
    """Draw the mistakes of a year in a block of so many rows.

    shares: of the rows that get one of some kinds. amounts: the fields in which an amount can be wrong.
    """
    rows: list[Rows] = []
    kinds: list[str] = []
    for choice, share in shares.items():
        drawn = np.flatnonzero(stream.random(count) < share)
        rows.append(drawn)
        kinds += [choice[number] for number in stream.integers(0, len(choice), drawn.size).tolist()]
    together = np.concatenate(rows) if rows else np.empty(0, dtype=np.intp)
    fields = [amounts[number] for number in stream.integers(0, len(amounts), together.size).tolist()]
    return Planned(together, tuple(kinds), tuple(fields))

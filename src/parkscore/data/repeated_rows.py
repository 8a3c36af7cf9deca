"""Say that a unit has a second row in a year."""

from __future__ import annotations

from parkscore.data.collecting import Collected
from parkscore.findings import Place
from parkscore.language import Text


def report_repeated(here: Place, earlier: Place, unit: str, year: int | None, found: Collected) -> None:
    """Add the error for a row whose unit and year were met before."""
    found.error(
        "duplicate_row",
        Text(f"与 {earlier} 重复：同一评价对象同一年只能有一行", f"repeats {earlier}: a unit has one row per year"),
        Text("删掉其中一行", "delete one of the two"),
        place=here,
        unit=unit,
        year=year,
    )

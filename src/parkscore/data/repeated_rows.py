"""Say that a unit has a second row in a year, or that two units may be one."""

from __future__ import annotations

from typing import Final

from parkscore.data.collecting import Collected
from parkscore.data.table import UNIT, Table
from parkscore.findings import Place
from parkscore.language import Text

DUPLICATE_ROW: Final = "duplicate_row"
"""What the finding about a second row is called."""


def report_repeated(here: Place, earlier: Place, unit: str, year: int | None, found: Collected) -> None:
    """Add the error for a row whose unit and year were met before."""
    found.error(
        DUPLICATE_ROW,
        Text(f"与 {earlier} 重复：同一评价对象同一年只能有一行", f"repeats {earlier}: a unit has one row per year"),
        Text("删掉其中一行", "delete one of the two"),
        place=here,
        unit=unit,
        year=year,
    )


def report_similar(here: Place, unit: str, other: str, first: Place, found: Collected) -> None:
    """Add the warning for a unit that is written like another but for width and space."""
    found.warning(
        "similar_units",
        Text(
            f"与“{other}”（{first}）只差全半角或空格，按两个评价对象处理",
            f"differs from '{other}' ({first}) in width or space only; taken as two units",
        ),
        Text("若是同一个，请统一写法", "if they are the same, spell them alike"),
        place=here,
        unit=unit,
    )


def first_place(table: Table, unit: str) -> Place:
    """Where a unit stands for the first time."""
    return table.origin.place(table.units.tolist().index(unit), UNIT)

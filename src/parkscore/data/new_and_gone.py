"""Say which units have no row in the year before, or none any more, where a framework compares the years."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final

import numpy as np

from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.formula import parse_formula
from parkscore.framework.models import Framework
from parkscore.language import Text, plural

_NAMED: Final = 5


@dataclass(frozen=True)
class Met:
    """Units that were met: how many, and the first of them by name."""

    count: int = 0
    first: tuple[str, ...] = ()

    @classmethod
    def of(cls, units: Collection[str]) -> Met:
        """Units that all differ."""
        return cls(len(units), tuple(nsmallest(_NAMED, units)))

    def __add__(self, other: Met) -> Met:
        """Those of both, of which no unit is among the others."""
        return Met(self.count + other.count, tuple(nsmallest(_NAMED, [*self.first, *other.first])))


@dataclass(frozen=True)
class YearsCompared:
    """By year the units that stand in it and not in the year before, and the other way round.

    >>> one, other = YearsCompared({2024: Met(1, ("乙",))}, {}), YearsCompared({2024: Met(1, ("甲",))}, {})
    >>> (one + other).new[2024]
    Met(count=2, first=('乙', '甲'))
    """

    new: Mapping[int, Met] = field(default_factory=dict)
    gone: Mapping[int, Met] = field(default_factory=dict)

    def __add__(self, other: YearsCompared) -> YearsCompared:
        """Those of two tables that have no unit in common."""
        return YearsCompared(_together(self.new, other.new), _together(self.gone, other.gone))

    def sentences(self, asked: Iterable[int], known: Collection[int]) -> tuple[Text, ...]:
        """A sentence for each year that is asked for and has other units than the year before it, where that is known.

        known: the years that any row is of.
        """
        compared = [
            (year, self.new.get(year, Met()), self.gone.get(year, Met())) for year in asked if year - 1 in known
        ]
        return tuple(_sentence(year, new, gone) for year, new, gone in compared if new.count or gone.count)


def _together(one: Mapping[int, Met], other: Mapping[int, Met]) -> dict[int, Met]:
    return {year: one.get(year, Met()) + other.get(year, Met()) for year in sorted({*one, *other})}


def years_compared(framework: Framework, table: Table) -> YearsCompared:
    """What changes from year to year among the units of a table, which has all their rows.

    Nothing where the framework compares no years.
    """
    years = table.years
    if years is None or not any(parse_formula(text).reads_other_years for _, text in formulas_over_rows(framework)):
        return YearsCompared()
    own = {year: set(table.units[years == year].tolist()) for year in np.unique(years).tolist()}
    nobody = set[str]()
    new, gone = dict[int, Met](), dict[int, Met]()
    for year in sorted({*own, *(year + 1 for year in own)}):
        now, before = own.get(year, nobody), own.get(year - 1, nobody)
        new[year], gone[year] = Met.of(now - before), Met.of(before - now)
    return YearsCompared(new, gone)


def new_and_gone(framework: Framework, table: Table, rows: Rows) -> tuple[Text, ...]:
    """A sentence for each year of the rows that has other units than the year before it, where that is in the table.

    A unit that was renamed is new and gone at once, and lacks whatever is compared with the year before.
    """
    if table.years is None:
        return ()
    asked, known = (np.unique(years).tolist() for years in (table.years[rows], table.years))
    return years_compared(framework, table).sentences(asked, known)


def _sentence(year: int, new: Met, gone: Met) -> Text:
    parts = [Text(f"新增 {_listed(new).zh}", f"new: {_listed(new).en}")] if new.count else []
    parts += [Text(f"减少 {_listed(gone).zh}", f"gone: {_listed(gone).en}")] if gone.count else []
    zh, en = "，".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    lacking = Text("新增的没有与上年相比的指标", "New ones lack what is compared with the year before")
    renamed = Text("；若是改名，请各年写同一名称", "; where one was renamed, write one name in all years")
    said_zh = lacking.zh * bool(new.count) + renamed.zh * bool(new.count and gone.count)
    said_en = lacking.en * bool(new.count) + renamed.en * bool(new.count and gone.count)
    return Text(
        f"{year} 年与上年相比，{zh}" + (f"：{said_zh}" if said_zh else ""),
        f"{year} beside the year before: {en}" + (f". {said_en}" if said_en else ""),
    )


def _listed(units: Met) -> Text:
    more = "" if units.count <= _NAMED else "、…"
    return Text(
        f"{units.count} 个（{'、'.join(units.first)}{more}）",
        f"{plural(units.count, 'unit')} ({', '.join(units.first)}{more.replace('、', ', ')})",
    )

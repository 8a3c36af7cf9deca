"""What must be said of mergers once the returns are known: who is not among them, and who is not gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parkscore.findings import Finding, Severity
from parkscore.language import Text
from parkscore.members.mergers import Mergers
from parkscore.members.rolls import NONE, Codes, Roll
from parkscore.members.summing import Summed
from parkscore.methods.domain import BoolArray


def merger_remarks(summed: Summed, mergers: Mergers) -> Iterator[Finding]:
    """An error for each enterprise that is said to be gone and files in the evaluated year.

    And a warning for each that has no earlier return which its successor could take over, and for each successor that
    does not file in the evaluated year. One that took over another and is gone itself needs no return. Without years no
    merger changes anything, which is told once.
    """
    if not mergers.successors:
        return
    if summed.plan.framework.time is None:
        yield _no_years()
        return
    roll, year, merged = summed.roll, summed.year, mergers.successors
    now, before = (_returns_of(roll, rows) for rows in (roll.year == year, roll.year < year))
    between = set(merged.values())
    codes = zip(_codes(roll, [*merged]), _codes(roll, [*merged.values()]), strict=True)
    for (old, new), (gone, successor) in zip(merged.items(), codes, strict=True):
        if gone != NONE and now[gone] != NONE:
            yield _not_gone(summed, mergers, old, int(now[gone]))
        elif (gone == NONE or before[gone] == NONE) and old not in between:
            yield _nothing_to_take_over(mergers, old, year)
        if new not in merged and now[successor] == NONE:
            yield _successor_does_not_file(mergers, old, year)


def _returns_of(roll: Roll, rows: BoolArray) -> Codes:
    """For each enterprise a return that it filed itself among some, -1 where there is none."""
    filed = np.full(len(roll.ids), NONE, dtype=np.int32)
    where = np.flatnonzero(rows)
    filed[roll.own[where]] = where
    return filed


def _codes(roll: Roll, ids: Sequence[str]) -> list[int]:
    """The codes of enterprises, -1 for one that the roll does not know; it knows every successor."""
    found: list[int] = pc.index_in(pa.array(ids, roll.ids.type), value_set=roll.ids).fill_null(NONE).to_pylist()
    return found


def _no_years() -> Finding:
    return Finding(
        code="merged_without_years",
        severity=Severity.WARNING,
        field="merged",
        message=Text(
            "本体系的年报没有年份，没有上年可承继，合并对照表不起作用",
            "the returns of this framework have no years, so no successor has a past to take over and no merger counts",
        ),
        hint=Text("去掉合并对照表，或在体系中写 time", "leave the mergers out, or give the framework a `time`"),
    )


def _not_gone(summed: Summed, mergers: Mergers, old: str, row: int) -> Finding:
    year, place = summed.year, summed.place(row)
    return Finding(
        code="merged_and_files",
        severity=Severity.ERROR,
        place=mergers.places.get(old),
        unit=old,
        year=year,
        message=Text(
            f"已被合并，却有 {year} 年的年报（{place}）", f"is said to be gone and has a return of {year} ({place})"
        ),
        hint=Text(
            f"{year} 年之后才合并的，去掉这一行；否则去掉那份年报",
            f"leave the line out if the merger came after {year}, else leave out the return",
        ),
    )


def _nothing_to_take_over(mergers: Mergers, old: str, year: int) -> Finding:
    return Finding(
        code="merged_without_return",
        severity=Severity.WARNING,
        place=mergers.places.get(old),
        unit=old,
        message=Text(
            f"没有 {year} 年以前的年报，这一行不起作用",
            f"has no return before {year}, so that the line changes nothing",
        ),
        hint=Text("核对原代码", "check the old id"),
    )


def _successor_does_not_file(mergers: Mergers, old: str, year: int) -> Finding:
    new = mergers.successors[old]
    return Finding(
        code="successor_without_return",
        severity=Severity.WARNING,
        place=mergers.places.get(old),
        unit=old,
        value=new,
        message=Text(f"合并后的 {new} 没有 {year} 年的年报", f"its successor {new} has no return of {year}"),
        hint=Text("核对新代码", "check the new id"),
    )

"""Lists as flat tables: who is on each, in which place and why, and how many of each group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, rows_by_value
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.framework.models import RankedList
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.lists import BEYOND, LISTED, NOT_ELIGIBLE, OPEN, STANDINGS, Listed
from parkscore.tree.verdicts import Codes

COUNTS = ("rows", *STANDINGS)


def list_table(lists: Sequence[Listed], table: Table, rows: Rows) -> pd.DataFrame:
    """List, place, unit, year, standing, value, measure and reasons: members in order, then the units that are open.

    A member stands under `listed`; a unit of which it cannot be told under `open`, without a place.
    """
    years = [] if table.years is None else [YEAR]
    lines = [(each, row) for each in lists for row in _in_order(each, table, rows)]
    columns: dict[str, Any] = {
        "list": [each.asked.id for each, _ in lines],
        "place": pd.array([int(each.places[row]) or None for each, row in lines], dtype="Int64"),
        UNIT: [table.units[row] for _, row in lines],
    }
    if table.years is not None:
        columns[YEAR] = [int(table.years[row]) for _, row in lines]
    reasons = [each.reason(row) for each, row in lines]
    columns |= {
        "standing": [each.standing(row) for each, row in lines],
        "value": np.array([each.values[row] for each, row in lines], dtype=np.float64),
        "measure": [each.measure for each, _ in lines],
        "reason_zh": [None if reason is None else reason.zh for reason in reasons],
        "reason_en": [None if reason is None else reason.en for reason in reasons],
    }
    typed = {"place", YEAR, "value"}
    return pd.DataFrame(
        {
            name: columns[name] if name in typed else pd.Series(columns[name], dtype=object)
            for name in ["list", "place", UNIT, *years, "standing", "value", "measure", "reason_zh", "reason_en"]
        }
    )


def _in_order(each: Listed, table: Table, rows: Rows) -> Iterator[int]:
    """The members of each year by their places, then its open rows; equal places in the order of the rows."""
    for _, own in years_of(table, rows):
        for standing in (LISTED, OPEN):
            chosen = own[each.standings[own] == STANDINGS.index(standing)]
            yield from chosen[np.argsort(each.places[chosen], kind="stable")].tolist()


@dataclass(frozen=True)
class ListCount:
    """How many rows of a year have which standing on a list: all of them, or those that say `text` in `field`.

    standings: in the order of `STANDINGS`. text: None where the rows say nothing in the field.
    """

    asked: RankedList
    year: int | None
    field: str | None
    text: str | None
    standings: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many were looked at."""
        return sum(self.standings)


def list_counts(lists: Sequence[Listed], table: Table, rows: Rows) -> list[ListCount]:
    """The counts of each list and year: of all rows, and where the list says `per`, of each text of that field."""
    years = None if table.years is None else table.years[rows]
    found: list[ListCount] = []
    for each in lists:
        per = each.asked.per
        said = None if per is None else table.coded(per).taken(rows)
        found += counts_of(each.asked, years, each.standings[rows], said)
    return in_order_of_members(found)


def counts_of(asked: RankedList, years: Rows | None, standings: Codes, said: CodedTexts | None) -> Iterator[ListCount]:
    """The counts of some rows, of which each has a year and a standing; said: in the field that a list counts by."""
    rows = np.arange(len(standings))
    for year, own in [(None, rows)] if years is None else rows_by_value(years, rows):
        yield ListCount(asked, year, None, None, _of_each(standings[own]))
        if said is not None:
            texts: list[str | None] = [None, *map(str, said.texts)]
            for number, group in rows_by_value(said.codes + 1, own):
                yield ListCount(asked, year, asked.per, texts[number], _of_each(standings[group]))


def _of_each(standings: Codes) -> tuple[int, ...]:
    return tuple(np.bincount(standings, minlength=len(STANDINGS)).tolist())


def in_order_of_members(counts: Iterable[ListCount]) -> list[ListCount]:
    """List by list and year by year: all rows first, then the texts with most members; those that say nothing last."""
    lists: dict[str, int] = {}

    def place(count: ListCount) -> tuple[int | str, ...]:
        number = lists.setdefault(count.asked.id, len(lists))
        of_group = (2, 0, "") if count.text is None else (1, -count.standings[0], count.text)
        return (number, count.year or 0, *((0, 0, "") if count.field is None else of_group))

    return sorted(counts, key=place)


def count_table(counts: Sequence[ListCount], *, with_years: bool) -> pd.DataFrame:
    """How many rows each list has looked at and where they are: list, year, field, text, rows, and a column each.

    The columns `listed`, `beyond`, `not_eligible` and `open` sum to `rows`. Where a list says `per`, each text of the
    field in that year has a line, with or without members, and so have the rows that say nothing there (no text); the
    line of all rows has no field.
    """
    years = [YEAR] if with_years else []
    lines = [
        [each.asked.id, *([each.year] if with_years else []), each.field, each.text, each.rows, *each.standings]
        for each in counts
    ]
    frame = pd.DataFrame(lines, columns=["list", *years, "field", "text", *COUNTS], dtype=object)
    whole = dict.fromkeys((*years, *COUNTS), np.int64)
    return frame.astype(whole)


def list_sentences(counts: Iterable[ListCount]) -> Iterator[Text]:
    """For each list and year how many units are on it and where the others are; they add up to all units."""
    for each in counts:
        if each.field is not None:
            continue
        counted = dict(zip(STANDINGS, each.standings, strict=True))
        when = ("", "") if each.year is None else (f" {each.year} 年", f" {each.year}")
        parts = [(word, counted[key]) for key, word in STANDING_TEXT.items() if counted[key]]
        zh, en = "，".join(f"{word.zh} {n}" for word, n in parts), ", ".join(f"{n} {word.en}" for word, n in parts)
        label, of = each.asked.label, each.rows
        yield Text(f"榜单“{label.zh}”{when[0]}：{zh}（共 {of}）", f"list {label.en}{when[1]}: {en} (of {of})")


STANDING_TEXT = {
    LISTED: Text("入榜", "listed"),
    BEYOND: Text("符合条件而名额已满", "eligible, behind the last place"),
    NOT_ELIGIBLE: Text("不符合条件", "not eligible"),
    OPEN: Text("无法判断", "cannot be told"),
}
"""What the standings are called."""

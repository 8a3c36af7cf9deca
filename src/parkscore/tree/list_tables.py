"""Lists as flat tables: who is on each, in which place and why, and how many of each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, rows_by_value
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.language import Text
from parkscore.tree.lists import BEYOND, LISTED, NOT_ELIGIBLE, OPEN, STANDINGS, Listed

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


def count_table(lists: Sequence[Listed], table: Table, rows: Rows) -> pd.DataFrame:
    """How many rows each list has looked at and where they are: list, year, field, text, rows, and a column each.

    The columns `listed`, `beyond`, `not_eligible` and `open` sum to `rows`. Where a list says `per`, each text of the
    field in that year has a line, with or without members, and so have the rows that say nothing there (no text); the
    line of all rows has no field.
    """
    years = [] if table.years is None else [YEAR]
    lines = [line for each in lists for line in _count_lines(each, table, rows)]
    names = ["list", *years, "field", "text", *COUNTS]
    frame = pd.DataFrame([[line[name] for name in names] for line in lines], columns=names, dtype=object)
    whole = dict.fromkeys((*years, *COUNTS), np.int64)
    return frame.astype(whole)


def _count_lines(each: Listed, table: Table, rows: Rows) -> Iterator[dict[str, Any]]:
    for year, own in years_of(table, rows):
        yield _counted(each, own) | {YEAR: year, "field": None, "text": None}
        for text, group in _groups(each, table, own):
            yield _counted(each, group) | {YEAR: year, "field": each.asked.per, "text": text}


def _counted(each: Listed, rows: Rows) -> dict[str, Any]:
    counts = np.bincount(each.standings[rows], minlength=len(STANDINGS)).tolist()
    return {"list": each.asked.id, "rows": len(rows)} | dict(zip(STANDINGS, counts, strict=True))


def _groups(each: Listed, table: Table, rows: Rows) -> Iterator[tuple[str | None, Rows]]:
    """The rows by what they say in the field of a list, most members first; those that say nothing last."""
    if each.asked.per is None:
        return
    said = table.frame[each.asked.per]
    texts = np.array([text if isinstance(text, str) else "" for text in said], dtype=object)
    groups = rows_by_value(texts, rows)
    named = [(str(text), own) for text, own in groups if text]
    yield from sorted(named, key=lambda group: -int((each.standings[group[1]] == STANDINGS.index(LISTED)).sum()))
    yield from ((None, own) for text, own in groups if not text)


def list_sentences(lists: Sequence[Listed], table: Table, rows: Rows) -> Iterator[Text]:
    """For each list and year how many units are on it and where the others are; they add up to all units."""
    for each in lists:
        for year, own in years_of(table, rows):
            counted = _counted(each, own)
            when = ("", "") if year is None else (f" {year} 年", f" {year}")
            parts = [(word, counted[key]) for key, word in STANDING_TEXT.items() if counted[key]]
            zh, en = "，".join(f"{word.zh} {n}" for word, n in parts), ", ".join(f"{n} {word.en}" for word, n in parts)
            label, of = each.asked.label, counted["rows"]
            yield Text(f"榜单“{label.zh}”{when[0]}：{zh}（共 {of}）", f"list {label.en}{when[1]}: {en} (of {of})")


STANDING_TEXT = {
    LISTED: Text("入榜", "listed"),
    BEYOND: Text("符合条件而名额已满", "eligible, behind the last place"),
    NOT_ELIGIBLE: Text("不符合条件", "not eligible"),
    OPEN: Text("无法判断", "cannot be told"),
}
"""What the standings are called."""

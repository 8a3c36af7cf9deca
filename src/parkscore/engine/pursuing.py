"""Bring together what the pieces have for the targets of a framework: amounts over all units, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parkscore.data.grid import Rows, Vector
from parkscore.data.table import Table
from parkscore.engine.buckets import BUDGET
from parkscore.engine.sorted_columns import SortedColumn
from parkscore.framework.models import Framework
from parkscore.tree.targets import (
    MOST_NAMES,
    AmountKey,
    Progress,
    YearAmount,
    amounts_of,
    amounts_read,
    progress_of,
    total_in_order,
)


@dataclass(frozen=True)
class AmountPart:
    """What the rows of a piece have for an amount in a year.

    values: of the rows that have it. applying: how many it applies to. lacking: how many of these lack it; first: the
    first of them by their places in the data.
    """

    values: Vector
    applying: int
    lacking: int
    first: tuple[tuple[tuple[int, int], str], ...]


Parts = Mapping[AmountKey, AmountPart]


def gather_amounts(framework: Framework, table: Table, number: int, places: Rows | None) -> Parts:
    """What a piece adds; number: of the piece. places: of its rows in the data, where they are not those of a piece."""
    if table.years is None or not framework.targets:
        return {}
    found = {}
    for key, own in amounts_of(framework, table).items():
        rows = own.lacking[:MOST_NAMES]
        at = [(number, row) for row in rows.tolist()] if places is None else [(0, row) for row in places[rows].tolist()]
        first = tuple(zip(at, own.named(table), strict=True))
        found[key] = AmountPart(own.values, own.applying, len(own.lacking), first)
    return found


class JoiningAmounts:
    """The amounts of all pieces: their numbers are sorted in files, so that they add up as in memory."""

    def __init__(self, framework: Framework, folder: Path) -> None:
        """folder: for the numbers in order."""
        self._framework = framework
        names = amounts_read(framework)
        self._columns = {
            name: SortedColumn(folder / f"amount-{number}", budget=BUDGET // len(names))
            for number, name in enumerate(names)
        }
        self._joined: dict[AmountKey, tuple[int, int, tuple[tuple[tuple[int, int], str], ...]]] = {}

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order."""
        for key, part in parts.items():
            applying, lacking, first = self._joined.get(key, (0, 0, ()))
            named = tuple(sorted((*first, *part.first))[:MOST_NAMES])
            self._joined[key] = applying + part.applying, lacking + part.lacking, named
            self._columns[key.name].add(part.values, key.year)

    def progress(self, wanted: Sequence[int]) -> tuple[Progress, ...]:
        """How far each target is in each of these years."""
        if not self._joined:
            return ()
        in_order = {name: column.finish() for name, column in self._columns.items()}
        amounts = {
            key: YearAmount(
                total_in_order(key.function, np.asarray(in_order[key.name][key.year]())),
                bool(applying),
                lacking,
                tuple(unit for _, unit in first),
            )
            for key, (applying, lacking, first) in self._joined.items()
        }
        return progress_of(self._framework, amounts, wanted)

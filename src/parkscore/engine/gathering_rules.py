"""Before rows are checked: gather from all pieces what the rules that compare rows take from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parkscore.data.batches import BrokenFiles
from parkscore.data.codes_in_pieces import shared_in_pieces
from parkscore.data.datasets import Piece
from parkscore.data.duplicates import KeysSeen, Repeated
from parkscore.data.masking import Mask
from parkscore.data.peers import Group, spread_in_order
from parkscore.data.rule_statistics import Compared, RulePart, RuleStatistics, mixed_up, rule_part
from parkscore.data.validate import as_accepted
from parkscore.data.validate_pieces import checked_by_piece, compares_all
from parkscore.engine.buckets import BUDGET
from parkscore.engine.sorted_columns import SortedColumn
from parkscore.engine.sources import Item, Source
from parkscore.findings import DataError, Finding, Place
from parkscore.framework.models import Framework


@dataclass(frozen=True)
class GatherRules:
    """What the rows of a piece add; it can be sent to another process."""

    source: Source

    def __call__(self, item: Item) -> RulePart | None:
        """The values that are compared; None where the piece cannot be read, which is told when it is checked.

        Of a piece with broken files the others count, whose rows are checked.
        """
        framework = checked_by_piece(self.source.dataset.framework, whole_units=True)
        try:
            table = self.source.read(item).table
        except BrokenFiles as error:
            return None if error.table is None else rule_part(framework, error.table)
        except DataError:
            return None
        return rule_part(framework, table)


@dataclass(frozen=True)
class ComparedRows:
    """What is known of all rows before they are checked one by one, and what is said of whole columns."""

    statistics: RuleStatistics
    findings: Sequence[Finding]


NOTHING_COMPARED: Final = ComparedRows(RuleStatistics(), ())
"""Where no rule compares rows."""


def compare_rows(
    source: Source,
    pieces: Sequence[Piece],
    folder: Path,
    mask: Mask | None,
    drive: Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]],
) -> ComparedRows:
    """Look at all pieces where the framework has rules that compare rows, or codes that rows may share.

    pieces: of the data set, in its order. folder: for columns in order. drive: calls a function with each of some
    items, in order.
    """
    framework = source.dataset.framework
    if not compares_all(framework):
        return NOTHING_COMPARED
    joined = _Joined(framework, folder)
    for part in drive(GatherRules(source), source.items):
        if part is not None:
            joined.add(part)
    compared = joined.compared()
    shown = str if mask is None else mask.unit
    found = list(shared_in_pieces(source.dataset, pieces, joined.repeated_codes(), shown))
    if mask is not None:
        found = mask.findings(found, None, framework)
    return ComparedRows(compared.statistics, [*compared.findings, *found])


class _Joined:
    """The values of all pieces, sorted in files."""

    def __init__(self, framework: Framework, folder: Path) -> None:
        self._framework, self._folder = framework, folder
        self._columns: dict[str, SortedColumn] = {}
        self._groups: dict[Group, int] = {}
        self._met: dict[Compared, None] = {}
        self._places: dict[str, Place] = {}
        self._codes: dict[str, KeysSeen] = {}

    def add(self, part: RulePart) -> None:
        """What a piece has; in any order."""
        for compared, values in part.values.items():
            number = self._groups.setdefault(compared.group, len(self._groups))
            self._column(compared.of).add(values, number)
            self._met[compared] = None
        for name, place in part.places.items():
            self._places[name] = min(self._places.get(name, place), place, key=lambda each: (each.file, each.line or 0))

        for name, keys in part.codes.items():
            self._keys_of(name).add(keys)

    def repeated_codes(self) -> dict[str, Repeated]:
        """By field the numbers of codes that more than one row has."""
        return {name: seen.repeated() for name, seen in self._codes.items()}

    def _keys_of(self, name: str) -> KeysSeen:
        if name not in self._codes:
            own = self._folder / f"codes-{len(self._codes)}"
            own.mkdir()
            self._codes[name] = KeysSeen(own)
        return self._codes[name]

    def compared(self) -> ComparedRows:
        """The statistics, and the findings that follow from them alone."""
        in_order = {name: column.finish() for name, column in self._columns.items()}
        spreads = {each: spread_in_order(in_order[each.of][self._groups[each.group]]()) for each in self._met}
        statistics = RuleStatistics(spreads)
        rules = checked_by_piece(self._framework, whole_units=True)
        return ComparedRows(statistics, as_accepted(rules, mixed_up(rules, statistics, self._places)))

    def _column(self, name: str) -> SortedColumn:
        if name not in self._columns:
            # At most as many columns as the rules name, each of which may be held.
            path = self._folder / f"compared-{len(self._columns)}"
            self._columns[name] = SortedColumn(path, budget=BUDGET // _MOST_HELD)
        return self._columns[name]


_MOST_HELD = 8

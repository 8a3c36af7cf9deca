"""Draw up the lists of a framework over all pieces: each row says what it is, and places are known at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, codes_of, number_array, numbers_of, objects_of, worded
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.grid import Rows
from parkscore.data.table import YEAR, Table
from parkscore.engine.external_ranks import ExternalRanks
from parkscore.engine.ranking import Groups
from parkscore.engine.spool import read_batch
from parkscore.engine.summing_up import Accounts
from parkscore.framework.models import Framework, RankedList
from parkscore.results.lists import ORDERED_BY, list_columns
from parkscore.tree.accounting import LIST
from parkscore.tree.list_tables import STANDING_TEXT, ListCount, counts_of, in_order_of_members
from parkscore.tree.lists import STANDINGS, Candidates, standings_of
from parkscore.tree.verdicts import Codes

_SIZE, _OUT, _SAID = "size:", "out:", "said:"


def list_batch(found: Sequence[Candidates], table: Table, rows: Rows) -> pa.RecordBatch:
    """What the lists make of each of these rows by itself."""
    columns: dict[str, pa.Array] = {} if table.years is None else {YEAR: arrow_numbers(table.years[rows])}
    for each in found:
        code, per = each.asked.id, each.asked.per
        columns[_SIZE + code] = number_array(each.sizes[rows])
        columns[_OUT + code] = pa.array(each.not_eligible[rows])
        columns[ORDERED_BY + code] = number_array(each.values[rows])
        if per is not None:
            said = table.coded(per)
            columns[_SAID + code] = worded(said.texts, said.codes[rows])
    return pa.RecordBatch.from_pydict(columns)


def lists_file(folder: Path, number: int) -> Path:
    """Where what the lists make of the rows of a piece lies."""
    return folder / f"lists-{number:06d}.arrow"


class Lists:
    """The lists of a framework over the rows of all pieces, in the memory of a piece and of a few buckets of a sort."""

    def __init__(self, framework: Framework, folder: Path, paths: Sequence[Path]) -> None:
        """Give each row its place; folder: for what memory does not hold. paths: the `lists_file` of each piece."""
        self._lists = framework.lists
        self._paths = paths
        self._ranked = {each.id: ExternalRanks(folder, ties="min", decimals=None) for each in self._lists}
        years = Groups(None)
        for path in paths:
            batch = read_batch(path)
            codes = years.codes(batch)
            for code, ranked in self._ranked.items():
                ranked.add(numbers_of(batch.column(_SIZE + code)), codes)
        for ranked in self._ranked.values():
            ranked.finish()

    @cached_property
    def counts(self) -> list[ListCount]:
        """How many rows have which standing, by list, year and text."""
        counts: dict[tuple[str, int | None, str | None, str | None], ListCount] = {}
        for each, count in self._counted():
            key = each.id, count.year, count.field, count.text
            before = counts[key].standings if key in counts else (0,) * len(STANDINGS)
            standings = tuple(a + b for a, b in zip(before, count.standings, strict=True))
            counts[key] = ListCount(each, count.year, count.field, count.text, standings)
        order = {each.id: number for number, each in enumerate(self._lists)}
        return in_order_of_members(sorted(counts.values(), key=lambda count: order[count.asked.id]))

    @property
    def accounts(self) -> Accounts:
        """The same by list alone, as the accounts of all rows have it."""
        found = Counter[tuple[str, int]]()
        for count in self.counts:
            if count.field is None:
                found.update({(count.asked.id, place): own for place, own in enumerate(count.standings)})
        return {
            (LIST, each.id, standing, *STANDING_TEXT[standing]): found[each.id, place]
            for each in self._lists
            for place, standing in enumerate(STANDINGS)
        }

    def columns(self, number: int) -> dict[str, pa.Array]:
        """For the rows of a piece and each list: what it finds of them, their places, and what they are ordered by."""
        columns: dict[str, pa.Array] = {}
        for each in self._lists:
            batch, places = read_batch(self._paths[number]), self._ranked[each.id].ranks(number)
            values = numbers_of(batch.column(ORDERED_BY + each.id))
            columns |= list_columns(each.id, self._standings(each, number, batch), places, values)
        return columns

    def _standings(self, asked: RankedList, number: int, batch: pa.RecordBatch) -> Codes:
        out = batch.column(_OUT + asked.id).to_numpy(zero_copy_only=False)
        return standings_of(out, self._ranked[asked.id].ranks(number), asked.top)

    def _counted(self) -> Iterator[tuple[RankedList, ListCount]]:
        for number, path in enumerate(self._paths):
            batch = read_batch(path)
            years = numbers_of(batch.column(YEAR)) if YEAR in batch.schema.names else None
            for each in self._lists:
                said = None if each.per is None else _texts(batch.column(_SAID + each.id))
                for count in counts_of(each, years, self._standings(each, number, batch), said):
                    yield each, count


def _texts(column: pa.DictionaryArray) -> CodedTexts:
    return CodedTexts(codes_of(column), objects_of(column.dictionary))

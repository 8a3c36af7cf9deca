"""Where the tables of a run come from: the pieces of a dataset, or parts that hold all years of their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from parkscore.data.batches import BrokenFiles, read_piece
from parkscore.data.by_unit import UnitParts
from parkscore.data.datasets import Dataset, Piece, refuse_changed
from parkscore.data.duplicates import keys_in_order
from parkscore.data.masking import Mask
from parkscore.data.rule_statistics import RuleStatistics
from parkscore.data.table import Table
from parkscore.data.text_hashes import Hashes
from parkscore.data.validate import UNREAD_COLUMN
from parkscore.data.validate_pieces import validate_piece
from parkscore.findings import DataError, Finding, errors_of
from parkscore.framework.models import Framework


class Item(Protocol):
    """What is read and scored at a time."""

    @property
    def number(self) -> int:
        """Its place among the others."""


@dataclass(frozen=True)
class Part:
    """A part of the units of a dataset."""

    number: int


@dataclass(frozen=True)
class Read:
    """A table that was read: what was found in its cells, and where its rows stand in the dataset, if not in a row."""

    table: Table
    found: Sequence[Finding] = ()
    places: npt.NDArray[np.int64] | None = None


class Source(Protocol):
    """Tables that can be read by any process, as often as wanted."""

    @property
    def dataset(self) -> Dataset:
        """What is read."""

    @property
    def whole_units(self) -> bool:
        """Whether each table has all years of its units."""

    @property
    def items(self) -> Sequence[Item]:
        """The tables, in order."""

    def read(self, item: Item) -> Read:
        """One table; DataError where it cannot be read at all."""


@dataclass(frozen=True)
class PieceSource:
    """The pieces of a dataset, in the order of its rows."""

    dataset: Dataset
    items: Sequence[Piece]
    whole_units: bool = False

    def read(self, item: Item) -> Read:
        """The rows of a piece."""
        table, cells = read_piece(self.dataset, self.items[item.number])
        return Read(table, cells.findings)


KEPT: Final = 224 << 20
"""Bytes of tables that are kept from one pass to the next."""


@dataclass(frozen=True)
class KeptSource:
    """The pieces of a dataset for several passes of this process: the first ones are kept, the others read again.

    keeps: whether another pass follows. limit: bytes that the tables which are kept may take.
    """

    pieces: PieceSource
    keeps: bool = True
    limit: int = KEPT
    whole_units: bool = False
    _kept: dict[int, Read] = field(default_factory=dict)

    @property
    def dataset(self) -> Dataset:
        """What is read."""
        return self.pieces.dataset

    @property
    def items(self) -> Sequence[Piece]:
        """The pieces."""
        return self.pieces.items

    @cached_property
    def _first(self) -> int:
        """How many pieces are kept."""
        fields = self.dataset.framework.fields.values()
        of_row = _OF_UNIT + sum(_OF_TEXT if each.is_text else _OF_NUMBER for each in fields if each.formula is None)
        ends = np.cumsum([piece.all_rows * of_row for piece in self.items])
        return int(np.searchsorted(ends, self.limit, side="right"))

    def read(self, item: Item) -> Read:
        """The rows of a piece; DataError where its file is not as it was, as if it were read again."""
        kept = self._kept.get(item.number) if self.keeps else self._kept.pop(item.number, None)
        if kept is not None:
            for piece in self.items[item.number].of_files:
                refuse_changed(self.dataset.files[piece.file])
            return kept
        read = self.pieces.read(item)
        if self.keeps and item.number < self._first:
            self._kept[item.number] = read
        return read


_OF_UNIT, _OF_NUMBER, _OF_TEXT = 40, 9, 12
"""Bytes that a cell takes: the id of a unit, a number with its state, a text by number and as an object."""


@dataclass(frozen=True)
class PartSource:
    """The parts of a dataset, once all its pieces were put down.

    left_out, notes: what the pieces say together.
    """

    units: UnitParts
    pieces: Sequence[Piece]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    whole_units: bool = True

    @property
    def dataset(self) -> Dataset:
        """What was put down."""
        return self.units.dataset

    @property
    def items(self) -> Sequence[Part]:
        """The numbers of the parts."""
        return [Part(number) for number in range(self.units.parts)]

    def read(self, item: Item) -> Read:
        """The rows of all years of the units of a part; rows that were left out are told with the first."""
        table, places = self.units.read(item.number, self.pieces)
        left_out = self.left_out if item.number == 0 else {}
        return Read(replace(table, left_out=left_out, notes=self.notes), places=places)


@dataclass(frozen=True)
class Checked:
    """A table that was read and checked, None where it cannot be scored, and what was found in it.

    keys: a number for the unit and year of each row, ascending, by which a unit that is met twice shows.
    """

    table: Table | None
    found: Sequence[Finding] = ()
    places: npt.NDArray[np.int64] | None = None
    keys: Hashes | None = None


def read_checked(source: Source, item: Item, mask: Mask | None, known: RuleStatistics) -> Checked:
    """Read a table and check it, so that the mistakes of both come at once, as `read_and_validate` does.

    mask: hides units and names, once everything is checked. known: what rules compare rows with.
    """
    framework, broken = source.dataset.framework, list[Finding]()
    try:
        read = source.read(item)
    except DataError as error:
        if not isinstance(error, BrokenFiles) or error.table is None:
            return Checked(None, told_of(error, mask, framework))
        read, broken = Read(error.table, error.cells), list(error.findings)
    errors = errors_of(read.found)
    places, fields = {each.place for each in errors}, {each.field for each in errors if each.code in UNREAD_COLUMN}
    checked = [
        finding
        for finding in validate_piece(framework, read.table, whole_units=source.whole_units, known=known)
        if finding.place not in places and finding.field not in fields
    ]
    found, table = [*read.found, *checked], read.table
    sound = not errors_of(found)
    if mask is not None:
        broken = mask.findings(broken, None, framework)
        found, table = mask.findings(found, table, framework), mask.table(table, framework)
    if broken:
        return Checked(None, [*broken, *found])
    keys = None if source.whole_units else keys_in_order(read.table)
    return Checked(table if sound else None, found, read.places, keys)


def told_of(error: DataError, mask: Mask | None, framework: Framework) -> Sequence[Finding]:
    """What is told of a piece that cannot be read, with what was found in the files beside the broken ones."""
    found = [*error.findings, *(error.cells if isinstance(error, BrokenFiles) else ())]
    return found if mask is None else mask.findings(found, None, framework)


def read_again(source: Source, item: Item, mask: Mask | None = None) -> Checked:
    """Read a table that has been checked before."""
    read = source.read(item)
    table = read.table if mask is None else mask.table(read.table, source.dataset.framework)
    return Checked(table, places=read.places)


@dataclass(frozen=True)
class PutDownPiece:
    """What was found in the cells of a piece, its rows that were left out by reason, and what its file says of itself.

    keys: as those of `Checked`.
    """

    found: Sequence[Finding]
    keys: Hashes
    left_out: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PutDown:
    """Put the rows of a piece down where the parts of their units are read from."""

    units: UnitParts
    mask: Mask | None = None

    def __call__(self, piece: Piece) -> PutDownPiece:
        """What is told of the piece; one that cannot be read is put down nowhere, and ends the run after the others."""
        framework = self.units.dataset.framework
        try:
            table, cells = read_piece(self.units.dataset, piece)
        except DataError as error:
            return PutDownPiece(told_of(error, self.mask, framework), np.empty(0, dtype=np.uint64), {}, ())
        self.units.add(piece, table)
        found = cells.findings if self.mask is None else self.mask.findings(cells.findings, table, framework)
        return PutDownPiece(found, keys_in_order(table), table.left_out, table.notes)

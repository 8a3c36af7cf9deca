"""Find units that stand twice in a year of a data set, however large it is, without holding its units in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers
from parkscore.data.batches import read_once_more
from parkscore.data.collecting import REPEATED_AT_MOST, Collected
from parkscore.data.datasets import Dataset, Piece
from parkscore.data.headers import normalised
from parkscore.data.plain_texts import replaced, text_column, texts_written_otherwise
from parkscore.data.repeated_rows import DUPLICATE_ROW, report_repeated, report_similar
from parkscore.data.table import UNIT, Table
from parkscore.data.text_hashes import Hashes, mixed, text_hashes
from parkscore.findings import Finding, Place, Severity

_HELD: Final = 1 << 20
"""So many keys are held in memory, of 8 bytes each; more are put down in files by their first bits."""
_FILE_BITS: Final = 6
_FIRST_OF_FILES: Final = np.arange(1, 1 << _FILE_BITS, dtype=np.uint64) << np.uint64(64 - _FILE_BITS)
"""The least key of each file but the first."""


def keys_of(table: Table) -> Hashes:
    """(rows,) a number for the unit and year of each row; rows that differ have the same only by a rare chance.

    Units that differ in width and space only have the same.
    """
    units = text_hashes(_as_shown(text_column(table.cells[UNIT])))
    return units if table.years is None else mixed(units, table.years)


def keys_in_order(table: Table) -> Hashes:
    """The keys of all rows, ascending: what is sorted where pieces are read side by side need only be merged later."""
    return np.sort(keys_of(table))


def _as_shown(units: pa.Array) -> pa.Array:
    rows = texts_written_otherwise(units)
    if not rows.size:
        return units
    return replaced(units, rows, [normalised(unit) for unit in units.take(arrow_numbers(rows)).to_pylist()])


class Repeated(NamedTuple):
    """Keys that more than one row has, ascending; and how many rows are more than the first of their key."""

    keys: Hashes
    surplus: int


class KeysSeen:
    """The keys of all rows of a data set, in memory or, where they are many, in files of a folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     seen = KeysSeen(Path(folder))
    ...     seen.add(np.array([3, 1], dtype=np.uint64))
    ...     seen.add(np.array([1, 1, 2], dtype=np.uint64))
    ...     seen.repeated()
    Repeated(keys=array([1], dtype=uint64), surplus=2)
    """

    def __init__(self, folder: Path, held: int = _HELD) -> None:
        """Start with none; nobody else writes files named `keys-` there."""
        self._folder = folder
        self._most = held
        self._held: list[Hashes] = []
        self._files: set[Path] = set()

    def add(self, keys: Hashes) -> None:
        """Take in the keys of a piece, in whatever order pieces come; what ascends already is found sooner."""
        self._held.append(keys)
        if sum(map(len, self._held)) > self._most:
            self._put_down()

    def repeated(self) -> Repeated:
        """The keys met more than once."""
        if not self._files:
            return _repeated(np.concatenate([*self._held, np.empty(0, dtype=np.uint64)]))
        self._put_down()
        found = [_repeated(np.fromfile(path, dtype=np.uint64)) for path in sorted(self._files)]
        return Repeated(np.concatenate([each.keys for each in found]), sum(each.surplus for each in found))

    def _put_down(self) -> None:
        """Append the keys that are held to the file of their first bits."""
        keys = _merged(np.concatenate([*self._held, np.empty(0, dtype=np.uint64)]))
        self._held = []
        for number, own in enumerate(np.split(keys, np.searchsorted(keys, _FIRST_OF_FILES))):
            if own.size:
                path = self._folder / f"keys-{number:02d}"
                with path.open("ab") as stream:
                    stream.write(own.data)
                self._files.add(path)


def _merged(keys: Hashes) -> Hashes:
    """Keys in order; a stable sort merges those that come in runs."""
    return np.sort(keys, kind="stable")


def _repeated(keys: Hashes) -> Repeated:
    ordered = _merged(keys)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return Repeated(np.unique(again), len(again))


def duplicate_findings(dataset: Dataset, pieces: Sequence[Piece], repeated: Repeated) -> list[Finding]:
    """An error for each of the first rows that repeat another, and one that counts the others.

    And a warning for a unit that is written like another of its year but for width and space. Units and years are
    compared themselves, in a second look at the rows whose keys meet; what is not listed is counted by keys alone.
    """
    found = Collected()
    if not repeated.surplus:
        return []
    first: dict[tuple[str, int | None], Place] = {}
    spelled: dict[tuple[str, int | None], str] = {}
    similar: set[str] = set()
    listed = 0
    for table in read_once_more(dataset, pieces, ()):
        for row in rows_with(keys_of(table), repeated.keys):
            unit, year = table.unit(row), None if table.years is None else int(table.years[row])
            here = table.origin.place(row, UNIT)
            earlier = first.setdefault((unit, year), here)
            other = spelled.setdefault((normalised(unit), year), unit)
            if earlier is not here:
                report_repeated(here, earlier, unit, year, found)
                listed += 1
            elif other != unit and unit not in similar:
                report_similar(here, unit, other, first[other, year], found)
                similar.add(unit)
            if listed > REPEATED_AT_MOST:
                found.count_more(DUPLICATE_ROW, Severity.ERROR, repeated.surplus - listed - len(similar))
                return found.findings
    return found.findings


def rows_with(keys: Hashes, wanted: Hashes) -> list[int]:
    """The rows whose key is among those wanted, which ascend."""
    places: npt.NDArray[np.intp] = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    return list(np.flatnonzero(wanted[places] == keys).tolist())

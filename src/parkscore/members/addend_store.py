"""Keep what returns add to their zones: in memory as far as a budget goes, the rest in a file without a name."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text, system_reason

Positions = NDArray[np.int32]
"""Where returns stand in a store, counted over all its pieces."""

HELD: Final = 256 << 20
"""Bytes that a store keeps in memory."""
# Rows that are read along are cheaper than another look into the file.
_GAP: Final = 4096
_NUMBER: Final = 8  # bytes


@dataclass(frozen=True, eq=False)
class _Filed:
    """Where the numbers of a piece begin in the file, and how many rows it has."""

    start: int
    rows: int


class AddendStore:
    """The addends of all returns, field by field, in pieces.

    What does not fit the budget lies in a file of the system's folder for such (`TMPDIR`). It has no name there, so
    that nothing is left of it, whatever ends a run.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """names: of the fields, in the order of the rows of a piece."""
        self._row = {name: row for row, name in enumerate(names)}
        self._pieces: list[Matrix | _Filed] = []
        self._ends: list[int] = []
        self._free = HELD
        self._file: FileIO | None = None
        self._size = 0
        self._one_at_a_time = Lock()

    @property
    def names(self) -> list[str]:
        """The fields."""
        return list(self._row)

    @property
    def starts(self) -> list[int]:
        """The position of the first return of each piece, and behind them how many returns there are."""
        return [0, *self._ends]

    def add(self, piece: Matrix) -> None:
        """Put a piece behind the others: (fields, rows), of which the store is the owner from then on.

        Raises UsageError where the disk is full.
        """
        self._ends.append(self.starts[-1] + piece.shape[1])
        if piece.nbytes <= self._free:
            self._free -= piece.nbytes
            self._pieces.append(piece)
            return
        self._free = 0  # what comes later is needed no sooner
        try:
            self._pieces.append(self._put_down(piece))
        except OSError as error:
            raise _no_room(system_reason(error)) from None

    def column(self, piece: int, name: str) -> Vector:
        """A field of all returns of a piece, in the order in which they were put there."""
        start, end = self.starts[piece : piece + 2]
        found = np.empty(end - start)
        self.read_into(found, piece, name, 0)
        return found

    def read_into(self, target: Vector, piece: int, name: str, first: int) -> None:
        """Fill an array with a field of the returns of a piece, from its return number `first` on."""
        held, row = self._pieces[piece], self._row[name]
        if not isinstance(held, _Filed):
            target[:] = held[row, first : first + len(target)]
            return
        assert self._file is not None  # noqa: S101  # a piece was put there
        rest = target.data.cast("B")
        with self._one_at_a_time:
            self._file.seek(held.start + (row * held.rows + first) * _NUMBER)
            while rest:
                rest = rest[self._file.readinto(rest) :]

    def picked(self, positions: Rows | Positions) -> Picked:
        """The returns at some positions, -1 for none; what they add to a field is then asked for by its name."""
        return Picked(self, positions)

    def _put_down(self, piece: Matrix) -> _Filed:
        if self._file is None:
            self._file = _nameless()
            weakref.finalize(self, self._file.close)
        found = _Filed(self._size, piece.shape[1])
        self._file.seek(self._size)
        rest = piece.data.cast("B")
        while rest:
            rest = rest[self._file.write(rest) :]
        self._size += piece.nbytes
        return found


def _nameless() -> FileIO:
    """An empty file that nobody else can open."""
    with tempfile.TemporaryFile(prefix=".parkscore-", buffering=0) as file:
        return FileIO(os.dup(file.fileno()), "r+b")


class Picked:
    """Some returns of a store, which are looked up in one field after the other."""

    def __init__(self, store: AddendStore, positions: Rows | Positions) -> None:
        """positions: (n,), see `AddendStore.picked`. Returns that stand close to each other are read at once."""
        self._store = store
        there = positions >= 0
        wanted = np.sort(positions[there])
        starts = np.array(store.starts, dtype=np.intp)
        pieces = np.searchsorted(wanted, starts[1:-1])
        breaks = np.flatnonzero(np.diff(wanted) > _GAP) + 1
        cuts = np.unique(np.concatenate([pieces, breaks, [0, len(wanted)]]))
        firsts = wanted[cuts[:-1]].astype(np.intp) if len(wanted) else np.zeros(0, dtype=np.intp)
        lasts = wanted[cuts[1:] - 1].astype(np.intp) if len(wanted) else firsts
        piece = np.searchsorted(starts, firsts, side="right") - 1
        offsets = np.concatenate([[0], np.cumsum(lasts - firsts + 1)])
        self._size = int(offsets[-1])
        self._runs = list(
            zip(piece.tolist(), (firsts - starts[piece]).tolist(), offsets.tolist(), offsets[1:].tolist(), strict=False)
        )
        # The last place is that of no return.
        self._places = np.full(len(positions), self._size, dtype=np.intp)
        if self._size:
            own = positions[there]
            run = np.searchsorted(firsts, own, side="right") - 1
            self._places[there] = own + (offsets[:-1] - firsts)[run]

    def of(self, name: str) -> Vector:
        """What each of the returns adds to a field, (n,); NaN for none, and where the return lacks the cell."""
        read = np.empty(self._size + 1)
        for piece, first, start, end in self._runs:
            self._store.read_into(read[start:end], piece, name, first)
        read[-1] = np.nan
        return read.take(self._places, mode="clip")


def _no_room(reason: Text) -> UsageError:
    """The error that says why addends cannot be put down."""
    return UsageError(
        Finding(
            code="cannot_write",
            severity=Severity.ERROR,
            place=Place(tempfile.gettempdir()),
            message=Text(
                f"年报放不进内存，也无法暂存：{reason.zh}", f"has no room for what does not fit memory: {reason.en}"
            ),
            hint=Text(
                "腾出空间，或用环境变量 TMPDIR 另指文件夹",
                "make room there, or name another folder by the variable TMPDIR",
            ),
        )
    )

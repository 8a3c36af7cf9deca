"""What lies between two passes: in memory while there is room, then in a folder beside the output, gone in the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias

import pyarrow as pa

from parkscore.output.files import failed_write, refuse_obstacle

PieceResults: TypeAlias = "Path | pa.RecordBatch"
"""The results of a piece: a file of the spool, or the batch itself where it stays in memory."""

HELD: Final = 384 << 20
"""Bytes of results that stay in memory."""


@dataclass
class Room:
    """What is left of the memory for results; threads take from it one at a time.

    >>> room = Room(10)
    >>> room.takes(8), room.takes(8)
    (True, False)
    """

    bytes: float
    _one_at_a_time: Lock = field(default_factory=Lock)

    def takes(self, size: int) -> bool:
        """Whether there is room for so many bytes, which then are taken."""
        with self._one_at_a_time:
            if size > self.bytes:
                return False
            self.bytes -= size
            return True


@contextlib.contextmanager
def spool_folder(output: Path) -> Iterator[Path]:
    """A folder beside `output` that is removed with all that is in it, however the block ends.

    Raises UsageError where no file can be written there, before the block runs, or where the disk fills in it.
    """
    try:
        refuse_obstacle(output)
        with tempfile.TemporaryDirectory(prefix=".parkscore-", dir=output.parent, ignore_cleanup_errors=True) as name:
            yield Path(name).absolute()  # a worker may stand elsewhere
    except OSError as error:
        raise failed_write(output, error) from None


def piece_file(folder: Path, number: int) -> Path:
    """Where the results of a piece lie."""
    return folder / f"piece-{number:06d}.arrow"


def write_batch(batch: pa.RecordBatch, path: Path) -> None:
    """Write one batch as a file, whole or not at all: a second writer of the same batch does no harm."""
    beside = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with pa.OSFile(str(beside), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_batch(results: PieceResults) -> pa.RecordBatch:
    """The batch itself, or that in a file; only what is looked at is read from the disk."""
    if not isinstance(results, Path):
        return results
    with pa.memory_map(str(results)) as source:
        return pa.ipc.open_file(source).get_batch(0)

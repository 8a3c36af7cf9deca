"""A folder for what lies between two passes: beside the output, on the same disk, and gone in the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from parkscore.language import system_reason
from parkscore.output.files import cannot_write


@contextlib.contextmanager
def spool_folder(output: Path) -> Iterator[Path]:
    """A folder beside `output` that is removed with all that is in it, however the block ends.

    Raises UsageError where there is no such place, or where the disk fills while the block runs.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".parkscore-", dir=output.parent, ignore_cleanup_errors=True) as name:
            yield Path(name).absolute()  # a worker may stand elsewhere
    except OSError as error:
        raise cannot_write(output, system_reason(error)) from None


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


def read_batch(path: Path, columns: list[str] | None = None) -> pa.RecordBatch:
    """The batch in a file; only what is looked at is read from the disk."""
    with pa.memory_map(str(path)) as source:
        batch = pa.ipc.open_file(source).get_batch(0)
    return batch if columns is None else batch.select(columns)

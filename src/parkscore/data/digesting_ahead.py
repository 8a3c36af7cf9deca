"""Take the digest of a file in a thread, while this process still loads what reads the file."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Final

from parkscore.data.giving_way import give_way

_AT_ONCE: Final = 16 << 20
"""Bytes that are taken in without a turn of the interpreter, which loads meanwhile."""
_File = tuple[str, int, int]
_coming: Final[dict[_File, Future[str | None]]] = {}


@contextlib.contextmanager
def digesting_ahead(path: Path) -> Iterator[None]:
    """Begin to take the digest of a file; what is not asked for within the block is given up.

    What is wrong with the file is told when it is read.
    """
    pool, stop = ThreadPoolExecutor(1, thread_name_prefix="parkscore-digest", initializer=give_way), Event()
    with contextlib.suppress(OSError):
        status = path.stat()
        _coming[str(path), status.st_size, status.st_mtime_ns] = pool.submit(_digest, path, stop)
    try:
        yield
    finally:
        stop.set()
        pool.shutdown(wait=True)
        _coming.clear()


def _digest(path: Path, stop: Event) -> str | None:
    """The digest, None once nobody wants it any more, or where the file cannot be read."""
    # Such memory is cleared where the file is read into it; to clear it before, Python would hold up all others.
    digest, block = hashlib.sha256(), mmap.mmap(-1, _AT_ONCE)
    with contextlib.suppress(OSError), path.open("rb", buffering=0) as stream:
        while size := stream.readinto(block):
            if stop.is_set():
                return None
            digest.update(memoryview(block)[:size])
        return digest.hexdigest()
    return None


def digest_before(path: str, size: int, changed: int) -> str | None:
    """SHA-256 of a file of this size and time, if it has been begun; it is given away once."""
    coming = _coming.pop((path, size, changed), None)
    return None if coming is None else coming.result()

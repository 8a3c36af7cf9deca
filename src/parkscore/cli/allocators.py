"""Let the allocators of this process keep what they will soon need again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import Final

# M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of the C library, the last at the most that it takes.
_SETTINGS: Final = ((-8, 1), (-1, 1 << 30), (-3, 1 << 25))


def keep_memory() -> None:
    """Give memory back after a second, not at once; what somebody has set in the environment stays as it is.

    A run over pieces takes and frees the same arrays over and over. Where each of them goes back to the system and
    comes again page by page, that costs a fifth of its time. Call it before Arrow is imported.
    """
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "1000")  # milliseconds; for good would be too long, memory grows
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")  # pages of two megabytes are cleared whole for a few kilobytes
    if sys.platform != "linux" or any(name.startswith("MALLOC_") for name in os.environ):
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such settings
        setting = ctypes.CDLL(None).mallopt
        for name, value in _SETTINGS:
            setting(name, value)

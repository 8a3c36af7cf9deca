"""Threads that let others go first, where there are more of them than cores."""

from __future__ import annotations

import contextlib
import os
import sys
from threading import get_native_id
from typing import Final

LATER: Final = 5
"""How much nicer a thread becomes: beside one that is as it was, it gets a third of the time of a core."""


def give_way() -> None:
    """Let the other threads of this process go before the one that calls this, for good.

    For those that prepare what one thread has to pass on piece by piece, such as the one that writes a file: whenever
    it can go on, it should, or its work is what is left when all others have ended. Threads that it starts are as nice
    as it is, those that Arrow keeps among them, so this is for a process whose only work it is: for the command line.
    Only Linux knows how nice a thread is apart from its process.
    """
    if sys.platform == "linux":
        thread = get_native_id()
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + LATER)

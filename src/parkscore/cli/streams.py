"""Keep stdout for what the program says: compiled libraries print there, too."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Final

_STDOUT: Final = 1


def keep_stdout() -> None:
    """Let nothing but this program's own output reach the stdout of the process from now on, to its end.

    The solver of best and worst ranks prints a line of its own now and then, past every option that silences it and
    past `sys.stdout`; in a pipe it would arrive at the very end, inside the JSON document or behind it. So `sys.stdout`
    gets a file of its own, and the number that the library writes to leads nowhere. Where `sys.stdout` is not that of
    the process, as in a test or a notebook, nothing is changed.
    """
    ours = sys.stdout
    try:
        if ours.fileno() != _STDOUT or not isinstance(ours, io.TextIOWrapper):
            return
    except (AttributeError, OSError, ValueError):  # no stdout at all, or none of the process
        return
    ours.flush()
    with contextlib.suppress(OSError):  # where no more files can be opened, a stray line is the smaller evil
        own = os.dup(_STDOUT)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDOUT)
        os.close(nowhere)
        buffering = 1 if ours.line_buffering else -1
        sys.stdout = os.fdopen(own, "w", buffering, encoding=ours.encoding, errors=ours.errors)

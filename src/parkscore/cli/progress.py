"""Show on a terminal how far a run is, over one and the same line."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Final, Self

from parkscore.cli.console import Reply
from parkscore.language import Text

_PATIENCE: Final = 1.0
_SECONDS_BETWEEN: Final = 0.2
_WIDTH: Final = 30


class Progress:
    """What is waited for, then a bar with counts, from a second on; nothing in a pipe or under `--json`.

    The line is cleared at the end.
    """

    def __init__(self, reply: Reply, what: Text) -> None:
        """Show nothing yet; what: is being done."""
        self._reply, self._what = reply, what
        self._silent = reply.as_json or not sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._shown = False
        self._before = ExitStack()

    def __enter__(self) -> Self:
        """Begin; until something is done, what is waited for is all there is to show."""
        self._before.enter_context(self._reply.waiting(self._what))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line, however the run ends."""
        self._before.close()
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def tell(self, done: int, whole: int) -> None:
        """Show how many of all are done, a few times a second."""
        self._before.close()
        if self._silent or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SECONDS_BETWEEN
        self._shown = True
        full = _WIDTH * done // max(whole, 1)
        sys.stderr.write(f"\r\x1b[K{self._reply.word(self._what)} [{'#' * full}{'.' * (_WIDTH - full)}] {done}/{whole}")
        sys.stderr.flush()

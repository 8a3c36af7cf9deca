"""Run the command line, as the command `parkscore` and `python -m parkscore` do."""

from __future__ import annotations

import gc
import signal


def run() -> None:
    """Load the command line and run it; Ctrl-C while it loads ends the process, and nobody has to read a traceback."""
    # Imports make objects by the hundred thousand, none of them garbage: looking for some takes a third of a second.
    gc.set_threshold(250_000, 50, 1000)
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from parkscore.cli import main

    signal.signal(signal.SIGINT, usual)
    main()


if __name__ == "__main__":
    run()

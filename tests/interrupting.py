"""Interrupt a program of its own, as Ctrl-C in a terminal does."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple


class Interrupted(NamedTuple):
    """How a program ended, and what it said on stderr."""

    code: int
    said: bytes


def interrupted(program: str, word: bytes, environment: Mapping[str, str]) -> Interrupted:
    """Run a program with the Python of the tests, and interrupt it once its first line is a word."""
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == word + b"\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    return Interrupted(process.returncode, said)

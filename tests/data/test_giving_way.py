"""Threads that prepare what another one has to pass on let it go first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import get_native_id

import pytest

from parkscore.data.giving_way import LATER
from parkscore.engine.executors import LocalExecutor

NICEST = 19
"""A thread cannot be nicer."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows how nice a thread is")


def _niceness(_item: object = None) -> int:
    return os.getpriority(os.PRIO_PROCESS, get_native_id())


def test_threads_of_a_run_are_nicer_than_the_one_that_takes_their_results() -> None:
    here = _niceness()
    there = set(LocalExecutor(2).map(_niceness, range(20)))
    assert there == {min(here + LATER, NICEST)}
    assert _niceness() == here


def test_a_sandbox_that_forbids_it_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_asked: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    assert set(LocalExecutor(2).map(_niceness, range(4))) == {_niceness()}


def test_the_process_itself_stays_as_it_was(tmp_path: Path) -> None:
    from parkscore.data.digesting_ahead import digest_before, digesting_ahead

    here, file = os.getpriority(os.PRIO_PROCESS, 0), tmp_path / "any.parquet"
    file.write_bytes(b"PAR1")
    with digesting_ahead(file):
        status = file.stat()
        assert digest_before(str(file), status.st_size, status.st_mtime_ns)
    assert os.getpriority(os.PRIO_PROCESS, 0) == here

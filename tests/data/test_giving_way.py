"""Threads that prepare what another one has to pass on let it go first."""

from __future__ import annotations

import os
import subprocess
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
    there = set(LocalExecutor(2, gives_way=True).map(_niceness, range(20)))
    assert there == {min(here + LATER, NICEST)}
    assert _niceness() == here


def test_a_sandbox_that_forbids_it_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_asked: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    assert set(LocalExecutor(2, gives_way=True).map(_niceness, range(4))) == {_niceness()}


SCORED = """
import os, sys
import numpy as np
import pandas as pd
import parkscore as ps
framework, folder = sys.argv[1:]
rows = pd.DataFrame({"zone": [f"Z{number}" for number in range(400_000)], "a": np.arange(400_000.0)})
rows.to_parquet(f"{folder}/in.parquet", row_group_size=131_072)
ps.score_dataset(framework, f"{folder}/in.parquet", f"{folder}/out.parquet")
niceness = {os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in os.listdir("/proc/self/task")}
print(niceness == {os.getpriority(os.PRIO_PROCESS, 0)})
"""
OWN = """
id: own
title: {zh: 小, en: small}
unit: {zh: 园区, en: zone, key: zone}
weights_status: assumed
defaults: {direction: higher, score: {rule: minmax}}
fields:
  a: {zh: 甲, en: A}
indicators:
  - {id: "1", zh: 甲, en: A, formula: a, weight: 1}
"""


def test_a_library_leaves_no_thread_of_the_process_nicer_those_of_arrow_included(tmp_path: Path) -> None:
    framework = tmp_path / "own.yaml"
    framework.write_text(OWN, encoding="utf-8")
    command = [sys.executable, "-c", SCORED, str(framework), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.strip() == "True", done.stderr

"""Whatever ends a run over returns, there is a located error and neither a result nor a file of ours is left."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.findings import DataError, UsageError, errors_of
from parkscore.members import reading
from parkscore.members.contributions import Contributions
from parkscore.members.outputs import write_folder

ROOT = Path(__file__).resolve().parents[2]
RETURNS = """
id: returns
title: {zh: 年报}
unit: {zh: 企业, key: id}
time: year
fields:
  zone: {zh: 所属园区, kind: text}
  revenue: {zh: 收入, measure: 千元, min: 0}
  staff: {zh: 人员, measure: 人}
gates: [{id: any, zh: 有, require: revenue > 0}]
"""
ZONES = """
id: zones
title: {zh: 园区}
unit: {zh: 园区, en: park, key: park}
time: year
members: {framework: returns.yaml, belongs_to: zone}
weights_status: official
defaults: {direction: higher, score: minmax, missing: reweight, aggregate: arithmetic}
fields:
  revenue: {zh: 收入, measure: 万元, members: {sum: revenue}}
  staff: {zh: 人员, measure: 人, members: {sum: staff}}
indicators:
  - {id: "1", zh: 人均收入, weight: 3, formula: revenue / staff, measure: 万元/人}
  - {id: "2", zh: 增长, weight: 2, formula: growth(revenue), measure: "%"}
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with two frameworks and the returns of 80 enterprises of four zones in two years, in two files."""
    (tmp_path / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (tmp_path / "zones.yaml").write_text(ZONES, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "spool").mkdir()
    for year in (2023, 2024):
        numbers = range(80)
        frame = pd.DataFrame({"id": [f"e{number}" for number in numbers], "year": year})
        frame["zone"] = [f"园{number % 4}" for number in numbers]
        frame["revenue"] = [1000.0 + (number * year) % 97 for number in numbers]
        frame["staff"] = [10.0 + number for number in numbers]
        frame.to_parquet(tmp_path / "data" / f"{year}.parquet", index=False, row_group_size=20)
    return tmp_path


def run(work: Path, code: str) -> subprocess.CompletedProcess[str]:
    """What a process comes to in the folder; what does not fit memory, here nothing does, goes into `spool`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(work / "spool")}
    first = "from parkscore.members import addend_store, contributions, reading\naddend_store.HELD = 0\n"
    first += "reading._ROWS, contributions._CHUNK = 20, 16\n"
    command = [sys.executable, "-c", first + code]
    return subprocess.run(command, env=environment, cwd=work, capture_output=True, encoding="utf-8", check=False)


def left_behind(work: Path) -> list[str]:
    given = ("returns.yaml", "zones.yaml", "data", "spool")
    found = [path for path in work.iterdir() if path.name not in given]
    return sorted(path.name for path in (*found, *(work / "spool").iterdir()))


def write(work: Path) -> Path:
    members = ps.from_returns(work / "zones.yaml", work / "data")
    evaluation = members.evaluate()
    return write_folder(members, evaluation, work / "out", "en", made=members.contributions(evaluation))


def test_the_folder_is_written_where_nothing_fails(work: Path) -> None:
    write(work)
    assert left_behind(work) == ["out"]
    assert len(pd.read_parquet(work / "out" / "contributions.parquet")) == 80


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=repr)
def test_what_ends_the_writing_of_contributions_leaves_no_folder(
    end: BaseException, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: Any, **__: Any) -> None:
        raise end

    monkeypatch.setattr(pq.ParquetWriter, "write_table", ended)
    expected = UsageError if isinstance(end, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write(work)
    if isinstance(caught.value, UsageError):
        [finding] = caught.value.findings
        assert (finding.code, str(finding.place)) == ("cannot_write", str(work / "out" / "contributions.parquet"))
        assert "No space left" in finding.message.en
    assert left_behind(work) == []


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=repr)
def test_what_ends_the_writing_of_other_files_ends_the_contributions_that_a_thread_has_begun(
    end: BaseException, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def ended(*_: Any) -> None:
        assert begun.wait(60)
        raise end

    def noted(self: Contributions, rows: Any) -> Any:
        begun.set()
        return effects(self, rows)

    effects = Contributions.effects
    monkeypatch.setattr(Contributions, "effects", noted)
    monkeypatch.setattr("parkscore.members.outputs.write_rows", ended)
    with pytest.raises(UsageError if isinstance(end, OSError) else KeyboardInterrupt):
        write(work)
    assert left_behind(work) == []
    assert [each.name for each in threading.enumerate() if each.name.startswith("parkscore")] == []


def test_what_fails_in_the_thread_that_makes_contributions_ends_the_run_and_leaves_no_folder(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    members = ps.from_returns(work / "zones.yaml", work / "data")
    evaluation = members.evaluate()
    made = members.contributions(evaluation)
    monkeypatch.setattr("parkscore.members.addend_store.Picked.of", failing)
    with pytest.raises(UsageError, match="Input/output error"):
        write_folder(members, evaluation, work / "out", "en", made=made)
    assert left_behind(work) == []


def test_a_limit_on_the_size_of_files_ends_the_run_where_returns_are_put_down_and_where_the_result_is(
    work: Path,
) -> None:
    code = (
        "import resource, signal\n"
        "import parkscore as ps\n"
        "from parkscore.members.outputs import write_folder\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "members = ps.from_returns('zones.yaml', 'data')\n"
        "evaluation = members.evaluate()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "for what in (lambda: ps.from_returns('zones.yaml', 'data'),\n"
        "             lambda: write_folder(members, evaluation, Path('out'), 'en')):\n"
        "    try:\n"
        "        what()\n"
        "    except ps.UsageError as error:\n"
        "        print(error.findings[0].code, error.findings[0].place, error.findings[0].message.en)\n"
    )
    done = run(work, code)
    put_down, written = done.stdout.splitlines()
    assert put_down.startswith(f"cannot_write {work / 'spool'}"), done.stderr
    assert "File too large" in put_down
    assert written.startswith("cannot_write out/zones.csv cannot be written: File too large")
    assert left_behind(work) == []


def test_a_run_that_is_terminated_while_contributions_are_written_leaves_nothing(work: Path) -> None:
    code = (
        "import os, signal, sys, time\n"
        "import pyarrow.parquet as pq\n"
        "from parkscore.cli import main\n"
        "write = pq.ParquetWriter.write_table\n"
        "def terminated(*given, **named):\n"
        "    write(*given, **named)\n"
        "    print(len(os.listdir('spool')), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(20)\n"
        "pq.ParquetWriter.write_table = terminated\n"
        "sys.argv = ['parkscore', 'members', 'zones.yaml', 'data', '-o', 'out']\n"
        "main()\n"
    )
    done = run(work, code)
    assert (done.stdout, done.returncode) == ("0\n", 143), done.stderr
    assert left_behind(work) == []


def test_a_file_that_changes_while_returns_are_read_ends_the_run_with_its_name(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from parkscore.members import summing

    adding = summing.Filed.adding.__func__

    def changed(cls: Any, *given: Any) -> Any:
        (work / "data" / "2024.parquet").touch()
        return adding(cls, *given)

    monkeypatch.setattr(summing.Filed, "adding", classmethod(changed))
    with pytest.raises(DataError, match=r"2024\.parquet") as caught:
        ps.from_returns(work / "zones.yaml", work / "data")
    assert {each.code for each in caught.value.findings} == {"file_changed"}


def test_damaged_returns_do_not_hide_what_is_wrong_in_the_other_files(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("2020", "2021"):
        earlier = pd.read_parquet(work / "data" / "2023.parquet").assign(year=int(name))
        earlier.to_parquet(work / "data" / f"{name}.parquet", index=False, row_group_size=20)
        damaged = bytearray((work / "data" / f"{name}.parquet").read_bytes())
        damaged[4:100] = b"\xff" * 96
        (work / "data" / f"{name}.parquet").write_bytes(bytes(damaged))
    frame = pd.read_parquet(work / "data" / "2024.parquet")
    frame.loc[3, "revenue"] = -1.0
    frame.to_parquet(work / "data" / "2024.parquet", index=False)
    for rows in (20, 1000):  # every file by itself, and all together
        monkeypatch.setattr(reading, "_ROWS", rows)
        with pytest.raises(DataError) as caught:
            ps.from_returns(work / "zones.yaml", work / "data")
        first, second, limit = errors_of(caught.value.findings)
        assert [first.code, second.code, limit.code] == ["not_parquet", "not_parquet", "below_min"]
        files = [each.place.file for each in (first, second, limit) if each.place is not None]
        assert [Path(file).name for file in files] == ["2020.parquet", "2021.parquet", "2024.parquet"]


def test_returns_of_which_every_file_is_damaged_are_not_said_to_be_none(work: Path) -> None:
    for path in (work / "data").iterdir():
        damaged = bytearray(path.read_bytes())
        damaged[4:100] = b"\xff" * 96
        path.write_bytes(bytes(damaged))
    with pytest.raises(DataError) as caught:
        ps.from_returns(work / "zones.yaml", work / "data")
    assert {each.code for each in errors_of(caught.value.findings)} == {"not_parquet"}

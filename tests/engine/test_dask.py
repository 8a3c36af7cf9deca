"""Dask gives what threads give, to the last byte, whoever dies on the way; and it leaves nothing behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

import parkscore as ps
from parkscore.engine import passes
from parkscore.engine.dask_executor import DaskExecutor
from parkscore.engine.executors import LocalExecutor, WorkersDiedError
from parkscore.findings import DataError, UsageError
from parkscore.language import Text
from tests.small_frameworks import dimension, field, leaf, small

ROOT = Path(__file__).resolve().parents[2]
SMALL = small(
    dimension("d", leaf("a"), leaf("b", score={"rule": "percentile"})),
    fields={"a": field("a"), "b": field("b")},
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskExecutor]:
    """Two worker processes for all tests of this file; they stand in another folder than the tests."""
    with DaskExecutor(workers=2) as executor:
        executor.client.run(os.chdir, "/")
        yield executor


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 500)


def write(folder: Path, frame: pd.DataFrame) -> Path:
    """A folder of two Parquet files."""
    source, half = folder / "data", len(frame) // 2
    source.mkdir()
    frame[:half].to_parquet(source / "1.parquet", index=False, row_group_size=500)
    frame[half:].to_parquet(source / "2.parquet", index=False, row_group_size=500)
    return source


def numbers(rows: int = 10_000) -> pd.DataFrame:
    draw = np.random.default_rng(0)
    return pd.DataFrame({"zone": [f"企业{row}" for row in range(rows)], "a": draw.random(rows), "b": draw.random(rows)})


def bytes_by(engine: Any, folder: Path, framework: Any = SMALL, **asked: Any) -> bytes:
    target = folder / "out.parquet"
    ps.score_dataset(framework, folder / "data", target, engine=engine, **asked)
    assert sorted(path.name for path in folder.iterdir()) == ["data", "out.parquet"]
    found = target.read_bytes()
    target.unlink()
    return found


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


# One scores by tables of points; one looks back over years, so that its rows are first brought together by unit.
@pytest.mark.parametrize("name", ["tech-sme", "incubator-2018"])
def test_dask_writes_the_bytes_that_threads_write(name: str, cluster: DaskExecutor, tmp_path: Path) -> None:
    write(tmp_path, ps.sample(name, 1_000))
    assert bytes_by(cluster, tmp_path, name) == bytes_by("local", tmp_path, name)


def test_dask_leaves_out_a_group_that_the_reference_year_lacks_as_threads_do(
    cluster: DaskExecutor, tmp_path: Path
) -> None:
    fields = {"a": field("a"), "park": field("park", kind="text")}
    score = {"rule": "goalposts", "low": 0, "high": 1}
    said = {"time": "year", "reference": 2023, "reference_within": ("park",)}
    framework, frame = small(leaf("a", score=score), fields=fields, **said), numbers(1_000)
    write(tmp_path, frame.assign(year=[2023, 2024] * 500, park=["东", "西", "东", "东"] * 250))
    found = bytes_by(cluster, tmp_path, framework)
    assert found == bytes_by("local", tmp_path, framework)
    statuses = pd.read_parquet(io.BytesIO(found))["status"]
    assert (statuses == "not_ranked: no reference to measure against: it has no 西").sum() == 250


def test_rules_that_sort_and_relative_paths_go_to_workers_that_stand_elsewhere(
    cluster: DaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, numbers())
    monkeypatch.chdir(tmp_path)
    told = ps.score_dataset(SMALL, "data", "out.parquet", engine=cluster)
    assert (told.path, told.ranked, told.about["data"]) == (Path("out.parquet"), 10_000, "data")
    found = Path("out.parquet").read_bytes()
    Path("out.parquet").unlink()
    assert found == bytes_by(LocalExecutor(2), tmp_path)


def lacks_parkscore(_function: Any) -> str:
    raise ModuleNotFoundError("No module named 'parkscore'", name="parkscore")


@pytest.mark.parametrize(
    ("answers", "said"),
    [(lacks_parkscore, "lacks parkscore"), (lambda _function: "0.0.0", f"parkscore 0.0.0, here {ps.__version__}")],
)
def test_a_scheduler_that_cannot_take_the_tasks_apart_is_told_before_anything_is_scored(
    answers: Any, said: str, cluster: DaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, numbers(600))
    monkeypatch.setattr(cluster.client, "run_on_scheduler", answers)
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(SMALL, tmp_path / "data", tmp_path / "out.parquet", engine=cluster)
    assert [(each.code, each.message.en) for each in caught.value.findings] == [("other_version", said)]
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("applies", [False, True], ids=["fit", "apply"])
def test_a_worker_that_is_killed_in_mid_run_changes_no_byte(
    applies: bool, cluster: DaskExecutor, tmp_path: Path
) -> None:
    write(tmp_path, numbers())
    workers = workers_of(cluster)
    killed: list[psutil.Process] = []

    def kill(now: Text, _done: int, _whole: int) -> None:
        if (now is passes.APPLYING) is applies and not killed:
            killed.append(psutil.Process(workers[0]))
            killed[0].kill()

    found = bytes_by(cluster, tmp_path, progress=kill)
    assert len(killed) == 1
    assert found == bytes_by("local", tmp_path)
    assert workers[0] not in workers_of(cluster)


def workers_of(cluster: DaskExecutor) -> list[int]:
    """The processes of both workers, once both are there."""
    cluster.client.wait_for_workers(2, timeout=60)
    return list(cluster.client.run(os.getpid).values())


class Deadly:
    """A cluster in which every worker dies that gets the fourth piece."""

    def __init__(self, cluster: DaskExecutor) -> None:
        self.cluster = cluster

    def map(self, _function: Callable[[Any], Any], items: Sequence[Any]) -> Generator[Any, None, None]:
        try:
            yield from self.cluster.map(signal.raise_signal, [signal.SIGKILL])
        except WorkersDiedError as died:
            raise WorkersDiedError(items[3] if died.item is signal.SIGKILL else died.item) from None


def test_rows_over_which_workers_die_again_and_again_are_named_and_nothing_is_left(
    cluster: DaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, numbers(2_000))
    workers_of(cluster)
    monkeypatch.setattr(cluster.client.cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(UsageError, match=r"2\.parquet") as caught:
        ps.score_dataset(SMALL, tmp_path / "data", tmp_path / "out.parquet", engine=Deadly(cluster))
    (finding,) = caught.value.findings
    assert finding.code == "workers_died"
    assert "500 rows from row 501 on" in finding.message.en
    assert left_behind(tmp_path) == []


def test_what_is_wrong_with_the_data_is_told_as_by_threads(cluster: DaskExecutor, tmp_path: Path) -> None:
    frame = numbers(2_000).astype({"a": str})
    frame.loc[[700, 1_900], "a"] = "many"
    frame.loc[1_200, "zone"] = frame.loc[3, "zone"]
    write(tmp_path, frame)
    said = []
    for engine in (cluster, LocalExecutor(2)):
        with pytest.raises(DataError) as caught:
            ps.score_dataset(SMALL, tmp_path / "data", tmp_path / "out.parquet", engine=engine)
        said.append(caught.value.findings)
    assert said[0] == said[1]
    assert {each.code for each in said[0]} == {"duplicate_row", "text_in_number"}
    assert left_behind(tmp_path) == []


def test_an_interruption_waits_for_what_has_begun_and_the_cluster_can_go_on(
    cluster: DaskExecutor, tmp_path: Path
) -> None:
    write(tmp_path, numbers())

    def interrupt(stage: Text, done: int, _whole: int) -> None:
        if stage is passes.APPLYING and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ps.score_dataset(SMALL, tmp_path / "data", tmp_path / "out.parquet", engine=cluster, progress=interrupt)
    assert left_behind(tmp_path) == []
    assert not any(cluster.client.processing().values())
    assert list(cluster.map(abs, range(-5, 0))) == [5, 4, 3, 2, 1]
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("what", ["the folder", "a file"])
def test_workers_that_do_not_see_the_files_are_refused(
    what: str, cluster: DaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.parquet").touch()
    monkeypatch.chdir(tmp_path)  # the workers stand elsewhere: a relative path does not lead there
    folder, file = (Path(), str(tmp_path / "data.parquet")) if what == "the folder" else (tmp_path, "data.parquet")
    with pytest.raises(UsageError) as caught:
        cluster.check(folder, [file])
    (finding,) = caught.value.findings
    assert finding.code == "files_not_shared"
    assert finding.place is not None
    assert finding.place.file == ("." if what == "the folder" else "data.parquet")


def test_workers_listen_on_this_machine_only(cluster: DaskExecutor) -> None:
    processes = [psutil.Process(pid) for pid in (os.getpid(), *workers_of(cluster))]
    sockets = [each for process in processes for each in process.net_connections("inet") if each.status == "LISTEN"]
    assert {each.laddr.ip for each in sockets} == {"127.0.0.1"}


def test_an_address_without_a_cluster_is_refused_with_the_address() -> None:
    dask = pytest.importorskip("dask")
    with dask.config.set({"distributed.comm.timeouts.connect": "200ms"}), pytest.raises(UsageError) as caught:
        list(DaskExecutor("tcp://127.0.0.1:9").map(abs, [1]))
    assert [(each.code, str(each.place)) for each in caught.value.findings] == [("no_cluster", "tcp://127.0.0.1:9")]


def test_without_dask_the_way_to_install_it_is_named_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"parkscore\[dask\]") as caught:
        ps.score_dataset(SMALL, tmp_path / "nothing.parquet", tmp_path / "out.parquet", engine="dask")
    assert [each.code for each in caught.value.findings] == ["no_dask"]


def test_a_script_that_does_not_guard_its_call_is_told_to(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from parkscore.engine.dask_executor import DaskExecutor\n"
        "with DaskExecutor(workers=1) as executor:\n"
        "    print(list(executor.map(abs, [1])))\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path), "PARKSCORE_LANG": "en"}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.rstrip().splitlines()[-1].endswith("because each process reads the script once"), done.stderr
    assert list(tmp_path.iterdir()) == [script]


COMMAND = (
    "import sys\n"
    "from parkscore.engine import passes\n"
    "from parkscore.cli import main\n"
    "passes.ROWS_OF_PIECE = 50\n"
    "if __name__ == '__main__':\n"
    "    main()\n"
)


def test_ctrl_c_in_a_terminal_ends_all_processes_and_leaves_no_file(tmp_path: Path) -> None:
    frame = ps.sample("tech-sme", 1_000)
    frame.to_parquet(tmp_path / "data", index=False, row_group_size=50)
    (tmp_path / "data").rename(tmp_path / "data.parquet")
    (tmp_path / "command.py").write_text(COMMAND, encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path / "temporary")}
    before = set(tmp_path.iterdir())
    arguments = ["score", "tech-sme", "data.parquet", "-o", "out.parquet", "--engine", "dask", "--lang", "en"]
    with subprocess.Popen(
        [sys.executable, "command.py", *arguments],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".parkscore-*/piece-*.arrow")):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        started = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert b"Traceback" not in said, said.decode()
    assert len(started) >= 2
    assert psutil.wait_procs(started, timeout=30)[1] == []
    assert set(tmp_path.iterdir()) == before
    assert list((tmp_path / "temporary").iterdir()) == []

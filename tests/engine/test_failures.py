"""Whatever ends a run, there is a located error and neither a result nor a file of ours is left."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.engine import passes, spool
from parkscore.engine.checking import check_dataset
from parkscore.engine.executors import LocalExecutor
from parkscore.engine.gathering import Fitting
from parkscore.engine.tasks import ApplyPiece
from parkscore.findings import DataError, Severity, UsageError, errors_of
from parkscore.framework.models import Framework, Ranking
from parkscore.results import files
from tests.interrupting import interrupted
from tests.small_frameworks import dimension, field, leaf, small

SMALL = small(leaf("a"), leaf("b"))
WAITING = small(leaf("a"), leaf("b"), ranking=Ranking(percentiles=True))
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


@pytest.fixture(autouse=True)
def pieces_of_four_rows_in_the_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 4)
    monkeypatch.setattr(passes, "HELD", 0)


def folder_of_files(folder: Path, files: int = 3) -> Path:
    """A folder of Parquet files with eight rows each."""
    source = folder / "data"
    source.mkdir()
    for number in range(files):
        units = [f"企业{number}-{row}" for row in range(8)]
        numbers = np.arange(8.0) + number
        frame = pd.DataFrame({"zone": units, "a": numbers, "b": numbers**2})
        frame.to_parquet(source / f"part-{number}.parquet", index=False, row_group_size=4)
    return source


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


def score(folder: Path, engine: Any = None, framework: Framework = SMALL) -> ps.DatasetResult:
    return ps.score_dataset(framework, folder / "data", folder / "out.parquet", engine=engine or LocalExecutor(2))


@pytest.mark.parametrize("room", [600, spool.HELD])
def test_results_held_in_memory_are_those_of_the_spool(tmp_path: Path, monkeypatch: Any, room: int) -> None:
    folder_of_files(tmp_path)
    score(tmp_path, framework=WAITING)
    spooled = (tmp_path / "out.parquet").read_bytes()
    monkeypatch.setattr(passes, "HELD", room)
    score(tmp_path, framework=WAITING)
    assert (tmp_path / "out.parquet").read_bytes() == spooled
    assert left_behind(tmp_path) == ["out.parquet"]


def test_a_folder_is_scored_as_one_table(tmp_path: Path) -> None:
    folder_of_files(tmp_path)
    told = score(tmp_path)
    assert (told.rows, told.ranked, left_behind(tmp_path)) == (24, 24, ["out.parquet"])
    assert pd.read_parquet(tmp_path / "out.parquet")["unit"].tolist()[::8] == ["企业0-0", "企业1-0", "企业2-0"]


def full_disk(*_anything: Any, **_named: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("place", "framework"), [("the spool", WAITING), ("the result", WAITING), ("the result", SMALL)]
)
def test_a_disk_that_fills_is_named_with_the_output_and_nothing_is_left(
    place: str, framework: Framework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of_files(tmp_path)
    if place == "the spool":
        monkeypatch.setattr(spool.pa, "OSFile", full_disk)
    else:
        monkeypatch.setattr(files.ParquetFile, "add", full_disk)
    with pytest.raises(UsageError, match=r"out\.parquet") as caught:
        score(tmp_path, framework=framework)
    assert [each.code for each in caught.value.findings] == ["cannot_write"]
    assert "No space left" in caught.value.findings[0].message.en
    assert left_behind(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_device_that_is_full_is_refused(tmp_path: Path) -> None:
    folder_of_files(tmp_path)
    with pytest.raises(UsageError):
        ps.score_dataset(SMALL, tmp_path / "data", "/dev/full")


@pytest.mark.parametrize(("name", "why"), [("gone/out.csv", "its folder does not exist"), ("data.csv", "is a folder")])
def test_a_place_where_no_file_can_stand_is_refused_before_anything_is_read(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.csv").mkdir()
    folder_of_files(tmp_path)
    monkeypatch.setattr(passes, "_Run", None)  # which is never called
    with pytest.raises(UsageError, match=why):
        ps.score_dataset(SMALL, tmp_path / "data", tmp_path / name)


def test_a_limit_on_the_size_of_files_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    folder_of_files(tmp_path)
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import parkscore as ps\n"
        "from tests.engine.test_failures import SMALL\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        f"    ps.score_dataset(SMALL, {str(tmp_path / 'data')!r}, {str(tmp_path / 'out.parquet')!r})\n"
        "except ps.UsageError as error:\n"
        "    print(error.findings[0].code, error.findings[0].message.en)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout.startswith("cannot_write cannot be written: File too large"), done.stderr
    assert left_behind(tmp_path) == []


def test_a_broken_file_among_others_is_named_before_anything_is_scored(tmp_path: Path) -> None:
    source = folder_of_files(tmp_path)
    whole = (source / "part-1.parquet").read_bytes()
    (source / "part-1.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"part-1\.parquet"):
        score(tmp_path)
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(("twice", "told", "rows"), [("unit", "duplicate_row", 1), ("code", "shared_uscc", 3)])
def test_damaged_rows_do_not_hide_that_others_meet(twice: str, told: str, rows: int, tmp_path: Path) -> None:
    source, code = folder_of_files(tmp_path), "91110108551385082Q"
    first, last = (pd.read_parquet(path) for path in (source / "part-0.parquet", source / "part-2.parquet"))
    last.loc[7, "zone"] = first.loc[0, "zone"] if twice == "unit" else last.loc[7, "zone"]
    for name, frame in {"part-0": first, "part-1": first.assign(zone=list("abcdefgh")), "part-2": last}.items():
        frame["code"] = [code if twice == "code" and row == 7 else None for row in range(8)]
        frame.to_parquet(source / f"{name}.parquet", index=False, row_group_size=4)
    damaged = bytearray((source / "part-1.parquet").read_bytes())
    damaged[4:100] = b"\xff" * 96
    (source / "part-1.parquet").write_bytes(bytes(damaged))
    framework = small(leaf("a"), leaf("b"), fields={"code": field("code", kind="uscc")})
    with pytest.raises(DataError) as caught:
        ps.score_dataset(framework, source, tmp_path / "out.csv")
    found = [each.code for each in caught.value.findings]
    assert found.count("not_parquet") == 1
    assert found.count(told) == rows


@pytest.mark.parametrize("formula", ["a", "growth(a)"])
@pytest.mark.parametrize("mask", [None, ps.Mask()], ids=["plain", "masked"])
def test_damaged_rows_do_not_hide_wrong_cells_of_the_files_beside(
    formula: str, mask: ps.Mask | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 1000)  # small files are read together
    source = folder_of_files(tmp_path)
    for path in sorted(source.iterdir()):
        frame = pd.read_parquet(path).astype({"a": str}).assign(year=2024)
        frame.loc[3, "a"] = "五" if path.stem == "part-2" else "5"
        frame.to_parquet(path, index=False, row_group_size=4)
    damaged = bytearray((source / "part-1.parquet").read_bytes())
    damaged[4:100] = b"\xff" * 96
    (source / "part-1.parquet").write_bytes(bytes(damaged))
    framework = small(leaf("a", formula), leaf("b"), time="year", fields={"a": field("a")})
    with pytest.raises(DataError) as caught:
        ps.score_dataset(framework, source, tmp_path / "out.csv", mask=mask)
    for found in (caught.value.findings, check_dataset(framework, source, mask)[0]):
        damage, wrong = sorted(errors_of(found), key=lambda each: each.code)
        assert (damage.code, wrong.code, wrong.value) == ("not_parquet", "text_in_number", "五")
        assert wrong.unit == ("企业2-3" if mask is None else mask.unit("企业2-3"))


@pytest.mark.parametrize("mask", [None, ps.Mask()], ids=["plain", "masked"])
def test_damaged_rows_do_not_hide_values_beyond_their_limits_in_the_files_beside(
    mask: ps.Mask | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 1000)  # small files are read together
    source = folder_of_files(tmp_path)
    frame = pd.read_parquet(source / "part-2.parquet")
    frame.loc[3, "a"] = -1.0
    frame.to_parquet(source / "part-2.parquet", index=False, row_group_size=4)
    damaged = bytearray((source / "part-1.parquet").read_bytes())
    damaged[4:100] = b"\xff" * 96
    (source / "part-1.parquet").write_bytes(bytes(damaged))
    framework = small(leaf("a"), leaf("b"), fields={"a": field("a", min=0.0)})
    with pytest.raises(DataError) as in_pieces:
        ps.score_dataset(framework, source, tmp_path / "out.csv", mask=mask)
    with pytest.raises(DataError) as in_memory:
        ps.evaluate(framework, source, mask=mask)
    checked, _ = check_dataset(framework, source, mask)
    for found in (in_pieces.value.findings, in_memory.value.findings, checked):
        damage, beyond = errors_of(found)
        assert (damage.code, beyond.code, beyond.value) == ("not_parquet", "below_min", -1.0)
        assert beyond.unit == ("企业2-3" if mask is None else mask.unit("企业2-3"))


def test_that_errors_keep_rows_from_being_checked_is_said_where_units_are_brought_together(tmp_path: Path) -> None:
    source = folder_of_files(tmp_path)
    for path in sorted(source.iterdir()):
        frame = pd.read_parquet(path).astype({"a": str}).assign(year=2024)
        frame.loc[3, "a"] = "五" if path.stem == "part-2" else "5"
        frame.to_parquet(path, index=False, row_group_size=4)
    framework = small(leaf("a", "growth(a)"), leaf("b"), time="year", fields={"a": field("a", max=1.0)})
    with pytest.raises(DataError) as caught:
        ps.score_dataset(framework, source, tmp_path / "out.csv")
    for found in (caught.value.findings, check_dataset(framework, source)[0]):
        assert [each.code for each in found if each.severity is not Severity.INFO] == [
            "text_in_number",
            "not_yet_checked",
        ]


@pytest.mark.parametrize("formula", ["a", "growth(a)"])
def test_every_file_with_damaged_rows_is_told_at_once(formula: str, tmp_path: Path) -> None:
    source = folder_of_files(tmp_path)
    for number in range(3):
        path = source / f"part-{number}.parquet"
        pd.read_parquet(path).assign(year=2024).to_parquet(path, index=False, row_group_size=4)
        damaged = bytearray(path.read_bytes())
        damaged[4:100] = b"\xff" * 96
        path.write_bytes(bytes(damaged) if number else path.read_bytes())
    framework = small(leaf("a", formula), leaf("b"), time="year", fields={"a": field("a")})
    with pytest.raises(DataError) as caught:
        ps.score_dataset(framework, source, tmp_path / "out.csv")
    for found in (caught.value.findings, check_dataset(framework, source)[0]):
        places = [each.place for each in found if each.code == "not_parquet"]
        assert [Path(each.file).name for each in places if each is not None] == ["part-1.parquet", "part-2.parquet"]
    assert left_behind(tmp_path) == []


def test_a_file_that_changes_between_the_passes_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder_of_files(tmp_path)
    fitted = Fitting.fitted

    def changed(*anything: Any) -> Any:
        with (source / "part-2.parquet").open("ab") as file:
            file.write(b"more")
        return fitted(*anything)

    monkeypatch.setattr(Fitting, "fitted", changed)
    with pytest.raises(DataError, match=r"part-2\.parquet") as caught:
        score(tmp_path)
    assert {each.code for each in caught.value.findings} == {"file_changed"}
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("formula", ["a", "growth(a)"])
def test_a_file_that_changes_after_it_was_read_ends_the_run_for_its_digest_would_be_of_other_data(
    formula: str, tmp_path: Path
) -> None:
    framework = small(leaf("a", formula), fields={"a": field("a")}, time="year")
    file = tmp_path / "data.csv"
    file.write_text("zone,year,a\n" + "".join(f"甲{row},2024,{row}\n" for row in range(9)), encoding="utf-8")

    def change(stage: Any, done: int, whole: int) -> None:
        if stage is passes.APPLYING and done == whole:
            file.write_text(file.read_text(encoding="utf-8").replace("2024,8", "2024,7"), encoding="utf-8")

    with pytest.raises(DataError, match=r"data\.csv") as caught:
        ps.score_dataset(framework, file, tmp_path / "out.parquet", progress=change)
    assert {each.code for each in caught.value.findings} == {"file_changed"}
    assert left_behind(tmp_path) == ["data.csv"]


def test_bad_cells_of_all_pieces_are_named_at_once_with_file_and_row(tmp_path: Path) -> None:
    source = folder_of_files(tmp_path)
    for number in (0, 2):
        frame = pd.read_parquet(source / f"part-{number}.parquet").astype({"a": object})
        frame["a"] = frame["a"].map(str)
        frame.loc[5, "a"] = "many"
        frame.to_parquet(source / f"part-{number}.parquet", index=False, row_group_size=4)
    frame = pd.read_parquet(source / "part-1.parquet").astype({"a": str})
    frame.to_parquet(source / "part-1.parquet", index=False, row_group_size=4)
    with pytest.raises(DataError) as caught:
        score(tmp_path)
    bad = [each for each in caught.value.findings if each.value == "many"]
    assert [(Path(str(each.place).split(":")[0]).name, each.unit) for each in bad] == [
        ("part-0.parquet", "企业0-5"),
        ("part-2.parquet", "企业2-5"),
    ]
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("rows", [4, 64])
def test_a_number_that_changed_on_the_disk_is_found_by_the_checksum_of_its_page(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", rows)
    units, number = [f"企业{row}" for row in range(8)], 123456.75
    table = pa.table({"zone": units, "a": [*range(7), number], "b": np.arange(8.0)})
    file, options = tmp_path / "a.parquet", {"use_dictionary": False, "compression": "none"}
    pq.write_table(table, file, row_group_size=8, write_statistics=False, write_page_checksum=True, **options)
    file.write_bytes(file.read_bytes().replace(np.float64(number).tobytes(), np.float64(-number).tobytes()))
    for run in (lambda: ps.evaluate(SMALL, file), lambda: ps.score_dataset(SMALL, file, tmp_path / "out.parquet")):
        with pytest.raises(DataError, match=r"a\.parquet") as caught:
            run()
        assert {each.code for each in caught.value.findings if each.severity is Severity.ERROR} == {"not_parquet"}
    assert left_behind(tmp_path) == ["a.parquet"]


@pytest.mark.parametrize("mask", [None, ps.Mask()], ids=["open", "masked"])
@pytest.mark.parametrize("looks_back", [False, True])
@pytest.mark.parametrize(
    ("column", "nothing", "code"),
    [
        ("zone", pa.nulls(4), "unit_missing"),
        ("zone", pa.nulls(4, pa.string()), "unit_missing"),
        ("year", pa.nulls(4, pa.int64()), "missing_year"),
        ("year", pa.array([2024.5] * 4), "bad_year"),
    ],
)
def test_a_piece_of_which_no_row_can_be_used_is_named_row_by_row(
    column: str, nothing: pa.Array, code: str, looks_back: bool, mask: ps.Mask | None, tmp_path: Path
) -> None:
    framework = small(leaf("a", "growth(a)" if looks_back else "a"), fields={"a": field("a")}, time="year")
    columns = {"zone": pa.array(list("甲乙丙丁")), "year": pa.array([2024] * 4), "a": pa.array([1.0, 2.0, 3.0, 4.0])}
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table(columns | {column: nothing}), tmp_path / "data" / "a.parquet")
    with pytest.raises(DataError) as caught:
        ps.score_dataset(framework, tmp_path / "data", tmp_path / "out.parquet", mask=mask)
    found = [each for each in caught.value.findings if each.severity is Severity.ERROR]
    assert [(each.code, each.place and each.place.line) for each in found] == [(code, row) for row in range(1, 5)]
    assert left_behind(tmp_path) == []


def test_data_of_totals_only_are_refused_as_in_memory(tmp_path: Path) -> None:
    pd.DataFrame({"zone": ["合计"] * 6, "a": 1.0, "b": 2.0}).to_parquet(tmp_path / "totals.parquet")
    with pytest.raises(DataError) as in_memory:
        ps.evaluate(SMALL, tmp_path / "totals.parquet")
    with pytest.raises(DataError) as in_pieces:
        ps.score_dataset(SMALL, tmp_path / "totals.parquet", tmp_path / "out.parquet")
    codes = [[each.code for each in caught.value.findings] for caught in (in_memory, in_pieces)]
    assert "no_rows" in codes[0]
    assert sorted(codes[0]) == sorted(codes[1])
    assert left_behind(tmp_path) == ["totals.parquet"]


class Interrupted:
    """An executor in which somebody presses Ctrl-C once the third piece is scored."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """As any executor, up to the third item of pass two."""
        for number, item in enumerate(items):
            yield function(item)
            if isinstance(function, ApplyPiece) and number == 2:
                raise KeyboardInterrupt


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    folder_of_files(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        score(tmp_path, Interrupted())
    assert left_behind(tmp_path) == []


def test_ctrl_c_in_a_terminal_ends_threads_and_files(tmp_path: Path) -> None:
    folder_of_files(tmp_path)
    code = (
        "import time, parkscore as ps\n"
        "from parkscore.engine import passes\n"
        "from tests.engine.test_failures import SMALL\n"
        "passes.ROWS_OF_PIECE = 4\n"
        "def tell(stage, done, whole):\n"
        "    if stage is passes.APPLYING:\n"
        "        print('scoring', flush=True)\n"
        "        time.sleep(20)\n"
        f"ps.score_dataset(SMALL, {str(tmp_path / 'data')!r}, {str(tmp_path / 'out.parquet')!r}, progress=tell)\n"
    )
    ended = interrupted(code, b"scoring", ENVIRONMENT)
    assert ended.code != 0
    assert b"KeyboardInterrupt" in ended.said
    assert left_behind(tmp_path) == []


def test_a_run_that_is_terminated_while_threads_write_and_again_while_it_clears_away_leaves_nothing(
    tmp_path: Path,
) -> None:
    folder_of_files(tmp_path, files=6)
    (tmp_path / "data" / "_fw.yaml").write_text(
        "id: t\ntitle: {zh: 试, en: t}\nunit: {zh: 企业, en: unit, key: zone}\nweights_status: assumed\n"
        "defaults: {direction: higher, score: minmax, missing: reweight, aggregate: arithmetic}\n"
        "fields: {a: {zh: 甲, en: a}}\nindicators: [{id: x, zh: 乙, en: x, formula: a, weight: 1}]\n"
    )
    arguments = ["score", "data/_fw.yaml", "data", "-o", "out.parquet", "--engine", "local"]
    code = (
        "import os, shutil, signal, sys, time\n"
        "from parkscore.cli import main\n"
        "from parkscore.engine import executors, passes, tasks\n"
        "passes.ROWS_OF_PIECE = 4\n"
        "executors.cores = lambda: 2\n"
        "write = tasks.write_batch\n"
        "def slowly(batch, path):\n"
        "    time.sleep(0.2)\n"
        "    write(batch, path)\n"
        "tasks.write_batch = slowly\n"
        "refuse = passes.replace\n"
        "def terminated(*given, **named):\n"
        "    print('scoring', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return refuse(*given, **named)\n"
        "passes.replace = terminated\n"
        "remove = shutil.rmtree\n"
        "def removed(*given, **named):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    remove(*given, **named)\n"
        "shutil.rmtree = removed\n"
        f"sys.argv = ['parkscore', *{arguments!r}]\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, cwd=tmp_path, capture_output=True, check=False
    )
    assert (ended.stdout, ended.returncode) == (b"scoring\n", 143), ended.stderr.decode()
    assert left_behind(tmp_path) == []


def test_what_needs_all_rows_is_refused_item_by_item_before_anything_is_read(tmp_path: Path) -> None:
    framework = small(
        dimension("d", leaf("a"), leaf("b", "b / group_mean(b, park)"), aggregate="topsis_vector"),
        fields={"park": field("park", kind="text"), "a": field("a"), "b": field("b")},
    )
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(framework, tmp_path / "nothing.parquet", tmp_path / "out.parquet")
    assert {each.code for each in caught.value.findings} == {"needs_all_rows"}
    assert {"b", "d"} <= {each.field for each in caught.value.findings}


def test_a_result_or_reference_among_the_data_is_refused_and_the_data_stay(tmp_path: Path) -> None:
    source = folder_of_files(tmp_path)
    (tmp_path / "same").symlink_to(source)
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    places = [source / "part-0.parquet", source / "new.parquet", tmp_path / "same" / "part-1.parquet"]
    for place, kept in [(each, None) for each in places] + [(tmp_path / "out.parquet", source / "ref.json")]:
        with pytest.raises(UsageError) as caught:
            ps.score_dataset(SMALL, source, place, freeze=kept)
        assert [each.code for each in caught.value.findings] == ["output_is_input"]
    with pytest.raises(UsageError):
        ps.score_dataset(SMALL, source / "part-0.parquet", source / "part-0.parquet")
    assert {path.name: path.read_bytes() for path in source.iterdir()} == before
    assert left_behind(tmp_path) == ["same"]


def test_a_reference_that_cannot_be_written_leaves_no_result_either(tmp_path: Path) -> None:
    framework = small(leaf("a", score={"rule": "minmax"}))
    source = folder_of_files(tmp_path)
    with pytest.raises(UsageError, match=r"ref\.json"):
        ps.score_dataset(framework, source, tmp_path / "out.parquet", freeze=tmp_path / "no" / "ref.json")
    assert left_behind(tmp_path) == []


def test_a_result_that_cannot_be_written_leaves_no_reference_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = small(leaf("a", score={"rule": "minmax"}))
    source = folder_of_files(tmp_path)
    monkeypatch.setattr(files.ParquetFile, "add", full_disk)
    with pytest.raises(UsageError, match=r"out\.parquet"):
        ps.score_dataset(framework, source, tmp_path / "out.parquet", freeze=tmp_path / "ref.json")
    assert left_behind(tmp_path) == []

"""Results that are written as they come are those that wait for their ranks, to the last byte of the file."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.engine import arriving, passes
from parkscore.engine.spool import piece_file, write_batch
from parkscore.engine.tasks import ApplyPiece
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Framework, Ranking
from parkscore.results import files
from parkscore.results.files import ParquetFile, fill_in
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, small

FIELDS = {"a": field("a"), "kind": field("kind", kind="text"), "park": field("park", kind="text")}
SIX = pd.DataFrame({"zone": list("甲乙丙丁戊己"), "a": [3.0, 1.0, 2.0, np.nan, 3.0, 0.0]})


def framework_of(ties: str = "min", **said: Any) -> Framework:
    return small(
        leaf("a", score={"rule": "minmax"}),
        fields=FIELDS,
        **({"time": "year", "class": "kind", "rank_within": ("park",), "ranking": Ranking(ties=ties)} | said),
    )


@st.composite
def tables(draw: Any) -> pd.DataFrame:
    keys = draw(st.lists(st.tuples(st.integers(0, 15), st.sampled_from([2023, 2024])), min_size=2, max_size=30))
    frame = pd.DataFrame([("unit", 2023), *dict.fromkeys(keys)], columns=["zone", "year"]).astype({"zone": str})
    rows = len(frame)

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    numbers = st.sampled_from([0.0, 1.0, 2.0, 5.0, np.nan])
    return frame.assign(
        a=np.array(column(numbers), dtype=float),
        kind=column(st.sampled_from(["大", "小", None])),
        park=column(st.sampled_from(["东", "西", None])),
    )


def scored(framework: Framework, frame: pd.DataFrame, folder: Path, waits: bool, **how: Any) -> Any:
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROWS_IN_GROUP", 5)
        if waits:
            patch.setattr(passes, "can_arrive", lambda *_: False)
        told = in_pieces(framework, frame, folder, **how)[1]
    return (folder / "out.parquet").read_bytes(), told.top.to_dict("list"), told.accounting.to_dict("list")


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(tables(), st.sampled_from(["min", "max", "dense"]), st.integers(1, 8), st.integers(1, 2))
def test_the_file_is_that_of_results_that_wait_for_their_ranks(
    tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame, ties: str, rows: int, threads: int
) -> None:
    folder, framework = tmp_path_factory.mktemp("both"), framework_of(ties)
    one, other = (
        scored(framework, frame, folder / name, name == "waits", rows=rows, threads=threads)
        for name in ("comes", "waits")
    )
    assert str(one) == str(other)


@pytest.mark.parametrize("rows", [1, 2, 6])
def test_what_later_pieces_say_of_the_data_stands_on_every_row(rows: int, tmp_path: Path) -> None:
    framework = small(leaf("a", score={"rule": "minmax"}))
    said = SIX.assign(data_note=[None, None, None, "合成数据", None, "synthetic"])
    found, told = in_pieces(framework, said, tmp_path, rows=rows)
    assert found["note"].tolist() == ["合成数据; synthetic"] * 6
    assert_same(ps.evaluate(framework, said), found, told)


def test_notes_of_later_pieces_leave_texts_and_what_the_file_says_as_they_are(tmp_path: Path) -> None:
    frame = SIX.assign(year=2024, kind=["大", None, "小", "大", "小", "大"], park=["东", "西", None, "东", "东", "西"])
    said = frame.assign(data_note=[None, None, None, None, None, "synthetic"])
    tables = {}
    for name, waits in (("comes", False), ("waits", True)):
        scored(framework_of(), said, tmp_path / name, waits, rows=2)
        tables[name] = pq.read_table(tmp_path / name / "out.parquet")
    assert tables["comes"].equals(tables["waits"], check_metadata=False)
    assert (tables["comes"].schema.metadata or {}).keys() == (tables["waits"].schema.metadata or {}).keys()


@pytest.mark.parametrize("said", [{"ranking": Ranking(percentiles=True)}, {"rank_within": ()}])
def test_percentiles_wait_and_ranks_need_not(said: dict[str, Any], tmp_path: Path) -> None:
    frame = SIX.assign(year=2024, kind=list("大大小小大小"), park=list("东西东西东西"))
    framework = framework_of(**said)
    assert_same(ps.evaluate(framework, frame), *in_pieces(framework, frame, tmp_path, rows=2))


def test_results_that_come_in_files_are_removed_when_they_are_written(tmp_path: Path) -> None:
    class InFiles(ApplyPiece):
        def _kept(self, batch: pa.RecordBatch, number: int) -> Path:
            path = piece_file(self.folder, number)
            assert len(list(self.folder.glob("piece-*"))) <= 3
            write_batch(batch, path)
            return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "ApplyPiece", InFiles)
        frame = pd.concat([SIX.assign(zone=SIX["zone"] + str(number)) for number in range(5)], ignore_index=True)
        framework = small(leaf("a", score={"rule": "minmax"}))
        assert_same(ps.evaluate(framework, frame), *in_pieces(framework, frame, tmp_path, rows=2))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system does not list what is mapped")
def test_no_file_of_a_piece_is_held_on_to_until_the_ranks_are_known(tmp_path: Path) -> None:
    class InFiles(ApplyPiece):
        def _kept(self, batch: pa.RecordBatch, number: int) -> Path:
            write_batch(batch, piece_file(self.folder, number))
            return piece_file(self.folder, number)

    def looked_at(*filling: Any) -> None:
        lines = Path("/proc/self/maps").read_text().splitlines()
        mapped.extend(line for line in lines if "piece-" in line and str(tmp_path) in line)
        fill_in(*filling)

    mapped: list[str] = []
    frame = SIX.assign(year=2024, kind=list("大大小小大小"), park=list("东西东西东西"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "ApplyPiece", InFiles)
        patch.setattr(arriving, "fill_in", looked_at)
        told = in_pieces(framework_of(), frame, tmp_path, rows=2)[1]
    assert mapped == []
    assert told.top["class"].tolist() == ["大", "大", "小", "大", "小"]


def column_file(path: Path, ranks: pa.Array) -> bytes:
    with ParquetFile(path) as file:
        for first in range(0, len(ranks), 3):
            own = ranks.slice(first, 3)
            score = pa.array(np.arange(first, first + len(own), dtype=float))
            file.add(pa.RecordBatch.from_pydict({"score": score, "rank": own, "text": pa.array(["x"] * len(own))}))
        file.end({})
    return path.read_bytes()


@given(st.lists(st.one_of(st.none(), st.integers(1, 2**31 - 1)), min_size=1, max_size=40), st.integers(1, 9))
def test_a_column_that_is_filled_in_is_that_which_is_written_at_once(
    tmp_path_factory: pytest.TempPathFactory, ranks: list[int | None], size: int
) -> None:
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROWS_IN_GROUP", 7)
        whole = pa.array(ranks, pa.int32())
        at_once = column_file(folder / "once.parquet", whole)
        column_file(folder / "filled.parquet", pa.array([each and 1 for each in ranks], pa.int32()))
        fill_in(folder / "filled.parquet", "rank", [whole.slice(first, size) for first in range(0, len(whole), size)])
    assert (folder / "filled.parquet").read_bytes() == at_once


def test_numbers_that_take_other_room_are_not_filled_in(tmp_path: Path) -> None:
    before = column_file(tmp_path / "file.parquet", pa.array([1, 1, None, 1], pa.int32()))
    with pytest.raises(ValueError, match="rank takes"):
        fill_in(tmp_path / "file.parquet", "rank", [pa.array([3, 2, 4, 1], pa.int32())])
    assert (tmp_path / "file.parquet").read_bytes() == before


def test_a_disk_that_fills_before_the_ranks_stand_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(arriving, "fill_in", full)
    SIX.to_parquet(tmp_path / "data.parquet")
    with pytest.raises(UsageError, match=r"out\.parquet") as caught:
        ps.score_dataset(small(leaf("a")), tmp_path / "data.parquet", tmp_path / "out.parquet")
    assert [each.code for each in caught.value.findings] == ["cannot_write"]
    assert [path.name for path in tmp_path.iterdir()] == ["data.parquet"]


@pytest.mark.parametrize("stage", ["write_waiting", "end"])
def test_a_disk_that_fills_beside_a_reference_is_that_of_the_result(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ParquetFile, stage, full)
    SIX.to_parquet(tmp_path / "data.parquet")
    framework = small(leaf("a", score={"rule": "minmax"}))
    with pytest.raises(UsageError, match=r"out\.parquet"):
        ps.score_dataset(
            framework, tmp_path / "data.parquet", tmp_path / "out.parquet", freeze=tmp_path / "reference.json"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["data.parquet"]


def test_what_is_wrong_with_the_data_is_told_where_the_disk_is_full_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pq.ParquetWriter, "close", full)
    monkeypatch.setattr(files, "ROWS_IN_GROUP", 2)
    monkeypatch.setattr(passes, "ROWS_OF_PIECE", 2)
    twice = tmp_path / "data.csv"
    SIX.assign(zone=list("甲乙丙丁戊甲")).to_csv(twice, index=False)
    with pytest.raises(DataError) as caught:
        ps.score_dataset(small(leaf("a", score={"rule": "as_is"})), twice, tmp_path / "out.parquet")
    assert "duplicate_row" in {each.code for each in caught.value.findings}
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


def test_numbers_have_a_dictionary_where_few_of_them_differ(tmp_path: Path) -> None:
    rows = 4 * (1 << 14) // 8
    columns = {"few": np.arange(rows) % 7.0, "many": np.arange(rows) / 7.0}
    with ParquetFile(tmp_path / "numbers.parquet") as file:
        file.add(pa.record_batch(columns))
        file.end({})
    written = pq.read_metadata(tmp_path / "numbers.parquet").row_group(0)
    coded = [written.column(number).has_dictionary_page for number in range(len(columns))]
    assert dict(zip(columns, coded, strict=True)) == {"few": True, "many": False}
    assert pq.read_table(tmp_path / "numbers.parquet").equals(pa.table(columns))


def test_a_disk_that_is_full_while_the_last_rows_are_written_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ParquetFile) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ParquetFile, "write_waiting", full)
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    SIX.assign(kind="大", park="东").to_parquet(source)
    with pytest.raises(UsageError, match="No space left"):
        ps.score_dataset(framework_of(time=None), source, target)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


OWN = """
id: own
title: {zh: 例, en: Example}
unit: {zh: 园区, en: zone, key: zone}
class: kind
rank_within: [park]
weights_status: assumed
defaults: {direction: higher, score: {rule: minmax}, missing: reweight}
fields:
  a: {zh: 甲, en: A}
  kind: {zh: 类, en: Kind, kind: text}
  park: {zh: 园, en: Park, kind: text}
indicators:
  - {id: "1", zh: 甲, en: A, formula: a, weight: 1}
"""
LOADED = """
import sys
from parkscore.cli import main
sys.argv[0] = "parkscore"
try:
    main()
finally:
    print("pandas" in sys.modules, file=sys.stderr)
"""


def test_scoring_parquet_in_pieces_loads_no_pandas(tmp_path: Path) -> None:
    framework, source = tmp_path / "own.yaml", tmp_path / "in.parquet"
    framework.write_text(OWN, encoding="utf-8")
    SIX.assign(kind="大", park="东").to_parquet(source)
    command = [sys.executable, "-c", LOADED, "score", str(framework), str(source), "-o", str(tmp_path / "out.parquet")]
    done = subprocess.run([*command, "--engine", "local"], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "False"), done.stderr

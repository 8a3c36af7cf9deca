"""What the command line reads ahead is what the framework names, whatever becomes of the run."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from parkscore.cli.ahead import digesting, reading_ahead_for
from parkscore.data import digesting_ahead, reading_ahead
from parkscore.framework.loading import load_framework
from parkscore.framework.member_loading import load_returns


def test_returns_are_read_ahead_by_the_framework_that_the_one_of_the_zones_names(tmp_path: Path) -> None:
    returns = load_returns(load_framework("zone-2021"))
    names = [f"{returns.fields[code].zh}_{code}(千元)" for code in ("qc61", "qc62", "qj23_1")]
    path = tmp_path / "returns.parquet"
    pq.write_table(pa.table({**{name: [1.0] for name in names}, "never_heard_of": [1.0]}), path)
    with reading_ahead_for("zone-2021", str(path)):
        (ahead,) = (future.result() for future in reading_ahead._coming.values())
    assert ahead.table.column_names == names
    assert not reading_ahead._coming


@pytest.mark.parametrize("framework", ["nowhere", "nowhere.yaml", "folder.yaml"])
def test_of_a_framework_that_cannot_be_read_nothing_is_read_ahead(tmp_path: Path, framework: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"staff": [1.0]}), path)
    with reading_ahead_for(str(tmp_path / framework), str(path)):
        for future in reading_ahead._coming.values():
            assert future.result().table.num_columns == 0


@pytest.mark.parametrize("name", ["in.csv", "folder.parquet", "nowhere.parquet"])
def test_what_is_no_parquet_file_is_left_to_whoever_reads_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "in.csv").write_text("unit,staff\na,1\n", encoding="utf-8")
    (tmp_path / "folder.parquet").mkdir()
    with digesting(str(tmp_path / name)), reading_ahead_for("zone-2021", str(tmp_path / name)):
        assert not digesting_ahead._coming
        assert not reading_ahead._coming

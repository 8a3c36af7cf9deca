"""Score the same rows in memory and in pieces, and compare everything that both tell."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.engine import passes
from parkscore.engine.executors import LocalExecutor
from parkscore.framework.models import Framework
from parkscore.results.lists import LISTED_AS, ORDERED_BY, PLACE_ON


def in_pieces(
    framework: Framework | str,
    frame: pd.DataFrame,
    folder: Path,
    *,
    rows: int = 3,
    threads: int = 1,
    suffix: str = ".parquet",
    **asked: Any,
) -> tuple[pd.DataFrame, ps.DatasetResult]:
    """The results of a frame that is written as Parquet and scored in pieces of so many rows, and what is told."""
    source, target = folder / "data.parquet", folder / f"out{suffix}"
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), source, row_group_size=rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "ROWS_OF_PIECE", rows)
        told = ps.score_dataset(framework, source, target, engine=LocalExecutor(threads), **asked)
    assert sorted(path.name for path in folder.iterdir()) == ["data.parquet", target.name]
    return (pd.read_parquet(target) if suffix == ".parquet" else pd.read_csv(target)), told


def assert_same(evaluation: ps.Evaluation, found: pd.DataFrame, told: ps.DatasetResult) -> None:
    """The rows as in memory, whatever their order: texts and ranks the same, scores to twelve digits."""
    wanted = evaluation.scores
    keys = [name for name in ("unit", "year") if name in wanted]
    wanted, found = (each.sort_values(keys, kind="stable").reset_index(drop=True) for each in (wanted, found))
    beside = ("within:", "value:", "state:", "case:", "used:", "why:", "unranked:", LISTED_AS, PLACE_ON, ORDERED_BY)
    assert [name for name in found if not name.startswith(beside)] == list(wanted.columns)
    for name in wanted:
        if wanted[name].dtype == np.float64:
            np.testing.assert_allclose(found[name], wanted[name], rtol=1e-12, atol=1e-12, err_msg=name)
        else:
            assert _plain(found[name]) == _plain(wanted[name]), name
    accounts = [each.accounting.replace({np.nan: None}).to_dict("records") for each in (told, evaluation)]
    assert accounts[0] == accounts[1], accounts
    assert {**told.about, "data": 0, "data_sha256": 0} == {**evaluation.about, "data": 0, "data_sha256": 0}
    pd.testing.assert_frame_equal(told.list_counts, evaluation.list_counts)
    pd.testing.assert_frame_equal(told.targets, evaluation.targets, check_exact=True)
    _assert_same_lists(evaluation, found)
    findings = _kinds(told.findings), _kinds(evaluation.findings)
    assert findings[0] == findings[1], [sorted({*one} - {*other}) for one, other in (findings, findings[::-1])]


def assert_no_split_moves_a_bit(
    evaluation: ps.Evaluation, framework: Framework, frame: pd.DataFrame, rows: int, year: int | None, random: Any
) -> None:
    """The results of pieces of so many rows, and of shuffled rows by two threads, are those of memory to the bit."""
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    for data, size, threads in ((frame, rows, 1), (shuffled, 7, 2)):
        with TemporaryDirectory() as folder:
            found, told = in_pieces(framework, data, Path(folder), rows=size, threads=threads, year=year)
        assert_same(evaluation, found, told)
        wanted = evaluation.scores.set_index(["unit", "year"])
        ours = found.set_index(["unit", "year"]).loc[wanted.index]
        for name in wanted.columns[wanted.dtypes == np.float64]:
            np.testing.assert_array_equal(ours[name], wanted[name], err_msg=name)


def _assert_same_lists(evaluation: ps.Evaluation, found: pd.DataFrame) -> None:
    """Who is on each list and in which place, and of whom it cannot be told, as a Parquet result says it."""
    keys = [name for name in ("unit", "year") if name in found]
    in_columns = any(name.startswith("state:") for name in found)  # csv has the columns of memory only
    for each in evaluation.framework.lists if in_columns else ():
        own = found[found[f"list:{each.id}"].isin(["listed", "open"])]
        lines = own[[*keys, f"list:{each.id}", f"place:{each.id}", f"by:{each.id}"]]
        lines = lines.set_axis([*keys, "standing", "place", "value"], axis=1).sort_values(keys)
        wanted = evaluation.lists.query("list == @each.id").sort_values(keys)
        for name in (*keys, "standing", "place"):
            assert _plain(lines[name]) == _plain(wanted[name]), (each.id, name)
        np.testing.assert_allclose(lines["value"], wanted["value"], rtol=1e-12, atol=1e-12)


def _plain(column: Any) -> list[Any]:
    return [None if pd.isna(value) else value for value in column]


def _kinds(findings: Any) -> list[tuple[str, ...]]:
    """What was found, in any order, without the places, which a frame does not have."""
    return sorted((each.code, str(each.field), str(each.unit), str(each.year), each.message.en) for each in findings)

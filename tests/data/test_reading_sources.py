"""Sources: the same data give the same table, and what is no source is refused before it is opened."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.reading import read_table
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
ROWS = [
    ["高新区", "年份", "营业收入", "年末从业人员", "研发人员占比", "绿地率", "发展阶段"],
    ["合肥", 2023, 123456789, 1000, 12.5, "", "成长"],
    ["合肥", 2024, 0.1, 1001, "不适用", 0.3, ""],
    ["武汉东湖", 2024, -2.5e-7, "", 7, 0.1, "019"],
]


def frame_of(rows: list[list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows[1:], columns=rows[0])


def assert_same(one: Table, other: Table) -> None:
    pd.testing.assert_frame_equal(one.frame, other.frame, check_exact=True)
    assert one.states.keys() == other.states.keys()
    for field, states in one.states.items():
        assert np.array_equal(states, other.states[field])


SOURCES: dict[str, Callable[[Write, Path], Path | pd.DataFrame]] = {
    "csv": lambda write, _: write(ROWS),
    "csv utf-8-sig": lambda write, _: write(ROWS, encoding="utf-8-sig"),
    "csv gb18030": lambda write, _: write(ROWS, encoding="gb18030"),
    "csv with tabs": lambda write, _: write(ROWS, separator="\t"),
    "xlsx": lambda write, _: write(ROWS, "xlsx"),
    "parquet": lambda _, folder: parquet_of(frame_of(ROWS).astype(str), folder),
    "frame": lambda *_: frame_of(ROWS),
    "frame of text": lambda *_: frame_of(ROWS).astype(str),
}


def parquet_of(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "table.parquet")
    return folder / "table.parquet"


@pytest.mark.parametrize("name", SOURCES)
def test_every_kind_of_source_gives_the_same_table(
    name: str, framework: Framework, write: Write, tmp_path: Path
) -> None:
    table, _ = read_table(SOURCES[name](write, tmp_path), framework)
    expected = pd.DataFrame(
        {
            "unit": pd.Series(["合肥", "合肥", "武汉东湖"], dtype=object),
            "year": [2023, 2024, 2024],
            "qc05_0": [123456789.0, 0.1, -2.5e-7],
            "qd01": [1000.0, 1001.0, np.nan],
            "rd": [12.5, np.nan, 7.0],
            "green": [np.nan, 0.3, 0.1],
            "stage": pd.Series(["成长", None, "019"], dtype=object),
        }
    )
    pd.testing.assert_frame_equal(table.frame, expected, check_exact=True)
    assert {field: states.tolist() for field, states in table.states.items()} == {
        "qc05_0": [0, 0, 0],
        "qd01": [0, 0, 1],
        "rd": [0, 2, 0],
        "green": [1, 0, 0],
    }


def test_parquet_with_typed_columns_gives_the_same_table(framework: Framework, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "高新区": pd.Series(["甲", "乙"], dtype="category"),
            "年份": np.array([2023, 2024], dtype=np.int16),
            "营业收入": pd.array([1, None], dtype="Int64"),
            "年末从业人员": np.array([1.5, np.nan], dtype=np.float32),
            "绿地率": [1, 2],
        }
    )
    table, _ = read_table(parquet_of(frame, tmp_path), framework)
    assert_same(table, read_table(frame, framework)[0])
    assert table.states["qc05_0"].tolist() == table.states["qd01"].tolist() == [0, 1]


@given(data=st.data())
def test_the_order_of_columns_never_matters_and_that_of_rows_is_kept(framework: Framework, data: st.DataObject) -> None:
    frame = frame_of(ROWS)
    columns = data.draw(st.permutations(list(frame.columns)))
    rows = data.draw(st.permutations(range(len(frame))))
    table, _ = read_table(frame, framework)
    shuffled, _ = read_table(frame.iloc[rows][columns], framework)
    pd.testing.assert_frame_equal(shuffled.frame, table.frame.iloc[rows].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_order_of_columns_never_matters_in_a_file(kind: str, framework: Framework, write: Write) -> None:
    expected, _ = read_table(write(ROWS, kind), framework)
    for order in itertools.islice(itertools.permutations(range(7)), 0, None, 997):
        table, _ = read_table(write([[row[column] for column in order] for row in ROWS], kind), framework)
        assert_same(table, expected)


@given(st.lists(st.integers(min_value=0, max_value=10**10), min_size=1, max_size=5))
def test_whole_amounts_are_the_same_in_any_measure(framework: Framework, amounts: list[int]) -> None:
    units = [f"园{number}" for number in range(len(amounts))]
    for measure, each in {"千元": 100_000, "亿元": 1, "元": 100_000_000}.items():
        frame = pd.DataFrame({"zone": units, "year": 2024, f"营业收入({measure})": [n * each for n in amounts]})
        table, _ = read_table(frame, framework)
        assert table.frame["qc05_0"].tolist() == [float(n * 100_000) for n in amounts]


# Frames


def test_a_frame_is_left_as_it_is(framework: Framework) -> None:
    frame = frame_of(ROWS)
    before = frame.copy(deep=True)
    read_table(frame, framework)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("index", [["高新区"], ["高新区", "年份"], ["年份"]])
def test_an_index_named_like_the_unit_or_the_year_counts_as_a_column(index: list[str], framework: Framework) -> None:
    frame = frame_of(ROWS)
    assert_same(read_table(frame.set_index(index), framework)[0], read_table(frame, framework)[0])


def test_an_index_without_a_meaning_is_dropped(framework: Framework) -> None:
    frame = frame_of(ROWS).set_index(pd.Index([7, 7, 9], name="row"))
    assert_same(read_table(frame, framework)[0], read_table(frame_of(ROWS), framework)[0])


def test_an_infinite_number_in_a_frame_is_an_error(framework: Framework, findings_of: FindingsOf) -> None:
    frame = pd.DataFrame({"高新区": ["甲", "乙"], "年份": 2024, "营业收入": [1.0, -np.inf]})
    (finding,) = findings_of(frame, framework, "infinite")
    assert (finding.unit, str(finding.place)) == ("乙", "DataFrame:2:3")


def test_a_column_of_true_and_false_is_an_error_in_each_row(framework: Framework, findings_of: FindingsOf) -> None:
    frame = pd.DataFrame({"高新区": ["甲", "乙"], "年份": 2024, "营业收入": [True, False]})
    assert len(findings_of(frame, framework, "boolean_in_number")) == 2


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame(columns=["高新区", "年份", "营业收入"])])
def test_a_frame_without_rows_is_an_error(frame: pd.DataFrame, framework: Framework) -> None:
    with pytest.raises(DataError):
        read_table(frame, framework)


def test_column_labels_that_are_no_text_are_extra_columns(framework: Framework, findings_of: FindingsOf) -> None:
    frame = pd.DataFrame({"高新区": ["甲"], "年份": [2024], "营业收入": [1], 2024: [5], ("a", 1): [6]})
    assert [finding.value for finding in findings_of(frame, framework, "extra_column")] == ["2024", "('a', 1)"]


# Digests


def test_the_digest_of_a_file_is_that_of_its_bytes(framework: Framework, write: Write) -> None:
    path = write(ROWS)
    assert read_table(path, framework)[0].digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_digest_of_a_frame_changes_with_any_cell_name_or_row_order(framework: Framework) -> None:
    frame = frame_of(ROWS)
    changed = frame.copy()
    changed.loc[0, "营业收入"] = 123456788
    frames = [
        frame,
        changed,
        frame.rename(columns={"营业收入": "Revenue"}),
        frame.iloc[::-1],
        frame.set_index("高新区"),
    ]
    digests = [read_table(one, framework)[0].digest for one in frames]
    assert len(set(digests)) == len(frames)
    assert read_table(frame.copy(), framework)[0].digest == digests[0]


# What is no source


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".xlsb", ".et", ".txt", ""])
def test_a_file_of_another_kind_is_a_mistake_of_usage(suffix: str, framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / f"table{suffix}"
    path.write_bytes(b"x")
    error = usage_error(path, framework)
    assert error.code == "unsupported_file"
    assert error.hint is not None
    assert ".xlsx" in error.hint.en


def usage_error(source: Path | str, framework: Framework) -> Finding:
    with pytest.raises(UsageError) as raised:
        read_table(source, framework)
    assert raised.value.exit_code == 2
    (finding,) = raised.value.findings
    return finding


@pytest.mark.parametrize("name", ["folder", "folder.xlsx", "folder.csv"])
def test_a_folder_without_data_is_a_mistake_of_usage(name: str, framework: Framework, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    assert usage_error(tmp_path / name, framework).code == "empty_folder"


def test_a_file_that_is_not_there_is_a_mistake_of_usage_with_its_neighbour_as_a_hint(
    framework: Framework, write: Write
) -> None:
    path = write(ROWS, "csv")
    finding = usage_error(path.with_suffix(".xlsx"), framework)
    assert finding.code == "not_found"
    assert finding.hint is not None
    assert str(path) in finding.hint.en
    elsewhere = usage_error("no such file.csv", framework).hint
    assert elsewhere is not None
    assert "check the name" in elsewhere.en


def test_a_file_that_may_not_be_read_is_a_mistake_of_usage(
    framework: Framework, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = write(ROWS)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    finding = usage_error(path, framework)
    assert finding.code == "unreadable"
    assert finding.message == Text("读不出来：没有权限", "cannot be read: Permission denied")


def test_a_name_that_no_file_can_have_is_a_mistake_of_usage(framework: Framework) -> None:
    assert usage_error("长" * 5000 + ".csv", framework).code == "unreadable"
    assert usage_error("a\0b.csv", framework).code == "not_found"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(framework: Framework, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert usage_error(tmp_path / "pipe.csv", framework).code == "unreadable"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_an_empty_file_is_a_mistake_in_the_data(suffix: str, framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / f"table{suffix}"
    path.touch()
    with pytest.raises(DataError) as raised:
        read_table(path, framework)
    assert [finding.code for finding in raised.value.findings] == ["empty_file"]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"hello"])
def test_what_is_no_parquet_is_a_mistake_in_the_data(content: bytes, framework: Framework, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        read_table(path, framework)
    assert [finding.code for finding in raised.value.findings] == ["not_parquet"]


def test_a_suffix_in_capitals_is_the_same_suffix(framework: Framework, write: Write) -> None:
    path = write(ROWS).rename(write(ROWS).with_name("TABLE.CSV"))
    assert len(read_table(str(path), framework)[0].frame) == 3


def test_the_findings_of_a_sound_table_are_told_in_both_languages(framework: Framework, write: Write) -> None:
    rows = [["高新区", "年份", "营业收入(亿元)", "从业"], ["甲", 2024, "1,234", 1], ["合计", "", 1, 1]]
    _, findings = read_table(write(rows, encoding="gb18030"), framework)
    assert {finding.code for finding in findings} >= {"encoding_used", "measure_converted", "total_row", "extra_column"}
    for finding in findings:
        for text in (finding.message, finding.hint):
            assert text is None or (text.zh != text.en and text.zh and text.en)

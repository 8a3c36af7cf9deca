"""A csv file read block by block is the file read at once: cells, findings and places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data import text_blocks
from parkscore.data.batches import read_piece
from parkscore.data.datasets import open_dataset
from parkscore.data.merging import merge_findings
from parkscore.data.number_texts import plain_numbers
from parkscore.data.reading import read_with_findings
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Framework

HEADER = "高新区,年份,营业收入(亿元),年末从业人员,研发人员占比,发展阶段,备注列"
SMALL = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(autouse=True)
def _blocks_of_a_few_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_blocks, "_AT_ONCE", 64)
    monkeypatch.setattr(text_blocks, "_HEAD", 256)


def in_pieces(path: Path, framework: Framework) -> tuple[list[Table], list[Finding]]:
    dataset = open_dataset(path, framework)
    found, tables = list(dataset.findings), []
    for piece in dataset.pieces(1):
        table, met = read_piece(dataset, piece)
        found = merge_findings(found, met.findings)
        tables.append(table)
    return tables, found


def agree(path: Path, framework: Framework) -> int:
    """Compare both ways of reading; the number of pieces."""
    tables, found = in_pieces(path, framework)
    whole, expected = read_with_findings(path, framework)
    assert sorted(map(repr, found)) == sorted(
        repr(each) for each in expected if each.code not in ("duplicate_row", "similar_units", "no_rows")
    )
    if whole is not None and not any(each.code == "duplicate_row" for each in expected):
        together = pd.concat([table.frame for table in tables], ignore_index=True).astype({"unit": object})
        pd.testing.assert_frame_equal(together, whole.frame)
        for name, states in whole.states.items():
            np.testing.assert_array_equal(np.concatenate([table.states[name] for table in tables]), states)
        places = [table.origin.place(row, "qd01") for table in tables for row in range(len(table.frame))]
        assert places == [whole.origin.place(row, "qd01") for row in range(len(whole.frame))]
    return len(tables)


NUMBERS = st.one_of(
    st.floats(-1e290, 1e290).map(repr),
    st.integers(-(10**18), 10**18).map(str),
    st.sampled_from(["", " ", '"1,234"', "２", "5%", "不适用", "-", "1e999", "+3", "3.", ".5", "'-5", "1-2", "1.5E+3"]),
)
TEXTS = st.sampled_from(["", "种子", " 成长", '"a,b"', '"两\n行"', '"引""号"', "'=1", "x" * 40, "#N/A", "1.2E+17"])
UNITS = st.sampled_from(["区", "合计", "注：某", " 区 ", "Zone", "'=区"])
YEARS = st.sampled_from(["2024", "2024年", "２０２３", "2023.0", "", "24"])
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def files(draw: st.DrawFn) -> str:
    end = draw(ENDS)
    rows = draw(st.lists(st.tuples(UNITS, YEARS, NUMBERS, NUMBERS, NUMBERS, TEXTS, TEXTS), min_size=1, max_size=20))
    blank = draw(st.sets(st.integers(0, 20), max_size=3))
    lines = []
    for number, (unit, *cells) in enumerate(rows):
        lines += [""] * (number in blank) + [",".join([f"{unit}{number}" if unit in "区Zone" else unit, *cells])]
    return end.join([HEADER, *lines]) + draw(st.sampled_from(["", end]))


@SMALL
@given(files(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_blocks_are_the_whole_file(tmp_path: Path, framework: Framework, text: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    agree(path, framework)


def test_a_file_is_read_in_many_blocks_and_lines_are_counted_on(tmp_path: Path, framework: Framework) -> None:
    rows = [f"区{number},2024,{number}.5,{number},1.5%,种子," for number in range(300)]
    rows[100:100] = ["", "区x,2024,1,2"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["说明,,,", HEADER, *rows]), encoding="utf-8")
    assert agree(path, framework) > 50


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_line_end_in_quotation_marks_breaks_no_row(tmp_path: Path, framework: Framework, ends: str) -> None:
    rows = [f'区{number},2024,1,2,3,"种\n子 {"x" * (number % 70)}",' for number in range(60)]
    path = tmp_path / "a.csv"
    path.write_bytes(ends.join([HEADER, *rows]).encode())
    assert agree(path, framework) >= (1 if ends == "\r" else 5)


def test_a_quotation_mark_within_a_field_is_read_or_located(tmp_path: Path, framework: Framework) -> None:
    rows = [f'区{number},2024,1,2,3,5" 管{"x" * (number % 50)},' for number in range(41)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert agree(path, framework) > 1


def test_a_quotation_mark_that_is_never_closed_is_located(tmp_path: Path, framework: Framework) -> None:
    rows = [f"区{number},2024,1,2,3,种子," for number in range(60)]
    rows[40] = '区40,2024,1,2,3,"种子,'
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    with pytest.raises(DataError) as error:
        in_pieces(path, framework)
    assert [each.code for each in error.value.findings] == ["malformed_csv"]


def test_files_of_a_folder_may_have_their_columns_in_another_order(tmp_path: Path, framework: Framework) -> None:
    (tmp_path / "b.csv").write_text("年份;高新区;年末从业人员\n2024;乙;2\n", encoding="gb18030")
    (tmp_path / "a.csv").write_text("高新区,年末从业人员,年份\n甲,1,2024\n", encoding="utf-8-sig")
    tables, _ = in_pieces(tmp_path, framework)
    assert [table.units.tolist() + table.frame["qd01"].tolist() for table in tables] == [["甲", 1.0], ["乙", 2.0]]
    assert str(tables[1].origin.place(0, "qd01")) == f"{tmp_path / 'b.csv'}:2:3"


def test_another_measure_above_the_table_is_another_measure(tmp_path: Path, framework: Framework) -> None:
    table = "高新区,年份,营业收入\n甲,2024,1\n"
    for name, line in (("a", ""), ("b", ""), ("c", "单位：亿元,,\n")):
        (tmp_path / f"{name}.csv").write_text(line + table, encoding="utf-8")
    with pytest.raises(DataError) as error:
        open_dataset(tmp_path, framework)
    assert [each.code for each in error.value.findings if each.severity == "error"] == ["other_measure"]


@given(st.lists(NUMBERS | st.none(), max_size=30), st.integers(0, 5))
def test_plain_numbers_are_read_as_python_reads_them(cells: Sequence[str | None], skip: int) -> None:
    found = plain_numbers(pa.array(cells, pa.string()).slice(skip))
    if found is None:
        return
    for row, cell in enumerate(cells[skip:]):
        if row in found.doubtful.tolist() or not cell:
            assert np.isnan(found.values[row])
        else:
            assert found.values[row] == float(cell)
